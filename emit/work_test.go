package emit

import (
	"runtime"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/loud"
)

// TestShared: the fixed runtime is in memory once, however many scripts there are.
func TestShared(t *testing.T) {
	first, second := artifacts(t, sample.Plan(), All), artifacts(t, sample.Plan(), All)
	var runtimes []*byte
	for _, a := range append(first, second...) {
		if last := a.Text.Parts()[len(a.Text.Parts())-1]; string(last) == powershell.Runtime().Text {
			runtimes = append(runtimes, &last[0])
		}
	}
	if len(runtimes) != 4 {
		t.Fatalf("%d scripts end in the runtime", len(runtimes))
	}
	for _, at := range runtimes {
		if at != runtimes[0] {
			t.Error("two scripts have a runtime each")
		}
	}
}

// TestAllocated: what is allocated to make a package is not many times what is in it, and little of it is for
// the fixed runtime.
func TestAllocated(t *testing.T) {
	if loud.Race {
		t.Skip("the race detector allocates too")
	}
	p, own := sample.Plan(), 0
	for _, a := range artifacts(t, p, All) {
		for _, part := range a.Text.Parts() {
			if string(part) != powershell.Runtime().Text {
				own += len(part)
			}
		}
	}
	least := allocated(t, p)
	for range 4 { // what other goroutines allocate meanwhile counts too
		least = min(least, allocated(t, p))
	}
	t.Logf("%d bytes allocated for %d", least, own)
	if least > 12*uint64(own) {
		t.Errorf("%d bytes are allocated to make %d", least, own)
	}
}

func allocated(t *testing.T, p *plan.Plan) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := All(p); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
