package rules

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// checkFrontEndServers checks the names of Front End Servers against those of pools. That one
// computer is two servers is reported elsewhere.
func checkFrontEndServers(t *topology.Topology, r *report.Spec) {
	edges, frontEnds := map[string]*topology.EdgePool{}, map[string]*topology.FrontEndPool{}
	for _, pool := range t.EdgePools {
		edges[strings.ToLower(pool.FQDN.V)], edges[strings.ToLower(pool.AccessEdgeFQDN.V)] = pool, pool
	}
	for _, pool := range t.FrontEndPools {
		frontEnds[strings.ToLower(pool.FQDN.V)] = pool
	}
	for _, pool := range t.FrontEndPools {
		for _, server := range pool.Servers {
			name := strings.ToLower(server.FQDN.V)
			edge, other := edges[name], frontEnds[name]
			isEdge := func(s *topology.Server) bool { return dnsname.Same(s.FQDN.V, name) }
			is := func(s *topology.FrontEndServer) bool { return dnsname.Same(s.FQDN.V, name) }
			switch {
			// a pool of one server has the name of the server: checkTwice has one in two pools then
			case edge != nil && !slices.ContainsFunc(edge.Servers, isEdge):
				r.Add(report.Contradiction, server.FQDN.Range, "%s is a name of Edge pool %s, and here a Front End Server.",
					server.FQDN.V, edge.Name)
			case other == pool && len(pool.Servers) > 1:
				r.Add(report.WrongPoolName, pool.FQDN.Range,
					"%s is one of the %d servers of the pool. A pool of several servers has an FQDN of its own.",
					pool.FQDN.V, len(pool.Servers))
			case other != nil && other != pool && !slices.ContainsFunc(other.Servers, is):
				r.Add(report.Contradiction, server.FQDN.Range,
					"%s is the FQDN of Front End pool %s, and here a server of %s.", server.FQDN.V, other.Name, pool.Name)
			}
		}
	}
}

// checkStores reports a second pool with the Central Management store: the plan could compare it
// with neither.
func checkStores(t *topology.Topology, r *report.Spec) {
	var first *topology.FrontEndPool
	for _, pool := range t.FrontEndPools {
		switch {
		case !pool.CentralManagement.V:
		case first == nil:
			first = pool
		default:
			r.Add(report.Contradiction, pool.CentralManagement.Range,
				"%s has central_management = true already, and a deployment has one active Central Management store. Set "+
					"it for the pool that Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus names as "+
					"ActiveMasterFqdn.",
				first.Name)
		}
	}
}

// failedSite is the site of a pool that failed, where more than that may be down; "" where
// nothing follows for a site.
func failedSite(req *Request) string {
	site := ""
	switch {
	case req.Reason() != plan.Disaster:
		return "" // in a planned change both pools run, and so does the site
	case req.Failover != nil:
		site = req.From.Site.V
	default: // where an Edge pool fails whose Front End pool is up, its site is too
		if hop := req.failedHop(); hop != nil {
			site = hop.Site.V
		}
	}
	// With both pools at one site that runs too.
	if site == req.To.Site.V {
		return ""
	}
	return site
}

// FrontEnds are the Front End Servers of the sites whose routes a failover changes, of the pools whose media
// moves, and of a pool that becomes a next hop, as far as they are named: those that have to know of it, and
// those that are not waited for, as they are at the site of the pool that failed.
func (req *Request) FrontEnds(t *topology.Topology) (reached, lost []*topology.FrontEndServer) {
	changed := map[string]bool{}
	for _, site := range req.Sites {
		changed[site.Name] = true
	}
	hop := req.NextHop(t)
	for _, pool := range t.FrontEndPools {
		switch {
		case !changed[pool.Site.V] && (hop == nil || hop.To != pool) && !req.movesMedia(pool):
		// what is down is never up to date, and the plan would never end
		case req.isDown(pool):
			lost = append(lost, pool.Servers...)
		default:
			reached = append(reached, pool.Servers...)
		}
	}
	return reached, lost
}

// checkLostFrontEnds names the servers that no stage waits for.
func checkLostFrontEnds(t *topology.Topology, req *Request, r *report.Plan) {
	_, lost := req.FrontEnds(t)
	// The plan cannot do without the management host, so that one is waited for wherever it is.
	lost = slices.DeleteFunc(lost, func(s *topology.FrontEndServer) bool {
		return dnsname.Same(s.FQDN.V, t.ManagementHost.V)
	})
	if len(lost) == 0 {
		return
	}
	var names []string
	for _, server := range lost {
		names = append(names, server.FQDN.V)
	}
	slices.SortFunc(names, dnsname.Compare)
	r.Add(report.NotReached, lost[0].FQDN.Range,
		"The route of %s changes, the site of the failed pool, and no stage waits until its Front End Servers know the "+
			"new one: %s. If they run, look at Get-CsManagementStoreReplicationStatus.",
		req.From.Site.V, strings.Join(names, ", "))
}

// NameServers looks at where the servers of the zones of a failover are.
func NameServers(zones []*topology.Zone, req *Request, r *report.Plan) {
	failed := failedSite(req)
	for _, z := range zones {
		if failed == "" || z.Site.V != failed {
			continue
		}
		server, needs := z.Server.V, "Its records are asked and changed there."
		if z.Delivery.V == plan.DeliveryWindowsDNS {
			server, needs = z.ComputerName().V, "Stage DnsServer changes its records there."
		}
		r.Add(report.DNSAtSource, z.Site.Range,
			"The server of zone %s, %s, is at %s, the site of the failed pool. %s Name a server of the zone that runs "+
				"and can change it, or accept this finding with the reason why this one is still up.",
			z.Name.V, server, failed, needs)
	}
}
