package zonefile

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

// What BIND 9.18 loads of one set unless named.conf says otherwise, with max-records-per-type and
// max-types-per-name, and how long the records of a set may be together, with two octets for the length
// of each (DNS_RDATA_MAXLENGTH).
const (
	maxSet    = 100
	maxTypes  = 100
	maxOctets = 65512
)

// heavy is the weight of a name that may have more than that. Each row of its records weighs as many as
// they are, or as their octets are hundredths of maxOctets, whatever is more.
const (
	heavy       = 100
	weightUnit  = maxOctets / 100
	maxOverhead = 3 // octets of a record in a set beside its data
)

// maxApart is how many records are kept of sets that the file has in several places. Those of sets beyond
// are counted place by place.
const maxApart = 1 << 16

// weights are sums by hashes of owners. Names that share a slot seem heavier than they are, which costs
// time only.
type weights struct {
	sums []uint8
	any  bool // one is heavy
}

func newWeights(size int) weights {
	const bytesPerOwner = 256 // of several owners; a larger table does not stay in the cache of a processor
	n := 1 << 12
	for n < size/bytesPerOwner {
		n *= 2
	}
	return weights{sums: make([]uint8, n)}
}

// add takes up a row of records.
func (w *weights) add(hash uint32, records, octets int) {
	sum := &w.sums[int(hash)&(len(w.sums)-1)]
	*sum = uint8(min(255, int(*sum)+max(records, (octets+weightUnit-1)/weightUnit)))
	w.any = w.any || *sum > heavy
}

func (w *weights) heavy(hash uint32) bool { return w.sums[int(hash)&(len(w.sums)-1)] > heavy }

// loader loads the names that may be too large as BIND 9.18 does (load_text of its master.c): it
// collects the records that are in a row, and adds them to those that it has once the name changes.
// It counts the records of such a row before it drops equal ones, and those of both before it joins
// them.
type loader struct {
	c    *checker
	rows map[uint32]int // of the heavy names, by their hashes
	have map[string]*loadedName
	kept int // records in have

	current, glue row
	delegates     bool // the name at hand has an NS record
	used          int  // octets of the buffer of BIND
	saved         int  // of them before the glue
	segment       int
	seed          maphash.Seed
	f             fieldReader
	sent          []byte

	made int // the next of made.records
}

type setKey struct {
	typ    string
	covers uint16 // of a signature
}

// loadedName is a name as far as it is loaded.
type loadedName struct {
	sets   map[setKey]*rrset
	types  int // of its sets
	hashes int // of those that are about hashed names, which BIND has in a tree of their own
}

// rrset is a set as far as it is loaded.
type rrset struct {
	octets int
	data   map[uint64]bool
	// Findings that were made.
	many, large bool
}

// row are records of one name in a row.
type row struct {
	name  []byte
	sent  []byte // in letter case: a name that is written otherwise begins another row
	lists []*list
	byKey map[setKey]*list
	glue  map[string]bool // names of its name servers
}

// list are the records of a row that are of one type.
type list struct {
	key    setKey
	count  int            // with equal ones
	data   map[uint64]int // octets of each
	octets int
	// Where it became too much, and the last record.
	many, large, last place
}

// place is where a record is.
type place struct {
	start, line int
	made        *maker // the $GENERATE line that makes it
	number      int64
}

// checkSets looks at the names that may have more records or types than BIND loads. The others are
// not read again.
func (c *checker) checkSets() error {
	c.run.finish(c)
	if !c.weights.any {
		return nil
	}
	l := &loader{
		c: c, rows: map[uint32]int{}, have: map[string]*loadedName{}, seed: maphash.MakeSeed(),
		sent: make([]byte, 0, maxName),
	}
	wanted := make([]bool, len(c.z.index.marks))
	c.z.index.eachOwner(func(_ int, hash uint32, block int, again bool) {
		if c.weights.heavy(hash) {
			wanted[block] = true
			if !again {
				l.rows[hash]++
			}
		}
	})
	for _, r := range c.made.records {
		if c.weights.heavy(r.hash) {
			l.rows[r.hash]++ // a row for each
		}
	}
	next := -1 // block behind the last that was read
	for block, want := range wanted {
		// Behind glue, which may fill blocks, the row at hand goes on.
		if !want && len(l.current.lists) == 0 {
			continue
		}
		if err := l.read(block, block != next); err != nil {
			return err
		}
		next = block + 1
	}
	l.commitAll()
	l.generate(len(c.z.src) + 1)
	return nil
}

// read reads a block; apart is true where the one before was not read.
func (l *loader) read(block int, apart bool) error {
	x := l.c.z.index
	s := l.c.z.resume(x.marks[block].state)
	if apart {
		l.change(s.lastOwner, nil)
		l.segment = s.segment
	}
	var e Entry
	for stop := x.stop(block); s.pos < stop && s.Next(&e); {
		if s.segment != l.segment {
			// At both ends of an included file.
			l.commitAll()
			l.segment = s.segment
		}
		l.generate(e.Start)
		if e.Kind == RecordEntry {
			l.record(s, &e)
		}
	}
	return s.Err()
}

// record takes up a record of the file.
func (l *loader) record(s *Scanner, e *Entry) {
	if !e.OwnerSpan.Empty() {
		l.name(s, e)
	}
	r := &l.current
	if l.glue.name != nil {
		r = &l.glue
	}
	if !l.c.holds(e.Owner) {
		return
	}
	l.f.src = s.src
	if !l.data(e.kind.rule, e) {
		return // which has been reported, and BIND stops there
	}
	if e.Type == "NS" && r == &l.current {
		l.delegates = true
		if name, _ := decodeName(l.f.sent); name != "" {
			if r.glue == nil {
				r.glue = map[string]bool{}
			}
			r.glue[name] = true
		}
	}
	if l.used += len(l.f.sent); l.rows[l.c.z.index.hash(r.name)] > 0 {
		l.add(r, keyOf(e.Type, l.f.sent), place{start: e.Start, line: e.Line})
	}
	// The buffer of BIND has 128 KiB, and must have room for the largest record (TSIZ and MINTSIZ).
	if 128<<10-l.used < maxOctets {
		l.commitAll()
	}
}

// data reads the data of a record into what is sent of it.
func (l *loader) data(r *rule, e *Entry) bool {
	if r == nil {
		r = &unknownRule
	}
	l.f.begin(e, false)
	l.f.fold = foldsNames[e.Type]
	r.check(&l.f)
	return l.f.msg == ""
}

func keyOf(typ string, sent []byte) setKey {
	key := setKey{typ: typ}
	if typ == "RRSIG" || typ == "SIG" {
		key.covers = binary.BigEndian.Uint16(sent)
	}
	return key
}

// name goes to the name of a record.
func (l *loader) name(s *Scanner, e *Entry) {
	token := e.OwnerSpan.Of(s.src)
	same := func(r *row) bool {
		return bytes.Equal(r.name, e.Owner) && bytes.Equal(r.sent, l.sent)
	}
	l.sent = appendSent(l.sent[:0], token, e.origin)
	if l.glue.name != nil && !same(&l.glue) {
		l.leave(&l.glue, e.Owner)
		l.glue = row{}
		l.used = l.saved
	}
	if l.glue.name != nil || same(&l.current) {
		return
	}
	if l.delegates && l.current.glue[string(e.Owner)] {
		l.glue, l.saved = newRow(e.Owner, l.sent), l.used
		return
	}
	l.change(e.Owner, l.sent)
}

// change goes to another name.
func (l *loader) change(name, sent []byte) {
	l.leave(&l.current, name)
	l.current, l.glue, l.delegates, l.used = newRow(name, sent), row{}, false, 0
}

func newRow(name, sent []byte) row {
	return row{name: append([]byte{}, name...), sent: bytes.Clone(sent)}
}

// add adds a record to a row.
func (l *loader) add(r *row, key setKey, at place) {
	to := r.byKey[key]
	if to == nil {
		if r.byKey == nil {
			r.byKey = map[setKey]*list{}
		}
		to = &list{key: key, data: map[uint64]int{}}
		r.lists, r.byKey[key] = append(r.lists, to), to
	}
	to.last = at
	to.count++
	var set *rrset
	if name := l.have[string(r.name)]; name != nil {
		set = name.sets[key]
	}
	data, octets := maphash.Bytes(l.seed, l.f.sent), len(l.f.sent)+overhead(key.typ)
	before, beforeOctets := 0, 0
	if set != nil {
		before, beforeOctets = len(set.data), set.octets
	}
	if _, known := to.data[data]; !known {
		to.data[data] = octets
		if set == nil || !set.data[data] {
			to.octets += octets
		}
	}
	if to.many.line == 0 && (to.count > maxSet || before+len(to.data) > maxSet) {
		to.many = at
	}
	if to.large.line == 0 && beforeOctets+to.octets > maxOctets {
		to.large = at
	}
}

// overhead are the octets of a record in a set beside its data. BIND has one more for a signature.
func overhead(typ string) int {
	if typ == "RRSIG" {
		return 3
	}
	return 2
}

// commitAll adds all rows to what is loaded.
func (l *loader) commitAll() {
	l.commit(&l.current)
	l.commit(&l.glue)
	l.used = 0
}

// commit adds a row to what is loaded.
func (l *loader) commit(r *row) {
	if len(r.lists) == 0 {
		return
	}
	// BIND puts a list that it begins before the others.
	for i := len(r.lists) - 1; i >= 0; i-- {
		l.merge(string(r.name), r.lists[i])
	}
	r.lists, r.byKey, r.glue = nil, nil, nil
}

// leave ends a row.
func (l *loader) leave(r *row, next []byte) {
	l.commit(r)
	// Another spelling of the name, or a part of a row, is no end of it.
	if rows := l.rows[l.c.z.index.hash(r.name)]; rows > 1 && l.kept <= maxApart || bytes.Equal(r.name, next) {
		return
	}
	if name := l.have[string(r.name)]; name != nil {
		for _, set := range name.sets {
			l.kept -= len(set.data)
		}
	}
	delete(l.have, string(r.name))
}

// merge adds records to a set, and reports what is too much for it.
func (l *loader) merge(name string, from *list) {
	at := l.have[name]
	if at == nil {
		at = &loadedName{sets: map[setKey]*rrset{}}
		l.have[name] = at
	}
	set := at.sets[from.key]
	if set == nil {
		set = &rrset{data: map[uint64]bool{}}
		at.sets[from.key] = set
		types := &at.types
		if from.key.isHash() {
			types = &at.hashes
		}
		if *types++; *types == maxTypes+1 {
			l.tell(name, from, from.last, "max-types-per-name", "is of type number %d at this name, where %d are the most",
				maxTypes+1, maxTypes)
		}
	}
	before := len(set.data)
	if !set.many && (from.count > maxSet || before+len(from.data) > maxSet) {
		set.many = true
		l.tell(name, from, from.many, "max-records-per-type", "is number %d of type %s at this name, where %d are the most",
			maxSet+1, from.key.typ, maxSet)
	}
	for data, octets := range from.data {
		if set.octets <= maxOctets && !set.data[data] { // more of it changes nothing
			set.data[data] = true
			set.octets += octets
		}
	}
	l.kept += len(set.data) - before
	if !set.large && set.octets > maxOctets {
		set.large = true
		l.tell(name, from, from.large, "", "is the one with which those of type %s at this name have over %d octets, "+
			"more than a server can send", from.key.typ, maxOctets)
	}
	if before <= 1 && len(set.data) > 1 && from.key.typ == "RESINFO" {
		l.tell(name, from, from.last, "", "is a second %s record of the name, which may have one", from.key.typ)
	}
}

// isHash reports a set that BIND has in the tree of hashed names: NSEC3 records and their signatures.
func (k setKey) isHash() bool { return k.typ == "NSEC3" || k.covers == typeNumbers["NSEC3"] }

// tell reports a record of a list. A line of $GENERATE has one finding.
func (l *loader) tell(name string, from *list, at place, setting, format string, args ...any) {
	if at.line == 0 {
		at = from.last
	}
	if m := at.made; m == nil {
		e := &Entry{Span: Span{at.start, at.start}, Line: at.line, Owner: []byte(name), Type: from.key.typ}
		l.c.against(e, setting, "it "+format, args...)
	} else if !m.told {
		m.told = true
		l.c.against(m.entry, setting, "%d makes a record that "+format, append([]any{at.number}, args...)...)
	}
}

// generate adds the records of the $GENERATE lines that begin before an offset. BIND adds each of
// them by itself, before it adds the row that such a line is in.
func (l *loader) generate(before int) {
	g := &l.c.made
	for ; l.made < len(g.records); l.made++ {
		r := g.records[l.made]
		m := g.lines[r.line]
		if m.entry.Start >= before {
			return
		}
		if l.rows[r.hash] == 0 {
			continue
		}
		at := place{line: m.entry.Line, made: m, number: int64(r.number)}
		one := row{name: []byte(g.ownerOf(r))}
		if g.expand(at.number) != nil {
			continue
		}
		e := Entry{Type: m.kind.name, Rdata: g.line.tokens, origin: m.entry.origin}
		l.f.src = g.data
		// It is no error here: the record was made before, when it was checked.
		if l.data(m.kind.rule, &e) {
			// BIND leaves out what a signature covers (rdatalist.covers in its generate).
			l.add(&one, setKey{typ: e.Type}, at)
			l.commit(&one)
		}
	}
}

// foldsNames are the types in whose data names are equal without regard to case (dns_rdata_compare). In
// others BIND compares the octets.
var foldsNames = map[string]bool{
	"A6": true, "AFSDB": true, "CNAME": true, "DNAME": true, "KX": true, "MB": true, "MG": true, "MINFO": true,
	"MR": true, "MX": true, "NAPTR": true, "NS": true, "NSAP-PTR": true, "NXT": true, "PTR": true, "PX": true, "RP": true,
	"RRSIG": true, "RT": true, "SIG": true, "SOA": true, "SRV": true,
}
