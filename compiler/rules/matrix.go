package rules

import (
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/planname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Pools are the Edge pools of a topology as a matrix sees them, each list sorted by name.
type Pools struct {
	Today []*topology.EdgePool // those that a site is routed to, for a federation that moves
	Able  []*topology.EdgePool // those that could be the target of a failover
	// Unable are the others, with the findings that say why.
	Unable []UnablePool
}

// UnablePool is an Edge pool that can be no target of a failover.
type UnablePool struct {
	Pool   *topology.EdgePool
	Report *report.Plan
}

// PoolsOf asks of each Edge pool whether it could be the target of the failovers of a matrix. What is
// found goes into reports of their own.
func PoolsOf(t *topology.Topology, m *parser.Matrix, r *report.Spec) Pools {
	var out Pools
	byName := slices.SortedFunc(slices.Values(t.EdgePools),
		func(a, b *topology.EdgePool) int { return dnsname.Compare(a.Name, b.Name) })
	for _, pool := range byName {
		if holds(t, Asks(t, m), pool) {
			out.Today = append(out.Today, pool)
		}
		own := r.Aside().Plan(m.Range, nil)
		if Target(t, pairRequest(t, m, "", nil, pool), own) {
			out.Able = append(out.Able, pool)
		} else {
			out.Unable = append(out.Unable, UnablePool{pool, own})
		}
	}
	return out
}

// Froms are the pools whose failure the matrix is about: those that are used today, and those that
// could be used then. They are sorted by name.
func (p Pools) Froms() []*topology.EdgePool {
	out := slices.Clone(p.Able)
	for _, pool := range p.Today {
		// A pool that cannot be a target, say without servers in the spec, may fail all the same.
		if !slices.Contains(out, pool) {
			out = append(out, pool)
		}
	}
	slices.SortFunc(out, func(a, b *topology.EdgePool) int { return dnsname.Compare(a.Name, b.Name) })
	return out
}

// PairName is the name of the plan of a pair, and of its folder. Labels of pools may hold anything, so
// only what a folder may be called is left of them; "" if nothing is left.
func PairName(m *parser.Matrix, from, to *topology.EdgePool) string {
	near, toNear := planname.Near(from.Name), planname.Near(to.Name)
	if near == "" || toNear == "" {
		return ""
	}
	return fmt.Sprintf("%s-%s-to-%s", m.Name.V, near, toNear)
}

// holds tells whether a site is routed to a pool for a federation that moves.
func holds(t *topology.Topology, req *Request, pool *topology.EdgePool) bool {
	for _, federation := range req.Moves() {
		for _, site := range t.Sites {
			if (RoutedSite{federation, site}).Route().V == pool.Name {
				return true
			}
		}
	}
	return false
}

// Asks is what all pairs of a matrix ask for, without pools.
func Asks(t *topology.Topology, m *parser.Matrix) *Request { return pairRequest(t, m, "", nil, nil) }

// Pair is the request for the failover of a pair. The topology may be another one than that of the
// spec, as long as its pools have the same names.
func Pair(t *topology.Topology, m *parser.Matrix, from, to *topology.EdgePool) *Request {
	return pairRequest(t, m, PairName(m, from, to), from, to)
}

func pairRequest(t *topology.Topology, m *parser.Matrix, name string, from, to *topology.EdgePool) *Request {
	f := &parser.Failover{
		Name:       topology.Value[string]{V: name, Set: true, Range: m.Name.Range},
		Federation: m.Federation, Reason: m.Reason, Procedure: m.Procedure, RouteSites: m.RouteSites,
		Change: m.Change, Accepts: m.Accepts, Range: m.Range,
	}
	req := &Request{
		Name: f.Name, Change: f.Change, Accepts: f.Accepts, Range: f.Range, Failover: f, Pools: poolsByName(t),
		OfMatrix: true,
	}
	// Findings about a pool are at the pool: no line of the block names it.
	if to != nil {
		f.To = topology.Value[string]{V: to.Name, Set: true, Range: to.Range}
		req.To = req.Pools[to.Name]
	}
	if from != nil {
		f.From = topology.Value[string]{V: from.Name, Set: true, Range: from.Range}
	}
	return req
}
