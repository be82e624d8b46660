package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// estate reads the spec once more, for what no step of the plan needs.
func (j *job) estate() plan.Estate {
	var e plan.Estate
	for _, site := range j.spec.Sites {
		e.Sites = append(e.Sites, plan.EstateSite{Name: site.Name, Route: site.XMPPFederationRoute.V})
	}
	for _, pool := range j.spec.EdgePools {
		e.EdgePools = append(e.EdgePools, j.estatePool(pool))
	}
	for _, pool := range j.spec.FrontEndPools {
		e.FrontEnds = append(e.FrontEnds, plan.EstateFrontEnd{FQDN: pool.FQDN.V, Site: pool.Site.V, CentralManagement: pool.CentralManagement.V})
	}
	for _, domain := range j.spec.SIPDomains {
		e.SIPDomains = append(e.SIPDomains, domain.Name.V)
	}
	slices.SortFunc(e.Sites, func(a, b plan.EstateSite) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(e.EdgePools, func(a, b plan.EstatePool) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(e.FrontEnds, func(a, b plan.EstateFrontEnd) int { return strings.Compare(a.FQDN, b.FQDN) })
	slices.Sort(e.SIPDomains)
	return e
}

func (j *job) estatePool(pool *parser.EdgePool) plan.EstatePool {
	out := plan.EstatePool{
		Name: pool.Name, Site: pool.Site.V, FQDN: pool.FQDN.V, AccessEdgeFQDN: pool.AccessEdgeFQDN.V,
		NextHop: pool.NextHop.V, Product: cmdlet.Product(j.productOf(pool)),
	}
	if pool.XMPP != nil {
		out.ListeningPort, out.InternalPort = pool.XMPP.ListeningPort.V, pool.XMPP.InternalPort.V
	}
	if virtual := canonical(pool.VirtualIPv4); virtual != nil {
		out.VirtualIPv4 = virtual[0]
	}
	for _, server := range pool.Servers {
		public := append(canonical(server.PublicIPv4), canonical(server.PublicIPv6)...)
		out.Servers = append(out.Servers, plan.EstateServer{FQDN: server.FQDN.V, Public: public})
	}
	slices.SortFunc(out.Servers, func(a, b plan.EstateServer) int { return dnsname.Compare(a.FQDN, b.FQDN) })
	return out
}
