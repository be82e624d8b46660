package docs

import (
	"os"
	"syscall"
)

// peakOf is the largest memory of a process that has ended, in bytes.
func peakOf(state *os.ProcessState) int64 {
	return state.SysUsage().(*syscall.Rusage).Maxrss * 1024 // Linux counts in KiB
}
