package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// TestFailback: the pool that was repaired is started first, whatever of it runs, and takes over again; the one
// that has stood in ends XMPP last. TestScenarios tries that each step of it can be cut off and taken back.
func TestFailback(t *testing.T) {
	engine := find(t)
	both := newSuite(t, engine, compile(t, "failback-both"), "")
	both.learn()
	both.goes("back", both.walk.Back)
	both.check(both.digest() == both.first(), "both federations, there and back: %s", both.digest())
	s := newSuite(t, engine, compile(t, "failback"), "")
	s.happy()
	s.repaired()
	s.oldPool()
	t.Logf("PowerShell %s: %d checks, %d script runs", engine.Version, s.checks, s.runs)
}

// repaired: stage Start is the first and starts the services that were stopped; what would keep them from it
// is found before anything is done. The change is the same where they run already, and a rollback leaves them
// running, and waits for none of them where the pool is down again.
func (s *suite) repaired() {
	start, preflight := s.walk.Forth[0], s.preflight()
	s.check(start.Stage == plan.Start && s.begin() == len(s.plan.To.Servers), "Start comes before Preflight")
	s.notStarted(start)
	s.fresh()
	s.edit(s.targetServices("Running"))
	s.goes("forth from a pool that runs", s.walk.Forth)
	s.check(s.digest() == s.final(), "all as from a pool that was stopped: %s", s.digest())
	s.check(!slices.ContainsFunc(s.audit(), func(line string) bool { return strings.Contains(line, " Start-CsWindowsService") }),
		"nothing is started that runs: %q", s.audit())
	end := s.save()
	s.goes("back", s.walk.Back)
	s.check(s.digest() == s.first(), "back, and the services of the pool still run: %s", s.digest())
	// The pool fails again: nothing of the rollback waits for it.
	s.restore(end)
	s.edit(s.targetServices("Stopped"))
	s.goes("back while the pool is down again", s.walk.Back)
	for _, site := range s.plan.Routes {
		s.check(strings.Contains(s.digest(), "route "+site.Site+" EdgeServer:"+s.plan.From.FQDN+"\n"), "%s is routed to the pool that stood in: %s", site.Site, s.digest())
	}
	// Preflight sees a server that was not started: its replica is not up to date.
	s.restore(s.ready())
	for _, replica := range plan.Replicas(s.plan) {
		s.refuses(3, preflight, way{fault: "replication:late@" + replica}, "Preflight, %s is not up to date", replica)
		s.check(strings.Contains(s.last, " FAIL P11 "), "%s is named by P11", replica)
	}
}

// notStarted: stage Start starts nothing where the services could not start, and names those that do not.
func (s *suite) notStarted(start rehearsal.Visit) {
	host := func(change func(*rehearsal.Host)) {
		s.fresh()
		s.edit(func(w *rehearsal.World) {
			change(&w.Hosts[slices.IndexFunc(w.Hosts, func(h rehearsal.Host) bool { return h.Name == start.Host })])
		})
	}
	s.fresh()
	s.refuses(1, start, way{fault: "rights:none"}, "Start in a shell that is not elevated")
	host(func(h *rehearsal.Host) { h.Certificates = h.Certificates[:0] })
	s.refuses(3, start, way{}, "Start where the pool lost its certificates")
	s.check(strings.Contains(s.last, "FAIL P13") && !strings.Contains(s.last, "Start-CsWindowsService"), "nothing was started")
	if s.plan.MovesXMPP() {
		host(func(h *rehearsal.Host) { h.Services = h.Services[:5] })
		s.refuses(3, start, way{}, "Start where there is no XMPP service")
		host(func(h *rehearsal.Host) {
			i := slices.IndexFunc(h.Services, func(o rehearsal.Service) bool { return strings.Contains(o.DisplayName, "XMPP") })
			h.Services[i].Disabled = true
		})
		s.check(s.visit(start, way{}) == 2 && strings.Contains(s.last, "SIMXMPPPROXY"), "Start names the XMPP service that is disabled")
	}
	host(func(h *rehearsal.Host) { h.Services[0].Disabled = true })
	s.check(s.visit(start, way{}) == 0, "Start, and another service is disabled: that is not waited for")
}
