package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

// errSaved is why a file is left as it is: it is no longer what was read.
var errSaved = errors.New("another program changed it while fmt ran; run fmt again")

// rewriting replaces the files of a spec with their new texts, all of them or none. Nothing
// locks these files: an editor may save one at any time, and what it saved has to stay.
type rewriting struct {
	roots map[string]*os.Root // by folder
	files []*replacement
	hook  func(step, path string) // tests act as another program here; nil otherwise
}

// replacement is one file. Base, temp and backup are names in root.
type replacement struct {
	layout
	root   *os.Root
	base   string
	before fs.FileInfo // of the file that was there
	after  fs.FileInfo // of the new one
	temp   string      // the new text; "" once it has the name
	backup string      // a hard link to the file, by which it can be put back; "" if there is none
}

// rewrite replaces the files that differ, each at once and with the mode that it has. A
// symbolic link stays one. If a file cannot be replaced, or is no longer what was read,
// those before it are put back and the error says what is left.
func (w *rewriting) rewrite(files []layout) error {
	w.roots = map[string]*os.Root{}
	defer w.close()
	for _, file := range files {
		if !file.differs() {
			continue
		}
		if err := w.prepare(file); err != nil {
			return w.undo(0, file, err)
		}
	}
	for i, one := range w.files {
		if err := one.replace(w.at); err != nil {
			return w.undo(i, one.layout, err)
		}
	}
	for _, one := range w.files {
		one.drop()
		syncFolder(one.root, ".")
	}
	return nil
}

func (w *rewriting) at(step, path string) {
	if w.hook != nil {
		w.hook(step, path)
	}
}

func (w *rewriting) close() {
	for _, root := range w.roots {
		root.Close()
	}
}

// prepare writes the new text of a file beside it.
func (w *rewriting) prepare(file layout) error {
	real, err := filepath.EvalSymlinks(file.path)
	if err != nil {
		return err
	}
	dir := filepath.Dir(real)
	root := w.roots[dir]
	if root == nil {
		if root, err = openFolder(dir); err != nil {
			return err
		}
		w.roots[dir] = root
		removeOld(root)
	}
	one := &replacement{layout: file, root: root, base: filepath.Base(real)}
	if slices.ContainsFunc(w.files, func(o *replacement) bool { return o.root == root && o.base == one.base }) {
		return nil // a link to it was given too
	}
	if one.before, err = root.Lstat(one.base); err != nil {
		return err
	}
	if one.before.Mode().Perm()&0o222 == 0 {
		return errors.New("it is read-only; make it writable, then run fmt again") // a rename replaces it
	}
	if one.temp, err = writeTemp(root, hunk.Text{file.new}); err != nil {
		return fmt.Errorf("a new file cannot be written beside it: %w", bare(err))
	}
	w.files = append(w.files, one)
	if err := root.Chmod(one.temp, one.before.Mode().Perm()); err != nil {
		return err
	}
	w.at("prepared", file.path)
	if !one.holds(one.base, one.before, one.old) {
		return errSaved
	}
	return nil
}

// holds tells whether there is that file with that text and mode.
func (r *replacement) holds(name string, want fs.FileInfo, text []byte) bool {
	info, err := r.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || !os.SameFile(info, want) || info.Mode() != want.Mode() || info.Size() != int64(len(text)) {
		return false
	}
	got, err := readUnder(r.root, name, int64(len(text)))
	return err == nil && bytes.Equal(got, text)
}

// replace gives the file its new text. It looks right before and right after: what another
// program wrote into the old file meanwhile is in the backup.
func (r *replacement) replace(at func(step, path string)) error {
	var err error
	if r.after, err = r.root.Lstat(r.temp); err != nil {
		return err
	}
	backup := tempName()
	if r.root.Link(r.base, backup) == nil {
		r.backup = backup
	}
	at("replace", r.path)
	if !r.holds(r.base, r.before, r.old) {
		return errSaved
	}
	if err := r.root.Rename(r.temp, r.base); err != nil {
		return err
	}
	r.temp = ""
	at("replaced", r.path)
	if r.backup == "" || r.holds(r.backup, r.before, r.old) {
		return nil
	}
	if r.putBack() {
		return errSaved
	}
	return nil // it was saved once more, under its name
}

// putBack gives the name back to the old file, if what has it is still what fmt wrote.
func (r *replacement) putBack() bool {
	if r.backup == "" || !r.holds(r.base, r.after, r.new) || r.root.Rename(r.backup, r.base) != nil {
		return false
	}
	r.backup = ""
	return true
}

// drop removes what is there under temporary names.
func (r *replacement) drop() {
	for _, name := range []string{r.temp, r.backup} {
		if name != "" {
			r.root.Remove(name)
		}
	}
}

// undo puts the first n files back. It says why, and which of them are not what they were.
func (w *rewriting) undo(n int, failed layout, cause error) error {
	var kept []string
	for _, one := range w.files[:n] {
		if !one.putBack() {
			kept = append(kept, one.name)
		}
	}
	for _, one := range w.files {
		one.drop()
	}
	left := "No file was changed"
	if len(kept) > 0 {
		left = "All files are as they were, except those that fmt has formatted or another program has changed since: " + strings.Join(kept, ", ")
	}
	return &failure{codeNoResult, failed.name, fmt.Errorf("%w. %s", bare(cause), left)}
}

// removeOld removes temporary files that a process that was killed has left. A young one
// may be of one that still runs, as nothing locks the folder of a spec.
func removeOld(root *os.Root) {
	for _, name := range temps(root) {
		if info, err := root.Lstat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			root.Remove(name)
		}
	}
}
