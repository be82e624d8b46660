package rehearsal_test

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// nextHop: it is set once, by the Edge pool's own identity or by a person, only from what it was, and to a pool that is there;
// its servers know of it after Replicate, and Verify sees whether they reach it. The rollback puts back what
// Preflight found.
func (s *suite) nextHop() {
	hop := s.plan.NextHop
	if hop == nil {
		return
	}
	pool, _ := s.plan.EdgePool(hop.Pool)
	edge := func(w *rehearsal.World) *rehearsal.Pool {
		return &w.Pools[slices.IndexFunc(w.Pools, func(p rehearsal.Pool) bool { return p.Fqdn == pool.FQDN })]
	}
	last := len(s.points) - 1
	s.restore(s.points[last])
	world := s.world()
	s.check(edge(&world).Registrar == "Registrar:"+hop.To, "the next hop is set: %v", *edge(&world))
	set := func() (out []string) {
		for _, line := range s.audit() {
			if strings.Contains(line, "Set-CsEdgeServer") {
				out = append(out, line)
			}
		}
		return out
	}
	want, by := []string{s.plan.ManagementHost + " Set-CsEdgeServer " + pool.FQDN + " Registrar:" + hop.To}, plan.Route
	if s.plan.HopClicked(false) {
		want, by = nil, plan.Publish
	}
	s.check(slices.Equal(set(), want), "set by the script: %q, want %q", set(), want)

	// Somebody has changed it since the spec was written, or removed the pool that is to become it.
	preflight := s.at(plan.Preflight)
	drift := func(at int, what string) {
		v := s.walk.Forth[at]
		s.restore(s.points[at])
		s.edit(func(w *rehearsal.World) { edge(w).Registrar = "Registrar:other.corp.example" })
		s.refuses(3, v, way{}, "%s, another next hop", name(v))
		s.check(strings.Contains(s.last, " FAIL next-hop/"+hop.Pool), "%s names it", what)
		world := s.world()
		s.check(edge(&world).Registrar == "Registrar:other.corp.example", "%s leaves it", what)
	}
	drift(preflight, "Preflight")
	drift(s.at(by), by)
	strange := func(code int, says string, change func(*rehearsal.Pool)) {
		s.restore(s.points[preflight])
		s.edit(func(w *rehearsal.World) {
			change(&w.Pools[slices.IndexFunc(w.Pools, func(p rehearsal.Pool) bool { return p.Fqdn == hop.To })])
		})
		s.refuses(code, s.walk.Forth[preflight], way{}, "Preflight, %s", says)
		s.check(strings.Contains(s.last, says+": expected"), "the fact is named")
	}
	code := 3
	if s.plan.HopSet(false) { // the command with -WhatIf throws, too
		code = 2
	}
	strange(code, "Registrar of the new next hop", func(p *rehearsal.Pool) { p.Service = "Director:" + p.Fqdn })
	strange(3, "site of the new next hop", func(p *rehearsal.Pool) { p.Site = "SiteX" })

	// Verify on the Edge Servers, and on the management host.
	for i, v := range s.walk.Forth {
		if v.Stage == plan.Verify && slices.Contains(pool.Servers, v.Host) {
			s.restore(s.points[i])
			s.refuses(3, v, way{fault: "hop:unreached"}, "%s does not reach it", v.Host)
			s.check(strings.Contains(s.last, " FAIL verify/next-hop/"+hop.To), "the next hop is named")
		}
		if v.Stage == plan.Verify && v.Host == s.plan.ManagementHost && s.plan.MovesXMPP() {
			message := way{given: map[string]any{"XmppReceiver": "sip:jdoe@jabber.example.org"}}
			s.restore(s.points[i])
			s.check(s.visit(v, message) == 0 && strings.Contains(s.last, " PASS verify/message"), "a message is delivered")
			s.restore(s.points[i])
			s.edit(func(w *rehearsal.World) { // the servers know of the next hop that is down
				for n := range w.Replicas {
					if slices.Contains(pool.Servers, w.Replicas[n].Host) {
						w.Replicas[n].Applied, w.Replicas[n].NextHop = w.Version, "Registrar:"+hop.From
						w.Replicas[n].Routes = []string{"EdgeServer:" + s.plan.To.FQDN}
					}
				}
			})
			if s.plan.Reason == plan.Disaster {
				s.refuses(3, v, message, "no message is delivered by way of the old next hop")
			}
		}
		if v.Stage == plan.Verify && v.Host == s.plan.ManagementHost {
			s.restore(s.points[i])
			s.edit(func(w *rehearsal.World) { edge(w).Registrar = "Registrar:" + hop.From })
			s.refuses(3, v, way{}, "Verify, it was set back")
			s.check(strings.Contains(s.last, " FAIL next-hop/"+hop.Pool), "what was set back is named")
		}
	}
}
