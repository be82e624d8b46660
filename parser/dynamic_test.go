package parser

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestIdleDynamic: what is wrong in a block that a dynamic block would make is found even if
// its list is empty.
func TestIdleDynamic(t *testing.T) {
	for name, test := range map[string]struct {
		text  string // the last lines of the spec
		code  diag.Code
		words string
	}{
		"unknown argument":  {idleBlock("sip_domain", `xmp = true`), "EP1002", `"xmp"`},
		"unknown block":     {idleBlock("edge_pool", "fqdn = \"a\"\naccess_edge_fqdn = \"b\"\nserver_ \"x\" {}"), "EP1003", "server_"},
		"missing argument":  {idleBlock("edge_pool", `fqdn = "a"`), "EP1004", "access_edge_fqdn"},
		"missing block":     {idleBlock("failover", "federation = \"xmpp\"\nto = edge_pool.p"), "EP1004", "change"},
		"type of a literal": {idleBlock("sip_domain", `xmpp = "maybe"`), "EP1005", "true or false is needed"},
		"type of a text":    {idleBlock("xmpp_federation", `partners = "x.${xmpp_federation.value}"`), "EP1005", "A list of strings is needed here, but this is a string."},
		"type of no list":   {idleBlock("failover", "federation = \"xmpp\"\nto = edge_pool.p\nmedia = \"x.${failover.value}\"\nchange {\nticket = \"1\"\nsummary = \"s\"\n}"), "EP1005", "A list of references is needed here, but this is a string."},
		"type of a sum":     {idleBlock("site", `federation_route = site.value + 1`), "EP1005", "A reference to a block edge_pool is needed here, but this is a number."},
		"type of a list":    {idleBlock("xmpp_federation", `host = [xmpp_federation.key]`), "EP1005", "A string is needed"},
		"unknown block ref": {idleBlock("site", `federation_route = edge_pool.q`), "EP1006", `"q"`},
		"unknown local":     {idleBlock("site", `federation_route = local.q`), "EP1006", `"q"`},
		"unknown function":  {idleBlock("sip_domain", `xmpp = upper2(sip_domain.value)`), "EP1006", "upper2"},
		"unknown word":      {idleBlock("topology", "product = \"x\"\nmanagement_host = topology.value"), "EP1008", `"x"`},
		"number":            {idleBlock("prepare", "ttl = 5\nchange {\nticket = prepare.value\nsummary = prepare.key\n}"), "EP1009", "whole number"},
		"no iterator":       {"dynamic \"site\" {\nfor_each = []\niterator = at\nlabels = [at.key]\ncontent {\nfederation_route = site.value\n}\n}\n", "EP1006", `"value"`},
		"label":             {"dynamic \"site\" {\nfor_each = []\nlabels = [[site.key]]\ncontent {}\n}\n", "EP1005", "A string is needed here, but this is a list."},
		"name of a plan":    {"dynamic \"prepare\" {\nfor_each = {}\nlabels = [\"a/b\"]\ncontent {\nchange {\nticket = prepare.key\nsummary = \"x\"\n}\n}\n}\n", "EP1009", "folder"},
		"in an empty one":   {idleBlock("edge_pool", "fqdn = edge_pool.key\naccess_edge_fqdn = \"${edge_pool.value}\"\n"+idleBlock("server", "public_ip = 1")), "EP1002", "public_ip"},
		"of its element":    {idleBlock("edge_pool", "fqdn = edge_pool.key\naccess_edge_fqdn = \"b\"\ndynamic \"xmpp\" {\nfor_each = edge_pool.value.ports\ncontent {\nlistening_port = xmpp.value\ninternal_port = []\n}\n}"), "EP1005", "A TCP port"},
		"in a full one": {"dynamic \"edge_pool\" {\nfor_each = [\"a\", \"b\"]\nlabels = [edge_pool.value]\ncontent {\nfqdn = \"a\"\naccess_edge_fqdn = \"b\"\n" +
			"dynamic \"server\" {\nfor_each = []\nlabels = [edge_pool.value]\ncontent {\npublic_ipv4 = edge_pool.vale\n}\n}\n}\n}\n", "EP1006", "vale"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, diags := parseText(head + "edge_pool \"p\" {\nfqdn = \"a\"\naccess_edge_fqdn = \"b\"\n}\n" + test.text)
			wantFinding(t, diags, test.code, test.words)
		})
	}
}

// idleBlock is a dynamic block with an empty list.
func idleBlock(kind, content string) string {
	labels := "labels = [\"x-${" + kind + ".key}\"]\n"
	if kind == "xmpp_federation" || kind == "change" {
		labels = ""
	}
	return "dynamic \"" + kind + "\" {\nfor_each = []\n" + labels + "content {\n" + content + "\n}\n}\n"
}

// TestIdleDynamicWell: a dynamic block that makes nothing and has no mistake has no finding,
// and makes nothing: what depends on its element is not known, and no file of it is read.
func TestIdleDynamicWell(t *testing.T) {
	spec := mustParse(t, idleBlock("edge_pool", `
    fqdn             = edge_pool.value.fqdn
    access_edge_fqdn = lower("${edge_pool.value["fqdn"]}.${edge_pool.key}")
    site             = site[edge_pool.value.site]
    nat              = edge_pool.value.nat
    virtual_ipv4     = cidrhost(edge_pool.value.net, edge_pool.value.host)
    dynamic "server" {
      for_each = { for name, at in edge_pool.value.servers : name => at if at != "" }
      labels   = [server.key]
      content {
        public_ipv4      = server.value
        public_ipv6      = edge_pool.value.servers[server.key]
        operating_system = edge_pool.key == "x" ? "windows-server-2016" : server.value
      }
    }
    dynamic "xmpp" {
      for_each = edge_pool.value.xmpp ? [5269] : []
      content {
        listening_port = xmpp.value
      }
    }
    certificate {
      subject_alternative_names = [for name in edge_pool.value.names : upper(name)]
    }
`)+idleBlock("dns_zone", `
    file   = "not-there.zone"
    server = dns_zone.value
`)+idleBlock("failover", `
    federation = failover.value.federation
    to         = edge_pool[failover.value.to]
    media      = [front_end_pool[failover.value.media], failover.value.other]
    dynamic "change" {
      for_each = [for ticket in failover.value.tickets : ticket]
      content {
        ticket  = change.value
        summary = failover.key
      }
    }
    dynamic "accept" {
      for_each = failover.value.accepts
      labels   = [accept.key]
      content {
        reason = accept.value
      }
    }
`))
	if n := len(spec.Topology.EdgePools) + len(spec.Topology.Zones) + len(spec.Failovers); n > 0 {
		t.Errorf("%d blocks", n)
	}
}

// TestIdleDynamicOnce: a mistake in a dynamic block that makes nothing is reported once,
// however often it makes nothing, and not again where it makes something elsewhere.
func TestIdleDynamicOnce(t *testing.T) {
	for _, lists := range []string{"[[], [], []]", "[[], [1], []]", "[[1], []]"} {
		_, _, diags := parseText(head + strings.ReplaceAll("dynamic \"edge_pool\" {\nfor_each = LISTS\nlabels = [edge_pool.key]\ncontent {\nfqdn = \"a\"\naccess_edge_fqdn = \"b\"\n"+
			"dynamic \"server\" {\nfor_each = edge_pool.value\nlabels = [server.key]\ncontent {\npublic_ip = \"x\"\n}\n}\n}\n}\n", "LISTS", lists))
		wantFinding(t, diags, "EP1002", "public_ip")
	}
}

// TestIdleServer: what a block server may have depends on the pool that holds it, be it made by a
// dynamic block or not, in one that is made or not.
func TestIdleServer(t *testing.T) {
	server := "server \"a\" {\npublic_ipv4 = \"192.0.2.1\"\n}\n"
	idle := "dynamic \"server\" {\nfor_each = []\nlabels = [server.value]\ncontent {\npublic_ipv4 = \"192.0.2.1\"\n}\n}\n"
	for _, inner := range []string{server, idle, strings.Replace(idle, "[]", "[\"a\"]", 1)} {
		for _, list := range []string{"[]", "[1]"} {
			for kind, wrong := range map[string]bool{"edge_pool": false, "front_end_pool": true} {
				pool := "fqdn = \"p\"\n"
				if !wrong {
					pool += "access_edge_fqdn = \"q\"\n"
				} else {
					pool += "site = site.S\n"
				}
				text := head + "site \"S\" {}\ndynamic \"" + kind + "\" {\nfor_each = " + list + "\nlabels = [\"p\"]\ncontent {\n" + pool + inner + "}\n}\n"
				_, _, diags := parseText(text)
				found := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
					return strings.Contains(d.Detail, "A block server inside front_end_pool has no argument \"public_ipv4\". It belongs in a block server inside edge_pool.")
				})
				if found != wrong || wrong != slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return diag.Of(d) == codeUnknownArg }) {
					t.Errorf("%s of %s: %v\n%s", kind, list, shown(diags), inner)
				}
			}
		}
	}
}

// TestEveryBlockIdle: each type of block of the language is read where a dynamic block
// makes none.
func TestEveryBlockIdle(t *testing.T) {
	known := map[string]bool{}
	for _, block := range Schema() {
		known[block.Type] = block.Type != "locals"
	}
	readers := blockReader{&reader{}}.blockReaders("")
	for kind, block := range known {
		if (readers[kind] != nil) != block {
			t.Errorf("%s: is there a reader? %v", kind, !block)
		}
	}
	if len(readers) != len(known)-1 {
		t.Errorf("%d readers for %d types of blocks", len(readers), len(known)-1)
	}
}
