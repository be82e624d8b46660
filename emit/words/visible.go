package words

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns s on one line and with every character that a reader could not see,
// or that would move what is beside it, as \u{HEX}: controls, line ends, bidi and
// zero-width characters, blanks other than the ASCII one, a blank at an end or after
// another. A byte that is not UTF-8 is \x{HEX}. A backslash that would make other text
// look like one of these is \u{5C}, so two strings never look the same for that reason.
func Visible(s string) string {
	// Nearly all texts of a plan are so.
	if plainlyVisible(s) {
		return s
	}
	return visible(s)
}

func visible(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var before rune // the character that was written last, 0 at the start
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		rest := s[at+size:]
		switch {
		case r == utf8.RuneError && size == 1:
			// U+FFFD that is really there has size 3 and is no error.
			fmt.Fprintf(&b, `\x{%02X}`, s[at])
			r = 'x'
		case hidden(r, before, rest):
			fmt.Fprintf(&b, `\u{%X}`, r)
			if r != ' ' {
				r = 'x'
			}
		default:
			b.WriteString(s[at : at+size])
		}
		// The letter x takes the place of what was escaped: a blank after it is an ordinary one.
		before = r
		at += size
	}
	return b.String()
}

// plainlyVisible tells whether all of a text is seen as it is, without looking at other characters than those of ASCII.
func plainlyVisible(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == '\\' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' ' || s == ""
}

func hidden(r, before rune, rest string) bool {
	switch {
	case r == ' ':
		// Blanks at the ends and doubled ones are not seen in print, and Markdown drops them.
		return before == 0 || before == ' ' || rest == ""
	case r == '\\':
		// Otherwise a text that holds \u{A} would look like one with a line end.
		return strings.HasPrefix(rest, "u{") || strings.HasPrefix(rest, "x{")
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7F
	case unicode.Is(unicode.Mark, r):
		// An accent after a letter is shown; one without a letter is put on what is printed before it.
		return !unicode.IsLetter(before) && !unicode.Is(unicode.Mark, before) || ignorable(r)
	}
	return !unicode.IsPrint(r) || ignorable(r)
}

// ignorable characters count as printable and yet show nothing. U+2800 is the braille
// pattern without dots.
func ignorable(r rune) bool {
	return r == 0x2800 || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
