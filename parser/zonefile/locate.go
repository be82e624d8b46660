package zonefile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// save copies the state of the scan into dst, whose memory is reused.
func (s *Scanner) save(dst *state) {
	owner := append(dst.lastOwner[:0], s.lastOwner...)
	*dst = s.state
	dst.lastOwner = owner
}

// restore takes the scan back to a saved state.
func (s *Scanner) restore(from *state) {
	owner := append(s.lastOwner[:0], from.lastOwner...)
	s.state, s.lastOwner = *from, owner
	// The cache belongs to another place, and the error to a text that may have grown since.
	s.cached, s.err = nil, nil
	s.bound()
}

// resume is a scanner that goes on from a saved state.
func (z *Zone) resume(from state) *Scanner {
	s := &Scanner{src: z.src, source: z.source, minimum: z.minimum, types: z.types, state: from}
	// Cloned, because the scan overwrites its owner and a saved state is resumed more than once.
	s.lastOwner = slices.Clone(from.lastOwner)
	s.bound()
	return s
}

// locate reads those blocks of the text again that can have records of the sets. It
// finds these records, the places where records could be inserted, and the SOA.
func (p *plan) locate() error {
	x := p.zone.index
	p.end = x.end
	p.last = mark{at: x.last, set: x.last >= 0}
	for typ, m := range p.types {
		// The first scan knows these places, so a block is read for one only if a new record goes
		// there.
		m.at, m.set = x.lastOf[typ]
	}
	var prev *located
	next := 0 // the block behind the one read last
	for _, block := range x.blocksOf(p.owners) {
		if block != next {
			prev = nil // the record just before is in a block without records of the sets
		}
		var err error
		if prev, err = p.locateIn(block, prev); err != nil {
			return err
		}
		next = block + 1
	}
	// blocksOf lists all blocks with an SOA record, so the zone has none.
	if p.soa == nil {
		return fmt.Errorf("the zone file has no SOA record")
	}
	return nil
}

// locateIn reads one block. prev is the record just before it, if that is located.
func (p *plan) locateIn(block int, prev *located) (*located, error) {
	s := p.zone.resume(p.zone.index.marks[block].state)
	stop := p.zone.index.stop(block)
	var e Entry
	var before state
	for {
		s.save(&before)
		if s.pos >= stop || !s.Next(&e) {
			return prev, s.Err()
		}
		if e.Kind != RecordEntry {
			continue
		}
		var err error
		if prev, err = p.visit(s, &e, before, prev); err != nil {
			return nil, err
		}
	}
}

// visit notes one record, and returns it if it belongs to a set.
func (p *plan) visit(s *Scanner, e *Entry, before state, prev *located) (*located, error) {
	place := p.owners[string(e.Owner)]
	if place != nil {
		place.last = mark{at: e.Start, set: true}
	}
	// Whatever its owner: with two of them it is not clear which serial counts.
	if e.Type == "SOA" {
		return nil, p.visitSOA(s, e, before)
	}
	if place == nil {
		return nil, nil
	}
	t := place.target(e.Type)
	if t == nil {
		return nil, nil
	}
	l, err := p.describe(s, e, before)
	if err != nil {
		return nil, err
	}
	l.prev = prev
	t.found = append(t.found, l)
	return l, nil
}

func (p *plan) visitSOA(s *Scanner, e *Entry, before state) error {
	if p.soa != nil {
		return p.zone.errorAt(e, "there is a second SOA record; the first is on "+p.zone.where(&p.soa.Entry))
	}
	soa, err := p.describe(s, e, before)
	if err != nil {
		return err
	}
	// In the generic form the serial is no token of its own.
	if len(soa.fields) != 7 || soa.fields[0] == `\#` {
		return p.zone.errorAt(e, "the serial cannot be found in this form of the SOA record")
	}
	p.soa = soa
	return nil
}

// describe copies a record out of the scan.
func (p *plan) describe(s *Scanner, e *Entry, before state) (*located, error) {
	r, err := s.materialise(e)
	if err != nil {
		return nil, err
	}
	l := &located{Entry: *e, before: before, ttl: r.TTL}
	// Cloned, because the scanner reuses this memory for the next entry.
	l.Owner, l.Rdata = bytes.Clone(e.Owner), slices.Clone(e.Rdata)
	l.fields, _ = canonicalFields(e.Type, texts(p.src, e.Rdata), e.origin)
	l.before.lastOwner = bytes.Clone(before.lastOwner)
	s.save(&l.after)
	return l, nil
}

// at reads the record at a mark again.
func (p *plan) at(m mark) *located {
	// Thousands of new sets may go behind one record.
	if p.again != nil && p.againAt == m.at {
		return p.again
	}
	s := p.zone.resume(p.zone.index.marks[p.zone.index.block(m.at)].state)
	l := new(located)
	for s.save(&l.before); s.Next(&l.Entry) && l.Start < m.at; s.save(&l.before) {
	}
	l.ttl = l.TTL
	s.save(&l.after)
	p.again, p.againAt = l, m.at
	return l
}

// key is one spelling for all records that are equal.
func key(owner string, ttl uint32, class, typ string, fields []string) string {
	return owner + " " + decimal(ttl) + " " + class + " " + typ + " " + strings.Join(fields, " ")
}
