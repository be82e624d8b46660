package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// rawSpec and laidSpec are a spec file before and after fmt.
const rawSpec, laidSpec = "x=1\n", "x = 1\n"

// rewriteFolder has spec files that differ, some with names that try to do harm, and beside
// them one that does not.
func rewriteFolder(t *testing.T) (dir string, names []string, files []layout) {
	t.Helper()
	dir = t.TempDir()
	names = []string{"a.edge.hcl", "-w.edge.hcl", "z.edge.hcl"}
	if runtime.GOOS != "windows" {
		names = append(names, "evil\x1b[2J\nOK.edge.hcl", "\\..\\x.edge.hcl", "%s\xff.edge.hcl")
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		writeFile(t, path, []byte(rawSpec))
		files = append(files, layout{path: path, name: shown(path), old: []byte(rawSpec), new: []byte(laidSpec)})
	}
	same := filepath.Join(dir, "same.edge.hcl")
	writeFile(t, same, []byte(laidSpec))
	return dir, names, append(files, layout{path: same, name: shown(same), old: []byte(laidSpec), new: []byte(laidSpec)})
}

// others are what other programs do to a file.
var others = map[string]func(t *testing.T, path string){
	"written in place": func(t *testing.T, path string) { writeFile(t, path, []byte("y=2 # saved\n")) },
	"of one length":    func(t *testing.T, path string) { writeFile(t, path, []byte("y=2\n")) },
	"renamed over it": func(t *testing.T, path string) {
		writeFile(t, path+"~", []byte("y=2\n"))
		rename(t, path+"~", path)
	},
	"same bytes, private": func(t *testing.T, path string) {
		remove(t, path)
		if err := os.WriteFile(path, []byte(rawSpec), 0o600); err != nil {
			t.Fatal(err)
		}
	},
	"removed": func(t *testing.T, path string) { remove(t, path) },
	"made a folder": func(t *testing.T, path string) {
		remove(t, path)
		if err := os.Mkdir(path, 0o777); err != nil {
			t.Fatal(err)
		}
	},
	"made a link": func(t *testing.T, path string) {
		rename(t, path, path+".target")
		if err := os.Symlink(path+".target", path); err != nil {
			t.Skip(err)
		}
	},
}

// seen is what is at a path.
func seen(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		return "nothing"
	}
	text := ""
	if info.Mode().IsRegular() {
		text = string(readTestFile(t, path))
	}
	return fmt.Sprintf("%s %q", info.Mode(), text)
}

// TestFmtKeepsSaves: at each step of fmt -w another program changes one of the files. What it
// made stays; if fmt could see that before it had replaced the file, no other file is changed
// either, and the error says so.
func TestFmtKeepsSaves(t *testing.T) {
	tried := 0
	for what, change := range others {
		for _, step := range []string{"prepared", "replace", "replaced"} {
			_, names, _ := rewriteFolder(t)
			for i := range names {
				dir, _, files := rewriteFolder(t)
				victim, left := files[i].path, ""
				untouched := seen(t, files[(i+1)%len(names)].path)
				w := rewriting{hook: func(at, path string) {
					if at == step && path == victim {
						change(t, path)
						left = seen(t, path)
					}
				}}
				err := w.rewrite(files)
				tried++
				at := fmt.Sprintf("%s, %q, %s", step, names[i], what)
				if got := seen(t, victim); got != left {
					t.Errorf("%s: it is %s, and was left as %s", at, got, left)
				}
				noticed := err != nil
				if !noticed && step != "replaced" {
					t.Errorf("%s: not noticed", at)
				}
				if noticed && err.Error() != shown(victim)+": another program changed it while fmt ran; run fmt again. No file was changed" {
					t.Errorf("%s: %v", at, err)
				}
				for j, file := range files {
					want := untouched
					if !noticed || j == len(names) {
						want = strings.Replace(untouched, "x=1", "x = 1", 1)
					}
					if got := seen(t, file.path); j != i && got != want {
						t.Errorf("%s: %s is %s, want %s", at, file.name, got, want)
					}
				}
				noTemps(t, dir)
			}
		}
	}
	t.Logf("%d times changed while fmt ran", tried)
}

func noTemps(t *testing.T, dir string) {
	t.Helper()
	root, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if left := temps(root); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFmtLateSave: an editor that has the old file open, and writes into it just after the
// name went to the new one, is heard too.
func TestFmtLateSave(t *testing.T) {
	_, names, files := rewriteFolder(t)
	victim := files[len(names)-1].path
	editor, err := os.OpenFile(victim, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer editor.Close()
	w := rewriting{hook: func(at, path string) {
		if at == "replaced" && path == victim {
			if _, err := editor.WriteAt([]byte("y=2\n"), 0); err != nil {
				t.Error(err)
			}
		}
	}}
	err = w.rewrite(files)
	if got := string(readTestFile(t, victim)); got != "y=2\n" || err == nil || !strings.HasSuffix(err.Error(), "run fmt again. No file was changed") {
		t.Errorf("%q, %v", got, err)
	}
	if got := string(readTestFile(t, files[0].path)); got != rawSpec {
		t.Errorf("%q", got)
	}
}

// TestFmtAllOrNothing: when the last file cannot be replaced, those before it are put back;
// where they cannot be, as on a file system without hard links, they are named.
func TestFmtAllOrNothing(t *testing.T) {
	for name, c := range map[string]struct {
		links bool
		saved bool // another program has saved the first file meanwhile
		want  string
	}{
		"put back": {true, false, ". No file was changed"},
		"no links": {false, false, ". All files are as they were, except those that fmt has formatted or another program has changed since: "},
		"saved":    {true, true, ". All files are as they were, except those that fmt has formatted or another program has changed since: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir, names, files := rewriteFolder(t)
			first, last := files[0], files[len(names)-1]
			w := rewriting{}
			w.hook = func(at, path string) {
				switch {
				case at == "replace" && path == last.path: // its new text is gone, so it cannot be renamed
					one := w.files[len(names)-1]
					if err := one.root.Remove(one.temp); err != nil {
						t.Error(err)
					}
					if c.saved {
						writeFile(t, first.path, []byte("y=2\n"))
					}
				case at == "replaced" && !c.links:
					for _, one := range w.files {
						if one.path == path {
							one.root.Remove(one.backup)
							one.backup = ""
						}
					}
				}
			}
			err := w.rewrite(files)
			if err == nil || !strings.HasPrefix(err.Error(), last.name+": ") || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v", err)
			}
			for i, file := range files[:len(names)] {
				want := rawSpec
				switch {
				case i == 0 && c.saved:
					want = "y=2\n"
				case i < len(names)-1 && !c.links:
					want = laidSpec
				}
				named := strings.Contains(strings.SplitAfter(err.Error(), c.want)[1], file.name)
				if got := string(readTestFile(t, file.path)); got != want || named != (want != rawSpec) {
					t.Errorf("%s is %q, want %q; %v", file.name, got, want, err)
				}
			}
			noTemps(t, dir)
		})
	}
}

// TestFmtCannotPrepare: if a file cannot be written beside one of them, none is replaced.
func TestFmtCannotPrepare(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("this user may write everywhere")
	}
	dir, _, _ := rewriteFolder(t)
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(sub, "zz"), []byte(rawSpec))
	if err := os.Symlink("sub/zz", filepath.Join(dir, "zz.edge.hcl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(sub, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(sub, 0o700)
	before := packageFiles(t, dir)
	_, stderr := edgeplan(t, exitFailed, "fmt", "-w", dir)
	if !strings.HasSuffix(stderr, "zz.edge.hcl: a new file cannot be written beside it: permission denied. No file was changed\n") {
		t.Errorf("%s", stderr)
	}
	sameFiles(t, packageFiles(t, dir), before)
	noTemps(t, dir)
}

// TestFmtNames: whatever spec files are called, fmt -w formats them, and says names so that
// they cannot act on a terminal. A link in the folder and the file that it leads to are one.
func TestFmtNames(t *testing.T) {
	dir, names, _ := rewriteFolder(t)
	if os.Symlink("a.edge.hcl", filepath.Join(dir, "link.edge.hcl")) != nil {
		t.Log("no links here")
	}
	stdout, _ := edgeplan(t, exitDone, "fmt", "-w", "-l", dir)
	for _, name := range names {
		if got := string(readTestFile(t, filepath.Join(dir, name))); got != laidSpec {
			t.Errorf("%q: %q", name, got)
		}
	}
	if strings.Contains(stdout, "\x1b") || strings.Count(stdout, "\n") < len(names) {
		t.Errorf("%q", stdout)
	}
	noTemps(t, dir)
}
