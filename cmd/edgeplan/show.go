package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
)

// maxPlan bounds the plan.json that is read, in bytes.
const maxPlan = 64 << 20

var showCommand = command{
	name:  "show",
	args:  "PLAN.json...",
	takes: []operand{aPlan},
	short: "print a saved plan for people; needs no spec",
	about: `PLAN.json is what build or plan --format json wrote, the folder of a package, a folder
of packages, or - for standard input.`,
	exits:   [3]string{"printed", "", "usage, the file cannot be read, or it is not a plan"},
	example: "edgeplan show out/edgepool1-to-edgepool2/plan.json",
	bind: func(*pflag.FlagSet) action {
		return func(p *program, args []string) error {
			if len(args) == 0 {
				return usageError("show takes a plan.json, the folder of a package, or -")
			}
			plans, err := p.input.savedPlans(args)
			if err != nil {
				return err
			}
			return p.printPlans(plans, "text")
		}
	},
}

// savedPlans reads the plans that arguments name.
func (in input) savedPlans(args []string) ([]*plan.Plan, error) {
	paths, err := expand(args)
	if err != nil {
		return nil, err
	}
	var out []*plan.Plan
	for _, path := range unique(paths) {
		for _, pack := range packagesIn(path) {
			name, text, err := in.readPlan(pack)
			if err != nil {
				return nil, err
			}
			plans, err := decodePlans(text)
			if err != nil {
				return nil, notAPlan(name, err)
			}
			out = append(out, plans...)
		}
	}
	return out, nil
}

// packagesIn are the packages of a folder of packages. Any other path is returned as it is.
func packagesIn(path string) []string {
	isThere := func(name string) bool { _, err := os.Stat(name); return err == nil }
	entries, err := os.ReadDir(path)
	// A package may hold folders; it is not searched for others.
	if path == "-" || err != nil || isThere(filepath.Join(path, emit.PlanName)) {
		return []string{path}
	}
	var out []string
	for _, e := range entries {
		if pack := filepath.Join(path, e.Name()); isThere(filepath.Join(pack, emit.PlanName)) {
			out = append(out, pack)
		}
	}
	if out == nil {
		return []string{path} // which readPlan says
	}
	return out
}

// readPlan reads plan.json from where the argument says, and names that place.
func (in input) readPlan(arg string) (name string, text []byte, err error) {
	if info, err := os.Stat(arg); arg != "-" && err == nil && info.IsDir() {
		arg = filepath.Join(arg, emit.PlanName)
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
