package zonefile

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// part is what a type does in rules about more than one record.
type part uint8

const (
	anyPart     part = iota
	address          // A or AAAA
	cnamePart        // has no other data beside it, and no second one
	dnamePart        // has no second one beside it
	besideCNAME      // may be beside a CNAME record (RFC 2535, RFC 4035)
	nsPart           // leads to servers, which need addresses
	apexPart         // says something of the zone as a whole
	parentPart       // is about a zone below
	onePart          // has no second one beside it, and no name in it
)

func partOf(typ string) part {
	switch typ {
	case "A", "AAAA":
		return address
	case "CNAME":
		return cnamePart
	case "DNAME":
		return dnamePart
	case "KEY", "SIG", "NSEC", "RRSIG":
		return besideCNAME
	case "NS":
		return nsPart
	case "CDS", "CDNSKEY", "DNSKEY", "NSEC3PARAM":
		return apexPart
	case "DS":
		return parentPart
	case "RESINFO":
		return onePart
	}
	return anyPart
}

// run is a row of records of one owner.
type run struct {
	hash   uint32
	count  int     // of its records, 0 before the first one of all
	octets int     // of them, but for addresses
	other  *rrType // the first that is other data beside a CNAME record
	alone  *alone  // once there is a CNAME or DNAME record
}

// alone is a name that has a record of which there is only one.
type alone struct {
	owner  []byte
	data   [2]Span // of the first CNAME record and of the first DNAME record, empty without one
	origin [2]*domain
	told   bool
}

// join looks at a record beside the ones just before it.
func (r *run) join(c *checker, e *Entry) {
	owners := c.z.index.owners
	// By hash, which is at hand for each record. Should two neighbours have the same one, the rules
	// about aliases still compare names.
	if hash := owners[len(owners)-1]; hash != r.hash || r.count == 0 {
		r.finish(c)
		r.hash, r.count, r.octets, r.other, r.alone = hash, 1, 0, e.kind, nil
		// Most records end here: no rule about sets can be broken by a first address or a first
		// record of a type without such rules.
		if e.kind.part <= address {
			return
		}
		r.other = nil
	} else {
		r.count++
	}
	switch e.kind.part {
	case cnamePart:
		r.single(c, e)
		return
	case besideCNAME:
		return
	case dnamePart:
		r.single(c, e)
	case nsPart:
		c.apex.addServer(c, e, e.Owner, c.s.src, e.Rdata)
	case apexPart:
		c.apex.note(c, e)
	case parentPart:
		// RFC 4035, section 2.4: a DS record belongs to the parent side of a delegation.
		if string(e.Owner) == c.z.Origin {
			c.against(e, "", "a DS record is for a zone below this one, and cannot be at its top")
		}
	}
	if r.other != nil {
		return
	}
	r.other = e.kind
	if r.alone != nil && !r.alone.data[0].Empty() {
		r.besides(c, e, e.kind)
	}
}

// weigh looks at the octets of a record.
func (r *run) weigh(c *checker, e *Entry, octets int) {
	if r.octets += octets + maxOverhead; e.kind.part == onePart {
		r.octets = maxOctets + 1 // so that it is looked at
	}
	// BIND refuses these wherever they are, as it reads them.
	if octets > maxOctets && !c.holds(e.Owner) {
		c.against(e, "", "it has over %d octets, more than a server can send", maxOctets)
	}
}

// finish weighs the row.
func (r *run) finish(c *checker) {
	if r.count > 0 {
		c.weights.add(r.hash, r.count, r.octets)
	}
}

// holds reports an owner in the zone; BIND leaves out records of others once it has
// read them.
func (c *checker) holds(owner []byte) bool {
	head, ok := bytes.CutSuffix(owner, []byte(c.z.Origin))
	return ok && (len(head) == 0 || c.z.Origin == "." || head[len(head)-1] == '.')
}

// single looks at a record of which a name has only one.
func (r *run) single(c *checker, e *Entry) {
	if r.alone == nil {
		c.alone = alone{owner: append(c.alone.owner[:0], e.Owner...)}
		r.alone = &c.alone
		// The place is kept because the name may have other records elsewhere in the file, which
		// lookUp finds.
		c.lone = append(c.lone, uint32(len(c.z.index.owners)-1))
	}
	if len(e.Rdata) != 1 {
		return
	}
	n := 0
	if e.kind.part == dnamePart {
		n = 1
	} else if r.other != nil {
		r.besides(c, e, r.other)
	}
	// Only the token is kept: a second record is so rare that its name may be read again.
	if r.alone.data[n].Empty() {
		r.alone.data[n], r.alone.origin[n] = e.Rdata[0], e.origin
		return
	}
	first, _, err := appendName(nil, r.alone.data[n].Of(c.s.src), r.alone.origin[n])
	name, _, err2 := appendName(nil, e.Rdata[0].Of(c.s.src), e.origin)
	if err == nil && err2 == nil && !bytes.Equal(first, name) {
		r.tell(c, e, "it is a second %s record of the name, which may have one", e.Type)
	}
}

func (r *run) besides(c *checker, e *Entry, other *rrType) {
	typ := other.name
	if e.kind.part != cnamePart {
		typ = e.Type
	}
	r.tell(c, e, "the name has a CNAME record and one of type %s; an alias has no other data", typ)
}

// tell reports once what is wrong with a name that has a CNAME or DNAME record.
func (r *run) tell(c *checker, e *Entry, format string, args ...any) {
	// BIND leaves out records that are outside of the zone before it applies these rules.
	if a := r.alone; !a.told && c.holds(e.Owner) && bytes.Equal(a.owner, e.Owner) {
		a.told = true
		c.against(e, "", format, args...)
	}
}

// keep copies an entry, but for its data, so that it can be used after the scan.
func keep(e *Entry) *Entry {
	out := *e
	out.Owner, out.Rdata = bytes.Clone(e.Owner), nil
	return &out
}

// isBelow reports a canonical name that is top or below it.
func isBelow(name, top string) bool {
	head, ok := strings.CutSuffix(name, top)
	return ok && (head == "" || top == "." || isAbsolute([]byte(head)))
}

// parentOf is the canonical name above one, "" above the root.
func parentOf(name string) string {
	for i := 0; i < len(name)-1; i++ {
		switch name[i] {
		case '\\':
			i++
		case '.':
			return name[i+1:]
		}
	}
	if name == "." {
		return ""
	}
	return "."
}

// wildcardOf is the wildcard below a canonical name.
func wildcardOf(name string) string { return "*." + strings.TrimPrefix(name, ".") }

// conclude looks at what can be known only after the last record.
func (c *checker) conclude() error {
	c.apex.conclude(c)
	if err := c.checkSets(); err != nil {
		return err
	}
	seen, err := c.lookUp()
	if err != nil {
		return err
	}
	for _, owner := range slices.Sorted(maps.Keys(seen)) {
		seen[owner].conclude(c, owner)
	}
	c.made.conclude(seen)
	c.apex.checkServers(c, seen)
	return nil
}

// present is what the zone has at a name.
type present struct {
	cname, dname, other *Entry // the first of each kind
	data                [2]string
	second              *Entry // another CNAME or DNAME record
	address, ns         bool
	apart               bool // not all in one row
	rows                int
}

// conclude reports what is at a name in rows that are not together.
func (p *present) conclude(c *checker, owner string) {
	// A single row has been checked while it was read.
	if p.rows < 2 || !isBelow(owner, c.z.Origin) {
		return
	}
	switch {
	case p.cname != nil && p.other != nil:
		later := p.cname
		// The finding is at the later one, because the file is right up to there.
		if p.other.Start > later.Start {
			later = p.other
		}
		if p.apart {
			c.against(later, "",
				"the name has a CNAME record and one of type %s; an alias has no other data", p.other.Type)
		}
	case p.second != nil && p.apart:
		c.against(p.second, "", "it is a second %s record of the name, which may have one", p.second.Type)
	}
}
