package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// What the plans of a spec may take together, where that grows faster than the spec.
const (
	maxAsked    = 400_000 // $GENERATE lines that may make a name of a plan, each with each name
	maxFindings = 100_000 // of plans
)

// budget is what the plans of a spec have taken together.
type budget struct {
	asked, found int
	spent        bool // no further plan is made
}

// stop ends the work on plans with one finding.
func (m *model) stop(rng hcl.Range, format string, args ...any) {
	if !m.spent {
		m.spent = true
		m.diags = append(m.diags, diag.New(codeTooLarge, &rng, fmt.Sprintf(format, args...)))
	}
}
