package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit"
)

// TestForgedJournal: a journal that names files of others, with their right sums, is no reason
// to remove them. What edgeplan can have written there goes.
func TestForgedJournal(t *testing.T) {
	dir := buildSpec(t, "seed")
	out := filepath.Dir(dir)
	names := []string{
		"edgepool1-to-edgepool2/notes.txt", "edgepool1-to-edgepool2/mine/plan.json", "edgepool1-to-edgepool2/dns/deep/x.zone",
		"edgepool1-to-edgepool2/LyncSim.psm1", "other/notes.txt", "other/server.ps1", "lab.rehearsal/notes.txt",
	}
	ours := "edgepool1-to-edgepool2/dns/contoso.org.diff"
	var text strings.Builder
	text.WriteString(`{"pid":1,"host":"x"}` + "\n")
	for _, name := range append(names, ours) {
		path := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, []byte("mine\n"))
		for _, of := range []string{"packages", "kits", ""} {
			line, err := json.Marshal(lockLine{File: name, Sum: sumOf([]byte("mine\n")), Of: of})
			if err != nil {
				t.Fatal(err)
			}
			text.WriteString(string(line) + "\n")
		}
	}
	writeFile(t, filepath.Join(out, lockName), []byte(text.String()))
	edgeplan(t, exitDone, "build", "-o", out, "../../specs/seed")
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(ours))); err == nil {
		t.Errorf("%s, which a build that was killed has left, is still there", ours)
	}
}

// TestNamesOfJournal: every name that a golden package has is one that a journal is believed for.
func TestNamesOfJournal(t *testing.T) {
	found := 0
	dirs, _ := filepath.Glob("../../golden/*/*/plan.json")
	for _, plan := range dirs {
		for name := range packageFiles(t, filepath.Dir(plan)) {
			found++
			if !emit.IsPackageFile(name) {
				t.Errorf("%s is not a name of a package", name)
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d files", found)
	}
}

// TestLockOnFullDisk: a lock that was just made goes again if it cannot be written; one with
// a journal stays.
func TestLockOnFullDisk(t *testing.T) {
	for _, fresh := range []bool{true, false} {
		dir := t.TempDir()
		path := filepath.Join(dir, lockName)
		writeFile(t, path, nil)
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path) // cannot be written, as on a full disk
		if err != nil {
			t.Fatal(err)
		}
		l := &folderLock{root: root, file: file}
		if err := l.sign(fresh); err == nil {
			t.Error("it was written")
		}
		l.close()
		if _, err := os.Stat(path); (err == nil) == fresh {
			t.Errorf("fresh %v: %v", fresh, err)
		}
	}
}

// TestMissingFolders: the search ends at the root, also where that is not there, as a drive
// of Windows may be.
func TestMissingFolders(t *testing.T) {
	calls := 0
	nothing := func(string) (fs.FileInfo, error) {
		if calls++; calls > 100 {
			t.Fatal("it does not end")
		}
		return nil, fs.ErrNotExist
	}
	root := string(filepath.Separator)
	if got, want := missingFolders(filepath.Join(root, "a", "b"), nothing), []string{root, filepath.Join(root, "a"), filepath.Join(root, "a", "b")}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := missingFolders("a", nothing); !slices.Equal(got, []string{".", "a"}) {
		t.Errorf("%q", got)
	}
}
