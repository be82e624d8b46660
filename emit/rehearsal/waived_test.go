package rehearsal_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// oldUntil is the moment until which a stage says that resolvers may give old answers, as
// seconds from now; false where it says nothing of that.
func (s *suite) oldUntil() (seconds int, said bool) {
	m := regexp.MustCompile(`resolvers may give old answers until (\S+ \S+)Z`).FindStringSubmatch(s.last)
	if m == nil {
		return 0, false
	}
	until, err := time.Parse("2006-01-02 15:04:05", m[1])
	s.must(err)
	return int(time.Until(until).Round(time.Second).Seconds()), true
}

// near tells whether a number of seconds is that of some minutes ago, or a minute more.
func near(got, want int) bool { return got > want-600 && got <= want+61 }

// ttl gives the records of the first set of the plan another TTL.
func (s *suite) ttl(seconds uint32) rehearsal.Set {
	set := s.walk.World.Dns[0]
	s.edit(func(w *rehearsal.World) {
		for i := range setOf(w, set).Records {
			setOf(w, set).Records[i].TTL = seconds
		}
	})
	return set
}

// TestWaivedTTL: a TTL that was waived counts in the waits of stage Dns and in the receipt
// for StopOld, as long as resolvers may have it.
func TestWaivedTTL(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "planned"), "")
	caches, all := s.plan.OldAnswers()
	old, dns := int(caches), s.at(plan.DNS)
	s.fresh()
	s.ttl(86400)
	first := s.walk.Forth[0]
	s.refuses(3, first, way{}, "Preflight, another TTL")
	s.check(strings.Contains(s.last, "fix it, or go on without by -Waive P21"), "the way out is said")
	s.check(strings.Contains(s.last, "expected [300 203.0.113.11, 300 203.0.113.12] as before the change or [300 198.51.100.21, 300 198.51.100.22] as after it, found [86400 203.0.113.11, 86400 203.0.113.12]"), "what is expected and found")
	s.check(s.visit(first, waive("P21")) == 0, "Preflight, waived")
	for i := 1; i < dns; i++ {
		if v := s.walk.Forth[i]; v.Script != "" { // the owner of the DNS has not done it yet
			s.check(s.visit(v, way{}) == 0, "%s", name(v))
		}
	}
	before := s.save()
	for _, way := range []way{{}, waive("P21")} {
		s.refuses(5, s.walk.Forth[dns], way, "Dns before it is done")
		s.check(strings.Count(s.last, " DNS- P21 ") == 2 && strings.Count(s.last, " DNS+ P21 ") == 2, "the list for the owner is there")
		s.check(strings.Contains(s.last, "pass -Waive P21 again") == (way.given == nil), "the waiver is to be repeated")
	}
	s.visit(s.walk.Forth[dns-1], way{})
	s.goes("Dns", s.walk.Forth[dns:dns+1])
	seconds, _ := s.oldUntil()
	s.check(near(seconds, 86400), "old answers for %d s", seconds)
	for _, v := range s.walk.Forth[dns+1 : s.at(plan.StopOld)] {
		s.check(s.visit(v, way{}) == 0, "%s", name(v))
	}
	stamp, _, _ := strings.Cut(s.receiptOf(plan.Verify), "-")
	until, err := time.Parse("200601021504", stamp)
	s.must(err)
	seconds = int(time.Until(until).Seconds())
	s.check(near(seconds, 86400-old+int(all)), "the receipt is for %d s later", seconds)
	// Given the planned TTL again, later looks do not forget that it was longer.
	s.restore(before)
	s.ttl(300)
	s.refuses(5, s.walk.Forth[dns], way{}, "Dns, the TTL is as planned again")
	s.check(!strings.Contains(s.last, "-Waive"), "nothing is waived")
	s.visit(s.walk.Forth[dns-1], way{})
	s.goes("Dns", s.walk.Forth[dns:dns+1])
	seconds, _ = s.oldUntil()
	s.check(near(seconds, 86400-old) || near(seconds, 86400), "old answers for %d s", seconds)
	t.Logf("%d checks, %d script runs", s.checks, s.runs)
}

// TestWaivedSerial: the serial has to be raised above the one that was seen with a set that
// was waived, on the way forth and back, with each delivery that has serials.
func TestWaivedSerial(t *testing.T) {
	for _, delivery := range []string{"zone-file", "nsupdate"} {
		p := compile(t, "seed")
		p.Zones[0].Delivery = delivery
		s := newSuite(t, find(t), p, "")
		zone, set := s.plan.Zones[0], s.plan.Zones[0].Records[0].Number
		s.fresh()
		s.ttl(600)
		if delivery == "nsupdate" {
			s.edit(func(w *rehearsal.World) { *serialFor(w, zone) += 6 })
		}
		s.check(s.visit(s.walk.Forth[0], waive(set)) == 0, "Preflight, waived")
		dns := s.at(plan.DNS)
		for _, v := range s.walk.Forth[1:dns] {
			if v.Script != "" {
				s.check(s.visit(v, way{}) == 0, "%s", name(v))
			}
		}
		s.raised(s.walk.Forth[dns], zone, false)
		for _, v := range s.walk.Forth[dns+1:] {
			s.check(s.visit(v, way{}) == 0, "%s", name(v))
		}
		// Back, with another TTL of the new records.
		s.ttl(600)
		for _, v := range s.walk.Back {
			switch {
			case v.Script == "":
			case v.Stage == plan.Route:
				s.refuses(3, v, way{}, "Route back, another TTL")
				s.check(strings.Contains(s.last, "fix it, or go on without by -Waive "+set), "the way out is said")
				s.check(s.visit(v, waive(set)) == 0, "Route back, waived")
			case v.Stage == plan.DNS:
				s.raised(v, zone, true)
				_, said := s.oldUntil()
				s.check(said, "old answers after a rollback of what was changed")
			default:
				s.check(s.visit(v, way{}) == 0, "%s", name(v))
			}
		}
		t.Logf("%d checks, %d script runs", s.checks, s.runs)
	}
}

// raised: the records are those of after (or, on the way back, before) the change: stage Dns
// refuses them until the serial is raised.
func (s *suite) raised(v rehearsal.Visit, zone plan.Zone, back bool) {
	s.edit(func(w *rehearsal.World) { move(w, zone, back, false) })
	s.refuses(5, v, way{}, "%s, the serial is that of the waived set", name(v))
	s.check(strings.Contains(s.last, "please raise the serial"), "the owner is told to raise the serial")
	s.edit(func(w *rehearsal.World) { *serialFor(w, zone)++ })
	s.check(s.visit(v, way{}) == 0, "%s, the serial is raised", name(v))
}

// TestNothingChanged: a rollback of what was never changed in DNS names no old answers; one
// whose server gave no answer once does.
func TestNothingChanged(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "seed"), "")
	dns := s.at(plan.DNS)
	for _, silent := range []bool{false, true} {
		s.fresh()
		first := way{}
		if silent {
			first = waive(s.zoneNumbers(false)...)
			first.fault = "dns:down"
		}
		s.check(s.visit(s.walk.Forth[0], first) == 0, "Preflight")
		for _, v := range s.walk.Forth[1:dns] {
			if v.Script != "" {
				s.check(s.visit(v, way{}) == 0, "%s", name(v))
			}
		}
		if silent {
			s.refuses(3, s.backAt(plan.Route), way{fault: "dns:down"}, "Route back, no DNS")
			zones := strings.Join(s.zoneNumbers(true), ",")
			s.check(strings.Contains(s.last, "the server gave no answer") && !strings.Contains(s.last, "serial []"), "no answer is called so")
			s.check(strings.Contains(s.last, "STOPPED STOP  not as planned: "+s.zoneNumbers(true)[0]+" ") && strings.Contains(s.last, "fix it, or go on without by -Waive "+zones), "the way out is said")
		}
		for _, v := range s.walk.Back {
			if v.Script == "" {
				continue
			}
			s.check(s.visit(v, way{}) == 0, "%s", name(v))
			if _, said := s.oldUntil(); v.Stage == plan.DNS {
				s.check(said == silent, "old answers, the server was silent: %v", silent)
			}
		}
	}
	t.Logf("%d checks, %d script runs", s.checks, s.runs)
}

func (s *suite) backAt(stage string) rehearsal.Visit {
	for _, v := range s.walk.Back {
		if v.Stage == stage {
			return v
		}
	}
	panic("the rollback has no stage " + stage)
}

// TestWaiveNumbers: a number of no fact is refused before anything is done, in each script.
// Names of services and all numbers of the script are taken.
func TestWaiveNumbers(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "planned"), "")
	s.fresh()
	for _, v := range []rehearsal.Visit{s.walk.Forth[0], s.backAt(plan.Start)} {
		before := s.save()
		s.refuses(1, v, waive("P21", "p99", "RTCCLSAGT"), "%s, a number of no fact", name(v))
		s.check(strings.Contains(s.last, "has no fact p99; ") && strings.Contains(s.last, "P20, P21"), "the numbers are named")
		s.check(before.equal(s.save()), "nothing is written")
	}
	var all []string
	for n := 1; n <= 15; n++ {
		all = append(all, fmt.Sprintf("P%02d", n))
	}
	s.check(s.visit(s.walk.Forth[0], waive(append(all, "P20", "RTCCLSAGT")...)) == 0, "Preflight, all numbers")
}
