package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// TestMatrix: the plans of a matrix work in their own worlds and roll back. By rule, the first plan of each pool
// that fails is run: so there are plans for the state of today and for that which another plan leaves.
func TestMatrix(t *testing.T) {
	engine := find(t)
	run, asked := shareOf(t)
	plans := compileAll(t, "matrix")
	chosen := plans
	if !asked {
		chosen = firstOfEach(plans)
		t.Logf("SKIPPED: %s; make scenarios runs them", namesOf(slices.DeleteFunc(slices.Clone(plans), func(p *plan.Plan) bool { return slices.Contains(chosen, p) })))
	}
	t.Logf("of %d plans: %s", len(plans), namesOf(chosen))
	for i, p := range chosen {
		if !run.has(i) {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			code, out := rehearse(t, engine, writeKit(t, p, p.Product))
			if code != 0 || !strings.Contains(out, "The change works; stages that failed on the way: 0") || !strings.Contains(out, "restores the first world") {
				t.Errorf("exit code %d\n%s", code, out)
			}
		})
	}
}

// firstOfEach are the first plans of each pool that fails.
func firstOfEach(plans []*plan.Plan) []*plan.Plan {
	var out []*plan.Plan
	for _, p := range plans {
		if !slices.ContainsFunc(out, func(o *plan.Plan) bool { return o.From.Name == p.From.Name }) {
			out = append(out, p)
		}
	}
	return out
}

func namesOf(plans []*plan.Plan) string {
	var out []string
	for _, p := range plans {
		out = append(out, p.Name)
	}
	return plan.List(out)
}

// TestMatrixOrder: a plan that another one goes before begins with the routes, records and serials that the other
// leaves, and the sample has such a plan.
func TestMatrixOrder(t *testing.T) {
	result := resultOf(t, "matrix")
	named := func(name string) *plan.Plan {
		i := slices.IndexFunc(result.Plans, func(p *plan.Plan) bool { return p.Name == name })
		return result.Plans[i]
	}
	sampled := false
	for _, pair := range result.Matrices[0].Pairs {
		if pair.After == "" || pair.Plan == "" {
			continue
		}
		first, then := named(pair.After), named(pair.Plan)
		sampled = sampled || slices.ContainsFunc(firstOfEach(result.Plans), func(p *plan.Plan) bool { return p == then })
		left, begins := rehearsal.NewWorld(first, first.Product), rehearsal.NewWorld(then, then.Product)
		for _, visit := range rehearsal.NewRun(first, first.Product).Forth {
			apply(&left, visit)
		}
		setRoutes(&left, first, "EdgeServer:"+first.To.FQDN)
		if !slices.Equal(left.Sites, begins.Sites) {
			t.Errorf("%s leaves sites %v, %s begins with %v", first.Name, left.Sites, then.Name, begins.Sites)
		}
		for _, set := range begins.Dns {
			if got := setOf(&left, set).Records; !slices.Equal(got, set.Records) {
				t.Errorf("%s leaves %s %s %v, %s begins with %v", first.Name, set.Name, set.Type, got, then.Name, set.Records)
			}
		}
		for _, serial := range begins.Serials {
			if got := *serialOf(&left, serial); got != serial.Serial {
				t.Errorf("%s leaves serial %d, %s begins with %d", first.Name, got, then.Name, serial.Serial)
			}
		}
	}
	if !sampled {
		t.Error("no plan of the sample goes on from another")
	}
}
