package rules

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Target checks the target of a failover by the rules without which nothing else can be said
// of it; false if one of them is broken.
func Target(t *topology.Topology, req *Request, r *report.Plan) bool {
	if req.To == nil || req.Change == nil {
		return false // the parser has said so
	}
	to := req.To
	// of the pool and not of the topology: in a migration pools of both run side by side
	switch product := t.ProductOf(to); {
	case !req.MovesXMPP():
	case !cmdlet.Product(product).HasXMPP():
		r.Add(report.NoXMPPProduct, req.Failover.To.Range,
			"%s runs %s, which has no XMPP federation: Microsoft removed it after Skype for Business Server 2015. "+
				"Choose a pool of Lync Server 2013 or Skype for Business Server 2015, or move SIP federation alone: "+
				"federation = \"sip\".",
			to.Name, product)
	case to.XMPP == nil:
		r.Add(report.NoXMPPPool, req.Failover.To.Range,
			`XMPP federation is not enabled on %s. Enable it in Topology Builder ("Enable XMPP federation (port `+
				`5269)"), publish, run Setup again on the Front End and Edge Servers, then add a block xmpp {} to the `+
				`pool.`,
			to.Name)
	}
	if !to.Site.Set {
		r.Add(report.NoSite, to.Range,
			"Edge pool %s has no site. The route is a property of the site that contains the target pool, so set site.",
			to.Name)
	}
	if len(to.Servers) == 0 {
		r.Add(report.NoServers, to.Range,
			`Edge pool %s has no servers. Add a block server "FQDN" for each, as Get-CsPool lists them.`, to.Name)
	}
	return !r.Blocked()
}

// Failover checks a failover by the rules outside DNS.
func Failover(t *topology.Topology, req *Request, r *report.Plan) {
	checkSourceSite(t, req, r)
	checkStore(t, req, r)
	checkNextHop(t, req, r)
	checkStrandedHops(t, req, r)
	checkMedia(t, req, r)
	Window(t, req, r)
	checkCertificate(t, req, r)
	checkSystems(t, req, r)
	checkLostFrontEnds(t, req, r)
	checkRoutes(t, req, r)
	if req.MovesSIP() {
		checkFederated(t, req, r)
	}
	// Microsoft's page on Edge topologies: NAT with DNS load balancing only
	if req.To.NAT.V && req.To.LoadBalancing.V == "hardware" {
		r.Add(report.NATBalancer, req.To.NAT.Range,
			"%s is behind NAT and a hardware load balancer. Microsoft supports NAT with DNS load balancing only.",
			req.To.Name)
	}
	if req.FailsBack() && req.Failover.Procedure.Set {
		r.Add(report.Malformed, req.Failover.Procedure.Range,
			"procedure chooses between two orders of failing over. Failing back has one order, that of its own page, "+
				"which starts the services first and stops nothing: remove the line.")
	}
	if !req.MovesXMPP() {
		if req.Failover.Procedure.V != "documented" && !req.FailsBack() {
			r.Add(report.Malformed, req.Failover.Procedure.Range,
				"procedure = %q is about XMPP federation, whose page stops services. That about SIP federation stops none: "+
					"remove the line.",
				req.Failover.Procedure.V)
		}
		if len(t.SIPDomains) == 0 {
			r.Add(report.NoDomain, req.Range, "There is no sip_domain, so there is no domain whose SIP federation could move.")
		}
		return
	}
	// zones would not change and no partner would move, which looks like success
	if !slices.ContainsFunc(t.SIPDomains, func(d *topology.SIPDomain) bool { return d.XMPP.V }) {
		r.Add(report.NoDomain, req.Range,
			"No sip_domain has xmpp = true, so there is no domain whose XMPP federation could move.")
	}
	// step 2 of Microsoft's page; the other procedure never stops them, as the page on
	// failing back does not
	if req.Failover.Procedure.V == "documented" && !req.FailsBack() {
		r.Add(report.TargetStops, req.Failover.To.Range,
			"Step 2 of the procedure stops all services on every Edge Server of %s until step 7. In that time there "+
				"is %s.",
			req.To.Name, strings.Join(losses(t, req.To), ", "))
	}
}

// losses lists what users lose while the target pool is stopped.
func losses(t *topology.Topology, target *topology.EdgePool) []string {
	list := []string{"no remote access through it"}
	for _, pool := range t.FrontEndPools {
		// media goes through the Edge pool that the Front End pool is associated with
		if pool.EdgePool.V == target.Name {
			list = append(list, "no external conferencing and A/V for users of "+pool.Name)
		}
	}
	for _, site := range t.Sites {
		if site.FederationRoute.V == target.Name {
			list = append(list, "no SIP federation for "+site.Name)
		}
	}
	return list
}

// checkSourceSite looks at what else was at the site of a pool that failed.
func checkSourceSite(t *topology.Topology, req *Request, r *report.Plan) {
	if pool := t.FrontEndPoolOf(t.ManagementHost.V); pool != nil && req.isDown(pool) {
		r.Add(report.HostAtSource, t.ManagementHost.Range,
			"%s is a server of %s and is at %s, the site of the failed pool. Stages such as Route are run there. Name "+
				"another computer with the management shell, or accept this finding with the reason why this one is "+
				"still up.",
			t.ManagementHost.V, pool.Name, pool.Site.V)
	}
}

// checkSystems compares what servers run with what their product supports: those of the target,
// and the Front End Servers that have to know the new route.
func checkSystems(t *topology.Topology, req *Request, r *report.Plan) {
	for _, server := range req.To.Servers {
		checkSystem(r, server.FQDN.V, server.OperatingSystem, t.ProductOf(req.To))
	}
	reached, _ := req.FrontEnds(t)
	for _, server := range reached {
		checkSystem(r, server.FQDN.V, server.OperatingSystem, t.Product.V)
	}
}

func checkSystem(r *report.Plan, server string, system topology.Value[string], product string) {
	// nil: Microsoft's table for the product is not known here, so nothing is said
	if known := cmdlet.Product(product).Systems(); system.Set && known != nil && !slices.Contains(known, system.V) {
		r.Add(report.System, system.Range,
			"%s runs %s, on which Microsoft does not support %s. It supports %s.",
			server, system.V, product, strings.Join(known, ", "))
	}
}

func checkRoutes(t *topology.Topology, req *Request, r *report.Plan) {
	for _, federation := range req.Moves() {
		var stay []string
		for _, site := range t.Sites {
			s := RoutedSite{federation, site}
			// the page about XMPP sets the route of one site, though the route is a property of each
			if s.Route().V == req.From.Name && !slices.Contains(req.Sites, s) {
				stay = append(stay, site.Name)
			}
		}
		// sites may be declared in any order, and a plan is the same for all
		slices.SortFunc(stay, dnsname.Compare)
		if len(stay) == 0 {
			continue
		}
		why := "The procedure sets the route of the target's site only"
		if federation == plan.SIP {
			why = req.From.Name + " will have no SIP federation, so that theirs ends"
		}
		r.Add(report.OtherSites, req.Failover.RouteSites.Range,
			`These sites keep the %s route to %s: %s. %s; route_sites = "all-routed" moves the others as well.`,
			nameOf(federation), req.From.Name, strings.Join(stay, ", "), why)
	}
	for _, site := range req.Sites {
		if !site.Route().Set {
			r.Add(report.NothingToGoBack, site.Range,
				"%s has no %s route today. No cmdlet is documented for clearing a route, so a rollback ends with a step "+
					"in Topology Builder.",
				site.Name, nameOf(site.Federation))
		}
	}
}

// checkFederated looks at which pools have SIP federation enabled: Microsoft allows one.
func checkFederated(t *topology.Topology, req *Request, r *report.Plan) {
	for _, pool := range t.EdgePools {
		if pool != req.From && pool != req.To && t.SIPEnabled(pool) {
			r.Add(report.ManyFederated, firstSet(pool.SIPFederation.Set, pool.SIPFederation.Range, pool.Range),
				"SIP federation is enabled on %s as well. "+oneFederated+" The plan leaves %s as it is.", pool.Name, pool.Name)
		}
	}
	if t.SIPEnabled(req.From) && t.SIPEnabled(req.To) {
		r.Add(report.ManyFederated, firstSet(req.To.SIPFederation.Set, req.To.SIPFederation.Range, req.To.Range),
			"SIP federation is enabled on both %s and %s. "+oneFederated+" The plan clears it on %s; a rollback leaves it "+
				"enabled on both, as before.", req.From.Name, req.To.Name, req.From.Name)
	}
	if !t.SIPEnabled(req.From) {
		r.Add(report.Contradiction, req.From.SIPFederation.Range,
			"sip_federation of %s is false, but the SIP federation routes of sites lead to it. Correct one of them as "+
				"Topology Builder shows it.",
			req.From.Name)
	}
}

// oneFederated is why two pools are a finding.
const oneFederated = "Microsoft's page on Edge topologies has it on one Edge pool alone, and Topology Builder warns that " +
	"only one is actively used."

// firstSet is the place of an argument if that is there, else that of its block.
func firstSet(set bool, argument, block hcl.Range) hcl.Range {
	if set {
		return argument
	}
	return block
}

// Federation tells whether the spec says how partners find the deployment, and reports that it
// does not.
func Federation(t *topology.Topology, req *Request, r *report.Plan) bool {
	switch {
	case t.XMPP != nil || req.Failover != nil && !req.MovesXMPP():
		return true
	case req.Prepare != nil && !slices.ContainsFunc(t.SIPDomains, func(d *topology.SIPDomain) bool { return d.XMPP.V }):
		r.Add(report.NotYet, req.Range,
			"A preparation of SIP federation is planned but not yet there: it prepares the records of XMPP federation, "+
				"which this spec does not have. Lower the TTLs of _sipfederationtls._tcp and of its target by hand.")
	default:
		r.Add(report.Malformed, req.Range,
			`A block xmpp_federation is needed: it says whether SRV records point at one host (host = "xmpp.DOMAIN") `+
				`or at the pools.`)
	}
	return false
}
