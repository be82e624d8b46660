package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/planname"
)

// failback makes the plan of the way back of a failover: on the routes and the zone files as the failover leaves
// them, so that it is ready when the pool is repaired. Where there is no failover there is no way back, and the
// findings of the failover are why.
func (c *compilation) failback(failover *outcome, found *report.Spec) *outcome {
	first := failover.req.Name.V
	then, err := c.after(failover, found)
	req := rules.FailbackOf(then.topology, failover.req)
	r := found.Plan(req.Range, req.Accepts)
	name := req.Name.V
	asks := func(other parser.Asked) bool { return other.Type != "failback" && strings.EqualFold(other.Name, name) }
	switch {
	case failover.req.FailsBack():
		r.Add(report.Malformed, req.Range, "%s is a fail-back already: what it leaves is what was before the failover. "+
			"Remove the block failback.", first)
	case !planname.Is(name):
		r.Add(report.Malformed, req.Range, "The plan of the way back would be named %q, and that cannot be the name of a "+
			"folder, which has at most 64 characters. Choose a shorter name for the failover.", name)
	case slices.ContainsFunc(c.spec.Asked(), asks):
		r.Add(report.Duplicate, req.Range, "The plan of the way back would be named %s, and another plan has that name. "+
			"Choose another name for one of the two.", name)
	case err != nil:
		r.Add(report.NoEdit, req.Range, "The zone files as %s leaves them cannot be planned with: %s.", first, err)
	default:
		r.Add(report.Assumed, req.Range,
			"This plan is for the time after %s: the routes, records, serials and zone files that it begins with are those "+
				"that %s leaves.", first, first)
		rules.FailbackWindow(failover.req, req, r)
		return then.draft(req, r).finish()
	}
	return &outcome{req: req, report: r}
}
