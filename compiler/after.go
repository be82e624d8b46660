package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
)

// after is the spec with the routes and zone files as a failover leaves them. The places of values
// stay those of today.
func (c *compilation) after(failover *outcome, found *report.Spec) (*compilation, error) {
	t := *c.topology
	t.Sites = slices.Clone(t.Sites)
	for i, site := range t.Sites {
		moved := *site
		for _, routed := range failover.req.Sites {
			route := &moved.XMPPFederationRoute
			if routed.Federation == plan.SIP {
				route = &moved.FederationRoute
			}
			if routed.Site == site {
				route.V, route.Set = failover.req.To.Name, true
			}
		}
		t.Sites[i] = &moved
	}
	// The flag of Topology Builder moves with SIP federation.
	t.EdgePools = slices.Clone(t.EdgePools)
	hop := failover.req.NextHop(c.topology)
	for i, pool := range t.EdgePools {
		changed := *pool
		if failover.req.MovesSIP() && (pool == failover.req.From || pool == failover.req.To) {
			changed.SIPFederation.V, changed.SIPFederation.Set = pool == failover.req.To, true
		}
		if hop != nil && hop.Of == pool {
			changed.NextHop.V = hop.To.FQDN.V
		}
		t.EdgePools[i] = &changed
	}
	// Only those that the failover names.
	t.FrontEndPools = slices.Clone(t.FrontEndPools)
	media := failover.req.Media(c.topology)
	for i, pool := range t.FrontEndPools {
		if slices.Contains(media, pool) {
			moved := *pool
			moved.EdgePool.V = failover.req.To.Name
			t.FrontEndPools[i] = &moved
		}
	}
	// No plan moves the Central Management store back.
	if to := failover.req.NewStorePool(&t); to != nil {
		for i, pool := range t.FrontEndPools {
			moved := *pool
			moved.CentralManagement.V = pool == to
			t.FrontEndPools[i] = &moved
		}
	}
	// What is wrong with the zones has been said of the files of today.
	aside := found.Aside()
	opened, err := c.zones.After(&t, failover.zones, aside)
	if err == nil && aside.Found.HasErrors() {
		err = aside.Found
	}
	failover.zones = nil // they have been read, and hold the texts of the plan
	out := *c
	out.topology, out.zones = &t, opened
	return &out, err
}
