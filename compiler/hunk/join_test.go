package hunk

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	old := strings.Repeat("line\n", 30)
	hunks, err := FromEdits([]byte(old), []Edit{{2, []string{"line\n"}, []string{"a\n"}}, {15, nil, []string{"b\n"}}, {28, []string{"line\n"}, nil}}, 3)
	if err != nil || len(hunks) != 3 {
		t.Fatal(hunks, err)
	}
	between := hunks[2].OldStart - 1 - (hunks[0].OldStart + hunks[0].OldCount() - 1)
	for _, tt := range []struct{ lines, bytes, want int }{
		{between, between * len("line\n"), 1}, {between - 1, 1000, 3}, {between, between*len("line\n") - 1, 3}, {0, 0, 3}, {-1, -1, 3},
	} {
		got := Join([]byte(old), hunks, tt.lines, tt.bytes)
		if len(got) != tt.want {
			t.Errorf("%+v: %d hunks", tt, len(got))
		}
	}
	if got := Join([]byte(old), hunks[:1], 100, 1000); !reflect.DeepEqual(got, hunks[:1]) {
		t.Errorf("one hunk becomes %+v", got)
	}
}

// TestJoinProperty: the joined hunk does what the hunks do, there and back.
func TestJoinProperty(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	joined := 0
	for range 5000 {
		old := randomText(rng)
		edits, want := randomEdits(rng, splitLines(old))
		hunks, err := FromEdits([]byte(old), edits, rng.IntN(4))
		if err != nil {
			t.Fatal(err)
		}
		one := Join([]byte(old), hunks, 1000, 1000)
		if len(hunks) > 1 {
			joined++
		}
		if len(one) > 1 {
			t.Fatalf("%+v are not joined", hunks)
		}
		checkRoundTrip(t, old, want, one)
	}
	if joined == 0 {
		t.Error("nothing was joined")
	}
}
