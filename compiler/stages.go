package compiler

import "slices"

// stages collects steps by stage, in the order in which the stages are run.
type stages struct {
	names []string
	steps map[string]Steps
}

func newStages(procedure string) *stages {
	names := []string{Preflight, Stop, Route, DNSServer, DNS, Firewall, Start, Replicated, Verify, StopOld}
	if procedure == "start-first" {
		names = []string{Preflight, Start, Route, DNSServer, DNS, Firewall, Replicated, Verify, StopOld}
	}
	return &stages{names: names, steps: map[string]Steps{}}
}

func newRollback(procedure string) *stages {
	names := []string{StartOld, Start, Route, DNSServer, DNS, Replicated, Verify}
	if procedure == "start-first" {
		names = slices.Delete(names, 1, 2) // nothing of the target was stopped
	}
	return &stages{names: names, steps: map[string]Steps{}}
}

func (s *stages) add(stage string, step Step) { s.steps[stage] = append(s.steps[stage], step) }

// ids of the steps of a stage.
func (s *stages) ids(stage string) []string {
	return s.steps[stage].ids()
}

func (s *stages) list() []Stage {
	var out []Stage
	for _, name := range s.names {
		if steps := s.steps[name]; len(steps) > 0 {
			out = append(out, Stage{Name: name, Steps: steps})
		}
	}
	return out
}
