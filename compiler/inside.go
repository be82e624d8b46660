package compiler

import (
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// inside is failover for a block media or next_hop, whose plan moves no federation: no route and no record in DNS
// changes.
func (c *compilation) inside(req *rules.Request, r *report.Plan) (p *plan.Plan, elsewhere bool) {
	if !rules.Target(c.topology, req, r) {
		return nil, false
	}
	if req.Moved != nil {
		rules.Media(c.topology, req, r)
	} else {
		rules.ChangeOfHop(c.topology, req, r)
	}
	if !c.sound || r.Blocked() {
		return nil, false
	}
	return insideOf(req, c.topology), false
}

// insideOf makes the plan of such a block that has passed the rules, without its stages.
func insideOf(req *rules.Request, t *topology.Topology) *plan.Plan {
	kind := plan.KindMedia
	if req.Hop != nil {
		kind = plan.KindNextHop
	}
	p := headOf(kind, req, t, []plan.Zone{})
	p.Reason = req.Reason()
	inLync(p, req, t)
	return p
}
