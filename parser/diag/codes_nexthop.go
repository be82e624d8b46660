package diag

import "github.com/hashicorp/hcl/v2"

// nextHopRules are codes about the next hop of an Edge pool. See languageRules for the form of the texts.
var nextHopRules = []Rule{
	{
		Code:     "EP2046",
		Severity: hcl.DiagError,
		Summary:  "next hop of today is not known",
		Means: "A plan is to change the next hop of an Edge pool, and the spec does not say what it is today: `next_hop` or " +
			"`site` of the Edge pool is missing, or no `front_end_pool` has that FQDN.",
		Why: "The script compares the value before it sets another one, and the rollback puts it back. How that is done " +
			"depends on the sites: `Set-CsEdgeServer` for a pool at another site than the Edge pool, Topology Builder at " +
			"the same one.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013), the two procedures about the next hop.",
		Fix: "Give the Edge pool `next_hop` as `Get-CsService -EdgeServer` shows it in Registrar, without `Registrar:`, and " +
			"declare the Front End pool of that FQDN with its site.",
	},
	{
		Code:     "EP2047",
		Severity: hcl.DiagError,
		Summary:  "pool cannot become the next hop",
		Means: "The Front End pool that is to become the next hop of an Edge pool is that already, or is at the site of the " +
			"pool that failed: an Edge pool, or the next hop of today.",
		Why: "An Edge pool hands all traffic to its next hop. With one that is down it answers partners and users and can " +
			"deliver nothing.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013): an Edge pool whose next hop failed is given another " +
			"pool before anything else.",
		Fix: "Name a Front End pool that runs, or remove the argument where the next hop is right already.",
	},
	{
		Code:     "EP3040",
		Severity: hcl.DiagWarning,
		Summary:  "next hop at another site",
		Means: "The Front End pool that becomes the next hop is at another site than the Edge pool, and one at the site of the " +
			"Edge pool, which nothing says is down, could be it.",
		Why: "All traffic of the Edge pool then goes to the other site. Topology Builder offers the pools of one site only: what " +
			"becomes of such a next hop when a topology is published later is on no page.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013), the two procedures about the next hop: Topology Builder " +
			"for a pool at the same site, `Set-CsEdgeServer` for one at another.",
		Fix: "Name the pool at the site of the Edge pool. If it is down, or cannot take the traffic, accept the finding and say " +
			"so.",
	},
	{
		Code:     "EP3043",
		Severity: hcl.DiagWarning,
		Summary:  "next hop of another Edge pool is down",
		Means: "An Edge pool that the failover neither leaves nor leads to has a Front End pool at the failed site as its " +
			"`next_hop`; or one that a block `next_hop` does not name has the same next hop, which is down.",
		Why: "That Edge pool runs and can deliver nothing: users outside who sign in through it, and the media and federation " +
			"that go through it, are without service. `Invoke-CsPoolFailover` refuses a Front End pool while an Edge pool has " +
			"it as its next hop, so that its users cannot be moved to the backup pool either.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013): Edge pools whose next hop is the pool that failed are " +
			"given another one first.",
		Fix: "Give that Edge pool a next hop that runs, with a plan of its own (a block `next_hop`), or by hand: at another site " +
			"than its own with\n\n" +
			"    Set-CsEdgeServer -Identity EdgeServer:<Edge pool FQDN> -Registrar Registrar:<next hop FQDN>\n\n" +
			"and at its own site in Topology Builder: a block `next_hop` makes a plan of either. Where the Front End pool is up after all, accept the finding and say so.",
	},
}
