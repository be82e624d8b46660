package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/edgeplan/edgeplan/emit"
)

// write makes the output folder what the packages say. All new text is on the disk
// before the first file is replaced; what fails until then leaves nothing behind.
func write(dir string, packs []pack) error {
	if !slices.ContainsFunc(packs, func(one pack) bool { return len(one.changes) > 0 }) {
		return nil
	}
	made, err := makeFolders(dir)
	if err != nil {
		return cannot(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return cannot(dir, err)
	}
	defer root.Close()
	w := &writing{root: root}
	if err := w.put(dir, packs); err != nil {
		w.undo()
		for _, name := range slices.Backward(made) {
			os.Remove(name) // fails where something is in it
		}
		return err
	}
	for _, one := range packs {
		if err := w.remove(one); err != nil {
			return cannot(path.Join(dir, one.name), err)
		}
	}
	w.sync(packs)
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
}

type move struct{ temp, name string }

// put writes all new files, then gives them their names.
func (w *writing) put(dir string, packs []pack) error {
	for _, one := range packs {
		if err := w.prepare(one); err != nil {
			return cannot(path.Join(dir, one.name), err)
		}
	}
	if err := w.replace(); err != nil {
		return cannot(dir, err)
	}
	return nil
}

// prepare writes the new files of a package under temporary names.
func (w *writing) prepare(one pack) error {
	for _, c := range one.changes {
		if c.remove {
			continue
		}
		name := path.Join(one.name, c.name)
		if err := w.makeParents(name); err != nil {
			return err
		}
		temp, err := writeTemp(w.root, name, c.new)
		if err != nil {
			return err
		}
		w.moves = append(w.moves, move{temp, name})
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

// replace gives the files their names; SHA256SUMS last, so that a package that was
// left half replaced does not pass for a whole one.
func (w *writing) replace() error {
	slices.SortStableFunc(w.moves, func(a, b move) int { return rank(a.name) - rank(b.name) })
	for len(w.moves) > 0 {
		if err := w.root.Rename(w.moves[0].temp, w.moves[0].name); err != nil {
			return err
		}
		w.moves = w.moves[1:]
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
		w.root.Remove(dir)
	}
}

// remove takes away the files that are to go, and folders that they leave empty.
func (w *writing) remove(one pack) error {
	removed := false
	dirs := map[string]bool{}
	for _, c := range one.changes {
		if !c.remove {
			continue
		}
		if err := w.root.Remove(path.Join(one.name, c.name)); err != nil {
			return err
		}
		removed = true
		for dir := path.Dir(c.name); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	if !removed {
		return nil
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
	var out []string
	for dir := range dirs {
		out = append(out, dir)
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// sync asks for the new names to be on the disk. Not every system can do that for a
// folder, and the files are whole in any case.
func (w *writing) sync(packs []pack) {
	names := []string{"."}
	for _, one := range packs {
		names = append(names, one.name, path.Join(one.name, "dns"))
	}
	for _, name := range names {
		if dir, err := w.root.Open(name); err == nil {
			dir.Sync()
			dir.Close()
		}
	}
}
