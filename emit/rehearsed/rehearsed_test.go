package rehearsed_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/evidence"
	"github.com/edgeplan/edgeplan/emit/page"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/emit/rehearsed"
	"github.com/edgeplan/edgeplan/emit/rehearsed/sample"
	"github.com/edgeplan/edgeplan/parser"
)

func golden(t testing.TB, name string) *plan.Plan {
	t.Helper()
	text, err := os.ReadFile("../../golden/" + name + "/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// held are the facts and the runs of a rehearsal that passes.
func held(p *plan.Plan) (rehearsed.Facts, []rehearsed.Run) {
	return heldOf(p, rehearsal.NewRun(p, p.Product))
}

func heldOf(p *plan.Plan, walk rehearsal.Run) (rehearsed.Facts, []rehearsed.Run) {
	facts := rehearsed.Facts{
		Edgeplan: "0.1.0", Engine: rehearsed.Engine{Version: "7.4.6", Edition: "Core", System: "linux/amd64"},
		Started: "2026-12-01T08:00:00Z", Ended: "2026-12-01T08:01:00Z", Scripts: scripts(p), Kit: []rehearsed.Sum{},
	}
	runs := []rehearsed.Run{sample.Tried(walk, rehearsed.First())}
	for _, run := range rehearsed.Others(p, runs[0].Changes()) {
		runs = append(runs, sample.Tried(walk, run))
	}
	return facts, runs
}

func scripts(p *plan.Plan) []rehearsed.Sum {
	return []rehearsed.Sum{{Name: "failover.ps1", SHA256: strings.Repeat("a", 64)}, {Name: "rollback.ps1", SHA256: strings.Repeat("b", 64)}}
}

func encode(t testing.TB, r rehearsed.Report) []byte {
	t.Helper()
	text, err := rehearsed.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPassed: a rehearsal in which all goes as it should passed, and its text is read again as the same report of the
// same plan, also with other line ends.
func TestPassed(t *testing.T) {
	p := golden(t, "seed/edgepool1-to-edgepool2")
	facts, runs := held(p)
	r := rehearsed.Judge(p, facts, runs)
	if r.Verdict != rehearsed.Passed || len(r.Tries) != 6 {
		t.Fatalf("%s, %d tries: %q", r.Verdict, len(r.Tries), r.Why)
	}
	for _, try := range r.Tries {
		if try.Verdict != rehearsed.Passed || len(try.Why) > 0 {
			t.Errorf("%s: %q, %v", try.Try, try.Why, try.Problems)
		}
		if judged := try.Try != rehearsed.Order; judged != (try.Change == evidence.Complete && try.Rollback == evidence.RolledBack) {
			t.Errorf("%s: by its logs %q and %q", try.Try, try.Change, try.Rollback)
		}
	}
	text := encode(t, r)
	if again := encode(t, rehearsed.Judge(p, facts, runs)); !bytes.Equal(again, text) {
		t.Error("twice the same facts, not the same bytes")
	}
	for _, form := range [][]byte{text, bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))} {
		back, err := rehearsed.Decode(form)
		if err == nil {
			err = back.Follows(p, scripts(p))
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// TestFailed: whatever does not go as it should is a failed rehearsal, and the report says why.
func TestFailed(t *testing.T) {
	p := golden(t, "seed/edgepool1-to-edgepool2")
	last := func(run *rehearsed.Run) *rehearsed.Note { return &run.Walk[len(run.Walk)-1] }
	for want, spoil := range map[string]func(runs []rehearsed.Run) []rehearsed.Run{
		"undisturbed: the change does not work": func(runs []rehearsed.Run) []rehearsed.Run { last(&runs[0]).Works = false; return runs },
		"undisturbed: the rollback does not restore": func(runs []rehearsed.Run) []rehearsed.Run {
			last(&runs[0]).Restores = false
			return runs
		},
		"undisturbed: stages that failed: 1":                  func(runs []rehearsed.Run) []rehearsed.Run { last(&runs[0]).Failed = 1; return runs },
		"undisturbed: the rehearsal did not come to its end":  func(runs []rehearsed.Run) []rehearsed.Run { runs[0].Walk = runs[0].Walk[:3]; return runs },
		"undisturbed: exit codes of PowerShell: 1":            func(runs []rehearsed.Run) []rehearsed.Run { runs[0].Exits = []int{1}; return runs },
		"undisturbed: by its logs the change is not complete": func(runs []rehearsed.Run) []rehearsed.Run { runs[0].Logs = runs[0].Logs[:1]; return runs },
		"undisturbed: the log edgeplan: it holds no record": func(runs []rehearsed.Run) []rehearsed.Run {
			runs[0].Logs[0] = rehearsed.NewLog("edgeplan", []byte("\x00\xff garbage\n"))
			return runs
		},
		"order: Stop of failover.ps1":                 func(runs []rehearsed.Run) []rehearsed.Run { runs[1].Walk[1].Code = 0; return runs },
		"order: a stage that was refused has changed": func(runs []rehearsed.Run) []rehearsed.Run { last(&runs[1]).Works = false; return runs },
		"order: Verify of failover.ps1 on partner.example.net": func(runs []rehearsed.Run) []rehearsed.Run {
			runs[1].Walk = slices.Delete(runs[1].Walk, 9, 10)
			return runs
		},
		"twice: stages that were run again: 14 of 15": func(runs []rehearsed.Run) []rehearsed.Run {
			runs[2].Walk = slices.Delete(runs[2].Walk, 1, 2)
			return runs
		},
		"twice: Preflight of failover.ps1 on fe2.corp.contoso.com, run again: exit code 0, changes: 1": func(runs []rehearsed.Run) []rehearsed.Run {
			runs[2].Walk[1].Changes = 1
			return runs
		},
		"crash: the host did not go down": func(runs []rehearsed.Run) []rehearsed.Run { runs[3].Exits = []int{0, 0}; return runs },
		"crash: by its logs no stage was cut off": func(runs []rehearsed.Run) []rehearsed.Run {
			runs[3].Logs[0].Lines = runs[3].Logs[0].Lines[1:]
			return runs
		},
		"fails: the fault fails@5 did not happen":         func(runs []rehearsed.Run) []rehearsed.Run { last(&runs[4]).Met = []string{}; return runs },
		"records: no stage was refused":                   func(runs []rehearsed.Run) []rehearsed.Run { last(&runs[5]).Failed = 0; return runs },
		"records was not tried":                           func(runs []rehearsed.Run) []rehearsed.Run { return runs[:5] },
		"undisturbed was not tried":                       func(runs []rehearsed.Run) []rehearsed.Run { return nil },
		"more was tried than there is":                    func(runs []rehearsed.Run) []rehearsed.Run { return append(runs, runs[0]) },
		"undisturbed: by its logs the change is not comp": real,
	} {
		facts, runs := held(p)
		r := rehearsed.Judge(p, facts, spoil(runs))
		why := slices.Clone(r.Why)
		for _, try := range r.Tries {
			for _, line := range try.Why {
				why = append(why, try.Try+": "+line)
			}
		}
		if r.Verdict != rehearsed.Failed || !slices.ContainsFunc(why, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("want %q: %s, %q", want, r.Verdict, why)
		}
		if back, err := rehearsed.Decode(encode(t, r)); err != nil || back.Follows(p, scripts(p)) != nil {
			t.Errorf("%s: a report of a failed rehearsal is one too: %v", want, err)
		}
	}
}

// real has cmdlets of a product in one run, which might have reached a server.
func real(runs []rehearsed.Run) []rehearsed.Run {
	lines := runs[0].Logs[0].Lines
	lines[0] = strings.Replace(lines[0], "from=Cmdlets.lync-server-2013,LyncSim", "from=Lync", 1)
	return runs
}

// TestRealCmdlets: a log of a rehearsal with a cmdlet of a product in it, or of a real run, is none of a rehearsal.
func TestRealCmdlets(t *testing.T) {
	p := golden(t, "seed/edgepool1-to-edgepool2")
	facts, runs := held(p)
	r := rehearsed.Judge(p, facts, real(runs))
	if len(r.Tries[0].Problems) == 0 || r.Tries[0].Problems[0].Text != "cmdlets of other modules than those of the kit" {
		t.Errorf("%v", r.Tries[0].Problems)
	}
	facts, runs = held(p)
	for i, line := range runs[0].Logs[0].Lines {
		runs[0].Logs[0].Lines[i] = strings.Replace(line, "rehearsal=Get-ChangeHost", "rehearsal=no", 1)
	}
	r = rehearsed.Judge(p, facts, runs)
	if len(r.Tries[0].Problems) == 0 || r.Tries[0].Problems[0].Text != "a run that is no rehearsal" {
		t.Errorf("%v", r.Tries[0].Problems)
	}
}

// TestForged: an edit is found by the ID; with the ID computed again, unless the logs go with it.
func TestForged(t *testing.T) {
	p, other := golden(t, "seed/edgepool1-to-edgepool2"), golden(t, "two-servers/edgepool1-to-edgepool2")
	facts, runs := held(p)
	runs[0].Logs = runs[0].Logs[:1]
	failed := rehearsed.Judge(p, facts, runs)
	text := encode(t, failed)
	for _, edit := range [][2]string{
		{`"verdict": "failed"`, `"verdict": "passed"`}, {"7.4.6", "7.4.7"}, {"T08:01:00Z", "T08:02:00Z"}, {"CORP", "KORP"}, {"\n", "\n\n"}, {`"name"`, `"Name"`},
	} {
		_, err := rehearsed.Decode(bytes.Replace(text, []byte(edit[0]), []byte(edit[1]), 1))
		if err == nil || !strings.Contains(err.Error(), "edited") {
			t.Errorf("%q: %v", edit, err)
		}
	}
	// Each verdict by itself, with a new ID.
	failed.Verdict, failed.Why = rehearsed.Passed, []string{}
	failed.Tries[0].Verdict, failed.Tries[0].Why = rehearsed.Passed, []string{}
	back, err := rehearsed.Decode(encode(t, failed))
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Follows(p, scripts(p)); err == nil || !strings.Contains(err.Error(), "do not follow from the logs") {
		t.Errorf("a forged verdict: %v", err)
	}
	facts, runs = held(p)
	good := rehearsed.Judge(p, facts, runs)
	if err := good.Follows(other, scripts(other)); err == nil || !strings.Contains(err.Error(), "it is of the plan "+p.ID) {
		t.Errorf("another plan: %v", err)
	}
	for _, sums := range [][]rehearsed.Sum{{{Name: "failover.ps1", SHA256: "c"}, scripts(p)[1]}, scripts(p)[:1]} {
		if err := good.Follows(p, sums); err == nil || !strings.Contains(err.Error(), "rehearsed") {
			t.Errorf("other scripts: %v", err)
		}
	}
	for _, text := range []string{"", "null", "[]", "{}", `{"format_version": 1}`, `{"format_version": 1, "tries": [{"walk": 1}]}`, "\x00", "{" + strings.Repeat(`"a":{`, 99)} {
		if _, err := rehearsed.Decode([]byte(text)); err == nil {
			t.Errorf("%q is a report", text)
		}
	}
	if _, err := rehearsed.Decode([]byte(`{"format_version": 2}`)); err == nil || !strings.Contains(err.Error(), "another version of edgeplan") {
		t.Errorf("another version: %v", err)
	}
}

// TestWalk: what is no walk.jsonl is refused.
func TestWalk(t *testing.T) {
	for _, text := range []string{"", "\n\n", "SIMULATED\n", `{"kind":""}`, `{"kind":"run"}` + "\n{", "{\"kind\":\"\xff\"}", `{"kind":1}`, strings.Repeat(`{"kind":"done"}`+"\n", 100_001)} {
		if notes, err := rehearsed.ReadWalk([]byte(text)); err == nil {
			t.Errorf("%.40q: %d notes", text, len(notes))
		}
	}
	notes, err := rehearsed.ReadWalk([]byte("\ufeff{\"kind\":\"done\",\"way\":\"forth\"}\r\n\r\n{\"kind\":\"end\",\"works\":true}\n"))
	if err != nil || len(notes) != 2 || !notes[1].Works || notes[1].Met == nil {
		t.Errorf("%v, %v", notes, err)
	}
}

var hostile = []string{"`a`", "<b onload=1>", "| x |", "\x1b[2J", "\u202egnp", "](http://x)", "a\nb\r# c", "\ufffd", "@all", strings.Repeat("x", 5000)}

// TestHostile: no name in a report can break its text, a table or the page.
func TestHostile(t *testing.T) {
	p := golden(t, "seed/edgepool1-to-edgepool2")
	for _, s := range hostile {
		facts, runs := held(p)
		facts.Edgeplan, facts.Engine = s, rehearsed.Engine{Version: s, Edition: s, System: s}
		facts.Kit = []rehearsed.Sum{{Name: s, SHA256: s}}
		runs[0].Walk[0].Stage, runs[0].Walk[0].Host, runs[0].Walk[0].Script = s, s, s
		runs[4].Fault = s
		runs[1].Try = s
		runs[0].Logs[0] = rehearsed.NewLog(s, []byte(s+"\n{\n"))
		r := rehearsed.Judge(p, facts, runs)
		r.Title, r.Ticket, r.Name = s, s, s
		back, err := rehearsed.Decode(encode(t, r))
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		document := rehearsed.Document(back)
		markdown, html := record.Markdown(document), page.Plain("Report", document, back.ID)
		for _, not := range []string{"<b onload", "\x1b", "\u202e", "\n# c", "\r"} {
			// Markdown has such a name in a code span.
			if strings.Contains(html, not) || not != "<b onload" && strings.Contains(markdown, not) {
				t.Errorf("%q: %q is in what is printed", s, not)
			}
		}
	}
}

// FuzzReport: whatever the bytes, reading a report does not panic, and what is read is the text of a report.
func FuzzReport(f *testing.F) {
	p := golden(f, "seed/edgepool1-to-edgepool2")
	facts, runs := held(p)
	runs = runs[:2]
	f.Add(encode(f, rehearsed.Judge(p, facts, runs)))
	f.Add([]byte(`{"format_version":1,"tries":[{"walk":[{}],"logs":[{"lines":["{"]}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := rehearsed.Decode(text)
		if err != nil {
			// What it would say with the right ID.
			if json.Unmarshal(text, &r) != nil {
				return
			}
		}
		r.Plan, r.Name = p.ID, p.Name
		_ = r.Follows(p, r.Scripts)
		rehearsed.Judge(p, r.Facts, nil)
		document := rehearsed.Document(r)
		_ = record.Markdown(document)
		_ = page.Plain("Report", document, r.ID)
		_, _ = rehearsed.ReadWalk(text)
	})
}

// TestEachPlan: the report of each plan that no person has to click for passes, and what has to be tried goes by the plan.
func TestEachPlan(t *testing.T) {
	dirs, err := filepath.Glob("../../specs/*")
	if err != nil {
		t.Fatal(err)
	}
	plans, clicks, tries := 0, 0, map[int]int{}
	for _, dir := range dirs {
		if strings.HasPrefix(filepath.Base(dir), "bad-") {
			continue
		}
		names, _ := filepath.Glob(dir + "/*" + parser.Suffix)
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		spec, _, diags := parser.Load(os.DirFS(dir), names)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, compiled := range compiler.CompileAll(spec).Plans {
			plans++
			if byHand := judgeEach(t, dir, compiled, tries); byHand {
				clicks++
			}
		}
	}
	t.Logf("%d plans, %d with clicks, by how much is tried: %v", plans, clicks, tries)
	if plans < 30 || clicks == 0 || tries[6] == 0 || tries[5] == 0 {
		t.Errorf("%d plans, %d with clicks, by how much is tried: %v", plans, clicks, tries)
	}
}

// judgeEach tells whether a person has to click for a plan.
func judgeEach(t *testing.T, dir string, compiled *plan.Plan, tries map[int]int) (byHand bool) {
	t.Helper()
	text, err := plan.Encode(compiled)
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	facts, runs := heldOf(p, rehearsal.NewRun(compiled, compiled.Product))
	r := rehearsed.Judge(p, facts, runs)
	byHand = slices.ContainsFunc(slices.Concat(plan.AllSteps(p.Stages), plan.AllSteps(p.Rollback)), (*plan.Step).ByHand)
	if passed := r.Verdict == rehearsed.Passed; passed == byHand {
		t.Errorf("%s, %s: %s, %q %q", dir, p.Name, r.Verdict, r.Why, r.Tries[0].Why)
	}
	tries[len(r.Tries)]++
	// One of a rehearsal that failed is a report too.
	if back, err := rehearsed.Decode(encode(t, r)); err != nil || back.Follows(p, scripts(p)) != nil {
		t.Errorf("%s, %s: %v", dir, p.Name, err)
	}
	return byHand
}
