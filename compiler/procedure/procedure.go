package procedure

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// procedure makes the stages of one kind of plan.
type procedure struct {
	// kind is that of the plans, [plan.Plan.Kind].
	kind string
	// stages adds those of the change and of its rollback to a builder.
	stages func(*builder)
}

// procedures are all of them.
var procedures = []procedure{xmppFailover, prepare}

// Build makes the stages of a plan, and of its rollback, out of the rest of it. An error says
// that the product lacks a cmdlet which the procedure needs, or that there is no procedure for
// such a plan.
func Build(p *plan.Plan) error {
	for _, one := range procedures {
		if one.kind != p.Kind {
			continue
		}
		b := &builder{plan: p}
		one.stages(b)
		// Also with an error: what was made so far is not used then.
		p.Stages, p.Rollback = b.forward.stages, b.back.stages
		return b.err
	}
	return fmt.Errorf("there is no procedure for a plan of the kind %q", p.Kind)
}

// Decode reads plan.json; see [plan.Decode].
func Decode(data []byte) (*plan.Plan, error) { return plan.Decode(data, Build) }
