package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// preparation makes the plan that readies DNS for a failover that is not yet needed: no
// record of it lives longer than the TTL that is asked for, and where SRV records name
// the pools, every pool with XMPP federation has one, each with its own priority. It returns
// nil if nothing is left to do, which is a finding.
func preparation(req *rules.Request, t *topology.Topology, zones []plan.Zone, r *report.Plan) *plan.Plan {
	p := headOf(plan.KindPrepare, req, t, zones)
	p.XMPPHost, p.Outage = t.XMPP.Host.V, []plan.Reach{}
	// Where something blocked the changes, that there are none says nothing.
	if !slices.ContainsFunc(p.Zones, plan.Zone.Changed) && !r.Blocked() {
		r.Add(report.NothingToPrepare, req.Range, "All records have a TTL of at most %d seconds, and none is missing. "+
			"Remove the block.", req.Prepare.TTL.V)
		return nil
	}
	return p
}
