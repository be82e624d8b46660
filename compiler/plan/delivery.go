package plan

// Deliveries: the ways to change a zone that a plan has to know apart. How each is applied
// and which files it has is a matter of those who print a plan.
const (
	DeliveryZoneFile   = "zone-file"   // its owner edits the files of the zone
	DeliveryNsupdate   = "nsupdate"    // its owner sends a dynamic update
	DeliveryWindowsDNS = "windows-dns" // the script changes the records on a Windows DNS server
	DeliveryRoute53    = "route53"     // its owner sends a change batch to Amazon Route 53
)

// ByFile tells whether the plan edits the files of the zone. Of another zone a plan has
// nothing but what it uses: the sets at its names, the SOA, and what depends on them.
func (z Zone) ByFile() bool { return z.Changed() && z.Delivery == DeliveryZoneFile }

// Windows tells whether it is for the script itself to change the zone, on a Windows DNS
// server.
func (z Zone) Windows() bool { return z.Delivery == DeliveryWindowsDNS }

// Edited tells whether the script changes the zone; else its owner does, or it does not change.
func (z Zone) Edited() bool { return z.Windows() && z.Changed() }

// HasSecondaries tells whether a change raises the serial, for which secondary servers ask
// in their own time. Route 53 leaves the serial as it is and has no such servers.
func (z Zone) HasSecondaries() bool { return z.Delivery != DeliveryRoute53 }

// TakesLaterSerial tells whether the change is also made of a zone with a later serial than
// that of the zone file: a diff, and an update that asks for the SOA record, want that one.
func (z Zone) TakesLaterSerial() bool {
	return z.Delivery == DeliveryNsupdate && !z.SOAPrerequisite || z.Windows()
}
