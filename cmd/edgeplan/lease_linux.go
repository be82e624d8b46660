package main

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lease is held on a file that no process has open for writing. One that opens it so waits in
// that call until the lease is released, at most for the time in /proc/sys/fs/lease-break-time.
// A nil lease is none.
type lease struct{ file *os.File }

// takeLease takes the lease of a regular file. The error is errOpen if a process has it open
// for writing. There is none, and no error, where the file system has no leases or the file is
// another user's; see fcntl(2), F_SETLEASE.
func takeLease(root *os.Root, name string) (*lease, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0) // it may be a pipe by now
	if err != nil {
		return nil, nil // it is not what was read, which is seen next
	}
	if _, err = unix.FcntlInt(file.Fd(), unix.F_SETLEASE, unix.F_RDLCK); err == nil {
		return &lease{file}, nil
	}
	file.Close()
	if errors.Is(err, unix.EAGAIN) {
		return nil, errOpen
	}
	return nil, nil
}

// broken tells whether a process waits to write.
func (l *lease) broken() bool {
	if l == nil {
		return false
	}
	is, err := unix.FcntlInt(l.file.Fd(), unix.F_GETLEASE, 0)
	// Once a writer waits, the kernel says here what the lease has to become: none.
	return err == nil && is != unix.F_RDLCK
}

func (l *lease) release() {
	if l != nil {
		l.file.Close()
	}
}
