package parser

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/internal/plain"
)

// saveAs says what to do with a spec file that is no plain text.
var saveAs = map[plain.Kind]string{
	plain.Encoding: `Save it as UTF-8: in Notepad with "Save as" and Encoding: UTF-8; in PowerShell write such ` +
		`files ` +
		`with Set-Content -Encoding UTF8 and not with >.`,
	plain.Foreign: "Give the spec itself: a plain text in UTF-8, as Notepad or another editor for text saves it.",
	plain.Damaged: "Take the file from version control or a backup, or remove what does not belong there.",
	plain.LineEnds: `Save it with the line ends of Windows or Unix (CR LF or LF), which editors for text offer as ` +
		`"line endings" or "EOL".`,
	plain.CodePage: `Save it as UTF-8: in Notepad with "Save as" and Encoding: UTF-8.`,
}

// checkText returns a finding if a spec file is no plain text in UTF-8.
func checkText(file File) *hcl.Diagnostic {
	// In this order: UTF-16 is no UTF-8 either, and what it is called there would not help.
	bad := plain.Check(file.Text)
	if bad == nil {
		bad = plain.UTF8(file.Text)
	}
	if bad == nil {
		bad = plain.CarriageReturn(file.Text)
	}
	if bad == nil {
		return nil
	}
	rng := hcl.Range{Filename: file.Name}
	if !bad.Whole {
		// At one byte: what is wrong here is no whole character.
		rng = rangeAt(file, bad.At, bad.At+1)
	}
	return diag.New(codeNoText, &rng,
		fmt.Sprintf("%s%s. %s", bytes.ToUpper([]byte(bad.What[:1])), bad.What[1:], saveAs[bad.Kind]))
}

// rangeAt is a part of a file by its byte offsets.
func rangeAt(file File, start, end int) hcl.Range {
	return hcl.Range{Filename: file.Name, Start: posAt(file.Text, start), End: posAt(file.Text, end)}
}

func posAt(text []byte, at int) hcl.Pos {
	line := bytes.LastIndexByte(text[:at], '\n') + 1
	return hcl.Pos{Line: 1 + bytes.Count(text[:at], []byte("\n")), Column: 1 + utf8.RuneCount(text[line:at]), Byte: at}
}

// typography collects the characters between the tokens of a file that word processors,
// web pages and chats put in the place of those that were typed.
type typography struct {
	first hcl.Range
	char  rune
	count int
	other *hcl.Diagnostic // about characters that are none of these, when they are many
	odd   int             // how many of those
}

// maxOdd is how many characters that the language does not use are reported one by one.
const maxOdd = 20

// see looks at a token behind others. A string that is not closed on its line may end in
// a curly quote.
func (t *typography) see(token *hclsyntax.Token, before hclsyntax.Tokens) {
	switch token.Type {
	case hclsyntax.TokenInvalid:
		char, size := utf8.DecodeRune(token.Bytes)
		// an invalid token of several characters is something else
		if size == len(token.Bytes) && diag.LookAlike(char) != "" {
			t.note(token.Range, char)
		} else if t.odd++; t.odd > maxOdd && t.other == nil {
			t.other = diag.New(codeSyntax, &token.Range, fmt.Sprintf("There are more than %d characters up to here "+
				"that are not used within the language. Maybe this file is something else than a spec.", maxOdd))
		}
	case hclsyntax.TokenQuotedNewline:
		// a curly quote before this one is the finding already
		if len(before) == 0 || t.count > 0 {
			return
		}
		text := before[len(before)-1]
		// The curly quote is within the literal, because the string has no end for the lexer.
		if at := bytes.LastIndexAny(text.Bytes, "“”„‟"); at >= 0 {
			char, size := utf8.DecodeRune(text.Bytes[at:])
			start := text.Range.Start
			start.Byte += at
			// hcl counts clusters of characters; these are characters alone, which
			// differ only behind combining marks.
			start.Column += utf8.RuneCount(text.Bytes[:at])
			end := start
			end.Byte += size
			end.Column++
			t.note(hcl.Range{Filename: token.Range.Filename, Start: start, End: end}, char)
		}
	}
}

func (t *typography) note(rng hcl.Range, char rune) {
	if t.count == 0 {
		t.first, t.char = rng, char
	}
	t.count++
}

// finding is one for all of them, nil if there are none.
func (t *typography) finding() *hcl.Diagnostic {
	if t.count == 0 {
		// only without look-alikes, which say better what happened to the file
		return t.other
	}
	detail := fmt.Sprintf("Here is %s (U+%04X)%s", diag.LookAlike(t.char), t.char, remedy(t.char))
	if t.count > 1 {
		detail += fmt.Sprintf(" The file has %d such characters outside of strings and comments.", t.count)
	}
	return diag.New(codeSyntax, &t.first, detail)
}

func remedy(char rune) string {
	const from = ", which Word, web pages and chats put in. "
	switch {
	case unicode.IsControl(char):
		return ". Take it out; many editors do not show it."
	case diag.IsQuote(char):
		return from + `Type straight double quotes: "text".`
	case unicode.Is(unicode.Pd, char):
		return from + "Write a hyphen (-), or take it out."
	// Input methods of Chinese and Japanese type this block, which is ASCII at a fixed distance.
	case char >= 0xff01 && char <= 0xff5e:
		return from + fmt.Sprintf("Write %q.", char-0xfee0)
	case unicode.Is(unicode.Zs, char):
		return from + "Replace it with a blank."
	}
	return from + "Take it out."
}
