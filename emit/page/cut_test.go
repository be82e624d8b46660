package page

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestCut: a text is cut between two characters, of which one is left, however little room there is.
func TestCut(t *testing.T) {
	for _, s := range []string{"\u6771\u4eac", "\U0001f600x", "abc", "\u00e9\u00e9"} {
		for width := range 40 {
			got := cut(s, width, "t")
			head := strings.TrimSuffix(got, "…")
			if !utf8.ValidString(got) || head == "" || !strings.HasPrefix(s, head) {
				t.Errorf("%q with room for %d is %q", s, width, got)
			}
		}
	}
}
