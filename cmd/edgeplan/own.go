package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
)

// own knows what of a folder is from edgeplan: bytes by what plan.json, or matrix.json, there makes or, where
// another version of edgeplan has made the package, by SHA256SUMS there, and by the journal;
// names by the same and the journal.
type own struct {
	disk  *disk
	of    kind
	sums  map[string]string
	past  journal // with names below the output folder
	names map[string]bool
	made  map[string]string // sums of what plan.json makes; nil if that is not to be asked
	asked bool
	other *string // what another has found
}

func newOwn(d *disk, of kind, past journal) (*own, error) {
	o := &own{disk: d, of: of, past: past, sums: map[string]string{}}
	text, exists, err := d.read(emit.SumsName, maxSums)
	if err != nil || !exists {
		return o, err
	}
	// What git has done to its line ends does not matter here. Where it is broken, none is known.
	listed, _ := parseSums(plainLines(text))
	for _, s := range listed {
		o.sums[s.name] = s.sum
	}
	return o, nil
}

// hasBytes tells whether a file is as edgeplan wrote it, but perhaps for line ends that
// git, an editor or a mail program has changed, and what its sum is now.
func (o *own) hasBytes(name string) (ours bool, sum string, err error) {
	if sum, err = o.disk.sum(name); err != nil {
		return false, "", err
	}
	full := path.Join(o.disk.dir, name)
	known, err := o.known()
	if err != nil {
		return false, "", err
	}
	is := func(sum string) bool { return known[name] == sum || o.past.has(full, sum) }
	if is(sum) || name == emit.SumsName && o.isListed(o.of.sure) { // which holds no sum of its own
		return true, sum, nil
	}
	if size, err := o.disk.size(name); err != nil || size > maxPlan {
		return false, sum, err // it would take long
	}
	// A file of which only the line ends were changed holds no work of a person.
	others, err := o.disk.variants(name)
	return slices.ContainsFunc(others, func(one variant) bool { return is(one.sum) }), sum, err
}

// known are the sums of the files as edgeplan wrote them. The sums of SHA256SUMS can be
// computed again after an edit, so what plan.json makes is asked first. SHA256SUMS decides
// only where that cannot be known: in a kit, after a build that was killed, and in a package
// of another version, in which no script and no record is what this version would write.
func (o *own) known() (map[string]string, error) {
	if !o.asked && o.of.suffix == "" && !o.past.below(o.disk.dir) {
		made, err := o.ofThisVersion()
		if err != nil {
			return nil, err
		}
		o.made = made
	}
	if o.asked = true; o.made != nil {
		return o.made, nil
	}
	return o.sums, nil
}

// isListed tells whether SHA256SUMS lists one of some files.
func (o *own) isListed(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return o.sums[name] != "" })
}

// ofThisVersion are the sums of what plan.json or matrix.json makes, or nil if it is not sound or the
// package is of another version.
func (o *own) ofThisVersion() (map[string]string, error) {
	artifacts, zones := o.disk.determined()
	made, same := map[string]string{}, false
	for _, a := range artifacts {
		made[a.Name] = a.Text.SHA256()
		// Another version writes other scripts and pages; the other files it may write as this one.
		if a.Name != emit.RecordName && a.Name != emit.IndexName && !strings.HasSuffix(a.Name, ".ps1") {
			continue
		}
		is, err := o.disk.isArtifact(a)
		if err != nil {
			return nil, err
		}
		same = same || is
	}
	if !same {
		return nil, nil
	}
	maps.Copy(made, zones)
	return made, nil
}

// hasName tells whether edgeplan writes a file of that name, as far as can be known from
// what is in the folder. SHA256SUMS is not asked: a line is easily added to it.
func (o *own) hasName(name string) bool {
	if o.names == nil {
		o.names = o.of.names(o.disk)
	}
	return o.names[name] || len(o.past[path.Join(o.disk.dir, name)]) > 0
}

// stranger says why a file stays whose name is not known, and whether another version of
// edgeplan may have written it.
func (o *own) stranger(name string) (why string, old bool, err error) {
	const unknown = "edgeplan did not write it"
	if o.of.suffix != "" || !o.disk.entries[name].IsRegular() {
		return unknown, false, nil
	}
	if listed, version := o.sums[name], o.another(); listed != "" && version != "" {
		// It is as SHA256SUMS says, and stays all the same: nothing proves who wrote that.
		sum, err := o.disk.sum(name)
		if err != nil || sum == listed {
			return "SHA256SUMS says that " + version + " wrote it", true, err
		}
	}
	if emit.IsPackageFile(name) {
		return "its name is like those of packages, so another version of edgeplan may have written it", true, nil
	}
	return unknown, false, nil
}

// another says which other version of edgeplan has built the package: one whose plan.json or
// matrix.json is as SHA256SUMS there says, and is none for this one. It is "" if there is no such sign.
func (o *own) another() string {
	if o.other == nil {
		version := ""
		for _, name := range []string{emit.PlanName, emit.MatrixName} {
			text, exists, err := o.disk.read(name, maxPlan)
			if version == "" && err == nil && exists && sumOf(text) == o.sums[name] {
				version = otherVersion(name, text)
			}
		}
		o.other = &version
	}
	return *o.other
}

// otherVersion names the version of edgeplan that wrote a plan.json or matrix.json, as far as that is
// known, or is "" if this one may have written it.
func otherVersion(name string, text []byte) string {
	_, err := procedure.Decode(text)
	ours := plan.FormatVersion
	if name == emit.MatrixName {
		_, err = plan.DecodeMatrix(text)
		ours = plan.MatrixVersion
	}
	if err == nil {
		return ""
	}
	var head struct {
		FormatVersion int `json:"format_version"`
	}
	switch err := json.Unmarshal(text, &head); {
	case err != nil || head.FormatVersion < 1: // none of any version, but some JSON
		return ""
	case head.FormatVersion != ours:
		return fmt.Sprintf("another version of edgeplan (its %s has format version %d, those of this one have %d)",
			name, head.FormatVersion, ours)
	}
	return "another version of edgeplan"
}

// packageNames are the artifacts of the plan or matrix in the folder of a package.
func packageNames(d *disk) map[string]bool {
	names := map[string]bool{}
	artifacts, zones := d.determined()
	if artifacts == nil {
		return names
	}
	for _, a := range artifacts {
		names[a.Name] = true
	}
	for name := range zones {
		names[name] = true
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

// isOurs tells whether the folder is a package that edgeplan has made of a failover or matrix
// of its name.
func (o *own) isOurs() bool {
	return o.sums[emit.PlanName] != "" && o.disk.plan() != nil ||
		o.sums[emit.MatrixName] != "" && o.disk.matrix() != nil
}
