package zonefile

import "slices"

// lookUp reads again what is at the name servers of the zone, at the names above
// them, and at owners of CNAME and DNAME records that come in more than one row. It reads
// only blocks that can hold such a name.
func (c *checker) lookUp() (map[string]*present, error) {
	names := c.apex.serverNames(c.z.Origin)
	wanted := map[uint32]bool{}
	for name := range names {
		wanted[c.z.index.hash([]byte(name))] = true
	}
	c.addTwice(wanted)
	c.made.addOwners(wanted)
	if len(wanted) == 0 {
		return nil, nil
	}
	// Every owner of the file is looked up in this set, and few are in it.
	few := newHits(len(wanted))
	for hash := range wanted {
		few.add(hash)
	}
	var blocks []int
	for _, one := range c.z.index.taken(func(int) func(int, uint32, bool) bool {
		return func(_ int, hash uint32, _ bool) bool { return few.has(hash) }
	}) {
		blocks = append(blocks, int(one.block))
	}
	return c.readBlocks(slices.Compact(blocks), func(owner []byte) bool { return wanted[c.z.index.hash(owner)] })
}

// maxTwice is how many owners that come twice are looked at.
const maxTwice = 4096

// addTwice adds the owners of CNAME and DNAME records that come in more than one row, and
// maybe others with the same hash.
func (c *checker) addTwice(wanted map[uint32]bool) {
	if len(c.lone) == 0 {
		return
	}
	alone := newHits(len(c.lone))
	owners := c.z.index.owners
	for _, n := range c.lone {
		// Already in the set: two rows that both have such a record.
		if hash := owners[n]; !alone.add(hash) && len(wanted) < maxTwice {
			wanted[hash] = true
		}
	}
	others := c.z.index.taken(func(first int) func(int, uint32, bool) bool {
		next, _ := slices.BinarySearch(c.lone, uint32(first))
		return func(n int, hash uint32, again bool) bool {
			if next < len(c.lone) && n == int(c.lone[next]) {
				next++
				return false // itself
			}
			// again leaves out the hash that begins a block: it is the owner before, not another row.
			return !again && alone.has(hash)
		}
	})
	for _, one := range others {
		if len(wanted) >= maxTwice {
			break
		}
		wanted[one.hash] = true
	}
}

// readBlocks reads blocks and notes what they have of some owners.
func (c *checker) readBlocks(blocks []int, wanted func(owner []byte) bool) (map[string]*present, error) {
	seen := map[string]*present{}
	var before string
	for _, block := range blocks {
		s := c.z.resume(c.z.index.marks[block].state)
		stop := c.z.index.stop(block)
		var e Entry
		for s.pos < stop && s.Next(&e) {
			if e.Kind != RecordEntry {
				continue
			}
			// Another name with the same hash does no harm: it is noted under its own name.
			if !wanted(e.Owner) {
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
	// Within one row the first scan has seen it all (see [run]).
	was := p.rows > 1
	switch e.kind.part {
	case besideCNAME:
		return
	case address:
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
	// That finding was made when the record was read.
	case err != nil:
	case *at == nil:
		*at, *data = keep(e), string(name)
		p.apart = p.apart || p.rows > 1 && p.other != nil && e.kind.part == cnamePart
	case *data != string(name) && p.second == nil:
		p.second = keep(e)
		p.apart = p.apart || p.rows > 1
	}
}

// hits is a set of hashes of owners. It is fast to say no.
type hits struct {
	bits  []uint64
	slots []uint32 // 0 in one that is free
}

func newHits(n int) *hits {
	size := 64
	for size < 2*n {
		size *= 2
	}
	return &hits{make([]uint64, size/8), make([]uint32, size)}
}

// find is the slot of a hash, or the one that is free for it.
func (h *hits) find(hash uint32) *uint32 {
	for i := hash >> 3; ; i++ {
		s := &h.slots[i&uint32(len(h.slots)-1)]
		if *s == 0 || *s == hash|1 {
			return s
		}
	}
}

// add reports false for a hash that is there. Two that differ in the last bit are one.
func (h *hits) add(hash uint32) bool {
	s := h.find(hash)
	if *s != 0 {
		return false
	}
	// 0 marks a free slot, so no hash may be stored as 0.
	*s = hash | 1
	n := hash & uint32(len(h.bits)*64-1)
	h.bits[n/64] |= 1 << (n % 64)
	return true
}

func (h *hits) has(hash uint32) bool {
	n := hash & uint32(len(h.bits)*64-1)
	return h.bits[n/64]>>(n%64)&1 != 0 && *h.find(hash) != 0
}
