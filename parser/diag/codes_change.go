package diag

import "github.com/hashicorp/hcl/v2"

// changeRules are codes about what a block change says of the stages of its plan. See languageRules for the form of the
// texts.
var changeRules = []Rule{
	{
		Code:     "EP3041",
		Severity: hcl.DiagWarning,
		Summary:  "plan has no such stage",
		Means: "A block `stage` or `rollback_stage` in a `change` names a stage that the plan does not have. Which stages there are " +
			"depends on what moves, on the reason, the procedure and the delivery of the zones; in a `matrix` the name is one that " +
			"none of its plans has.",
		Why: "What the block says is left out of the record: the sum of the durations lacks these minutes, and the record names no one " +
			"for the stage that was meant. It is a warning, as the scripts do not depend on it: a failover is not held up by " +
			"its paperwork.",
		Source: "docs/package.md, the table of stages; `edgeplan plan` shows those of a plan.",
		Fix:    "Correct the name, or remove the block.",
	},
	{
		Code:     "EP3042",
		Severity: hcl.DiagWarning,
		Summary:  "stages do not fit in the window",
		Means: "The durations of the stages and the waits between them add up to more than there is between `window_start` and " +
			"`window_end`. A wait is for old answers in caches: a stage takes no receipt before they are gone.",
		Why: "The last stages are run outside of the window that was approved, or not at all. It is a warning, as durations are " +
			"estimates and the script does not look at the window: in a disaster the change is made all the same.",
		Source: "Sums of what the spec says; the waits are from the TTLs and the SOA records of the zones.",
		Fix: "Ask for a longer window, or make the waits shorter: a `prepare` plan lowers the TTLs beforehand. If the estimates are " +
			"the worst case, accept the finding and say so.",
	},
	{
		Code:     "EP3044",
		Severity: hcl.DiagWarning,
		Summary:  "no time to go back in the window",
		Means: "The stages fit in the window, but not together with those of the rollback: from the end of the last stage there is " +
			"less time left than going back takes.",
		Why: "Whether a change has worked is known when it ends. If it has not, services are down until after the window. It is a " +
			"warning, as in many a change the decision is taken earlier, and in a disaster there is nothing to go back to.",
		Source: "Sums of what the spec says of the stages and of those of the rollback.",
		Fix: "Ask for a longer window, or accept the finding and say until when the decision is taken: the change record has the last " +
			"moment at which the way back fits.",
	},
}
