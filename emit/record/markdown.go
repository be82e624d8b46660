package record

import (
	"iter"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// Markdown prints a document.
func Markdown(d *Document) string {
	var b strings.Builder
	b.WriteString("# " + Inline(d.Title) + "\n")
	for _, section := range d.Sections {
		if section.Title != nil {
			b.WriteString("\n" + strings.Repeat("#", section.Level) + " " + Inline(section.Title) + "\n")
		}
		for _, block := range section.Blocks {
			b.WriteString("\n")
			printBlock(&b, block)
		}
	}
	return b.String()
}

func printBlock(b *strings.Builder, block Block) {
	switch block := block.(type) {
	case Paragraph:
		b.WriteString(Inline(words.Text(block)) + "\n")
	case List:
		for _, item := range block {
			b.WriteString("- " + Inline(item) + "\n")
		}
	case Table:
		b.WriteString(Heading(inlines(block.Head)...))
		for _, row := range block.Rows {
			b.WriteString(Row(inlines(row)...))
		}
	case Listing:
		b.WriteString(fenced(block))
	}
}

// Inline prints what is on one line.
func Inline(text words.Text) string {
	var b strings.Builder
	for _, span := range text {
		switch span.Form {
		case words.IsOwn:
			b.WriteString(span.Text)
		case words.IsFree:
			b.WriteString(Text(span.Text))
		case words.IsName:
			b.WriteString(Code(span.Text))
		}
	}
	return b.String()
}

func inlines(texts []words.Text) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = Inline(text)
	}
	return out
}

// Text returns s as running text on one line. Words that a Markdown reader, or a site
// that shows Markdown, could take for more than text (*, _, links, @name, #12, :name:,
// $x$, a commit) become code spans: no site looks into those, while it does look
// behind a backslash. Such words one after the other are one span, and so are the words
// of a command. Where s is in the line does not matter.
func Text(s string) string {
	var b, code strings.Builder
	after := "" // the punctuation behind the span that is open
	end := func() {
		if code.Len() > 0 {
			b.WriteString(Code(code.String()) + after)
			code.Reset()
		}
	}
	b.Grow(len(s) + 8) // of words that become code a few
	for w := range cut(s) {
		// Only words without punctuation between them: a comma inside a code span would be taken for part of a
		// command.
		if w.code != "" && w.before == "" && code.Len() > 0 && after == "" {
			code.WriteString(" ")
		} else {
			end()
			if b.Len() > 0 {
				b.WriteString(" ")
			}
			b.WriteString(w.before)
		}
		code.WriteString(w.code)
		after = w.after
	}
	end()
	return b.String()
}

// part is a word of a text, or a command in it: what is code, and what is before and
// after that. A plain word is all before.
type part struct{ before, code, after string }

// cut splits a text at its blanks.
func cut(s string) iter.Seq[part] {
	return func(yield func(part) bool) {
		first, more := true, true
		for s = strings.TrimLeft(s, " "); s != "" && more; s = strings.TrimLeft(s, " ") {
			// Commands first: their words may be plain, and would be typed without the others.
			word, rest, _ := strings.Cut(s, " ")
			if mayBeCommand(word, rest) {
				if m := command.FindStringSubmatch(s); m != nil {
					more = yield(part{code: m[1], after: m[2]})
					first, s = false, s[len(m[1])+len(m[2]):]
					continue
				}
			}
			s = rest
			// A number with a dot begins a list only where the text may begin a line.
			if plainWord(word) && (!first || !listNumber.MatchString(word)) {
				more = yield(part{before: word})
			} else {
				more = yield(codeWord(word))
			}
			first = false
		}
	}
}

// command is what a text says to type, or to write into the spec, with all its words.
var command = pattern.New(`^(` + strings.Join([]string{
	`\.\\(?:` + strings.Join(append(plan.Scripts(), plan.RollbackScript), "|") + `)\.ps1 -Stage \w+`,
	`-Waive (?:P\d\d(?:,P\d\d)*|[A-Z]+)`,
	`-Attest "who, ticket"`,
	`Invoke-Command -FilePath`,
	`powershell\.exe -NoProfile`,
	`edgeplan verify`,
	`sc\.exe queryex NAME`,
	`taskkill\.exe /F /PID PID`,
	`aws route53 [-a-z]+(?: --hosted-zone-id ID)?(?: --change-batch file://[-.\w/]+\w)?`,
	`[a-z][a-z0-9_]* = (?:"[-.\w]*"|\w+)`,
}, "|") + `)([)"'.,;:?]*)(?: |$)`)

// Commands cuts a text, made visible, into what is to be typed or written as it stands, and the rest.
func Commands(s string) words.Text {
	s = words.Visible(strings.Trim(s, " "))
	if !namesCommand(s) {
		return words.Text{{Form: words.IsOwn, Text: s}}
	}
	var out words.Text
	var plain strings.Builder
	end := func() {
		if plain.Len() > 0 {
			out = append(out, words.Span{Form: words.IsOwn, Text: plain.String()})
			plain.Reset()
		}
	}
	for s != "" {
		word, rest, more := strings.Cut(s, " ")
		if mayBeCommand(word, rest) {
			if m := command.FindStringSubmatch(s); m != nil {
				end()
				out = append(out, words.Span{Form: words.IsName, Text: m[1]})
				s = s[len(m[1]):]
				continue
			}
		}
		plain.WriteString(word)
		if more {
			plain.WriteString(" ")
		}
		s = rest
	}
	end()
	return out
}

// namesCommand tells whether one of the words of a text could begin a command.
func namesCommand(s string) bool {
	for s != "" {
		word, rest, _ := strings.Cut(s, " ")
		if mayBeCommand(word, rest) {
			return true
		}
		s = rest
	}
	return false
}

// mayBeCommand tells whether a command could begin with a word that others follow. It is asked of each
// word of a record, of which few are commands.
func mayBeCommand(word, rest string) bool {
	switch word {
	case "-Waive", "-Attest", "Invoke-Command", "powershell.exe", "edgeplan", "sc.exe", "taskkill.exe", "aws":
		return true
	}
	return strings.HasPrefix(word, `.\`) || strings.HasPrefix(rest, "= ")
}

var (
	// plainShape begins with nothing that begins a block, and holds no character that
	// means something to Markdown or to one of the sites.
	plainShape = pattern.New(`^[("']*[\pL\pN][-\pL\pM\pN.,;:()/'"+?]*$`)
	// listNumber begins a list at the start of a line.
	listNumber = pattern.New(`^\d+[.)]`)
	// notPlain is a link, an emoji, a ticket or a commit all the same.
	notPlain = pattern.New(`(?i)//|www\.|:.*:|^[("']*gh-|^[("']*[0-9a-f]{7,64}[)"'.,;:?]*$`)
)

// codeWord leaves brackets, quotes and punctuation around a word out of its code.
func codeWord(word string) part {
	core := strings.TrimRight(strings.TrimLeft(word, `("'`), `)"'.,;:?`)
	// Nothing but brackets and quotes.
	if core == "" {
		return part{code: word}
	}
	at := strings.Index(word, core)
	return part{word[:at], core, word[at+len(core):]}
}

func plainWord(word string) bool {
	// Nearly all words of a record are in ASCII, and expressions take ten times as long.
	if plain, known := plainASCII(word); known {
		return plain
	}
	return isPlain(word)
}

// plainASCII is isPlain without expressions, for words of the ASCII characters that plainShape has; known
// is false for others.
func plainASCII(word string) (plain, known bool) {
	marks := false
	for i := range len(word) {
		if !isAlphanumeric(word[i]) {
			if strings.IndexByte(`-.,;:()/'"+?`, word[i]) < 0 {
				return false, false
			}
			marks = marks || i < len(word)-1 || word[i] == '-'
		}
	}
	// Nearly all words: letters and digits, and perhaps a mark behind them.
	if !marks && word != "" && isAlphanumeric(word[0]) && !strings.EqualFold(word[max(0, len(word)-4):], "www.") {
		return !isHex(strings.TrimRight(word, `)"'.,;:?`)), true
	}
	core := strings.TrimLeft(word, `("'`)
	lower := strings.ToLower(core)
	colon := strings.IndexByte(word, ':')
	switch {
	case core == "" || !isAlphanumeric(core[0]), // plainShape
		strings.Contains(word, "//"), strings.Contains(strings.ToLower(word), "www."), // notPlain, from here on
		colon >= 0 && strings.IndexByte(word[colon+1:], ':') >= 0, strings.HasPrefix(lower, "gh-"):
		return false, true
	}
	return !isHex(strings.TrimRight(lower, `)"'.,;:?`)), true
}

// isHex tells whether a word could be a commit.
func isHex(word string) bool {
	return len(word) >= 7 && len(word) <= 64 && strings.Trim(word, "0123456789abcdefABCDEF") == ""
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isPlain(word string) bool {
	// The shape allows letters of all scripts, so what is hidden among them is asked for by itself.
	return words.Visible(word) == word && plainShape.MatchString(word) && !notPlain.MatchString(word)
}

// Code returns s as a code span, with everything invisible shown as \u{...}. An empty
// string, which cannot be one, is "(empty)".
func Code(s string) string {
	if s == "" {
		return "(empty)"
	}
	s = words.Visible(s)
	// CommonMark: a span is closed by a run of as many backticks as opened it, and backslashes mean nothing
	// inside.
	fence := strings.Repeat("`", longestRun(s)+1)
	// One blank at both ends is taken off again by the reader.
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// fenced is a listing as a code block.
func fenced(listing Listing) string {
	var b strings.Builder
	// A fence has at least three backticks.
	longest := 2
	for _, line := range listing.Lines {
		longest = max(longest, longestRun(line))
	}
	fence := strings.Repeat("`", longest+1)
	b.WriteString(fence + listing.Language + "\n")
	for _, line := range listing.Lines {
		b.WriteString(line + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String()
}

func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		run++
		if r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// cell makes finished Markdown fit a cell of a table. A pipe, which Text and Code have
// in code spans only, is written \| in a table. Behind a backslash readers do not agree
// what that means: there it is shown as \u{7C}.
func cell(markdown string) string {
	if !strings.Contains(markdown, "|") {
		return markdown
	}
	var b strings.Builder
	var before rune
	for _, r := range markdown {
		switch {
		case r != '|':
			b.WriteRune(r)
		case before == '\\':
			// Readers disagree: for some of them the pipe ends the cell.
			b.WriteString(`\u{7C}`)
		default:
			b.WriteString(`\|`)
		}
		before = r
	}
	return b.String()
}

// Row is one line of a table, of finished Markdown.
func Row(cells ...string) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = cell(c)
	}
	return "| " + strings.Join(out, " | ") + " |\n"
}

// Heading is a table head with the line below it.
func Heading(names ...string) string {
	// The line below the head makes it a table: as many cells as names.
	return Row(names...) + strings.Repeat("|---", len(names)) + "|\n"
}
