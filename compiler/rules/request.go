package rules

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Request is one plan that a spec asks for. It has what a plan of any kind has, and the block itself, one of four.
type Request struct {
	Name     topology.Value[string]
	Change   *parser.Change // nil if the block is missing; that is a finding
	Accepts  []*parser.Accept
	Range    hcl.Range
	Failover *parser.Failover
	Prepare  *parser.Prepare
	Moved    *parser.Media   // a block media
	Hop      *parser.NextHop // a block next_hop

	// Pools are those of the topology by their labels.
	Pools map[string]*topology.EdgePool
	// Of a failover: the pools that are left and aimed at, and the sites whose routes change, by
	// federation, sorted by name. From and Sites are known once the request is resolved. Of a block media To is
	// the pool that takes the media, and of a block next_hop the one whose next hop changes; nothing else is there.
	From, To *topology.EdgePool
	Sites    []RoutedSite
	// OfMatrix is that the request is one of a matrix, which has no argument for media.
	OfMatrix bool
	// was is the next hop of today of a block next_hop, nil where the spec does not say.
	was *topology.FrontEndPool
}

// RoutedSite is a site and the federation whose route is meant, [plan.XMPP] or [plan.SIP].
type RoutedSite struct {
	Federation string
	*topology.Site
}

// Route is the route that the site has of that federation.
func (s RoutedSite) Route() topology.Value[string] {
	if s.Federation == plan.SIP {
		return s.FederationRoute
	}
	return s.XMPPFederationRoute
}

// Compare gives the order of routed sites in a plan.
func (s RoutedSite) Compare(o RoutedSite) int {
	return plan.CompareSites(plan.RoutedSite{Federation: s.Federation, Site: s.Name},
		plan.RoutedSite{Federation: o.Federation, Site: o.Name})
}

// Moves are the federations that a failover moves, in the order of plans.
func (req *Request) Moves() []string {
	switch {
	case req.Failover == nil:
		return nil
	case req.Failover.Federation.V == plan.Both:
		return []string{plan.SIP, plan.XMPP}
	}
	return []string{req.Failover.Federation.V}
}

// MovesXMPP tells whether the request is a failover of XMPP federation, alone or with SIP.
func (req *Request) MovesXMPP() bool { return slices.Contains(req.Moves(), plan.XMPP) }

// MovesSIP tells whether the request is a failover of SIP federation, alone or with XMPP.
func (req *Request) MovesSIP() bool { return slices.Contains(req.Moves(), plan.SIP) }

// Reason is the word of the language for why the change is made; "" for a preparation.
func (req *Request) Reason() string {
	switch {
	case req.Failover != nil:
		return req.Failover.Reason.V
	case req.Moved != nil:
		return req.Moved.Reason.V
	case req.Hop != nil:
		return req.Hop.Reason.V
	}
	return ""
}

// FailsBack tells whether the request is a failover back to a pool that was repaired.
func (req *Request) FailsBack() bool {
	return req.Failover != nil && req.Failover.Reason.V == plan.Failback
}

// Unasked tells whether the request is there for what follows from it alone, and nobody asks for its plan.
func (req *Request) Unasked() bool { return req.Failover != nil && req.Failover.Unasked }

// FailbackIsAsked tells whether the request is a failover whose way back is to be planned too.
func (req *Request) FailbackIsAsked() bool {
	// Without a block change there is no plan, which is a finding.
	return req.Failover != nil && req.Failover.Failback != nil && req.Failover.Failback.Change != nil
}

// RouteSites is the word of the language for which routes of sites change: the page about the
// routes of SIP federation has its steps done at each site. The page about failing back sets the route of
// another site than the one about failing over, so that a site would stay with the pool that has stood in.
func (req *Request) RouteSites() string {
	if (req.MovesSIP() || req.FailsBack()) && !req.Failover.RouteSites.Set {
		return "all-routed"
	}
	return req.Failover.RouteSites.V
}

// nameOf is what a federation is called.
func nameOf(federation string) string {
	if federation == plan.SIP {
		return "SIP federation"
	}
	return "XMPP federation"
}

// Requests are the plans that a spec asks for, failovers first. The topology is that of the
// spec, or a copy.
func Requests(spec *parser.Spec, t *topology.Topology) []*Request {
	pools := poolsByName(t)
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
	for _, m := range spec.Media {
		out = append(out, &Request{
			Name: m.Name, Change: m.Change, Accepts: m.Accepts, Range: m.Range, Moved: m,
			Pools: pools, To: pools[m.To.V],
		})
	}
	for _, h := range spec.NextHops {
		req := &Request{
			Name: h.Name, Change: h.Change, Accepts: h.Accepts, Range: h.Range, Hop: h,
			Pools: pools, To: pools[h.EdgePool.V],
		}
		if req.To != nil {
			req.was = nextHopOf(t, req.To)
		}
		out = append(out, req)
	}
	return out
}

// FailbackOf is the request for the way back of a failover that was planned, on the topology as that leaves
// it.
func FailbackOf(t *topology.Topology, of *Request) *Request {
	f, asked := of.Failover, of.Failover.Failback
	word := func(v string, set bool, at hcl.Range) topology.Value[string] {
		return topology.Value[string]{V: v, Set: set, Range: at}
	}
	back := &parser.Failover{
		Name: word(f.FailbackName(), true, f.Name.Range), Federation: f.Federation,
		From: word(of.To.Name, true, f.To.Range), To: word(of.From.Name, true, asked.Range),
		Reason: word(plan.Failback, true, asked.Range), Procedure: word("documented", false, asked.Range),
		RouteSites: word("target", false, asked.Range), Media: f.Media, Change: asked.Change, Accepts: asked.Accepts, Range: asked.Range,
	}
	// Of a next hop that the failover has changed: it goes back to what it was, as the pool before the failover
	// says.
	if was := nextHopOf(t, of.To); was != nil && of.Failover.NextHop.Set {
		back.NextHop = word(was.Name, true, asked.Range)
	}
	pools := poolsByName(t)
	return &Request{Name: back.Name, Change: back.Change, Accepts: back.Accepts, Range: back.Range, Failover: back,
		Pools: pools, To: pools[back.To.V]}
}

func poolsByName(t *topology.Topology) map[string]*topology.EdgePool {
	pools := map[string]*topology.EdgePool{}
	for _, pool := range t.EdgePools {
		pools[pool.Name] = pool
	}
	return pools
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
	} else if !guessSource(t, req, r, target) {
		return false
	}
	if req.From == nil {
		return false
	}
	// Without from the routes decide, so the finding speaks of them.
	if req.From == req.To {
		if req.Failover.From.Set {
			r.Add(report.SamePool, req.Failover.From.Range, "from and to are both %s.", req.To.Name)
		} else {
			alreadyRouted(req, r, req.Moves()[0], target)
		}
		return false
	}
	for _, federation := range req.Moves() {
		before := len(req.Sites)
		for _, site := range t.Sites {
			s := RoutedSite{federation, site}
			routed := s.Route().V == req.From.Name
			moves := routed && req.RouteSites() == "all-routed"
			switch federation {
			case plan.XMPP: // the page sets the route of the target's site, whatever that is
				moves = moves || site == target
			case plan.SIP: // no page gives a site a route that it does not have
				moves = moves || routed && site == target
			}
			// a route that is right already makes no step
			if moves && s.Route().V != req.To.Name {
				req.Sites = append(req.Sites, s)
			}
		}
		if len(req.Sites) == before {
			noRoute(req, r, federation, target)
			return false
		}
	}
	slices.SortFunc(req.Sites, RoutedSite.Compare)
	return true
}

func alreadyRouted(req *Request, r *report.Plan, federation string, target *topology.Site) {
	r.Add(report.AlreadyRouted, req.Failover.To.Range, "The %s route of %s is %s already.", nameOf(federation),
		target.Name, req.To.Name)
}

// noRoute reports a federation of which no route would change.
func noRoute(req *Request, r *report.Plan, federation string, target *topology.Site) {
	at := RoutedSite{federation, target}
	switch {
	case req.Failover.Federation.V == plan.Both:
		r.Add(report.NotBoth, req.Failover.Federation.Range,
			"No %s route leads to %s. With federation = \"both\" one failover moves what is on one pool: write \"xmpp\" "+
				"or \"sip\", or correct the routes of the sites as Get-CsSite shows them.",
			nameOf(federation), req.From.Name)
	case federation == plan.XMPP || at.Route().V == req.To.Name:
		alreadyRouted(req, r, federation, target)
	default:
		r.Add(report.AlreadyRouted, req.Failover.Federation.Range,
			"No SIP federation route that would change leads to %s. Set federation_route of the sites as Get-CsSite "+
				"shows it; with route_sites = \"target\" only that of %s counts.",
			req.From.Name, target.Name)
	}
}

// guessSource takes the pool that the target's site is routed to, or the only one
// that any site is routed to. It reports where that is not known.
func guessSource(t *topology.Topology, req *Request, r *report.Plan, target *topology.Site) bool {
	for _, federation := range req.Moves() {
		pool, found := sourceOf(t, req, federation, target)
		switch {
		case pool == nil:
			r.Add(report.NoSource, req.Range,
				"The site routes do not say which pool holds %s today (they name %d). Set from, or the %s of the sites "+
					"as Get-CsSite shows it.",
				nameOf(federation), found, routeArgument(federation))
			return false
		case req.From != nil && req.From != pool:
			r.Add(report.NotBoth, req.Failover.Federation.Range,
				"SIP federation is on %s and XMPP federation on %s. With federation = \"both\" one failover moves what "+
					"is on one pool: write a failover for each.",
				req.From.Name, pool.Name)
			return false
		}
		req.From = pool
	}
	return true
}

func routeArgument(federation string) string {
	if federation == plan.SIP {
		return "federation_route"
	}
	return "xmpp_federation_route"
}

// sourceOf is the pool that holds a federation, by the routes; nil if they do not say, and how
// many they name.
func sourceOf(t *topology.Topology, req *Request, federation string, target *topology.Site) (*topology.EdgePool, int) {
	own := RoutedSite{federation, target}.Route().V
	// a site of the target that is routed there already may be the first of several that move
	all := federation == plan.XMPP && !req.FailsBack()
	if pool := req.Pools[own]; pool != nil && (all || pool != req.To) {
		return pool, 1
	}
	var found []string
	// one pool is designated for a federation, so all routes that are set should name it
	for _, site := range t.Sites {
		name := RoutedSite{federation, site}.Route().V
		if name != "" && !slices.Contains(found, name) && (all || name != req.To.Name) {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return req.Pools[found[0]], 1
	}
	if len(found) == 0 && own == req.To.Name {
		return req.To, 1 // which is a finding
	}
	return nil, len(found)
}
