package compiler

import (
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestGates: what a step needs of another stage is refused by the script where that is on the
// same computer, seen from another, or listed; and only what is neither is listed.
func TestGates(t *testing.T) {
	for _, name := range []string{"seed", "planned", "start-first", "windows-dns", "windows-dns-2008", "two-servers", "mixed-products", "prepare", "windows-dns-prepare", "no-route", "srv-per-pool"} {
		p := planOf(t, name, specFilesOf(t, name)...)
		for _, back := range []bool{false, true} {
			stages := p.StagesOf(back)
			type place struct{ stage, host string }
			where := map[string]place{}
			eachStep(stages, func(stage string, step plan.Step) { where[step.Info().ID] = place{stage, step.Info().Host} })
			eachStep(stages, func(stage string, step plan.Step) {
				at := place{stage, step.Info().Host}
				for _, id := range step.Info().Needs {
					need := where[id]
					if need == at {
						continue
					}
					gated := need.host == at.host && slices.Contains(comesAfter(p, back, at.stage, at.host), need.stage)
					seen := need.host == p.ManagementHost && (at.stage == plan.Stop && need.stage == plan.Preflight || at.stage == plan.StopOld && need.stage == plan.Verify) || at.stage == plan.Route && need.stage == plan.Stop
					listed := slices.ContainsFunc(p.Ungated(back), func(u plan.Ungated) bool {
						return u.Stage == at.stage && u.Host == at.host && slices.Contains(u.On, need.host) && slices.Contains(u.Needs, need.stage)
					})
					if (gated || seen) == listed {
						t.Errorf("%s, back %v: %v needs %v: gated %v, seen %v, listed %v", name, back, at, need, gated, seen, listed)
					}
				}
				for _, earlier := range p.After(back, at.stage, at.host) {
					before := slices.IndexFunc(stages, func(s plan.Stage) bool { return s.Name == earlier })
					own := slices.IndexFunc(stages, func(s plan.Stage) bool { return s.Name == at.stage })
					if before >= own || !slices.Contains(stages[before].Hosts, at.host) {
						t.Errorf("%s: %v comes after %s, which is not before it there", name, at, earlier)
					}
				}
			})
		}
	}
	p := seed(t)
	for stage, want := range map[string][]string{plan.Preflight: nil, plan.Route: {plan.Preflight}, plan.DNS: {plan.Route}, plan.Firewall: {plan.DNS}, plan.Replicated: {plan.Firewall}, plan.Verify: {plan.Replicated}} {
		if got := p.After(false, stage, p.ManagementHost); !slices.Equal(got, want) {
			t.Errorf("%s comes after %v, want %v", stage, got, want)
		}
	}
}

func eachStep(stages []plan.Stage, do func(stage string, step plan.Step)) {
	for _, stage := range stages {
		for _, step := range stage.Steps {
			do(stage.Name, step)
		}
	}
}

// comesAfter are the stages that are done before one, as the script finds them.
func comesAfter(p *plan.Plan, back bool, stage, host string) []string {
	var out []string
	for _, before := range p.After(back, stage, host) {
		out = append(append(out, before), comesAfter(p, back, before, host)...)
	}
	return out
}

func specFilesOf(t *testing.T, name string) []string {
	t.Helper()
	files, err := fs.Glob(os.DirFS("../specs/"+name), "*.edge.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(name, err)
	}
	return files
}
