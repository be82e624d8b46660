package rules

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Media are the Front End pools whose media a request moves, sorted by FQDN, each once.
func (req *Request) Media(t *topology.Topology) []*topology.FrontEndPool {
	var out []*topology.FrontEndPool
	for _, pool := range t.FrontEndPools {
		if req.movesMedia(pool) {
			out = append(out, pool)
		}
	}
	slices.SortFunc(out, func(a, b *topology.FrontEndPool) int { return dnsname.Compare(a.FQDN.V, b.FQDN.V) })
	return out
}

// namedMedia are the labels of these pools as the block has them.
func (req *Request) namedMedia() []topology.Value[string] {
	switch {
	case req.Failover != nil:
		return req.Failover.Media.V
	case req.Moved != nil:
		return req.Moved.FrontEndPools.V
	}
	return nil
}

// movesMedia tells whether the request names a pool among those whose media moves.
func (req *Request) movesMedia(pool *topology.FrontEndPool) bool {
	return slices.ContainsFunc(req.namedMedia(), func(named topology.Value[string]) bool { return named.V == pool.Name })
}

// isDown tells whether a Front End pool may have gone down with the pool that failed: it is that pool, or at the
// failed site, and the request does not say that it is up.
func (req *Request) isDown(pool *topology.FrontEndPool) bool {
	failed := failedSite(req)
	return pool == req.failedHop() || failed != "" && pool.Site.V == failed && !req.movesMedia(pool)
}

// Media checks a block media by the rules outside DNS.
func Media(t *topology.Topology, req *Request, r *report.Plan) {
	if named := req.Moved.FrontEndPools; named.Set && len(named.V) == 0 {
		r.Add(report.Malformed, named.Range, "The list is empty. Name the Front End pools whose media moves.")
	}
	checkMedia(t, req, r)
	inside(t, req, r)
}

// inside checks what a plan that moves no federation has in common with a failover.
func inside(t *topology.Topology, req *Request, r *report.Plan) {
	checkSourceSite(t, req, r)
	checkStore(t, req, r)
	Window(t, req, r)
	checkSystems(t, req, r)
}

// checkMedia looks at which Front End pools get another Edge pool for media, and which do not.
func checkMedia(t *topology.Topology, req *Request, r *report.Plan) {
	byName := map[string]*topology.FrontEndPool{}
	for _, pool := range t.FrontEndPools {
		byName[pool.Name] = pool
	}
	seen := map[string]bool{}
	var left []*topology.EdgePool // of a block media: where the media of the pools goes through today
	for _, named := range req.namedMedia() {
		pool := byName[named.V]
		switch {
		case pool == nil: // the parser has said so
		case seen[named.V]:
			r.Add(report.Malformed, named.Range, "%s is in the list twice. Remove one of the two.", named.V)
		case !pool.EdgePool.Set && req.Moved != nil:
			r.Add(report.MediaElsewhere, named.Range,
				"%s has no edge_pool, so it is not known what a rollback goes back to. Set it as Topology Builder shows it.",
				pool.Name)
		case !pool.EdgePool.Set:
			r.Add(report.MediaElsewhere, named.Range,
				"%s has no edge_pool, so it is not known that its media goes through %s. Set it as Topology Builder shows it.",
				pool.Name, req.From.Name)
		case pool.EdgePool.V == req.To.Name && req.Moved != nil:
			r.Add(report.MediaThere, named.Range,
				"By its edge_pool the media of %s goes through %s already. Remove it from the list, or correct edge_pool.",
				pool.Name, req.To.Name)
		case req.Moved != nil:
			if edge := req.Pools[pool.EdgePool.V]; edge != nil && !slices.Contains(left, edge) {
				left = append(left, edge)
			}
		case pool.EdgePool.V != req.From.Name:
			r.Add(report.MediaElsewhere, named.Range,
				"By its edge_pool the media of %s goes through %s and not through %s, the pool that is left. Correct "+
					"edge_pool, or remove %s from the list.",
				pool.Name, pool.EdgePool.V, req.From.Name, pool.Name)
		}
		seen[named.V] = true
	}
	if req.Moved == nil {
		left = []*topology.EdgePool{req.From}
	}
	for _, pool := range left {
		checkStrandedMedia(t, req, pool, r)
	}
}

// checkStrandedMedia names the Front End pools whose media stays with a pool that is down, or that has stood in.
func checkStrandedMedia(t *topology.Topology, req *Request, left *topology.EdgePool, r *report.Plan) {
	disaster := req.Reason() == plan.Disaster
	if !disaster && !req.FailsBack() || req.OfMatrix {
		return // both pools go on to work; or nobody could name one
	}
	var stay []*topology.FrontEndPool
	for _, pool := range t.FrontEndPools {
		// A pool at the site of the one that has stood in is at home there.
		home := req.FailsBack() && pool.Site.V == left.Site.V
		if pool.EdgePool.V == left.Name && !req.movesMedia(pool) && !home {
			stay = append(stay, pool)
		}
	}
	if len(stay) == 0 {
		return
	}
	slices.SortFunc(stay, func(a, b *topology.FrontEndPool) int { return dnsname.Compare(a.Name, b.Name) })
	var names []string
	for _, pool := range stay {
		names = append(names, pool.Name)
	}
	is, down := left.Name+" is down", "if they are down too, accept this finding and say so."
	if !disaster {
		is, down = left.Name+" has only stood in", "if they are to stay there, accept this finding and say so."
	}
	where := "media of a failover"
	if req.Moved != nil {
		where = "front_end_pools"
	}
	r.Add(report.MediaStays, stay[0].EdgePool.Range,
		"The media of users of these Front End pools goes through %s: %s. %s. Name those that are up in %s, and they are "+
			"associated with %s; %s", left.Name, strings.Join(names, ", "), is, where, req.To.Name, down)
}
