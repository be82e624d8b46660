package rules

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// NextHop is a change of the next hop of an Edge pool that a plan is asked for.
type NextHop struct {
	Of       *topology.EdgePool
	From, To *topology.FrontEndPool // From is nil where the spec does not say what it is today
}

// NextHop is the change of a next hop that the failover asks for, nil where it asks for none: that of the
// target, or in a fail-back of the pool that has stood in. Source and target are known.
func (req *Request) NextHop(t *topology.Topology) *NextHop {
	if req.Failover == nil || !req.Failover.NextHop.Set {
		return nil
	}
	named := func(p *topology.FrontEndPool) bool { return p.Name == req.Failover.NextHop.V }
	i := slices.IndexFunc(t.FrontEndPools, named)
	if i < 0 {
		return nil // the parser has said so
	}
	of := req.To
	if req.FailsBack() {
		of = req.From
	}
	return &NextHop{Of: of, From: nextHopOf(t, of), To: t.FrontEndPools[i]}
}

// nextHopOf is the next hop that an Edge pool has today; nil where no Front End pool has that FQDN.
func nextHopOf(t *topology.Topology, pool *topology.EdgePool) *topology.FrontEndPool {
	is := func(p *topology.FrontEndPool) bool { return pool.NextHop.Set && dnsname.Same(p.FQDN.V, pool.NextHop.V) }
	if i := slices.IndexFunc(t.FrontEndPools, is); i >= 0 {
		return t.FrontEndPools[i]
	}
	return nil
}

// checkNextHop looks at the next hop of the target, and at the one that it gets.
func checkNextHop(t *topology.Topology, req *Request, r *report.Plan) {
	failed := failedSite(req)
	if req.Failover.NextHop.Set {
		if hop := req.NextHop(t); hop != nil {
			hop.check(req, failed, r)
		}
		return
	}
	if today := nextHopOf(t, req.To); today != nil && req.isDown(today) {
		r.Add(report.NextHop, req.To.NextHop.Range,
			"The next hop of %s is %s, which is at %s, the site of the failed pool. Have the plan set one that runs, with "+
				"next_hop = front_end_pool.NAME in a failover block, or set it before and correct the spec.",
			req.To.Name, today.Name, failed)
	}
}

func (hop *NextHop) check(req *Request, failed string, r *report.Plan) {
	place := req.Failover.NextHop.Range
	switch {
	case !hop.Of.NextHop.Set:
		r.Add(report.NextHopToday, place,
			"Edge pool %s has no next_hop, so it is not known what a rollback goes back to. Set it as Get-CsService "+
				"-EdgeServer -PoolFqdn %s shows it in Registrar.", hop.Of.Name, hop.Of.FQDN.V)
	case hop.From == nil:
		r.Add(report.NextHopToday, hop.Of.NextHop.Range,
			"No front_end_pool has the FQDN %s, so it is not known at which site the next hop of %s is today, and how a "+
				"rollback goes back to it. Declare the pool, or correct the name.", hop.Of.NextHop.V, hop.Of.Name)
	case !hop.Of.Site.Set:
		r.Add(report.NextHopToday, hop.Of.Range,
			"Edge pool %s has no site, so it is not known whether %s is at the same one: that decides how the next hop is "+
				"set. Set site.", hop.Of.Name, hop.To.Name)
	case hop.From == hop.To:
		r.Add(report.WrongNextHop, place, "%s is the next hop of %s already. Remove the line.", hop.To.Name, hop.Of.Name)
	case req.isDown(hop.To):
		r.Add(report.WrongNextHop, place, "%s is at %s, the site of the failed pool. Name a pool that runs.",
			hop.To.Name, hop.To.Site.V)
	}
}
