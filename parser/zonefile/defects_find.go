package zonefile

import "slices"

// lookUp reads again what stands at the name servers of the zone, at the names above
// them, and at owners of CNAME and DNAME records that come in more than one row. It reads
// only blocks that can hold such a name.
func (c *checker) lookUp() (map[string]*present, error) {
	x, names := c.z.index, c.serverNames()
	if len(names) == 0 && len(c.lone) == 0 {
		return nil, nil
	}
	hits := newHits(len(c.lone) + len(names))
	for _, hash := range c.lone {
		hits.add(hash)
	}
	for name := range names {
		hash := x.hash([]byte(name))
		hits.add(hash)
		hits.wanted[hash] = true
	}
	last, first := uint32(0), true
	for i, m := range x.marks {
		end := len(x.owners)
		if i+1 < len(x.marks) {
			end = x.marks[i+1].first
		}
		for _, hash := range x.owners[m.first:end] {
			if hits.may(hash) {
				hits.meet(hash, i, hash == last && !first)
			}
			last, first = hash, false
		}
	}
	return c.readBlocks(hits, names)
}

// serverNames are names whose records tell whether a name server has an address.
func (c *checker) serverNames() map[string]bool {
	names := map[string]bool{}
	for _, s := range c.apex.servers {
		names[s.name] = true
		for up := s.name; up != c.z.Origin; {
			up = parentOf(up)
			names[up], names["*."+up] = true, true
		}
	}
	return names
}

// readBlocks reads the blocks that were hit.
func (c *checker) readBlocks(hits *hits, names map[string]bool) (map[string]*present, error) {
	seen := map[string]*present{}
	slices.Sort(hits.blocks)
	var before string
	for _, block := range slices.Compact(hits.blocks) {
		if block == len(c.z.index.marks) {
			break // behind the last one
		}
		s := c.z.resume(c.z.index.marks[block].state)
		stop := c.z.index.stop(block)
		var e Entry
		for s.pos < stop && s.Next(&e) {
			if e.Kind != RecordEntry {
				continue
			}
			if !names[string(e.Owner)] && !hits.twice[c.z.index.hash(e.Owner)] {
				before = ""
				continue
			}
			p := seen[string(e.Owner)]
			if p == nil {
				p = new(present)
				seen[string(e.Owner)] = p
			}
			p.add(s, &e, before != string(e.Owner))
			before = string(e.Owner)
		}
		if s.Err() != nil {
			return nil, s.Err()
		}
	}
	return seen, nil
}

// add notes a record. first is true for one that begins a row.
func (p *present) add(s *Scanner, e *Entry, first bool) {
	if first {
		p.rows++
	}
	was := p.rows > 1
	switch e.kind.part {
	case besideCNAME:
		return
	case otherAddress:
		p.address = true
	case nsPart:
		p.ns = true
	case cnamePart, dnamePart:
		p.addSingle(s, e)
	}
	if e.kind.part != cnamePart && p.other == nil {
		p.other = keep(e)
		p.apart = p.apart || was && p.cname != nil
	}
}

func (p *present) addSingle(s *Scanner, e *Entry) {
	at, data := &p.cname, &p.data[0]
	if e.kind.part == dnamePart {
		at, data = &p.dname, &p.data[1]
	}
	if len(e.Rdata) != 1 {
		return
	}
	name, _, err := appendName(nil, e.Rdata[0].Of(s.src), e.origin)
	switch {
	case err != nil:
	case *at == nil:
		*at, *data = keep(e), string(name)
		p.apart = p.apart || p.rows > 1 && p.other != nil && e.kind.part == cnamePart
	case *data != string(name) && p.second == nil:
		p.second = keep(e)
		p.apart = p.apart || p.rows > 1
	}
}

// hits is a set of hashes of owners that tells in which blocks they come. It is fast to
// say no.
type hits struct {
	bits   []uint64
	slots  []slot
	wanted map[uint32]bool // owners of which every block counts
	twice  map[uint32]bool // owners that come in more than one row
	blocks []int
}

// slot is a hash of the set. block is that of its first row and one, 0 before that, and -1 in
// a slot that is free.
type slot struct {
	hash  uint32
	block int32
}

// maxTwice is how many owners that come twice are looked at.
const maxTwice = 4096

func newHits(n int) *hits {
	size := 64
	for size < 2*n {
		size *= 2
	}
	h := &hits{bits: make([]uint64, size/8), slots: make([]slot, size), wanted: map[uint32]bool{}, twice: map[uint32]bool{}}
	for i := range h.slots {
		h.slots[i].block = -1
	}
	return h
}

// find is the slot of a hash, or the one that is free for it.
func (h *hits) find(hash uint32) *slot {
	for i := hash >> 3; ; i++ {
		s := &h.slots[i&uint32(len(h.slots)-1)]
		if s.block < 0 || s.hash == hash {
			return s
		}
	}
}

func (h *hits) add(hash uint32) {
	if s := h.find(hash); s.block < 0 {
		*s = slot{hash: hash}
		n := hash & uint32(len(h.bits)*64-1)
		h.bits[n/64] |= 1 << (n % 64)
	}
}

// may reports false for most hashes that are not in the set.
func (h *hits) may(hash uint32) bool {
	n := hash & uint32(len(h.bits)*64-1)
	return h.bits[n/64]>>(n%64)&1 != 0
}

// meet notes an owner in a block; again is true if it is that of the record before.
func (h *hits) meet(hash uint32, block int, again bool) {
	s := h.find(hash)
	switch {
	case s.block < 0:
	case h.wanted[hash] || h.twice[hash]:
		h.blocks = append(h.blocks, block)
	case again: // the same row goes on in the next block
	case s.block == 0:
		s.block = int32(block) + 1
	case len(h.twice) < maxTwice:
		h.twice[hash] = true
		h.blocks = append(h.blocks, int(s.block)-1, int(s.block), block)
	}
}
