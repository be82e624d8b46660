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

// insertAll adds the records of a set that are not there yet.
func (p *plan) insertAll(t *target) {
	if len(t.missing) == 0 {
		return
	}
	ttl := p.newTTL(t)
	where := p.place(t, ttl)
	class := where.class
	if !where.model.ClassSpan.Empty() {
		class = where.model.Class
	}
	for _, fields := range t.missing {
		owner := p.ownerAt(where, t.owner)
		c := composer{src: p.src, model: where.model, windows: p.zone.Windows}
		text := c.compose(owner, decimal(ttl), t.typ, p.spellAll(where, t.typ, fields))
		p.insertions = append(p.insertions, insertion{where.at, t.owner, text + p.lineEnd(where.at, where.model)})
		p.added[key(t.owner, ttl, class, t.typ, fields)]++
	}
}

// newTTL is the TTL of records that come.
func (p *plan) newTTL(t *target) uint32 {
	switch {
	case t.ttl != 0:
		return t.ttl
	case len(t.found) > 0:
		return t.found[0].TTL
	}
	return p.zone.DefaultTTL
}

// place finds where new records go: behind the last record of the set, of the owner,
// or of the type, else at the end.
func (p *plan) place(t *target, ttl uint32) site {
	var model *located
	switch {
	case len(t.found) > 0:
		model = t.found[len(t.found)-1]
	case p.owners[t.owner].last.set:
		model = p.at(p.owners[t.owner].last)
	case p.types[t.typ].set:
		model = p.at(*p.types[t.typ])
	default:
		return site{at: len(p.src), state: p.end, model: p.at(p.last)}
	}
	return p.behind(model, t.owner, ttl)
}

// behind is the first place after model, in its file or in one that includes it, where a
// record with its own owner and TTL does not change what later records inherit.
func (p *plan) behind(model *located, owner string, ttl uint32) site {
	where := site{at: model.End, state: model.after, model: model, beside: !p.gone[model.Start]}
	for {
		s := p.resume(where.state)
		depth, taken := s.depth(), false
		w := walk{scan: s, in: legacy{owner: owner, ttl: ttl, ttlKnown: true, up: bequests(s.up)}}
		for !taken && w.next() {
			if w.Kind == RecordEntry && p.gone[w.Start] {
				continue // what comes behind it counts
			}
			taken = w.takesOwner() || w.takesTTL()
			w.pass()
		}
		if !taken {
			return where
		}
		s.returnTo(depth)
		where.at, where.beside = s.pos, false
		s.save(&where.state)
	}
}

// ownerAt spells an owner for a new record. It is "", to inherit the owner, if the
// model does so and nothing with another owner is inserted in between.
func (p *plan) ownerAt(where site, owner string) string {
	model := where.model
	same := string(model.Owner) == owner
	if same && where.beside && model.InheritsOwner() && !p.othersAt(where.at, owner) {
		return ""
	}
	written := model.OwnerSpan.Of(p.src)
	switch {
	case same && len(written) > 0 && bytes.Equal(model.origin.text, where.origin.text):
		return string(written)
	case len(written) > 0 && isAbsolute(written):
		return owner
	}
	return relativeTo(owner, where.origin)
}

// othersAt reports whether records of another owner are inserted at an offset.
func (p *plan) othersAt(at int, owner string) bool {
	return slices.ContainsFunc(p.insertions, func(i insertion) bool { return i.at == at && i.owner != owner })
}

// spellAll writes the names in new rdata relative if the model is of the same type and
// does so, and absolute otherwise.
func (p *plan) spellAll(where site, typ string, fields []string) []string {
	form, model := shape(typ), where.model
	if model.Type != typ || len(form) != len(fields) || len(form) != len(model.Rdata) || p.generic(model) {
		return fields
	}
	out := slices.Clone(fields)
	for i := range out {
		if form[i] == fieldName && !isAbsolute(model.Rdata[i].Of(p.src)) {
			out[i] = relativeTo(out[i], where.origin)
		}
	}
	return out
}

// lineEnd is how a new line ends at an offset: as those of its file do, and in that of the
// model as those of the model.
func (p *plan) lineEnd(at int, model *located) string {
	file, _ := p.zone.source.place(at)
	text := p.zone.Files[file].Text
	own, _ := p.zone.source.place(model.Start)
	if lines := model.Of(p.src); own == file && bytes.IndexByte(lines, '\n') >= 0 || bytes.IndexByte(text, '\n') < 0 {
		text = lines
	}
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// sorted gives all splices in the order of the text, with insertions at one place
// joined.
func (p *plan) sorted() []splice {
	var all []splice
	slices.SortStableFunc(p.insertions, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	for left := p.insertions; len(left) > 0; {
		at := left[0].at
		var text strings.Builder // there can be very many at one place
		text.WriteString(p.openEnd(at))
		for ; len(left) > 0 && left[0].at == at; left = left[1:] {
			text.WriteString(left[0].text)
		}
		all = append(all, splice{Span{at, at}, text.String()})
	}
	all = append(all, p.splices...)
	slices.SortStableFunc(all, func(a, b splice) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// openEnd is the line end that the last line lacks if something comes behind it.
func (p *plan) openEnd(at int) string {
	file, offset := p.zone.source.place(at)
	if text := p.zone.Files[file].Text; offset == 0 || text[offset-1] == '\n' {
		return ""
	}
	if slices.ContainsFunc(p.changed, func(l *located) bool { return l.gone && l.End == at }) {
		return ""
	}
	return p.lineEnd(at, p.at(p.last))
}
