package diag

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

var suggestion = pattern.New(`^[^"]*("(?:[^"\\]|\\.)*").*Did you mean (?:[a-z ]*)("(?:[^"\\]|\\.)*")\?`)

// withDifference says how the name that a text suggests differs from the first one in it,
// where a reader cannot see that: in a letter of another script, a character that is not
// shown, or a digit that looks like a letter.
func withDifference(detail string) string {
	if !strings.Contains(detail, "Did you mean ") {
		return detail // there can be a hundred thousand, and the expression is slow
	}
	found := suggestion.FindStringSubmatch(detail)
	if found == nil {
		return detail
	}
	// Findings quote names with %q. What a library quoted otherwise has no difference added.
	given, err := strconv.Unquote(found[1])
	meant, err2 := strconv.Unquote(found[2])
	if err != nil || err2 != nil {
		return detail
	}
	a, b := firstDifference([]rune(given), []rune(meant))
	if !looksLike(a, b) {
		return detail
	}
	return detail + fmt.Sprintf(" The name that is written has %s where the other has %s.", named(a), named(b))
}

// firstDifference returns the first characters in which two texts differ, 0 at the end.
func firstDifference(a, b []rune) (rune, rune) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	first := func(text []rune) rune {
		if len(text) == 0 {
			return 0
		}
		return text[0]
	}
	return first(a), first(b)
}

// looksLike tells whether a reader may take one character for the other, or not see it.
func looksLike(a, b rune) bool {
	// In many fonts the characters of a group have one shape.
	for _, group := range []string{"l1I|", "O0"} {
		if isIn(a, group) && isIn(b, group) {
			return true
		}
	}
	return strange(a) || strange(b)
}

func isIn(r rune, group string) bool {
	for _, c := range group {
		if c == r {
			return true
		}
	}
	return false
}

// strange characters are none of Latin script: those that look like one, or like none.
func strange(r rune) bool {
	// From U+FF00 on there are full-width letters, which are Latin and look like those of ASCII.
	return r > unicode.MaxASCII && !(unicode.Is(unicode.Latin, r) && unicode.IsLetter(r) && (r < 0xff00))
}

// named is a character as a reader can tell it from others.
func named(r rune) string {
	switch {
	case r == 0:
		return "nothing"
	case !unicode.IsPrint(r) || unicode.Is(unicode.Mn, r): // a combining mark would be drawn over the quote
		return fmt.Sprintf("U+%04X, which is not seen", r)
	case unicode.Is(unicode.Cyrillic, r):
		return fmt.Sprintf("%q (Cyrillic, U+%04X)", r, r)
	case unicode.Is(unicode.Greek, r):
		return fmt.Sprintf("%q (Greek, U+%04X)", r, r)
	}
	return fmt.Sprintf("%q (U+%04X)", r, r)
}
