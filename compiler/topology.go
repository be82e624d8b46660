package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// topologyOf is the topology without places, for what no step of the plan needs.
func topologyOf(t *topology.Topology) plan.Topology {
	var out plan.Topology
	for _, site := range t.Sites {
		out.Sites = append(out.Sites, plan.Site{Name: site.Name, Route: site.XMPPFederationRoute.V,
			SIPRoute: site.FederationRoute.V})
	}
	for _, pool := range t.EdgePools {
		out.EdgePools = append(out.EdgePools, edgePoolOf(t, pool))
	}
	for _, pool := range t.FrontEndPools {
		out.FrontEndPools = append(out.FrontEndPools, plan.FrontEndPool{FQDN: pool.FQDN.V, Site: pool.Site.V,
			CentralManagement: pool.CentralManagement.V, EdgePool: pool.EdgePool.V, Servers: serverNames(pool.Servers)})
	}
	for _, domain := range t.SIPDomains {
		out.SIPDomains = append(out.SIPDomains, domain.Name.V)
	}
	// The rehearsal kit is the same whatever the order of the blocks.
	slices.SortFunc(out.Sites, func(a, b plan.Site) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(out.EdgePools, func(a, b plan.EdgePool) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(out.FrontEndPools, func(a, b plan.FrontEndPool) int { return strings.Compare(a.FQDN, b.FQDN) })
	slices.Sort(out.SIPDomains)
	return out
}

// serverNames are the FQDNs of Front End Servers, sorted.
func serverNames(servers []*topology.FrontEndServer) []string {
	var out []string
	for _, server := range servers {
		out = append(out, server.FQDN.V)
	}
	slices.SortFunc(out, dnsname.Compare)
	return out
}

func edgePoolOf(t *topology.Topology, pool *topology.EdgePool) plan.EdgePool {
	out := plan.EdgePool{
		Name: pool.Name, Site: pool.Site.V, FQDN: pool.FQDN.V, AccessEdgeFQDN: pool.AccessEdgeFQDN.V,
		NextHop: pool.NextHop.V, Product: cmdlet.Product(t.ProductOf(pool)), SIPFederation: t.SIPEnabled(pool),
	}
	if pool.XMPP != nil {
		out.ListeningPort, out.InternalPort = pool.XMPP.ListeningPort.V, pool.XMPP.InternalPort.V
	}
	if virtual := topology.Address(pool.VirtualIPv4); virtual != nil {
		out.VirtualIPv4 = virtual[0]
	}
	for _, server := range pool.Servers {
		// A server without addresses of its own is behind the virtual one.
		public := append(topology.Address(server.PublicIPv4), topology.Address(server.PublicIPv6)...)
		out.Servers = append(out.Servers, plan.EdgeServer{FQDN: server.FQDN.V, Public: public})
	}
	slices.SortFunc(out.Servers, func(a, b plan.EdgeServer) int { return dnsname.Compare(a.FQDN, b.FQDN) })
	return out
}
