package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/rehearsed"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

var verifyCommand = command{
	name:  "verify",
	args:  "DIR...",
	takes: []operand{aFolder},
	short: "check that a package is complete and is what its plan.json says",
	about: `DIR is a package, or a folder of packages, in which rehearsal kits are skipped.
Every file must be listed in SHA256SUMS and every artifact must be, byte for byte, what
plan.json makes, and the folder must have the name of the plan, so that two packages are
not exchanged. With --id the plan must be the approved one, and the folder may have any
name: pass it for a package that was renamed or copied elsewhere. A script with an
Authenticode signature is accepted if the text before the signature is the approved
text; check the signature itself with Get-AuthenticodeSignature. A report of a rehearsal in
NAME.rehearsal beside the package has to be of this plan and these scripts, and what it says
has to follow from the logs in it.`,
	exits:   [3]string{"all packages are as they should be", "one is not", "usage, or a file cannot be read"},
	example: "edgeplan verify out/edgepool1-to-edgepool2",
	bind: func(fs *pflag.FlagSet) action {
		approved := fs.String("id", "", "the plan has to be the approved one with this `ID`, as change.md has it")
		wanted := fs.Bool("rehearsed", false, "each plan has to have a report of a rehearsal that passed")
		return func(p *program, args []string) error {
			switch {
			case len(args) == 0:
				return usageError("verify takes a folder")
			case *approved != "" && !isPlanID.MatchString(*approved):
				return usageError("--id takes an ID as it is in change.md: sha256: and 32 digits")
			}
			return p.verifyAll(args, *approved, *wanted)
		}
	},
}

var isPlanID = pattern.New(`^sha256:[0-9a-f]{32}$`)

func (p *program) verifyAll(args []string, approved string, rehearsed bool) error {
	dirs, err := expand(args)
	if err != nil {
		return err
	}
	if dirs = unique(dirs); approved != "" && len(dirs) > 1 {
		return usageError("--id is of one package; give one folder with it")
	}
	var no error
	for _, dir := range dirs {
		switch err := p.verify(filepath.Clean(dir), approved, rehearsed); {
		case errors.Is(err, errNo):
			// Go on: an operator wants to know of all packages which are damaged.
			no = err
		case err != nil:
			return err
		}
	}
	return no
}

// verify checks the packages in a folder. If approved is not empty, there is to be one, whose
// plan has that ID. With rehearsed each plan has to have a report of a rehearsal that passed.
func (p *program) verify(dir, approved string, rehearsed bool) error {
	root, err := openFolder(dir)
	if err != nil {
		return cannot(dir, err)
	}
	defer root.Close()
	names, err := packages(root)
	if err != nil {
		return cannot(dir, err)
	}
	if len(names) == 0 {
		return notAPlan(dir, errors.New("there is no package here"))
	}
	if approved != "" && len(names) > 1 {
		return usagef("--id is of one package, and in %s there are %d", shown(dir), len(names))
	}
	good := true
	for _, name := range names {
		at := path.Join(shown(dir), name)
		found, err := inspect(root, name)
		if err != nil {
			return cannot(at, err)
		}
		found.checkPlan(folderName(dir, name), approved)
		found.checkReport(root, dir, name, rehearsed)
		// The folder of a matrix by itself may have been taken elsewhere, to be read.
		if name != "." {
			if err := found.checkPairs(root); err != nil {
				return cannot(at, err)
			}
		}
		p.printInspection(at, found)
		good = good && len(found.problems) == 0
	}
	if good {
		return nil
	}
	above := dir
	if names[0] == "." {
		// The lock is in the output folder, in which the package is.
		above = filepath.Join(dir, "..")
	}
	// Only where something is wrong: a build that runs elsewhere in DIR is no fault of these packages.
	if unfinished(above) {
		p.say("%s: a build into this folder is running, or was ended before it was complete: "+
			"when none is running, run edgeplan build again", shown(above))
	}
	return errNo
}

// printInspection says what is found in a package, and what to do about it.
func (p *program) printInspection(at string, found *inspection) {
	for _, line := range found.problems {
		if p.form != formText {
			p.findings = append(p.findings, newFinding(codeDamaged, path.Join(at, line.file), line.text))
		}
	}
	for _, line := range append(found.notes, found.problems...) {
		p.say("%s", path.Join(at, line.file)+": "+line.text)
	}
	if found.asListed {
		p.say("%s: each file is as SHA256SUMS there says: either another version of edgeplan built the package, "+
			"or it was edited and the sums were computed again. Check it with the version that built it, "+
			"or run edgeplan build again with this one", at)
	}
	if found.extra {
		p.say("%s: remove the extra files yourself; build does not. "+
			"Another version of edgeplan may have written them", at)
	}
	if len(found.problems) == 0 {
		p.say("%s: OK (%s %s)", at, found.what, found.id)
		if found.rehearsed != "" {
			p.say("%s: %s", at, found.rehearsed)
		}
	}
	if found.lines > 0 {
		p.say("%s: %s", at, wayBack(found.lines))
	}
}

// wayBack says what to do about files of which only the line ends or the encoding were changed.
func wayBack(files int) string {
	one := "this file"
	if files > 1 {
		one = fmt.Sprintf("these %d files", files)
	}
	return "to restore " + one + " as approved, run edgeplan build again with the same spec, which replaces them, " +
		"or copy the package again, as an archive if you send it by mail. " +
		"In git, keep .gitattributes in the package; see docs/package.md, Line ends"
}

// folderName is the name of the folder of a package, by whatever path it is reached.
func folderName(dir, name string) string {
	if name != "." {
		return name
	}
	// A link to a package has a name of its own, but that of the folder counts.
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	return filepath.Base(dir)
}

// checkPlan wants a sound plan to be the approved one or, where the user does not say which that is,
// the one that the folder is named after. Case does not count, as on Windows.
func (in *inspection) checkPlan(folder, approved string) {
	switch {
	case in.id == "": // said by readPlan
	case approved != "" && in.id != approved:
		in.problem("", "its %s is %s, not %s", in.what, in.id, approved)
	case approved == "" && !strings.EqualFold(in.name, folder):
		in.problem("", "the folder is named %q, but this is the package of %q. Was it exchanged for another? "+
			"If it was renamed for transport, give it that name again, or pass the ID that was approved with --id",
			folder, in.name)
	}
}

// checkPairs wants the packages of the pairs of a matrix beside its folder, each with the plan that the
// matrix has of it. Whether a package is what its plan makes is another question.
func (in *inspection) checkPairs(root *os.Root) error {
	if in.matrix == nil {
		return nil
	}
	for _, pair := range in.matrix.Pairs {
		if pair.Plan == "" {
			continue
		}
		d, err := openDisk(root, pair.Plan)
		if err != nil {
			return err
		}
		text, exists, err := d.read(emit.PlanName, maxPlan)
		if err != nil {
			return err
		}
		var head struct {
			ID string `json:"id"`
		}
		switch {
		case !exists:
			in.problem(emit.MatrixName, "the package of the pair %s to %s is missing: there is no plan.json in %s",
				pair.From, pair.To, pair.Plan)
		// One that cannot be read has no ID, and is not the plan of the pair.
		case json.Unmarshal(text, &head) != nil || head.ID != pair.ID:
			in.problem(emit.MatrixName, "the package %s is not that of the matrix: its plan is not %s. Build the matrix "+
				"again", pair.Plan, pair.ID)
		}
	}
	return nil
}

// packages names the packages under the root: itself, or else each of its folders.
func packages(root *os.Root) ([]string, error) {
	// One of them is enough: a package that lost the other is a damaged one, not a folder of packages.
	for _, name := range []string{emit.PlanName, emit.MatrixName, emit.SumsName} {
		if _, err := root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return []string{"."}, err
		}
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), asRehearsal.suffix) {
			// A kit has no plan.json; a folder that has one is a package, whatever its name.
			if _, err := root.Lstat(path.Join(e.Name(), emit.PlanName)); errors.Is(err, fs.ErrNotExist) {
				continue // a rehearsal kit
			}
		}
		// A link is taken for a package too, and then refused.
		if (e.IsDir() || e.Type()&fs.ModeSymlink != 0) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// inspection is what is found in one package.
type inspection struct {
	disk  *disk
	lines int // files of which only the line ends are wrong
	// what is plan or matrix, and id and name are its own; both are "" if it is not sound.
	what, id, name string
	matrix         *plan.Matrix // nil for a plan
	plan           *plan.Plan   // nil for a matrix, and if it is not sound
	scripts        []rehearsed.Sum
	rehearsed      string // what a report of a rehearsal says of the plan
	extra          bool   // a file is there that should not be
	asListed       bool   // though there are problems: SHA256SUMS lists all that is there, as it is
	notes          []remark
	problems       []remark
	expected       map[string]bool // all files that should be there
}

// remark is one line of the result; file is relative to the package, "" for all of it.
type remark struct{ file, text string }

func (in *inspection) problem(file, format string, args ...any) {
	in.problems = append(in.problems, remark{file, fmt.Sprintf(format, args...)})
}

// inspect checks one package. An error is what kept it from being read.
func inspect(root *os.Root, dir string) (*inspection, error) {
	in := &inspection{expected: map[string]bool{emit.SumsName: true}, what: "plan"}
	if info, err := root.Lstat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		in.problem("", "it is %s", entry{kind: info.Mode().Type()}.what())
		return in, nil
	}
	d, err := openDisk(root, dir)
	if err != nil {
		return nil, err
	}
	in.disk = d
	// A folder with both is a package with a file too many.
	_, hasPlan := d.entries[emit.PlanName]
	if _, hasMatrix := d.entries[emit.MatrixName]; hasMatrix && !hasPlan {
		in.what = "matrix"
	}
	in.expected[in.head()] = true
	if err := in.checkContent(); err != nil {
		return nil, err
	}
	in.checkNames()
	// Hashes every file again, so only where something is wrong.
	in.asListed = len(in.problems) > 0 && in.hasListed()
	// checkNames goes through maps; stable, as several problems of one file have their own order.
	slices.SortStableFunc(in.problems, func(a, b remark) int { return strings.Compare(a.file, b.file) })
	return in, nil
}

// head is the file that the others follow from.
func (in *inspection) head() string {
	if in.what == "matrix" {
		return emit.MatrixName
	}
	return emit.PlanName
}

// regular tells whether a file that should be there is, and its length; one that is missing
// or is not a regular one is a problem.
func (in *inspection) regular(name string) (size int64, ok bool, err error) {
	in.expected[name] = true
	kind, exists := in.disk.entries[name]
	switch {
	case !exists:
		in.problem(name, "missing")
		return 0, false, nil
	case !kind.IsRegular():
		in.problem(name, "it is %s", entry{kind: kind}.what())
		return 0, false, nil
	}
	size, err = in.disk.size(name)
	return size, err == nil, err
}

// read returns the bytes of a file that should be there. One that has more than the limit
// is a problem.
func (in *inspection) read(name string, limit int64) (data []byte, ok bool, err error) {
	size, ok, err := in.regular(name)
	switch {
	case err != nil || !ok:
		return nil, false, err
	case size > limit:
		in.problem(name, "it has %d bytes, and no such file has more than %d", size, limit)
		return nil, false, nil
	}
	return in.disk.read(name, limit)
}

// checkNames finds what should not be there.
func (in *inspection) checkNames() {
	folders := map[string]bool{}
	for name := range in.expected {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for name, kind := range in.disk.entries {
		if in.expected[name] || kind.IsDir() && folders[name] {
			continue
		}
		in.extra = in.extra || kind.IsRegular()
		in.problem(name, "extra: %s that is not part of the package", entry{kind: kind}.what())
	}
}
