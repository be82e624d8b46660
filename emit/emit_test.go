package emit

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/loud"
	"github.com/edgeplan/edgeplan/parser/planname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

func TestAll(t *testing.T) {
	all := artifacts(t, sample.Plan(), All)
	want := ".gitattributes SHA256SUMS change.html change.md dns/contoso.com.diff dns/contoso.com.json dns/contoso.com.nsupdate dns/contoso.com.rollback.diff dns/contoso.com.rollback.nsupdate dns/contoso.com.zone failover.ps1 plan.json rollback.ps1"
	if got := names(all); got != want {
		t.Errorf("got %s", got)
	}
	again := artifacts(t, sample.Plan(), All)
	for i, a := range all {
		if !bytes.Equal(a.Text.Bytes(), again[i].Text.Bytes()) {
			t.Errorf("%s: twice the same plan, not the same bytes", a.Name)
		}
	}
}

// TestScriptNames: each name of a script is known wherever names of files are, and is none of a plan.
func TestScriptNames(t *testing.T) {
	for _, name := range append(plan.Scripts(), plan.RollbackScript) {
		file := name + ".ps1"
		if !IsPackageFile(file) || !IsKitFile(file) || planname.Is(file) {
			t.Errorf("%s: of a package %t, of a kit %t, a plan %t", file, IsPackageFile(file), IsKitFile(file), planname.Is(file))
		}
		if text, code := "Run .\\"+file+" -Stage Route now.", "Run `.\\"+file+" -Stage Route` now."; record.Text(text) != code {
			t.Errorf("the record has %s", record.Text(text))
		}
	}
}

// TestDeliveries: a way of delivery has the files that it needs and no others.
func TestDeliveries(t *testing.T) {
	files := map[string]string{
		"zone-file":   "diff json nsupdate rollback.diff rollback.nsupdate zone",
		"nsupdate":    "json nsupdate rollback.nsupdate",
		"windows-dns": "json",
		"route53":     "json rollback.route53.json route53.json",
	}
	for _, delivery := range topology.Deliveries() {
		want, known := files[delivery]
		if !known {
			t.Errorf("this test does not say which files the delivery %s has", delivery)
		}
		plan := sample.Plan()
		plan.Zones[0].Delivery = delivery
		var got []string
		for _, a := range artifacts(t, plan, All) {
			if end, ok := strings.CutPrefix(a.Name, "dns/contoso.com."); ok {
				got = append(got, end)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", delivery, got, want)
		}
	}
}

func TestFromPlanIsTheSame(t *testing.T) {
	all := map[string][]byte{}
	for _, a := range artifacts(t, sample.Plan(), All) {
		all[a.Name] = a.Text.Bytes()
	}
	plan := sample.Plan()
	plan.Zones[0].Text = hunk.Text{}
	some := artifacts(t, plan, FromPlan)
	if len(some) != len(all)-2 {
		t.Errorf("got %s", names(some))
	}
	for _, a := range some {
		if !bytes.Equal(a.Text.Bytes(), all[a.Name]) {
			t.Errorf("%s differs", a.Name)
		}
	}
}

func TestAllRefuses(t *testing.T) {
	for name, edit := range map[string]func(*plan.Plan){
		"no text":       func(p *plan.Plan) { p.Zones[0].Text = hunk.Text{} },
		"other text":    func(p *plan.Plan) { p.Zones[0].Text = hunk.TextOf([]byte("x")) },
		"two names":     func(p *plan.Plan) { p.Zones = append(p.Zones, p.Zones[0]); p.Zones[1].Name = "CONTOSO.com" },
		"parent folder": func(p *plan.Plan) { p.Zones[0].Name = ".." },
		"slash":         func(p *plan.Plan) { p.Zones[0].Name = "a/b." },
		"line end":      func(p *plan.Plan) { p.Zones[0].Name = "a\nb." },
		"empty":         func(p *plan.Plan) { p.Zones[0].Name = "." },
		"rollback":      func(p *plan.Plan) { p.Zones[0].Name = "contoso.com.rollback." },
		"route53":       func(p *plan.Plan) { p.Zones[0].Name = "contoso.com.route53." },
		"owner":         func(p *plan.Plan) { p.Zones[0].Records[0].Owner = "a b" },
	} {
		of := sample.Plan()
		edit(of)
		if got, err := All(of); err == nil || got != nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestUnchangedZoneHasNoFiles(t *testing.T) {
	plan := sample.Plan()
	plan.Zones[0].Hunks, plan.Zones[0].Text = nil, hunk.Text{}
	for i, set := range plan.Zones[0].Records {
		plan.Zones[0].Records[i].New, plan.Zones[0].Records[i].NewTTL = set.Old, set.OldTTL
	}
	if got := names(artifacts(t, plan, All)); strings.Contains(got, "dns/") {
		t.Errorf("got %s", got)
	}
}

// TestTools has sha256sum check the sums, and patch make the new zone file and go back.
func TestTools(t *testing.T) {
	dir := t.TempDir()
	for _, a := range artifacts(t, sample.Plan(), All) {
		write(t, filepath.Join(dir, filepath.FromSlash(a.Name)), a.Text.Bytes())
	}
	run(t, dir, "sha256sum", "-c", "--strict", "SHA256SUMS")
	zone := filepath.Join(dir, "contoso.com.zone")
	write(t, zone, []byte(sample.OldZone))
	run(t, dir, "patch", "-p1", "-i", "dns/contoso.com.diff")
	if got, _ := os.ReadFile(zone); string(got) != sample.NewZone {
		t.Errorf("patch made:\n%s", got)
	}
	run(t, dir, "patch", "-p1", "-i", "dns/contoso.com.rollback.diff")
	if got, _ := os.ReadFile(zone); string(got) != strings.Replace(sample.OldZone, " 7 ", " 9 ", 1) {
		t.Errorf("the rollback made:\n%s", got)
	}
}

func artifacts(t *testing.T, p *plan.Plan, make func(*plan.Plan) ([]Artifact, error)) []Artifact {
	t.Helper()
	all, err := make(p)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func names(all []Artifact) string {
	var out []string
	for _, a := range all {
		out = append(out, a.Name)
	}
	return strings.Join(out, " ")
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	loud.Tool(t, name)
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
}
