package rehearsal_test

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

const storeFailover = "Invoke-CsManagementServerFailover"

// storeDown: stage CentralManagement fails the store over once, and only where it is down and its
// pools are as planned.
func (s *suite) storeDown() {
	i := s.at(plan.CentralManagement)
	v, failover := s.walk.Forth[i], storeFailover
	done := func(w way, format string, args ...any) {
		s.check(s.visit(v, w) == 0 && !s.world().Store.Down, format, args...)
	}
	down := func(code int, w way, says, format string, args ...any) {
		s.restore(s.points[i])
		s.refuses(code, v, w, format, args...)
		s.check(s.world().Store.Down && strings.Contains(s.last, says), "the store is where it was, said with %q: "+format,
			append([]any{says}, args...)...)
		// A refused run is none: the next one does all of it.
		done(way{}, "then: "+format, args...)
	}
	waive := func(numbers string) map[string]any { return map[string]any{"Waive": []string{numbers}} }

	down(3, way{fault: "store:alive"}, "store master", "the store answers at the old pool")
	down(3, way{fault: "store:unpaired"}, "backup pool of", "another backup pool")
	down(3, way{fault: "store:mirror"}, "back end of", "another back end is the principal")
	down(3, way{fault: "store:alive", given: waive("P01")}, "store agents", "one of two facts is waived")
	down(2, way{fault: failover + ":throw@1"}, "simulated fault", "the rehearsal throws")
	down(2, way{fault: failover + ":throw@2"}, "simulated fault", "the failover throws")
	down(2, way{fault: failover + ":error@2"}, "simulated error", "the failover writes an error")
	down(2, way{fault: failover + ":noop@2"}, "Central Management store", "the failover does nothing")
	down(1, way{given: map[string]any{"Force": nil, "Confirm": true}}, "cannot ask", "nobody can be asked")

	s.restore(s.points[i])
	done(way{fault: "store:alive", given: waive("P01,P02")}, "by force, on record")
	s.check(strings.Contains(s.last, "WAIVED"), "that a fact was waived is said")
	s.restore(s.points[i])
	done(way{fault: "store:error"}, "an error in place of no status")
	s.check(strings.Contains(s.last, "taken for down"), "the error is said")

	// The command is run once with -WhatIf and once for real.
	s.restore(s.points[i])
	done(way{}, "the store is failed over")
	once := func(format string, args ...any) {
		moved := 0
		for _, line := range s.audit() {
			if strings.Contains(line, failover) {
				moved++
			}
		}
		s.check(moved == 1, "failed over %d times: "+format, append([]any{moved}, args...)...)
	}
	once("the first run")
	dry := func(call string) bool {
		return strings.HasPrefix(call, failover) && strings.Contains(call, "-WhatIf True")
	}
	s.check(slices.ContainsFunc(s.given, dry), "the command is rehearsed: %q", s.given)
	audit := s.audit()
	s.check(s.visit(v, way{}) == 0 && slices.Equal(audit, s.audit()), "a second run finds the store there")
	s.check(!slices.ContainsFunc(s.given, dry), "nothing is rehearsed then")
	for _, fault := range []string{failover + ":throwafter@2", "replication:stuck@" + s.plan.ManagementHost} {
		s.restore(s.points[i])
		s.check(s.visit(v, way{fault: fault}) == 2 && !s.world().Store.Down, "ends with 2: %s", fault)
		s.check(s.visitAt(plan.Preflight) != 0, "Preflight waits: %s", fault)
		done(way{}, "run again: %s", fault)
		once("run again: %s", fault)
		s.check(s.visitAt(plan.Preflight) == 0, "Preflight then: %s", fault)
	}
	s.restore(s.points[i])
	s.check(s.visit(v, way{fault: "killafter:" + failover + "@2", kill: true}) != 0, "killed after the failover")
	done(way{}, "run again after the kill")
	once("after the kill")
}

// visitAt runs the first visit of a stage.
func (s *suite) visitAt(stage string) int { return s.visit(s.visitOf(stage), way{}) }
