package zonefile

import (
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
	if string(e.Owner) != c.z.Origin || isGenericData(c.s.src, e.Rdata) || len(a.child)+len(a.chains) > maxSet {
		return
	}
	tokens := texts(c.s.src, e.Rdata)
	if len(tokens) < 4 {
		return
	}
	f := fieldReader{src: c.s.src, spans: e.Rdata, typ: e.Type, names: nameReader{origin: e.origin}}
	switch e.Type {
	case "NSEC3PARAM":
		f.mnemonic("", hashes, 255)
		a.chains = append(a.chains, keep(e))
		a.known = a.known || f.number == 1
	case "CDS":
		f.next = 1
		f.mnemonic("", algorithms, 255)
		a.child = append(a.child, childKey{keep(e), f.number, strings.Join(tokens, " ") == "0 0 0 00"})
	default:
		f.next = 2
		f.mnemonic("", algorithms, 255)
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
			c.against(k.entry, "", "another %s record asks for the removal of all DS records, so this one cannot be there", k.entry.Type)
			return
		case !a.keys[k.algorithm]:
			c.against(k.entry, "", "no DNSKEY record has the algorithm %d of this %s record", k.algorithm, k.entry.Type)
			return
		}
	}
}
