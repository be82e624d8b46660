package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
)

func golden(t testing.TB) *plan.Plan {
	return goldenPlan(t, "two-servers/edgepool1-to-edgepool2")
}

func goldenPlan(t testing.TB, name string) *plan.Plan {
	t.Helper()
	data, err := os.ReadFile("../../golden/" + name + "/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world writes records as the scripts do, with a clock that goes on.
type world struct {
	plan    *plan.Plan
	ticks   int
	records []Record
}

func (w *world) say(script, stage, host, step, command, outcome, detail string) {
	w.ticks++
	utc := fmt.Sprintf("2026-12-05T22:%02d:%02d.0000000Z", w.ticks/60, w.ticks%60)
	w.records = append(w.records, Record{utc, w.plan.ID, script, stage, host, `CORP\op`, step, command, outcome, detail})
}

const start = "whatif=False powershell=5.1 rehearsal=no from=Lync,Microsoft.PowerShell.Utility"

// run is one run that comes to its end, with a change at steps that have one.
func (w *world) run(script string, stage plan.Stage, host string) {
	name := strings.ToLower(host)
	if host == plan.AnyHost {
		name = "outside.example.net"
	}
	w.say(script, stage.Name, name, "START", "", "START", start)
	for _, part := range stage.Parts {
		for _, step := range part.Steps {
			if slices.Contains(part.Hosts, host) {
				w.step(script, stage.Name, name, step)
			}
		}
	}
	w.say(script, stage.Name, name, "END", "", "COMPLETE", "stage "+stage.Name+": exit code 0 whatif=False rehearsal=no")
}

func (w *world) step(script, stage, host string, step *plan.Step) {
	id := step.ID
	names := stepCmdlets(w.plan, step)
	if len(names) == 0 {
		w.say(script, stage, host, id, "", "PASS", "as planned")
		return
	}
	command := names[0] + " -Identity 'it''s Get-Other' -ErrorAction Stop -WhatIf:$false"
	w.say(script, stage, host, id, command, "CALL", "does it")
	w.say(script, stage, host, id, command, "CHANGED", "a -> b")
}

func (w *world) all(script string, stages []plan.Stage) {
	for _, stage := range stages {
		for _, host := range stage.Hosts() {
			w.run(script, stage, host)
		}
	}
}

// whole is a failover of the plan from start to end.
func whole(t testing.TB) *world {
	w := &world{plan: golden(t)}
	w.all(plan.KindFailover, w.plan.Stages)
	return w
}

// files are the logs, one of each host, sorted by name.
func files(records []Record) map[string][]byte {
	out := map[string][]byte{}
	for _, r := range records {
		line, _ := json.Marshal(r)
		name := r.Host + ".jsonl"
		out[name] = append(append(out[name], line...), '\r', '\n')
	}
	return out
}

func logsOf(t testing.TB, files map[string][]byte) []Log {
	t.Helper()
	var out []Log
	for name, data := range files {
		log, err := Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, log)
	}
	return out
}

func check(t testing.TB, w *world) Report {
	t.Helper()
	return Check(w.plan, logsOf(t, files(w.records)))
}

func hasProblem(r Report, text string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return strings.Contains(p.Text, text) })
}

func TestComplete(t *testing.T) {
	w := whole(t)
	r := check(t, w)
	if !r.Complete || r.Verdict != Complete || len(r.Problems) != 0 {
		t.Fatalf("%s: %+v", r.Verdict, r.Problems)
	}
	if len(r.Changes) == 0 || slices.ContainsFunc(r.Changes, func(c ChangeMade) bool { return !c.Done }) {
		t.Errorf("changes: %+v", r.Changes)
	}
	last := r.Stages[len(r.Stages)-1]
	if last.Host != plan.AnyHost || !slices.Equal(last.Other, []string{"outside.example.net"}) {
		t.Errorf("the other host is not named: %+v", last)
	}
}

func TestEveryCompleteCounts(t *testing.T) {
	w := whole(t)
	for i, r := range w.records {
		if r.Outcome != completed {
			continue
		}
		less := &world{plan: w.plan, records: slices.Delete(slices.Clone(w.records), i, i+1)}
		if got := check(t, less); got.Complete {
			t.Errorf("complete without the end of %s on %s", r.Stage, r.Host)
		}
	}
}

func TestOrderOfFiles(t *testing.T) {
	w := whole(t)
	for i := range w.records { // a clock that ticks seldom
		w.records[i].UTC = w.records[i].UTC[:17] + "00.0000000Z"
	}
	logs := logsOf(t, files(w.records))
	slices.SortFunc(logs, func(a, b Log) int { return strings.Compare(a.Name, b.Name) })
	want, _ := Check(w.plan, logs).JSON()
	slices.Reverse(logs)
	if got, _ := Check(w.plan, logs).JSON(); !bytes.Equal(got, want) {
		t.Errorf("the order of the files changes the report")
	}
}

func TestCopyCountsOnce(t *testing.T) {
	w := whole(t)
	logs := logsOf(t, files(w.records))
	twice := append(slices.Clone(logs), logs...)
	one, two := Check(w.plan, logs), Check(w.plan, twice)
	if !two.Complete || len(one.Changes) != len(two.Changes) || one.Stages[0].Runs != two.Stages[0].Runs {
		t.Errorf("copies count: %+v", two.Problems)
	}
}

func TestTornAndBad(t *testing.T) {
	w := whole(t)
	line, _ := json.Marshal(w.records[0])
	for _, c := range []struct {
		tail     string
		complete bool
	}{
		{string(line[:20]), false}, {string(line[:3]) + "\n", false}, {"\x00\x00\x00", false}, {string(line[:20]) + "\x00\x00", false}, {"\n\r\n \n", true},
		{"nonsense\n", false}, {strings.Replace(string(line), `"utc"`, `"UTC"`, 1), false}, {"\xff\xfe{", false}, {string(line) + "x", false},
	} {
		all := files(w.records)
		for name := range all {
			all[name] = append(all[name], c.tail...)
		}
		if r := Check(w.plan, logsOf(t, all)); r.Complete != c.complete {
			t.Errorf("tail %q: %s, %+v", c.tail, r.Verdict, r.Problems)
		}
	}
}

// A torn line does no harm once the stage it is of came to its end on the same host.
func TestTornMadeGood(t *testing.T) {
	const host = "edge2a.contoso.com"
	torn := []byte(`{"utc":"2026-12-05T22:0`)
	for _, c := range []struct {
		what     string
		edit     func(data, line []byte) []byte
		complete bool
	}{
		{"before the first record", func(data, line []byte) []byte { return slices.Concat(torn, []byte("\n"), data) }, true},
		{"between two runs", func(data, line []byte) []byte { return behind(data, `"COMPLETE"`, torn) }, true},
		{"in a run that went on", func(data, line []byte) []byte { return behind(data, `"CALL"`, torn) }, false},
		{"at the end", func(data, line []byte) []byte { return append(data, torn...) }, false},
		{"in a second run", func(data, line []byte) []byte { return slices.Concat(data, line, torn) }, false},
	} {
		w := whole(t)
		all := files(w.records)
		at := slices.IndexFunc(w.records, func(r Record) bool { return r.Host == host })
		again := w.records[at]
		again.UTC = "2026-12-05T23:59:00.0000000Z"
		line, _ := json.Marshal(again)
		all[host+".jsonl"] = c.edit(all[host+".jsonl"], append(line, '\n'))
		r := Check(w.plan, logsOf(t, all))
		if r.Complete != c.complete || !c.complete && !hasProblem(r, "torn line") {
			t.Errorf("%s: %s, %+v", c.what, r.Verdict, r.Problems)
		}
	}
}

// behind puts a line behind the first one that holds a text.
func behind(data []byte, text string, line []byte) []byte {
	at := bytes.Index(data, []byte(text))
	at += bytes.IndexByte(data[at:], '\n') + 1
	return slices.Concat(data[:at], line, []byte("\n"), data[at:])
}

// The end of a run that stopped has its exit code; a list for the DNS owner is a change.
func TestEnds(t *testing.T) {
	const host = "fe02.corp.contoso.com"
	w := whole(t)
	w.say(rollback, "Verify", host, "START", "", started, start)
	w.say(rollback, "Verify", host, "4", "", dnsCome, "xmpp.contoso.com. IN A 203.0.113.11")
	if r := check(t, w); !r.Complete {
		t.Errorf("stage Verify undoes nothing: %+v", r.Problems)
	}
	w.say(rollback, "Dns", host, "START", "", started, start)
	w.say(rollback, "Dns", host, "4", "", dnsCome, "xmpp.contoso.com. IN A 203.0.113.11")
	if r := check(t, w); r.Complete || !hasProblem(r, "undid something since") || r.Rollback[3].Why != "crashed or still running" {
		t.Errorf("%s: %+v", r.Verdict, r.Rollback)
	}
	w.say(rollback, "Dns", host, "END", "", ended, "stage Dns: exit code 1 whatif=False rehearsal=no")
	if r := check(t, w); r.Rollback[3].End != ended || r.Rollback[3].Why != "exit code 1" {
		t.Errorf("%+v", r.Rollback[3])
	}
	last := len(w.records) - 1
	w.records = append(w.records, w.records[last])
	w.records[last].Outcome, w.records[last].Detail = stopped, "DNS owner, please change"
	if r := check(t, w); r.Rollback[3].End != stopped || r.Rollback[3].Why != "DNS owner, please change; exit code 1" {
		t.Errorf("%+v", r.Rollback[3])
	}
}

// lastStart is the record with which the last run begins.
func lastStart(w *world) int {
	for i := len(w.records) - 1; i > 0; i-- {
		if w.records[i].Outcome == started {
			return i
		}
	}
	return 0
}

// A whole run in which one thing is wrong: the check names it.
func TestProblems(t *testing.T) {
	each := func(w *world, outcome string, change func(*Record)) {
		for i := range w.records {
			if w.records[i].Outcome == outcome {
				change(&w.records[i])
				return
			}
		}
	}
	for want, edit := range map[string]func(*world){
		"functions were replaced": func(w *world) { each(w, started, func(r *Record) { r.Detail = "rehearsal=Get-ChangeHost from=Lync" }) },
		"does not say":            func(w *world) { each(w, completed, func(r *Record) { r.Detail = "exit code 0" }) },
		"writes no log":           func(w *world) { each(w, called, func(r *Record) { r.Outcome = whatIf }) },
		"other modules":           func(w *world) { each(w, started, func(r *Record) { r.Detail = "rehearsal=no from=LyncSim,Lync" }) },
		"this step of the plan":   func(w *world) { each(w, called, func(r *Record) { r.Command = "Remove-CsSite -Identity 'a'" }) },
		"no CALL announced":       func(w *world) { each(w, called, func(r *Record) { r.Outcome = noted }) },
		"without a START":         func(w *world) { each(w, started, func(r *Record) { r.Outcome = noted }) },
		"stage that the plan":     func(w *world) { w.run(plan.KindFailover, plan.Stage{Name: "Party"}, "fe02.corp.contoso.com") },
		"host that the plan":      func(w *world) { w.run(plan.KindFailover, w.plan.Stages[0], "stranger.example.net") },
		"there is no run":         func(w *world) { w.records = w.records[:lastStart(w)] },
		"last run stopped":        func(w *world) { each(w, completed, func(r *Record) { r.Outcome, r.Detail = stopped, "no" }) },
		"ended before":            func(w *world) { each(w, completed, func(r *Record) { r.Outcome = ended }) },
		"has no end":              func(w *world) { each(w, completed, func(r *Record) { r.Outcome = noted }) },
		"no log has a record": func(w *world) {
			for i := range w.records {
				w.records[i].Plan = "sha256:other"
			}
		},
		"an earlier stage made":   func(w *world) { w.run(plan.KindFailover, w.plan.Stages[1], w.plan.Stages[1].Hosts()[0]) },
		"undid something since":   func(w *world) { w.run(rollback, w.plan.Rollback[1], w.plan.Rollback[1].Hosts()[0]) },
		"before an earlier stage": func(w *world) { swapStages(w, "Route", "Dns") },
		"the time goes back":      func(w *world) { slices.Reverse(w.records) },
	} {
		w := whole(t)
		edit(w)
		if r := check(t, w); r.Complete || !hasProblem(r, want) {
			t.Errorf("%s: %s, %+v", want, r.Verdict, r.Problems)
		}
	}
}

// swapStages has one stage run in the time of another.
func swapStages(w *world, one, two string) {
	fresh := &world{plan: w.plan}
	stages := slices.Clone(w.plan.Stages)
	at := func(name string) int {
		return slices.IndexFunc(stages, func(s plan.Stage) bool { return s.Name == name })
	}
	i, j := at(one), at(two)
	stages[i], stages[j] = stages[j], stages[i]
	fresh.all(plan.KindFailover, stages)
	w.records = fresh.records
}

func TestRolledBack(t *testing.T) {
	w := whole(t)
	w.all(rollback, w.plan.Rollback)
	r := check(t, w)
	if r.Verdict != RolledBack || r.Complete || len(r.Rollback) == 0 {
		t.Errorf("%s: %+v", r.Verdict, r.Problems)
	}
	w.all(plan.KindFailover, w.plan.Stages)
	if r := check(t, w); !r.Complete {
		t.Errorf("a second failover: %+v", r.Problems)
	}
}

func TestOtherPlans(t *testing.T) {
	w := whole(t)
	other := w.records[0]
	other.Plan = "sha256:other"
	w.records = append(w.records, other)
	r := check(t, w)
	if !r.Complete || len(r.Others) != 1 || r.Others[0].Records != 1 {
		t.Errorf("%+v %+v", r.Others, r.Problems)
	}
	line, _ := json.Marshal(other)
	log, err := Read("other.jsonl", slices.Concat(line, []byte("\n"), line[:40]))
	if r := Check(w.plan, append(logsOf(t, files(w.records)), log)); err != nil || len(log.Torn) != 1 || !r.Complete {
		t.Errorf("a torn line of another plan counts: %v, %+v", err, r.Problems)
	}
}

var hostile = []string{
	"a|b", "a\nb", "<script>alert(1)</script>", "`` ` ```", "x\u202Ey", `\|`, "[a](http://b)", "# h", "\u2028", "@all #1", "",
}

// No outside string adds a line or a cell, or stands there bare.
func TestHostileStrings(t *testing.T) {
	shape := func(text string) (lines, pipes int) {
		for line := range strings.Lines(text) {
			lines++
			if strings.HasPrefix(line, "|") {
				pipes += strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			}
		}
		return lines, pipes
	}
	make := func(s string) string {
		w := whole(t)
		w.say(plan.KindFailover, "Preflight", "fe02.corp.contoso.com", s, "", attested, s)
		w.say(plan.KindFailover, "Pre"+s, "h"+s, s, "Set-CsSite "+s, called, s)
		w.say(plan.KindFailover, "Preflight", "fe02.corp.contoso.com", s, "", stopped, "x"+s)
		for i := range w.records {
			w.records[i].Who = "w" + s
		}
		log, err := Read("n"+s, bytes.Join(slices.Collect(lines(w.records)), nil))
		if err != nil {
			t.Fatal(err)
		}
		text, err := Check(w.plan, []Log{log}).Markdown()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	wantLines, wantPipes := shape(make("plain"))
	for _, s := range hostile {
		text := make(s)
		if gotLines, gotPipes := shape(text); s != "" && (gotLines != wantLines || gotPipes != wantPipes) {
			t.Errorf("%q: %d lines and %d pipes, want %d and %d", s, gotLines, gotPipes, wantLines, wantPipes)
		}
		if strings.ContainsAny(text, "\u202E\u2028\r") {
			t.Errorf("%q stands there as it is", s)
		}
		if bare := codeSpan.ReplaceAllString(text, ""); strings.Contains(bare, "<") || strings.Contains(bare, "](") {
			t.Errorf("%q stands outside of code", s)
		}
	}
}

// codeSpan is a code span behind any number of backquotes up to four.
var codeSpan = regexp.MustCompile("````(?s:.*?)````|```(?s:.*?)```|``(?s:.*?)``|`[^`]*`")

func lines(records []Record) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, r := range records {
			line, _ := json.Marshal(r)
			if !yield(append(line, '\n')) {
				return
			}
		}
	}
}

func TestMarkdownOfNothing(t *testing.T) {
	if _, err := (Report{}).Markdown(); err == nil {
		t.Error("a report that nobody made has Markdown")
	}
}

func TestReadRefuses(t *testing.T) {
	good, _ := json.Marshal(whole(t).records[0])
	for _, data := range []string{"", "\n\n", "[]", "\xff\xfe{\x00", "{}", `{"utc":1}`, `{"utc":"a","utc":"b"}`, `{"utc":"a"} {}`, string(good[:30]),
		strings.Replace(string(good), `"failover"`, `"other"`, 1), strings.Replace(string(good), "-12-", "-13-", 1),
		strings.Replace(string(good), `"outcome":"START"`, `"outcome":"GOOD"`, 1), strings.Replace(string(good), "{", `{"more":"",`, 1)} {
		if log, err := Read("x", []byte(data)); err == nil || len(log.Records) > 0 {
			t.Errorf("%q was read", data)
		}
	}
	full := slices.Concat(append(slices.Clone(good), '\n'), []byte(strings.Repeat("x\n", maxFaults)))
	if log, err := Read("x", full); err != nil || len(log.Bad) != maxFaults {
		t.Errorf("%d bad lines: %v", len(log.Bad), err)
	}
	if _, err := Read("x", slices.Concat(full, []byte("{"))); err == nil {
		t.Errorf("more than %d lines that are no records were read", maxFaults)
	}
	if log, err := Read("x", append([]byte("\xEF\xBB\xBF"), good...)); err != nil || len(log.Records) != 1 {
		t.Errorf("a byte order mark: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	good, _ := json.Marshal(whole(f).records[0])
	for _, seed := range []string{"", "\r\n", string(good), string(good) + "\r\n" + string(good[:40]), "\xEF\xBB\xBF{", "\xff\xfe{\x00", "\x00", "{\"utc\":\"\\ud800"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		log, err := Read("x", data)
		if bytes.Count(data, []byte("\n")) >= maxFaults {
			return // it may stop half way
		}
		if log.Lines != len(log.Records)+len(log.Torn)+len(log.Bad)+log.Blank {
			t.Errorf("lines are lost: %+v", log)
		}
		if (err == nil) != (len(log.Records) > 0) {
			t.Errorf("%d records, %v", len(log.Records), err)
		}
		if want := len(bytes.SplitAfter(data, []byte("\n"))); log.Lines != want && log.Lines != want-1 {
			t.Errorf("%d lines of %d", log.Lines, want)
		}
	})
}

// TestPreparation: the logs of prepare.ps1 are held against its own plan; those of
// another script are not.
func TestPreparation(t *testing.T) {
	w := &world{plan: goldenPlan(t, "prepare/short-ttl")}
	w.all(plan.KindPrepare, w.plan.Stages)
	if r := Check(w.plan, logsOf(t, files(w.records))); r.Verdict != Complete {
		t.Errorf("%s: %+v", r.Verdict, r.Problems)
	}
	w.all(rollback, w.plan.Rollback)
	if r := Check(w.plan, logsOf(t, files(w.records))); r.Verdict == Complete {
		t.Error("complete although it was rolled back")
	}
	w.records = nil
	w.all(plan.KindFailover, w.plan.Stages)
	if r := Check(w.plan, logsOf(t, files(w.records))); r.Verdict == Complete {
		t.Error("the logs of a failover make a preparation complete")
	}
}

// TestByHand: what a person does has a name and, where a cmdlet shows it, the value that was read
// afterwards; what is on word alone is listed as such.
func TestByHand(t *testing.T) {
	p := golden(t)
	const stage = "Topology"
	act := func(unread string) *plan.Act {
		return &plan.Act{Click: &plan.Click{Tool: "Topology Builder", Do: "clear it", Unread: unread}}
	}
	read := &plan.Step{ID: "topology/EdgePool1", Read: p.Stages[0].Parts[0].Steps[0].Read, Act: act("")}
	word := &plan.Step{ID: "setup", Act: act("no cmdlet shows it")}
	p.Stages = []plan.Stage{{Name: stage, Parts: []plan.Part{{Hosts: []string{p.ManagementHost},
		Steps: plan.Steps{read, word}}}}}
	type said struct{ step, outcome, detail string }
	click, attest := said{read.ID, "CLICK", "by hand"}, said{read.ID, "ATTESTED", "J. Doe"}
	pass, done := said{read.ID, "PASS", "[]"}, said{read.ID, "CHANGED", "was [5061], is []: J. Doe"}
	ask, confirm := said{word.ID, "CLICK", "by hand"}, said{word.ID, "ATTESTED", "on word alone: J. Doe"}
	waive := said{read.ID, "WAIVED", "is [5061], which does not count: J. Doe"}
	const unread, nobody = "its value was not read afterwards", "no record says who did it"
	for _, c := range []struct {
		name    string
		says    []said
		problem string
		changes int
	}{
		{"as it should be", []said{click, ask, attest, pass, done, confirm}, "", 2},
		{"done already", []said{{read.ID, "SKIP", ""}, {word.ID, "SKIP", ""}}, "", 0},
		{"all of the stage", []said{{stage, "SKIP", ""}}, "", 0},
		{"not read", []said{click, ask, attest, done, confirm}, unread, 2},
		{"read before only", []said{pass, click, ask, attest, done, confirm}, unread, 2},
		{"nobody's word", []said{click, ask, pass, done, confirm}, nobody, 2},
		{"what is read does not count", []said{click, ask, attest, waive, confirm}, "", 2},
		{"waived, and nobody's word", []said{click, ask, waive, confirm}, nobody, 1},
		{"no word alone", []said{click, ask, attest, pass, done}, nobody, 1},
		{"nothing", nil, nobody, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{plan: p}
			host := strings.ToLower(p.ManagementHost)
			// The run that asks comes before: it stops, and nothing is done in it.
			w.say("failover", stage, host, "START", "", "START", start)
			w.say("failover", stage, host, read.ID, "", "CLICK", "by hand")
			w.say("failover", stage, host, "STOP", "", "STOPPED", "pass -Attest")
			w.say("failover", stage, host, "END", "", "ENDED", "exit code 5 rehearsal=no")
			w.say("failover", stage, host, "START", "", "START", start)
			for _, s := range c.says {
				w.say("failover", stage, host, s.step, "", s.outcome, s.detail)
			}
			w.say("failover", stage, host, "END", "", "COMPLETE", "exit code 0 rehearsal=no")
			report := Check(p, []Log{{Name: "a", Records: entries(w.records)}})
			if c.problem == "" && !report.Complete || c.problem != "" && report.Complete {
				t.Errorf("%s: %v", report.Verdict, report.Problems)
			}
			if text := fmt.Sprint(report.Problems); !strings.Contains(text, c.problem) {
				t.Errorf("%s does not have %q", text, c.problem)
			}
			if len(report.Changes) != c.changes {
				t.Errorf("%d changes: %v", len(report.Changes), report.Changes)
			}
			text, err := report.Markdown()
			if err != nil || slices.Contains(c.says, confirm) != strings.Contains(text, "on word alone") {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

func entries(records []Record) []Entry {
	var out []Entry
	for i, r := range records {
		out = append(out, Entry{r, i + 1})
	}
	return out
}
