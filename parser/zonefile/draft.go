package zonefile

import (
	"bytes"
	"strconv"
	"strings"
)

// draft is what an edit writes into the text, apart from new lines, and the records by
// which the new text must differ for that.
type draft struct {
	src     []byte
	splices []splice
	changed []*located   // records that are deleted or get another TTL, in file order
	gone    map[int]bool // where deleted records begin
	// removed and added count the records by which the new text must differ.
	removed, added map[string]int
}

func newDraft(src []byte) draft {
	return draft{src: src, gone: make(map[int]bool), removed: make(map[string]int), added: make(map[string]int)}
}

// expect notes that a record becomes another one.
func (d *draft) expect(l *located, fields []string, ttl uint32) {
	d.removed[key(string(l.Owner), l.TTL, l.Class, l.Type, l.fields)]++
	d.added[key(string(l.Owner), ttl, l.Class, l.Type, fields)]++
}

// remove deletes the lines of a record.
func (d *draft) remove(l *located) {
	d.removed[key(string(l.Owner), l.TTL, l.Class, l.Type, l.fields)]++
	// The span has all its lines, with comments behind it and within its parentheses.
	d.replace(l.Span, "")
	l.gone, d.gone[l.Start] = true, true
	d.changed = append(d.changed, l)
}

func (d *draft) replace(span Span, text string) {
	d.splices = append(d.splices, splice{span, text})
}

// rewrite turns the rdata of a record into other rdata in place. It reports false,
// having done nothing, if the tokens do not correspond and are not all in a row.
func (d *draft) rewrite(l *located, fields []string) bool {
	// Field by field, so that comments, columns and parentheses between them stay.
	if len(l.Rdata) == len(fields) && !d.generic(l) {
		for i, field := range fields {
			if l.fields[i] != field {
				d.replace(l.Rdata[i], d.spell(l, i, field))
			}
		}
		return true
	}
	// Replacing them as a whole would lose comments, so the caller deletes the record and adds a
	// new one.
	if len(l.Rdata) == 0 || !d.inARow(l.Rdata) {
		return false
	}
	d.replace(Span{l.Rdata[0].Start, l.Rdata[len(l.Rdata)-1].End}, strings.Join(fields, " "))
	return true
}

// generic reports a record whose data is written in the generic form of RFC 3597.
func (d *draft) generic(l *located) bool {
	return len(l.Rdata) > 0 && string(l.Rdata[0].Of(d.src)) == `\#`
}

// spell writes a field in the manner of the token it replaces: a name is relative
// where the old one was.
func (d *draft) spell(l *located, i int, field string) string {
	form := shape(l.Type)
	if i >= len(form) || form[i] != fieldName || isAbsolute(l.Rdata[i].Of(d.src)) || l.fields[0] == `\#` {
		return field
	}
	return relativeTo(field, l.origin)
}

// inARow reports whether there are only blanks between tokens.
func (d *draft) inARow(tokens []Span) bool {
	for i := 1; i < len(tokens); i++ {
		if len(bytes.Trim(d.src[tokens[i-1].End:tokens[i].Start], " \t")) > 0 {
			return false
		}
	}
	return true
}

// setTTL writes a TTL into a record that is to have another one.
func (d *draft) setTTL(l *located, ttl uint32) {
	if ttl == l.TTL {
		return
	}
	l.ttl = ttl
	d.changed = append(d.changed, l)
	if !l.TTLSpan.Empty() {
		d.replace(l.TTLSpan, decimal(ttl))
		return
	}
	d.stateTTL(&l.Entry, ttl)
}

// stateTTL writes a TTL into a record that has none, before class and type.
func (d *draft) stateTTL(e *Entry, ttl uint32) {
	at := e.TypeSpan.Start
	// In this order, TTL before class, because most files have it.
	if !e.ClassSpan.Empty() {
		at = e.ClassSpan.Start
	}
	separator := " "
	// A tab keeps the columns of a file that is laid out with tabs.
	if at > 0 && d.src[at-1] == '\t' {
		separator = "\t"
	}
	d.replace(Span{at, at}, decimal(ttl)+separator)
}

// stateOwner writes the owner into a record that can no longer inherit it.
func (d *draft) stateOwner(l *located, e *Entry) {
	name := d.ownerToken(l, e)
	lead := len(d.src[e.Start:]) - len(bytes.TrimLeft(d.src[e.Start:], " "))
	cut := 0
	// The name replaces blanks, all but one. Before a tab it needs no room: the tab fills up to the
	// same column.
	if next := d.src[e.Start+lead]; next != '\t' {
		cut = min(len(name), max(lead-1, 0)) // the columns behind it stay where they are
	}
	d.replace(Span{e.Start, e.Start + cut}, name)
}

// ownerToken is how the deleted record before e wrote the owner, if that is still
// right at e.
func (d *draft) ownerToken(l *located, e *Entry) string {
	// The spelling in the file, with its letter case, is kept if it means the same under the origin
	// here.
	for ; l != nil && bytes.Equal(l.Owner, e.Owner); l = l.prev {
		if !l.OwnerSpan.Empty() && (bytes.Equal(l.origin.text, e.origin.text) || isAbsolute(l.OwnerSpan.Of(d.src))) {
			return string(l.OwnerSpan.Of(d.src))
		}
	}
	return relativeTo(string(e.Owner), e.origin)
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
