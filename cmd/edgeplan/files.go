package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

// Limits on what is read from a folder of packages.
const (
	maxArtifact = 1 << 30 // bytes of one file
	maxEntries  = 10_000  // files and folders of one package
	maxSums     = 4 << 20 // bytes of SHA256SUMS
	maxDepth    = 16      // folders in each other that are looked into
)

// entry is a file or folder of a package. The name has slashes and is relative to
// the package.
type entry struct {
	name string
	kind fs.FileMode // type bits
}

// what says which kind of thing an entry is.
func (e entry) what() string {
	switch {
	case e.kind.IsRegular():
		return "a file"
	case e.kind.IsDir():
		return "a folder"
	case e.kind&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "not a regular file"
}

// list names all that is in a folder under the root, by name, links not followed, and what
// is in many folders one in the other left out.
// There is nothing in a folder that is not there.
func list(root *os.Root, dir string) ([]entry, error) {
	info, err := root.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("it is %s, not a folder", entry{kind: info.Mode().Type()}.what())
	}
	var out []entry
	err = fs.WalkDir(root.FS(), dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == dir:
			return nil
		case len(out) == maxEntries: // a wrong folder, such as that of a whole disk, is not read to its end
			return fmt.Errorf("there are more than %d files", maxEntries)
		}
		// WalkDir gives names below the root.
		if dir != "." {
			name = strings.TrimPrefix(name, dir+"/")
		}
		out = append(out, entry{name: name, kind: d.Type()})
		// The folder itself is listed, so it is found as an extra one.
		if d.IsDir() && strings.Count(name, "/") == maxDepth {
			return fs.SkipDir
		}
		return nil
	})
	return out, err
}

// openFolder opens a folder. It looks first, as opening a pipe waits for its other end.
func openFolder(dir string) (*os.Root, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errors.New("it is not a folder")
	}
	return os.OpenRoot(dir)
}

// readUnder reads a file that list has found to be a regular one.
func readUnder(root *os.Root, name string, limit int64) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRegular(file, limit)
}

// readFile reads a regular file.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name) // before Open, which waits for the other end of a pipe
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRegular(file, limit)
}

func readRegular(file *os.File, limit int64) ([]byte, error) {
	if err := checkRegular(file, limit); err != nil {
		return nil, err
	}
	// It may grow while it is read.
	return io.ReadAll(io.LimitReader(file, limit))
}

// checkRegular refuses an open file that is none, or a larger one.
func checkRegular(file *os.File, limit int64) error {
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case info.Size() > limit:
		return fmt.Errorf("it has more than %d bytes", limit)
	}
	return nil
}

const tempStart, tempEnd = ".edgeplan-", ".tmp"

// tempName makes a name that no other program gives to a file: its second half follows
// from the first.
func tempName() string {
	text := rand.Text()
	return tempStart + text + "-" + tempCheck(text) + tempEnd
}

func tempCheck(text string) string { return sumOf([]byte("temporary file of edgeplan " + text))[:16] }

// isTemp tells whether tempName has made a name.
func isTemp(name string) bool {
	rest, starts := strings.CutPrefix(name, tempStart)
	rest, ends := strings.CutSuffix(rest, tempEnd)
	text, check, _ := strings.Cut(rest, "-")
	// A file of a user that only looks like one is never removed.
	return starts && ends && check == tempCheck(text)
}

// temps are the temporary files in the folder of the root, which a process that was killed
// has left.
func temps(root *os.Root) []string {
	// A folder that cannot be listed has none to remove; writing into it says what is wrong.
	entries, _ := fs.ReadDir(root.FS(), ".")
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() && isTemp(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out
}

// manyParts is from how many parts on a text is written through a buffer.
const manyParts = 16

// writers are for texts that have many short parts.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 1<<16) }}

// writeTemp writes a new file in the folder of the root and makes sure that it is on the
// disk. It leaves nothing behind when it fails.
func writeTemp(root *os.Root, text hunk.Text) (temp string, err error) {
	temp = tempName()
	// O_EXCL: nothing that is there is followed or overwritten. The umask takes bits off the mode.
	file, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	if err = writeText(file, text); err == nil {
		// Before the rename: after a power cut the name would have an empty file else.
		err = file.Sync()
	}
	// A network file system may say only here that the disk is full.
	if err = errors.Join(err, file.Close()); err != nil {
		root.Remove(temp)
		return "", err
	}
	return temp, nil
}

func writeText(file io.Writer, text hunk.Text) error {
	if len(text.Parts()) < manyParts {
		_, err := text.WriteTo(file)
		return err
	}
	w := writers.Get().(*bufio.Writer)
	defer writers.Put(w)
	w.Reset(file)
	if _, err := text.WriteTo(w); err != nil {
		return err
	}
	return w.Flush()
}

// syncFolder asks for the names in a folder to be on the disk. Not every system can do that
// for a folder.
func syncFolder(root *os.Root, name string) {
	if dir, err := root.Open(name); err == nil {
		// Its error is left out: on Windows a folder cannot be synced.
		dir.Sync()
		dir.Close()
	}
}
