package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/estate"
)

// graphs make a drawing of a plan, line by line, by the name of its language.
var graphs = map[string]func(*plan.Plan) []string{"mermaid": estate.Mermaid, "dot": estate.DOT}

var graphCommand = command{
	name:  "graph",
	args:  "PLAN.json...",
	takes: []operand{aPlan},
	short: "print what a saved plan moves as a drawing for Mermaid or Graphviz; needs no spec",
	about: `It shows partners, DNS records, Edge pools and routes of sites before and after the plan.
PLAN.json is as in "edgeplan show".`,
	exits:   [3]string{"printed", "", "usage, the file cannot be read, or it is not a plan"},
	example: "edgeplan graph --format dot out/edgepool1-to-edgepool2 | dot -Tsvg >plan.svg",
	bind: func(fs *pflag.FlagSet) action {
		format := newChoice(fs, "format", "language of the drawing", "mermaid", "dot")
		return func(p *program, args []string) error {
			if len(args) == 0 {
				return usageError("graph takes a plan.json, the folder of a package, or -")
			}
			plans, err := p.input.savedPlans(args)
			if err != nil {
				return err
			}
			var out []string
			for _, one := range plans {
				out = append(out, strings.Join(graphs[format.value](one), "\n")+"\n")
			}
			_, err = p.stdout.Write([]byte(strings.Join(out, "\n")))
			return err
		}
	},
}
