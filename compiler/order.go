package compiler

import (
	"fmt"
	"slices"
	"strings"
)

// order sorts the steps of each stage so that each comes after those it needs, and
// otherwise by ID, and notes the hosts of each stage.
func order(plan *Plan) {
	for _, stages := range [][]Stage{plan.Stages, plan.Rollback} {
		for i := range stages {
			stages[i].Steps = sortSteps(stages[i].Steps)
			stages[i].Hosts = hostsOf(stages[i].Steps)
		}
	}
}

// sortSteps is a topological sort whose ties are broken by ID. Needs outside the
// stage are the business of prove.
func sortSteps(steps Steps) Steps {
	left := slices.Clone(steps)
	slices.SortFunc(left, func(a, b Step) int { return strings.Compare(stepKey(a), stepKey(b)) })
	isLeft := map[string]bool{}
	for _, s := range left {
		isLeft[s.Info().ID] = true
	}
	var out Steps
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(s Step) bool {
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
func stepKey(s Step) string {
	info := s.Info()
	if info.Host == AnyHost {
		return "~" + info.ID
	}
	return strings.ToLower(info.ID) + " " + info.ID
}

func hostsOf(steps Steps) []string {
	var hosts []string
	for _, step := range steps {
		if host := step.Info().Host; !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}
