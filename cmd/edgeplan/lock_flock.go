//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package main

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of an open file, or tells that another process has it. It ends with
// the process. The error is [errors.ErrUnsupported] where the file system has no locks, as
// some network file systems.
func tryLock(file *os.File) (held bool, err error) {
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		// Go's runtime sends signals of its own, and syscall.Flock does not retry.
		if err != syscall.EINTR {
			break
		}
	}
	switch {
	case err == nil:
		return true, nil
	case err == syscall.EWOULDBLOCK:
		return false, nil
	case errors.Is(err, errors.ErrUnsupported), err == syscall.ENOLCK, err == syscall.EINVAL:
		return false, errors.ErrUnsupported
	}
	return false, err
}
