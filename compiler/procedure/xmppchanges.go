package procedure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The stages of an XMPP failover that change something: services, routes, replication.

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
