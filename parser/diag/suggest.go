package diag

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Suggest returns the known name that was probably meant: the nearest one within an
// edit distance of two, where a difference in case alone is none, or "". Of what has
// less than five characters one may differ, or two may have changed places: title is
// not like file. Of names as near as each other it returns the first in the order of their bytes.
func Suggest(given string, known []string) string {
	if len(given) > maxWord {
		return "" // it would be cut
	}
	want := folded(nil, given)
	// A name of one character is like nothing, one of two may differ in one.
	best, least := "", min(2, len(want)-1)
	var name []rune
	for _, k := range known {
		// Cheap first: a character has one to four bytes.
		if k == given || len(k) < len(want)-least || len(k) > utf8.UTFMax*(len(want)+least) {
			continue
		}
		name = folded(name[:0], k)
		d := distance(want, name, least)
		if d == 2 && len(want) < 5 && !sameLetters(want, name) {
			continue
		}
		if d < least || d == least && (best == "" || k < best) {
			best, least = k, d
		}
	}
	return best
}

func sameLetters(a, b []rune) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func folded(buf []rune, s string) []rune {
	for _, r := range s {
		buf = append(buf, unicode.ToLower(r))
	}
	return buf
}

// distance returns the Levenshtein distance of a and b, or limit+1 if it is more
// than limit, which is two at most.
func distance(a, b []rune, limit int) int {
	// Equal starts and ends cost no edit, and without them the recursion below is short.
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 0:
		return min(len(b), limit+1)
	case len(b) == 0:
		return min(len(a), limit+1)
	case limit <= 0:
		return limit + 1
	}
	// The first characters differ, so one edit is spent on them.
	return 1 + min(
		distance(a[1:], b, limit-1),
		distance(a, b[1:], limit-1),
		distance(a[1:], b[1:], limit-1),
	)
}
