package zonefile

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// made is what the $GENERATE lines of a zone make.
type made struct {
	c       *checker
	left    int // bytes of records that are still looked at one by one
	lines   []*maker
	records []madeRecord

	ownerTemplate, dataTemplate string // of the line at hand

	owner, name []byte // of the record at hand
	data        []byte // the same, with a blank before it
	long        bool   // it is too long
	line        Scanner
	f           fieldReader
}

func newMade(c *checker, zones int) made {
	return made{c: c, left: min(maxMade, maxAllMade/max(zones, 1)), line: Scanner{whole: true, first: 1}}
}

// templates takes up a line.
func (g *made) templates(src []byte, m *maker) {
	g.ownerTemplate, g.dataTemplate = string(m.owner.Of(src)), string(m.data.Of(src))
	if m.quoted {
		g.dataTemplate = plainQuotes(g.dataTemplate)
	}
}

// plainQuotes takes away the backslashes before quotes, as BIND does in a text in quotes (isc_lex_gettoken).
// Other escapes stay.
func plainQuotes(text string) string {
	if !strings.Contains(text, `\"`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if i++; text[i] != '"' {
				out.WriteByte('\\')
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// expand makes the data of a number, and reads it into the tokens of line.
func (g *made) expand(n int64) *Error {
	var ok bool
	// Without the blank, a parenthesis at the start would be one before an owner.
	g.data, ok = expand(append(g.data[:0], ' '), g.dataTemplate, n)
	g.long = !ok || len(g.data) > maxDataTemplate
	s := &g.line
	s.src, s.limit, s.pos, s.err = g.data, len(g.data), 0, nil
	if _, ok := s.logicalLine(); !ok {
		return s.err.(*Error)
	}
	return nil
}

// madeRecord is a record that a line makes of a number.
type madeRecord struct {
	hash   uint32 // of its owner
	line   uint32 // of made.lines
	number int32  // a range ends below 1<<31
}

// enter notes the record at hand for the rules about more than one.
func (g *made) enter(e *Entry, m *maker, n int64, octets int) bool {
	c := g.c
	if m.kind.part == nsPart && !c.apex.addServer(c, e, g.name, g.data, g.line.tokens) {
		return false
	}
	// A line is kept with its first record that matters.
	if len(g.lines) == 0 || g.lines[len(g.lines)-1] != m {
		g.lines = append(g.lines, m)
	}
	hash, line := c.z.index.hash(g.name), uint32(len(g.lines)-1)
	g.records = append(g.records, madeRecord{hash, line, int32(n)})
	if m.kind.part == onePart {
		octets = maxOctets
	}
	c.weights.add(hash, 1, octets+maxOverhead)
	return true
}

// addOwners adds the owners of the records in the file that may have a made one beside them of
// which one is an alias.
func (g *made) addOwners(wanted map[uint32]bool) {
	c := g.c
	if len(g.records) == 0 {
		return
	}
	aliases, others := newHits(len(g.records)), newHits(len(g.records))
	for _, r := range g.records {
		switch g.lines[r.line].kind.part {
		case cnamePart, dnamePart:
			aliases.add(r.hash)
		case besideCNAME:
		default:
			others.add(r.hash)
		}
	}
	add := func(hash uint32) {
		if len(wanted) < maxTwice {
			wanted[hash] = true
		}
	}
	c.z.index.eachOwner(func(_ int, hash uint32, _ int, again bool) {
		if !again && aliases.has(hash) {
			add(hash)
		}
	})
	for _, n := range c.lone {
		if hash := c.z.index.owners[n]; others.has(hash) {
			add(hash)
		}
	}
}

// beside is what the made records so far are at a name.
type beside struct {
	single [2]string // data of a CNAME record and of a DNAME record
	other  string    // type of other data
}

// conclude checks the made records beside those of the file and each other.
func (g *made) conclude(seen map[string]*present) {
	// Sorted by owner. Stable, because findings belong to the later record.
	slices.SortStableFunc(g.records, func(a, b madeRecord) int { return cmp.Compare(a.hash, b.hash) })
	inFile := map[uint32]bool{}
	for owner := range seen {
		inFile[g.c.z.index.hash([]byte(owner))] = true
	}
	var rows [][]madeRecord // of names that may have an alias beside something
	for from := 0; from < len(g.records); {
		to, alias := from, false
		for ; to < len(g.records) && g.records[to].hash == g.records[from].hash; to++ {
			part := g.lines[g.records[to].line].kind.part
			alias = alias || part == cnamePart || part == dnamePart
		}
		if inFile[g.records[from].hash] || alias && to-from > 1 {
			rows = append(rows, g.records[from:to])
		}
		from = to
	}
	// A line has one finding. The hashes are others in each process, so the first of them would be too.
	slices.SortFunc(rows, func(a, b []madeRecord) int {
		return cmp.Or(cmp.Compare(a[0].line, b[0].line), cmp.Compare(a[0].number, b[0].number))
	})
	for _, row := range rows {
		// Only hashes are kept, so names are made again here.
		names := map[string]*beside{}
		for _, r := range row {
			g.besideOthers(r, seen, names)
		}
	}
}

// besideOthers checks a made record beside those of the file and the made ones before it.
func (g *made) besideOthers(r madeRecord, seen map[string]*present, names map[string]*beside) {
	c, m := g.c, g.lines[r.line]
	// KEY, SIG, NSEC and RRSIG records may be beside a CNAME record, and no other rule here is
	// about them.
	if m.told || m.kind.part == besideCNAME {
		return
	}
	owner := g.ownerOf(r)
	b := names[owner]
	if b == nil {
		b = &beside{}
		// Records of the file count as the earlier ones: the finding is at the $GENERATE line.
		if p := seen[owner]; p != nil {
			b.single = p.data
			if p.other != nil {
				b.other = p.other.Type
			}
		}
		names[owner] = b
	}
	tell := func(format string, args ...any) {
		m.told = true
		c.against(m.entry, "", "%d makes "+format, append([]any{r.number}, args...)...)
	}
	name, typ := strings.TrimSuffix(owner, "."), m.kind.name
	part := m.kind.part
	switch {
	case part == cnamePart && b.other != "":
		tell("a CNAME record of %s, which has one of type %s; an alias has no other data", name, b.other)
	case part != cnamePart && b.single[0] != "":
		tell("a record of type %s of %s, which has a CNAME record; an alias has no other data", typ, name)
	}
	if part != cnamePart {
		b.other = typ
	}
	if part != cnamePart && part != dnamePart {
		return
	}
	n := int(part - cnamePart)
	data := g.target(m, int64(r.number))
	if b.single[n] != "" && b.single[n] != data && !m.told {
		tell("a second %s record of %s, which may have one", typ, name)
	}
	b.single[n] = data
}

// ownerOf is the owner of a made record. The templates of its line are taken up.
func (g *made) ownerOf(r madeRecord) string {
	m := g.lines[r.line]
	g.templates(g.c.s.src, m)
	// No errors here: the record was made before, when it was checked.
	g.owner, _ = expand(g.owner[:0], g.ownerTemplate, int64(r.number))
	g.name, _, _ = appendName(g.name[:0], g.owner, m.entry.origin)
	return string(g.name)
}

// target is the name that a record leads to.
func (g *made) target(m *maker, n int64) string {
	if err := g.expand(n); err == nil && len(g.line.tokens) == 1 {
		if name, _, err := appendName(nil, g.line.tokens[0].Of(g.data), m.entry.origin); err == nil {
			return string(name)
		}
	}
	return string(g.data) // in the form of RFC 3597
}

// turns are numbers of a range: both ends, and on both sides of each place where a number in a
// template becomes longer or shorter. So what has another length is made of one of them.
func (g *made) turns(r numberRange) []int64 {
	ends := []int64{r.start, r.start + (r.count()-1)*r.step}
	var out []int64
	seen := map[piece]bool{}
	add := func(p piece) {
		// Width and text do not change where a number gets longer.
		if p.text, p.width = "", 0; !p.number || seen[p] {
			return
		}
		seen[p] = true
		// From v on a number has one digit more, and from 1-v on a negative one has one less.
		for v := int64(1); v <= math.MaxUint32; v *= p.radix() {
			for _, turn := range []int64{v, 1 - v} {
				first := turn - p.offset // the first number behind the turn
				first = r.start + (max(first-r.start, 0)+r.step-1)/r.step*r.step
				for _, n := range []int64{first - r.step, first} {
					if r.has(n) {
						out = append(out, n)
					}
				}
			}
		}
	}
	eachPiece(g.ownerTemplate, add)
	eachPiece(g.dataTemplate, add)
	slices.Sort(out)
	return append(ends, slices.Compact(out)...)
}
