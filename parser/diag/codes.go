package diag

import "github.com/hashicorp/hcl/v2"

// languageRules are the codes EP1xxx: a spec that does not say something clear. A code
// is never reused and never changes its meaning.
//
// The texts are paragraphs with an empty line between them; a line that starts with
// four spaces is code. Words in backquotes are names from the language.
var languageRules = []Rule{
	{
		Code:     "EP1001",
		Severity: hcl.DiagError,
		Summary:  "syntax error",
		Means: "The file is not well-formed: a bracket, quote or equals sign is missing or in the wrong place, or " +
			"a block header has too many or too few labels.",
		Why: "A file that can be read in more than one way must not decide what is stopped and started. Nothing " +
			"after the first syntax error of a block can be relied on, so no plan is made.",
		Source: "HCL native syntax specification, sections \"Syntax Notation\" and \"Structural Elements\".",
		Fix: "Look at the place that is shown and at the line before it: an unclosed bracket or quote is often " +
			"noticed only later. `edgeplan fmt -d` shows how edgeplan would format a file that can be read. An " +
			"argument and a block look like this:\n\n" +
			"    site \"Site2\" {\n" +
			"      federation_route = edge_pool.EdgePool2\n" +
			"    }",
	},
	{
		Code:     "EP1002",
		Severity: hcl.DiagError,
		Summary:  "unknown argument",
		Means:    "The block has an argument that the language does not know in this kind of block.",
		Why: "A misspelt argument that was ignored would leave its default in force, and the plan would not do " +
			"what its author wrote. So an argument that means nothing is an error.",
		Source: "docs/language.md, the table of arguments for each block.",
		Fix: "Correct the spelling, or move the argument to the block that it belongs to. If it is only a value " +
			"to use elsewhere, put it in a `locals` block.",
	},
	{
		Code:     "EP1003",
		Severity: hcl.DiagError,
		Summary:  "unknown block type",
		Means:    "There is a block of a type that the language does not know at this place.",
		Why: "A block that was skipped could be an Edge pool or a DNS zone that the plan then leaves out. So " +
			"every block must be understood.",
		Source: "docs/language.md, the list of blocks.",
		Fix: "Correct the spelling, or move the block: `xmpp`, `certificate` and `server` belong inside an " +
			"`edge_pool`, `change` and `accept` inside a `failover`, all others at the top level of the file. If it " +
			"is meant as an argument with an object value, put an equals sign before the brace.",
	},
	{
		Code:     "EP1004",
		Severity: hcl.DiagError,
		Summary:  "missing argument",
		Means:    "An argument or an inner block that this block needs is not there.",
		Why: "Edgeplan does not guess host names, routes or ports: a guess that is wrong is found in the change " +
			"window, on a server that is already stopped.",
		Source: "docs/language.md, the arguments marked as required.",
		Fix:    "Add the argument or the block that the finding names. `null` counts as not set.",
	},
	{
		Code:     "EP1005",
		Severity: hcl.DiagError,
		Summary:  "wrong type",
		Means: "A value is of a type that cannot be used there, such as a text for a number, `null` in a template " +
			"or an object for a list, or a function is given arguments that it does not take.",
		Why: "Values are converted only where nothing can be lost. Anything looser would put a text into a " +
			"script that is not in the spec.",
		Source: "HCL native syntax specification, section \"Types\"; docs/language.md, the type of each argument.",
		Fix: "Give a value of the type that the finding names. Write numbers, `true` and `false` without " +
			"quotes, and a list in square brackets:\n\n" +
			"    listening_port = 5269\n" +
			"    partners       = [\"jabber.example.org\"]",
	},
	{
		Code:     "EP1006",
		Severity: hcl.DiagError,
		Summary:  "unknown reference",
		Means: "An expression refers to something that is not declared in any file of the spec, or calls a " +
			"function that does not exist.",
		Why: "A reference is how a plan knows that two places mean the same site or pool. One that leads " +
			"nowhere is a misspelling or a block that was left out.",
		Source: "docs/language.md, sections on references and functions.",
		Fix: "Declare the block, or correct the name; upper and lower case are different. Write a label that is " +
			"not an identifier in brackets:\n\n" +
			"    to = edge_pool[\"Edge Pool 2\"]",
	},
	{
		Code:     "EP1007",
		Severity: hcl.DiagError,
		Summary:  "declared twice",
		Means: "A block has the same label as another of its type, or one that differs only in upper and lower " +
			"case, or in how an international name is spelled; a block of which there can be only one occurs " +
			"twice; an argument or a local value is set twice; or a map has a key twice.",
		Why: "Host names, sites and pools are the same at a real server whatever their case, so two such blocks " +
			"describe one thing. Which of them is true cannot be known, and the wrong one could stop the wrong " +
			"servers.",
		Source: "docs/language.md, the list of blocks; RFC 4343 (DNS names and upper and lower case).",
		Fix:    "Remove one of the two, or give it another name. The finding shows where the first one is.",
	},
	{
		Code:     "EP1008",
		Severity: hcl.DiagError,
		Summary:  "unknown word",
		Means:    "The value is not one of the words that this argument can have.",
		Why: "These words choose the product, the order of the steps or the way a zone is delivered. There is " +
			"no safe default for an unknown word: `reason = \"planed\"` must not become a disaster.",
		Source: "docs/language.md, the words listed for each argument.",
		Fix:    "Use one of the words that the finding lists, in lower case as shown there.",
	},
	{
		Code:     "EP1009",
		Severity: hcl.DiagError,
		Summary:  "malformed value",
		Means: "The value has the right type but not the right form: a port that is not a whole number from 1 to " +
			"65535, a time that is not RFC 3339, a date that is not written as year, month and day, an address that " +
			"is not an IP address, an address in place of the name of a Windows DNS server, a name of a `failover` " +
			"that cannot be a folder name or is one of a file in a package, or a label, ticket, summary or reason " +
			"that is empty.",
		Why: "These values go unchanged into scripts, zone files and folder names. A date or address that can " +
			"be read in two ways would be found out only in the change window.",
		Source: "RFC 3339 (times), RFC 4291 and RFC 791 (addresses); docs/language.md, the form of each argument.",
		Fix: "Write the value in the form that the finding names:\n\n" +
			"    window_start = \"2026-12-05T22:00:00Z\"\n" +
			"    not_after    = \"2027-06-30\"\n" +
			"    public_ipv4  = \"198.51.100.21\"",
	},
	{
		Code:     "EP1010",
		Severity: hcl.DiagError,
		Summary:  "nested too deep or too large",
		Means: "A file or a value is larger than edgeplan reads, or brackets, quotes or operators are nested " +
			"deeper than it follows.",
		Why: "A spec for a real deployment stays far below these limits. They keep a damaged or hostile file " +
			"from using up the memory of the machine that checks it.",
		Source: "docs/language.md, the limits.",
		Fix: "Split the expression and keep a part of it in a `locals` block. If a zone file or a list is " +
			"really that large, leave out what the failover does not need.",
	},
	{
		Code:     "EP1011",
		Severity: hcl.DiagError,
		Summary:  "file cannot be read",
		Means:    "A file or folder that was named does not exist, may not be read, or failed while it was read.",
		Why: "A plan from part of a spec could leave out a pool or a zone. So no plan is made until every file " +
			"has been read.",
		Source: "docs/language.md, the section on files.",
		Fix: "Check the name, with its upper and lower case, and the permissions. The name of a zone file is " +
			"relative to the folder of the spec.",
	},
	{
		Code:     "EP1012",
		Severity: hcl.DiagError,
		Summary:  "path outside the spec folder",
		Means: "The zone file, or a file that `includes` gives for an `$INCLUDE` line, is named by an absolute " +
			"path, by a path with `..`, or by a symbolic link that leads out of the folder of the spec.",
		Why: "A spec is reviewed as one folder. A file elsewhere can change without review and differs from " +
			"machine to machine, and a spec from another author must not read any file it likes.",
		Source: "docs/language.md, the section on files.",
		Fix: "Copy the file into the folder of the spec and give its name relative to that folder:\n\n" +
			"    file = \"contoso.com.zone\"",
	},
	{
		Code:     "EP1013",
		Severity: hcl.DiagError,
		Summary:  "zone file cannot be read as zone",
		Means: "The file is not a DNS master file of the zone: a line breaks its syntax, the text is UTF-16, " +
			"begins with a byte order mark or holds NUL bytes, a record has another class than IN, there is no SOA " +
			"record of the zone or more than one, or no NS record of it.",
		Why: "Edgeplan changes the exported file in place and keeps the rest of it byte for byte. That is safe " +
			"only if every record was understood: a DNS server that refuses the new file answers nothing for the " +
			"whole domain.",
		Source: "RFC 1035, sections 5.1 (the format of master files) and 5.2 (one class, one SOA record, and NS " +
			"records); BIND 9.18 and Knot DNS, which do not load a zone without them. The SOA need not come first.",
		Fix: "Export the zone again from the external DNS server as plain text in UTF-8. Redirecting output in " +
			"Windows PowerShell writes UTF-16; save that file as UTF-8 without a byte order mark. Correct the line " +
			"that is shown, and keep exactly one SOA record: a zone transfer, as dig shows it, has a second one at " +
			"its end.",
	},
	{
		Code:     "EP1014",
		Severity: hcl.DiagError,
		Summary:  "not yet supported",
		Means: "The language has this word, but this version of edgeplan cannot make a plan for it: a `prepare` block " +
			"in a spec without XMPP federation.",
		Why: "A preparation gives the records of XMPP federation short TTLs. Those of SIP federation it does not " +
			"touch, so that there would be nothing in the plan.",
		Source: "docs/language.md, the arguments of `prepare`.",
		Fix: "Lower the TTLs of `_sipfederationtls._tcp` of each SIP domain, and of the name that it points at, by hand " +
			"ahead of a failover; remove the block.",
	},
	{
		Code:     "EP1015",
		Severity: hcl.DiagError,
		Summary:  "finding cannot be accepted",
		Means:    "An `accept` block names a code that does not exist, or an error that no `accept` block can accept.",
		Why: "An acceptance is for a risk that a person can take responsibility for. With an error such as a " +
			"missing address there is nothing to run, whoever agrees to it.",
		Source: "docs/language.md, the `accept` block.",
		Fix: "Correct the code, or remove the block and fix what the finding reports. `edgeplan explain CODE` " +
			"says whether a finding can be accepted.",
	},
	{
		Code:     "EP1016",
		Severity: hcl.DiagWarning,
		Summary:  "accepted finding does not occur",
		Means:    "An `accept` block names a finding that this failover does not have.",
		Why: "The change record would ask approvers to accept a risk that does not exist. Left in place, the " +
			"block would also accept the finding without a review if it came back later.",
		Source: "docs/language.md, the `accept` block.",
		Fix:    "Remove the block. If the finding should be there, check that the block is in the right `failover`.",
	},
	{
		Code:     "EP1017",
		Severity: hcl.DiagError,
		Summary:  "source pool not clear",
		Means: "The `failover` has no `from`, and the routes of the sites, of the federation that moves, do not " +
			"name exactly one pool besides the target.",
		Why: "The source decides which routes and DNS records change and what the rollback restores. A wrong " +
			"guess would leave the failed pool in use.",
		Source: "Microsoft, \"Failing over the Edge pool used for XMPP federation\" (Lync Server 2013): one Edge " +
			"pool is designated for XMPP federation; docs/language.md, the `failover` block.",
		Fix: "Name the pool, and check the routes against what `Get-CsSite` shows today:\n\n" +
			"    from = edge_pool.EdgePool1",
	},
	{
		Code:     "EP1018",
		Severity: hcl.DiagError,
		Summary:  "no failover block",
		Means: "The spec describes a topology and has no block that asks for a plan: `failover`, `prepare`, `matrix`, `media` or " +
			"`next_hop`.",
		Why: "`plan`, `build` and `diff` work on these blocks, and without one they have nothing to do. An " +
			"empty result could be taken for a plan that changes nothing.",
		Source: "docs/language.md, the blocks that ask for a plan.",
		Fix: "Add a `failover` block, or use `edgeplan check` if only the topology is to be checked. If the " +
			"block is in another file, check that the name of the file ends in `.edge.hcl`.",
	},
	{
		Code:     "EP1023",
		Severity: hcl.DiagError,
		Summary:  "not a plain text in UTF-8",
		Means: "The file is not a text in UTF-8 with line ends of Windows or Unix: it is UTF-16 or UTF-32, in a " +
			"code page such as Windows-1252, a document, archive or program, or it has NUL bytes or carriage returns " +
			"that end no line.",
		Why: "A spec is reviewed as text. Bytes that one editor shows and another hides, or that mean another " +
			"letter in another code page, could make the plan another one than the reviewer saw.",
		Source: "HCL native syntax specification, section \"Source Code Representation\": UTF-8. In Windows " +
			"PowerShell 5.1 `>` and Out-File write UTF-16.",
		Fix: "Save the file as UTF-8; a byte order mark does no harm in a spec. Notepad: \"Save as\", Encoding: " +
			"UTF-8. Windows PowerShell:\n\n" +
			"    Get-Content old.edge.hcl | Set-Content -Encoding UTF8 new.edge.hcl",
	},
	{
		Code:     "EP1024",
		Severity: hcl.DiagError,
		Summary:  "lines inside template markers keep their indentation",
		Means: "A heredoc that begins with `<<-` has lines between two markers such as `%{ if ... }` and `%{ " +
			"endif }`. The indentation is taken off the lines outside of the markers only.",
		Why: "The lines would go into the change record with the indentation of the spec, and nothing else " +
			"would show it.",
		Source: "HCL native syntax specification, section \"Template Expressions\" (flush heredocs); hclsyntax, " +
			"which takes the indentation off the parts of the heredoc itself.",
		Fix: "Begin the text with `<<` and write its lines without indentation, or keep the markers and what is " +
			"between them in one line:\n\n" +
			"    summary = <<-EOT\n" +
			"      Move XMPP federation%{ if local.test } (test)%{ endif }\n" +
			"      EOT",
	},
}
