package zonefile

import (
	"bytes"
	"strings"
)

// tabWidth is the distance of tab stops that editors and terminals show by default.
const tabWidth = 8

// composer writes a new record in the style of another one: the same order of TTL and
// class, the same separators, and the same columns where the model is aligned.
type composer struct {
	src   []byte
	model *located
	// windows writes a TTL as Windows DNS Server does: first in the column of the next
	// token, with a tab behind it.
	windows bool
	out     strings.Builder
	col     int // where out ends on the screen, from 0
}

// compose gives the record without its line end. With owner "" it inherits its owner.
func (c *composer) compose(owner, ttl, typ string, fields []string) string {
	m := c.model
	lead := c.lead()
	cells := c.cells()
	c.write(owner)
	// A new record states its TTL even if the model does not.
	if m.TTLSpan.Empty() {
		c.squeezeTTL(lead, ttl, owner == "")
	} else {
		c.space(lead, owner == "")
	}
	for i, cell := range cells {
		if i > 0 {
			c.space(Span{cells[i-1].End, cell.Start}, false)
		}
		c.write(c.text(cell, ttl, typ))
	}
	c.rdata(typ, fields)
	return c.out.String()
}

// lead is what is between the owner of the model, or the start of its line, and
// the next token, which may be an age.
func (c *composer) lead() Span {
	start := c.model.OwnerSpan.End
	if c.model.OwnerSpan.Empty() {
		start = c.model.Start
	}
	rest := c.src[start:c.model.TypeSpan.Start]
	return Span{start, start + len(rest) - len(bytes.TrimLeft(rest, " \t"))}
}

// cells are the TTL, class and type of the model in their order.
func (c *composer) cells() []Span {
	var cells []Span
	m := c.model
	// Not [AGE:n], the time stamp of the model: without one Windows DNS Server treats the new
	// record as static and never scavenges it.
	for _, span := range []Span{m.TTLSpan, m.ClassSpan} {
		if !span.Empty() {
			cells = append(cells, span)
		}
	}
	if len(cells) == 2 && cells[1].Start < cells[0].Start {
		cells[0], cells[1] = cells[1], cells[0]
	}
	return append(cells, m.TypeSpan)
}

func (c *composer) text(cell Span, ttl, typ string) string {
	switch cell {
	case c.model.TTLSpan:
		return ttl
	case c.model.TypeSpan:
		return typ
	}
	return string(cell.Of(c.src))
}

func (c *composer) rdata(typ string, fields []string) {
	m := c.model
	alike := m.Type == typ && len(m.Rdata) == len(fields)
	end := m.TypeSpan.End
	for i, field := range fields {
		// Gaps within the data are taken over only between the same fields.
		if i == 0 && len(m.Rdata) > 0 || alike {
			c.space(Span{end, m.Rdata[i].Start}, false)
			end = m.Rdata[i].End
		} else {
			c.write(" ")
		}
		c.write(field)
	}
}

// squeezeTTL writes a TTL that the model does not have, before the first cell: within
// the blanks there if it fits, so that the columns behind stay.
func (c *composer) squeezeTTL(lead Span, ttl string, inherits bool) {
	if c.windows {
		c.space(lead, inherits)
		c.write(ttl + "\t")
		return
	}
	room := c.column(lead.End) - c.col
	// Room for one blank on each side.
	if isOnly(lead.Of(c.src), ' ') && room >= len(ttl)+2 {
		c.write(strings.Repeat(" ", room-len(ttl)-1) + ttl + " ")
		return
	}
	c.space(lead, inherits)
	c.write(ttl + c.separator())
}

// space writes what is between two tokens of the model, stretched or shrunk so
// that the next token begins in the column that it has there. Verbatim keeps it.
func (c *composer) space(gap Span, verbatim bool) {
	text := gap.Of(c.src)
	missing := c.column(gap.End) - c.col
	switch {
	// An age or a parenthesis between the tokens belongs to the model alone.
	case len(text) == 0 || len(bytes.Trim(text, " \t")) > 0:
		c.write(c.separator())
	case verbatim || len(text) == 1:
		c.write(string(text))
	case isOnly(text, ' '):
		c.write(strings.Repeat(" ", max(missing, 1)))
	case isOnly(text, '\t'):
		c.write("\t")
		for missing = c.column(gap.End) - c.col; missing > 0; missing -= tabWidth {
			c.write("\t")
		}
	default:
		c.write(string(text))
	}
}

// separator is a tab if the model uses tabs between its first tokens.
func (c *composer) separator() string {
	if bytes.IndexByte(c.src[c.model.Start:c.model.TypeSpan.Start], '\t') >= 0 {
		return "\t"
	}
	return " "
}

func (c *composer) write(text string) {
	c.out.WriteString(text)
	c.col = advance(c.col, []byte(text))
}

// column is where the byte at an offset of the source is on the screen.
func (c *composer) column(at int) int {
	start := bytes.LastIndexByte(c.src[:at], '\n') + 1
	return advance(0, bytes.TrimPrefix(c.src[start:at], utf8Mark))
}

// advance is the column after text that begins in col.
func advance(col int, text []byte) int {
	for _, b := range text {
		switch {
		case b == '\t':
			col += tabWidth - col%tabWidth
		case b&0xc0 != 0x80: // continuation bytes of UTF-8 take no room
			col++
		}
	}
	return col
}

func isOnly(text []byte, c byte) bool {
	return len(text) > 0 && len(bytes.Trim(text, string(rune(c)))) == 0
}
