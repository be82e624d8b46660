package zonefile

import (
	"bytes"
	"math"
)

// The templates of a $GENERATE line have at most these bytes. BIND makes no longer texts of them.
const (
	maxOwnerTemplate = 2048
	maxDataTemplate  = 1 << 16
)

// generate checks a $GENERATE line: its range, its type, and the records that it makes of
// the first number and the last.
func (c *checker) generate(e *Entry) {
	src := c.s.src
	args := e.Rdata
	numbers, ok := parseRange(string(args[0].Of(src)))
	if !ok || numbers.stop < numbers.start {
		c.wrong(e, args[0].Start, "%s is not a range such as 1-9 or 1-9/2", short(args[0].Of(src)))
		return
	}
	n := 2
	for ; n < len(args) && (isDigit(args[n].Of(src)[0]) || isClass(args[n].Of(src))); n++ {
		if class := upperClass(args[n].Of(src)); isClass(args[n].Of(src)) && class != "IN" && class != "CLASS1" {
			c.wrong(e, args[n].Start, "the class %s is not that of the zone", class)
			return
		}
	}
	if n+2 != len(args) {
		c.wrong(e, e.Start, "$GENERATE takes a range, an owner, a type and one word of data, in quotes if it has blanks")
		return
	}
	if !c.fits(e, args[1], maxOwnerTemplate) || !c.fits(e, args[n+1], maxDataTemplate) {
		return
	}
	typ := typeName(args[n].Of(src))
	r := ruleOf(typ)
	if r == nil && !isNumbered(typ) {
		c.wrong(e, args[n].Start, "%s is not a type that BIND knows", short(args[n].Of(src)))
		return
	}
	for _, number := range []int64{numbers.start, numbers.last()} {
		if !c.made(e, args[1], args[n+1], typ, r, number) {
			return
		}
	}
}

// fits reports false after a defect: a template longer than anything that is made of it.
func (c *checker) fits(e *Entry, template Span, most int) bool {
	size := len(template.Of(c.s.src))
	if size > most {
		c.wrong(e, template.Start, "the template has %d bytes; BIND makes texts of up to %d bytes here", size, most)
	}
	return size <= most
}

func isNumbered(typ string) bool {
	_, ok := typeNumber(typ)
	return ok
}

// last is the last number of a range.
func (r numberRange) last() int64 { return r.start + (r.count()-1)*r.step }

// made checks the record of one number. It reports false after a defect.
func (c *checker) made(e *Entry, owner, data Span, typ string, r *rule, number int64) bool {
	src := c.s.src
	for _, span := range []Span{owner, data} {
		if _, ok := expand(span.Of(src), number); !ok {
			c.wrong(e, span.Start, "%s is not a template with $ or ${offset,width,base} for the number", short(span.Of(src)))
			return false
		}
	}
	name, _ := expand(owner.Of(src), number)
	if _, _, err := appendName(nil, name, e.origin); err != nil {
		c.wrong(e, owner.Start, "%d makes an owner that is no name: %v", number, err)
		return false
	}
	text, _ := expand(unquoted(data.Of(src)), number)
	s, err := NewScanner(text, "")
	if err != nil {
		return true
	}
	if _, ok := s.logicalLine(); !ok || r == nil {
		return true
	}
	f := fieldReader{src: text, typ: typ, origin: e.origin, spans: s.tokens}
	if f.check(r); f.msg != "" {
		c.wrong(e, data.Start, "%d makes data of type %s that is wrong: %s", number, typ, f.msg)
		return false
	}
	return true
}

// expand puts a number into a template.
func expand(template []byte, number int64) (text []byte, ok bool) {
	var out []byte
	whole := string(template)
	for i := 0; i < len(template); {
		switch c := template[i]; {
		case c == '\\' && i+1 < len(template):
			out = append(out, template[i:i+2]...)
			i += 2
		case c != '$':
			out = append(out, c)
			i++
		case bytes.HasPrefix(template[i:], []byte("$$")):
			out = append(out, '$')
			i += 2
		default:
			p, n, ok := parseNumber(whole[i:])
			if !ok || number > 0 && p.offset > math.MaxInt32-number {
				return nil, false
			}
			out = append(out, p.spell(number)...)
			i += n
		}
	}
	return out, true
}
