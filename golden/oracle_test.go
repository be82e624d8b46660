package golden

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// seedWith compiles the spec of specs/seed with another zone file.
func seedWith(t *testing.T, zone string) ([]*compiler.Plan, []diag.Finding) {
	t.Helper()
	const name = "contoso.edge.hcl"
	text, err := os.ReadFile(specs + "/seed/" + name)
	if err != nil {
		t.Fatal(err)
	}
	spec, sources, diags := parser.Load(fstest.MapFS{name: {Data: text}, "contoso.com.zone": {Data: []byte(zone)}}, []string{name})
	var plans []*compiler.Plan
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
	plans, _ := seedWith(t, "$TTL 300\n@ SOA ns.example. h.example. 1 2 3 4 5\n@ NS ns.example.\nxmpp A 203.0.113.11\n_xmpp-server._tcp SRV 0 0 5269 xmpp\n")
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
