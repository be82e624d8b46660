package parser

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// brokenFile is one that hcl cannot read. What hcl says of it speaks of tokens and expressions,
// more than once for one mistake and often at the place where it was noticed. The readers of
// findings are administrators, so the mistake itself is looked for in the line, and one finding
// says what to write.
type brokenFile struct {
	file    File
	tokens  hclsyntax.Tokens
	cut     bool  // the file has more of them
	matched bool  // match has been through the brackets
	bracket *slip // what it found
}

// slip is a mistake that was recognized.
type slip struct {
	at   hcl.Range
	says string
	last bool // nothing after it can be relied on
}

// maxExplained is how many bytes are lexed to explain a mistake, but for a piece that is longer.
const maxExplained = 128 << 10

// explainSyntax makes one finding of all that hcl says about a line of the piece of a file
// between two places. Before it, nothing is open.
func explainSyntax(file File, start hcl.Pos, end int, diags hcl.Diagnostics) hcl.Diagnostics {
	if !diags.HasErrors() {
		return diag.Import(diags)
	}
	// what is missing in this piece may be in the next, but not far behind
	end = max(end, min(start.Byte+maxExplained, len(file.Text)))
	tokens, _ := hclsyntax.LexConfig(file.Text[start.Byte:end], file.Name, start)
	s := &brokenFile{file: file, tokens: tokens, cut: end < len(file.Text)}
	// A finding without a place is about no line, and cannot be sorted.
	diags = slices.DeleteFunc(slices.Clone(diags), func(d *hcl.Diagnostic) bool { return d.Subject == nil })
	// hcl reports some mistakes when it leaves a block; the first in the text explains the others
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte)
	})
	var out hcl.Diagnostics
	told := map[int]bool{} // lines
	for _, d := range diags {
		// Each one is a mistake of its own, also when two are in one line.
		if d.Summary == "Attribute redefined" {
			out = append(out, twice(d))
			continue
		}
		// what hcl says next about the line follows from the first mistake in it
		if told[d.Subject.Start.Line] {
			continue
		}
		told[d.Subject.Start.Line] = true
		found := s.find(d)
		if found == nil {
			out = append(out, diag.Import(hcl.Diagnostics{d})...)
			continue
		}
		// The mistake may be lines above the place where hcl noticed it, and another finding may have said it.
		if line := found.at.Start.Line; line != d.Subject.Start.Line {
			if told[line] {
				continue
			}
			told[line] = true
		}
		out = append(out, diag.New(codeSyntax, &found.at, found.says))
		// everything behind an open quote or bracket is read as something else
		if found.last {
			break
		}
	}
	return out
}

// twice is hcl's finding about an argument that is set twice, with the line of the first.
func twice(d *hcl.Diagnostic) *hcl.Diagnostic {
	name, place := "", ""
	// hcl has the name and the first place only in its sentence: The argument "x"
	// was already set at FILE:LINE,COLUMNS.
	if words := strings.SplitN(d.Detail, `"`, 3); len(words) == 3 {
		name = words[1]
	}
	if _, rest, ok := strings.Cut(d.Detail, "already set at "); ok {
		place, _, _ = strings.Cut(rest, ",")
		place = " in " + place
	}
	return diag.New(codeDuplicate, d.Subject,
		fmt.Sprintf("%s is already set%s. Remove one of the two lines.", name, place))
}

// find looks for the mistake behind what hcl says.
func (s *brokenFile) find(d *hcl.Diagnostic) *slip {
	line := s.line(d.Subject.Start.Line)
	// From what makes nonsense of a whole line to what is odd in one place of it: the first that fits wins, so a
	// comment of another language is not taken for an argument without equals sign.
	for _, look := range []func(*hcl.Diagnostic, hclsyntax.Tokens) *slip{
		s.fence, s.comment, s.character, s.openQuote, s.heredoc, s.escape, s.brackets,
		s.colon, s.blockEquals, s.noEquals, s.nextLine, s.noQuotes, endOfArgument, oneLine,
		s.number, noComma,
		interpolation,
	} {
		if found := look(d, line); found != nil {
			return found
		}
	}
	return nil
}

// line returns the tokens that begin in a line.
func (s *brokenFile) line(n int) hclsyntax.Tokens {
	from, _ := slices.BinarySearchFunc(s.tokens, n,
		func(t hclsyntax.Token, n int) int { return cmp.Compare(t.Range.Start.Line, n) })
	// A token of more than one line, such as a comment, belongs to the line in which it begins.
	to := from
	for to < len(s.tokens) && s.tokens[to].Range.Start.Line == n {
		to++
	}
	return s.tokens[from:to]
}

// words are the tokens of a line without its comment and its end.
func words(line hclsyntax.Tokens) hclsyntax.Tokens {
	for i, t := range line {
		if t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment || t.Type == hclsyntax.TokenEOF {
			return line[:i]
		}
	}
	return line
}

// lineText is the text of the line that holds a byte, without the blanks around it.
func (s *brokenFile) lineText(at int) string {
	start := bytes.LastIndexByte(s.file.Text[:at], '\n') + 1
	end := len(s.file.Text)
	if n := bytes.IndexByte(s.file.Text[at:], '\n'); n >= 0 {
		end = at + n
	}
	return strings.TrimSpace(string(s.file.Text[start:end]))
}

// text is what is in a range.
func (s *brokenFile) text(rng hcl.Range) string {
	return string(s.file.Text[rng.Start.Byte:max(rng.Start.Byte, min(rng.End.Byte, len(s.file.Text)))])
}

// endOfHeredoc says where the line has to be that ends a text: where a line ends in its mark,
// if one does.
func (s *brokenFile) endOfHeredoc(begin hcl.Range, mark string) string {
	line := begin.Start.Line
	for text := range bytes.Lines(s.file.Text[begin.End.Byte:]) {
		// the line of << itself ends in the mark too
		if line > begin.Start.Line && bytes.HasSuffix(bytes.TrimRight(text, " \t\r\n"), []byte(" "+mark)) {
			return fmt.Sprintf("In line %d %s is behind other text: move it into a line of its own", line, cut(mark))
		}
		line++
	}
	return "Add such a line below the text"
}

// indent is the width of the blanks before the first character of the line of a token, and
// whether the token is that character.
func (s *brokenFile) indent(t hclsyntax.Token) (width int, first bool) {
	start := bytes.LastIndexByte(s.file.Text[:t.Range.Start.Byte], '\n') + 1
	before := s.file.Text[start:t.Range.Start.Byte]
	rest := bytes.TrimLeft(before, " \t")
	// A tab counts as one blank: the two lines that are compared are indented by the same editor.
	return len(before) - len(rest), len(rest) == 0
}

// openQuote finds a string that does not end in its line.
func (s *brokenFile) openQuote(_ *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	end := slices.IndexFunc(line, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenQuotedNewline })
	if end < 0 {
		return nil
	}
	open := end
	for open >= 0 && line[open].Type != hclsyntax.TokenOQuote {
		open--
	}
	// The string began in a line before, so this line has only its end.
	if open < 0 {
		return &slip{at: line[end].Range, last: true, says: "A string ends with its line, but this one has no " +
			"closing quotation mark. Look for a missing \" in this line or in those before it."}
	}
	text := s.text(hcl.RangeBetween(line[open].Range, line[end].Range))
	text = strings.TrimSpace(strings.TrimPrefix(text, `"`))
	at := hcl.RangeBetween(line[open].Range, line[max(open, end-1)].Range)
	// fqdn = sip.contoso.com": the mark that was meant to close opens a string of nothing.
	if text == "" && open > 0 && line[open-1].Range.End == line[open].Range.Start {
		first := open - 1
		// What touches the mark without a blank is the text that was to be in quotation marks.
		for first > 0 && line[first-1].Range.End == line[first].Range.Start {
			first--
		}
		at = hcl.RangeBetween(line[first].Range, line[open].Range)
		return &slip{at: at, last: true,
			says: fmt.Sprintf("The quotation mark before this text is missing. Write \"%s.", cut(s.text(at)))}
	}
	// the quote of a label is missing, and the { of the block is not part of it
	if strings.HasSuffix(text, "{") {
		text = strings.TrimSpace(strings.TrimSuffix(text, "{"))
		return &slip{at: at, last: true,
			says: fmt.Sprintf("The closing quotation mark is missing. Write \"%s\" {", cut(text))}
	}
	return &slip{at: at, last: true,
		says: fmt.Sprintf("The closing quotation mark is missing. Write \"%s\", all in one line.", cut(text))}
}

// heredoc finds one whose end is missing.
func (s *brokenFile) heredoc(d *hcl.Diagnostic, _ hclsyntax.Tokens) *slip {
	if d.Summary != "Unterminated template string" {
		return nil
	}
	// the last one that begins is the one that has swallowed the rest
	for i := len(s.tokens) - 1; i >= 0; i-- {
		if t := s.tokens[i]; t.Type == hclsyntax.TokenOHeredoc {
			at := t.Range
			name := strings.TrimLeft(strings.TrimSpace(string(t.Bytes)), "<-")
			// The token has its line end in it, with which the mark would be shown on two lines.
			at.End = at.Start
			at.End.Byte += len(strings.TrimRight(string(t.Bytes), "\r\n"))
			at.End.Column += len(strings.TrimRight(string(t.Bytes), "\r\n"))
			return &slip{at: at, last: true,
				says: fmt.Sprintf("The text that begins here has no end: no line below consists of %s alone. %s; for "+
					"a text of one line use quotation marks instead: \"text\".", cut(name), s.endOfHeredoc(at, name))}
		}
	}
	return nil
}

// brackets finds a bracket without a partner, if the brackets of the file do not match.
func (s *brokenFile) brackets(d *hcl.Diagnostic, _ hclsyntax.Tokens) *slip {
	switch {
	// All that a bracket without partner makes hcl say, in whatever place it notices.
	case strings.HasPrefix(d.Summary, "Unclosed"), strings.HasPrefix(d.Summary, "Unterminated"),
		strings.HasPrefix(d.Summary, "Missing item separator"), strings.HasPrefix(d.Summary, "Missing attribute"),
		strings.HasPrefix(d.Summary, "Missing argument separator"), strings.HasPrefix(d.Summary, "Unbalanced"),
		strings.HasPrefix(d.Summary, "Missing newline"), d.Summary == "Argument or block definition required",
		d.Summary == "Invalid expression", d.Summary == "Missing close bracket on index":
		// once a file: a file with many findings would be walked for each
		if !s.matched {
			s.matched, s.bracket = true, s.match()
		}
		// A bracket behind the place has not caused this finding, but hcl shows an unclosed block where it opens.
		if s.bracket != nil &&
			(s.bracket.at.Start.Byte <= d.Subject.Start.Byte || d.Summary == "Unclosed configuration block") {
			return s.bracket
		}
	}
	return nil
}

var partners = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenCBrace: hclsyntax.TokenOBrace, hclsyntax.TokenCBrack: hclsyntax.TokenOBrack,
	hclsyntax.TokenCParen: hclsyntax.TokenOParen,
}

// match goes through the brackets up to the one that is wrong. Which of several braces that is
// only their indentation tells: a brace that closes a block is as far to the right as the
// line in which the block begins.
func (s *brokenFile) match() *slip {
	var open hclsyntax.Tokens
	var odd *slip // the first brace that is indented otherwise than its partner
	for _, t := range s.tokens {
		top := hclsyntax.Token{Type: hclsyntax.TokenNil}
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl:
			open = append(open, t)
			continue
		// Ends ${ or %{, which the lexer itself matches.
		case hclsyntax.TokenTemplateSeqEnd:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		case hclsyntax.TokenEqual:
			// no list or call has an equals sign in it, so the next argument has begun
			if top.Type == hclsyntax.TokenOBrack || top.Type == hclsyntax.TokenOParen {
				return s.notClosed(top)
			}
			continue
		case hclsyntax.TokenEOF:
			if odd != nil {
				return odd
			}
			// where the file goes on behind the tokens, the bracket may be closed there
			if len(open) > 0 && !s.cut {
				return s.notClosed(top)
			}
			continue
		}
		partner, closes := partners[t.Type]
		switch {
		case !closes:
			continue
		case len(open) == 0:
			if odd != nil {
				return odd
			}
			return &slip{at: t.Range, last: true,
				says: fmt.Sprintf("This %s closes nothing: there is one too many, here or above. Remove it.", t.Bytes)}
		case top.Type != partner && t.Type == hclsyntax.TokenCBrace:
			// a } where [ or ( is open: the end of the block is reached first
			return s.notClosed(top)
		case top.Type != partner:
			return &slip{at: t.Range, last: true,
				says: fmt.Sprintf("This %s closes nothing: the bracket that is open here is the %s of line %d. "+
					"Remove it, or close that one first.", t.Bytes, top.Bytes, top.Range.Start.Line)}
		}
		// Kept, not returned: indentation means something only once the brackets do not match.
		if odd == nil && t.Type == hclsyntax.TokenCBrace {
			odd = s.odd(top, t)
		}
		open = open[:len(open)-1]
	}
	return nil
}

// odd compares the indentation of two braces that are partners.
func (s *brokenFile) odd(open, end hclsyntax.Token) *slip {
	have, first := s.indent(end)
	want, _ := s.indent(open)
	switch {
	// a brace behind other text says nothing about indentation
	case !first || have == want || open.Range.Start.Line == end.Range.Start.Line:
		return nil
	case have < want:
		// A } further left than its { was meant for a block further out, so one is missing before it.
		return s.notClosed(open)
	}
	return &slip{at: end.Range, last: true, says: fmt.Sprintf("By its indentation this } is one too many: it closes "+
		"the { of line %d. Remove it, or add the line that opens a block above it.", open.Range.Start.Line)}
}

func (s *brokenFile) notClosed(open hclsyntax.Token) *slip {
	// ${~ and %{~ also remove the blanks before them.
	sign := strings.TrimSuffix(string(open.Bytes), "~")
	closing := map[string]string{"{": "}", "[": "]", "(": ")", "${": "}", "%{": "}"}[sign]
	what := map[string]string{
		"{": "block", "[": "list", "(": "part in parentheses", "${": "value", "%{": "marker",
	}[sign]
	at, _ := slices.BinarySearchFunc(s.tokens, open.Range.Start.Byte,
		func(t hclsyntax.Token, n int) int { return cmp.Compare(t.Range.Start.Byte, n) })
	// { begins a block or a map; the token before it tells which, and the name is in the finding.
	if sign == "{" && at > 0 {
		switch s.tokens[at-1].Type {
		case hclsyntax.TokenEqual, hclsyntax.TokenColon, hclsyntax.TokenComma, hclsyntax.TokenOBrack,
			hclsyntax.TokenOParen:
			what = "map"
		}
	}
	return &slip{at: open.Range, last: true,
		says: fmt.Sprintf("This %s is not closed. Add the missing %s where the %s ends.", open.Bytes, closing, what)}
}
