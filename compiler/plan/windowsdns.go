package plan

import (
	"slices"
	"strings"
)

// Dnscmd tells whether the server of the zone has no module DnsServer, which came with
// Windows Server 2012, so that the records are changed with dnscmd.
func (z Zone) Dnscmd() bool { return z.OperatingSystem == "windows-server-2008-r2" }

// Zone returns the zone of that name.
func (p *Plan) Zone(name string) (zone Zone, ok bool) {
	for i := range p.Zones { // a zone is large to copy
		if p.Zones[i].Name == name {
			return p.Zones[i], true
		}
	}
	return Zone{}, false
}

// Acts of a [RecordEdit].
const (
	Add    = "add"
	Remove = "remove"
	SetTTL = "ttl" // of a record that stays
)

// RecordEdit is what is done to one record of Set. Data is the record's; TTL is the one
// that it gets, in seconds.
type RecordEdit struct {
	Act  string
	Set  RecordSet
	Data string
	TTL  uint32
}

// Edits are the single changes that turn the old records of a zone into the new ones, or
// back. There is no moment without an answer, and none at which an SRV record names a
// host without an address: all new records come before the first old one goes, addresses
// come first and go last.
func (z Zone) Edits(back bool) []RecordEdit {
	var added, removed []RecordEdit
	for _, set := range z.Records {
		if back {
			// set is a copy: the plan itself is not changed.
			set.Old, set.New, set.OldTTL, set.NewTTL = set.New, set.Old, set.NewTTL, set.OldTTL
		}
		for _, data := range set.New {
			if !slices.Contains(set.Old, data) {
				added = append(added, RecordEdit{Add, set, data, set.NewTTL})
				// In place: to remove and add it would leave a moment without the record.
			} else if set.TTLChanged() {
				added = append(added, RecordEdit{SetTTL, set, data, set.NewTTL})
			}
		}
		for _, data := range set.Old {
			if !slices.Contains(set.New, data) {
				removed = append(removed, RecordEdit{Remove, set, data, set.OldTTL})
			}
		}
	}
	// Addresses are before SRV records in a zone, and so the old SRV records go before the addresses that they
	// name.
	slices.Reverse(removed)
	return append(added, removed...)
}

// SayEdits says what single changes of records do, in their order.
func SayEdits(edits []RecordEdit, back bool) string {
	added, removed := "new", "old"
	if back {
		added, removed = removed, added
		// On the way back the new records are those that go.
	}
	acts := map[string]bool{}
	for _, e := range edits {
		acts[e.Act] = true
	}
	var parts []string
	// In the order of Edits. A TTL is mentioned before additions, although both may alternate.
	if acts[SetTTL] {
		parts = append(parts, "gives records their "+added+" TTL")
	}
	if acts[Add] {
		parts = append(parts, "adds the "+added+" records")
	}
	if acts[Remove] {
		parts = append(parts, "removes the "+removed+" ones")
	}
	return strings.Join(parts, ", then ")
}
