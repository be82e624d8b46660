package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFoldersOnce: the disk is asked for a folder once, however many files it gets.
func TestFoldersOnce(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	w := &writing{root: root, there: map[string]bool{".": true}}
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	if err := w.makeParents("a/dns/x"); err != nil || !there("a/dns") {
		t.Fatal(err)
	}
	// Who asked again would make it again.
	if err := os.RemoveAll(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/dns/y", "a/z", "a"} {
		if err := w.makeParents(name); err != nil || there("a") {
			t.Errorf("%s: the disk was asked again: %v", name, err)
		}
	}
	if err := w.makeParents("b/z"); err != nil || !there("b") {
		t.Error(err)
	}
}
