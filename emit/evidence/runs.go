package evidence

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// merge puts the records of a plan that are in any log into one list, each once, in the
// order of time. Clocks of old servers tick seldom: what has the same time stays in the
// order of the lines.
func merge(plan string, logs []Log) []Entry {
	// A log that was copied, or joined with others, has the same records again: all fields are equal, and so is
	// the time to 100 ns.
	line := map[Record]int{}
	for _, log := range logs {
		for _, entry := range log.Records {
			if entry.Plan == plan {
				// The higher line, whatever the order of the logs: the result must not depend on that.
				line[entry.Record] = max(line[entry.Record], entry.Line)
			}
		}
	}
	out := make([]Entry, 0, len(line))
	for record, at := range line {
		out = append(out, Entry{record, at})
	}
	slices.SortFunc(out, func(a, b Entry) int {
		// Line numbers of different logs say nothing, but within one log they keep the order.
		if order := cmp.Or(cmp.Compare(a.UTC, b.UTC), cmp.Compare(a.Line, b.Line)); order != 0 {
			return order
		}
		return cmp.Compare(a.key(), b.key())
	})
	return out
}

// key orders records of which neither time nor line tells the order.
func (r Record) key() string {
	return fmt.Sprintf("%q", []string{r.Host, r.Script, r.Stage, r.Step, r.Outcome, r.Command, r.Detail, r.Who})
}

// run is one run of one stage on one host. The scripts hold a lock, so runs on one host
// follow each other.
type run struct {
	script, stage, host string
	records             []Entry
}

// runs cuts the records into runs, in the order of their starts.
func runs(entries []Entry) []*run {
	var out []*run
	open := map[string]*run{}
	for _, e := range entries {
		host := hostKey(e.Host)
		now := open[host]
		// A run that was killed has no end: the next START, or another script or stage on that host, shows that
		// it is over.
		if now == nil || e.Outcome == started || e.Script != now.script || e.Stage != now.stage {
			now = &run{script: e.Script, stage: e.Stage, host: host}
			open[host] = now
			out = append(out, now)
		}
		now.records = append(now.records, e)
		// What comes after the end without a START belongs to no run that was begun properly, and becomes one
		// of its own.
		if e.Outcome == completed || e.Outcome == ended {
			delete(open, host)
		}
	}
	return out
}

func (r *run) first() Record { return r.records[0].Record }
func (r *run) last() Record  { return r.records[len(r.records)-1].Record }

func (r *run) done() bool { return r.last().Outcome == completed }

// has finds the last record of an outcome.
func (r *run) has(outcome string) (Record, bool) {
	// The last one is the nearest to the end of the run.
	for _, e := range slices.Backward(r.records) {
		if e.Outcome == outcome {
			return e.Record, true
		}
	}
	return Record{}, false
}

// Ends of a run that are no outcome.
const (
	noEnd  = "no end"
	notRun = "did not run"
)

// end says how a run came to its end, and why.
func (r *run) end() (outcome, why string) {
	if r.done() {
		return completed, ""
	}
	code := ""
	if last := r.last(); last.Outcome == ended {
		// The exit code is in the detail of ENDED, and the reason in that of STOPPED.
		code = exitCode.FindString(last.Detail)
	}
	switch stop, ok := r.has(stopped); {
	case ok && code != "":
		return stopped, stop.Detail + "; " + code
	case ok:
		return stopped, stop.Detail
	case r.last().Outcome == ended:
		// Ended without STOPPED: no line says why.
		return ended, code
	}
	return noEnd, "crashed or still running"
}

// exitCode is part of the detail of ENDED.
var exitCode = pattern.New(`exit code \d+`)

// moved is the time of the last record that says that the run set out to change
// something, or had a person do it, in stage Dns the owner; "" if it did not.
func (r *run) moved() string {
	for _, e := range slices.Backward(r.records) {
		// The script only lists such records; the owner changes them while it waits. So from the first list on
		// they may be others.
		asked := r.stage == plan.DNS && (e.Outcome == dnsGone || e.Outcome == dnsCome)
		if e.Outcome == called || e.Outcome == clicked || e.Outcome == changed || asked {
			return e.UTC
		}
	}
	return ""
}

// slot is a stage on one of its hosts, with its runs. AnyHost is one slot.
type slot struct {
	stage string
	host  string
	at    int // number of the stage
	runs  []*run
}

// slots deals the runs of a script out to the stages of the plan. What is left over ran
// where the plan does not have it.
func slots(stages []plan.Stage, script string, all []*run) (out []*slot, astray []*run) {
	find := map[[2]string]*slot{}
	for i, stage := range stages {
		for _, host := range stage.Hosts() {
			s := &slot{stage: stage.Name, host: host, at: i}
			out = append(out, s)
			find[[2]string{stage.Name, hostKey(host)}] = s
		}
	}
	for _, r := range all {
		if r.script != script {
			continue
		}
		s := find[[2]string{r.stage, r.host}]
		if s == nil {
			// A host that the plan names has its own part of the stage; only any other is the one outside.
			s = find[[2]string{r.stage, plan.AnyHost}]
		}
		if s == nil {
			astray = append(astray, r)
			continue
		}
		s.runs = append(s.runs, r)
	}
	return out, astray
}

// completes are the times, after a cut, when the slot came to its end.
func (s *slot) completes(cut string) []string {
	var out []string
	for _, r := range s.runs {
		// What was done before the other script undid it counts no more.
		if r.done() && r.last().UTC > cut {
			out = append(out, r.last().UTC)
		}
	}
	return out
}

// good tells whether the last run came to its end, after a cut.
func (s *slot) good(cut string) bool {
	if len(s.runs) == 0 {
		return false
	}
	// The last run: one that failed after a good one may have left something half done.
	last := s.runs[len(s.runs)-1]
	return last.done() && last.last().UTC > cut
}

// moved is the time of the last change that the slot set out to make.
func (s *slot) moved() string {
	latest := ""
	for _, r := range s.runs {
		latest = max(latest, r.moved())
	}
	return latest
}

// acted is the time of the last change or end of a script: what it undoes of the other
// one, it has undone then.
func acted(script string, all []*run) string {
	latest := ""
	for _, r := range all {
		if r.script != script {
			continue
		}
		latest = max(latest, r.moved())
		// A rollback that found nothing to change has confirmed that it is undone.
		if r.done() {
			latest = max(latest, r.last().UTC)
		}
	}
	return latest
}

// table is the slot as the report has it.
func (s *slot) table(cut string) StageRuns {
	row := StageRuns{Stage: s.stage, Host: s.host, Runs: len(s.runs), Who: []string{}, End: notRun, Done: s.good(cut)}
	for i, r := range s.runs {
		if i == 0 {
			row.First = r.first().UTC
		}
		row.Last = max(row.Last, r.last().UTC)
		row.End, row.Why = r.end()
		for _, e := range r.records {
			// A stage may be begun by one person and finished by another.
			row.Who = addTo(row.Who, e.Who)
		}
		if s.host == plan.AnyHost {
			row.Other = addTo(row.Other, r.host)
		}
	}
	return row
}

// addTo keeps a sorted list without doubles.
func addTo(list []string, s string) []string {
	at, ok := slices.BinarySearch(list, s)
	// slices.Insert may write into the same array, so callers take what is returned.
	if ok {
		return list
	}
	return slices.Insert(list, at, s)
}
