package compiler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestTimes: a time that servers read in different ways is found where records take it.
func TestTimes(t *testing.T) {
	const soa = "SOA ns.example. h.example. 1 2 3 4 5\n@ 300 NS ns.example.\n"
	const stated = "xmpp 300 A 203.0.113.11\n_xmpp-server._tcp 300 SRV 10 0 5269 xmpp\n"
	tests := []struct {
		name, zone string
		want       []string
		says       string
	}{
		{"$TTL of two units", "$TTL 1h30m\n@ " + soa + dnsHost, []string{"EP3020 z:1"}, "serves 60 seconds; BIND, NSD and Knot DNS read 5400"},
		{"an unrelated record takes it", "$TTL 1h30m\n@ 300 " + soa + stated + "www A 192.0.2.1\n", []string{"EP3020 z:1"}, ""},
		{"no record takes it", "$TTL 1h30m\n@ 300 " + soa + stated, nil, ""},
		{"one unit", "$TTL 90M\n@ " + soa + dnsHost, nil, ""},
		{"SOA", "$TTL 300\n@ SOA ns.example. h.example. 1 2h30m 3 4 5\n@ NS ns.example.\n" + dnsHost, []string{"EP3020 z:2"}, "serves 120 seconds"},
		{"TTL of a record", "$TTL 300\n@ " + soa + "xmpp 1m30s A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP3020 z:4"}, "does not load"},
		{"one finding of a kind", "$TTL 1h30m\n@ " + soa + "$TTL 2h30m\nxmpp 1m30s A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP3020 z:4"}, "2h30m"},
		{"no $TTL, SOA without one", "@ " + soa + "xmpp 300 A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP3021 z:4"}, "counts with 5 seconds"},
		{"no $TTL, SOA with one", "@ 60 " + soa + "xmpp 300 A 203.0.113.11\n_xmpp-server._tcp SRV 10 0 5269 xmpp\n", []string{"EP3021 z:4"}, "as BIND and PowerDNS do"},
		{"no $TTL, none needed", "@ " + soa + stated, nil, ""},
		{"$TTL comes late", "@ " + soa + "www A 192.0.2.1\n$TTL 300\n" + dnsHost, []string{"EP3021 z:3"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plans, found := dnsSpec{host: true}.compile(t, tt.zone)
			if got := findings(found); !slices.Equal(got, append([]string{}, tt.want...)) || len(plans) != 1 {
				t.Fatalf("%d plans, findings %v, want %v\n%s", len(plans), got, tt.want, details(found))
			}
			if !strings.Contains(details(found), tt.says) {
				t.Errorf("no %q in\n%s", tt.says, details(found))
			}
		})
	}
	windows := strings.NewReplacer(`server = "192.0.2.53"`, `server = "192.0.2.53"
 delivery = "windows-dns"
 computer = "dns1"`)
	if plans, found := (dnsSpec{host: true, edit: windows.Replace}).compile(t, "@ "+soa+dnsHost); len(plans) != 1 || len(found) > 0 {
		t.Errorf("windows-dns: %d plans\n%s", len(plans), details(found))
	}
}

// TestSecondaryWait: refresh and retry of the SOA, but never less than BIND takes.
func TestSecondaryWait(t *testing.T) {
	for _, tt := range []struct{ refresh, retry, want uint32 }{{60, 30, 800}, {300, 500, 800}, {301, 0, 801}, {7200, 900, 8100}, {1<<31 - 1, 1<<31 - 1, 1<<32 - 2}} {
		plans, found := dnsSpec{host: true}.compile(t, fmt.Sprintf("$TTL 300\n@ SOA ns.example. h.example. 1 %d %d 4 5\n@ NS ns.example.\n%s", tt.refresh, tt.retry, dnsHost))
		if len(plans) != 1 {
			t.Fatal(details(found))
		}
		if w := plans[0].Zones[0].Wait; w.Secondary != tt.want || w.Everywhere() != uint32(min(uint64(tt.want)+300, 1<<32-1)) {
			t.Errorf("refresh %d, retry %d: %+v, everywhere after %d", tt.refresh, tt.retry, w, w.Everywhere())
		}
	}
	if got := (plan.Wait{Old: 4294967295, Secondary: 800}).Everywhere(); got != 4294967295 {
		t.Errorf("a sum past 32 bits is %d", got)
	}
}

// TestServiceZone: a zone may be named after a service, as Active Directory does it, or
// be one name alone.
func TestServiceZone(t *testing.T) {
	for _, tt := range []struct{ zone, owner string }{{"_tcp.contoso.com", "_xmpp-server"}, {"_xmpp-server._tcp.contoso.com", "@"}} {
		spec := dnsSpec{
			blocks: fmt.Sprintf("dns_zone %q {\n file = \"s\"\n server = \"192.0.2.53\"\n}\n", tt.zone),
			zones:  map[string]string{"s": dnsHead + tt.owner + " SRV 10 0 5269 sip1.contoso.com.\n"},
		}
		plans, found := spec.compile(t, dnsHead+"sip1 A 203.0.113.11\nsip2 A 198.51.100.21\n")
		if len(plans) != 1 || len(found) > 0 || len(plans[0].Zones) != 1 || plans[0].Zones[0].Name != tt.zone || !plans[0].Zones[0].Changed() {
			t.Errorf("%s: %d plans\n%s", tt.zone, len(plans), details(found))
		}
	}
	for _, bad := range []string{"a_b.contoso.com", "__tcp.contoso.com", "_.contoso.com."} {
		spec := dnsSpec{blocks: fmt.Sprintf("dns_zone %q {\n file = \"z\"\n server = \"192.0.2.53\"\n}\n", bad)}
		if _, found := spec.compile(t, dnsHead+dnsPools); len(found) == 0 {
			t.Errorf("no finding for zone %s", bad)
		}
	}
}
