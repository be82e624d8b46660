package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

var checkCommand = command{
	name:  "check",
	args:  "[PATH...]",
	takes: []operand{aSpec},
	short: "check a spec against all rules",
	about: `PATH is a folder, or files of one folder, or - for standard input; without PATH the
current folder is read. Several folders are several specs. Findings go to standard error.
The last line, on standard output, counts errors, warnings, accepted findings, files that
were read, and plans; --quiet leaves it out.`,
	exits: [3]string{
		"no errors", "errors were found, or warnings with --warnings-as-errors", "usage, or a file cannot be read",
	},
	example: "edgeplan check specs/contoso",
	bind: func(fs *pflag.FlagSet) action {
		strict := bindStrict(fs)
		quiet := fs.BoolP("quiet", "q", false, "no line of counts at the end")
		return func(p *program, args []string) error { return p.check(args, *strict, *quiet) }
	},
}

func (p *program) check(args []string, strict, quiet bool) error {
	specs, err := sources(args)
	if err != nil {
		return err
	}
	var v verdict
	for _, s := range specs {
		spec, texts, diags, err := p.input.load(s)
		if err != nil {
			return err
		}
		var accepted []compiler.Acceptance
		if !diags.HasErrors() {
			// Only of a sound spec: what the rules find in a broken one follows from the errors already found.
			// Each plan is dropped once it is counted.
			result := compiler.CompileEach(spec, func(*plan.Plan) { v.plans++ })
			diags, accepted = append(diags, result.Open...), result.Accepted
			if len(spec.Asked()) == 0 {
				// Only a warning: a topology is checked before its first failover is written, too.
				diags = append(diags, nothingToPlan(hcl.DiagWarning))
			}
		}
		v.add(s, diags, accepted, texts)
	}
	if strict {
		v.makeStrict()
	}
	if err := p.report(v.findings); err != nil {
		return err
	}
	if !quiet {
		p.say("%s", v.counts())
	}
	switch errors, _, _ := v.count(); {
	case v.unreadable > 0: // the rest may follow from that
		return errFailed
	case errors > 0:
		return errNo
	}
	return nil
}

// counts is the last line of check.
func (v *verdict) counts() string {
	errors, warnings, accepted := v.count()
	return fmt.Sprintf("%s, %s, %d accepted; %s read; %s",
		counted(errors, "error"), counted(warnings, "warning"), accepted,
		counted(v.files, "file"), counted(v.plans, "plan"))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
