package compiler

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/parser"
)

// windowsDNS is the delivery by which the script changes the records on a Windows DNS
// server.
const windowsDNS = "windows-dns"

// Windows tells whether the script itself changes the zone, on a Windows DNS server.
func (z Zone) Windows() bool { return z.Delivery == windowsDNS }

// Dnscmd tells whether the server of the zone has no module DnsServer, which came with
// Windows Server 2012, so that the records are changed with dnscmd.
func (z Zone) Dnscmd() bool { return z.OperatingSystem == "windows-server-2008-r2" }

// Zone returns the zone of that name.
func (p *Plan) Zone(name string) (zone Zone, ok bool) {
	i := slices.IndexFunc(p.Zones, func(z Zone) bool { return z.Name == name })
	if i < 0 {
		return Zone{}, false
	}
	return p.Zones[i], true
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
	var come, gone []RecordEdit
	for _, set := range z.Records {
		if back {
			set.Old, set.New, set.OldTTL, set.NewTTL = set.New, set.Old, set.NewTTL, set.OldTTL
		}
		for _, data := range set.New {
			if !slices.Contains(set.Old, data) {
				come = append(come, RecordEdit{Add, set, data, set.NewTTL})
			} else if set.TTLChanged() {
				come = append(come, RecordEdit{SetTTL, set, data, set.NewTTL})
			}
		}
		for _, data := range set.Old {
			if !slices.Contains(set.New, data) {
				gone = append(gone, RecordEdit{Remove, set, data, set.OldTTL})
			}
		}
	}
	slices.Reverse(gone)
	return append(come, gone...)
}

// computerValue is the argument that names the computer on which a zone is changed.
func computerValue(z *parser.Zone) parser.Value[string] {
	if z.Computer.Set {
		return z.Computer
	}
	return z.Server
}

// computerOf is that name in lower case, as the scripts have that of the computer where
// they run: two spellings are one computer.
func computerOf(z *parser.Zone) string { return strings.ToLower(computerValue(z).V) }

// checkComputers wants the name of each Windows DNS server: the script compares it with
// that of the computer where it runs.
func (m *model) checkComputers() {
	for _, z := range m.spec.Zones {
		if z.Delivery.V != windowsDNS {
			continue
		}
		if _, err := netip.ParseAddr(computerOf(z)); err == nil {
			m.reportf(codeMalformed, computerValue(z).Range, `%s is an address. With delivery = "windows-dns" the script runs on the DNS server and compares the name of that: give its name as computer, as the server itself has it: its FQDN, or the bare name if it has no DNS suffix.`, computerOf(z))
			continue
		}
		if badComputer(computerOf(z)) {
			m.checkInternal(computerValue(z))
		}
	}
}

// badComputer tells whether this is no name that a computer has itself: an FQDN, or a bare
// name, as one has that belongs to no domain.
func badComputer(name string) bool {
	return badName(name) != "" && (strings.Contains(name, ".") || badName(name+".example") != "")
}
