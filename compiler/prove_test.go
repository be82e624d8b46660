package compiler

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser"
)

// seed returns the plan of the procedure's own example.
func seed(t *testing.T) *Plan {
	t.Helper()
	return planOf(t, "seed", "contoso.edge.hcl")
}

func planOf(t *testing.T, name string, files ...string) *Plan {
	t.Helper()
	spec, _, diags := parser.Load(os.DirFS("../specs/"+name), files)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := Compile(spec)
	if len(plans) != 1 || diags.HasErrors() {
		t.Fatalf("%d plans, %v", len(plans), diags)
	}
	return plans[0]
}

func stageOf(t *testing.T, stages []Stage, name string) *Stage {
	t.Helper()
	for i := range stages {
		if stages[i].Name == name {
			return &stages[i]
		}
	}
	t.Fatalf("no stage %s", name)
	return nil
}

func swap(stages []Stage, a, b int) { stages[a], stages[b] = stages[b], stages[a] }

// unasked takes the look at DNS out of a stage.
func unasked(t *testing.T, stages []Stage, name string) {
	stage := stageOf(t, stages, name)
	stage.Steps = slices.DeleteFunc(stage.Steps, func(s Step) bool { return s.kind() == "check-records" })
	for _, s := range allSteps(stages) {
		s.Info().Needs = nil
	}
}

// prove is of use only if it fails on plans that are wrong.
func TestProveFindsMistakes(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, p *Plan)
		want  string
	}{
		{"start before route", func(t *testing.T, p *Plan) { swap(p.Stages, 2, 5) }, "runs before"},
		{"route before stop", func(t *testing.T, p *Plan) { swap(p.Stages, 1, 2) }, "runs before"},
		{"route while a server runs", func(t *testing.T, p *Plan) {
			stageOf(t, p.Stages, Route).Steps[0].Info().Needs = nil
			swap(p.Stages, 1, 2)
		}, "still runs"},
		{"services stay stopped", func(t *testing.T, p *Plan) { stageOf(t, p.Stages, Start).Steps = nil }, "runs before"},
		{"replication to a stopped replica", func(t *testing.T, p *Plan) {
			stageOf(t, p.Stages, Start).Steps = nil
			for _, s := range stageOf(t, p.Stages, Replicated).Steps {
				s.Info().Needs = nil
			}
		}, "stopped replica"},
		{"records forgotten", func(t *testing.T, p *Plan) {
			stageOf(t, p.Stages, DNS).Steps = nil
			for _, s := range allSteps(p.Stages) {
				s.Info().Needs = nil
			}
		}, "is not changed"},
		{"wrong address", func(t *testing.T, p *Plan) { p.Zones[0].Records[0].New = []string{"192.0.2.1"} }, "leads to"},
		{"SRV to the old pool", func(t *testing.T, p *Plan) {
			last := &p.Zones[0].Records[len(p.Zones[0].Records)-1]
			last.New = []string{"0 0 5269 sip1.contoso.com."}
		}, "does not lead to"},
		{"route to another pool", func(t *testing.T, p *Plan) {
			stageOf(t, p.Stages, Route).Steps[0].(*SetRoute).Forms[0].To = "other.contoso.com"
		}, "finds the route"},
		{"rollback forgets the route", func(t *testing.T, p *Plan) {
			route := stageOf(t, p.Rollback, Route)
			route.Steps = slices.DeleteFunc(route.Steps, func(s Step) bool { return s.kind() == "set-route" })
			for _, s := range allSteps(p.Rollback) {
				s.Info().Needs = nil
			}
		}, "does not restore"},
		{"DNS is not asked", func(t *testing.T, p *Plan) { unasked(t, p.Stages, Preflight) }, "step stop/EdgeServer2.contoso.com runs before the server of zone contoso.com was asked"},
		{"DNS is not asked on the way back", func(t *testing.T, p *Plan) { unasked(t, p.Rollback, Route) }, "step rollback/route/Site2 runs before the server of zone contoso.com was asked"},
		{"rollback forgets the services", func(t *testing.T, p *Plan) {
			stageOf(t, p.Rollback, Start).Steps = nil
			for _, s := range allSteps(p.Rollback) {
				s.Info().Needs = nil
			}
		}, "stopped replica"},
		{"rollback forgets the records", func(t *testing.T, p *Plan) {
			stageOf(t, p.Rollback, DNS).Steps = nil
			for _, s := range allSteps(p.Rollback) {
				s.Info().Needs = nil
			}
		}, "does not restore"},
		{"nobody confirms the port", func(t *testing.T, p *Plan) {
			stageOf(t, p.Stages, Firewall).Steps = nil
			for _, s := range allSteps(p.Stages) {
				s.Info().Needs = nil
			}
		}, "nobody has confirmed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			plan := seed(t)
			test.spoil(t, plan)
			if err := prove(plan); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("prove says %v, want %q", err, test.want)
			}
		})
	}
}

func TestEveryStepHasUndoOrReason(t *testing.T) {
	for _, plan := range []*Plan{seed(t), planOf(t, "all-routed", "spec.edge.hcl"), planOf(t, "start-first", "spec.edge.hcl")} {
		back := map[string]bool{}
		for _, step := range allSteps(plan.Rollback) {
			back[step.Info().ID] = true
		}
		seen := map[string]bool{}
		for _, step := range append(allSteps(plan.Stages), allSteps(plan.Rollback)...) {
			info := step.Info()
			if seen[info.ID] {
				t.Errorf("two steps %s", info.ID)
			}
			seen[info.ID] = true
			if (len(info.Undo) == 0) == (info.NoUndo == "") {
				t.Errorf("%s: undo %v, reason %q", info.ID, info.Undo, info.NoUndo)
			}
			for _, id := range info.Undo {
				if !back[id] {
					t.Errorf("%s is undone by %s, which is not there", info.ID, id)
				}
			}
			if info.Source.Procedure == "" || info.Origin.File == "" || info.Origin.Line == 0 || info.Host == "" || info.Says == "" || info.Risk == "" {
				t.Errorf("%s is not complete: %+v", info.ID, *info)
			}
		}
	}
}

func TestOutage(t *testing.T) {
	var got []string
	for _, r := range seed(t).Outage {
		state := r.After
		for _, s := range []Service{r.XMPP, r.RemoteAccess} {
			if s.Up {
				state += " " + s.Through
			} else {
				state += " -"
			}
		}
		got = append(got, state)
	}
	want := []string{" - EdgePool2", "Preflight - EdgePool2", "Stop - -", "Route - -", "Dns - -", "Firewall - -", "Start - EdgePool2", "Replicate EdgePool2 EdgePool2", "Verify EdgePool2 EdgePool2"}
	if !sameStrings(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	text, err := Encode(seed(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, new, want string }{
		{"other version", `"format_version": 1`, `"format_version": 2`, "format version 2"},
		{"unknown field", `"spec_digest"`, `"spec_digits"`, "spec_digits"},
		{"unknown kind", `"kind": "stop-services"`, `"kind": "stop-computer"`, `no kind of step "stop-computer"`},
		{"another cmdlet", `"cmdlet": "Stop-CsWindowsService"`, `"cmdlet": "Stop-Computer"`, "no cmdlet Stop-Computer"},
		{"another parameter", `"name": "XmppFederationRoute"`, `"name": "FederationRoutes"`, "no parameter -FederationRoutes"},
		{"another host", `"host": "fe2.corp.contoso.com"`, `"host": "fe3.corp.contoso.com"`, "has been edited"},
		{"another address", `"198.51.100.21"`, `"198.51.100.22"`, "has been edited"},
		{"no JSON", `{`, `<`, "not a plan"},
	}
	for _, test := range tests {
		spoilt := strings.Replace(string(text), test.old, test.new, 1)
		if spoilt == string(text) {
			t.Errorf("%s: %q is not in the plan", test.name, test.old)
		}
		if _, err := Decode([]byte(spoilt)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if _, err := Decode(append(text, '{')); err == nil {
		t.Error("text after the plan is taken")
	}
}

// sound is an included file that does not change.
func sound(name string) ZoneFile {
	sum := strings.Repeat("0a", 32)
	return ZoneFile{File: name, OldSHA256: sum, NewSHA256: sum}
}

// A plan whose ID fits but whose parts do not is refused before anything is emitted.
func TestDecodeRefusesShape(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, p *Plan)
		want  string
	}{
		{"no stages", func(_ *testing.T, p *Plan) { p.Stages = nil }, "no stages"},
		{"no rollback", func(_ *testing.T, p *Plan) { p.Rollback = nil }, "no stages"},
		{"unknown stage", func(_ *testing.T, p *Plan) { p.Stages[0].Name = "Prefight" }, "Prefight"},
		{"stage without steps", func(_ *testing.T, p *Plan) { p.Stages[1].Steps = nil }, "no steps"},
		{"step in another stage", func(_ *testing.T, p *Plan) {
			p.Stages[0].Steps, p.Stages[0].Hosts = p.Stages[1].Steps, p.Stages[1].Hosts
		}, "does not belong"},
		{"stage twice", func(_ *testing.T, p *Plan) { p.Stages = append(p.Stages, p.Stages[0]) }, "twice"},
		{"route without a form", func(t *testing.T, p *Plan) { stageOf(t, p.Stages, Route).Steps[0].(*SetRoute).Forms = nil }, "no forms"},
		{"zone that is not there", func(t *testing.T, p *Plan) { p.Zones = []Zone{} }, "no zone"},
		{"host that is not listed", func(t *testing.T, p *Plan) { stageOf(t, p.Stages, Stop).Hosts = []string{"x"} }, "hosts"},
		{"a partner without a name", func(_ *testing.T, p *Plan) { p.Partners = []string{""} }, "partners"},
		{"a partner twice", func(_ *testing.T, p *Plan) { p.Partners = []string{"a.example", "A.example"} }, "twice"},
		{"domains out of order", func(_ *testing.T, p *Plan) { p.Domains = []string{"b.example", "a.example"} }, "order"},
		{"another comparison", func(_ *testing.T, p *Plan) { factsOf(p, "P10").Match = "not" }, "in a way that there is not"},
		{"others with an exact list", func(_ *testing.T, p *Plan) { factsOf(p, "P10").Match = Is }, "allows none"},
		{"an included file twice", func(_ *testing.T, p *Plan) { p.Zones[0].Included = []ZoneFile{sound("a"), sound("a")} }, "there twice"},
		{"the zone file included", func(_ *testing.T, p *Plan) { p.Zones[0].Included = []ZoneFile{sound(p.Zones[0].File)} }, "there twice"},
		{"a file elsewhere", func(_ *testing.T, p *Plan) { p.Zones[0].Included = []ZoneFile{sound("../a")} }, "cannot be an included file"},
		{"a file with an empty path", func(_ *testing.T, p *Plan) { p.Zones[0].Included = []ZoneFile{{File: "a", Paths: []string{""}}} }, "an empty path"},
		{"a file without a sum", func(_ *testing.T, p *Plan) { p.Zones[0].Included = []ZoneFile{{File: "a"}} }, "no SHA-256"},
		{"a file without a way back", func(_ *testing.T, p *Plan) {
			file := sound("a")
			file.Hunks = p.Zones[0].Hunks
			p.Zones[0].Included = []ZoneFile{file}
		}, "only in part"},
		{"in doubt and up", func(_ *testing.T, p *Plan) { p.Outage[0].XMPP = Service{Up: true, InDoubt: true} }, "in doubt"},
		{"wrong order", func(_ *testing.T, p *Plan) { swap(p.Stages, 1, 2) }, "runs before"},
	}
	for _, test := range tests {
		plan := seed(t)
		test.spoil(t, plan)
		plan.ID = identify(plan)
		text, err := Encode(plan)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	spec, _, _ := parser.Load(os.DirFS("../specs/seed"), []string{"contoso.edge.hcl"})
	plans, _ := Compile(spec)
	text, _ := Encode(plans[0])
	f.Add(text)
	f.Add([]byte(`{"format_version":1,"stages":[{"steps":[{"kind":"set-route"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := Decode(data)
		if err != nil {
			return
		}
		if _, err := Encode(plan); err != nil {
			t.Error(err)
		}
	})
}

func TestPromote(t *testing.T) {
	at := func(priority int, target string) srv { return srv{priority, 0, xmppPort, target} }
	tests := []struct {
		name     string
		in, want []srv
	}{
		{"none yet", nil, []srv{at(0, "new")}},
		{"first already", []srv{at(5, "new"), at(10, "old")}, []srv{at(5, "new"), at(10, "old")}},
		{"exchanged", []srv{at(10, "old"), at(20, "new")}, []srv{at(20, "old"), at(10, "new")}},
		{"exchanged, third stays", []srv{at(10, "old"), at(15, "third"), at(20, "new")}, []srv{at(20, "old"), at(15, "third"), at(10, "new")}},
		{"added before", []srv{at(10, "old")}, []srv{at(10, "old"), at(5, "new")}},
		{"added before one", []srv{at(1, "old")}, []srv{at(1, "old"), at(0, "new")}},
		{"added before zero", []srv{at(0, "old"), at(7, "third")}, []srv{at(17, "old"), at(7, "third"), at(0, "new")}},
	}
	for _, test := range tests {
		got := promote(test.in, "new", srv{})
		if len(got) != len(test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
			}
		}
	}
}
