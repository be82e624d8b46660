package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edgeplan runs the program and wants an exit code.
func edgeplan(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	got := run(args, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	if got != want {
		t.Fatalf("edgeplan %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// buildSpec builds one of the repository's specs and returns the folder of its package.
func buildSpec(t *testing.T, spec string) string {
	t.Helper()
	out := t.TempDir()
	edgeplan(t, exitDone, "build", "-o", out, "../../specs/"+spec)
	return filepath.Join(out, "edgepool1-to-edgepool2")
}

func packageFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestVerifyFindsEveryDamage changes, removes and adds single bytes in every file. Which
// damage is done goes round. (What damages all of them alike, the sums, is compared as a
// whole: every other offset would take the same way.)
func TestVerifyFindsEveryDamage(t *testing.T) {
	first := buildSpec(t, "seed")
	edgeplan(t, exitDone, "verify", first)
	files := packageFiles(t, first)
	if len(files) < 8 {
		t.Fatalf("the package has only %d files", len(files))
	}
	for name, good := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := buildSpec(t, "seed")
			path := filepath.Join(dir, filepath.FromSlash(name))
			for i, at := range places(len(good)) {
				what, bad := damage(good, at, i)
				writeFile(t, path, bad)
				if code := run([]string{"verify", dir}, nil, io.Discard, io.Discard, nil); code != exitNo {
					t.Errorf("%s at byte %d: exit code %d, want %d", what, at, code, exitNo)
				}
			}
			writeFile(t, path, good)
			edgeplan(t, exitDone, "verify", dir)
		})
	}
}

// places is a sample of the offsets of a file, with the first and the last.
func places(size int) []int {
	var out []int
	for at := 0; at < size; at += size/29 | 1 {
		out = append(out, at)
	}
	return append(out, size-1)
}

func damage(good []byte, at, kind int) (what string, bad []byte) {
	switch c := good[at]; kind % 8 {
	case 0:
		return "bit flipped", splice(good, at, at+1, string([]byte{c ^ 1}))
	case 1:
		return "byte removed", splice(good, at, at+1, "")
	case 2:
		return "blank added", splice(good, at, at, " ")
	case 3:
		return "case flipped", splice(good, at, at+1, string([]byte{c ^ 0x20}))
	case 4:
		return "line added", splice(good, at+1, at+1, "\n")
	case 5:
		return "cut short", good[:at]
	case 6:
		return "top bit flipped", splice(good, at, at+1, string([]byte{c ^ 0x80}))
	}
	return "NUL added", splice(good, at+1, at+1, "\x00")
}

func splice(data []byte, from, to int, middle string) []byte {
	out := append([]byte{}, data[:from]...)
	return append(append(out, middle...), data[to:]...)
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyFindsMissingAndExtra removes each file, adds one beside it, and puts a
// link or a folder in its place.
func TestVerifyFindsMissingAndExtra(t *testing.T) {
	dir := buildSpec(t, "three-domains")
	for name, good := range packageFiles(t, dir) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		remove(t, path)
		if out, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(out, name+": missing") {
			t.Errorf("%s removed: %s", name, out)
		}
		if err := os.Mkdir(path, 0o777); err != nil {
			t.Fatal(err)
		}
		edgeplan(t, exitNo, "verify", dir)
		remove(t, path)

		kept := filepath.Join(t.TempDir(), "kept")
		writeFile(t, kept, good)
		if err := os.Symlink(kept, path); err != nil {
			t.Skip("no symbolic links here")
		}
		if out, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(out, name+": it is a symbolic link") {
			t.Errorf("%s is a link: %s", name, out)
		}
		remove(t, path)

		writeFile(t, path, good)
		writeFile(t, path+".bak", good)
		if out, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(out, name+".bak: extra") {
			t.Errorf("beside %s: %s", name, out)
		}
		remove(t, path+".bak")
	}
	edgeplan(t, exitDone, "verify", dir)
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyNeedsMoreThanSums: whoever edits a script and SHA256SUMS together is found,
// because the scripts have to follow from plan.json.
func TestVerifyNeedsMoreThanSums(t *testing.T) {
	dir := buildSpec(t, "seed")
	script := filepath.Join(dir, "failover.ps1")
	old, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	edited := bytes.Replace(old, []byte("\r\n"), []byte("\r\n# harmless\r\n"), 1)
	writeFile(t, script, edited)
	sums := filepath.Join(dir, "SHA256SUMS")
	text, err := os.ReadFile(sums)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, sums, bytes.Replace(text, []byte(sumOf(old)), []byte(sumOf(edited)), 1))
	out, _ := edgeplan(t, exitNo, "verify", dir)
	for _, want := range []string{"failover.ps1: it is not what plan.json makes, from line 2", "SHA256SUMS: the sum of failover.ps1"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
}

// TestVerifyIncluded: what is made of an included file is checked as all else.
func TestVerifyIncluded(t *testing.T) {
	dir := buildSpec(t, "include")
	edgeplan(t, exitDone, "verify", dir)
	for _, end := range []string{"zone", "diff", "rollback.diff"} {
		path := filepath.Join(dir, "dns", "contoso.com.include-2."+end)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, append([]byte("; "), good...))
		if out, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(out, "contoso.com.include-2."+end+": it is not") {
			t.Errorf("%s: %s", end, out)
		}
		writeFile(t, path, good)
	}
	edgeplan(t, exitDone, "verify", dir)
}
