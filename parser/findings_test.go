package parser

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// One mistake, one finding.
func TestFindings(t *testing.T) {
	failover := func(text string) string {
		return twoPools + "failover \"f\" {\n" + text + "\n}\n"
	}
	const args = "federation = \"xmpp\"\nto = edge_pool.b\n"
	const change = "change {\nticket = \"T\"\nsummary = \"S\"\n}\n"
	tests := []struct {
		name, text string
		code       diag.Code
		words      string
	}{
		{"missing argument", "edge_pool \"p\" {\nfqdn = \"x\"\n}", "EP1004", `"access_edge_fqdn"`},
		{"required null", "edge_pool \"p\" {\nfqdn = null\naccess_edge_fqdn = \"x\"\n}", "EP1004", "cannot be null"},
		{"misspelt required argument", "edge_pool \"p\" {\nfqdm = \"x\"\naccess_edge_fqdn = \"x\"\n}", "EP1002", `Did you mean "fqdn"?`},
		{"required argument as block", "edge_pool \"p\" {\nfqdn {}\naccess_edge_fqdn = \"x\"\n}", "EP1003", `"fqdn" is an argument`},
		{"unknown argument", "site \"s\" {\ncolour = 1\n}", "EP1002", `"colour"`},
		{"argument at the top", "colour = 1", "EP1002", `"colour"`},
		{"unknown block", "colour {}", "EP1003", `"colour"`},
		{"unknown inner block", "site \"s\" {\ncolour {}\n}", "EP1003", `"colour"`},
		{"dynamic locals", "dynamic \"locals\" {\nfor_each = [1]\ncontent {\na = 1\n}\n}", "EP1003", "cannot make locals"},
		{"empty dynamic locals", "dynamic \"locals\" {}", "EP1003", "cannot make locals"},
		{"missing quote", "site \"s {\n}\n", "EP1001", "closing quotation mark is missing"},
		{"missing quote of a value", "xmpp_federation {\n  host = \"a\n}\nsite \"s\" {}\n", "EP1001", "closing quotation mark is missing"},
		{"block in locals", "locals {\n  a {}\n}", "EP1003", ""},
		{"missing change", failover(args), "EP1004", "change"},
		{"misspelt change", failover(args + "chnge {}"), "EP1003", `Did you mean "change"?`},
		{"change as argument", failover(args + "change = {}"), "EP1002", `"change" is a block`},
		{"two changes", failover(args + change + change), "EP1007", "only one"},
		{"two topologies", head, "EP1007", "only one"},
		{"two xmpp_federations", "xmpp_federation {}\nxmpp_federation {}", "EP1007", "only one"},
		{"same label", "site \"s\" {}\nsite \"s\" {}", "EP1007", "a.edge.hcl:5"},
		{"same label but for case", "sip_domain \"Example.com\" {}\nsip_domain \"example.COM\" {}", "EP1007", "already declared"},
		{"same server", "edge_pool \"p\" {\nfqdn = \"f\"\naccess_edge_fqdn = \"a\"\nserver \"A\" {}\nserver \"a\" {}\n}", "EP1007", "already declared"},
		{"same accept", failover(args + change + "accept \"EP1\" {\nreason = \"r\"\n}\naccept \"ep1\" {\nreason = \"r\"\n}"), "EP1007", "already declared"},
		{"argument twice", "xmpp_federation {\nhost = \"a\"\nhost = \"b\"\n}", "EP1007", ""},
		{"empty label", "site \"\" {}", "EP1009", "label cannot be empty"},
		{"blank server", "edge_pool \"p\" {\nfqdn = \"f\"\naccess_edge_fqdn = \"a\"\nserver \" \" {}\n}", "EP1009", "label cannot be empty"},
		{"empty failover", strings.Replace(failover(args+change), `"f"`, `""`, 1), "EP1009", "label cannot be empty"},
		{"failover with a slash", strings.Replace(failover(args+change), `"f"`, `"a/b"`, 1), "EP1009", "name of its folder"},
		{"failover of dots", strings.Replace(failover(args+change), `"f"`, `".."`, 1), "EP1009", "name of its folder"},
		{"failover as device", strings.Replace(failover(args+change), `"f"`, `"Nul.x"`, 1), "EP1009", "name of its folder"},
		{"failover as artifact", strings.Replace(failover(args+change), `"f"`, `"Plan.JSON"`, 1), "EP1009", "gives to something in a package"},
		{"failover as kit", strings.Replace(failover(args+change), `"f"`, `"a.rehearsal"`, 1), "EP1009", "or to a kit"},
		{"blank reason", failover(args + change + "accept \"EP1\" {\nreason = \" \"\n}"), "EP1009", "accepted"},
		{"no label", "site {}", "EP1001", ""},
		{"two labels", "site \"a\" \"b\" {}", "EP1001", ""},
		{"unknown word", failover(strings.Replace(args, "xmpp", "xmp", 1) + change), "EP1008", `Did you mean "xmpp"?`},
		{"unlike any word", failover(args + "reason = \"" + strings.Repeat("q", 80) + "\"\n" + change), "EP1008", strings.Repeat("q", 60) + `..." is not one of "disaster", "planned"`},
		{"port 0", pool("xmpp {\nlistening_port = 0\n}"), "EP1009", "1 to 65535"},
		{"port 65536", pool("xmpp {\nlistening_port = 65536\n}"), "EP1009", "1 to 65535"},
		{"port 1.5", pool("xmpp {\nlistening_port = 1.5\n}"), "EP1009", "1 to 65535"},
		{"huge port", pool("xmpp {\nlistening_port = 1e99\n}"), "EP1009", "1 to 65535"},
		{"text as port", pool("xmpp {\nlistening_port = \"x\"\n}"), "EP1005", `string "x"`},
		{"list as text", pool("next_hop = [1]"), "EP1005", "A string is needed here"},
		{"object as text", pool("next_hop = {a = 1}"), "EP1005", "this is an object"},
		{"null in list", "xmpp_federation {\npartners = [\"a\", null]\n}", "EP1005", "Element 2 of this list is null"},
		{"text as list", "xmpp_federation {\npartners = \"a\"\n}", "EP1005", "A list of strings"},
		{"number as flag", "sip_domain \"a\" {\nxmpp = 1\n}", "EP1005", "the number 1"},
		{"flag as list", "xmpp_federation {\npartners = true\n}", "EP1005", "true or false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, diags := parseText(head + test.text)
			wantFinding(t, diags, test.code, test.words)
		})
	}
}

func pool(text string) string {
	return "edge_pool \"p\" {\nfqdn = \"p\"\naccess_edge_fqdn = \"s\"\n" + text + "\n}\n"
}

func TestTopologyFindings(t *testing.T) {
	tests := []struct {
		name, text string
		code       diag.Code
		words      string
	}{
		{"missing", `site "s" {}`, "EP1004", "A block topology"},
		{"misspelt", strings.Replace(head, "topology", "toplogy", 1), "EP1003", `Did you mean "topology"?`},
		{"empty label", strings.Replace(head, `"t"`, `""`, 1), "EP1009", "empty"},
		{"empty file", "", "EP1004", "A block topology"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, diags := parseText(test.text)
			wantFinding(t, diags, test.code, test.words)
		})
	}
}

// What follows from a syntax error in one file is not reported, in any file.
func TestSyntaxErrorStandsAlone(t *testing.T) {
	files := []File{
		{Name: "b.edge.hcl", Text: []byte("site \"s\" {\n  federation_route = edge_pool.gone\n}\n")},
		{Name: "a.edge.hcl", Text: []byte(head + "xmpp_federation {\n  host = \"a\n}\n")},
	}
	spec, sources, diags := Parse(zoneFS, files)
	for _, d := range diags {
		if diag.Of(d) != "EP1001" || d.Subject.Filename != "a.edge.hcl" {
			t.Errorf("follows from the first: %s", shown(diags))
		}
	}
	if len(diags) == 0 || spec.Digest == "" || spec.Topology != nil || len(sources) != 2 {
		t.Errorf("%d findings, spec %+v", len(diags), spec)
	}
}
