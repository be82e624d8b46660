package compiler

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// prepared is a spec of two pools and its zone, with a block at its end.
func prepared(t *testing.T, host, zone, block string) ([]*plan.Plan, []string) {
	t.Helper()
	text := `
topology "t" {
  product         = "sfb-server-2015"
  management_host = "fe2.corp.contoso.com"
}
site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
}
site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool1
}
edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  xmpp {}
  server "edge1.contoso.com" {
    public_ipv4 = "203.0.113.11"
    public_ipv6 = "2001:db8::1"
  }
}
edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  xmpp {}
  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}
sip_domain "contoso.com" {
  xmpp = true
}
xmpp_federation {
` + host + `
}
dns_zone "contoso.com" {
  file   = "zone"
  server = "ns1.contoso.net"
}
` + block
	const change = "  change {\n    ticket = \"T\"\n    summary = \"S\"\n    window_end = \"2026-12-01T23:00:00+01:00\"\n  }\n}\n"
	fsys := fstest.MapFS{"zone": {Data: []byte(zone)}}
	spec, _, diags := parser.Parse(fsys, []parser.File{{Name: "a.edge.hcl", Text: []byte(text + change)}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := Compile(spec)
	var codes []string
	for _, d := range diags {
		codes = append(codes, string(diag.Of(d)))
	}
	return plans, codes
}

const soaLine = "@ 1h IN SOA ns1.contoso.net. host.contoso.com. 7 7200 900 1209600 600\n@ 1h IN NS ns1.contoso.net.\nsip1 300 IN A 203.0.113.11\nsip2 300 IN A 198.51.100.21\n"

// TestPrepare: what a preparation changes in a zone, how long it takes to take effect,
// and what the failover after it has left to do.
func TestPrepare(t *testing.T) {
	for _, test := range []struct {
		name, host, zone string
		sets             []plan.RecordSet
		wait             plan.Wait
		at               string
	}{
		{
			"one host", `host = "xmpp.contoso.com"`,
			soaLine + "xmpp 86400 IN A 203.0.113.11\nxmpp 120 IN AAAA 2001:db8::1\n_xmpp-server._tcp 7200 IN SRV 0 0 5269 xmpp\n",
			[]plan.RecordSet{
				{Owner: "xmpp.contoso.com.", Type: "A", OldTTL: 86400, NewTTL: 60, Old: []string{"203.0.113.11"}, New: []string{"203.0.113.11"}, Step: "4", Number: "P21"},
				{Owner: "xmpp.contoso.com.", Type: "AAAA", OldTTL: 120, NewTTL: 60, Old: []string{"2001:db8::1"}, New: []string{"2001:db8::1"}, Step: "4", Number: "P22"},
				{Owner: "_xmpp-server._tcp.contoso.com.", Type: "SRV", OldTTL: 7200, NewTTL: 60, Old: []string{"0 0 5269 xmpp.contoso.com."}, New: []string{"0 0 5269 xmpp.contoso.com."}, Step: "5", Number: "P23"},
			},
			plan.Wait{Old: 86400, Secondary: 8100}, "2026-12-02T23:00:00+01:00",
		},
		{
			"pools, none published", "",
			soaLine,
			[]plan.RecordSet{{Owner: "_xmpp-server._tcp.contoso.com.", Type: "SRV", NewTTL: 60, Old: []string{}, New: []string{"0 0 5269 sip1.contoso.com.", "10 0 5269 sip2.contoso.com."}, Step: "5", Number: "P21"}},
			plan.Wait{Negative: 600, Secondary: 8100}, "2026-12-01T23:10:00+01:00",
		},
		{
			"pools with one priority", "",
			soaLine + "_xmpp-server._tcp 30 IN SRV 5 0 5269 sip1\n_xmpp-server._tcp 30 IN SRV 5 0 5269 sip2\n",
			[]plan.RecordSet{{Owner: "_xmpp-server._tcp.contoso.com.", Type: "SRV", OldTTL: 30, NewTTL: 30, Old: []string{"5 0 5269 sip1.contoso.com.", "5 0 5269 sip2.contoso.com."}, New: []string{"15 0 5269 sip2.contoso.com.", "5 0 5269 sip1.contoso.com."}, Step: "5", Number: "P21"}},
			plan.Wait{Old: 30, Secondary: 8100}, "2026-12-01T23:00:30+01:00",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			plans, codes := prepared(t, test.host, test.zone, "prepare \"p\" {\n  ttl = 60\n")
			if len(plans) != 1 {
				t.Fatalf("%d plans, %v", len(plans), codes)
			}
			p := plans[0]
			got := slices.Clone(p.Zones[0].Records)
			for i := range got {
				slices.Sort(got[i].New)
			}
			if diff := cmp.Diff(test.sets, got); diff != "" {
				t.Errorf("minus is wanted, plus is got:\n%s", diff)
			}
			if p.Zones[0].Wait != test.wait || len(p.Earliest) != 1 || p.Earliest[0].At != test.at || p.Earliest[0].Seconds != test.wait.Caches() {
				t.Errorf("wait %+v, earliest %+v", p.Zones[0].Wait, p.Earliest)
			}
			if again, codes := prepared(t, test.host, string(p.Zones[0].Text.Bytes()), "prepare \"p\" {\n  ttl = 60\n"); len(again) != 0 || !slices.Contains(codes, "EP3013") {
				t.Errorf("prepared twice: %d plans, %v", len(again), codes)
			}
			next, codes := prepared(t, test.host, string(p.Zones[0].Text.Bytes()), "failover \"f\" {\n  federation = \"xmpp\"\n  to = edge_pool.EdgePool2\n")
			if len(next) != 1 {
				t.Fatalf("no failover after it: %v", codes)
			}
			for _, set := range next[0].Zones[0].Records {
				if set.Changed() && (set.OldTTL > 60 || len(set.Old) == 0) {
					t.Errorf("the failover still finds %+v", set)
				}
			}
			if w := next[0].Zones[0].Wait; w.Caches() > 60 {
				t.Errorf("old answers live for %d s after the failover", w.Caches())
			}
		})
	}
}

// TestPrepareRefuses: findings of the block, in codes.
func TestPrepareRefuses(t *testing.T) {
	for _, test := range []struct{ name, host, zone, code string }{
		{"alias", `host = "xmpp.contoso.com"`, soaLine + "_xmpp-server._tcp 600 IN CNAME x\n", "EP2021"},
		{"port", "", soaLine + "_xmpp-server._tcp 600 IN SRV 0 0 5222 sip1\n", "EP2008"},
		{"host elsewhere", `host = "xmpp.fabrikam.com"`, soaLine + "_xmpp-server._tcp 600 IN SRV 0 0 5269 xmpp.fabrikam.com.\n", "EP2011"},
	} {
		plans, codes := prepared(t, test.host, test.zone, "prepare \"p\" {\n  ttl = 60\n")
		if len(plans) != 0 || !slices.Contains(codes, test.code) {
			t.Errorf("%s: %d plans, %s", test.name, len(plans), strings.Join(codes, " "))
		}
	}
}
