//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package main

import (
	"errors"
	"os"
)

// tryLock says that files cannot be locked here.
func tryLock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }
