package diag

import "github.com/hashicorp/hcl/v2"

// zoneFileRules are codes EP2xxx and EP3xxx about what a zone file says and whether servers read
// it. See languageRules for the form of the texts.
var zoneFileRules = []Rule{
	{
		Code:     "EP2021",
		Severity: hcl.DiagError,
		Summary:  "zone cannot be edited",
		Means: "The zone file is DNSSEC-signed, a record to change is made by `$GENERATE` or is in a file that is " +
			"included more than once, or a CNAME record is at a name of the plan that needs another record or has " +
			"one.",
		Why: "A signature no longer fits a record that was changed, and resolvers that validate then refuse the " +
			"answer. A line that makes many records cannot be changed for one. A change in a file that is included " +
			"more than once would be made at each of these places. There can be no other data beside a CNAME, and " +
			"BIND, Knot DNS and others do not load a zone that has some.",
		Source: "RFC 4035 (DNSSEC); RFC 1034, section 3.6.2, and RFC 2181, section 10.1 (CNAME).",
		Fix: "Use the unsigned source of the zone and let the DNS server sign it. Write the record out instead " +
			"of `$GENERATE`. Include the file once, or give each `$INCLUDE` line a file of its own. Replace the " +
			"CNAME record with address records, or remove it where they are beside it.",
	},
	{
		Code:     "EP2023",
		Severity: hcl.DiagError,
		Summary:  "serial cannot be used",
		Means: "The `serial` of a zone is a number that does not come after the serial in the zone file, or " +
			"`date` without a `window_start` to take the day from.",
		Why: "A secondary server takes a zone only with a serial that comes after its own. Serials are compared " +
			"in a ring: a number comes after another if it is ahead of it by less than 2147483648. With any other " +
			"number the secondary servers go on giving the old records.",
		Source: "RFC 1982; RFC 1034, section 4.3.5.",
		Fix:    "Leave `serial` out: edgeplan then raises the present one. Or give a number that comes after it.",
	},
	{
		Code:     "EP2024",
		Severity: hcl.DiagError,
		Summary:  "TTLs of one set differ",
		Means: "The records of one name and type that the plan touches have different TTLs in the zone file. " +
			"Often a TTL was shortened on one line and forgotten on the next.",
		Why: "A set has one TTL, so each server makes it one in its own way: BIND takes the first of the " +
			"file, Knot DNS the last, and others refuse the file. What resolvers were told, and how long to wait for " +
			"them, cannot be read from the file.",
		Source: "RFC 2181, section 5.2; named-compilezone of BIND 9.18, which says \"TTL set to prior TTL\".",
		Fix: "Give all records of the set the TTL that is meant, and export the zone again. If the finding is " +
			"accepted, the plan writes the smallest of them in all records and computes the waiting times from the " +
			"largest. A rollback then gives all of them the largest.",
		Acceptable: true,
	},
	{
		Code:     "EP2025",
		Severity: hcl.DiagError,
		Summary:  "name is delegated to another zone",
		Means: "NS records below the top of the zone hand a name of the plan to another zone, or a DNAME record " +
			"above the name renames it.",
		Why: "Records below a delegation are not part of the zone: a server answers with the name servers of " +
			"the other zone, whatever this file says. The edit would look right and change nothing.",
		Source: "RFC 1034, section 4.2.1, and RFC 2181, section 6 (zone cuts); RFC 6672, section 2.4 (DNAME).",
		Fix: "Declare a `dns_zone` for the other zone with its file. If another team or provider runs it, " +
			"agree the change with them and accept the finding: the plan then leaves these records out.\n\n" +
			"    accept \"EP2025\" {\n" +
			"      reason = \"The branch changes its own zone, ticket 4711.\"\n" +
			"    }",
		Acceptable: true,
	},
	{
		Code:     "EP2026",
		Severity: hcl.DiagError,
		Summary:  "SRV target lost its final dot",
		Means: "The target of an XMPP SRV record has no address, and is a known name with the name of the zone " +
			"added, such as sip2.contoso.com.contoso.com.",
		Why: "In a zone file a name without a dot at its end is relative to the origin, which is added to it. " +
			"Partners look up the longer name, find nothing, and do not fall back to the address of the domain.",
		Source: "RFC 1035, section 5.1 (relative names); RFC 2782 (Target).",
		Fix: "Write the target with a dot at its end, or without the name of the zone:\n\n" +
			"    _xmpp-server._tcp  IN SRV 0 0 5269 sip2.contoso.com.",
	},
	{
		Code:     "EP2027",
		Severity: hcl.DiagError,
		Summary:  "SRV target is an address",
		Means:    "The target of an XMPP SRV record is written as an IP address.",
		Why: "DNS reads it as a host name of four labels, for which there is no address record. The record " +
			"looks right, but no partner can connect with it.",
		Source: "RFC 2782 (Target), which is a domain name.",
		Fix: "Give a host an address record and name that host:\n\n" +
			"    xmpp               IN A   203.0.113.11\n" +
			"    _xmpp-server._tcp  IN SRV 0 0 5269 xmpp",
	},
	{
		Code:     "EP2029",
		Severity: hcl.DiagError,
		Summary:  "record at name of plan not understood",
		Means: "At a name of the plan the zone file has a record of a type that edgeplan does not know, such as " +
			"LUA or ALIAS, or a word that is no type, such as AA for A or INN for IN.",
		Why: "The plan adds and removes records there and takes what it understands for all that there is. A " +
			"server that works out its answers, or one that refuses the line, does something else: the name gets two " +
			"kinds of answers, or the zone is not loaded.",
		Source: "IANA, Resource Record (RR) TYPEs; PowerDNS 4.7.3, Lua records and ALIAS records; named-checkzone " +
			"of BIND 9.18, \"unknown RR type\".",
		Fix: "Correct the word. Where the server makes the answers, replace the record by plain A, AAAA or SRV " +
			"records before the failover, or move the name by hand and leave it out of the spec.",
	},
	{
		Code:     "EP2030",
		Severity: hcl.DiagError,
		Summary:  "line looks like one of the plan",
		Means: "The zone file has a record of another name that was probably meant for a name of the plan: a " +
			"no-break space or another odd character is in the owner, a slash or a number sign before it where a " +
			"semicolon was meant, a blank or a word before the name, the final dot is missing, or the owner of an " +
			"SRV record lacks an underscore or has a dot, a hyphen and an underscore exchanged.",
		Why: "DNS servers take it for a record of another name, or refuse the file. The plan does not count " +
			"it, so the set that it was meant for may be taken for new.",
		Source: "RFC 1035, section 5.1: a line that begins with a blank has the owner of the line before, a " +
			"comment begins with a semicolon; named-checkzone of BIND 9.18.",
		Fix: "Correct the line where the zone is kept, and export the zone again. If the line is right, " +
			"accept the finding and say what it is for: the plan leaves it as it is.",
		Acceptable: true,
	},
	{
		Code:     "EP2033",
		Severity: hcl.DiagError,
		Summary:  "an unread $INCLUDE could hold planned records",
		Means: "The zone file, or one that it includes, has an `$INCLUDE` line whose file edgeplan cannot read, " +
			"and the plan has record sets in that zone. An included file may hold records of any name of the zone.",
		Why: "A set of which only a part is seen would be changed in part: the address of the failed pool would " +
			"stay beside the new one. What cannot be read is not the same as what is not there.",
		Source: "RFC 1035, section 5.1 (`$INCLUDE`); BIND 9.18.49 counts its path from the server's `directory`.",
		Fix: "As the finding says. A file that is missing: put it into the folder of the spec, under the path " +
			"of the `$INCLUDE` line. A path that leads elsewhere on the server: say with `includes` which file of " +
			"the folder to read for it. Two files that both fit: remove the one that the name server does not take.",
	},
	{
		Code:     "EP2035",
		Severity: hcl.DiagError,
		Summary:  "name servers refuse a line",
		Means: "A record anywhere in the zone file has data that its type cannot have, such as an address that " +
			"is none, a number that is too large or a field too few, or a directive such as $GENERATE is wrong.",
		Why: "A name server refuses the whole file for one such line. It then goes on with the old zone, or, " +
			"after a restart, has none: the change does not take effect, however right its own lines are.",
		Source: "The RFC of the type, as named-checkzone of BIND 9.18 reads it; docs/dns.md, the differences " +
			"between the two.",
		Fix: "Correct the line where the zone is kept, and export the zone again. If your server loads the " +
			"file as it is, accept the finding and say which server that is.",
		Acceptable: true,
	},
	{
		Code:     "EP2036",
		Severity: hcl.DiagError,
		Summary:  "BIND does not load such a zone",
		Means: "The zone file has a record that is right by itself, but against a rule for primary zones: a " +
			"CNAME record beside other data, a name server of the zone without an address, a host name with an " +
			"underscore, a DS record at the top of the zone, more than 100 records in a set and so on.",
		Why: "With its default settings BIND 9.18 does not load such a zone. It goes on with the old one, or, " +
			"after a restart, has none.",
		Source: "BIND 9.18, `check-names`, `check-integrity`, `max-records-per-type` and what named-checkzone " +
			"says with `-k fail`; RFC 1034, section 3.6.2 (CNAME); RFC 952 and RFC 1123 (host names).",
		Fix: "Correct the record where the zone is kept, and export the zone again. If the server is no BIND, " +
			"or has another setting, accept the finding and say so. Only zones with `delivery = \"zone-file\"` are " +
			"looked at.",
		Acceptable: true,
	},
	{
		Code:     "EP3011",
		Severity: hcl.DiagWarning,
		Summary:  "$INCLUDE is not read",
		Means: "A zone file has an `$INCLUDE` line whose file edgeplan cannot read. The plan has no record set in " +
			"that zone, else this would be EP2033; but names of the spec are in it.",
		Why: "A record there could be one that the plan relies on, such as an address of a pool to which SRV " +
			"records point. edgeplan does not check it.",
		Source: "RFC 1035, section 5.1 (`$INCLUDE`).",
		Fix: "Put the included file into the folder of the spec, as for EP2033; or accept the finding and say " +
			"who has checked.",
	},
	{
		Code:     "EP3014",
		Severity: hcl.DiagWarning,
		Summary:  "record occurs twice",
		Means:    "A set that the plan touches has the same record on two lines of the zone file.",
		Why: "DNS servers take the two for one, so nothing is wrong today. Whoever changes one of them by hand " +
			"later has both the old record and the new one.",
		Source: "RFC 2181, section 5 (a set has no two equal records).",
		Fix: "Remove one of the two lines. The plan counts them as one; if it changes the record, it rewrites " +
			"one line and removes the other.",
	},
	{
		Code:     "EP3018",
		Severity: hcl.DiagWarning,
		Summary:  "record is outside its zone",
		Means: "The zone file has a record whose owner is not in the zone and which is not the address of one of " +
			"its name servers.",
		Why: "BIND says \"ignoring out-of-zone data\" and leaves it out. Often it was meant for a name of the " +
			"zone, and the name that its owner believes to be there is missing.",
		Source: "RFC 1034, section 4.2.1 (what a zone holds); named-compilezone of BIND 9.18.",
		Fix:    "Correct the owner or the `$ORIGIN` above it, or move the record to the zone that it belongs to.",
	},
	{
		Code:     "EP3019",
		Severity: hcl.DiagWarning,
		Summary:  "zone file spells name in UTF-8",
		Means:    "The zone file has a name of the plan in UTF-8 instead of its A-labels.",
		Why: "Resolvers ask for the A-labels, which begin with xn--. A server takes the octets of UTF-8 as " +
			"another name, so the record answers none of them, and BIND refuses addresses of such a name. The plan " +
			"does not count it.",
		Source: "RFC 5890, section 2.3.2.1 (A-labels and U-labels); named-compilezone of BIND 9.18, \"bad owner " +
			"name\".",
		Fix: "Write the A-labels in the zone file. The finding shows them.",
	},
	{
		Code:     "EP3020",
		Severity: hcl.DiagWarning,
		Summary:  "time with several units",
		Means:    "A `$TTL`, a number of the SOA record or the TTL of a record has more than one unit, such as 1h30m.",
		Why: "PowerDNS takes the first number and the last unit, so that $TTL 1h30m is 60 seconds there, and " +
			"says nothing; as the TTL of a record it refuses it. The waits of the plan count with what BIND, NSD and " +
			"Knot DNS read.",
		Source: "PowerDNS 4.7.3, BIND 9.18.49, NSD 4.6.1 and Knot DNS 3.2.6, measured. RFC 1035, section 5.1, has " +
			"plain numbers only.",
		Fix: "Write the number of seconds, 5400 for 1h30m. If no server of the zone is PowerDNS, accept the " +
			"finding and say so.",
	},
	{
		Code:     "EP3021",
		Severity: hcl.DiagWarning,
		Summary:  "record without TTL and $TTL",
		Means: "The zone file has a record without a TTL, and no `$TTL` above it. A zone that the script edits on " +
			"a Windows DNS server (`delivery = \"windows-dns\"`) is left out: its exports are like that.",
		Why: "Servers give such a record different TTLs: the minimum field of the SOA record, the TTL of the " +
			"record before, or 3600. The plan may wait for the wrong time, and an update that names the TTL may be " +
			"refused.",
		Source: "RFC 2308, section 4; BIND 9.18.49, NSD 4.6.1, Knot DNS 3.2.6 and PowerDNS 4.7.3, measured.",
		Fix: "Write a `$TTL` at the head of the file, or a TTL into each record: the one that the server gives " +
			"today.",
	},
	{
		Code:     "EP3025",
		Severity: hcl.DiagWarning,
		Summary:  "record type is not known",
		Means: "The zone file has a line that is read as a record of a type that edgeplan does not know, at a " +
			"name that is not of the plan.",
		Why: "BIND, NSD and Knot DNS refuse a whole file with a type that they do not know. Often it is a slip: " +
			"a blank inside a name, a class such as INN, a line that should be a comment. The record that was meant " +
			"is then not there.",
		Source: "named-checkzone of BIND 9.18, \"unknown RR type\"; IANA, Resource Record (RR) TYPEs.",
		Fix: "Correct the line. If your DNS server has such a type, accept the finding and say which server it " +
			"is.",
	},
}
