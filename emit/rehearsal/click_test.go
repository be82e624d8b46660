package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// clicks: what a person does by hand is asked for, named and, where a cmdlet shows it, read: nothing
// is done by word alone.
func (s *suite) clicks() {
	for i, v := range s.walk.Forth {
		if len(v.Clicks) == 0 {
			continue
		}
		unread := v.Clicks[0].Kind == "setup"
		s.forgotten(i, v, unread)
		s.halfClicked(i, v)
		s.doneBefore(i, v, unread)
		s.setBack(v)
		if v.Clicks[0].Kind == "federation" {
			s.noPort(i, v)
			s.unshown(i, v)
		}
	}
}

// noPort: a port of 0 is none, in Preflight, where it is read back, and in Verify.
func (s *suite) noPort(i int, v rehearsal.Visit) {
	at := slices.IndexFunc(s.walk.Forth, func(o rehearsal.Visit) bool { return o.Stage == plan.Preflight && o.Host == v.Host })
	if at == 0 { // else a stage before it has to run
		s.fresh()
		s.edit(func(w *rehearsal.World) {
			for n := range w.Pools {
				if w.Pools[n].SipPort == "" {
					w.Pools[n].SipPort = "0"
				}
			}
		})
		s.check(s.visit(s.walk.Forth[at], way{}) == 0, "Preflight where a pool that is cleared shows 0")
	}
	s.restore(s.points[i])
	s.visit(v, way{idle: true})
	var zero []rehearsal.Click
	for _, c := range v.Clicks {
		if c.Value == "" {
			c.Value = "0"
		}
		zero = append(zero, c)
	}
	s.click(zero)
	s.check(s.confirms(v) == 0 && strings.Count(s.last, " CHANGED ") == len(v.Clicks), "%s, a pool that is cleared shows 0", name(v))
}

// unshown: a server goes on showing what was before. Nothing but a waiver by name, with who has seen it,
// goes on then, and what that server shows counts no more: not in Verify, and not in the rollback.
func (s *suite) unshown(i int, v rehearsal.Visit) {
	steps := partSteps(s.plan, v)
	at := slices.IndexFunc(steps, func(step *plan.Step) bool { return len(step.Act.To) == 0 })
	id, from := steps[at].ID, v.Clicks[at]
	shown := from
	shown.Value = "5061"
	given := func(attest, waive string) way {
		return way{idle: true, bare: true, given: map[string]any{"Attest": attest, "Waive": waive}}
	}
	s.restore(s.points[i])
	s.visit(v, way{idle: true})
	s.click(v.Clicks)
	s.click([]rehearsal.Click{shown})
	s.check(s.confirms(v) == 5 && strings.Contains(s.last, "-Waive \""+id+"\""), "%s, the way out is said", name(v))
	s.check(s.visit(v, given("J. Doe", "topology/nothing")) == 5, "%s, another name", name(v))
	s.check(s.visit(v, given("", id)) == 5 && strings.Contains(s.last, "pass -Attest"), "%s, waived, and nobody says who", name(v))
	s.notDone(v)
	code := s.visit(v, given("J. Doe", id))
	s.check(code == 0 && strings.Contains(s.last, " WAIVED "+id) && strings.Contains(s.last, "is [5061], which does not count: J. Doe"), "%s, waived: exit code %d", name(v), code)
	s.check(strings.Contains(s.last, "ATTESTED "+id) && strings.Contains(s.last, "on word alone"), "%s, whose word it is", name(v))
	s.check(s.visit(v, way{idle: true, bare: true}) == 0 && strings.Count(s.last, " SKIP ") == len(v.Clicks), "%s again asks nobody", name(v))

	verify := slices.IndexFunc(s.walk.Forth, func(o rehearsal.Visit) bool { return o.Stage == plan.Verify && o.Host == v.Host })
	back := slices.IndexFunc(s.walk.Back, func(o rehearsal.Visit) bool { return o.Stage == v.Stage })
	if verify < 0 || back < 0 {
		return
	}
	s.restore(s.points[len(s.points)-1])
	s.click([]rehearsal.Click{shown})
	s.refuses(3, s.walk.Forth[verify], given("J. Doe", id), "Verify, waived there for the first time")
	s.check(s.visit(v, given("J. Doe", id)) == 0, "%s, waived later", name(v))
	s.check(s.visit(s.walk.Forth[verify], way{}) == 0 && strings.Contains(s.last, " WAIVED "+id), "Verify goes by the word")
	s.check(strings.Contains(s.last, "on word alone: J. Doe"), "Verify says whose")
	// It shows 5061, which the rollback is to bring back: to leave it alone would be wrong.
	s.refuses(5, s.walk.Back[back], way{idle: true, bare: true}, "the rollback, of what shows nothing")
	s.check(strings.Contains(s.last, " CLICK rollback/"+id), "the click is asked for")
	s.click(s.walk.Back[back].Clicks)
	s.check(s.visit(s.walk.Back[back], given("J. Doe", "")) == 0 && strings.Contains(s.last, " WAIVED rollback/"+id), "the rollback goes by the word")
}

// partSteps are the steps that a person does in the stage of a visit.
func partSteps(p *plan.Plan, v rehearsal.Visit) plan.Steps {
	var out plan.Steps
	for _, part := range plan.Parts(p.Stages, v.Stage) {
		if slices.Contains(part.Hosts, v.Host) {
			out = append(out, part.Steps...)
		}
	}
	return out
}

// confirms is a visit of a person who says that it is done.
func (s *suite) confirms(v rehearsal.Visit) int {
	return s.visit(v, way{idle: true, given: attest("J. Doe")})
}

// forgotten: nobody clicks, whatever is said, and then somebody does, or clicks at another pool before.
func (s *suite) forgotten(i int, v rehearsal.Visit, unread bool) {
	s.restore(s.points[i])
	s.refuses(5, v, way{idle: true}, "%s, nobody clicks", name(v))
	s.check(strings.Count(s.last, " CLICK ") == len(v.Clicks) && strings.Contains(s.last, "pass -Attest"), "all that is to be clicked is shown")
	s.check(!strings.Contains(s.last, "ATTESTED") && !strings.Contains(s.last, "COMPLETE"), "nobody has confirmed it")
	if !unread {
		for _, wrong := range []bool{false, true} {
			at := s.save()
			if wrong {
				s.click(elsewhere(s.walk.World, v.Clicks))
			}
			s.check(s.confirms(v) == 5 && strings.Contains(s.last, "after 60 s"), "%s, it is said to be done, at another pool %v", name(v), wrong)
			s.check(!strings.Contains(s.last, " CHANGED ") && !strings.Contains(s.last, "COMPLETE"), "a word alone does not do")
			s.notDone(v)
			if wrong { // what was clicked there is no part of this
				s.restore(at)
			}
		}
	}
	s.click(v.Clicks)
	s.check(s.confirms(v) == 0 && s.digest() == s.worlds[i+1], "%s, then it is done: %s", name(v), s.digest())
	s.check(strings.Count(s.last, ": J. Doe") >= len(v.Clicks), "who did it is on record")
	s.check(strings.Contains(s.last, "on word alone") == unread, "on word alone: %v", unread)
	s.check(s.visit(v, way{idle: true}) == 0 && strings.Count(s.last, " SKIP ") == len(v.Clicks), "%s again asks nobody", name(v))
}

// elsewhere are clicks at another pool or site than the one that is meant.
func elsewhere(w rehearsal.World, clicks []rehearsal.Click) []rehearsal.Click {
	var out []rehearsal.Click
	for _, c := range clicks {
		var others []string
		for _, site := range w.Sites {
			others = append(others, site.Name)
		}
		if service := map[string]string{"federation": "EdgeServer:", "next-hop": "EdgeServer:", "media": "Registrar:"}[c.Kind]; service != "" {
			others = nil
			for _, pool := range w.Pools {
				if strings.HasPrefix(pool.Service, service) {
					others = append(others, pool.Fqdn)
				}
			}
		}
		// One that is to be clicked too is no other place, where there is a third.
		asked := func(name string) bool {
			return slices.ContainsFunc(clicks, func(o rehearsal.Click) bool { return o.On == name })
		}
		i := slices.IndexFunc(others, func(name string) bool { return !asked(name) })
		if i < 0 {
			i = slices.IndexFunc(others, func(name string) bool { return name != c.On })
		}
		c.On = others[i]
		out = append(out, c)
	}
	return out
}

// halfClicked: the last of several clicks is forgotten.
func (s *suite) halfClicked(i int, v rehearsal.Visit) {
	last := len(v.Clicks) - 1
	if last == 0 {
		return
	}
	s.restore(s.points[i])
	s.visit(v, way{idle: true})
	s.click(v.Clicks[:last])
	s.check(s.confirms(v) == 5 && strings.Count(s.last, " CHANGED ") == last, "%s, the last click is forgotten", name(v))
	s.notDone(v)
	s.click(v.Clicks[last:])
	s.check(s.confirms(v) == 0 && s.digest() == s.worlds[i+1], "%s, then the last click: %s", name(v), s.digest())
}

// doneBefore: what is done before it is asked for needs no name, but once asked for it does.
func (s *suite) doneBefore(i int, v rehearsal.Visit, unread bool) {
	s.restore(s.points[i])
	s.click(v.Clicks)
	code := s.visit(v, way{idle: true})
	if unread {
		s.check(code == 5, "%s, nothing shows that it is done", name(v))
		return
	}
	s.check(code == 0 && strings.Count(s.last, " SKIP ") == len(v.Clicks) && !strings.Contains(s.last, " CLICK "), "%s, it is done already", name(v))
	s.restore(s.points[i])
	s.visit(v, way{idle: true})
	s.click(v.Clicks)
	s.check(s.visit(v, way{idle: true}) == 5 && strings.Contains(s.last, "pass -Attest"), "%s, done, and nobody says who", name(v))
	s.check(s.confirms(v) == 0 && s.digest() == s.worlds[i+1], "%s, and then somebody does: %s", name(v), s.digest())
}

// setBack: stage Verify finds what somebody has set back since.
func (s *suite) setBack(v rehearsal.Visit) {
	at := slices.IndexFunc(s.walk.Forth, func(o rehearsal.Visit) bool { return o.Stage == plan.Verify && o.Host == s.plan.ManagementHost })
	if v.Host != s.plan.ManagementHost || at < 0 {
		return
	}
	for _, c := range v.Clicks {
		s.restore(s.points[len(s.points)-1])
		switch c.Kind {
		case "federation":
			c.Value = map[string]string{"": "5061", "5061": ""}[c.Value]
		case "media":
			named := func(m plan.MediaPool) bool { return m.FQDN == c.On }
			c.Value = s.plan.Media[slices.IndexFunc(s.plan.Media, named)].From
		case "next-hop":
			c.Value = "Registrar:" + s.plan.NextHop.From
		}
		s.click([]rehearsal.Click{c})
		s.refuses(3, s.walk.Forth[at], way{}, "Verify, %s %s is set back", c.Kind, c.On)
		s.check(strings.Contains(s.last, " FAIL topology/") || strings.Contains(s.last, " FAIL next-hop/"), "what is set back is named")
	}
}

// federates: Verify sees a server on which Setup was forgotten, partners that cannot be reached, and an
// Access Edge service that does not run.
func (s *suite) federates(i int, outside rehearsal.Visit) {
	if !s.plan.MovesSIP() {
		return
	}
	host := func(w *rehearsal.World, name string) *rehearsal.Host {
		return &w.Hosts[slices.IndexFunc(w.Hosts, func(h rehearsal.Host) bool { return h.Name == name })]
	}
	manager := rehearsal.Visit{Script: outside.Script, Stage: plan.Verify, Host: s.plan.ManagementHost}
	for _, name := range s.plan.To.Servers {
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) { host(w, name).SipRole = false })
		if len(s.plan.SIPPartners) > 0 {
			s.refuses(3, manager, way{}, "Verify, Setup was forgotten on %s", name)
			s.check(strings.Contains(s.last, " FAIL verify/partner/"+s.plan.SIPPartners[0]+"/"+name), "partners by way of %s", name)
		}
		s.edit(func(w *rehearsal.World) {
			for _, own := range s.plan.To.Servers { // of a pool behind one address, one that answers is enough
				host(w, own).SipRole = false
			}
		})
		s.refuses(3, outside, way{}, "Verify outside, Setup was forgotten")
		s.check(strings.Contains(s.last, " FAIL verify/federation/"), "the port is named")
		if s.plan.MovesXMPP() { // the part on the Edge Server is about XMPP then
			continue
		}
		edge := rehearsal.Visit{Script: outside.Script, Stage: plan.Verify, Host: name}
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) {
			for n, service := range host(w, name).Services {
				if service.Name == "RTCSRV" {
					host(w, name).Services[n].Status = "Stopped"
				}
			}
		})
		s.refuses(3, edge, way{}, "Verify on %s without Access Edge", name)
		s.check(strings.Contains(s.last, "[RTCSRV]"), "the service is named")
	}
	if len(s.plan.SIPPartners) > 0 {
		s.restore(s.points[i])
		s.refuses(3, manager, way{fault: "Test-CsFederatedPartner:noop@1"}, "Verify, a partner that does not answer")
	}
}

// clicked is the seed with a stage in which a person moves SIP federation, and another on the new Edge
// Server that nothing shows: clicks do not depend on what a procedure does with them.
func clicked(t *testing.T) *plan.Plan {
	t.Helper()
	p := compile(t, "seed")
	flag := func(pool plan.Pool, do string, to ...string) *plan.Step {
		call, err := cmdlet.New(p.Product, "Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", pool.FQDN))
		if err != nil {
			t.Fatal(err)
		}
		return &plan.Step{
			ID: "topology/" + pool.Name, Says: "SIP federation of " + pool.Name, Source: plan.Ours, Does: "clicks", Expect: "it is so",
			Read: &call, Property: "AccessEdgeExternalSipPort", Effect: plan.Effect{Var: "federation/" + pool.Name},
			Act: &plan.Act{To: to, Wait: 60, Click: &plan.Click{Tool: "Topology Builder", Path: []string{"Edge pools", pool.Name}, Do: do}},
		}
	}
	topology := plan.Part{
		Hosts: []string{p.ManagementHost}, Product: p.Product, Does: "Clicks.", Needs: []string{plan.Preflight}, Seen: plan.SeenInState,
		Steps: plan.Steps{flag(p.From, "clear it"), flag(p.To, "select it, publish", "5061")},
	}
	setup := plan.Part{Hosts: p.To.Servers, Product: p.To.Product, Does: "Setup.", Steps: plan.Steps{{
		ID: "setup/components", Says: "Setup", Source: plan.Ours, Does: "runs Setup", Expect: "it has run",
		Act: &plan.Act{Click: &plan.Click{Tool: "Deployment Wizard", Do: "Run Again", Unread: "no cmdlet shows that Setup ran"}},
	}}}
	p.Stages = slices.Insert(p.Stages, 1, plan.Stage{Name: plan.Publish, Parts: []plan.Part{topology}})
	p.Stages = append(p.Stages, plan.Stage{Name: "Setup", Parts: []plan.Part{setup}})
	for _, stage := range p.Stages {
		for i := range stage.Parts {
			if part := &stage.Parts[i]; stage.Name != plan.Publish && slices.Contains(part.LooksAt, plan.Route) {
				part.LooksAt = append(part.LooksAt, plan.Publish)
			}
		}
	}
	for i := range p.Topology.EdgePools {
		p.Topology.EdgePools[i].SIPFederation = p.Topology.EdgePools[i].Name == p.From.Name
	}
	return p
}

// Clicks in any procedure.
func TestClicks(t *testing.T) {
	s := newSuite(t, find(t), clicked(t), "")
	s.learn()
	s.clicks()
	s.whatIf()
	t.Logf("%d checks, %d script runs", s.checks, s.runs)
}

// A person who clicks elsewhere, not at all or without publishing is seen, and the rehearsal goes on.
func TestRehearseClicks(t *testing.T) {
	engine := find(t)
	p := clicked(t)
	kit := writeKit(t, p, p.Product)
	for _, fault := range []string{"", "person:forgets", "person:wrong", "person:unpublished"} {
		_, out := rehearse(t, engine, kit, "-Fault", fault)
		failed := "stages that failed on the way: 1"
		if fault == "" {
			failed = "stages that failed on the way: 0"
		}
		// The rollback of this plan takes no click back.
		if !strings.Contains(out, "The change works; "+failed) || fault != "" && !strings.Contains(out, "after 60 s SIP federation of EdgePool1: [5061]") {
			t.Errorf("%q:\n%s", fault, out)
		}
	}
}
