package diag

import "github.com/hashicorp/hcl/v2"

// sipRules are codes about SIP federation. See languageRules for the form of the texts.
var sipRules = []Rule{
	{
		Code:     "EP2039",
		Severity: hcl.DiagError,
		Summary:  "the two federations are not on one pool",
		Means: "The failover says `federation = \"both\"`, but the routes of XMPP and of SIP federation do not " +
			"both lead to the pool that is left.",
		Why: "One failover moves what is on one pool. Of the other federation it would stop or change something that " +
			"works.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" and \"Failing over the Edge pool used " +
			"for Lync Server federation\" (Lync Server 2013), two pages for two routes.",
		Fix: "Compare `xmpp_federation_route` and `federation_route` of the sites with what `Get-CsSite` shows. If " +
			"they are right, write a failover for each federation.",
	},
	{
		Code:     "EP2040",
		Severity: hcl.DiagError,
		Summary:  "SIP federation leads to another host",
		Means: "The SRV record `_sipfederationtls._tcp` of a SIP domain points at a name that is neither the " +
			"Access Edge FQDN of an Edge pool nor the `federation_host` of the domain.",
		Why: "The plan would add a record for the target pool and leave the name as it is, with the addresses of the pool " +
			"that is left. Whether its addresses are to move too only you know: clients may use it as well.",
		Source: "Microsoft, \"Determine DNS requirements for Lync Server 2013\": sip.DOMAIN for each SIP " +
			"domain.",
		Fix: "Say that its addresses move:\n\n    sip_domain \"contoso.com\" {\n      federation_host = " +
			"\"sip.contoso.com\"\n    }\n\nor correct the record.",
	},
	{
		Code:     "EP3032",
		Severity: hcl.DiagWarning,
		Summary:  "SIP federation on another pool too",
		Means: "SIP federation is enabled on a pool besides the one that it leaves: on the target of the failover, or on a " +
			"third pool.",
		Why: "Microsoft supports one federated Edge pool. Topology Builder warns that only one would be used, and " +
			"a move of users then asks for a proxy pool.",
		Source: "Microsoft, \"Define your edge topology\" (Lync Server 2013); the rule RDCheckEdgePoolCount of Microsoft's " +
			"on-premises diagnostics.",
		Fix: "Correct `sip_federation` or `federation_route` if Topology Builder shows something else. Otherwise clear the " +
			"setting of a third pool in a change of its own; with the target there is nothing to do, as the plan clears it " +
			"on the other pool.",
	},
	{
		Code:     "EP3033",
		Severity: hcl.DiagWarning,
		Summary:  "remote users move too",
		Means:    "Both federations move, and remote users come by the same name: their address moves with it.",
		Why: "They then sign in through the target pool. After a disaster that is what is wanted; while the old pool is up " +
			"it is a change that they notice.",
		Source: "RFC 2782; Microsoft, \"Determine DNS requirements for Lync Server 2013\".",
		Fix: "Nothing, if remote users are to move. Otherwise give federation a name of its own first, with SRV " +
			"records that point at it.",
	},
	{
		Code:     "EP3034",
		Severity: hcl.DiagWarning,
		Summary:  "SRV target is in another domain",
		Means:    "The SRV record `_sipfederationtls._tcp` of a SIP domain will point at a name outside of that domain.",
		Why: "Microsoft's servers match the two names: partners that find the domain by DNS alone do not trust a server of " +
			"another domain.",
		Source: "Microsoft, \"Advanced Edge Server DNS planning for Skype for Business Server\": an A record in the same " +
			"domain; the rule about strict name matching of Microsoft's on-premises diagnostics.",
		Fix: "Give the domain a name of its own that leads to the target pool, and the certificate of the pool that name:" +
			"\n\n    federation_host = \"sip.fabrikam.com\"",
	},
	{
		Code:     "EP3047",
		Severity: hcl.DiagWarning,
		Summary:  "SRV record of a pool without federation",
		Means: "An SRV record `_sipfederationtls._tcp` that stays names an Edge pool that has no SIP federation, before the " +
			"change or after it.",
		Why: "SIP federation is enabled on one Edge pool, and the plan replaces the record of the pool that it leaves. " +
			"A record of a third pool, with whatever priority, leads partners to servers that refuse them: SRV priority " +
			"gives no failover of SIP federation.",
		Source: "Microsoft, \"Edge Server disaster recovery\" (Lync Server 2013), as corrected in April 2019: federation " +
			"failover does not provide failover with priority in SRV records.",
		Fix: "Remove the record, and export the zone again. If it is of use for something else, accept the finding.",
	},
	{
		Code:     "EP3048",
		Severity: hcl.DiagWarning,
		Summary:  "DNS says that there is no federation",
		Means:    "The only SRV record of a federation for a SIP domain has the target `.`, as in `0 0 0 .`.",
		Why: "It tells partners that the domain does not have the service. That is a decision, so the plan " +
			"neither replaces the record nor adds another one, and nothing of this domain moves in DNS.",
		Source: "RFC 2782 (Target); RFC 6120, section 3.2.1.",
		Fix: "If it is meant, nothing; of XMPP federation, set `xmpp = false` for the domain. Otherwise replace the " +
			"record by one that names the pool that has the federation today, and export the zone again.",
	},
}
