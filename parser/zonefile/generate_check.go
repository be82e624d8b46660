package zonefile

// The templates of a $GENERATE line have at most these bytes. BIND makes no longer texts of them.
const (
	maxOwnerTemplate = 2048
	maxDataTemplate  = 1 << 16
)

// maxMade is how many bytes the records that the $GENERATE lines of a zone make may have for
// each of them to be looked at. Of what is beyond that only some are, see [made.turns].
const maxMade = 4 << 20

// maxAllMade is what zones that are inspected together share of it, in equal parts, so that the order
// of the zones does not matter.
const maxAllMade = 16 << 20

// maker is a $GENERATE line whose range, type and templates are understood.
type maker struct {
	entry       *Entry // without its data
	numbers     numberRange
	owner, data Span // the templates, without the quotes around them
	quoted      bool // data had such
	size        int  // bytes of a record, about
	kind        *rrType
	told        bool // what is wrong with one of its records beside others
}

// maker reads a $GENERATE line, or notes what is wrong with it.
func (g *made) maker(e *Entry) *maker {
	c, src := g.c, g.c.s.src
	args := e.Rdata
	// BIND reads the range with sscanf and ignores what is behind it; docs/dns.md lists that.
	numbers, ok := parseRange(string(args[0].Of(src)))
	if !ok || numbers.stop < numbers.start {
		c.wrong(e, args[0].Start, "%s is not a range such as 1-9 or 1-9/2", short(args[0].Of(src)))
		return nil
	}
	n := 2
	for ; n < len(args) && (isDigit(args[n].Of(src)[0]) || isClass(args[n].Of(src))); n++ {
		if class := upperClass(args[n].Of(src)); isClass(args[n].Of(src)) && class != "IN" && class != "CLASS1" {
			c.wrong(e, args[n].Start, "the class %s is not that of the zone", class)
			return nil
		}
	}
	// BIND takes one word of data and then wants the end of the line.
	if n+2 != len(args) {
		c.wrong(e, e.Start,
			"$GENERATE takes a range, an owner, a type and one word of data, in quotes if it has blanks")
		return nil
	}
	if !g.fits(e, args[1], maxOwnerTemplate) || !g.fits(e, args[n+1], maxDataTemplate) {
		return nil
	}
	typ := typeName(args[n].Of(src))
	// Not taken from the types of the scan, which record where the file has a type last.
	kind := &rrType{name: typ, rule: ruleOf(typ), part: partOf(typ), quick: quickOf[typ]}
	switch {
	case kind.rule == nil && !isNumbered(typ):
		c.wrong(e, args[n].Start, "%s is not a type that BIND knows", short(args[n].Of(src)))
		return nil
	case kind.rule == nil:
		kind.rule = &unknownRule
	case typ == "SOA":
		c.wrong(e, args[n].Start,
			"an SOA record is written out, and never made by $GENERATE: its serial has to be raised in one place")
		return nil
	}
	m := &maker{entry: keep(e), numbers: numbers, owner: args[1], data: args[n+1], kind: kind}
	// BIND removes these quotes before it puts the numbers in. Quotes of a text in the data are
	// escaped.
	if src[m.data.Start] == '"' {
		m.data, m.quoted = Span{m.data.Start + 1, m.data.End - 1}, true
	}
	m.size = m.owner.End - m.owner.Start + m.data.End - m.data.Start + 16
	for _, t := range []Span{m.owner, m.data} {
		if !eachPiece(string(t.Of(src)), func(piece) {}) {
			c.wrong(e, t.Start, "%s is not a template with $ or ${offset,width,base} for the number", short(t.Of(src)))
			return nil
		}
	}
	return m
}

// fits reports false after a defect: a template longer than anything that is made of it.
func (g *made) fits(e *Entry, template Span, most int) bool {
	size := len(template.Of(g.c.s.src))
	if size > most {
		g.c.wrong(e, template.Start, "the template has %d bytes; BIND makes texts of up to %d bytes here", size, most)
	}
	return size <= most
}

func isNumbered(typ string) bool {
	_, ok := typeNumber(typ)
	return ok
}

// generate checks a $GENERATE line and the records that it makes.
func (g *made) generate(e *Entry) {
	m := g.maker(e)
	if m == nil {
		return
	}
	g.templates(g.c.s.src, m)
	if all := m.numbers.count() * int64(m.size); all <= int64(g.left) {
		g.left -= int(all)
		for n := m.numbers.start; n <= m.numbers.stop; n += m.numbers.step {
			if !g.make(e, m, n) {
				return
			}
		}
		return
	}
	for i, n := range g.turns(m.numbers) {
		if g.left -= m.size; i > 1 && g.left < 0 || !g.make(e, m, n) {
			return
		}
	}
}

// make checks the record of one number. It reports false after a defect.
func (g *made) make(e *Entry, m *maker, n int64) bool {
	c := g.c
	var ok bool
	// The checks are in the order of BIND, which reports the first mistake only.
	if g.owner, ok = expand(g.owner[:0], g.ownerTemplate, n); !ok {
		return g.tooMuch(e, m.owner.Start, n)
	}
	err := g.expand(n)
	if g.long {
		return g.tooMuch(e, m.data.Start, n)
	}
	var bad error
	if g.name, _, bad = appendName(g.name[:0], g.owner, e.origin); bad != nil {
		c.wrong(e, m.owner.Start, "%d makes an owner that is no name: %v", n, bad)
		return false
	}
	if !c.holds(g.name) {
		return true // BIND does not look at the data
	}
	tokens, octets := g.line.tokens, 0
	switch {
	case err != nil:
		c.wrong(e, m.data.Start, "%d makes data of type %s that is wrong: %s", n, m.kind.name, err.Msg)
		return false
	case len(tokens) == 1 && m.kind.quick != notQuick && c.quick(m.kind.quick, tokens[0].Of(g.data)):
		octets = len(tokens[0].Of(g.data)) // or less
	default:
		f := &g.f
		f.src, f.typ, f.names, f.spans = g.data, m.kind.name, nameReader{origin: e.origin}, tokens
		f.next, f.msg, f.sent = 0, "", f.sent[:0]
		if m.kind.rule.check(f); f.msg != "" {
			c.wrong(e, m.data.Start, "%d makes data of type %s that is wrong: %s", n, m.kind.name, f.msg)
			return false
		}
		octets = len(f.sent)
	}
	return g.enter(e, m, n, octets)
}

func (g *made) tooMuch(e *Entry, at int, n int64) bool {
	g.c.wrong(e, at, "%d makes too much of this template: a number over 2147483647, or a text that is too long", n)
	return false
}
