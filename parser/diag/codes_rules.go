package diag

import "github.com/hashicorp/hcl/v2"

// topologyRules are the codes EP2xxx, what a plan may not do or cannot be made from,
// and EP3xxx, what its reader must know. See languageRules for the form of the texts.
var topologyRules = []Rule{
	{
		Code:     "EP2001",
		Severity: hcl.DiagError,
		Summary:  "target already has the route",
		Means:    "Every site that the failover would change already has the target pool as its XMPP route.",
		Why: "There is nothing to move, but the plan would still stop the services of a pool that works. Often the spec " +
			"has been left behind by an earlier failover.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 2 and 3.",
		Fix: "Compare the routes in the spec with what `Get-CsSite` shows. If the failover was already done, remove the " +
			"block or turn its direction round for the fail-back.",
	},
	{
		Code:     "EP2002",
		Severity: hcl.DiagError,
		Summary:  "target pool has no servers",
		Means:    "The target Edge pool has no `server` block.",
		Why: "Services are stopped and started on each Edge Server of the new pool, and the DNS records need their " +
			"addresses. A plan for no servers would move the route to a pool that nobody has started.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 1, 2 and 7.",
		Fix: "Add one `server` block for each Edge Server of the pool. `Get-CsComputer -Pool` with the FQDN of the pool " +
			"lists them.",
	},
	{
		Code:     "EP2003",
		Severity: hcl.DiagError,
		Summary:  "shared address record",
		Means: "The host name whose address moves is not used by XMPP alone: an SRV record for `_sip._tls` or " +
			"`_sipfederationtls._tcp` points at it too, or it is the Access Edge FQDN of a pool.",
		Why: "A and AAAA records belong to the name and not to a service. Moving them sends remote users or SIP " +
			"federation partners to the new pool as well, and its certificate and SIP routes may not be ready for them.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 4; Microsoft, " +
			"\"DNS summary - Extensible Messaging and Presence Protocol\" and \"Setting up XMPP federation\" (Lync Server " +
			"2013), which give the SRV record different targets.",
		Fix: "Give XMPP a name of its own, such as xmpp.contoso.com, point the XMPP SRV records at it, and name it as " +
			"`host`. If the other services are meant to move too, accept the finding and say why:\n\n" +
			"    accept \"EP2003\" {\n" +
			"      reason = \"SIP federation moves with it; agreed with partners.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2004",
		Severity: hcl.DiagError,
		Summary:  "product has no XMPP",
		Means:    "The target pool runs Skype for Business Server 2019 or Subscription Edition.",
		Why: "Microsoft removed the XMPP proxy and gateway in Skype for Business Server 2019, and Subscription Edition " +
			"continues that code. The reference still lists `-XmppFederationRoute` for 2019, so setting a route may look " +
			"right while nothing listens on port 5269.",
		Source: "Microsoft, \"Migrating XMPP federation\" (Skype for Business Server 2019) and the list of features removed in " +
			"that version.",
		Fix: "Choose an Edge pool of Lync Server 2013 or Skype for Business Server 2015. If the target is such a pool in " +
			"a newer topology, say so with `product` in its `edge_pool` block; the XMPP users must be on a pool of the " +
			"older version too.",
	},
	{
		Code:     "EP2005",
		Severity: hcl.DiagError,
		Summary:  "target pool without XMPP",
		Means:    "The target `edge_pool` has no `xmpp` block, so XMPP federation is not enabled on it.",
		Why: "A pool without the XMPP proxy starts cleanly and still answers nothing on port 5269. The proxy is installed " +
			"from the published topology, which takes longer than a change window should.",
		Source: "Microsoft, \"Define your edge topology\" and \"Setting up XMPP federation\" (Lync Server 2013).",
		Fix: "Before the change: in Topology Builder select \"Enable XMPP federation (port 5269)\" on the pool, publish, " +
			"then choose Run Again for \"Setup or Remove Lync Server Components\" in the Deployment Wizard on the Front " +
			"End Servers and on each Edge Server. Then add the `xmpp` block.",
	},
	{
		Code:     "EP2006",
		Severity: hcl.DiagError,
		Summary:  "target pool has no site",
		Means:    "The target `edge_pool` does not say in which `site` it stands.",
		Why: "The XMPP route is a property of a site, and the documented step sets it on the site of the new pool. " +
			"Without the site there is nothing that `Set-CsSite` could be run for.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 3; Microsoft, " +
			"\"Set-CsSite\".",
		Fix: "Give the site of the pool:\n\n" +
			"    site = site.Site2",
	},
	{
		Code:     "EP2007",
		Severity: hcl.DiagError,
		Summary:  "pool FQDN is another name",
		Means:    "The `fqdn` of the pool is its external Access Edge name, or the name of one server of a pool with several.",
		Why: "The route takes the service identity of the pool: `EdgeServer:` and its internal pool FQDN. There is one " +
			"for each pool and none for a member or an external name, so such a route leads nowhere. Microsoft's " +
			"procedure shows one name for both because a pool of a single server has the same FQDN as the server.",
		Source: "Microsoft, \"Set-CsSite\" (`-XmppFederationRoute`), \"Failing over a pool\" and \"Define your edge topology\" " +
			"(Lync Server 2013); Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), " +
			"step 3.",
		Fix: "Give the internal pool FQDN. `Get-CsService -EdgeServer` shows it as PoolFqdn. The external name belongs in " +
			"`access_edge_fqdn`.",
	},
	{
		Code:     "EP2008",
		Severity: hcl.DiagError,
		Summary:  "XMPP port is not 5269",
		Means:    "The `listening_port` of the pool, or the port of an XMPP SRV record in the zone, is not 5269.",
		Why: "Microsoft's procedure demands 5269, and firewalls are set up for it. Prosody 0.12.3 and ejabberd 23.01 do " +
			"connect to the port of the SRV record, so a record and a pool with the same other port could work. With two " +
			"different ports nothing answers.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 5; RFC 6120, " +
			"section 14.7 (port numbers); docs/partners.md, X25.",
		Fix: "Set `listening_port` to 5269, and correct the SRV record in the zone. If `Get-CsService -EdgeServer` shows " +
			"another XmppListeningPort, correct the pool before the change.",
	},
	{
		Code:     "EP2009",
		Severity: hcl.DiagError,
		Summary:  "SRV target has no address",
		Means: "After the change the XMPP SRV record that comes first, or one that the plan adds, would point at a name in a " +
			"managed zone that has no A or AAAA record there.",
		Why: "A partner that finds an SRV record uses only its target. It does not fall back to the address of the " +
			"domain, so XMPP federation stops.",
		Source: "RFC 2782 (Target); RFC 6120, sections 3.2.1 and 3.2.2; docs/partners.md, X21 and X22.",
		Fix: "Add the address record to the zone, give the servers of the target pool their public addresses, or correct " +
			"the name.",
	},
	{
		Code:     "EP2010",
		Severity: hcl.DiagError,
		Summary:  "SRV target is an alias",
		Means: "An XMPP SRV record, of the new pool or of another, points at a name that is a CNAME record, or that lies " +
			"below a DNAME record.",
		Why: "An SRV target must not be an alias, and an alias has no address of its own that step 4 could change. " +
			"Prosody 0.12.3 and ejabberd 23.01 follow one all the same, so that it is rarely noticed; another server " +
			"need not.",
		Source: "RFC 2782 (Target); RFC 2181, section 10.3 (the same rule for MX and NS); docs/partners.md, X7 and X8.",
		Fix:    "Replace the CNAME record with A and AAAA records, or point the SRV record at the name behind the alias.",
	},
	{
		Code:     "EP2011",
		Severity: hcl.DiagError,
		Summary:  "name outside the managed zones",
		Means: "The XMPP host, or an Access Edge FQDN that an SRV record points at, lies in no `dns_zone` of the spec, or in " +
			"a part of one that NS records make a zone of its own.",
		Why: "Edgeplan can neither check nor change its address. If nobody else does, partners still reach the failed " +
			"pool after the change.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 4.",
		Fix: "Add a `dns_zone` for it with its zone file. If somebody else runs that zone, agree the change with them, " +
			"accept the finding and say who makes the change:\n\n" +
			"    accept \"EP2011\" {\n" +
			"      reason = \"The hosting provider changes the record, ticket 4711.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2012",
		Severity: hcl.DiagError,
		Summary:  "SRV priorities are equal",
		Means:    "Two XMPP SRV records of one SIP domain have the same priority.",
		Why: "Only one of the pools has the XMPP route, and nothing says that partners use that one. Prosody 0.12.3 takes the " +
			"records in the order of the DNS answer, which changes from answer to answer, and ignores the weights. " +
			"ejabberd 23.01 always takes the target whose name sorts first if all weights are 0, and shares connections " +
			"by weight if not.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), the note on one SRV " +
			"record for each Edge pool; RFC 2782 (Priority); docs/partners.md, X5 and X6.",
		Fix: "Give each record its own priority. The lowest number is tried first, so the pool that has the route needs " +
			"the lowest.",
	},
	{
		Code:     "EP2013",
		Severity: hcl.DiagError,
		Summary:  "private address in public DNS",
		Means: "An address that would go into a public zone, or that a target of XMPP SRV records has there after the change, " +
			"is private, link-local, loopback or otherwise not reachable from the internet.",
		Why: "An Edge Server behind NAT has two addresses, and partners can reach only the public one. With the private " +
			"one the change looks right inside and fails for everybody else.",
		Source: "RFC 1918, RFC 4193 and RFC 6890 (addresses for special use); Microsoft, \"Determine DNS requirements\" (Lync " +
			"Server 2013).",
		Fix: "Give the public address to which the firewall or NAT device maps the Access Edge service, in the spec or in " +
			"the zone file. The SRV record of a pool that nobody can reach can go.",
	},
	{
		Code:     "EP2014",
		Severity: hcl.DiagError,
		Summary:  "public addresses do not match pool",
		Means: "With DNS load balancing a server has no `public_ipv4`; with a hardware load balancer `virtual_ipv4` is " +
			"missing; or the address records of the Access Edge FQDN in the zone, A or AAAA, are not those of the pool.",
		Why: "With DNS load balancing each server needs its own address record, with a hardware load balancer only the " +
			"virtual address has one. A missing record takes a server out of use, and one too many sends partners to a " +
			"machine that does not answer.",
		Source: "Microsoft, \"Determine DNS requirements\" and the DNS summaries for consolidated Edge topologies (Lync Server " +
			"2013).",
		Fix: "Compare the addresses with the firewall and the load balancer, then correct the spec or the zone file. They " +
			"must be equal before the failover starts.",
	},
	{
		Code:     "EP2015",
		Severity: hcl.DiagError,
		Summary:  "management store at failed site",
		Means:    "The Front End pool that holds the Central Management store is at the site of the failed pool.",
		Why: "`Set-CsSite` writes to the Central Management store. If it went down with the site, the command fails after " +
			"the services of the target pool have been stopped.",
		Source: "Microsoft, \"Failing over a pool\" and \"Central Management store failover\" (Lync Server 2013).",
		Fix: "Fail the store over first with `Invoke-CsManagementServerFailover`, check it with " +
			"`Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus`, and set `central_management` on the " +
			"pool that holds it now. If the store still runs, as in a planned change, accept the finding and say how " +
			"that was checked.",
		Acceptable: true,
	},
	{
		Code:     "EP2016",
		Severity: hcl.DiagError,
		Summary:  "next hop at the failed site",
		Means:    "The `next_hop` of the target pool is a Front End pool at the failed site.",
		Why: "An Edge pool hands traffic to its next hop. If that pool is down, the new Edge pool answers partners and " +
			"can deliver nothing.",
		Source: "Microsoft, \"Failing over a pool\" (Lync Server 2013), the steps for an Edge pool whose next hop fails.",
		Fix: "Before the change set a living next hop: in Topology Builder when it is at the site of the Edge pool, " +
			"otherwise as below. Then correct the spec.\n\n" +
			"    Set-CsEdgeServer -Identity EdgeServer:<Edge pool FQDN> -Registrar Registrar:<next hop FQDN>",
	},
	{
		Code:     "EP2017",
		Severity: hcl.DiagError,
		Summary:  "host name not allowed",
		Means: "A host name has a character other than A to Z, a to z, 0 to 9, hyphen and dot, or a label or the whole name " +
			"has a length that DNS does not allow, or a hyphen stands at the end of a label. An underscore is allowed " +
			"only in the owner of an SRV record and at the head of a label of a zone's name; in the target of an SRV " +
			"record it passes. Unicode is allowed in names of public DNS if IDNA has a form in ASCII for them, and never " +
			"in the name of a server or in the internal FQDN of a pool.",
		Why: "Lync Server does not support other characters in the FQDN of an Edge Server, and a certificate or a DNS " +
			"server may refuse them too.",
		Source: "Microsoft, \"Determine DNS requirements\" (Lync Server 2013); RFC 1123, section 2.1; RFC 1035, section 2.3.4 " +
			"(lengths); RFC 5891 and Unicode Technical Standard 46 (international names).",
		Fix: "Correct the name. A label has at most 63 characters and the whole name at most 253. Give the FQDN of a server " +
			"or an internal pool as `Get-CsComputer` and `Get-CsPool` show it.",
	},
	{
		Code:     "EP2018",
		Severity: hcl.DiagError,
		Summary:  "no SIP domain has XMPP",
		Means:    "No `sip_domain` has `xmpp = true`.",
		Why: "The SRV records stand below the SIP domains for which XMPP contacts are allowed. With none there is no " +
			"traffic to move, and the services would be stopped for nothing.",
		Source: "Microsoft, \"DNS summary - Extensible Messaging and Presence Protocol\" (Lync Server 2013).",
		Fix: "Set it on each domain whose users may have XMPP contacts:\n\n" +
			"    sip_domain \"contoso.com\" {\n" +
			"      xmpp = true\n" +
			"    }",
	},
	{
		Code:     "EP2019",
		Severity: hcl.DiagError,
		Summary:  "source and target are one pool",
		Means:    "`from` and `to` of the failover name the same Edge pool.",
		Why:      "The plan would stop the pool that carries XMPP federation and change nothing.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), where the failed and " +
			"the new pool are two.",
		Fix: "Correct one of the two. Edge pools cannot be paired: the target is another pool, with its own names, at " +
			"another site.",
	},
	{
		Code:     "EP2020",
		Severity: hcl.DiagError,
		Summary:  "topology contradicts itself",
		Means: "The spec says something that cannot be true of one deployment: a server in two pools, two pools with one " +
			"FQDN, one public address used twice, an Edge Server as `management_host`, or a Windows DNS server with two " +
			"names, two systems or the name of another computer.",
		Why: "A command for one pool would hit another, or a partner would reach the wrong one. `Set-CsSite` is run " +
			"inside the network, because an Edge Server in the perimeter cannot reach the Central Management store to " +
			"change it.",
		Source: "Microsoft, \"Edge Server disaster recovery\" (Lync Server 2013): each Edge pool has its own internal and " +
			"external FQDN; \"Export your topology and copy it to external media for Edge installation\" (Lync Server " +
			"2013).",
		Fix: "Compare the spec with Topology Builder, `Get-CsPool` and `Get-CsComputer`. As `management_host` name a " +
			"Front End Server or another internal server that has the management shell and still runs after the failure. " +
			"As `computer` of a `dns_zone` give the name that the DNS server has itself, in one spelling.",
	},
	{
		Code:     "EP2021",
		Severity: hcl.DiagError,
		Summary:  "zone cannot be edited",
		Means: "The zone file is DNSSEC-signed, a record to change is made by `$GENERATE` or is in a file that is included " +
			"more than once, or a CNAME record is at a name of the plan that needs another record or has one.",
		Why: "A signature no longer fits a record that was changed, and resolvers that validate then refuse the answer. A " +
			"line that makes many records cannot be changed for one. A change in a file that is included more than once " +
			"would be made at each of these places. Beside a CNAME no other data may stand, and BIND, Knot " +
			"DNS and others do not load a zone in which it does.",
		Source: "RFC 4035 (DNSSEC); RFC 1034, section 3.6.2, and RFC 2181, section 10.1 (CNAME).",
		Fix: "Use the unsigned source of the zone and let the DNS server sign it. Write the record out instead of " +
			"`$GENERATE`. Include the file once, or give each `$INCLUDE` line a file of its own. Replace the CNAME record with address records, or remove it where they stand beside it.",
	},
	{
		Code:     "EP2022",
		Severity: hcl.DiagError,
		Summary:  "cmdlet not in the product's table",
		Means: "The plan needs a cmdlet or parameter that Microsoft's reference does not list for the product of the server " +
			"where it would run.",
		Why: "PowerShell refuses an unknown parameter when the line runs, and by then the target pool may be stopped. " +
			"Microsoft tags no cmdlet of its reference for Subscription Edition, so edgeplan writes no script for it.",
		Source: "Microsoft, Skype for Business PowerShell reference, the \"Applicable\" line of each cmdlet and parameter.",
		Fix: "Name a `management_host` that runs a documented version, and check `product`. If there is none, make the " +
			"change by hand in Topology Builder.",
	},
	{
		Code:     "EP2023",
		Severity: hcl.DiagError,
		Summary:  "serial cannot be had",
		Means: "The `serial` of a zone is a number that does not come after the serial in the zone file, or `date` without " +
			"a `window_start` to take the day from.",
		Why: "A secondary server takes a zone only with a serial that comes after its own. Serials are compared in a ring: " +
			"a number comes after another if it is ahead of it by less than 2147483648. With any other number the " +
			"secondary servers go on giving the old records.",
		Source: "RFC 1982; RFC 1034, section 4.3.5.",
		Fix:    "Leave `serial` out: edgeplan then raises the present one. Or give a number that comes after it.",
	},
	{
		Code:     "EP2024",
		Severity: hcl.DiagError,
		Summary:  "TTLs of one set differ",
		Means: "The records of one name and type that the plan touches have different TTLs in the zone file. Often a TTL " +
			"was shortened on one line and forgotten on the next.",
		Why: "A set has one TTL, so each server makes it one in its own way: BIND takes the first of the file, Knot DNS " +
			"the last, and others refuse the file. What resolvers were told, and how long to wait for them, cannot be read " +
			"from the file.",
		Source: "RFC 2181, section 5.2; named-compilezone of BIND 9.18, which says \"TTL set to prior TTL\".",
		Fix: "Give all records of the set the TTL that is meant, and export the zone again. If the finding is accepted, " +
			"the plan writes the smallest of them in all records and reckons the waiting times with the largest. A " +
			"rollback then gives all of them the largest.",
		Acceptable: true,
	},
	{
		Code:     "EP2025",
		Severity: hcl.DiagError,
		Summary:  "name is delegated to another zone",
		Means: "NS records below the top of the zone hand a name of the plan to another zone, or a DNAME record above the " +
			"name renames it.",
		Why: "Records below a delegation are not part of the zone: a server answers with the name servers of the other " +
			"zone, whatever stands here. The edit would look right and change nothing.",
		Source: "RFC 1034, section 4.2.1, and RFC 2181, section 6 (zone cuts); RFC 6672, section 2.4 (DNAME).",
		Fix: "Declare a `dns_zone` for the other zone with its file. If somebody else runs it, agree the change with them " +
			"and accept the finding: the plan then leaves these records out.\n\n" +
			"    accept \"EP2025\" {\n" +
			"      reason = \"The branch changes its own zone, ticket 4711.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2026",
		Severity: hcl.DiagError,
		Summary:  "SRV target lost its final dot",
		Means: "The target of an XMPP SRV record has no address, and is a known name with the name of the zone added, such as " +
			"sip2.contoso.com.contoso.com.",
		Why: "In a zone file a name without a dot at its end is relative to the origin, which is added to it. Partners " +
			"look up the longer name, find nothing, and do not fall back to the address of the domain.",
		Source: "RFC 1035, section 5.1 (relative names); RFC 2782 (Target).",
		Fix: "Write the target with a dot at its end, or without the name of the zone:\n\n" +
			"    _xmpp-server._tcp  IN SRV 0 0 5269 sip2.contoso.com.",
	},
	{
		Code:     "EP2027",
		Severity: hcl.DiagError,
		Summary:  "SRV target is an address",
		Means:    "The target of an XMPP SRV record is written as an IP address.",
		Why: "DNS reads it as a host name of four labels, for which there is no address record. The record looks right " +
			"and leads nobody anywhere.",
		Source: "RFC 2782 (Target), which is a domain name.",
		Fix: "Give a host an address record and name that host:\n\n" +
			"    xmpp               IN A   203.0.113.11\n" +
			"    _xmpp-server._tcp  IN SRV 0 0 5269 xmpp",
	},
	{
		Code:     "EP2028",
		Severity: hcl.DiagError,
		Summary:  "direct TLS leads to Edge pool",
		Means: "An SRV record `_xmpps-server._tcp` of a SIP domain points at an Edge pool of the spec, by its name or by one " +
			"of its public addresses.",
		Why: "The record promises XMPP over TLS from the first byte. An Edge Server has XMPP on port 5269 with STARTTLS " +
			"only, and its other ports, such as 443 and 5061, have no XMPP. ejabberd 23.01 ends the attempt where it " +
			"gets TCP but no direct TLS, never tries the good record, and then bounces all messages for up to 300 s " +
			"before it tries again. Prosody 0.12.3 tries the record before all of `_xmpp-server._tcp`, whatever its " +
			"priority, and loses 20 s for each address that is silent.",
		Source: "XEP-0368, SRV records for XMPP over TLS; Microsoft, \"DNS summary - Extensible Messaging and Presence " +
			"Protocol\" (Lync Server 2013), which has no such record; docs/partners.md, X13, X14 and X24.",
		Fix: "Remove the record before the change. If a NAT device takes that port of the address to another server, or " +
			"the record cannot be removed in time, accept the finding and say so:\n\n" +
			"    accept \"EP2028\" {\n" +
			"      reason = \"Port 5270 of 203.0.113.11 goes to the chat server.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2029",
		Severity: hcl.DiagError,
		Summary:  "record at name of plan not understood",
		Means: "At a name of the plan the zone file has a record of a type that edgeplan does not know, such as LUA or " +
			"ALIAS, or a word that is no type, such as AA for A or INN for IN.",
		Why: "The plan adds and removes records there and takes what it understands for all that there is. A server " +
			"that works out its answers, or one that refuses the line, does something else: the name gets two kinds of " +
			"answers, or the zone is not loaded.",
		Source: "IANA, Resource Record (RR) TYPEs; PowerDNS 4.7.3, Lua records and ALIAS records; named-checkzone of BIND " +
			"9.18, \"unknown RR type\".",
		Fix: "Correct the word. Where the server makes the answers, replace the record by plain A, AAAA or SRV records " +
			"before the failover, or move the name by hand and leave it out of the spec.",
	},
	{
		Code:     "EP2030",
		Severity: hcl.DiagError,
		Summary:  "line looks like one of the plan",
		Means: "The zone file has a record of another name that was probably meant for a name of the plan: a no-break " +
			"space or another odd character is in the owner, a slash or a number sign before it where a semicolon was " +
			"meant, a blank or a word before the name, the final dot is missing, or the owner of an SRV record lacks an " +
			"underscore or has a dot, a hyphen and an underscore exchanged.",
		Why: "DNS servers take it for a record of another name, or refuse the file. The plan does not count it, so the " +
			"set that it was meant for may be taken for new.",
		Source: "RFC 1035, section 5.1: a line that begins with a blank has the owner of the line before, a comment begins " +
			"with a semicolon; named-checkzone of BIND 9.18.",
		Fix: "Correct the line where the zone is kept, and export the zone again. If the line is right, accept the " +
			"finding and say what it is for: the plan leaves it as it is.",
		Acceptable: true,
	},
	{
		Code:     "EP2031",
		Severity: hcl.DiagError,
		Summary:  "address of no Edge pool goes",
		Means: "The XMPP host has an address in public DNS that no Edge pool of the spec has, and the failover would " +
			"delete it.",
		Why: "Either the spec lacks an address of the pool that is left, and the rollback is then not what it seems; or " +
			"the name serves something that the plan does not know and that would lose its address.",
		Source: "edgeplan.",
		Fix: "Give each Edge Server its `public_ipv4` and `public_ipv6`, also those of the pool that failed. If something " +
			"else has the address, give that a name of its own first; or accept the finding and say what the address " +
			"is.",
		Acceptable: true,
	},
	{
		Code:     "EP2032",
		Severity: hcl.DiagError,
		Summary:  "set has a routing policy of Route 53",
		Means: "The zone is delivered to Route 53, and the comment of a record, as cli53 export writes it, says that its " +
			"set has a routing policy: weighted, latency, failover, geolocation or multivalue.",
		Why: "Route 53 tells such sets apart by their SetIdentifier. The change batch of the plan gives none, so Route " +
			"53 would refuse it in the change window.",
		Source: "Amazon, Route 53 API Reference, ResourceRecordSet (SetIdentifier); cli53, export.",
		Fix: "Replace the sets by one simple set before the failover and export the zone again, or change them by hand " +
			"and leave the name out of the spec. If the policy is gone already, remove the comment.",
	},
	{
		Code:     "EP2033",
		Severity: hcl.DiagError,
		Summary:  "an unread $INCLUDE could hold planned records",
		Means: "The zone file, or one that it includes, has an `$INCLUDE` line whose file edgeplan cannot read, and the plan " +
			"has record sets in that zone. An included file may hold records of any name of the zone.",
		Why: "A set of which only a part is seen would be changed in part: the address of the failed pool would stay " +
			"beside the new one. What cannot be read is not the same as what is not there.",
		Source: "RFC 1035, section 5.1 (`$INCLUDE`); BIND 9.18.49 counts its path from the server's `directory`.",
		Fix: "As the finding says. A file that is missing: put it into the folder of the spec, under the path of the " +
			"`$INCLUDE` line. A path that leads elsewhere on the server: say with `includes` which file of the folder stands " +
			"for it. Two files that both fit: remove the one that the name server does not take.",
	},
	{
		Code:     "EP2034",
		Severity: hcl.DiagError,
		Summary:  "name is proxied by Cloudflare",
		Means: "The comment of an address at a name of the plan, as the export of Cloudflare writes it, says that the name is " +
			"proxied: `cf_tags=cf-proxied:true`.",
		Why: "Resolvers then get addresses of Cloudflare and not those of the record. Its proxy takes HTTP, so no XMPP " +
			"server reaches the pool; and stage Preflight, which compares the answers with the file, would fail.",
		Source: "Cloudflare DNS documentation, \"Proxy status\" and \"Import and export records\".",
		Fix: "Set the record to DNS only before the failover, and export the zone again. If it is DNS only already, remove " +
			"the comment from the file.",
	},
	{
		Code:     "EP2035",
		Severity: hcl.DiagError,
		Summary:  "name servers refuse a line",
		Means: "A record anywhere in the zone file has data that its type cannot have, such as an address that is none, a " +
			"number that is too large or a field too few, or a directive such as $GENERATE is wrong.",
		Why: "A name server refuses the whole file for one such line. It then goes on with the old zone, or, after a " +
			"restart, has none: the change does not come, however right its own lines are.",
		Source: "The RFC of the type, as named-checkzone of BIND 9.18 reads it; docs/dns.md, the differences between the " +
			"two.",
		Fix: "Correct the line where the zone is kept, and export the zone again. If your server loads the file as it " +
			"is, accept the finding and say which server that is.",
		Acceptable: true,
	},
	{
		Code:     "EP2036",
		Severity: hcl.DiagError,
		Summary:  "BIND does not load such a zone",
		Means: "The zone file has a record that is right by itself, but against a rule for primary zones: a CNAME record " +
			"beside other data, a name server of the zone without an address, a host name with an underscore, a DS " +
			"record at the top of the zone, more than 100 records in a set and so on.",
		Why: "With its default settings BIND 9.18 does not load such a zone. It goes on with the old one, or, after a " +
			"restart, has none.",
		Source: "BIND 9.18, `check-names`, `check-integrity`, `max-records-per-type` and what named-checkzone says with " +
			"`-k fail`; RFC 1034, section 3.6.2 (CNAME); RFC 952 and RFC 1123 (host names).",
		Fix: "Correct the record where the zone is kept, and export the zone again. If the server is no BIND, or has " +
			"another setting, accept the finding and say so. Only zones with `delivery = \"zone-file\"` are looked at.",
		Acceptable: true,
	},
	{
		Code:     "EP3001",
		Severity: hcl.DiagWarning,
		Summary:  "target pool stops serving during the change",
		Means: "The procedure stops all services on every Edge Server of the target pool. The finding lists what that pool " +
			"serves.",
		Why: "When the other pool has failed already, the target may be the only way in: remote users, web conferencing, " +
			"audio and video, and SIP federation wait until step 7 starts it again.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 2 and 7; " +
			"Microsoft, \"Failing back the Edge pool used for Lync Server federation or XMPP federation\" (Lync Server " +
			"2013), which stops nothing.",
		Fix: "Tell those who are affected and keep the window short. `procedure = \"start-first\"` follows the order of the " +
			"fail-back page, which starts the services first and stops none.",
	},
	{
		Code:     "EP3002",
		Severity: hcl.DiagWarning,
		Summary:  "TTL is longer than the window",
		Means:    "A record that changes may stay in the caches of resolvers for longer than the change window.",
		Why: "A resolver keeps the old answer until its TTL has run out. Some partners then still try the failed pool " +
			"after the window, and a rollback is just as slow.",
		Source: "Microsoft, \"Configure federation routes and media traffic\" (Lync Server 2013), which lowers the TTL first; " +
			"RFC 2181, section 5.2; RFC 2308 (answers that a record does not exist).",
		Fix: "Lower the TTL of the record, for example to 300, at least one old TTL before the window, and export the " +
			"zone again. In a disaster it is too late for that: plan for the wait.",
	},
	{
		Code:     "EP3003",
		Severity: hcl.DiagWarning,
		Summary:  "certificate lacks a name",
		Means: "The external certificate of the target pool does not list a SIP domain that has XMPP, or the XMPP host, " +
			"among its subject alternative names.",
		Why: "An XMPP partner checks the certificate against the domain, such as contoso.com, and not against the target " +
			"of the SRV record. A wildcard does not cover the bare domain. Services start with such a certificate, but " +
			"Prosody 0.12.3, as Debian ships it (`s2s_secure_auth = true`), refuses the connection: \"certificate is not " +
			"valid for this name\". ejabberd 23.01, as Debian ships it, asks the domain itself by dialback and then " +
			"accepts even a self-signed certificate, so a test with ejabberd shows nothing.",
		Source: "Microsoft, \"Certificate summary - Extensible Messaging and Presence Protocol\" (Lync Server 2013), which " +
			"requires the bare domain, while other summaries list the XMPP host and a wildcard; RFC 6120, section 13.7; docs/partners.md, X27 " +
			"and X28.",
		Fix: "Request a certificate with each bare SIP domain and the XMPP host, and assign it on each server of the " +
			"pool. If it has the names already, correct `subject_alternative_names`.",
	},
	{
		Code:     "EP3004",
		Severity: hcl.DiagWarning,
		Summary:  "certificate expires before the change ends",
		Means:    "The external certificate of the target pool is no longer valid on a day of the change window, or before it.",
		Why: "Edge services do not start, or partners refuse them, when the certificate has expired. That is noticed in " +
			"step 7, when everything else has been moved.",
		Source: "Microsoft, \"Setting up XMPP federation\" (Lync Server 2013); RFC 5280, section 4.1.2.5 (validity).",
		Fix:    "Renew the certificate before the change, restart the Edge services, and correct `not_after`.",
	},
	{
		Code:     "EP3005",
		Severity: hcl.DiagWarning,
		Summary:  "other sites stay on the failed pool",
		Means:    "The route of the target's site changes, but other sites still have the failed pool as their XMPP route.",
		Why: "The route is kept for each site, and the documented procedure sets only the site of the new pool. Users of " +
			"the other sites may keep sending XMPP traffic to a pool that does not answer.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 3; Microsoft, " +
			"\"Configure federation routes and media traffic\" (Lync Server 2013), which repeats its steps at each site.",
		Fix: "Let the plan change every site that has the failed pool:\n\n" +
			"    route_sites = \"all-routed\"",
	},
	{
		Code:     "EP3006",
		Severity: hcl.DiagWarning,
		Summary:  "SRV of another pool comes first",
		Means: "After the change an SRV record of the failed pool, or of another than the target, still has the lowest " +
			"priority number. In a preparation: one of a pool that no site is routed to has it.",
		Why: "The lowest number is tried first. Microsoft's text says highest priority, which is easily read as the " +
			"largest number. A partner gets past a failed pool only while TCP to it fails: at once if it refuses, " +
			"after 20 s for each silent address with Prosody 0.12.3, after 10 s with ejabberd 23.01, which gives up at " +
			"two silent addresses if it uses dialback. Where the failed pool still takes the connection, and answers " +
			"with an error or not at all, the next record is never tried. Once it is repaired, partners " +
			"connect to a pool that has no route.",
		Source: "RFC 2782 (Priority); Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), " +
			"the note on priorities; docs/partners.md, X1 to X4, X30 and X31.",
		Fix: "Give the record of the target pool the lowest number, or remove the record of the failed pool.",
	},
	{
		Code:     "EP3007",
		Severity: hcl.DiagWarning,
		Summary:  "product is out of support",
		Means: "At `window_start` Microsoft no longer supports the product: Lync Server 2013 since 2023-04-11, Skype for " +
			"Business Server 2015 and 2019 since 2025-10-14.",
		Why: "Normal support no longer brings security updates for a server that faces the internet, or help if the " +
			"failover goes wrong.",
		Source: "Microsoft Lifecycle, Lync Server 2013, Skype for Business Server 2015 and Skype for Business Server 2019, " +
			"end of extended support.",
		Fix: "Agree with the approvers that the change is made without support. In the long run move off the product; its " +
			"successor has no XMPP, so a separate gateway is needed.",
	},
	{
		Code:     "EP3008",
		Severity: hcl.DiagWarning,
		Summary:  "more than 12 Edge Servers",
		Means:    "An Edge pool has more than 12 servers.",
		Why: "Microsoft supports 12 in a pool, although Topology Builder lets 20 be entered. The steps on each server " +
			"also make the outage longer with every server.",
		Source: "Microsoft, planning pages for Edge Servers (Skype for Business Server): 12 servers in an Edge pool.",
		Fix:    "Check the list of servers. If it is right, spread the servers over more pools.",
	},
	{
		Code:     "EP3009",
		Severity: hcl.DiagWarning,
		Summary:  "IPv6 without AAAA record",
		Means: "The topology has public IPv6 addresses, but a name that moves has no AAAA record after the change, or it has " +
			"one today and loses it because the target pool has no IPv6. Or edgeplan cannot say whose an AAAA record is.",
		Why: "XMPP uses IPv6 when the topology has it. Partners that prefer IPv6 cannot find the pool, or they still find " +
			"an old address of the failed one.",
		Source: "Microsoft, \"Determine DNS requirements\" and \"DNS summary - Extensible Messaging and Presence Protocol\" " +
			"(Lync Server 2013); RFC 3596.",
		Fix: "Give each server of the target pool its `public_ipv6`, or leave IPv6 out of the spec if the Access Edge " +
			"service does not use it.",
	},
	{
		Code:     "EP3010",
		Severity: hcl.DiagWarning,
		Summary:  "SIP domain without managed zone",
		Means:    "A `sip_domain` with XMPP lies in no `dns_zone` of the spec, so its SRV record is not in the plan.",
		Why: "Each SIP domain has its own SRV record. If this one is missing or points at the failed pool, partners of " +
			"this domain stay cut off while all others work.",
		Source: "Microsoft, \"DNS summary - Extensible Messaging and Presence Protocol\" (Lync Server 2013): the records are " +
			"repeated for each SIP domain.",
		Fix: "Add a `dns_zone` for the domain with its zone file, or have whoever runs it check `_xmpp-server._tcp` below " +
			"the domain.",
	},
	{
		Code:     "EP3011",
		Severity: hcl.DiagWarning,
		Summary:  "$INCLUDE is not read",
		Means: "A zone file has an `$INCLUDE` line whose file edgeplan cannot read. The plan has no record set in that " +
			"zone, else this would be EP2033; but names of the spec are in it.",
		Why: "A record there could be one that the plan relies on, such as an address of a pool to which SRV records " +
			"point. Nothing here looks at it.",
		Source: "RFC 1035, section 5.1 (`$INCLUDE`).",
		Fix:    "Put the included file into the folder of the spec, as for EP2033; or accept the finding and say who has looked.",
	},
	{
		Code:     "EP3012",
		Severity: hcl.DiagWarning,
		Summary:  "no previous route to restore",
		Means:    "A site whose route changes has no XMPP route today, so there is no value that the rollback could put back.",
		Why: "Microsoft documents no value of `Set-CsSite` that clears a route. The rollback script undoes the rest and " +
			"leaves this route as it is.",
		Source: "Microsoft, \"Set-CsSite\" (`-XmppFederationRoute`); \"Setting up XMPP federation\" (Lync Server 2013), which " +
			"sets the route in Topology Builder.",
		Fix: "If `Get-CsSite` shows a route, add it as `xmpp_federation_route`. Otherwise plan the rollback of this step " +
			"in Topology Builder: clear the route assignment of the site and publish.",
	},
	{
		Code:     "EP3013",
		Severity: hcl.DiagWarning,
		Summary:  "nothing to prepare",
		Means:    "A `prepare` block asks for a plan that would change no record, so there is none.",
		Why: "The records are as the block wants them: no TTL is above the one asked for, and no SRV record is missing. " +
			"An empty change would only take a place in the calendar.",
		Source: "edgeplan.",
		Fix: "Remove the block, or ask for a smaller `ttl`. Keep the package of a preparation that was carried out " +
			"elsewhere first: `build` removes it with the block, and with it the way back.",
	},
	{
		Code:     "EP3014",
		Severity: hcl.DiagWarning,
		Summary:  "record stands twice",
		Means:    "A set that the plan touches has the same record on two lines of the zone file.",
		Why: "DNS servers take the two for one, so nothing is wrong today. Whoever changes one of them by hand later has " +
			"both the old record and the new one.",
		Source: "RFC 2181, section 5 (a set has no two equal records).",
		Fix: "Remove one of the two lines. The plan counts them as one; if it changes the record, it rewrites one line and " +
			"takes the other out.",
	},
	{
		Code:     "EP3015",
		Severity: hcl.DiagWarning,
		Summary:  "later SRV target has no address",
		Means: "An XMPP SRV record that does not come first points at a name in a managed zone that has no address there, " +
			"or at \".\".",
		Why: "Prosody 0.12.3 and ejabberd 23.01 skip such a record at once, so that it costs no time. It is no fallback " +
			"either: when TCP to the records before it fails, nobody is reached, though the zone seems to name one " +
			"more pool. Often it is the record of a pool that is gone.",
		Source: "RFC 2782 (Target, and the order in which targets are tried); docs/partners.md, X9, X21 and X22.",
		Fix:    "Add the address record, or remove the SRV record.",
	},
	{
		Code:     "EP3016",
		Severity: hcl.DiagWarning,
		Summary:  "direct TLS records do not follow",
		Means:    "The zone has SRV records `_xmpps-server._tcp` for a SIP domain of the plan.",
		Why: "With them a domain offers XMPP over TLS from the first byte. Prosody 0.12.3 tries all of them before it even " +
			"asks for `_xmpp-server._tcp`, whatever their priority. ejabberd 23.01 mixes both sets by priority, as the " +
			"standard has it. Edge Servers have only STARTTLS on port 5269, so the records belong to another server, or " +
			"to nothing; the failover does not move them, and partners that connect there never reach the new pool.",
		Source: "XEP-0368, SRV records for XMPP over TLS; Microsoft, \"DNS summary - Extensible Messaging and Presence " +
			"Protocol\" (Lync Server 2013), which has no such record; docs/partners.md, X13 and X14.",
		Fix: "Find out what the records are for. If nothing answers there, remove them; otherwise accept the finding and " +
			"say what does. Records that lead to an Edge pool are EP2028.",
	},
	{
		Code:     "EP3017",
		Severity: hcl.DiagWarning,
		Summary:  "wildcard no longer answers",
		Means: "The plan adds a name, and with it maybe names above such as `_tcp` below the domain, that do not exist today " +
			"and for which a wildcard answers.",
		Why: "A wildcard answers only for names that do not exist. Once `_xmpp-server._tcp.contoso.com` exists, so does " +
			"`_tcp.contoso.com`, and `*.contoso.com` answers for nothing below that. What relied on it gets " +
			"\"no such name\".",
		Source: "RFC 4592, sections 2.2.1 (existence) and 3.3.1 (closest encloser).",
		Fix: "Ask whether anything uses names below the one that is shown. If so, add records of their own, or a second " +
			"wildcard there.",
	},
	{
		Code:     "EP3018",
		Severity: hcl.DiagWarning,
		Summary:  "record is outside its zone",
		Means: "The zone file has a record whose owner is not in the zone and which is not the address of one of its name " +
			"servers.",
		Why: "BIND says \"ignoring out-of-zone data\" and leaves it out. Often it was meant for a name of the zone, and " +
			"the name that everybody thinks is there is not.",
		Source: "RFC 1034, section 4.2.1 (what a zone holds); named-compilezone of BIND 9.18.",
		Fix:    "Correct the owner or the `$ORIGIN` above it, or move the record to the zone that it belongs to.",
	},
	{
		Code:     "EP3019",
		Severity: hcl.DiagWarning,
		Summary:  "zone file spells name in UTF-8",
		Means:    "The zone file has a name of the plan in UTF-8 instead of its A-labels.",
		Why: "Resolvers ask for the A-labels, which begin with xn--. A server takes the octets of UTF-8 as another " +
			"name, so the record answers none of them, and BIND refuses addresses of such a name. The plan does not count it.",
		Source: "RFC 5890, section 2.3.2.1 (A-labels and U-labels); named-compilezone of BIND 9.18, \"bad owner name\".",
		Fix:    "Write the A-labels in the zone file. The finding shows them.",
	},
	{
		Code:     "EP3020",
		Severity: hcl.DiagWarning,
		Summary:  "time with several units",
		Means:    "A `$TTL`, a number of the SOA record or the TTL of a record has more than one unit, such as 1h30m.",
		Why: "PowerDNS takes the first number and the last unit, so that $TTL 1h30m is 60 seconds there, and says nothing; as " +
			"the TTL of a record it refuses it. The waits of the plan count with what BIND, NSD and Knot DNS read.",
		Source: "PowerDNS 4.7.3, BIND 9.18.49, NSD 4.6.1 and Knot DNS 3.2.6, measured. RFC 1035, section 5.1, has plain numbers " +
			"only.",
		Fix: "Write the number of seconds, 5400 for 1h30m. If no server of the zone is PowerDNS, accept the finding and say so.",
	},
	{
		Code:     "EP3021",
		Severity: hcl.DiagWarning,
		Summary:  "record without TTL and $TTL",
		Means: "The zone file has a record without a TTL, and no `$TTL` above it. A zone that the script edits on a Windows DNS " +
			"server (`delivery = \"windows-dns\"`) is left out: its exports are like that.",
		Why: "Servers give such a record different TTLs: the minimum field of the SOA record, the TTL of the record before, or 3600. " +
			"The plan may wait for the wrong time, and an update that names the TTL may be refused.",
		Source: "RFC 2308, section 4; BIND 9.18.49, NSD 4.6.1, Knot DNS 3.2.6 and PowerDNS 4.7.3, measured.",
		Fix:    "Write a `$TTL` at the head of the file, or a TTL into each record: the one that the server gives today.",
	},
	{
		Code:     "EP3022",
		Severity: hcl.DiagWarning,
		Summary:  "route and DNS disagree today",
		Means: "The sites are routed to one Edge pool, and public DNS leads XMPP partners to another one, before anything " +
			"is changed.",
		Why: "Partners connect to a pool that is not designated for XMPP federation, so XMPP federation may be broken " +
			"already, or half of an earlier change may be in place. The record of the change then cannot say what " +
			"works before it.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 3 to 5, which " +
			"move route and DNS together.",
		Fix: "Ask `Get-CsSite` and the DNS server, and correct the spec or the zone file. If both are right, say in an " +
			"acceptance how it came to be.",
	},
	{
		Code:     "EP3023",
		Severity: hcl.DiagWarning,
		Summary:  "NAT with a hardware load balancer",
		Means:    "The target pool has `nat = true` and `load_balancing = \"hardware\"`.",
		Why: "Microsoft tested and supports NAT for a single Edge Server and for Edge Servers behind DNS load balancing. " +
			"Behind a hardware load balancer it asks for public addresses on the servers.",
		Source: "Microsoft, reference architectures 1 to 3 for external user access: single consolidated edge with NAT, " +
			"scaled consolidated edge with NAT and DNS load balancing, scaled consolidated edge with public addresses " +
			"and hardware load balancers.",
		Fix: "Leave `nat` out if the servers have public addresses, or choose DNS load balancing. If the pool is known to " +
			"work so, accept the finding and say since when.",
	},
	{
		Code:     "EP3024",
		Severity: hcl.DiagWarning,
		Summary:  "TLSA record names the old key",
		Means: "The zone has a TLSA record for port 5269 of the name that moves, or at `_xmpp-server._tcp` of a SIP domain of " +
			"the plan.",
		Why: "A TLSA record says which key or certificate the server has. The servers that take over have other ones, " +
			"unless the same certificate was installed there, and partners that check DANE refuse them. The plan does not " +
			"change the record.",
		Source: "RFC 6698 (TLSA records); RFC 7673, section 3 (they stand at _port._tcp of the target of an SRV record); RFC 7712, " +
			"section 5 (the same for XMPP).",
		Fix: "Ahead of the change add TLSA records for the certificate of the target pool, and wait for the TTL of the old " +
			"ones. If both pools have the same key, accept the finding and say so.",
	},
	{
		Code:     "EP3025",
		Severity: hcl.DiagWarning,
		Summary:  "record type is not known",
		Means: "The zone file has a line that is read as a record of a type that edgeplan does not know, at a name that " +
			"is not of the plan.",
		Why: "BIND, NSD and Knot DNS refuse a whole file with a type that they do not know. Often it is a slip: a blank " +
			"inside a name, a class such as INN, a line that should be a comment. The record that was meant is then " +
			"not there.",
		Source: "named-checkzone of BIND 9.18, \"unknown RR type\"; IANA, Resource Record (RR) TYPEs.",
		Fix:    "Correct the line. If your DNS server has such a type, accept the finding and say which server it is.",
	},
	{
		Code:     "EP3026",
		Severity: hcl.DiagWarning,
		Summary:  "system not supported by product",
		Means: "A server of the target pool runs an operating system on which Microsoft does not support the product of " +
			"the pool.",
		Why: "Services may not start on it, or not work as their pages say; step 7 is where that would be noticed, with " +
			"the old pool gone.",
		Source: "Microsoft, \"Server and tools operating system support in Lync Server 2013\"; Microsoft, \"Server " +
			"requirements for Skype for Business Server 2015\" (Windows Server 2008 R2 for in-place upgrades only, 2016 " +
			"and 2019 with their updates).",
		Fix: "Correct `operating_system` if it is not what the server runs. Otherwise accept the finding and say since " +
			"when the pool has worked so.",
	},
	{
		Code:     "EP3028",
		Severity: hcl.DiagWarning,
		Summary:  "file of the folder is not read",
		Means: "The folder of the spec has a file whose name ends in `.hcl` or `.hcl.txt` and not in `.edge.hcl`, so that " +
			"it is not a part of the spec.",
		Why: "A pool or a zone that was written into that file is not there for edgeplan. Notepad adds `.txt` to the names " +
			"of files, and Windows Explorer does not show it.",
		Source: "docs/language.md, the section on files.",
		Fix:    "Rename the file so that its name ends in `.edge.hcl`, or move it to another folder.",
	},
}
