package zonefile

import (
	"bytes"
	"hash/maphash"
	"runtime"

	"github.com/edgeplan/edgeplan/internal/parallel"
)

// A long text is read in parts, as many at once as there are processors. The state in which each begins is
// foretold from the directives above it. Once all are read, the end of each shows whether the next one began
// as it had to; if one did not, or has a mistake, the text is read again from one end to the other. So the
// parts decide how long reading takes, and nothing else.

// partSize is how many bytes a part has at least. A smaller one is read sooner than it is given to a processor.
const partSize = 1 << 20

// partsOf is how many parts a text of some bytes has; tests want more.
var partsOf = func(size int) int { return min(runtime.GOMAXPROCS(0), size/partSize) }

// Bounds on the search for a place where a part can begin.
const (
	maxHead     = 256 // entries up to the first SOA record
	maxRowLines = 256 // lines of one owner; more than a set may have
)

// beginning is where a part begins, and what is foretold there.
type beginning struct {
	state
	times Sum // the $TTL in force, as in [Times]
}

// beginnings foretells where the parts behind the first one begin. There are none where an included file, or
// records that a directive makes, would have to be followed.
func (src *Source) beginnings(s *Scanner) []beginning {
	n := partsOf(len(src.text))
	if n < 2 || src.segments != nil {
		return nil
	}
	h := head{s: s.fork(), z: &Zone{src: src.text, source: src}}
	if !h.toSOA() {
		return nil
	}
	var out []beginning
	for i := 1; i < n; i++ {
		at := nextRow(src.text, max(len(src.text)/n*i, h.s.pos))
		if at < 0 {
			continue
		}
		if !h.toLine(at) {
			return nil
		}
		b := beginning{times: h.z.Times.current}
		h.s.save(&b.state)
		b.lastOwner = nil
		// Which TTL was stated last is known to no directive. A part whose first record states none is not
		// understood, and the text is read from one end to the other.
		if b.ttl.source == TTLPrevious {
			b.ttl = ttlState{}
		}
		out = append(out, b)
	}
	return out
}

// fork is a scanner of the same text in the same state.
func (s *Scanner) fork() *Scanner {
	out := &Scanner{src: s.src, source: s.source, minimum: s.minimum, types: new(typeTable)}
	out.restore(&s.state)
	return out
}

// head reads directives, and what is above the first SOA record.
type head struct {
	s *Scanner
	z *Zone
	e Entry
}

// toSOA reads up to the SOA record, which gives a TTL to the records behind it.
func (h *head) toSOA() bool {
	for range maxHead {
		if !h.s.Next(&h.e) || h.e.Kind == IncludeEntry || h.e.Kind == GenerateEntry {
			return false
		}
		h.z.Times.note(h.z, &h.e)
		if h.e.Kind == RecordEntry && h.e.Type == "SOA" {
			return true
		}
	}
	return false
}

// toLine reads the directives above a line, and goes there. They are lines that begin with a dollar sign; one
// within parentheses is none, and then what it foretells is wrong.
func (h *head) toLine(at int) bool {
	for {
		next := nextDollar(h.s.src[:at], h.s.pos)
		if next < 0 {
			next = at
		}
		h.s.line += bytes.Count(h.s.src[h.s.pos:next], []byte("\n"))
		if h.s.pos = next; next == at {
			return true
		}
		if !h.s.Next(&h.e) || h.s.pos > at || h.e.Kind != OriginEntry && h.e.Kind != TTLEntry {
			return false
		}
		h.z.Times.note(h.z, &h.e)
	}
}

// nextRow is where the first line at or behind an offset begins with another owner than the one before it, -1
// where none does soon. Lines within parentheses are taken for others, and then what is foretold is wrong.
func nextRow(text []byte, at int) int {
	var before []byte
	for range maxRowLines {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 || at+end+1 == len(text) {
			return -1
		}
		at += end + 1
		if isSpecial[text[at]] || text[at] == '$' {
			continue
		}
		owner, _, _ := bytes.Cut(text[at:min(at+maxName, len(text))], []byte(" "))
		owner, _, _ = bytes.Cut(owner, []byte("\t"))
		if before != nil && !bytes.EqualFold(before, owner) {
			return at
		}
		before = owner
	}
	return -1
}

// pass is a scan of a text, or of a part of it, and what it found.
type pass struct {
	s     *Scanner
	z     *Zone
	c     *checker // nil where no record is looked into
	keep  Keeper   // nil keeps all
	few   []few
	count [wishes]int // of records of each group
	err   error

	// behind is the state right behind the last entry, where the next block begins.
	behind state
}

// few is a record that is kept only as long as there are few of its group.
type few struct {
	record int // of Zone.Records
	group  Wish
}

// inParts reads a text in parts. It is nil where that cannot be done.
func (src *Source) inParts(s *Scanner, begin func(s *Scanner, size int) *pass) *pass {
	later := src.beginnings(s)
	if len(later) == 0 {
		return nil
	}
	parts := make([]*pass, len(later)+1)
	seed := maphash.MakeSeed()
	// What two processors write to all the time must not be side by side in memory, so each makes its own.
	parallel.Each(len(parts), func(i int) {
		part, size := s.fork(), len(src.text) // the first one has room for what the others will add
		if i < len(later) {
			part.limit = later[i].pos
		}
		if i > 0 {
			size = part.limit - later[i-1].pos
			part.state = later[i-1].state
		}
		parts[i] = begin(part, size)
		parts[i].z.index.seed = seed
		if i > 0 {
			parts[i].z.Times.current = later[i-1].times
		}
		parts[i].read()
	})
	for i, b := range later {
		if parts[0].z.Times.current != b.times || !parts[0].join(parts[i+1], &b.state) {
			return nil
		}
	}
	return parts[0]
}

// join takes up the part behind this one, which began in a state. It reports false where that is not the
// state at the end of this one.
func (r *pass) join(next *pass, begin *state) bool {
	// Directives make records, which are looked at beside all others.
	if r.err != nil || next.err != nil || len(next.z.Directives) > 0 || !r.z.index.end.leadsTo(begin) {
		return false
	}
	a, b := r.z.index.owners, next.z.index.owners
	// The records of one owner would be two rows.
	if len(a) == 0 || len(b) == 0 || a[len(a)-1] == b[0] {
		return false
	}
	r.z.index.join(next.z.index, r.behind)
	if r.c != nil && !r.c.join(next.c, len(r.z.index.owners)-len(b)) {
		return false
	}
	for _, k := range next.z.types.all {
		r.z.types.add(k)
	}
	r.behind = next.behind
	r.z.join(next.z)
	from := 0
	for _, f := range next.few {
		if r.count[f.group]++; r.count[f.group] > maxFew {
			r.z.Records = append(r.z.Records, next.z.Records[from:f.record]...)
			from = f.record + 1
		}
	}
	r.z.Records = append(r.z.Records, next.z.Records[from:]...)
	return true
}

// leadsTo reports that a scan which ends in a state goes on as one that begins in another.
func (end *state) leadsTo(begin *state) bool {
	ttl := end.ttl == begin.ttl || begin.ttl == ttlState{} && end.ttl.source == TTLPrevious
	return ttl && end.pos == begin.pos && end.line == begin.line && end.class == begin.class &&
		bytes.Equal(end.origin.text, begin.origin.text) && bytes.Equal(end.origin.sent, begin.origin.sent)
}

// join takes up what is known of the whole file, but for the records.
func (z *Zone) join(next *Zone) {
	if z.HasTTLDirective = z.HasTTLDirective || next.HasTTLDirective; next.HasTTLDirective {
		z.DefaultTTL = next.DefaultTTL
	}
	z.Dnssec = z.Dnssec || next.Dnssec
	z.Times.join(&next.Times)
	z.DefectCount += next.DefectCount
	z.Defects = append(z.Defects, next.Defects[:min(len(next.Defects), maxDefects-len(z.Defects))]...)
}

// join keeps what comes first.
func (t *Times) join(next *Times) {
	for _, sum := range []struct{ at, next *Sum }{
		{&t.Directive, &next.Directive}, {&t.SOA, &next.SOA}, {&t.Record, &next.Record},
	} {
		if sum.at.Line == 0 {
			*sum.at = *sum.next
		}
	}
	if t.NoTTL == 0 {
		t.NoTTL, t.NoTTLFile, t.NoTTLSource = next.NoTTL, next.NoTTLFile, next.NoTTLSource
	}
	t.current = next.current
}

// join takes up the index of the part behind, whose first record states its owner. That part begins behind an
// entry, as each block does, in a state that is known now.
func (x *index) join(next *index, behind state) {
	// A block that has begun behind the last entry has none, and would begin where the next one does.
	if last := len(x.marks) - 1; x.marks[last].pos == behind.pos {
		x.owners, x.marks = x.owners[:x.marks[last].first], x.marks[:last]
	}
	first := len(x.owners)
	x.owners = append(x.owners, x.hash(behind.lastOwner)) // as begin does
	next.marks[0].state = behind
	for i, m := range next.marks {
		if m.first += first; i > 0 {
			m.first++
		}
		x.marks = append(x.marks, m)
	}
	x.owners = append(x.owners, next.owners...)
	for typ, at := range next.lastOf {
		x.lastOf[typ] = at // behind those of x
	}
	x.soas = append(x.soas, next.soas...)
	x.last, x.end = next.last, next.end
	x.marked += next.marked
}

// join takes up what another checker saw of the part behind, where that many owners are in the index. It
// reports false where both together reach a limit at a place that neither knows.
func (c *checker) join(next *checker, owners int) bool {
	if !c.apex.join(&next.apex) {
		return false
	}
	c.run.finish(c)
	c.run = next.run
	for _, n := range next.lone {
		c.lone = append(c.lone, n+uint32(owners))
	}
	c.weights.join(&next.weights)
	return true
}

func (a *apex) join(next *apex) bool {
	if len(a.child)+len(a.chains)+len(next.child)+len(next.chains) > maxSet {
		return false
	}
	a.servers = append(a.servers, next.servers[:min(len(next.servers), maxSet-len(a.servers))]...)
	a.child = append(a.child, next.child...)
	a.chains = append(a.chains, next.chains...)
	a.known = a.known || next.known
	for algorithm := range next.keys {
		if a.keys == nil {
			a.keys = map[uint32]bool{}
		}
		a.keys[algorithm] = true
	}
	return true
}

func (w *weights) join(next *weights) {
	w.any = w.any || next.any
	for i, sum := range next.sums {
		if sum > 0 {
			w.add(uint32(i), int(sum), 0)
		}
	}
}
