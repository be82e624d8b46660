package zonediff

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// fullZone has each kind of set: kept, changed, new, gone, and kept with another TTL.
func fullZone() plan.Zone {
	zone := sample.Plan().Zones[0]
	zone.Records = append(zone.Records,
		plan.RecordSet{Owner: "xmpp.contoso.com.", Type: "AAAA", OldTTL: 300, Old: []string{"2001:db8::1"}},
		plan.RecordSet{Owner: "sip.contoso.com.", Type: "A", OldTTL: 60, NewTTL: 60, Old: []string{"192.0.2.1"}, New: []string{"192.0.2.1"}},
		plan.RecordSet{Owner: "sip2.contoso.com.", Type: "A", OldTTL: 3600, NewTTL: 60, Old: []string{"192.0.2.2", "192.0.2.3"}, New: []string{"192.0.2.2"}},
		plan.RecordSet{Owner: "sip6.contoso.com.", Type: "AAAA", OldTTL: 60, NewTTL: 60, Old: []string{"2001:db8::6"}, New: []string{"2001:db8::6"}},
		plan.RecordSet{Owner: "_xmpp-server._tcp.sub.contoso.com.", Type: "SRV", OldTTL: 60, NewTTL: 60, Old: []string{"5 0 5269 old.contoso.com."}, New: []string{"5 0 5269 both.contoso.com.", "6 0 5269 six.contoso.com."}},
	)
	zone.SOAPrerequisite = true
	zone.SRVTargets = []plan.SRVTarget{
		{Name: "both.contoso.com.", Types: []string{"A", "AAAA"}}, {Name: "old.contoso.com.", Types: []string{"A"}}, {Name: "six.contoso.com.", Types: []string{"AAAA"}},
	}
	return zone
}

func TestNsupdate(t *testing.T) {
	got, err := Nsupdate("sha256:00", fullZone())
	if err != nil {
		t.Fatal(err)
	}
	const want = `server 192.0.2.53
zone contoso.com.
class IN
prereq yxrrset contoso.com. IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300
prereq yxrrset xmpp.contoso.com. IN A 203.0.113.11
prereq nxrrset _xmpp-server._tcp.contoso.com. IN SRV
prereq yxrrset xmpp.contoso.com. IN AAAA 2001:db8::1
prereq yxrrset sip.contoso.com. IN A 192.0.2.1
prereq yxrrset sip2.contoso.com. IN A 192.0.2.2
prereq yxrrset sip2.contoso.com. IN A 192.0.2.3
prereq yxrrset sip6.contoso.com. IN AAAA 2001:db8::6
prereq yxrrset _xmpp-server._tcp.sub.contoso.com. IN SRV 5 0 5269 old.contoso.com.
prereq nxrrset xmpp.contoso.com. IN CNAME
prereq nxrrset _xmpp-server._tcp.contoso.com. IN CNAME
prereq nxrrset sip.contoso.com. IN AAAA
prereq nxrrset sip.contoso.com. IN CNAME
prereq nxrrset sip2.contoso.com. IN AAAA
prereq nxrrset sip2.contoso.com. IN CNAME
prereq nxrrset sip6.contoso.com. IN A
prereq nxrrset sip6.contoso.com. IN CNAME
prereq nxrrset _xmpp-server._tcp.sub.contoso.com. IN CNAME
prereq yxrrset both.contoso.com. IN A
prereq yxrrset both.contoso.com. IN AAAA
prereq nxrrset both.contoso.com. IN CNAME
prereq yxrrset six.contoso.com. IN AAAA
prereq nxrrset six.contoso.com. IN CNAME
update delete xmpp.contoso.com. IN A 203.0.113.11
update delete xmpp.contoso.com. IN AAAA 2001:db8::1
update delete sip2.contoso.com. IN A 192.0.2.2
update delete sip2.contoso.com. IN A 192.0.2.3
update delete _xmpp-server._tcp.sub.contoso.com. IN SRV 5 0 5269 old.contoso.com.
update add xmpp.contoso.com. 3600 IN A 198.51.100.21
update add xmpp.contoso.com. 3600 IN A 198.51.100.22
update add _xmpp-server._tcp.contoso.com. 300 IN SRV 10 0 5269 xmpp.contoso.com.
update add sip2.contoso.com. 60 IN A 192.0.2.2
update add _xmpp-server._tcp.sub.contoso.com. 60 IN SRV 5 0 5269 both.contoso.com.
update add _xmpp-server._tcp.sub.contoso.com. 60 IN SRV 6 0 5269 six.contoso.com.
send
`
	if body := got[strings.Index(got, "server "):]; !strings.HasSuffix(got, "\n"+want) {
		t.Errorf("got:\n%s", body)
	}
	if !strings.HasPrefix(got, "; Change of zone contoso.com, plan sha256:00.") {
		t.Errorf("the head does not name the plan:\n%s", got)
	}
}

func TestNsupdateRollbackIsTheReverse(t *testing.T) {
	zone := fullZone()
	back, err := NsupdateRollback("p", zone)
	if err != nil {
		t.Fatal(err)
	}
	for i, set := range zone.Records {
		set.Old, set.New, set.OldTTL, set.NewTTL = set.New, set.Old, set.NewTTL, set.OldTTL
		zone.Records[i] = set
	}
	forth, err := Nsupdate("p", zone)
	if err != nil {
		t.Fatal(err)
	}
	forth = strings.Replace(forth, "prereq yxrrset contoso.com. IN SOA "+zone.SOA+"\n", "", 1) // the rollback never has it
	if strings.TrimPrefix(back, "; Rollback") != strings.TrimPrefix(forth, "; Change") {
		t.Errorf("rollback:\n%s\nreverse:\n%s", back, forth)
	}
}

// The mailbox of an SOA record may have a dot before its domain.
func TestNsupdateMailbox(t *testing.T) {
	zone := sample.Plan().Zones[0]
	zone.SOAPrerequisite, zone.SOA = true, `ns1.contoso.net. first\.last.contoso.com. 7 3600 600 86400 300`
	got, err := Nsupdate("p", zone)
	if err != nil || !strings.Contains(got, "\nprereq yxrrset contoso.com. IN SOA "+zone.SOA+"\n") {
		t.Errorf("%v in\n%s", err, got)
	}
}

func TestNsupdateSyntax(t *testing.T) {
	needTool(t, "nsupdate")
	for _, print := range []func(string, plan.Zone) (string, error){Nsupdate, NsupdateRollback} {
		script, err := print("a\nsend \u202e", fullZone())
		if err != nil {
			t.Fatal(err)
		}
		out, err := show(script)
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, script)
		}
		records := 0
		for line := range strings.Lines(out) {
			if line = strings.TrimSpace(line); line != "" && line[0] != ';' && line != "Outgoing update query:" {
				records++
			}
		}
		if want := strings.Count(script, "\nupdate ") + strings.Count(script, "\nprereq "); records != want {
			t.Errorf("%d lines became %d records:\n%s\n%s", want, records, script, out)
		}
	}
	if _, err := show("server 192.0.2.53\nzone contoso.com.\nclass IN\nupdate add x\nsend\n"); err == nil {
		t.Error("nsupdate takes what is wrong: the test above proves nothing")
	}
}

// show has nsupdate print the message in place of sending it.
func show(script string) (string, error) {
	cmd := exec.Command("nsupdate")
	cmd.Stdin = strings.NewReader(strings.TrimSuffix(script, "send\n") + "show\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestNsupdateRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*plan.Zone)
		at   int
	}{
		{"line end in owner", func(z *plan.Zone) { z.Records[0].Owner = "a\nsend" }, 1},
		{"blank in owner", func(z *plan.Zone) { z.Records[0].Owner = "a b." }, 1},
		{"comment in owner", func(z *plan.Zone) { z.Records[0].Owner = "a;." }, 1},
		{"relative owner", func(z *plan.Zone) { z.Records[0].Owner = "a" }, 1},
		{"root owner", func(z *plan.Zone) { z.Records[0].Owner = "." }, 0},
		{"long label", func(z *plan.Zone) { z.Records[0].Owner = strings.Repeat("a", 64) + "." }, 63},
		{"backslash", func(z *plan.Zone) { z.Records[0].Owner = `a\.b.` }, 1},
		{"zone", func(z *plan.Zone) { z.Name = "contoso.com.\nzone x." }, 12},
		{"server with port", func(z *plan.Zone) { z.Server = "ns1 53" }, 3},
		{"server with option", func(z *plan.Zone) { z.Server = "-x" }, 0},
		{"type", func(z *plan.Zone) { z.Records[0].Type = "ANY" }, 0},
		{"address", func(z *plan.Zone) { z.Records[0].New[1] = "198.51.100.22 x" }, 13},
		{"address of the other kind", func(z *plan.Zone) { z.Records[0].New[1] = "::1" }, 0},
		{"zone of an address", func(z *plan.Zone) { z.Records[0].Type, z.Records[0].Old = "AAAA", []string{"fe80::1%a"} }, 7},
		{"srv number", func(z *plan.Zone) { z.Records[1].New[0] = "10 0 65536 a." }, 5},
		{"srv leading zero", func(z *plan.Zone) { z.Records[1].New[0] = "10 00 5269 a." }, 3},
		{"srv target", func(z *plan.Zone) { z.Records[1].New[0] = "10 0 5269 a\n." }, 11},
		{"soa rname", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b;. 1 2 3 4 5" }, 4},
		{"soa escape", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b\\\x01. 1 2 3 4 5" }, 4},
		{"soa octet", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, `a. b\256. 1 2 3 4 5` }, 4},
		{"soa short octet", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, `a. b\25 1 2 3 4 5` }, 4},
		{"soa backslash at the end", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, `a. b\ 1 2 3 4 5` }, 4},
		{"soa quotation mark", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, `a. b". 1 2 3 4 5` }, 4},
		{"soa raw octet", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b\xac. 1 2 3 4 5" }, 4},
		{"soa long label", func(z *plan.Zone) {
			z.SOAPrerequisite, z.SOA = true, "a. "+strings.Repeat(`\200`, 64)+". 1 2 3 4 5"
		}, 3 + 4*63},
		{"soa short", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b. 1 2 3 4" }, 13},
		{"soa long", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b. 1 2 3 4 5 6" }, 15},
		{"soa line end", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b. 1 2 3 4 5\nsend" }, 14},
		{"soa number", func(z *plan.Zone) { z.SOAPrerequisite, z.SOA = true, "a. b. 4294967296 2 3 4 5" }, 6},
		{"target name", func(z *plan.Zone) { z.SRVTargets = []plan.SRVTarget{{Name: "a;b.", Types: []string{"A"}}} }, 1},
		{"target type", func(z *plan.Zone) {
			z.SRVTargets = []plan.SRVTarget{{Name: "xmpp.contoso.com.", Types: []string{"A\n"}}}
		}, 0},
		{"srv short", func(z *plan.Zone) { z.Records[1].New[0] = "10 0 5269" }, 5},
	} {
		zone := sample.Plan().Zones[0]
		c.edit(&zone)
		script, err := Nsupdate("p", zone)
		if err == nil {
			t.Errorf("%s: taken:\n%s", c.name, script)
		} else if want := fmt.Sprintf("byte %d ", c.at); !strings.Contains(err.Error(), want) || script != "" {
			t.Errorf("%s: %v, want %s", c.name, err, want)
		}
	}
}

func TestDiffFitsItsFile(t *testing.T) {
	zone := sample.Plan().Zones[0]
	if !strings.HasPrefix(Diff(zone.Files()[0]), "--- a/contoso.com.zone\n+++ b/contoso.com.zone\n@@ -2,4 +2,6 @@\n") {
		t.Errorf("got:\n%s", Diff(zone.Files()[0]))
	}
	text := []byte(sample.OldZone)
	for _, hunks := range [][]hunk.Hunk{zone.Hunks, zone.RollbackHunks} {
		var err error
		if text, err = hunk.Apply(text, hunks); err != nil {
			t.Fatal(err)
		}
	}
	if want := strings.Replace(sample.OldZone, " 7 ", " 9 ", 1); string(text) != want {
		t.Errorf("there and back:\n%s", text)
	}
	if zone.Hunks = nil; Diff(zone.Files()[0]) != "" {
		t.Error("a zone that does not change has a diff")
	}
	if !strings.Contains(RollbackDiff(zone.Files()[0]), "+@ IN SOA ns1.contoso.net. host.contoso.com. 9 ") {
		t.Errorf("got:\n%s", RollbackDiff(zone.Files()[0]))
	}
}
