package powershell

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/goldenscript"
	"github.com/edgeplan/edgeplan/parser"
)

const (
	goldenDir = "../../golden"
	specsDir  = "../../specs"
)

// sampleScript is a script under test.
type sampleScript struct {
	path, name string // name is SPEC/PLAN/FILE
	back       bool
	text       string
}

// change is the part above the runtime.
func (s sampleScript) change() string {
	before, _, _ := strings.Cut(s.text, RuntimeMarker)
	return before
}

// statements are the part between the parameters and the runtime.
func (s sampleScript) statements() string { return statements(s.change()) }

func statements(change string) string {
	_, after, ok := strings.Cut(change, "\r\n)\r\n$")
	if !ok {
		return "no statements"
	}
	return "$" + after
}

// goldens are all scripts in golden.
func goldens(t testing.TB) []sampleScript {
	t.Helper()
	paths, err := filepath.Glob(goldenDir + "/*/*/*.ps1")
	if err != nil || len(paths) < 20 || len(paths)%2 != 0 {
		t.Fatalf("%d scripts in %s, %v", len(paths), goldenDir, err)
	}
	var out []sampleScript
	for _, path := range paths {
		name := strings.TrimPrefix(filepath.ToSlash(path), goldenDir+"/")
		text, err := goldenscript.Read(goldenDir, name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sampleScript{path: path, name: name, back: strings.HasSuffix(name, "/rollback.ps1"), text: string(text)})
	}
	return out
}

// golden is the script of that name.
func golden(t testing.TB, name string) sampleScript {
	t.Helper()
	for _, s := range goldens(t) {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no golden script %s", name)
	return sampleScript{}
}

// planOf is the plan that a golden script was made from.
func planOf(t testing.TB, s sampleScript) *plan.Plan {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(s.path), "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// compile makes the plans of a spec.
func compile(t testing.TB, fsys fs.FS) []*plan.Plan {
	t.Helper()
	names, err := fs.Glob(fsys, "*"+parser.Suffix)
	if err != nil {
		t.Fatal(err)
	}
	spec, _, diags := parser.Load(fsys, names)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := compiler.Compile(spec)
	if diags.HasErrors() || len(plans) == 0 {
		t.Fatalf("%d plans, %v", len(plans), diags)
	}
	return plans
}

// replaced reads a spec's folder with words replaced.
func replaced(t testing.TB, spec string, oldnew ...string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := os.ReadDir(filepath.Join(specsDir, spec))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(specsDir, spec, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(oldnew...).Replace(string(data))
		out[e.Name()] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// both are the scripts of a plan.
func both(t testing.TB, p *plan.Plan) [2]string {
	t.Helper()
	forth, err := Forward(p)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Rollback(p)
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{string(forth), string(back)}
}

// spoiled is the sample plan with text in place of every name and value that a spec
// or a hand-written plan could bring in. Verbs, hosts and cmdlets stay.
func spoiled(text string) *plan.Plan { return spoiledBy(func() string { return text }) }

// spoiledBy is the same with another text in each place.
func spoiledBy(text func() string) *plan.Plan {
	p := sample.Plan()
	for _, at := range []*string{&p.From.Name, &p.From.FQDN, &p.To.Name, &p.To.FQDN, &p.XMPPHost, &p.From.Site, &p.To.Site, &p.CentralManagement} {
		*at = text()
	}
	p.To.Servers = []string{text()}
	zone := text()
	for i := range p.Zones {
		spoilZone(&p.Zones[i], zone, text)
	}
	addWindows(p, "a"+text(), "windows-server-2016", text)
	addWindows(p, "b"+text(), "windows-server-2008-r2", text)
	store := &plan.CheckFacts{StepInfo: plan.StepInfo{ID: "preflight/store", Host: p.ManagementHost}, Pool: new(cmdlet.Call), Facts: make([]plan.Fact, 1)}
	store.Facts[0].Want = []string{""}
	p.Stages[0].Steps = append(p.Stages[0].Steps, store)
	for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
		for _, stage := range stages {
			for _, step := range stage.Steps {
				spoilStep(step, zone, text)
			}
		}
	}
	return p
}

func spoilZone(zone *plan.Zone, name string, text func() string) {
	zone.Name, zone.Server = name, text()
	for i := range zone.Records {
		r := &zone.Records[i]
		r.Owner, r.Old, r.New, r.Step = text(), []string{text()}, []string{text() + "x", text()}, text()
	}
}

// addWindows adds a zone that the scripts change on a Windows DNS server: a record that is
// added, one that goes, one that gets another TTL. Data differ whatever text returns.
func addWindows(p *plan.Plan, name, system string, text func() string) {
	ttl := text()
	p.Zones = append(p.Zones, plan.Zone{
		Name: name, Server: text(), Delivery: "windows-dns", Computer: "ns1.contoso.net", OperatingSystem: system,
		Hunks: []hunk.Hunk{{}},
		Records: []plan.RecordSet{
			{Owner: "o" + text() + "." + strings.TrimSuffix(name, ".") + ".", Type: "A", Old: []string{"1" + text()}, New: []string{"2" + text()}, OldTTL: 300, NewTTL: 90000, Step: text(), Number: "P1" + text()},
			{Owner: "o" + text() + "." + strings.TrimSuffix(name, ".") + ".", Type: "AAAA", Old: []string{ttl}, New: []string{ttl}, OldTTL: 3600, NewTTL: 300, Step: text(), Number: "P2" + text()},
			{Owner: "o" + text() + "." + strings.TrimSuffix(name, ".") + ".", Type: "SRV", New: []string{"0 0 5269 " + text()}, NewTTL: 300, Step: text(), Number: "P3" + text()},
		},
	})
	for _, way := range []struct {
		stages *[]plan.Stage
		prefix string
	}{{&p.Stages, ""}, {&p.Rollback, "rollback/"}} {
		info := plan.StepInfo{ID: way.prefix + "dns-server/" + name, Host: "ns1.contoso.net", Says: text()}
		edit := plan.Stage{Name: plan.DNSServer, Hosts: []string{info.Host}, Steps: plan.Steps{&plan.EditRecords{StepInfo: info, Zone: name}}}
		*way.stages = append(*way.stages, edit)
	}
}

func spoilStep(step plan.Step, zone string, text func() string) {
	step.Info().Says, step.Info().Source.Step = text(), text()
	for _, call := range callsOf(step) {
		for i := range call.Params {
			if !call.Params[i].Switch {
				call.Params[i].Value = text()
			}
		}
	}
	switch s := step.(type) {
	case *plan.CheckRight:
		s.Group = text()
	case *plan.CheckFacts:
		s.Facts = []plan.Fact{{Number: text(), Says: text(), Property: text(), Match: plan.Has, Want: []string{text(), text()}}}
	case *plan.CheckRoutedSites:
		s.PoolName, s.PoolFQDN, s.Sites = text(), text(), []string{text(), text()}
	case *plan.Backup:
		s.File = text()
	case *plan.SetRoute:
		s.Site, s.Manual = text(), strings.HasPrefix(s.ID, "rollback/")
		for i := range s.Forms {
			s.Forms[i].Parameter, s.Forms[i].From, s.Forms[i].To = text(), text(), text()
		}
	case *plan.ChangeRecords:
		s.Zone = zone
	case *plan.ConfirmPort:
		s.Addresses = []string{text()}
	case *plan.ProbePort:
		s.Targets = []string{text(), text()}
	}
}

// callsOf are the calls of a step.
func callsOf(step plan.Step) []*cmdlet.Call {
	switch s := step.(type) {
	case *plan.CheckFacts:
		if s.Pool != nil { // the runtime makes both calls, and compares
			return []*cmdlet.Call{{Name: "Get-StoreStatus", Params: []cmdlet.Param{cmdlet.Arg("Of", s.Facts[0].Want[0])}}}
		}
		return []*cmdlet.Call{&s.Read}
	case *plan.CheckRoutedSites: // likewise
		return []*cmdlet.Call{{Name: "Get-RoutedSite", Params: []cmdlet.Param{cmdlet.Arg("Pool", s.PoolFQDN)}}}
	case *plan.Backup:
		return []*cmdlet.Call{&s.Call}
	case *plan.StopServices:
		return []*cmdlet.Call{&s.Call}
	case *plan.CheckServer:
		if s.Local == nil {
			return []*cmdlet.Call{&s.Certificates}
		}
		return []*cmdlet.Call{&s.Certificates, s.Local}
	case *plan.StartServices:
		return []*cmdlet.Call{&s.Call}
	case *plan.Replicate:
		return []*cmdlet.Call{&s.Read, &s.Call}
	case *plan.SendMessage:
		return []*cmdlet.Call{&s.Call}
	case *plan.SetRoute:
		var out []*cmdlet.Call
		for i := range s.Forms {
			if !s.Manual {
				out = append(out, &s.Forms[i].Call)
			}
		}
		return out
	}
	return nil
}
