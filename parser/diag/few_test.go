package diag

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"
)

// TestFew: what is shown of findings and how many there are is the same whether all of them are kept or few,
// in whatever order they come and however often.
func TestFew(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 4))
	for _, n := range []int{0, 3, 999, 5_000, 12_000} {
		for _, warnings := range []int{0, 3, n / 2, n} {
			var all hcl.Diagnostics
			for i := range n {
				d := New("EP1002", &hcl.Range{Filename: "a", Start: hcl.Pos{Line: i/2 + 1, Column: 1, Byte: 10 * i}}, fmt.Sprint("finding ", i))
				if i < warnings {
					d.Severity = hcl.DiagWarning
				}
				all = append(all, d)
			}
			rng.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
			var few Few
			for _, d := range all {
				few.Add(d, d)
			}
			if kept := few.All(); len(kept) > 4*maxKept {
				t.Errorf("%d of %d are kept", len(kept), n)
			}
			got, want := Findings(few.All(), nil), Findings(all, nil)
			for _, strict := range []bool{false, true} {
				if strict {
					for _, list := range [][]Finding{got, want} {
						for i := range list {
							list[i].Strict()
						}
					}
				}
				if diff := cmp.Diff(First(want), First(got), cmp.AllowUnexported(Finding{}), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("%d findings, %d warnings: minus is wanted, plus is got:\n%s", n, warnings, diff)
				}
				errors, warned := Count(got)
				wantErrors, wantWarned := Count(want)
				if errors != wantErrors || warned != wantWarned {
					t.Errorf("%d errors and %d warnings, want %d and %d", errors, warned, wantErrors, wantWarned)
				}
			}
		}
	}
}
