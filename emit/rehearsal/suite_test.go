package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// suite runs the scripts of one plan in its simulated deployment. It knows nothing of
// testing: a mutation test has to go on where a test would fail.
type suite struct {
	shell   *shell
	plan    *plan.Plan
	product cmdlet.Product
	kit     string // folder
	dir     string // of the computers and the world
	walk    rehearsal.Run
	fail    func(format string, args ...any)

	realKills           bool // a kill ends the process; else it stands still in a thread of its own
	checks, runs, kills int
	last                string   // output of the last run
	counted             []string // its calls
	given               []string // the same, with their parameters
	after               string   // what the way asked to be read after it

	// Of the walk forth: what is on the disk before each visit and at the end, and the
	// calls that each visit makes.
	points []tree
	worlds []string
	calls  [][]string
}

// tree is all files of the simulation by their path.
type tree map[string]string

func (s *suite) check(ok bool, format string, args ...any) bool {
	s.checks++
	if !ok {
		s.fail("%s\n%s", fmt.Sprintf(format, args...), s.last)
	}
	return ok
}

// must ends the suite where nothing that follows would make sense.
func (s *suite) must(err error) {
	if err != nil {
		panic(err)
	}
}

// fresh makes the deployment as it is before the change. The services of a pool that was repaired are
// stopped in it.
func (s *suite) fresh() {
	text, err := json.Marshal(s.walk.World)
	s.must(err)
	s.restore(tree{"world/world.json": string(text)})
	if s.plan.FailsBack() {
		s.edit(s.targetServices("Stopped"))
	}
}

// targetServices gives all services of the target pool a status.
func (s *suite) targetServices(status string) func(*rehearsal.World) {
	return func(w *rehearsal.World) {
		for h := range w.Hosts {
			for n := range w.Hosts[h].Services {
				if slices.Contains(s.plan.To.Servers, w.Hosts[h].Name) {
					w.Hosts[h].Services[n].Status = status
				}
			}
		}
	}
}

func (s *suite) save() tree {
	out := tree{}
	s.must(filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(s.dir, path)
		out[filepath.ToSlash(name)] = string(data)
		return err
	}))
	return out
}

// restore puts the disk back to a point; calls are counted from there.
func (s *suite) restore(t tree) {
	s.must(os.RemoveAll(s.dir))
	for _, host := range append(s.hosts(), "world") {
		s.must(os.MkdirAll(filepath.Join(s.dir, host), 0o777))
	}
	for name, text := range t {
		if name != "world/calls.txt" && name != "world/given.txt" {
			s.must(os.WriteFile(filepath.Join(s.dir, filepath.FromSlash(name)), []byte(text), 0o666))
		}
	}
}

// equal compares all but what the simulation itself counts.
func (t tree) equal(other tree) bool {
	own := func(name string) bool {
		return name == "world/calls.txt" || name == "world/given.txt" || name == "world/clock.txt"
	}
	count := 0
	for name, text := range t {
		if own(name) {
			continue
		}
		if had, ok := other[name]; !ok || had != text {
			return false
		}
		count++
	}
	for name := range other {
		if !own(name) {
			count--
		}
	}
	return count == 0
}

// hosts are all computers of the world and one outside of it.
func (s *suite) hosts() []string {
	out := []string{rehearsal.Outside}
	for _, h := range s.walk.World.Hosts {
		out = append(out, h.Name)
	}
	return out
}

func (s *suite) read(name string) string {
	data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
	if err != nil {
		return ""
	}
	return string(data)
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' })
}

// audit are the changes that were made so far.
func (s *suite) audit() []string { return lines(s.read("world/audit.txt")) }

func (s *suite) world() rehearsal.World {
	var w rehearsal.World
	s.must(json.Unmarshal([]byte(strings.TrimPrefix(s.read("world/world.json"), "\ufeff")), &w))
	return w
}

// edit changes the world as somebody else would.
func (s *suite) edit(change func(*rehearsal.World)) {
	w := s.world()
	change(&w)
	text, err := json.Marshal(w)
	s.must(err)
	s.must(os.WriteFile(filepath.Join(s.dir, "world", "world.json"), text, 0o666))
}

// digest is the world without times, to be compared.
func (s *suite) digest() string {
	var out []string
	w := s.world()
	clock, _ := strconv.Atoi(strings.TrimSpace(s.read("world/clock.txt")))
	for _, site := range w.Sites {
		out = append(out, fmt.Sprintf("route %s %s", site.Name, site.Route))
		out = append(out, fmt.Sprintf("SIP route %s %s", site.Name, site.SipRoute))
	}
	for _, pool := range w.Pools {
		out = append(out, fmt.Sprintf("SIP %s %s", pool.Fqdn, pool.SipPort), fmt.Sprintf("next hop %s %s", pool.Fqdn, pool.Registrar))
		out = append(out, fmt.Sprintf("media %s %s", pool.Fqdn, pool.Media))
	}
	for _, host := range w.Hosts {
		// What Setup has installed is of no account where SIP federation is not enabled.
		enabled := slices.ContainsFunc(w.Pools, func(p rehearsal.Pool) bool { return p.Fqdn == host.Pool && p.SipPort != "" })
		out = append(out, fmt.Sprintf("role %s %v", host.Name, host.SipRole && enabled))
		for _, service := range host.Services {
			status := service.Status
			if clock < service.Due {
				status = service.Pending
			}
			out = append(out, fmt.Sprintf("service %s %s %s", host.Name, service.Name, status))
		}
	}
	for _, set := range w.Dns {
		var records []string
		for _, record := range set.Records {
			records = append(records, fmt.Sprintf("%d %s", record.TTL, record.Data))
		}
		sort.Strings(records)
		out = append(out, fmt.Sprintf("dns %s %s %s %q", set.Server, set.Name, set.Type, records))
	}
	return strings.Join(out, "\n")
}

// way is how a stage is run besides what the run sheet says.
type way struct {
	fault string
	given map[string]any
	kill  bool   // the fault is one that kills
	host  string // instead of that of the visit
	bare  bool   // without receipt and attestation
	idle  bool   // nobody clicks
	held  bool   // the fault kills; the process stands still and keeps its files open
	dirt  dirt   // what the session has
}

// visit runs a stage, or does what the DNS owner does. Where the stage asks for clicks they are made,
// and it is run again. It returns the last exit code; what was called is of both runs.
func (s *suite) visit(v rehearsal.Visit, w way) int {
	if v.Script == "" {
		s.edit(func(world *rehearsal.World) { apply(world, v) })
		return 0
	}
	code := s.stage(v, w)
	if code == 5 && len(v.Clicks) > 0 && strings.Contains(s.last, " CLICK ") && !w.idle {
		text := s.last
		s.click(v.Clicks)
		v.Attest = true
		code = s.stage(v, w)
		s.last = text + s.last
	}
	s.counted, s.given = lines(s.read("world/calls.txt")), lines(s.read("world/given.txt"))
	os.Remove(filepath.Join(s.dir, "world", "calls.txt"))
	os.Remove(filepath.Join(s.dir, "world", "given.txt"))
	return code
}

// stage runs a stage once.
func (s *suite) stage(v rehearsal.Visit, w way) int {
	host := v.Host
	if w.host != "" {
		host = w.host
	}
	given := map[string]any{
		"Stage": v.Stage, "Force": true, "PollSeconds": 10, "TimeoutSeconds": 300,
		"WorkPath": filepath.Join(s.dir, host),
	}
	if v.Receipt != "" && !w.bare {
		given["Receipt"] = s.receiptOf(v.Receipt)
	}
	if v.Attest && !w.bare {
		given["Attest"] = "J. Doe, FW-77"
	}
	for key, value := range w.given {
		if value == nil {
			delete(given, key)
			continue
		}
		given[key] = value
	}
	s.runs++
	freeze := w.held || w.kill && !s.realKills
	if freeze {
		w.fault += ";freeze"
	}
	got, err := s.shell.run(request{
		Kit: s.kit, World: filepath.Join(s.dir, "world"), Host: host, Fault: w.fault,
		Script: filepath.Join(s.kit, v.Script), Given: given, Freeze: freeze,
		Dirty: w.dirt.does, After: w.dirt.after,
	})
	s.must(err)
	if w.kill {
		s.kills++
	}
	if freeze && !w.held && got.Code == died { // else it is not over, and its calls are counted on
		// The files that the frozen thread has open are no longer those of the computer.
		os.Remove(filepath.Join(s.dir, "world", "frozen.txt"))
		s.restore(s.save())
	}
	s.last = fmt.Sprintf("%s -Stage %s on %s, fault %q: exit code %d\n%s", v.Script, v.Stage, host, w.fault, got.Code, got.Text)
	s.after = got.After
	return got.Code
}

func apply(w *rehearsal.World, v rehearsal.Visit) {
	for _, want := range v.Records {
		setOf(w, want).Records = want.Records
	}
	for _, want := range v.Serials {
		own := serialOf(w, want)
		if want.Serial == 0 || !zonefile.Greater(want.Serial, *own) {
			want.Serial = zonefile.Increment(*own)
		}
		*own = want.Serial
	}
}

// click does what a person does in Topology Builder and with the Deployment Wizard, as it should be.
func (s *suite) click(clicks []rehearsal.Click) {
	clock, _ := strconv.Atoi(strings.TrimSpace(s.read("world/clock.txt")))
	s.edit(func(w *rehearsal.World) {
		for _, c := range clicks {
			// What is due has arrived, and is written down with the next change.
			for i := range w.Replicas {
				if r := &w.Replicas[i]; clock >= r.Due && r.Applied < w.Version {
					w.Deliver(r)
				}
			}
			if c.Kind == "setup" {
				host := &w.Hosts[slices.IndexFunc(w.Hosts, func(h rehearsal.Host) bool { return h.Name == c.On })]
				i := slices.IndexFunc(w.Replicas, func(r rehearsal.Replica) bool { return r.Host == c.On })
				host.SipRole = slices.Contains(w.Replicas[i].SipPools, host.Pool)
				continue
			}
			for i := range w.Sites {
				if site := &w.Sites[i]; site.Name == c.On && c.Kind == "route" {
					site.Route = c.Value
				} else if site.Name == c.On {
					site.SipRoute = c.Value
				}
			}
			for i := range w.Pools {
				if w.Pools[i].Fqdn == c.On && c.Kind == "federation" {
					w.Pools[i].SipPort = c.Value
				}
				if w.Pools[i].Fqdn == c.On && c.Kind == "next-hop" {
					w.Pools[i].Registrar = c.Value
				}
				if w.Pools[i].Fqdn == c.On && c.Kind == "media" {
					w.Pools[i].Media = c.Value
				}
			}
			w.Version++
			for i := range w.Replicas {
				w.Replicas[i].Due = clock + 120
			}
		}
	})
}

// serialOf is the serial of the zone that another names.
func serialOf(w *rehearsal.World, like rehearsal.Serial) *uint32 {
	return &w.Serials[slices.IndexFunc(w.Serials, func(have rehearsal.Serial) bool {
		return have.Server == like.Server && have.Zone == like.Zone
	})].Serial
}

// setOf is the set of a world with the name and type of another.
func setOf(w *rehearsal.World, like rehearsal.Set) *rehearsal.Set {
	return &w.Dns[slices.IndexFunc(w.Dns, func(have rehearsal.Set) bool {
		return have.Server == like.Server && have.Name == like.Name && have.Type == like.Type
	})]
}

// records are the whole lines of all evidence logs of a computer.
func (s *suite) records(host string) []map[string]string {
	var out []map[string]string
	names, _ := filepath.Glob(filepath.Join(s.dir, host, "*.evidence.jsonl"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		s.must(err)
		for _, line := range lines(string(data)) {
			var record map[string]string
			if json.Unmarshal([]byte(line), &record) == nil {
				out = append(out, record)
			}
		}
	}
	return out
}

// receipt is what Preflight printed last.
func (s *suite) receipt() string { return s.receiptOf(plan.Preflight) }

func (s *suite) receiptOf(stage string) string {
	found := ""
	for _, record := range s.records(s.plan.ManagementHost) {
		if record["outcome"] == "RECEIPT" && record["stage"] == stage {
			found = record["detail"]
		}
	}
	return found
}

// goes walks visits that have to end well.
func (s *suite) goes(what string, visits []rehearsal.Visit) bool {
	for _, v := range visits {
		if code := s.visit(v, way{}); !s.check(code == 0, "%s: %s", what, name(v)) {
			return false
		}
	}
	return true
}

// scripts are that of the change and that of the rollback.
func (s *suite) scripts() []string {
	return []string{s.walk.Forth[len(s.walk.Forth)-1].Script, s.walk.Back[len(s.walk.Back)-1].Script}
}

func name(v rehearsal.Visit) string {
	if v.Script == "" {
		return "by hand"
	}
	return v.Script + " " + v.Stage + " on " + v.Host
}

// learn walks forth once and keeps every point on the way.
func (s *suite) learn() {
	s.fresh()
	s.points, s.worlds, s.calls = nil, nil, nil
	for i, v := range s.walk.Forth {
		s.points = append(s.points, s.save())
		s.worlds = append(s.worlds, s.digest())
		s.counted = nil
		code := s.visit(v, way{})
		s.calls = append(s.calls, s.counted)
		s.check(code == 0, "walk: %d %s", i, name(v))
	}
	s.points = append(s.points, s.save())
	s.worlds = append(s.worlds, s.digest())
}

var changers = []string{
	"Export-CsConfiguration", "Stop-CsWindowsService", "Set-CsEdgeServer", "Set-CsSite", "Start-CsWindowsService", "Invoke-CsManagementStoreReplication",
	"Add-DnsServerResourceRecord", "Remove-DnsServerResourceRecord", "Set-DnsServerResourceRecord", "Invoke-CimMethod", "dnscmd.exe",
}

// rehearsed tells whether stage Preflight only rehearses a call with -WhatIf.
func rehearsed(call string) bool {
	return strings.HasPrefix(call, "Set-CsSite") || strings.HasPrefix(call, "Set-CsEdgeServer")
}

// changing are the calls among those that change something, each with its number among
// the calls of its cmdlet.
func changing(calls []string) []string {
	var out []string
	seen := map[string]int{}
	for _, c := range calls {
		seen[c]++
		if slices.Contains(changers, c) {
			out = append(out, fmt.Sprintf("%s %d", c, seen[c]))
		}
	}
	return out
}
