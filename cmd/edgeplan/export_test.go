package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportRefuses: a plan.json that was edited, or is damaged, is refused as show refuses it, and nothing is written.
func TestExportRefuses(t *testing.T) {
	dir := buildSpec(t, "seed")
	path, out := filepath.Join(dir, "plan.json"), filepath.Join(t.TempDir(), "new.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"edited": bytes.Replace(text, []byte("CHG0042317"), []byte("CHG0042318"), 1),
		"cut":    text[:len(text)/2],
		"empty":  nil,
		"bytes":  {0xff, 0xfe, 0},
	} {
		writeFile(t, path, damaged)
		_, want := edgeplan(t, exitFailed, "show", path)
		for _, form := range []string{"csv", "ics"} {
			stdout, stderr := edgeplan(t, exitFailed, "export", "--format", form, "-o", out, path)
			if stdout != "" || stderr != want {
				t.Errorf("%s, %s: %q, want %q", name, form, stderr, want)
			}
		}
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s: %v", out, err)
	}
}

// TestExportWrites: a file is replaced by one of a new name, and a folder that cannot be written stays as it is.
func TestExportWrites(t *testing.T) {
	dir := buildSpec(t, "seed")
	folder := t.TempDir()
	out := filepath.Join(folder, "tasks.csv")
	writeFile(t, out, []byte("old\n"))
	old, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := edgeplan(t, exitDone, "export", "--format", "csv", dir)
	edgeplan(t, exitDone, "export", "--format", "csv", "-o", out, dir)
	is, err := os.Stat(out)
	if got, _ := os.ReadFile(out); err != nil || string(got) != want || os.SameFile(old, is) {
		t.Errorf("%v, the same file: %t", err, os.SameFile(old, is))
	}
	names, err := os.ReadDir(folder)
	if err != nil || len(names) != 1 {
		t.Errorf("%v, %v", names, err)
	}
	if os.Geteuid() == 0 {
		return // who may write everywhere
	}
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(folder, 0o777)
	if _, stderr := edgeplan(t, exitFailed, "export", "--format", "ics", "-o", out, dir); !strings.Contains(stderr, "tasks.csv: ") {
		t.Errorf("got %q", stderr)
	}
}
