package compiler

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/compiler/zones"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
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
