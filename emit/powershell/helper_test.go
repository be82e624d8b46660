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
	"github.com/edgeplan/edgeplan/compiler/procedure"
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
	p, err := procedure.Decode(data)
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
	return [2]string{string(forth.Bytes()), string(back.Bytes())}
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
	for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
		for i := range stages {
			for k := range stages[i].Parts {
				spoilPart(&stages[i].Parts[k], zone, text)
			}
		}
	}
	return p
}

// spoilPart spoils what is printed of a part, but for stages, hosts and verbs.
func spoilPart(part *plan.Part, zone string, text func() string) {
	part.Does = text()
	if part.Zones != nil {
		part.Zones = []plan.ZoneCheck{{Name: zone, Source: plan.Source{Procedure: text(), Step: text()}}}
	}
	for _, step := range part.Steps {
		spoilStep(step, text)
	}
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
		step := &plan.Step{ID: way.prefix + "dns-server/" + name, Says: text(), Zone: name, Edit: true}
		edit := plan.Stage{Name: plan.DNSServer, Parts: []plan.Part{{Hosts: []string{"ns1.contoso.net"}, Product: p.Product, Does: text(), Steps: plan.Steps{step}}}}
		*way.stages = append(*way.stages, edit)
	}
}

func spoilStep(step *plan.Step, text func() string) {
	step.Says, step.Source.Step = text(), text()
	for _, call := range callsOf(step) {
		for i := range call.Params {
			if !call.Params[i].Switch && !call.Params[i].Variable {
				call.Params[i].Value = text()
			}
		}
	}
	if step.Check != nil {
		step.ID, step.Property, step.Check.Want = text(), text(), []string{text(), text()}
	}
	act := step.Act
	if act == nil {
		return
	}
	if act.File != "" {
		act.File = "f" + text() // which no plan has empty
	}
	act.IfNot = text()
	if act.From != "" {
		act.From, act.To = text(), []string{text()}
	}
	for i := range act.Variants {
		v := &act.Variants[i]
		v.Parameter, v.From, v.To = text(), text(), text()
		if strings.HasPrefix(step.ID, "rollback/") {
			v.Set, v.Manual = nil, text()
		}
	}
}

// callsOf are the calls of a step, of cmdlets and of functions of the runtime.
func callsOf(step *plan.Step) []*cmdlet.Call {
	var out []*cmdlet.Call
	if step.Read != nil {
		out = append(out, step.Read)
	}
	if act := step.Act; act != nil {
		if act.Set != nil {
			out = append(out, act.Set)
		}
		for _, v := range act.Variants {
			if v.Set != nil {
				out = append(out, v.Set)
			}
		}
	}
	return out
}
