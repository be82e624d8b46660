package rules

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// NextHop is a change of the next hop of an Edge pool that a plan is asked for.
type NextHop struct {
	Of       *topology.EdgePool
	From, To *topology.FrontEndPool // From is nil where the spec does not say what it is today
}

// NextHop is the change of a next hop that the request asks for, nil where it asks for none: of a failover that of
// the target, or in a fail-back of the pool that has stood in. Source and target are known.
func (req *Request) NextHop(t *topology.Topology) *NextHop {
	to := req.newHop()
	named := func(p *topology.FrontEndPool) bool { return p.Name == to.V }
	i := slices.IndexFunc(t.FrontEndPools, named)
	if !to.Set || i < 0 {
		return nil // the parser has said so
	}
	of := req.To
	if req.FailsBack() {
		of = req.From
	}
	return &NextHop{Of: of, From: nextHopOf(t, of), To: t.FrontEndPools[i]}
}

// newHop is the label of the Front End pool that becomes a next hop, not set where none does.
func (req *Request) newHop() topology.Value[string] {
	switch {
	case req.Failover != nil:
		return req.Failover.NextHop
	case req.Hop != nil:
		return req.Hop.To
	}
	return topology.Value[string]{}
}

// HopRange is where the request says so.
func (req *Request) HopRange() hcl.Range { return req.newHop().Range }

// failedHop is the Front End pool that is the next hop of today and is down, because of which a block next_hop asks
// for another one; nil if there is none.
func (req *Request) failedHop() *topology.FrontEndPool {
	if req.Reason() != plan.Disaster {
		return nil
	}
	return req.was
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
	if req.newHop().Set {
		if hop := req.NextHop(t); hop != nil {
			hop.check(t, req, r)
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

// checkStrandedHops names the other Edge pools that run and whose next hop is down, with the failed site or alone.
func checkStrandedHops(t *topology.Topology, req *Request, r *report.Plan) {
	failed := failedSite(req)
	for _, pool := range t.EdgePools {
		today := nextHopOf(t, pool)
		if pool == req.From || pool == req.To || failed != "" && pool.Site.V == failed || today == nil || !req.isDown(today) {
			continue
		}
		r.Add(report.HopDown, pool.NextHop.Range,
			"The next hop of %s is %s, which is at %s, the site of the failed pool. This plan leaves it: until %s has another "+
				"one, it can deliver nothing, and Invoke-CsPoolFailover refuses to fail over %s.",
			pool.Name, today.Name, today.Site.V, pool.Name, today.Name)
	}
}

func (hop *NextHop) check(t *topology.Topology, req *Request, r *report.Plan) {
	place := req.HopRange()
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
	case hop.From == hop.To && req.Hop != nil:
		r.Add(report.WrongNextHop, place, "%s is the next hop of %s already. Name another pool, or correct next_hop of %s.",
			hop.To.Name, hop.Of.Name, hop.Of.Name)
	case hop.From == hop.To:
		r.Add(report.WrongNextHop, place, "%s is the next hop of %s already. Remove the line.", hop.To.Name, hop.Of.Name)
	case req.isDown(hop.To):
		r.Add(report.WrongNextHop, place, "%s is at %s, the site of the failed pool. Name a pool that runs.",
			hop.To.Name, hop.To.Site.V)
	default:
		hop.checkNearer(t, req, r)
	}
}

// checkNearer names the Front End pools at the site of the Edge pool, where the next hop is to be at another one.
func (hop *NextHop) checkNearer(t *topology.Topology, req *Request, r *report.Plan) {
	if hop.To.Site.V == hop.Of.Site.V || req.FailsBack() { // which goes back to what was
		return
	}
	var nearer []string
	for _, pool := range t.FrontEndPools {
		if pool != hop.From && pool.Site.V == hop.Of.Site.V && !req.isDown(pool) {
			nearer = append(nearer, pool.Name)
		}
	}
	if len(nearer) == 0 {
		return
	}
	slices.SortFunc(nearer, dnsname.Compare)
	r.Add(report.HopElsewhere, req.HopRange(),
		"%s is at %s, and %s at %s, as is %s. Name a pool of that site if it can take the traffic; if it cannot, accept "+
			"this finding and say so.", hop.To.Name, hop.To.Site.V, hop.Of.Name, hop.Of.Site.V, plan.List(nearer))
}

// ChangeOfHop checks a block next_hop by the rules outside DNS.
func ChangeOfHop(t *topology.Topology, req *Request, r *report.Plan) {
	checkNextHop(t, req, r)
	checkStrandedHops(t, req, r)
	inside(t, req, r)
}
