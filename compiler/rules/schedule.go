package rules

import (
	"math"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// Schedule compares what the change says of stages with those of its plan, which has its schedule, and that with the
// window. It returns the stages that the plan does not have; of a plan of a matrix it reports none of them, as the
// plans of that differ in their stages.
func Schedule(req *Request, p *plan.Plan, r *report.Plan) []*parser.ChangeStage {
	forward, back := strange(req.Change.Stages, p.Stages), strange(req.Change.Rollback, p.Rollback)
	if !req.OfMatrix {
		reportStrange(r, forward, "change", p.Stages, "rollback", p.Rollback)
		reportStrange(r, back, "rollback", p.Rollback, "change", p.Stages)
	}
	checkFits(req, p, r)
	return append(forward, back...)
}

// strange are the stages that are not there.
func strange(said []*parser.ChangeStage, there []plan.Stage) []*parser.ChangeStage {
	var out []*parser.ChangeStage
	for _, one := range said {
		if !hasStage(there, one.Name.V) {
			out = append(out, one)
		}
	}
	return out
}

// hasStage tells whether a stage is there.
func hasStage(there []plan.Stage, name string) bool {
	return slices.ContainsFunc(there, func(s plan.Stage) bool { return plan.SameStage(s.Name, name) })
}

// reportStrange reports stages that one way of a plan does not have, which may be those of its other way.
func reportStrange(r *report.Plan, stages []*parser.ChangeStage, way string, there []plan.Stage, other string, elsewhere []plan.Stage) {
	var names []string
	for _, stage := range there {
		names = append(names, stage.Name)
	}
	for _, stage := range stages {
		hint := "The stages are " + plan.List(names) + "."
		switch meant := diag.Suggest(stage.Name.V, names); {
		case len(names) == 0:
			hint = "It has no stages."
		case hasStage(elsewhere, stage.Name.V):
			hint = "It is one of the " + other + ", whose blocks are called " + map[string]string{"change": "stage",
				"rollback": "rollback_stage"}[other] + ". " + hint
		case meant != "":
			hint = "Did you mean \"" + meant + "\"? " + hint
		}
		r.Add(report.NoStage, stage.Name.Range, "The %s has no stage %q, so that what is said of it is left out. %s", way,
			report.Shorten(stage.Name.V), hint)
	}
}

// checkFits compares the window with how long the stages take, and with that and the way back.
func checkFits(req *Request, p *plan.Plan, r *report.Plan) {
	s, window := p.Schedule, p.WindowLength()
	if s == nil || window == 0 {
		return
	}
	switch rng, both := req.Change.WindowEnd.Range, uint64(s.Seconds)+uint64(s.RollbackSeconds); {
	case s.Seconds > window:
		r.Add(report.Overruns, rng, "The stages take %s, with what is waited for between them, and the window has %s: it ends %s%s too "+
			"early.%s", plan.Length(s.Seconds), plan.Length(window), plan.AtLeast(s.Stages), plan.Length(s.Seconds-window), uncounted(s.Stages, nil))
	case s.RollbackSeconds > 0 && both > uint64(window):
		r.Add(report.NoTimeBack, rng, "The stages take %s and going back takes %s, and the window has %s. If the change has to be "+
			"taken back after its last stage, the rollback ends %s%s after the window.%s", plan.Length(s.Seconds),
			plan.Length(s.RollbackSeconds), plan.Length(window), plan.AtLeast(s.Stages, s.Rollback), plan.Length(uint32(min(both-uint64(window), math.MaxUint32))),
			uncounted(s.Stages, s.Rollback))
	}
}

// uncounted says which stages of the change and of the rollback take time that is not counted.
func uncounted(forward, back []plan.Slot) string {
	var of []string
	for _, way := range []struct {
		name  string
		slots []plan.Slot
	}{{"change", forward}, {"rollback", back}} {
		if names := plan.Untimed(way.slots); len(names) > 0 {
			of = append(of, "of the "+way.name+" "+plan.List(names))
		}
	}
	if len(of) == 0 {
		return ""
	}
	return " Not counted, as nothing says how long they take: " + strings.Join(of, "; ") + "."
}
