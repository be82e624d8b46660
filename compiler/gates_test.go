package compiler

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestGates: what a part needs of another stage is refused by the script where that is on the
// same computer, seen from another, or listed; and only what is neither is listed.
func TestGates(t *testing.T) {
	needs := 0
	for _, name := range []string{"seed", "planned", "start-first", "windows-dns", "windows-dns-2008", "two-servers", "mixed-products", "prepare", "windows-dns-prepare", "no-route", "srv-per-pool"} {
		p := planOf(t, name, specFilesOf(t, name)...)
		for _, back := range []bool{false, true} {
			stages := p.StagesOf(back)
			for at, stage := range stages {
				for _, part := range stage.Parts {
					gates := p.Gates(back, stage.Name, part)
					for _, need := range part.Needs {
						needs++
						bare, host, one := strings.Cut(need, " on ")
						before := slices.IndexFunc(stages, func(s plan.Stage) bool { return s.Name == bare })
						if before < 0 || before >= at && !one {
							t.Fatalf("%s: %s needs %s, which is not before it", name, stage.Name, need)
						}
						hosts := stages[before].Hosts()
						if one {
							hosts = []string{host}
						}
						for _, on := range hosts {
							gated := on == part.Hosts[0] && slices.Contains(closed(p, back, stage.Name, part.Hosts[0]), bare)
							seen := on == p.ManagementHost && gates.Receipt == bare || bare == plan.Stop && slices.Contains(gates.Stopped, on)
							listed := slices.Contains(gates.Sheet, bare) || slices.Contains(gates.Sheet, bare+" on "+on)
							if (gated || seen) == listed {
								t.Errorf("%s, back %v: %s on %s needs %s on %s: gated %v, seen %v, listed %v", name, back, stage.Name, part.Hosts[0], bare, on, gated, seen, listed)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d needs", needs)
	p := seed(t)
	for stage, want := range map[string][]string{plan.Preflight: nil, plan.Route: {plan.Preflight}, plan.DNS: {plan.Route}, plan.Firewall: {plan.DNS}, plan.Replicated: {plan.Firewall}, plan.Verify: {plan.Replicated}} {
		if got := gatesOf(p, false, stage, p.ManagementHost).After; !slices.Equal(got, want) {
			t.Errorf("%s comes after %v, want %v", stage, got, want)
		}
	}
}

// TestAnyOrder: what the parts of a plan need is enough. Run in any order that keeps to that, and
// not only in that of the run sheet, the stages reach the aim and the rollback the first state.
func TestAnyOrder(t *testing.T) {
	random, orders := rand.New(rand.NewPCG(3, 5269)), map[string]bool{}
	for _, name := range []string{"seed", "planned", "start-first", "windows-dns", "two-servers", "no-route", "prepare", "srv-per-pool"} {
		p := planOf(t, name, specFilesOf(t, name)...)
		forward, back := p.Stages, p.Rollback
		for range 30 {
			p.Stages, p.Rollback = anyOrder(random, forward), anyOrder(random, back)
			order := namesOf(p.Stages) + "; back " + namesOf(p.Rollback)
			if err := plan.Prove(p); err != nil {
				t.Fatalf("%s: in the order %s: %v", name, order, err)
			}
			orders[name+" "+order] = true
		}
	}
	if len(orders) < 12 { // eight of them are those of the run sheets
		t.Errorf("only %d orders were tried", len(orders))
	}
}

// anyOrder is an order of stages in which each comes after those that its parts need.
func anyOrder(random *rand.Rand, stages []plan.Stage) []plan.Stage {
	var out []plan.Stage
	open := slices.Clone(stages)
	for len(open) > 0 {
		at := random.IntN(len(open))
		ready := !slices.ContainsFunc(open[at].Parts, func(part plan.Part) bool {
			return slices.ContainsFunc(part.Needs, func(need string) bool {
				name, _, _ := strings.Cut(need, " on ")
				return name != open[at].Name && plan.HasStage(open, name)
			})
		})
		if ready {
			out = append(out, open[at])
			open = slices.Delete(open, at, at+1)
		}
	}
	return out
}

func namesOf(stages []plan.Stage) string {
	var names []string
	for _, stage := range stages {
		names = append(names, stage.Name)
	}
	return strings.Join(names, " ")
}

func gatesOf(p *plan.Plan, back bool, stage, host string) plan.Gates {
	for _, s := range p.StagesOf(back) {
		for _, part := range s.Parts {
			if s.Name == stage && slices.Contains(part.Hosts, host) {
				return p.Gates(back, stage, part)
			}
		}
	}
	return plan.Gates{}
}

// closed are the stages that are done before one, as the script finds them.
func closed(p *plan.Plan, back bool, stage, host string) []string {
	var out []string
	for _, before := range gatesOf(p, back, stage, host).After {
		out = append(append(out, before), closed(p, back, before, host)...)
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
