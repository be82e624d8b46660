package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// maxSignature bounds what a signature adds to a script, in bytes.
const maxSignature = 1 << 20

// disk is the folder of one package.
type disk struct {
	root    *os.Root // nil: not there
	dir     string
	entries map[string]fs.FileMode
}

func openDisk(root *os.Root, dir string) (*disk, error) {
	d := &disk{root: root, dir: dir, entries: map[string]fs.FileMode{}}
	if root == nil { // the output folder is not there yet
		return d, nil
	}
	found, err := list(root, dir)
	for _, e := range found {
		d.entries[e.name] = e.kind
	}
	return d, err
}

// exists tells whether there is a file of that name. It refuses anything but a regular
// file, and any link on the way to it.
func (d *disk) exists(name string) (bool, error) {
	// os.Root follows links that stay below it, so each folder on the way is checked.
	for i, c := range name {
		if c != '/' {
			continue
		}
		parent := name[:i]
		if kind, ok := d.entries[parent]; ok && !kind.IsDir() {
			return false, fmt.Errorf("%s is %s, not a folder", parent, entry{kind: kind}.what())
		}
	}
	kind, ok := d.entries[name]
	switch {
	case !ok:
		return false, nil
	case !kind.IsRegular():
		return false, fmt.Errorf("%s is %s; a file has to be there", name, entry{kind: kind}.what())
	}
	return true, nil
}

// read returns the bytes of a file that has at most so many.
func (d *disk) read(name string, limit int64) (data []byte, exists bool, err error) {
	if exists, err = d.exists(name); err != nil || !exists {
		return nil, false, err
	}
	if data, err = readUnder(d.root, path.Join(d.dir, name), limit); err != nil {
		return nil, false, cannot(name, err)
	}
	return data, true, nil
}

// open opens a file that exists has seen.
func (d *disk) open(name string, limit int64) (*os.File, error) {
	file, err := d.root.Open(path.Join(d.dir, name))
	if err == nil {
		// Another program may have put something else there since exists looked.
		if err = checkRegular(file, limit); err == nil {
			return file, nil
		}
		file.Close()
	}
	return nil, cannot(name, err)
}

// size is the length of a file in bytes.
func (d *disk) size(name string) (int64, error) {
	info, err := d.root.Lstat(path.Join(d.dir, name))
	if err != nil {
		return 0, cannot(name, err)
	}
	return info.Size(), nil
}

// has compares a file with the artifact that it should be, without reading it into memory.
func (d *disk) has(a emit.Artifact) (same, exists bool, err error) {
	if exists, err = d.exists(a.Name); err != nil || !exists {
		return false, false, err
	}
	file, err := d.open(a.Name, maxArtifact)
	if err != nil {
		return false, false, err
	}
	defer file.Close()
	if same, err = a.Text.Same(file); err != nil {
		return false, false, cannot(a.Name, err)
	}
	return same, true, nil
}

// list names all that is in the folder, sorted.
func (d *disk) list() []string { return slices.Sorted(maps.Keys(d.entries)) }

// variants are the texts that a file may have been before its line ends, its end or its
// encoding were changed, by their sums. The file is read piece by piece.
func (d *disk) variants(name string) ([]variant, error) {
	v, form := newVariants(), ""
	err := d.readThrough(name, v, func(file io.Reader) io.Reader {
		pieces := bufio.NewReader(file)
		head, _ := pieces.Peek(4) // it may have fewer
		var saved encoding.Encoding
		// Line ends are found in UTF-8 only; the sums are those of files in UTF-8 too.
		if saved, form = savedAs(head); saved == nil {
			return pieces
		}
		return saved.NewDecoder().Reader(pieces)
	})
	if err != nil {
		return nil, err
	}
	_, others := v.sums()
	for i := range others {
		if form != "" {
			// Before the line ends, as formChanges says them.
			others[i].what = append([]string{form}, others[i].what...)
		}
	}
	return others, nil
}

// sum is the SHA-256 of a file, which is read piece by piece.
func (d *disk) sum(name string) (string, error) {
	hash := sha256.New()
	err := d.readThrough(name, hash, func(file io.Reader) io.Reader { return file })
	return fmt.Sprintf("%x", hash.Sum(nil)), err
}

// readThrough copies a file piece by piece, as what decode makes of it.
func (d *disk) readThrough(name string, w io.Writer, decode func(io.Reader) io.Reader) error {
	file, err := d.open(name, maxArtifact)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.CopyBuffer(onlyWriter{w}, onlyReader{decode(file)}, make([]byte, 1<<16)); err != nil {
		return cannot(name, err)
	}
	return nil
}

// onlyReader and onlyWriter hide all other methods, so that io.Copy goes piece by piece.
type onlyReader struct{ io.Reader }

type onlyWriter struct{ io.Writer }

// hasLines tells whether a file is the artifact but for its line ends.
func (d *disk) hasLines(a emit.Artifact) (bool, error) {
	size, err := d.size(a.Name)
	// One that is longer is not read: it is no such file.
	if err != nil || size > maxChanged(a.Text.Len()) {
		return false, err
	}
	text, _, err := d.read(a.Name, size)
	return err == nil && len(lineChanges(text, a.Text.Bytes())) > 0, err
}

// signature tells how a script that is not what build would write has been signed.
func (d *disk) signature(a emit.Artifact) (signed, approved bool, err error) {
	if !strings.HasSuffix(a.Name, ".ps1") {
		return false, false, nil
	}
	size, err := d.size(a.Name)
	// Longer than the script and any signature, so it is not read.
	if err != nil || size > int64(a.Text.Len())+maxSignature {
		return false, false, err
	}
	text, _, err := d.read(a.Name, size)
	if err != nil {
		return false, false, err
	}
	before, signed, err := powershell.Unsigned(text)
	return signed, err == nil && signed && bytes.Equal(before, a.Text.Bytes()), nil
}

// isArtifact tells whether a file is the artifact, but perhaps for its line ends or a signature.
func (d *disk) isArtifact(a emit.Artifact) (bool, error) {
	same, exists, err := d.has(a)
	if err != nil || same || !exists {
		return same, err
	}
	// In the order of what it costs: most files are the artifact as it is.
	if _, approved, err := d.signature(a); err != nil || approved {
		return approved, err
	}
	return d.hasLines(a)
}

// isSigned tells whether a script has something like a signature.
func (d *disk) isSigned(name string) (bool, error) {
	if !strings.HasSuffix(name, ".ps1") {
		return false, nil
	}
	text, _, err := d.read(name, maxPlan)
	if err != nil {
		return false, err
	}
	_, signed, err := powershell.Unsigned(text)
	return signed || err != nil, nil // a block that is no good was a signature once
}

// plan is the sound plan of the failover that the folder is named after, or nil.
func (d *disk) plan() *plan.Plan {
	text, exists, err := d.read(emit.PlanName, maxPlan)
	if err != nil || !exists {
		return nil
	}
	// Line ends that git has changed leave it the plan that it was.
	p, err := procedure.Decode(plainLines(text))
	if err != nil || p.Name != d.dir {
		return nil
	}
	return p
}

// matrix is the sound matrix that the folder is named after, or nil.
func (d *disk) matrix() *plan.Matrix {
	text, exists, err := d.read(emit.MatrixName, maxPlan)
	if err != nil || !exists {
		return nil
	}
	m, err := plan.DecodeMatrix(plainLines(text))
	if err != nil || m.Name != d.dir {
		return nil
	}
	return m
}

// determined are the artifacts that the sound plan or matrix in the folder determines, and the sums of
// new zone files. There are none if it is not sound, or if this version does not render it.
func (d *disk) determined() (artifacts []emit.Artifact, zones map[string]string) {
	if m := d.matrix(); m != nil {
		artifacts, _ = emit.Index(m)
		return artifacts, nil
	}
	plan := d.plan()
	if plan == nil {
		return nil, nil
	}
	artifacts, err := emit.FromPlan(plan)
	if err != nil {
		return nil, nil // another version may have made a plan that this one does not render
	}
	zones = map[string]string{}
	for _, zone := range plan.Zones {
		for _, file := range words.TextFiles(zone) {
			zones[file.Zone] = file.NewSHA256
		}
	}
	return artifacts, zones
}
