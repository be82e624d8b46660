package evidence

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// checker collects what is wrong with the runs of a plan.
type checker struct {
	plan    *plan.Plan
	logs    []Log
	runs    []*run
	general []Problem // against any good verdict
	seen    map[Problem]bool
	marked  marks
}

// Check compares logs with a plan.
func Check(p *plan.Plan, logs []Log) Report { return compare(p, logs, ofChange) }

func compare(p *plan.Plan, logs []Log, marked marks) Report {
	// The report is the same whatever the order in which the files were given.
	logs = slices.SortedStableFunc(slices.Values(logs), func(a, b Log) int { return cmp.Compare(a.Name, b.Name) })
	c := &checker{plan: p, logs: logs, runs: runs(merge(p.ID, logs)), seen: map[Problem]bool{}, marked: marked}
	forward, lost := slots(p.Stages, p.Texts.Script, c.runs)
	back, lostBack := slots(p.Rollback, rollback, c.runs)
	c.reading()
	c.astray(append(lost, lostBack...))
	known := planCmdlets(p)
	for _, r := range c.runs {
		c.real(r)
		c.promises(r, known)
		c.confirmed(r)
	}
	// Each script undoes what the other one has done: only what came after that counts.
	undone, redone := acted(rollback, c.runs), acted(p.Texts.Script, c.runs)
	// Torn lines count against the change alone; a rollback may well follow a crash.
	ahead, behind := append(walk(forward, undone), c.torn()...), walk(back, redone)

	out := Report{
		Verdict: NotComplete, Name: p.Name, Plan: p.ID, Ticket: p.Change.Ticket,
		Problems: c.general, Stages: table(forward, undone), Rollback: []StageRuns{},
		Remarks: remarks(c.runs), Changes: c.changes(), Others: others(p.ID, logs), Logs: c.read(),
	}
	wentBack := slices.ContainsFunc(c.runs, func(r *run) bool { return r.script == rollback })
	if wentBack {
		out.Rollback = table(back, redone)
	}
	switch {
	case len(c.general)+len(ahead) == 0:
		// Also where the rollback ran first: the change was made again after it.
		out.Verdict, out.Complete = Complete, true
		return out
	// Rolled back wants that something was done before: a rollback alone undoes nothing.
	case len(c.general)+len(behind) == 0 && redone != "" && wentBack:
		out.Verdict = RolledBack
	case wentBack:
		ahead = append(ahead, behind...)
	}
	out.Problems = append(append([]Problem{}, out.Problems...), ahead...)
	return out
}

func (c *checker) problem(p Problem) {
	// Copies of a log have the same faults.
	if !c.seen[p] {
		c.seen[p] = true
		c.general = append(c.general, p)
	}
}

func place(log string, line int) string { return fmt.Sprintf("%s:%d", log, line) }

// reading finds what makes the logs doubtful as such.
func (c *checker) reading() {
	c.general = []Problem{}
	if len(c.runs) == 0 {
		c.problem(Problem{Text: "no log has a record of this plan", Detail: c.plan.ID})
	}
	for _, log := range c.logs {
		for _, bad := range log.Bad {
			c.problem(Problem{Text: "a line that is no record", Place: place(log.Name, bad.Line), Detail: bad.Reason})
		}
		seen := map[Record]bool{}
		latest := map[string]string{}
		for _, e := range log.Records {
			host := hostKey(e.Host)
			// A record twice in one log is a copy, and going back to it is no jump of the clock.
			if e.Plan != c.plan.ID || seen[e.Record] {
				continue
			}
			seen[e.Record] = true
			// On one host: clocks of different hosts may differ.
			if e.UTC < latest[host] {
				c.problem(Problem{Text: "the time goes back, so the order is in doubt", Host: e.Host,
					Place: place(log.Name, e.Line), Detail: latest[host] + " to " + e.UTC})
			}
			latest[host] = e.UTC
		}
	}
}

// torn finds torn lines that no later run of the same stage and host made good. Those of
// other plans are not counted.
func (c *checker) torn() []Problem {
	var out []Problem
	for _, log := range c.logs {
		for _, line := range log.Torn {
			near := log.near(line)
			if near.Plan != c.plan.ID {
				continue
			}
			p := Problem{Text: "a torn line that no later run made good", Host: near.Host, Place: place(log.Name, line)}
			if near.Outcome != completed && near.Outcome != ended {
				p.Stage = near.Stage // else it was the start of a run, which may have been of any stage
			}
			// Host names are compared as Windows does, without regard to case.
			host := hostKey(near.Host)
			good := slices.ContainsFunc(c.runs, func(r *run) bool {
				// A run of the same stage that came to its end has read all values again.
				return r.done() && r.first().UTC > near.UTC && r.host == host && (p.Stage == "" || r.stage == p.Stage)
			})
			if !good {
				out = append(out, p)
			}
		}
	}
	return out
}

func (c *checker) astray(lost []*run) {
	for _, r := range lost {
		text := "a host that the plan does not name for this stage"
		// The scripts refuse other stages and hosts themselves, so such a run is of a script that was edited.
		if !hasStage(c.plan, r.script, r.stage) {
			text = "a stage that the plan does not have"
		}
		c.problem(Problem{Text: text, Stage: r.stage, Host: r.first().Host, Detail: "script " + r.script})
	}
}

func hasStage(p *plan.Plan, script, name string) bool {
	return plan.HasStage(p.StagesOf(script == rollback), name)
}

// real finds what a run says of being a rehearsal or none where it has to be the other: functions that
// were replaced, and the modules that its cmdlets come from.
func (c *checker) real(r *run) {
	for _, e := range r.records {
		if e.Outcome == whatIf || e.Outcome == started && strings.Contains(e.Detail, "whatif=True") {
			c.problem(Problem{Text: "a run with -WhatIf, which writes no log", Stage: r.stage, Host: e.Host,
				Detail: e.UTC})
		}
		// The first and the last record have the mark, so that a function which is replaced in between is seen.
		if e.Outcome != started && e.Outcome != completed {
			continue
		}
		if mark := rehearsal(e.Detail); mark == "" {
			c.problem(Problem{Text: "a run that does not say whether it is a rehearsal", Stage: r.stage, Host: e.Host,
				Detail: e.Detail})
		} else if (mark == "no") != c.marked.real {
			c.problem(Problem{Text: c.marked.other, Stage: r.stage, Host: e.Host, Detail: mark})
		}
		if e.Outcome != started {
			continue
		}
		if strange := strangers(e.Detail, c.marked.homes); len(strange) > 0 {
			c.problem(Problem{Text: c.marked.strange, Stage: r.stage, Host: e.Host, Detail: strings.Join(strange, ", ")})
		}
	}
}

// rehearsal is the value of the mark in a detail; any other than "no" wins.
func rehearsal(detail string) string {
	found := ""
	for _, word := range strings.Fields(detail) {
		value, ok := strings.CutPrefix(word, "rehearsal=")
		// The detail has names of functions and modules too, so the word may be there twice.
		if ok && (found == "" || value != "no") {
			found = cmp.Or(value, "(empty)")
		}
	}
	return found
}

// marks are what the runs of some logs have to say of themselves.
type marks struct {
	real           bool
	homes          []string // patterns of the modules that cmdlets come from, in lower case
	other, strange string   // the problem of a run that is not such a one, and of cmdlets from elsewhere
}

var (
	// ofChange are those of the products and of Windows.
	ofChange = marks{
		real:    true,
		homes:   []string{"lync", "skypeforbusiness", "microsoft.powershell.*", "dnsclient", "dnsserver", "cimcmdlets"},
		other:   "not a real run: functions were replaced",
		strange: "cmdlets of other modules than those of the product",
	}
	// ofRehearsal are those of a kit: a cmdlet of a product there could have reached a server.
	ofRehearsal = marks{
		homes:   []string{"lyncsim", "cmdlets.*", "microsoft.powershell.*"},
		other:   "a run that is no rehearsal",
		strange: "cmdlets of other modules than those of the kit",
	}
)

// Rehearsed compares the logs of a rehearsal with a plan. The rules are those of [Check], but that each run has to be one
// of a rehearsal, with cmdlets of its kit alone. As a rehearsal goes forth and back, change leaves out
// what the rollback wrote; whole is over all.
func Rehearsed(p *plan.Plan, logs []Log) (change, whole Report) {
	var forth []Log
	for _, log := range logs {
		log.Records = slices.DeleteFunc(slices.Clone(log.Records), func(e Entry) bool { return e.Script == rollback })
		forth = append(forth, log)
	}
	return compare(p, forth, ofRehearsal), compare(p, logs, ofRehearsal)
}

// strangers are the modules of a START that are none of homes. The list is the last part
// of the detail.
func strangers(detail string, homes []string) []string {
	_, list, _ := strings.Cut(" "+detail, " from=")
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		// Modules of remote sessions have random names, tmp_XXXX, and are none of homes.
		name = strings.TrimSpace(name)
		known := slices.ContainsFunc(homes, func(home string) bool {
			ok, _ := path.Match(home, strings.ToLower(name))
			return ok
		})
		if name != "" && !known {
			out = addTo(out, name)
		}
	}
	return out
}

// promises finds runs that no script writes like that.
func (c *checker) promises(r *run, known map[string][]string) {
	if first := r.first(); r.done() && first.Outcome != started {
		c.problem(Problem{Text: "a run that came to its end without a START", Stage: r.stage, Host: first.Host,
			Detail: first.UTC})
	}
	announced := map[[2]string]bool{}
	for _, e := range r.records {
		// A step may run several commands, each with a CALL and a CHANGED of its own.
		what := [2]string{e.Step, e.Command}
		switch e.Outcome {
		case clicked:
			announced[what] = true
		case called:
			announced[what] = true
			for _, name := range cmdlets(e.Command) {
				// Of the step, not of the whole plan: Stop-CsWindowsService in stage Route is as wrong as a
				// cmdlet that no plan has.
				if !slices.Contains(known[e.Step], name) {
					c.problem(Problem{Text: "a cmdlet that this step of the plan does not have", Stage: r.stage,
						Host: e.Host, Detail: e.Step + ": " + name})
				}
			}
		case changed:
			if !announced[what] {
				c.problem(Problem{Text: "a change that no CALL announced", Stage: r.stage, Host: e.Host,
					Detail: e.Command})
			}
		}
	}
}

// confirmed finds steps that a person was to do, in a run that came to its end, for which nobody gave
// a name or, where a cmdlet shows it, whose value was not read after that.
func (c *checker) confirmed(r *run) {
	if _, all := r.about(r.stage, skipped); !r.done() || all {
		return
	}
	for _, s := range c.byHand(r) {
		said, named := r.about(s.ID, attested)
		read, good := r.about(s.ID, passed)
		_, already := r.about(s.ID, skipped)
		_, word := r.about(s.ID, waived)
		text := ""
		switch {
		case already:
		case !named:
			text = "a step that is done by hand, and no record says who did it"
		case s.Read != nil && !word && (!good || read < said):
			text = "a step that was done by hand, and its value was not read afterwards"
		}
		if text != "" {
			c.problem(Problem{Text: text, Stage: r.stage, Host: r.first().Host, Detail: s.ID})
		}
	}
}

// about is the number of the last record of the run about a step with an outcome, if there is one.
func (r *run) about(step, outcome string) (at int, ok bool) {
	for i, e := range r.records {
		if e.Step == step && e.Outcome == outcome {
			at, ok = i, true
		}
	}
	return at, ok
}

// walk finds what keeps the stages of a script from being done, in order, after a cut:
// the time when the other script last undid something.
func walk(all []*slot, cut string) []Problem {
	var out []Problem
	for _, s := range all {
		// Both may be true of one slot, and both are told.
		if p, bad := s.missing(cut); bad {
			out = append(out, p)
		}
		if p, bad := s.order(all, cut); bad {
			out = append(out, p)
		}
	}
	return out
}

func (s *slot) missing(cut string) (Problem, bool) {
	p := Problem{Stage: s.stage, Host: s.host}
	switch {
	case s.good(cut):
		return p, false
	case len(s.runs) == 0:
		p.Text = "there is no run"
		return p, true
	}
	last := s.runs[len(s.runs)-1]
	switch end, why := last.end(); end {
	case completed:
		// It came to its end, and yet it is not good: so that was before the cut.
		p.Text, p.Detail = "the other script undid something since", cut
	case stopped:
		p.Text, p.Detail = "the last run stopped", why
	case ended:
		p.Text, p.Detail = "the last run was ended before it was done", why
	default:
		p.Text, p.Detail = "the last run has no end: it crashed or still runs", last.last().UTC
	}
	return p, true
}

// order compares a slot with those of earlier stages: it must not be done before they
// are, and must be done again after they changed something.
func (s *slot) order(all []*slot, cut string) (Problem, bool) {
	mine := s.completes(cut)
	if len(mine) == 0 {
		return Problem{}, false
	}
	for _, o := range all {
		// Slots are in the order of the stages; hosts of one stage have no order among each other.
		if o.at >= s.at {
			break
		}
		about := fmt.Sprintf("stage %s on %s", o.stage, o.host)
		// The first time each: a stage may be run again later, which is no fault.
		if theirs := o.completes(cut); len(theirs) > 0 && slices.Min(mine) < slices.Min(theirs) {
			return Problem{Text: "out of order: it was done before an earlier stage", Stage: s.stage, Host: s.host,
				Detail: about + " was done at " + slices.Min(theirs)}, true
		}
		// What is checked or replicated has to be so after the last change.
		if when := o.moved(); when > cut && when > slices.Max(mine) {
			return Problem{Text: "out of order: an earlier stage made a change afterwards", Stage: s.stage,
				Host: s.host, Detail: about + " at " + when}, true
		}
	}
	return Problem{}, false
}
