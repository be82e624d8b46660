//go:build unix

package cputime

import (
	"syscall"
	"time"
)

// Used is what this process has used of the processors: other work on the machine
// does not count.
func Used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
