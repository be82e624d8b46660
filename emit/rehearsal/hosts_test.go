package rehearsal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// Where the products of management host and Edge pool differ, and the pool is behind NAT.
func TestMixed(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "mixed-products"), "")
	s.happy()
	s.goes("back", s.walk.Back)
	s.check(s.digest() == s.first(), "the first world: %s", s.digest())
	s.listens(s.at(plan.Verify))
	s.restarts()
	// In a shell without any module each host imports that of its own product; the other is not there.
	edges := 0
	for i, v := range s.walk.Forth {
		if v.Script == "" || v.Host == rehearsal.Outside || v.Stage == plan.Verify {
			continue
		}
		s.restore(s.points[i])
		s.check(s.visit(v, way{fault: "shell:plain"}) == 0 && s.digest() == s.worlds[i+1], "%s in a plain shell", name(v))
		if slices.Contains(s.plan.To.Servers, v.Host) {
			edges++
			s.check(strings.Contains(s.last, "from=Cmdlets.lync-server-2013"), "%s has the cmdlets of its product", name(v))
		}
	}
	for _, v := range s.walk.Back {
		if v.Stage == plan.Start {
			s.check(s.visit(v, way{fault: "shell:plain"}) == 0, "%s in a plain shell", name(v))
		}
	}
	s.check(edges == 4, "%d visits of Edge Servers", edges)
	file := filepath.Join(s.kit, "failover.ps1")
	text, err := os.ReadFile(file)
	s.must(err)
	s.must(os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "; Module = 'Lync'", "")), 0o666))
	i := s.at(plan.Stop)
	s.restore(s.points[i])
	s.refuses(1, s.walk.Forth[i], way{fault: "shell:plain"}, "the module of the other product")
	s.check(strings.Contains(s.last, "SkypeForBusiness"), "the module that is not there is named")
}

// listens: nothing sends a connection from inside back in, and Verify on an Edge Server
// passes all the same; it finds an XMPP proxy that does not listen.
func (s *suite) listens(i int) {
	if !s.plan.MovesXMPP() {
		return
	}
	for _, host := range s.plan.To.Servers {
		edge := rehearsal.Visit{Script: s.scripts()[0], Stage: plan.Verify, Host: host}
		s.restore(s.points[i])
		s.check(s.visit(edge, way{}) == 0 && strings.Contains(s.last, "0.0.0.0:5269"), "Verify on %s behind NAT", host)
		blind := "firewall:closed;tcp:unknown"
		if s.plan.NextHop != nil { // which is inside
			blind = "firewall:closed"
		}
		s.check(s.visit(edge, way{fault: blind}) == 0, "Verify on %s, whatever can be reached from there", host)
		s.edit(func(w *rehearsal.World) {
			for h := range w.Hosts {
				for n, service := range w.Hosts[h].Services {
					if w.Hosts[h].Name == host && strings.Contains(service.DisplayName, "XMPP") {
						w.Hosts[h].Services[n].Status = "Stopped"
					}
				}
			}
		})
		s.refuses(3, edge, way{}, "Verify on %s without a listener", host)
		s.check(strings.Contains(s.last, "FAIL verify/listener  listener of the XMPP proxy: expected like [*:5269], found none"), "the missing listener is named")
	}
}

// restarts: what would keep the services from starting again, or from knowing the partners,
// is found on each Edge Server before they stop, and can be waived by its number.
func (s *suite) restarts() {
	i := s.at(plan.Stop)
	if i < 0 {
		return
	}
	stop := s.walk.Forth[i]
	host := func(w *rehearsal.World) *rehearsal.Host {
		return &w.Hosts[slices.IndexFunc(w.Hosts, func(h rehearsal.Host) bool { return h.Name == stop.Host })]
	}
	for _, c := range []struct {
		number, says string
		edit         func(*rehearsal.World)
	}{
		{"P12", "found [CN=Sub CA]", func(w *rehearsal.World) {
			host(w).Certificates = append(host(w).Certificates, rehearsal.Certificate{Store: "Root", Subject: "CN=Sub CA", Issuer: "CN=Root CA", NotBefore: "2000-01-01T00:00:00Z", NotAfter: "2099-12-31T00:00:00Z"})
		}},
		{"P13", "uses of certificates", func(w *rehearsal.World) { host(w).Certificates[1].Uses = []string{"DataEdgeExternal"} }},
		{"P14", "AccessEdgeExternal 01EE: ends 2001-01-01 00:00:00Z", func(w *rehearsal.World) { host(w).Certificates[1].NotAfter = "2001-01-01T00:00:00Z" }},
		{"P14", "AccessEdgeExternal 01EE: begins 2098-01-01 00:00:00Z", func(w *rehearsal.World) { host(w).Certificates[1].NotBefore = "2098-01-01T00:00:00Z" }},
		{"P14", "Internal 02EE: no private key", func(w *rehearsal.World) { host(w).Certificates[2].HasPrivateKey = false }},
		{"P14", "Internal 02EE: not in the store My", func(w *rehearsal.World) { host(w).Certificates[2].Store = "CA" }},
		{"P15", "XMPP partners in the local copy", func(w *rehearsal.World) {
			for r := range w.Replicas {
				if w.Replicas[r].Host == stop.Host {
					w.Replicas[r].Partners = []rehearsal.Partner{}
				}
			}
		}},
	} {
		if c.number == "P15" && len(s.plan.Partners) == 0 {
			continue
		}
		s.restore(s.points[i])
		s.edit(c.edit)
		s.refuses(3, stop, way{}, "Stop, %s", c.says)
		s.check(strings.Contains(s.last, "FAIL "+c.number) && strings.Contains(s.last, c.says), "Stop names %s: %s", c.number, c.says)
		s.check(s.visit(stop, way{given: map[string]any{"Waive": c.number}}) == 0 && strings.Contains(s.last, "WAIVED "+c.number), "Stop, %s waived", c.number)
	}
	for call, numbers := range map[string]string{"Get-CsCertificate:throw@1": "P13", "Get-CsCertificate:throw@2": "P14", "Get-CsXmppAllowedPartner:throw@1": "P15"} {
		if numbers == "P15" && len(s.plan.Partners) == 0 {
			continue
		}
		s.restore(s.points[i])
		s.refuses(3, stop, way{fault: call}, "Stop, %s", call)
		s.check(strings.Contains(s.last, "cannot be read"), "Stop, %s, says so", call)
		s.check(s.visit(stop, way{fault: call, given: map[string]any{"Waive": numbers}}) == 0, "Stop, %s, waived", call)
	}
}

// TestCertificateTimes: a certificate has to be good now and, where the end of the window is
// still to come, until then.
func TestCertificateTimes(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	day := 24 * time.Hour
	for _, window := range []time.Duration{-2 * day, 2 * day} {
		end := now.Add(window)
		p := compile(t, "seed")
		for _, step := range plan.AllSteps(p.Stages) {
			if step.ID == "P14" {
				step.Read.Params[0].Value = end.Format(time.RFC3339)
			}
		}
		s := newSuite(t, find(t), p, "")
		s.fresh()
		i := s.at(plan.Stop)
		stop := s.walk.Forth[i]
		s.goes("before Stop", s.walk.Forth[:i])
		start := s.save()
		for _, c := range []struct {
			begins, ends time.Time
			fault        string
		}{
			{now.Add(-9 * day), now.Add(-day), "ends"},
			{now.Add(30 * day), now.Add(60 * day), "begins"},
			{now.Add(-9 * day), now.Add(day), map[bool]string{true: "ends"}[window > 0]},
			{now.Add(-9 * day), end.Add(time.Second), map[bool]string{false: "ends"}[window > 0]},
		} {
			s.restore(start)
			s.edit(func(w *rehearsal.World) {
				for h := range w.Hosts {
					if w.Hosts[h].Name == stop.Host {
						w.Hosts[h].Certificates[1].NotBefore, w.Hosts[h].Certificates[1].NotAfter = c.begins.Format(time.RFC3339), c.ends.Format(time.RFC3339)
					}
				}
			})
			what := fmt.Sprintf("window %v, certificate from %v until %v", window, c.begins.Sub(now), c.ends.Sub(now))
			if c.fault == "" {
				s.check(s.visit(stop, way{}) == 0, "%s", what)
				continue
			}
			s.refuses(3, stop, way{}, "%s", what)
			at := map[string]time.Time{"begins": c.begins, "ends": c.ends}[c.fault]
			s.check(strings.Contains(s.last, "AccessEdgeExternal 01EE: "+c.fault+" "+at.Format("2006-01-02 15:04:05Z")), "%s, named", what)
		}
	}
}

// Where no stage stops anything, none has noted what runs.
func TestStartFirst(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "start-first"), "")
	s.happy()
	s.goes("back", s.walk.Back)
	s.disabled()
}

// disabled: what administrators have disabled is not waited for, but for XMPP; any other
// service is, unless its name is waived. Each goes on record.
func (s *suite) disabled() {
	i := s.at(plan.Start)
	start := s.walk.Forth[i]
	with := func(change func(*rehearsal.Service)) {
		s.restore(s.points[i])
		s.edit(func(w *rehearsal.World) {
			for h := range w.Hosts {
				for n := range w.Hosts[h].Services {
					if w.Hosts[h].Name == start.Host {
						change(&w.Hosts[h].Services[n])
					}
				}
			}
		})
	}
	off := func(pattern string) func(*rehearsal.Service) {
		return func(service *rehearsal.Service) {
			if strings.Contains(service.Name, pattern) {
				service.Disabled, service.Status = true, "Stopped"
			}
		}
	}
	with(off("RTCCLSAGT"))
	s.check(s.visit(start, way{}) == 0 && strings.Contains(s.last, "NOTE Start  disabled, not waited for: RTCCLSAGT"), "a service that is disabled")
	with(off("XMPP"))
	s.check(s.visit(start, way{}) == 2 && strings.Contains(s.last, "[SIMXMPPPROXY]"), "the XMPP service is disabled")
	with(func(service *rehearsal.Service) {
		if service.Name == "RTCMEDIARELAY" {
			service.Status = "Stopped"
		}
	})
	fault := "Start-CsWindowsService:partial@" + start.Host
	s.check(s.visit(start, way{fault: fault}) == 2 && strings.Contains(s.last, "[RTCMEDIARELAY]; -Waive NAME"), "a service that does not start")
	s.check(s.visit(start, way{fault: fault, given: map[string]any{"Waive": "RTCSRV"}}) == 2, "a service that does not start, another waived")
	waive := way{fault: fault, given: map[string]any{"Waive": "RTCMEDIARELAY"}}
	s.check(s.visit(start, waive) == 0 && strings.Count(s.last, "WAIVED Start  service RTCMEDIARELAY does not run") == 1, "a service that does not start, waived")
	s.restore(s.points[i])
	s.edit(func(w *rehearsal.World) {
		for h := range w.Hosts {
			w.Hosts[h].Services = slices.DeleteFunc(w.Hosts[h].Services, func(service rehearsal.Service) bool {
				return w.Hosts[h].Name == start.Host && strings.Contains(service.Name, "XMPP")
			})
		}
	})
	s.check(s.visit(start, way{}) == 2 && strings.Contains(s.last, "[XMPP]"), "a server without an XMPP service")
}
