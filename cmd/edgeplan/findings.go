package main

import (
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

const (
	codeUnreadable diag.Code = "EP1011"
	codeNoFailover diag.Code = "EP1018"
)

// verdict is what is said of one or more specs.
type verdict struct {
	findings   []diag.Finding
	errors     int
	unreadable int // errors that say a file cannot be read
	warnings   int
}

// add takes over the findings about a spec. Files are shown relative to the working
// folder, as the user named them.
func (v *verdict) add(s source, diags hcl.Diagnostics, texts diag.Sources) {
	for _, f := range diag.Findings(diags, texts) {
		if f.File != "" && s.names != nil {
			f.File = path.Join(shown(s.dir), f.File)
		}
		v.findings = append(v.findings, f)
		switch {
		case f.Severity == "warning":
			v.warnings++
		case f.Code == codeUnreadable:
			v.unreadable++
			fallthrough
		default:
			v.errors++
		}
	}
}

// report prints the findings on standard error.
func (p *program) report(v verdict, flags *findingFlags) error {
	findings := v.findings
	if flags.strict {
		for i := range findings {
			findings[i].Severity = "error"
		}
	}
	switch flags.form.value {
	case "json":
		return diag.WriteJSON(p.stderr, findings)
	case "sarif":
		return diag.WriteSARIF(p.stderr, findings)
	case "github":
		return diag.WriteGitHub(p.stderr, findings)
	}
	return diag.WriteText(p.stderr, findings, p.colored(flags.color.value, p.stderr))
}

// compile makes the plans of the failovers named, or of all, and prints the findings.
// The error is errFailed if there is no plan for a reason that was printed, errNo if
// there are only warnings and they count.
func (p *program) compile(args, failovers []string, flags *findingFlags) ([]*compiler.Plan, error) {
	s, err := oneSource(args)
	if err != nil {
		return nil, err
	}
	spec, texts, diags, err := p.load(s)
	if err != nil {
		return nil, err
	}
	var plans []*compiler.Plan
	if !diags.HasErrors() {
		if err := choose(spec, failovers); err != nil {
			return nil, err
		}
		var more hcl.Diagnostics
		plans, more = compiler.Compile(spec)
		diags = append(diags, more...)
		if len(spec.Failovers)+len(spec.Prepares) == 0 {
			diags = append(diags, diag.New(codeNoFailover, nil, `There is nothing to plan: no file of the spec has a block failover "NAME" or prepare "NAME".`))
		}
	}
	var v verdict
	v.add(s, diags, texts)
	if err := p.report(v, flags); err != nil {
		return nil, err
	}
	switch {
	case v.errors > 0:
		return nil, errFailed
	case v.warnings > 0 && flags.strict:
		return nil, errNo
	}
	return plans, nil
}

// choose drops the failovers and preparations of the spec that are not named.
func choose(spec *parser.Spec, names []string) error {
	if len(names) == 0 {
		return nil
	}
	byName := map[string]bool{}
	var known []string
	note := func(name string) {
		byName[name] = true
		known = append(known, name)
	}
	for _, f := range spec.Failovers {
		note(f.Name.V)
	}
	for _, f := range spec.Prepares {
		note(f.Name.V)
	}
	wanted := map[string]bool{}
	for _, name := range names {
		if !byName[name] {
			return usagef("the spec has no failover %q%s", name, didYouMean(name, known))
		}
		wanted[name] = true
	}
	spec.Failovers = slices.DeleteFunc(spec.Failovers, func(f *parser.Failover) bool { return !wanted[f.Name.V] })
	spec.Prepares = slices.DeleteFunc(spec.Prepares, func(f *parser.Prepare) bool { return !wanted[f.Name.V] })
	return nil
}
