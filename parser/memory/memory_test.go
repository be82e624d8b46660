package memory

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestExpect: the limit is that of the input, and higher where most of it is in use. The collector runs rarely until much
// is in use.
func TestExpect(t *testing.T) {
	limit := func() int64 { return debug.SetMemoryLimit(-1) }
	if limit() != math.MaxInt64 {
		t.Skip("GOMEMLIMIT is set")
	}
	percent := func() int {
		n := debug.SetGCPercent(often)
		debug.SetGCPercent(n)
		return n
	}
	if percent() != often {
		t.Skip("GOGC is set")
	}
	defer debug.SetMemoryLimit(math.MaxInt64)
	Expect(1000)
	if got := limit(); got != least {
		t.Errorf("%d for a short spec", got)
	}
	if got := percent(); got != rare {
		t.Errorf("GOGC is %d for a short spec", got)
	}
	Expect(1 << 20)
	Expect(10)
	if got := limit(); got != perMiB {
		t.Errorf("%d for a MiB", got)
	}
	used := make([]byte, 100<<20)
	deadline := time.Now().Add(time.Minute)
	for limit() < 133<<20 {
		if time.Now().After(deadline) {
			t.Fatalf("%d with 100 MiB in use", limit())
		}
		runtime.GC()
	}
	if got := limit(); got > 180<<20 {
		t.Errorf("%d with 100 MiB in use", got)
	}
	if got := percent(); got != often {
		t.Errorf("GOGC is %d with 100 MiB in use", got)
	}
	runtime.KeepAlive(used)
	used = nil
	for limit() != perMiB {
		if time.Now().After(deadline) {
			t.Fatalf("%d once it is free", limit())
		}
		runtime.GC()
	}
}
