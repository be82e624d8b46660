package words

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// IfFails says what to do when a stage of the change does not end with exit code 0.
func IfFails(p *plan.Plan, stage plan.Stage) []string {
	advice := stage.IfFails
	if advice.Back == plan.EveryStage {
		return append(slices.Clone(advice.Says), "To go back: all stages of "+RollbackScript+", in their order.")
	}
	// A rollback may lack the stage: no zone changes, or nothing was stopped.
	if !plan.HasStage(p.Rollback, advice.Back) {
		return advice.Says
	}
	how := advice.How
	// What begins with a comma or a semicolon goes on with the sentence.
	if how != "" && !strings.ContainsAny(how[:1], ";,") {
		how = " " + how
	}
	return append(slices.Clone(advice.Says), "To back out, run "+Run(RollbackScript, advice.Back)+how+".")
}
