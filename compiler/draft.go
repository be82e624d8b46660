package compiler

import (
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/internal/parallel"
	"github.com/edgeplan/edgeplan/parser"
)

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
	zones  []plan.Zone // as long as a plan that follows from this one may need them
	// strange are the stages of which the block change says something and that the plan does not have.
	strange []*parser.ChangeStage

	findings []plan.Finding
}

// draft makes the plan of a request without its stages.
func (c *compilation) draft(req *rules.Request, r *report.Plan) *draft {
	build := c.failover
	switch {
	case req.Prepare != nil:
		build = c.preparation
	case req.Moved != nil || req.Hop != nil:
		build = c.inside
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
	parallel.Each(len(drafts), func(i int) { errs[i] = drafts[i].stages() })
	out := make([]*outcome, len(drafts))
	for i, d := range drafts {
		out[i] = &outcome{req: d.req, report: d.report}
		// One after the other: the findings of all plans are counted together.
		if d.plan != nil && errs[i] == nil {
			out[i].strange = rules.Schedule(d.req, d.plan, d.report)
		}
	}
	parallel.Each(len(drafts), func(i int) {
		if errs[i] == nil {
			drafts[i].complete()
		}
	})
	for i, d := range drafts {
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

// stages makes the stages of the plan, if there is one, and what follows from them. It only reads what plans share.
func (d *draft) stages() error {
	if d.plan == nil {
		return nil
	}
	if err := procedure.Build(d.plan); err != nil {
		return err
	}
	paperwork(d.plan, d.of.topology)
	return nil
}

// complete fills in the rest of a plan that has its stages, if there is one, and proves it. It only reads what plans
// share.
func (d *draft) complete() {
	p := d.plan
	if p == nil {
		return
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
}
