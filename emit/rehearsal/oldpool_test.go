package rehearsal_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// TestStopOld: a planned failover ends XMPP at the pool that is left, in order, and its
// rollback starts it again.
func TestStopOld(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "planned"), "")
	s.happy()
	s.oldPool()
	s.again()
	t.Logf("%d checks, %d script runs", s.checks, s.runs)
}

// again: after the rollback the receipts of the first failover do not fit any more, though
// the time in them is over.
func (s *suite) again() {
	s.restore(s.points[len(s.points)-1])
	s.goes("back", s.walk.Back)
	s.check(s.digest() == s.first(), "back: %s", s.digest())
	for stage, from := range map[string]string{plan.Stop: plan.Preflight, plan.StopOld: plan.Verify} {
		if s.at(stage) < 0 {
			continue
		}
		v := s.walk.Forth[s.at(stage)]
		if before := s.before(false, stage, v.Host); before != "" { // which the rollback has taken back
			s.refuses(3, v, way{given: s.oldReceipt(from, time.Hour)}, "%s with the receipt of the first failover", stage)
			s.check(strings.Contains(s.last, "run stage "+before+" here first"), "%s names stage %s", stage, before)
			continue
		}
		s.refuses(5, v, way{given: s.oldReceipt(from, time.Hour)}, "%s with the receipt of the first failover", stage)
		s.check(strings.Contains(s.last, "this receipt is from before rollback Start") && strings.Contains(s.last, "run stage "+from+" again"), "%s names the stage to run", stage)
		later := map[string]time.Duration{plan.Verify: 8400 * time.Second}[from]
		code := s.visit(v, way{given: map[string]any{"Receipt": s.oldReceipt(from, -later)["Receipt"]}})
		s.check(code == map[string]int{plan.Stop: 0, plan.StopOld: 3}[stage], "%s with a receipt of this run goes on to what is here: %d", stage, code)
	}
}

// oldServers is the number of servers on which the plan ends XMPP.
func (s *suite) oldServers() int {
	n := 0
	for _, v := range s.walk.Forth {
		if v.Stage == plan.StopOld {
			n++
		}
	}
	return n
}

// oldReceipt is one that stage Verify could have printed that long ago.
func (s *suite) oldReceipt(stage string, ago time.Duration) map[string]any {
	stamp := time.Now().UTC().Add(-ago).Format("200601021504")
	return map[string]any{"Attest": nil, "Receipt": fmt.Sprintf("%s-%X", stamp, sha256.Sum256([]byte(s.plan.ID+"|"+stage+"|"+stamp)))[:21]}
}

// oldPool: XMPP at the pool that is left is stopped with the receipt of Verify, after the
// time in it, while DNS is as planned; nothing else there is.
func (s *suite) oldPool() {
	i := s.at(plan.StopOld)
	v, at := s.walk.Forth[i], s.points[i]
	_, seconds := s.plan.OldAnswers()
	s.restore(at)
	stamp, _, _ := strings.Cut(s.receiptOf(plan.Verify), "-")
	until, err := time.Parse("200601021504", stamp)
	left := time.Until(until)
	s.check(err == nil && left > time.Duration(seconds)*time.Second-10*time.Minute && left <= time.Duration(seconds+60)*time.Second, "the receipt of Verify is for %d s later: %s", seconds, stamp)
	s.refuses(5, v, way{bare: true}, "StopOld without a receipt")
	s.refuses(5, v, way{given: map[string]any{"Receipt": s.receipt()}}, "StopOld with the receipt of Preflight")
	s.refuses(5, v, way{given: s.oldReceipt(plan.Preflight, time.Hour)}, "StopOld with an old receipt of Preflight")
	s.refuses(5, v, way{given: map[string]any{"Attest": nil}}, "StopOld before the time of the receipt")
	s.check(strings.Contains(s.last, until.Format("2006-01-02 15:04")+" UTC"), "the time is named")
	s.refuses(1, v, way{fault: "rights:none"}, "StopOld in a shell that is not elevated")
	s.restore(at)
	s.check(s.visit(v, way{given: s.oldReceipt(plan.Verify, time.Minute)}) == 0 && s.digest() == s.worlds[i+1], "StopOld after the time of the receipt: %s", s.digest())
	s.check(strings.Contains(s.last, "Stop-CsWindowsService -Name 'SIMXMPPPROXY' "), "the service that is stopped is named")
	s.check(s.visit(v, way{bare: true}) == 0 && !strings.Contains(s.last, "CHANGED"), "StopOld again, without a receipt")
	s.restore(at)
	s.check(s.visit(v, way{}) == 0 && strings.Contains(s.last, "ATTESTED"), "StopOld before the time, attested")
	s.restore(at)
	s.edit(func(w *rehearsal.World) { w.Dns[0].Records = []rehearsal.Record{foreign(w.Dns[0])} })
	s.refuses(3, v, way{}, "StopOld after somebody changed the DNS")
	s.restore(at)
	s.check(s.visit(v, way{fault: "Stop-CsWindowsService:slow@1"}) == 0 && s.digest() == s.worlds[i+1], "StopOld, slow: %s", s.digest())
	s.restore(s.points[len(s.points)-1])
	s.edit(func(w *rehearsal.World) { serviceOf(w, v.Host).Disabled = true })
	for _, back := range s.walk.Back {
		if back.Stage == plan.StartOld && back.Host == v.Host {
			s.check(s.visit(back, way{}) == 2 && strings.Contains(s.last, "-Waive NAME"), "StartOld where the XMPP service is disabled")
			s.check(s.visit(back, way{given: map[string]any{"Waive": "SIMXMPPPROXY"}}) == 0 && strings.Contains(s.last, "WAIVED"), "StartOld, waived")
		}
	}
	s.restore(at)
	s.nameless(v)
	for _, back := range s.walk.Back {
		if back.Stage == plan.StartOld {
			s.restore(s.points[len(s.points)-1])
			s.nameless(back)
		}
	}
}

// nameless: where no service has XMPP in its display name, a stage of the old pool has
// done nothing, and says so unless that is waived.
func (s *suite) nameless(v rehearsal.Visit) {
	s.edit(func(w *rehearsal.World) { serviceOf(w, v.Host).DisplayName = "Gateway" })
	s.refuses(3, v, way{}, "%s where there is no XMPP service", v.Stage)
	s.check(strings.Contains(s.last, "FAIL P18  XMPP service: expected like [*XMPP*]"), "%s names what it did not find", v.Stage)
	s.check(s.visit(v, way{given: map[string]any{"Waive": "P18"}}) == 0 && strings.Contains(s.last, "WAIVED P18"), "%s, P18 waived", v.Stage)
}

// serviceOf is the XMPP service of a computer.
func serviceOf(w *rehearsal.World, host string) *rehearsal.Service {
	for h := range w.Hosts {
		for n, service := range w.Hosts[h].Services {
			if w.Hosts[h].Name == host && strings.Contains(service.DisplayName, "XMPP") {
				return &w.Hosts[h].Services[n]
			}
		}
	}
	return &rehearsal.Service{}
}
