package rehearsal_test

import (
	"fmt"
	"os"
	"testing"
)

// fullVariable is the environment variable with which the suites are run that take longer
// than go test waits for a package: "all", or "1/6" for each sixth one from the first on.
const fullVariable = "EDGEPLAN_SCENARIOS"

// share is the part of a suite that is run: each of-th, from the first-th on.
type share struct{ first, of int }

// shareOf reads the variable; asked tells whether it is set at all.
func shareOf(t *testing.T) (s share, asked bool) {
	t.Helper()
	switch value := os.Getenv(fullVariable); value {
	case "":
		return share{1, 1}, false
	case "all":
		return share{1, 1}, true
	default:
		if n, err := fmt.Sscanf(value, "%d/%d", &s.first, &s.of); n != 2 || err != nil || s.first < 1 || s.first > s.of {
			t.Fatalf("%s=%q is neither all nor a share such as 2/4", fullVariable, value)
		}
		t.Logf("SKIPPED in part: of a list, number %d and each %d. after it is run; make scenarios runs all", s.first, s.of)
		return s, true
	}
}

// all tells whether nothing is left out.
func (s share) all() bool { return s.of == 1 }

// has tells whether the part with this index, counted from 0, is in the share.
func (s share) has(i int) bool { return i%s.of == s.first-1 }

func TestShare(t *testing.T) {
	for of := 1; of < 5; of++ {
		seen := make([]int, 20)
		for first := 1; first <= of; first++ {
			for i := range seen {
				if (share{first, of}).has(i) {
					seen[i]++
				}
			}
		}
		for i, n := range seen {
			if n != 1 {
				t.Errorf("of %d shares %d have number %d", of, n, i)
			}
		}
	}
}
