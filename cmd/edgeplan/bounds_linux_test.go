package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// verifyChild verifies in a process of its own and returns what it prints and the most
// memory that it had, in MiB. It has to say no. A process that waits for a pipe is killed.
func verifyChild(t *testing.T, dir string) (stdout string, memory int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "edgeplan", "verify", dir)
	out, err := cmd.Output()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitNo {
		t.Fatalf("verify: %v\n%.2000s", err, out)
	}
	return string(out), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
}

// TestVerifyBounds: whatever file is large, verify says so, and needs no more memory than
// for a package that is as it should be.
func TestVerifyBounds(t *testing.T) {
	dir := buildSpec(t, "seed")
	writeFile(t, filepath.Join(dir, "extra"), nil)
	_, usual := verifyChild(t, dir)
	for name, good := range packageFiles(t, dir) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		size := int64(900 << 20)
		if strings.HasSuffix(name, ".zone") {
			size = 200 << 20 // the one kind whose length is not known: it is read piece by piece
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		out, memory := verifyChild(t, dir)
		if !strings.Contains(out, "/"+name+": ") {
			t.Errorf("%s: %s", name, out)
		}
		if memory > usual+32 {
			t.Errorf("%s of %d MiB: %d MiB of memory, usually %d", name, size>>20, memory, usual)
		}
		writeFile(t, path, good)
	}
}

// TestVerifySpecialFiles: a pipe, a socket, a device, a link to one and a folder in the place
// of an artifact or beside it are named, and not opened.
func TestVerifySpecialFiles(t *testing.T) {
	dir := buildSpec(t, "seed")
	names := []string{"extra"}
	for name := range packageFiles(t, dir) {
		names = append(names, name)
	}
	for what, make := range map[string]func(string) error{
		"not a regular file": func(p string) error { return syscall.Mkfifo(p, 0o666) },
		"a symbolic link":    func(p string) error { return os.Symlink("/dev/zero", p) },
		"a folder":           func(p string) error { return os.Mkdir(p, 0o777) },
	} {
		for _, name := range names {
			path := filepath.Join(dir, filepath.FromSlash(name))
			kept := filepath.Join(t.TempDir(), "kept")
			moved := os.Rename(path, kept) == nil
			if err := make(path); err != nil {
				t.Fatal(err)
			}
			out, _ := verifyChild(t, dir)
			if !strings.Contains(out, "/"+name+": it is "+what) && !strings.Contains(out, "/"+name+": extra: "+what) {
				t.Errorf("%s as %s: %s", name, what, out)
			}
			remove(t, path)
			if moved {
				if err := os.Rename(kept, path); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	t.Chdir(dir) // the path of a socket is short
	socket, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := syscall.Mknod("device", syscall.S_IFCHR|0o666, 1<<8|5); err != nil { // /dev/zero
		t.Logf("SKIPPED: no device: %v", err)
		writeFile(t, "device", nil)
	}
	out, _ := verifyChild(t, ".")
	if strings.Count(out, ": extra: ") != 2 {
		t.Errorf("%s", out)
	}
}

// TestVerifyManyFiles: a folder of many files, and folders deep in each other.
func TestVerifyManyFiles(t *testing.T) {
	dir := buildSpec(t, "seed")
	deep := filepath.Join(dir, strings.Repeat("d/", 500))
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	if out, _ := verifyChild(t, dir); strings.Count(out, "\n") > 20 || !strings.Contains(out, "/d: extra: a folder") {
		t.Errorf("%.2000s", out)
	}
	for i := range maxEntries {
		if err := os.Link(filepath.Join(dir, "change.md"), filepath.Join(dir, "d", fmt.Sprint("x", i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, stderr := edgeplan(t, exitFailed, "verify", dir); !strings.Contains(stderr, "there are more than 10000 files") {
		t.Errorf("%s", stderr)
	}
}
