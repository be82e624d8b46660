package compiler_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/parser"
)

// topology is a random spec as text, with its zone files.
type topology struct {
	blocks []string
	zones  fstest.MapFS
}

func (s topology) text() []byte { return []byte(strings.Join(s.blocks, "\n")) }

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// randomTopology makes a sound spec: 2 to 4 pools of 1 to 3 servers, at as many sites,
// 1 to 3 SIP domains, each federation, layout, load balancing, procedure and reason, with
// or without Front End Servers.
func randomTopology(r *rand.Rand) topology {
	s := topology{zones: fstest.MapFS{}}
	add := func(format string, args ...any) { s.blocks = append(s.blocks, fmt.Sprintf(format, args...)+"\n") }
	add("topology \"t\" {\n product = %q\n management_host = \"fe.corp.example\"\n}", pick(r, "lync-server-2013", "sfb-server-2015"))
	pools := 2 + r.IntN(3)
	hardware := r.IntN(3) == 0
	for i := range pools {
		route := "xmpp_federation_route = edge_pool.Pool1"
		if i > 0 && r.IntN(3) == 0 {
			route = ""
		}
		if i == 0 || r.IntN(3) > 0 {
			route += "\n federation_route = edge_pool.Pool1"
		}
		add("site \"Site%d\" {\n %s\n}", i+1, route)
		s.blocks = append(s.blocks, randomPool(r, i+1, hardware))
	}
	host := r.IntN(2) == 0
	if host {
		add("xmpp_federation {\n host = \"xmpp.d1.example\"\n}")
	} else {
		add("xmpp_federation {}")
	}
	for d := range 1 + r.IntN(3) {
		name := fmt.Sprintf("d%d.example", d+1)
		sipHost := r.IntN(2) == 0
		if sipHost {
			add("sip_domain %q {\n xmpp = true\n federation_host = \"sip.%s\"\n}", name, name)
		} else {
			add("sip_domain %q {\n xmpp = true\n}", name)
		}
		add("dns_zone %q {\n file = %q\n server = \"192.0.2.53\"\n}", name, name)
		s.zones[name] = &fstest.MapFile{Data: []byte(randomZone(r, d+1, pools, host, hardware))}
		target := "sip1.d1.example."
		if sipHost {
			target = "sip." + name + "."
		}
		if r.IntN(3) > 0 {
			zone := s.zones[name]
			zone.Data = append([]byte(strings.TrimRight(string(zone.Data), "\r\n")), "\n_sipfederationtls._tcp."+name+". 60 SRV 5 0 5061 "+target+"\n"...)
		}
	}
	federation := pick(r, plan.XMPP, plan.XMPP, plan.SIP, plan.Both)
	start := pick(r, "documented", "start-first")
	if federation == plan.SIP {
		start = "documented"
	}
	add(`failover "f" {
 federation = %q
 from = edge_pool.Pool1
 to = edge_pool.Pool2
 reason = %q
 procedure = %q
 route_sites = %q
 change {
  ticket = "T"
  summary = "S"
 }
}`, federation, pick(r, "disaster", "planned"), start, pick(r, "target", "all-routed"))
	if r.IntN(2) == 0 {
		for i := range pools {
			add("front_end_pool \"FE%[1]d\" {\n site = site.Site%[1]d\n fqdn = \"fepool%[1]d.corp.example\"\n server \"fe%[1]da.corp.example\" {}\n server %[2]q {}\n}", i+1,
				map[bool]string{true: "FE.corp.example", false: fmt.Sprintf("fe%db.corp.example", i+1)}[i == 1])
		}
	}
	return s
}

func randomPool(r *rand.Rand, n int, hardware bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "edge_pool \"Pool%d\" {\n site = site.Site%d\n fqdn = \"pool%d.example\"\n access_edge_fqdn = \"sip%d.d1.example\"\n xmpp {}\n", n, n, n, n)
	if hardware {
		fmt.Fprintf(&b, " load_balancing = \"hardware\"\n virtual_ipv4 = \"198.51.100.%d\"\n", n*10)
	}
	for i := range 1 + r.IntN(3) {
		fmt.Fprintf(&b, " server \"edge%d-%d.example\" {\n", n, i+1)
		if !hardware {
			fmt.Fprintf(&b, "  public_ipv4 = \"198.51.100.%d\"\n", n*10+i)
		}
		b.WriteString(" }\n")
	}
	return b.String() + "}\n"
}

// randomZone holds what the layout needs; d1 also the names of the pools.
func randomZone(r *rand.Rand, d, pools int, host, hardware bool) string {
	end := pick(r, "\n", "\r\n")
	lines := []string{
		"$TTL 1h", fmt.Sprintf("@ SOA ns.example. h.example. %d 1 1 1 1", pick[uint32](r, 1, 2026112399, 4294967295, r.Uint32())), " NS ns.example.",
	}
	if d == 1 && host && r.IntN(4) > 0 {
		lines = append(lines, "xmpp 60 A 203.0.113.1 ; old", "     60 A 203.0.113.2")
	}
	if r.IntN(3) > 0 {
		if host {
			lines = append(lines, "_xmpp-server._tcp SRV 5 0 5269 xmpp.d1.example.")
		} else {
			for _, n := range r.Perm(pools)[:1+r.IntN(pools)] {
				lines = append(lines, fmt.Sprintf("_xmpp-server._tcp 60 SRV %d 0 5269 sip%d.d1.example.", n*pick(r, 1, 10), n+1))
			}
		}
	}
	lines = append(lines, "www A 192.0.2.80")
	text := strings.Join(lines, end)
	if d == 1 && !host {
		text = "$ORIGIN d1.example." + end + text
	}
	return text + pick(r, "", end)
}

func compileText(t *testing.T, s topology) ([]*plan.Plan, hcl.Diagnostics) {
	t.Helper()
	spec, _, diags := parser.Parse(s.zones, []parser.File{{Name: "a.edge.hcl", Text: s.text()}})
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, s.text())
	}
	return compiler.Compile(spec)
}

// Compile proves each plan in its own model and panics where it cannot; here it does so
// for many topologies. Declared in any order they give the same plan.
func TestRandomTopologies(t *testing.T) {
	plans, moved := 0, map[string]int{}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := randomTopology(r)
		withAddresses(s)
		got, diags := compileText(t, s)
		if len(got) == 0 {
			if !diags.HasErrors() {
				t.Fatalf("seed %d: no plan and no error\n%s", seed, s.text())
			}
			continue
		}
		plans++
		moved[got[0].Federation]++
		text, err := plan.Encode(got[0])
		if err != nil {
			t.Fatal(err)
		}
		again, err := procedure.Decode(text)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if same, _ := plan.Encode(again); string(same) != string(text) {
			t.Fatalf("seed %d: plan.json read and written again differs", seed)
		}
		slices.Reverse(s.blocks)
		other, _ := compileText(t, s)
		if len(other) != 1 || substance(t, other[0]) != substance(t, got[0]) {
			t.Fatalf("seed %d: another order of blocks gives another plan", seed)
		}
	}
	if plans < 250 || moved[plan.SIP] < 50 || moved[plan.Both] < 50 {
		t.Errorf("only %d of 400 topologies have a plan, %v: the generator is too wild to prove anything", plans, moved)
	}
	t.Logf("%d plans proved", plans)
}

// withAddresses puts the addresses of all pools into zone d1.
func withAddresses(s topology) {
	zone := s.zones["d1.example"]
	text := strings.TrimRight(string(zone.Data), "\r\n") + "\n"
	for _, block := range s.blocks {
		var pool int
		if n, _ := fmt.Sscanf(block, "edge_pool \"Pool%d\"", &pool); n != 1 {
			continue
		}
		for _, line := range strings.Split(block, "\n") {
			if at := strings.Index(line, "_ipv4 = \""); at >= 0 {
				text += fmt.Sprintf("sip%d A %s\n", pool, strings.Trim(line[at+8:], `"`))
			}
		}
	}
	zone.Data = []byte(text)
}
