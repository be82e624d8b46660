package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

// TestBuildTwice: the second time no file is touched.
func TestBuildTwice(t *testing.T) {
	dir := buildSpec(t, "seed")
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name := range packageFiles(t, dir) {
		if err := os.Chtimes(filepath.Join(dir, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	edgeplan(t, exitDone, "build", "-o", filepath.Dir(dir), "../../specs/seed")
	for name := range packageFiles(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !info.ModTime().Equal(past) {
			t.Errorf("%s was written again", name)
		}
	}
}

// TestBuildLarge: a file that is too large to be an artifact is not replaced.
func TestBuildLarge(t *testing.T) {
	dir := buildSpec(t, "seed")
	large := filepath.Join(dir, "change.md")
	if err := os.Truncate(large, maxArtifact+1); err != nil {
		t.Fatal(err)
	}
	_, stderr := edgeplan(t, exitFailed, "build", "-o", filepath.Dir(dir), "../../specs/seed")
	if info, err := os.Stat(large); err != nil || info.Size() != maxArtifact+1 || !strings.Contains(stderr, "it has more than") {
		t.Errorf("%v, %v, %q", info, err, stderr)
	}
}

// TestDiffLarge: a file that is far too large is named, and not read.
func TestDiffLarge(t *testing.T) {
	dir := buildSpec(t, "seed")
	if err := os.Truncate(filepath.Join(dir, "change.md"), 200<<20); err != nil {
		t.Fatal(err)
	}
	out, _ := edgeplan(t, exitNo, "diff", "../../specs/seed", filepath.Dir(dir))
	if out != "Files a/edgepool1-to-edgepool2/change.md and b/edgepool1-to-edgepool2/change.md differ: the first is too large to be one of edgeplan\n" {
		t.Errorf("%.400q", out)
	}
}

// TestBuildAllOrNothing makes the folder dns read-only, which shows when the first files are
// replaced: those are as they were, and nothing temporary is left.
func TestBuildAllOrNothing(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("this user may write everywhere")
	}
	dir := buildSpec(t, "seed")
	writeFile(t, filepath.Join(dir, "change.md"), []byte("old\n"))
	dns := filepath.Join(dir, "dns")
	writeFile(t, filepath.Join(dns, "contoso.com.zone"), []byte("old\n"))
	if err := os.Chmod(dns, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dns, 0o700)
	before := packageFiles(t, dir)
	edgeplan(t, exitFailed, "build", "--force", "-o", filepath.Dir(dir), "../../specs/seed")
	after := packageFiles(t, dir)
	if len(before) != len(after) || string(after["change.md"]) != "old\n" {
		t.Errorf("a build that failed changed something: %d files before, %d after", len(before), len(after))
	}
}

// TestWriteUndo: when a later package cannot be written, folders and temporary files
// of an earlier one go again. It works for root too.
func TestWriteUndo(t *testing.T) {
	top := t.TempDir()
	out := filepath.Join(top, "a", "out")
	packs := []pack{
		{name: "one", files: 1, changes: []change{{name: "dns/x", new: hunk.TextOf([]byte("x"))}}},
		{name: "two", files: 1, changes: []change{{name: "bad\x00name/x", new: hunk.TextOf([]byte("x"))}}},
	}
	lock, err := lockFolder(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.write(out, packs, asPackage); err == nil {
		t.Fatal("a name with a NUL byte was written")
	}
	if entries, _ := os.ReadDir(top); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestWriteBack: when the last file cannot be removed, those that were replaced, made and
// removed before are as they were.
func TestWriteBack(t *testing.T) {
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "one"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"SHA256SUMS", "gone", "kept"} {
		writeFile(t, filepath.Join(out, "one", name), []byte("old "+name))
	}
	before := packageFiles(t, out)
	lock, err := lockFolder(out)
	if err != nil {
		t.Fatal(err)
	}
	text := hunk.TextOf([]byte("new"))
	packs := []pack{{name: "one", files: 3, changes: []change{
		{name: "gone", exists: true, remove: true}, {name: "gone\x00", exists: true, remove: true},
		{name: "SHA256SUMS", exists: true, new: text}, {name: "kept", exists: true, new: text}, {name: "dns/more", new: text},
	}}}
	if err := lock.write(out, packs, asPackage); err == nil {
		t.Fatal("a name with a NUL byte was removed")
	}
	sameFiles(t, packageFiles(t, out), before)
	if entries, _ := os.ReadDir(filepath.Join(out, "one")); len(entries) != 3 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestDiffOfBytes: bytes that are no text, and a missing line end, do not spoil the
// diff.
func TestDiffOfBytes(t *testing.T) {
	dir := buildSpec(t, "seed")
	record := filepath.Join(dir, "change.md")
	for text, want := range map[string]string{
		"no end":       "-no end\n\\ No newline at end of file\n",
		"latin \xe9\n": "-latin \xe9\n",
		"nul \x00\n":   "Binary files a/edgepool1-to-edgepool2/change.md and b/edgepool1-to-edgepool2/change.md differ\n",
		"":             "--- a/edgepool1-to-edgepool2/change.md\n",
	} {
		writeFile(t, record, []byte(text))
		out, _ := edgeplan(t, exitNo, "diff", "../../specs/seed", filepath.Dir(dir))
		if !strings.Contains(out, want) {
			t.Errorf("%q: want %q in:\n%.400s", text, want, out)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestStdoutFails: a result that did not arrive is not a success.
func TestStdoutFails(t *testing.T) {
	var errs bytes.Buffer
	code := run([]string{"version"}, nil, brokenPipe{}, &errs, nil)
	if code != exitFailed || !strings.Contains(errs.String(), "no space left") {
		t.Errorf("exit code %d, %q", code, errs.String())
	}
	spec := t.TempDir()
	writeFile(t, filepath.Join(spec, "a.edge.hcl"), []byte(strings.Repeat("# a long text\n", 1000)))
	dir := buildSpec(t, "seed")
	for _, args := range [][]string{
		{"plan", "../../specs/seed"}, {"show", dir}, {"fmt", spec}, {"fmt", "-d", spec}, {"check", "../../specs/seed"}, {"verify", dir},
		{"diff", "../../specs/seed", t.TempDir()}, {"explain", "EP1001"}, {"schema"}, {"help"}, {"completion", "bash"},
	} {
		errs.Reset()
		code := run(args, nil, brokenPipe{}, &errs, func(string) string { return "" })
		said := strings.Count(errs.String(), "no space left")
		if empty := args[0] == "fmt" && len(args) == 3; !empty && (code != exitFailed || said != 1) {
			t.Errorf("%v: exit code %d, said %d times: %s", args, code, said, &errs)
		}
	}
}

// TestDanglingLink: a folder that is a symbolic link to nothing is named as that, and stays.
func TestDanglingLink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "out")
	if err := os.Symlink("nowhere", link); err != nil {
		t.Skip(err)
	}
	for _, out := range []string{link, filepath.Join(link, "a", "b")} {
		for _, command := range []string{"build", "rehearse"} {
			_, stderr := edgeplan(t, exitFailed, command, "-o", out, "../../specs/seed")
			if !strings.HasSuffix(stderr, out+": "+link+" is a symbolic link to nowhere, where there is no folder; make that folder, or remove the link\n") {
				t.Errorf("%s", stderr)
			}
			if target, err := os.Readlink(link); err != nil || target != "nowhere" {
				t.Fatalf("%q, %v", target, err)
			}
		}
	}
}

// TestNamesAreEscaped: a file name cannot act on the terminal.
func TestNamesAreEscaped(t *testing.T) {
	dir := buildSpec(t, "seed")
	name := "evil\x1b[2J\nOK"
	if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
		t.Skip("such a name cannot be here")
	}
	for _, args := range [][]string{
		{"verify", dir}, {"diff", "../../specs/seed", filepath.Dir(dir)}, {"check", filepath.Join(dir, name)},
		{"build", "../../specs/seed", "-o", filepath.Dir(dir)},
	} {
		var out, errs bytes.Buffer
		run(args, nil, &out, &errs, func(string) string { return "" })
		all := out.String() + errs.String()
		if strings.Contains(all, "\x1b") || !strings.Contains(all, `evil\x1b[2J\nOK`) {
			t.Errorf("%s: %q", args[0], all)
		}
	}
}
