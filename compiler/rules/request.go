package rules

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Request is one plan that a spec asks for: a failover, or a preparation of failovers. It has
// what a plan of any kind has, and the block itself.
type Request struct {
	Name     topology.Value[string]
	Change   *parser.Change // nil if the block is missing; that is a finding
	Accepts  []*parser.Accept
	Range    hcl.Range
	Failover *parser.Failover // nil for a preparation
	Prepare  *parser.Prepare  // nil for a failover

	// Pools are those of the topology by their labels.
	Pools map[string]*topology.EdgePool
	// Of a failover: the pools that are left and aimed at, and the sites whose routes change,
	// sorted by name. From and Sites are known once the request is resolved.
	From, To *topology.EdgePool
	Sites    []*topology.Site
}

// Requests are the plans that a spec asks for, failovers first. The topology is that of the
// spec, or a copy.
func Requests(spec *parser.Spec, t *topology.Topology) []*Request {
	pools := map[string]*topology.EdgePool{}
	for _, pool := range t.EdgePools {
		pools[pool.Name] = pool
	}
	var out []*Request
	for _, f := range spec.Failovers {
		out = append(out, &Request{
			Name: f.Name, Change: f.Change, Accepts: f.Accepts, Range: f.Range, Failover: f,
			Pools: pools, To: pools[f.To.V],
		})
	}
	for _, p := range spec.Prepares {
		out = append(out, &Request{
			Name: p.Name, Change: p.Change, Accepts: p.Accepts, Range: p.Range, Prepare: p,
			Pools: pools,
		})
	}
	return out
}

// Resolve finds the source pool and the sites whose routes change; false if that cannot be.
func Resolve(t *topology.Topology, req *Request, r *report.Plan) bool {
	// the route is a property of the site that the target is in
	target := t.SiteOf(req.To)
	if target == nil {
		return false
	}
	if req.Failover.From.Set {
		req.From = req.Pools[req.Failover.From.V]
	} else {
		req.From = guessSource(t, req, r, target)
	}
	if req.From == nil {
		return false
	}
	// Without from the routes decide, so the finding speaks of them.
	if req.From == req.To {
		rng := req.Failover.To.Range
		if req.Failover.From.Set {
			rng = req.Failover.From.Range
			r.Add(report.SamePool, rng, "from and to are both %s.", req.To.Name)
		} else {
			r.Add(report.AlreadyRouted, rng, "The XMPP federation route of %s is %s already.", target.Name, req.To.Name)
		}
		return false
	}
	for _, site := range t.Sites {
		routed := site.XMPPFederationRoute.V == req.From.Name && req.Failover.RouteSites.V == "all-routed"
		// a route that is right already makes no step
		if (site == target || routed) && site.XMPPFederationRoute.V != req.To.Name {
			req.Sites = append(req.Sites, site)
		}
	}
	slices.SortFunc(req.Sites, func(a, b *topology.Site) int { return dnsname.Compare(a.Name, b.Name) })
	if len(req.Sites) == 0 {
		r.Add(report.AlreadyRouted, req.Failover.To.Range,
			"The XMPP federation route of %s is %s already.", target.Name, req.To.Name)
		return false
	}
	return true
}

// guessSource takes the pool that the target's site is routed to, or the only one
// that any site is routed to.
func guessSource(t *topology.Topology, req *Request, r *report.Plan, target *topology.Site) *topology.EdgePool {
	if pool := req.Pools[target.XMPPFederationRoute.V]; pool != nil {
		return pool
	}
	var found []string
	// one pool is designated for XMPP federation, so all routes that are set should name it
	for _, site := range t.Sites {
		if name := site.XMPPFederationRoute.V; name != "" && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return req.Pools[found[0]]
	}
	r.Add(report.NoSource, req.Range,
		"The site routes do not say which pool holds XMPP federation today (they name %d). Set from, or the "+
			"xmpp_federation_route of the sites as Get-CsSite shows it.",
		len(found))
	return nil
}
