package compiler

import (
	"io/fs"
	"os"
	"slices"
	"testing"
)

// TestGates: what a stage needs is refused by the script where it is on the same computer,
// or listed; and nothing is listed that is refused.
func TestGates(t *testing.T) {
	for _, name := range []string{"seed", "planned", "start-first", "windows-dns", "windows-dns-2008", "two-servers", "mixed-products", "prepare", "windows-dns-prepare", "no-route", "srv-per-pool"} {
		plan := planOf(t, name, specFileOf(t, name)...)
		for _, back := range []bool{false, true} {
			needs := needsOf(plan.side(back))
			for at, list := range needs {
				for _, need := range list {
					gated := slices.Contains(plan.allBefore(back, at.stage, at.host), need.stage) && need.host == at.host
					listed := slices.ContainsFunc(plan.Ungated(back), func(u Ungated) bool {
						return u.Stage == at.stage && u.Host == at.host && slices.Contains(u.On, need.host) && slices.Contains(u.Needs, need.stage)
					})
					if kept := seen(at, need); !gated && !listed && !kept || gated && listed || listed && kept {
						t.Errorf("%s, back %v: %v needs %v: gated %v, listed %v, seen %v", name, back, at, need, gated, listed, kept)
					}
				}
			}
			for _, stage := range plan.side(back) {
				for _, host := range stage.Hosts {
					for _, earlier := range plan.After(back, stage.Name, host) {
						before := slices.IndexFunc(plan.side(back), func(s Stage) bool { return s.Name == earlier })
						own := slices.IndexFunc(plan.side(back), func(s Stage) bool { return s.Name == stage.Name })
						if before >= own || !slices.Contains(plan.side(back)[before].Hosts, host) {
							t.Errorf("%s: stage %s on %s comes after %s, which is not before it there", name, stage.Name, host, earlier)
						}
					}
				}
			}
		}
	}
	plan := seed(t)
	for stage, want := range map[string][]string{Preflight: nil, Route: {Preflight}, DNS: {Route}, Firewall: {DNS}, Replicated: {Firewall}, Verify: {Replicated}} {
		if got := plan.After(false, stage, plan.ManagementHost); !slices.Equal(got, want) {
			t.Errorf("%s comes after %v, want %v", stage, got, want)
		}
	}
}

func specFileOf(t *testing.T, name string) []string {
	t.Helper()
	files, err := fs.Glob(os.DirFS("../specs/"+name), "*.edge.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(name, err)
	}
	return files
}
