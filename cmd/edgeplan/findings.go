package main

import (
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// verdict is what is said of one or more specs.
type verdict struct {
	findings   []diag.Finding
	unreadable int // errors that say a file cannot be read
	files      int // that were read
	plans      int
}

// add takes over what is found in a spec. Files are shown relative to the working folder,
// as the user named them; a finding about all of a spec is one about its folder.
func (v *verdict) add(s source, diags hcl.Diagnostics, accepted []compiler.Acceptance, texts diag.Sources) {
	v.files += len(texts)
	found := diag.Findings(diags, texts)
	for _, a := range accepted {
		// One by one, as each has a reason of its own.
		for _, f := range diag.Findings(hcl.Diagnostics{a.Finding}, texts) {
			f.Accepted = a.Reason
			found = append(found, f)
		}
	}
	for _, f := range found {
		switch {
		case s.names == nil && f.File == "":
			// About all of standard input, which the parser names so in places.
			f.File = stdinName
		case s.names != nil:
			f.File = path.Join(shown(s.dir), f.File)
		}
		if f.Code == codeUnreadable {
			v.unreadable++
		}
		v.findings = append(v.findings, f)
	}
}

// count returns the open errors and warnings, and how many findings are accepted.
func (v *verdict) count() (errors, warnings, accepted int) {
	for _, f := range v.findings {
		if f.Accepted != "" {
			accepted++
		}
	}
	errors, warnings = diag.Count(v.findings)
	return errors, warnings, accepted
}

// makeStrict makes errors of the warnings that are open.
func (v *verdict) makeStrict() {
	for i := range v.findings {
		v.findings[i].Strict()
	}
}

// report says findings: at once as text, at the end in a form that is one document.
func (p *program) report(findings []diag.Finding) error {
	if p.form != formText {
		p.findings = append(p.findings, findings...)
		return nil
	}
	return writeFindings(p.stderr, p.form, findings, diag.Run{}, p.colored(p.color, p.stderr))
}

// compile makes the plans of the failovers named, or of all, and prints the findings.
// The error is errFailed if there is no plan for a reason that was printed, errNo if
// there are only warnings and they count.
func (p *program) compile(args, failovers []string, strict bool) ([]*plan.Plan, []*plan.Matrix, error) {
	s, err := oneSource(args)
	if err != nil {
		return nil, nil, err
	}
	spec, texts, diags, err := p.input.load(s)
	if err != nil {
		return nil, nil, err
	}
	var result compiler.Result
	if !diags.HasErrors() {
		// Before the compiler runs: a failover that is not asked for must not stop one that is.
		if err := choose(spec, failovers); err != nil {
			return nil, nil, err
		}
		expectPlans(planned(spec))
		result = compiler.CompileAll(spec)
		diags = append(diags, result.Open...)
		if len(spec.Asked()) == 0 {
			diags = append(diags, nothingToPlan(hcl.DiagError))
		}
	}
	var v verdict
	v.add(s, diags, result.Accepted, texts)
	// Before makeStrict, since the exit code tells errors and warnings apart.
	errors, warnings, _ := v.count()
	if strict {
		v.makeStrict()
	}
	if err := p.report(v.findings); err != nil {
		return nil, nil, err
	}
	switch {
	case errors > 0:
		return nil, nil, errFailed
	case warnings > 0 && strict:
		return nil, nil, errNo
	}
	return result.Plans, result.Matrices, nil
}

// planned is how many plans the matrices of a spec ask for.
func planned(spec *parser.Spec) int {
	n := 0
	for _, m := range spec.Matrices {
		if m.Only == nil {
			n += len(compiler.PairNames(spec, m))
		} else {
			n += len(m.Only)
		}
	}
	return n
}

// nothingToPlan says that a spec asks for no plan, which is an error only where one is to be made.
func nothingToPlan(severity hcl.DiagnosticSeverity) *hcl.Diagnostic {
	d := diag.New(codeNoFailover, nil,
		`There is nothing to plan: no file of the spec has a block failover "NAME", prepare "NAME", matrix "NAME", media "NAME" or next_hop "NAME".`)
	d.Severity = severity
	return d
}

// choose drops what the spec asks for and is not named, also of the pairs of a matrix.
func choose(spec *parser.Spec, names []string) error {
	if len(names) == 0 {
		return nil
	}
	var known []string
	for _, asked := range spec.Asked() {
		known = append(known, asked.Name)
	}
	// A matrix by its own name is all of its pairs.
	pairs := map[string][]string{}
	for _, m := range spec.Matrices {
		pairs[m.Name.V] = compiler.PairNames(spec, m)
		known = append(known, pairs[m.Name.V]...)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			// An error, since a misspelt name would build nothing and exit with 0.
			return usagef("the spec makes no plan %q%s", name, didYouMean(name, known))
		}
	}
	isNamed := func(name string) bool { return slices.Contains(names, name) }
	for _, m := range spec.Matrices {
		if !isNamed(m.Name.V) {
			m.Only = slices.DeleteFunc(pairs[m.Name.V], func(name string) bool { return !isNamed(name) })
		}
	}
	spec.Ask(func(name string) bool { return isNamed(name) || slices.ContainsFunc(pairs[name], isNamed) })
	return nil
}
