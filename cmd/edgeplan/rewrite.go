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

// errSaved and errOpen are why a file is left as it is: it is no longer what was read, or may
// not be in a moment.
var (
	errSaved = errors.New("another program changed it while fmt ran; run fmt again")
	errOpen  = errors.New("another program has it open for writing; close it there and run fmt again")
)

// rewriting replaces the files of a spec with their new texts, all of them or none. Nothing
// keeps an editor from these files: it may save one at any time, and what it saved has to stay.
type rewriting struct {
	folders []lockedFolder
	files   []*replacement
	hook    func(step, path string) // tests act as another program here; nil otherwise
	system  fileSystem
}

// lockedFolder is a folder with such files. Its lock keeps other runs of edgeplan from it, so
// that none takes the temporary files of one that runs for those of one that was killed.
type lockedFolder struct {
	info fs.FileInfo
	lock *folderLock
}

// fileSystem is what not every file system can do.
type fileSystem struct {
	link  func(root *os.Root, name, to string) error
	lease func(root *os.Root, name string) (*lease, error) // nil, nil if it cannot
}

// replacement is one file. Base, temp and backup are names in root.
type replacement struct {
	layout
	root   *os.Root
	base   string
	before fs.FileInfo // of the file that was there
	after  fs.FileInfo // of the new one
	temp   string      // the new text; "" once it has the name
	backup string      // by which the old text can be restored: a hard link to the file, else a copy
	kept   fs.FileInfo // of the backup
	lease  *lease      // on the file that was there
}

// rewrite replaces the files that differ, each at once and with the mode that it has. A
// symbolic link stays one. If a file cannot be replaced, or is no longer what was read,
// those before it are restored and the error says what is left.
func (w *rewriting) rewrite(files []layout) error {
	if w.system.link == nil {
		w.system = fileSystem{(*os.Root).Link, takeLease}
	}
	defer w.close()
	for _, file := range files {
		if !file.differs() {
			continue
		}
		if err := w.prepare(file); err != nil {
			return w.undo(0, file, err)
		}
	}
	// All new texts are on the disk now: a full disk is found before the first file changes.
	for i, one := range w.files {
		if err := w.replace(one); err != nil {
			return w.undo(i, one.layout, err)
		}
	}
	for _, one := range w.files {
		// After the last rename: up to here a program that had an old file open could write into it.
		if one.savedLate() {
			return w.undo(len(w.files), one.layout, errSaved)
		}
	}
	for _, one := range w.files {
		one.drop()
	}
	for _, folder := range w.folders {
		syncFolder(folder.lock.root, ".")
	}
	return nil
}

func (w *rewriting) at(step, path string) {
	if w.hook != nil {
		w.hook(step, path)
	}
}

func (w *rewriting) close() {
	for _, folder := range w.folders {
		folder.lock.release(len(folder.lock.past) > 0)
	}
}

// prepare writes the new text of a file beside it.
func (w *rewriting) prepare(file layout) error {
	// A rename would replace the link itself.
	real, err := filepath.EvalSymlinks(file.path)
	if err != nil {
		return err
	}
	root, err := w.folder(filepath.Dir(real))
	if err != nil {
		return err
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
	if one.temp, err = writeTemp(root, hunk.TextOf(file.new)); err != nil {
		return notBeside(err)
	}
	w.files = append(w.files, one)
	// The umask may have taken bits off it that the old file has.
	if err := root.Chmod(one.temp, one.before.Mode().Perm()); err != nil {
		return err
	}
	w.at("prepared", file.path)
	if !one.holds(one.base, one.before, one.old) {
		return errSaved
	}
	return nil
}

// folder opens and locks a folder, once for all spellings of its path. It removes what an
// edgeplan that was killed has left there.
func (w *rewriting) folder(dir string) (*os.Root, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	for _, folder := range w.folders {
		if os.SameFile(folder.info, info) {
			return folder.lock.root, nil
		}
	}
	lock, err := awaitFolder(dir)
	var busy busyError
	switch {
	case errors.As(err, &busy):
		return nil, busy
	case err != nil:
		return nil, notBeside(err)
	}
	w.folders = append(w.folders, lockedFolder{info, lock})
	removeOld(lock)
	return lock.root, nil
}

// awaitFolder takes the lock of a folder. It waits for another edgeplan for some seconds, as
// other programs run fmt for each file of a folder at once.
func awaitFolder(dir string) (*folderLock, error) {
	for try := 0; ; try++ {
		lock, err := lockFolder(dir)
		// About ten seconds.
		if !errors.As(err, new(busyError)) || try == 100 {
			return lock, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func notBeside(err error) error {
	var at *failure // it names the folder, and the error is about the file
	if errors.As(err, &at) {
		err = at.err
	}
	return fmt.Errorf("a new file cannot be written beside it: %w", bare(err))
}

// holds tells whether there is that file with that text and mode.
func (r *replacement) holds(name string, want fs.FileInfo, text []byte) bool {
	info, err := r.root.Lstat(name)
	same := err == nil && info.Mode().IsRegular() && os.SameFile(info, want) &&
		info.Mode() == want.Mode() && info.Size() == int64(len(text))
	if !same {
		return false
	}
	got, err := readUnder(r.root, name, int64(len(text)))
	return err == nil && bytes.Equal(got, text)
}

// replace gives the file its new text. It looks right before; what another program wrote into
// the old file since is seen by savedLate.
func (w *rewriting) replace(r *replacement) error {
	var err error
	// Before it gets its name: by this savedLate and putBack know it again.
	if r.after, err = r.root.Lstat(r.temp); err != nil {
		return err
	}
	if err := r.keep(w.system.link); err != nil {
		return notBeside(err)
	}
	w.at("replace", r.path)
	// The lease comes before the comparison, so that no write begins between that and the rename.
	if r.lease, err = w.system.lease(r.root, r.base); err != nil {
		return err
	}
	if !r.holds(r.base, r.before, r.old) {
		return errSaved
	}
	if err := r.root.Rename(r.temp, r.base); err != nil {
		return err
	}
	r.temp = ""
	w.at("replaced", r.path)
	return nil
}

// keep makes the backup. Where there are no hard links it is a copy, which has the text and
// the mode, and does not show what is written into the old file.
func (r *replacement) keep(link func(root *os.Root, name, to string) error) error {
	r.backup = tempName()
	// The link is the old file itself, so what a program writes into it later is seen.
	err := link(r.root, r.base, r.backup)
	if err != nil {
		if r.backup, err = writeTemp(r.root, hunk.TextOf(r.old)); err != nil {
			return err
		}
		if err = r.root.Chmod(r.backup, r.before.Mode().Perm()); err != nil {
			return err
		}
	}
	r.kept, err = r.root.Lstat(r.backup)
	return err
}

// savedLate tells whether another program has written into the old file after it was compared,
// or is about to, and has not saved it under its name since.
func (r *replacement) savedLate() bool {
	return (r.lease.broken() || !r.holds(r.backup, r.kept, r.old)) && r.holds(r.base, r.after, r.new)
}

// putBack gives the name back to the old file, if what has it is still what fmt wrote.
func (r *replacement) putBack() bool {
	// What another program saved under the name is newer than both texts, and stays.
	if !r.holds(r.base, r.after, r.new) || r.root.Rename(r.backup, r.base) != nil {
		return false
	}
	r.backup = ""
	return true
}

// drop removes what is there under temporary names, and lets others write.
func (r *replacement) drop() {
	r.lease.release()
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
		left = "All files are as they were, except those that another program has changed since " +
			"or that fmt cannot restore: " + strings.Join(kept, ", ")
	}
	return &failure{codeNoResult, failed.name, fmt.Errorf("%w. %s", bare(cause), left)}
}

// removeOld removes the temporary files of an edgeplan that was killed: one that runs has the
// lock. Without locks nothing tells the two apart, so they stay.
func removeOld(l *folderLock) {
	if l.shaky {
		return
	}
	// Without the lock they could be those of a run that is going on.
	for _, name := range temps(l.root) {
		l.root.Remove(name)
	}
}
