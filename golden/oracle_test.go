package golden

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// seedWith compiles the spec of specs/seed with another zone file, and with more blocks
// that may name the file more.zone.
func seedWith(t *testing.T, zone, blocks, more string) ([]*plan.Plan, []diag.Finding) {
	t.Helper()
	const name = "contoso.edge.hcl"
	text, err := os.ReadFile(specs + "/seed/" + name)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, blocks...)
	spec, sources, diags := parser.Load(fstest.MapFS{name: {Data: text}, "contoso.com.zone": {Data: []byte(zone)}, "more.zone": {Data: []byte(more)}}, []string{name})
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	return plans, diag.Findings(diags, sources)
}

// TestNamedDefaults: the plan counts with the least times of a BIND secondary, and
// docs/dns.md has the limits of its cache.
func TestNamedDefaults(t *testing.T) {
	config, err := exec.Command(tool(t, "named"), "-C").Output()
	if err != nil {
		t.Fatalf("named -C: %v", err)
	}
	seconds := func(option string) uint32 {
		m := regexp.MustCompile(`(?m)^\s*` + option + ` (\d+);`).FindSubmatch(config)
		if m == nil {
			t.Fatalf("named -C does not show %s", option)
		}
		n, _ := strconv.ParseUint(string(m[1]), 10, 32)
		return uint32(n)
	}
	plans, _ := seedWith(t, "$TTL 300\n@ SOA ns.example. h.example. 1 2 3 4 5\n@ NS ns.example.\nxmpp A 203.0.113.11\n_xmpp-server._tcp SRV 0 0 5269 xmpp\n", "", "")
	if len(plans) != 1 {
		t.Fatal("no plan")
	}
	if got, want := plans[0].Zones[0].Wait.Secondary, seconds("min-refresh-time")+seconds("min-retry-time"); got != want {
		t.Errorf("the plan counts with %d seconds, BIND with %d", got, want)
	}
	for option, want := range map[string]uint32{"max-cache-ttl": 604800, "max-ncache-ttl": 10800, "max-stale-ttl": 86400} {
		if got := seconds(option); got != want {
			t.Errorf("%s is %d; docs/dns.md says %d", option, got, want)
		}
	}
	if !regexp.MustCompile(`(?m)^\s*stale-answer-enable false;`).Match(config) {
		t.Error("BIND serves stale answers by default; docs/dns.md says otherwise")
	}
}

// TestNamedOracle spoils the lines of the plan by one slip of a hand. What BIND refuses,
// edgeplan refuses; of what it takes, edgeplan sees the same sets, and where a record is
// gone from its name there is a finding on its line.
func TestNamedOracle(t *testing.T) {
	const head = "$TTL 3600\n@ IN SOA ns1.contoso.net. hostmaster.contoso.com. 2026112301 7200 900 1209600 300\n@ IN NS ns1.contoso.net.\nwww IN A 192.0.2.80\n"
	lines := []string{"xmpp 300 IN A 203.0.113.11", "_xmpp-server._tcp 300 IN SRV 0 0 5269 xmpp"}
	const end = "mail IN A 192.0.2.81\n"
	slips := []string{" ", "\t", "\u00a0", "\u200b", "\xa0", "/", "//", "// ", "#", "A", "N", "R", ".", "-", "_", "0", "1", "@", ";", "\\", "(", "\"", "x", "$", "*", "CH "}
	_, sound := seedWith(t, head+strings.Join(lines, "\n")+"\n"+end, "", "")
	rng := rand.New(rand.NewPCG(11, 9))
	refused := 0
	const cases = 300
	odd := func(c rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzACHNR0123456789._-", c) }
	for n := range cases {
		spoilt := slices.Clone(lines)
		which := rng.IntN(2)
		line := spoilt[which]
		at := rng.IntN(len(line) + 1)
		if rng.IntN(4) == 0 {
			at = 0
		}
		switch op := rng.IntN(4); {
		case op < 2 || at >= len(line)-1:
			line = line[:at] + slips[rng.IntN(len(slips))] + line[at:]
		case op == 2:
			line = line[:at] + line[at+1:]
		default:
			line = line[:at] + line[at+1:at+2] + line[at:at+1] + line[at+2:]
		}
		spoilt[which] = line
		zone := head + strings.Join(spoilt, "\n") + "\n" + end
		plans, found := seedWith(t, zone, "", "")
		records, ok := compile(t, "contoso.com", []byte(zone))
		if !ok {
			refused++
			if len(plans) > 0 && len(found) == len(sound) {
				t.Errorf("case %d: BIND refuses %q, edgeplan has no finding", n, line)
			}
			continue
		}
		onLine := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.File == "contoso.com.zone" && f.Line == 5+which })
		if len(plans) == 0 {
			if !onLine {
				t.Errorf("case %d: %q: no plan, and no finding there", n, line)
			}
			continue
		}
		for _, set := range plans[0].Zones[0].Records {
			var want []string
			for _, r := range records {
				if r.owner == set.Owner && r.typ == set.Type {
					want = append(want, r.data)
				}
			}
			slices.Sort(want)
			if !slices.Equal(slices.Sorted(slices.Values(set.Old)), want) {
				t.Errorf("case %d: %q: BIND has %s %s %v, the plan %v", n, line, set.Owner, set.Type, want, set.Old)
			}
			if len(want) == 0 && set.Type != "AAAA" && strings.ContainsFunc(strings.Fields(line + " -")[0], odd) && line[0] != ';' && !onLine {
				t.Errorf("case %d: %q: the set is taken for new without a finding", n, line)
			}
		}
	}
	t.Logf("BIND refuses %d of %d", refused, cases)
}

// TestServiceZones: a zone named after a service, or after one name alone, is edited and
// delivered like any other.
func TestServiceZones(t *testing.T) {
	const head = "$TTL 300\n@ IN SOA ns1.contoso.net. hostmaster.contoso.com. 7 7200 900 1209600 300\n@ IN NS ns1.contoso.net.\n"
	for name, owner := range map[string]string{"_tcp.contoso.com": "_xmpp-server", "_xmpp-server._tcp.contoso.com": "@"} {
		for _, delivery := range []string{"zone-file", "nsupdate", "route53", "windows-dns"} {
			block := fmt.Sprintf("\ndns_zone %q {\n  file = \"more.zone\"\n  server = \"ns2.contoso.net\"\n  delivery = %q\n}\n", name, delivery)
			plans, found := seedWith(t, head+"xmpp IN A 203.0.113.11\n", block, head+owner+" IN SRV 5 0 5269 sip1.contoso.com.\n")
			if len(plans) != 1 {
				t.Fatalf("%s, %s: %v", name, delivery, found)
			}
			if _, err := emit.All(plans[0]); err != nil {
				t.Errorf("%s, %s: %v", name, delivery, err)
			}
			zone, ok := plans[0].Zone(name)
			if !ok || !zone.Changed() {
				t.Fatalf("%s, %s: not changed", name, delivery)
			}
			if delivery != "zone-file" { // the plan has no new zone file, only the set
				i := slices.IndexFunc(zone.Records, func(r plan.RecordSet) bool { return r.Type == "SRV" })
				if i < 0 || zone.Records[i].Owner != "_xmpp-server._tcp.contoso.com." || !slices.Contains(zone.Records[i].New, "2 0 5269 xmpp.contoso.com.") {
					t.Errorf("%s, %s: %+v", name, delivery, zone.Records)
				}
				continue
			}
			records, ok := compile(t, name, zone.Text.Bytes())
			want := record{"_xmpp-server._tcp.contoso.com.", "SRV", "2 0 5269 xmpp.contoso.com.", 300}
			if !ok || !slices.Contains(records, want) {
				t.Errorf("%s, %s: BIND has %v, not %v", name, delivery, records, want)
			}
		}
	}
}

// TestTimesOfServers: the TTLs that the findings on times name are those that the servers
// give. BIND's are the plan's.
func TestTimesOfServers(t *testing.T) {
	const soa = "@ 60 IN SOA ns1.contoso.net. hostmaster.contoso.com. 7 7200 900 1209600 600\n@ 60 IN NS ns1.contoso.net.\n"
	minimum := strings.Replace(soa, "@ 60 IN SOA", "@ IN SOA", 1)
	const records = "before 77 IN A 192.0.2.1\nxmpp IN A 203.0.113.11\n_xmpp-server._tcp 300 IN SRV 0 0 5269 xmpp\n"
	for _, tt := range []struct {
		name, zone, code     string
		bind, knot, powerDNS uint32
	}{
		{"$TTL 1h30m", "$TTL 1h30m\n" + soa + records, "EP3020", 5400, 5400, 60},
		{"$TTL 1w2d", "$TTL 1w2d\n" + soa + records, "EP3020", 777600, 777600, 86400},
		{"$TTL 90m", "$TTL 90m\n" + soa + records, "", 5400, 5400, 5400},
		{"no $TTL, none in the SOA", minimum + records, "EP3021", 600, 3600, 77},
		{"no $TTL, one in the SOA", soa + records, "EP3021", 77, 3600, 77},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plans, found := seedWith(t, tt.zone, "", "")
			i := slices.IndexFunc(found, func(f diag.Finding) bool { return f.Code == "EP3020" || f.Code == "EP3021" })
			if len(plans) != 1 || (i >= 0) != (tt.code != "") || i >= 0 && string(found[i].Code) != tt.code {
				t.Fatalf("%d plans, %v", len(plans), found)
			}
			if set := plans[0].Zones[0].Records[0]; set.OldTTL != tt.bind {
				t.Errorf("the plan counts with %d", set.OldTTL)
			}
			if tt.code == "EP3020" && !strings.Contains(found[i].Detail, fmt.Sprintf("serves %d seconds", tt.powerDNS)) {
				t.Errorf("the finding says %s", found[i].Detail)
			}
			for n, want := range []uint32{tt.bind, tt.knot, tt.powerDNS} {
				server := brands[n].start(t, "contoso.com", tt.zone)
				if server == nil {
					t.Fatalf("%s does not start", brands[n].name)
				}
				for _, r := range server.records(t) {
					if r.owner == "xmpp.contoso.com." && r.ttl != want {
						t.Errorf("%s gives %d, not %d", brands[n].name, r.ttl, want)
					}
				}
			}
		})
	}
}

// TestUnboundDefaults: docs/dns.md has the limits of Unbound's cache, and that it serves no
// stale answers by default.
func TestUnboundDefaults(t *testing.T) {
	check := tool(t, "unbound-checkconf")
	config := filepath.Join(t.TempDir(), "unbound.conf")
	if err := os.WriteFile(config, []byte("server:\n  chroot: \"\"\n  directory: \"\"\n  pidfile: \"\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for option, want := range map[string]string{"serve-expired": "no", "serve-expired-ttl": "0", "cache-max-ttl": "86400", "cache-max-negative-ttl": "3600"} {
		if out, err := exec.Command(check, "-o", option, config).Output(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s is %q (%v), not %s", option, out, err, want)
		}
	}
}
