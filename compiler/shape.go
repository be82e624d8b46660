package compiler

import (
	"fmt"
	"slices"
)

// kindsOf are the kinds of step that a stage can have.
var kindsOf = map[string][]string{
	Preflight:  {"check-right", "check-facts", "check-routed-sites", "backup", "rehearse"},
	Stop:       {"stop-services"},
	Route:      {"set-route"},
	DNS:        {"change-records"},
	Firewall:   {"confirm-port"},
	Start:      {"start-services"},
	Replicated: {"replicate"},
	Verify:     {"check-state", "probe-port", "send-message"},
}

// checkShape holds a plan that was read against what Compile makes, so that nothing
// that works on plans has to doubt it: stages are known and stand once, have steps of
// their own kinds, name the hosts of their steps and zones that are there.
func checkShape(plan *Plan) error {
	if plan.Kind != KindFailover && plan.Kind != KindPrepare {
		return fmt.Errorf("there is no kind of plan %q", plan.Kind)
	}
	for _, stages := range [][]Stage{plan.Stages, plan.Rollback} {
		if len(stages) == 0 {
			return fmt.Errorf("the plan has no stages or no rollback")
		}
		var seen []string
		for _, stage := range stages {
			if slices.Contains(seen, stage.Name) {
				return fmt.Errorf("stage %q stands in the plan twice", stage.Name)
			}
			seen = append(seen, stage.Name)
			if err := checkStage(plan, stage); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkStage(plan *Plan, stage Stage) error {
	kinds, ok := kindsOf[stage.Name]
	switch {
	case !ok:
		return fmt.Errorf("there is no stage %q", stage.Name)
	case len(stage.Steps) == 0:
		return fmt.Errorf("stage %s has no steps", stage.Name)
	case !slices.Equal(stage.Hosts, hostsOf(stage.Steps)):
		return fmt.Errorf("the hosts of stage %s are not those of its steps", stage.Name)
	}
	for _, step := range stage.Steps {
		if !slices.Contains(kinds, step.kind()) {
			return fmt.Errorf("step %s (%s) does not belong into stage %s", step.Info().ID, step.kind(), stage.Name)
		}
		switch s := step.(type) {
		case *SetRoute:
			if len(s.Forms) == 0 {
				return fmt.Errorf("step %s has no forms", s.ID)
			}
		case *ChangeRecords:
			if !slices.ContainsFunc(plan.Zones, func(z Zone) bool { return z.Name == s.Zone }) {
				return fmt.Errorf("step %s: the plan has no zone %q", s.ID, s.Zone)
			}
		}
	}
	return nil
}
