package parallel

import (
	"sync/atomic"
	"testing"
)

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		done := make([]int, n)
		Each(n, func(i int) { done[i]++ })
		for i, times := range done {
			if times != 1 {
				t.Errorf("%d of %d was done %d times", i, n, times)
			}
		}
	}
}

// TestPanic: all work is done, and the first panic by number is that of the caller.
func TestPanic(t *testing.T) {
	var done atomic.Int64
	defer func() {
		if what := recover(); what != 7 || done.Load() != 98 {
			t.Errorf("%v, %d done", what, done.Load())
		}
	}()
	EachOf(4, 100, func(i int) {
		if i == 7 || i == 70 {
			panic(i)
		}
		done.Add(1)
	})
}
