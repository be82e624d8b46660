package compiler

import (
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// checkTarget holds the target against the rules without which nothing else can be
// said of the failover.
func (j *job) checkTarget() bool {
	if j.f.Federation.V == "sip" {
		j.report(codeNotYet, j.f.Federation.Range, `federation = "sip" is planned but not yet there: SIP federation is failed over in Topology Builder, and edgeplan does not compile that procedure yet.`)
		return false
	}
	if j.to == nil || j.f.Change == nil {
		return false // the parser has said so
	}
	to := j.to
	switch product := j.topology.ProductOf(to); {
	case !cmdlet.Product(product).HasXMPP():
		j.report(codeNoXMPPProduct, j.f.To.Range, "%s runs %s, which has no XMPP federation: Microsoft removed it after Skype for Business Server 2015. Choose a pool of Lync Server 2013 or Skype for Business Server 2015.", to.Name, product)
	case to.XMPP == nil:
		j.report(codeNoXMPPPool, j.f.To.Range, `XMPP federation is not enabled on %s. Enable it in Topology Builder ("Enable XMPP federation (port 5269)"), publish, run Setup again on the Front End and Edge Servers, then add a block xmpp {} to the pool.`, to.Name)
	}
	if !to.Site.Set {
		j.report(codeNoSite, to.Range, "Edge pool %s has no site. The route is a property of the site that contains the target pool, so set site.", to.Name)
	}
	if len(to.Servers) == 0 {
		j.report(codeNoServers, to.Range, `Edge pool %s has no servers. Add a block server "FQDN" for each, as Get-CsPool lists them.`, to.Name)
	}
	return !j.blocked()
}

// resolve finds the source pool and the sites whose routes change.
func (j *job) resolve() bool {
	target := j.topology.SiteOf(j.to)
	if target == nil {
		return false
	}
	if j.f.From.Set {
		j.from = j.pools[j.f.From.V]
	} else {
		j.from = j.guessSource(target)
	}
	if j.from == nil {
		return false
	}
	if j.from == j.to {
		rng := j.f.To.Range
		if j.f.From.Set {
			rng = j.f.From.Range
			j.report(codeSamePool, rng, "from and to are both %s.", j.to.Name)
		} else {
			j.report(codeAlreadyRouted, rng, "The XMPP federation route of %s is %s already.", target.Name, j.to.Name)
		}
		return false
	}
	for _, site := range j.topology.Sites {
		routed := site.XMPPFederationRoute.V == j.from.Name && j.f.RouteSites.V == "all-routed"
		if (site == target || routed) && site.XMPPFederationRoute.V != j.to.Name {
			j.sites = append(j.sites, site)
		}
	}
	slices.SortFunc(j.sites, func(a, b *topology.Site) int { return dnsname.Compare(a.Name, b.Name) })
	if len(j.sites) == 0 {
		j.report(codeAlreadyRouted, j.f.To.Range, "The XMPP federation route of %s is %s already.", target.Name, j.to.Name)
		return false
	}
	return true
}

// guessSource takes the pool that the target's site is routed to, or the only one
// that any site is routed to.
func (j *job) guessSource(target *topology.Site) *topology.EdgePool {
	if pool := j.pools[target.XMPPFederationRoute.V]; pool != nil {
		return pool
	}
	var found []string
	for _, site := range j.topology.Sites {
		if name := site.XMPPFederationRoute.V; name != "" && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return j.pools[found[0]]
	}
	j.report(codeNoSource, j.f.Range, "The site routes do not say which pool holds XMPP federation today (they name %d). Set from, or the xmpp_federation_route of the sites as Get-CsSite shows it.", len(found))
	return nil
}

// checkRules are the rules of one failover outside DNS.
func (j *job) checkRules() {
	j.checkSourceSite()
	j.checkChange()
	j.checkCertificate()
	j.checkSystems()
	j.checkRoutes()
	if j.to.NAT.V && j.to.LoadBalancing.V == "hardware" {
		j.report(codeNATBalancer, j.to.NAT.Range, "%s is behind NAT and a hardware load balancer. Microsoft supports NAT with DNS load balancing only.", j.to.Name)
	}
	if !slices.ContainsFunc(j.topology.SIPDomains, func(d *topology.SIPDomain) bool { return d.XMPP.V }) {
		j.report(codeNoDomain, j.f.Range, "No sip_domain has xmpp = true, so there is no domain whose XMPP federation could move.")
	}
	if j.f.Procedure.V == "documented" {
		j.report(codeTargetStops, j.f.To.Range, "Step 2 of the procedure stops all services on every Edge Server of %s until step 7. In that time there is %s.", j.to.Name, strings.Join(j.losses(), ", "))
	}
}

// losses lists what users lose while the target pool is stopped.
func (j *job) losses() []string {
	list := []string{"no remote access through it"}
	for _, pool := range j.topology.FrontEndPools {
		if pool.EdgePool.V == j.to.Name {
			list = append(list, "no conferencing, audio and video with outsiders for users of "+pool.Name)
		}
	}
	for _, site := range j.topology.Sites {
		if site.FederationRoute.V == j.to.Name {
			list = append(list, "no SIP federation for "+site.Name)
		}
	}
	return list
}

// checkSourceSite looks at what else stood at the site of a pool that failed.
func (j *job) checkSourceSite() {
	if j.f.Reason.V != "disaster" || !j.from.Site.Set {
		return
	}
	for _, pool := range j.topology.FrontEndPools {
		if pool.Site.V != j.from.Site.V || pool.Site.V == j.to.Site.V {
			continue
		}
		if pool.CentralManagement.V {
			j.report(codeCMSAtSource, pool.CentralManagement.Range, "%s holds the Central Management store and stands at %s, the site of the failed pool. Set-CsSite needs that store. Fail it over first (Invoke-CsManagementServerFailover), or accept this finding with the reason why it is still up.", pool.Name, pool.Site.V)
		}
		if j.to.NextHop.Set && dnsname.Same(j.to.NextHop.V, pool.FQDN.V) {
			j.report(codeNextHop, j.to.NextHop.Range, "The next hop of %s is %s, which stands at %s, the site of the failed pool. Set the next hop to a pool that runs: Set-CsEdgeServer -Identity EdgeServer:%s -Registrar Registrar:FQDN.", j.to.Name, pool.Name, pool.Site.V, j.to.FQDN.V)
		}
	}
}

// supportEnds are the ends of extended support, by product.
var supportEnds = map[string]string{
	"lync-server-2013": "2023-04-11",
	"sfb-server-2015":  "2025-10-14",
	"sfb-server-2019":  "2025-10-14",
}

// supportedSystems are the systems on which Microsoft supports a product; products that
// are not there are not checked.
var supportedSystems = map[string][]string{
	"lync-server-2013": {"windows-server-2008-r2", "windows-server-2012", "windows-server-2012-r2"},
	"sfb-server-2015":  {"windows-server-2008-r2", "windows-server-2012", "windows-server-2012-r2", "windows-server-2016", "windows-server-2019"},
}

// checkSystems compares what the servers of the target run with what its product supports.
func (j *job) checkSystems() {
	product := j.topology.ProductOf(j.to)
	for _, server := range j.to.Servers {
		system := server.OperatingSystem
		if known := supportedSystems[product]; system.Set && known != nil && !slices.Contains(known, system.V) {
			j.report(codeSystem, system.Range, "%s runs %s, on which Microsoft does not support %s. It supports %s.", server.FQDN.V, system.V, product, strings.Join(known, ", "))
		}
	}
}

func (j *job) checkChange() {
	start, startOK := j.moment(j.f.Change.WindowStart)
	end, endOK := j.moment(j.f.Change.WindowEnd)
	if startOK && endOK && !end.After(start) {
		j.report(codeMalformed, j.f.Change.WindowEnd.Range, "The window ends at %s, which is not after its start, %s. Correct one of the two.", j.f.Change.WindowEnd.V, j.f.Change.WindowStart.V)
	}
	if j.to == nil {
		return
	}
	product := j.topology.ProductOf(j.to)
	if ends := supportEnds[product]; startOK && ends != "" && start.UTC().Format(time.DateOnly) > ends {
		rng := j.topology.Product.Range
		if j.to.Product.Set {
			rng = j.to.Product.Range
		}
		j.report(codeOutOfSupport, rng, "Support of %s ended on %s, before the change window. There are no security updates for it.", product, ends)
	}
}

// moment reads an RFC 3339 time; ok is false if there is none.
func (j *job) moment(value topology.Value[string]) (time.Time, bool) {
	if !value.Set {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, value.V)
	if err != nil {
		j.report(codeMalformed, value.Range, "%s", badTime(value.V))
	}
	return t, err == nil
}

// window is the length of the change window; 0 if it is not given.
func (j *job) window() time.Duration {
	start, err1 := time.Parse(time.RFC3339, j.f.Change.WindowStart.V)
	end, err2 := time.Parse(time.RFC3339, j.f.Change.WindowEnd.V)
	if err1 != nil || err2 != nil {
		return 0
	}
	return end.Sub(start)
}

func (j *job) checkCertificate() {
	cert := j.to.Certificate
	if cert == nil {
		return
	}
	j.checkCertificateNames(cert)
	if !cert.NotAfter.Set {
		return
	}
	if _, err := time.Parse(time.DateOnly, cert.NotAfter.V); err != nil {
		return // checkPool says so
	}
	end, err := time.Parse(time.RFC3339, j.f.Change.WindowEnd.V)
	if err == nil && cert.NotAfter.V < end.UTC().Format(time.DateOnly) {
		j.report(codeExpires, cert.NotAfter.Range, "The certificate of %s ends on %s, before the change window does. Partners will refuse TLS.", j.to.Name, cert.NotAfter.V)
	}
}

func (j *job) checkCertificateNames(cert *topology.Certificate) {
	names := cert.SubjectAlternativeNames
	if !names.Set {
		return
	}
	has := func(name string) bool {
		return slices.ContainsFunc(names.V, func(n string) bool { return dnsname.Same(n, name) })
	}
	for _, domain := range j.topology.XMPPDomains() {
		if dnsname.IsHost(domain.Name.V) && !has(domain.Name.V) {
			j.report(codeCertificate, names.Range, "The certificate of %s does not name %s. XMPP servers look for the domain itself; a wildcard does not cover it. Prosody, as Debian ships it, then refuses the connection.", j.to.Name, domain.Name.V)
		}
	}
	if j.topology.XMPP == nil || !j.topology.XMPP.Host.Set {
		return
	}
	host := j.topology.XMPP.Host.V
	_, parent, _ := strings.Cut(host, ".")
	if dnsname.IsHost(host) && !has(host) && !has("*."+parent) {
		j.report(codeCertificate, names.Range, "The certificate of %s names neither %s nor *.%s.", j.to.Name, host, parent)
	}
}

func (j *job) checkRoutes() {
	var stay []string
	for _, site := range j.topology.Sites {
		if site.XMPPFederationRoute.V == j.from.Name && !slices.Contains(j.sites, site) {
			stay = append(stay, site.Name)
		}
	}
	slices.SortFunc(stay, dnsname.Compare)
	if len(stay) > 0 {
		j.report(codeOtherSites, j.f.RouteSites.Range, `These sites keep the XMPP federation route to %s: %s. The procedure sets the route of the target's site only; route_sites = "all-routed" moves the others as well.`, j.from.Name, strings.Join(stay, ", "))
	}
	for _, site := range j.sites {
		if !site.XMPPFederationRoute.Set {
			j.report(codeNothingToGoBack, site.Range, "%s has no XMPP federation route today. No cmdlet is documented for clearing a route, so a rollback ends with a step in Topology Builder.", site.Name)
		}
	}
}

// domainAt is the domain with XMPP federation whose SRV records have an owner, nil if none has.
// It is asked for each set of each zone.
func (j *job) domainAt(owner string) *topology.SIPDomain {
	if j.domains == nil {
		j.domains = map[string]*topology.SIPDomain{}
		for _, domain := range j.topology.XMPPDomains() {
			j.domains[dnsname.XMPPOwner(domain.Name.V)] = domain
		}
	}
	return j.domains[owner]
}
