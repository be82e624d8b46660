package diag

import "github.com/hashicorp/hcl/v2"

// mediaRules are codes about the Edge pool that the media of a Front End pool goes through. See
// languageRules for the form of the texts.
var mediaRules = []Rule{
	{
		Code:     "EP2042",
		Severity: hcl.DiagError,
		Summary:  "media does not come from there",
		Means: "A Front End pool is to be associated with another Edge pool, and by its `edge_pool` its media does not go " +
			"through the pool that is left today, or it has no `edge_pool`.",
		Why: "Stage Preflight compares the association of today, and the rollback puts it back. Media that goes through a " +
			"pool that works would be moved for nothing.",
		Source: "Microsoft, \"Changing the Edge pool associated with a Front End pool\" (Lync Server 2013), which is for an " +
			"Edge pool that is down.",
		Fix: "Set `edge_pool` of the Front End pool as Topology Builder shows it (Associate Edge pool, for media " +
			"components), or take the pool out of the list.",
	},
	{
		Code:     "EP2043",
		Severity: hcl.DiagError,
		Summary:  "media goes there already",
		Means:    "A block `media` names a Front End pool whose `edge_pool` is the Edge pool that it is to be associated with.",
		Why: "Nothing would change for that pool, and a rollback would have nothing to go back to. Often the spec was not " +
			"brought up to date after the last change.",
		Source: "docs/language.md, the block `media`.",
		Fix: "Look at the association in Topology Builder (Associate Edge pool, for media components). Take the pool out of " +
			"the list, or correct its `edge_pool`.",
	},
	{
		Code:     "EP3039",
		Severity: hcl.DiagWarning,
		Summary:  "media stays with the pool that is left",
		Means: "A Front End pool has an `edge_pool` that is down, or that has stood in and is left, and neither `media` of the " +
			"failover nor `front_end_pools` of the block `media` names it.",
		Why: "If its Front End Servers are up, their users have no audio, video and conferencing with users outside until " +
			"they are associated with an Edge pool that works. No federation route changes that.",
		Source: "Microsoft, \"Changing the Edge pool associated with a Front End pool\"; \"Edge Server disaster recovery\"; " +
			"\"Failing back the Edge pool used for Lync Server federation or XMPP federation\", step 4 (Lync Server 2013).",
		Fix: "If the pool is up, name it: `media = [front_end_pool.NAME]`. If it is down too, or is to stay as it is, accept " +
			"the finding and say so.",
	},
}
