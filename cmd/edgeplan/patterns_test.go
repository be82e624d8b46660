package main

import (
	"testing"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

// TestPatterns: each regular expression of the program is one, as nothing compiles it before it is used.
func TestPatterns(t *testing.T) {
	if n, err := pattern.Check(); n < 40 || err != nil {
		t.Errorf("%d of them, %v", n, err)
	}
}
