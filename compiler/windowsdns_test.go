package compiler

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// windowsSet is what a server has at a name: TTLs by data.
type windowsSet map[string]uint32

func (s windowsSet) String() string {
	var out []string
	for data, ttl := range s {
		out = append(out, fmt.Sprintf("%d %s", ttl, data))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func setOf(data []string, ttl uint32) windowsSet {
	out := windowsSet{}
	for _, one := range data {
		out[one] = ttl
	}
	return out
}

// TestEditsKeepAnswers: the edits of random zones lead from the old records to the new
// ones and back; no set that has records before and after is ever empty or between the
// two other than with all of one of them; no SRV record stands without its host's address.
func TestEditsKeepAnswers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 269))
	edits := 0
	for range 2000 {
		zone := randomWindowsZone(random)
		for _, back := range []bool{false, true} {
			edits += walkEdits(t, zone, back)
		}
		if t.Failed() {
			t.Fatalf("%+v", zone.Records)
		}
	}
	t.Logf("%d edits", edits)
}

func randomWindowsZone(random *rand.Rand) plan.Zone {
	pick := func(all []string) []string {
		var out []string
		for _, one := range all {
			if random.IntN(2) == 0 {
				out = append(out, one)
			}
		}
		return out
	}
	ttl := func() uint32 { return []uint32{60, 300, 3600}[random.IntN(3)] }
	zone := plan.Zone{Name: "contoso.com"}
	for _, typ := range []string{"A", "AAAA", "SRV"} {
		all := []string{"1", "2", "3", "4"}
		set := plan.RecordSet{Owner: "xmpp.contoso.com.", Type: typ, Old: pick(all), New: pick(all)}
		if len(set.Old) > 0 {
			set.OldTTL = ttl()
		}
		if len(set.New) > 0 {
			set.NewTTL = ttl()
		}
		zone.Records = append(zone.Records, set)
	}
	return zone
}

// walkEdits makes the edits one by one and returns their number.
func walkEdits(t *testing.T, zone plan.Zone, back bool) int {
	now, old, new := map[string]windowsSet{}, map[string]windowsSet{}, map[string]windowsSet{}
	for _, set := range zone.Records {
		old[set.Type], new[set.Type] = setOf(set.Old, set.OldTTL), setOf(set.New, set.NewTTL)
		if back {
			old[set.Type], new[set.Type] = new[set.Type], old[set.Type]
		}
		now[set.Type] = windowsSet{}
		for data, ttl := range old[set.Type] {
			now[set.Type][data] = ttl
		}
	}
	hosts := func(sets map[string]windowsSet) bool { return len(sets["A"])+len(sets["AAAA"]) > 0 }
	edits := zone.Edits(back)
	for _, e := range edits {
		set := now[e.Set.Type]
		ttl, there := set[e.Data]
		switch {
		case e.Act == plan.Add && !there, e.Act == plan.SetTTL && there && ttl != e.TTL:
			set[e.Data] = e.TTL
		case e.Act == plan.Remove && there:
			delete(set, e.Data)
		default:
			t.Errorf("back %v: %s %s finds %v", back, e.Act, e.Data, set)
		}
		if !holds(set, old[e.Set.Type]) && !holds(set, new[e.Set.Type]) {
			t.Errorf("back %v: after %s %s neither all of the old nor of the new: %v", back, e.Act, e.Data, set)
		}
		if len(now["SRV"]) > 0 && hosts(old) && hosts(new) && !hosts(now) {
			t.Errorf("back %v: after %s %s the host has no address", back, e.Act, e.Data)
		}
	}
	for typ, want := range new {
		if got := now[typ]; got.String() != want.String() {
			t.Errorf("back %v: %s is %v, not %v", back, typ, got, want)
		}
	}
	return len(edits)
}

// holds tells whether a set has all data of another.
func holds(set, other windowsSet) bool {
	for data := range other {
		if _, ok := set[data]; !ok {
			return false
		}
	}
	return true
}

// TestWindowsPlans: the zone is changed on its own computer, between Route and Dns, and
// looked at in Preflight, in a preparation only from the management host.
func TestWindowsPlans(t *testing.T) {
	p := planOf(t, "windows-dns", "spec.edge.hcl")
	for _, name := range []string{plan.Preflight, plan.DNSServer} {
		if hosts := stageOf(t, p.Stages, name).Hosts(); hosts[len(hosts)-1] != "ns1.contoso.net" {
			t.Errorf("%s runs on %q", name, hosts)
		}
	}
	if host := stageOf(t, p.Stages, plan.Preflight).Hosts()[0]; host != p.ManagementHost {
		t.Errorf("Preflight begins on %s", host)
	}
	var names []string
	for _, stage := range append(p.Stages, p.Rollback...) {
		names = append(names, stage.Name)
	}
	if got, want := strings.Join(names, " "), "Preflight Stop Route DnsServer Dns Firewall Start Replicate Verify Start Route DnsServer Dns Replicate Verify"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	names = nil
	for _, stage := range planOf(t, "windows-dns-prepare", "spec.edge.hcl").Stages {
		names = append(names, stage.Name+fmt.Sprint(stage.Hosts()))
	}
	if got, want := strings.Join(names, " "), "Preflight[fe2.corp.contoso.com] DnsServer[ns1.contoso.net ns2.contoso.net] Dns[fe2.corp.contoso.com] Verify[fe2.corp.contoso.com]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestProveWindows: prove finds a zone that nobody changes.
func TestProveWindows(t *testing.T) {
	p := planOf(t, "windows-dns", "spec.edge.hcl")
	partOf(t, p.Stages, plan.DNSServer).Steps = nil
	if err := plan.Prove(p); err == nil || !strings.Contains(err.Error(), "no step has changed") {
		t.Errorf("prove says %v", err)
	}
}

// TestDecodeWindows: a plan that was edited by hand, with the ID that fits, is refused
// where its scripts could not run, or would do what no plan does.
func TestDecodeWindows(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*plan.Plan)
		want  string
	}{
		{"another delivery", func(p *plan.Plan) { p.Zones[0].Delivery = "zone-file" }, "without its files"},
		{"a checksum", func(p *plan.Plan) { p.Zones[0].NewSHA256 = strings.Repeat("0", 64) }, "something about them"},
		{"no computer", func(p *plan.Plan) { p.Zones[0].Computer = "" }, "cannot run on the computer"},
		{"the management host", func(p *plan.Plan) { p.Zones[0].Computer = p.ManagementHost }, "cannot run on the computer"},
		{"a computer in capitals", func(p *plan.Plan) { p.Zones[0].Computer = "NS1.contoso.net" }, "cannot run on the computer"},
		{"DOS", func(p *plan.Plan) { p.Zones[0].OperatingSystem = "dos" }, "no operating system"},
		{"a zone with a quote", func(p *plan.Plan) { p.Zones[0].Name = "contoso.com'" }, "no name of a zone"},
		{"two zones of one name", func(p *plan.Plan) { p.Zones[1].Name = "Contoso.com" }, "twice"},
		{"another type", func(p *plan.Plan) { p.Zones[0].Records[0].Type = "NS" }, "not the data of NS"},
		{"another owner", func(p *plan.Plan) { p.Zones[0].Records[0].Owner = "xmpp.other.example." }, "does not hold"},
		{"no address", func(p *plan.Plan) { p.Zones[0].Records[0].Old = []string{"203.0.113.11 /f"} }, "not the data of A"},
		{"no data", func(p *plan.Plan) { p.Zones[0].Records[0].Old = []string{""} }, "not the data of A"},
		{"other SRV data", func(p *plan.Plan) { p.Zones[1].Records[0].New = []string{"0  0 5269 a."} }, "not the data of SRV"},
	}
	for _, test := range tests {
		of := planOf(t, "windows-dns", "spec.edge.hcl")
		test.spoil(of)
		of.ID = plan.Identify(of)
		text, err := plan.Encode(of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := procedure.Decode(text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// TestAddressesFirst: zones whose addresses move come first, and go back last.
func TestAddressesFirst(t *testing.T) {
	plans, diags := compileComputer(t, "fabrikam.com", "adatum.com") // now the first by name
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	zones := func(stages []plan.Stage) (out []string) {
		for _, part := range stageOf(t, stages, plan.DNSServer).Parts {
			for _, step := range part.Steps {
				out = append(out, step.Zone)
			}
		}
		return out
	}
	if got := zones(plans[0].Stages); !slices.Equal(got, []string{"contoso.com", "adatum.com"}) {
		t.Errorf("forth %q", got)
	}
	if got := zones(plans[0].Rollback); !slices.Equal(got, []string{"adatum.com", "contoso.com"}) {
		t.Errorf("back %q", got)
	}
	plans, _ = compileComputer(t, "fabrikam.com", "zoo.example")
	if got := zones(plans[0].Rollback); !slices.Equal(got, []string{"zoo.example", "contoso.com"}) {
		t.Errorf("back %q", got)
	}
}

// TestComputerTwice: one server is one computer with one system.
func TestComputerTwice(t *testing.T) {
	head := `  delivery         = "windows-dns"
  computer         = "ns1.contoso.net"
  operating_system = "windows-server-2016"
}

dns_zone "fabrikam.com"`
	for new, want := range map[string]string{
		strings.Replace(head, "ns1.contoso.net", "ns1", 1):        "spell one computer in one way",
		strings.Replace(head, "ns1.contoso.net", "ns2.net", 1):    "The server 192.0.2.53 is the computer",
		strings.Replace(head, "server-2016", "server-2008-r2", 1): "runs windows-server",
	} {
		plans, diags := compileComputer(t, head, new)
		found := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
			return diag.Of(d) == report.Contradiction && strings.Contains(d.Detail, want)
		})
		if len(plans) > 0 || !found {
			t.Errorf("%q: %d plans, %v", want, len(plans), diags)
		}
	}
}

// TestBareComputer: a server that belongs to no domain has no suffix.
func TestBareComputer(t *testing.T) {
	plans, diags := compileComputer(t, `"ns1.contoso.net"`, `"NS1"`)
	if len(plans) != 1 || diags.HasErrors() || plans[0].Zones[0].Computer != "ns1" {
		t.Errorf("%d plans, %v", len(plans), diags)
	}
}

// compileComputer compiles the spec windows-dns with another text.
func compileComputer(t *testing.T, old, new string) ([]*plan.Plan, hcl.Diagnostics) {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"spec.edge.hcl", "contoso.com.zone", "fabrikam.com.zone"} {
		data, err := os.ReadFile("../specs/windows-dns/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.ReplaceAll(name, old, new)] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(data), old, new))}
	}
	spec, _, diags := parser.Load(files, []string{"spec.edge.hcl"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return Compile(spec)
}

// TestComputers: what is no name of a computer of its own is refused.
func TestComputers(t *testing.T) {
	tests := []struct {
		name, old, new string
		code           diag.Code
		want           string
	}{
		{"address", `  computer         = "ns1.contoso.net"` + "\n", "", report.Malformed, "is an address"},
		{"computer that is an address", `"ns1.contoso.net"`, `"192.0.2.53"`, report.Malformed, "is an address"},
		{"Unicode", `"ns1.contoso.net"`, `"ns1.bücher.example"`, report.BadName, "it holds"},
		{"no name", `"ns1.contoso.net"`, `"ns 1"`, report.BadName, "it holds a blank"},
		{"no name at all", `"ns1.contoso.net"`, `""`, report.BadName, "it is empty"},
		{"no FQDN", `"ns1.contoso.net"`, `"ns_1.contoso.net"`, report.BadName, "it holds"},
		{"management host", `"ns1.contoso.net"`, `"FE2.corp.contoso.com"`, report.Contradiction, "management host"},
		{"management host, two spellings", `"ns1.contoso.net"`, `"fe2.CORP.contoso.com"`, report.Contradiction, "management host"},
		{"Edge Server", `"ns1.contoso.net"`, `"edge2a.contoso.com"`, report.Contradiction, "an Edge Server of EdgePool2"},
		{"the bare name of another host", `"ns1.contoso.net"`, `"FE2"`, report.Contradiction, "the management host"},
		{"an Edge pool", `"ns1.contoso.net"`, `"edgepool2.contoso.com"`, report.Contradiction, "the name of EdgePool2"},
		{"another delivery", `"windows-dns"`, `"nsupdate"`, report.Contradiction, "only with delivery"},
	}
	for _, test := range tests {
		plans, diags := compileComputer(t, test.old, test.new)
		found := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
			return diag.Of(d) == test.code && strings.Contains(d.Detail, test.want)
		})
		if len(plans) > 0 || !found {
			t.Errorf("%s: %d plans, %v", test.name, len(plans), diags)
		}
	}
}

// TestSourceOfRecords: a zone that is asked for its records comes from the step of the page that
// the step of stage DnsServer comes from which changes it.
func TestSourceOfRecords(t *testing.T) {
	seen := map[plan.Source]bool{}
	for _, spec := range []string{"windows-dns", "windows-dns-prepare"} {
		p := planOf(t, spec, "spec.edge.hcl")
		for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
			changed := map[string]plan.Source{}
			for _, part := range stageOf(t, stages, plan.DNSServer).Parts {
				for _, step := range part.Steps {
					changed[step.Zone] = step.Source
				}
			}
			asked := partOf(t, stages, plan.DNS).Zones
			for _, zone := range asked {
				if want := changed[zone.Name]; zone.Source != want || want.Procedure == "" {
					t.Errorf("%s: the records of %s come from %v, the step that changes them from %v", spec, zone.Name, zone.Source, want)
				}
				seen[zone.Source] = true
			}
			if len(asked) != len(changed) {
				t.Errorf("%s: %d zones are asked, %d changed", spec, len(asked), len(changed))
			}
		}
	}
	if len(seen) < 4 { // steps 4 and 5 of one zone, 5 of another, 3c of the way back, and none
		t.Errorf("the sources are only %v", seen)
	}
}
