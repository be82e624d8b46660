package compiler

import (
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
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
	p := &plan.Plan{
		FormatVersion:  plan.FormatVersion,
		Kind:           plan.KindMedia,
		Name:           req.Name.V,
		Product:        cmdlet.Product(t.Product.V),
		ManagementHost: t.ManagementHost.V,
		Reason:         req.Reason(),
		To:             poolOf(t, req.To),
		Origin:         plan.OriginOf(req.Range),
		Change:         changeOf(req.Change),
		Zones:          []plan.Zone{},
		Topology:       topologyOf(t),

		CentralManagement: centralManagement(t),
		FrontEnds:         frontEnds(req, t),
		Media:             media(req, t),
		NextHop:           nextHop(req, t),
	}
	if req.Hop != nil {
		p.Kind = plan.KindNextHop
	}
	if store := storeFailover(req, t); store != nil {
		p.StoreFailover, p.CentralManagement = store, store.To
	}
	return p
}
