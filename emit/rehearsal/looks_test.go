package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// looks: before anything is stopped or set, the server of each zone is asked, and every
// drift is found: of data, TTL and serial. Each can be waived by its number, on record.
func (s *suite) looks() {
	if len(s.plan.Zones) == 0 {
		return
	}
	s.silentBefore()
	for _, zone := range s.plan.Zones {
		for _, set := range zone.Records {
			s.setDrift(s.preflight(), s.ready(), zone, set, false)
		}
		s.aliased(zone)
		s.serialDrift(zone)
		s.halfApplied(zone)
	}
	s.appliedBefore()
	s.looksBack()
}

// waive runs a stage with facts waived.
func waive(numbers ...string) way {
	return way{given: map[string]any{"Waive": strings.Join(numbers, ",")}}
}

// zoneNumbers are those of all zones, or of those that change.
func (s *suite) zoneNumbers(changed bool) []string {
	var out []string
	for _, zone := range s.plan.Zones {
		if zone.Changed() || !changed {
			out = append(out, zone.Number)
		}
	}
	return out
}

// silentBefore: a server that gives no answer, or does not have the zone, fails the fact
// of each zone, and nothing else. The numbers of the zones are enough to go on.
func (s *suite) silentBefore() {
	v, all := s.preflight(), s.zoneNumbers(false)
	down := func(numbers ...string) way { w := waive(numbers...); w.fault = "dns:down"; return w }
	s.restore(s.ready())
	s.refuses(3, v, way{fault: "dns:down"}, "%s, no DNS", name(v))
	for _, number := range all {
		s.check(strings.Contains(s.last, " FAIL "+number+" "), "no DNS: %s fails", number)
	}
	s.check(strings.Count(s.last, " FAIL P") == len(all), "no DNS: nothing else fails")
	s.check(s.receipt() == "", "no DNS: no receipt")
	asked := min(len(s.plan.Zones), 3) // of a server that is silent nothing more is asked
	s.check(strings.Count(s.last, ": the server gave no answer: ") == asked && strings.Count(s.last, ": not asked: ") == len(s.plan.Zones)-asked, "no DNS: %d zones are asked for", asked)
	if len(all) > 1 {
		s.refuses(3, v, down(all[1:]...), "%s, no DNS, one zone is not waived", name(v))
	}
	s.check(s.visit(v, down(all...)) == 0 && strings.Count(s.last, " WAIVED P") == len(all), "%s, no DNS, waived", name(v))
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) { w.Serials = []rehearsal.Serial{} })
	s.refuses(3, v, way{}, "%s, a server without the zone", name(v))
	s.check(strings.Contains(s.last, "does not have the zone"), "a server without the zone says so")
}

// changeSet is one way in which somebody has changed a set.
type changeSet struct {
	what    string
	records func(old, new []rehearsal.Record) []rehearsal.Record
	way     bool // a Windows DNS server passes through it
}

// setDrifts are those that a set can have. Where it cannot, the records are nil.
func setDrifts(set rehearsal.Set) []changeSet {
	type list = []rehearsal.Record
	return []changeSet{
		{"another record", func(old, _ list) list {
			if len(old) == 0 {
				return nil
			}
			old[0].Data = foreign(set).Data
			return old
		}, false},
		{"a record more", func(old, _ list) list { return append(old, foreign(set)) }, false},
		{"no record", func(old, new list) list {
			if len(old) == 0 || len(new) == 0 {
				return nil
			}
			return list{}
		}, false},
		{"another TTL", func(old, _ list) list {
			if len(old) == 0 {
				return nil
			}
			for i := range old {
				old[i].TTL = 777
			}
			return old
		}, false},
		{"another priority", func(old, _ list) list {
			if len(old) == 0 || set.Type != "SRV" {
				return nil
			}
			_, rest, _ := strings.Cut(old[0].Data, " ")
			old[0].Data = "99 " + rest
			return old
		}, false},
		{"old and new records", func(old, new list) list {
			if len(old) == 0 || len(new) == 0 || slices.ContainsFunc(new, func(r rehearsal.Record) bool { return slices.Contains(old, r) }) {
				return nil
			}
			return append(old, new...)
		}, true},
	}
}

// setDrift: a stage that looks finds each drift of a set and shows what is there instead.
func (s *suite) setDrift(v rehearsal.Visit, at tree, zone plan.Zone, set plan.RecordSet, back bool) {
	old, new := both(zone, set)
	if back {
		old, new = new, old
	}
	for _, drift := range setDrifts(old) {
		records := drift.records(slices.Clone(old.Records), slices.Clone(new.Records))
		if records == nil {
			continue
		}
		s.restore(at)
		s.edit(func(w *rehearsal.World) { setOf(w, old).Records = records })
		if drift.way && zone.Windows() {
			s.check(s.visit(v, way{}) == 0, "%s, %s has %s, which is on the way", name(v), old.Name, drift.what)
			continue
		}
		s.refuses(3, v, way{}, "%s, %s %s has %s", name(v), old.Name, old.Type, drift.what)
		found := len(records) == 0 || strings.Contains(s.last, fmt.Sprintf("%d %s", records[0].TTL, strings.TrimSuffix(records[0].Data, ".")))
		s.check(strings.Contains(s.last, " FAIL "+set.Number+" ") && found, "%s says what %s has: %s", set.Number, old.Name, drift.what)
		s.check(s.visit(v, waive(set.Number)) == 0 && strings.Contains(s.last, " WAIVED "+set.Number+" "), "%s, %s %s has %s, waived", name(v), old.Name, old.Type, drift.what)
	}
}

// aliased: a name that has become an alias is found, also where it leads to an address.
func (s *suite) aliased(zone plan.Zone) {
	v := s.preflight()
	var numbers []string
	name := strings.TrimSuffix(zone.Records[0].Owner, ".")
	for _, set := range zone.Records {
		if set.Owner == zone.Records[0].Owner {
			numbers = append(numbers, set.Number)
		}
	}
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) {
		to := []rehearsal.Record{{TTL: 300, Data: "other.example.net"}}
		w.Dns = append(w.Dns, rehearsal.Set{Server: zone.Server, Zone: strings.TrimSuffix(zone.Name, "."), Name: name, Type: "CNAME", Records: to})
	})
	s.refuses(3, v, way{}, "Preflight, %s is an alias", name)
	s.check(strings.Count(s.last, "found [300 cname]") == len(numbers), "the alias is shown")
	s.check(s.visit(v, waive(numbers...)) == 0, "Preflight, %s is an alias, waived", name)
}

// both are the records of a set before and after the change.
func both(zone plan.Zone, set plan.RecordSet) (old, new rehearsal.Set) {
	old = rehearsal.Set{Server: zone.Server, Zone: strings.TrimSuffix(zone.Name, "."), Name: strings.TrimSuffix(set.Owner, "."), Type: set.Type}
	new = old
	for _, data := range set.Old {
		old.Records = append(old.Records, rehearsal.Record{TTL: set.OldTTL, Data: data})
	}
	for _, data := range set.New {
		new.Records = append(new.Records, rehearsal.Record{TTL: set.NewTTL, Data: data})
	}
	return old, new
}

// move makes the changed sets of a zone those of after the change, or of before; only the
// first of them with half. It leaves the serial alone.
func move(w *rehearsal.World, zone plan.Zone, back, half bool) {
	for _, set := range zone.Records {
		if !set.Changed() {
			continue
		}
		old, new := both(zone, set)
		if back {
			new = old
		}
		setOf(w, new).Records = append([]rehearsal.Record{}, new.Records...)
		if half {
			return
		}
	}
}

// serialFor is the serial of a zone.
func serialFor(w *rehearsal.World, zone plan.Zone) *uint32 {
	return serialOf(w, rehearsal.Serial{Server: zone.Server, Zone: strings.TrimSuffix(zone.Name, ".")})
}

// serialDrift: in Preflight the serial has to go with the records, as the delivery of the
// zone asks for it.
func (s *suite) serialDrift(zone plan.Zone) {
	v := s.preflight()
	compared := zone.Changed() && zone.Delivery != "route53"
	exact := zone.Delivery == "zone-file" || zone.SOAPrerequisite
	several := len(slices.DeleteFunc(slices.Clone(zone.Records), func(r plan.RecordSet) bool { return !r.Changed() })) > 1
	for _, c := range []struct {
		what string
		edit func(*rehearsal.World)
		bad  bool
	}{
		{"raised by somebody", func(w *rehearsal.World) { *serialFor(w, zone) += 5 }, compared && exact},
		{"lower", func(w *rehearsal.World) { *serialFor(w, zone) -= 5 }, compared},
		{"the new one, with the old records", func(w *rehearsal.World) { *serialFor(w, zone) = zone.NewSerial }, compared && exact},
		{"the old one, with the new records", func(w *rehearsal.World) { move(w, zone, false, false) }, compared},
		{"a later one, with the new records", func(w *rehearsal.World) { move(w, zone, false, false); *serialFor(w, zone) += 99 }, false},
		{"raised, with half of the records", func(w *rehearsal.World) { move(w, zone, false, true); *serialFor(w, zone) += 1 }, compared && several && !zone.Windows()},
	} {
		s.restore(s.ready())
		s.edit(c.edit)
		if !c.bad || zone.Windows() {
			s.check(s.visit(v, way{}) == 0, "%s, %s: the serial is %s", name(v), zone.Name, c.what)
			s.check(strings.Contains(s.last, " WARNING "+zone.Number+" ") == c.bad, "%s warns: %v", zone.Number, c.bad)
			continue
		}
		s.refuses(3, v, way{}, "%s, %s: the serial is %s", name(v), zone.Name, c.what)
		s.check(strings.Contains(s.last, fmt.Sprintf("serial [%d]", *serialFor(ptr(s.world()), zone))) && strings.Count(s.last, " FAIL P") == 1, "%s is the one that fails, and shows the serial", zone.Number)
		s.check(s.visit(v, waive(zone.Number)) == 0 && strings.Contains(s.last, " WAIVED "+zone.Number+" "), "%s, %s: the serial is %s, waived", name(v), zone.Name, c.what)
	}
}

func ptr[T any](v T) *T { return &v }

// halfApplied: stage Dns, and Verify, see records whose serial was not raised, be it that
// of the plan or one that somebody else gave the zone before. They see other TTLs too.
func (s *suite) halfApplied(zone plan.Zone) {
	i := s.at(plan.DNS)
	v := s.walk.Forth[i]
	if !zone.Changed() || zone.Windows() {
		return
	}
	compared := zone.Delivery != "route53"
	last := s.walk.Forth[len(s.walk.Forth)-1]
	refused := func(v rehearsal.Visit, what string) {
		if !compared {
			s.check(s.visit(v, way{given: map[string]any{"Attest": nil}}) == 0, "%s, %s, which Route 53 does not mind", name(v), what)
			return
		}
		s.refuses(5, v, way{bare: true}, "%s, %s", name(v), what)
		s.refuses(3, v, way{given: attest("J. Doe")}, "%s, %s, attested", name(v), what)
		s.check(s.visit(v, waive(zone.Number)) == 0 && strings.Contains(s.last, " WAIVED "+zone.Number+" "), "%s, %s, waived", name(v), what)
	}
	s.restore(s.points[i])
	s.edit(func(w *rehearsal.World) { *serialFor(w, zone) = zone.OldSerial })
	refused(v, "the new records and the old serial")
	s.restore(s.points[len(s.points)-1])
	s.edit(func(w *rehearsal.World) { *serialFor(w, zone) = zone.OldSerial })
	refused(last, "the new records and the old serial")
	// Somebody has raised the serial before, and only the records were changed.
	s.restore(s.points[i-1])
	s.edit(func(w *rehearsal.World) { *serialFor(w, zone) += 500 })
	s.refuses(5, v, way{}, "%s before it is done, with another serial", name(v))
	s.visit(s.walk.Forth[i-1], way{})
	s.edit(func(w *rehearsal.World) { *serialFor(w, zone) = s.serialAt(i-1, zone) + 500 })
	refused(v, "new records, and the serial of somebody else")
	s.edit(func(w *rehearsal.World) { *serialFor(w, zone) += 7 })
	s.check(s.visit(v, way{}) == 0, "%s, the serial is later than it has to be", name(v))
	s.waivedLater(i, zone)
}

// serialAt is the serial of a zone at a point of the walk.
func (s *suite) serialAt(i int, zone plan.Zone) uint32 {
	var w rehearsal.World
	s.must(json.Unmarshal([]byte(strings.TrimPrefix(s.points[i]["world/world.json"], "\ufeff")), &w))
	return *serialFor(&w, zone)
}

// waivedLater: in stage Dns a waiver takes another TTL and a record more, and never an old
// record that is left.
func (s *suite) waivedLater(i int, zone plan.Zone) {
	v := s.walk.Forth[i]
	for _, set := range zone.Records {
		old, new := both(zone, set)
		if !set.Changed() || len(new.Records) == 0 {
			continue
		}
		for what, records := range map[string][]rehearsal.Record{
			"another TTL":   {{TTL: 777, Data: new.Records[0].Data}},
			"a record more": {foreign(new)},
		} {
			records = append(records, new.Records[1:]...)
			if what == "a record more" {
				records = append(records, new.Records[0])
			}
			s.restore(s.points[i])
			s.edit(func(w *rehearsal.World) { setOf(w, new).Records = records })
			s.refuses(3, v, way{}, "%s, %s has %s", name(v), new.Name, what)
			s.check(s.visit(v, waive(set.Number)) == 0 && strings.Contains(s.last, " WAIVED "+set.Number+" "), "%s, %s has %s, waived", name(v), new.Name, what)
		}
		left := slices.DeleteFunc(slices.Clone(old.Records), func(r rehearsal.Record) bool { return slices.Contains(set.New, r.Data) })
		if len(left) == 0 {
			continue
		}
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) { setOf(w, new).Records = append(left, new.Records...) })
		s.refuses(5, v, waive(set.Number), "%s, %s has an old record left, waived", name(v), new.Name)
		s.check(strings.Contains(s.last, " DNS- "+set.Number+" ") && !strings.Contains(s.last, " DNS+ "), "the one that is left is named")
	}
}

// appliedBefore: Preflight passes where all of it is done already.
func (s *suite) appliedBefore() {
	s.restore(s.points[len(s.points)-1])
	s.goes("all is done already", []rehearsal.Visit{s.preflight()})
	s.check(!strings.Contains(s.last, " WAIVED ") && !strings.Contains(s.last, " FAIL "), "all is done already: nothing is waived")
}

// looksBack: the rollback looks before it sets a route or has a person click; to start services it asks no DNS.
// A preparation goes back in stage Dns, which refuses what is neither.
func (s *suite) looksBack() {
	end := s.points[len(s.points)-1]
	for i, v := range s.walk.Back {
		switch v.Stage {
		case plan.Start:
			s.restore(end)
			s.check(s.visit(v, way{fault: "dns:down"}) == 0, "%s, no DNS", name(v))
		case plan.Publish, plan.Route:
			s.looksAtRoute(v, end)
		case plan.DNS:
			s.halfBack(i)
			if s.plan.Kind == plan.KindPrepare {
				s.strangersBack(v, end)
			}
		}
	}
}

func (s *suite) looksAtRoute(v rehearsal.Visit, end tree) {
	all := s.zoneNumbers(true)
	s.restore(end)
	s.refuses(3, v, way{fault: "dns:down"}, "%s, no DNS", name(v))
	w := waive(all...)
	w.fault = "dns:down"
	want := len(all)
	if len(v.Clicks) > 0 {
		want *= 2 // it is run once more when a person has clicked
	}
	s.check(s.visit(v, w) == 0 && strings.Count(s.last, " WAIVED P") == want, "%s, no DNS, waived", name(v))
	for _, zone := range s.plan.Zones {
		for _, set := range zone.Records {
			if set.Changed() {
				s.setDrift(v, end, zone, set, true)
			}
		}
		if !zone.Changed() || zone.Windows() || zone.Delivery == "route53" {
			continue
		}
		s.restore(end)
		s.edit(func(w *rehearsal.World) { *serialFor(w, zone) = zone.OldSerial })
		s.refuses(3, v, way{}, "%s, the new records and the old serial", name(v))
		s.check(s.visit(v, waive(zone.Number)) == 0, "%s, the new records and the old serial, waived", name(v))
		s.restore(end)
		s.edit(func(w *rehearsal.World) { *serialFor(w, zone) += 1000 })
		s.check(s.visit(v, way{}) == 0, "%s, the zone was edited since", name(v))
	}
}

// halfBack: records that are back, but with the serial that they had after the change.
func (s *suite) halfBack(dns int) {
	s.restore(s.points[len(s.points)-1])
	v := s.walk.Back[dns]
	s.visit(v, way{}) // sees the serial, if stage Route has not
	for _, before := range s.walk.Back[:dns] {
		if before.Script != "" {
			s.visit(before, way{})
		}
	}
	var zones []plan.Zone
	for _, zone := range s.plan.Zones {
		if zone.Changed() && !zone.Windows() {
			zones = append(zones, zone)
			s.edit(func(w *rehearsal.World) { move(w, zone, true, false) })
		}
	}
	compared := slices.DeleteFunc(slices.Clone(zones), func(z plan.Zone) bool { return z.Delivery == "route53" })
	if len(compared) == 0 {
		return
	}
	s.refuses(5, v, way{}, "%s, the serial is still that of after", name(v))
	s.check(strings.Count(s.last, "raise the serial") >= len(compared), "each zone is named")
	for _, zone := range compared {
		s.edit(func(w *rehearsal.World) { *serialFor(w, zone)++ })
	}
	s.check(s.visit(v, way{}) == 0, "%s, the serial is raised", name(v))
}

// strangersBack: stage Dns of a preparation's rollback tells nobody to remove what no plan
// knows.
func (s *suite) strangersBack(v rehearsal.Visit, end tree) {
	for _, zone := range s.plan.Zones {
		for _, set := range zone.Records {
			if _, new := both(zone, set); set.Changed() {
				s.restore(end)
				s.edit(func(w *rehearsal.World) { setOf(w, new).Records = append(setOf(w, new).Records, foreign(new)) })
				s.refuses(3, v, way{}, "%s, a record that nobody knows", name(v))
				s.check(strings.Contains(s.last, " FAIL "+set.Number+" ") && !strings.Contains(s.last, " DNS- "+set.Number+" "), "%s, it is not for the owner to remove", set.Number)
			}
		}
	}
}

// replicasBefore: a replica that is not up to date is found before anything is stopped.
func (s *suite) replicasBefore() {
	v := s.preflight()
	for _, replica := range plan.Replicas(s.plan) {
		s.restore(s.ready())
		late := way{fault: "replication:late@" + replica}
		s.refuses(3, v, late, "%s, %s is not up to date", name(v), replica)
		_, found, _ := strings.Cut(s.last, " FAIL P11  replicas that are up to date: expected at least ")
		found, _, _ = strings.Cut(found, "\n")
		wanted, found, _ := strings.Cut(found, ", found ")
		s.check(strings.Contains(wanted, replica) && !strings.Contains(found, replica) && strings.Count(s.last, " FAIL ") == 1, "the replica is named")
		s.check(s.receipt() == "", "%s is not up to date: no receipt", replica)
		late.given = map[string]any{"Waive": "P11"}
		s.check(s.visit(v, late) == 0 && strings.Contains(s.last, " WAIVED P11 "), "%s, %s is not up to date, waived", name(v), replica)
	}
}

// TestLooks: the same for each delivery, in a failover and in a preparation.
func TestLooks(t *testing.T) {
	engine := find(t)
	specs := []string{"prepare", "ipv6", "route53", "windows-dns", "windows-dns-prepare", "seed nsupdate", "seed nsupdate soa"}
	part, asked := shareOf(t)
	if !asked {
		t.Logf("SKIPPED: all plans but %s; make scenarios runs them", specs[0])
		specs = specs[:1]
	}
	for i, spec := range specs {
		if !part.has(i) {
			continue
		}
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			words := strings.Fields(spec)
			plan := compile(t, words[0])
			for z := range plan.Zones {
				if len(words) > 1 {
					plan.Zones[z].Delivery, plan.Zones[z].SOAPrerequisite = words[1], len(words) > 2
				}
			}
			s := newSuite(t, engine, plan, "")
			s.learn()
			s.looks()
			t.Logf("PowerShell %s: %d checks, %d script runs, %.1f s", engine.Version, s.checks, s.runs, time.Since(start).Seconds())
		})
	}
}
