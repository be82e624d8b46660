package words

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Noticed tells whether users notice a stage: it ends services that run, or something that was
// reachable before it is not after it.
func Noticed(p *plan.Plan, stage plan.Stage) bool {
	// Services that stop count also where the table shows no difference, such as XMPP that was down before.
	if slices.ContainsFunc(plan.AllSteps([]plan.Stage{stage}),
		func(s *plan.Step) bool { return s.Effect.Value == plan.Stopped }) {
		return true
	}
	for i, after := range p.Outage {
		if i == 0 || after.After != stage.Name {
			continue
		}
		before := p.Outage[i-1]
		for k, service := range after.Services {
			if before.Services[k].Up && !service.Up {
				return true
			}
		}
	}
	return false
}
