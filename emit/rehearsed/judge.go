package rehearsed

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/evidence"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Verdict is the answer of a report, or of one of its tries.
type Verdict string

// Verdicts.
const (
	Passed Verdict = "passed"
	Failed Verdict = "failed"
)

// FormatVersion is that of the text of a report.
const FormatVersion = 1

// Report is what came of a rehearsal. All but the facts and the runs follows from these and the plan.
type Report struct {
	FormatVersion int      `json:"format_version"`
	ID            string   `json:"id"` // of the text
	Name          string   `json:"name"`
	Plan          string   `json:"plan"` // its ID
	Title         string   `json:"title"`
	Ticket        string   `json:"ticket"`
	Verdict       Verdict  `json:"verdict"`
	Why           []string `json:"why"` // of failed
	Facts
	Tries []Try `json:"tries"`
}

// Try is a run and what came of it.
type Try struct {
	Says     string             `json:"says"` // what is tried
	Verdict  Verdict            `json:"verdict"`
	Why      []string           `json:"why"`
	Stages   []Stage            `json:"stages"`
	Change   evidence.Verdict   `json:"evidence_of_change"`   // "" where the logs are not judged
	Rollback evidence.Verdict   `json:"evidence_of_rollback"` // of all logs
	Problems []evidence.Problem `json:"evidence_problems"`    // what keeps these from being complete and rolled back
	Run
}

// Stage is what came of a stage on a computer.
type Stage struct {
	Script string `json:"script"`
	Stage  string `json:"stage"`
	Host   string `json:"host"`
	Codes  []int  `json:"exit_codes"` // of its runs, in their order
	Result string `json:"result"`
}

// Judge makes the report of the runs of a plan. The plan has to be one that was read from its text.
func Judge(p *plan.Plan, facts Facts, runs []Run) Report {
	r := Report{
		FormatVersion: FormatVersion, Name: p.Name, Plan: p.ID, Title: p.Texts.Title, Ticket: p.Change.Ticket,
		Verdict: Passed, Why: []string{}, Facts: facts, Tries: []Try{},
	}
	for _, run := range runs {
		r.Tries = append(r.Tries, judge(p, run))
	}
	r.Why = append(r.Why, untried(p, runs)...)
	for _, try := range r.Tries {
		if try.Verdict != Passed {
			r.Why = append(r.Why, try.Try+" failed")
		}
	}
	if len(r.Why) > 0 {
		r.Verdict = Failed
	}
	return r
}

// untried names what has to be tried and was not, and what was tried besides.
func untried(p *plan.Plan, runs []Run) (why []string) {
	want := []Run{First()}
	if len(runs) > 0 {
		want = append(want, Others(p, runs[0].Changes())...)
	}
	for i, w := range want {
		if i >= len(runs) || runs[i].Try != w.Try || runs[i].Fault != w.Fault {
			why = append(why, w.Try+" was not tried")
		}
	}
	if len(runs) > len(want) {
		why = append(why, "more was tried than there is")
	}
	return why
}

// says is what a run tries.
func says(run Run) string {
	switch run.Try {
	case Undisturbed:
		return "The run sheet and then the rollback, and nothing goes wrong."
	case Order:
		return "Each stage as if it were the first, without a receipt and without a word. Where the script can see what is " +
			"missing it is refused and changes nothing."
	case Twice:
		return "Each stage is run again when it is done. The second run changes nothing."
	case Crash:
		return "The host goes down after a change and before the log says so. Who comes after it runs the same stage again."
	case Fails:
		return "A cmdlet makes its change and then reports an error. The stage is run again."
	case Records:
		return "The DNS server has other records than the plan before the change. Preflight is refused until they are put right."
	}
	return "Something that this version of edgeplan does not know."
}

func judge(p *plan.Plan, run Run) Try {
	t := Try{Run: run, Says: says(run), Verdict: Passed, Why: []string{}, Stages: []Stage{}, Problems: []evidence.Problem{}}
	t.ended()
	if run.Try == Order {
		t.order(p)
	} else {
		t.walk()
		t.evidence(p)
	}
	if run.Try == Twice {
		t.twice(p)
	}
	if len(t.Why) > 0 {
		t.Verdict = Failed
	}
	return t
}

func (t *Try) failed(format string, args ...any) { t.Why = append(t.Why, fmt.Sprintf(format, args...)) }

// ended looks at how the engines came to their ends, and what rehearse.ps1 says itself.
func (t *Try) ended() {
	engines := 1
	if t.Try == Crash {
		engines = 2
		if len(t.Exits) > 0 && t.Exits[0] >= 0 && t.Exits[0] <= 2 {
			t.failed("the host did not go down")
		}
	}
	if len(t.Exits) != engines || t.Exits[engines-1] != 0 {
		t.failed("exit codes of PowerShell: %s", numbers(t.Exits))
	}
	end, ok := t.end()
	switch {
	case !ok:
		t.failed("the rehearsal did not come to its end")
		return
	case !end.Works && t.Try == Order:
		t.failed("a stage that was refused has changed something")
	case !end.Works:
		t.failed("the change does not work")
	case !end.Restores:
		t.failed("the rollback does not restore the first world")
	}
	if t.Fault != "" && !slices.Contains(end.Met, t.Fault) {
		t.failed("the fault %s did not happen", t.Fault)
	}
	switch {
	case (t.Try == Undisturbed || t.Try == Twice) && end.Failed > 0:
		t.failed("stages that failed: %d", end.Failed)
	case t.Try == Records && end.Failed == 0:
		t.failed("no stage was refused")
	}
}

// walk lists the stages that were run.
func (t *Try) walk() {
	at := map[[3]string]int{}
	for _, n := range t.Walk {
		if n.Kind != "run" && n.Kind != "again" {
			continue
		}
		key := [3]string{n.Script, n.Stage, n.Host}
		if _, ok := at[key]; !ok {
			at[key] = len(t.Stages)
			t.Stages = append(t.Stages, Stage{Script: n.Script, Stage: n.Stage, Host: n.Host})
		}
		s := &t.Stages[at[key]]
		s.Codes = append(s.Codes, n.Code)
		switch {
		case n.Code != 0:
			s.Result = fmt.Sprintf("ended with exit code %d", n.Code)
		case n.Kind == "again":
			s.Result = "done; run again it changed nothing"
			if n.Changes > 0 || !n.Same {
				s.Result = "run again it changed something"
			}
		default:
			s.Result = "done"
		}
	}
}

// twice wants each stage to have been run again, with no change.
func (t *Try) twice(p *plan.Plan) {
	again := 0
	for _, n := range t.Walk {
		if n.Kind != "again" {
			continue
		}
		again++
		if n.Code != 0 || n.Changes > 0 || !n.Same {
			t.failed("%s of %s on %s, run again: exit code %d, changes: %d", n.Stage, n.Script, n.Host, n.Code, n.Changes)
		}
	}
	want := 0
	for _, stage := range slices.Concat(p.Stages, p.Rollback) {
		want += len(stage.Hosts())
	}
	if again != want {
		t.failed("stages that were run again: %d of %d", again, want)
	}
}

// evidence judges the logs as those of a change.
func (t *Try) evidence(p *plan.Plan) {
	var logs []evidence.Log
	for _, log := range t.Logs {
		one, err := evidence.Read(log.Name, []byte(strings.Join(log.Lines, "\n")))
		if err != nil {
			t.failed("the log %s: %v", log.Name, err)
		}
		logs = append(logs, one)
	}
	change, whole := evidence.Rehearsed(p, logs)
	if t.Try == Crash && !t.cut(change.Stages) {
		t.failed("by its logs no stage was cut off and run again")
	}
	t.Change, t.Rollback = change.Verdict, whole.Verdict
	if change.Verdict != evidence.Complete {
		t.Problems = append(t.Problems, change.Problems...)
		t.failed("by its logs the change is %s", change.Verdict)
	}
	if whole.Verdict != evidence.RolledBack {
		t.Problems = append(t.Problems, whole.Problems...)
		t.failed("by the logs the change was not rolled back, but is %s", whole.Verdict)
	}
}

// cut marks the stages that were run more than once, and tells whether there is one.
func (t *Try) cut(runs []evidence.StageRuns) bool {
	found := false
	for _, r := range runs {
		for i, s := range t.Stages {
			if r.Runs > 1 && s.Stage == r.Stage && strings.EqualFold(s.Host, r.Host) && s.Script != words.ScriptFile(words.RollbackScript) {
				t.Stages[i].Result += "; the run before has no end"
				found = true
			}
		}
	}
	return found
}

// order wants each stage that the script can keep from being the first to have been refused.
func (t *Try) order(p *plan.Plan) {
	for _, back := range []bool{false, true} {
		script := words.Script(p)
		if back {
			script = words.RollbackScript
		}
		for _, stage := range p.StagesOf(back) {
			for _, part := range stage.Parts {
				t.first(words.ScriptFile(script), stage.Name, part.Hosts, p.Gates(back, stage.Name, part))
			}
		}
	}
}

// first says of a part of a stage what came of running it first.
func (t *Try) first(script, stage string, hosts []string, gates plan.Gates) {
	if len(gates.After) == 0 && gates.Receipt == "" && len(gates.Sheet) == 0 && len(gates.Stopped) == 0 {
		return // it needs nothing
	}
	kept := len(gates.After) > 0 || gates.Receipt != ""
	for _, host := range hosts {
		if host == plan.AnyHost {
			host = rehearsal.Outside
		}
		i := slices.IndexFunc(t.Walk, func(n Note) bool {
			return n.Kind == "first" && n.Script == script && n.Stage == stage && n.Host == host
		})
		if i < 0 {
			t.failed("%s of %s on %s was not tried", stage, script, host)
			continue
		}
		note := t.Walk[i]
		one := Stage{script, stage, host, []int{note.Code}, "refused"}
		refused := (note.Code == refusedCode || note.Code == attestCode) && note.Changes == 0 && note.Same
		switch {
		case refused:
		case kept:
			one.Result = "not refused"
			t.failed("%s of %s on %s was not refused: exit code %d, changes: %d", stage, script, host, note.Code, note.Changes)
		default:
			one.Result = "not refused: only the order of the run sheet keeps it"
		}
		t.Stages = append(t.Stages, one)
	}
}

// Exit codes of a script that refuses, and that asks for a receipt or a word.
const (
	refusedCode = 3
	attestCode  = 5
)

func numbers(list []int) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}
