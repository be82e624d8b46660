//go:build !linux

package docs

import "os"

// peakOf is only known on Linux.
func peakOf(*os.ProcessState) int64 { return 0 }
