package compiler_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// idnSpec spells every name of public DNS in Unicode.
const idnSpec = `topology "t" {
 product = "lync-server-2013"
 management_host = "fe.corp.example"
}
site "Site1" {
 xmpp_federation_route = edge_pool.EdgePool1
}
site "Site2" {
 xmpp_federation_route = edge_pool.EdgePool1
}
edge_pool "EdgePool1" {
 site = site.Site1
 fqdn = "pool1.corp.example"
 access_edge_fqdn = "sip1.bücher.example"
 xmpp {}
 server "edge1.corp.example" {
  public_ipv4 = "203.0.113.11"
 }
}
edge_pool "EdgePool2" {
 site = site.Site2
 fqdn = "pool2.corp.example"
 access_edge_fqdn = "sip2.BÜCHER.example"
 next_hop = "fe.corp.example"
 xmpp {}
 certificate {
  subject_alternative_names = ["bücher.example", "*.xn--bcher-kva.example"]
 }
 server "edge2.corp.example" {
  public_ipv4 = "198.51.100.21"
 }
}
sip_domain "Bücher.example" {
 xmpp = true
}
xmpp_federation {
 host = "xmpp.bücher.example"
 partners = ["例え.テスト"]
}
dns_zone "bücher.example" {
 file = "z"
 server = "ns.example"
}
failover "f" {
 federation = "xmpp"
 to = edge_pool.EdgePool2
 procedure = "start-first"
 route_sites = "all-routed"
 change {
  ticket = "T"
  summary = "S"
 }
}
`

func compileFiles(t *testing.T, text, zone string) ([]*plan.Plan, []diag.Finding, *parser.Spec) {
	t.Helper()
	spec, sources, diags := parser.Parse(fstest.MapFS{"z": {Data: []byte(zone)}}, []parser.File{{Name: "a.edge.hcl", Text: []byte(text)}})
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	return plans, diag.Findings(diags, sources), spec
}

// In a plan all names are in ASCII; the spec stays as it is.
func TestInternationalNames(t *testing.T) {
	plans, found, spec := compileFiles(t, idnSpec, dnsHead+dnsHost)
	if len(plans) != 1 || len(found) != 0 {
		t.Fatalf("%d plans\n%s", len(plans), details(found))
	}
	text, err := plan.Encode(plans[0])
	if err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(string(text), func(c rune) bool { return c > '~' }); i >= 0 {
		t.Errorf("plan.json holds %q", text[max(0, i-40):min(len(text), i+40)])
	}
	for _, want := range []string{`"xmpp.xn--bcher-kva.example"`, `"sip2.xn--bcher-kva.example"`, `"_xmpp-server._tcp.xn--bcher-kva.example."`, `"xn--r8jz45g.xn--zckzah"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("plan.json does not hold %s", want)
		}
	}
	if spec.Topology.SIPDomains[0].Name.V != "Bücher.example" || spec.Topology.XMPP.Host.V != "xmpp.bücher.example" || spec.Topology.EdgePools[1].Certificate.SubjectAlternativeNames.V[0] != "bücher.example" {
		t.Error("the spec was changed")
	}
	ascii := strings.NewReplacer("bücher", "xn--bcher-kva", "BÜCHER", "xn--bcher-kva", "Bücher", "xn--bcher-kva", "例え.テスト", "xn--r8jz45g.xn--zckzah").Replace(idnSpec)
	other, _, _ := compileFiles(t, ascii, dnsHead+dnsHost)
	if len(other) != 1 || substance(t, other[0]) != substance(t, plans[0]) {
		t.Error("the spec with A-labels gives another plan")
	}
}

func TestInternationalFindings(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(idnSpec, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(idnSpec, old, new, 1)
	}
	sound := dnsHead + dnsHost
	tests := []struct {
		name, spec, zone string
		want             []string
		says             string
	}{
		{"spelled as in the spec", idnSpec, dnsHead + dnsHost + "_xmpps-server._tcp SRV 0 0 5270 x.example.\n", []string{"EP3016 z:6"}, "_xmpps-server._tcp.bücher.example (_xmpps-server._tcp.xn--bcher-kva.example) offers"},
		{"A-labels in the spec", strings.NewReplacer("bücher", "xn--bcher-kva", "BÜCHER", "xn--BCHER-kva", "Bücher", "xn--Bcher-kva").Replace(idnSpec), sound, nil, ""},
		{"two spellings of a domain", idnSpec + "sip_domain \"XN--bcher-kva.example\" {}\n", sound, []string{"EP1007 a.edge.hcl:54"}, "block sip_domain already, at a.edge.hcl:33"},
		{"two spellings of a zone", idnSpec + "dns_zone \"xn--bcher-kva.example\" {\n file = \"z\"\n server = \"ns.example\"\n}\n", sound, []string{"EP1007 a.edge.hcl:54"}, ""},
		{"two spellings of a pool", swap("sip2.BÜCHER", "sip1.xn--bcher-kva"), sound, []string{"EP2020 a.edge.hcl:23"}, ""},
		{"names that IDNA has and DNS takes", swap("partners = [\"例え.テスト\"]", "partners = [\"a☃.example\", \"x_y\"]"), sound, nil, ""},
		{"a partner that is a command", swap("partners = [\"例え.テスト\"]", "partners = [\"a.example; reboot\"]"), sound, []string{"EP2017 a.edge.hcl:38"}, `it holds the character ";"`},
		{"disallowed rune", swap("partners = [\"例え.テスト\"]", "partners = [\"ü\u2028.example\"]"), sound, []string{"EP2017 a.edge.hcl:38"}, "U+2028 is not allowed in one"},
		{"unlike directions", swap("\"xmpp.bücher.example\"", "\"a\u05d0.bücher.example\""), sound, []string{"EP2017 a.edge.hcl:37"}, "IDNA"},
		{"too long", swap("\"xmpp.bücher.example\"", "\""+strings.Repeat("ü", 60)+".bücher.example\""), sound, []string{"EP2017 a.edge.hcl:37"}, "63 characters"},
		{"management host", swap("fe.corp.example", "fé.corp.example"), sound, []string{"EP2017 a.edge.hcl:3"}, "Lync takes no Unicode here"},
		{"pool", swap("pool2.corp", "pöol2.corp"), sound, []string{"EP2017 a.edge.hcl:22"}, "Lync takes no Unicode here"},
		{"server", swap("edge2.corp", "ëdge2.corp"), sound, []string{"EP2017 a.edge.hcl:29"}, "Lync takes no Unicode here"},
		{"next hop", swap("next_hop = \"fe", "next_hop = \"fé"), sound, []string{"EP2017 a.edge.hcl:24"}, "Lync takes no Unicode here"},
		{"DNS server", swap("\"ns.example\"", "\"ns.bücher.example\""), sound, []string{"EP2017 a.edge.hcl:42"}, "Write its A-labels, ns.bücher.example (ns.xn--bcher-kva.example), or"},
		{"address as a name", swap("\"xmpp.bücher.example\"", "\"203.0.113.5\""), sound, []string{"EP2017 a.edge.hcl:37"}, "it is an address"},
		{"zone file in UTF-8", idnSpec, dnsHead + dnsHost + "xmpp.bücher.example. A 192.0.2.1\nother.bücher.example. TXT a\n", []string{"EP3019 z:6", "EP3018 z:7"}, ""},
		{"owner in UTF-8", strings.NewReplacer("xmpp.bücher.example", "çmpp.bücher.example").Replace(idnSpec), dnsHead + "çmpp A 203.0.113.11\n\\195\\167MPP TXT a\nïmpp A 192.0.2.1\n\\255 TXT a\n_xmpp-server._tcp SRV 10 0 5269 xn--mpp-1la\n", []string{"EP3019 z:4", "EP2036 z:6"}, "Resolvers ask for çmpp.bücher.example (xn--mpp-1la.xn--bcher-kva.example)"},
		{"origin in UTF-8", idnSpec, "$ORIGIN bücher.example.\n" + dnsHead + dnsHost, []string{"EP1013 a.edge.hcl:40"}, "A-labels"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, got, _ := compileFiles(t, test.spec, test.zone)
			if list := findings(got); !slices.Equal(list, append([]string{}, test.want...)) {
				t.Fatalf("found %v, want %v\n%s", list, test.want, details(got))
			}
			if !strings.Contains(details(got), test.says) {
				t.Errorf("no finding says %q\n%s", test.says, details(got))
			}
		})
	}
}
