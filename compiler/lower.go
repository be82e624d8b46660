package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// failover makes the plan of a failover that has passed the rules, without its stages.
func failover(req *rules.Request, t *topology.Topology, zones []plan.Zone) *plan.Plan {
	p := headOf(plan.KindFailover, req, t, zones)
	p.Federation, p.Reason, p.Procedure = req.Failover.Federation.V, req.Failover.Reason.V, req.Failover.Procedure.V
	p.From, p.SIPRoute = poolOf(t, req.From), sipRoute(t, req.To)
	p.RouteSites, p.Routes, p.RoutedSites = req.RouteSites(), routesOf(req), routedSites(t, req)
	inLync(p, req, t)
	if p.MovesXMPP() {
		p.XMPPHost, p.Domains, p.Partners = t.XMPP.Host.V, domainNames(t), onceEach(t.XMPP.Partners.V)
	}
	if p.MovesSIP() {
		p.From.SIPEnabled, p.To.SIPEnabled = t.SIPEnabled(req.From), t.SIPEnabled(req.To)
		p.SIPDomains = sipDomains(t)
		if t.SIP != nil {
			p.SIPPartners = onceEach(t.SIP.Partners.V)
		}
	}
	return p
}

// headOf is what every kind of plan has.
func headOf(kind string, req *rules.Request, t *topology.Topology, zones []plan.Zone) *plan.Plan {
	return &plan.Plan{
		FormatVersion:  plan.FormatVersion,
		Kind:           kind,
		Name:           req.Name.V,
		Product:        cmdlet.Product(t.Product.V),
		ManagementHost: t.ManagementHost.V,
		Origin:         plan.OriginOf(req.Range),
		Change:         changeOf(req.Change),
		Zones:          zones,
		Topology:       topologyOf(t),
	}
}

// inLync adds what a plan has that changes more than DNS.
func inLync(p *plan.Plan, req *rules.Request, t *topology.Topology) {
	p.To, p.CentralManagement = poolOf(t, req.To), centralManagement(t)
	if store := storeFailover(req, t); store != nil {
		// Every later stage wants the store where the first one has moved it.
		p.StoreFailover, p.CentralManagement = store, store.To
	}
	p.FrontEnds, p.Media, p.NextHop = frontEnds(req, t), media(req, t), nextHop(req, t)
}

// sipDomains are all SIP domains, sorted by name.
func sipDomains(t *topology.Topology) []plan.SIPDomain {
	var out []plan.SIPDomain
	for _, domain := range t.SortedSIPDomains() {
		out = append(out, plan.SIPDomain{Name: domain.Name.V, Host: domain.FederationHost.V})
	}
	return out
}

func poolOf(t *topology.Topology, pool *topology.EdgePool) plan.Pool {
	four, six := pool.Addresses()
	// plan.json then has [] and not null.
	if four == nil {
		four = []string{}
	}
	return plan.Pool{
		Name: pool.Name, Site: pool.Site.V, FQDN: pool.FQDN.V, AccessEdgeFQDN: pool.AccessEdgeFQDN.V,
		Product: cmdlet.Product(t.ProductOf(pool)), Servers: pool.ServerNames(), IPv4: four, IPv6: six, NAT: pool.NAT.V,
		NextHop: pool.NextHop.V, XMPPInternalPort: internalPort(pool), Origin: plan.OriginOf(pool.Range),
	}
}

// internalPort is the port for Front End Servers that the spec states, 0 where it does not.
func internalPort(pool *topology.EdgePool) int {
	if pool.XMPP == nil || !pool.XMPP.InternalPort.Set {
		return 0
		// The default of the language is not compared: the pages name another one.
	}
	return pool.XMPP.InternalPort.V
}

// sipRoute is the pool of SIP federation: that of the target's site, else of the first
// site by name that has one.
func sipRoute(t *topology.Topology, target *topology.EdgePool) string {
	// By design only one Edge pool of an organization is federated for SIP, but each site has a route of its
	// own.
	if route := t.SiteOf(target).FederationRoute; route.Set {
		return route.V
	}
	sites := slices.Clone(t.Sites)
	slices.SortFunc(sites, func(a, b *topology.Site) int { return dnsname.Compare(a.Name, b.Name) })
	for _, site := range sites {
		if site.FederationRoute.Set {
			return site.FederationRoute.V
		}
	}
	return ""
}

// centralManagement is the FQDN of the Front End pool that holds the Central Management
// store; empty where the spec names none.
func centralManagement(t *topology.Topology) string {
	// With none P01 and P02 only want that there is an active one.
	if pool := rules.StorePool(t); pool != nil {
		return pool.FQDN.V
	}
	return ""
}

// storeFailover is how the Central Management store is failed over before the change; nil where it is
// not.
func storeFailover(req *rules.Request, t *topology.Topology) *plan.StoreFailover {
	to := req.NewStorePool(t)
	if to == nil {
		return nil
	}
	s := req.Store()
	return &plan.StoreFailover{
		From: centralManagement(t), To: to.FQDN.V, Servers: serverNames(to.Servers),
		SQLServer: s.SQLServer.V, SQLInstance: s.SQLInstance.V,
		MirrorServer: s.MirrorServer.V, MirrorInstance: s.MirrorInstance.V, Origin: plan.OriginOf(s.Range),
	}
}

// nextHop is the change of a next hop; nil where there is none.
func nextHop(req *rules.Request, t *topology.Topology) *plan.NextHop {
	hop := req.NextHop(t)
	if hop == nil {
		return nil
	}
	return &plan.NextHop{
		Pool: hop.Of.Name, From: hop.From.FQDN.V, FromSite: hop.From.Site.V, To: hop.To.FQDN.V, ToSite: hop.To.Site.V,
		Origin: plan.OriginOf(req.HopRange()),
	}
}

// frontEnds are the Front End Servers that have to know what changes, but for the management
// host, which is one of them or not.
func frontEnds(req *rules.Request, t *topology.Topology) []string {
	reached, _ := req.FrontEnds(t)
	// nil, not empty: plan.json leaves out what the spec does not name.
	names := slices.DeleteFunc(serverNames(reached), func(name string) bool { return dnsname.Same(name, t.ManagementHost.V) })
	if len(names) == 0 {
		return nil
	}
	return names
}

// media are the Front End pools whose media moves.
func media(req *rules.Request, t *topology.Topology) []plan.MediaPool {
	var out []plan.MediaPool
	for _, pool := range req.Media(t) {
		out = append(out, plan.MediaPool{Name: pool.Name, FQDN: pool.FQDN.V, Site: pool.Site.V,
			From: req.Pools[pool.EdgePool.V].FQDN.V, FromPool: pool.EdgePool.V, Servers: serverNames(pool.Servers), Origin: plan.OriginOf(pool.EdgePool.Range)})
	}
	return out
}

func domainNames(t *topology.Topology) []string {
	names := []string{}
	for _, d := range t.XMPPDomains() {
		names = append(names, d.Name.V)
	}
	return names
}

// onceEach sorts names and leaves out those that differ from another in case only.
func onceEach(names []string) []string {
	out := []string{}
	// Compare puts names beside each other that differ in case only.
	for _, name := range slices.SortedFunc(slices.Values(names), dnsname.Compare) {
		if len(out) == 0 || !dnsname.Same(out[len(out)-1], name) {
			out = append(out, name)
		}
	}
	return out
}

// routesOf are the routes that change, and from where.
func routesOf(req *rules.Request) []plan.SiteRoute {
	var out []plan.SiteRoute
	for _, site := range req.Sites {
		// The line of the route if there is one, else that of the site: the place to look at in a review.
		route := plan.SiteRoute{RoutedSite: plan.RoutedSite{Federation: site.Federation, Site: site.Name},
			Origin: plan.OriginOf(site.Range)}
		if site.Route().Set {
			route.Origin = plan.OriginOf(site.Route().Range)
		}
		if previous := req.Pools[site.Route().V]; previous != nil {
			// A pool without servers is a finding; its own name keeps the two spellings comparable until then.
			route.From, route.FromServer = previous.FQDN.V, previous.FQDN.V
			if names := previous.ServerNames(); len(names) > 0 {
				route.FromServer = names[0]
			}
		}
		out = append(out, route)
	}
	return out
}

// routedSites are the sites that the spec says are on the pool that is left.
func routedSites(t *topology.Topology, req *rules.Request) []plan.RoutedSite {
	sites := []plan.RoutedSite{}
	for _, federation := range req.Moves() {
		for _, site := range t.Sites {
			if (rules.RoutedSite{Federation: federation, Site: site}).Route().V == req.From.Name {
				sites = append(sites, plan.RoutedSite{Federation: federation, Site: site.Name})
			}
		}
	}
	slices.SortFunc(sites, plan.CompareSites)
	return sites
}
