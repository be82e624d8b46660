package zonefile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits on the $GENERATE lines of a zone, which stand for more records than they have
// bytes. Name servers make each of them when they load the zone.
const (
	maxGenerates = 4096
	maxGenerated = 1 << 24 // records
)

// generated counts the $GENERATE lines of a zone and their records.
type generated struct {
	lines   int
	records int64
	makers  map[string]*makers // by the type that they make, "" for those of which it is not known
}

// makers are $GENERATE lines by the text that their names begin with, which may be none.
type makers struct {
	of      map[string][]int // indexes of Directives
	lengths []int            // of these texts, sorted
}

// addGenerate notes a $GENERATE line, or refuses one too many.
func (z *Zone) addGenerate(e *Entry) error {
	z.addDirective(e, "$GENERATE", nil)
	d := &z.Directives[len(z.Directives)-1]
	d.template = newTemplate(d.Args)
	z.generated.add(d, len(z.Directives)-1)
	z.generated.lines++
	z.generated.records += d.template.numbers.count()
	if z.generated.lines <= maxGenerates && z.generated.records <= maxGenerated {
		return nil
	}
	return z.errorAt(e, fmt.Sprintf("the $GENERATE lines up to here are %d and stand for %d records; "+
		"this program follows %d lines and %d records. Leave out ranges that the zone does not use",
		z.generated.lines, z.generated.records, maxGenerates, maxGenerated))
}

func (g *generated) add(d *Directive, n int) {
	// A line that is not understood has a finding of its own.
	if len(d.template.parts) == 0 {
		return
	}
	typ, head := d.makesOf(), d.template.head
	// The first text is not what the names begin with, so every name asks this line.
	if !d.template.plain() {
		head = ""
	}
	if g.makers == nil {
		g.makers = map[string]*makers{}
	}
	of := g.makers[typ]
	if of == nil {
		of = &makers{of: map[string][]int{}}
		g.makers[typ] = of
	}
	of.of[head] = append(of.of[head], n)
	if at, known := slices.BinarySearch(of.lengths, len(head)); !known {
		of.lengths = slices.Insert(of.lengths, at, len(head))
	}
}

// Makers returns, sorted, the indexes in Directives of the $GENERATE lines that can make records
// of one of some types that belong to owner, as [Directive.Makes] tells, and how many
// lines had to be asked: those whose names begin as owner does.
func (z *Zone) Makers(owner string, types ...string) (lines []int, asked int) {
	for _, typ := range append(types, "") {
		of := z.generated.makers[typ]
		if of == nil {
			continue
		}
		for _, length := range of.lengths {
			// The lengths are sorted, so the ones that follow are too long as well.
			if length > len(owner) {
				break
			}
			for _, n := range of.of[owner[:length]] {
				asked++
				if d := z.Directives[n]; d.makesName(owner) {
					lines = append(lines, n)
				}
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines), asked
}

// template is what a $GENERATE makes names from.
type template struct {
	parts   []piece
	head    string      // the first part in canonical form
	numbers numberRange // none for a range that is not understood
	exact   bool        // all of it is understood
}

func newTemplate(args []string) *template {
	t := &template{}
	if len(args) < 4 || len(args[1]) > maxOwnerTemplate {
		return t
	}
	t.parts, t.exact = templateParts(args[1])
	var ok bool
	t.numbers, ok = parseRange(args[0])
	t.exact = t.exact && ok
	// It is compared with canonical owners, which are in lower case.
	t.head = strings.ToLower(t.parts[0].text)
	if strings.Contains(t.head, `\`) {
		name, _, err := appendName(nil, []byte(t.parts[0].text), root)
		t.head, t.exact = string(name), t.exact && err == nil
		// appendName adds a final dot, but the text may end within a label.
		if !strings.HasSuffix(t.parts[0].text, ".") {
			t.head = strings.TrimSuffix(t.head, ".")
		}
	}
	return t
}

// plain tells whether all names begin with the head as it is.
func (t *template) plain() bool {
	return t.parts[0].text != "@" && !strings.Contains(t.parts[0].text, `\`)
}

// Makes reports whether a $GENERATE can make records of a type that belong to owner,
// which must be canonical. It is exact for numbers in decimal, octal, hexadecimal or
// nibbles; for others, and for a directive that is not understood, it is true wherever the fixed text
// at both ends of the name fits. For $INCLUDE, whose file is not at hand, it is false. How
// long it takes does not depend on the range.
func (d Directive) Makes(owner, typ string) bool {
	if d.template == nil || len(d.template.parts) == 0 {
		return false
	}
	of := d.makesOf()
	return (of == "" || of == typ) && d.makesName(owner)
}

func (d Directive) makesName(owner string) bool {
	t := d.template
	switch {
	case !d.fits(t.parts, owner):
		return false
	case !t.exact:
		return true
	case t.numbers.count() == 0:
		return false
	// Without a number in the template every number makes the same name.
	case len(t.parts) == 1:
		name, ok := d.name(t.parts, t.numbers.start)
		return !ok || name == owner
	}
	return d.makesNumbered(owner)
}

// makesNumbered looks for the number in the owner that follows the text before it.
func (d Directive) makesNumbered(owner string) bool {
	const maxDigits = 2 * 11 // those of a number of 32 bits in octal, or nibbles with their dots
	t := d.template
	rest, _ := strings.CutPrefix(owner, t.head)
	// No longer than a number can be, so that the work depends neither on the owner nor on the
	// range.
	longest := min(max(maxDigits, t.parts[1].width), t.parts[1].digits(rest))
	for n := 1; n <= longest; n++ {
		number, ok := t.parts[1].read(rest[:n])
		if !ok || !t.numbers.has(number) {
			continue
		}
		if name, ok := d.name(t.parts, number); !ok || name == owner {
			return true
		}
	}
	return false
}

// makesOf is the type of the records, "" if none can be found. It reads past TTL and class,
// which may be before the type.
func (d Directive) makesOf() string {
	for _, arg := range d.Args[2:] {
		// BIND takes class and TTL in either order.
		if !isDigit(arg[0]) && !isClass([]byte(arg)) {
			return cmp.Or(typeName([]byte(arg)), arg)
		}
	}
	return ""
}

// numberRange is the range of a $GENERATE, both ends included.
type numberRange struct{ start, stop, step int64 }

// count is how many numbers there are, 0 for no range.
func (r numberRange) count() int64 {
	if r.step == 0 || r.stop < r.start {
		return 0
	}
	return (r.stop-r.start)/r.step + 1
}

func (r numberRange) has(n int64) bool {
	return n >= r.start && n <= r.stop && (n-r.start)%r.step == 0
}

// parseRange reads 1-9 and 1-9/2.
func parseRange(text string) (numberRange, bool) {
	start, rest, ok := cutNumber(text)
	rest, hyphen := strings.CutPrefix(rest, "-")
	stop, rest, ok2 := cutNumber(rest)
	r := numberRange{start, stop, 1}
	ok = ok && hyphen && ok2
	if step, stepped := strings.CutPrefix(rest, "/"); stepped {
		r.step, rest, ok2 = cutNumber(step)
		ok = ok && ok2 && r.step > 0
	}
	if !ok || rest != "" {
		return numberRange{}, false
	}
	return r, true
}

// cutNumber cuts a number of 31 bits from the start of a text. BIND reads one with sscanf, which takes a
// sign before it, and refuses what is below 0.
func cutNumber(text string) (n int64, rest string, ok bool) {
	digits := strings.TrimLeft(text, "+-")
	sign := text[:len(text)-len(digits)]
	rest = strings.TrimLeft(digits, "0123456789")
	v, err := strconv.ParseUint(digits[:len(digits)-len(rest)], 10, 31)
	return int64(v), rest, err == nil && len(sign) < 2 && (sign != "-" || v == 0)
}

// piece is a part of a template: fixed text, or where the number goes.
type piece struct {
	text   string
	number bool
	offset int64
	width  int
	base   byte
}

// digits is how many characters at the start of a text can be of a number in the form of the piece.
func (p piece) digits(text string) int {
	set := "-0123456789"
	switch p.base {
	case 'n', 'N':
		set = "0123456789abcdef."
	case 'x', 'X':
		set = "-0123456789abcdef"
	}
	return len(text) - len(strings.TrimLeft(text, set))
}

// read is the number that a text in the form of the piece shows.
func (p piece) read(text string) (n int64, ok bool) {
	var err error
	switch p.base {
	case 'n', 'N':
		digits := []byte(strings.ReplaceAll(text, ".", ""))
		// Nibbles are written in reverse order, as in names under ip6.arpa.
		slices.Reverse(digits)
		text = string(digits)
		fallthrough
	case 'x', 'X', 'o':
		var v uint64
		v, err = strconv.ParseUint(text, int(p.radix()), 32)
		n = int64(int32(v)) // as C shows a negative number
	default:
		n, err = strconv.ParseInt(text, 10, 64)
	}
	return n - p.offset, err == nil && text[0] != '+'
}

func (p piece) radix() int64 {
	switch p.base {
	case 'd':
		return 10
	case 'o':
		return 8
	}
	return 16
}

// templateParts cuts the owner of a $GENERATE at $ and ${offset,width,base}. It is not
// exact when there is a number whose form is not known.
func templateParts(text string) (parts []piece, exact bool) {
	exact = true
	for len(text) > 0 {
		end := strings.IndexByte(text, '$')
		// BIND copies a backslash and the character behind it, so \$ is not the number.
		for end > 0 && text[end-1] == '\\' {
			next := strings.IndexByte(text[end+1:], '$')
			if next < 0 {
				end = -1
				break
			}
			end += 1 + next
		}
		if end < 0 {
			return append(parts, piece{text: text}), exact
		}
		parts = append(parts, piece{text: text[:end]})
		p, n, ok := parseNumber(text[end:])
		parts, text, exact = append(parts, p), text[end+n:], exact && ok
	}
	return parts, exact
}

// parseNumber reads $ or ${offset,width,base} and tells its length.
func parseNumber(text string) (p piece, n int, ok bool) {
	p = piece{number: true, base: 'd'}
	if strings.HasPrefix(text, "$$") {
		return p, 2, false // a dollar sign to some, two numbers to others
	}
	inner, found := strings.CutPrefix(text, "${")
	end := strings.IndexByte(inner, '}')
	if !found {
		return p, 1, true
	}
	if end < 0 {
		return p, len(text), false
	}
	fields := strings.Split(inner[:end], ",")
	var err error
	// BIND reads this with sscanf, which skips blanks before a number, but not behind it.
	p.offset, err = strconv.ParseInt(strings.TrimLeft(fields[0], " \t"), 10, 32)
	ok = err == nil && len(fields) <= 3
	if len(fields) > 1 {
		p.width, err = strconv.Atoi(strings.TrimLeft(fields[1], " \t"))
		ok = ok && err == nil && p.width >= 0 && p.width <= maxWidth
	}
	if len(fields) > 2 {
		ok = ok && len(fields[2]) == 1 && strings.Contains("doxXnN", fields[2])
		// An empty letter is not ok; d keeps the base a valid one.
		p.base = (fields[2] + "d")[0]
	}
	return p, end + 3, ok
}

// fits reports whether the fixed text at both ends of the template is that of a name.
// Escapes have many spellings, so text with any fits all names.
func (d Directive) fits(parts []piece, owner string) bool {
	lower := func(p piece) (string, bool) { return strings.ToLower(p.text), strings.Contains(p.text, `\`) }
	head, escaped := lower(parts[0])
	if !escaped && !parts[0].number && !strings.HasPrefix(owner, head) && head != "@" {
		return false
	}
	last := parts[len(parts)-1]
	tail, escaped := lower(last)
	switch {
	case escaped:
		return true
	// The name ends in digits that are not known here, and then the origin.
	case last.number:
		tail = ""
	}
	if !isAbsolute([]byte(tail)) && len(d.origin.text) > 1 {
		tail += "." + string(d.origin.text)
	}
	return strings.HasSuffix("."+owner, tail) || tail == "@."+string(d.origin.text)
}

// name is the owner that a number makes.
func (d Directive) name(parts []piece, n int64) (string, bool) {
	var text []byte
	for _, p := range parts {
		text = p.appendTo(text, n)
	}
	name, _, err := appendName(nil, text, d.origin)
	return string(name), err == nil
}

// eachPiece walks over a template as BIND does; ok is false for one that it refuses.
func eachPiece(template string, visit func(piece)) (ok bool) {
	from := 0
	for i := 0; i < len(template); {
		switch {
		// BIND copies both characters, whatever the second is (genname in its master.c).
		case template[i] == '\\':
			i += 2
		case template[i] != '$':
			i++
		case strings.HasPrefix(template[i:], "$$"):
			visit(piece{text: template[from : i+1]})
			i += 2
			from = i
		default:
			p, n, ok := parseNumber(template[i:])
			if !ok {
				return false
			}
			visit(piece{text: template[from:i]})
			visit(p)
			i += n
			from = i
		}
	}
	visit(piece{text: template[from:]})
	return true
}

// expand appends what a template makes of a number; ok is false where BIND makes nothing.
func expand(dst []byte, template string, n int64) (out []byte, ok bool) {
	fits := true
	ok = eachPiece(template, func(p piece) {
		before := len(dst)
		dst = p.appendTo(dst, n)
		// BIND refuses a sum over INT_MAX, and a text that does not fit into the 128 bytes of
		// numbuf.
		fits = fits && (!p.number || len(dst)-before <= maxWidth && (n == 0 || p.offset <= math.MaxInt32-n))
	})
	return dst, ok && fits
}

// maxWidth is how long the text of one number may be.
const maxWidth = 127

// appendTo writes a number as the piece has it, or its text. In other bases than ten a negative
// number is that of 32 bits, as C prints it.
func (p piece) appendTo(dst []byte, n int64) []byte {
	if !p.number {
		return append(dst, p.text...)
	}
	switch n += p.offset; p.base {
	case 'n', 'N':
		return appendNibbles(dst, uint32(n), p.width, p.base == 'N')
	case 'o':
		return fmt.Appendf(dst, "%0*o", p.width, uint32(n))
	case 'x':
		return fmt.Appendf(dst, "%0*x", p.width, uint32(n))
	case 'X':
		return fmt.Appendf(dst, "%0*X", p.width, uint32(n))
	}
	if p.width < 2 {
		return strconv.AppendInt(dst, n, 10)
	}
	return fmt.Appendf(dst, "%0*d", p.width, n)
}

// appendNibbles writes hexadecimal digits from the last to the first, with dots between them
// that count for the width.
func appendNibbles(dst []byte, n uint32, width int, upper bool) []byte {
	digits := "0123456789abcdef"
	if upper {
		digits = "0123456789ABCDEF"
	}
	for size := 0; ; {
		dst, n, size = append(dst, digits[n&15]), n>>4, size+1
		if n == 0 && size >= width {
			return dst
		}
		// As in BIND, dots count for the width, so an even width ends in a dot.
		if dst, size = append(dst, '.'), size+1; n == 0 && size >= width {
			return dst
		}
	}
}
