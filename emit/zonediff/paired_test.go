package zonediff

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPaired: of lines that are like no other the diff is that of a comparison, whatever context is around changes.
func TestPaired(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 4))
	hunks := 0
	for range 3000 {
		var old, new strings.Builder
		n, often := rng.IntN(40), 1+rng.IntN(12)
		for i := range n {
			end := "\n"
			if i == n-1 && rng.IntN(4) == 0 {
				end = ""
			}
			fmt.Fprintf(&old, "%d%s", i, end)
			if rng.IntN(often) == 0 {
				fmt.Fprint(&new, " ")
			}
			fmt.Fprintf(&new, "%d%s", i, end)
		}
		context := rng.IntN(5)
		want := Unified("a/x y", "b/é", Lines([]byte(old.String()), []byte(new.String()), context))
		var got bytes.Buffer
		if err := Paired(&got, "a/x y", "b/é", []byte(old.String()), []byte(new.String()), context); err != nil {
			t.Fatal(err)
		}
		if got.String() != want {
			t.Fatalf("%q to %q with %d lines around changes:\n%s\nwant\n%s", old.String(), new.String(), context, got.String(), want)
		}
		hunks += strings.Count(want, "@@ -")
	}
	if hunks < 3000 {
		t.Errorf("%d hunks: the test tries too little", hunks)
	}
}

// TestPairedOfEqualLines: whatever lines are like each other, the diff is one of the two texts.
func TestPairedOfEqualLines(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 5))
	lines := []string{"a\n", " a\n", "\n", "}\n", " }\n"}
	for range 2000 {
		var old, new string
		for range rng.IntN(20) {
			old, new = old+lines[rng.IntN(len(lines))], new+lines[rng.IntN(len(lines))]
		}
		var got bytes.Buffer
		if err := Paired(&got, "a", "b", []byte(old), []byte(new), 1000); err != nil {
			t.Fatal(err)
		}
		var left, right string
		for i, line := range strings.SplitAfter(got.String(), "\n") {
			if i < 3 || line == "" {
				continue
			}
			if line[0] != '+' {
				left += line[1:]
			}
			if line[0] != '-' {
				right += line[1:]
			}
		}
		if old != new && (left != old || right != new) || old == new && got.Len() > 0 {
			t.Fatalf("%q to %q:\n%s", old, new, got.String())
		}
	}
}

func TestPairedErrors(t *testing.T) {
	for _, texts := range [][2]string{{"a\nb\n", "a\n"}, {"", "a\n"}, {"a", "b\nc"}} {
		if err := Paired(&bytes.Buffer{}, "a", "b", []byte(texts[0]), []byte(texts[1]), 3); err == nil {
			t.Errorf("%q has as many lines as %q", texts[0], texts[1])
		}
	}
	full := errors.New("full")
	if err := Paired(failing{full}, "a", "b", []byte("a\n"), []byte("b\n"), 3); err != full {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
