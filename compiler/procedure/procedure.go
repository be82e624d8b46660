package procedure

import (
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// procedure makes the stages of some plans.
type procedure struct {
	// kind is that of the plans, [plan.Plan.Kind], and federations what they may move, [plan.Plan.Federation];
	// none: they move none.
	kind        string
	federations []string
	// form is what the head of such a plan has.
	form plan.Form
	// stages adds those of the change and of its rollback to a builder, and gives the plan its model, its
	// services and its sentences.
	stages func(*builder)
}

// procedures are all of them; no two are for the same plans.
var procedures = []procedure{xmppFailover, sipFailover, bothFailover, failback, prepare, mediaChange, hopChange}

// of is the procedure for a plan. Where there is none for its reason it is one of the others, whose form
// then says which reasons there are.
func of(p *plan.Plan) (found procedure, known bool) {
	for _, one := range procedures {
		moves := slices.Contains(one.federations, p.Federation) || p.Federation == "" && len(one.federations) == 0
		switch {
		case one.kind != p.Kind || !moves:
		case slices.Contains(one.form.Reasons, p.Reason):
			return one, true
		case !known:
			found, known = one, true
		}
	}
	return found, known
}

// Build makes the stages of a plan, and of its rollback, out of the rest of it. An error says
// that the product lacks a cmdlet which the procedure needs, or that there is no procedure for
// such a plan.
func Build(p *plan.Plan) error {
	one, known := of(p)
	if !known {
		return fmt.Errorf("there is no procedure for a plan of the kind %q that moves %q", p.Kind, p.Federation)
	}
	b := &builder{plan: p}
	one.stages(b)
	b.nextHopTexts()
	b.centralManagement()
	// Also with an error: what was made so far is not used then.
	p.Stages, p.Rollback = b.forward.stages, b.back.stages
	return b.err
}

// Decode reads plan.json; see [plan.Decode].
func Decode(data []byte) (*plan.Plan, error) {
	form := func(p *plan.Plan) (plan.Form, bool) {
		one, known := of(p)
		return one.form, known
	}
	return plan.Decode(data, form, Build)
}
