package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/emit"
)

// pack is one package as it is in the output folder, and what build would do to it.
type pack struct {
	name    string // of the folder
	files   int    // artifacts that it should have; 0 if all of it is to go
	changes []change
	extras  []string // files that stay though they are no artifacts
	notes   []string // why each of extras stays
}

// change is one file that build would write or remove. The name has slashes and is
// relative to the package.
type change struct {
	name   string
	exists bool
	remove bool
	new    hunk.Text
}

// kind is what is made of a plan, and where.
type kind struct {
	plural string
	suffix string // of the folder, after the name of the plan
	make   func(*compiler.Plan) ([]emit.Artifact, error)
}

var (
	asPackage   = kind{"packages", "", emit.All}
	asRehearsal = kind{"kits", ".rehearsal", emit.Rehearsal}
)

// survey compares what is made of plans with the output folder, which need not be there.
// With all plans given, packages of edgeplan that are of none of them are to go.
func survey(dir string, plans []*compiler.Plan, of kind, all bool) ([]pack, error) {
	root, err := os.OpenRoot(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		root = nil
	case err != nil:
		return nil, cannot(dir, err)
	default:
		defer root.Close()
	}
	var packs []pack
	taken := map[string]string{}
	for _, plan := range plans {
		folded := strings.ToLower(plan.Name)
		if other, ok := taken[folded]; ok {
			return nil, fmt.Errorf("the failovers %s and %s would share a folder where case does not count", other, plan.Name)
		}
		taken[folded] = plan.Name
		one, err := surveyPlan(root, plan, of)
		if err != nil {
			return nil, cannot(path.Join(dir, plan.Name+of.suffix), err)
		}
		packs = append(packs, one)
	}
	if !all || root == nil || of.suffix != "" { // only packages are known by what is in them
		return packs, nil
	}
	stale, err := surveyStale(root, taken)
	if err != nil {
		return nil, cannot(dir, err)
	}
	return append(packs, stale...), nil
}

// surveyPlan renders what is made of a plan and compares it.
func surveyPlan(root *os.Root, plan *compiler.Plan, of kind) (pack, error) {
	artifacts, err := of.make(plan)
	if err != nil {
		return pack{}, err
	}
	one := pack{name: plan.Name + of.suffix, files: len(artifacts)}
	d, err := openDisk(root, one.name)
	if err != nil {
		return pack{}, err
	}
	if of.suffix != "" && d.isOurs() {
		return pack{}, errors.New("it is the package of a failover of that name")
	}
	wanted := map[string]bool{}
	for _, a := range artifacts {
		wanted[a.Name] = true
		same, exists, err := d.has(a)
		if err != nil {
			return pack{}, err
		}
		if !same {
			one.changes = append(one.changes, change{name: a.Name, exists: exists, new: a.Text})
		}
	}
	return one, one.retire(d, wanted)
}

// surveyStale finds the packages of edgeplan that nobody wants any more.
func surveyStale(root *os.Root, taken map[string]string) ([]pack, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []pack
	for _, e := range entries {
		if _, wanted := taken[strings.ToLower(e.Name())]; wanted || !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		d, err := openDisk(root, e.Name())
		if err != nil || !d.isOurs() {
			continue // whatever it is, it is no package
		}
		one := pack{name: e.Name()}
		if err := one.retire(d, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		one.changes = append([]change{{name: emit.SumsName, exists: true, remove: true}}, one.changes...)
		one.extras = slices.DeleteFunc(one.extras, func(name string) bool { return name == emit.SumsName })
		out = append(out, one)
	}
	return out, nil
}

// retire decides what happens to files that are not wanted: those that SHA256SUMS
// names and that still have that sum are to go, all others stay.
func (one *pack) retire(d *disk, wanted map[string]bool) error {
	sums := map[string]string{}
	if text, exists, err := d.read(emit.SumsName); err != nil {
		return err
	} else if exists {
		listed, _ := parseSums(text)
		for _, s := range listed {
			sums[s.name] = s.sum
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.entries)) {
		kind := d.entries[name]
		sum, ours := sums[name]
		switch {
		case wanted[name] || kind.IsDir():
			continue
		case !ours || !kind.IsRegular():
			one.keep(name, "edgeplan did not write it")
			continue
		}
		old, _, err := d.read(name)
		if err != nil {
			return err
		}
		if sumOf(old) != sum {
			one.keep(name, "it is no longer part of the plan, but somebody has edited it")
			continue
		}
		one.changes = append(one.changes, change{name: name, exists: true, remove: true})
	}
	slices.SortFunc(one.changes, func(a, b change) int { return strings.Compare(a.name, b.name) })
	return nil
}

func (one *pack) keep(name, why string) {
	if one.files == 0 && name == emit.SumsName {
		return // goes with the package
	}
	one.extras = append(one.extras, name)
	one.notes = append(one.notes, why)
}

// disk is the folder of one package.
type disk struct {
	root    *os.Root // nil: not there
	dir     string
	entries map[string]fs.FileMode
}

func openDisk(root *os.Root, dir string) (*disk, error) {
	d := &disk{root: root, dir: dir, entries: map[string]fs.FileMode{}}
	if root == nil {
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
		return false, fmt.Errorf("%s is %s; a file has to stand there", name, entry{kind: kind}.what())
	}
	return true, nil
}

// read returns the bytes of a file.
func (d *disk) read(name string) (data []byte, exists bool, err error) {
	if exists, err = d.exists(name); err != nil || !exists {
		return nil, false, err
	}
	if data, err = readUnder(d.root, path.Join(d.dir, name), maxArtifact); err != nil {
		return nil, false, cannot(name, err)
	}
	return data, true, nil
}

// has compares a file with the artifact that it should be, without reading it into memory.
func (d *disk) has(a emit.Artifact) (same, exists bool, err error) {
	if exists, err = d.exists(a.Name); err != nil || !exists {
		return false, false, err
	}
	file, err := d.root.Open(path.Join(d.dir, a.Name))
	if err != nil {
		return false, false, cannot(a.Name, err)
	}
	defer file.Close()
	if err = checkRegular(file, maxArtifact); err == nil {
		same, err = a.Text.Same(file)
	}
	if err != nil {
		return false, false, cannot(a.Name, err)
	}
	return same, true, nil
}

// isOurs tells whether the folder is a package that edgeplan has made of a failover
// of its name.
func (d *disk) isOurs() bool {
	text, exists, err := d.read(emit.PlanName)
	if err != nil || !exists {
		return false
	}
	plan, err := compiler.Decode(text)
	if err != nil || plan.Name != d.dir {
		return false
	}
	sums, exists, err := d.read(emit.SumsName)
	if err != nil || !exists {
		return false
	}
	listed, err := parseSums(sums)
	return err == nil && slices.ContainsFunc(listed, func(s checksum) bool { return s.name == emit.PlanName })
}
