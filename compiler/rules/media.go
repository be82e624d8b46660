package rules

import (
	"slices"
	"strings"

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

// movesMedia tells whether the request names a pool among those whose media moves.
func (req *Request) movesMedia(pool *topology.FrontEndPool) bool {
	return req.Failover != nil && slices.ContainsFunc(req.Failover.Media.V,
		func(named topology.Value[string]) bool { return named.V == pool.Name })
}

// isDown tells whether a Front End pool may have gone down with the pool that failed: it is at the failed
// site, and the failover does not say that it is up.
func (req *Request) isDown(pool *topology.FrontEndPool) bool {
	failed := failedSite(req)
	return failed != "" && pool.Site.V == failed && !req.movesMedia(pool)
}

// checkMedia looks at which Front End pools get another Edge pool for media, and which do not.
func checkMedia(t *topology.Topology, req *Request, r *report.Plan) {
	byName := map[string]*topology.FrontEndPool{}
	for _, pool := range t.FrontEndPools {
		byName[pool.Name] = pool
	}
	seen := map[string]bool{}
	for _, named := range req.Failover.Media.V {
		pool := byName[named.V]
		switch {
		case pool == nil: // the parser has said so
		case seen[named.V]:
			r.Add(report.Malformed, named.Range, "%s is in the list twice. Remove one of the two.", named.V)
		case !pool.EdgePool.Set:
			r.Add(report.MediaElsewhere, named.Range,
				"%s has no edge_pool, so it is not known that its media goes through %s. Set it as Topology Builder shows it.",
				pool.Name, req.From.Name)
		case pool.EdgePool.V != req.From.Name:
			r.Add(report.MediaElsewhere, named.Range,
				"By its edge_pool the media of %s goes through %s and not through %s, the pool that is left. Correct "+
					"edge_pool, or remove %s from the list.",
				pool.Name, pool.EdgePool.V, req.From.Name, pool.Name)
		}
		seen[named.V] = true
	}
	checkStrandedMedia(t, req, r)
}

// checkStrandedMedia names the pools whose media stays with a pool that is down, or that has stood in.
func checkStrandedMedia(t *topology.Topology, req *Request, r *report.Plan) {
	disaster := req.Failover.Reason.V == "disaster"
	if !disaster && !req.FailsBack() || req.OfMatrix {
		return // both pools go on to work; or nobody could name one
	}
	var stay []*topology.FrontEndPool
	for _, pool := range t.FrontEndPools {
		// A pool at the site of the one that has stood in is at home there.
		home := req.FailsBack() && pool.Site.V == req.From.Site.V
		if pool.EdgePool.V == req.From.Name && !req.movesMedia(pool) && !home {
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
	is, down := req.From.Name+" is down", "if they are down too, accept this finding and say so."
	if !disaster {
		is, down = req.From.Name+" has only stood in", "if they are to stay there, accept this finding and say so."
	}
	r.Add(report.MediaStays, stay[0].EdgePool.Range,
		"The media of users of these Front End pools goes through %s: %s. %s. Name those that are up in media of a "+
			"failover, and they are associated with %s; %s", req.From.Name, strings.Join(names, ", "), is, req.To.Name, down)
}
