package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Compile makes a plan of each failover of a spec that was parsed without errors.
// Plans are in the order of their names; a failover with an error that is not
// accepted has none. Findings are sorted and without those that all plans accept.
func Compile(spec *parser.Spec) ([]*plan.Plan, hcl.Diagnostics) {
	plans, open, _ := CompileAll(spec)
	return plans, open
}

// Acceptance is a finding that each plan which has it accepts, and why.
type Acceptance struct {
	Finding *hcl.Diagnostic
	Reason  string
}

// CompileAll is Compile that also returns the findings that are accepted, sorted.
func CompileAll(spec *parser.Spec) ([]*plan.Plan, hcl.Diagnostics, []Acceptance) {
	if spec.Topology == nil {
		return nil, nil, nil // the parser has said so
	}
	m := newModel(spec)
	m.check()
	broken := m.diags.HasErrors()
	jobs := m.jobs()
	var plans []*plan.Plan
	var open []hcl.Diagnostics
	var closed hcl.Diagnostics
	reasons := map[*hcl.Diagnostic]string{}
	for _, j := range jobs {
		if m.spent {
			break
		}
		p := j.compile(broken)
		open = append(open, j.open())
		for _, d := range j.own {
			if reason, ok := j.accepted[diag.Of(d)]; ok {
				closed = append(closed, d)
				reasons[d] = reason
			}
		}
		if p != nil {
			plans = append(plans, p)
		}
	}
	slices.SortFunc(plans, func(a, b *plan.Plan) int { return strings.Compare(a.Name, b.Name) })
	all := append(slices.Clone(m.diags), byPlan(jobs, open)...)
	return plans, diag.Sort(all), acceptances(closed, all, reasons)
}

// acceptances are the findings that some plan accepts and no plan has open.
func acceptances(closed, open hcl.Diagnostics, reasons map[*hcl.Diagnostic]string) []Acceptance {
	key := func(d *hcl.Diagnostic) string { return fmt.Sprintf("%s %s %q", diag.Of(d), d.Subject, d.Detail) }
	isOpen := map[string]bool{}
	for _, d := range open {
		isOpen[key(d)] = true
	}
	var out []Acceptance
	for _, d := range diag.Sort(closed) {
		if !isOpen[key(d)] {
			out = append(out, Acceptance{d, reasons[d]})
		}
	}
	return out
}

// jobs are the plans that a spec asks for.
func (m *model) jobs() []*job {
	var out []*job
	for _, failover := range m.spec.Failovers {
		out = append(out, &job{model: m, f: failover, to: m.pools[failover.To.V]})
	}
	for _, prepare := range m.spec.Prepares {
		paper := &parser.Failover{Name: prepare.Name, Change: prepare.Change, Accepts: prepare.Accepts, Range: prepare.Range}
		out = append(out, &job{model: m, f: paper, prepare: prepare})
	}
	return out
}

// job compiles one failover, or its preparation.
type job struct {
	*model
	f        *parser.Failover // of a preparation only name, change, acceptances and range
	prepare  *parser.Prepare  // nil for a failover
	from, to *topology.EdgePool
	sites    []*topology.Site // whose routes change, sorted by name
	own      hcl.Diagnostics
	accepted map[diag.Code]string
	// elsewhere: DNS leads partners to another pool today than the routes of the sites.
	elsewhere bool
	siblings  *siblings                      // once they were asked for
	domains   map[string]*topology.SIPDomain // those with XMPP by the owner of their SRV records, once they were asked for
}

func (j *job) report(code diag.Code, rng hcl.Range, format string, args ...any) {
	if j.found++; j.found > maxFindings {
		j.stop(j.f.Range, "The plans up to this one have more than %d findings. Fix the first ones that are shown, which have the same causes, or make several specs of the plans.", maxFindings)
		return
	}
	j.own = append(j.own, diag.New(code, &rng, j.spell(fmt.Sprintf(format, args...))))
}

// compile returns nil if an error that is not accepted stands in the way. Without a
// sound model only the rules that need none are tried.
func (j *job) compile(broken bool) *plan.Plan {
	j.readAccepts()
	make := j.failover
	if j.prepare != nil {
		make = j.preparation
	}
	p := make(broken)
	if p == nil || j.blocked() {
		return nil
	}
	order(p)
	if p.Kind == plan.KindFailover {
		p.Outage = plan.Outage(p, j.elsewhere)
	}
	p.Findings = j.findings(p.Zones)
	p.ID = plan.Identify(p)
	if err := plan.Prove(p); err != nil {
		panic("internal error: plan " + p.Name + ": " + err.Error())
	}
	return p
}

// failover makes the plan of a failover, nil if an error stands in the way.
func (j *job) failover(broken bool) *plan.Plan {
	if !j.checkTarget() || !j.resolve() {
		return nil
	}
	j.checkRules()
	zones := j.lowerZones()
	if broken || j.blocked() {
		return nil
	}
	return j.lower(zones)
}

// readAccepts notes which findings somebody has accepted, and refuses those that
// nobody can.
func (j *job) readAccepts() {
	j.accepted = map[diag.Code]string{}
	for _, accept := range j.f.Accepts {
		code := diag.Code(accept.Code.V)
		rule, known := diag.Lookup(code)
		switch {
		case !known:
			j.report(codeCannotAccept, accept.Code.Range, "There is no finding %q.%s", shorten(accept.Code.V), rightCode(accept.Code.V))
		case rule.Severity == hcl.DiagError && !rule.Acceptable:
			j.report(codeCannotAccept, accept.Code.Range, "%s (%s) cannot be accepted: the change would not work, or not do what it says. Mend its cause.", code, rule.Summary)
		default:
			j.accepted[code] = accept.Reason.V
		}
	}
}

// rightCode says how the code is written that somebody means.
func rightCode(text string) string {
	digits := strings.TrimLeft(strings.ToUpper(strings.TrimSpace(text)), "EP -")
	if _, known := diag.Lookup(diag.Code("EP" + digits)); known {
		return fmt.Sprintf(" Write %q.", "EP"+digits)
	}
	return " Write the code that a finding shows, such as \"EP3001\"."
}

// byPlan joins the findings of all plans. Where two plans have different things to say about one
// place, as with the TTLs that each would write, the findings name their plans.
func byPlan(jobs []*job, open []hcl.Diagnostics) hcl.Diagnostics {
	type place struct {
		code diag.Code
		rng  hcl.Range
	}
	says := map[place]map[string]bool{}
	for _, diags := range open {
		for _, d := range diags {
			at := place{diag.Of(d), *d.Subject}
			if says[at] == nil {
				says[at] = map[string]bool{}
			}
			says[at][d.Detail] = true
		}
	}
	var out hcl.Diagnostics
	for i, diags := range open {
		own := map[place]int{}
		for _, d := range diags {
			own[place{diag.Of(d), *d.Subject}]++
		}
		for _, d := range diags {
			if at := (place{diag.Of(d), *d.Subject}); len(says[at]) > own[at] {
				named := *d
				named.Detail = fmt.Sprintf("In %s: %s", jobs[i].f.Name.V, d.Detail)
				d = &named
			}
			out = append(out, d)
		}
	}
	return out
}

// blocked tells whether an error stands that is not accepted, or not all could be checked.
func (j *job) blocked() bool {
	if j.spent {
		return true
	}
	for _, d := range j.own {
		if _, ok := j.accepted[diag.Of(d)]; d.Severity == hcl.DiagError && !ok {
			return true
		}
	}
	return false
}

// open returns the findings that are not accepted, and one for each acceptance that
// nothing needed.
func (j *job) open() hcl.Diagnostics {
	var out hcl.Diagnostics
	met := map[diag.Code]bool{}
	for _, d := range append(slices.Clone(j.own), j.diags...) {
		met[diag.Of(d)] = true
	}
	for _, d := range j.own {
		if _, ok := j.accepted[diag.Of(d)]; !ok {
			out = append(out, d)
		}
	}
	if j.blocked() {
		return out // rules that were not reached cannot tell
	}
	for _, accept := range j.f.Accepts {
		code := diag.Code(accept.Code.V)
		if _, ok := j.accepted[code]; ok && !met[code] {
			rng := accept.Code.Range
			out = append(out, diag.New(codeNotAccepted, &rng, fmt.Sprintf("%s does not occur in this plan. Remove the block, so that it does not hide a finding later.", code)))
		}
	}
	return out
}

// findings are what the change record shows: warnings, and errors that are accepted. Lines
// move with any edit of a file, so they are given where the plan has the whole file.
func (j *job) findings(zones []plan.Zone) []plan.Finding {
	out := []plan.Finding{}
	lines := map[string]bool{}
	for _, z := range j.zones {
		if z.Source == nil {
			continue
		}
		for _, file := range z.Source.Files {
			lines[file.Name] = lines[file.Name] || slices.ContainsFunc(zones, func(p plan.Zone) bool { return p.ByFile() && dnsname.Same(p.Name, z.Name.V) })
		}
	}
	for _, d := range diag.Sort(append(slices.Clone(j.own), j.diags...)) {
		code := diag.Of(d)
		severity := "warning"
		if d.Severity == hcl.DiagError {
			severity = "error"
		}
		found := plan.Finding{
			Code: string(code), Severity: severity, Summary: d.Summary, Detail: d.Detail,
			File: d.Subject.Filename, Line: d.Subject.Start.Line, Accepted: j.accepted[code],
		}
		if whole, isZone := lines[found.File]; isZone && !whole {
			found.Line = 0
		}
		out = append(out, found)
	}
	return out
}
