package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/internal/parallel"
)

// write makes the output folder what the packages say. After an error it is as it was before;
// a process that is killed leaves a journal, by which the next build completes the packages.
//
// The order is what a power cut needs too: the new texts are on the disk before the journal,
// that before the first name changes, and all names before the journal is removed.
func (l *folderLock) write(dir string, packs []pack, of kind) error {
	keep := len(l.past) > 0
	defer func() { l.release(keep) }()
	// The lock is ours, so these are of a process that was killed.
	for _, name := range temps(l.root) {
		l.root.Remove(name)
	}
	w := &writing{root: l.root, there: map[string]bool{".": true}}
	if err := w.all(l, packs, of); err != nil {
		// Where the undo failed too, the next build needs the journal to know what it finds.
		keep = !w.undo() || keep
		return cannot(dir, err)
	}
	keep = !l.covers(packs, of)
	return nil
}

// makeFolders makes a folder and those above it, and names the ones it made.
func makeFolders(dir string) (made []string, err error) {
	for _, name := range missingFolders(dir, os.Stat) {
		err := os.Mkdir(name, 0o777)
		if err == nil {
			made = append(made, name)
			continue
		}
		if info, statErr := os.Stat(name); statErr == nil && info.IsDir() {
			continue // another process made it
		}
		if target, linkErr := os.Readlink(name); linkErr == nil {
			return made, fmt.Errorf(
				"%s is a symbolic link to %s, where there is no folder; make that folder, or remove the link",
				shown(name), shown(target))
		}
		return made, err
	}
	return made, nil
}

// missingFolders names a folder and those above it that are not there, the outer ones first.
// On Windows even the outermost may be missing: a drive.
func missingFolders(dir string, stat func(string) (fs.FileInfo, error)) []string {
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, at)
		if filepath.Dir(at) == at {
			break
		}
	}
	slices.Reverse(missing)
	return missing
}

// writing is a set of files that are replaced and removed together. Names are relative to
// root, where temporary files are.
type writing struct {
	root    *os.Root
	folders []string        // made
	there   map[string]bool // folders that were made or are there
	moves   []move          // still to do
	done    []move
}

// move is one file.
type move struct {
	name   string
	exists bool
	temp   string // its new text; "" if it is removed
	backup string // what was there before
}

func (w *writing) all(l *folderLock, packs []pack, of kind) error {
	if err := w.prepare(packs); err != nil {
		return err
	}
	// Written before the first name changes: from there on a killed build leaves half a package.
	if len(w.moves) > 0 {
		if err := l.note(packs, of); err != nil {
			return err
		}
	}
	for _, m := range w.moves {
		// After the journal too: an empty folder is something that the next build has to know of.
		if err := w.makeParents(m.name); err != nil {
			return cannot(m.name, err)
		}
	}
	for len(w.moves) > 0 {
		if err := w.replace(w.moves[0]); err != nil {
			return cannot(w.moves[0].name, err)
		}
		w.moves = w.moves[1:]
	}
	for _, m := range w.done {
		if m.exists {
			w.root.Remove(m.backup)
		}
	}
	w.removeFolders(packs)
	w.sync(packs)
	return nil
}

// prepare writes the new files under temporary names. SHA256SUMS is replaced last, so that a
// package that was left half replaced does not pass for a whole one.
func (w *writing) prepare(packs []pack) error {
	var changes []change
	for _, one := range packs {
		for _, c := range one.changes {
			w.moves = append(w.moves, move{name: path.Join(one.name, c.name), exists: c.exists})
			changes = append(changes, c)
		}
	}
	errs := make([]error, len(changes))
	parallel.EachOf(diskCalls(len(changes)), len(changes), func(i int) {
		if !changes[i].remove {
			w.moves[i].temp, errs[i] = writeTemp(w.root, changes[i].new)
		}
	})
	for i, err := range errs {
		// What was written is among the moves, so that undo removes it.
		if err != nil {
			return cannot(w.moves[i].name, err)
		}
	}
	slices.SortStableFunc(w.moves, func(a, b move) int { return rank(a) - rank(b) })
	return nil
}

// diskCalls is how many of n files are written at once. Each call waits for the disk, which does many such
// calls in the time of one. A thread for each of a few files would cost more than that.
func diskCalls(n int) int {
	if n < 100 {
		return callsOfFew
	}
	return 32
}

// callsOfFew is 1 for tests that count the calls of one thread.
var callsOfFew = 8

// makeParents makes the folders that a file is in. Each is asked for once, however many files it gets.
func (w *writing) makeParents(name string) error {
	dir := path.Dir(name)
	if w.there[dir] {
		return nil
	}
	if err := w.makeParents(dir); err != nil {
		return err
	}
	switch err := w.root.Mkdir(dir, 0o777); {
	case err == nil:
		w.folders = append(w.folders, dir)
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	w.there[dir] = true
	return nil
}

// replace gives a file its new text, or removes it, and keeps the old one for undo. Where
// there are no hard links there is for a moment no file of that name.
func (w *writing) replace(m move) error {
	linked := false
	if m.exists {
		m.backup = tempName()
		// With a link the old file has both names, and the rename below replaces it in one step.
		linked = w.root.Link(m.name, m.backup) == nil
		if !linked {
			if err := w.root.Rename(m.name, m.backup); err != nil {
				return err
			}
		}
	}
	var err error
	switch {
	case m.temp != "":
		err = w.root.Rename(m.temp, m.name)
	case linked:
		err = w.root.Remove(m.name)
	}
	switch {
	case err == nil:
		w.done = append(w.done, m)
	case linked:
		w.root.Remove(m.backup)
	case m.exists:
		// Without links the old file has only its temporary name now.
		err = errors.Join(err, w.root.Rename(m.backup, m.name))
	}
	return err
}

// rank orders the files: new texts, then SHA256SUMS, then what is removed.
func rank(m move) int {
	switch {
	case m.temp == "":
		return 2
	case path.Base(m.name) == emit.SumsName:
		return 1
	}
	return 0
}

// undo brings everything back to what it was, and tells whether that succeeded.
func (w *writing) undo() bool {
	good := true
	// In reverse, so that the folder is at each moment one that was there on the way.
	for _, m := range slices.Backward(w.done) {
		var err error
		if m.exists {
			err = w.root.Rename(m.backup, m.name)
		} else {
			err = w.root.Remove(m.name)
		}
		good = good && err == nil
	}
	for _, m := range w.moves {
		if m.temp != "" {
			w.root.Remove(m.temp)
		}
	}
	for _, dir := range slices.Backward(w.folders) {
		w.root.Remove(dir) // fails where something is in it
	}
	return good
}

// removeFolders removes folders that have become empty.
func (w *writing) removeFolders(packs []pack) {
	dirs := map[string]bool{}
	for _, one := range packs {
		if one.files == 0 { // a build that was killed may have left these empty
			dirs[one.name], dirs[path.Join(one.name, "dns")] = true, true
		}
	}
	for _, m := range w.done {
		if m.temp == "" {
			dirs[path.Dir(m.name)] = true
		}
	}
	// The longest first: a folder is below a shorter one.
	for _, dir := range slices.SortedFunc(maps.Keys(dirs), func(a, b string) int { return len(b) - len(a) }) {
		w.root.Remove(dir) // fails where something is left in it
	}
}

// sync asks for the new names to be on the disk.
func (w *writing) sync(packs []pack) {
	syncFolder(w.root, ".")
	parallel.EachOf(diskCalls(2*len(packs)), len(packs), func(i int) {
		syncFolder(w.root, packs[i].name)
		syncFolder(w.root, path.Join(packs[i].name, "dns"))
	})
}
