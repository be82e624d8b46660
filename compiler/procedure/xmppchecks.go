package procedure

import (
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The stages of an XMPP failover that only look: before anything is stopped, and at the end.

// preflight checks what the later stages need, before anything is stopped.
func (f *failover) preflight() {
	does := []string{"Checks what the later stages need", "asks DNS", "rehearses Route", "backs up",
		"prints the receipt for Stop"}
	part := f.here("")
	// Set-CsSite of the page has a parameter that no reference has. If it were tried in stage Route first, the
	// binding error would come with the target pool already stopped, so it is rehearsed here.
	part.LooksAt, part.Prints = []string{plan.DNS, plan.Route}, f.stops
	if f.plan.HopClicked(false) {
		part.LooksAt = slices.Insert(part.LooksAt, 1, plan.Publish) // what a rollback goes back to is noted
	}
	if len(f.plan.Zones) == 0 {
		part.LooksAt = part.LooksAt[1:]
		does = slices.Delete(does, 1, 2)
	}
	// Only stage Stop asks for the receipt: it runs on Edge Servers, which cannot see the state file of this
	// computer.
	if !f.stops {
		does = does[:len(does)-1]
	}
	part.Does = strings.Join(does, ", ") + "."
	part.Needs = f.forward.after(plan.Start)
	part.Steps = append(f.facts(), f.backups()...)
	f.forward.add(plan.Preflight, part)
	// Only on the server itself the zone is read with the tools that stage DnsServer changes it with.
	for _, server := range byComputer(f.plan.Zones) {
		part := plan.Part{Hosts: []string{server.computer}, Product: f.plan.Product, Elevated: true,
			Does: "Checks that this DNS server has the zones and the records that stage DnsServer is to change."}
		for _, z := range server.zones {
			s := step("preflight/records/"+z.Name, "zone "+z.Name, plan.Safe, z.Origin, ours)
			s.Zone = z.Name
			part.Steps = append(part.Steps, s)
		}
		f.forward.add(plan.Preflight, part)
	}
}

// facts are what stage Preflight reads and compares.
func (f *failover) facts() plan.Steps {
	p, to := f.plan, f.plan.To
	fact, service := f.fact, f.edgeService(to)
	out := f.store()
	one := f.at("1")
	if !f.xmpp {
		one = ours // the page about SIP federation takes the other pool for granted
	}
	// Step 1 of the page is to have another Edge pool. That it is there, with these servers, is what P03 to P07
	// and P19 read.
	out = append(out, f.edgePool(one)...)
	if f.xmpp {
		out = append(out, compares(fact("P06", "XMPP port of the pool", one), service, "XmppListeningPort", plan.Is,
			strconv.Itoa(plan.XMPPPort)))
	}
	// Only what the spec states is compared: for the port the pages name two defaults, 23456 and 5098. A next hop
	// that changes is looked at with the stage that does it, where it may have been done.
	if to.NextHop != "" && !f.changesHop(to) {
		out = append(out, compares(fact("P07", "next hop", one), service, "Registrar", plan.Is,
			"Registrar:"+to.NextHop))
	}
	if f.xmpp && to.XMPPInternalPort != 0 {
		out = append(out, compares(fact("P19", "port for Front End Servers", one), service,
			"XmppInternalPort", plan.Is, strconv.Itoa(to.XMPPInternalPort)))
	}
	out = append(out, f.hopFacts()...)
	f.media = f.associated()
	out = append(out, f.media...)
	five, domains := f.at("5"), p.Domains
	if f.sip { // all there are: those with XMPP are among them
		five, domains = ours, f.sipDomains()
		out = append(out, f.federated(fact)...)
	}
	out = append(out,
		compares(fact("P08", "SIP domains", five), f.call(p.Product, "Get-CsSipDomain"), "Name", plan.Has, domains...),
		compares(fact("P09", "federation allowed", ours), f.call(p.Product, "Get-CsAccessEdgeConfiguration"),
			"AllowFederatedUsers", plan.Is, "True"))
	// The reference of New-CsXmppAllowedPartner says that Identity is the primary domain of
	// a partner and that it may have others, AdditionalDomains. Servers of products that
	// have no XMPP federation do not have the cmdlet.
	if partners := "Get-CsXmppAllowedPartner"; f.xmpp && cmdlet.Has(p.Product, partners, "LocalStore") {
		s := compares(fact("P10", "XMPP partners", ours), f.call(p.Product, partners), "Identity,AdditionalDomains",
			plan.Has, p.Partners...)
		s.Check.Others = true
		out = append(out, s)
	}
	out = append(out, f.ready()...)
	// Other sites on the pool are a warning too.
	if f.xmpp {
		out = append(out, warns(compares(fact("preflight/sites", "sites on "+p.From.Name, f.at("3")),
			f.function(p.Product, "Get-RoutedSite", cmdlet.Arg("Pool", p.From.FQDN)), "Identity", plan.Only,
			f.routed(plan.XMPP)...)))
	}
	if f.sip {
		out = append(out, warns(compares(fact("preflight/sip-sites", "sites with SIP federation on "+p.From.Name,
			plan.Source{Procedure: plan.SIPRoutesPage}),
			f.function(p.Product, "Get-RoutedSite", cmdlet.Arg("Pool", p.From.FQDN),
				cmdlet.Arg("Property", plan.SIPRouteParameter)), "Identity", plan.Only, f.routed(plan.SIP)...)))
		out = append(out, f.partnersBefore()...)
	}
	return out
}

// routed are the identities of the sites that the spec has on the pool that is left.
func (f *failover) routed(federation string) []string {
	var out []string
	for _, site := range f.plan.RoutedSites {
		if site.Federation == federation {
			out = append(out, "Site:"+site.Site)
		}
	}
	return out
}

// store are facts about the Central Management store, without which no route can be set.
// Microsoft says that both properties have to point to the pool of the store, and not
// whether they hold its name or that of one of its computers. Where the spec does not name
// the pool they only must not be empty, which means that the store is not available.
func (b *builder) store() plan.Steps {
	match, want := plan.Like, "*?.?*"
	read := b.call(b.plan.Product, "Get-CsManagementStoreReplicationStatus",
		cmdlet.Switch("CentralManagementStoreStatus"))
	// The wildcard wants a dot inside: a name with a domain, and neither an empty value nor a bare dot.
	if pool := b.plan.CentralManagement; pool != "" {
		read, match, want = b.function(b.plan.Product, "Get-StoreStatus", cmdlet.Arg("Of", pool)), plan.Is, pool
	}
	return plan.Steps{
		compares(b.fact("P01", "store master", ours), read, "ActiveMasterFqdn", match, want),
		compares(b.fact("P02", "store agents", ours), read, "ActiveFileTransferAgents", match, want)}
}

// backups are files that stage Preflight writes beside the script.
func (b *builder) backups() plan.Steps {
	p := b.plan
	configuration := step("preflight/backup-configuration", "backup beside this script", plan.Safe, p.Origin, ours)
	// The ZIP file of Export-CsConfiguration is made for Import-CsConfiguration; what Get-CsSite shows, with
	// the routes of all sites, is saved beside it for people.
	configuration.Act = &plan.Act{To: []string{"True"}, File: "config.zip",
		Set: b.call(p.Product, "Export-CsConfiguration", cmdlet.Variable("FileName", "File"))}
	sites := step("preflight/backup-sites", "site list beside this script", plan.Safe, p.Origin, ours)
	sites.Act = &plan.Act{To: []string{"True"}, File: "sites.xml", Set: b.call(p.Product, "Get-CsSite"), Export: true}
	return plan.Steps{configuration, sites}
}

// verify checks the result from three places: inside, on the Edge Servers, outside. Only
// the last connects to the public addresses: a firewall or NAT device need not send a
// connection from inside back in.
func (f *failover) verify() {
	p, to, dns := f.plan, f.plan.To, f.forward.present(plan.DNS)
	needs := f.forward.after(plan.Setup, plan.Replicated)
	// Where Start needs Firewall, Replicate, which needs Start, does so already.
	if !f.stops {
		needs = append(needs, plan.Firewall)
	}
	if !f.xmpp { // which needs all others
		needs = []string{plan.Firewall}
	}
	f.verifyEdges(needs, dns)

	here := f.here("Checks that all stages are done, the route, DNS, and that the Edge Servers answer.")
	// The routes can only be read on the management host; the other two parts compare DNS alone.
	here.Needs, here.LooksAt = needs, f.forward.present(plan.Publish, plan.Route, plan.DNS)
	if p.Publishes(false) {
		here.Does = "Checks that all stages are done, what Topology Builder published, the routes, DNS, and that the Edge " +
			"Servers answer."
	}
	if f.endsOld {
		_, here.Receipt = p.OldAnswers()
		if here.Prints = true; len(changed(p.Zones)) == 0 {
			// A day, as in the samples of Microsoft's pages (TTL 86400).
			here.Receipt = 86400 // others change the records, with TTLs that the plan does not know
		}
	}
	// Test-CsXmppIM wants a Registrar pool, and without the next hop the spec does not say which one serves
	// these users.
	if hop := f.hopOf(to); f.xmpp && hop != "" {
		message := step("verify/message", "Test-CsXmppIM", plan.Safe, p.Origin, ours)
		message.When = receiver
		read := f.call(p.Product, "Test-CsXmppIM", cmdlet.Arg("TargetFqdn", hop),
			cmdlet.Variable("Receiver", message.When))
		here.Steps = append(here.Steps, compares(message, read, "Result", plan.Is, "Success"))
	}
	seven := f.at("7")
	if !f.xmpp {
		seven = ours
	}
	// Inside, Access Edge answers only if its service runs; the public address may not be reachable from here.
	for _, server := range to.Servers {
		here.Steps = append(here.Steps, f.answers("verify/sip/", "Access Edge", server, plan.SIPPort, seven))
	}
	if f.sip {
		here.Steps = append(here.Steps, f.partnersAfter()...)
	}
	f.forward.add(plan.Verify, here)

	outside := plan.Part{Hosts: []string{plan.AnyHost},
		Does:    f.saysAt("6") + " from outside: what a federated partner sees.",
		Product: p.Product, Needs: needs, LooksAt: dns}
	if !f.xmpp {
		outside.Does = "What a federated partner sees, from outside."
	}
	for _, address := range slices.Concat(to.IPv4, to.IPv6) {
		if f.xmpp {
			outside.Steps = append(outside.Steps,
				f.answers("verify/xmpp/", "XMPP proxy", address, plan.XMPPPort, f.at("6")))
		}
		if f.sip {
			outside.Steps = append(outside.Steps, f.answers("verify/federation/", "Access Edge", address,
				plan.SIPPort, plan.Source{Procedure: plan.SIPRoutesPage}))
		}
	}
	f.forward.add(plan.Verify, outside)
}

// verifyEdges checks on the Edge Servers that the XMPP proxy listens; and, after Setup, that services
// run. That the port of SIP federation is open shows outside only: they listen on it inside as well.
func (f *failover) verifyEdges(needs, dns []string) {
	p, to := f.plan, f.plan.To
	listener := step("verify/listener", "listener of the XMPP proxy", plan.Safe, p.Origin, f.at("6"))
	// The page checks the port while the services are stopped, when nothing listens. So step 6 is done again
	// here.
	port := strconv.Itoa(plan.XMPPPort)
	edge := f.there(to, f.saysAt("6")+" from inside: the XMPP proxy listens. Its public address is probed from outside "+
		"only.")
	edge.Needs, edge.LooksAt = needs, dns
	if f.xmpp {
		edge.Steps = plan.Steps{compares(listener, f.function(to.Product, "Get-ChangeListener", cmdlet.Arg("Port", port)),
			"", plan.Like, "*:"+port)}
	} else {
		edge.Does = "Checks that the services run after Setup. The public address is probed from outside only."
	}
	if f.sip {
		edge.Steps = append(edge.Steps, f.running())
	}
	f.verifyHop(&edge, needs)
	f.forward.add(plan.Verify, edge)
}

// answers is the fact that a target answers on a TCP port. It is never asked for on an Edge Server:
// the public address of that need not be reachable from there.
func (b *builder) answers(id, says, target string, port int, source plan.Source) *plan.Step {
	at := target
	if strings.Contains(target, ":") {
		at = "[" + target + "]" // an IPv6 address
	}
	s := step(id+target, says+" at "+at+":"+strconv.Itoa(port), plan.Safe, b.plan.Origin, source)
	read := b.function(b.plan.Product, "Test-ChangePort", cmdlet.Arg("Target", target),
		cmdlet.Arg("Port", strconv.Itoa(port)), cmdlet.Arg("Seconds", "5"))
	return compares(s, read, "", plan.Is, "open")
}

// verifyBack checks the result of the rollback.
func (f *failover) verifyBack() {
	part := f.here("Checks the route and DNS.")
	if f.plan.Publishes(true) {
		part.Does = "Checks what Topology Builder published, the routes and DNS."
	}
	part.Needs = f.back.after(plan.Setup, plan.Replicated)
	if !f.xmpp {
		part.Needs = f.back.after(plan.DNS, plan.DNSServer, plan.Setup, plan.Replicated)
	}
	part.LooksAt = f.back.present(plan.Publish, plan.Route, plan.DNS)
	if part.Steps = f.answersBack(); len(part.Steps) > 0 {
		part.Does = strings.Replace(strings.TrimSuffix(part.Does, ".")+", and that the Edge Servers answer.", " and DNS,",
			", DNS,", 1)
	}
	f.back.add(plan.Verify, part)
	if f.planned() {
		f.outsideBack(part.Needs)
	}
}

// answersBack are what a rollback finds on the Edge Servers: those of the target run as before, whose
// services may have been stopped, and those of the pool that has federation again. A pool that failed,
// or was repaired and may be why there is a rollback, is not asked.
func (f *failover) answersBack() plan.Steps {
	var out plan.Steps
	var servers []string
	if !f.backs {
		servers = f.plan.To.Servers
	}
	if f.planned() {
		servers = slices.Concat(servers, f.plan.From.Servers)
	}
	for _, server := range servers {
		out = append(out, f.answers(rollback+"verify/sip/", "Access Edge", server, plan.SIPPort, ours))
	}
	if !f.sip || !f.planned() {
		return out
	}
	for _, domain := range f.plan.SIPPartners {
		for _, server := range f.plan.From.Servers {
			out = append(out, f.partner(rollback+"verify/partner/"+domain+"/"+server, domain, server))
		}
	}
	return out
}

// outsideBack is what a federated partner sees after a rollback.
func (f *failover) outsideBack(needs []string) {
	from := f.plan.From
	part := plan.Part{Hosts: []string{plan.AnyHost}, Product: f.plan.Product, Needs: needs,
		LooksAt: f.back.present(plan.DNS), Does: "What a federated partner sees, from outside."}
	for _, address := range slices.Concat(from.IPv4, from.IPv6) {
		if f.xmpp {
			part.Steps = append(part.Steps, f.answers(rollback+"verify/xmpp/", "XMPP proxy", address, plan.XMPPPort, ours))
		}
		if f.sip {
			part.Steps = append(part.Steps,
				f.answers(rollback+"verify/federation/", "Access Edge", address, plan.SIPPort, ours))
		}
	}
	if len(part.Steps) > 0 {
		f.back.add(plan.Verify, part)
	}
}
