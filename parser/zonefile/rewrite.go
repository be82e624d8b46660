package zonefile

import (
	"bytes"
	"strconv"
	"strings"
)

// expect notes that a record becomes another one.
func (p *plan) expect(l *located, fields []string, ttl uint32) {
	p.removed[key(string(l.Owner), l.TTL, l.Class, l.Type, l.fields)]++
	p.added[key(string(l.Owner), ttl, l.Class, l.Type, fields)]++
}

// remove deletes the lines of a record.
func (p *plan) remove(l *located) {
	p.removed[key(string(l.Owner), l.TTL, l.Class, l.Type, l.fields)]++
	p.replace(l.Span, "")
	l.gone, p.gone[l.Start] = true, true
	p.changed = append(p.changed, l)
}

func (p *plan) replace(span Span, text string) {
	p.splices = append(p.splices, splice{span, text})
}

// rewrite turns the rdata of a record into other rdata in place. It reports false,
// having done nothing, if the tokens do not correspond and are not all in a row.
func (p *plan) rewrite(l *located, fields []string) bool {
	if len(l.Rdata) == len(fields) && !p.generic(l) {
		for i, field := range fields {
			if l.fields[i] != field {
				p.replace(l.Rdata[i], p.spell(l, i, field))
			}
		}
		return true
	}
	if len(l.Rdata) == 0 || !p.inARow(l.Rdata) {
		return false
	}
	p.replace(Span{l.Rdata[0].Start, l.Rdata[len(l.Rdata)-1].End}, strings.Join(fields, " "))
	return true
}

// generic reports a record whose data is written in the generic form of RFC 3597.
func (p *plan) generic(l *located) bool {
	return len(l.Rdata) > 0 && string(l.Rdata[0].Of(p.src)) == `\#`
}

// spell writes a field in the manner of the token it replaces: a name is relative
// where the old one was.
func (p *plan) spell(l *located, i int, field string) string {
	form := shape(l.Type)
	if i >= len(form) || form[i] != fieldName || isAbsolute(l.Rdata[i].Of(p.src)) || l.fields[0] == `\#` {
		return field
	}
	return relativeTo(field, l.origin)
}

// inARow reports whether there are only blanks between tokens.
func (p *plan) inARow(tokens []Span) bool {
	for i := 1; i < len(tokens); i++ {
		if len(bytes.Trim(p.src[tokens[i-1].End:tokens[i].Start], " \t")) > 0 {
			return false
		}
	}
	return true
}

// setTTL writes a TTL into a record that is to have another one.
func (p *plan) setTTL(l *located, ttl uint32) {
	if ttl == l.TTL {
		return
	}
	l.ttl = ttl
	p.changed = append(p.changed, l)
	if !l.TTLSpan.Empty() {
		p.replace(l.TTLSpan, decimal(ttl))
		return
	}
	p.stateTTL(&l.Entry, ttl)
}

// stateTTL writes a TTL into a record that has none, before class and type.
func (p *plan) stateTTL(e *Entry, ttl uint32) {
	at := e.TypeSpan.Start
	if !e.ClassSpan.Empty() {
		at = e.ClassSpan.Start
	}
	separator := " "
	if at > 0 && p.src[at-1] == '\t' {
		separator = "\t"
	}
	p.replace(Span{at, at}, decimal(ttl)+separator)
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
