package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/edgeplan/edgeplan/emit"
)

// write makes the output folder what the packages say. An error before the first file is
// replaced leaves nothing behind; a process that is killed later leaves a journal, by which
// the next build completes the packages.
//
// The order is what a power cut needs too: the new texts are on the disk before the journal,
// that before the first name changes, and all names before the journal goes.
func (l *folderLock) write(dir string, packs []pack, of kind) (err error) {
	w := &writing{root: l.root}
	keep := len(l.past) > 0
	defer func() {
		w.undo()
		l.release(keep)
	}()
	for _, name := range temps(l.root) {
		l.root.Remove(name)
	}
	if !slices.ContainsFunc(packs, func(one pack) bool { return one.files == 0 || len(one.changes) > 0 }) {
		keep = !l.covers(packs, of)
		return nil
	}
	for _, one := range packs {
		if err := w.prepare(one); err != nil {
			return cannot(path.Join(dir, one.name), err)
		}
	}
	if err := l.note(packs, of); err != nil {
		return cannot(dir, err)
	}
	if err := w.makePackages(); err != nil {
		return cannot(dir, err)
	}
	if err := w.replace(packs); err != nil {
		keep = keep || w.begun
		return cannot(dir, err)
	}
	w.sync(packs)
	keep = !l.covers(packs, of)
	return nil
}

// makeFolders makes a folder and those above it, and names the ones it made.
func makeFolders(dir string) ([]string, error) {
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, at)
	}
	slices.Reverse(missing)
	return missing, os.MkdirAll(dir, 0o777)
}

// writing is a set of files that are replaced together. Names are relative to root.
type writing struct {
	root    *os.Root
	folders []string // made
	moves   []move
	begun   bool // the first file was replaced or removed
}

type move struct{ temp, name string }

// prepare writes the new files of a package under temporary names.
func (w *writing) prepare(one pack) error {
	for _, c := range one.changes {
		if c.remove {
			continue
		}
		temp, err := writeTemp(w.root, c.new)
		if err != nil {
			return err
		}
		w.moves = append(w.moves, move{temp, path.Join(one.name, c.name)})
	}
	return nil
}

// makePackages makes the folders of the files.
func (w *writing) makePackages() error {
	for _, m := range w.moves {
		if err := w.makeParents(m.name); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) makeParents(name string) error {
	dir := path.Dir(name)
	if dir == "." {
		return nil
	}
	if err := w.makeParents(dir); err != nil {
		return err
	}
	err := w.root.Mkdir(dir, 0o777)
	switch {
	case err == nil:
		w.folders = append(w.folders, dir)
	case errors.Is(err, fs.ErrExist):
		return nil
	}
	return err
}

// replace gives the files their names, SHA256SUMS last, so that a package that was left
// half replaced does not pass for a whole one; then it removes what is to go.
func (w *writing) replace(packs []pack) error {
	slices.SortStableFunc(w.moves, func(a, b move) int { return rank(a.name) - rank(b.name) })
	for len(w.moves) > 0 {
		if err := w.root.Rename(w.moves[0].temp, w.moves[0].name); err != nil {
			return err
		}
		w.moves, w.begun = w.moves[1:], true
	}
	for _, one := range packs {
		if err := w.remove(one); err != nil {
			return err
		}
	}
	return nil
}

func rank(name string) int {
	if path.Base(name) == emit.SumsName {
		return 1
	}
	return 0
}

// undo removes the temporary files that are left, and new folders that are empty.
func (w *writing) undo() {
	for _, m := range w.moves {
		w.root.Remove(m.temp)
	}
	for _, dir := range slices.Backward(w.folders) {
		w.root.Remove(dir) // fails where something is in it
	}
}

// remove takes away the files that are to go, and folders that they leave empty.
func (w *writing) remove(one pack) error {
	dirs := map[string]bool{}
	for _, c := range one.changes {
		if !c.remove {
			continue
		}
		if err := w.root.Remove(path.Join(one.name, c.name)); err != nil {
			return err
		}
		w.begun = true
		for dir := path.Dir(c.name); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	if one.files == 0 {
		dirs["dns"] = true // a build that was killed may have left it empty
	}
	for _, dir := range deepestFirst(dirs) {
		w.root.Remove(path.Join(one.name, dir)) // fails where something is left in it
	}
	if one.files == 0 {
		w.root.Remove(one.name)
	}
	return nil
}

func deepestFirst(dirs map[string]bool) []string {
	return slices.SortedFunc(maps.Keys(dirs), func(a, b string) int { return len(b) - len(a) })
}

// sync asks for the new names to be on the disk.
func (w *writing) sync(packs []pack) {
	syncFolder(w.root, ".")
	for _, one := range packs {
		syncFolder(w.root, one.name)
		syncFolder(w.root, path.Join(one.name, "dns"))
	}
}
