package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// stages collects steps by stage, in the order in which the stages are run.
type stages struct {
	names []string
	steps map[string]plan.Steps
}

func newStages(procedure string) *stages {
	names := []string{plan.Preflight, plan.Stop, plan.Route, plan.DNSServer, plan.DNS, plan.Firewall, plan.Start, plan.Replicated, plan.Verify, plan.StopOld}
	if procedure == "start-first" {
		names = []string{plan.Preflight, plan.Start, plan.Route, plan.DNSServer, plan.DNS, plan.Firewall, plan.Replicated, plan.Verify, plan.StopOld}
	}
	return &stages{names: names, steps: map[string]plan.Steps{}}
}

func newRollback(procedure string) *stages {
	names := []string{plan.StartOld, plan.Start, plan.Route, plan.DNSServer, plan.DNS, plan.Replicated, plan.Verify}
	if procedure == "start-first" {
		names = slices.Delete(names, 1, 2) // nothing of the target was stopped
	}
	return &stages{names: names, steps: map[string]plan.Steps{}}
}

func (s *stages) add(stage string, step plan.Step) { s.steps[stage] = append(s.steps[stage], step) }

// ids of the steps of a stage.
func (s *stages) ids(stage string) []string {
	return s.steps[stage].IDs()
}

// last are the steps of a stage that no other one of it needs: who needs these needs all. With
// ids in their place, each of many zones would name each of them.
func (s *stages) last(stage string) []string {
	needed := map[string]bool{}
	for _, step := range s.steps[stage] {
		for _, id := range step.Info().Needs {
			needed[id] = true
		}
	}
	return slices.DeleteFunc(s.ids(stage), func(id string) bool { return needed[id] })
}

func (s *stages) list() []plan.Stage {
	var out []plan.Stage
	for _, name := range s.names {
		if steps := s.steps[name]; len(steps) > 0 {
			out = append(out, plan.Stage{Name: name, Steps: steps})
		}
	}
	return out
}
