package procedure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// sipFailover is the page "Failing over the Edge pool used for Lync Server federation", whose steps are
// clicks in Topology Builder and in the Deployment Wizard. What that page does not have, the route of
// each site and DNS, is from the page about federation routes. Nothing is stopped.
var sipFailover = procedure{kind: plan.KindFailover, federations: []string{plan.SIP}, form: plan.Form{Moves: true,
	Reasons: []string{"disaster", "planned"}, Procedures: []string{"documented"},
	RouteSites: []string{"target", "all-routed"},
}, stages: func(b *builder) {
	f := newFailover(b)
	f.preflight()
	f.publish()
	f.route()
	f.replicate(&b.forward, "", []string{plan.Route})
	f.setup()
	// Partners are led to the new pool when it is ready for them.
	f.sipRecords()
	f.firewall()
	f.verify()

	f.publishBack()
	f.routeBack()
	f.replicate(&b.back, rollback, []string{plan.Route})
	f.setupBack()
	f.sipRecordsBack()
	f.verifyBack()

	f.adviseSIP()
	f.plan.Texts = f.sipTexts()
}}

// sipRecords are the stages about DNS records where SIP federation moves alone, and sipRecordsBack those that
// take them back.
func (f *failover) sipRecords() {
	w := &f.forward
	f.dnsServers(w, false, "", []string{plan.Setup}, f.recordsOf)
	f.dns(w, false, "", f.plan.Zones, w.after(plan.DNSServer, plan.Setup), f.recordsOf)
}

func (f *failover) sipRecordsBack() {
	w := &f.back
	f.dnsServers(w, true, "", w.after(plan.Setup, plan.Replicated), f.recordsReturn)
	f.dns(w, true, "", changed(f.plan.Zones), w.after(plan.DNSServer, plan.Setup, plan.Replicated), f.recordsReturn)
}

// sipAt is the source of what some steps of the page about failing over SIP federation do, and sipReturns
// that of what takes it back.
func (f *failover) sipAt(step string) plan.Source {
	if f.backs {
		return failBack("2")
	}
	return sipPage(step)
}

func (f *failover) sipReturns(step string) plan.Source {
	if f.backs {
		return sipPage(step)
	}
	return failBack("2")
}

// sipPage is a step of the page about SIP federation.
func sipPage(step string) plan.Source {
	return plan.Source{Procedure: plan.SIPFailOverPage, Step: step}
}

// sipModel adds to a model what SIP federation changes: on which pool it is enabled, the routes of
// sites, and whether Setup ran on the servers of the target pool, and on those of the pool that is left
// where that is up.
func (f *failover) sipModel(m *plan.Model) {
	p := f.plan
	m.Aim = append(m.Aim,
		plan.Cond{Var: "sip-route/" + plan.OnHost, Value: p.To.FQDN, Else: "SIP federation of %s is not routed to " +
			p.To.Name},
		plan.Cond{Var: "federation/" + p.From.Name, Value: plan.Disabled, Else: "SIP federation is enabled on %s"},
		plan.Cond{Var: "federation/" + p.To.Name, Value: plan.Enabled, Else: "SIP federation is not enabled on %s"},
		plan.Cond{Var: "setup/" + plan.OnHost, Value: plan.Confirmed, Else: "Setup did not run on %s"})
	for _, pool := range []plan.Pool{p.From, p.To} {
		m.First["federation/"+pool.Name] = plan.Disabled
		if pool.SIPEnabled {
			m.First["federation/"+pool.Name] = plan.Enabled
		}
	}
	for _, server := range p.To.Servers {
		m.First["setup/"+server] = ""
	}
	if p.LeftIsUp() {
		m.Aim = append(m.Aim, plan.Cond{Var: "setup-old/" + plan.OnHost, Value: plan.Confirmed,
			Else: "Setup did not run on %s"})
		for _, server := range p.From.Servers {
			m.First["setup-old/"+server] = ""
		}
	}
	aim := plan.AimOf(plan.SIP, p.To.AccessEdgeFQDN)
	aim.Left = p.From.AccessEdgeFQDN
	for _, domain := range p.SIPDomains {
		if domain.Host != "" {
			aim.Except(domain.Name, domain.Host)
		}
	}
	m.Lead.SRV = append(m.Lead.SRV, aim)
}

// sipWays are the ways to reach SIP federation in a plan that moves it.
func (f *failover) sipWays(running []plan.Cond) []plan.Way {
	p := f.plan
	return []plan.Way{{
		When: []plan.Cond{{Var: "sip-route/" + plan.OnHost, Value: p.To.FQDN},
			{Var: "federation/" + p.To.Name, Value: plan.Enabled}}, Through: p.To.Name,
		Up: append(slices.Clone(running), plan.Cond{Var: "replica/" + plan.OnHost, Value: plan.Routes},
			plan.Cond{Var: "setup/" + plan.OnHost, Value: plan.Confirmed},
			plan.Cond{Var: "zone/" + plan.OnHost, Value: plan.New},
			plan.Cond{Var: firewallSIP, Value: plan.Confirmed}),
	}, {
		When: []plan.Cond{{Var: "sip-route/" + plan.OnHost, Value: p.From.FQDN},
			{Var: "federation/" + p.From.Name, Value: plan.Enabled}}, Through: p.From.Name,
		Down: !p.LeftIsUp(), AsBefore: true,
		Up: []plan.Cond{{Var: "zone/" + plan.OnHost, Value: plan.Old}},
	}}
}

// sitesThatStay are the sites whose SIP federation route leads to the pool that is left, also after the change.
func (f *failover) sitesThatStay() []string {
	var out []string
	for _, site := range f.plan.RoutedSites {
		moves := func(r plan.SiteRoute) bool { return r.RoutedSite == site }
		if site.Federation == plan.SIP && !slices.ContainsFunc(f.plan.Routes, moves) {
			out = append(out, site.Site)
		}
	}
	return out
}

// sipServed is SIP federation as users notice it. Those of a site that keeps its route lose it: the
// setting is cleared on the pool that the route leads to.
func (f *failover) sipServed(all plan.Served, running []plan.Cond) []plan.Served {
	all.Ways = f.sipWays(running)
	stay := f.sitesThatStay()
	if len(stay) == 0 {
		return []plan.Served{all}
	}
	var move []string
	for _, r := range f.plan.Routes {
		if r.Federation == plan.SIP {
			move = append(move, r.Site)
		}
	}
	others := plan.Served{Name: plan.SIPOfOtherSites, Title: all.Title + " of " + someSites(stay), Ways: []plan.Way{{
		When:    []plan.Cond{{Var: "federation/" + f.plan.From.Name, Value: plan.Enabled}},
		Through: f.plan.From.Name, Down: !f.plan.LeftIsUp(), AsBefore: true,
		Up: []plan.Cond{{Var: "zone/" + plan.OnHost, Value: plan.Old}},
	}}}
	all.Title += " of " + someSites(move)
	return []plan.Served{all, others}
}

// someSites names sites for the head of a table; EP3005 names all.
func someSites(names []string) string {
	if len(names) > 3 {
		return strconv.Itoa(len(names)) + " sites"
	}
	return plan.List(names)
}

func (f *failover) sipDomains() []string {
	var out []string
	for _, domain := range f.plan.SIPDomains {
		out = append(out, domain.Name)
	}
	return out
}

// federationPort is what shows whether SIP federation is enabled on a pool. No page says so: it is what
// Microsoft's own diagnostics of federated Edge pools go by (RDCheckEdgePoolCount of OPD).
const federationPort = "AccessEdgeExternalSipPort"

func (b *builder) edgeService(pool plan.Pool) *cmdlet.Call {
	return b.call(b.plan.Product, "Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", pool.FQDN))
}

// federated are facts about both pools: the old one is in the topology too, and each shows no other port
// than that of SIP federation, or none.
func (f *failover) federated(fact func(id, says string, source plan.Source) *plan.Step) plan.Steps {
	p, port := f.plan, strconv.Itoa(plan.SIPPort)
	of := func(id string, pool plan.Pool) *plan.Step {
		s := fact(id, "SIP federation port of "+pool.Name, ours)
		return compares(s, f.edgeService(pool), federationPort, plan.Only, port)
	}
	// A pool that is not there shows no port either, and would be taken for one that is cleared.
	old := compares(fact("preflight/old-pool", "Edge service of "+p.From.Name, ours), f.edgeService(p.From), "Identity",
		plan.Is, "EdgeServer:"+p.From.FQDN)
	return plan.Steps{of("P16", p.To), old, of("P17", p.From)}
}

// partner is a test of a federated partner by way of an Edge Server.
func (f *failover) partner(id, domain, server string) *plan.Step {
	s := step(id, "Test-CsFederatedPartner of "+domain+" by way of "+server, plan.Safe, f.plan.Origin, ours)
	// The reference wants the internal FQDN of an Edge Server as the target.
	read := f.call(f.plan.Product, "Test-CsFederatedPartner", cmdlet.Arg("TargetFqdn", server),
		cmdlet.Arg("Domain", domain))
	return compares(s, read, "Result", plan.Is, "Success")
}

// partnersBefore tests partners by way of a pool that is up before the change: what fails then is not
// made by it. After a disaster there is no way to them.
func (f *failover) partnersBefore() plan.Steps {
	var out plan.Steps
	if !f.planned() {
		return nil
	}
	for _, domain := range f.plan.SIPPartners {
		out = append(out, warns(f.partner("preflight/partner/"+domain, domain, f.plan.From.Servers[0])))
	}
	return out
}

// partnersAfter tests partners by way of each server of the target pool.
func (f *failover) partnersAfter() plan.Steps {
	var out plan.Steps
	for _, domain := range f.plan.SIPPartners {
		for _, server := range f.plan.To.Servers {
			out = append(out, f.partner("verify/partner/"+domain+"/"+server, domain, server))
		}
	}
	return out
}

// publish is what a person changes in Topology Builder and publishes at once. For SIP federation that is steps 1 to
// 5: the setting is cleared on the failed pool and selected on the new one.
func (f *failover) publish() {
	if !f.plan.Publishes(false) {
		return
	}
	from, to := f.plan.From, f.plan.To
	steps := ""
	if f.sip {
		steps = "Steps 1 to 5. "
		if f.backs {
			steps = "Step 2. "
		}
	}
	part := f.here(steps + f.published("from "+from.FQDN+" to "+to.FQDN, false))
	part.Needs = []string{plan.Preflight}
	if f.sip {
		selected := f.box("topology/", to, true, f.sipAt("3, 4, 5"))
		if to.SIPEnabled {
			selected.NoUndo = "Nothing to undo: it was enabled before the change."
		}
		part.Steps = plan.Steps{f.box("topology/", from, false, f.sipAt("1, 2, 5")), selected}
	}
	part.Steps = append(part.Steps, f.associations(false, f.mediaSource(false))...)
	f.clickHop(&part, false)
	f.forward.add(plan.Publish, part)
}

// published says what is changed in Topology Builder; where is how it moves.
func (b *builder) published(where string, back bool) string {
	var what []string
	if b.plan.MovesSIP() {
		what = append(what, "SIP federation")
	}
	if len(b.plan.Media) > 0 {
		what = append(what, "the media of "+b.mediaNames())
	}
	moves := "moves " + strings.Join(what, ", and ") + " " + where
	if b.plan.HopClicked(back) {
		sets := "sets the next hop of " + b.plan.NextHop.Pool
		if moves += ", and " + sets; len(what) == 0 {
			moves = sets
		}
	}
	return "A person " + moves + " in Topology Builder; the script reads whether it was published. " + publishRights
}

// publishBack takes it back, SIP federation in the order of the page about failing back: cleared first.
func (f *failover) publishBack() {
	if !f.plan.Publishes(true) {
		return
	}
	from, to := f.plan.From, f.plan.To
	part := f.here("Undoes Topology. " + f.published("back to "+from.FQDN, true))
	if len(changed(f.plan.Zones)) > 0 {
		part.LooksAt = []string{plan.DNS}
	}
	part.Needs, part.Seen = f.back.after(plan.Start), seen(true)
	// What was enabled before the change stays so.
	if f.sip && !to.SIPEnabled {
		part.Steps = append(part.Steps, f.box(rollback+"topology/", to, false, f.sipReturns("1, 2, 5")))
	}
	if f.sip {
		part.Steps = append(part.Steps, f.box(rollback+"topology/", from, true, f.sipReturns("3, 4, 5")))
	}
	part.Steps = append(part.Steps, f.associations(true, f.mediaSource(true))...)
	f.clickHop(&part, true)
	f.back.add(plan.Publish, part)
}

// inTree is a path in Topology Builder to what is below a site and a product: the site is directly below
// the top node, and below it are the products with their pools (page about the federation routes). It
// begins with what is chosen at the start: with a Central Management store always the download ("Defining
// and configuring your topology in Topology Builder").
func (b *builder) inTree(site string, product cmdlet.Product, path ...string) []string {
	return append([]string{"Download Topology from existing deployment", b.plan.Product.Brand() + " Server",
		cmp.Or(site, "its site"), product.Name()}, path...)
}

// publishRights is what whoever publishes a topology has to be; the reference of Publish-CsTopology says it of Topology
// Builder too. Another page asks for Domain Admins only where a server role is added or removed.
const publishRights = "Who publishes has to be in RTCUniversalServerAdmins, and in Domain Admins unless setup " +
	"permission was delegated (Grant-CsSetupPermission)."

// publishFirst is that as something to be seen to before the change.
const publishFirst = "Before the change: name a person who may publish in stage Topology and in its rollback. " + publishRights +
	" Stage Preflight looks only at whether who runs it is in RTCUniversalServerAdmins; Test-CsSetupPermission tells " +
	"what was delegated. Topology Builder downloads the topology from the existing deployment first and saves it as a " +
	"file: do not open an older one, which would undo what was published since."

// box is the setting of one pool. It is read by itself, and published with the other one.
func (f *failover) box(id string, pool plan.Pool, on bool, source plan.Source) *plan.Step {
	verb, value, to, shows := "clear", plan.Disabled, []string(nil), "no port"
	if on {
		verb, value, to, shows = "select", plan.Enabled, []string{strconv.Itoa(plan.SIPPort)}, strconv.Itoa(plan.SIPPort)
	}
	s := step(id+pool.Name, "SIP federation port of "+pool.Name, plan.Disruptive, pool.Origin, source)
	s.Read, s.Property = f.edgeService(pool), federationPort
	acts(s, plan.Act{To: to, Wait: 60, IfNot: "; was it published?", Click: &plan.Click{
		Tool: f.plan.Product.Brand() + " Server Topology Builder",
		Path: f.inTree(pool.Site, pool.Product, "Edge pools", pool.FQDN, "Edit Properties", "General"),
		Do:   verb + ` "Enable federation for this Edge pool (Port 5061)" and click OK; ` + publishLast,
	}}, fmt.Sprintf("a person %ss SIP federation of %s", verb, pool.FQDN),
		fmt.Sprintf("Get-CsService shows %s as %s of %s", shows, federationPort, pool.FQDN))
	s.Effect = plan.Effect{Var: "federation/" + pool.Name, Value: value, AsksDNS: true}
	return s
}

// sipRoute is the SIP federation route of a site, of which the reference has one parameter.
func (f *failover) sipRoute(r plan.SiteRoute, back bool) *plan.Step {
	id, from, to := "route-sip/", r.From, f.plan.To.FQDN
	if back {
		id, from, to = rollback+id, to, from
	}
	source := plan.Source{Procedure: plan.SIPRoutesPage}
	s := step(id+r.Site, "SIP federation route of "+r.Site, plan.Disruptive, r.Origin, source)
	s.Read = f.function(f.plan.Product, "Get-SiteRoute", cmdlet.Arg("Site", r.Site),
		cmdlet.Arg("Property", plan.SIPRouteParameter))
	set := f.call(f.plan.Product, "Set-CsSite", cmdlet.Arg("Identity", r.Site),
		cmdlet.Arg(plan.SIPRouteParameter, "EdgeServer:"+to))
	way := plan.Variant{Parameter: plan.SIPRouteParameter, From: from, To: to, Set: set}
	acts(s, plan.Act{Wait: 60, Variants: []plan.Variant{way}},
		fmt.Sprintf("sets the SIP federation route of site %s to %s", r.Site, to),
		fmt.Sprintf("Get-CsSite shows %s for site %s (was %s)", to, r.Site, from))
	s.Effect = plan.Effect{Var: variable(r), Value: to, From: []string{from}, AsksDNS: true}
	return s
}

// setup is steps 6 and 7, on each server of the new pool, and then on those of the pool that is left where
// that is up: what is installed there is otherwise that of before.
func (f *failover) setup() {
	if !f.sip {
		return
	}
	steps := "Steps 6 and 7"
	if f.backs {
		steps = "Step 2"
	}
	s := f.runAgain("setup/run-again", f.plan.To, f.sipAt("6, 7"))
	if f.backs {
		s.NoUndo = "Not undone: the repaired pool may be why there is a rollback. If it is up, run Setup again on this " +
			"server after it."
	}
	s.Effect.Value = plan.Confirmed
	f.setupOn(&f.forward, f.plan.To, steps+". A person runs Setup again on this Edge Server.", s)
	if f.planned() {
		s := f.runAgain("setup-old/run-again", f.plan.From, ours)
		s.Effect.Value = plan.Confirmed
		f.setupOn(&f.forward, f.plan.From, "A person runs Setup again on this Edge Server of "+f.old()+".", s)
	}
}

// setupBack runs Setup on the servers of both pools, as far as they are up: it installs and removes what
// the published topology says by then. A pool that was repaired may be down again.
func (f *failover) setupBack() {
	if !f.sip {
		return
	}
	if !f.backs {
		f.setupOn(&f.back, f.plan.To, "Undoes Setup. A person runs Setup again on this Edge Server.",
			f.runAgain(rollback+"setup/run-again", f.plan.To, f.sipReturns("6, 7")))
	}
	if f.planned() {
		f.setupOn(&f.back, f.plan.From, "Undoes Setup. A person runs Setup again on this Edge Server of "+f.old()+".",
			f.runAgain(rollback+"setup-old/run-again", f.plan.From, f.sipReturns("6, 7")))
	}
}

// setupOn adds such a step for the servers of a pool.
func (f *failover) setupOn(w *way, pool plan.Pool, does string, s *plan.Step) {
	part := f.there(pool, does)
	part.Needs, part.Seen, part.Steps = []string{plan.Replicated}, plan.SeenReceipt, plan.Steps{s}
	if w == &f.back {
		part.Seen = seen(true)
	}
	w.add(plan.Setup, part)
}

// runAgain has a person run Setup in the Deployment Wizard, on a server that has what was published.
func (f *failover) runAgain(id string, pool plan.Pool, source plan.Source) *plan.Step {
	brand := pool.Product.Brand()
	s := step(id, "Setup of this server in the Deployment Wizard", plan.Disruptive, pool.Origin, source)
	acts(s, plan.Act{Click: &plan.Click{
		Tool: brand + " Server Deployment Wizard",
		Path: []string{"Install or Update " + brand + " Server System", "Setup or Remove " + brand + " Server Components",
			"Run Again"},
		Do:     "click Next until the wizard is done, then Finish",
		Unread: "no cmdlet shows whether Setup ran after a change of the topology",
	}}, "a person runs Setup again", "Setup has run")
	sort, _, _ := strings.Cut(strings.TrimPrefix(id, rollback), "/")
	s.Effect = plan.Effect{Var: sort + "/" + plan.OnHost}
	for _, server := range pool.Servers { // of this pool alone: the other one may be down
		s.Effect.Wants = append(s.Effect.Wants, plan.Cond{Var: "replica/" + server, Value: plan.Routes,
			Else: "%s does not know the change"})
	}
	return s
}

// running is that the services of a server run after Setup: those that are not disabled, and Access
// Edge, which answers partners.
func (f *failover) running() *plan.Step {
	s := step("verify/services", "services down, of those not disabled and Access Edge", plan.Safe, f.plan.Origin, ours)
	return compares(s, f.function(f.plan.To.Product, "Get-ServiceDown", cmdlet.Arg("With", "Access Edge")), "", plan.Is)
}
