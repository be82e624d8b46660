package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/parallel"
	"github.com/edgeplan/edgeplan/parser/memory"
)

// pack is one package as it is in the output folder, and what build would do to it.
type pack struct {
	name    string // of the folder
	files   int    // artifacts that it should have; 0 if all of it is to go
	changes []change
	signed  []string // scripts that stay, as they are signed and right otherwise
	extras  []string // files that stay though they are no artifacts
	notes   []string // why each of extras stays
	old     int      // how many of extras another version of edgeplan may have written
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
	suffix string   // of the folder, after the name of the plan
	sure   []string // files of which SHA256SUMS names one in all of them
	make   func(*plan.Plan) ([]emit.Artifact, error)
	names  func(*disk) map[string]bool // the files there that edgeplan writes
}

var (
	asPackage   = kind{"packages", "", []string{emit.PlanName, emit.MatrixName}, emit.All, packageNames}
	asRehearsal = kind{"kits", words.KitSuffix, []string{"rehearse.ps1"}, emit.Rehearsal, kitNames}
)

// made is what is made of a plan: a folder with its files.
type made struct {
	name  string
	files []emit.Artifact
	sums  map[string]string
}

// With more plans than these: the garbage collector's percentage, and bytes that the process may have for
// each plan. Its files have some 400 KB.
const (
	manyPlans   = 100
	manyPlansGC = 300
	perPlan     = 1 << 20
)

// expectPlans says that so many plans are made, and tells whether they are many. What is made of hundreds of
// plans stays until it is written: collecting garbage at each doubling of a heap that only grows would cost a
// third of the time.
func expectPlans(n int) (many bool) {
	if many = n > manyPlans; many {
		memory.Output(n * perPlan)
	}
	return many
}

// render makes all files of the plans and, as packages, the indexes of the matrices.
func render(dir string, plans []*plan.Plan, matrices []*plan.Matrix, of kind) ([]made, error) {
	var out []made
	var makers []func() ([]emit.Artifact, error)
	for _, p := range plans {
		out = append(out, made{name: p.Name + of.suffix})
		makers = append(makers, func() ([]emit.Artifact, error) { return of.make(p) })
	}
	for _, m := range matrices {
		// A kit is of one plan.
		if of.suffix == "" {
			out = append(out, made{name: m.Name})
			makers = append(makers, func() ([]emit.Artifact, error) {
				all, err := emit.Index(m)
				return emit.WithSums(all), err
			})
		}
	}
	taken := map[string]string{}
	for _, one := range out {
		// On Windows and macOS names that differ in case are one folder, whatever system builds.
		folded := strings.ToLower(one.name)
		if other, ok := taken[folded]; ok {
			return nil, fmt.Errorf("the failovers %s and %s would share a folder where case does not count",
				other, one.name)
		}
		taken[folded] = one.name
	}
	errs := make([]error, len(out))
	if expectPlans(len(out)) {
		defer debug.SetGCPercent(debug.SetGCPercent(manyPlansGC))
	}
	parallel.Each(len(out), func(i int) { out[i].files, errs[i] = makers[i]() })
	for i := range out {
		if errs[i] != nil {
			return nil, cannot(path.Join(dir, out[i].name), errs[i])
		}
		if err := out[i].readSums(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readSums takes the sums of the files from SHA256SUMS, which is one of them.
func (m *made) readSums() error {
	m.sums = map[string]string{}
	for _, a := range m.files {
		if a.Name != emit.SumsName {
			continue
		}
		m.sums[a.Name] = a.Text.SHA256()
		listed, err := parseSums(a.Text.Bytes())
		if err != nil {
			// emit has just written it, in the form that parseSums reads.
			return fmt.Errorf("internal error: %w", err)
		}
		for _, s := range listed {
			m.sums[s.name] = s.sum
		}
	}
	return nil
}

// survey compares what is made of plans with the output folder, which need not be there.
// With all plans given, packages of edgeplan that are of none of them are to go. Past is
// what builds that did not end have noted.
func survey(dir string, all []made, of kind, whole bool, past journal) ([]pack, error) {
	root, err := openFolder(dir)
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
		// Else a package with a name in other case would be taken for a stale one, and removed.
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

// surveyStale finds the packages of edgeplan of which there is no plan any more.
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
		if err != nil {
			continue
		}
		one := pack{name: e.Name()}
		if !o.isOurs() && !past.below(e.Name()) {
			if version := o.another(); version != "" {
				one.keep("", version+" built this package, of which there is no plan any more. "+
					"If it is not needed, remove it or move it away: verify reports it as damaged")
				out = append(out, one)
			}
			continue
		}
		if err := one.retire(o, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		out = append(out, one)
	}
	return out, nil
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
	if approved && o.of.suffix == "" { // rehearse.ps1 runs no signed copies
		one.signed = append(one.signed, a.Name)
		return nil
	}
	ours, _, err := o.hasBytes(a.Name)
	if err != nil {
		return err
	}
	if !ours {
		// The new text with other line ends is no edit either.
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

// retire decides what happens to files that are not wanted: those that edgeplan writes
// there and that are as it wrote them are to go, all others stay.
func (one *pack) retire(o *own, wanted map[string]bool) error {
	for _, name := range o.disk.list() {
		switch kind := o.disk.entries[name]; {
		case wanted[name] || kind.IsDir():
			continue
		case o.of.suffix != "" && emit.IsReportFile(name): // which rehearse --run writes, see noteReports
			continue
		case !kind.IsRegular() || !o.hasName(name):
			why, old, err := o.stranger(name)
			if err != nil {
				return err
			}
			if old {
				one.old++
			}
			one.keep(name, why)
			continue
		}
		ours, sum, err := o.hasBytes(name)
		signed := false
		if err == nil && ours {
			// Bytes that SHA256SUMS lists may have been signed before they were listed.
			signed, err = o.disk.isSigned(name)
		}
		switch {
		case err != nil:
			return err
		case !ours || signed:
			one.keep(name, "it is no longer part of the plan, but it was signed or edited")
		default:
			one.changes = append(one.changes, change{name: name, exists: true, remove: true, sum: sum})
		}
	}
	// compare has added those that are written, in the order of emit; diff prints one order.
	slices.SortFunc(one.changes, func(a, b change) int { return strings.Compare(a.name, b.name) })
	return nil
}

func (one *pack) keep(name, why string) {
	one.extras = append(one.extras, name)
	one.notes = append(one.notes, why)
}

// refusal is why nothing is written: files that were edited or signed.
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
	return fmt.Errorf("%s: nothing was written, to keep %d of the files there: %s. "+
		"Copy what you need from them; then run this again with --force, which overwrites them",
		shown(dir), n, strings.Join(names, ", "))
}
