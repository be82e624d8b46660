package compiler_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// dnsSpec is a spec of two pools, with zone contoso.com in the file "z".
type dnsSpec struct {
	host    bool   // one XMPP host, not an SRV record for each pool
	prepare bool   // a preparation and not a failover
	six     bool   // the pools have IPv6
	pool    string // more arguments of EdgePool2
	blocks  string // more blocks
	accept  string // a code
	zones   map[string]string
	edit    func(string) string // of the text of the spec
}

const (
	dnsHead = "$TTL 300\n@ SOA ns.example. h.example. 1 2 3 4 5\n@ NS ns.example.\n"
	// dnsPools are the addresses and the SRV records of both pools.
	dnsPools = "sip1 A 203.0.113.11\nsip2 A 198.51.100.21\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n"
	// dnsHost are the records of the one host.
	dnsHost = "xmpp A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n"
)

// left is the spec with more servers in EdgePool1, one for each address.
func (s dnsSpec) left(addresses ...string) dnsSpec {
	s.edit = func(text string) string {
		for i, address := range addresses {
			kind := "public_ipv4"
			if strings.Contains(address, ":") {
				kind = "public_ipv6"
			}
			server := fmt.Sprintf(" server \"more%d.corp.example\" {\n  %s = %q\n }\n", i, kind, address)
			text = strings.Replace(text, "edge_pool \"EdgePool1\" {\n", "edge_pool \"EdgePool1\" {\n"+server, 1)
		}
		return text
	}
	return s
}

func (s dnsSpec) compile(t *testing.T, zone string) ([]*plan.Plan, []diag.Finding) {
	t.Helper()
	host, six1, six2 := "", "", ""
	if s.host {
		host = `host = "xmpp.contoso.com"`
	}
	if s.six {
		six1, six2 = `public_ipv6 = "2001:db8:1::11"`, `public_ipv6 = "2001:db8:2::21"`
	}
	job := `failover "f" {
 federation = "xmpp"
 to = edge_pool.EdgePool2
 procedure = "start-first"
 route_sites = "all-routed"
`
	if s.prepare {
		job = "prepare \"f\" {\n ttl = 200\n"
	}
	if s.accept != "" {
		job += fmt.Sprintf(" accept %q {\n  reason = \"r\"\n }\n", s.accept)
	}
	text := fmt.Sprintf(`topology "t" {
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
 access_edge_fqdn = "sip1.contoso.com"
 xmpp {}
 server "edge1.corp.example" {
  public_ipv4 = "203.0.113.11"
  %s
 }
}
edge_pool "EdgePool2" {
 site = site.Site2
 fqdn = "pool2.corp.example"
 access_edge_fqdn = "sip2.contoso.com"
 xmpp {}
 %s
 server "edge2.corp.example" {
  public_ipv4 = "198.51.100.21"
  %s
 }
}
sip_domain "contoso.com" {
 xmpp = true
}
xmpp_federation {
 %s
}
dns_zone "contoso.com" {
 file = "z"
 server = "192.0.2.53"
}
%s
%s change {
  ticket = "T"
  summary = "S"
 }
}
`, six1, s.pool, six2, host, s.blocks, job)
	if s.edit != nil {
		text = s.edit(text)
	}
	files := fstest.MapFS{"z": {Data: []byte(zone)}}
	for name, data := range s.zones {
		files[name] = &fstest.MapFile{Data: []byte(data)}
	}
	spec, sources, diags := parser.Parse(files, []parser.File{{Name: "a.edge.hcl", Text: []byte(text)}})
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	return plans, diag.Findings(diags, sources)
}

// findings lists code and place, "EP2010 z:7".
func findings(list []diag.Finding) []string {
	out := []string{}
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s %s:%d", f.Code, f.File, f.Line))
	}
	return out
}

func TestDNSRules(t *testing.T) {
	pools, host, prepare := dnsSpec{}, dnsSpec{host: true}, dnsSpec{prepare: true}
	hostPrepare := dnsSpec{host: true, prepare: true}
	six, hostSix := dnsSpec{six: true}, dnsSpec{host: true, six: true}
	child := dnsSpec{blocks: "sip_domain \"emea.contoso.com\" {\n xmpp = true\n}\n"}
	childZone := child
	childZone.blocks += "dns_zone \"emea.contoso.com\" {\n file = \"e\"\n server = \"192.0.2.53\"\n}\n"
	childZone.zones = map[string]string{"e": dnsHead + "_xmpp-server._tcp SRV 20 0 5269 sip1.contoso.com.\n_xmpp-server._tcp SRV 30 0 5269 sip2.contoso.com.\n"}
	twoV4, oneV6, twoV6 := host.left("203.0.113.12"), host.left("2001:db8:1::11"), host.left("2001:db8::1", "2001:db8::2")
	accepted := func(s dnsSpec, code string) dnsSpec { s.accept = code; return s }
	tests := []struct {
		name string
		spec dnsSpec
		zone string
		want []string // findings with their places
		says string   // in one of them
	}{
		{"sound, pools", pools, dnsHead + dnsPools, nil, ""},
		{"sound, host", host, dnsHead + dnsHost, nil, ""},
		{"sound, IPv6", six, dnsHead + dnsPools + "sip1 AAAA 2001:db8:1::11\nsip2 AAAA 2001:db8:2::21\n", nil, ""},
		{"upper case, absolute, other origin", pools, dnsHead + "SIP1 A 203.0.113.11\nSip2.Contoso.COM. A 198.51.100.21\n$ORIGIN _TCP.contoso.com.\n_XMPP-Server SRV 10 0 5269 SIP1.contoso.com.\n_xmpp-server SRV 20 0 5269 sip2.CONTOSO.com.\n", nil, ""},
		{"odd records of other names", pools, dnsHead + dnsPools + "x TYPE65280 \\# 1 00\ny CNAME y\nz 1 A 10.0.0.1\nz 2 A 10.0.0.1\n*.z CNAME .\nq\\.q TXT \"a;b\"\n\\255 HINFO a b\n_sip._udp SRV 0 0 1 gone\nsub NS ns.example.\n_x._tcp SRV 1 1 1 10.1.1.1.\n", nil, ""},

		{"alias by $GENERATE", host, dnsHead + dnsHost + "$GENERATE 0-0 xmpp CNAME x$\n", []string{"EP2021 z:6"}, ""},

		// The targets of SRV records.
		{"old pool is an alias", pools, dnsHead + "sip1 CNAME www\nsip2 A 198.51.100.21\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2010 z:4"}, "sip1.contoso.com is an alias"},
		{"new pool is an alias", pools, dnsHead + "sip1 A 203.0.113.11\nsip2 CNAME www\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2010 z:5"}, ""},
		{"a third target is an alias", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 Third\nthird 60 CNAME sip1\n", []string{"EP2010 z:9"}, "third.contoso.com"},
		{"alias by a wildcard", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 a.w\n*.w CNAME sip1\n", []string{"EP2010 z:9"}, "a.w.contoso.com"},
		{"alias by DNAME", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 a.w\nw DNAME example.\n", []string{"EP2010 z:9"}, "DNAME"},
		{"target in another zone", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 a.example.\n", nil, ""},
		{"target with an escaped dot", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 40 0 5269 a\\.contoso.com.\n", []string{"EP2017 z:8"}, ""},
		{"no-break space behind a target", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 40 0 5269 sip1\u00a0\n", []string{"EP2017 z:8"}, `sip1\194\160.contoso.com`},
		{"underscore in a target", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 40 0 5269 a_b\na_b A 192.0.2.1\n", []string{"EP2036 z:8", "EP2036 z:9"}, "check-names"},
		{"alias, preparation of a host", hostPrepare, dnsHead + "xmpp CNAME sip1\nsip1 A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2010 z:4"}, ""},
		{"one finding for two domains", child, dnsHead + "sip1 CNAME x\nsip2 A 198.51.100.21\n_xmpp-server._tcp SRV 5 0 5269 sip1\n_xmpp-server._tcp SRV 9 0 5269 sip2\n_xmpp-server._tcp.emea SRV 5 0 5269 sip1\n", []string{"EP2010 z:4"}, ""},
		{"old pool without address", pools, dnsHead + "sip2 A 198.51.100.21\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP3015 z:5"}, "sip1.contoso.com, which has no address"},
		{"new pool without address", pools, dnsHead + "sip1 A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2009 a.edge.hcl:24"}, ""},
		{"address by a wildcard", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 a\n* A 192.0.2.1\n", nil, ""},
		{"wildcard that a name stands before", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 a\n* A 192.0.2.1\nb.a TXT x\n", []string{"EP3015 z:8"}, ""},
		{"address by $GENERATE", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 gw3\n$GENERATE 1-9 gw$ A 192.0.2.$\n", nil, ""},
		{"address maybe by $INCLUDE", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 gw3\n$INCLUDE more\n", []string{"EP2033 z:9"}, ""},
		{"target is the root", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 .\n", []string{"EP3015 z:8"}, "no XMPP server"},
		{"preparation adds a pool without address", prepare, dnsHead + "sip1 A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 sip1\n", []string{"EP2009 a.edge.hcl:24"}, "will point at sip2"},
		{"preparation, first without address", prepare, dnsHead + "sip2 A 198.51.100.21\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2009 z:5"}, "comes first"},
		{"preparation, host without address", hostPrepare, dnsHead + "_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2009 z:4"}, ""},
		{"final dot lost", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 SIP2.contoso.com\n", []string{"EP2026 z:8"}, "Write sip2.contoso.com. with the dot"},
		{"final dot lost below an origin", pools, dnsHead + dnsPools + "$ORIGIN _tcp.contoso.com.\n_xmpp-server SRV 30 0 5269 sip2.contoso.com\n", []string{"EP2026 z:9"}, "_tcp.contoso.com"},
		{"final dot lost, name of the zone only", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 old.contoso.com\nold A 192.0.2.9\n", []string{"EP2026 z:8"}, "old.contoso.com."},
		{"final dot lost, name of another zone", childZone, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 sip2.contoso.com.emea.contoso.com.\n", []string{"EP2026 z:8"}, ""},
		{"origin twice, of nothing known", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 none.contoso.com\n", []string{"EP3015 z:8"}, ""},
		{"origin twice and there", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 sip2.contoso.com\nsip2.contoso.com A 192.0.2.9\n", nil, ""},
		{"an address as target", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 203.0.113.5.\n", []string{"EP2027 z:8"}, "the address 203.0.113.5."},
		{"a relative address as target", host, dnsHead + dnsHost + "_xmpp-server._tcp SRV 30 0 5269 203.0.113.5\n* A 192.0.2.1\n", []string{"EP2027 z:6"}, "the address 203.0.113.5."},
		{"an IPv6 address as target", host, dnsHead + dnsHost + "_xmpp-server._tcp SRV 30 0 5269 2001:DB8::5\n", []string{"EP2027 z:6"}, "2001:db8::5"},
		{"numbers that are no address", pools, dnsHead + dnsPools + "_xmpp-server._tcp SRV 30 0 5269 3.203.0.113.5.example.\n", nil, ""},
		{"private address left behind", pools, dnsHead + "sip1 A 10.1.2.3\nsip2 A 198.51.100.21\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2013 z:4"}, "10.1.2.3"},
		{"private address of the new pool", pools, dnsHead + "sip1 A 203.0.113.11\nsip2 A 198.51.100.21\nsip2 A 100.64.0.1\nsip2 AAAA fd00::1\n_xmpp-server._tcp SRV 10 0 5269 sip1\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2013 z:6"}, "100.64.0.1, fd00::1"},
		{"private address that goes", host, dnsHead + "xmpp A 169.254.1.1\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2031 z:4"}, ""},
		{"private address that stays", hostPrepare, dnsHead + "xmpp A 127.0.0.1\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2013 z:4"}, ""},
		{"CNAME beside an address", pools, dnsHead + dnsPools + "sip1 CNAME www\n", []string{"EP2021 z:8"}, "another record, of type A."},
		{"CNAME beside another", host, dnsHead + "xmpp CNAME a\nXMPP CNAME b\nxmpp CNAME a\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2021 z:4"}, "another record, of type CNAME"},
		{"CNAME at the SRV owner", host, dnsHead + dnsHost + "_xmpp-server._tcp CNAME a\n", []string{"EP2021 z:6"}, ""},
		{"CNAME beside a signature", host, dnsHead + "xmpp CNAME a\nxmpp KEY 0 0 0 AA==\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2010 z:4"}, ""},

		// IPv6.
		{"AAAA of nobody", pools, dnsHead + dnsPools + "sip2 AAAA 2001:db8::9\n", []string{"EP2014 z:8"}, "2001:db8::9"},
		{"AAAA of another", six, dnsHead + dnsPools + "sip1 AAAA 2001:db8:1::11\nsip2 AAAA 2001:db8:2::21\nsip2 AAAA 2001:db8:2::22\n", []string{"EP2014 z:9"}, ""},
		{"AAAA missing", six, dnsHead + dnsPools, []string{"EP3009 a.edge.hcl:24"}, ""},
		{"AAAA removed", oneV6, dnsHead + dnsHost + "xmpp AAAA 2001:db8:1::11\n", []string{"EP3009 z:6"}, "removes the AAAA"},
		{"AAAA moved", hostSix, dnsHead + dnsHost + "xmpp AAAA 2001:db8:1::11\n", nil, ""},
		{"AAAA behind a balancer", dnsSpec{pool: "load_balancing = \"hardware\"\n virtual_ipv4 = \"198.51.100.99\""}, dnsHead + strings.Replace(dnsPools, "198.51.100.21", "198.51.100.99", 1) + "sip2 AAAA 2001:db8::9\n", []string{"EP3009 z:8"}, "virtual_ipv4"},

		// Sets.
		{"TTLs differ", twoV4, dnsHead + "xmpp 60 A 203.0.113.11\nxmpp 3600 A 203.0.113.12\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP2024 z:5"}, "60 (203.0.113.11), 3600 (203.0.113.12)"},
		{"TTLs differ, accepted", accepted(twoV4, "EP2024"), dnsHead + "xmpp 60 A 203.0.113.11\nxmpp 3600 A 203.0.113.12\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{}, ""},
		{"TTLs of what goes differ", twoV6, dnsHead + dnsHost + "xmpp 1 AAAA 2001:db8::1\nxmpp 2 AAAA 2001:db8::2\n", []string{"EP3009 z:6"}, ""},
		{"TTLs differ by $TTL", prepare, dnsHead + "sip1 A 203.0.113.11\nsip2 A 198.51.100.21\n_xmpp-server._tcp SRV 10 0 5269 sip1\n$TTL 1h\n_xmpp-server._tcp SRV 20 0 5269 sip2\n", []string{"EP2024 z:8"}, "writes 200"},
		{"the same record twice", host, dnsHead + dnsHost + "XMPP.contoso.com. 300 IN A 203.0.113.11\n_xmpp-server._TCP SRV 010 0 5269 Xmpp\n", []string{"EP3014 z:6", "EP3014 z:7"}, "has the A record 203.0.113.11 further up already"},
		{"the same record twice, preparation", prepare, dnsHead + dnsPools + "_xmpp-server._tcp SRV 10 0 5269 sip1\n", []string{"EP3014 z:8"}, ""},
		{"delegated domain", child, dnsHead + dnsPools + "EMEA NS ns.example.\n_xmpp-server._tcp.emea SRV 10 0 5269 sip1\n", []string{"EP2025 z:8"}, `Declare a dns_zone "emea.contoso.com"`},
		{"delegated domain, accepted", accepted(child, "EP2025"), dnsHead + dnsPools + "emea NS ns.example.\nemea NS ns2.example.\n_xmpp-server._tcp.emea SRV 10 0 5269 sip1\n", []string{}, ""},
		{"delegated domain with a zone of its own", childZone, dnsHead + dnsPools + "emea NS ns.example.\n", nil, ""},
		{"delegated host", host, dnsHead + dnsHost + "xmpp NS ns.example.\n", []string{"EP2025 z:6"}, ""},
		{"delegated pool", pools, dnsHead + dnsPools + "sip2 NS ns.example.\nsip1 NS ns.example.\n", []string{"EP2011 a.edge.hcl:24"}, "the NS records of sip2.contoso.com make that a zone of its own"},
		{"renamed domain", child, dnsHead + dnsPools + "emea DNAME x.example.\n", []string{"EP2025 z:8"}, "DNAME"},
		{"a DNAME beside", host, dnsHead + dnsHost + "xmpp DNAME x.example.\nother DNAME x.example.\nxmpp-server._tcp NS ns.example.\n", nil, ""},
		{"wildcard before a new domain", child, dnsHead + dnsPools + "* MX 5 mail.example.\n", []string{"EP3017 z:8"}, "emea.contoso.com and the names below it"},
		{"wildcard before a new host", host, dnsHead + "* A 192.0.2.1\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP3017 z:4"}, "answers for xmpp.contoso.com. The plan"},
		{"wildcard before _tcp", host, dnsHead + "xmpp A 203.0.113.11\n* TXT x\n", []string{"EP3017 z:5"}, "_tcp.contoso.com and the names below it"},
		{"wildcard, but _tcp exists", host, dnsHead + "xmpp A 203.0.113.11\n* TXT x\n_sip._TCP SRV 0 0 5061 sip1\nsip1 A 203.0.113.11\n", nil, ""},
		{"wildcard below _tcp", host, dnsHead + "xmpp A 203.0.113.11\n*._tcp SRV 0 0 5269 xmpp\n", []string{"EP3017 z:5"}, "answers for _xmpp-server._tcp.contoso.com. The plan"},
		{"wildcard elsewhere, and escaped", host, dnsHead + "xmpp A 203.0.113.11\n*.x TXT x\na\\._tcp TXT x\n*a TXT x\n", nil, ""},
		{"wildcard with an escape is one", host, dnsHead + "xmpp A 203.0.113.11\n\\*._tcp TXT x\n", []string{"EP3017 z:5"}, ""},
		{"wildcard, nothing new", host, dnsHead + dnsHost + "* A 192.0.2.1\n", nil, ""},

		// Zones.
		{"direct TLS", host, dnsHead + dnsHost + "_XMPPS-server._tcp SRV 0 0 5270 other.example.\n", []string{"EP3016 z:6"}, "other.example"},
		{"keys of the host that moves", host, dnsHead + dnsHost + "_5269._TCP.xmpp TLSA 3 1 1 00\n_5269._tcp.xmpp TLSA 3 1 1 01\n_443._tcp.xmpp TLSA 3 1 1 00\n_5269._tcp.chat TLSA 3 1 1 00\n_5269._tcp.xmpp TXT a\n", []string{"EP3024 z:6"}, "_5269._tcp.xmpp.contoso.com names a key. It has to be that of EdgePool2 too"},
		{"keys at the SRV records", host, dnsHead + dnsHost + "_xmpp-server._tcp TLSA 3 1 1 00\n", []string{"EP3024 z:6"}, "_xmpp-server._tcp.contoso.com names"},
		{"keys, preparation", hostPrepare, dnsHead + dnsHost + "_5269._tcp.xmpp TLSA 3 1 1 00\n_xmpp-server._tcp TLSA 3 1 1 00\n", nil, ""},
		{"keys of the pools, which keep their names", pools, dnsHead + dnsPools + "_5269._tcp.sip1 TLSA 3 1 1 00\n_5269._tcp.sip2 TLSA 3 1 1 01\n", nil, ""},
		{"direct TLS at the host", host, dnsHead + dnsHost + "_xmpps-server._tcp SRV 0 0 5269 XMPP\n", []string{"EP2028 z:6"}, "leads to EdgePool1 at xmpp.contoso.com, port 5269"},
		{"direct TLS at the host, preparation", hostPrepare, dnsHead + dnsHost + "_xmpps-server._tcp SRV 0 0 5269 xmpp\n", []string{"EP2028 z:6"}, ""},
		{"direct TLS at a host that gets its addresses by the plan", host, dnsHead + "_xmpp-server._tcp SRV 10 0 5269 xmpp\n_xmpps-server._tcp SRV 0 0 5269 xmpp\n", []string{"EP2028 z:5"}, ""},
		{"direct TLS at a pool, by its name", host, dnsHead + dnsHost + "_xmpps-server._tcp SRV 0 0 443 sip2\n", []string{"EP2028 z:6"}, "EdgePool2 at sip2.contoso.com, port 443"},
		{"direct TLS at a pool, by an address", host, dnsHead + dnsHost + "_xmpps-server._tcp SRV 0 0 5270 chat\nchat A 192.0.2.7\nchat A 198.51.100.21\n", []string{"EP2028 z:6"}, "EdgePool2 at chat"},
		{"direct TLS at a pool, by IPv6", six, dnsHead + dnsPools + "sip1 AAAA 2001:db8:1::11\nsip2 AAAA 2001:db8:2::21\n_xmpps-server._tcp SRV 0 0 5270 chat\nchat AAAA 2001:DB8:2:0::21\n", []string{"EP2028 z:10"}, ""},
		{"direct TLS at a pool, by an alias", pools, dnsHead + dnsPools + "_xmpps-server._tcp SRV 0 0 5269 chat\nchat CNAME sip1\n", []string{"EP2028 z:8"}, "EdgePool1 at chat"},
		{"direct TLS at a pool, by a wildcard", pools, dnsHead + dnsPools + "_xmpps-server._tcp SRV 0 0 5269 chat\n* A 203.0.113.11\n", []string{"EP2028 z:8"}, ""},
		{"direct TLS at the address of a balancer", dnsSpec{pool: "load_balancing = \"hardware\"\n virtual_ipv4 = \"198.51.100.99\""}, dnsHead + strings.Replace(dnsPools, "198.51.100.21", "198.51.100.99", 1) + "_xmpps-server._tcp SRV 0 0 5269 chat\nchat A 198.51.100.99\n", []string{"EP2028 z:8"}, ""},
		{"direct TLS at a pool and elsewhere", pools, dnsHead + dnsPools + "_xmpps-server._tcp SRV 0 0 5270 a.example.\n_xmpps-server._tcp SRV 1 0 5270 b.example.\n_xmpps-server._tcp SRV 2 0 5269 sip2\n_xmpps-server._tcp SRV 3 0 5269 sip1\n", []string{"EP3016 z:8", "EP2028 z:10", "EP2028 z:11"}, ""},
		{"direct TLS at a pool, accepted", accepted(pools, "EP2028"), dnsHead + dnsPools + "_xmpps-server._tcp SRV 0 0 5269 sip1\n", []string{}, ""},
		{"direct TLS in an alias of itself", pools, dnsHead + dnsPools + "_xmpps-server._tcp SRV 0 0 5269 chat\nchat CNAME chat\n", []string{"EP3016 z:8"}, ""},
		{"direct TLS refused", host, dnsHead + dnsHost + "_xmpps-server._tcp SRV 0 0 0 .\n_xmpps-client._tcp SRV 0 0 1 x\n", nil, ""},
		{"outside the zone", host, dnsHead + dnsHost + "xmpp.contoso.com.contoso.net. A 203.0.113.11\nx.example. TXT a\nxcontoso.com. A 192.0.2.1\n", []string{"EP3018 z:6"}, "at least 2 more"},
		{"glue outside the zone", host, dnsHead + dnsHost + "ns.example. A 192.0.2.1\nsub NS NS2.example.\nns2.example. AAAA 2001:db8::1\n", nil, ""},
		{"no NS", host, strings.Replace(dnsHead, "@ NS ns.example.", "x NS ns.example.", 1) + dnsHost, []string{"EP1013 a.edge.hcl:39"}, "no NS record"},
		{"no NS, but $GENERATE", host, strings.Replace(dnsHead, "@ NS ns.example.", "$GENERATE 1-2 @ NS ns$.example.", 1) + dnsHost, nil, ""},
		{"no NS, but $INCLUDE", host, strings.Replace(dnsHead, "@ NS ns.example.", "$INCLUDE ns", 1) + dnsHost, []string{"EP2033 z:3"}, ""},
		{"no SOA", host, "$TTL 1\n@ NS ns.example.\n" + dnsHost, []string{"EP1013 a.edge.hcl:39"}, "exactly one SOA"},
		{"two SOAs", host, dnsHead + dnsHost + "@ SOA ns.example. h.example. 1 2 3 4 5\n", []string{"EP1013 z:6"}, "line 2"},
		{"SOA of another zone", host, "$ORIGIN contoso.net.\n" + dnsHead + dnsHost, []string{"EP1013 a.edge.hcl:38"}, "that of contoso.net (its SOA record is in line 3), but this block is dns_zone"},
		{"SOA last", host, "$TTL 300\n@ NS ns.example.\n" + dnsHost + "@ SOA ns.example. h.example. 1 2 3 4 5\n", nil, ""},

		// Order in preparations.
		{"another pool comes first", prepare, dnsHead + strings.Replace(dnsPools, "SRV 20", "SRV 5", 1), []string{"EP3006 z:7"}, "sip2.contoso.com and not at sip1.contoso.com"},
		{"another host comes first", hostPrepare, dnsHead + dnsHost + "sip1 A 203.0.113.11\n_xmpp-server._tcp SRV 5 0 5269 sip1\n", []string{"EP3006 z:7"}, "and not at xmpp.contoso.com"},
		{"the pool in use comes first", prepare, dnsHead + dnsPools, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			plans, got := test.spec.compile(t, test.zone)
			got = slices.DeleteFunc(got, func(f diag.Finding) bool { return f.Code == "EP2012" })
			if list := findings(got); !slices.Equal(list, append([]string{}, test.want...)) {
				t.Fatalf("found %v, want %v\n%s", list, test.want, details(got))
			}
			if !strings.Contains(details(got), test.says) {
				t.Errorf("no finding says %q\n%s", test.says, details(got))
			}
			failed := slices.ContainsFunc(got, func(f diag.Finding) bool { return f.Severity == "error" })
			if failed == (len(plans) == 1) {
				t.Errorf("%d plans", len(plans))
			}
			// What can be in a plan does not depend on the lines above, which the plan may not use.
			for _, f := range got {
				if rule, _ := diag.Lookup(diag.Code(f.Code)); (f.Severity == "warning" || rule.Acceptable) && strings.Contains(f.Detail, " line ") {
					t.Errorf("a line is in the text of %s: %s", f.Code, f.Detail)
				}
			}
		})
	}
}

func details(list []diag.Finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s: %s\n", f.Code, f.Detail)
	}
	return b.String()
}

// A set with several TTLs has one after the change, and one after its rollback.
func TestMixedTTL(t *testing.T) {
	zone := dnsHead + "xmpp 60 A 203.0.113.11\nxmpp 3600 A 203.0.113.12\n_xmpp-server._tcp 900 SRV 10 0 5269 xmpp\n_xmpp-server._tcp SRV 20 0 5269 sip1\nsip1 A 203.0.113.11\n"
	plans, found := dnsSpec{host: true, accept: "EP2024"}.left("203.0.113.12").compile(t, zone)
	if len(plans) != 1 {
		t.Fatal(details(found))
	}
	z := plans[0].Zones[0]
	want := "$TTL 300\n@ SOA ns.example. h.example. 2 2 3 4 5\n@ NS ns.example.\nxmpp 60 A 198.51.100.21\n_xmpp-server._tcp 300 SRV 10 0 5269 xmpp\n_xmpp-server._tcp SRV 20 0 5269 sip1\nsip1 A 203.0.113.11\n"
	if string(z.Text.Bytes()) != want {
		t.Errorf("the new zone is\n%s", z.Text.Bytes())
	}
	if z.Wait.Old != 3600 {
		t.Errorf("the old answers are reckoned to live %d seconds", z.Wait.Old)
	}
	for _, set := range z.Records {
		if len(set.Old) > 0 && set.OldTTL <= set.NewTTL {
			t.Errorf("%s %s: TTL %d to %d", set.Owner, set.Type, set.OldTTL, set.NewTTL)
		}
	}
	if codes := regexp.MustCompile("EP2024").FindAllString(fmt.Sprint(plans[0].Findings), -1); len(codes) != 2 {
		t.Errorf("accepted findings: %v", plans[0].Findings)
	}
}

// Records of a domain that another zone decides are not in the plan.
func TestDelegatedIsLeftOut(t *testing.T) {
	spec := dnsSpec{accept: "EP2025", blocks: "sip_domain \"emea.contoso.com\" {\n xmpp = true\n}\n"}
	plans, found := spec.compile(t, dnsHead+dnsPools+"emea NS ns.example.\n_xmpp-server._tcp.emea SRV 10 0 5269 sip1\n")
	if len(plans) != 1 {
		t.Fatal(details(found))
	}
	for _, set := range plans[0].Zones[0].Records {
		if strings.Contains(set.Owner, "emea") {
			t.Errorf("the plan has %s", set.Owner)
		}
	}
	if strings.Contains(string(plans[0].Zones[0].Text.Bytes()), "emea SRV 0") {
		t.Errorf("the plan edits\n%s", plans[0].Zones[0].Text.Bytes())
	}
}

// Whatever stands in a zone file, there is a plan or an error, and no panic: Compile
// proves each plan and ends the program where it cannot.
func TestSpoiltZones(t *testing.T) {
	specs := []dnsSpec{{}, {host: true}, {prepare: true}, {host: true, prepare: true}, {six: true, accept: "EP2024"}, {accept: "EP2025"}}
	words := []string{
		"sip1", "sip2", "xmpp", "*", "*._tcp", "_tcp", "_xmpp-server._tcp", "_xmpps-server._tcp", "contoso.com.", "@", ".", "\\255\\.x",
		"A", "AAAA", "CNAME", "DNAME", "NS", "SRV", "TXT", "SOA", "10 0 5269", "65535 0 5269", "203.0.113.11", "198.51.100.21", "10.0.0.1",
		"fd00::1", "sip1.contoso.com", "sip2.contoso.com.", "203.0.113.5.", "60", "3600", "\n", "\n", "\n", "; x", "$ORIGIN _tcp", "$INCLUDE f",
		"$GENERATE 1-2 sip$ A 192.0.2.$", "bücher", "\\# 1 00",
	}
	plans := 0
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 11))
		spec := specs[r.IntN(len(specs))]
		lines := strings.SplitAfter(dnsHead+dnsPools+"xmpp A 203.0.113.11\n", "\n")
		for range 1 + r.IntN(3) {
			i := 3 + r.IntN(len(lines)-3)
			switch r.IntN(3) {
			case 0: // a line made of anything
				var line []string
				for range 2 + r.IntN(5) {
					line = append(line, pick(r, words...))
				}
				lines = slices.Insert(lines, i, strings.Join(line, " ")+"\n")
			case 1: // a record that may do harm
				owner, typ := pick(r, words[:12]...), pick(r, words[12:20]...)
				data := map[string][]string{"A": words[22:25], "AAAA": words[25:26], "SRV": {"10 0 5269 sip2", "7 0 5269 203.0.113.5.", "9 0 5269 .", "30 0 5269 x.sip1"}}[typ]
				if data == nil {
					data = words[:9]
				}
				lines = slices.Insert(lines, i, owner+" "+pick(r, "", "60 ", "3600 ")+typ+" "+pick(r, data...)+"\n")
			case 2:
				lines = slices.Delete(lines, i, min(i+1, len(lines)))
			}
			if len(lines) < 5 {
				break
			}
		}
		got, found := spec.compile(t, strings.Join(lines, ""))
		failed := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Severity == "error" })
		if nothing := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == "EP3013" }); failed == (len(got) == 1) && !nothing {
			t.Fatalf("seed %d: %d plans\n%s\n%s", seed, len(got), details(found), strings.Join(lines, ""))
		}
		plans += len(got)
	}
	t.Logf("%d plans proved", plans)
	if plans < 300 {
		t.Errorf("only %d plans", plans)
	}
}
