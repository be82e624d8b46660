package partners

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// ttl is what the specs' 300 seconds become in the lab, so that nobody has to wait for it.
const ttl = 20

// change is a zone before and after a plan.
type change struct{ before, after string }

// emitted are zones of specs and what edgeplan makes of them, by name. The second is that
// of srv-per-pool, whose domain gets another name.
func emitted(t *testing.T) map[string]change {
	return map[string]change{
		"contoso.com":      planned(t, "seed", "contoso.com"),
		"fabrikam.example": planned(t, "srv-per-pool", "fabrikam.example"),
	}
}

func planned(t *testing.T, spec, domain string) change {
	t.Helper()
	rename := strings.NewReplacer("contoso.com", domain, " 300 ", fmt.Sprintf(" %d ", ttl), "\t300 ", fmt.Sprintf("\t%d ", ttl))
	files := fstest.MapFS{}
	var names []string
	folder := filepath.Join("..", "specs", spec)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		name := rename.Replace(entry.Name())
		files[name] = &fstest.MapFile{Data: []byte(rename.Replace(string(text)))}
		if strings.HasSuffix(name, parser.Suffix) {
			names = append(names, name)
		}
	}
	parsed, sources, diags := parser.Load(files, names)
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(parsed)
	}
	if len(plans) != 1 {
		t.Fatalf("%s: no plan: %v", spec, diag.Findings(diags, sources))
	}
	artifacts, err := emit.All(plans[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range artifacts {
		if a.Name == "dns/"+domain+".zone" {
			return change{string(files[domain+".zone"].Data), string(a.Text.Bytes())}
		}
	}
	t.Fatalf("%s: no zone file of %s", spec, domain)
	return change{}
}

// TestZones: the zones of the lab can be made, also where it cannot run.
func TestZones(t *testing.T) {
	for name, zone := range emitted(t) {
		if zone.before == zone.after || strings.Contains(zone.before+zone.after, "300 IN") || !strings.Contains(zone.after, "198.51.100.21") {
			t.Errorf("%s is\n%s\nand then\n%s", name, zone.before, zone.after)
		}
	}
}

// farNames are the targets of the SRV records of the rows.
var farNames = strings.Join([]string{
	"new A " + newPool, "other A " + otherPool, "closed A " + closed,
	"silent1 A " + silent1, "silent2 A " + silent2, "mute A " + muteAddr, "err A " + errorAddr,
	"sink1 A " + sink1, "sink2 A " + sink2, "direct A " + sinkDirect,
	"alias CNAME new", "half A " + closed, "half A " + newPool,
	"dual A " + newPool, "dual AAAA " + newPool6, "seen A " + sink1, "seen AAAA " + sink6,
	"dead6 A " + newPool, "dead6 AAAA " + silent6, "nothing TXT x", "dead.ns A " + deadDNSAddr,
	"counted-u A " + counted["U"], "counted-n A " + counted["N"], "counted-e A " + counted["E"], "counted-x A " + counted["X"],
}, "\n") + "\n"

// lateZone is a zone that gets its SRV record later. Its negative answers live 15 s.
func lateZone(there bool) string {
	text := "$TTL 15\n@ IN SOA ns.dns.example. h.dns.example. 1 7200 900 1209600 15\n@ IN NS ns.dns.example.\nnew A " + newPool + "\n"
	if there {
		text = strings.Replace(text, " 1 7200", " 2 7200", 1) + "_xmpp-server._tcp SRV 0 0 5269 new\n"
	}
	return text
}

// moveZone is a zone whose one address moves; answers live 5 s.
func moveZone(addr string, serial int) string {
	return fmt.Sprintf("$TTL 5\n@ IN SOA ns.dns.example. h.dns.example. %d 7200 900 1209600 5\n@ IN NS ns.dns.example.\nxmpp A %s\n_xmpp-server._tcp SRV 0 0 5269 xmpp\n", serial, addr)
}
