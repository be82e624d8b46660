package main

import (
	"bytes"
	"encoding/json"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/sheet"
)

var specExits = [3]string{
	"",
	"there are warnings, and --warnings-as-errors was given",
	"the spec has errors, usage, or a file cannot be read",
}

var planCommand = command{
	name:  "plan",
	args:  "[PATH...]",
	takes: []operand{aSpec},
	short: "print the plan of each failover for people, or as JSON",
	about: `PATH is a folder, or files of one folder, or - for standard input; without PATH the
current folder is read. As JSON, one plan is printed as its plan.json, several as an array.`,
	exits:   [3]string{"printed", specExits[1], specExits[2]},
	example: "edgeplan plan --failover edgepool1-to-edgepool2 specs/contoso",
	bind: func(fs *pflag.FlagSet) action {
		strict, failovers := bindStrict(fs), bindFailovers(fs)
		form := newChoice(fs, "format", "form of the plan", "text", "json")
		return func(p *program, args []string) error {
			plans, _, err := p.compile(args, *failovers, *strict)
			if err != nil {
				return err
			}
			return p.printPlans(plans, form.value)
		}
	},
}

func (p *program) printPlans(plans []*plan.Plan, form string) error {
	print := plansAsText
	if form == "json" {
		print = plansAsJSON
	}
	text, err := print(plans)
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

func plansAsText(plans []*plan.Plan) ([]byte, error) {
	var sheets [][]byte
	for _, p := range plans {
		text, err := sheet.Text(p)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, []byte(text))
	}
	return bytes.Join(sheets, []byte("\n")), nil
}

func plansAsJSON(plans []*plan.Plan) ([]byte, error) {
	var texts [][]byte
	for _, p := range plans {
		text, err := plan.Encode(p)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	// As build writes it, byte for byte: show and evidence take it for a plan.json.
	if len(texts) == 1 {
		return texts[0], nil
	}
	array := append(append([]byte{'['}, bytes.Join(texts, []byte{','})...), ']')
	var out bytes.Buffer
	// Each plan is indented for itself; in the array all get one form.
	if err := json.Indent(&out, array, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
