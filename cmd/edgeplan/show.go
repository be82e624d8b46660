package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit"
)

// maxPlan bounds the plan.json that is read, in bytes.
const maxPlan = 64 << 20

var showCommand = command{
	name:  "show",
	args:  "PLAN.json",
	takes: []operand{aPlan},
	short: "print a saved plan for people; needs no spec",
	about: `PLAN.json is what build or plan --format json wrote, the folder of a package, or - for
standard input.`,
	exits:   [3]string{"printed", "", "usage, the file cannot be read, or it is not a plan"},
	example: "edgeplan show out/edgepool1-to-edgepool2/plan.json",
	bind: func(*pflag.FlagSet) action {
		return func(p *program, args []string) error {
			if len(args) != 1 {
				return usageError("show takes one plan.json, the folder of a package, or -")
			}
			name, text, err := p.readPlan(args[0])
			if err != nil {
				return err
			}
			plans, err := decodePlans(text)
			if err != nil {
				return notAPlan(name, err)
			}
			return p.printPlans(plans, "text")
		}
	},
}

// readPlan reads plan.json from where the argument says, and names that place.
func (p *program) readPlan(arg string) (name string, text []byte, err error) {
	if info, err := os.Stat(arg); arg != "-" && err == nil && info.IsDir() {
		arg = filepath.Join(arg, emit.PlanName)
	}
	return p.readNamed(arg, maxPlan)
}

// decodePlans reads one plan, or an array of them.
func decodePlans(text []byte) ([]*compiler.Plan, error) {
	raw := []json.RawMessage{text}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		if err := json.Unmarshal(text, &raw); err != nil {
			return nil, fmt.Errorf("this is not a list of plans: %w", err)
		}
	}
	var plans []*compiler.Plan
	for _, one := range raw {
		plan, err := compiler.Decode(one)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, nil
}
