package diag

import "github.com/hashicorp/hcl/v2"

// dnsRules are codes EP2xxx and EP3xxx about the public names of the change and the records that
// it needs. See languageRules for the form of the texts.
var dnsRules = []Rule{
	{
		Code:     "EP2003",
		Severity: hcl.DiagError,
		Summary:  "shared address record",
		Means: "The host name whose address moves is used by more than what moves: an SRV record for `_sip._tls`, or for " +
			"the federation that stays, points at it too, or it is the Access Edge FQDN of a pool.",
		Why: "A and AAAA records belong to the name and not to a service. Moving them sends remote users or " +
			"SIP federation partners to the new pool as well, and its certificate and SIP routes may not be ready " +
			"for them.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 4; " +
			"Microsoft, \"DNS summary - Extensible Messaging and Presence Protocol\" and \"Setting up XMPP " +
			"federation\" (Lync Server 2013), which give the SRV record different targets.",
		Fix: "Give XMPP a name of its own, such as xmpp.contoso.com, point the XMPP SRV records at it, and " +
			"name it as `host`. If the other services are meant to move too, accept the finding and say why:\n\n" +
			"    accept \"EP2003\" {\n" +
			"      reason = \"SIP federation moves with it; agreed with partners.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2008",
		Severity: hcl.DiagError,
		Summary:  "not the port of federation",
		Means: "The `listening_port` of the pool, or the port of an SRV record of XMPP federation in the zone, is " +
			"not 5269; or that of an SRV record of SIP federation is not 5061.",
		Why: "Microsoft's procedure demands 5269, and firewalls are set up for it. Prosody 0.12.3 and ejabberd " +
			"23.01 do connect to the port of the SRV record, so a record and a pool with the same other port could " +
			"work. With two different ports nothing answers.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 5; " +
			"RFC 6120, section 14.7 (port numbers); docs/partners.md, X25.",
		Fix: "Set `listening_port` to 5269, and correct the SRV record in the zone. If `Get-CsService " +
			"-EdgeServer` shows another XmppListeningPort, correct the pool before the change.",
	},
	{
		Code:     "EP2009",
		Severity: hcl.DiagError,
		Summary:  "SRV target has no address",
		Means: "After the change the SRV record that comes first, or one that the plan adds, would point at " +
			"a name in a managed zone that has no A or AAAA record there.",
		Why: "A partner that finds an SRV record uses only its target. It does not fall back to the address of " +
			"the domain, so federation stops.",
		Source: "RFC 2782 (Target); RFC 6120, sections 3.2.1 and 3.2.2; docs/partners.md, X21 and X22.",
		Fix: "Add the address record to the zone, give the servers of the target pool their public addresses, " +
			"or correct the name.",
	},
	{
		Code:     "EP2010",
		Severity: hcl.DiagError,
		Summary:  "SRV target is an alias",
		Means: "An SRV record of federation, of the new pool or of another, points at a name that is a CNAME record, or " +
			"that lies below a DNAME record.",
		Why: "An SRV target must not be an alias, and an alias has no address of its own that step 4 could " +
			"change. Prosody 0.12.3 and ejabberd 23.01 follow one all the same, so that it is rarely noticed; " +
			"another server need not.",
		Source: "RFC 2782 (Target); RFC 2181, section 10.3 (the same rule for MX and NS); docs/partners.md, X7 and " +
			"X8.",
		Fix: "Replace the CNAME record with A and AAAA records, or point the SRV record at the name behind the " +
			"alias.",
	},
	{
		Code:     "EP2011",
		Severity: hcl.DiagError,
		Summary:  "name outside the managed zones",
		Means: "The host that moves, or an Access Edge FQDN that an SRV record points at, lies in no `dns_zone` of " +
			"the spec, or in a part of one that NS records make a zone of its own.",
		Why: "Edgeplan can neither check nor change its address. If its owner does not, partners still reach " +
			"the failed pool after the change.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), step 4.",
		Fix: "Add a `dns_zone` for it with its zone file. If another team or provider runs that zone, agree " +
			"the change with them, accept the finding and say who makes the change:\n\n" +
			"    accept \"EP2011\" {\n" +
			"      reason = \"The hosting provider changes the record, ticket 4711.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2012",
		Severity: hcl.DiagError,
		Summary:  "SRV priorities are equal",
		Means:    "Two SRV records of one federation and SIP domain have the same priority.",
		Why: "Only one of the pools has the federation, and nothing says that partners use that one. Of XMPP, Prosody " +
			"0.12.3 takes the records in the order of the DNS answer, which changes from answer to answer, and " +
			"ignores the weights. ejabberd 23.01 always takes the target whose name sorts first if all weights are " +
			"0, and shares connections by weight if not.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), the note " +
			"on one SRV record for each Edge pool; RFC 2782 (Priority); docs/partners.md, X5 and X6.",
		Fix: "Of XMPP, give each record its own priority. The lowest number is tried first, so the pool that has the " +
			"route needs the lowest. Of SIP federation, which SRV priority does not fail over, keep the record of the " +
			"pool that has it and remove the others.",
	},
	{
		Code:     "EP2013",
		Severity: hcl.DiagError,
		Summary:  "private address in public DNS",
		Means: "An address that would go into a public zone, or that a target of XMPP SRV records has there after " +
			"the change, is private, link-local, loopback or otherwise not reachable from the internet.",
		Why: "An Edge Server behind NAT has two addresses, and partners can reach only the public one. With the " +
			"private one the change looks right from inside the network and fails for every partner.",
		Source: "RFC 1918, RFC 4193 and RFC 6890 (addresses for special use); Microsoft, \"Determine DNS " +
			"requirements\" (Lync Server 2013).",
		Fix: "Give the public address to which the firewall or NAT device maps the Access Edge service, in the " +
			"spec or in the zone file. Remove the SRV record of a pool that partners cannot reach.",
	},
	{
		Code:     "EP2014",
		Severity: hcl.DiagError,
		Summary:  "public addresses do not match pool",
		Means: "With DNS load balancing a server has no `public_ipv4`; with a hardware load balancer " +
			"`virtual_ipv4` is missing; or the address records of the Access Edge FQDN in the zone, A or AAAA, are " +
			"not those of the pool.",
		Why: "With DNS load balancing each server needs its own address record, with a hardware load balancer " +
			"only the virtual address has one. A missing record takes a server out of use, and one too many sends " +
			"partners to a machine that does not answer.",
		Source: "Microsoft, \"Determine DNS requirements\" and the DNS summaries for consolidated Edge topologies " +
			"(Lync Server 2013).",
		Fix: "Compare the addresses with the firewall and the load balancer, then correct the spec or the zone " +
			"file. They must be equal before the failover starts.",
	},
	{
		Code:     "EP2017",
		Severity: hcl.DiagError,
		Summary:  "host name not allowed",
		Means: "A host name has a character other than A to Z, a to z, 0 to 9, hyphen and dot, or a label or the " +
			"whole name has a length that DNS does not allow, or a label ends with a hyphen. An underscore is " +
			"allowed only in the owner of an SRV record and at the head of a label of a zone's name; in the target " +
			"of an SRV record it passes. Unicode is allowed in names of public DNS if IDNA has a form in ASCII for " +
			"them, and never in the name of a server or in the internal FQDN of a pool.",
		Why: "Lync Server does not support other characters in the FQDN of an Edge Server, and a certificate or " +
			"a DNS server may refuse them too.",
		Source: "Microsoft, \"Determine DNS requirements\" (Lync Server 2013); RFC 1123, section 2.1; RFC 1035, " +
			"section 2.3.4 (lengths); RFC 5891 and Unicode Technical Standard 46 (international names).",
		Fix: "Correct the name. A label has at most 63 characters and the whole name at most 253. Give the FQDN " +
			"of a server or an internal pool as `Get-CsComputer` and `Get-CsPool` show it.",
	},
	{
		Code:     "EP2018",
		Severity: hcl.DiagError,
		Summary:  "no SIP domain to move",
		Means:    "No `sip_domain` has `xmpp = true`; or there is none at all, where SIP federation moves.",
		Why: "The SRV records are below the SIP domains for which XMPP contacts are allowed. With none there is " +
			"no traffic to move, and the services would be stopped for no reason.",
		Source: "Microsoft, \"DNS summary - Extensible Messaging and Presence Protocol\" (Lync Server 2013).",
		Fix: "Set it on each domain whose users may have XMPP contacts:\n\n" +
			"    sip_domain \"contoso.com\" {\n" +
			"      xmpp = true\n" +
			"    }",
	},
	{
		Code:     "EP2028",
		Severity: hcl.DiagError,
		Summary:  "direct TLS leads to Edge pool",
		Means: "An SRV record `_xmpps-server._tcp` of a SIP domain points at an Edge pool of the spec, by its " +
			"name or by one of its public addresses.",
		Why: "The record promises XMPP over TLS from the first byte. An Edge Server has XMPP on port 5269 " +
			"with STARTTLS only, and its other ports, such as 443 and 5061, have no XMPP. ejabberd 23.01 ends the " +
			"attempt where it gets TCP but no direct TLS, never tries the good record, and then bounces all messages " +
			"for up to 300 s before it tries again. Prosody 0.12.3 tries the record before all of " +
			"`_xmpp-server._tcp`, whatever its priority, and loses 20 s for each address that is silent.",
		Source: "XEP-0368, SRV records for XMPP over TLS; Microsoft, \"DNS summary - Extensible Messaging and " +
			"Presence Protocol\" (Lync Server 2013), which has no such record; docs/partners.md, X13, X14 and X24.",
		Fix: "Remove the record before the change. If a NAT device takes that port of the address to another " +
			"server, or the record cannot be removed in time, accept the finding and say so:\n\n" +
			"    accept \"EP2028\" {\n" +
			"      reason = \"Port 5270 of 203.0.113.11 goes to the chat server.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2031",
		Severity: hcl.DiagError,
		Summary:  "unknown address would be removed",
		Means: "The host that moves has an address in public DNS that no Edge pool of the spec has, and the failover " +
			"would delete it.",
		Why: "Either the spec lacks an address of the pool that is left, and the rollback then does not " +
			"restore what it seems to; or the name serves something that the plan does not know and that would lose " +
			"its address.",
		Source: "edgeplan.",
		Fix: "Give each Edge Server its `public_ipv4` and `public_ipv6`, also those of the pool that failed. " +
			"If something else has the address, give that a name of its own first; or accept the finding and say " +
			"what the address is.",
		Acceptable: true,
	},
	{
		Code:     "EP2032",
		Severity: hcl.DiagError,
		Summary:  "set has a routing policy of Route 53",
		Means: "The zone is delivered to Route 53, and the comment of a record, as cli53 export writes it, says " +
			"that its set has a routing policy: weighted, latency, failover, geolocation or multivalue.",
		Why: "Route 53 tells such sets apart by their SetIdentifier. The change batch of the plan gives none, " +
			"so Route 53 would refuse it in the change window.",
		Source: "Amazon, Route 53 API Reference, ResourceRecordSet (SetIdentifier); cli53, export.",
		Fix: "Replace the sets by one simple set before the failover and export the zone again, or change them " +
			"by hand and leave the name out of the spec. If the policy is gone already, remove the comment.",
	},
	{
		Code:     "EP2034",
		Severity: hcl.DiagError,
		Summary:  "name is proxied by Cloudflare",
		Means: "The comment of an address at a name of the plan, as the export of Cloudflare writes it, says that " +
			"the name is proxied: `cf_tags=cf-proxied:true`.",
		Why: "Resolvers then get addresses of Cloudflare and not those of the record. Its proxy takes HTTP, so " +
			"no XMPP server reaches the pool; and stage Preflight, which compares the answers with the file, would " +
			"fail.",
		Source: "Cloudflare DNS documentation, \"Proxy status\" and \"Import and export records\".",
		Fix: "Set the record to DNS only before the failover, and export the zone again. If it is DNS only " +
			"already, remove the comment from the file.",
	},
	{
		Code:     "EP3002",
		Severity: hcl.DiagWarning,
		Summary:  "TTL is longer than the window",
		Means:    "A record that changes may stay in the caches of resolvers for longer than the change window.",
		Why: "A resolver keeps the old answer until its TTL has run out. Some partners then still try the " +
			"failed pool after the window, and a rollback is just as slow.",
		Source: "Microsoft, \"Configure federation routes and media traffic\" (Lync Server 2013), which lowers the " +
			"TTL first; RFC 2181, section 5.2; RFC 2308 (answers that a record does not exist).",
		Fix: "Lower the TTL of the record, for example to 300, at least one old TTL before the window, and " +
			"export the zone again. In a disaster it is too late for that: plan for the wait.",
	},
	{
		Code:     "EP3006",
		Severity: hcl.DiagWarning,
		Summary:  "SRV of another pool comes first",
		Means: "After the change an SRV record of the failed pool, or of another than the target, still has the " +
			"lowest priority number. In a preparation: one of a pool that no site is routed to has it.",
		Why: "The lowest number is tried first. Microsoft's text says highest priority, which is easily read as " +
			"the largest number. A partner gets past a failed pool only while TCP to it fails: at once if it " +
			"refuses, after 20 s for each silent address with Prosody 0.12.3, after 10 s with ejabberd 23.01, which " +
			"gives up at two silent addresses if it uses dialback. Where the failed pool still takes the connection, " +
			"and answers with an error or not at all, the next record is never tried. Once it is repaired, partners " +
			"connect to a pool that has no route.",
		Source: "RFC 2782 (Priority); Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync " +
			"Server 2013), the note on priorities; docs/partners.md, X1 to X4, X30 and X31.",
		Fix: "Give the record of the target pool the lowest number, or remove the record of the failed pool.",
	},
	{
		Code:     "EP3009",
		Severity: hcl.DiagWarning,
		Summary:  "IPv6 without AAAA record",
		Means: "The topology has public IPv6 addresses, but a name that moves has no AAAA record after the " +
			"change, or it has one today and loses it because the target pool has no IPv6. Or edgeplan cannot say " +
			"whose an AAAA record is.",
		Why: "XMPP uses IPv6 when the topology has it. Partners that prefer IPv6 cannot find the pool, or they " +
			"still find an old address of the failed one.",
		Source: "Microsoft, \"Determine DNS requirements\" and \"DNS summary - Extensible Messaging and Presence " +
			"Protocol\" (Lync Server 2013); RFC 3596.",
		Fix: "Give each server of the target pool its `public_ipv6`, or leave IPv6 out of the spec if the " +
			"Access Edge service does not use it.",
	},
	{
		Code:     "EP3010",
		Severity: hcl.DiagWarning,
		Summary:  "SIP domain without managed zone",
		Means:    "A `sip_domain` with XMPP lies in no `dns_zone` of the spec, so its SRV record is not in the plan.",
		Why: "Each SIP domain has its own SRV record. If this one is missing or points at the failed pool, " +
			"partners of this domain stay cut off while all others work.",
		Source: "Microsoft, \"DNS summary - Extensible Messaging and Presence Protocol\" (Lync Server 2013): the " +
			"records are repeated for each SIP domain.",
		Fix: "Add a `dns_zone` for the domain with its zone file, or have whoever runs it check " +
			"`_xmpp-server._tcp` below the domain.",
	},
	{
		Code:     "EP3015",
		Severity: hcl.DiagWarning,
		Summary:  "later SRV target has no address",
		Means: "An SRV record of federation that does not come first points at a name in a managed zone that has no " +
			"address there, or at \".\".",
		Why: "Prosody 0.12.3 and ejabberd 23.01 skip such a record at once, so that it costs no time. It is no " +
			"fallback either: when TCP to the records before it fails, partners reach no pool, though the zone seems " +
			"to name one more pool. Often it is the record of a pool that is gone.",
		Source: "RFC 2782 (Target, and the order in which targets are tried); docs/partners.md, X9, X21 and X22.",
		Fix:    "Add the address record, or remove the SRV record.",
	},
	{
		Code:     "EP3016",
		Severity: hcl.DiagWarning,
		Summary:  "direct TLS records do not follow",
		Means:    "The zone has SRV records `_xmpps-server._tcp` for a SIP domain of the plan.",
		Why: "With them a domain offers XMPP over TLS from the first byte. Prosody 0.12.3 tries all of them " +
			"before it even asks for `_xmpp-server._tcp`, whatever their priority. ejabberd 23.01 mixes both sets by " +
			"priority, as the standard has it. Edge Servers have only STARTTLS on port 5269, so the records belong " +
			"to another server, or to nothing; the failover does not move them, and partners that connect there " +
			"never reach the new pool.",
		Source: "XEP-0368, SRV records for XMPP over TLS; Microsoft, \"DNS summary - Extensible Messaging and " +
			"Presence Protocol\" (Lync Server 2013), which has no such record; docs/partners.md, X13 and X14.",
		Fix: "Find out what the records are for. If nothing answers there, remove them; otherwise accept the " +
			"finding and say what does. Records that lead to an Edge pool are EP2028.",
	},
	{
		Code:     "EP3017",
		Severity: hcl.DiagWarning,
		Summary:  "wildcard no longer answers",
		Means: "The plan adds a name, and with it maybe names above such as `_tcp` below the domain, that do not " +
			"exist today and for which a wildcard answers.",
		Why: "A wildcard answers only for names that do not exist. Once `_xmpp-server._tcp.contoso.com` exists, " +
			"so does `_tcp.contoso.com`, and `*.contoso.com` answers for nothing below that. What relied on it gets " +
			"\"no such name\".",
		Source: "RFC 4592, sections 2.2.1 (existence) and 3.3.1 (closest encloser).",
		Fix: "Ask whether anything uses names below the one that is shown. If so, add records of their own, or " +
			"a second wildcard there.",
	},
	{
		Code:     "EP3022",
		Severity: hcl.DiagWarning,
		Summary:  "route and DNS disagree today",
		Means: "The sites are routed to one Edge pool, and public DNS leads partners to another one, before " +
			"anything is changed.",
		Why: "Partners connect to a pool that is not designated for their federation, so that may be " +
			"broken already, or half of an earlier change may be in place. The record of the change then cannot say " +
			"what works before it.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013), steps 3 to " +
			"5, which move route and DNS together.",
		Fix: "Ask `Get-CsSite` and the DNS server, and correct the spec or the zone file. If both are right, " +
			"accept the finding and say how this came about.",
	},
}
