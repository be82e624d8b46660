package rehearsal_test

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// inside: a plan that moves no federation has the gates of any other, finds what differs before anything is changed, and
// sees an Edge Server that does not answer.
func (s *suite) inside() {
	at := max(s.at(plan.Publish), s.at(plan.Route))
	sets := s.walk.Forth[at]
	s.restore(s.ready())
	code := s.visit(s.preflight(), way{fault: "rights:none"})
	s.check(code == 0 && strings.Contains(s.last, "WARNING"), "Preflight warns of missing rights")
	s.tooEarly(false, s.walk.Forth)
	s.tooEarly(true, s.walk.Back)

	s.findsBefore(s.topologyDiffers())
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { s.target(w).Site = "Other" })
	s.check(s.visit(s.preflight(), waive("P05")) == 0 && strings.Contains(s.last, "WAIVED P05"), "a fact that fails, waived")

	if s.plan.HopSet(false) {
		s.restore(s.points[at])
		s.refuses(2, sets, way{fault: "store:readonly"}, "%s without the right to change it", name(sets))
	}
	verify := slices.IndexFunc(s.walk.Forth, func(v rehearsal.Visit) bool { return v.Stage == plan.Verify && v.Host == s.plan.ManagementHost })
	for _, server := range s.plan.To.Servers {
		s.restore(s.points[verify])
		s.edit(func(w *rehearsal.World) {
			for h := range w.Hosts {
				for n := range w.Hosts[h].Services {
					if w.Hosts[h].Name == server {
						w.Hosts[h].Services[n].Status = "Stopped"
					}
				}
			}
		})
		s.refuses(3, s.walk.Forth[verify], way{}, "Verify, %s does not answer", server)
		s.check(strings.Contains(s.last, " FAIL verify/sip/"+server), "%s is named", server)
	}
	s.restore(s.points[s.at(plan.Replicated)])
	s.refuses(3, s.walk.Forth[verify], way{}, "Verify before Replicate")
}
