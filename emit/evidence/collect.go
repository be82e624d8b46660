package evidence

import (
	"maps"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// notable are the outcomes that a reader of the ticket should see one by one.
var notable = []string{waived, attested, override, warning, unknown}

func table(all []*slot, cut string) []StageRuns {
	out := []StageRuns{}
	for _, s := range all {
		out = append(out, s.table(cut))
	}
	return out
}

func remarks(all []*run) []Record {
	out := []Record{}
	for _, r := range all {
		for _, e := range r.records {
			if slices.Contains(notable, e.Outcome) {
				out = append(out, e.Record)
			}
		}
	}
	return out
}

// changes pairs each CALL with the CHANGED that follows it in the same run, and each CLICK with that
// or, where no cmdlet shows what was done, with the word of a person.
func (c *checker) changes() []ChangeMade {
	out := []ChangeMade{}
	for _, r := range c.runs {
		// Only calls of this run: the same step may have been called in one before that was cut off.
		begun := len(out)
		unread := map[string]bool{}
		for _, s := range c.byHand(r) {
			_, word := r.about(s.ID, waived)
			unread[s.ID] = s.Read == nil || word
		}
		for _, e := range r.records {
			switch {
			case e.Outcome == called || e.Outcome == clicked:
				out = append(out, ChangeMade{Call: e.Record})
			case e.Outcome == changed || e.Outcome == attested && unread[e.Step]:
				settle(out[begun:], e.Record)
			}
		}
		// The run that only asks for it is not the one in which it is done.
		out = append(out[:begun], slices.DeleteFunc(out[begun:], func(made ChangeMade) bool {
			return made.Call.Outcome == clicked && !made.Done
		})...)
	}
	return out
}

// byHand are the steps that a person does in the stage of a run, on its host.
func (c *checker) byHand(r *run) plan.Steps {
	var out plan.Steps
	for _, part := range plan.Parts(c.plan.StagesOf(r.script == rollback), r.stage) {
		here := slices.ContainsFunc(part.Hosts, func(host string) bool { return hostKey(host) == r.host })
		for _, s := range part.Steps {
			if here && s.ByHand() {
				out = append(out, s)
			}
		}
	}
	return out
}

// settle gives a result to the first call of the step that has none.
func settle(calls []ChangeMade, result Record) {
	for i, c := range calls {
		// In order: the same command may run once for each value of a step.
		if !c.Done && c.Call.Step == result.Step && c.Call.Command == result.Command {
			calls[i].Done, calls[i].Result = true, result.Detail
			return
		}
	}
}

// others counts the records of other plans, each once.
func others(plan string, logs []Log) []OtherPlan {
	seen := map[Record]bool{}
	found := map[string]*OtherPlan{}
	for _, log := range logs {
		for _, e := range log.Records {
			if e.Plan == plan {
				continue
			}
			o := found[e.Plan]
			if o == nil {
				o = &OtherPlan{Plan: e.Plan}
				found[e.Plan] = o
			}
			o.Logs = addTo(o.Logs, log.Name)
			// Each record once, but every log that has it is named.
			if !seen[e.Record] {
				seen[e.Record] = true
				o.Records++
			}
		}
	}
	out := []OtherPlan{}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[id])
	}
	return out
}

func (c *checker) read() []LogRead {
	out := []LogRead{}
	for _, log := range c.logs {
		// Never nil, so that JSON has [] and not null.
		one := LogRead{Name: log.Name, Lines: log.Lines, Hosts: []string{}, Torn: append([]int{}, log.Torn...),
			Bad: append([]BadLine{}, log.Bad...)}
		for _, e := range log.Records {
			if e.Plan == c.plan.ID {
				one.Records++
				one.Hosts = addTo(one.Hosts, hostKey(e.Host))
			}
		}
		out = append(out, one)
	}
	return out
}
