package zones

import (
	"strings"
	"sync/atomic"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// read reads the file of a zone as far as k says.
func (z *zone) read(k *keep) error {
	// The second reading is for more records; what servers refuse is known by then.
	read := z.Source.Inspect
	if z.file != nil {
		read = z.Source.Read
	}
	file, err := read(z.origin, func() zonefile.Keeper {
		z.nodes.forget()
		return func(owner []byte, typ string) zonefile.Wish {
			// of every record, as also one that is not kept makes a name exist
			z.nodes.note(owner)
			switch {
			case !z.usual(owner, typ):
				return k.wish(z, owner, typ)
			case isHost(k, owner):
				return zonefile.Keep
			}
			return zonefile.Leave
		}
	})
	if err != nil {
		return err
	}
	if z.file != nil {
		// Read looks for none, so those of the first reading stay
		file.Defects, file.DefectCount = z.file.Defects, z.file.DefectCount
	}
	z.file, z.owners = file, newOwners(file.Records)
	return nil
}

// wish tells what becomes of a record of a zone.
func (k *keep) wish(z *zone, owner []byte, typ string) zonefile.Wish {
	switch {
	case k.wants(owner, typ), k.meant(z, owner, typ) != "":
		return zonefile.Keep
	// for a warning about the file, of which a few are enough
	case !understood(typ):
		return zonefile.Few
	// of delegations too: the addresses of their name servers may be outside of the zone
	case typ == "NS" && (z.allNS || string(owner) == z.origin):
		return zonefile.Keep
	case z.holds(owner):
		return zonefile.Leave
	}
	// a wrong $ORIGIN puts each record of a file outside
	return zonefile.FewOther
}

// usual reports the records that nearly all of a large file are: those of which wish keeps the ones of hosts, and
// no others. They are of a common type, and their names have only letters, digits and hyphens before the zone.
func (z *zone) usual(owner []byte, typ string) bool {
	switch typ {
	case "A", "AAAA", "CNAME", "MX", "TXT":
	default:
		return false
	}
	n := len(owner) - len(z.origin)
	// a longer name may have the zone in it twice
	if n <= 0 || n > len(z.origin) || !z.holds(owner) {
		return false
	}
	for i, c := range owner[:n] {
		if odd[c] && (c != '-' || oddAt(owner, i, true)) {
			return false
		}
	}
	return true
}

// readAgain reads those zones a second time of which the first reading has shown that
// more is needed: the addresses of SRV targets that the spec does not name, whether
// names exist where a wildcard would answer for them, or what records outside of the
// zone are there for. Those that were read before have been read so.
func (zs *Zones) readAgain(k *keep, before map[*topology.Zone]*zone) {
	more := map[*zone]bool{}
	for _, name := range zs.namedBySRV() {
		if z := zs.zoneOf(name); z != nil && !has(k, name) {
			k.add(name)
			more[z] = true
		}
	}
	again := map[string][]*zone{} // zones by their names; a spec may have two of one name
	for _, z := range zs.all {
		if z.file == nil || before[z.Zone] != nil {
			continue
		}
		for i := range z.file.Records {
			r := &z.file.Records[i]
			// it may be the address of a name server of any delegation
			z.allNS = z.allNS || !dnsname.Under(r.Owner, z.origin) && (r.Type == "A" || r.Type == "AAAA")
			// whether a wildcard answers depends on which names exist, which nodes find out
			more[z] = more[z] || z.allNS || strings.HasPrefix(r.Owner, "*.")
		}
		if more[z] {
			z.nodes = nodes{}
			again[z.origin] = append(again[z.origin], z)
		}
	}
	if len(again) > 0 {
		k.ask(again)
	}
	var wanting []*zone
	for _, z := range zs.all {
		if z.file != nil && more[z] && before[z.Zone] == nil {
			wanting = append(wanting, z)
		}
	}
	for i, err := range readAll(wanting, k) {
		if err != nil {
			wanting[i].file = nil
			zs.reportZone(wanting[i].Zone, err)
		}
	}
}

// ask has zones find out which of their names of the plan exist, and which of those above them.
func (k *keep) ask(zones map[string][]*zone) {
	note := func(name string) {
		for top := name; top != ""; top = dnsname.Parent(top) {
			for _, z := range zones[top] {
				z.nodes[name] = new(atomic.Bool)
			}
		}
	}
	for name := range k.above {
		note(name)
	}
	for _, domain := range k.order {
		for _, prefix := range k.prefixes {
			note(ownerOf(prefix, domain))
		}
		note(ownerOf("_tcp.", domain))
		note(ownerOf("", domain))
	}
}

// namedBySRV lists the targets of the SRV records of the plan, and the names that they
// may have been meant to be.
func (zs *Zones) namedBySRV() []string {
	var out []string
	for _, domain := range zs.topology.SIPDomains {
		owners := []string{dnsname.XMPPOwner(domain.Name.V), directOwner(domain.Name.V)}
		if zs.sip {
			owners = append(owners, dnsname.SIPOwner(domain.Name.V))
		}
		for _, owner := range owners {
			z := zs.zoneOf(owner)
			if z == nil || z.file == nil {
				continue
			}
			data, _ := z.set(owner, "SRV")
			for _, d := range data {
				if s, ok := dnsname.ParseSRV(d); ok {
					out = append(append(out, s.Target), z.shorter(s.Target)...)
				}
			}
		}
	}
	return out
}
