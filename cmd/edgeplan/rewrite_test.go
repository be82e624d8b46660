package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
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
	t.Run("as it is here", func(t *testing.T) { keepsSaves(t, fileSystem{}, 1) })
	t.Run("no links or leases", func(t *testing.T) { keepsSaves(t, bareSystem, 3) })
}

// keepsSaves changes one file in so many.
func keepsSaves(t *testing.T, system fileSystem, in int) {
	tried := 0
	for what, change := range others {
		for _, step := range []string{"prepared", "replace", "replaced"} {
			_, names, _ := rewriteFolder(t)
			for i := 0; i < len(names); i += in {
				dir, _, files := rewriteFolder(t)
				victim, left := files[i].path, ""
				untouched := seen(t, files[(i+1)%len(names)].path)
				w := rewriting{system: system, hook: func(at, path string) {
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
	if _, err := root.Lstat(lockName); err == nil {
		t.Error("the lock is left behind")
	}
}

// bareSystem is a file system with neither hard links nor leases, and noLeases one without
// these alone.
var (
	bareSystem = fileSystem{link: func(*os.Root, string, string) error { return errors.ErrUnsupported }, lease: noLease}
	noLeases   = fileSystem{link: (*os.Root).Link, lease: noLease}
)

func noLease(*os.Root, string) (*lease, error) { return nil, nil }

// TestFmtLateSave: an editor that has an old file open, and writes into it after the name went
// to the new one, is heard too, also while fmt is at the files that follow.
func TestFmtLateSave(t *testing.T) {
	for i := range 3 {
		_, names, files := rewriteFolder(t)
		victim := files[i].path
		editor, err := os.OpenFile(victim, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer editor.Close()
		w := rewriting{system: noLeases, hook: func(at, path string) {
			if at == "replaced" && path == files[len(names)-1].path {
				if _, err := editor.WriteAt([]byte("y=2\n"), 0); err != nil {
					t.Error(err)
				}
			}
		}}
		err = w.rewrite(files)
		if err == nil || !strings.HasPrefix(err.Error(), shown(victim)) || !strings.HasSuffix(err.Error(), "run fmt again. No file was changed") {
			t.Errorf("%v", err)
		}
		for _, file := range files[:len(names)] {
			want := rawSpec
			if file.path == victim {
				want = "y=2\n"
			}
			if got := string(readTestFile(t, file.path)); got != want {
				t.Errorf("%s: %q, want %q", file.name, got, want)
			}
		}
	}
}

// TestFmtAllOrNothing: when the last file cannot be replaced, those before it are restored,
// also where there are no hard links. Those that cannot be restored are named.
func TestFmtAllOrNothing(t *testing.T) {
	const some = ". All files are as they were, except those that another program has changed since or that fmt cannot restore: "
	for name, c := range map[string]struct {
		system fileSystem
		saved  bool // another program has saved the first file meanwhile
		gone   bool // and removed the backup of the second
		want   string
	}{
		"restored":      {fileSystem{}, false, false, ". No file was changed"},
		"no links":      {bareSystem, false, false, ". No file was changed"},
		"saved":         {fileSystem{}, true, false, some},
		"saved, copies": {bareSystem, true, false, some},
		"no backup":     {fileSystem{}, true, true, some},
	} {
		t.Run(name, func(t *testing.T) {
			dir, names, files := rewriteFolder(t)
			first, last := files[0], files[len(names)-1]
			w := rewriting{system: c.system}
			w.hook = func(at, path string) {
				if at != "replace" || path != last.path {
					return
				}
				one := w.files[len(names)-1] // its new text is gone, so it cannot be renamed
				if err := one.root.Remove(one.temp); err != nil {
					t.Error(err)
				}
				if c.saved {
					writeFile(t, first.path, []byte("y=2\n"))
				}
				if c.gone {
					one.root.Remove(w.files[1].backup)
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
				case i == 1 && c.gone:
					want = laidSpec
				}
				named := strings.Contains(strings.SplitAfter(err.Error(), c.want)[1], file.name)
				if got := string(readTestFile(t, file.path)); got != want || named != (want != rawSpec) {
					t.Errorf("%s is %q, want %q; %v", file.name, got, want, err)
				}
				if info, err := os.Stat(file.path); err != nil || info.Mode() != w.files[i].before.Mode() {
					t.Errorf("%s: %v, %v", file.name, info.Mode(), err)
				}
			}
			noTemps(t, dir)
		})
	}
}

// TestFmtTogether: a second fmt -w waits for one that runs, and takes nothing from it, however
// old the files are. If the first one ends well, the second finds other files than it read; if
// the first puts all back, the second replaces them.
func TestFmtTogether(t *testing.T) {
	for _, fails := range []bool{false, true} {
		dir, names, files := rewriteFolder(t)
		past := time.Now().Add(-2 * time.Hour)
		for _, file := range files {
			if err := os.Chtimes(file.path, past, past); err != nil {
				t.Fatal(err)
			}
		}
		second := make(chan error)
		w := rewriting{}
		w.hook = func(at, path string) {
			if at != "replace" || path != files[len(names)-1].path {
				return
			}
			if _, err := lockFolder(dir); !errors.As(err, new(busyError)) {
				t.Errorf("the folder is not locked: %v", err)
			}
			go func() { second <- (&rewriting{}).rewrite(files) }()
			if fails {
				w.files[len(names)-1].root.Remove(w.files[len(names)-1].temp)
			}
		}
		first, then := w.rewrite(files), <-second
		if !fails {
			first, then = then, first
		}
		if first == nil || !strings.HasSuffix(first.Error(), ". No file was changed") || then != nil {
			t.Errorf("%v, %v", first, then)
		}
		for _, file := range files {
			if got := string(readTestFile(t, file.path)); got != laidSpec {
				t.Errorf("%s is %q", file.name, got)
			}
		}
		noTemps(t, dir)
	}
}

// TestFmtOneFolder: two spellings of one folder are one, which is locked once.
func TestFmtOneFolder(t *testing.T) {
	dir, names, _ := rewriteFolder(t)
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	other := dir + string(filepath.Separator) + "sub" + string(filepath.Separator) + ".."
	edgeplan(t, exitDone, "fmt", "-w", filepath.Join(dir, names[0]), other+string(filepath.Separator)+names[2])
	for _, i := range []int{0, 2} {
		if got := string(readTestFile(t, filepath.Join(dir, names[i]))); got != laidSpec {
			t.Errorf("%q", got)
		}
	}
	noTemps(t, dir)
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
