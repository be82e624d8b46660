// Package memory has the garbage collector run more often where the process would else have more
// memory than its input is worth, and less often where it has little.
//
// In: how many bytes of input there are, and of output. Out: a soft limit on the memory of the process.
package memory

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// What a process may have before garbage is collected early: 64 MB for each MiB of input, but always
// what a short spec needs, and no more than lets a plan of 100,000 SIP domains be made in 200 MB. The
// collector itself waits until there is as much garbage as of what is in use.
const (
	perMiB = 64e6
	least  = 32e6
	most   = 160e6
)

// As long as little is in use, there may be four times as much garbage: most commands are over before the collector
// has to run, which would take a tenth of their time.
const (
	little      = 8e6
	often, rare = 100, 400 // as GOGC
)

var (
	mu     sync.Mutex
	aim    int64 // 0 before the first input, below 0 if the user has set a limit
	rarely bool  // the collector runs rarely
)

// Expect says that there are so many bytes of input. A smaller number than before changes nothing, and nor
// does any where GOMEMLIMIT is set.
func Expect(bytes int) {
	raise(max(least, min(most, int64(float64(bytes)/(1<<20)*perMiB))))
}

// Output says that so many bytes are made and stay until they are written. There may be as many in the
// process, and nor does that change anything where GOMEMLIMIT is set.
func Output(bytes int) { raise(int64(bytes)) }

func raise(to int64) {
	mu.Lock()
	defer mu.Unlock()
	if aim == 0 {
		if debug.SetMemoryLimit(-1) != math.MaxInt64 {
			aim = -1
		} else {
			watch()
			// What the user has set as GOGC stays, but for 100, which is what it is without that.
			before := debug.SetGCPercent(rare)
			if rarely = before == often; !rarely {
				debug.SetGCPercent(before)
			}
		}
	}
	if aim >= 0 {
		aim = max(aim, to)
		settle()
	}
}

// settle sets the limit. Where more than three quarters of it are in use, it is higher: the collector would
// have to run again and again to free ever less.
func settle() {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
	}
	metrics.Read(samples)
	of := func(i int) int64 { return int64(samples[i].Value.Uint64()) }
	other := of(1) - of(2) - of(3) - of(4) // stacks, and what the runtime has for itself
	debug.SetMemoryLimit(max(aim, of(0)+of(0)/3+other))
	if rarely && of(0) > little {
		rarely = false
		debug.SetGCPercent(often)
	}
}

// cycle is garbage of each collection, at whose end the next one is made. It is too large for the
// allocator to put it beside others, which might stay.
type cycle struct{ _ [64]byte }

func watch() {
	runtime.SetFinalizer(&cycle{}, func(*cycle) {
		mu.Lock()
		defer mu.Unlock()
		settle()
		watch()
	})
}
