package sheet

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestMatrix: each pair and each pool has its lines, and no name of the spec can make lines of its own.
func TestMatrix(t *testing.T) {
	hostile := "Edge\n  ready   all\u202e"
	m := &plan.Matrix{Name: "all", ID: "sha256:1", Federation: plan.XMPP, Today: []string{"A"},
		Pools: []plan.MatrixPool{{Name: "A", Site: "S"}, {Name: hostile}, {Name: "C", Findings: []int{1}}, {Name: "D", Findings: []int{1}}},
		Pairs: []plan.Pair{{From: "A", To: "B", Plan: "all-A-to-B", ID: "sha256:2"}, {From: "A", To: hostile, Findings: []int{0, 1}},
			{From: "B", To: "A", Plan: "all-B-to-A", ID: "sha256:3", After: "all-A-to-B"}, {From: hostile, To: "A", After: "all-A-to-E"}},
		Findings: []plan.Finding{{Code: "EP2016", Severity: "error", Summary: "s", Detail: "d", File: "a.edge.hcl", Line: 3},
			{Code: "EP2005", Severity: "error", Summary: hostile, Detail: "d", File: "a.edge.hcl", Line: 4, Accepted: "agreed"}},
	}
	got := Matrix(m)
	for _, want := range []string{
		"  pairs   4, of which 2 are possible\n", "  fails   A, at S\n          holds the route today\n  ready   B\n",
		"          holds the route after all-A-to-B\n  ready   A\n", "          cannot come to hold the route: its failure moves nothing\n  ready   NO EDGE POOL IS READY\n",
		"  fails   A, and B takes over\n  plan    all-A-to-B, sha256:2\n", "takes over (1, 2)\n  refused by EP2016 and EP2005\n",
		"  after   all-A-to-B\n", "  unable  C: EP2005 (2)\n  unable  D: EP2005 (2)\n", "  1.      EP2016 error: s: d (a.edge.hcl:3)\n", "Accepted: agreed",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "\n  ready   all") || strings.Contains(got, "\u202e") {
		t.Errorf("a name makes lines of its own:\n%s", got)
	}
}
