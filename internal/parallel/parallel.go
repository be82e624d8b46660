// Package parallel does many pieces of work on all processors, and reads large files so.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls work with 0 to n-1, in any order and as many at once as there are processors. A panic of
// one of the calls is one of Each, once all have ended; of several it is that of the smallest number.
func Each(n int, work func(i int)) { EachOf(runtime.GOMAXPROCS(0), n, work) }

// EachOf is Each with so many calls at once, for work that waits for a disk. One at a time they are made
// by the caller, in their order.
func EachOf(atOnce, n int, work func(i int)) {
	panics := make([]any, n)
	var next atomic.Int64
	each := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			func() {
				defer func() { panics[i] = recover() }()
				work(i)
			}()
		}
	}
	if atOnce = min(atOnce, n); atOnce <= 1 {
		each()
	} else {
		var workers sync.WaitGroup
		for range atOnce {
			workers.Go(each)
		}
		workers.Wait()
	}
	for _, what := range panics {
		if what != nil {
			panic(what)
		}
	}
}
