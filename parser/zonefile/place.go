package zonefile

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// insertion is a new line at the start of a line or at the end of the text.
type insertion struct {
	at    int
	owner string
	text  string
}

// site is a place for new records of one owner.
type site struct {
	at     int
	state           // of the scan at this place
	model  *located // the record whose style new ones take
	beside bool     // the model is the record just before this place and stays there
}

// inserter places new records, which come in lines of their own.
type inserter struct {
	plan  *plan
	draft *draft
	all   []insertion
}

// insert adds the records of a set that are not there yet.
func (in *inserter) insert(t *target) {
	// Finding a place may read much of the file again.
	if len(t.missing) == 0 {
		return
	}
	ttl := t.newTTL(in.plan.zone.DefaultTTL)
	where := in.place(t, ttl)
	class := where.class
	// The class is written as in the model, CLASS1 for example, and verify compares it literally.
	if !where.model.ClassSpan.Empty() {
		class = where.model.Class
	}
	// The TTL is always written, because servers differ on records without one (TTLPrevious).
	for _, fields := range t.missing {
		owner := in.ownerAt(where, t.owner)
		c := composer{src: in.draft.src, model: where.model, windows: in.plan.zone.Windows}
		text := c.compose(owner, decimal(ttl), t.typ, in.spellAll(where, t.typ, fields))
		in.all = append(in.all, insertion{where.at, t.owner, text + in.lineEnd(where.at, where.model)})
		in.draft.added[key(t.owner, ttl, class, t.typ, fields)]++
	}
}

// newTTL is the TTL of new records.
func (t *target) newTTL(otherwise uint32) uint32 {
	switch {
	// RFC 2181, section 5.2: all records of a set have one TTL.
	case t.ttl != 0:
		return t.ttl
	case len(t.found) > 0:
		return t.found[0].TTL
	}
	return otherwise
}

// place finds the place of new records: behind the last record of the set, of the owner,
// or of the type, else at the end.
func (in *inserter) place(t *target, ttl uint32) site {
	var model *located
	switch {
	case len(t.found) > 0:
		model = t.found[len(t.found)-1]
	// Next to the other records of the name, where the owner of the zone expects it.
	case in.plan.owners[t.owner].last.set:
		model = in.plan.at(in.plan.owners[t.owner].last)
	case in.plan.types[t.typ].set:
		model = in.plan.at(*in.plan.types[t.typ])
	default:
		// Neither the name nor the type is in the zone.
		return site{at: len(in.draft.src), state: in.plan.end, model: in.plan.at(in.plan.last)}
	}
	return in.behind(model, t.owner, ttl)
}

// behind is the first place after model, in its file or in one that includes it, where a
// record with its own owner and TTL does not change what later records inherit.
func (in *inserter) behind(model *located, owner string, ttl uint32) site {
	where := site{at: model.End, state: model.after, model: model, beside: !in.draft.gone[model.Start]}
	for {
		s := in.plan.zone.resume(where.state)
		depth, taken := s.depth(), false
		w := walk{scan: s, in: legacy{owner: owner, ttl: ttl, ttlKnown: true, up: bequests(s.up)}}
		for !taken && w.next() {
			if w.Kind == RecordEntry && in.draft.gone[w.Start] {
				continue // what comes behind it counts
			}
			taken = w.takesOwner() || w.takesTTL()
			w.pass()
		}
		if !taken {
			return where
		}
		// Go on behind the record that would inherit or, if that is in an included file, behind
		// that file.
		s.returnTo(depth)
		where.at, where.beside = s.pos, false
		s.save(&where.state)
	}
}

// ownerAt spells an owner for a new record. It is "", to inherit the owner, if the
// model does so and nothing with another owner is inserted in between.
func (in *inserter) ownerAt(where site, owner string) string {
	model := where.model
	same := string(model.Owner) == owner
	if same && where.beside && model.InheritsOwner() && !in.othersAt(where.at, owner) {
		return ""
	}
	written := model.OwnerSpan.Of(in.draft.src)
	switch {
	// The spelling of the line above, with its letter case.
	case same && len(written) > 0 && bytes.Equal(model.origin.text, where.origin.text):
		return string(written)
	case len(written) > 0 && isAbsolute(written):
		return owner
	}
	return relativeTo(owner, where.origin)
}

// othersAt reports whether records of another owner are inserted at an offset.
func (in *inserter) othersAt(at int, owner string) bool {
	return slices.ContainsFunc(in.all, func(i insertion) bool { return i.at == at && i.owner != owner })
}

// spellAll writes the names in new rdata relative if the model is of the same type and
// does so, and absolute otherwise.
func (in *inserter) spellAll(where site, typ string, fields []string) []string {
	form, model := shape(typ), where.model
	// Only a record of the same type shows how names are written in such data.
	if model.Type != typ || len(form) != len(fields) || len(form) != len(model.Rdata) || in.draft.generic(model) {
		return fields
	}
	out := slices.Clone(fields)
	for i := range out {
		if form[i] == fieldName && !isAbsolute(model.Rdata[i].Of(in.draft.src)) {
			out[i] = relativeTo(out[i], where.origin)
		}
	}
	return out
}

// lineEnd is how a new line ends at an offset: as those of its file do, and in that of the
// model as those of the model.
func (in *inserter) lineEnd(at int, model *located) string {
	file, _ := in.plan.zone.source.place(at)
	text := in.plan.zone.Files[file].Text
	own, _ := in.plan.zone.source.place(model.Start)
	lines := model.Of(in.draft.src)
	if own == file && bytes.IndexByte(lines, '\n') >= 0 || bytes.IndexByte(text, '\n') < 0 {
		text = lines
	}
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// sorted gives all splices in the order of the text, with insertions at one place
// joined.
func (in *inserter) sorted() []splice {
	var all []splice
	// Stable, so that records at one place stay in the order of the change.
	slices.SortStableFunc(in.all, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	for left := in.all; len(left) > 0; {
		at := left[0].at
		var text strings.Builder // there can be very many at one place
		text.WriteString(in.openEnd(at))
		for ; len(left) > 0 && left[0].at == at; left = left[1:] {
			text.WriteString(left[0].text)
		}
		all = append(all, splice{Span{at, at}, text.String()})
	}
	all = append(all, in.draft.splices...)
	// An insertion is before the line in which a splice at the same offset is.
	slices.SortStableFunc(all, func(a, b splice) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// openEnd is the line end that the last line lacks if something comes behind it.
func (in *inserter) openEnd(at int) string {
	file, offset := in.plan.zone.source.place(at)
	if text := in.plan.zone.Files[file].Text; offset == 0 || text[offset-1] == '\n' {
		return ""
	}
	// The open line is deleted, so nothing is left to be ended.
	if slices.ContainsFunc(in.draft.changed, func(l *located) bool { return l.gone && l.End == at }) {
		return ""
	}
	return in.lineEnd(at, in.plan.at(in.plan.last))
}
