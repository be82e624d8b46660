package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/emit"
)

const (
	// lockName is the file that a build holds in its output folder, and fmt -w in that of a spec,
	// while it changes the folder.
	lockName = ".edgeplan.lock"
	// lockStart is how its text begins.
	lockStart = `{"pid":`
	maxLock   = 16 << 20 // bytes of it
)

// folderLock is held by the one build, or fmt, that may change a folder. It is a lock of the
// operating system, so it ends with the process, however that ends, and the file that is
// left is none.
//
// The file is a journal too, of JSON lines that are only appended: who holds it, and before
// the first file is replaced each file that is written or removed, with the sum. By that the
// next build knows what a build that was killed has left behind.
type folderLock struct {
	root  *os.Root
	made  []string // folders, the outer ones first
	file  *os.File
	past  map[string]journal // of builds that did not end, by what they made: packages or kits
	shaky bool               // the file system has no locks
}

// lockLine is one line: who, or a file.
type lockLine struct {
	PID   int    `json:"pid,omitempty"`
	Host  string `json:"host,omitempty"`
	Since string `json:"since,omitempty"` // RFC 3339, UTC
	File  string `json:"file,omitempty"`  // with slashes, below the output folder
	Sum   string `json:"sha256,omitempty"`
	Of    string `json:"of,omitempty"` // packages or kits
}

// journal is what builds that did not end may have left: sums of files, by name below the
// output folder.
type journal map[string][]string

// has tells whether a file with that sum is from such a build.
func (j journal) has(name, sum string) bool { return slices.Contains(j[name], sum) }

// below tells whether such a build had to do with a folder.
func (j journal) below(folder string) bool {
	for name := range j {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

var errGone = errors.New("the lock was removed meanwhile")

// busyError says who has the lock.
type busyError string

func (e busyError) Error() string { return string(e) }

// lockFolder makes the folder and takes its lock. If another build has it, the error says
// which.
func lockFolder(dir string) (*folderLock, error) {
	var made []string
	for try := 0; ; try++ {
		more, err := makeFolders(dir)
		made = append(made, more...)
		var l *folderLock
		if err == nil {
			l, err = tryFolder(dir)
		}
		// The build that had the lock may just have removed it, and the folder. Windows refuses
		// a file that is about to be removed.
		passing := errors.Is(err, errGone) || errors.Is(err, fs.ErrNotExist) ||
			runtime.GOOS == "windows" && errors.Is(err, fs.ErrPermission)
		switch {
		case err == nil:
			l.made = made
			return l, nil
		case !passing || try == 100:
			removeEmpty(made)
			return nil, cannot(dir, err)
		}
		// Longer each time, some five seconds in all.
		time.Sleep(time.Duration(try) * time.Millisecond)
	}
}

func tryFolder(dir string) (*folderLock, error) {
	root, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	l := &folderLock{root: root}
	if err := l.take(); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *folderLock) take() error {
	info, err := l.root.Lstat(lockName)
	// Before it is opened: a pipe would wait for its other end, and a link could lead elsewhere.
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is %s and not a lock of edgeplan; move it away",
			lockName, entry{kind: info.Mode().Type()}.what())
	}
	if l.file, err = l.root.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return cannot(lockName, err)
	}
	held, err := tryLock(l.file)
	switch l.shaky = errors.Is(err, errors.ErrUnsupported); {
	case err != nil && !l.shaky:
		return err
	case !held && !l.shaky:
		return busyError(busy(l.root))
	}
	// Who had the lock may have removed the file between opening and locking. A lock on a file
	// without a name keeps no other build out.
	if still, err := l.root.Stat(lockName); err != nil {
		return errGone
	} else if info, err := l.file.Stat(); err != nil || !os.SameFile(still, info) {
		return errGone
	}
	// Only after it is locked: until then its holder may write.
	text, err := readRegular(l.file, maxLock)
	if err != nil {
		return err
	}
	if !isLock(text) {
		return fmt.Errorf("%s is not a lock of edgeplan; move it away", lockName)
	}
	_, l.past = parseLock(text)
	return l.sign(len(text) == 0)
}

// sign writes down who has the lock. On a full disk a new lock is removed again.
func (l *folderLock) sign(fresh bool) error {
	host, _ := os.Hostname() // it is only told
	err := l.add(lockLine{PID: os.Getpid(), Host: host, Since: time.Now().UTC().Format(time.RFC3339)})
	if err != nil && fresh {
		l.root.Remove(lockName)
	}
	return err
}

// isLock tells whether a text is one of a lock, also of one that was not written to its end.
func isLock(text []byte) bool {
	text = bytes.Trim(text, "\x00") // a power cut may leave these
	// An empty one too: it was made, and the process killed before it wrote.
	return bytes.HasPrefix(text, []byte(lockStart)) || strings.HasPrefix(lockStart, string(text))
}

// parseLock reads what can be read.
func parseLock(text []byte) (holder lockLine, past map[string]journal) {
	past = map[string]journal{}
	for line := range bytes.Lines(text) {
		var one lockLine
		switch err := json.Unmarshal(line, &one); {
		case err != nil: // a line that was not written to its end
		case one.PID != 0:
			holder = one
		case isWritten(one):
			if past[one.Of] == nil {
				past[one.Of] = journal{}
			}
			past[one.Of][one.File] = append(past[one.Of][one.File], one.Sum)
		}
	}
	return holder, past
}

// isWritten tells whether a line is of a file that edgeplan can have written: a forged journal
// is no reason to remove any other.
func isWritten(line lockLine) bool {
	folder, name, below := strings.Cut(line.File, "/")
	if !below || !fs.ValidPath(line.File) {
		return false
	}
	// The names of files do not tell a kit from a package: both have scripts and SHA256SUMS.
	kit := strings.HasSuffix(folder, asRehearsal.suffix)
	switch line.Of {
	case asPackage.plural:
		return !kit && emit.IsPackageFile(name)
	case asRehearsal.plural:
		return kit && (emit.IsKitFile(name) || emit.IsReportFile(name))
	}
	return false
}

// busy says who has the lock. The holder writes its name right after it has taken it.
func busy(root *os.Root) string {
	for range 20 {
		if file, err := root.Open(lockName); err == nil {
			text, _ := readRegular(file, maxLock)
			file.Close()
			// A journal has a line for each build that wrote into it; the last is the holder's.
			if by, _ := parseLock(text); by.PID != 0 {
				return fmt.Sprintf("another edgeplan is writing into this folder: process %d on %s, since %s. "+
					"Run this again when it has ended", by.PID, by.Host, by.Since)
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "another edgeplan is writing into this folder. Run this again when it has ended"
}

// add appends lines and makes sure that they are on the disk.
func (l *folderLock) add(lines ...lockLine) error {
	var text bytes.Buffer
	// Lines of builds that were killed stay: what they left is known by them.
	end, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if end > 0 {
		text.WriteByte('\n') // ends a line that was not written to its end
	}
	encoder := json.NewEncoder(&text)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	if _, err := l.file.Write(text.Bytes()); err != nil {
		return err
	}
	return l.file.Sync()
}

// note writes down what is about to be replaced and removed.
func (l *folderLock) note(packs []pack, of kind) error {
	var lines []lockLine
	for _, one := range packs {
		for _, c := range one.changes {
			lines = append(lines, lockLine{File: path.Join(one.name, c.name), Sum: c.sum, Of: of.plural})
		}
	}
	if err := l.add(lines...); err != nil {
		return err
	}
	// The file is on the disk, but its name may not be.
	syncFolder(l.root, ".")
	return nil
}

// covers tells whether nothing is left of builds that did not end, now that these packs are
// as they should be.
func (l *folderLock) covers(packs []pack, of kind) bool {
	for plural, past := range l.past {
		for name := range past {
			folder, _, _ := strings.Cut(name, "/")
			if plural == of.plural && slices.ContainsFunc(packs, func(one pack) bool { return one.name == folder }) {
				continue
			}
			// A package that another spec has to complete. Where its folder is not there, nothing is left.
			if _, err := l.root.Lstat(folder); err == nil {
				return false
			}
		}
	}
	return true
}

// release ends the lock. The journal stays if it is still needed. Folders that were made
// are removed again if nothing is in them.
func (l *folderLock) release(keep bool) {
	if !keep {
		l.root.Remove(lockName) // before others can take it
	}
	l.close()
	// After the root is closed: Windows removes no folder that is open.
	removeEmpty(l.made)
}

// removeEmpty removes those of the folders that are empty, the inner ones first.
func removeEmpty(made []string) {
	for _, name := range slices.Backward(made) {
		os.Remove(name) // fails where something is in it
	}
}

func (l *folderLock) close() {
	if l.file != nil {
		l.file.Close()
	}
	l.root.Close()
}

// unfinished tells whether a build into the folder is running, or did not come to its end.
func unfinished(dir string) bool {
	root, err := openFolder(dir)
	if err != nil {
		return false
	}
	defer root.Close()
	_, err = root.Lstat(lockName)
	return err == nil || len(temps(root)) > 0
}
