package rehearsal_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// Where the products of management host and Edge pool differ, and the pool is behind NAT.
func TestMixed(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "mixed-products"), "")
	s.happy()
	s.goes("back", s.walk.Back)
	s.check(s.digest() == s.first(), "the first world: %s", s.digest())
	s.listens(s.at(compiler.Verify))
	// In a shell without any module each host imports that of its own product; the other is not there.
	edges := 0
	for i, v := range s.walk.Forth {
		if v.Script == "" || v.Host == rehearsal.Outside || v.Stage == compiler.Verify {
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
		if v.Stage == compiler.Start {
			s.check(s.visit(v, way{fault: "shell:plain"}) == 0, "%s in a plain shell", name(v))
		}
	}
	s.check(edges == 4, "%d visits of Edge Servers", edges)
	file := filepath.Join(s.kit, "failover.ps1")
	text, err := os.ReadFile(file)
	s.must(err)
	s.must(os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "; Module = 'Lync'", "")), 0o666))
	i := s.at(compiler.Stop)
	s.restore(s.points[i])
	s.refuses(1, s.walk.Forth[i], way{fault: "shell:plain"}, "the module of the other product")
	s.check(strings.Contains(s.last, "SkypeForBusiness"), "the module that is not there is named")
}

// listens: nothing sends a connection from inside back in, and Verify on an Edge Server
// passes all the same; it finds an XMPP proxy that does not listen.
func (s *suite) listens(i int) {
	for _, host := range s.plan.To.Servers {
		edge := rehearsal.Visit{Script: "failover.ps1", Stage: compiler.Verify, Host: host}
		s.restore(s.points[i])
		s.check(s.visit(edge, way{}) == 0 && strings.Contains(s.last, "0.0.0.0:5269"), "Verify on %s behind NAT", host)
		s.check(s.visit(edge, way{fault: "firewall:closed;tcp:unknown"}) == 0, "Verify on %s, whatever can be reached from there", host)
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
		s.check(strings.Contains(s.last, "FAIL 6  listener of the XMPP proxy: expected Like [*:5269], found []"), "the missing listener is named")
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
	i := s.at(compiler.Start)
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
