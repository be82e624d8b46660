package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/sheet"
)

// maxPlan bounds the plan.json that is read, in bytes.
const maxPlan = 64 << 20

var showCommand = command{
	name:  "show",
	args:  "PLAN.json...",
	takes: []operand{aPlan},
	short: "print a saved plan, or the index of a matrix, for people; needs no spec",
	about: `PLAN.json is what build or plan --format json wrote, the folder of a package, a folder
of packages, or - for standard input. The index of a matrix is its matrix.json or its folder.
With --rehearsal the report of a rehearsal is printed that rehearse --run has written beside
the package, if it is one of that plan.`,
	exits:   [3]string{"printed", "", "usage, the file cannot be read, or it is not a plan"},
	example: "edgeplan show out/edgepool1-to-edgepool2/plan.json",
	bind: func(fs *pflag.FlagSet) action {
		html := fs.Bool("html", false, "print change.html, the change record as a page")
		report := fs.Bool("rehearsal", false, "print the report of a rehearsal that is beside the package, as Markdown or with --html as a page")
		return func(p *program, args []string) error {
			if len(args) == 0 {
				return usageError("show takes a plan.json or matrix.json, the folder of a package or an index, or -")
			}
			if *report {
				return p.showReports(args, *html)
			}
			all, err := p.input.saved(args)
			if err != nil {
				return err
			}
			if *html {
				return p.printPage(all)
			}
			var texts [][]byte
			for _, one := range all {
				text, err := one.text()
				if err != nil {
					return err
				}
				texts = append(texts, text)
			}
			_, err = p.stdout.Write(bytes.Join(texts, []byte("\n")))
			return err
		}
	},
}

// printPage prints the page of the one plan that was named.
func (p *program) printPage(all []saved) error {
	if len(all) != 1 || len(all[0].plans) != 1 {
		return usageError("show --html takes one plan, and no index of a matrix")
	}
	files, err := emit.FromPlan(all[0].plans[0])
	if err != nil {
		return err
	}
	for _, file := range files {
		if file.Name == emit.PageName {
			_, err = p.stdout.Write(file.Text.Bytes())
		}
	}
	return err
}

// saved is a file that build wrote: plans, or the index of a matrix.
type saved struct {
	name   string // of the file
	plans  []*plan.Plan
	matrix *plan.Matrix // nil: plans
}

func (s saved) text() ([]byte, error) {
	if s.matrix != nil {
		return []byte(sheet.Matrix(s.matrix)), nil
	}
	return plansAsText(s.plans)
}

// saved reads the plans and indexes that arguments name.
func (in input) saved(args []string) ([]saved, error) {
	paths, err := expand(args)
	if err != nil {
		return nil, err
	}
	var out []saved
	for _, path := range unique(paths) {
		for _, pack := range packagesIn(path) {
			one := saved{}
			var text []byte
			if one.name, text, err = in.readPlan(pack); err != nil {
				return nil, err
			}
			if isMatrix(text) {
				one.matrix, err = plan.DecodeMatrix(text)
			} else {
				one.plans, err = decodePlans(text)
			}
			if err != nil {
				return nil, notAPlan(one.name, err)
			}
			out = append(out, one)
		}
	}
	return out, nil
}

// savedPlans reads the plans that arguments name, without the indexes of matrices that are beside them.
func (in input) savedPlans(args []string) ([]*plan.Plan, error) {
	all, err := in.saved(args)
	if err != nil {
		return nil, err
	}
	var out []*plan.Plan
	for _, one := range all {
		out = append(out, one.plans...)
	}
	if out == nil && len(all) > 0 {
		return nil, notAPlan(all[0].name, errIndex)
	}
	return out, nil
}

// errIndex is about the index of a matrix where plans are wanted.
var errIndex = errors.New("this is the index of a matrix, which has no plan in it: name the folder above it, or the " +
	"package of a pair")

// isMatrix tells whether a text is that of a matrix.json, sound or not.
func isMatrix(text []byte) bool {
	var head struct {
		Kind string `json:"kind"`
	}
	return json.Unmarshal(text, &head) == nil && head.Kind == plan.KindMatrix
}

// heads are the files that a package, or the folder of an index, is made from.
var heads = []string{emit.PlanName, emit.MatrixName}

// headOf is the one that a folder has; empty if it has none.
func headOf(folder string) string {
	for _, name := range heads {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return name
		}
	}
	return ""
}

// packagesIn are the packages and indexes of a folder of packages. Any other path is returned as it is.
func packagesIn(path string) []string {
	entries, err := os.ReadDir(path)
	// A package may hold folders; it is not searched for others.
	if path == "-" || err != nil || headOf(path) != "" {
		return []string{path}
	}
	var out []string
	for _, e := range entries {
		if pack := filepath.Join(path, e.Name()); headOf(pack) != "" {
			out = append(out, pack)
		}
	}
	if out == nil {
		return []string{path} // which readPlan says
	}
	return out
}

// readPlan reads plan.json or matrix.json from where the argument says, and names that place.
func (in input) readPlan(arg string) (name string, text []byte, err error) {
	if info, err := os.Stat(arg); arg != "-" && err == nil && info.IsDir() {
		arg = filepath.Join(arg, cmp.Or(headOf(arg), emit.PlanName))
	}
	return in.readNamed(arg, maxPlan)
}

// decodePlans reads one plan, or an array of them.
func decodePlans(text []byte) ([]*plan.Plan, error) {
	// plan --format json prints one plan alone, and several as an array.
	raw := []json.RawMessage{text}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		if err := json.Unmarshal(text, &raw); err != nil {
			return nil, fmt.Errorf("this is not a list of plans: %w", err)
		}
	}
	var plans []*plan.Plan
	for _, one := range raw {
		p, err := procedure.Decode(one)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}
