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

// resume is a scanner that goes on from a saved state.
func (p *plan) resume(from state) *Scanner {
	s := &Scanner{src: p.src, types: make(map[string]string), minimum: p.zone.minimum, state: from}
	s.lastOwner = slices.Clone(from.lastOwner)
	return s
}

// locate scans the text for the records of the sets, the places where records could
// be inserted, and the SOA.
func (p *plan) locate() error {
	s, err := p.zone.scanner(p.src)
	if err != nil {
		return err
	}
	var e Entry
	var before state
	var prev *located
	for {
		s.save(&before)
		if !s.Next(&e) {
			break
		}
		if e.Kind != RecordEntry {
			continue
		}
		if prev, err = p.visit(s, &e, before, prev); err != nil {
			return err
		}
	}
	if s.Err() != nil {
		return s.Err()
	}
	s.save(&p.end)
	if p.soa == nil {
		return fmt.Errorf("the zone file has no SOA record")
	}
	return nil
}

// visit notes one record, and returns it if it belongs to a set.
func (p *plan) visit(s *Scanner, e *Entry, before state, prev *located) (*located, error) {
	p.last.note(before)
	if m := p.types[e.Type]; m != nil {
		m.note(before)
	}
	place := p.owners[string(e.Owner)]
	if place != nil {
		place.last.note(before)
	}
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
		return &Error{e.Line, 1, fmt.Sprintf("there is a second SOA record; the first is on line %d", p.soa.Line)}
	}
	soa, err := p.describe(s, e, before)
	if err != nil {
		return err
	}
	if len(soa.fields) != 7 || soa.fields[0] == `\#` {
		return &Error{e.Line, 1, "the serial cannot be found in this form of the SOA record"}
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
	l.Owner, l.Rdata = bytes.Clone(e.Owner), slices.Clone(e.Rdata)
	l.fields, _ = canonicalFields(e.Type, texts(p.src, e.Rdata), e.origin)
	l.before.lastOwner = bytes.Clone(before.lastOwner)
	s.save(&l.after)
	return l, nil
}

func (m *mark) note(before state) {
	owner := append(m.lastOwner[:0], before.lastOwner...)
	m.state, m.set = before, true
	m.lastOwner = owner
}

// at reads the record at a mark again.
func (p *plan) at(m mark) *located {
	s := p.resume(m.state)
	l := &located{before: m.state}
	s.Next(&l.Entry)
	l.ttl = l.TTL
	s.save(&l.after)
	return l
}

// scanner starts a scan of a text of this zone.
func (z *Zone) scanner(src []byte) (*Scanner, error) {
	s, err := NewScanner(src, z.Origin)
	if err == nil {
		s.minimum = z.minimum
	}
	return s, err
}

// key is one spelling for all records that are equal.
func key(owner string, ttl uint32, class, typ string, fields []string) string {
	return fmt.Sprintf("%s %d %s %s %s", owner, ttl, class, typ, strings.Join(fields, " "))
}
