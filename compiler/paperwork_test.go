package compiler_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// compileSpec compiles a spec in which texts are exchanged, given in pairs, and returns its plans and the details of its
// findings by their codes.
func compileSpec(t *testing.T, name string, exchange ...string) ([]*plan.Plan, map[diag.Code][]string) {
	t.Helper()
	paths, err := filepath.Glob("../specs/" + name + "/*.edge.hcl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	var files []parser.File
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, parser.File{Name: filepath.Base(path), Text: []byte(strings.NewReplacer(exchange...).Replace(string(text)))})
	}
	spec, sources, diags := parser.Parse(os.DirFS("../specs/"+name), files)
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	found := map[diag.Code][]string{}
	for _, f := range diag.Findings(diags, sources) {
		found[f.Code] = append(found[f.Code], f.Detail)
	}
	return plans, found
}

// said is a block for each stage, with a duration in minutes.
func said(kind string, minutes int, names ...string) string {
	var out strings.Builder
	for _, name := range names {
		fmt.Fprintf(&out, "%s %q {\nminutes = %d\n}\n", kind, name, minutes)
	}
	return out.String()
}

// TestSchedule: durations and waits are added up, and the moment to go back is so long before the window ends.
func TestSchedule(t *testing.T) {
	plans, found := compileSpec(t, "planned")
	p := plans[0]
	s := p.Schedule
	last := s.Stages[len(s.Stages)-1]
	caches, everywhere := p.OldAnswers()
	if last.Stage != plan.StopOld || last.Wait != everywhere || everywhere <= caches || s.Seconds != 85*60+everywhere ||
		s.RollbackSeconds != 55*60 || s.BackBy != "2026-12-06T02:05:00Z" || found["EP3041"] != nil || found["EP3042"] != nil {
		t.Errorf("%+v, %v", s, found)
	}
	// What is said in another order or case is the same.
	again, _ := compileSpec(t, "planned", `stage "Preflight"`, `stage "preflight"`, "    stage \"Stop\" {\n      minutes = 10\n    }\n", "",
		"    message {\n      to    =", "    stage \"STOP\" {\n      minutes = 10\n    }\n\n    message {\n      to    =")
	if !reflect.DeepEqual(again[0].Change, p.Change) || !reflect.DeepEqual(again[0].Schedule, s) {
		t.Errorf("%+v\n%+v", again[0].Change, p.Change)
	}
	// A letter that only strings.EqualFold takes for an s makes another name: two blocks never are one stage.
	again, strange := compileSpec(t, "planned", "    stage \"Stop\" {", "    stage \"\u017ftop\" {\n      minutes = 3\n    }\n\n    stage \"Stop\" {")
	if !reflect.DeepEqual(again[0].Change, p.Change) || len(strange["EP3041"]) != 1 {
		t.Errorf("%+v, %v", again[0].Change, strange)
	}
	// Without durations nothing is added up.
	if p, _ := compileSpec(t, "sip-planned"); p[0].Schedule != nil || p[0].Items != nil {
		t.Errorf("%+v", p[0].Schedule)
	}
	for _, test := range []struct{ start, end, code string }{
		{"2026-12-05T22:00:00Z", "2026-12-06T02:40:00Z", ""},
		{"2026-12-05T22:00:00Z", "2026-12-06T02:39:59Z", "EP3044"},
		{"2026-12-05T22:00:00Z", "2026-12-06T01:45:00Z", "EP3044"},
		{"2026-12-05T22:00:00Z", "2026-12-06T01:44:59Z", "EP3042"},
		{"2026-12-05T23:00:00+01:00", "2026-12-05T22:00:01Z", "EP3042"},
		{"2026-12-05T22:00:00Z", "3026-12-05T22:00:00Z", ""},
		{"0000-01-01T00:00:00Z", "0000-01-01T00:00:01Z", "EP3042"},
	} {
		_, found := compileSpec(t, "planned", "2026-12-05T22:00:00Z", test.start, "2026-12-06T03:00:00Z", test.end)
		for _, code := range []string{"EP3042", "EP3044"} {
			if (len(found[diag.Code(code)]) == 1) != (code == test.code) {
				t.Errorf("%s to %s: %v, want %s", test.start, test.end, found, test.code)
			}
		}
	}
	// The way back takes 55 minutes: where the window has less, no moment is early enough.
	for end, want := range map[string]string{"2026-12-05T22:55:00Z": "2026-12-05T22:00:00Z", "2026-12-05T22:54:59Z": ""} {
		if plans, _ := compileSpec(t, "planned", "2026-12-06T03:00:00Z", end); plans[0].Schedule.BackBy != want {
			t.Errorf("window until %s: begin by %q", end, plans[0].Schedule.BackBy)
		}
	}
	for _, line := range []string{"    window_start = \"2026-12-05T22:00:00Z\"\n", "    window_end   = \"2026-12-06T03:00:00Z\"\n"} {
		plans, found := compileSpec(t, "planned", line, "", "minutes = 10", "minutes = 10000")
		if plans[0].Schedule.Seconds < 3*600_000 || found["EP3042"] != nil || found["EP3044"] != nil {
			t.Errorf("without %q: %v", line, found)
		}
	}
}

// TestMessageTimes: a message is sent so many hours before the window, or after it, where that has a time.
func TestMessageTimes(t *testing.T) {
	window := plan.Change{WindowStart: "2026-12-05T22:00:00+02:00", WindowEnd: "9999-12-31T23:30:00Z"}
	for want, m := range map[string]plan.Message{
		"2026-12-03T22:00:00+02:00": {When: plan.BeforeChange, Hours: 48},
		"":                          {When: plan.AfterChange, Hours: 1},
	} {
		if at, ok := m.At(window); at != want || ok != (want != "") {
			t.Errorf("%+v: %q, %v", m, at, ok)
		}
	}
	for _, m := range []plan.Message{{When: plan.BeforeChange}, {When: plan.AfterRollback}, {When: plan.AfterChange, Hours: 1}} {
		if at, ok := m.At(plan.Change{WindowStart: window.WindowStart}); ok {
			t.Errorf("%+v: %q", m, at)
		}
	}
}

// TestStagesOfEveryPlan: of each spec of golden, what is said of all stages and of those of the rollback is in the plan, which
// can be read again, and what is said of others is a finding each.
func TestStagesOfEveryPlan(t *testing.T) {
	for _, name := range []string{"seed", "failback", "prepare", "media-alone", "next-hop-alone", "both", "windows-dns", "sip-planned", "next-hop-failback"} {
		before, _ := compileSpec(t, name)
		for _, asked := range before {
			var insert string
			for _, way := range []struct {
				kind   string
				stages []plan.Stage
			}{{"stage", asked.Stages}, {"rollback_stage", asked.Rollback}} {
				for _, stage := range way.stages {
					insert += said(way.kind, 7, strings.ToUpper(stage.Name))
				}
			}
			insert += said("stage", 1, "Lunch") + said("rollback_stage", 1, "Lunch")
			ticket := fmt.Sprintf("%q\n", asked.Change.Ticket)
			plans, found := compileSpec(t, name, ticket, ticket+insert)
			i := slices.IndexFunc(plans, func(p *plan.Plan) bool { return p.Name == asked.Name })
			if i < 0 {
				t.Errorf("%s: no plan: %v", name, found)
				continue
			}
			p := plans[i]
			if len(p.Schedule.Stages) != len(p.Stages) || plan.Untimed(p.Schedule.Stages) != nil || plan.Untimed(p.Schedule.Rollback) != nil ||
				len(p.Change.Stages) != len(p.Stages) || len(p.Change.RollbackStages) != len(p.Rollback) || p.Change.Stages[0].Name != p.Stages[0].Name {
				t.Errorf("%s, %s: %+v", name, p.Name, p.Change)
			}
			lunch := slices.DeleteFunc(found["EP3041"], func(s string) bool { return !strings.Contains(s, `"Lunch"`) })
			if len(lunch) < 2 {
				t.Errorf("%s, %s: %v", name, p.Name, found["EP3041"])
			}
			text, err := plan.Encode(p)
			if err != nil {
				t.Fatal(err)
			}
			if read, err := procedure.Decode(text); err != nil || !reflect.DeepEqual(read.Schedule, p.Schedule) {
				t.Errorf("%s, %s: %v", name, p.Name, err)
			}
		}
	}
}

// TestStagesOfMatrix: in a matrix a stage that no plan has is one finding, and one that some plan has is none.
func TestStagesOfMatrix(t *testing.T) {
	head := "ticket       = \"CHG0042401\"\n"
	plans, found := compileSpec(t, "matrix", head, head+said("stage", 10, "Route", "StopOld")+said("rollback_stage", 5, "Route", "Firewall"))
	if got := found["EP3041"]; len(got) != 2 || !strings.Contains(got[0], "StopOld") || !strings.Contains(got[1], "Firewall") {
		t.Errorf("%q", got)
	}
	for _, p := range plans {
		if len(p.Change.Stages) != 1 || p.Schedule.Seconds != 600 || p.Schedule.RollbackSeconds != 300 {
			t.Errorf("%s: %+v", p.Name, p.Schedule)
		}
	}
	// Only Site2 has a route, and only that of the target's site is set: with a target at another site it stays.
	const routed = "xmpp_federation_route = edge_pool.EdgePool1\n"
	plans, found = compileSpec(t, "matrix", head, head+said("stage", 10, "StopOld"), "federation  = \"xmpp\"\n  route_sites = \"all-routed\"",
		"federation  = \"xmpp\"\n  reason = \"planned\"", "site \"Site2\" {\n  "+routed, "site \"Site2\" {\n  "+routed, routed, "")
	some := 0
	for _, p := range plans {
		some += len(p.Change.Stages)
	}
	if found["EP3041"] != nil || some == 0 || some == len(plans) {
		t.Errorf("%d of %d plans have StopOld: %v", some, len(plans), found["EP3041"])
	}
}

// TestItems: a plan has the configuration items of what it touches, also one on the topology as another plan leaves it.
func TestItems(t *testing.T) {
	plans, _ := compileSpec(t, "matrix", "edge_pool \"EdgePool3\" {\n", "edge_pool \"EdgePool3\" {\nci = \"THREE\"\n",
		"edge_pool \"EdgePool1\" {\n", "edge_pool \"EdgePool1\" {\nci = \"ONE\"\n", "site \"Site3\" {\n", "site \"Site3\" {\nci = \"SITE\"\n",
		"dns_zone \"contoso.com\" {\n", "dns_zone \"contoso.com\" {\nci = \"ZONE\"\n")
	for _, p := range plans {
		var got []string
		for _, item := range p.Items {
			got = append(got, item.CI)
		}
		want := []string{"SITE"} // of which the route changes in each
		for _, pool := range []struct{ name, ci string }{{"EdgePool1", "ONE"}, {"EdgePool3", "THREE"}} {
			if p.From.Name == pool.name || p.To.Name == pool.name {
				want = append(want, pool.ci)
			}
		}
		if want = append(want, "ZONE"); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", p.Name, got, want)
		}
	}
	if len(plans) < 3 {
		t.Errorf("%d plans", len(plans))
	}
}

// TestPaperworkRefused: plan.json with what no spec gives is refused, also where its ID is right.
func TestPaperworkRefused(t *testing.T) {
	for name, spoil := range map[string]func(p *plan.Plan){
		"type":               func(p *plan.Plan) { p.Change.Type = "other" },
		"risk":               func(p *plan.Plan) { p.Change.Risk = "none" },
		"reason alone":       func(p *plan.Plan) { p.Change.Risk = "" },
		"no such stage":      func(p *plan.Plan) { p.Change.Stages[0].Name = "Lunch" },
		"order of stages":    func(p *plan.Plan) { slices.Reverse(p.Change.Stages); p.Schedule = plan.ScheduleOf(p) },
		"a stage twice":      func(p *plan.Plan) { p.Change.Stages[1] = p.Change.Stages[0]; p.Schedule = plan.ScheduleOf(p) },
		"minutes":            func(p *plan.Plan) { p.Change.RollbackStages[0].Minutes = -1; p.Schedule = plan.ScheduleOf(p) },
		"too many minutes":   func(p *plan.Plan) { p.Change.Stages[0].Minutes = plan.MostMinutes + 1; p.Schedule = plan.ScheduleOf(p) },
		"no schedule":        func(p *plan.Plan) { p.Schedule = nil },
		"another sum":        func(p *plan.Plan) { p.Schedule.Seconds++ },
		"another moment":     func(p *plan.Plan) { p.Schedule.BackBy = "2026-12-06T02:06:00Z" },
		"a shorter wait":     func(p *plan.Plan) { p.Schedule.Stages[8].Wait-- },
		"time of a message":  func(p *plan.Plan) { p.Change.Communication[0].When = "now" },
		"message to no one":  func(p *plan.Plan) { p.Change.Communication[0].To = nil },
		"message of nothing": func(p *plan.Plan) { p.Change.Communication[0].Text = " " },
		"hours":              func(p *plan.Plan) { p.Change.Communication[0].Hours = plan.MostHours + 1 },
		"hours of a rollback": func(p *plan.Plan) {
			p.Change.Communication[2].Hours = 1
		},
		"item of nothing":  func(p *plan.Plan) { p.Items[2].Name = "EdgePool3" },
		"item of a kind":   func(p *plan.Plan) { p.Items[2].Kind = "rack" },
		"item twice":       func(p *plan.Plan) { p.Items[1] = p.Items[0] },
		"item without one": func(p *plan.Plan) { p.Items[0].CI = "" },
		"order of items":   func(p *plan.Plan) { slices.Reverse(p.Items) },
	} {
		plans, _ := compileSpec(t, "planned")
		p := plans[0]
		spoil(p)
		p.ID = plan.Identify(p)
		text, err := plan.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := procedure.Decode(text); err == nil {
			t.Errorf("%s: the plan is taken", name)
		}
	}
}

// TestNothingInvented: of what the spec does not say there is nothing in plan.json.
func TestNothingInvented(t *testing.T) {
	plans, _ := compileSpec(t, "seed")
	text, err := plan.Encode(plans[0])
	if err != nil {
		t.Fatal(err)
	}
	var p map[string]any
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"schedule", "configuration_items"} {
		if _, there := p[key]; there {
			t.Errorf("the plan has %s", key)
		}
	}
	change := p["change"].(map[string]any)
	if len(change) != 6 {
		t.Errorf("%v", change)
	}
	// An empty list says no more than one that is left out, also where the plan is read again.
	plans, _ = compileSpec(t, "planned", "minutes = 15\n      testers = [\"Service desk\", \"Partner manager\"]", "minutes = 15\n      testers = []")
	stage := plans[0].Change.OfStage(false, plan.Verify)
	if !slices.Equal(stage.Testers, []string{"Service desk"}) || stage.Minutes != 15 {
		t.Errorf("%+v", stage)
	}
}
