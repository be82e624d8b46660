package zonefile

import (
	"cmp"
	"fmt"
	"slices"
)

// settle keeps the owner and the TTL of the records that follow changed ones: what
// they can no longer inherit is written into them.
func (p *plan) settle() error {
	// They were added set by set, and inheritance runs down the file.
	slices.SortFunc(p.draft.changed, func(a, b *located) int { return cmp.Compare(a.Start, b.Start) })
	at := make(map[int]*located, len(p.draft.changed))
	for _, l := range p.draft.changed {
		at[l.Start] = l
	}
	var reached *located // by the walk behind the one before, with what it inherits
	var in legacy
	for _, l := range p.draft.changed {
		// The walk before may have ended here, and then knows what this record inherits in the new
		// text. Otherwise nothing above changes it.
		if reached != l {
			in = p.zone.source.legacyOf(&l.before, l.after.segment)
		}
		// It hands on its own owner and its new TTL.
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
	w := walk{scan: p.zone.resume(l.after), in: in}
	for w.next() {
		owner, ttl := w.takesOwner(), w.takesTTL()
		if w.Kind != RecordEntry {
			// Owner and TTL cannot be written into the records of $GENERATE or of a file that is
			// not read.
			if owner || ttl {
				return nil, legacy{}, fmt.Errorf("%s: %s %s cannot be changed, "+
					"because the directive on %s may take its owner or TTL from it",
					p.zone.where(&l.Entry), l.Owner, l.Type, p.zone.where(&w.Entry))
			}
			w.pass()
			continue
		}
		next := changed[w.Start]
		// A deleted record hands on what it would have inherited.
		if next != nil && next.gone {
			return next, w.in, nil
		}
		if owner {
			p.draft.stateOwner(l, &w.Entry)
		}
		if next != nil {
			return next, w.in, nil
		}
		if ttl {
			p.draft.stateTTL(&w.Entry, w.TTL)
		}
		w.pass()
	}
	return nil, legacy{}, nil
}
