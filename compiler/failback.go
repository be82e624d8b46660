package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser/planname"
)

// one makes the plan of a request. One that nobody asked for is made for what follows from it.
func (c *compilation) one(req *rules.Request, found *report.Spec) *draft {
	of, said := c, found
	if req.Failover != nil && req.Failover.Unasked {
		aside := *c
		aside.use = func(*plan.Plan) {}
		of, said = &aside, found.Aside()
	}
	d := of.draft(req, said.Plan(req.Range, req.Accepts))
	finish([]*draft{d})
	return d
}

// back makes the plan of the way back of a failover, if one is asked for: on the routes and the zone files
// as the failover leaves them, so that it is ready when the pool is repaired. Where there is no failover
// there is no way back, and the findings of the failover are why.
func (c *compilation) back(d *draft, found *report.Spec) []*draft {
	if d.req.Failover == nil || d.req.Failover.Failback == nil || d.req.Failover.Failback.Change == nil || !d.done {
		return nil
	}
	first := d.req.Name.V
	then, err := c.after(d, found)
	d.zones = nil // they have been read, and hold the texts of the plan
	req := rules.FailbackOf(then.topology, d.req)
	r := found.Plan(req.Range, req.Accepts)
	name := req.Name.V
	asks := func(other string) bool { return strings.EqualFold(other, name) }
	switch {
	case d.req.FailsBack():
		r.Add(report.Malformed, req.Range, "%s is a fail-back already: what it leaves is what was before the failover. "+
			"Remove the block failback.", first)
	case !planname.Is(name):
		r.Add(report.Malformed, req.Range, "The plan of the way back would be named %q, and that cannot be the name of a "+
			"folder, which has at most 64 characters. Choose a shorter name for the failover.", name)
	case slices.ContainsFunc(c.otherNames(), asks):
		r.Add(report.Duplicate, req.Range, "The plan of the way back would be named %s, and another plan has that name. "+
			"Choose another name for one of the two.", name)
	case err != nil:
		r.Add(report.NoEdit, req.Range, "The zone files as %s leaves them cannot be planned with: %s.", first, err)
	default:
		r.Add(report.Assumed, req.Range,
			"This plan is for the time after %s: the routes, records, serials and zone files that it begins with are those "+
				"that %s leaves.", first, first)
		back := then.draft(req, r)
		finish([]*draft{back})
		return []*draft{back}
	}
	return []*draft{{of: c, req: req, report: r}}
}

// otherNames are those of all plans that blocks at the top of the spec ask for.
func (c *compilation) otherNames() []string {
	var out []string
	for _, asked := range c.spec.Asked() {
		if asked.Type != "failback" {
			out = append(out, asked.Name)
		}
	}
	return out
}
