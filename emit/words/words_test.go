package words

import (
	"slices"
	"testing"
	"unicode"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain text": "plain text", "a\nb": `a\u{A}b`, "a\u202eb": `a\u{202E}b`, "\u200b": `\u{200B}`, "\xff": `\x{FF}`,
		" a ": `\u{20}a\u{20}`, "a  b": `a \u{20}b`, `\u{A}`: `\u{5C}u{A}`, `C:\users`: `C:\users`, "Zürich": "Zürich",
		"e\u0301": "e\u0301", "\u0301": `\u{301}`, "\u00a0": `\u{A0}`, "\u3164": `\u{3164}`, "\ufffd": "\ufffd", "\x1b[2J": `\u{1B}[2J`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\nb", `a\u{A}b`)
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, r := range Visible(a) {
			if !unicode.IsPrint(r) {
				t.Fatalf("Visible(%q) has %U", a, r)
			}
		}
		if a != b && Visible(a) == Visible(b) {
			t.Fatalf("%q and %q look the same: %q", a, b, Visible(a))
		}
	})
}

func TestLines(t *testing.T) {
	plan := sample.Plan()
	i := slices.IndexFunc(plan.Stages, func(s compiler.Stage) bool { return s.Name == compiler.Stop })
	lines := Lines(plan, plan.Stages[i])
	if len(lines) != 1 || !slices.Equal(lines[0].Hosts, plan.To.Servers) {
		t.Errorf("steps that differ in the host only are not one line: %+v", lines)
	}
}

func TestEveryStageHasWords(t *testing.T) {
	for _, plan := range []*compiler.Plan{sample.Plan(), sample.Hostile("x")} {
		for _, stage := range append(slices.Clone(plan.Stages), plan.Rollback...) {
			if Does(plan, stage) == "" || len(IfFails(plan, stage.Name)) == 0 {
				t.Errorf("stage %s has no words", stage.Name)
			}
			for _, step := range stage.Steps {
				if Act(plan, step) == "" || Expect(plan, step) == "" {
					t.Errorf("step %s has no words", step.Info().ID)
				}
			}
		}
	}
	if got, want := Does(sample.Plan(), compiler.Stage{Name: compiler.Stop}), "Stops all Lync services of this Edge Server: no remote access through it until stage Start."; got != want {
		t.Errorf("got %q", got)
	}
	if got := Does(sample.Plan(), compiler.Stage{Name: "Other"}); got != "" {
		t.Errorf("a stage without steps: %q", got)
	}
}

func TestManualRoute(t *testing.T) {
	step := &compiler.SetRoute{Site: "Site2", Manual: true, Forms: []compiler.RouteForm{{From: "a"}}}
	if Act(sample.Plan(), step) != "a person takes the XMPP federation route of site Site2 away; no cmdlet is documented for that" {
		t.Error(Act(sample.Plan(), step))
	}
	if len(Uses(step)) != 0 {
		t.Error("a manual step has calls")
	}
}

func TestRecords(t *testing.T) {
	set := compiler.RecordSet{Owner: "x.", Type: "A", OldTTL: 3600, NewTTL: 300, Old: []string{"192.0.2.1", "192.0.2.2"}, New: []string{"192.0.2.2", "192.0.2.3"}}
	var got []string
	for _, r := range Records(set) {
		got = append(got, r.String())
	}
	want := []string{"- x. 3600 IN A 192.0.2.1", "- x. 3600 IN A 192.0.2.2", "+ x. 300 IN A 192.0.2.2", "+ x. 300 IN A 192.0.2.3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	set.NewTTL = 3600
	if got := Records(set); len(got) != 3 || got[2].String() != "  x. 3600 IN A 192.0.2.2" {
		t.Errorf("got %v", got)
	}
}
