package rehearsal_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// foreign is a record that no plan knows.
func foreign(set rehearsal.Set) rehearsal.Record {
	data := map[string]string{"A": "192.0.2.99", "AAAA": "2001:db8::99", "SRV": "5 0 5269 other.example.net."}[set.Type]
	return rehearsal.Record{TTL: 300, Data: data}
}

// answers replays the changes on Windows DNS servers so far: a zone has all of its old
// records or all of its new ones at every moment.
func (s *suite) answers(what string) {
	for _, zone := range s.plan.Zones {
		if !zone.Windows() {
			continue
		}
		have := map[string][]string{}
		for _, set := range zone.Records {
			have[strings.TrimSuffix(set.Owner, ".")+" "+set.Type] = slices.Clone(set.Old)
		}
		for _, line := range s.audit() {
			replay(have, line)
			s.check(complete(zone, have, false) || complete(zone, have, true), "%s: neither all old nor all new records after %s", what, line)
		}
	}
}

// replay does what a line of the audit says to the records of a zone.
func replay(have map[string][]string, line string) {
	fields := strings.SplitN(line, " ", 6) // computer, tool, name, type, act, data
	if len(fields) < 6 {
		return
	}
	set := fields[2] + " " + fields[3]
	if _, ok := have[set]; !ok {
		return
	}
	switch fields[4] {
	case "add":
		_, data, _ := strings.Cut(fields[5], " ") // TTL
		have[set] = append(have[set], data)
	case "remove":
		gone := strings.Split(fields[5], ", ")
		have[set] = slices.DeleteFunc(have[set], func(data string) bool { return slices.Contains(gone, data) })
	}
}

// complete tells whether all old records of a zone, or all new ones, are there.
func complete(zone plan.Zone, have map[string][]string, after bool) bool {
	for _, set := range zone.Records {
		want := set.Old
		if after {
			want = set.New
		}
		for _, data := range want {
			if !slices.Contains(have[strings.TrimSuffix(set.Owner, ".")+" "+set.Type], data) {
				return false
			}
		}
	}
	return true
}

// dnsVisits are the visits to Windows DNS servers, by their index in the walk forth.
func (s *suite) dnsVisits(stages ...string) []int {
	var out []int
	for i, v := range s.walk.Forth {
		if slices.Contains(stages, v.Stage) && slices.ContainsFunc(s.walk.World.Zones, func(z rehearsal.Zone) bool { return z.Computer == v.Host }) {
			out = append(out, i)
		}
	}
	return out
}

// dnsGates: on a DNS server nothing is changed without Preflight, rights, tools, answers
// and a zone that can be changed.
func (s *suite) dnsGates() {
	for _, i := range s.dnsVisits(plan.Preflight, plan.DNSServer) {
		v := s.walk.Forth[i]
		s.restore(s.points[i])
		s.refuses(1, v, way{fault: "rights:none"}, "%s in a shell that is not elevated", name(v))
		s.edit(func(w *rehearsal.World) {
			for h := range w.Hosts {
				w.Hosts[h].Dns = ""
			}
		})
		s.refuses(1, v, way{}, "%s without the tools of a DNS server", name(v))
		s.unanswered(i)
		s.zoneStates(i)
	}
	for _, i := range s.dnsVisits(plan.DNSServer) {
		v := s.walk.Forth[i]
		for _, first := range s.dnsVisits(plan.Preflight) {
			if s.walk.Forth[first].Host == v.Host {
				s.restore(s.points[first])
				s.refuses(3, v, way{}, "%s before Preflight there", name(v))
				s.check(strings.Contains(s.last, "run stage Preflight here first"), "%s before Preflight there says so", name(v))
			}
		}
	}
}

// unanswered: of Preflight each question, of DnsServer the first ones get no answer.
func (s *suite) unanswered(i int) {
	v, seen := s.walk.Forth[i], map[string]int{}
	for n, call := range s.calls[i] {
		seen[call]++
		if v.Stage == plan.Preflight || n < 2 {
			s.restore(s.points[i])
			s.refuses(3, v, way{fault: fmt.Sprintf("%s:throw@%d", call, seen[call])}, "%s, no answer to question %d", name(v), n+1)
		}
	}
}

// zoneStates: a zone that cannot be changed here is refused.
func (s *suite) zoneStates(i int) {
	v := s.walk.Forth[i]
	for z, zone := range s.walk.World.Zones {
		if zone.Computer != v.Host {
			continue
		}
		for what, change := range map[string]func(*rehearsal.Zone){
			"paused":    func(z *rehearsal.Zone) { z.Paused = true },
			"secondary": func(z *rehearsal.Zone) { z.Type = "Secondary" },
			"elsewhere": func(z *rehearsal.Zone) { z.Computer = "other.example.net" },
		} {
			s.restore(s.points[i])
			s.edit(func(w *rehearsal.World) { change(&w.Zones[z]) })
			s.refuses(3, v, way{}, "%s, zone %s is %s", name(v), zone.Name, what)
		}
	}
}

// failed is the number of the fact that failed last.
var failed = regexp.MustCompile(` FAIL (P\d\d) `)

// dnsDrift: records that the change neither comes from nor leads to are seen on the DNS
// server, before anything is stopped and before anything is changed there. Another TTL
// can be waived.
func (s *suite) dnsDrift() {
	for _, i := range s.dnsVisits(plan.Preflight, plan.DNSServer) {
		for _, zone := range s.plan.Zones {
			for _, set := range zone.Records {
				if zone.Computer == s.walk.Forth[i].Host && set.Changed() {
					s.drifts(i, zone, set)
				}
			}
		}
	}
}

func (s *suite) drifts(i int, zone plan.Zone, set plan.RecordSet) {
	v := s.walk.Forth[i]
	at := func(change func(*rehearsal.Set)) {
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) {
			change(setOf(w, rehearsal.Set{Server: zone.Server, Name: strings.TrimSuffix(set.Owner, "."), Type: set.Type}))
		})
	}
	at(func(have *rehearsal.Set) { have.Records = append(have.Records, foreign(*have)) })
	s.refuses(3, v, way{}, "%s, %s %s has a record too many", name(v), set.Owner, set.Type)
	if len(set.Old) == 0 {
		return
	}
	at(func(have *rehearsal.Set) { have.Records[0] = foreign(*have) })
	s.refuses(3, v, way{}, "%s, %s %s has another record", name(v), set.Owner, set.Type)
	at(func(have *rehearsal.Set) { have.Records = have.Records[1:] })
	s.refuses(3, v, way{}, "%s, %s %s lacks a record", name(v), set.Owner, set.Type)
	at(func(have *rehearsal.Set) { have.Records = []rehearsal.Record{} })
	s.refuses(3, v, way{}, "%s, %s %s is empty", name(v), set.Owner, set.Type)
	if fact := failed.FindStringSubmatch(s.last); fact != nil && v.Stage == plan.DNSServer && !set.TTLChanged() {
		s.check(s.visit(v, way{given: map[string]any{"Waive": fact[1]}}) == 0 && s.digest() == s.worlds[i+1], "%s fills a set whose fact is waived: %s", name(v), s.digest())
	}
	at(func(have *rehearsal.Set) { have.Records[0].TTL = 777 })
	s.refuses(3, v, way{}, "%s, %s %s has another TTL", name(v), set.Owner, set.Type)
	fact := failed.FindStringSubmatch(s.last)
	if !s.check(fact != nil, "%s: the fact that fails has a number", name(v)) {
		return
	}
	waive := way{given: map[string]any{"Waive": fact[1]}}
	code := s.visit(v, waive)
	s.check(code == 0 && strings.Contains(s.last, "WAIVED "+fact[1]), "%s, another TTL is waived", name(v))
	if v.Stage != plan.DNSServer {
		return
	}
	s.check(s.digest() == s.worlds[i+1], "%s, another TTL is waived: %s", name(v), s.digest())
	back := s.walk.Back[slices.IndexFunc(s.walk.Back, func(b rehearsal.Visit) bool { return b.Stage == v.Stage && b.Host == v.Host })]
	s.check(s.visit(back, way{}) == 0 && s.digest() == s.worlds[i], "%s after another TTL was waived: %s", name(back), s.digest())
	// The same drift, and nothing was changed yet.
	at(func(have *rehearsal.Set) { have.Records[0].TTL = 777 })
	s.refuses(3, back, way{}, "%s, %s %s has another TTL", name(back), set.Owner, set.Type)
	audit := len(s.audit())
	s.check(s.visit(back, waive) == 0 && (set.TTLChanged() || len(s.audit()) == audit), "%s, another TTL is waived", name(back))
}

// dnsFaults: a record that is added gets another TTL, or a call fails.
func (s *suite) dnsFaults() {
	for _, i := range s.dnsVisits(plan.DNSServer) {
		v := s.walk.Forth[i]
		for _, call := range changing(s.calls[i]) {
			tool, number, _ := strings.Cut(call, " ")
			if number == "1" && (tool == "Add-DnsServerResourceRecord" || tool == "dnscmd.exe") {
				s.restore(s.points[i])
				code := s.visit(v, way{fault: tool + ":ttl@1"})
				s.check(code == 3 && failed.MatchString(s.last), "%s, a new record has another TTL", name(v))
			}
		}
		s.loses(i)
		s.fails(i)
	}
}

// loses: a new record is gone when the first old one is to be removed. That stays, and the
// stage, run again, ends where it would have.
func (s *suite) loses(i int) {
	v, first := s.walk.Forth[i], 0
	s.restore(s.points[i+1])
	after := s.audit()
	s.restore(s.points[i])
	after = after[len(s.audit()):]
	if first = slices.IndexFunc(after, func(line string) bool { return strings.Contains(line, " remove ") }); first < 0 {
		return
	}
	before := 3 // reads: whether it is there, what stays, what to remove
	if strings.Contains(after[first], "dnscmd.exe") {
		before = 2
	}
	var reads []string
	for _, call := range s.calls[i] {
		if !slices.Contains(changers, call) {
			reads = append(reads, call)
		} else if first--; first < 0 {
			break
		}
	}
	call, number := reads[len(reads)-before], 0
	for _, read := range reads[:len(reads)-before+1] {
		if read == call {
			number++
		}
	}
	code := s.visit(v, way{fault: fmt.Sprintf("%s:lost@%d", call, number)})
	s.check(code == 3 && strings.Contains(s.last, "what stays"), "%s, a new record is lost", name(v))
	s.check(!strings.Contains(strings.Join(s.audit()[len(s.audit())-1:], ""), " remove "), "%s, a new record is lost: nothing is removed", name(v))
	s.check(s.visit(v, way{}) == 0 && s.digest() == s.worlds[i+1], "%s, a new record was lost, again: %s", name(v), s.digest())
}

// Windows Server 2008 R2 shows addresses as no zone file has them: the scripts find them
// all the same.
func TestDnscmdAddresses(t *testing.T) {
	engine := find(t)
	plan := compile(t, "windows-dns")
	for i := range plan.Zones {
		plan.Zones[i].OperatingSystem = "windows-server-2008-r2"
	}
	s := newSuite(t, engine, plan, "")
	s.fresh()
	first := s.digest()
	s.goes("forth", s.walk.Forth)
	s.check(strings.Count(s.read("world/audit.txt"), "dnscmd.exe xmpp.contoso.com AAAA") == 3, "changes: %q", s.audit())
	s.answers("forth")
	s.goes("back", s.walk.Back)
	s.check(s.digest() == first, "back: %s", s.digest())
	t.Logf("PowerShell %s: %d checks, %d script runs", engine.Version, s.checks, s.runs)
}
