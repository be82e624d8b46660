package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// TestFailback: the pool that was repaired is started first, whatever of it runs, and takes over again;
// the one that has stood in ends XMPP last. Each step of it can be cut off and taken back.
func TestFailback(t *testing.T) {
	engine := find(t)
	_, asked := shareOf(t)
	both := newSuite(t, engine, compile(t, "failback-both"), "")
	both.fresh()
	first := both.digest()
	both.goes("forth", both.walk.Forth)
	both.goes("back", both.walk.Back)
	both.check(both.digest() == first, "both federations, there and back: %s", both.digest())
	s := newSuite(t, engine, compile(t, "failback"), "")
	parts := []scenario{{"happy", "", (*suite).happy}, {"old pool", "", (*suite).oldPool}, {"repaired", "", (*suite).repaired},
		{"there and back", "", (*suite).thereAndBack}, {"rollback", "", (*suite).rollback}, {"kills", "", (*suite).killed}}
	if !asked {
		t.Logf("SKIPPED: %s; make scenarios runs them", strings.Join(long, ", "))
		parts = slices.DeleteFunc(parts, func(part scenario) bool { return slices.Contains(long, part.name) })
	}
	for _, part := range parts {
		part.run(s)
	}
	t.Logf("PowerShell %s: %d checks, %d script runs, %d kills", engine.Version, s.checks, s.runs, s.kills)
}

// repaired: the services of the pool were stopped, as after a repair. Stage Start is the first and starts
// them; what would keep them from it is found before anything is done; and a rollback leaves them running,
// also while the pool is down again.
func (s *suite) repaired() {
	start := s.walk.Forth[0]
	s.check(start.Stage == plan.Start && s.at(plan.Preflight) == len(s.plan.To.Servers), "Start comes before Preflight")
	down := func(w *rehearsal.World) {
		for h := range w.Hosts {
			for n := range w.Hosts[h].Services {
				if slices.Contains(s.plan.To.Servers, w.Hosts[h].Name) {
					w.Hosts[h].Services[n].Status = "Stopped"
				}
			}
		}
	}
	s.fresh()
	s.edit(down)
	preflight := s.walk.Forth[s.at(plan.Preflight)]
	s.refuses(1, start, way{fault: "rights:none"}, "Start in a shell that is not elevated")
	s.edit(func(w *rehearsal.World) {
		for h := range w.Hosts {
			if w.Hosts[h].Name == start.Host {
				w.Hosts[h].Certificates = w.Hosts[h].Certificates[:0]
			}
		}
	})
	s.refuses(3, start, way{}, "Start where the pool lost its certificates")
	s.check(strings.Contains(s.last, "FAIL P13") && !strings.Contains(s.last, "Start-CsWindowsService"), "nothing was started")
	s.fresh()
	s.edit(down)
	s.goes("forth from a pool that was stopped", s.walk.Forth)
	s.check(s.digest() == s.worlds[len(s.worlds)-1], "all as from a pool that runs: %s", s.digest())
	end := s.save()
	s.goes("back", s.walk.Back)
	s.check(s.digest() == s.first(), "back, and the services of the pool still run: %s", s.digest())
	// The pool fails again: nothing of the rollback waits for it.
	s.restore(end)
	s.edit(down)
	s.goes("back while the pool is down again", s.walk.Back)
	for _, site := range s.plan.Routes {
		s.check(strings.Contains(s.digest(), "route "+site.Site+" EdgeServer:"+s.plan.From.FQDN+"\n"), "%s is routed to the pool that stood in: %s", site.Site, s.digest())
	}
	s.restore(s.points[s.at(plan.Preflight)])
	for _, replica := range plan.Replicas(s.plan) {
		s.refuses(3, preflight, way{fault: "replication:late@" + replica}, "Preflight, %s is not up to date", replica)
		s.check(strings.Contains(s.last, " FAIL P11 "), "%s is named by P11", replica)
	}
}
