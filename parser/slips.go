package parser

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// fence finds the marks that Markdown, and so every chat program, puts around code.
func (s *brokenFile) fence(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	// The lexer makes of ``` whatever it can, so the text of the line is looked at and not its tokens.
	if len(line) == 0 || !strings.HasPrefix(s.lineText(line[0].Range.Start.Byte), "```") {
		return nil
	}
	return &slip{at: line[0].Range, says: "This line is the mark of Markdown for code, copied with the text. Remove " +
		"it, and the one at the end of the text."}
}

// comments of other languages, by how they begin.
var comments = []string{";", "--", "<#", "<!--", "::", "REM ", "rem ", "'"}

func (s *brokenFile) comment(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	if len(line) == 0 {
		return nil
	}
	// Only at the beginning of a line: REM or -- behind a value can be part of what is written.
	text := s.lineText(line[0].Range.Start.Byte)
	for _, mark := range comments {
		if strings.HasPrefix(text, mark) {
			return &slip{at: hcl.RangeBetween(line[0].Range, words(line)[max(0, len(words(line))-1)].Range),
				says: fmt.Sprintf("A comment begins with # and goes to the end of the line; %s is no comment here. "+
					"Write # in its place, at the beginning of each line of the comment.", strings.TrimSpace(mark))}
		}
	}
	return nil
}

var quotedText = pattern.New("^['`]([^'`\"]+)['`\"]")

// character finds one that means nothing in the language, but for those of word processors,
// which checkTokens reports.
func (s *brokenFile) character(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	// The first one explains the others: a string in single quotes has a mark at each end.
	i := slices.IndexFunc(line, func(t hclsyntax.Token) bool {
		switch t.Type {
		case hclsyntax.TokenInvalid, hclsyntax.TokenApostrophe, hclsyntax.TokenBacktick, hclsyntax.TokenBitwiseAnd,
			hclsyntax.TokenSemicolon:
			return true
		}
		return false
	})
	if i < 0 {
		return nil
	}
	t := line[i]
	c, _ := utf8.DecodeRune(t.Bytes)
	found := &slip{at: t.Range}
	// From the character on, as it was typed: the lexer has cut what follows into tokens of its own.
	rest := s.lineText(t.Range.Start.Byte)
	if at := strings.IndexRune(rest, c); at >= 0 {
		rest = rest[at:]
	}
	switch c {
	case '\'', '`':
		found.says = fmt.Sprintf("Text needs double quotation marks, not %c. Type \" in its place.", c)
		// With the other mark in the line the whole text can be shown as it has to be.
		if text := quotedText.FindStringSubmatch(rest); text != nil {
			found.says = fmt.Sprintf("Text needs double quotation marks, not %c. Write \"%s\".", c, cut(text[1]))
			found.at.End.Byte += len(text[0]) - len(t.Bytes)
			// columns are characters, bytes are not
			found.at.End.Column += utf8.RuneCountInString(text[0]) - 1
		}
	case ';':
		found.says = "No semicolon is needed: an argument ends with its line. Remove it."
	case '&':
		found.says = "This is HTML, from a web page: &quot; is a quotation mark there. Type \" in its place, and " +
			"correct other words that begin with & in the same way."
	case '@':
		found.says = powershellForm(rest, line)
	case '$':
		found.says = powershellVariable(rest)
	default:
		found.says = fmt.Sprintf("Here is %s, which means nothing in this place. Remove it; if it is part of a text, "+
			"put the text in double quotation marks.", diag.Character(c))
	}
	return found
}

func powershellForm(rest string, line hclsyntax.Tokens) string {
	switch {
	// Administrators paste what they have in scripts.
	case strings.HasPrefix(rest, "@("):
		return "@( ) is a list in PowerShell. Here a list has square brackets: [\"a\", \"b\"]"
	case strings.HasPrefix(rest, "@{"):
		return powershellTable(rest, line)
	}
	return "The character @ means nothing here. Remove it; if it is part of a text, put the text in double quotation " +
		"marks."
}

var tableValue = pattern.New(`^@\{\s*\w+\s*=\s*["']([^"'$]+)["']\s*\}`)

// powershellTable says what to write for a table of PowerShell. Of the arguments of blocks only
// includes is a map.
func powershellTable(rest string, line hclsyntax.Tokens) string {
	w := words(line)
	name := ""
	if len(w) > 1 && w[0].Type == hclsyntax.TokenIdent && w[1].Type == hclsyntax.TokenEqual {
		name = string(w[0].Bytes)
	}
	// @{ } in locals, or for includes, is a map here too.
	isArg := len(homes(func(s schema) bool { return slices.Contains(s.argNames(), name) })) > 0
	value := tableValue.FindStringSubmatch(rest)
	switch {
	case name == "includes" || !isArg:
		return "@{ } is a table in PowerShell. Write it as { name = \"value\" }, without @"
	case value != nil && (name == "partners" || name == "approvers" || name == "subject_alternative_names"):
		return fmt.Sprintf("@{ } is a table in PowerShell, but %s takes a list. Write %[1]s = [\"%[2]s\"]", name,
			cut(value[1]))
	case value != nil:
		return fmt.Sprintf("@{ } is a table in PowerShell, but %s takes one value. Write %[1]s = \"%[2]s\"", name,
			cut(value[1]))
	}
	return fmt.Sprintf("@{ } is a table in PowerShell, and %s takes none. Write the value itself, without @{ }", name)
}

var powershellName = pattern.New(`^\$(?:\w+:)?(\w+)`)

func powershellVariable(rest string) string {
	name := powershellName.FindStringSubmatch(rest)
	if name == nil {
		return "The character $ means nothing here. Remove it; if it is part of a text, put the text in double " +
			"quotation marks."
	}
	// $true is what PowerShell has for a value that is here as well.
	switch word := strings.ToLower(name[1]); word {
	case "true", "false", "null":
		return fmt.Sprintf("Write %s, without $.", word)
	}
	return fmt.Sprintf("%s is a variable of PowerShell, which a spec cannot see. Write the value itself; text needs "+
		"double quotation marks.", name[0])
}

// escape finds a backslash in a string that begins no escape.
func (s *brokenFile) escape(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	if d.Summary != "Invalid escape sequence" {
		return nil
	}
	from, to := -1, -1
	for i, t := range line {
		switch {
		// The last that opens before the place and the first that closes behind it: the string with the backslash.
		case t.Type == hclsyntax.TokenOQuote && t.Range.Start.Byte <= d.Subject.Start.Byte:
			from = i
		case t.Type == hclsyntax.TokenCQuote && t.Range.Start.Byte >= d.Subject.Start.Byte && to < 0:
			to = i
		}
	}
	if from < 0 || to < 0 {
		return nil
	}
	at := hcl.RangeBetween(line[from].Range, line[to].Range)
	text := strings.Trim(s.text(at), `"`)
	// In file a backslash is a path of Windows; anywhere else it may be meant.
	if first := words(line); len(first) > 0 && string(first[0].Bytes) == "file" {
		name := path.Base(strings.ReplaceAll(text, `\`, "/"))
		// A drive, a server or a variable leads out of the folder, so another sign does
		// not help: the file has to be copied.
		if drive := strings.HasPrefix(text, `\`) || strings.Contains(text, ":") || strings.Contains(text, "%"); drive {
			return &slip{at: at, says: fmt.Sprintf("A zone file is named relative to the folder of the spec, with "+
				"slashes and not backslashes. Copy it into that folder and write \"%s\".", cut(name))}
		}
		return &slip{at: at, says: fmt.Sprintf("A path has slashes here, not backslashes, and is relative to the "+
			"folder of the spec. Write \"%s\".", cut(strings.ReplaceAll(text, `\`, "/")))}
	}
	return &slip{at: at,
		says: fmt.Sprintf("In a text \\ begins a code such as \\n, and %s is none. For a backslash write two: \"%s\".",
			d.Subject.SliceBytes(s.file.Text), cut(doubled(text)))}
}

// doubled has two backslashes for each one.
func doubled(text string) string {
	// Those that are doubled already stay so: half of a path may have been mended.
	return strings.ReplaceAll(strings.ReplaceAll(text, `\\`, `\`), `\`, `\\`)
}

// colon finds one in place of the equals sign.
func (s *brokenFile) colon(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	w := words(line)
	// JSON and YAML have colons there. In a map HCL takes them too, and reports nothing.
	if len(w) < 2 || w[0].Type != hclsyntax.TokenIdent || w[1].Type != hclsyntax.TokenColon {
		return nil
	}
	return &slip{at: w[1].Range,
		says: fmt.Sprintf("An argument has an equals sign, not a colon. Write %s = %s", w[0].Bytes, s.valueText(w[2:]))}
}

// valueText is what is behind the equals sign of a line.
func (s *brokenFile) valueText(w hclsyntax.Tokens) string {
	if len(w) == 0 {
		return "VALUE"
	}
	return cut(s.text(hcl.RangeBetween(w[0].Range, w[len(w)-1].Range)))
}

// header reads the type and the labels in quotation marks that a line begins with, and returns
// the tokens behind them.
func header(line hclsyntax.Tokens) (labels int, rest hclsyntax.Tokens) {
	w := words(line)
	if len(w) == 0 || w[0].Type != hclsyntax.TokenIdent {
		return 0, nil
	}
	w = w[1:]
	for len(w) > 0 && w[0].Type == hclsyntax.TokenOQuote {
		// A label is an opening mark, its text and a closing mark; a template in it has more tokens.
		end := slices.IndexFunc(w, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenCQuote })
		if end < 0 {
			return labels, nil
		}
		labels, w = labels+1, w[end+1:]
	}
	return labels, w
}

// blockEquals finds an equals sign between the label of a block and its brace.
func (s *brokenFile) blockEquals(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	labels, rest := header(line)
	if labels == 0 || len(rest) < 2 || rest[0].Type != hclsyntax.TokenEqual || rest[1].Type != hclsyntax.TokenOBrace {
		return nil
	}
	head := strings.TrimSpace(s.text(hcl.Range{Start: line[0].Range.Start, End: rest[0].Range.Start}))
	return &slip{at: rest[0].Range, says: fmt.Sprintf("A block has no equals sign. Write %s {", cut(head))}
}

// noEquals finds an argument without its equals sign.
func (s *brokenFile) noEquals(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	labels, rest := header(line)
	w := words(line)
	// name "value": one text behind a name that is no block. More than one text is
	// a block of a type that is not known.
	if labels != 1 || len(rest) > 0 || isBlock(string(w[0].Bytes)) {
		return nil
	}
	return &slip{at: hcl.RangeBetween(w[0].Range, w[len(w)-1].Range),
		says: fmt.Sprintf("An equals sign is missing. Write %s = %s", w[0].Bytes, s.valueText(w[1:]))}
}

// nextLine finds the header of a block without its brace.
func (s *brokenFile) nextLine(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	w := words(line)
	if len(w) == 0 || !isBlock(string(w[0].Bytes)) {
		return nil
	}
	// Something else is behind the labels: then that is the mistake.
	if _, rest := header(line); len(rest) > 0 {
		return nil
	}
	end := w[len(w)-1].Range
	at := hcl.RangeBetween(w[0].Range, end)
	head := cut(s.text(at))
	// The style of C# and of PowerShell scripts: the brace in a line of its own, perhaps after blank lines.
	if bytes.HasPrefix(bytes.TrimLeft(s.file.Text[end.End.Byte:], " \t\r\n"), []byte("{")) {
		return &slip{at: at, says: fmt.Sprintf(
			"The { of a block must be at the end of the line that begins the block. Move it up: %s {", head)}
	}
	return &slip{at: at,
		says: fmt.Sprintf("The { of this block is missing. Write %s {, and } in a line after its last one.", head)}
}

// noQuotes finds a label, such as a host name, that is not in quotation marks.
func (s *brokenFile) noQuotes(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	w := words(line)
	if len(w) < 3 || !isBlock(string(w[0].Bytes)) || w[len(w)-1].Type != hclsyntax.TokenOBrace ||
		w[1].Type == hclsyntax.TokenOQuote {
		return nil
	}
	at := hcl.RangeBetween(w[1].Range, w[len(w)-2].Range)
	text := s.text(at)
	// Half of the marks are there, or it is no header at all: another look explains it.
	if strings.ContainsAny(text, "\"={}") {
		return nil
	}
	return &slip{at: at, says: fmt.Sprintf("A name needs quotation marks. Write %s \"%s\" {", w[0].Bytes, cut(text))}
}

// endOfArgument finds what is behind a value.
func endOfArgument(d *hcl.Diagnostic, _ hclsyntax.Tokens) *slip {
	switch d.Summary {
	case "Unexpected comma after argument":
		return &slip{at: *d.Subject, says: "An argument ends with its line, without a comma. Remove the comma."}
	// hcl noticed it behind the value: two arguments in a line, or a text of which only the first word is in marks.
	case "Missing newline after argument":
		return &slip{at: *d.Subject,
			says: "The value before this place is complete, and an argument ends with its line. Remove what follows, " +
				"or write it as an argument in a line of its own. Text needs double quotation marks."}
	}
	return nil
}

// oneLine finds a block of one line that holds more than one argument.
func oneLine(d *hcl.Diagnostic, _ hclsyntax.Tokens) *slip {
	if d.Summary != "Invalid single-argument block definition" && d.Summary != "Argument definition required" {
		return nil
	}
	return &slip{at: *d.Subject, says: "A block in one line can hold only one argument. Start a new line after the " +
		"{, after each argument, and before the }."}
}

// number finds an address or version without quotation marks.
func (s *brokenFile) number(d *hcl.Diagnostic, line hclsyntax.Tokens) *slip {
	if d.Summary != "Invalid number literal" {
		return nil
	}
	return &slip{at: *d.Subject, says: fmt.Sprintf(
		"This is not a number. Text, such as an address, needs quotation marks: \"%s\".", cut(s.text(*d.Subject)))}
}

// noComma finds two items of a list without a comma.
func noComma(d *hcl.Diagnostic, _ hclsyntax.Tokens) *slip {
	if d.Summary != "Missing item separator" {
		return nil
	}
	return &slip{at: *d.Subject,
		says: "A comma is missing before this item. Write the list with a comma between the items: [\"a\", \"b\"]"}
}

// interpolation finds ${ } with what is no expression.
func interpolation(d *hcl.Diagnostic, _ hclsyntax.Tokens) *slip {
	if d.Summary != "Extra characters after interpolation expression" && d.Summary != "Invalid template interpolation" {
		return nil
	}
	// ${env:NAME} of PowerShell and ${NAME:-default} of shells end here.
	return &slip{at: *d.Subject,
		says: "${ } in a text holds a value of this spec, such as ${local.domain}; variables of PowerShell or of the " +
			"environment cannot be read. Write the value itself. If the text is to have ${ in it, write $${"}
}
