package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// order sorts the steps of each stage so that each comes after those it needs, and
// otherwise by ID, and notes the hosts of each stage.
func order(p *plan.Plan) {
	for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
		for i := range stages {
			stages[i].Steps = sortSteps(stages[i].Steps)
			stages[i].Hosts = plan.HostsOf(stages[i].Steps)
		}
	}
}

// sortSteps is a topological sort whose ties are broken by ID. Needs outside the
// stage are the business of prove.
func sortSteps(steps plan.Steps) plan.Steps {
	left := slices.Clone(steps)
	slices.SortFunc(left, func(a, b plan.Step) int { return strings.Compare(stepKey(a), stepKey(b)) })
	isLeft := map[string]bool{}
	for _, s := range left {
		isLeft[s.Info().ID] = true
	}
	var out plan.Steps
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(s plan.Step) bool {
			return !slices.ContainsFunc(s.Info().Needs, func(id string) bool { return isLeft[id] })
		})
		if i < 0 {
			panic(fmt.Sprintf("internal error: the steps from %s on need each other", left[0].Info().ID))
		}
		out = append(out, left[i])
		delete(isLeft, left[i].Info().ID)
		left = slices.Delete(left, i, i+1)
	}
	return out
}

// stepKey orders steps by kind of host first (AnyHost last), then by ID without case.
func stepKey(s plan.Step) string {
	info := s.Info()
	if info.Host == plan.AnyHost {
		return "~" + info.ID
	}
	return strings.ToLower(info.ID) + " " + info.ID
}
