package zonefile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// verify reads the new text and checks that it has the records of the old one, in the
// same order, apart from those that the plan removes and adds.
func (p *plan) verify(text []byte) error {
	before, err := p.zone.scanner(p.src)
	if err != nil {
		return err
	}
	after, err := p.zone.scanner(text)
	if err != nil {
		return p.unfit(err)
	}
	v := verifier{p: p}
	v.old.scan, v.new.scan = before, after
	if err := v.run(); err != nil {
		return err
	}
	return p.sameDialect(text)
}

func (p *plan) unfit(err error) error { return fmt.Errorf("the edited zone cannot be read: %w", err) }

// sameDialect checks that a reader of the new text takes the same default TTL.
func (p *plan) sameDialect(text []byte) error {
	if p.zone.HasTTLDirective || p.soa.TTLSpan.Empty() {
		return nil
	}
	z, err := Read(text, p.zone.Origin, func([]byte, string) bool { return false })
	if err != nil {
		return p.unfit(err)
	}
	if z.minimum != p.zone.minimum {
		return errors.New("the edit would change what marks the file as Windows DNS Server's, and so the TTLs of other records")
	}
	return nil
}

// verifier walks two texts side by side.
type verifier struct {
	p        *plan
	old, new side
}

type side struct {
	scan *Scanner
	Entry
	more bool
}

func (s *side) next() { s.more = s.scan.Next(&s.Entry) }

func (v *verifier) run() error {
	v.old.next()
	v.new.next()
	for v.old.more || v.new.more {
		switch {
		case v.old.more && v.new.more && v.equal():
			v.old.next()
			v.new.next()
		case v.old.take(v.p.removed):
			v.old.next()
		case v.new.take(v.p.added):
			v.new.next()
		default:
			return v.unplanned()
		}
	}
	if err := v.new.scan.Err(); err != nil {
		return v.p.unfit(err)
	}
	for _, planned := range []map[string]int{v.p.removed, v.p.added} {
		maps.DeleteFunc(planned, func(_ string, n int) bool { return n == 0 })
		if left := slices.Sorted(maps.Keys(planned)); len(left) > 0 {
			return fmt.Errorf("the edit of the record %q cannot be made", left[0])
		}
	}
	return nil
}

// equal compares the entries at hand without building anything.
func (v *verifier) equal() bool {
	a, b := &v.old.Entry, &v.new.Entry
	if a.Kind != b.Kind || a.TTL != b.TTL || a.Type != b.Type || a.Class != b.Class || len(a.Rdata) != len(b.Rdata) ||
		!bytes.Equal(a.Owner, b.Owner) || !bytes.Equal(a.origin.text, b.origin.text) {
		return false
	}
	for i := range a.Rdata {
		if !bytes.Equal(a.Rdata[i].Of(v.old.scan.src), b.Rdata[i].Of(v.new.scan.src)) {
			return false
		}
	}
	return true
}

// take reports whether the record at hand is a planned one and ticks it off.
func (s *side) take(planned map[string]int) bool {
	if !s.more || s.Kind != RecordEntry {
		return false
	}
	k := s.key()
	if planned[k] == 0 {
		return false
	}
	planned[k]--
	return true
}

func (s *side) key() string {
	tokens := texts(s.scan.src, s.Rdata)
	if fields, err := canonicalFields(s.Type, tokens, s.origin); err == nil {
		tokens = fields
	}
	return key(string(s.Owner), s.TTL, s.Class, s.Type, tokens)
}

func (v *verifier) unplanned() error {
	if err := v.new.scan.Err(); err != nil {
		return v.p.unfit(err)
	}
	s := v.old
	if !s.more {
		s = v.new
	}
	if s.Kind != RecordEntry {
		return fmt.Errorf("the edit would change the directive on line %d as well", s.Line)
	}
	return fmt.Errorf("the edit would change the record %q on line %d as well", s.key(), s.Line)
}
