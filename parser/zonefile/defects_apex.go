package zonefile

import (
	"bytes"
	"fmt"
	"strings"
)

// apex is what the top of the zone has.
type apex struct {
	servers []server
	keys    map[uint32]bool // algorithms of DNSKEY records
	child   []childKey      // CDS and CDNSKEY records
	chains  []*Entry        // NSEC3PARAM records
	known   bool            // one of them has a hash algorithm that BIND knows
}

// server is a name server of the zone that is in it.
type server struct {
	name  string
	entry *Entry
}

// childKey is a record that asks the parent for a DS record, or for none.
type childKey struct {
	entry     *Entry
	algorithm uint32
	delete    bool
}

// note looks at a record about the zone as a whole.
func (a *apex) note(c *checker, e *Entry) {
	// The entries are kept, so their number has a limit; a set with more of them has a finding of
	// its own.
	if string(e.Owner) != c.z.Origin || isGenericData(c.s.src, e.Rdata) || len(a.child)+len(a.chains) > maxSet {
		return
	}
	tokens := texts(c.s.src, e.Rdata)
	// Data that is too short has had its finding already.
	if len(tokens) < 4 {
		return
	}
	f := fieldReader{src: c.s.src, spans: e.Rdata, typ: e.Type, names: nameReader{origin: e.origin}}
	switch e.Type {
	case "NSEC3PARAM":
		f.mnemonic("", hashes, 8)
		a.chains = append(a.chains, keep(e))
		// 1 is SHA-1, the one hash of RFC 5155.
		a.known = a.known || f.number == 1
	case "CDS":
		// The data of CDS is that of DS, key tag and algorithm first; CDNSKEY is like DNSKEY:
		// flags, protocol, algorithm.
		f.next = 1
		f.mnemonic("", algorithms, 8)
		// RFC 8078, section 4: exactly this data asks the parent to remove all DS records.
		a.child = append(a.child, childKey{keep(e), f.number, strings.Join(tokens, " ") == "0 0 0 00"})
	default:
		f.next = 2
		f.mnemonic("", algorithms, 8)
		if e.Type == "CDNSKEY" {
			a.child = append(a.child, childKey{keep(e), f.number, strings.Join(tokens, " ") == "0 3 0 AA=="})
		} else {
			if a.keys == nil {
				a.keys = map[uint32]bool{}
			}
			a.keys[f.number] = true
		}
	}
}

// conclude checks these records against each other.
func (a *apex) conclude(c *checker) {
	// One known algorithm is enough for BIND to load the zone.
	if len(a.chains) > 0 && !a.known {
		c.against(a.chains[0], "", "none of the NSEC3PARAM records has a hash algorithm that servers know")
	}
	deletes := map[string]bool{}
	for _, k := range a.child {
		deletes[k.entry.Type] = deletes[k.entry.Type] || k.delete
	}
	for _, k := range a.child {
		switch {
		case k.delete:
		case deletes[k.entry.Type]:
			c.against(k.entry, "",
				"another %s record asks for the removal of all DS records, so this one cannot be there", k.entry.Type)
			return
		// RFC 7344, section 4.1: a DS record made of it must not break the delegation.
		case !a.keys[k.algorithm]:
			c.against(k.entry, "", "no DNSKEY record has the algorithm %d of this %s record", k.algorithm, k.entry.Type)
			return
		}
	}
}

// addServer notes a name server of the zone that is in it, from the data of an NS record. The entry
// is that record, or the $GENERATE line that makes it. ok is false for the record of a wildcard.
func (a *apex) addServer(c *checker, e *Entry, owner, src []byte, rdata []Span) (ok bool) {
	// RFC 4592, section 4.2, leaves open what they mean, and BIND refuses them.
	if bytes.HasPrefix(owner, []byte("*.")) && c.holds(owner) {
		c.against(e, "", "a wildcard cannot have NS records")
		return false
	}
	if string(owner) != c.z.Origin || len(rdata) != 1 || len(a.servers) == maxSet {
		return true
	}
	name, _, err := appendName(nil, rdata[0].Of(src), e.origin)
	// Names outside of the zone could only be checked by asking other servers, which the option -i
	// local of named-checkzone rules out too.
	if target := string(name); err == nil && isBelow(target, c.z.Origin) {
		a.servers = append(a.servers, server{target, keep(e)})
	}
	return true
}

// serverNames are names whose records tell whether a name server has an address.
func (a *apex) serverNames(origin string) map[string]bool {
	names := map[string]bool{}
	for _, s := range a.servers {
		names[s.name] = true
		// At each of these names a wildcard can give the address, and a delegation or a DNAME
		// record can take the name out of the zone.
		for up := s.name; up != origin; {
			up = parentOf(up)
			names[up], names[wildcardOf(up)] = true, true
		}
	}
	return names
}

// checkServers checks that the name servers of the zone that are in it have addresses.
func (a *apex) checkServers(c *checker, seen map[string]*present) {
	for _, s := range a.servers {
		if why := c.z.unreachable(s.name, seen); why != "" {
			c.against(s.entry, "", "the name server %s %s", strings.TrimSuffix(s.name, "."), why)
		}
	}
}

// unreachable tells why a name of the zone has no address, "" if it has or may have one.
func (z *Zone) unreachable(name string, seen map[string]*present) string {
	for _, d := range z.Directives {
		// The address may come from this directive, and no finding is better than a wrong one.
		if d.Unread != nil || d.Makes(name, "A") || d.Makes(name, "AAAA") {
			return ""
		}
	}
	for up := name; up != z.Origin && up != ""; up = parentOf(up) {
		p := seen[up]
		switch {
		case p == nil:
		case p.ns:
			return "" // it is in a zone below
		case p.dname != nil && up != name:
			return fmt.Sprintf("is below the DNAME record of %s", strings.TrimSuffix(up, "."))
		}
	}
	// The loop above stops below the top of the zone, because NS records there are no delegation.
	if p := seen[z.Origin]; p != nil && p.dname != nil && name != z.Origin {
		return "is below the DNAME record of the zone itself"
	}
	p := seen[name]
	for up := parentOf(name); p == nil && isBelow(up, z.Origin); up = parentOf(up) {
		// RFC 4592, section 3.3.1: a wildcard counts only below the closest name that exists.
		if p = seen[wildcardOf(up)]; p == nil && seen[up] != nil {
			break
		}
	}
	switch {
	case p == nil || !p.address && p.cname == nil:
		return "has no address in the zone (A or AAAA)"
	case p.cname != nil && !p.address:
		return "is an alias (CNAME)"
	}
	return ""
}
