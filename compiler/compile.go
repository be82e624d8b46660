package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/parallel"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/compiler/zones"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Compile makes a plan of each failover of a spec that was parsed without errors.
// Plans are in the order of their names; a failover with an error that is not
// accepted has none. Findings are sorted and without those that all plans accept.
func Compile(spec *parser.Spec) ([]*plan.Plan, hcl.Diagnostics) {
	result := CompileAll(spec)
	return result.Plans, result.Open
}

// Acceptance is a finding that each plan which has it accepts, and why.
type Acceptance struct {
	Finding *hcl.Diagnostic
	Reason  string
}

// Result is what a spec leads to.
type Result struct {
	Plans []*plan.Plan // in the order of their names; none where each was given to a function
	// Matrices are in the order of their names, without those of which some plans only are wanted.
	Matrices []*plan.Matrix
	Open     hcl.Diagnostics // sorted
	Accepted []Acceptance    // sorted
}

// CompileAll is Compile that also returns the matrices, and the findings that are accepted.
func CompileAll(spec *parser.Spec) Result {
	var plans []*plan.Plan
	out := CompileEach(spec, func(p *plan.Plan) { plans = append(plans, p) })
	// Requests are in the order of the spec; folders and output are read by name.
	slices.SortFunc(plans, func(a, b *plan.Plan) int { return strings.Compare(a.Name, b.Name) })
	out.Plans = plans
	return out
}

// CompileEach is CompileAll for who does not need all plans at once: each is given to use, in the
// order of the spec, failovers first and those of matrices last.
func CompileEach(spec *parser.Spec, use func(*plan.Plan)) Result {
	if spec.Topology == nil {
		return Result{} // the parser has said so
	}
	t, spelled := spec.Topology.InASCII()
	found := report.New(spelled)
	requests := rules.Requests(spec, t)
	sip := slices.ContainsFunc(requests, (*rules.Request).MovesSIP) ||
		slices.ContainsFunc(spec.Matrices, func(m *parser.Matrix) bool { return rules.Asks(t, m).MovesSIP() })
	opened := zones.Open(t, sip, found)
	opened.AddressesUnknown = !rules.Topology(t, found)
	c := &compilation{spec: spec, topology: t, zones: opened, sound: !found.Found.HasErrors(), use: use}
	found.Shared = len(spec.Asked()) > 1
	var open []hcl.Diagnostics
	var planned []*rules.Request // of which these are the findings
	closed := acceptances{reasons: map[*hcl.Diagnostic]string{}}
	for _, req := range requests {
		// The report has said that there are too many findings.
		if found.Spent() {
			break
		}
		for _, o := range c.outcomes(req, found) {
			open, planned = append(open, o.report.Open()), append(planned, o.req)
			closed.add(o.report)
		}
	}
	shown := byPlan(planned, open)
	var out Result
	for _, m := range c.matrices(found) {
		index, open := m.end()
		shown = append(shown, open...)
		for _, r := range m.reports() {
			closed.add(r)
		}
		if index != nil {
			out.Matrices = append(out.Matrices, index)
		}
	}
	slices.SortFunc(out.Matrices, func(a, b *plan.Matrix) int { return strings.Compare(a.Name, b.Name) })
	shown = append(slices.Clone(found.Found), shown...)
	out.Open, out.Accepted = diag.Sort(shown), closed.without(shown)
	return out
}

// compilation is a spec whose topology has been checked and whose zones are open.
type compilation struct {
	spec     *parser.Spec
	topology *topology.Topology // with the names of public DNS in ASCII
	zones    *zones.Zones
	sound    bool // the topology has no errors
	use      func(*plan.Plan)
}

// outcomes are what comes of a request: of its own plan, and of that of the way back where one is asked for.
func (c *compilation) outcomes(req *rules.Request, found *report.Spec) []*outcome {
	var own *outcome
	var out []*outcome
	if req.Unasked() {
		own = c.aside(req, found)
	} else {
		own = c.draft(req, found.Plan(req.Range, req.Accepts)).finish()
	}
	// Also of a plan that was not made: its findings are why.
	if !req.Unasked() || !own.done {
		out = append(out, own)
	}
	if req.FailbackIsAsked() && own.done {
		out = append(out, c.failback(own, found))
	}
	return out
}

// aside makes a plan that nobody uses, for what follows from it.
func (c *compilation) aside(req *rules.Request, found *report.Spec) *outcome {
	unused := *c
	unused.use = func(*plan.Plan) {}
	return unused.draft(req, found.Aside().Plan(req.Range, req.Accepts)).finish()
}

// draft is a plan in the making.
type draft struct {
	of        *compilation
	req       *rules.Request
	report    *report.Plan
	plan      *plan.Plan // nil if an error that is not accepted is in the way
	elsewhere bool       // DNS leads partners elsewhere today than the routes do
}

// outcome is what is left of a draft once its plan was used.
type outcome struct {
	req    *rules.Request
	report *report.Plan
	done   bool // there was a plan, of which the others are
	id     string

	findings []plan.Finding
	zones    []plan.Zone // as long as a plan that follows from this one may need them
}

// draft makes the plan of a request without its stages.
func (c *compilation) draft(req *rules.Request, r *report.Plan) *draft {
	build := c.failover
	if req.Prepare != nil {
		build = c.preparation
	}
	d := &draft{of: c, req: req, report: r}
	// Making the plan may have reported errors too.
	if p, elsewhere := build(req, r); p != nil && !r.Blocked() {
		d.plan, d.elsewhere = p, elsewhere
	}
	return d
}

// finish is finish for one draft.
func (d *draft) finish() *outcome { return finish([]*draft{d})[0] }

// finish completes plans and has them used. Plans know nothing of each other, so that it works on as many at
// once as there are processors.
func finish(drafts []*draft) []*outcome {
	errs := make([]error, len(drafts))
	// A panic, which is a mistake of the compiler, is one of this function too.
	parallel.Each(len(drafts), func(i int) { errs[i] = drafts[i].complete() })
	out := make([]*outcome, len(drafts))
	for i, d := range drafts {
		out[i] = &outcome{req: d.req, report: d.report}
		switch p := d.plan; {
		// Which cmdlets a plan needs is known from its stages on, so this finding cannot come earlier.
		case errs[i] != nil:
			d.report.Add(report.NoCmdlet, d.of.topology.Product.Range,
				"The plan needs a cmdlet that edgeplan does not know of this product: %s.", errs[i])
		case p != nil:
			out[i].done, out[i].id, out[i].findings, out[i].zones = true, p.ID, p.Findings, p.Zones
			d.of.use(p)
		}
	}
	return out
}

// complete makes the stages of the plan, if there is one, and proves it. It only reads what plans share.
func (d *draft) complete() error {
	p := d.plan
	if p == nil {
		return nil
	}
	if err := procedure.Build(p); err != nil {
		return err
	}
	// After the stages: whether there is a stage StopOld changes what has to wait.
	p.Earliest = plan.EarliestOf(p)
	if len(p.Services) > 0 {
		p.Outage = plan.Outage(p, d.elsewhere)
	}
	p.SpecDigest = d.of.spec.Digest
	p.Findings = findings(d.report, d.of.topology.Zones, p.Zones)
	// Last of all fields: it is computed from the others.
	p.ID = plan.Identify(p)
	// Nothing that a user writes can make a plan unprovable: the rules come before.
	if err := plan.Prove(p); err != nil {
		panic("internal error: plan " + p.Name + ": " + err.Error())
	}
	return nil
}

// failover tries the rules on a failover and makes the changes of its zones, and says whether DNS
// leads partners elsewhere today than the routes do. Of a topology with errors only the rules are
// tried.
func (c *compilation) failover(req *rules.Request, r *report.Plan) (p *plan.Plan, elsewhere bool) {
	// Without the two pools no other rule has anything to look at.
	if !rules.Target(c.topology, req, r) || !rules.Resolve(c.topology, req, r) {
		return nil, false
	}
	rules.Failover(c.topology, req, r)
	changes := c.zones.Changes(req.Change, r)
	changes.FailsBack = req.FailsBack()
	// Without a domain with XMPP federation it is not known which records lead partners.
	if rules.Federation(c.topology, req, r) {
		changes.Lead(req.From, req.To, rules.PublicAddresses(req.To, r), req.Moves())
		rules.NameServers(changes.Zones(), req, r)
	}
	// After the rules, so that one run shows all findings.
	if !c.sound || r.Blocked() {
		return nil, false
	}
	return failover(req, c.topology, changes.Plan()), changes.Elsewhere
}

// preparation is failover for a plan that changes DNS only.
func (c *compilation) preparation(req *rules.Request, r *report.Plan) (p *plan.Plan, elsewhere bool) {
	if req.Change == nil {
		return nil, false // the parser has said so
	}
	rules.Window(c.topology, req, r)
	// No pool is given: a preparation shortens TTLs for a failover to whichever pool.
	changes := c.zones.Changes(req.Change, r)
	if rules.Federation(c.topology, req, r) {
		changes.Shorten(uint32(req.Prepare.TTL.V))
	}
	if !c.sound || r.Blocked() {
		return nil, false
	}
	return preparation(req, c.topology, changes.Plan(), r), false
}

// acceptances are the findings that some plan accepts.
type acceptances struct {
	closed  hcl.Diagnostics
	reasons map[*hcl.Diagnostic]string
}

// add takes those of a plan.
func (a *acceptances) add(r *report.Plan) {
	for _, d := range r.Found {
		if _, known := a.reasons[d]; !known && r.Accepts(d) {
			a.closed = append(a.closed, d)
			a.reasons[d] = r.Accepted[diag.Of(d)]
		}
	}
}

// without are those that no plan has open.
func (a *acceptances) without(open hcl.Diagnostics) []Acceptance {
	// By place and text: two plans may have the same finding, and only one of them accepts it.
	type text struct {
		code   diag.Code
		rng    hcl.Range
		detail string
	}
	key := func(d *hcl.Diagnostic) text { return text{diag.Of(d), *d.Subject, d.Detail} }
	isOpen := map[text]bool{} // of those that are closed: nearly all specs accept little
	for _, d := range a.closed {
		isOpen[key(d)] = false
	}
	for _, d := range open {
		if len(isOpen) == 0 {
			break
		}
		if _, known := isOpen[key(d)]; known {
			isOpen[key(d)] = true
		}
	}
	var out []Acceptance
	for _, d := range diag.Sort(a.closed) {
		if !isOpen[key(d)] {
			out = append(out, Acceptance{d, a.reasons[d]})
		}
	}
	return out
}

// byPlan joins the findings of all plans, which share those that are equal. Where two plans have
// different things to say about one place, as with the TTLs that each would write, the findings name
// their plans, or they would look like a contradiction; all others are there once.
func byPlan(requests []*rules.Request, open []hcl.Diagnostics) hcl.Diagnostics {
	if len(open) == 1 {
		return open[0] // of a hundred thousand findings the maps take as much as the findings
	}
	type place struct {
		code diag.Code
		rng  hcl.Range
	}
	at := map[place]int32{}           // numbers of places
	of := map[*hcl.Diagnostic]int32{} // the places of findings
	var says []int32                  // how many different things all plans say about a place
	for _, diags := range open {
		for _, d := range diags {
			if _, known := of[d]; known {
				continue
			}
			where := place{diag.Of(d), *d.Subject}
			n, known := at[where]
			if !known {
				n = int32(len(says))
				at[where], says = n, append(says, 0)
			}
			of[d] = n
			says[n]++
		}
	}
	var out hcl.Diagnostics
	shown := map[*hcl.Diagnostic]bool{}
	own := make([]int32, len(says)) // how many one plan says, which alone is no difference
	for i, diags := range open {
		for _, d := range diags {
			own[of[d]]++
		}
		for _, d := range diags {
			switch {
			case says[of[d]] > own[of[d]]:
				// A copy: the record of the plan has the finding without the name.
				named := *d
				named.Detail = fmt.Sprintf("In %s: %s", requests[i].Name.V, d.Detail)
				out = append(out, &named)
			case !shown[d]:
				shown[d] = true
				out = append(out, d)
			}
		}
		for _, d := range diags {
			own[of[d]] = 0
		}
	}
	return out
}

// findings are what the change record shows: warnings, and errors that are accepted. Lines
// move with any edit of a file, so they are given where the plan has the whole file.
func findings(r *report.Plan, zones []*topology.Zone, planned []plan.Zone) []plan.Finding {
	lines := map[string]bool{}
	for _, z := range zones {
		if z.Source == nil {
			continue
		}
		for _, file := range z.Source.Files {
			// A file may be one of two zones: that one of them is edited is enough.
			lines[file.Name] = lines[file.Name] || slices.ContainsFunc(planned,
				func(p plan.Zone) bool { return p.ByFile() && dnsname.Same(p.Name, z.Name.V) })
		}
	}
	return findingsOf(r, r.All(), lines)
}

// findingsOf are findings as a plan or a matrix has them. Files of which lines says that they are not
// whole in the plan have none.
func findingsOf(r *report.Plan, found hcl.Diagnostics, lines map[string]bool) []plan.Finding {
	sorted := diag.Sort(found)
	out := make([]plan.Finding, 0, len(sorted))
	for _, d := range sorted {
		code := diag.Of(d)
		severity := "warning"
		if d.Severity == hcl.DiagError {
			severity = "error"
		}
		found := plan.Finding{
			Code: string(code), Severity: severity, Summary: d.Summary, Detail: d.Detail,
			File: d.Subject.Filename, Line: d.Subject.Start.Line, Accepted: r.Accepted[code],
		}
		// Of other zones the plan has only what it uses, so that an edit elsewhere in the file does not give it
		// another ID.
		if whole, isZone := lines[found.File]; isZone && !whole {
			found.Line = 0
		}
		out = append(out, found)
	}
	return out
}
