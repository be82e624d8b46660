package main

import (
	"errors"
	"os"
	"testing"
	"time"
)

// TestFmtLease: an editor that has a file open for writing, or opens it while fmt replaces it,
// keeps fmt from it; nothing of what it writes is lost.
func TestFmtLease(t *testing.T) {
	dir, names, files := rewriteFolder(t)
	victim := files[1].path
	editor, err := os.OpenFile(victim, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	held, err := takeLease(openTestFolder(t, dir), names[1])
	if held == nil && err == nil {
		t.Skip("this file system has no leases")
	}
	if !errors.Is(err, errOpen) {
		t.Errorf("%v, %v", held, err)
	}
	err = (&rewriting{}).rewrite(files)
	if err == nil || err.Error() != shown(victim)+": another program has it open for writing; close it there and run fmt again. No file was changed" {
		t.Errorf("%v", err)
	}
	editor.Close()

	// Both names are of the old file when the editor opens it: it waits, and then writes into it.
	wrote := make(chan error)
	w := rewriting{}
	w.hook = func(at, path string) {
		if at != "replaced" || path != victim {
			return
		}
		one := w.files[1]
		go func() {
			file, err := one.root.OpenFile(one.backup, os.O_WRONLY, 0)
			if err == nil {
				_, err = file.WriteString("y=2\n")
				err = errors.Join(err, file.Close())
			}
			wrote <- err
		}()
		for i := 0; !one.lease.broken() && i < 1000; i++ {
			time.Sleep(time.Millisecond)
		}
	}
	err = w.rewrite(files)
	if err == nil || err.Error() != shown(victim)+": "+errSaved.Error()+". No file was changed" {
		t.Errorf("%v", err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	for i, file := range files[:len(names)] {
		want := rawSpec
		if i == 1 {
			want = "y=2\n"
		}
		if got := string(readTestFile(t, file.path)); got != want {
			t.Errorf("%s: %q", file.name, got)
		}
	}
	noTemps(t, dir)
}

func openTestFolder(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}
