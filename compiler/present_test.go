package compiler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestPresent: what is at a name of the plan and not understood is found before it is
// overwritten or doubled, and so is what was meant for such a name.
func TestPresent(t *testing.T) {
	host, pools, prepare := dnsSpec{host: true}, dnsSpec{}, dnsSpec{host: true, prepare: true}
	const srv = "_xmpp-server._tcp SRV 10 0 5269 xmpp\n"
	tests := []struct {
		name string
		spec dnsSpec
		zone string
		want []string
		says string
	}{
		{"LUA", host, "xmpp LUA A \"ifportup(5269, {'203.0.113.11'})\"\n" + srv, []string{"EP2029 z:4"}, "works out what xmpp.contoso.com answers with"},
		{"ALIAS", host, "xmpp ALIAS sip1\n" + srv, []string{"EP2029 z:4"}, ""},
		{"alias of Route 53, as cli53 has it", host, "xmpp 60 AWS ALIAS A x.example. Z1 false\n" + srv, []string{"EP2029 z:4"}, "type AWS"},
		{"type by number", host, "xmpp TYPE65400 \\# 1 00\n" + srv, []string{"EP2029 z:4"}, "type TYPE65400"},
		{"in a preparation", prepare, "xmpp A 203.0.113.11\nxmpp ANAME sip1\n" + srv, []string{"EP2029 z:5"}, ""},
		{"INN", host, "xmpp 300 INN A 203.0.113.11\n" + srv, []string{"EP2029 z:4"}, "Did you mean IN?"},
		{"AA", host, "xmpp 300 IN AA 203.0.113.11\n" + srv, []string{"EP2029 z:4"}, "Did you mean A?"},
		{"SVR", host, "xmpp A 203.0.113.11\n_xmpp-server._tcp SVR 10 0 5269 xmpp\n", []string{"EP2029 z:5"}, "Did you mean SRV?"},
		{"one finding for equal lines", host, "xmpp AA 203.0.113.11\nxmpp AA 203.0.113.12\n" + srv, []string{"EP2029 z:4"}, ""},
		{"one finding for a name", host, "xmpp AA 203.0.113.11\nxmpp BB 203.0.113.12\na xmpp 1\nb xmpp 1\n" + srv, []string{"EP2029 z:4", "EP2030 z:6"}, ""},
		{"at a target that stays", pools, dnsPools + "sip1 LUA A \"\"\n", []string{"EP2029 z:8"}, "sip1.contoso.com"},
		{"the line after has a blank before it", host, dnsHost[:strings.Index(dnsHost, "_")] + " www 300 A 192.0.2.80\n" + srv, []string{"EP2029 z:5"}, "type WWW"},

		{"blank before the owner", host, "www A 192.0.2.80\n xmpp 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:5"}, "a record of type XMPP at www.contoso.com"},
		{"// and a blank", host, "// xmpp 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, "If it was meant for xmpp.contoso.com"},
		{"//", host, "//xmpp 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, "//xmpp.contoso.com, which is not xmpp.contoso.com"},
		{"#", host, "#xmpp 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"no-break space behind the owner", host, "xmpp\u00a0 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, `xmpp\194\160.contoso.com`},
		{"no-break space before the owner", host, "\u00a0xmpp 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"no-break space before the TTL", host, "xmpp\u00a0300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"no-break space of Latin-1", host, "xmpp\xa0 300 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"no-break space at a service", host, "xmpp A 203.0.113.11\n_xmpp-server._tcp\u00a0 SRV 10 0 5269 xmpp\n", []string{"EP2030 z:5"}, ""},
		{"zero width space", host, "xmpp\u200b A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"fullwidth letters", host, "\uff58mpp A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"escaped blank", host, "xmpp\\032 A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"final dot lost", host, "xmpp.contoso.com A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, "lacks its final dot"},
		{"final dot lost below an origin", host, "xmpp A 203.0.113.11\n$ORIGIN _tcp.contoso.com.\n_xmpp-server._tcp.contoso.com SRV 10 0 5269 xmpp.contoso.com.\n", []string{"EP2030 z:6"}, ""},

		{"asterisk", host, "xm*pp A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"hyphen", host, "-xmpp A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"underscore", host, "xmpp_ A 203.0.113.11\n" + srv, []string{"EP2030 z:4"}, ""},
		{"a blank in the name", host, "x mpp A 203.0.113.11\n" + srv, nil, "EP3025: This line is read as a record of type MPP at x.contoso.com."},

		{"beside the plan", host, dnsHost + "lua LUA A \"\"\nwww AA 192.0.2.1\n//www A 192.0.2.1\nwww\u00a0 A 192.0.2.1\n mail A 192.0.2.1\nwww.contoso.com A 192.0.2.1\n", []string{"EP2036 z:8", "EP2036 z:9"}, "EP3025: This line is read as a record of type AA at www.contoso.com. Did you mean A?"},
		{"known types at the name", host, dnsHost + "xmpp TXT x\nxmpp HTTPS 1 .\nxmpp CAA 0 issue x\nxmpp TYPE44 \\# 3 040500\nxmpp SSHFP 4 5 00\n", nil, ""},
		{"a name that is a type", dnsSpec{host: true, edit: func(s string) string { return strings.ReplaceAll(s, "xmpp.contoso.com", "mx.contoso.com") }}, "mx A 203.0.113.11\nwww MX 10 mx\n_xmpp-server._tcp SRV 10 0 5269 mx\n", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, end := range []string{"\n", "\r\n"} {
				plans, found := tt.spec.compile(t, strings.ReplaceAll(dnsHead+tt.zone, "\n", end))
				errors := slices.DeleteFunc(findings(found), func(f string) bool { return !strings.HasPrefix(f, "EP20") })
				if !slices.Equal(errors, append([]string{}, tt.want...)) || (len(plans) == 1) != (tt.want == nil) {
					t.Fatalf("%d plans, findings %v, want %v\n%s", len(plans), findings(found), tt.want, details(found))
				}
				if !strings.Contains(details(found), tt.says) {
					t.Errorf("no %q in\n%s", tt.says, details(found))
				}
			}
		})
	}
}

// TestToday: what moves has to be the pool's that is left, and what works today is not
// claimed where route and DNS name different pools.
func TestToday(t *testing.T) {
	const third = "edge_pool \"Third\" {\n fqdn = \"pool3.corp.example\"\n access_edge_fqdn = \"sip3.contoso.com\"\n xmpp {}\n server \"edge3.corp.example\" {\n  public_ipv4 = \"192.0.2.31\"\n }\n}\n"
	host, pools := dnsSpec{host: true, blocks: third}, dnsSpec{blocks: third}
	accept := host
	accept.accept = "EP2031"
	planned := func(s dnsSpec) dnsSpec {
		before := s.edit
		s.edit = func(text string) string {
			if before != nil {
				text = before(text)
			}
			return strings.Replace(text, " federation = \"xmpp\"\n", " federation = \"xmpp\"\n reason = \"planned\"\n", 1)
		}
		return s
	}
	const srv = "_xmpp-server._tcp SRV 10 0 5269 xmpp\n"
	tests := []struct {
		name   string
		spec   dnsSpec
		zone   string
		want   []string
		before plan.Service // XMPP before a planned change
	}{
		{"of the pool that is left", host, "xmpp A 203.0.113.11\n" + srv, nil, plan.Service{Up: true, Through: "EdgePool1"}},
		{"some of them", host.left("203.0.113.12"), "xmpp A 203.0.113.12\n" + srv, nil, plan.Service{Up: true, Through: "EdgePool1"}},
		{"new", host, srv, nil, plan.Service{Up: true, Through: "EdgePool1"}},
		{"of nobody", host, "xmpp A 192.0.2.99\n" + srv, []string{"EP2031 z:4"}, plan.Service{}},
		{"one of nobody", host, "xmpp A 203.0.113.11\nxmpp A 192.0.2.99\n" + srv, []string{"EP2031 z:5"}, plan.Service{}},
		{"IPv6 of nobody", host, "xmpp A 203.0.113.11\nxmpp AAAA 2001:db8::9\n" + srv, []string{"EP2031 z:5"}, plan.Service{}},
		{"IPv6 of the pool that is left", host.left("2001:db8::9"), "xmpp A 203.0.113.11\nxmpp AAAA 2001:db8::9\n" + srv, []string{"EP3009 z:5"}, plan.Service{Up: true, Through: "EdgePool1"}},
		{"of nobody, accepted", accept, "xmpp A 192.0.2.99\n" + srv, []string{}, plan.Service{InDoubt: true}},
		{"of a third pool", host, "xmpp A 192.0.2.31\n" + srv, []string{"EP3022 z:4"}, plan.Service{InDoubt: true}},
		{"of the target already", host, "xmpp A 198.51.100.21\n" + srv, []string{"EP3022 z:4"}, plan.Service{InDoubt: true}},
		{"SRV of the pool that is left", pools, dnsPools, nil, plan.Service{Up: true, Through: "EdgePool1"}},
		{"SRV of the target comes first", pools, "sip1 A 203.0.113.11\nsip2 A 198.51.100.21\n_xmpp-server._tcp SRV 20 0 5269 sip1\n_xmpp-server._tcp SRV 5 0 5269 sip2\n", []string{"EP3022 z:7"}, plan.Service{InDoubt: true}},
		{"its name has the address of another", pools, strings.Replace(dnsPools, "203.0.113.11", "192.0.2.31", 1), []string{"EP3022 z:4"}, plan.Service{InDoubt: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plans, found := planned(tt.spec).compile(t, dnsHead+tt.zone)
			got := findings(found)
			if !slices.Equal(got, append([]string{}, tt.want...)) {
				t.Fatalf("findings %v, want %v\n%s", got, tt.want, details(found))
			}
			if failed := slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "EP2") }); failed != (len(plans) == 0) {
				t.Fatalf("%d plans", len(plans))
			}
			if len(plans) > 0 && plans[0].Outage[0].Of(plan.XMPPFederation) != tt.before {
				t.Errorf("before the change %+v, want %+v", plans[0].Outage[0].Of(plan.XMPPFederation), tt.before)
			}
		})
	}
}

// TestServiceOwner: SRV records at what is nearly the owner of the plan are found.
func TestServiceOwner(t *testing.T) {
	const before, after = "xmpp A 203.0.113.11\n", " SRV 10 0 5269 xmpp\n"
	for owner, want := range map[string][]string{
		"_xmpp-server_tcp": {"EP2030 z:5"}, "xmpp-server._tcp": {"EP2030 z:5"}, "_xmpp-server.tcp": {"EP2030 z:5"}, "xmpp-server.tcp": {"EP2030 z:5"},
		"_xmpp_server._tcp": {"EP2030 z:5"}, "_xmpp-server-tcp": {"EP2030 z:5"}, "_xmpp.server._tcp": {"EP2030 z:5"}, "__xmpp-server._tcp": {"EP2030 z:5"},
		"_XMPP-SERVER_TCP": {"EP2030 z:5"}, "_xmpp-server._tcp": {}, "_xmpp-client._tcp": {}, "_xmpp-server._tcp.eu": {}, "_xmpp-server_tcp.eu": {}, "_xmpps-server_tcp": {},
	} {
		_, found := dnsSpec{host: true}.compile(t, dnsHead+before+owner+after)
		if got := findings(found); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v\n%s", owner, got, want, details(found))
		}
	}
}

// TestProxied: what Cloudflare writes of a name for which it answers itself.
func TestProxied(t *testing.T) {
	const srv = "_xmpp-server._tcp SRV 10 0 5269 xmpp ; cf_tags=cf-proxied:true\n"
	tests := []struct {
		spec dnsSpec
		zone string
		want []string
	}{
		{dnsSpec{host: true}, "xmpp.contoso.com. 1 IN A 203.0.113.11 ; cf_tags=cf-proxied:true\n" + srv, []string{"EP2034 z:4"}},
		{dnsSpec{host: true}, "xmpp A 203.0.113.11 ; our note cf_tags=team:x,CF-Proxied:true\n" + srv, []string{"EP2034 z:4"}},
		{dnsSpec{host: true, prepare: true}, "xmpp A 203.0.113.11 ; cf_tags=cf-proxied:true\n" + srv, []string{"EP2034 z:4"}},
		{dnsSpec{}, strings.Replace(dnsPools, "198.51.100.21\n", "198.51.100.21 ; cf_tags=cf-proxied:true\n", 1), []string{"EP2034 z:5"}},
		{dnsSpec{host: true}, "xmpp A 203.0.113.11 ; cf_tags=cf-proxied:false\n" + srv, []string{}},
		{dnsSpec{host: true}, "xmpp A 203.0.113.11\nwww A 192.0.2.80 ; cf_tags=cf-proxied:true\n" + srv, []string{}},
	}
	for _, tt := range tests {
		_, found := tt.spec.compile(t, dnsHead+tt.zone)
		if got := findings(found); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v\n%s", tt.zone, got, tt.want, details(found))
		}
	}
}

// TestByteOrderMark: a mark is an error where a server would be given the file. That of an
// included file is in TestInclude.
func TestByteOrderMark(t *testing.T) {
	windows := dnsSpec{host: true, edit: func(text string) string {
		return strings.Replace(text, "server = \"192.0.2.53\"\n", "server = \"192.0.2.53\"\n delivery = \"windows-dns\"\n computer = \"dc.corp.example\"\n operating_system = \"windows-server-2016\"\n", 1)
	}}
	for _, tt := range []struct {
		spec dnsSpec
		want []string
	}{{dnsSpec{host: true}, []string{"EP1013 z:1"}}, {dnsSpec{host: true, prepare: true}, []string{"EP1013 z:1"}}, {windows, []string{}}} {
		plans, found := tt.spec.compile(t, "\ufeff"+dnsHead+dnsHost)
		if got := findings(found); !slices.Equal(got, tt.want) || len(plans) == len(tt.want) {
			t.Errorf("%d plans, %v, want %v\n%s", len(plans), got, tt.want, details(found))
		}
	}
}

// TestRoutingPolicy: what cli53 writes of a set that is one of several.
func TestRoutingPolicy(t *testing.T) {
	route53 := func(text string) string {
		return strings.Replace(text, "server = \"192.0.2.53\"\n", "server = \"192.0.2.53\"\n delivery = \"route53\"\n", 1)
	}
	for comment, want := range map[string][]string{
		`; AWS routing="WEIGHTED" weight=1 identifier="One"`:                           {"EP2032 z:4"},
		`; AWS routing="FAILOVER" failover="PRIMARY" healthCheckId="x" identifier="a"`: {"EP2032 z:4"},
		`;AWS routing=LATENCY region="eu-west-1" identifier="b"`:                       {"EP2032 z:4"},
		`; routing of AWS`: {},
		``:                 {},
	} {
		zone := dnsHead + "xmpp A 203.0.113.11 " + comment + "\n_xmpp-server._tcp SRV 10 0 5269 xmpp ; AWS routing=\"WEIGHTED\"\n"
		if _, found := (dnsSpec{host: true, edit: route53}).compile(t, zone); !slices.Equal(findings(found), want) {
			t.Errorf("%s: %v\n%s", comment, findings(found), details(found))
		}
		if _, found := (dnsSpec{host: true}).compile(t, zone); len(found) > 0 {
			t.Errorf("zone-file: %s", details(found))
		}
	}
}
