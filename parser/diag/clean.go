package diag

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// printable reports whether a character can be shown as it is. Controls, bidi
// overrides and other format characters, and all spaces but the ASCII one cannot:
// they move the cursor, reorder the text or hide what is there.
func printable(r rune) bool {
	return r == '\t' || unicode.IsPrint(r)
}

// display returns a character as it is shown, and how many cells of a terminal that
// takes. r and size are from utf8.DecodeRune; first is its first byte.
func display(r rune, size int, first byte) (s string, cells int) {
	switch {
	case r == utf8.RuneError && size <= 1:
		s = fmt.Sprintf(`\x%02x`, first)
		return s, len(s)
	case !printable(r):
		s = escape(r)
		return s, len(s)
	case r < utf8.RuneSelf:
		return string(r), 1
	case unicode.In(r, unicode.Mn, unicode.Me): // drawn over the character before it
		return string(r), 0
	}
	// Ambiguous characters count as narrow: terminals draw them so unless they are set to East Asian.
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return string(r), 2
	}
	return string(r), 1
}

// escape writes a character as strings of HCL and the quotes in texts of findings do: \n, \x1b,
// \u00a0.
func escape(r rune) string {
	// QuoteRune also escapes the quote, but that one prints and is never given.
	return strings.Trim(strconv.QuoteRune(r), "'")
}

// Clean returns a text with what does not print escaped, newlines too.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var out strings.Builder
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		shown, _ := display(r, size, s[at])
		out.WriteString(shown)
		at += size
	}
	return out.String()
}

func isClean(s string) bool {
	for _, r := range s {
		// A U+FFFD of the text itself only takes the slow way.
		if r == utf8.RuneError || !printable(r) {
			return false
		}
	}
	return true
}

// cleanLines is the lines of a text, each clean and without white space at its end.
func cleanLines(s string) []string {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	if s == "" {
		return nil
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		// The CR of a line end would be shown as \r.
		lines[i] = Clean(strings.TrimRightFunc(line, unicode.IsSpace))
	}
	return lines
}
