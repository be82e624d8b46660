package procedure

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

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
