package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// maxSignature bounds what a signature adds to a script, in bytes.
const maxSignature = 1 << 20

// own knows what of a folder is from edgeplan: bytes by the sums of SHA256SUMS there and of
// the journal, names by plan.json there and the journal.
type own struct {
	disk  *disk
	of    kind
	sums  map[string]string
	past  journal // with names below the output folder
	names map[string]bool
}

func newOwn(d *disk, of kind, past journal) (*own, error) {
	o := &own{disk: d, of: of, past: past, sums: map[string]string{}}
	text, exists, err := d.read(emit.SumsName, maxSums)
	if err != nil || !exists {
		return o, err
	}
	listed, _ := parseSums(plainLines(text))
	for _, s := range listed {
		o.sums[s.name] = s.sum
	}
	return o, nil
}

// hasBytes tells whether a file is as edgeplan wrote it, but perhaps for line ends that
// git, an editor or a mail program has changed, and what its sum is now.
func (o *own) hasBytes(name string) (ours bool, sum string, err error) {
	v, err := o.disk.variants(name)
	if err != nil {
		return false, "", err
	}
	sum, others := v.sums()
	full := path.Join(o.disk.dir, name)
	if name == emit.SumsName { // holds no sum of its own
		return o.sums[o.of.sure] != "" || o.past.has(full, sum), sum, nil
	}
	for _, one := range append(others, variant{sum: sum}) {
		if o.sums[name] == one.sum || o.past.has(full, one.sum) {
			return true, sum, nil
		}
	}
	return false, sum, nil
}

// hasName tells whether edgeplan writes a file of that name, as far as can be known from
// what is in the folder. SHA256SUMS is not asked: anybody may add a line to it.
func (o *own) hasName(name string) bool {
	if o.names == nil {
		o.names = o.of.names(o.disk)
	}
	return o.names[name] || len(o.past[path.Join(o.disk.dir, name)]) > 0
}

// packageNames are the artifacts of the plan in the folder of a package.
func packageNames(d *disk) map[string]bool {
	names := map[string]bool{}
	plan := d.plan()
	if plan == nil {
		return names
	}
	artifacts, err := emit.FromPlan(plan)
	if err != nil {
		return names
	}
	for _, a := range artifacts {
		names[a.Name] = true
	}
	for _, zone := range plan.Zones {
		for _, file := range words.TextFiles(zone) {
			names[file.Zone] = true
		}
	}
	names[emit.SumsName] = true
	return names
}

// kitNames are the files in the folder of a kit whose names are of one.
func kitNames(d *disk) map[string]bool {
	names := map[string]bool{}
	for name := range d.entries {
		names[name] = emit.IsKitFile(name)
	}
	return names
}

// plan is the sound plan of the failover that the folder is named after, or nil.
func (d *disk) plan() *compiler.Plan {
	text, exists, err := d.read(emit.PlanName, maxPlan)
	if err != nil || !exists {
		return nil
	}
	plan, err := compiler.Decode(plainLines(text))
	if err != nil || plan.Name != d.dir {
		return nil
	}
	return plan
}

// isOurs tells whether the folder is a package that edgeplan has made of a failover
// of its name.
func (o *own) isOurs() bool { return o.sums[emit.PlanName] != "" && o.disk.plan() != nil }

// signature tells how a script that is not what build would write has been signed.
func (d *disk) signature(a emit.Artifact) (signed, approved bool, err error) {
	if !strings.HasSuffix(a.Name, ".ps1") {
		return false, false, nil
	}
	size, err := d.size(a.Name)
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

// compare decides what build does to a file that it writes.
func (one *pack) compare(o *own, a emit.Artifact, sum string) error {
	same, exists, err := o.disk.has(a)
	if err != nil || same {
		return err
	}
	c := change{name: a.Name, exists: exists, new: a.Text, sum: sum}
	if !exists {
		one.changes = append(one.changes, c)
		return nil
	}
	signed, approved, err := o.disk.signature(a)
	if err != nil {
		return err
	}
	if approved {
		one.signed = append(one.signed, a.Name)
		return nil
	}
	ours, _, err := o.hasBytes(a.Name)
	if err != nil {
		return err
	}
	if !ours {
		ours, err = o.disk.hasLines(a)
	}
	switch {
	case signed:
		c.edited = "signed, and the text before the signature is not what would be written"
	case !ours:
		c.edited = "not as edgeplan wrote it"
	}
	one.changes = append(one.changes, c)
	return err
}

// hasLines tells whether a file is the artifact but for its line ends.
func (d *disk) hasLines(a emit.Artifact) (bool, error) {
	size, err := d.size(a.Name)
	if err != nil || size > maxChanged(a.Text.Len()) {
		return false, err
	}
	text, _, err := d.read(a.Name, size)
	return err == nil && len(lineChanges(text, a.Text.Bytes())) > 0, err
}

// retire decides what happens to files that are not wanted: those that edgeplan writes
// there and that are as it wrote them are to go, all others stay.
func (one *pack) retire(o *own, wanted map[string]bool) error {
	for _, name := range o.disk.list() {
		switch kind := o.disk.entries[name]; {
		case wanted[name] || kind.IsDir():
			continue
		case !kind.IsRegular() || !o.hasName(name):
			one.keep(name, "edgeplan did not write it")
			continue
		}
		ours, sum, err := o.hasBytes(name)
		switch {
		case err != nil:
			return err
		case !ours:
			one.keep(name, "it is no longer part of the plan, but somebody has signed or edited it")
		default:
			one.changes = append(one.changes, change{name: name, exists: true, remove: true, sum: sum})
		}
	}
	slices.SortFunc(one.changes, func(a, b change) int { return strings.Compare(a.name, b.name) })
	return nil
}

// variants reads a file piece by piece.
func (d *disk) variants(name string) (*variants, error) {
	v := newVariants()
	return v, d.copyTo(v, name)
}

// sum is the SHA-256 of a file, which is read piece by piece.
func (d *disk) sum(name string) (string, error) {
	hash := sha256.New()
	err := d.copyTo(hash, name)
	return fmt.Sprintf("%x", hash.Sum(nil)), err
}

func (d *disk) copyTo(w io.Writer, name string) error {
	file, err := d.open(name, maxArtifact)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.CopyBuffer(onlyWriter{w}, file, make([]byte, 1<<16)); err != nil {
		return cannot(name, err)
	}
	return nil
}

// onlyWriter hides all other methods, so that io.Copy reads piece by piece.
type onlyWriter struct{ io.Writer }

// refusal is why nothing is written: files that somebody has edited or signed.
func refusal(dir string, packs []pack) error {
	const most = 10
	var names []string
	n := 0
	for _, one := range packs {
		for _, c := range one.changes {
			if c.edited == "" {
				continue
			}
			if n++; n <= most {
				names = append(names, fmt.Sprintf("%s (%s)", path.Join(one.name, c.name), c.edited))
			}
		}
	}
	switch {
	case n == 0:
		return nil
	case n > most:
		names = append(names, fmt.Sprintf("and %d more", n-most))
	}
	return fmt.Errorf("%s: nothing was written, to keep %d of the files there: %s. Copy what you need from them; then run this again with --force, which writes over them",
		shown(dir), n, strings.Join(names, ", "))
}
