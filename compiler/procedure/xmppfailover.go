package procedure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// xmppFailover is the page "Failing over the Edge pool used for XMPP federation", or with
// the procedure start-first the order of the page about failing back, which stops nothing.
// What these do not have, checks, backup, replication and verification, is edgeplan's own.
var xmppFailover = procedure{kind: plan.KindFailover, federations: []string{plan.XMPP}, form: plan.Form{Moves: true,
	Reasons: []string{plan.Disaster, plan.Planned}, Procedures: []string{"documented", "start-first"},
	RouteSites: []string{"target", "all-routed"},
}, stages: func(b *builder) {
	f := newFailover(b)
	f.xmppStages()
	f.advise()
	f.plan.Texts = f.texts()
}}

// xmppStages are those of the pages about XMPP federation; with those of SIP federation where that
// moves too.
func (f *failover) xmppStages() {
	b := f.builder
	f.preflight()
	// What a person does takes time, in which nothing need be stopped; the clicks of SIP federation come where its
	// route is set.
	if !f.sip {
		f.publish()
	}
	if f.stops {
		f.stop()
	} else {
		f.start()
	}
	if f.sip {
		f.publish()
	}
	f.route()
	f.records()
	f.firewall()
	if f.stops {
		f.start()
	}
	last := b.forward.after(plan.DNS, plan.Route)
	if f.stops { // otherwise Start comes before Route, and a push after it alone would not have the route
		last = []string{plan.Start}
	}
	f.replicate(&b.forward, "", last)
	f.setup()
	f.verify()
	f.stopOld()

	f.startOld()
	f.startAgain()
	f.publishBack()
	f.routeBack()
	f.recordsBack()
	f.replicate(&b.back, rollback, b.back.after(plan.DNS, plan.Route))
	f.setupBack()
	f.verifyBack()
}

// records are the stages about DNS records, and recordsBack those that take them back.
func (f *failover) records() {
	w, page := &f.forward, f.pageSteps()
	f.dnsServers(w, false, page, []string{plan.Route}, f.recordsOf)
	f.dns(w, false, page, f.plan.Zones, w.after(plan.DNSServer, plan.Route), f.recordsOf)
}

func (f *failover) recordsBack() {
	w, page := &f.back, f.pageSteps()
	f.dnsServers(w, true, page, []string{plan.Route}, f.recordsReturn)
	f.dns(w, true, page, changed(f.plan.Zones), w.after(plan.DNSServer, plan.Route), f.recordsReturn)
}

// pageSteps are the steps of the page about DNS records.
func (f *failover) pageSteps() string {
	if f.backs {
		return "steps 3b and 3c"
	}
	return "steps 4 and 5"
}

// recordsOf is the step of a page that the records of a zone come from, and recordsReturn that of what
// takes them back.
func (f *failover) recordsOf(z plan.Zone) plan.Source {
	switch steps := stepsOf(z); {
	case steps == "":
		return plan.Source{Procedure: plan.SIPRoutesPage}
	case f.backs:
		return failBack(steps)
	default:
		return failOver(steps)
	}
}

func (f *failover) recordsReturn(z plan.Zone) plan.Source {
	if stepsOf(z) != "" {
		return f.returns("4")
	}
	return plan.Source{Procedure: plan.SIPRoutesPage}
}

// at is the source of what a step of the page about failing over XMPP federation does: that step, or in a
// fail-back the one of the page about it that does the same.
func (f *failover) at(step string) plan.Source {
	own := failBackSteps[step]
	switch {
	case !f.backs:
		return failOver(step)
	case own == "":
		return ours
	}
	return failBack(own)
}

// returns is the source of what takes that back: the other page.
func (f *failover) returns(step string) plan.Source {
	if f.backs {
		return failOver(step)
	}
	return failBack(failBackSteps[step])
}

// failBackSteps are steps of the page about failing back, by those of the page about failing over. That
// has no step about a pool that has to be there, and stops nothing.
var failBackSteps = map[string]string{"3": "3a", "4": "3c", "5": "3b", "6": "3d", "7": "1"}

// saysAt begins a sentence with such a step.
func (f *failover) saysAt(step string) string { return "Step " + f.at(step).Step }

// failover is one plan of a failover, of one federation or of both.
type failover struct {
	*builder
	plan      *plan.Plan
	xmpp, sip bool // what moves
	backs     bool // to a pool that was repaired
	stops     bool // the target pool is stopped while the route is set
	endsOld   bool
	media     plan.Steps // the facts about it
}

// newFailover begins the stages of a failover and gives the plan its model and services.
func newFailover(b *builder) *failover {
	p := b.plan
	f := &failover{builder: b, plan: p, xmpp: p.MovesXMPP(), sip: p.MovesSIP(), backs: p.FailsBack()}
	f.stops, f.endsOld = f.xmpp && !f.backs && p.Procedure == "documented", f.xmpp && endsOld(p)
	p.Model, p.Services = f.model(), f.services()
	return f
}

// model is what a failover changes: routes of sites, services of the target pool, XMPP on the
// pool that is left where that is up, what each replica knows, and the port in the firewall.
func (f *failover) model() plan.Model {
	p, first := f.plan, map[string]string{}
	m := plan.Model{First: first, Stays: map[string]bool{}, Aim: []plan.Cond{
		{Var: "route/" + plan.OnHost, Value: p.To.FQDN, Else: "%s is not routed to " + p.To.Name},
		{Var: "services/" + plan.OnHost, Value: plan.Running, Else: "%s is stopped"},
		{Var: "replica/" + plan.OnHost, Value: plan.Routes, Else: "%s does not know the new route"},
		{Var: "firewall/" + plan.OnHost, Value: plan.Confirmed, Else: "port %s is not confirmed"},
	}, Lead: &plan.Lead{IPv4: p.To.IPv4, IPv6: p.To.IPv6}}
	if f.sip {
		f.sipModel(&m)
	}
	f.hopModel(&m)
	if f.xmpp {
		// by the one host, where there is one, partners find every pool
		m.Lead.SRV = append(m.Lead.SRV, plan.AimOf(plan.XMPP, cmp.Or(p.XMPPHost, p.To.AccessEdgeFQDN)))
	}
	for _, port := range f.ports() {
		// That a port is open is nothing that a rollback takes back.
		first["firewall/"+strconv.Itoa(port)], m.Stays["firewall/"+strconv.Itoa(port)] = "", true
	}
	for _, server := range p.To.Servers {
		// The target pool runs before the change also where the spec cannot know it: the rollback has to leave
		// it running in any case.
		first["services/"+server] = plan.Running
	}
	for _, route := range p.Routes {
		first[variable(route)] = route.From
	}
	for _, replica := range plan.Replicas(p) {
		// Fact P11 of stage Preflight wants every replica up to date, so each knows the routes of before.
		first["replica/"+replica] = plan.Routes
	}
	// After a disaster the pool that is left is down: its XMPP service is nothing that the plan could change or
	// take back.
	if f.xmpp && p.LeftIsUp() {
		for _, server := range p.From.Servers {
			first["xmpp/"+server] = plan.Running
		}
	}
	// After a disaster the old pool answers nothing, so there is nothing to keep up for old answers.
	if p.LeftIsUp() {
		m.Later = "shutdown of " + p.From.Name
		if f.endsOld {
			m.Later = "stage " + plan.StopOld + ", and after it shutdown of " + p.From.Name
		}
	}
	f.mediaModel(&m)
	if f.backs {
		f.backModel(&m)
	}
	if f.endsOld {
		m.End = []plan.Cond{{Var: "xmpp/" + plan.OnHost, Value: plan.Stopped, Else: "XMPP still runs on %s"}}
	}
	return m
}

// variable is that of a route in the model.
func variable(route plan.SiteRoute) string {
	if route.Federation == plan.SIP {
		return "sip-route/" + route.Site
	}
	return "route/" + route.Site
}

// ports are those of the federations that move.
func (f *failover) ports() []int {
	var out []int
	if f.xmpp {
		out = append(out, plan.XMPPPort)
	}
	if f.sip {
		out = append(out, plan.SIPPort)
	}
	return out
}

// services are what users notice of a failover: XMPP federation, remote access through the target
// pool, whose services may be stopped, and SIP federation where one of the two pools has it.
func (f *failover) services() []plan.Served {
	p := f.plan
	running := append([]plan.Cond{{Var: "services/" + plan.OnHost, Value: plan.Running}}, f.delivers()...)
	route := "route/" + p.To.Site
	// That site may be routed to the repaired pool all the time.
	if i := slices.IndexFunc(p.Routes, func(r plan.SiteRoute) bool {
		return r.Federation == plan.XMPP && r.From == p.From.FQDN
	}); f.backs && i >= 0 {
		route = variable(p.Routes[i])
	}
	xmpp := plan.Served{Name: plan.XMPPFederation, Title: "XMPP federation", Ways: []plan.Way{{
		When: []plan.Cond{{Var: route, Value: p.To.FQDN}}, Through: p.To.Name,
		Up: append(slices.Clone(running), plan.Cond{Var: "replica/" + plan.OnHost, Value: plan.Routes},
			plan.Cond{Var: "zone/" + plan.OnHost, Value: plan.New}, plan.Cond{Var: firewallXMPP, Value: plan.Confirmed}),
	}, {
		// Partners find the old pool as long as no zone has new records, and it answers until StopOld.
		When: []plan.Cond{{Var: route, Value: p.From.FQDN}}, Through: p.From.Name,
		Down: !p.LeftIsUp(), AsBefore: true,
		Up: []plan.Cond{{Var: "xmpp/" + plan.OnHost, Value: plan.Running},
			{Var: "zone/" + plan.OnHost, Value: plan.Old}},
	}}}
	sip := plan.Way{Through: p.SIPRoute}
	switch p.SIPRoute {
	case p.To.Name:
		sip.Up = running
	case p.From.Name:
		sip.Down = !p.LeftIsUp()
	}
	out := []plan.Served{xmpp,
		{Name: "remote access", Title: "remote access, conferencing and media", Pool: p.To.Name,
			Ways: []plan.Way{{Through: p.To.Name, Up: running}}},
		{Name: plan.SIPFederation, Title: "SIP federation", Ways: []plan.Way{sip}},
	}
	if f.backs { // no service of that pool but XMPP is touched
		out[1].Pool, out[1].Ways = p.From.Name, []plan.Way{{Through: p.From.Name}}
	}
	if f.sip {
		out = append(out[:2], f.sipServed(out[2], running)...)
	}
	out = append(out, f.mediaService(running)...)
	if !f.xmpp {
		return out[1:]
	}
	return out
}

// firewallXMPP and firewallSIP are the variables of the ports.
var (
	firewallXMPP = "firewall/" + strconv.Itoa(plan.XMPPPort)
	firewallSIP  = "firewall/" + strconv.Itoa(plan.SIPPort)
)

// endsOld tells whether the plan ends XMPP at the pool that is left. A stream that is open
// asks no DNS: Prosody 0.12.3 and ejabberd 23.01 stay with a pool until that closes it, and
// lose messages for some 16 minutes where it falls silent instead. So a pool that is up is
// told to stop XMPP, in order. It is not where a site stays routed to it.
func endsOld(p *plan.Plan) bool {
	// With route_sites = "target" other sites may stay on the old pool, and their partners need its XMPP
	// service.
	return p.LeftIsUp() && !slices.ContainsFunc(p.RoutedSites, func(site plan.RoutedSite) bool {
		moves := func(r plan.SiteRoute) bool { return r.RoutedSite == site }
		return site.Federation == plan.XMPP && !slices.ContainsFunc(p.Routes, moves)
	})
}

// stepsOf are the steps of the page that are about the records of a zone.
func stepsOf(z plan.Zone) string {
	var steps []string
	for _, set := range z.Records {
		// In the order of the records, addresses first: step 4 of the page comes before step 5.
		if set.Step != "" && !slices.Contains(steps, set.Step) {
			steps = append(steps, set.Step)
		}
	}
	return strings.Join(steps, ", ")
}

// here begins a part on the management host, there one on Edge Servers of a pool.
func (b *builder) here(does string) plan.Part {
	return plan.Part{Hosts: []string{b.plan.ManagementHost}, Does: does, Product: b.plan.Product}
}

func (b *builder) there(pool plan.Pool, does string) plan.Part {
	return plan.Part{Hosts: pool.Servers, Does: does, Product: pool.Product}
}

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

// stop stops the target pool; step 2.
func (f *failover) stop() {
	to := f.plan.To
	part := f.there(to,
		"Step 2. Stops all services of this Edge Server: no remote access through it until stage Start.")
	part.Needs, part.Seen = []string{plan.Preflight}, plan.SeenReceipt
	part.Elevated, part.NotAfter = true, plan.Start
	s := step(stopServices, "services that run", plan.Disruptive, to.Origin, failOver("2"))
	// The names are noted before the stop: a service that did not run before is not one that stage Start has to
	// bring back.
	s.Read, s.Property = f.function(to.Product, "Get-ServiceUp"), "Name"
	acts(s, plan.Act{Set: f.call(to.Product, "Stop-CsWindowsService")},
		"stops all "+to.Product.Brand()+" services of this server", "every service is Stopped")
	// Users notice from here on, so the records have to be known to be those of the plan.
	s.Effect = plan.Effect{Var: "services/" + plan.OnHost, Value: plan.Stopped, AsksDNS: true}
	part.Steps = append(f.startable(to), f.xmppService("stop/xmpp", to.Product, to.Origin), s)
	f.forward.add(plan.Stop, part)
}

// startable are facts about what the services of an Edge Server find when they start again: what keeps
// them from it, such as an expired certificate, would show only after the stop, with remote access
// down. With a subordinate CA among the trusted roots they may not start: KB 2795828.
func (f *failover) startable(pool plan.Pool) plan.Steps {
	fact := func(id, says string) *plan.Step { return step(id, says, plan.Safe, pool.Origin, ours) }
	var until []cmdlet.Param
	if end := goodUntil(f.plan); end != "" {
		until = []cmdlet.Param{cmdlet.Arg("Until", end)}
	}
	roots := f.function(pool.Product, "Get-SubordinateCa")
	certificates := f.call(pool.Product, "Get-CsCertificate")
	faults := f.function(pool.Product, "Get-CertificateFault", until...)
	out := plan.Steps{
		compares(fact("P12", "subordinate CAs in the trusted roots"), roots, "", plan.Is),
		compares(fact("P13", "uses of certificates"), certificates, "Use", plan.Has, "AccessEdgeExternal"),
		compares(fact("P14", "faults of certificates"), faults, "", plan.Is)}
	// -LocalStore reads the replica on the Edge Server, which is all that the services have when they start
	// again. That of a pool that was repaired may be old until they run.
	if len(f.plan.Partners) > 0 && !f.backs {
		read := f.call(pool.Product, "Get-CsXmppAllowedPartner", cmdlet.Switch("LocalStore"))
		out = append(out, compares(fact("P15", "XMPP partners in the local copy"), read, "Identity,AdditionalDomains",
			plan.Has, f.plan.Partners...))
	}
	return out
}

// goodUntil is the moment at which certificates still have to be valid: the end of the
// window, RFC 3339 in UTC; empty where the plan has none.
func goodUntil(p *plan.Plan) string {
	end, err := time.Parse(time.RFC3339, p.Change.WindowEnd)
	if err != nil {
		// The moment of the run counts then.
		return ""
	}
	return end.UTC().Format(time.RFC3339)
}

// start starts the target pool: step 7, or step 1 of failing back, where nothing was stopped.
func (f *failover) start() {
	part := f.there(f.plan.To, "Step 7. Starts the services and waits until they run.")
	// Step 6 of the page comes before step 7: the port is seen to before anything listens on it.
	part.Needs = []string{plan.Firewall}
	s := f.starts("start/services", "services down, of those noted by Stop (else not disabled) and XMPP",
		plan.Disruptive, failOver("7"))
	if !f.stops {
		// The page about failing back starts the services in its step 1 and stops nothing, so there is nothing
		// that users notice.
		part.Needs = []string{plan.Preflight}
		part.Does = "Starts what does not run: the services have to run before the route is set."
		s.Says, s.Risk, s.Source = "services down, of those not disabled and XMPP", plan.Safe, failBack("1")
	}
	s.NoUndo = "Nothing to undo: the services were running before the change."
	part.Elevated, part.Steps = true, plan.Steps{s}
	f.forward.add(plan.Start, part)
}

// stopServices is the step that notes which services ran.
const stopServices = "stop/services"

// starts is the step that starts all services of an Edge Server.
func (f *failover) starts(id, says string, risk plan.Risk, source plan.Source) *plan.Step {
	to := f.plan.To
	s := step(id, says, risk, to.Origin, source)
	// The cmdlet also returns without an error where a service failed to start (its log ends in "Command run is
	// complete."), so what counts is what is read afterwards.
	s.Read = f.function(to.Product, "Get-ServiceDown")
	if f.stops {
		s.Read = f.function(to.Product, "Get-ServiceDown", cmdlet.Arg("Noted", stopServices))
	}
	have := "services that are not disabled are Running"
	// Only stage Stop notes what ran.
	if f.stops {
		have = "services that ran before stage Stop are Running, or all that are not disabled where none was noted"
	}
	acts(s, plan.Act{IfNot: waiveService, Set: f.call(to.Product, "Start-CsWindowsService")},
		"starts all "+to.Product.Brand()+" services of this server", have+"; one of XMPP is among them")
	s.Effect = plan.Effect{Var: "services/" + plan.OnHost, Value: plan.Running}
	return s
}

// startAgain starts what stage Stop stopped, first in the rollback.
func (f *failover) startAgain() {
	if !f.stops {
		return
	}
	part := f.there(f.plan.To,
		"Undoes step 2. Starts the services that stage Stop stopped. Comes first: restores remote access.")
	// It comes first because it restores remote access; only StartOld is before it.
	if f.back.has(plan.StartOld) {
		part.Does = "Undoes step 2. Starts the services that stage Stop stopped, after StartOld: " +
			"restores remote access."
	}
	part.Elevated = true
	part.Steps = plan.Steps{f.starts(rollback+stopServices,
		"services down, of those noted by Stop (else not disabled) and XMPP", plan.Safe, failBack("1"))}
	f.back.add(plan.Start, part)
}

// route points the sites at the target pool; step 3.
func (f *failover) route() {
	part := f.here(f.saysAt("3") + ". Points the XMPP federation route to " + f.plan.To.FQDN + ".")
	switch {
	case !f.xmpp:
		part.Does = "Points the SIP federation route of the sites to " + f.plan.To.FQDN + "."
	case f.sip:
		part.Does = "Points the routes of SIP federation, and in step 3 that of XMPP, to " + f.plan.To.FQDN + "."
	}
	if f.plan.HopSet(false) {
		part.Does = "Sets " + f.routesAndHop(false) + "."
		if f.xmpp {
			part.Does = f.saysAt("3") + ". " + part.Does
		}
	}
	if f.backs { // Preflight comes after Start then, and Topology after Preflight
		part.Needs = f.forward.after(plan.Publish, plan.Preflight)
	} else {
		part.Needs = append(f.forward.after(plan.Stop, plan.Start), f.forward.after(plan.Publish)...)
	}
	// The step about the route is 3a on the page about failing back, which stops nothing.
	source := failBack("3a")
	if f.stops {
		source, part.Seen = failOver("3"), plan.SeenPort
	}
	f.setHop(&part, true, false)
	for _, r := range f.plan.Routes {
		if r.Federation == plan.SIP {
			part.Steps = append(part.Steps, f.sipRoute(r, false))
			continue
		}
		s := f.routeStep("route/", r,
			f.variants(r.Site, r.From, f.plan.To.FQDN, r.FromServer, f.plan.To.Servers[0]), source)
		s.Effect.Value, s.Effect.From = f.plan.To.FQDN, []string{r.From}
		// The page stops the services (step 2) before it sets the route (step 3) and gives no reason; the proof
		// checks that the plan keeps to it.
		if f.stops {
			s.Effect.Wants = []plan.Cond{{Var: "services/" + plan.OnHost, Value: plan.Stopped,
				Else: "%s of the target pool still runs"}}
		}
		// The page about failing back has it the other way round.
		if f.backs {
			s.Effect.Wants = []plan.Cond{{Var: "services/" + plan.OnHost, Value: plan.Running,
				Else: "%s of the repaired pool does not run"}}
		}
		part.Steps = append(part.Steps, s)
	}
	f.setHop(&part, false, false)
	f.forward.add(plan.Route, part)
}

func (f *failover) routeStep(id string, r plan.SiteRoute, variants []plan.Variant, source plan.Source) *plan.Step {
	s := step(id+r.Site, "XMPP federation route of "+r.Site, plan.Disruptive, r.Origin, source)
	s.Read = f.function(f.plan.Product, "Get-SiteRoute", cmdlet.Arg("Site", r.Site))
	// Read back for up to 60 s: that the command returned is no proof that the value is there.
	acts(s, plan.Act{Wait: 60, Variants: variants},
		fmt.Sprintf("sets the XMPP federation route of site %s to %s", r.Site, variants[0].To),
		fmt.Sprintf("Get-CsSite shows %s for site %s (was %s)", routeEnds(variants, false), r.Site,
			routeEnds(variants, true)))
	// All variants lack the command then: no cmdlet is documented to clear a route.
	if variants[0].Set == nil {
		s.Does = fmt.Sprintf("a person clears the XMPP federation route of site %s in Topology Builder (no cmdlet is "+
			"documented for this)", r.Site)
		// Get-CsSite shows an empty route, whatever the person did in Topology Builder.
		s.Expect = fmt.Sprintf("Get-CsSite shows no XMPP federation route for site %s", r.Site)
	}
	s.Effect = plan.Effect{Var: "route/" + r.Site, AsksDNS: true}
	return s
}

// routeEnds names the old or the new value of a route; it has two spellings where the
// variants differ.
func routeEnds(variants []plan.Variant, old bool) string {
	var names []string
	for _, v := range variants {
		name := v.To
		if old {
			name = v.From
		}
		// An empty name in a sentence would be overlooked.
		if name == "" {
			name = "(no route)"
		}
		// For a pool of one server the service identity and the FQDN have the same name.
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// routeBack puts the routes back, once DNS was asked: without an answer it is not known whether
// the records can go back too.
func (f *failover) routeBack() {
	undoes, route := "Undoes step "+f.at("3").Step+". ", "the XMPP federation route back to what it was."
	switch {
	case !f.xmpp:
		undoes, route = "", "the SIP federation routes back to what they were."
	case f.sip:
		undoes, route = "Undoes Route. ", "the routes of SIP and XMPP federation back to what they were."
	}
	part := f.here(undoes + "Puts " + route)
	// A plan whose records do not change has none to look at on the way back.
	if len(changed(f.plan.Zones)) > 0 {
		part.Does = undoes + "Looks at DNS first, then puts " + route
		part.LooksAt = []string{plan.DNS}
	}
	if f.plan.HopSet(true) {
		part.Does = "Undoes Route: " + f.routesAndHop(true) + "."
		if part.LooksAt != nil {
			part.Does = "Undoes Route, once DNS was looked at: " + f.routesAndHop(true) + "."
		}
	}
	part.Needs, part.Seen = f.back.after(plan.Publish, plan.Start), seen(true)
	// To is what Preflight really read and put into the state file, which may be spelled in another way than in
	// the spec.
	f.setHop(&part, true, true)
	for _, r := range f.plan.Routes {
		if r.Federation == plan.SIP {
			part.Steps = append(part.Steps, f.sipRoute(r, true))
			continue
		}
		s := f.routeStep(rollback+"route/", r,
			f.variants(r.Site, f.plan.To.FQDN, r.From, f.plan.To.Servers[0], r.FromServer), f.returns("3"))
		s.Effect.Value, s.Effect.From = r.From, []string{f.plan.To.FQDN}
		part.Steps = append(part.Steps, s)
	}
	f.setHop(&part, false, true)
	f.back.add(plan.Route, part)
}

// variants are the two ways to set a route: with the parameter of the cmdlet reference,
// which takes the service identity of the pool, and as the procedure page prints it,
// with the FQDN of a server. No cmdlet is documented to take one away.
func (f *failover) variants(site, from, to, fromServer, toServer string) []plan.Variant {
	out := []plan.Variant{{Parameter: plan.RouteParameter, From: from, To: to},
		{Parameter: plan.LiteralParameter, From: fromServer, To: toServer}}
	// The reference takes the service identity, of which a pool has one. The page prints the FQDN of a server:
	// of a pool of one server these are the same name.
	for i, value := range []string{"EdgeServer:" + to, toServer} {
		// No example of the reference clears a route, and what an empty value does is on no page.
		if to == "" {
			// The path is that of the page about the federation routes.
			out[i].Manual = "the previous route was empty: in Topology Builder, Download Topology from existing deployment, " +
				site + ", Edit Properties, Federation route, clear XMPP federation, Action, Topology, Publish. " + publishRights
			continue
		}
		set := cmdlet.Call{Name: "Set-CsSite",
			Params: []cmdlet.Param{cmdlet.Arg("Identity", site), cmdlet.Arg(out[i].Parameter, value)}}
		out[i].Set = f.call(plan.RouteProduct(f.plan.Product, set), set.Name, set.Params...)
	}
	return out
}

// firewall takes a person's word for port 5269: while the services are stopped
// nothing listens, so that it cannot be tested yet; step 6.
func (f *failover) firewall() {
	to := f.plan.To
	nat := ""
	if to.NAT {
		// The owner opens the port on the NAT device then, which passes it on to the servers.
		nat = " (NAT)"
	}
	var names []string
	part := f.here("")
	// A second confirmation would only repeat the first; who gave that one is in the log.
	part.Needs, part.NotAfter = f.forward.after(plan.DNS, plan.DNSServer, plan.Setup, plan.Route), plan.Firewall
	for _, port := range f.ports() {
		number, id, source := strconv.Itoa(port), "firewall", f.at("6")
		if port == plan.SIPPort {
			id, source = "firewall/sip", plan.Source{Procedure: plan.SIPRoutesPage}
		}
		names = append(names, "TCP "+number)
		s := step(id, "TCP "+number+" is open from anywhere to "+
			strings.Join(slices.Concat(to.IPv4, to.IPv6), ", ")+nat+" and back", plan.Safe, to.Origin, source)
		s.Attest, s.Effect = true, plan.Effect{Var: "firewall/" + number, Value: plan.Confirmed}
		part.Steps = append(part.Steps, s)
	}
	is := " is open."
	if len(names) > 1 {
		is = " are open."
	}
	part.Does = "Records who confirmed that " + plan.List(names) + is
	if f.xmpp {
		part.Does = f.saysAt("6") + ". " + part.Does
	}
	f.forward.add(plan.Firewall, part)
}

// replicate brings the new route to the Edge Servers, which have been able to receive
// it only since they run again, and to the Front End Servers that use it.
func (f *failover) replicate(w *way, prefix string, needs []string) {
	part := f.here("Pushes the configuration to the servers and waits until they are up to date.")
	part.Needs = needs
	// Stage Setup asks for it: Edge Servers cannot see the state file of this computer.
	part.Prints = f.sip && prefix == ""
	if part.Prints {
		part.Does = "Pushes the configuration to the servers, waits until they are up to date, and prints the receipt " +
			"for Setup."
	}
	for _, s := range f.replicas(prefix) {
		if f.backs && w == &f.back && slices.Contains(f.plan.To.Servers, s.Read.Params[0].Value) {
			continue // the pool may be why there is a rollback: what is down is never up to date
		}
		part.Steps = append(part.Steps, s)
	}
	w.add(plan.Replicated, part)
}

// pushed asks what may keep the configuration from a server; from is empty or says where it comes from. The
// pages about ports have TCP 4443 to Edge Servers, and for servers inside "Front End Servers where the Central
// Management store resides, Lync Server Master Replicator Agent service, 445, TCP" ("Ports and protocols for
// internal servers in Lync Server 2013").
func pushed(p *plan.Plan, replica, from string) string {
	if slices.Contains(slices.Concat(p.To.Servers, p.From.Servers), replica) {
		return "; services started? TCP 4443 open" + from + "?"
	}
	return "; Replica Replicator Agent started? TCP 445 open" + from + "?"
}

// notPushed says what to do if stage Replicate fails.
var notPushed = plan.Advice{Says: []string{"Exit code 2: the server is not up to date in time. Is its Replica " +
	"Replicator Agent started, and is the port open to it from the server of the Central Management store: TCP 4443 " +
	"to an Edge Server, TCP 445 to a server inside? Then run the stage again."}}

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

// stopOld is the last stage: the streams that partners still have open to the pool that
// is left end once no old answer leads new ones there.
func (f *failover) stopOld() {
	if !f.endsOld {
		return
	}
	from := f.plan.From
	// Only the XMPP service: the others go on to serve users of the old pool.
	part := f.there(from, "Once no old answer is left: stops the XMPP service of this server of "+f.old()+
		". Open streams end.")
	part.Needs, part.Seen = []string{plan.Verify}, plan.SeenReceipt
	part.Elevated, part.LooksAt = true, f.forward.present(plan.DNS)
	s := step("stop-old/xmpp", "XMPP services that run", plan.Disruptive, from.Origin, ours)
	// Found by its display name; the short name is on no page.
	s.Read = f.function(from.Product, "Get-XmppService", cmdlet.Arg("Not", plan.Stopped))
	acts(s, plan.Act{Set: f.call(from.Product, "Stop-CsWindowsService", cmdlet.Variable("Name", plan.EachValue))},
		"stops "+foundService+": the streams that partners still have open end",
		"no XMPP service of this server runs; its other services do")
	// All of the aim first: whoever is cut off here has to find the new pool.
	s.Effect = plan.Effect{Var: "xmpp/" + plan.OnHost, Value: plan.Stopped, WantsAim: true}
	part.Steps = plan.Steps{f.xmppService("P18", from.Product, from.Origin), s}
	f.forward.add(plan.StopOld, part)
}

// old is what the pool that is left is called.
func (f *failover) old() string {
	if f.backs {
		return "the pool that stood in"
	}
	return "the old pool"
}

// foundService is how the service of XMPP is found.
const foundService = "the XMPP service of this server, found by XMPP in its display name"

// startOld is the first stage of the rollback: XMPP at the pool that is left runs again
// before anything leads there.
func (f *failover) startOld() {
	if !f.endsOld {
		return
	}
	from := f.plan.From
	part := f.there(from, "Undoes StopOld. Starts XMPP on this server of "+f.old()+", before partners are led back.")
	part.Elevated = true
	s := step("rollback/stop-old/xmpp", "XMPP services that do not run", plan.Safe, from.Origin, f.returns("7"))
	s.Read = f.function(from.Product, "Get-XmppService", cmdlet.Arg("Not", plan.Running))
	acts(s, plan.Act{IfNot: waiveService,
		Set: f.call(from.Product, "Start-CsWindowsService", cmdlet.Variable("Name", plan.EachValue))},
		"starts "+foundService, "the XMPP service of this server runs")
	s.Effect = plan.Effect{Var: "xmpp/" + plan.OnHost, Value: plan.Running}
	part.Steps = plan.Steps{f.xmppService("P18", from.Product, from.Origin), s}
	f.back.add(plan.StartOld, part)
}
