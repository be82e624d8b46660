package main

import (
	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler"
)

var checkCommand = command{
	name:  "check",
	args:  "[PATH...]",
	short: "parse a spec and hold it against all rules",
	about: `PATH is a folder, or files of one folder, or - for standard input; nothing means the
current folder. Several folders are several specs. Findings are printed, nothing else.`,
	exits:   [3]string{"no errors", "errors were found, or warnings with --warnings-as-errors", "usage, or a file cannot be read"},
	example: "edgeplan check specs/contoso",
	bind: func(fs *pflag.FlagSet) action {
		flags := bindFindings(fs)
		return func(p *program, args []string) error { return p.check(args, flags) }
	},
}

func (p *program) check(args []string, flags *findingFlags) error {
	specs, err := sources(args)
	if err != nil {
		return err
	}
	var v verdict
	for _, s := range specs {
		spec, texts, diags, err := p.load(s)
		if err != nil {
			return err
		}
		if !diags.HasErrors() {
			_, more := compiler.Compile(spec)
			diags = append(diags, more...)
		}
		v.add(s, diags, texts)
	}
	if err := p.report(v, flags); err != nil {
		return err
	}
	switch {
	case v.unreadable > 0: // the rest may follow from that
		return errFailed
	case v.errors > 0 || v.warnings > 0 && flags.strict:
		return errNo
	}
	return nil
}
