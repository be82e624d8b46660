package rehearsal_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/internal/loud"
	"github.com/edgeplan/edgeplan/parser"
)

// scenario is a part of the suite, for plans that have the stage it needs, that fail back, or that move a federation or
// none. The quick ones come first: a mutant ends with the first that finds it.
type scenario struct {
	name, needs string
	run         func(*suite)
}

// failsBack as what a scenario needs is a plan that fails back.
const failsBack = "a fail-back"

// federation as what a scenario needs is a plan that moves one, and inside one that moves none and changes more than DNS.
const (
	federation = "a federation"
	inside     = "no federation"
)

// long are the scenarios that only make scenarios runs: go test ends a package after ten minutes.
var long = []string{"there and back", "faults", "rollback", "kills"}

var scenarios = []scenario{
	{"happy", "", (*suite).happy},
	{"store down", plan.CentralManagement, (*suite).storeDown},
	{"next hop", "", (*suite).nextHop},
	{"repaired", failsBack, (*suite).repaired},
	{"old pool", plan.StopOld, (*suite).oldPool},
	{"old receipts", plan.StopOld, (*suite).again},
	{"DNS gates", plan.DNSServer, (*suite).dnsGates},
	{"DNS drift", plan.DNSServer, (*suite).dnsDrift},
	{"DNS faults", plan.DNSServer, (*suite).dnsFaults},
	{"twice", "", (*suite).twice},
	{"wrong host", "", (*suite).wrongHost},
	{"disk", plan.Replicated, (*suite).disk},
	{"gates", federation, (*suite).gates},
	{"inside", inside, (*suite).inside},
	{"clicks", plan.Publish, (*suite).clicks},
	{"DNS asked", "", (*suite).looks},
	{"replicas", plan.Replicated, (*suite).replicasBefore},
	{"restarts", plan.Stop, (*suite).restarts},
	{"whatif", "", (*suite).whatIf},
	{"there and back", "", (*suite).thereAndBack},
	{"drift", federation, (*suite).drift},
	{"faults", "", (*suite).faults},
	{"rollback", "", (*suite).rollback},
	{"kills", "", (*suite).killed},
}

// parts are the scenarios for this plan. The first one learns the walk.
func (s *suite) parts() []scenario {
	return slices.DeleteFunc(slices.Clone(scenarios), func(part scenario) bool {
		switch part.needs {
		case failsBack:
			return !s.plan.FailsBack()
		case federation:
			return s.plan.Federation == ""
		case inside:
			return s.plan.Federation != "" || s.at(plan.Replicated) < 0
		}
		return part.needs != "" && s.at(part.needs) < 0
	})
}

// whole are the specs of which every script is run.
var whole = []string{
	"seed", "planned", "two-servers", "three-domains", "many-domains", "all-routed", "srv-per-pool", "hostile", "windows-dns", "windows-dns-2008", "windows-dns-prepare",
	"sip", "sip-planned", "both", "central-management", "next-hop", "next-hop-same-site", "media",
	"failback", "failback-both", "sip-failback", "coexistence", "sip-se",
	"media-alone", "next-hop-alone", "next-hop-alone-same-site",
}

// TestWhole: the number of these specs is the one that the pages say.
func TestWhole(t *testing.T) {
	for name, says := range map[string]string{"Makefile": "run every script of %d specs, and their mutants", "CONTRIBUTING.md": "`make scenarios` runs the scripts of %d specs;"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if want := fmt.Sprintf(says, len(whole)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %q: %v", name, want, err)
		}
	}
}

// Every script of these specs does what its plan says, in a real engine.
func TestScenarios(t *testing.T) {
	engine, specs := find(t), whole
	run, asked := shareOf(t)
	if !asked {
		t.Logf("SKIPPED: all specs but %s, and of that %s; make scenarios runs them", specs[0], strings.Join(long, ", "))
		specs = specs[:1]
	}
	for i, spec := range specs {
		if !run.has(i) {
			continue
		}
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, engine, compile(t, spec), "")
			s.realKills = spec == "seed" || runtime.GOOS == "windows" // where a file that is open cannot be removed
			for _, part := range s.parts() {
				if !asked && slices.Contains(long, part.name) {
					continue
				}
				checks, runs, kills, start := s.checks, s.runs, s.kills, time.Now()
				part.run(s)
				t.Logf("%-15s %4d checks %4d runs %3d kills %5.1f s", part.name, s.checks-checks, s.runs-runs, s.kills-kills, time.Since(start).Seconds())
			}
			t.Logf("PowerShell %s: %d checks, %d script runs, %d kills", engine.Version, s.checks, s.runs, s.kills)
		})
	}
}

// The same scripts meet servers of each product.
func TestProducts(t *testing.T) {
	engine := find(t)
	plan := compile(t, "two-servers")
	for _, product := range []cmdlet.Product{cmdlet.LyncServer2013, cmdlet.SfBServer2015, cmdlet.SfBServer2019, cmdlet.LiteralProcedure} {
		t.Run(string(product), func(t *testing.T) {
			s := newSuite(t, engine, plan, product)
			s.fresh()
			first := s.digest()
			if product == cmdlet.SfBServer2019 { // has no XMPP
				code := s.visit(s.preflight(), way{})
				s.check(code == 1 && strings.Contains(s.last, "module 'Lync' was not loaded"), "Preflight on a product without Get-CsXmppAllowedPartner")
				s.check(s.digest() == first && s.receipt() == "", "nothing was changed, no receipt was given")
				return
			}
			s.goes("forth", s.walk.Forth)
			for _, route := range plan.Routes {
				want := "EdgeServer:" + plan.To.FQDN
				if product == cmdlet.LiteralProcedure {
					want = plan.To.Servers[0]
				}
				s.check(strings.Contains(s.digest(), "route "+route.Site+" "+want+"\n"), "%s has the route %s: %s", route.Site, want, s.digest())
			}
			s.goes("back", s.walk.Back)
			s.check(s.digest() == first, "the first world: %s", s.digest())
			t.Logf("PowerShell %s: %d checks, %d script runs", engine.Version, s.checks, s.runs)
		})
	}
}

// find skips the slow tests of the scripts where the race detector, which sees only the
// few lines of Go around them, would make them run twice.
func find(t *testing.T) pwsh.Engine {
	t.Helper()
	if loud.Race || testing.Short() {
		t.Skip("SKIPPED: the scripts are run without the race detector and without -short")
	}
	return pwsh.Find(t)
}

// compile makes the only plan of a spec.
func compile(t testing.TB, spec string) *plan.Plan {
	t.Helper()
	plans := compileAll(t, spec)
	if len(plans) != 1 {
		t.Fatalf("%d plans", len(plans))
	}
	return plans[0]
}

// compileAll makes the plans of a spec.
func compileAll(t testing.TB, spec string) []*plan.Plan {
	t.Helper()
	return resultOf(t, spec).Plans
}

// resultOf makes the plans and the matrices of a spec.
func resultOf(t testing.TB, spec string) compiler.Result {
	t.Helper()
	fsys := os.DirFS(filepath.Join("..", "..", "specs", spec))
	names, err := filepath.Glob(filepath.Join("..", "..", "specs", spec, "*"+parser.Suffix))
	if err != nil {
		t.Fatal(err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	read, _, diags := parser.Load(fsys, names)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	result := compiler.CompileAll(read)
	if result.Open.HasErrors() || len(result.Plans) == 0 {
		t.Fatalf("%d plans, %v", len(result.Plans), result.Open)
	}
	return result
}

// newSuite writes the kit of a plan. Product is empty for that of the plan.
func newSuite(t testing.TB, engine pwsh.Engine, p *plan.Plan, product cmdlet.Product) *suite {
	t.Helper()
	if product == "" {
		product = p.Product
	}
	s := &suite{
		shell: &shell{engine: engine, home: t.TempDir()}, plan: p, product: product,
		kit: writeKit(t, p, product), dir: filepath.Join(t.TempDir(), "run"), walk: rehearsal.NewRun(p, product),
		fail: func(format string, args ...any) { t.Helper(); t.Errorf(format, args...) },
	}
	t.Cleanup(s.shell.stop)
	return s
}

// begin is the index of stage Preflight: a fail-back starts services before it, and a store that is down is
// failed over before it.
func (s *suite) begin() int { return s.at(plan.Preflight) }

// preflight is the first visit of that stage, the one on the management host.
func (s *suite) preflight() rehearsal.Visit { return s.walk.Forth[s.begin()] }

// ready is what is on the disk when stage Preflight begins.
func (s *suite) ready() tree { return s.points[s.begin()] }

// first is the world that a rollback restores: what is done before Preflight is not taken back.
func (s *suite) first() string { return s.worlds[s.begin()] }
func (s *suite) final() string { return s.worlds[len(s.worlds)-1] }

// at is the index of the first visit of a stage.
func (s *suite) at(stage string) int {
	return slices.IndexFunc(s.walk.Forth, func(v rehearsal.Visit) bool { return v.Stage == stage })
}

// last index of a stage.
func (s *suite) lastAt(stage string) int {
	found := -1
	for i, v := range s.walk.Forth {
		if v.Stage == stage {
			found = i
		}
	}
	return found
}

// happy: the walk ends in the world of the plan, by the changes of the plan and no others.
func (s *suite) happy() {
	s.learn()
	var want []string
	for i, v := range s.walk.Forth {
		calls := s.calls[i]
		if v.Stage == plan.Preflight { // rehearses with -WhatIf
			calls = slices.DeleteFunc(slices.Clone(calls), rehearsed)
		}
		for _, c := range changing(calls) {
			want = append(want, v.Host+" "+strings.Fields(c)[0])
		}
	}
	var got []string
	for _, line := range s.audit() {
		// Once with -WhatIf and once for real: storeDown counts both.
		if change := strings.Join(strings.Fields(line)[:2], " "); !strings.HasSuffix(change, storeFailover) {
			got = append(got, change)
		}
	}
	s.check(slices.Equal(got, want), "changes: %q, want %q", got, want)
	var pushed, replicas []string
	for _, line := range s.audit() {
		if fields := strings.Fields(line); fields[1] == "Invoke-CsManagementStoreReplication" {
			pushed = append(pushed, fields[2])
		}
	}
	for _, step := range plan.AllSteps(s.plan.Stages) {
		for _, prefix := range []string{"central-management/replica/", "replicate/"} {
			if replica, ok := strings.CutPrefix(step.ID, prefix); ok {
				replicas = append(replicas, replica)
			}
		}
	}
	s.check(slices.Equal(pushed, replicas), "pushed to %q, want %q", pushed, replicas)
	if s.at(plan.Stop) >= 0 {
		stamp, sum, _ := strings.Cut(s.receipt(), "-")
		s.check(sum == fmt.Sprintf("%X", sha256.Sum256([]byte(s.plan.ID+"|Preflight|"+stamp)))[:8], "the receipt is one of this plan: %s", s.receipt())
	}
	world := s.world()
	for _, route := range s.plan.Routes {
		s.check(slices.ContainsFunc(world.Sites, func(site rehearsal.Site) bool {
			return site.Name == route.Site && *routeOf(&site, route.Federation) == "EdgeServer:"+s.plan.To.FQDN
		}), "%s route of %q: %v", route.Federation, route.Site, world.Sites)
	}
	moved := len(s.plan.Routes)
	for i, site := range world.Sites {
		for _, federation := range []string{plan.XMPP, plan.SIP} {
			if *routeOf(&site, federation) != *routeOf(&s.walk.World.Sites[i], federation) {
				moved--
			}
		}
	}
	if s.plan.MovesSIP() {
		for _, pool := range world.Pools {
			s.check((pool.SipPort == "5061") == (pool.Fqdn == s.plan.To.FQDN), "SIP federation is on the new pool alone: %v", pool)
		}
		for _, host := range world.Hosts {
			s.check(!slices.Contains(s.plan.To.Servers, host.Name) || host.SipRole, "Setup ran on %s", host.Name)
		}
	}
	for _, pool := range world.Pools {
		names := func(m plan.MediaPool) bool { return m.FQDN == pool.Fqdn }
		if slices.ContainsFunc(s.plan.Media, names) {
			s.check(pool.Media == s.plan.To.FQDN, "media of %s goes through %s", pool.Fqdn, pool.Media)
		}
	}
	s.check(moved == 0, "other routes stay: %v", world.Sites)
	s.check(strings.Count(s.final(), "Stopped") == s.oldServers(), "all services run but those of the old pool that are to stop: %s", s.final())
	s.answers("the change")
	s.evidence()
	s.sheets()
}

// evidence is whole on every computer and ends with COMPLETE.
func (s *suite) evidence() {
	fields := []string{"utc", "plan", "script", "stage", "host", "who", "step", "command", "outcome", "detail"}
	for _, host := range s.hosts() {
		records := s.records(host)
		if !slices.ContainsFunc(s.walk.Forth, func(v rehearsal.Visit) bool { return v.Host == host }) {
			s.check(len(records) == 0, "no evidence on %s", host)
			continue
		}
		if !s.check(len(records) > 2, "evidence on %s", host) {
			continue
		}
		for i, r := range records {
			for _, f := range fields {
				_, has := r[f]
				s.check(has && len(r) == len(fields), "evidence on %s: %v", host, r)
			}
			if r["outcome"] == "START" || r["outcome"] == "COMPLETE" {
				s.check(strings.Contains(r["detail"], "rehearsal=Get-ChangeHost,Get-ChangeRight,Test-ChangePort,Get-ChangeListener,Test-ChangeDisabled,Get-ChangeCertificate"), "a rehearsal says so: %v", r)
			}
			if r["outcome"] == "CHANGED" {
				before := slices.IndexFunc(records, func(o map[string]string) bool {
					return (o["outcome"] == "CALL" || o["outcome"] == "CLICK") && o["command"] == r["command"] && o["step"] == r["step"]
				})
				s.check(before >= 0 && before < i, "CALL or CLICK comes before CHANGED: %v", r)
			}
			if r["outcome"] == "START" {
				s.check(strings.HasSuffix(r["detail"], "LyncSim"), "where the cmdlets come from: %v", r)
			}
		}
		s.check(records[len(records)-1]["outcome"] == "COMPLETE", "COMPLETE is last on %s: %v", host, records[len(records)-1])
	}
}

// sheets: without a stage the scripts print the run sheet and write nothing.
func (s *suite) sheets() {
	before := s.save()
	for _, host := range s.hosts() {
		for _, script := range s.scripts() {
			code := s.visit(rehearsal.Visit{Script: script, Host: host}, way{given: map[string]any{"Stage": nil}})
			s.check(code == 0 && strings.Contains(s.last, s.plan.ID) && strings.Contains(s.last, "Verify "), "run sheet of %s on %s", script, host)
		}
	}
	s.check(before.equal(s.save()), "a run sheet writes nothing")
}

// twice: a finished stage changes nothing, at once and at the end; Stop at no point between.
func (s *suite) twice() {
	for i, v := range s.walk.Forth {
		if v.Script == "" {
			continue
		}
		again := []int{i + 1, len(s.points) - 1}
		if v.Stage == plan.Stop { // must not stop what has been started since
			again = again[:0]
			for at := i + 1; at < len(s.points); at++ {
				again = append(again, at)
			}
		}
		for _, at := range again {
			s.restore(s.points[at])
			audit := s.audit()
			code := s.visit(v, way{})
			s.check(code == 0, "%s again at %d", name(v), at)
			s.check(slices.Equal(audit, s.audit()) && s.digest() == s.worlds[at], "%s again at %d changes nothing", name(v), at)
			s.check(!strings.Contains(s.last, "CHANGED"), "%s again at %d says so", name(v), at)
		}
	}
}

// wrongHost: a stage ends with 4 where it does not belong, and writes nothing.
func (s *suite) wrongHost() {
	try := func(v rehearsal.Visit, stages []plan.Stage, at tree) {
		here := stages[slices.IndexFunc(stages, func(st plan.Stage) bool { return st.Name == v.Stage })].Hosts()
		if slices.Contains(here, plan.AnyHost) {
			return
		}
		for _, host := range s.hosts() {
			if slices.Contains(here, host) {
				continue
			}
			s.restore(at)
			before := s.save()
			code := s.visit(v, way{host: host})
			s.check(code == 4, "%s, but on %s", name(v), host)
			s.check(before.equal(s.save()), "%s, but on %s: nothing is written", name(v), host)
		}
	}
	for i, v := range s.walk.Forth {
		if v.Script != "" {
			try(v, s.plan.Stages, s.points[i])
		}
	}
	for _, v := range s.walk.Back {
		if v.Script != "" {
			try(v, s.plan.Rollback, s.points[len(s.points)-1])
		}
	}
	s.restore(s.points[0])
	s.check(s.visit(s.walk.Forth[0], way{given: map[string]any{"Stage": "Nonsense"}}) == 98, "a stage that does not exist")
}

// whatIf: with -WhatIf no byte changes, in the world or on the disk.
func (s *suite) whatIf() {
	dry := way{given: map[string]any{"WhatIf": true}}
	for i, v := range s.walk.Forth {
		if v.Script == "" {
			continue
		}
		s.restore(s.points[i])
		before := s.save()
		code := s.visit(v, dry)
		s.check(code == 0, "%s -WhatIf", name(v))
		s.check(before.equal(s.save()), "%s -WhatIf changes nothing", name(v))
	}
	for _, at := range []int{0, max(s.at(plan.Publish), s.at(plan.Route), s.at(plan.DNSServer)), len(s.points) - 1} {
		for _, v := range s.walk.Back {
			if v.Script == "" {
				continue
			}
			s.restore(s.points[at])
			before := s.save()
			s.visit(v, dry)
			s.check(before.equal(s.save()), "%s -WhatIf at %d changes nothing", name(v), at)
		}
	}
	// Without -Force and without somebody to answer, nothing happens.
	for i, v := range s.walk.Forth {
		if len(changing(s.calls[i])) == 0 || v.Stage == plan.Replicated {
			continue
		}
		s.restore(s.points[i])
		code := s.visit(v, way{given: map[string]any{"Force": nil}})
		s.check(code != 0 && s.digest() == s.worlds[i], "%s asks, and nobody answers", name(v))
	}
}

// faults: each call that changes something fails once, in four ways. Those of DNS servers
// are another part.
func (s *suite) faults() {
	for i, v := range s.walk.Forth {
		if v.Stage != plan.DNSServer {
			s.fails(i)
		}
	}
	s.services()
	s.replicas()
}

// fails: the same stage, run again, ends where it would have.
func (s *suite) fails(i int) {
	v := s.walk.Forth[i]
	list := changing(s.calls[i])
	before := 0 // changes that the stage has made
	if v.Stage == plan.CentralManagement {
		before = 1 // the store is failed over before anything is pushed
	}
	for n, call := range list {
		cmdlet, number, _ := strings.Cut(call, " ")
		dry := v.Stage == plan.Preflight && rehearsed(cmdlet) // the rehearsal: never gets beyond -WhatIf
		for _, kind := range []string{"throw", "throwafter", "error", "noop"} {
			s.restore(s.points[i])
			what := fmt.Sprintf("%s, %s:%s@%s", name(v), cmdlet, kind, number)
			code := s.visit(v, way{fault: fmt.Sprintf("%s:%s@%s", cmdlet, kind, number)})
			switch {
			case dry && kind != "throw", kind == "noop" && cmdlet == "Invoke-CsManagementStoreReplication":
				s.check(code == 0, "%s: does no harm", what) // ordinary replication comes later
			default:
				s.check(code == 2, "%s", what)
				s.check(strings.Contains(s.last, "STOPPED") && !strings.Contains(s.last, "COMPLETE"), "%s says so", what)
			}
			if kind != "noop" && !dry {
				s.check(strings.Count(s.last, " CHANGED ") == before, "%s: no change is on record", what)
			}
			if code == 2 {
				s.notDone(v)
			}
			if kind == "throwafter" && n == len(list)-1 {
				s.check(s.digest() == s.worlds[i+1], "%s: the change was made", what)
			}
			code = s.visit(v, way{})
			s.check(code == 0 && s.digest() == s.worlds[i+1], "%s, then again: %s", what, s.digest())
			s.answers(what)
		}
		if !dry {
			before++
		}
	}
}

// notDone: what comes after a stage that failed is refused.
func (s *suite) notDone(v rehearsal.Visit) {
	next := map[string]string{plan.CentralManagement: plan.Preflight, plan.Preflight: plan.Route, plan.Route: plan.Replicated}[v.Stage]
	if v.Stage == plan.Publish && s.plan.Publishes(false) {
		next = plan.Route
	}
	if next == plan.Route && s.at(plan.Route) < 0 {
		next = map[string]string{plan.Preflight: plan.Publish, plan.Publish: plan.Replicated}[v.Stage]
	}
	at := s.at(next)
	if at < 0 || s.walk.Forth[at].Host != v.Host {
		return
	}
	before := s.save()
	s.refuses(3, s.walk.Forth[at], way{}, "%s after %s failed", next, v.Stage)
	// for no other reason, such as a server that still answers
	s.check(strings.Contains(s.last, "run stage "+v.Stage+" here first"), "%s says that %s is not done", next, v.Stage)
	s.restore(before)
}

// services that take long, hang, or do not come up.
func (s *suite) services() {
	slow := func(stage, cmdlet string) {
		i := s.at(stage)
		if i < 0 {
			return
		}
		v := s.walk.Forth[i]
		s.restore(s.points[i])
		s.check(s.visit(v, way{fault: cmdlet + ":slow@1"}) == 0 && s.digest() == s.worlds[i+1], "slow %s: %s", stage, s.digest())
		s.restore(s.points[i])
		s.check(s.visit(v, way{fault: cmdlet + ":slow@1", given: map[string]any{"TimeoutSeconds": 20}}) == 2, "%s that hangs", stage)
		s.check(s.visit(v, way{}) == 0 && s.digest() == s.worlds[i+1], "%s that hung, again: %s", stage, s.digest())
	}
	slow(plan.Stop, "Stop-CsWindowsService")
	slow(plan.Start, "Start-CsWindowsService")
	i := s.lastAt(plan.Start)
	if i < 0 {
		return
	}
	v := s.walk.Forth[i]
	s.restore(s.points[i])
	code := s.visit(v, way{fault: "Start-CsWindowsService:partial@" + v.Host})
	s.check(code == 2 && strings.Contains(s.last, "RTCMEDIARELAY"), "a service that does not start is named")
	s.check(s.visit(v, way{}) == 0 && s.digest() == s.worlds[i+1], "a service that did not start, again")
	// The XMPP service is gone when the server is started again.
	i = s.at(plan.Stop)
	if i < 0 {
		return
	}
	host := s.walk.Forth[i].Host
	s.restore(s.points[i])
	s.check(s.visit(s.walk.Forth[i], way{fault: "Stop-CsWindowsService:vanish@" + host}) == 0, "Stop, and a service vanishes")
	failed := false
	for _, v := range s.walk.Forth[i+1:] {
		code := s.visit(v, way{})
		if v.Stage == plan.Start && v.Host == host {
			failed = s.check(code == 2 && strings.Contains(s.last, "SIMXMPPPROXY"), "Start names the service that is gone")
			break
		}
	}
	s.check(failed, "Start was reached")
	// A service that was off before the change stays off and is not waited for.
	s.restore(s.ready())
	s.edit(func(w *rehearsal.World) {
		for h := range w.Hosts {
			if w.Hosts[h].Name == host {
				w.Hosts[h].Services[1].Status = "Stopped"
			}
		}
	})
	for _, v := range s.walk.Forth {
		if v.Script != "" && (v.Host == host || v.Stage == plan.Preflight) && v.Stage != plan.Verify {
			s.check(s.visit(v, way{}) == 0, "%s, with a service that was off before", name(v))
		}
		if v.Host == host && v.Stage == plan.Start {
			break // what comes later on this server, such as Setup, wants what was done elsewhere in between
		}
	}
}

// replicas that get nothing are waited for, not for ever.
func (s *suite) replicas() {
	i := s.at(plan.Replicated)
	if i < 0 {
		return
	}
	v := s.walk.Forth[i]
	// A replica inside that stays behind keeps the plan from Verify as that of an Edge Server does.
	for _, host := range plan.Replicas(s.plan) {
		s.restore(s.points[i])
		code := s.visit(v, way{fault: "replication:stuck@" + host})
		asks := "TCP 445 open"
		if slices.Contains(slices.Concat(s.plan.To.Servers, s.plan.From.Servers), host) {
			asks = "TCP 4443 open"
		}
		s.check(code == 2 && strings.Contains(s.last, host+" is up to date") && strings.Contains(s.last, asks), "the replica of %s is stuck", host)
		s.check(s.visit(v, way{}) == 0 && s.digest() == s.worlds[i+1], "the replica of %s was stuck, again", host)
	}
	if i = s.at(plan.Stop); i < 0 {
		return
	}
	// Replicate while a server is stopped.
	s.restore(s.points[s.at(plan.Start)])
	code := s.visit(v, way{})
	s.check(code == 2, "replication does not reach a stopped server")
}

// rollback: from each point, and from wherever a call that changes something broke off,
// the first world comes back; twice changes nothing more.
func (s *suite) rollback() {
	back := func(what string) {
		if !s.goes("rollback "+what, s.walk.Back) {
			return
		}
		s.check(s.digest() == s.first(), "rollback %s: %s", what, s.digest())
		s.answers("rollback " + what)
		audit := s.audit()
		s.goes("rollback twice "+what, s.walk.Back)
		s.check(slices.Equal(audit, s.audit()) && s.digest() == s.first(), "rollback twice %s", what)
	}
	for i := s.begin(); i < len(s.points); i++ {
		s.restore(s.points[i])
		back(fmt.Sprintf("from point %d", i))
	}
	for i, v := range s.walk.Forth {
		for _, call := range changing(s.calls[i]) {
			if i < s.begin() {
				break
			}
			cmdlet, number, _ := strings.Cut(call, " ")
			s.restore(s.points[i])
			fault := fmt.Sprintf("%s:throwafter@%s", cmdlet, number)
			s.visit(v, way{fault: fault})
			back(fmt.Sprintf("after %s, %s", name(v), fault))
		}
	}
}

// lost: without its state file, rollback asks for a word before it sets a route.
func (s *suite) lost() {
	last := s.points[len(s.points)-1]
	for _, v := range s.walk.Back {
		if v.Script == "" || v.Stage != plan.Route {
			continue
		}
		at := tree{}
		for name, text := range last {
			if !strings.HasSuffix(name, ".state.xml") && !strings.HasSuffix(name, ".state.xml.old") {
				at[name] = text
			}
		}
		s.restore(at)
		s.check(s.visit(v, way{}) == 5, "rollback without a state file")
		s.check(s.digest() == s.final(), "rollback without a state file changes nothing")
		s.check(s.visit(v, way{given: map[string]any{"Attest": "the change record"}}) == 0, "rollback without a state file, attested")
	}
	// A server that has lost it starts everything, be all of it down or one service.
	i := s.lastAt(plan.Stop)
	if i < 0 {
		return
	}
	start := func(what, want string) {
		for _, v := range s.walk.Back {
			if v.Stage == plan.Start {
				s.check(s.visit(v, way{}) == 0, "%s without a state file, %s", name(v), what)
			}
		}
		s.check(s.digest() == want, "started without a state file, %s: %s", what, s.digest())
	}
	s.restore(tree{"world/world.json": s.points[i+1]["world/world.json"]})
	start("all down", s.worlds[s.at(plan.Stop)])
	s.restore(tree{"world/world.json": s.points[0]["world/world.json"]})
	s.edit(func(w *rehearsal.World) {
		for h := range w.Hosts {
			if w.Hosts[h].Name == s.walk.Forth[i].Host {
				w.Hosts[h].Services[3].Status = "Stopped"
			}
		}
	})
	start("one service down", s.first())
}

// thereAndBack walks forth and back, twice. The second time the serial of a zone is not
// that of the file any more, from which its diff is made: that has to be waived.
func (s *suite) thereAndBack() {
	s.fresh()
	first := s.begin()
	for again := range 2 {
		visits := s.walk.Forth
		if waive := s.exactSerials(); again > 0 && waive != "" {
			s.goes("forth", visits[:first])
			s.refuses(3, visits[first], way{}, "Preflight with the serial of a rollback")
			code := s.visit(visits[first], way{given: map[string]any{"Waive": waive}})
			s.check(code == 0 && strings.Contains(s.last, " WAIVED "), "Preflight with the serial of a rollback, waived")
			visits = visits[first+1:]
		}
		s.goes("forth", visits)
		s.check(s.digest() == s.final(), "forth: %s", s.digest())
		s.goes("back", s.walk.Back)
		s.check(s.digest() == s.first(), "back: %s", s.digest())
	}
	if s.at(plan.Route) < 0 {
		return
	}
	// Preflight when all is done already: what rollback goes back to stays what it was.
	s.restore(s.points[len(s.points)-1])
	s.goes("Preflight at the end", s.walk.Forth[first:first+1])
	s.check(strings.Contains(s.last, "target already"), "Preflight sees that the route is set")
	s.goes("back after Preflight", s.walk.Back)
	s.check(s.digest() == s.first(), "back after Preflight: %s", s.digest())
	s.lost()
}

// exactSerials are the numbers of the zones that are to have the very serial of their
// files before the change.
func (s *suite) exactSerials() string {
	var out []string
	for _, zone := range s.plan.Zones {
		if from, _, compared := zone.Serials(false); compared && !from.Later {
			out = append(out, zone.Number)
		}
	}
	return strings.Join(out, ",")
}

// killed: the process dies before each call and after each change. The stage, run again,
// ends where it would have, and so does a rollback.
func (s *suite) killed() {
	for i, v := range s.walk.Forth {
		if v.Script == "" {
			continue
		}
		var faults []string
		for n := range s.calls[i] {
			faults = append(faults, fmt.Sprintf("kill@%d", n+1))
		}
		for _, call := range changing(s.calls[i]) {
			if v.Stage != plan.Preflight || !rehearsed(call) {
				cmdlet, number, _ := strings.Cut(call, " ")
				faults = append(faults, fmt.Sprintf("killafter:%s@%s", cmdlet, number))
			}
		}
		for _, fault := range faults {
			s.restore(s.points[i])
			audit := len(s.audit())
			code := s.visit(v, way{fault: fault, kill: true})
			if !s.check(code == died, "%s, %s", name(v), fault) {
				continue
			}
			half := s.save()
			s.check(s.visit(v, way{}) == 0 && s.digest() == s.worlds[i+1], "%s, %s, then again: %s", name(v), fault, s.digest())
			s.answers(name(v) + ", " + fault)
			moved := func(line string) bool { return strings.Contains(line, storeFailover) }
			pushed := slices.DeleteFunc(s.audit()[audit:], moved) // the store is failed over once: storeDown counts that
			s.check(len(pushed) <= 2*len(changing(s.calls[i])), "%s, %s, then again: no needless change: %q", name(v), fault, s.audit())
			if strings.HasPrefix(fault, "killafter") && i >= s.begin() {
				s.restore(half)
				s.goes("rollback after "+fault, s.walk.Back)
				s.check(s.digest() == s.first(), "rollback after %s, %s: %s", name(v), fault, s.digest())
			}
		}
	}
	s.killedOnTheWayBack()
}

// killedOnTheWayBack: rollback dies before each of its calls, from the end of the change.
func (s *suite) killedOnTheWayBack() {
	s.restore(s.points[len(s.points)-1])
	for i, v := range s.walk.Back {
		if v.Script == "" {
			s.visit(v, way{})
			continue
		}
		at := s.save()
		s.visit(v, way{})
		calls := len(s.counted)
		for n := 1; n <= calls; n++ {
			s.restore(at)
			s.check(s.visit(v, way{fault: fmt.Sprintf("kill@%d", n), kill: true}) == died, "%s, kill@%d", name(v), n)
			s.goes("the rest of the rollback", s.walk.Back[i:])
			s.check(s.digest() == s.first(), "%s, kill@%d: %s", name(v), n, s.digest())
			s.answers(name(v))
		}
		s.restore(at)
		s.visit(v, way{})
	}
}
