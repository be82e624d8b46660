package diag

import "github.com/hashicorp/hcl/v2"

// topologyRules are codes EP2xxx, what a plan may not do or cannot be made from, and EP3xxx, what
// its reader must know, about pools, sites, servers and certificates. See languageRules for the
// form of the texts.
var topologyRules = []Rule{
	{
		Code:     "EP2001",
		Severity: hcl.DiagError,
		Summary:  "target already has the route",
		Means: "Every site that the failover would change already has the target pool as its route, or no route of SIP " +
			"federation leads to the pool that is left.",
		Why: "There is nothing to move, but the plan would still stop the services of a pool that works. Often " +
			"the spec has been left behind by an earlier failover.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 2 " +
			"and 3.",
		Fix: "Compare the routes in the spec with what `Get-CsSite` shows. If the failover was already done, " +
			"remove the block or reverse its direction for the fail-back.",
	},
	{
		Code:     "EP2002",
		Severity: hcl.DiagError,
		Summary:  "target pool has no servers",
		Means:    "The target Edge pool has no `server` block.",
		Why: "Services are stopped and started on each Edge Server of the new pool, and the DNS records need " +
			"their addresses. A plan for no servers would move the route to a pool whose services were not started.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 1, 2 " +
			"and 7.",
		Fix: "Add one `server` block for each Edge Server of the pool. `Get-CsComputer -Pool` with the FQDN of " +
			"the pool lists them.",
	},
	{
		Code:     "EP2004",
		Severity: hcl.DiagError,
		Summary:  "product has no XMPP",
		Means:    "The target pool runs Skype for Business Server 2019 or Subscription Edition.",
		Why: "Microsoft removed the XMPP proxy and gateway in Skype for Business Server 2019, and Subscription " +
			"Edition continues that code. The reference still lists `-XmppFederationRoute` for 2019, so setting a " +
			"route may look right while nothing listens on port 5269.",
		Source: "Microsoft, \"Migrating XMPP federation\" (Skype for Business Server 2019) and the list of " +
			"features removed in that version.",
		Fix: "Choose an Edge pool of Lync Server 2013 or Skype for Business Server 2015, or move SIP federation alone: " +
			"`federation = \"sip\"`. If the target is such " +
			"a pool in a newer topology, say so with `product` in its `edge_pool` block; the XMPP users must be on a " +
			"pool of the older version too.",
	},
	{
		Code:     "EP2005",
		Severity: hcl.DiagError,
		Summary:  "target pool without XMPP",
		Means:    "The target `edge_pool` has no `xmpp` block, so XMPP federation is not enabled on it.",
		Why: "A pool without the XMPP proxy starts cleanly and still answers nothing on port 5269. The proxy is " +
			"installed from the published topology, which takes longer than a change window should.",
		Source: "Microsoft, \"Define your edge topology\" and \"Setting up XMPP federation\" (Lync Server 2013).",
		Fix: "Before the change: in Topology Builder select \"Enable XMPP federation (port 5269)\" on the pool, " +
			"publish, then choose Run Again for \"Setup or Remove Lync Server Components\" in the Deployment Wizard " +
			"on the Front End Servers and on each Edge Server. Then add the `xmpp` block.",
	},
	{
		Code:     "EP2006",
		Severity: hcl.DiagError,
		Summary:  "target pool has no site",
		Means:    "The target `edge_pool` does not say in which `site` it is.",
		Why: "The XMPP route is a property of a site, and the documented step sets it on the site of the new " +
			"pool. Without the site there is nothing that `Set-CsSite` could be run for.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 3; " +
			"Microsoft, \"Set-CsSite\".",
		Fix: "Give the site of the pool:\n\n    site = site.Site2",
	},
	{
		Code:     "EP2007",
		Severity: hcl.DiagError,
		Summary:  "pool FQDN is another name",
		Means: "The `fqdn` of an Edge pool is its external Access Edge name, or that of an Edge pool or Front End pool " +
			"is the name of one of its several servers.",
		Why: "The route takes the service identity of the pool: `EdgeServer:` and its internal pool FQDN. There " +
			"is one for each pool and none for a member or an external name, so such a route leads nowhere. " +
			"Microsoft's procedure shows one name for both because a pool of a single server has the same FQDN as " +
			"the server. A next hop and the Central Management store are compared with the FQDN of a Front End pool.",
		Source: "Microsoft, \"Set-CsSite\" (`-XmppFederationRoute`), \"Failing over a pool\" and \"Define your " +
			"edge topology\" (Lync Server 2013); Microsoft, \"Failing over the Edge pool used for XMPP federation\" " +
			"(Lync Server 2013), step 3.",
		Fix: "Give the internal pool FQDN. `Get-CsPool` shows it as Identity, `Get-CsService -EdgeServer` as PoolFqdn. " +
			"The external name belongs in `access_edge_fqdn`.",
	},
	{
		Code:     "EP2015",
		Severity: hcl.DiagError,
		Summary:  "management store at failed site",
		Means:    "The Front End pool that holds the Central Management store is at the site of the failed pool.",
		Why: "`Set-CsSite` writes to the Central Management store. If it went down with the site, the command " +
			"fails after the services of the target pool have been stopped.",
		Source: "Microsoft, \"Failing over a pool\" and \"Central Management store failover\" (Lync Server 2013).",
		Fix: "Add a block `central_management_failover` to the failover: the plan then begins with a stage that fails " +
			"the store over. If that was done already, set `central_management` on the pool that holds the store now. " +
			"If the store still runs, accept the finding and say how that was checked.",
		Acceptable: true,
	},
	{
		Code:     "EP2016",
		Severity: hcl.DiagError,
		Summary:  "next hop at the failed site",
		Means:    "The `next_hop` of the target pool is a Front End pool at the failed site.",
		Why: "An Edge pool hands traffic to its next hop. If that pool is down, the new Edge pool answers " +
			"partners and can deliver nothing.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013), the steps for an Edge pool whose next hop " +
			"fails.",
		Fix: "Give the failover `next_hop = front_end_pool.NAME`, a pool that runs: the plan then sets it. Or set it " +
			"before the change, in Topology Builder when it is at the site of the Edge pool, otherwise as below, and " +
			"correct the spec.\n\n" +
			"    Set-CsEdgeServer -Identity EdgeServer:<Edge pool FQDN> -Registrar Registrar:<next hop FQDN>",
	},
	{
		Code:     "EP2019",
		Severity: hcl.DiagError,
		Summary:  "source and target are one pool",
		Means:    "`from` and `to` of the failover name the same Edge pool.",
		Why:      "The plan would stop the pool that carries XMPP federation and change nothing.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), where the " +
			"failed and the new pool are two.",
		Fix: "Correct one of the two. Edge pools cannot be paired: the target is another pool, with its own " +
			"names, at another site.",
	},
	{
		Code:     "EP2020",
		Severity: hcl.DiagError,
		Summary:  "topology contradicts itself",
		Means: "The spec says something that cannot be true of one deployment: a server in two pools or with the " +
			"name of another pool, two pools with one FQDN or with the Central Management store, one public address " +
			"used twice, an Edge Server as `management_host`, a `site` of a name server of Amazon, or a Windows DNS " +
			"server with two names, two systems or the name of another computer.",
		Why: "A command for one pool would hit another, or a partner would reach the wrong one. `Set-CsSite` is " +
			"run inside the network, because an Edge Server in the perimeter cannot reach the Central Management " +
			"store to change it.",
		Source: "Microsoft, \"Edge Server disaster recovery\" (Lync Server 2013): each Edge pool has its own " +
			"internal and external FQDN; \"Export your topology and copy it to external media for Edge " +
			"installation\" (Lync Server 2013).",
		Fix: "Compare the spec with Topology Builder, `Get-CsPool` and `Get-CsComputer`. As `management_host` " +
			"name a Front End Server or another internal server that has the management shell and still runs after " +
			"the failure. As `computer` of a `dns_zone` give the name that the DNS server has itself, in one " +
			"spelling.",
	},
	{
		Code:     "EP2022",
		Severity: hcl.DiagError,
		Summary:  "cmdlet not in the product's table",
		Means: "The plan needs a cmdlet or parameter that Microsoft's reference does not list for the product of " +
			"the server where it would run.",
		Why: "PowerShell refuses an unknown parameter when the line runs, and by then the target pool may be " +
			"stopped. Microsoft tags no cmdlet of its reference for Subscription Edition, so edgeplan writes no " +
			"script for it.",
		Source: "Microsoft, Skype for Business PowerShell reference, the \"Applicable\" line of each cmdlet and " +
			"parameter.",
		Fix: "Name a `management_host` that runs a documented version, and check `product`. If there is none, " +
			"make the change by hand in Topology Builder.",
	},
	{
		Code:     "EP2037",
		Severity: hcl.DiagError,
		Summary:  "name server at the failed site",
		Means:    "The `site` of a `dns_zone` that the failover changes or checks is the site of the failed pool.",
		Why: "If the server went down with the site, its records cannot be changed there, and partners are still " +
			"led to the failed pool. Stage Preflight asks the server, so the change does not begin: in a disaster that " +
			"is late.",
		Source: "edgeplan; Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), " +
			"steps 4 and 5, which change the records and do not say where.",
		Fix: "Before the change make another server of the zone its primary, name it as `server` (and `computer`), " +
			"and correct `site`. If the server still runs, accept the finding and say how that was checked.",
		Acceptable: true,
	},
	{
		Code:     "EP2038",
		Severity: hcl.DiagError,
		Summary:  "management host at failed site",
		Means: "The `management_host` is a server of a Front End pool at the site of the failed pool: it is one of " +
			"its `server` blocks, or has the FQDN of the pool.",
		Why: "Stages such as Preflight and Route are run on it. If it went down with the site, the change cannot " +
			"begin.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013), which is carried out from the pool that runs.",
		Fix: "Name a Front End Server of another site, or another internal server that has the management shell. If " +
			"the host still runs, accept the finding and say how that was checked.",
		Acceptable: true,
	},
	{
		Code:     "EP3001",
		Severity: hcl.DiagWarning,
		Summary:  "target pool stops serving during the change",
		Means: "The procedure stops all services on every Edge Server of the target pool. The finding lists what " +
			"that pool serves.",
		Why: "When the other pool has failed already, the target may be the only way in: remote users, web " +
			"conferencing, audio and video, and SIP federation wait until step 7 starts it again.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 2 " +
			"and 7; Microsoft, \"Failing back the Edge pool used for Lync Server federation or XMPP federation\" " +
			"(Lync Server 2013), which stops nothing.",
		Fix: "Tell the users and partners who are affected, and keep the window short. `procedure = " +
			"\"start-first\"` follows the order of the fail-back page, which starts the services first and stops " +
			"none.",
	},
	{
		Code:     "EP3003",
		Severity: hcl.DiagWarning,
		Summary:  "certificate lacks a name",
		Means: "The external certificate of the target pool does not list a SIP domain that has XMPP, or the XMPP " +
			"host, among its subject alternative names; or, where SIP federation moves, the name at which its SRV record " +
			"points.",
		Why: "An XMPP partner checks the certificate against the domain, such as contoso.com, and not against " +
			"the target of the SRV record. A wildcard does not cover the bare domain. Services start with such a " +
			"certificate, but Prosody 0.12.3, as Debian ships it (`s2s_secure_auth = true`), refuses the connection: " +
			"\"certificate is not valid for this name\". ejabberd 23.01, as Debian ships it, asks the domain itself " +
			"by dialback and then accepts even a self-signed certificate, so a test with ejabberd shows nothing.",
		Source: "Microsoft, \"Certificate summary - Extensible Messaging and Presence Protocol\" (Lync Server " +
			"2013), which requires the bare domain, while other summaries list the XMPP host and a wildcard; RFC " +
			"6120, section 13.7; docs/partners.md, X27 and X28.",
		Fix: "Request a certificate with each bare SIP domain and the XMPP host, and assign it on each server " +
			"of the pool. If it has the names already, correct `subject_alternative_names`.",
	},
	{
		Code:     "EP3004",
		Severity: hcl.DiagWarning,
		Summary:  "certificate expires before the change ends",
		Means: "The external certificate of the target pool is no longer valid on a day of the change window, or " +
			"before it.",
		Why: "Edge services do not start, or partners refuse them, when the certificate has expired. That is " +
			"noticed in step 7, when everything else has been moved.",
		Source: "Microsoft, \"Setting up XMPP federation\" (Lync Server 2013); RFC 5280, section 4.1.2.5 (validity).",
		Fix:    "Renew the certificate before the change, restart the Edge services, and correct `not_after`.",
	},
	{
		Code:     "EP3005",
		Severity: hcl.DiagWarning,
		Summary:  "other sites keep their route",
		Means: "The route of the target's site changes, but other sites still have the pool that is left as their route of " +
			"XMPP or SIP federation: the one that failed, or in a fail-back the one that has stood in.",
		Why: "The route is kept for each site, and the documented procedure sets only the site of the new pool. " +
			"Users of the other sites keep sending to a pool that does not answer after a disaster, and that has no SIP " +
			"federation any more where this is what moves.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 3; " +
			"Microsoft, \"Configure federation routes and media traffic\" (Lync Server 2013), which repeats its " +
			"steps at each site.",
		Fix: "Let the plan change every site that has the failed pool:\n\n    route_sites = \"all-routed\"",
	},
	{
		Code:     "EP3007",
		Severity: hcl.DiagWarning,
		Summary:  "product is out of support",
		Means: "At `window_start` Microsoft no longer supports the product: Lync Server 2013 since 2023-04-11, " +
			"Skype for Business Server 2015 and 2019 since 2025-10-14.",
		Why: "Normal support no longer brings security updates for a server that faces the internet, or help if " +
			"the failover goes wrong.",
		Source: "Microsoft Lifecycle, Lync Server 2013, Skype for Business Server 2015 and Skype for Business " +
			"Server 2019, end of extended support.",
		Fix: "Agree with the approvers that the change is made without support. In the long run move off the " +
			"product; its successor has no XMPP, so a separate gateway is needed.",
	},
	{
		Code:     "EP3008",
		Severity: hcl.DiagWarning,
		Summary:  "more than 12 Edge Servers",
		Means:    "An Edge pool has more than 12 servers.",
		Why: "Microsoft supports 12 in a pool, although Topology Builder accepts 20. The steps on each server " +
			"also make the outage longer with every server.",
		Source: "Microsoft, planning pages for Edge Servers (Skype for Business Server): 12 servers in an Edge pool.",
		Fix:    "Check the list of servers. If it is right, spread the servers over more pools.",
	},
	{
		Code:     "EP3012",
		Severity: hcl.DiagWarning,
		Summary:  "no previous route to restore",
		Means: "A site whose route changes has no such route today, so there is no value that the rollback could " +
			"restore.",
		Why: "Microsoft documents no value of `Set-CsSite` that clears a route. The rollback script undoes the " +
			"rest and leaves this route as it is.",
		Source: "Microsoft, \"Set-CsSite\" (`-XmppFederationRoute`); \"Setting up XMPP federation\" (Lync Server " +
			"2013), which sets the route in Topology Builder.",
		Fix: "If `Get-CsSite` shows a route, add it as `xmpp_federation_route`. Otherwise plan the rollback of " +
			"this step in Topology Builder: clear the route assignment of the site and publish, which takes Domain Admins or " +
			"delegated setup permission besides RTCUniversalServerAdmins.",
	},
	{
		Code:     "EP3013",
		Severity: hcl.DiagWarning,
		Summary:  "nothing to prepare",
		Means:    "A `prepare` block asks for a plan that would change no record, so there is none.",
		Why: "The records are already as the block asks: no TTL is above the one asked for, and no SRV record " +
			"is missing. An empty change would only occupy a slot in the change calendar.",
		Source: "edgeplan.",
		Fix: "Remove the block, or ask for a smaller `ttl`. Keep the package of a preparation that was carried " +
			"out elsewhere first: `build` removes it with the block, and with it the rollback.",
	},
	{
		Code:     "EP3023",
		Severity: hcl.DiagWarning,
		Summary:  "NAT with a hardware load balancer",
		Means:    "The target pool has `nat = true` and `load_balancing = \"hardware\"`.",
		Why: "Microsoft tested and supports NAT for a single Edge Server and for Edge Servers behind DNS load " +
			"balancing. Behind a hardware load balancer it asks for public addresses on the servers.",
		Source: "Microsoft, reference architectures 1 to 3 for external user access: single consolidated edge with " +
			"NAT, scaled consolidated edge with NAT and DNS load balancing, scaled consolidated edge with public " +
			"addresses and hardware load balancers.",
		Fix: "Leave `nat` out if the servers have public addresses, or choose DNS load balancing. If the pool " +
			"is known to work so, accept the finding and say since when.",
	},
	{
		Code:     "EP3024",
		Severity: hcl.DiagWarning,
		Summary:  "TLSA record names the old key",
		Means: "The zone has a TLSA record for port 5269 of the name that moves, or at `_xmpp-server._tcp` of a " +
			"SIP domain of the plan.",
		Why: "A TLSA record says which key or certificate the server has. The servers that take over have other " +
			"ones, unless the same certificate was installed there, and partners that check DANE refuse them. The " +
			"plan does not change the record.",
		Source: "RFC 6698 (TLSA records); RFC 7673, section 3 (at _port._tcp of the target of an SRV record); RFC " +
			"7712, section 5 (the same for XMPP).",
		Fix: "Before the change add TLSA records for the certificate of the target pool, and wait for the TTL " +
			"of the old ones. If both pools have the same key, accept the finding and say so.",
	},
	{
		Code:     "EP3026",
		Severity: hcl.DiagWarning,
		Summary:  "system not supported by product",
		Means: "A server of the target pool, or a Front End Server of a site whose route changes, runs an operating " +
			"system on which Microsoft does not support the product.",
		Why: "Services may not start on it, or not work as their pages say; that would be noticed only in step " +
			"7, when the old pool is already out of use.",
		Source: "Microsoft, \"Server and tools operating system support in Lync Server 2013\"; Microsoft, \"Server " +
			"requirements for Skype for Business Server 2015\" (Windows Server 2008 R2 for in-place upgrades only, " +
			"2016 and 2019 with their updates).",
		Fix: "Correct `operating_system` if it is not what the server runs. Otherwise accept the finding and " +
			"say since when the pool has worked so.",
	},
	{
		Code:     "EP3028",
		Severity: hcl.DiagWarning,
		Summary:  "file of the folder is not read",
		Means: "The folder of the spec has a file whose name ends in `.hcl` or `.hcl.txt` and not in `.edge.hcl`, " +
			"so that it is not a part of the spec.",
		Why: "A pool or a zone that was written into that file is unknown to edgeplan. Notepad adds `.txt` to " +
			"the names of files, and Windows Explorer does not show it.",
		Source: "docs/language.md, the section on files.",
		Fix:    "Rename the file so that its name ends in `.edge.hcl`, or move it to another folder.",
	},
	{
		Code:     "EP3029",
		Severity: hcl.DiagWarning,
		Summary:  "servers at failed site not waited for",
		Means: "The plan changes the route of the site of the failed pool, and that site has Front End Servers that " +
			"the spec names.",
		Why: "A server that is down never gets the new route, so waiting for it would keep the plan from its end. A " +
			"server that runs uses the old route until the Central Management store has reached it.",
		Source: "edgeplan; Microsoft, \"Get-CsManagementStoreReplicationStatus\".",
		Fix: "Nothing, if the servers are down. If they run, look at `Get-CsManagementStoreReplicationStatus` after " +
			"stage Replicate, or set `reason = \"planned\"` if the pool that is left runs too.",
	},
	{
		Code:     "EP3035",
		Severity: hcl.DiagWarning,
		Summary:  "pair of a matrix is not possible",
		Means: "A `matrix` block asks for a failover of each pair of Edge pools, and some of these are refused by " +
			"the error that the finding quotes.",
		Why: "If the first pool of the pair fails, the second is not ready to take over. The other pairs are " +
			"planned all the same, and the index page has the reason for each that is not.",
		Source: "edgeplan; the section of the quoted code has the page.",
		Fix: "Do what the section of the quoted code says. If that error can be accepted, an `accept` block for " +
			"its code in the matrix does so for all pairs. To live without the pair, accept EP3035.",
	},
	{
		Code:     "EP3036",
		Severity: hcl.DiagWarning,
		Summary:  "no pool is ready for a failure",
		Means: "In a matrix no Edge pool can take over from one that holds the federation route, or that would " +
			"hold it after a failover.",
		Why: "Federation with all partners ends with this pool until it is repaired, and what is missing is " +
			"noticed on the night of the failure.",
		Source: "edgeplan.",
		Fix: "`matrix.md` says for each pool why it cannot take over. Make one of them ready. If the board takes " +
			"the risk, accept the finding and say who decided that.",
	},
	{
		Code:     "EP3037",
		Severity: hcl.DiagWarning,
		Summary:  "plan assumes an earlier failover",
		Means: "In a matrix a pool fails that does not hold the federation route today, or a failover has a block " +
			"`failback`. Such a plan begins with the routes and zone files as another failover leaves them.",
		Why: "The plan is right only after that failover. Before it, stage Preflight sees other routes, and the " +
			"zone diff does not fit the zone file.",
		Source: "docs/language.md, the sections on the matrix and on failback.",
		Fix: "If the board knows that these plans are for a second failure or for the way back, accept the finding in " +
			"the matrix or in `failback`. Once the first failover has been carried out, export the zones, correct the " +
			"routes in the spec, and build again.",
	},
	{
		Code:     "EP2041",
		Severity: hcl.DiagError,
		Summary:  "store cannot be failed over there",
		Means: "The block `central_management_failover` names a pool that cannot take the Central Management store over: " +
			"it holds the store already, is at the failed site, or has no server that is the `management_host`; or the " +
			"spec does not say which pool holds the store today.",
		Why: "`Invoke-CsManagementServerFailover` is run on a server of the pool that takes over, which has to be the " +
			"backup pool of the one that held the store. Anywhere else it fails, and nothing after it can be done.",
		Source: "Microsoft, \"Invoke-CsManagementServerFailover\"; \"Failing over a pool\" (Lync Server 2013), steps 1 to 5.",
		Fix: "Name the backup pool as `Get-CsPoolBackupRelationship` shows it, with its servers, and one of them as the " +
			"`management_host`.",
	},
	{
		Code:     "EP3038",
		Severity: hcl.DiagWarning,
		Summary:  "store is not at the failed site",
		Means: "The failover has a block `central_management_failover`, and the pool that holds the Central Management " +
			"store is not at the site of a pool that failed.",
		Why: "The command is run with `-Force`, as the reference wants it after a disaster: it does not wait for " +
			"replication. On a store that runs, changes could be lost. The stage refuses that as long as the store answers.",
		Source: "Microsoft, \"Invoke-CsManagementServerFailover\", parameter Force.",
		Fix:    "Remove the block if the store runs. If its pool failed as well, nothing: the stage looks at the store first.",
	},
}
