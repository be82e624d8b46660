package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzPipeline: any folder of spec and zone files is refused, or is built. What was built
// verifies, is shown, and is the same when it is built again. Nothing ends in a panic or an
// internal error, a rehearsal kit neither.
func FuzzPipeline(f *testing.F) {
	addFolders(f, func(archive []byte) { f.Add(archive) })
	f.Fuzz(func(t *testing.T, archive []byte) {
		if len(archive) > 64<<10 {
			t.Skip("longer than what an execution has time for")
		}
		folder, specs := unpacked(archive)
		if specs == nil {
			return
		}
		dir := memoryDir(t)
		if !writeFolder(t, folder, dir) {
			return
		}
		checkPipeline(t, filepath.Join(dir, "spec"), filepath.Join(dir, "out"))
	})
}

// memoryDir is a folder for a test that writes many files: one in memory where there is such.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "edgeplan")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// writeFolder reports whether the names of the files can stand beside each other.
func writeFolder(t *testing.T, folder fs.FS, dir string) bool {
	t.Helper()
	return os.CopyFS(filepath.Join(dir, "spec"), folder) == nil
}

func checkPipeline(t *testing.T, spec, out string) {
	t.Helper()
	checked := ended(t, nil, "check", spec)
	built := ended(t, nil, "build", spec, "-o", out)
	if built.code == exitFailed {
		// For check a spec without a failover is sound; there is only nothing to build.
		nothing := strings.Contains(built.stderr, "error EP1018") && strings.Contains(checked.stderr, "warning EP1018")
		if _, err := os.Stat(out); err == nil || checked.code == exitDone && !nothing {
			t.Errorf("refused: %s\ncheck: %d %s\nis the output there? %v", built.stderr, checked.code, checked.stderr, err)
		}
		return
	}
	if checked.code != exitDone {
		t.Errorf("built, but check ended with %d: %s", checked.code, checked.stderr)
	}
	ended(t, []int{exitDone}, "verify", out)
	was := sumOfTree(t, out)
	if again := ended(t, []int{exitDone}, "build", spec, "-o", out); strings.Count(again.stdout, " 0 changed") != strings.Count(again.stdout, "\n") {
		t.Errorf("built again: %s", again.stdout)
	}
	ended(t, []int{exitDone}, "diff", spec, out)
	ended(t, []int{exitDone}, "build", spec, "-o", out+"2")
	if again := sumOfTree(t, out+"2"); again != was {
		t.Errorf("built twice:\n%s\n---- again\n%s", was, again)
	}
	plans := ended(t, []int{exitDone}, "plan", spec).stdout
	text := ended(t, []int{exitDone}, "plan", spec, "--format", "json").stdout
	path := filepath.Join(filepath.Dir(out), "plans.json")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if shown := ended(t, []int{exitDone}, "show", path).stdout; shown != plans {
		t.Errorf("plan prints\n%s\nshow prints\n%s", plans, shown)
	}
	ended(t, nil, "rehearse", spec, "-o", out)
}

// ending is how a command ended.
type ending struct {
	code           int
	stdout, stderr string
}

// ended runs a command, which has to end with one of the codes, or any if there are none.
func ended(t *testing.T, codes []int, args ...string) ending {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(args, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	got := ending{code, stdout.String(), stderr.String()}
	if strings.Contains(got.stderr, "internal error") || codes != nil && code != codes[0] {
		t.Fatalf("%q ended with %d:\n%s%s", args, code, got.stdout, got.stderr)
	}
	return got
}

// sumOfTree is the name and the sum of each file below a folder.
func sumOfTree(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		fmt.Fprintf(&out, "%x %s\n", sha256.Sum256(text), filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
