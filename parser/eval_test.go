package parser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/diag"
)

func TestReferences(t *testing.T) {
	const blocks = "site \"s\" {}\nsite \"odd name\" {}\nsip_domain \"d\" {}\n"
	tests := []struct {
		expr, want string
		code       diag.Code
		words      string
	}{
		{expr: "site.s", want: "s"},
		{expr: `site["s"]`, want: "s"},
		{expr: `site["odd name"]`, want: "odd name"},
		{expr: "local.s", want: "s"},
		{expr: `site["${"s"}"]`, want: "s"},
		{expr: "true ? site.s : null", want: "s"},
		{expr: `{for k, v in site : k => v if k == "s"}["s"]`, want: "s"},
		{expr: "sip_domain.d", code: "EP1005", words: "this is the block sip_domain.d"},
		{expr: `"s"`, code: "EP1005", words: `this is the string "s"`},
		{expr: "site", code: "EP1005", words: "this is an object"},
		{expr: "site.t", code: "EP1006", words: `There is no site "t". There is "s", "odd name"`},
		{expr: `site["odd nme"]`, code: "EP1006", words: `Did you mean "odd name"?`},
		{expr: "site.S", code: "EP1006", words: `Did you mean "s"?`},
		{expr: "site.elsewhere", code: "EP1006", words: `There is "s", "odd name".`},
		{expr: "dns_zone.z", code: "EP1006", words: "None is declared."},
		{expr: "site.s.fqdn", code: "EP1006", words: "its arguments cannot be read"},
		{expr: "site[0]", code: "EP1006"},
		{expr: "local.missing", code: "EP1006", words: `There is no local value "missing"`},
		{expr: "local.ss", code: "EP1006", words: `Did you mean "s"?`},
		{expr: "nothing.s", code: "EP1006"},
		{expr: "nothing./* two\n lines */ s [ \"a b\" ]", code: "EP1006", words: `There is no "nothing.s[\"a b\"]".`},
		{expr: "lowr(\"s\")", code: "EP1006", words: "lower"},
		{expr: "file(\"/etc/passwd\")", code: "EP1006"},
		{expr: "timestamp()", code: "EP1006"},
		{expr: "env.HOME", code: "EP1006"},
		{expr: "lower()", code: "EP1005"},
	}
	for _, test := range tests {
		t.Run(test.expr, func(t *testing.T) {
			text := head + blocks + "locals {\n s = site.s\n}\n" + pool("site = "+test.expr)
			spec, _, diags := parseText(text)
			if test.code != "" {
				wantFinding(t, diags, test.code, test.words)
				return
			}
			if len(diags) > 0 || spec.Topology.EdgePools[0].Site.V != test.want {
				t.Errorf("got %+v, %s", spec.Topology.EdgePools[0].Site, shown(diags))
			}
		})
	}
}

// Lists of references: each element is one, at its place where the list is written out.
func TestReferenceLists(t *testing.T) {
	const blocks = "site \"s\" {}\nfront_end_pool \"a\" {\n site = site.s\n fqdn = \"a.example\"\n}\nfront_end_pool \"b\" {\n site = site.s\n fqdn = \"b.example\"\n}\n"
	tests := []struct {
		expr, want string // labels, and what is at their places
		code       diag.Code
		words      string
	}{
		{expr: "[front_end_pool.b, front_end_pool.a]", want: "b front_end_pool.b, a front_end_pool.a"},
		{expr: `[front_end_pool["a"]]`, want: `a front_end_pool["a"]`},
		{expr: "[]"},
		{expr: "null"},
		{expr: "local.both", want: "a local.both, b local.both"},
		{expr: "[for k, v in front_end_pool : v]", want: "a [for k, v in front_end_pool : v], b [for k, v in front_end_pool : v]"},
		{expr: "concat([front_end_pool.a], [front_end_pool.b])", want: "a concat([front_end_pool.a], [front_end_pool.b]), b concat([front_end_pool.a], [front_end_pool.b])"},
		{expr: "front_end_pool.a", code: "EP1005", words: "Write [front_end_pool.a]."},
		{expr: `"a"`, code: "EP1005", words: "in square brackets"},
		{expr: "front_end_pool", code: "EP1005", words: "in square brackets"},
		{expr: "[site.s]", code: "EP1005", words: "this is the block site.s"},
		{expr: `[front_end_pool.a, "b"]`, code: "EP1005", words: "Write front_end_pool.b, without quotation marks"},
		{expr: `[front_end_pool.a, null]`, code: "EP1005", words: "null"},
		{expr: `["b.example"]`, code: "EP1005", words: "this is its FQDN"},
		{expr: "[front_end_pool.c]", code: "EP1006", words: `There is no front_end_pool "c"`},
		{expr: "[fepool1]", code: "EP1006", words: "A reference to a block front_end_pool is needed here"},
	}
	for _, test := range tests {
		t.Run(test.expr, func(t *testing.T) {
			text := head + blocks + "locals {\n both = [front_end_pool.a, front_end_pool.b]\n}\n" + twoEdges + "failover \"f\" {\n federation = \"xmpp\"\n to = edge_pool.p\n" +
				" media = " + test.expr + "\n change {\n  ticket = \"1\"\n  summary = \"s\"\n }\n}\n"
			spec, _, diags := parseText(text)
			if test.code != "" {
				wantFinding(t, diags, test.code, test.words)
				return
			}
			var got []string
			for _, one := range spec.Failovers[0].Media.V {
				got = append(got, one.V+" "+text[one.Range.Start.Byte:one.Range.End.Byte])
			}
			if len(diags) > 0 || strings.Join(got, ", ") != test.want || spec.Failovers[0].Media.Set != (test.expr != "null") {
				t.Errorf("got %q, %s", got, shown(diags))
			}
		})
	}
}

const twoEdges = "edge_pool \"p\" {\n fqdn = \"p.example\"\n access_edge_fqdn = \"q.example\"\n}\n"

func TestFunctions(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`cidrhost("198.51.100.0/24", 5)`, "198.51.100.5"},
		{`cidrhost("198.51.100.77/24", 0)`, "198.51.100.0"},
		{`cidrhost("198.51.100.0/24", -1)`, "198.51.100.255"},
		{`cidrhost("198.51.100.0/24", -256)`, "198.51.100.0"},
		{`cidrhost("198.51.100.9/32", 0)`, "198.51.100.9"},
		{`cidrhost("0.0.0.0/0", 2147483647)`, "127.255.255.255"},
		{`cidrhost("2001:db8::/64", 258)`, "2001:db8::102"},
		{`cidrhost("2001:db8::/64", -1)`, "2001:db8::ffff:ffff:ffff:ffff"},
		{`cidrhost("::/0", -2)`, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"},
		{`format("%03d-%s", 7, "a")`, "007-a"},
		{`format("%999d", 1) == "" ? "" : "wide"`, "wide"},
		{`format("%d%%1000", 5)`, "5%1000"},
		{`join(",", sort(["b", "a"]))`, "a,b"},
		{`lower("ABC")`, "abc"},
		{`join(",", concat(["a"], ["b"]))`, "a,b"},
		{`merge({a = "1"}, {a = "2"}).a`, "2"},
		{`join(",", toset(["b", "a", "b"]))`, "a,b"},
		{`tostring(tonumber("5") + length(tolist(["a"])))`, "6"},
		{`tobool("true") ? "yes" : "no"`, "yes"},
		{`lookup(tomap({a = "x"}), "b", "none")`, "none"},
		{`"a${1 + 1}-%{ if true }yes%{ else }no%{ endif }-${join("", [for x in ["b", "c"] : upper(x)])}"`, "a2-yes-BC"},
		{"<<-E\n    one\n      ${\"two\"}\n    E\n", "one\n  two\n"},
		{`join(",", [for i, x in ["a", "b"] : "${i}${x}"])`, "0a,1b"},
		{`join(",", [for name, _ in site : name])`, "odd name,s"},
		{`{for x in ["a", "b"] : x => upper(x)}.b`, "B"},
		{`["a", "b"][1]`, "b"},
	}
	for _, test := range tests {
		t.Run(test.expr, func(t *testing.T) {
			if got := localText(t, test.expr); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFunctionFindings(t *testing.T) {
	tests := []struct{ expr, words string }{
		{`cidrhost("198.51.100.0/24", 256)`, "no host number 256"},
		{`cidrhost("198.51.100.0/24", -257)`, "no host number -257"},
		{`cidrhost("198.51.100.0/24", 1.5)`, "a whole number"},
		{`cidrhost("198.51.100.0/24", 1e30)`, "a whole number"},
		{`cidrhost("198.51.100.0", 1)`, "not a network"},
		{`format("%1000d", 1)`, "width above 999"},
		{`format("%.1000f", 1)`, "width above 999"},
		{`format("%[1]999999999d", 1)`, "width above 999"},
		{`format("%%%1000d", 1)`, "width above 999"},
	}
	for _, test := range tests {
		t.Run(test.expr, func(t *testing.T) {
			_, _, diags := parseText(head + "locals {\n  x = " + test.expr + "\n}\n")
			wantFinding(t, diags, "EP1005", test.words)
		})
	}
}

func TestLocals(t *testing.T) {
	use := "xmpp_federation {\n host = local.a\n}\n"
	spec := mustParse(t, "locals {\n a = \"${local.b}!\"\n}\n"+use+"locals {\n b = local[\"c\"]\n c = \"x\"\n}\n")
	noDiff(t, spec.Topology.XMPP.Host.V, "x!")
	tests := []struct {
		name, text string
		code       diag.Code
		words      string
	}{
		{"circle", "locals {\n a = local.b\n b = local.a\n}\n" + use, "EP1006", "need each other, so none has a value: a, b."},
		{"self", "locals {\n a = [local.a]\n}\n" + use, "EP1006", "value: a."},
		{"used by others", "locals {\n a = local.b\n b = local.d\n c = local.b\n d = local.b\n}\n" + use, "EP1006", "value: b, d."},
		{"in order of need", "locals {\n c = local.b\n b = local.a\n a = local.c\n}\n" + use, "EP1006", "value: a, c, b."},
		{"twice", "locals {\n a = \"1\"\n}\nlocals {\n a = \"2\"\n}\n" + use, "EP1007", "already set at a.edge.hcl:6"},
		{"failed", "locals {\n a = nothing\n b = local.a\n}\n" + use, "EP1006", "nothing"},
		{"failed in for_each", "locals {\n a = nothing\n}\ndynamic \"site\" {\n for_each = local.a\n labels = [site.value]\n content {}\n}\n", "EP1006", "nothing"},
		{"doubling text", doubling(`"${local.%[2]s}${local.%[2]s}"`), "EP1010", "more than 10 MiB of values"},
		{"doubling list", doubling("[local.%[2]s, local.%[2]s]"), "EP1010", "more than 10 MiB of values"},
		{"growing number", "locals {\n a = 1e999\n b = local.a * local.a * local.a\n c = local.b * local.b\n}\n", "EP1010", "too many digits"},
		{"nesting", nestedLocals(1000), "EP1010", "nested deeper"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, diags := parseText(head + test.text)
			wantFinding(t, diags, test.code, test.words)
		})
	}
}

// doubling is fifty locals, each made of the one before it.
func doubling(expr string) string {
	var out strings.Builder
	out.WriteString("locals {\n a0 = \"0123456789\"\n")
	for i := range 50 {
		fmt.Fprintf(&out, " a%d = "+expr+"\n", i+1, fmt.Sprintf("a%d", i))
	}
	return out.String() + "}\n"
}

func nestedLocals(n int) string {
	var out strings.Builder
	out.WriteString("locals {\n a0 = 1\n")
	for i := range n {
		fmt.Fprintf(&out, " a%d = [local.a%d]\n", i+1, i)
	}
	return out.String() + "}\n"
}

func TestDynamic(t *testing.T) {
	spec := mustParse(t, `
locals {
  pools = { p1 = ["a", "b"], p2 = [] }
}
dynamic "edge_pool" {
  for_each = local.pools
  labels   = [edge_pool.key]
  iterator = edge_pool
  content {
    fqdn             = "${edge_pool.key}.x"
    access_edge_fqdn = "sip-${edge_pool.key}.x"
    site             = site.s
    dynamic "server" {
      for_each = edge_pool.value
      labels   = ["${server.value}.${edge_pool.key}"]
      content {
        public_ipv4 = cidrhost("192.0.2.0/24", server.key)
      }
    }
    dynamic "xmpp" {
      for_each = edge_pool.key == "p1" ? [1] : []
      content {}
    }
  }
}
site "s" {
  federation_route = edge_pool.p2
}
`)
	var got []string
	for _, p := range spec.Topology.EdgePools {
		got = append(got, fmt.Sprint(p.Name, " ", p.FQDN.V, " ", p.Site.V, " ", p.XMPP != nil))
		for _, s := range p.Servers {
			got = append(got, s.FQDN.V+" "+s.PublicIPv4.V)
		}
	}
	noDiff(t, got, []string{"p1 p1.x s true", "a.p1 192.0.2.0", "b.p1 192.0.2.1", "p2 p2.x s false"})
	noDiff(t, spec.Topology.Sites[0].FederationRoute.V, "p2")
}

// hcl chooses among near names at random.
func TestSuggestedFunction(t *testing.T) {
	for range 50 {
		_, _, diags := parseText(head + "dynamic \"site\" {\n  for_each = lowr(\"s\")\n  labels = [1]\n  content {}\n}\n")
		wantFinding(t, diags, "EP1006", `There is no function "lowr". Did you mean "lower"?`)
	}
}

// The same for variables: iterators here, whose names are equally near.
func TestSuggestedVariable(t *testing.T) {
	for range 50 {
		_, _, diags := parseText(head + "locals {\n  a = [for ab in [1] : [for ac in [1] : ad]]\n}\n")
		wantFinding(t, diags, "EP1006", `There is nothing named "ad" here. Did you mean "ab"?`)
	}
}

func TestTwoCircles(t *testing.T) {
	_, _, diags := parseText(head + "locals {\n a = local.b\n b = local.a\n c = local.d\n d = [local.c, local.a]\n e = local.e\n}\n")
	var got []string
	for _, d := range diags {
		_, names, _ := strings.Cut(d.Detail, "value: ")
		got = append(got, names)
	}
	noDiff(t, got, []string{"a, b.", "e."})
}

func TestDynamicFindings(t *testing.T) {
	tests := []struct {
		name, text string
		code       diag.Code
	}{
		{"no collection", "for_each = 5\nlabels = [\"a\"]\ncontent {}", "EP1005"},
		{"null", "for_each = null\nlabels = [\"a\"]\ncontent {}", "EP1005"},
		{"null for a list", "for_each = tolist(null)\nlabels = [\"a\"]\ncontent {}", "EP1005"},
		{"null or a list", "for_each = true ? null : [\"a\"]\nlabels = [\"a\"]\ncontent {}", "EP1005"},
		{"null for a map", "for_each = true ? null : { a = 1 }\nlabels = [\"a\"]\ncontent {}", "EP1005"},
		{"no content", "for_each = []\nlabels = [\"a\"]", "EP1004"},
		{"no labels", "for_each = [1]\ncontent {}", "EP1004"},
		{"too many labels", "for_each = [1]\nlabels = [\"a\", \"b\"]\ncontent {}", "EP1001"},
		{"same label", "for_each = [1, 2]\nlabels = [\"a\"]\ncontent {}", "EP1007"},
		{"empty label", "for_each = [1]\nlabels = [\"\"]\ncontent {}", "EP1009"},
		{"null label", "for_each = [1]\nlabels = [null]\ncontent {}", "EP1005"},
		{"unknown local", "for_each = local.x\nlabels = [\"a\"]\ncontent {}", "EP1006"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, diags := parseText(head + "dynamic \"site\" {\n" + test.text + "\n}\n")
			wantFinding(t, diags, test.code, "")
		})
	}
}
