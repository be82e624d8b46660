package zones

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// A name exists if it has records or a name below it has.
func TestNodes(t *testing.T) {
	n := nodes{}
	for _, name := range []string{"contoso.com.", "_tcp.contoso.com.", "a.contoso.com.", "com."} {
		n[name] = new(atomic.Bool)
	}
	for _, owner := range []string{`x\._tcp.contoso.com.`, "a.contoso.net.", "bcontoso.com.", "_sip._tcp.contoso.com.", "_sip._tcp.contoso.com."} {
		n.note([]byte(owner))
	}
	for name, want := range map[string]bool{"contoso.com.": true, "_tcp.contoso.com.": true, "a.contoso.com.": false, "com.": true} {
		if n.exists(name) != want {
			t.Errorf("%s exists: %v", name, n[name])
		}
	}
	nodes(nil).note([]byte("a."))
}

// TestKeep: what keep makes of domains is what a list of all names would say.
func TestKeep(t *testing.T) {
	spec := &topology.Topology{XMPP: &topology.XMPPFederation{}}
	spec.XMPP.Host.V, spec.XMPP.Host.Set = "XMPP.contoso.com", true
	pool := &topology.EdgePool{}
	pool.AccessEdgeFQDN.V = "sip.contoso.com"
	spec.EdgePools = append(spec.EdgePools, pool)
	domains := []string{"contoso.com", "Sub.contoso.com", "con-toso.net", "contoso.net", "con.toso.net", "contoso.com", "a", `x\.y.example`, "_tcp.example", strings.Repeat("a.", 130) + "example"}
	names, above, letters := map[string]bool{}, map[string]bool{}, map[string]string{}
	note := func(name string) {
		names[name] = true
		for ; name != ""; name = dnsname.Parent(name) {
			above[name] = true
		}
	}
	note("xmpp.contoso.com.")
	note("sip.contoso.com.")
	plain := strings.NewReplacer("_", "", "-", "", ".", "")
	for _, name := range domains {
		domain := &topology.SIPDomain{}
		domain.Name.V = name
		spec.SIPDomains = append(spec.SIPDomains, domain)
		note(dnsname.XMPPOwner(name))
		letters[plain.Replace(dnsname.XMPPOwner(name))] = dnsname.XMPPOwner(name)
	}
	k := newKeep(spec, false)
	if got := slices.Sorted(k.all); !slices.Equal(got, slices.Sorted(maps.Keys(names))) {
		t.Errorf("%q", got)
	}
	more := k.copied()
	more.add("target.contoso.com.")
	if has(k, "target.contoso.com.") || !has(more, "target.contoso.com.") || len(k.labels["TARGET"]) > 0 {
		t.Error("a copy writes into the keep that it is of")
	}
	var asked []string
	for name := range above {
		asked = append(asked, name, "x"+name, "_tcp."+name, "_xmpp-server._tcp."+name, "_xmpp-server."+name, strings.TrimPrefix(name, "_"), strings.Replace(name, "-", "", 1), "_xmpp_server._tcp."+name)
	}
	for _, name := range asked {
		if has(k, name) != names[name] || k.isAbove([]byte(name)) != above[name] {
			t.Errorf("%q: %v, above %v", name, has(k, name), k.isAbove([]byte(name)))
		}
		want := letters[plain.Replace(name)]
		if want == "" || names[name] || !strings.HasSuffix(name, strings.TrimPrefix(want, dnsname.XMPPPrefix)) {
			want = ""
		}
		if got := k.sameLetters([]byte(name)); got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
	for origin, want := range map[string]string{"net.": "_xmpp-server._tcp.con-toso.net.", "contoso.com.": "_xmpp-server._tcp.contoso.com.", "org.": ""} {
		z := &zone{origin: origin}
		for range 2 {
			if got := k.labelled(z, "_XMPP-SERVER"); got != want {
				t.Errorf("%s: %q, want %q", origin, got, want)
			}
		}
		if got := k.labelled(z, "SIP"); got != "" && origin != "contoso.com." {
			t.Errorf("%s: %q", origin, got)
		}
	}
}

// TestUsual: of the records that are usual, wish keeps those of hosts and no others.
func TestUsual(t *testing.T) {
	spec := &topology.Topology{XMPP: &topology.XMPPFederation{}}
	spec.XMPP.Host.V, spec.XMPP.Host.Set = "xmpp.con-toso.com", true
	for _, name := range []string{"con-toso.com", "a.con-toso.com"} {
		domain := &topology.SIPDomain{}
		domain.Name.V = name
		spec.SIPDomains = append(spec.SIPDomains, domain)
	}
	k, rng := newKeep(spec, true), rand.New(rand.NewPCG(1, 1))
	pieces := []string{"a", "xmpp", "_xmpp-server", "_tcp", ".", ".", "-", "*", `\.`, `\195`, "_", "con-toso.com.", "con-toso.com", "b", "1", "xmpp.con-toso.com."}
	usual := 0
	for range 300_000 {
		z := &zone{origin: []string{"con-toso.com.", "a.con-toso.com.", "com.", "."}[rng.IntN(4)], allNS: rng.IntN(2) == 0}
		owner := ""
		for range rng.IntN(4) {
			owner += pieces[rng.IntN(len(pieces))]
		}
		owner += "." + z.origin
		owner = strings.TrimPrefix(strings.ReplaceAll(owner, "..", "."), ".")
		typ := []string{"A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "DNAME", "TLSA", "XMPP", "TYPE1"}[rng.IntN(11)]
		if !z.usual([]byte(owner), typ) {
			continue
		}
		usual++
		want := zonefile.Leave
		if isHost(k, owner) {
			want = zonefile.Keep
		}
		if got := k.wish(z, []byte(owner), typ); got != want {
			t.Fatalf("%s %s in %s: %d, want %d", owner, typ, z.origin, got, want)
		}
	}
	if usual < 10_000 {
		t.Errorf("only %d records were usual", usual)
	}
}
