package parser

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Nearly all of a large spec is blocks of plain arguments: strings without templates, words,
// references, small numbers, lists of strings. quickParse makes of such a text the nodes that
// hclsyntax makes of it, without a list of tokens, in a tenth of the time. What it does
// not know it leaves to hclsyntax, mistakes among it, so that it never has to report one.

// quick reads a text from left to right.
type quick struct {
	text []byte
	name string
	at   int
	base int // place of the text in its file
	line int // number of the line at hand
	from int // where the line begins
	open int // brackets and quotes
}

// quickParse returns the body of a text that begins a line, or false if there is anything in the text
// that is not plain.
func quickParse(file File, start hcl.Pos) (*hclsyntax.Body, bool) {
	q := &quick{text: file.Text, name: file.Name, base: start.Byte, line: start.Line}
	// pos counts columns from the line start
	if start.Column != 1 {
		return nil, false
	}
	q.blanks()
	first := q.rangeOf(q.at, q.at)
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, Blocks: hclsyntax.Blocks{}}
	if !q.items(body, 0) || q.at < len(q.text) {
		return nil, false
	}
	end := q.rangeOf(q.at, q.at)
	body.SrcRange, body.EndRange = hcl.RangeBetween(first, end), end
	return body, true
}

// pos is a place in the line at hand. All characters before it are ASCII.
func (q *quick) pos(at int) hcl.Pos {
	return hcl.Pos{Line: q.line, Column: at - q.from + 1, Byte: q.base + at}
}

func (q *quick) rangeOf(from, to int) hcl.Range {
	return hcl.Range{Filename: q.name, Start: q.pos(from), End: q.pos(to)}
}

// peek is the byte at hand, 0 at the end of the text.
func (q *quick) peek() byte {
	if q.at < len(q.text) {
		return q.text[q.at]
	}
	return 0
}

// blanks passes blanks, and comments between slashes that are ASCII.
func (q *quick) blanks() {
	for {
		switch c := q.peek(); {
		case c == ' ' || c == '\t':
			q.at++
		case c == '/' && bytes.HasPrefix(q.text[q.at:], []byte("/*")):
			end := bytes.Index(q.text[q.at+2:], []byte("*/"))
			if end < 0 || bytes.ContainsFunc(q.text[q.at+2:q.at+2+end],
				func(c rune) bool { return c < ' ' || c > '~' }) {
				return
			}
			q.at += end + 4
		default:
			return
		}
	}
}

// newline passes a line end, or a comment up to it.
func (q *quick) newline() bool {
	rest := q.text[q.at:]
	switch c := q.peek(); {
	case c == '\n':
		q.at++
	case c == '\r' && len(rest) > 1 && rest[1] == '\n':
		q.at += 2
	case c == '#', c == '/' && len(rest) > 1 && rest[1] == '/':
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return false
		}
		q.at += end + 1
	default:
		return false
	}
	q.line++
	q.from = q.at
	return true
}

// ends passes the end of an argument or a block, which the text has in a line of its own, or at its end.
func (q *quick) ends(depth int) bool {
	q.blanks()
	return q.newline() || depth == 0 && q.at == len(q.text)
}

// ident reads a name.
func (q *quick) ident() (string, hcl.Range, bool) {
	from := q.at
	for q.at < len(q.text) && isWord(q.text[q.at], q.at > from) {
		q.at++
	}
	// a letter that is not ASCII may go on with the name; columns are not bytes then
	if q.at == from || q.at-from > maxName || q.peek() >= 0x80 {
		return "", hcl.Range{}, false
	}
	return string(q.text[from:q.at]), q.rangeOf(from, q.at), true
}

func isWord(c byte, inside bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || inside && (c >= '0' && c <= '9' || c == '-')
}

// quoted reads a plain string, and returns its range with and without the quotes.
func (q *quick) quoted() (text string, outer, inner hcl.Range, ok bool) {
	if q.open == maxOpen { // which is a finding
		return "", outer, inner, false
	}
	from := q.at
	for q.at++; q.at < len(q.text); q.at++ {
		switch c := q.text[q.at]; {
		case c == '"':
			q.at++
			return string(q.text[from+1 : q.at-1]), q.rangeOf(from, q.at), q.rangeOf(from+1, q.at-1), true
		// escapes and templates are for hclsyntax, and so is what is not ASCII, where columns are not bytes
		case c < ' ', c > '~', c == '\\', c == '$', c == '%':
			return "", outer, inner, false
		}
	}
	return "", outer, inner, false
}

// items reads what a body holds, up to the brace that ends it or the end of the text.
func (q *quick) items(body *hclsyntax.Body, depth int) bool {
	for {
		q.blanks()
		switch c := q.peek(); {
		case q.at == len(q.text):
			return depth == 0
		case c == '}':
			return depth > 0
		case isWord(c, false):
			if !q.item(body, depth) {
				return false
			}
		default:
			if !q.newline() {
				return false
			}
		}
	}
}

// item reads an argument or a block.
func (q *quick) item(body *hclsyntax.Body, depth int) bool {
	name, rng, ok := q.ident()
	if !ok {
		return false
	}
	q.blanks()
	switch q.peek() {
	case '=':
		attr, ok := q.argument(name, rng)
		// hclsyntax has the finding for a second argument of the name
		if !ok || body.Attributes[name] != nil {
			return false
		}
		body.Attributes[name] = attr
	case '"', '{':
		block, ok := q.block(name, rng, depth)
		if !ok {
			return false
		}
		body.Blocks = append(body.Blocks, block)
	default:
		return false
	}
	return q.ends(depth)
}

func (q *quick) argument(name string, rng hcl.Range) (*hclsyntax.Attribute, bool) {
	equals := q.rangeOf(q.at, q.at+1)
	q.at++
	q.blanks()
	expr, ok := q.value()
	if !ok {
		return nil, false
	}
	return &hclsyntax.Attribute{Name: name, Expr: expr, SrcRange: hcl.RangeBetween(rng, expr.Range()),
		NameRange: rng, EqualsRange: equals}, true
}

func (q *quick) block(kind string, rng hcl.Range, depth int) (*hclsyntax.Block, bool) {
	// this calls itself for each block in a block; deeper ones are for the check of depth
	if q.open == maxOpen {
		return nil, false
	}
	block := &hclsyntax.Block{Type: kind, TypeRange: rng}
	for q.peek() == '"' {
		label, outer, _, ok := q.quoted()
		if !ok {
			return nil, false
		}
		block.Labels, block.LabelRanges = append(block.Labels, label), append(block.LabelRanges, outer)
		q.blanks()
	}
	if q.peek() != '{' {
		return nil, false
	}
	block.OpenBraceRange = q.rangeOf(q.at, q.at+1)
	q.at++
	q.open++
	q.blanks()
	single, ok := isWord(q.peek(), false), false
	if single {
		block.Body, ok = q.oneLine()
	} else {
		block.Body = &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, Blocks: hclsyntax.Blocks{}}
		ok = q.items(block.Body, depth+1)
	}
	if !ok || q.peek() != '}' {
		return nil, false
	}
	block.CloseBraceRange = q.rangeOf(q.at, q.at+1)
	q.at++
	q.open--
	if !single {
		block.Body.SrcRange = hcl.RangeBetween(block.OpenBraceRange, block.CloseBraceRange)
		block.Body.EndRange = q.rangeOf(q.at, q.at)
	}
	return block, true
}

// oneLine reads the only argument of a block in one line.
func (q *quick) oneLine() (*hclsyntax.Body, bool) {
	name, rng, ok := q.ident()
	q.blanks()
	if !ok || q.peek() != '=' {
		return nil, false
	}
	attr, ok := q.argument(name, rng)
	// of an argument that goes on in the next line hclsyntax knows what to say
	if !ok || attr.SrcRange.Start.Line != q.line {
		return nil, false
	}
	q.blanks()
	end := attr.SrcRange
	end.Start = end.End
	return &hclsyntax.Body{Attributes: hclsyntax.Attributes{name: attr}, SrcRange: attr.SrcRange, EndRange: end}, true
}

// value reads an expression.
func (q *quick) value() (hclsyntax.Expression, bool) {
	switch c := q.peek(); {
	case c == '"':
		return q.plainText()
	case c == '[':
		return q.list()
	case c >= '1' && c <= '9':
		return q.number()
	case isWord(c, false):
		return q.reference()
	}
	return nil, false
}

func (q *quick) plainText() (hclsyntax.Expression, bool) {
	text, outer, inner, ok := q.quoted()
	// rare, and not worth the place that hclsyntax gives to what is in it
	if !ok || text == "" {
		return nil, false
	}
	literal := &hclsyntax.LiteralValueExpr{Val: cty.StringVal(text), SrcRange: inner}
	return &hclsyntax.TemplateExpr{Parts: []hclsyntax.Expression{literal}, SrcRange: outer}, true
}

// number reads up to nine digits.
func (q *quick) number() (hclsyntax.Expression, bool) {
	from := q.at
	for c := q.peek(); c >= '0' && c <= '9'; c = q.peek() {
		q.at++
	}
	// fractions, exponents and what goes on as something else are for hclsyntax
	if c := q.peek(); q.at-from > 9 || c == '.' || isWord(c, true) || c >= 0x80 {
		return nil, false
	}
	value, err := cty.ParseNumberVal(string(q.text[from:q.at]))
	return &hclsyntax.LiteralValueExpr{Val: value, SrcRange: q.rangeOf(from, q.at)}, err == nil
}

// reference reads true, false, or a name with names behind dots.
func (q *quick) reference() (hclsyntax.Expression, bool) {
	name, rng, ok := q.ident()
	switch {
	// which hclsyntax makes a literal of, and which is rare
	case !ok || name == "null":
		return nil, false
	case name == "true":
		return &hclsyntax.LiteralValueExpr{Val: cty.True, SrcRange: rng}, q.peek() != '.'
	case name == "false":
		return &hclsyntax.LiteralValueExpr{Val: cty.False, SrcRange: rng}, q.peek() != '.'
	}
	traversal := hcl.Traversal{hcl.TraverseRoot{Name: name, SrcRange: rng}}
	for q.peek() == '.' {
		dot := q.at
		q.at++
		step, _, ok := q.ident()
		if !ok {
			return nil, false
		}
		traversal = append(traversal, hcl.TraverseAttr{Name: step, SrcRange: q.rangeOf(dot, q.at)})
		rng.End = q.pos(q.at)
	}
	return &hclsyntax.ScopeTraversalExpr{Traversal: traversal, SrcRange: rng}, true
}

// list reads a list of strings, in one line or several.
func (q *quick) list() (hclsyntax.Expression, bool) {
	open := q.rangeOf(q.at, q.at+1)
	if q.open++; q.open > maxOpen {
		return nil, false
	}
	defer func() { q.open-- }()
	var parts []hclsyntax.Expression
	for comma := true; ; {
		if q.peek() == '[' && len(parts) == 0 && comma {
			q.at++
		}
		q.anyBlanks()
		switch c := q.peek(); {
		case c == ']':
			q.at++
			rng := open
			rng.End = q.pos(q.at)
			return &hclsyntax.TupleConsExpr{Exprs: parts, SrcRange: rng, OpenRange: open}, true
		case c == ',' && !comma:
			q.at++
			comma = true
		case c == '"' && comma:
			text, ok := q.plainText()
			if !ok {
				return nil, false
			}
			parts, comma = append(parts, text), false
		default:
			return nil, false
		}
	}
}

// anyBlanks passes blanks and line ends, but no comments.
func (q *quick) anyBlanks() {
	for q.blanks(); q.peek() == '\n' || q.peek() == '\r'; q.blanks() {
		if !q.newline() {
			return
		}
	}
}
