package parser

import (
	"bytes"
	"iter"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/internal/plain"
)

// A spec file is lexed and parsed in pieces that end between two of its top-level blocks,
// so that the tokens of a large file, which take far more memory than what is made of
// them, need not all be there at once. The scan that finds the ends reads only what can
// hide a bracket: strings, heredocs, comments. It need not be right: the tokens of each
// piece tell whether it ended where it should, see [parsePiece].

// A piece ends where it can, once it has so many bytes or tokens. Tests make it short.
var (
	pieceBytes  = 32 << 10
	pieceTokens = 4 << 10
)

// survey is what a scan finds out about a text before hclsyntax reads it.
type survey struct {
	ends   []int // of the pieces; the last is that of the text, or of the line with the first certain mistake
	tokens int   // about how many hclsyntax makes; line ends between blocks, of which nothing is kept, count half
	open   int   // where the comment begins that has no end; -1 for none
	whole  []item
}

// anyDepth is for pieces of which only the tokens are read.
const anyDepth = maxOpen

// item is a top-level block, or what else the text has between two line ends where nothing is open. The
// survey returns those that are large or are kept as a whole.
type item struct {
	at     int // where it begins
	tokens int
	kept   bool // a block locals or dynamic, whose nodes are kept while the spec is read
}

// mode is what the text is at one place.
type mode struct {
	kind   byte   // 'c' code, 's' string, 'h' heredoc
	marker []byte // of the heredoc
	open   int    // brackets in code
}

// surveyor reads a text once.
type surveyor struct {
	text   []byte
	at     int
	modes  []mode
	out    survey
	last   int // end of the piece before
	count  int // tokens before that end, with line ends between blocks
	blank  int // line ends between blocks
	item   item
	before int  // tokens before the item
	kept   bool // the piece at hand is of items that are kept
	// deepest is in how many brackets a piece may end: in none, if it is to be parsed; with anyDepth behind a comma or
	// comment too, and not only behind a line.
	deepest int
	closed  int // where the bracket is that closed an item last
	closes  int // how many of them there are
	line    int // end of the line that [surveyor.lineEnd] has looked for last
	looks   int // bytes that it has looked at
}

func surveyText(text []byte) survey {
	s := newSurveyor(text)
	return s.survey()
}

func newSurveyor(text []byte) *surveyor {
	return &surveyor{text: text, modes: []mode{{kind: 'c'}}, out: survey{open: -1}}
}

func (s *surveyor) survey() survey {
	text := s.text
	for ok := true; ok && s.at < len(text); {
		switch s.top().kind {
		case 'c':
			ok = s.code()
		case 's':
			ok = s.quoted()
		case 'h':
			s.heredoc()
		}
		if !ok {
			// nothing behind a certain mistake is lexed; the rest of its line is for the finding
			s.text = text[:s.lineEnd()]
		}
	}
	s.endItem()
	// An empty text is one piece too, since something has to say that there is no topology.
	if s.last < len(s.text) || s.last == 0 {
		s.out.ends = append(s.out.ends, len(s.text))
	}
	s.out.tokens += s.blank / 2
	return s.out
}

func (s *surveyor) top() *mode { return &s.modes[len(s.modes)-1] }

func (s *surveyor) push(m mode) {
	s.modes = append(s.modes, m)
}

// atTop tells whether nothing is open.
func (s *surveyor) atTop() bool { return len(s.modes) == 1 && s.modes[0].open == 0 }

// lineEnd is the end of the line at hand.
func (s *surveyor) lineEnd() int {
	// Each << of a row asks for the same line end, and a line may be the whole file.
	if s.at < s.line {
		return s.line
	}
	s.line = len(s.text)
	if next := bytes.IndexByte(s.text[s.at:], '\n'); next >= 0 {
		s.line = s.at + next + 1
	}
	s.looks += s.line - s.at
	return s.line
}

// code reads one token of code, or passes a comment.
func (s *surveyor) code() bool {
	rest := s.text[s.at:]
	switch c := rest[0]; {
	case c == '\n':
		s.at++
		s.newline()
	case c == ' ' || c == '\t' || c == '\r':
		s.at++
	case c == '#' || bytes.HasPrefix(rest, []byte("//")):
		s.at = s.lineEnd()
		s.newline()
	case bytes.HasPrefix(rest, []byte("/*")):
		return s.comment()
	case c == '"':
		s.at++
		// the two marks and the text between them
		s.out.tokens += 3
		s.push(mode{kind: 's'})
	case bytes.HasPrefix(rest, []byte("<<")):
		s.openHeredoc()
	case c == ',':
		s.at++
		s.out.tokens++
		s.endBetween()
	case c == '{' || c == '[' || c == '(':
		s.at++
		s.out.tokens++
		s.top().open++
		// behind it only the finding about the depth counts, which needs no more of the text
		return s.top().open <= maxOpen // or it is a mistake, whatever follows
	case c == '}' || c == ']' || c == ')':
		return s.closeBracket()
	default:
		s.word()
	}
	return true
}

// newline counts a line end if it is a token of something, and ends a piece.
func (s *surveyor) newline() {
	if s.atTop() {
		s.blank++
		s.endItem()
		s.endFull()
		return
	}
	s.out.tokens++
	s.endInside()
}

// endBetween is [surveyor.endInside] for a place in a line.
func (s *surveyor) endBetween() {
	if s.deepest == anyDepth {
		s.endInside()
	}
}

// endInside ends a piece inside brackets.
func (s *surveyor) endInside() {
	if len(s.modes) == 1 && s.modes[0].open <= s.deepest {
		s.endFull()
	}
}

// endFull ends a piece that is long enough.
func (s *surveyor) endFull() {
	if tokens := s.out.tokens + s.blank; s.at-s.last >= pieceBytes || tokens-s.count >= pieceTokens {
		s.endPiece(s.at, tokens)
	}
}

// endPiece ends a piece at a place that has some tokens before it.
func (s *surveyor) endPiece(at, tokens int) {
	if at > s.last && !bytes.HasPrefix(s.text[at:], plain.Mark) { // hclsyntax skips one where it begins
		s.out.ends = append(s.out.ends, at)
		s.last, s.count = at, tokens
	}
}

// endItem ends a piece before an item if only one of both is kept: else the nodes of what is beside a
// small block would be kept with it.
func (s *surveyor) endItem() {
	it := s.item
	it.tokens = s.out.tokens - s.before
	s.before = s.out.tokens
	s.item = item{at: s.at}
	if it.tokens == 0 {
		return // a blank line, or a comment
	}
	if it.kept != s.kept {
		s.endPiece(it.at, s.out.tokens+s.blank-it.tokens)
		s.kept = it.kept
	}
	// Others are counted in sum only: these have limits of their own.
	if it.kept || it.tokens > maxBlockTokens {
		s.out.whole = append(s.out.whole, it)
	}
}

// comment is false for one without an end. hclsyntax would take its mark for two operators
// that cannot follow each other, and look for an end behind each other mark too.
func (s *surveyor) comment() bool {
	end := bytes.Index(s.text[s.at+2:], []byte("*/"))
	if end < 0 {
		s.out.open = s.at
		return false
	}
	s.at += end + 4
	s.out.tokens++
	s.endBetween()
	return true
}

// closeBracket is false for one that is not open, after which hclsyntax reads no further.
func (s *surveyor) closeBracket() bool {
	top := s.top()
	s.out.tokens++
	// } of ${ closes code, with a string or heredoc around it; at the top nothing is around.
	if top.open == 0 && len(s.modes) == 1 {
		return false
	}
	s.at++
	if top.open == 0 {
		s.modes = s.modes[:len(s.modes)-1] // the end of ${ or %{
		return true
	}
	top.open--
	if s.atTop() {
		s.closes++
		s.closed = s.at - 1
	}
	return true
}

// word reads a name, digits, or one character of anything else.
func (s *surveyor) word() {
	s.out.tokens++
	from := s.at
	c, size := utf8.DecodeRune(s.text[s.at:])
	s.at += size
	// A number ends before a letter, as in 1e5, which costs one token more than
	// hclsyntax makes: an estimate may be high.
	more := isDigit
	switch {
	case beginsName(c):
		more = continuesName
	case !isDigit(c):
		return
	}
	for s.at < len(s.text) {
		c, size := utf8.DecodeRune(s.text[s.at:])
		if !more(c) {
			break
		}
		s.at += size
	}
	switch string(s.text[from:s.at]) {
	case "locals", "dynamic":
		// only the type of a block at the top; a local value may be called locals
		s.item.kept = s.item.kept || s.atTop()
	}
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func beginsName(c rune) bool { return c == '_' || unicode.IsLetter(c) }

func continuesName(c rune) bool {
	return beginsName(c) || c == '-' || unicode.In(c, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)
}

// quoted reads a string up to its end, its line end, which is a mistake, or the next
// template in it.
func (s *surveyor) quoted() bool {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '\n':
			return false
		// the next character is escaped, be it a quote
		case '\\':
			// past the end of the text if the backslash is its last byte
			s.at += 2
			continue
		case '"':
			s.at++
			s.modes = s.modes[:len(s.modes)-1]
			return true
		case '$', '%':
			if s.template() {
				return true
			}
			continue
		}
		s.at++
	}
	// which a backslash as the last byte may have passed
	s.at = len(s.text)
	return true
}

// template reads $ or %, and tells whether code begins behind it.
func (s *surveyor) template() bool {
	rest := s.text[s.at:]
	s.out.tokens++
	switch {
	case len(rest) > 2 && rest[1] == rest[0] && rest[2] == '{':
		// $${ and %%{ are text
		s.at += 3
	case len(rest) > 1 && rest[1] == '{':
		s.at += 2
		s.out.tokens++
		s.push(mode{kind: 'c'})
		return true
	default:
		s.at++
	}
	return false
}

// openHeredoc reads << and what is behind it if that begins a heredoc.
func (s *surveyor) openHeredoc() {
	s.at += 2
	s.out.tokens += 2
	// <<- is the same heredoc with its indentation taken off
	marker := bytes.TrimPrefix(s.text[s.at:s.lineEnd()], []byte("-"))
	name, ends := bytes.CutSuffix(marker, []byte("\n"))
	// hclsyntax takes CR LF for the line end here
	name = bytes.TrimSuffix(name, []byte("\r"))
	// << without a name and a line end is two operators, as hclsyntax has it
	if !ends || !isName(name) {
		return
	}
	s.at = s.lineEnd()
	s.push(mode{kind: 'h', marker: name})
}

func isName(text []byte) bool {
	first, size := utf8.DecodeRune(text)
	return beginsName(first) && bytes.IndexFunc(text[size:], func(c rune) bool { return !continuesName(c) }) < 0
}

// heredocTokens is for how many tokens a line of a heredoc counts: hclsyntax takes 4 KiB to read one.
const heredocTokens = 3

// heredoc reads one line of a heredoc up to its end or the next template in it.
func (s *surveyor) heredoc() {
	// Behind a template in the same line the mark is text.
	lineStart := s.text[s.at-1] == '\n'
	end := s.lineEnd()
	if lineStart && bytes.Equal(bytes.TrimSpace(s.text[s.at:end]), s.top().marker) {
		// The line end is that of the code in which the heredoc is.
		s.at += len(bytes.TrimRight(s.text[s.at:end], "\r\n"))
		s.modes = s.modes[:len(s.modes)-1]
		return
	}
	s.out.tokens += heredocTokens
	for s.at < end {
		if c := s.text[s.at]; c != '$' && c != '%' {
			s.at++
		} else if s.template() {
			return
		}
	}
}

// lexedInParts yields the tokens of a text that begins where nothing is open, but not all at once: a text that is one
// block, and is parsed as a whole, is lexed in parts where its tokens are only looked at. No string or heredoc is in
// two of them. The token for the end of the text is not among them.
func lexedInParts(file File, start hcl.Pos) iter.Seq[hclsyntax.Tokens] {
	return func(yield func(hclsyntax.Tokens) bool) {
		s := newSurveyor(file.Text)
		s.deepest = anyDepth
		at := 0
		for _, end := range append(s.survey().ends, len(file.Text)) {
			if end <= at {
				continue // a part that did not end where the survey thought has taken the rest
			}
			tokens, _ := hclsyntax.LexConfig(file.Text[at:end], file.Name, start)
			// Lexing goes from left to right, so the tokens up to here are right, and their end shows whether the
			// survey was.
			if end < len(file.Text) && openTemplates(tokens) > 0 {
				end = len(file.Text)
				tokens, _ = hclsyntax.LexConfig(file.Text[at:end], file.Name, start)
			}
			last := len(tokens) - 1
			at, start = end, tokens[last].Range.Start
			if !yield(tokens[:last]) {
				return
			}
		}
	}
}

// openTemplates is how many of the quoted strings and heredocs that begin in some tokens have no end in them.
func openTemplates(tokens hclsyntax.Tokens) int {
	n := 0
	for i := range tokens {
		n += nests(tokens[i].Type)
	}
	return n
}
