package zonediff

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

func TestLinesIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		old := randomText(rng)
		checkLines(t, old, mutate(rng, old), rng.IntN(4))
		checkLines(t, old, randomText(rng), rng.IntN(4))
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\nb\na\n", "b\na\nb", 3)
	f.Add("", "x\r\n", 0)
	f.Fuzz(func(t *testing.T, old, new string, context int) { checkLines(t, old, new, context) })
}

func checkLines(t *testing.T, old, new string, context int) {
	t.Helper()
	hunks := Lines([]byte(old), []byte(new), context)
	got, err := hunk.Apply([]byte(old), hunks)
	if err != nil || string(got) != new {
		t.Fatalf("%q -> %q: hunks %+v give %q, %v", old, new, hunks, got, err)
	}
	back, err := hunk.Apply([]byte(new), hunk.Reverse(hunks))
	if err != nil || string(back) != old {
		t.Fatalf("%q -> %q: reversed hunks %+v give %q, %v", new, old, hunks, back, err)
	}
}

// changed counts the lines that hunks delete or insert.
func changed(hunks []hunk.Hunk) int {
	n := 0
	for _, h := range hunks {
		n += 2*len(h.Lines) - h.OldCount() - h.NewCount()
	}
	return n
}

func numbered(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("host%d A 192.0.2.1\n", i)
	}
	return lines
}

// TestLinesStaysSmall: distant changes in a long text must not rewrite what is
// between them, and a shuffled one must end in reasonable time.
func TestLinesStaysSmall(t *testing.T) {
	lines := numbered(200_000)
	old := strings.Join(lines, "")
	lines[0], lines[100_000], lines[199_999] = "first\n", "middle\n", "last\n"
	hunks := Lines([]byte(old), []byte(strings.Join(lines, "")), 3)
	if got := changed(hunks); len(hunks) != 3 || got != 6 {
		t.Errorf("%d hunks, %d changed lines; want 3 and 6", len(hunks), got)
	}
	rand.New(rand.NewPCG(7, 8)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	new := strings.Join(lines, "")
	got, err := hunk.Apply([]byte(old), Lines([]byte(old), []byte(new), 3))
	if err != nil || string(got) != new {
		t.Errorf("the diff of a shuffled text is wrong: %v", err)
	}
}

// TestLinesFallsBack: without a line that occurs once in both texts nothing splits
// the work, and what is too large is replaced whole.
func TestLinesFallsBack(t *testing.T) {
	old := strings.Repeat("a\nb\n", 8_000)
	new := strings.Repeat("b\nc\n", 8_000)
	checkLines(t, old, new, 3)
	if got := changed(Lines([]byte(old), []byte(new), 3)); got != 32_000 {
		t.Errorf("%d changed lines, want all 32000", got)
	}
}

func TestSymbol(t *testing.T) {
	seen := make(map[rune]bool)
	for n := range maxDistinct {
		r := symbol(n)
		if seen[r] || !utf8.ValidRune(r) || r == utf8.RuneError {
			t.Fatalf("symbol(%d) = %U", n, r)
		}
		seen[r] = true
	}
}
