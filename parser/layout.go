package parser

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/edgeplan/edgeplan/parser/internal/plain"
)

// Format returns the text of a spec file in which [Syntax] finds no error, laid out as hclwrite lays it
// out. Templates of more than one line, which all heredocs are, stay as they are: hclwrite takes a line
// that ends inside one for the end of a block, and moves all that follows to the left. An error means
// that more than blanks between tokens would change.
//
// hclwrite needs a hundred times the memory of the text, so it gets one piece of the text after the
// other. Other than those that are parsed, they end inside blocks and lists too: see [layout.rows].
func Format(text []byte) ([]byte, error) {
	mark, rest := []byte(nil), text
	if bytes.HasPrefix(text, plain.Mark) { // which hclwrite would spoil
		mark, rest = plain.Mark, text[len(plain.Mark):]
	}
	// hclwrite formats lines, so a piece can end between any two of them, unlike one that is parsed.
	s := newSurveyor(rest)
	s.inside = true
	// A little more than the text, so that the blanks of alignment do not make the buffer grow and be copied.
	l := layout{rows: rows{out: *bytes.NewBuffer(append(make([]byte, 0, len(text)+len(text)/16), mark...))}}
	start := 0
	for _, end := range s.survey().ends {
		// a piece that did not end where the survey thought has taken the rest
		if end <= start {
			continue
		}
		size, err := l.piece(rest[start:end], rest[start:])
		if err != nil {
			return nil, err
		}
		start += size
	}
	l.rows.flush()
	return l.rows.out.Bytes(), nil
}

var errLayout = errors.New("internal error: formatting would change more than blanks")

// layout is a text that is being formatted from its begin to its end.
type layout struct {
	open []int // how many brackets each of the lines opens that indent the next line
	rows rows
}

// piece formats a part of a text that begins at a line, and returns how long it was: if it ends inside a
// template, contrary to what the survey has seen, it is all the rest.
func (l *layout) piece(text, rest []byte) (int, error) {
	tokens := lexed(text)
	held, closed := templates(tokens)
	before := digestTokens(tokens) // which are ten times as long as the text
	// so that they are gone before hclwrite makes its own
	tokens = nil
	// lexing goes from left to right, so the tokens up to here are right, and their end shows whether
	// the survey was
	if !closed && len(text) < len(rest) {
		return l.piece(rest, rest)
	}
	masked := masked(text, held)
	// hclwrite begins without indentation. Lines of brackets in front of the piece make the one that
	// the lines before it have made.
	var head bytes.Buffer
	skip := len(l.open) // line ends
	for _, brackets := range l.open {
		head.WriteString(strings.Repeat("(", brackets) + "\n")
		skip += brackets
	}
	laid := lexed(hclwrite.Format(append(head.Bytes(), masked...)))
	if len(laid) < skip {
		return 0, errLayout
	}
	// Each empty string in place of a template must come back, or templates would be put into the wrong ones.
	if found, _ := templates(laid[skip:]); len(found) != len(held) {
		return 0, errLayout
	}
	p := printer{text: text, held: held}
	if skip > 0 {
		p.at = laid[skip-1].Range.End.Byte
	}
	for tokens := laid[skip:]; len(tokens) > 0; {
		line := tokens[:lineLength(tokens)]
		tokens = tokens[len(line):]
		l.indent(line)
		p.line(line)
	}
	// The check of all of the above: a formatter must not change what a spec says.
	if digestTokens(lexed(p.out)) != before {
		return 0, errLayout
	}
	l.rows.add(p.out, p.rows)
	return len(text), nil
}

// span is a part of a text, in bytes.
type span struct{ start, end int }

func (s span) of(text []byte) []byte { return text[s.start:s.end] }

func (s span) manyLines(text []byte) bool { return bytes.IndexByte(s.of(text), '\n') >= 0 }

// templates are the quoted strings and heredocs of a text, without those inside others. closed tells
// whether all of them have an end.
func templates(tokens hclsyntax.Tokens) (out []span, closed bool) {
	depth, start := 0, 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			// Those inside are a part of the one that is kept.
			if depth == 0 {
				start = token.Range.Start.Byte
			}
			// a string in ${ } of another one is laid out with it
			depth++
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			if depth--; depth == 0 {
				out = append(out, span{start, token.Range.End.Byte})
			}
		}
	}
	return out, depth == 0
}

// masked is a text with an empty string for each template of more than one line.
func masked(text []byte, held []span) []byte {
	var out []byte
	at := 0
	for _, s := range held {
		if s.manyLines(text) {
			out = append(append(out, text[at:s.start]...), `""`...)
			at = s.end
		}
	}
	return append(out, text[at:]...)
}

func lexed(text []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	return tokens
}

// digestTokens is the same for two texts that differ at most in the blanks between tokens.
func digestTokens(tokens hclsyntax.Tokens) (sum [sha256.Size]byte) {
	hash := sha256.New()
	var head [8]byte
	for _, token := range tokens {
		// Length and type too, so that two tokens do not look like one.
		binary.LittleEndian.PutUint32(head[:], uint32(token.Type))
		binary.LittleEndian.PutUint32(head[4:], uint32(len(token.Bytes)))
		hash.Write(head[:])
		hash.Write(token.Bytes)
	}
	hash.Sum(sum[:0])
	return sum
}

// lineLength is how many tokens the first line of some has.
func lineLength(tokens hclsyntax.Tokens) int {
	for i, token := range tokens {
		if endsLine(token) {
			return i + 1
		}
	}
	return len(tokens)
}

// endsLine is true for a comment behind # too, which has the line end in it.
func endsLine(token hclsyntax.Token) bool {
	return token.Type == hclsyntax.TokenNewline ||
		token.Type == hclsyntax.TokenComment && bytes.HasSuffix(token.Bytes, []byte("\n"))
}

// indent notes the brackets that a line opens or closes. Like hclwrite it indents by one step, however many
// brackets a line opens.
func (l *layout) indent(line hclsyntax.Tokens) {
	n := brackets(line)
	// a line that opens two brackets is one step, and both have to be closed to leave it
	if n > 0 {
		l.open = append(l.open, n)
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
}

// brackets is how many brackets tokens open that they do not close.
func brackets(tokens hclsyntax.Tokens) int {
	n := 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateControl,
			hclsyntax.TokenTemplateInterp:
			n++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			n--
		}
	}
	return n
}

// printer writes the lines of a piece, without what they are aligned by.
type printer struct {
	text  []byte // before it was formatted
	held  []span // the templates in it that are still to come
	depth int    // of the template at hand
	at    int    // end of the token before
	out   []byte
	rows  []row
}

// line writes a line. The sign = and the comment behind something have one blank before them.
func (p *printer) line(line hclsyntax.Tokens) {
	start, r := len(p.out), row{}
	assign, comment := cells(line)
	for i, token := range line {
		blanks := token.Range.Start.Byte - p.at
		p.at = token.Range.End.Byte
		switch {
		// the indentation, which hclwrite has made
		case i == 0:
		case i == assign:
			r.assign, blanks = len(p.out)-start, 1
		case i == comment:
			r.comment, blanks = len(p.out)-start, 1
		}
		// Columns and not bytes: alignment is what a person sees.
		if r.comment == 0 && r.assign == 0 {
			r.before += blanks + width(token)
		} else if r.comment == 0 {
			r.assigned += blanks + width(token)
		}
		p.token(token, blanks)
	}
	if r.size = len(p.out) - start; r.size > 0 { // else the piece ends with the line before
		p.rows = append(p.rows, r)
	}
}

// token writes a token, or the whole template that begins with it and was masked.
func (p *printer) token(token hclsyntax.Token, blanks int) {
	if token.Type == hclsyntax.TokenOQuote || token.Type == hclsyntax.TokenOHeredoc {
		p.depth++
	}
	// the tokens of a masked template are the two quotes that stand for it
	if p.depth == 0 || !p.held[0].manyLines(p.text) {
		p.out = append(append(p.out, strings.Repeat(" ", blanks)...), token.Bytes...)
	} else if token.Type == hclsyntax.TokenOQuote {
		p.out = append(append(p.out, strings.Repeat(" ", blanks)...), p.held[0].of(p.text)...)
	}
	if token.Type == hclsyntax.TokenCQuote || token.Type == hclsyntax.TokenCHeredoc {
		if p.depth--; p.depth == 0 {
			p.held = p.held[1:]
		}
	}
}

// cells are the tokens of a line, if any, that hclwrite aligns with those of the lines around it: the first
// sign = behind a name, if the line ends with the value, and a comment behind something. 0 is none.
func cells(line hclsyntax.Tokens) (assign, comment int) {
	// The last line may end without a line end.
	if last := len(line) - 1; line[last].Type == hclsyntax.TokenEOF {
		line = line[:last]
	}
	if last := len(line) - 1; last > 0 && line[last].Type == hclsyntax.TokenComment {
		comment, line = last, line[:last]
	}
	for i, token := range line {
		if i > 0 && token.Type == hclsyntax.TokenEqual {
			// hclwrite aligns no value that goes on in the next line, such as a list of many lines.
			if brackets(line[i:]) == 0 {
				assign = i
			}
			break
		}
	}
	return assign, comment
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

// row is a line that is formatted but for the blanks that align it with the lines around it.
type row struct {
	size            int // bytes
	assign, comment int // where they begin; 0 if there is none
	before          int // columns before both
	assigned        int // columns of the argument from its sign = on, with a blank before it
	pad, padComment int // more blanks before them
}

// rows aligns lines. Those that are aligned with each other can be a whole file, far more than a piece, so
// that hclwrite cannot do it.
type rows struct {
	out  bytes.Buffer
	held []byte
	list []row // of what is held
}

func (r *rows) add(text []byte, list []row) {
	for _, next := range list {
		r.held = append(r.held, text[:next.size]...)
		text = text[next.size:]
		r.list = append(r.list, next)
		// such a line ends both rows, so what is before it can be written
		if next.assign == 0 && next.comment == 0 {
			r.flush()
		}
	}
}

// flush writes what is held, whose last line is not aligned with the next one.
func (r *rows) flush() {
	// The signs = come first: the comments behind them move with them.
	align(r.list, func(l *row) bool { return l.assign > 0 }, func(l *row) int { return l.before },
		func(l *row, n int) { l.pad = n })
	align(r.list, func(l *row) bool { return l.comment > 0 }, func(l *row) int { return l.before + l.pad + l.assigned },
		func(l *row, n int) { l.padComment = n })
	text := r.held
	for _, l := range r.list {
		r.out.Write(text[:l.assign])
		r.out.WriteString(strings.Repeat(" ", l.pad))
		behind := max(l.assign, l.comment)
		r.out.Write(text[l.assign:behind])
		r.out.WriteString(strings.Repeat(" ", l.padComment))
		r.out.Write(text[behind:l.size])
		text = text[l.size:]
	}
	r.held, r.list = r.held[:0], r.list[:0]
}

// align pads the lines that have a cell, each as the longest of its neighbours that have it.
func align(list []row, has func(*row) bool, columns func(*row) int, pad func(*row, int)) {
	for start := 0; start < len(list); start++ {
		end, most := start, 0
		for ; end < len(list) && has(&list[end]); end++ {
			most = max(most, columns(&list[end]))
		}
		for i := start; i < end; i++ {
			pad(&list[i], most-columns(&list[i]))
		}
		start = end
	}
}
