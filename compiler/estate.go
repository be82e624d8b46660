package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Estate is what stands before the change as the spec describes it: what a rehearsal
// simulates. It is not part of plan.json. Lists are in the order of their names.
type Estate struct {
	Sites      []EstateSite
	EdgePools  []EstatePool
	FrontEnds  []EstateFrontEnd
	SIPDomains []string
}

// EstateSite is a central site. Route is the name of the Edge pool of its XMPP
// federation route; empty if it has none.
type EstateSite struct{ Name, Route string }

// EstatePool is an Edge pool. Servers are in the order of their names.
type EstatePool struct {
	Name, Site, FQDN, AccessEdgeFQDN string
	NextHop                          string
	Product                          cmdlet.Product
	ListeningPort, InternalPort      int    // of XMPP; 0 where it is not enabled
	VirtualIPv4                      string // of a hardware load balancer; else empty
	Servers                          []EstateServer
}

// EstateServer is an Edge Server and its public addresses.
type EstateServer struct {
	FQDN   string
	Public []string
}

// EstateFrontEnd is a Front End pool.
type EstateFrontEnd struct {
	FQDN, Site        string
	CentralManagement bool
}

// estate reads the spec once more, for what no step of the plan needs.
func (j *job) estate() Estate {
	var e Estate
	for _, site := range j.spec.Sites {
		e.Sites = append(e.Sites, EstateSite{site.Name, site.XMPPFederationRoute.V})
	}
	for _, pool := range j.spec.EdgePools {
		e.EdgePools = append(e.EdgePools, j.estatePool(pool))
	}
	for _, pool := range j.spec.FrontEndPools {
		e.FrontEnds = append(e.FrontEnds, EstateFrontEnd{pool.FQDN.V, pool.Site.V, pool.CentralManagement.V})
	}
	for _, domain := range j.spec.SIPDomains {
		e.SIPDomains = append(e.SIPDomains, domain.Name.V)
	}
	slices.SortFunc(e.Sites, func(a, b EstateSite) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(e.EdgePools, func(a, b EstatePool) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(e.FrontEnds, func(a, b EstateFrontEnd) int { return strings.Compare(a.FQDN, b.FQDN) })
	slices.Sort(e.SIPDomains)
	return e
}

func (j *job) estatePool(pool *parser.EdgePool) EstatePool {
	out := EstatePool{
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
		out.Servers = append(out.Servers, EstateServer{server.FQDN.V, public})
	}
	slices.SortFunc(out.Servers, func(a, b EstateServer) int { return dnsname.Compare(a.FQDN, b.FQDN) })
	return out
}
