package docs

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// benchOrigin is the zone of the benchmarks.
const benchOrigin = "contoso.example."

// zoneWriter writes a zone in the mix of records of a large hoster, and notes changes
// of one record in a thousand.
type zoneWriter struct {
	out     io.Writer
	rng     *rand.Rand
	changes []zonefile.Change
}

// writeBenchZone writes a zone of n records (36 MB for a million), and beside it the
// changes to make in it.
func writeBenchZone(t *testing.T, file string, n int) {
	t.Helper()
	w := &zoneWriter{rng: rand.New(rand.NewPCG(1, uint64(n)))}
	writeLarge(t, file, func(out io.Writer) {
		w.out = out
		w.write(n)
	})
	changes, err := json.Marshal(w.changes)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changesOf(file), changes, 0o666); err != nil {
		t.Fatal(err)
	}
}

func changesOf(file string) string { return filepath.Join(filepath.Dir(file), "changes.json") }

func (w *zoneWriter) write(n int) {
	fmt.Fprint(w.out, "; zone for contoso.example -- maintained by hostmaster\n$ORIGIN contoso.example.\n$TTL 3600\n"+
		"@\tIN SOA ns1 hostmaster (\n\t\t2026112201 ; serial\n\t\t7200       ; refresh\n\t\t900        ; retry\n\t\t1209600    ; expire\n\t\t300 )      ; minimum\n"+
		"\tIN NS ns1\n\tIN NS ns2\nns1\tIN A 192.0.2.1\nns2\tIN A 192.0.2.2\n\n; --- Edge pools\nedge1\t300 IN A 203.0.113.10\nedge2\t300 IN A 203.0.113.20\n"+
		"xmpp\t300 IN A 203.0.113.10 ; XMPP federation\n_xmpp-server._tcp 300 IN SRV 0 0 5269 edge1\n")
	w.changes = []zonefile.Change{
		{Owner: "xmpp." + benchOrigin, Type: "A", Data: []string{"203.0.113.20"}},
		{Owner: "_xmpp-server._tcp." + benchOrigin, Type: "SRV", Data: []string{"0 0 5269 edge2." + benchOrigin}},
	}
	for i := 10; i < n; i++ {
		if i%200 == 0 {
			fmt.Fprintf(w.out, "\n; --- block %d\n", i/200)
		}
		w.record(i)
	}
}

// record writes one record and, for some, what is to become of it.
func (w *zoneWriter) record(i int) {
	host := fmt.Sprintf("host%07d", i)
	switch k := w.rng.IntN(100); {
	case k < 58:
		ttl := ""
		if k < 12 {
			ttl = "\t600"
		}
		old, next := w.address(), w.address()
		fmt.Fprintf(w.out, "%s%s\tIN\tA\t%s\n", host, ttl, old)
		w.change(host, "A", old, next)
	case k < 68:
		old, next := fmt.Sprintf("2001:db8:%x::%x", w.rng.IntN(65536), i%65535+1), fmt.Sprintf("2001:db8::%x:1", i>>8)
		fmt.Fprintf(w.out, "%s\tIN\tAAAA\t%s\n", host, old)
		w.change(host, "AAAA", old, next)
	case k < 80:
		fmt.Fprintf(w.out, "%s\tIN\tCNAME\tedge1\n", host)
		w.change(host, "CNAME", "", "edge2."+benchOrigin)
	case k < 85:
		fmt.Fprintf(w.out, "%s\tIN\tMX\t10 ns1\n", host)
		w.change(host, "MX", "10 ns1."+benchOrigin, "20 ns1."+benchOrigin)
	case k < 93:
		old, next := fmt.Sprintf("%q", "v=spf1 ip4:"+w.address()+" -all"), fmt.Sprintf("%q", "v=spf1 ip4:"+w.address()+" -all")
		fmt.Fprintf(w.out, "%s\tIN\tTXT\t%s ; spf\n", host, old)
		w.change(host, "TXT", old, next)
	default:
		fmt.Fprintf(w.out, "_xmpp-server._tcp.%s\t300\tIN\tSRV\t0 0 5269 edge1.contoso.example.\n", host)
		w.change("_xmpp-server._tcp."+host, "SRV", "0 0 5269 edge1."+benchOrigin, "10 0 5269 edge2."+benchOrigin)
	}
}

func (w *zoneWriter) address() string {
	return fmt.Sprintf("10.%d.%d.%d", w.rng.IntN(256), w.rng.IntN(256), w.rng.IntN(254)+1)
}

// change notes for one set in a thousand that it goes, grows or becomes another; an
// old "" stands for a set that cannot grow.
func (w *zoneWriter) change(host, typ, old, next string) {
	if w.rng.IntN(1000) > 0 {
		return
	}
	c := zonefile.Change{Owner: host + "." + benchOrigin, Type: typ, Data: []string{next}}
	switch w.rng.IntN(4) {
	case 0:
		c.Data = nil
	case 1:
		if old != "" {
			c.Data = []string{old, next}
		}
	}
	w.changes = append(w.changes, c)
}

const benchProgram = "edgeplan.exe" // a name that every system takes

// writeBenchFailover writes the spec of a failover whose zone is that of writeBenchZone,
// and the program that compiles it.
func writeBenchFailover(t *testing.T, dir string) {
	t.Helper()
	pool := func(n int) string {
		return fmt.Sprintf("edge_pool \"EdgePool%[1]d\" {\n  site = site.Site%[1]d\n  fqdn = \"edgepool%[1]d.contoso.example\"\n  access_edge_fqdn = \"edge%[1]d.contoso.example\"\n"+
			"  xmpp {}\n  server \"edge%[1]da.contoso.example\" {\n    public_ipv4 = \"203.0.113.%[1]d0\"\n  }\n}\nsite \"Site%[1]d\" {\n  xmpp_federation_route = edge_pool.EdgePool1\n}\n", n)
	}
	spec := "topology \"contoso\" {\n  product = \"lync-server-2013\"\n  management_host = \"fe2.contoso.example\"\n}\n" + pool(1) + pool(2) +
		"sip_domain \"contoso.example\" {\n  xmpp = true\n}\nxmpp_federation {}\n" +
		"dns_zone \"contoso.example\" {\n  file = \"old.zone\"\n  server = \"ns1.contoso.example\"\n}\n" +
		"failover \"one-to-two\" {\n  federation = \"xmpp\"\n  to = edge_pool.EdgePool2\n  change {\n    ticket = \"C1\"\n    summary = \"Move\"\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "bench.edge.hcl"), []byte(spec), 0o666); err != nil {
		t.Fatal(err)
	}
	goBuild(t, filepath.Join(dir, benchProgram), "../cmd/edgeplan")
}

// writeBenchSpec writes a spec in which each of n SIP domains has a zone of its own.
func writeBenchSpec(t *testing.T, dir string, n int) {
	t.Helper()
	spec := read(t, "specs/seed/contoso.edge.hcl")
	zone := read(t, "specs/seed/contoso.com.zone")
	files := map[string]string{"contoso.com.zone": zone}
	for i := range n - 1 {
		name := fmt.Sprintf("domain%03d.example", i)
		spec += fmt.Sprintf("\nsip_domain %q {\n  xmpp = true\n}\n\ndns_zone %q {\n  file   = %q\n  server = \"ns1.contoso.net\"\n}\n", name, name, name+".zone")
		files[name+".zone"] = "$TTL 3600\n@\tIN SOA ns1.contoso.net. hostmaster 2026112301 900 600 86400 3600\n\tNS ns1.contoso.net.\nwww\tA 192.0.2.80\n" +
			"_xmpp-server._tcp 300 IN SRV 0 0 5269 sip1.contoso.com.\n"
	}
	files["contoso.edge.hcl"] = spec
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
