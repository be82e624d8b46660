package main

import (
	"path"
	"slices"

	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/words"
)

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
	if sum, err = o.disk.sum(name); err != nil {
		return false, "", err
	}
	full := path.Join(o.disk.dir, name)
	is := func(sum string) bool { return o.sums[name] == sum || o.past.has(full, sum) }
	if is(sum) || name == emit.SumsName && o.sums[o.of.sure] != "" { // which holds no sum of its own
		return true, sum, nil
	}
	if size, err := o.disk.size(name); err != nil || size > maxPlan {
		return false, sum, err // it would take long
	}
	v, err := o.disk.variants(name)
	if err != nil {
		return false, "", err
	}
	_, others := v.sums()
	return slices.ContainsFunc(others, func(one variant) bool { return is(one.sum) }), sum, nil
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

// isOurs tells whether the folder is a package that edgeplan has made of a failover
// of its name.
func (o *own) isOurs() bool { return o.sums[emit.PlanName] != "" && o.disk.plan() != nil }
