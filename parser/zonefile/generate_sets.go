package zonefile

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// A set with over maxSet records or maxOctets octets has over this many that $GENERATE lines make, or
// that are written out. Only such sets are weighed.
const (
	manyInSet = maxSet / 2
	largeSet  = maxOctets / 2
)

// maxWritten is how many records that are written out are weighed beside made ones.
const maxWritten = 1 << 16

// largeSets are the sets into which $GENERATE lines make records, and which may have more of them,
// or more octets, than a server takes.
type largeSets struct {
	rows    []uint32 // owners of what is written out in a row, as hashes
	hashes  map[uint32]bool
	sets    map[setName]*weighedSet
	written int
}

type setName struct{ owner, typ string }

// weighedSet has each of its records once.
type weighedSet struct {
	octets int
	data   map[uint64]bool
	told   bool // a line was reported for it
}

// add takes up a record with its length, and reports the limit that it is the first to exceed.
func (w *weighedSet) add(data uint64, octets int) (tooMany, tooLarge bool) {
	if w.octets > maxOctets || w.data[data] {
		return false, false // more of it changes nothing, so data has some ten thousand records at most
	}
	w.data[data] = true
	w.octets += octets + 2
	return len(w.data) == maxSet+1, w.octets > maxOctets
}

// set is the set of a name and a type.
func (l *largeSets) set(owner, typ string) *weighedSet {
	if l.sets == nil {
		l.sets = map[setName]*weighedSet{}
	}
	name := setName{owner, typ}
	if l.sets[name] == nil {
		l.sets[name] = &weighedSet{data: map[uint64]bool{}}
	}
	return l.sets[name]
}

// quickOctets is how long data that was looked at quickly is as sent.
func quickOctets(kind quick, token []byte) int {
	switch kind {
	case quickAddress:
		return 4
	case quickAddress6:
		return 16
	case quickText:
		return 1 + len(unquoted(token))
	}
	return 0 // a CNAME record, of which a name has one
}

// findLarge sorts the made records by their owners, and notes of which owners sets may be large.
func (g *made) findLarge() {
	// Sorted by owner. Stable, because findings belong to the later record.
	slices.SortStableFunc(g.records, func(a, b madeRecord) int { return cmp.Compare(a.hash, b.hash) })
	rows := newHits(len(g.large.rows))
	for _, hash := range g.large.rows {
		rows.add(hash)
	}
	g.large.hashes = map[uint32]bool{}
	count, octets := 0, 0
	for i, r := range g.records {
		if i > 0 && r.hash != g.records[i-1].hash {
			count, octets = 0, 0
		}
		// All types of an owner are added up, as most have one only; weigh counts exactly.
		count, octets = count+1, octets+int(r.octets)+2
		if count > manyInSet || octets > largeSet || rows.has(r.hash) {
			g.large.hashes[r.hash] = true
		}
	}
}

// addWritten weighs a record of the file that is in a set with many made records, or with many of
// which others are made.
func (g *made) addWritten(s *Scanner, e *Entry) {
	// This reads the data of the record a second time, so the number of records has a limit.
	if !g.large.hashes[g.c.z.index.hash(e.Owner)] || g.large.written == maxWritten {
		return
	}
	g.large.written++
	r := e.kind.rule
	if r == nil {
		r = &unknownRule
	}
	f := fieldReader{src: s.src}
	f.begin(e, false)
	if r.check(&f); f.msg != "" {
		return // which has been reported, and BIND stops there
	}
	g.large.set(string(e.Owner), e.Type).add(g.words(s.src, e.Rdata, e.origin), f.size)
}

// weigh looks at made records of an owner, or of several with one hash, beside what addWritten has
// found. What is over a limit by itself, without the made records, is not reported again.
func (g *made) weigh(records []madeRecord) {
	for _, r := range records {
		// Two names can have the same hash, so the set is that of the name.
		m := g.lines[r.line]
		owner := g.ownerOf(r)
		if err := g.expand(int64(r.number)); err != nil {
			continue
		}
		set := g.large.set(owner, m.kind.name)
		tooMany, tooLarge := set.add(g.words(g.data, g.line.tokens, m.entry.origin), int(r.octets))
		switch {
		case m.told || set.told:
			set.told = true // one line too many: those after it would all be
		case tooLarge:
			m.told, set.told = true, true
			g.c.against(m.entry, "", "%d makes a record with which those of type %s at its name have over %d octets, "+
				"more than a server can send", r.number, m.kind.name, maxOctets)
		case tooMany:
			m.told, set.told = true, true
			g.c.against(m.entry, "max-records-per-type", "%d makes number %d of type %s at its name, beside those of "+
				"other lines, where %d are the most", r.number, maxSet+1, m.kind.name, maxSet)
		}
	}
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

// words is a hash of data word by word. Relative names in it depend on the origin.
func (g *made) words(src []byte, tokens []Span, origin *domain) uint64 {
	var h maphash.Hash
	h.SetSeed(g.c.z.index.seed)
	h.Write(origin.text)
	for _, token := range tokens {
		h.WriteByte(0)
		h.Write(unquoted(token.Of(src)))
	}
	return h.Sum64()
}
