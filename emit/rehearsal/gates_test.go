package rehearsal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

func attest(text string) map[string]any { return map[string]any{"Attest": text} }

// refuses checks that a stage ends with a code and leaves the world alone.
func (s *suite) refuses(code int, v rehearsal.Visit, w way, format string, args ...any) {
	before := s.digest()
	audit := s.audit()
	got := s.visit(v, w)
	s.check(got == code, "exit code %d: "+format, append([]any{code}, args...)...)
	s.check(s.digest() == before && slices.Equal(audit, s.audit()), "nothing changes: "+format, args...)
}

// visitOf is a stage on its first or last computer.
func (s *suite) visitOf(stage string) rehearsal.Visit { return s.walk.Forth[s.at(stage)] }

// gates: no stage runs before what it needs, or without what a person has to say.
func (s *suite) gates() {
	manager := s.visitOf(plan.Preflight).Host
	s.restore(s.ready())
	if i := s.at(plan.Stop); i >= 0 {
		stop := s.walk.Forth[i]
		s.refuses(5, stop, way{bare: true}, "Stop without a receipt")
		s.refuses(5, stop, way{given: map[string]any{"Receipt": "202611230000-00000000"}}, "Stop with another receipt")
		s.restore(s.points[s.begin()+1])
		s.refuses(1, stop, way{fault: "rights:none"}, "Stop in a shell that is not elevated")
	}
	s.restore(s.ready())
	code := s.visit(s.preflight(), way{fault: "rights:none"})
	s.check(code == 0 && strings.Contains(s.last, "WARNING"), "Preflight warns of missing rights")
	s.restore(s.ready())
	s.refuses(3, s.visitOf(plan.Route), way{}, "Route before Preflight")
	s.check(strings.Contains(s.last, "run stage Preflight here first"), "Route before Preflight says so")
	s.refuses(3, s.visitOf(plan.Replicated), way{}, "Replicate before Route")
	s.tooEarly(false, s.walk.Forth)
	s.tooEarly(true, s.walk.Back)
	s.restore(s.points[s.at(plan.Firewall)])
	s.refuses(5, s.visitOf(plan.Firewall), way{bare: true}, "Firewall without a word")
	s.running()
	s.names()
	s.verified(manager)
	s.waived()
}

// tooEarly: on a fresh deployment each stage is refused with the stage to run instead, or the
// record says that only the order of the sheet keeps it, or it needs none.
func (s *suite) tooEarly(back bool, walk []rehearsal.Visit) {
	for _, v := range walk {
		s.restore(s.points[0])
		gates, needs := s.gatesAt(back, v.Stage, v.Host)
		switch before := s.before(back, v.Stage, v.Host); {
		case before != "":
			s.refuses(3, v, way{}, "%s first", v.Stage)
			s.check(strings.Contains(s.last, "run stage "+before+" here first"), "%s first: the script asks for stage %s", v.Stage, before)
		case gates.Receipt != "":
			s.refuses(5, v, way{bare: true}, "%s first", v.Stage)
			s.check(strings.Contains(s.last, "pass the receipt that stage "+gates.Receipt), "%s first: the script asks for a receipt", v.Stage)
		case len(gates.Sheet) == 0 && len(gates.Stopped) == 0:
			s.check(len(needs) == 0, "%s on %s needs something that is neither gated nor in the record", v.Stage, v.Host)
		}
	}
}

// gatesAt are those of a stage on a computer, and what it needs.
func (s *suite) gatesAt(back bool, stage, host string) (plan.Gates, []string) {
	for _, st := range s.plan.StagesOf(back) {
		for _, part := range st.Parts {
			if st.Name == stage && (slices.Contains(part.Hosts, host) || slices.Contains(part.Hosts, plan.AnyHost)) {
				return s.plan.Gates(back, stage, part), part.Needs
			}
		}
	}
	return plan.Gates{}, nil
}

// before is the stage that has to be done first of those before one on a computer.
func (s *suite) before(back bool, stage, host string) string {
	gates, _ := s.gatesAt(back, stage, host)
	after := gates.After
	if len(after) == 0 {
		return ""
	}
	if first := s.before(back, after[0], host); first != "" {
		return first
	}
	return after[0]
}

// running: the route is not set while a server of the target pool answers.
func (s *suite) running() {
	i, route := s.lastAt(plan.Stop), s.visitOf(plan.Route)
	if i < 0 {
		return
	}
	between := func(fault string) { // what is clicked there
		for _, v := range s.walk.Forth[i+1 : s.at(plan.Route)] {
			s.visit(v, way{fault: fault})
		}
	}
	s.restore(s.points[i])
	between("")
	s.refuses(3, route, way{}, "Route while a server runs")
	s.check(strings.Contains(s.last, s.walk.Forth[i].Host), "the server is named")
	code := s.visit(route, way{given: map[string]any{"AllowRunningTarget": true}})
	s.check(code == 0 && strings.Contains(s.last, "OVERRIDE"), "Route while a server runs, on record")
	s.restore(s.points[i+1])
	between("")
	s.check(s.visit(route, way{fault: "tcp:silent"}) == 0, "a port that was open and is silent now")
	s.restore(s.points[0])
	for _, v := range s.walk.Forth[:i+1] {
		s.visit(v, way{fault: "tcp:unknown"})
	}
	between("tcp:unknown")
	s.refuses(5, route, way{fault: "tcp:unknown"}, "Route where no port can be probed")
	s.check(s.visit(route, way{fault: "tcp:unknown", given: attest("both stopped")}) == 0, "Route where no port can be probed, attested")
	// A server that was restarted is seen, and stopped again without a new receipt.
	s.restore(s.points[i+1])
	between("")
	had, stop := s.digest(), s.walk.Forth[i]
	s.edit(func(w *rehearsal.World) {
		for h := range w.Hosts {
			for n := range w.Hosts[h].Services {
				if w.Hosts[h].Name == stop.Host {
					w.Hosts[h].Services[n].Status = "Running"
				}
			}
		}
	})
	s.refuses(3, route, way{}, "Route after a restart")
	s.check(s.visit(stop, way{bare: true}) == 0 && s.digest() == had, "Stop again after a restart")
}

// names: the stage Dns believes the server, and a person only where there is no answer.
func (s *suite) names() {
	i := s.at(plan.DNS)
	v := s.walk.Forth[i]
	if before := s.walk.Forth[i-1]; before.Script == "" || before.Stage == plan.DNSServer { // the owner has something to do
		s.restore(s.points[i-1])
		s.refuses(5, v, way{}, "Dns before it is done")
		s.check(strings.Contains(s.last, "DNS+"), "what is to be done is said")
		s.refuses(3, v, way{given: attest("done")}, "Dns attested against the server")
	}
	if n := slices.IndexFunc(s.walk.World.Dns, func(set rehearsal.Set) bool { return set.Type == "A" }); n >= 0 {
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) { w.Dns[n].Records = append(w.Dns[n].Records, foreign(w.Dns[n])) })
		s.refuses(3, v, way{}, "Dns with an address too many")
	}
	s.restore(s.points[i])
	s.refuses(5, v, way{fault: "dns:down"}, "Dns without a server")
	s.check(s.visit(v, way{fault: "dns:down", given: attest("J. Doe")}) == 0, "Dns without a server, attested")
}

// verified: Verify sees a closed firewall, a missing listener, and stages not done.
func (s *suite) verified(manager string) {
	i := s.at(plan.Verify)
	outside := rehearsal.Visit{Script: s.scripts()[0], Stage: plan.Verify, Host: rehearsal.Outside}
	s.restore(s.points[i])
	s.refuses(3, outside, way{fault: "firewall:closed"}, "Verify outside behind a closed firewall")
	s.check(s.visit(outside, way{}) == 0, "Verify outside")
	for n, public := range s.walk.World.Public {
		if !slices.Contains(slices.Concat(s.plan.To.IPv4, s.plan.To.IPv6), public.Address) {
			continue
		}
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) { w.Public[n].Hosts = []string{} })
		s.refuses(3, outside, way{}, "Verify outside, %s does not answer", public.Address)
		s.check(!s.plan.MovesXMPP() || strings.Contains(s.last, "FAIL verify/xmpp/"+public.Address), "%s is named", public.Address)
		s.check(!s.plan.MovesSIP() || strings.Contains(s.last, "FAIL verify/federation/"+public.Address), "%s is named", public.Address)
	}
	s.listens(i)
	s.federates(i, outside)
	s.restore(s.points[s.at(plan.Replicated)])
	s.refuses(3, rehearsal.Visit{Script: s.scripts()[0], Stage: plan.Verify, Host: manager}, way{}, "Verify before Replicate")
	if s.at(plan.Stop) >= 0 || s.plan.MovesSIP() {
		s.refuses(3, outside, way{}, "Verify outside before Replicate")
	} else { // what partners see is there by then: the order of the sheet alone keeps it
		gates, _ := s.gatesAt(false, plan.Verify, rehearsal.Outside)
		s.check(s.visit(outside, way{}) == 0 && slices.Contains(gates.Sheet, plan.Replicated), "Verify outside before Replicate")
	}
	s.restore(s.points[i])
	last := rehearsal.Visit{Script: s.scripts()[0], Stage: plan.Verify, Host: manager}
	s.edit(func(w *rehearsal.World) { w.Dns[0].Records = []rehearsal.Record{foreign(w.Dns[0])} })
	s.refuses(3, last, way{}, "Verify after somebody changed the DNS")
	if !s.plan.MovesXMPP() {
		return
	}
	s.restore(s.points[i])
	receiver := map[string]any{"XmppReceiver": "friend@example.org"}
	s.check(s.visit(last, way{given: receiver}) == 0 && strings.Contains(s.last, "Test-CsXmppIM"), "a test message")
	s.refuses(3, last, way{given: receiver, fault: "Test-CsXmppIM:noop@1"}, "a test message that does not arrive")
}

// waived: a fact can be waived by its number, on record; the route cannot.
func (s *suite) waived() {
	preflight := s.preflight()
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { w.Federated = false })
	s.refuses(3, preflight, way{}, "a fact that fails")
	s.check(s.visit(preflight, way{given: map[string]any{"Waive": "P01, P09"}}) == 0 && strings.Contains(s.last, "WAIVED P09"), "a fact that fails, waived")
	s.store(preflight)
	if s.plan.MovesXMPP() {
		s.partners(preflight)
	}
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { setRoutes(w, s.plan, "EdgeServer:other.example.net") })
	all := append(stageSteps(s.plan, plan.Route).IDs(), stageSteps(s.plan, plan.Preflight).IDs()...)
	s.refuses(3, preflight, way{given: map[string]any{"Waive": strings.Join(all, ",")}}, "another route, waived")
}

// stageSteps are the steps of a stage of the change.
func stageSteps(p *plan.Plan, name string) plan.Steps {
	i := slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Name == name })
	return plan.AllSteps(p.Stages[i : i+1])
}

// store: the properties may hold the pool of the Central Management store, or computers of
// it, and nothing else.
func (s *suite) store(preflight rehearsal.Visit) {
	if s.plan.CentralManagement == "" {
		return
	}
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { w.Master = strings.ToUpper(s.plan.CentralManagement) })
	s.check(s.visit(preflight, way{}) == 0, "the store names its pool")
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { w.Master = "fe9.corp.contoso.com" })
	s.refuses(3, preflight, way{}, "another pool has the store")
	s.check(strings.Contains(s.last, " FAIL P01 ") && strings.Contains(s.last, " FAIL P02 ") && strings.Contains(s.last, "found [fe9.corp.contoso.com]"), "the computer that has it is named")
	s.check(s.visit(preflight, way{given: map[string]any{"Waive": "P01,P02"}}) == 0, "another pool has the store, waived")
}

// partners: each that the plan names has to be allowed, be it as an additional domain of
// another; others are named as a warning.
func (s *suite) partners(preflight rehearsal.Visit) {
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) {
		w.Partners = append(w.Partners, rehearsal.Partner{Domain: "other.example.net"})
	})
	s.check(s.visit(preflight, way{}) == 0 && strings.Contains(s.last, "WARNING P10") && strings.Contains(s.last, "[other.example.net]"), "a partner that the plan does not name")
	s.restore(s.ready())
	s.check(s.visit(preflight, way{}) == 0 && !strings.Contains(s.last, "WARNING P10"), "no partner but those of the plan")
	if len(s.plan.Partners) == 0 {
		return
	}
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) {
		w.Partners[0] = rehearsal.Partner{Domain: "other.example.net", Additional: []string{strings.ToUpper(w.Partners[0].Domain), "b.example.net"}}
	})
	s.check(s.visit(preflight, way{}) == 0 && strings.Contains(s.last, "[b.example.net,other.example.net]"), "a partner that is an additional domain of another")
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { w.Partners = []rehearsal.Partner{} })
	s.check(s.visit(preflight, way{given: map[string]any{"Waive": "P10"}}) == 0 && strings.Contains(s.last, "WAIVED P10"), "a partner that is gone, waived")
}

// setRoutes sets all routes that the plan moves.
func setRoutes(w *rehearsal.World, p *plan.Plan, value string) {
	for _, route := range p.Routes {
		for i := range w.Sites {
			if w.Sites[i].Name == route.Site {
				*routeOf(&w.Sites[i], route.Federation) = value
			}
		}
	}
}

// routeOf is the route of a site for a federation.
func routeOf(site *rehearsal.Site, federation string) *string {
	if federation == plan.SIP {
		return &site.SipRoute
	}
	return &site.Route
}

// routesBack are the routes of before the change.
func (s *suite) routesBack(w *rehearsal.World) {
	for i, site := range s.walk.World.Sites {
		w.Sites[i].Route, w.Sites[i].SipRoute = site.Route, site.SipRoute
	}
}

// differs is something that is not as the spec says.
type differs struct {
	name string
	edit func(*rehearsal.World)
}

// topologyDiffers is what may differ for any plan of an Edge pool.
func (s *suite) topologyDiffers() []differs {
	to := s.target
	out := []differs{
		{"a server is gone", func(w *rehearsal.World) { to(w).Computers = to(w).Computers[1:] }},
		{"a server more", func(w *rehearsal.World) { to(w).Computers = append(to(w).Computers, "edge9.example.net") }},
		{"another site", func(w *rehearsal.World) { to(w).Site = "Other" }},
		{"the pool is gone", func(w *rehearsal.World) { to(w).Fqdn = "gone.example.net" }},
	}
	for _, media := range s.plan.Media {
		edge := func(fqdn string) func(w *rehearsal.World) {
			return func(w *rehearsal.World) {
				w.Pools[slices.IndexFunc(w.Pools, func(p rehearsal.Pool) bool { return p.Fqdn == media.FQDN })].Media = fqdn
			}
		}
		out = append(out, differs{"no Edge pool for media", edge("")}, differs{"another Edge pool for media", func(w *rehearsal.World) {
			w.Pools = append(w.Pools, rehearsal.Pool{Fqdn: "other.example.net", Site: "Other", Service: otherEdge, Computers: []string{}})
			edge("other.example.net")(w)
		}})
	}
	if to(&s.walk.World).Registrar != "" {
		out = append(out, differs{"another next hop", func(w *rehearsal.World) { to(w).Registrar = "Registrar:other.example.net" }})
	}
	if s.plan.CentralManagement != "" {
		out = append(out, differs{"another pool has the store", func(w *rehearsal.World) { w.Master = "fe9.corp.contoso.com" }})
	}
	return out
}

// otherEdge is the service of a pool that no plan knows.
const otherEdge = "EdgeServer:other.example.net"

// target is the Edge pool of the plan.
func (s *suite) target(w *rehearsal.World) *rehearsal.Pool {
	return &w.Pools[slices.IndexFunc(w.Pools, func(p rehearsal.Pool) bool { return p.Fqdn == s.plan.To.FQDN })]
}

// drift: what is not as the spec says is found before anything is changed.
func (s *suite) drift() {
	to, other := s.target, otherEdge
	cases := append(s.topologyDiffers(), []differs{
		{"another route", func(w *rehearsal.World) { setRoutes(w, s.plan, other) }},
		{"no route", func(w *rehearsal.World) { setRoutes(w, s.plan, "") }},
		{"a SIP domain is gone", func(w *rehearsal.World) { w.SipDomains = []string{"other.example.net"} }},
		{"federation is off", func(w *rehearsal.World) { w.Federated = false }},
		{"a site is gone", func(w *rehearsal.World) {
			w.Sites[slices.IndexFunc(w.Sites, func(x rehearsal.Site) bool { return x.Name == s.plan.Routes[0].Site })].Name = "Gone"
		}},
	}...)
	add := func(name string, edit func(*rehearsal.World)) { cases = append(cases, differs{name, edit}) }
	if s.plan.MovesXMPP() {
		add("XMPP is off", func(w *rehearsal.World) { to(w).XmppListeningPort = "" })
	}
	if s.plan.MovesSIP() {
		add("the old pool is gone", func(w *rehearsal.World) {
			w.Pools[slices.IndexFunc(w.Pools, func(p rehearsal.Pool) bool { return p.Fqdn == s.plan.From.FQDN })].Fqdn = "gone.example.net"
		})
		add("another port of SIP federation", func(w *rehearsal.World) { to(w).SipPort = "5063" })
	}
	if len(s.plan.Partners) > 0 {
		add("a partner is gone", func(w *rehearsal.World) { w.Partners = w.Partners[1:] })
	}
	s.findsBefore(cases)
	s.restore(s.ready())
	before := s.digest()
	code := s.visit(s.preflight(), way{fault: "Set-CsSite:throw@1"})
	s.check((code == 2 || code == 3) && s.digest() == before && s.receipt() == "", "Preflight, Set-CsSite fails")
	if i := s.at(plan.Stop); i >= 0 {
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) {
			for h := range w.Hosts {
				w.Hosts[h].Services = w.Hosts[h].Services[:min(5, len(w.Hosts[h].Services))]
			}
		})
		s.refuses(3, s.walk.Forth[i], way{}, "Stop on a server without the XMPP service")
	}
	if s.plan.Routes[0].From != "" {
		s.settled()
	}
	i := s.at(plan.Route)
	s.restore(s.points[i])
	s.refuses(2, s.walk.Forth[i], way{fault: "store:readonly"}, "Route without the right to change it")
	s.edit(func(w *rehearsal.World) { setRoutes(w, s.plan, other) })
	s.refuses(3, s.walk.Forth[i], way{}, "Route, changed by somebody since Preflight")
	s.restore(s.points[i])
	s.edit(func(w *rehearsal.World) {
		last := *s.plan
		last.Routes = last.Routes[len(last.Routes)-1:]
		setRoutes(w, &last, other)
	})
	s.refuses(3, s.walk.Forth[i], way{}, "Route, the last one changed by somebody since Preflight")
	s.moved(i)
	s.drifted(i, other)
}

// findsBefore: stage Preflight ends with 3 where one of these differs, and where the store is down.
func (s *suite) findsBefore(cases []differs) {
	for _, c := range cases {
		s.restore(s.ready())
		s.edit(c.edit)
		s.refuses(3, s.preflight(), way{}, "Preflight, %s", c.name)
		s.check(s.receipt() == "", "no receipt, %s", c.name)
	}
	s.restore(s.ready())
	s.refuses(3, s.preflight(), way{fault: "store:down"}, "Preflight, the store is down")
	s.check(s.receipt() == "" && strings.Contains(s.last, "FAIL P05  site of the pool: cannot be read"), "Preflight names every fact that cannot be read")
	looks := len(plan.Parts(s.plan.Stages, plan.Preflight)[0].LooksAt) > 0 // at what cannot be waived
	s.check(!looks || !strings.Contains(s.last, "-Waive P01"), "Preflight cannot go on without the store")
}

// moved: somebody changes the routes while the stage runs, after it has looked at all of them.
func (s *suite) moved(i int) {
	set := slices.Index(s.calls[i], "Set-CsSite")
	if set < 0 {
		return
	}
	reads := 0
	for _, call := range s.calls[i][:set] {
		if call == "Get-CsSite" {
			reads++
		}
	}
	s.restore(s.points[i])
	before := strings.Count(strings.Join(s.audit(), "\n"), "Set-CsSite")
	code := s.visit(s.walk.Forth[i], way{fault: fmt.Sprintf("Get-CsSite:moved@%d", reads)})
	s.check(code == 3 && strings.Contains(s.last, "when this stage began"), "Route, changed by somebody while it runs")
	s.check(strings.Count(strings.Join(s.audit(), "\n"), "Set-CsSite") == before, "no route is set")
}

// settled: the route is the target already, so nothing sets it and nothing restores it.
func (s *suite) settled() {
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { setRoutes(w, s.plan, "EdgeServer:"+s.plan.To.FQDN) })
	start := s.digest()
	for _, v := range s.walk.Forth[:s.at(plan.Route)+1] {
		s.check(s.visit(v, way{}) == 0, "%s, the route is the target already", name(v))
	}
	for _, v := range s.walk.Back {
		if v.Stage == plan.Start || v.Stage == plan.Publish || v.Stage == plan.Route {
			s.check(s.visit(v, way{}) == 0, "%s, the route was the target already", name(v))
		}
	}
	s.check(s.digest() == start && !strings.Contains(strings.Join(s.audit(), " "), "Set-CsSite"), "the route was the target already: %s", s.digest())
}

// drifted: what somebody changes after the route was set is not overwritten.
func (s *suite) drifted(route int, other string) {
	s.restore(s.points[len(s.points)-1])
	s.edit(s.routesBack)
	s.refuses(3, s.walk.Forth[route], way{}, "Route, undone by somebody")
	var running map[string]any
	if s.at(plan.Stop) >= 0 {
		running = map[string]any{"AllowRunningTarget": true}
	}
	s.check(s.visit(s.preflight(), way{}) == 0 && s.visit(s.walk.Forth[route], way{given: running}) == 0, "Route, undone by somebody, after a new Preflight")
	s.restore(s.points[len(s.points)-1])
	s.edit(func(w *rehearsal.World) { setRoutes(w, s.plan, other) })
	for _, v := range s.walk.Back {
		if v.Stage == plan.Route {
			s.refuses(3, v, way{}, "rollback over a value that is not ours")
		}
	}
	// Drift that was put right before the change must not become the value to go back to.
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { setRoutes(w, s.plan, other) })
	s.refuses(3, s.preflight(), way{}, "drift first")
	s.edit(s.routesBack)
	s.goes("drift put right, forth", s.walk.Forth)
	s.goes("drift put right, back", s.walk.Back)
	s.check(s.digest() == s.first(), "drift put right: %s", s.digest())
}

// disk: state that cannot be used stops the script; a log that a crash has torn does not.
func (s *suite) disk() {
	preflight := s.preflight()
	file := func(pattern string) string {
		found, _ := filepath.Glob(filepath.Join(s.dir, preflight.Host, pattern))
		if len(found) != 1 {
			return ""
		}
		return found[0]
	}
	s.restore(s.points[s.begin()+1])
	state := file("*.state.xml")
	for what, text := range map[string]string{"torn": "<Objs", "empty": "", "of another plan": strings.ReplaceAll(s.read(rel(s.dir, state)), s.plan.ID, "sha256:other")} {
		s.restore(s.points[s.begin()+1])
		s.must(os.WriteFile(state, []byte(text), 0o666))
		s.refuses(1, preflight, way{}, "a state file that is %s", what)
		s.check(s.read(rel(s.dir, state)) == text, "a state file that is %s stays", what)
	}
	s.restore(s.points[s.begin()+1])
	s.check(s.visit(preflight, way{fault: "kill@2", held: true}) == died, "a stage that stands still")
	s.refuses(1, preflight, way{}, "a stage while another runs")
	s.restore(s.points[s.begin()+1])
	log := file("*.evidence.jsonl")
	before := s.read(rel(s.dir, log))
	s.must(os.WriteFile(log, []byte(before+`{"utc":"torn`), 0o666))
	code := s.visit(preflight, way{})
	after := lines(s.read(rel(s.dir, log)))
	s.check(code == 0 && slices.Contains(after, `{"utc":"torn`), "a torn line stays alone")
	whole := slices.IndexFunc(after, func(line string) bool { return !strings.HasSuffix(line, "}") && line != `{"utc":"torn` })
	s.check(whole < 0 && len(after) > len(lines(before))+3, "all other lines are whole")
}

func rel(dir, path string) string {
	out, _ := filepath.Rel(dir, path)
	return filepath.ToSlash(out)
}
