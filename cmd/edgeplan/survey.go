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
	signed  []string // scripts that stay, as they are signed and right otherwise
	extras  []string // files that stay though they are no artifacts
	notes   []string // why each of extras stays
}

// change is one file that build would write or remove. The name has slashes and is
// relative to the package.
type change struct {
	name   string
	exists bool
	remove bool
	edited string // what a person did to the file that would be lost, or ""
	new    hunk.Text
	sum    string // of new, or of what is removed
}

// kind is what is made of a plan, and where.
type kind struct {
	plural string
	suffix string // of the folder, after the name of the plan
	sure   string // a file that SHA256SUMS names in all of them
	make   func(*compiler.Plan) ([]emit.Artifact, error)
	names  func(*disk) map[string]bool // the files there that edgeplan writes
}

var (
	asPackage   = kind{"packages", "", emit.PlanName, emit.All, packageNames}
	asRehearsal = kind{"kits", ".rehearsal", "rehearse.ps1", emit.Rehearsal, kitNames}
)

// made is what is made of a plan: a folder with its files.
type made struct {
	name  string
	files []emit.Artifact
	sums  map[string]string
}

// render makes all files of the plans.
func render(dir string, plans []*compiler.Plan, of kind) ([]made, error) {
	var out []made
	taken := map[string]string{}
	for _, plan := range plans {
		folded := strings.ToLower(plan.Name)
		if other, ok := taken[folded]; ok {
			return nil, fmt.Errorf("the failovers %s and %s would share a folder where case does not count", other, plan.Name)
		}
		taken[folded] = plan.Name
		one := made{name: plan.Name + of.suffix, sums: map[string]string{}}
		var err error
		if one.files, err = of.make(plan); err != nil {
			return nil, cannot(path.Join(dir, one.name), err)
		}
		for _, a := range one.files {
			if a.Name != emit.SumsName {
				continue
			}
			one.sums[a.Name] = a.Text.SHA256()
			listed, err := parseSums(a.Text.Bytes())
			if err != nil {
				return nil, fmt.Errorf("internal error: %w", err)
			}
			for _, s := range listed {
				one.sums[s.name] = s.sum
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// survey compares what is made of plans with the output folder, which need not be there.
// With all plans given, packages of edgeplan that are of none of them are to go. Past is
// what builds that did not end have noted.
func survey(dir string, all []made, of kind, whole bool, past journal) ([]pack, error) {
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
	taken := map[string]bool{}
	for _, m := range all {
		one, err := surveyPlan(root, m, of, past)
		if err != nil {
			return nil, cannot(path.Join(dir, m.name), err)
		}
		taken[strings.ToLower(m.name)] = true
		packs = append(packs, one)
	}
	if !whole || root == nil || of.suffix != "" { // only packages are known by what is in them
		return packs, nil
	}
	stale, err := surveyStale(root, taken, past)
	if err != nil {
		return nil, cannot(dir, err)
	}
	return append(packs, stale...), nil
}

// surveyPlan compares what is made of a plan with what is there.
func surveyPlan(root *os.Root, m made, of kind, past journal) (pack, error) {
	one := pack{name: m.name, files: len(m.files)}
	d, err := openDisk(root, m.name)
	if err != nil {
		return pack{}, err
	}
	o, err := newOwn(d, of, past)
	if err != nil {
		return pack{}, err
	}
	wanted := map[string]bool{}
	for _, a := range m.files {
		wanted[a.Name] = true
		if err := one.compare(o, a, m.sums[a.Name]); err != nil {
			return pack{}, err
		}
	}
	return one, one.retire(o, wanted)
}

// surveyStale finds the packages of edgeplan that nobody wants any more.
func surveyStale(root *os.Root, taken map[string]bool, past journal) ([]pack, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []pack
	for _, e := range entries {
		if taken[strings.ToLower(e.Name())] || !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		d, err := openDisk(root, e.Name())
		if err != nil {
			continue // whatever it is, it is no package
		}
		o, err := newOwn(d, asPackage, past)
		if err != nil || !o.isOurs() && !past.below(e.Name()) {
			continue
		}
		one := pack{name: e.Name()}
		if err := one.retire(o, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		out = append(out, one)
	}
	return out, nil
}

func (one *pack) keep(name, why string) {
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
