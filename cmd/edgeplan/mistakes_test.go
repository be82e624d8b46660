package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// mistake is one that people make: an edit of the spec in testdata/mistakes, or of its zone
// file. The whole of what check says is in testdata/mistakes/messages.txt: it is for a reader
// who has never seen the manual.
type mistake struct {
	name     string
	old, new string // text of the file, once there; old "": new comes behind the last line
	file     string // "": the spec
	more     map[string]string
	rename   string // the file has this name
}

const mistakenZone = "contoso.com.zone"

// fromTerraform are mistakes of people who know Terraform or another language of this kind.
var fromTerraform = []mistake{
	{name: "resource", old: `edge_pool "Dublin" {`, new: `resource "edge_pool" "Dublin" {`},
	{name: "data", old: `dns_zone "contoso.com" {`, new: `data "dns_zone" "contoso.com" {`},
	{name: "variable", new: "variable \"target\" {\n  default = \"Frankfurt\"\n}\n"},
	{name: "output", new: "output \"pool\" {\n  value = edge_pool.Frankfurt\n}\n"},
	{name: "provider", new: "provider \"dns\" {\n  server = \"192.0.2.53\"\n}\n"},
	{name: "module", new: "module \"pools\" {\n  source = \"./pools\"\n}\n"},
	{name: "terraform", new: "terraform {\n  required_version = \">= 1.5\"\n}\n"},
	{name: "local block", new: "local {\n  domain = \"contoso.com\"\n}\n"},
	{name: "locals.x", old: `"ns1.contoso.net"`, new: "locals.server", more: map[string]string{"l.edge.hcl": "locals {\n  server = \"ns1.contoso.net\"\n}\n"}},
	{name: "var.x", old: `to          = edge_pool.Frankfurt`, new: `to          = var.target`},
	{name: "count", old: `    public_ipv4 = "198.51.100.21"`, new: "    count       = 2\n    public_ipv4 = \"198.51.100.21\""},
	{name: "for_each", old: "sip_domain \"contoso.com\" {\n", new: "sip_domain \"contoso.com\" {\n  for_each = toset([\"contoso.com\"])\n"},
	{name: "depends_on", old: `federation  = "xmpp"`, new: "depends_on  = [edge_pool.Dublin]\n  federation  = \"xmpp\""},
	{name: "lifecycle", old: `  xmpp {}`, new: "  xmpp {}\n\n  lifecycle {\n    prevent_destroy = true\n  }"},
	{name: "each.key", old: `"ns1.contoso.net"`, new: `"ns1.${each.key}"`},
	{name: "block as argument", old: "  change {", new: "  change = {"},
	{name: "argument as block", old: `  host     = "xmpp.contoso.com"`, new: `  host "xmpp.contoso.com" {}`},
	{name: "label by =", old: `edge_pool "Dublin" {`, new: `edge_pool "Dublin" = {`},
	{name: "argument without =", old: `ticket       = "CHG0042317"`, new: `ticket "CHG0042317"`},
	{name: "colon", old: `ticket       = "CHG0042317"`, new: `ticket: "CHG0042317"`},
	{name: "comma behind an argument", old: `ticket       = "CHG0042317"`, new: `ticket       = "CHG0042317",`},
	{name: "semicolon behind an argument", old: `ticket       = "CHG0042317"`, new: `ticket       = "CHG0042317";`},
	{name: "two arguments in a line", old: "xmpp {\n    internal_port = 23456\n  }", new: `xmpp { internal_port = 23456 listening_port = 5269 }`},
	{name: "brace in the next line", old: `edge_pool "Dublin" {`, new: "edge_pool \"Dublin\"\n{"},
	{name: "single quotes", old: `"CHG0042317"`, new: `'CHG0042317'`},
	{name: "no comma in a list", old: `["contoso.com", "xmpp.contoso.com"]`, new: `["contoso.com" "xmpp.contoso.com"]`},
	{name: "argument of another block", old: `"edge-dublin.contoso.com"`, new: `edge_pool.Frankfurt.fqdn`},
	{name: "reference in a string", old: `"ns1.contoso.net"`, new: `"ns1.${dns_zone}"`},
	{name: "reference as string", old: `to          = edge_pool.Frankfurt`, new: `to          = "edge_pool.Frankfurt"`},
	{name: "label as reference", old: `to          = edge_pool.Frankfurt`, new: `to          = Frankfurt`},
	{name: "label of a reference in small letters", old: `to          = edge_pool.Frankfurt`, new: `to          = edge_pool.frankfurt`},
	{name: "file", old: `"contoso.com.zone"`, new: `file("contoso.com.zone")`},
	{name: "timestamp", old: `"2025-09-06T22:00:00Z"`, new: `timestamp()`},
	{name: "jsonencode", old: `["jabber.example.org"]`, new: `jsonencode(["jabber.example.org"])`},
	{name: "cidrsubnet", old: `"198.51.100.21"`, new: `cidrsubnet("198.51.100.0/24", 4, 2)`},
	{name: "too few arguments of a function", old: `"198.51.100.21"`, new: `cidrhost("198.51.100.0/24")`},
	{name: "map key", old: `"198.51.100.21"`, new: `local.addresses["berlin"]`, more: map[string]string{"l.edge.hcl": "locals {\n  addresses = { frankfurt = \"198.51.100.21\" }\n}\n"}},
	{name: "map attribute", old: `"198.51.100.21"`, new: `local.addresses.frankfrut`, more: map[string]string{"l.edge.hcl": "locals {\n  addresses = { frankfurt = \"198.51.100.21\" }\n}\n"}},
	{name: "index of a list", old: `"198.51.100.21"`, new: `local.addresses[1]`, more: map[string]string{"l.edge.hcl": "locals {\n  addresses = [\"198.51.100.21\"]\n}\n"}},
	{name: "key twice", old: `"198.51.100.21"`, new: `local.addresses.frankfurt`, more: map[string]string{"l.edge.hcl": "locals {\n  addresses = {\n    frankfurt = \"198.51.100.21\"\n    frankfurt = \"198.51.100.22\"\n  }\n}\n"}},
	{name: "each.value in a dynamic block", new: "dynamic \"sip_domain\" {\n  for_each = [\"fabrikam.com\"]\n  labels   = [each.value]\n  content {}\n}\n"},
	{name: "null in a list", old: `["jabber.example.org"]`, new: `["jabber.example.org", null]`},
	{name: "heredoc not closed", old: `"Move XMPP federation to Frankfurt"`, new: "<<EOT\nMove XMPP federation\n    EOT"},
	{name: "heredoc closed in a line with more", old: `"Move XMPP federation to Frankfurt"`, new: "<<-EOT\n      Move XMPP federation EOT"},
	{name: "flush heredoc with template markers", old: `"Move XMPP federation to Frankfurt"`, new: "replace(<<-EOT\n      %{ if true ~}\n      Move XMPP\n      federation\n      %{ endif ~}\n      EOT\n    , \"\\n\", \"/\")"},
	{name: "brace not closed", old: "    internal_port = 23456\n  }\n", new: "    internal_port = 23456\n"},
	{name: "brace too many", old: "    internal_port = 23456\n  }\n", new: "    internal_port = 23456\n  }\n  }\n"},
	{name: "bracket not closed", old: `["jabber.example.org"]`, new: `["jabber.example.org"`},
	{name: "string not closed", old: `"CHG0042317"`, new: `"CHG0042317`},
	{name: "string not opened", old: `"CHG0042317"`, new: `CHG0042317"`},
	{name: "label missing", old: `site "Dublin" {`, new: `site {`},
	{name: "label of the topology missing", old: `topology "contoso" {`, new: `topology {`},
	{name: "label of a server missing", old: `server "edge2.contoso.com" {`, new: `server {`},
	{name: "label too many", old: `xmpp_federation {`, new: `xmpp_federation "contoso" {`},
	{name: "label without quotes", old: `server "edge2.contoso.com" {`, new: `server edge2.contoso.com {`},
	{name: "views", new: "dns_zone \"contoso.com\" {\n  file   = \"contoso.com.zone\"\n  server = \"10.0.0.53\"\n}\n"},
	{name: "accept in small letters", old: "  change {", new: "  accept \"ep3001\" {\n    reason = \"agreed\"\n  }\n\n  change {"},
	{name: "accept of no finding", old: "  change {", new: "  accept \"3001\" {\n    reason = \"agreed\"\n  }\n\n  change {"},
	{name: "block at another place", new: "server \"edge3.contoso.com\" {\n  public_ipv4 = \"198.51.100.22\"\n}\n"},
	{name: "argument of another block's kind", old: `  xmpp {}`, new: "  xmpp {}\n\n  listening_port = 5269"},
	{name: "block type with a hyphen", old: `edge_pool "Dublin" {`, new: `edge-pool "Dublin" {`},
	{name: "no failover", old: `failover "to-frankfurt" {`, new: `failovr "to-frankfurt" {`},
}

// fromEditors are mistakes that Word, Outlook, Notepad and web pages make for their users.
var fromEditors = []mistake{
	{name: "smart quotes", old: `"CHG0042317"`, new: "\u201cCHG0042317\u201d"},
	{name: "smart quotes of a label", old: `site "Dublin" {`, new: "site \u201cDublin\u201d {"},
	{name: "German quotes", old: `"CHG0042317"`, new: "\u201eCHG0042317\u201c"},
	{name: "smart single quotes", old: `"CHG0042317"`, new: "\u2018CHG0042317\u2019"},
	{name: "one smart quote", old: `"CHG0042317"`, new: "\"CHG0042317\u201d"},
	{name: "en dash in a host name", old: `"edge-dublin.contoso.com"`, new: "\"edge\u2013dublin.contoso.com\""},
	{name: "minus as en dash", old: `23456`, new: "\u20131"},
	{name: "no-break blank before an argument", old: `  host     = `, new: "\u00a0 host     = "},
	{name: "no-break blank in a host name", old: `"xmpp.contoso.com"
`, new: "\"xmpp.contoso.com\u00a0\"\n"},
	{name: "zero-width blank in a host name", old: `"edge-dublin.contoso.com"`, new: "\"edge-\u200bdublin.contoso.com\""},
	{name: "soft hyphen in a label", old: `server "edge2.contoso.com" {`, new: "server \"edge\u00ad2.contoso.com\" {"},
	{name: "ellipsis", old: `approvers    = ["CAB"]`, new: "\u2026"},
	{name: "capital letter", old: "fqdn             = \"edge-dublin", new: "Fqdn             = \"edge-dublin"},
	{name: "bullet", old: `  host     = `, new: "\u2022 host     = "},
	{name: "byte order mark", old: "# A spec without findings", new: "\ufeff# A spec without findings"},
	{name: "mixed line ends and tabs", old: "  change {\n    ticket ", new: "\tchange {\r\n\t\tticket\t"},
	{name: "name ends in .txt", rename: "contoso.edge.hcl.txt"},
	{name: "name without .edge", rename: "topology.hcl"},
	{name: "second file without .edge", more: map[string]string{"zones.hcl": "# nothing\n"}},
	{name: "zone file ends in .txt", file: mistakenZone, rename: "contoso.com.zone.txt"},
	{name: "Markdown fence", old: "# A spec without findings", new: "```hcl\n# A spec without findings"},
	{name: "HTML quotes", old: `"CHG0042317"`, new: `&quot;CHG0042317&quot;`},
	{name: "comment of a zone file", old: "# A spec without findings", new: "; A spec without findings"},
	{name: "comment of SQL", old: "# A spec without findings", new: "-- A spec without findings"},
	{name: "comment of a batch file", old: "# A spec without findings", new: "REM A spec without findings"},
	{name: "comment of PowerShell", old: "# A spec without findings, in which TestMistakes makes one mistake at a time.", new: "<# A spec #>"},
}

// fromWindows are paths and values as people on Windows write them.
var fromWindows = []mistake{
	{name: "path with drive and backslashes", old: `"contoso.com.zone"`, new: `"C:\Windows\System32\dns\contoso.com.dns"`},
	{name: "path with drive and slashes", old: `"contoso.com.zone"`, new: `"C:/dns/contoso.com.zone"`},
	{name: "path with backslash", old: `"contoso.com.zone"`, new: `"zones\contoso.com.zone"`},
	{name: "path with two backslashes", old: `"contoso.com.zone"`, new: `"zones\\contoso.com.zone"`},
	{name: "UNC path", old: `"contoso.com.zone"`, new: `"\\dns1\export\contoso.com.zone"`},
	{name: "path of the folder above", old: `"contoso.com.zone"`, new: `"../contoso.com.zone"`},
	{name: "path in other case", old: `"contoso.com.zone"`, new: `"Contoso.com.zone"`},
	{name: "path of an environment variable", old: `"contoso.com.zone"`, new: `"%USERPROFILE%\contoso.com.zone"`},
	{name: "account with backslash", old: `["CAB"]`, new: `["CONTOSO\admin"]`},
	{name: "PowerShell array", old: `["jabber.example.org"]`, new: `@("jabber.example.org")`},
	{name: "PowerShell true", old: "xmpp = true", new: "xmpp = $true"},
	{name: "PowerShell variable", old: `"CHG0042317"`, new: "$ticket"},
	{name: "PowerShell variable in a string", old: `"CHG0042317"`, new: `"${env:TICKET}"`},
	{name: "PowerShell hashtable", old: "\"198.51.100.21\"", new: `@{ v4 = "198.51.100.21" }`},
}

// fromServers are mistakes of people who run servers and DNS.
var fromServers = []mistake{
	{name: "host name without quotes", old: `"edge-dublin.contoso.com"`, new: `edge-dublin.contoso.com`},
	{name: "host name with a final dot", old: `"edge-dublin.contoso.com"`, new: `"edge-dublin.contoso.com."`},
	{name: "host name with underscore", old: `"edge-dublin.contoso.com"`, new: `"edge_dublin.contoso.com"`},
	{name: "bare host name", old: `"fe2.corp.contoso.com"`, new: `"FE2"`},
	{name: "host name with port", old: `"sip1.contoso.com"`, new: `"sip1.contoso.com:443"`},
	{name: "URL as host name", old: `"sip1.contoso.com"`, new: `"https://sip1.contoso.com/"`},
	{name: "address as host name", old: `"sip1.contoso.com"`, new: `"203.0.113.11"`},
	{name: "pool by FQDN", old: `to          = edge_pool.Frankfurt`, new: `to          = "edge-frankfurt.contoso.com"`},
	{name: "site as string", old: `site             = site.Dublin`, new: `site             = "Dublin"`},
	{name: "reference to another kind", old: `to          = edge_pool.Frankfurt`, new: `to          = site.Frankfurt`},
	{name: "address with leading zero", old: `"203.0.113.11"`, new: `"203.0.113.011"`},
	{name: "address with prefix length", old: `"203.0.113.11"`, new: `"203.0.113.11/24"`},
	{name: "address with port", old: `"203.0.113.11"`, new: `"203.0.113.11:5269"`},
	{name: "address with a number too large", old: `"203.0.113.11"`, new: `"203.0.113.311"`},
	{name: "address without quotes", old: `"203.0.113.11"`, new: `203.0.113.11`},
	{name: "list of addresses", old: `"203.0.113.11"`, new: `["203.0.113.11", "203.0.113.12"]`},
	{name: "private address", old: `"203.0.113.11"`, new: `"10.1.2.3"`},
	{name: "IPv6 as IPv4", old: `"203.0.113.11"`, new: `"2001:db8::11"`},
	{name: "IPv6 in brackets", old: `    public_ipv4 = "203.0.113.11"`, new: "    public_ipv4 = \"203.0.113.11\"\n    public_ipv6 = \"[2001:db8::11]\""},
	{name: "virtual_ipv6", old: `  access_edge_fqdn = "sip1.contoso.com"`, new: "  access_edge_fqdn = \"sip1.contoso.com\"\n  load_balancing   = \"hardware\"\n  virtual_ipv4     = \"203.0.113.10\"\n  virtual_ipv6     = \"2001:db8::10\""},
	{name: "port with protocol", old: `23456`, new: `"5269/tcp"`},
	{name: "port as word", old: `23456`, new: `"xmpp-server"`},
	{name: "German date", old: `"2027-06-30"`, new: `"30.06.2027"`},
	{name: "American date", old: `"2027-06-30"`, new: `"06/30/2027"`},
	{name: "date with time", old: `"2027-06-30"`, new: `"2027-06-30T23:59:59Z"`},
	{name: "day that is not", old: `"2027-06-30"`, new: `"2027-06-31"`},
	{name: "time without zone", old: `"2025-09-06T22:00:00Z"`, new: `"2025-09-06T22:00:00"`},
	{name: "time with blank", old: `"2025-09-06T22:00:00Z"`, new: `"2025-09-06 22:00"`},
	{name: "German time", old: `"2025-09-06T22:00:00Z"`, new: `"06.09.2025 22:00"`},
	{name: "zone as name", old: `"2025-09-06T22:00:00Z"`, new: `"2025-09-06T22:00:00 CET"`},
	{name: "window of no length", old: `"2025-09-07T00:00:00Z"`, new: `"2025-09-06T22:00:00Z"`},
	{name: "TTL as duration", new: "prepare \"shorten\" {\n  ttl = \"5m\"\n\n  change {\n    ticket  = \"CHG1\"\n    summary = \"Shorten TTLs\"\n  }\n}\n"},
	{name: "TTL too small", new: "prepare \"shorten\" {\n  ttl = 5\n\n  change {\n    ticket  = \"CHG1\"\n    summary = \"Shorten TTLs\"\n  }\n}\n"},
	{name: "yes", old: "xmpp = true", new: "xmpp = yes"},
	{name: "yes as string", old: "xmpp = true", new: `xmpp = "yes"`},
	{name: "True", old: "xmpp = true", new: "xmpp = True"},
	{name: "1 for true", old: "xmpp = true", new: "xmpp = 1"},
	{name: "flag for a block", old: "  xmpp {}", new: "  xmpp = true"},
	{name: "string for a list", old: `["jabber.example.org"]`, new: `"jabber.example.org, jabber.example.net"`},
	{name: "number without quotes", old: `"CHG0042317"`, new: `CHG0042317`},
	{name: "empty ticket", old: `"CHG0042317"`, new: `""`},
	{name: "product as people call it", old: `"sfb-server-2015"`, new: `"Skype for Business Server 2015"`},
	{name: "system as people call it", old: `    public_ipv4 = "198.51.100.21"`, new: "    public_ipv4 = \"198.51.100.21\"\n    operating_system = \"Windows Server 2012 R2\""},
	{name: "word in capitals", old: `federation  = "xmpp"`, new: `federation  = "XMPP"`},
	{name: "delivery as people call it", old: `server = "ns1.contoso.net"`, new: "server = \"ns1.contoso.net\"\n  delivery = \"bind\""},
	{name: "failover with blanks", old: `failover "to-frankfurt" {`, new: `failover "Move to Frankfurt" {`},
	{name: "zone with a final dot", old: `dns_zone "contoso.com" {`, new: `dns_zone "contoso.com." {`},
	{name: "zone by its file", old: `dns_zone "contoso.com" {`, new: `dns_zone "contoso.com.zone" {`},
	{name: "zone of another domain", old: `dns_zone "contoso.com" {`, new: `dns_zone "contoso.net" {`},
	{name: "SIP URI as domain", old: `sip_domain "contoso.com" {`, new: `sip_domain "sip:contoso.com" {`},
	{name: "domain with @", old: `sip_domain "contoso.com" {`, new: `sip_domain "@contoso.com" {`},
	{name: "partner by address", old: `"jabber.example.org"`, new: `"admin@jabber.example.org"`},
	{name: "partner with wildcard", old: `"jabber.example.org"`, new: `"*.example.org"`},
	{name: "serial as people write it", old: `server = "ns1.contoso.net"`, new: "server = \"ns1.contoso.net\"\n  serial = \"2025-09-06\""},
	{name: "SRV without its final dot", file: mistakenZone, old: "5269 xmpp", new: "5269 xmpp.contoso.com"},
	{name: "SRV with port first", file: mistakenZone, old: "SRV 0 0 5269 xmpp", new: "SRV 5269 0 0 xmpp"},
	{name: "SRV without weight", file: mistakenZone, old: "SRV 0 0 5269 xmpp", new: "SRV 0 5269 xmpp"},
	{name: "SRV of clients", file: mistakenZone, old: "SRV 0 0 5269 xmpp", new: "SRV 0 0 5222 xmpp"},
	{name: "SRV of an address", file: mistakenZone, old: "5269 xmpp", new: "5269 203.0.113.11"},
	{name: "date of a pool that is left", old: "  xmpp {}\n\n  server \"edge1", new: "  xmpp {}\n\n  certificate {\n    not_after = \"31.12.2027\"\n  }\n\n  server \"edge1"},
	{name: "hardware load balancer without address", old: `  access_edge_fqdn = "sip1.contoso.com"`, new: "  access_edge_fqdn = \"sip1.contoso.com\"\n  load_balancing   = \"hardware\""},
}

// TestMistakes compares what check says about each mistake with the golden. After -update read
// each message as a reader who has no manual: can that person mend the mistake?
func TestMistakes(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: on other systems upper and lower case of file names are the same")
	}
	var got bytes.Buffer
	for _, group := range []struct {
		title    string
		mistakes []mistake
	}{
		{"Terraform", fromTerraform}, {"Editors", fromEditors}, {"Windows", fromWindows}, {"Servers and DNS", fromServers},
	} {
		for _, m := range group.mistakes {
			fmt.Fprintf(&got, "=== %s: %s\n%s\n%s\n", group.title, m.name, m.shown(), m.check(t))
		}
	}
	golden := filepath.Join("testdata", "mistakes", "messages.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wanted, found := strings.Split(string(want), "\n=== "), strings.Split(got.String(), "\n=== ")
	for i, text := range found {
		if i >= len(wanted) || text != wanted[i] {
			t.Fatalf("this differs from %s; look at it and accept it with -update:\n%s", golden, text)
		}
	}
	if len(wanted) != len(found) {
		t.Errorf("%d messages, %d in %s", len(found), len(wanted), golden)
	}
}

// mended are specs as findings about mistakes advise to write them.
var mended = []mistake{
	{name: "var.x", old: `to          = edge_pool.Frankfurt`, new: `to          = local.target`, more: map[string]string{"l.edge.hcl": "locals {\n  target = edge_pool.Frankfurt\n}\n"}},
	{name: "for_each", old: "sip_domain \"contoso.com\" {\n  xmpp = true\n}", new: "dynamic \"sip_domain\" {\n  for_each = toset([\"contoso.com\"])\n  labels   = [sip_domain.value]\n  content {\n    xmpp = true\n  }\n}"},
	{name: "reference in a string", old: `"ns1.contoso.net"`, new: `"ns1.${local.name}"`, more: map[string]string{"l.edge.hcl": "locals {\n  name = \"contoso.net\"\n}\n"}},
	{name: "too few arguments of a function", old: `"198.51.100.21"`, new: `cidrhost("198.51.100.0/24", 21)`},
	{name: "each.value", new: "dynamic \"sip_domain\" {\n  for_each = [\"fabrikam.com\"]\n  labels   = [sip_domain.value]\n  content {}\n}\n"},
	{name: "heredoc with template markers", old: `"Move XMPP federation to Frankfurt"`, new: "replace(<<EOT\n%{ if true ~}\nMove XMPP\nfederation\n%{ endif ~}\n      EOT\n    , \"\\n\", \"/\")"},
	{name: "delivery zone-file", old: `server = "ns1.contoso.net"`, new: "server = \"ns1.contoso.net\"\n  delivery = \"zone-file\""},
	{name: "delivery nsupdate", old: `server = "ns1.contoso.net"`, new: "server = \"ns1.contoso.net\"\n  delivery = \"nsupdate\""},
	{name: "time zone", old: `"2025-09-06T22:00:00Z"`, new: `"2025-09-06T22:00:00+01:00"`},
	{name: "SRV with a final dot", file: mistakenZone, old: "5269 xmpp", new: "5269 xmpp.contoso.com."},
	{name: "port left out", old: "    internal_port = 23456\n", new: ""},
	{name: "IPv6 address", old: `    public_ipv4 = "203.0.113.11"`, new: "    public_ipv4 = \"203.0.113.11\"\n    public_ipv6 = \"2001:db8::11\""},
}

// TestMended: what the messages advise has no errors.
func TestMended(t *testing.T) {
	for _, m := range mended {
		if got := m.check(t); !strings.HasSuffix(got, "exit code 0\n") {
			t.Errorf("%s: %s", m.name, got)
		}
	}
}

// shown is the edit as a reader of the golden sees it.
func (m mistake) shown() string {
	var out strings.Builder
	quoted := func(sign, text string) {
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if strings.ContainsFunc(line, func(r rune) bool { return r > '~' || r < ' ' }) {
				line = fmt.Sprintf("%+q", line)
			}
			fmt.Fprintf(&out, "%s %s\n", sign, line)
		}
	}
	quoted("-", m.old)
	quoted("+", m.new)
	if m.rename != "" {
		fmt.Fprintf(&out, "the file is named %s\n", m.rename)
	}
	for name, text := range m.more {
		fmt.Fprintf(&out, "in %s:\n", name)
		quoted("+", text)
	}
	return out.String()
}

// check makes the mistake in a fresh folder and returns what check prints there.
func (m mistake) check(t *testing.T) string {
	t.Helper()
	files := map[string]string{"contoso.edge.hcl": "", mistakenZone: ""}
	for name := range files {
		text, err := os.ReadFile(filepath.Join("testdata", "mistakes", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	name := m.file
	if name == "" {
		name = "contoso.edge.hcl"
	}
	switch text := files[name]; {
	case m.old == "":
		files[name] = text + m.new
	case !strings.Contains(text, m.old):
		t.Fatalf("%s: the text to edit is not there", m.name)
	default:
		files[name] = strings.Replace(text, m.old, m.new, 1)
	}
	if m.rename != "" {
		files[m.rename] = files[name]
		delete(files, name)
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range m.more {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	back, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(dir); err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(back)
	code := run([]string{"check"}, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	return fmt.Sprintf("%sexit code %d\n", errs.String(), code) // the last line of stdout only counts
}
