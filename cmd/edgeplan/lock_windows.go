package main

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes the lock of an open file, or tells that another process has it. It ends with
// the process. The error is [errors.ErrUnsupported] where the file system has no locks. The
// byte that is locked is far behind the text, which others could not read otherwise.
func tryLock(file *os.File) (held bool, err error) {
	// FAIL_IMMEDIATELY: without it the call waits, and nothing would say for whom.
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
	switch {
	case err == nil:
		return true, nil
	case err == windows.ERROR_LOCK_VIOLATION, err == windows.ERROR_IO_PENDING:
		return false, nil
	case err == windows.ERROR_NOT_SUPPORTED, err == windows.ERROR_CALL_NOT_IMPLEMENTED,
		err == windows.ERROR_INVALID_FUNCTION:
		return false, errors.ErrUnsupported
	}
	return false, err
}
