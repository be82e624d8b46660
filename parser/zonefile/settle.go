package zonefile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// settle keeps the owner and the TTL of the records that follow changed ones: what
// they can no longer inherit is written into them.
func (p *plan) settle() error {
	slices.SortFunc(p.changed, func(a, b *located) int { return cmp.Compare(a.Start, b.Start) })
	at := make(map[int]*located, len(p.changed))
	for _, l := range p.changed {
		at[l.Start] = l
	}
	var reached *located // by the walk behind the one before, with what it inherits
	var in legacy
	for _, l := range p.changed {
		if reached != l {
			in = p.zone.source.legacyOf(&l.before, l.after.segment)
		}
		if !l.gone {
			in.owner, in.ttl, in.ttlKnown = string(l.Owner), l.ttl, true
		}
		var err error
		if reached, in, err = p.follow(l, in, at); err != nil {
			return err
		}
	}
	return nil
}

// follow repairs the records behind a changed one until all inherit what they should, or
// to the next changed one. It returns that and what it inherits.
func (p *plan) follow(l *located, in legacy, changed map[int]*located) (*located, legacy, error) {
	w := walk{scan: p.resume(l.after), in: in}
	for w.next() {
		owner, ttl := w.takesOwner(), w.takesTTL()
		if w.Kind != RecordEntry {
			if owner || ttl {
				return nil, legacy{}, fmt.Errorf("%s: %s %s cannot be changed, because the directive on %s may take its owner or TTL from it",
					p.zone.where(&l.Entry), l.Owner, l.Type, p.zone.where(&w.Entry))
			}
			w.pass()
			continue
		}
		next := changed[w.Start]
		if next != nil && next.gone {
			return next, w.in, nil
		}
		if owner {
			p.stateOwner(l, &w.Entry)
		}
		if next != nil {
			return next, w.in, nil
		}
		if ttl {
			p.stateTTL(&w.Entry, w.TTL)
		}
		w.pass()
	}
	return nil, legacy{}, nil
}

// stateOwner writes the owner into a record that can no longer inherit it.
func (p *plan) stateOwner(l *located, e *Entry) {
	name := p.ownerToken(l, e)
	lead := len(p.src[e.Start:]) - len(bytes.TrimLeft(p.src[e.Start:], " "))
	cut := 0
	if next := p.src[e.Start+lead]; next != '\t' {
		cut = min(len(name), max(lead-1, 0)) // the columns behind it stay where they are
	}
	p.replace(Span{e.Start, e.Start + cut}, name)
}

// ownerToken is how the deleted record before e wrote the owner, if that is still
// right at e.
func (p *plan) ownerToken(l *located, e *Entry) string {
	for ; l != nil && bytes.Equal(l.Owner, e.Owner); l = l.prev {
		if !l.OwnerSpan.Empty() && (bytes.Equal(l.origin.text, e.origin.text) || isAbsolute(l.OwnerSpan.Of(p.src))) {
			return string(l.OwnerSpan.Of(p.src))
		}
	}
	return relativeTo(string(e.Owner), e.origin)
}
