package parser

import (
	"bytes"
	"errors"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/internal/plain"
)

// Format returns the text of a spec file in which [Syntax] finds no error, laid out as hclwrite lays it out, but
// for two things. Templates of more than one line, which all heredocs are, stay as they are: hclwrite takes a line
// that ends inside one for the end of a block, and moves all that follows to the left. And lines stay unaligned
// where one of them is so long that the blanks would be many times the text, see [rows.align]. An error means that
// more than blanks between tokens would change.
//
// hclwrite needs a hundred times the memory of the text, so its layout is made here, of one piece of the text
// after the other.
func Format(text []byte) ([]byte, error) {
	mark, rest := []byte(nil), text
	if bytes.HasPrefix(text, plain.Mark) { // which a lexer drops
		mark, rest = plain.Mark, text[len(plain.Mark):]
	}
	// A little more than the text, so that the blanks of alignment do not make the buffer grow and be copied.
	l := layout{text: rest, rows: rows{
		out: append(make([]byte, 0, len(text)+len(text)/16), mark...), left: freePadding,
	}}
	for tokens := range lexedInParts(File{Text: rest}, hcl.InitialPos) {
		if err := l.part(tokens); err != nil {
			return nil, err
		}
	}
	return l.end(), nil
}

var errLayout = errors.New("internal error: formatting would change more than blanks")

// layout is a text that is being formatted from its begin to its end.
type layout struct {
	text []byte
	at   int   // the end of the last token
	open []int // how many brackets each of the lines opens that indent the next line
	line line
	// The part at hand, without indentation and the blanks that align lines, and the lines that end in it.
	out  []byte
	done []row
	rows rows
}

// line is the line at hand, which may have begun in the part before.
type line struct {
	row
	// The last two tokens; TokenNil before there are any.
	before, last hclsyntax.Token
	lastAt       int // where the last one begins, with the blank before it
	lastColumns  int // and how many columns it takes with that
	brackets     int // that the line opens and does not close
	behind       int // the same from its first sign = on
}

// part formats some of the tokens of the text.
func (l *layout) part(tokens hclsyntax.Tokens) error {
	l.out, l.done = l.out[:0], l.done[:0]
	for i := 0; i < len(tokens); i++ {
		end := templateEnd(tokens, i)
		whole := l.text[tokens[i].Range.Start.Byte:tokens[end].Range.End.Byte]
		if end > i && bytes.IndexByte(whole, '\n') >= 0 {
			l.held(whole)
			i = end
		} else {
			l.token(tokens[i], tokens[i].Bytes, width(tokens[i]))
		}
		l.at = tokens[i].Range.End.Byte
	}
	// The check of all of the above: a formatter must not change what a spec says.
	same := func(a, b hclsyntax.Token) bool { return a.Type == b.Type && bytes.Equal(a.Bytes, b.Bytes) }
	again := lexed(l.out)
	if !slices.EqualFunc(tokens, again[:len(again)-1], same) {
		return errLayout
	}
	l.rows.add(l.out, l.done)
	return nil
}

func lexed(text []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	return tokens
}

// nests is 1 for the begin of a quoted string or a heredoc, and -1 for its end.
func nests(t hclsyntax.TokenType) int {
	switch t {
	case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
		return 1
	case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
		return -1
	}
	return 0
}

// templateEnd is the index of the token that ends the template that another token begins, or of that token itself
// if it begins none.
func templateEnd(tokens hclsyntax.Tokens, from int) int {
	depth := 0
	for i := from; i < len(tokens); i++ {
		// those inside are a part of the one around them
		if depth += nests(tokens[i].Type); depth <= 0 {
			return i
		}
	}
	return from
}

// held writes a template as it is. To the rest of the line it is an empty string.
func (l *layout) held(template []byte) {
	l.token(hclsyntax.Token{Type: hclsyntax.TokenOQuote}, template, len(`""`))
	l.line.before, l.line.last = l.line.last, hclsyntax.Token{Type: hclsyntax.TokenCQuote}
}

// token writes a token with a blank before it, if there is one, and ends the line behind the last one. The sign =
// and the comment behind something have one in any case.
func (l *layout) token(token hclsyntax.Token, text []byte, columns int) {
	r := &l.line
	behind := r.last.Type != hclsyntax.TokenNil // something
	r.lastAt = r.size
	r.lastColumns = columns
	assign := behind && token.Type == hclsyntax.TokenEqual && r.assign == 0
	comment := behind && token.Type == hclsyntax.TokenComment && endsLine(token)
	if assign || comment || behind && spaced(r.before, r.last, token) {
		l.write([]byte(" "))
		r.lastColumns++
	}
	change := brackets(token.Type)
	r.brackets += change
	switch {
	case comment:
		r.comment = r.lastAt
	case assign || r.assign > 0:
		if assign {
			r.assign = r.lastAt
		}
		r.assigned += r.lastColumns
		r.behind += change
	default:
		r.lead += r.lastColumns
	}
	l.write(text)
	r.before, r.last = r.last, token
	if endsLine(token) {
		l.endLine()
	}
}

func (l *layout) write(text []byte) {
	l.out = append(l.out, text...)
	l.line.size += len(text)
}

// endsLine is true for a comment behind # too, which has the line end in it.
func endsLine(token hclsyntax.Token) bool {
	return token.Type == hclsyntax.TokenNewline ||
		token.Type == hclsyntax.TokenComment && bytes.HasSuffix(token.Bytes, []byte("\n"))
}

// brackets is 1 for a token that opens a bracket, and -1 for one that closes it.
func brackets(t hclsyntax.TokenType) int {
	switch t {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateControl,
		hclsyntax.TokenTemplateInterp:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

// endLine finishes the line at hand, of which everything is known now.
func (l *layout) endLine() {
	r := &l.line
	// hclwrite aligns no value that goes on in the next line, such as a list of many lines
	if r.behind != 0 {
		r.lead, r.assigned, r.assign = r.lead+r.assigned, 0, 0
	}
	r.indent = l.indent(r.brackets)
	if r.last.Type == hclsyntax.TokenNil || r.last.Type == hclsyntax.TokenNewline && r.before.Type == hclsyntax.TokenNil {
		r.indent = 0 // a blank line
	}
	r.lead += r.indent
	l.done = append(l.done, r.row)
	l.line = line{}
}

// indent notes the brackets that a line opens or closes, and returns by how much the line is indented. Like
// hclwrite it indents by one step, however many brackets a line opens.
func (l *layout) indent(n int) int {
	const step = 2
	// a line that opens two brackets is one step, and both have to be closed to leave it
	if n > 0 {
		l.open = append(l.open, n)
		return step * (len(l.open) - 1)
	}
	for n < 0 && len(l.open) > 0 {
		last := &l.open[len(l.open)-1]
		// A line may close brackets of several lines, and only a part of one: the
		// step back is made when all are closed.
		closed := min(-n, *last)
		n += closed
		if *last -= closed; *last == 0 {
			l.open = l.open[:len(l.open)-1]
		}
	}
	return step * len(l.open)
}

// end returns the whole text.
func (l *layout) end() []byte {
	l.out, l.done = l.out[:0], l.done[:0]
	l.write(bytes.Repeat([]byte(" "), len(l.text)-l.at)) // hclwrite leaves as many at the end of a text as there are
	if r := &l.line; r.size > 0 {
		// without a line end behind it a comment between slashes is one like those behind #
		if r.last.Type == hclsyntax.TokenComment && r.lastAt > 0 {
			r.comment = r.lastAt
			if r.assign > 0 {
				r.assigned -= r.lastColumns
			} else {
				r.lead -= r.lastColumns
			}
		}
		l.endLine()
		l.rows.add(l.out, l.done)
	}
	l.rows.flush(len(l.rows.list))
	return l.rows.out
}

// spaced tells whether the layout has a blank between two tokens of a line, last and next. before is the token
// before them. These are the rules of hclwrite, in its order.
func spaced(before, last, next hclsyntax.Token) bool {
	switch {
	case next.Type == hclsyntax.TokenNewline:
		return false
	case last.Type == hclsyntax.TokenIdent && next.Type == hclsyntax.TokenOParen: // f(
		return false
	case last.Type == hclsyntax.TokenIdent && next.Type == hclsyntax.TokenDoubleColon,
		last.Type == hclsyntax.TokenDoubleColon && next.Type == hclsyntax.TokenIdent:
		return false
	// not in hclwrite, which makes other numbers of 1 .2
	case before.Type == hclsyntax.TokenNumberLit && last.Type == hclsyntax.TokenDot &&
		next.Type == hclsyntax.TokenNumberLit:
		return true
	case last.Type == hclsyntax.TokenDot || next.Type == hclsyntax.TokenDot:
		return false
	case next.Type == hclsyntax.TokenComma || next.Type == hclsyntax.TokenEllipsis:
		return false
	case last.Type == hclsyntax.TokenComma:
		return true
	case nests(last.Type) > 0 || nests(next.Type) < 0 || isText(last.Type) || isText(next.Type):
		return false // a blank would be a part of the string
	// for x in [1]: not the element of a list called in
	case last.Type == hclsyntax.TokenIdent && string(last.Bytes) == "in" && before.Type == hclsyntax.TokenIdent:
		return true
	case next.Type == hclsyntax.TokenOBrack && (last.Type == hclsyntax.TokenIdent ||
		last.Type == hclsyntax.TokenNumberLit || brackets(last.Type) < 0): // x[
		return false
	case last.Type == hclsyntax.TokenBang:
		return false
	case last.Type == hclsyntax.TokenMinus:
		return !beforeOperand(before.Type)
	case last.Type == hclsyntax.TokenOBrace && next.Type == hclsyntax.TokenCBrace:
		return false
	case last.Type == hclsyntax.TokenOBrace || next.Type == hclsyntax.TokenCBrace: // { x }
		return true
	case brackets(last.Type) > 0 && nestsIn(last.Type) && next.Type == hclsyntax.TokenOBrace,
		last.Type == hclsyntax.TokenCBrace && next.Type == hclsyntax.TokenTemplateSeqEnd: // ${ { x } }
		return true
	case last.Type == hclsyntax.TokenTemplateSeqEnd && nestsIn(next.Type):
		return false
	}
	return brackets(last.Type) <= 0 && brackets(next.Type) >= 0 // (x)
}

// isText is for what is written in a string.
func isText(t hclsyntax.TokenType) bool {
	return t == hclsyntax.TokenQuotedLit || t == hclsyntax.TokenStringLit
}

// nestsIn is for the begin of code in a string.
func nestsIn(t hclsyntax.TokenType) bool {
	return t == hclsyntax.TokenTemplateInterp || t == hclsyntax.TokenTemplateControl
}

// beforeOperand tells whether an operand follows a token, so that a minus behind it is a sign.
func beforeOperand(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenNil, hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack,
		hclsyntax.TokenEqual, hclsyntax.TokenColon, hclsyntax.TokenComma, hclsyntax.TokenQuestion,
		hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenMinus,
		hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
		hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenBang:
		return true
	}
	return false
}

// width is how many columns a token takes. Like hclwrite it takes each line end in a comment for a column.
func width(token hclsyntax.Token) int {
	if token.Range.Start.Line == token.Range.End.Line || token.Type != hclsyntax.TokenComment {
		return token.Range.End.Column - token.Range.Start.Column
	}
	n := bytes.Count(token.Bytes, []byte("\n"))
	for line := range bytes.Lines(token.Bytes) {
		// The lexer knows which characters share a column. None does with a tab.
		const before = "#\t"
		n += lexed(append([]byte(before), bytes.TrimRight(line, "\r\n")...))[0].Range.End.Column - 1 - len(before)
	}
	return n
}

// row is a line that is laid out but for the blanks before it and those that align it with the lines around it.
type row struct {
	size            int // bytes
	indent          int // blanks before it
	assign, comment int // where the sign = and the comment behind something begin; 0 if there is none
	lead            int // columns before both, with the indentation
	assigned        int // columns of the argument from its sign = on, with a blank before it
	pad, padComment int // more blanks before them
}

// What blanks may be made to align lines: so many, and so many for each byte that is aligned.
const (
	freePadding    = 1 << 20
	paddingPerByte = 4
)

// rows aligns lines. Those that are aligned with each other can be a whole file, far more than a piece.
type rows struct {
	out  []byte
	held []byte // of which the list are the lines; the last one may not be in the list yet
	list []row
	left int // blanks that may be made
}

// add takes more text, and the lines that end in it.
func (r *rows) add(text []byte, list []row) {
	r.held, r.list = append(r.held, text...), append(r.list, list...)
	// Lines without anything to align end both rows, so up to the last of these all can be written.
	n := len(r.list)
	for n > len(r.list)-len(list) && (r.list[n-1].assign > 0 || r.list[n-1].comment > 0) {
		n--
	}
	if n > len(r.list)-len(list) {
		r.flush(n)
	}
}

// flush writes the first n lines, of which the last is not aligned with the next one.
func (r *rows) flush(n int) {
	// The signs = come first: the comments behind them move with them.
	r.align(n, func(l *row) bool { return l.assign > 0 }, func(l *row) int { return l.lead },
		func(l *row, n int) { l.pad = n })
	r.align(n, func(l *row) bool { return l.comment > 0 }, func(l *row) int { return l.lead + l.pad + l.assigned },
		func(l *row, n int) { l.padComment = n })
	text := r.held
	for _, l := range r.list[:n] {
		r.blanks(l.indent)
		r.out = append(r.out, text[:l.assign]...)
		r.blanks(l.pad)
		behind := max(l.assign, l.comment)
		r.out = append(r.out, text[l.assign:behind]...)
		r.blanks(l.padComment)
		r.out = append(r.out, text[behind:l.size]...)
		text = text[l.size:]
	}
	r.held, r.list = append(r.held[:0], text...), append(r.list[:0], r.list[n:]...)
}

func (r *rows) blanks(n int) {
	for range n {
		r.out = append(r.out, ' ')
	}
}

// align pads those of the first n lines that have a cell, each as the longest of its neighbours that have it. If
// that takes more blanks than are left, these stay as they are: one line of a megabyte among ten thousand short
// ones would make ten gigabytes.
func (r *rows) align(n int, has func(*row) bool, columns func(*row) int, pad func(*row, int)) {
	for start := 0; start < n; start++ {
		end, most, sum, size := start, 0, 0, 0
		for ; end < n && has(&r.list[end]); end++ {
			most = max(most, columns(&r.list[end]))
			sum += columns(&r.list[end])
			size += r.list[end].size
		}
		r.left += paddingPerByte * size
		if blanks := most*(end-start) - sum; blanks <= r.left {
			r.left -= blanks
			for i := start; i < end; i++ {
				pad(&r.list[i], most-columns(&r.list[i]))
			}
		}
		start = end
	}
}
