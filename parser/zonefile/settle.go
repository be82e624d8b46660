package zonefile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// legacy is what a record that leaves out its owner or its TTL takes from those
// before it.
type legacy struct {
	owner    string
	ttl      uint32
	ttlKnown bool
}

// settle keeps the owner and the TTL of the records that follow changed ones: what
// they can no longer inherit is written into them.
func (p *plan) settle() error {
	slices.SortFunc(p.changed, func(a, b *located) int { return cmp.Compare(a.Start, b.Start) })
	at := make(map[int]*located, len(p.changed))
	for _, l := range p.changed {
		at[l.Start] = l
	}
	for _, l := range p.changed {
		l.out = l.inheritance(at)
		if err := p.follow(l, at); err != nil {
			return err
		}
	}
	return nil
}

// inheritance is what records behind l inherit once the edit is made.
func (l *located) inheritance(changed map[int]*located) legacy {
	in := legacy{owner: string(l.before.lastOwner), ttl: l.before.ttl.value, ttlKnown: l.before.ttl.known}
	if l.prev != nil && changed[l.prev.Start] != nil {
		in = l.prev.out
	}
	if !l.gone {
		return legacy{owner: string(l.Owner), ttl: l.ttl, ttlKnown: true}
	}
	return in
}

// follow repairs the records behind a changed one up to the first that stands on its
// own, or to the next changed one.
func (p *plan) follow(l *located, changed map[int]*located) error {
	s := p.resume(l.after)
	owner, ttl := true, true // still inherited
	var e Entry
	for (owner || ttl) && s.Next(&e) {
		if e.Kind != RecordEntry {
			if err := p.crossDirective(l, &e, owner, ttl); err != nil {
				return err
			}
			continue
		}
		next := changed[e.Start]
		if next != nil && next.gone {
			return nil
		}
		if owner && e.InheritsOwner() && string(e.Owner) != l.out.owner {
			p.stateOwner(l, &e)
		}
		owner = false
		if next != nil {
			return nil
		}
		if ttl && e.TTLSource == TTLPrevious && !(l.out.ttlKnown && e.TTL == l.out.ttl) {
			p.stateTTL(&e, e.TTL)
		}
		ttl = false
	}
	return nil
}

// crossDirective refuses a change that would reach records which are not in the file.
func (p *plan) crossDirective(l *located, e *Entry, owner, ttl bool) error {
	ttlDiffers := ttl && l.after.ttl.source == TTLPrevious && !(l.out.ttlKnown && l.after.ttl.value == l.out.ttl)
	ownerDiffers := owner && string(l.Owner) != l.out.owner
	if e.Kind == IncludeEntry && (ownerDiffers || ttlDiffers) || e.Kind == GenerateEntry && ttlDiffers {
		return fmt.Errorf("line %d: %s %s cannot be changed, because the directive on line %d may take its owner or TTL from it",
			l.Line, l.Owner, l.Type, e.Line)
	}
	return nil
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
