package compiler

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// changedSpec is what a spec leads to with some texts of its files, each of which one of them has, replaced by others.
func changedSpec(t *testing.T, name string, pairs ...string) ([]*plan.Plan, hcl.Diagnostics) {
	t.Helper()
	files, done := fstest.MapFS{}, make([]bool, len(pairs))
	entries, err := os.ReadDir("../specs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	spec := ""
	for _, entry := range entries {
		data, err := os.ReadFile("../specs/" + name + "/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(string(data), pairs[i]) {
				data, done[i] = []byte(strings.Replace(string(data), pairs[i], pairs[i+1], 1)), true
			}
		}
		files[entry.Name()] = &fstest.MapFile{Data: data}
		if strings.HasSuffix(entry.Name(), ".edge.hcl") {
			spec = entry.Name()
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		if !done[i] {
			t.Fatalf("%s does not have %q", name, pairs[i])
		}
	}
	read, _, diags := parser.Load(files, []string{spec})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return Compile(read)
}

func plansWithSIP(t *testing.T) map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"sip": planOf(t, "sip", "contoso.edge.hcl"), "sip-2013": planOf(t, "sip-2013", "spec.edge.hcl"), "sip-planned": planOf(t, "sip-planned", "spec.edge.hcl"),
		"sip-se": planOf(t, "sip-se", "spec.edge.hcl"), "both": planOf(t, "both", "spec.edge.hcl"), "coexistence": planOf(t, "coexistence", "spec.edge.hcl"),
	}
}

// TestSIPStages: the order of stages, and what each plan stops and clicks.
func TestSIPStages(t *testing.T) {
	const alone = "Preflight Topology Route Replicate Setup Dns Firewall Verify"
	want := map[string][2]string{
		"sip": {alone, "Topology Route Replicate Setup Dns Verify"}, "sip-2013": {alone, "Topology Route Replicate Setup Dns Verify"},
		"sip-se": {alone, "Topology Route Replicate Setup Dns Verify"}, "coexistence": {alone, "Topology Route Replicate Setup Dns Verify"},
		"sip-planned": {"Preflight Topology Route Replicate Setup DnsServer Dns Firewall Verify", "Topology Route Replicate Setup DnsServer Dns Verify"},
		"both":        {"Preflight Stop Topology Route Dns Firewall Start Replicate Setup Verify", "Start Topology Route Dns Replicate Setup Verify"},
	}
	for name, p := range plansWithSIP(t) {
		for i, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
			var got []string
			for _, stage := range stages {
				got = append(got, stage.Name)
			}
			if strings.Join(got, " ") != want[name][i] {
				t.Errorf("%s: stages %q, want %q", name, got, want[name][i])
			}
			for _, step := range plan.AllSteps(stages) {
				for _, call := range step.Sets() {
					if call.Name == "Stop-CsWindowsService" && name != "both" {
						t.Errorf("%s: %s stops services", name, step.ID)
					}
				}
				// By word alone only where nothing can be read.
				if click := step.Act; click != nil && click.Click != nil && (step.Read == nil) != (click.Click.Unread != "") {
					t.Errorf("%s: %s reads %v, and says %q", name, step.ID, step.Read, click.Click.Unread)
				}
			}
		}
		brand := p.Product.Brand()
		setup := partOf(t, p.Stages, plan.Setup).Steps[0].Act.Click
		if !plan.SameSet(partOf(t, p.Stages, plan.Setup).Hosts, p.To.Servers) || !strings.HasPrefix(setup.Tool, brand) || setup.Path[0] != "Install or Update "+brand+" Server System" {
			t.Errorf("%s: Setup %+v", name, setup)
		}
		for way, stages := range map[string][]plan.Stage{"change": p.Stages, "rollback": p.Rollback} {
			hosts, want := [][]string{}, [][]string{p.To.Servers}
			if p.LeftIsUp() { // it has what was published, and Setup runs there after that on the target
				want = append(want, p.From.Servers)
			}
			for _, part := range stageOf(t, stages, plan.Setup).Parts {
				hosts = append(hosts, part.Hosts)
			}
			if !reflect.DeepEqual(hosts, want) {
				t.Errorf("%s, %s: Setup in the %s on %q, want %q", name, p.Reason, way, hosts, want)
			}
		}
	}
}

// TestStoreAndSIP: a number means one thing where SIP federation and the store move at once.
func TestStoreAndSIP(t *testing.T) {
	const old = "  federation_route = edge_pool.EdgePool1\n"
	plans, diags := changedSpec(t, "central-management", "site \"Site1\" {\n", "site \"Site1\" {\n"+old, "site \"Site2\" {\n", "site \"Site2\" {\n"+old,
		`federation = "xmpp"`, `federation = "both"`)
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	number := func(says string) string {
		for _, s := range plan.AllSteps(plans[0].Stages) {
			if s.Says == says && !strings.Contains(s.ID, "/") {
				return s.ID
			}
		}
		t.Errorf("no number for %q", says)
		return ""
	}
	last := plans[0].Zones[0].Records[len(plans[0].Zones[0].Records)-1].Number
	got := []string{number("SIP federation port of EdgePool2"), number("SIP federation port of EdgePool1"), last, number("backup pool of fepool1.corp.contoso.com"), number("back end of fepool2.corp.contoso.com")}
	if want := []string{"P16", "P17", "P24", "P25", "P26"}; !slices.Equal(got, want) {
		t.Errorf("numbers %q, want %q", got, want)
	}
	for _, says := range append(plans[0].Texts.Unknown, stageOf(t, plans[0].Stages, plan.CentralManagement).IfFails.Says...) {
		if strings.Contains(says, "backup pool of") && !strings.Contains(says, "P25") || strings.Contains(says, "fact P") && !strings.Contains(says, "P25") {
			t.Errorf("%q does not name P25", says)
		}
	}
}

// TestSIPProof: the proof finds what a procedure of SIP federation could do wrong.
func TestSIPProof(t *testing.T) {
	drop := func(stages []plan.Stage, name string) { // the steps of a stage
		for i := range stages {
			for k := range stages[i].Parts {
				if stages[i].Name == name {
					stages[i].Parts[k].Steps = nil
				}
			}
		}
	}
	for _, test := range []struct {
		name  string
		spoil func(p *plan.Plan)
		want  string
	}{
		{"no box", func(p *plan.Plan) { drop(p.Stages, plan.Publish) }, "SIP federation is"},
		{"old box stays", func(p *plan.Plan) { part := partOf(t, p.Stages, plan.Publish); part.Steps = part.Steps[1:] }, "SIP federation is enabled on EdgePool1"},
		{"new box stays", func(p *plan.Plan) { part := partOf(t, p.Stages, plan.Publish); part.Steps = part.Steps[:1] }, "SIP federation is not enabled on EdgePool2"},
		{"no route", func(p *plan.Plan) {
			part := partOf(t, p.Stages, plan.Route)
			part.Steps = slices.DeleteFunc(part.Steps, func(s *plan.Step) bool { return s.ID == "route-sip/Site1" })
		}, "SIP federation of Site1 is not routed to EdgePool2"},
		{"no Setup", func(p *plan.Plan) { drop(p.Stages, plan.Setup) }, "Setup did not run on"},
		{"Setup before the servers know", func(p *plan.Plan) {
			free(p.Stages)
			i := slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.Setup })
			swap(p.Stages, i, i-1)
		}, "does not know the change"},
		{"no push", func(p *plan.Plan) { drop(p.Stages, plan.Replicated); drop(p.Stages, plan.Setup) }, "does not know the new route"},
		{"a push too early", func(p *plan.Plan) {
			free(p.Stages)
			i := slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.Publish })
			part := partOf(t, p.Stages, plan.Replicated)
			for _, s := range part.Steps {
				s.Effect.Wants = nil
			}
			moved := *stageOf(t, p.Stages, plan.Replicated)
			p.Stages = slices.DeleteFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.Replicated })
			p.Stages = slices.Insert(p.Stages, i, moved)
		}, "does not know the change"},
		{"port not confirmed", func(p *plan.Plan) {
			part := partOf(t, p.Stages, plan.Firewall)
			part.Steps = slices.DeleteFunc(part.Steps, func(s *plan.Step) bool { return s.ID == "firewall/sip" })
		}, "port 5061 is not confirmed"},
		{"records to the XMPP port", func(p *plan.Plan) {
			for i, set := range p.Zones[0].Records {
				if strings.HasPrefix(set.Owner, "_sipfederationtls") {
					p.Zones[0].Records[i].New = []string{"0 0 5269 " + strings.Fields(set.New[0])[3]}
				}
			}
		}, "does not lead to"},
		{"record of the pool that is left", func(p *plan.Plan) {
			for i, set := range p.Zones[0].Records {
				if strings.HasPrefix(set.Owner, "_sipfederationtls") {
					p.Zones[0].Records[i].New = append(slices.Clone(set.New), "10 0 5061 sip1.contoso.com.")
				}
			}
		}, "still names sip1.contoso.com."},
		{"records of another service", func(p *plan.Plan) {
			p.Zones[0].Records[0].Owner = "_sip._tls.contoso.com."
			p.Zones[0].Records[0].Type = "SRV"
		}, "does not lead to"},
		{"rollback without box", func(p *plan.Plan) { drop(p.Rollback, plan.Publish) }, "does not restore"},
		{"rollback without route", func(p *plan.Plan) { drop(p.Rollback, plan.Route) }, "does not restore"},
		{"rollback without Setup", func(p *plan.Plan) { drop(p.Rollback, plan.Setup) }, "does not restore"},
		{"rollback without push", func(p *plan.Plan) { drop(p.Rollback, plan.Replicated) }, "does not know the change"},
		{"DNS not asked", func(p *plan.Plan) { partOf(t, p.Stages, plan.Preflight).LooksAt = nil }, "was asked"},
		{"DNS not asked on the way back", func(p *plan.Plan) {
			partOf(t, p.Rollback, plan.Publish).LooksAt = nil
			partOf(t, p.Rollback, plan.Route).LooksAt = nil
		}, "was asked"},
	} {
		for _, name := range []string{"sip", "both"} {
			file := map[string]string{"sip": "contoso.edge.hcl", "both": "spec.edge.hcl"}[name]
			p := planOf(t, name, file)
			test.spoil(p)
			if err := plan.Prove(p); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s, %s: %v, want %q", name, test.name, err, test.want)
			}
		}
	}
}

// TestTwoFederated: that the target has SIP federation enabled too is a finding, whether an argument or the
// route of a site says so.
func TestTwoFederated(t *testing.T) {
	const to = "access_edge_fqdn = \"sip2.contoso.com\"\n"
	for name, pairs := range map[string][]string{
		"argument": {to, to + "  sip_federation = true\n"},
		"route":    {"site \"Site2\" {\n  federation_route = edge_pool.EdgePool1", "site \"Site2\" {\n  federation_route = edge_pool.EdgePool2"},
		"one":      {to, to + "  sip_federation = false\n"},
	} {
		plans, diags := changedSpec(t, "sip-planned", pairs...)
		count := 0
		for _, d := range diags {
			if strings.Contains(d.Detail, "SIP federation is enabled on both EdgePool1 and EdgePool2.") && d.Severity == hcl.DiagWarning && d.Subject != nil {
				count++
			}
		}
		if want := map[bool]int{true: 0, false: 1}[name == "one"]; len(plans) != 1 || count != want {
			t.Errorf("%s: %d plans, %d findings, want %d: %v", name, len(plans), count, want, diags)
		}
	}
}

// TestSIPTexts: what the record says of the order, of XMPP federation and of a stage that asks for two things.
func TestSIPTexts(t *testing.T) {
	back, found := failbackWith(t, "federation = \"xmpp\"", "federation = \"sip\"", "xmpp_federation_route = edge_pool.EdgePool2",
		"xmpp_federation_route = edge_pool.EdgePool2\n  federation_route = edge_pool.EdgePool2", "_xmpp-server", "_sipfederationtls._tcp SRV 0 0 5061 sip2\n_xmpp-server")
	if len(back) != 1 {
		t.Fatal(found)
	}
	const stays = "XMPP federation is not part of this plan"
	order := func(p *plan.Plan) string { return strings.Join(p.Texts.Order, "\n") }
	if got := order(back[0]); !strings.Contains(got, "set the route, run Setup again, see to the DNS records, see to the firewall") || !strings.Contains(got, stays) {
		t.Errorf("fail-back: %s", got)
	}
	if got := order(planOf(t, "failback-both", "spec.edge.hcl")); !strings.Contains(got, "see to the firewall, run Setup again.") || strings.Contains(got, stays) {
		t.Errorf("fail-back of both: %s", got)
	}
	for name, p := range plansWithSIP(t) {
		if got := order(p); strings.Contains(got, stays) != (p.Federation == plan.SIP && p.From.Product.HasXMPP()) {
			t.Errorf("%s, of %s: %s", name, p.From.Product, got)
		}
		if says := stageOf(t, p.Stages, plan.Setup).IfFails.Says[0]; !strings.Contains(says, "wants both") {
			t.Errorf("%s: %s", name, says)
		}
	}
}

// TestSIPLeft: the pool that is left, which is up, has what was published before Setup runs there, in both
// directions; and a rollback of a fail-back needs nothing of the repaired pool.
func TestSIPLeft(t *testing.T) {
	for _, test := range []struct{ spec, what, id, want string }{
		{"sip-planned", "change", "replicate/edge1a.contoso.com", "setup-old/run-again on edge1a.contoso.com while edge1a.contoso.com does not know the change"},
		{"sip-planned", "change", "setup-old/run-again", "Setup did not run on edge1a.contoso.com"},
		{"sip-planned", "rollback", "rollback/replicate/edge1a.contoso.com", "rollback/setup-old/run-again on edge1a.contoso.com while edge1a.contoso.com does not know the change"},
		{"sip-planned", "rollback", "rollback/replicate/edge2b.contoso.com", "while edge2b.contoso.com does not know the change"},
		{"sip-planned", "rollback", "rollback/setup-old/run-again", "does not restore"},
		{"failback-both", "change", "setup-old/run-again", "Setup did not run on"},
		{"failback-both", "rollback", "rollback/setup-old/run-again", "does not restore"},
	} {
		p := planOf(t, test.spec, "spec.edge.hcl")
		stages, gone := p.Stages, 0
		if test.what == "rollback" {
			stages = p.Rollback
		}
		for i := range stages {
			for k := range stages[i].Parts {
				part := &stages[i].Parts[k]
				n := len(part.Steps)
				part.Steps = slices.DeleteFunc(part.Steps, func(s *plan.Step) bool { return s.ID == test.id })
				gone += n - len(part.Steps)
			}
		}
		if err := plan.Prove(p); gone != 1 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s without %d %s: %v, want %q", test.spec, gone, test.id, err, test.want)
		}
	}
	p := planOf(t, "failback-both", "spec.edge.hcl")
	for _, s := range plan.AllSteps(p.Rollback) {
		for _, server := range p.To.Servers {
			if strings.Contains(s.ID, server) {
				t.Errorf("the rollback waits for the repaired pool: %s", s.ID)
			}
		}
	}
	for _, part := range stageOf(t, p.Rollback, plan.Setup).Parts {
		if !slices.Equal(part.Hosts, p.From.Servers) {
			t.Errorf("the rollback runs Setup on %q", part.Hosts)
		}
	}
}

// TestSIPOutage: SIP federation is up through the old pool as long as that is up, and through the new one when all is done.
func TestSIPOutage(t *testing.T) {
	for name, p := range plansWithSIP(t) {
		if name == "sip-se" {
			continue // one of two sites moves
		}
		first, last := p.Outage[0].Of(plan.SIPFederation), p.Outage[len(p.Outage)-1].Of(plan.SIPFederation)
		if first.Up != (p.Reason == "planned") || first.Up && first.Through != p.From.Name || last != (plan.Service{Up: true, Through: p.To.Name}) {
			t.Errorf("%s: %+v, then %+v", name, first, last)
		}
		ups := 0
		for _, r := range p.Outage {
			if s := r.Of(plan.SIPFederation); s.Up && s.Through == p.To.Name {
				ups++
			} else if ups > 0 {
				t.Errorf("%s: it goes down again after %s", name, r.After)
			}
			if remote := r.Of("remote access"); !remote.Up && p.Federation == plan.SIP {
				t.Errorf("%s: no remote access after %s", name, r.After)
			}
		}
	}
}

// TestSIPOtherSites: with route_sites = "target" SIP federation of the sites that keep their route is a service of its own,
// which ends where the setting is cleared.
func TestSIPOtherSites(t *testing.T) {
	const asked = "federation = \"sip\"\n"
	for _, test := range []struct{ name, reason, first string }{
		{"after a disaster", "disaster", "no"}, {"planned", "planned", "through EdgePool1"},
	} {
		plans, diags := changedSpec(t, "sip-planned", asked, asked+"  route_sites = \"target\"\n", "\"planned\"", "\""+test.reason+"\"")
		if len(plans) != 1 {
			t.Fatal(diags)
		}
		p := plans[0]
		var titles []string
		for _, s := range p.Services {
			titles = append(titles, s.Title)
		}
		for _, r := range p.Outage {
			now := "no"
			if s := r.Of(plan.SIPOfOtherSites); s.Up {
				now = "through " + s.Through
			}
			want := test.first
			if r.After != "" && r.After != plan.Preflight {
				want = "no"
			}
			if now != want {
				t.Errorf("%s: SIP federation of Site1 after %q: %s, want %s", test.name, r.After, now, want)
			}
		}
		if got := p.Outage[len(p.Outage)-1].Of(plan.SIPFederation); !got.Up || got.Through != "EdgePool2" {
			t.Errorf("%s: SIP federation of Site2 in the end: %+v", test.name, got)
		}
		if got := strings.Join(titles, ", "); !strings.HasSuffix(got, "SIP federation of Site2, SIP federation of Site1") {
			t.Errorf("%s: %s", test.name, got)
		}
		if got := strings.Join(p.Texts.Order, " "); !strings.Contains(got, "Users of Site1 then have no SIP federation") {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	for name, p := range plansWithSIP(t) {
		others := slices.ContainsFunc(p.Services, func(s plan.Served) bool { return s.Name == plan.SIPOfOtherSites })
		if others != (name == "sip-se") {
			t.Errorf("%s: %+v", name, p.Services)
		}
	}
}

// TestRollbackProbes: stage Verify of a rollback connects where that of the change does, to the pool that has federation
// again, if that is up; and to the target, whose services may have been stopped, unless it was repaired.
func TestRollbackProbes(t *testing.T) {
	for _, test := range []struct{ spec, file, here, outside string }{
		{"sip", "contoso.edge.hcl", "edge2a.contoso.com:5061 edge2b.contoso.com:5061", ""},
		{"both", "spec.edge.hcl", "EdgeServer2.contoso.com:5061", ""},
		{"sip-planned", "spec.edge.hcl", "edge2a.contoso.com:5061 edge2b.contoso.com:5061 edge1a.contoso.com:5061 litware.example partner.example",
			"203.0.113.11:5061"},
		{"failback-both", "spec.edge.hcl", "EdgeServer2.contoso.com:5061 partner.example", "198.51.100.21:5269 198.51.100.21:5061"},
		{"failback", "spec.edge.hcl", "edge2.contoso.com:5061", "198.51.100.21:5269"},
	} {
		got := map[string][]string{}
		for _, part := range stageOf(t, planOf(t, test.spec, test.file).Rollback, plan.Verify).Parts {
			for _, s := range part.Steps {
				words := strings.Fields(s.Says)
				if at := slices.Index(words, "of"); at >= 0 {
					got[part.Hosts[0]] = append(got[part.Hosts[0]], words[at+1])
				} else {
					got[part.Hosts[0]] = append(got[part.Hosts[0]], words[len(words)-1])
				}
			}
		}
		here := got["fe2.corp.contoso.com"]
		if strings.Join(here, " ") != test.here || strings.Join(got[plan.AnyHost], " ") != test.outside {
			t.Errorf("%s: %q", test.spec, got)
		}
	}
}

// TestPublishes: whoever reads a plan with a stage Topology is told who may publish, what to download first, and where
// in the tree of Topology Builder the pool is.
func TestPublishes(t *testing.T) {
	plans := plansWithSIP(t)
	plans["failback-both"] = planOf(t, "failback-both", "spec.edge.hcl")
	for name, p := range plans {
		rights := func(where, text string) {
			for _, want := range []string{"RTCUniversalServerAdmins", "Domain Admins", "Grant-CsSetupPermission"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %s does not name %s: %s", name, where, want, text)
				}
			}
		}
		order := strings.Join(p.Texts.Order, "\n")
		rights("the order", order)
		if !strings.Contains(order, "Test-CsSetupPermission") || !strings.Contains(order, "downloads the topology from the existing deployment") {
			t.Errorf("%s: %s", name, order)
		}
		rights("what to do", strings.Join(stageOf(t, p.Stages, plan.Publish).IfFails.Says, " "))
		for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
			part := partOf(t, stages, plan.Publish)
			rights("the stage", part.Does)
			for _, s := range part.Steps {
				pool := p.From
				if strings.HasSuffix(s.ID, "/"+p.To.Name) {
					pool = p.To
				}
				want := []string{"Download Topology from existing deployment", p.Product.Brand() + " Server", pool.Site, pool.Product.Name(),
					"Edge pools", pool.FQDN, "Edit Properties", "General"}
				if !slices.Equal(s.Act.Click.Path, want) {
					t.Errorf("%s: %s: %q, want %q", name, s.ID, s.Act.Click.Path, want)
				}
			}
		}
		if se := p.To.Product == cmdlet.SfBServerSE; strings.Contains(strings.Join(p.Texts.Unknown, " "), "is called in Topology Builder") != se {
			t.Errorf("%s: %q", name, p.Texts.Unknown)
		}
	}
}

// TestPublishesRoute: a route that no cmdlet clears is cleared in Topology Builder too.
func TestPublishesRoute(t *testing.T) {
	plans, diags := changedSpec(t, "no-route", "failover", "failover")
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	found := 0
	for _, s := range plan.AllSteps(plans[0].Rollback) {
		if s.Act == nil {
			continue
		}
		for _, v := range s.Act.Variants {
			if v.Manual == "" {
				continue
			}
			found++
			if !strings.Contains(v.Manual, "Download Topology from existing deployment, Site2, Edit Properties, Federation route") || !strings.Contains(v.Manual, "Grant-CsSetupPermission") {
				t.Errorf("%s: %s", s.ID, v.Manual)
			}
		}
	}
	if found == 0 {
		t.Error("no route is cleared by hand")
	}
}

// TestPartnersInOtherCase: a partner that is named twice, in other letter case, is one.
func TestPartnersInOtherCase(t *testing.T) {
	for _, names := range []string{`["Partner.Example", "partner.example"]`, `["partner.example", "b.example", "PARTNER.EXAMPLE"]`} {
		plans, diags := changedSpec(t, "sip", `["partner.example"]`, names)
		if len(plans) != 1 {
			t.Fatal(diags)
		}
		count := 0
		for _, s := range plan.AllSteps(plans[0].Stages) {
			if strings.HasPrefix(strings.ToLower(s.ID), "verify/partner/partner.example/") {
				count++
			}
		}
		if count != len(plans[0].To.Servers) {
			t.Errorf("%s: %d tests of one partner: %q", names, count, plans[0].SIPPartners)
		}
	}
}

// TestReverseZones: that a PTR record may go is said where an address goes.
func TestReverseZones(t *testing.T) {
	for name, want := range map[string]bool{"sip-planned": false, "windows-dns": true} {
		plans, diags := changedSpec(t, name, "delivery", "delivery")
		if len(plans) != 1 {
			t.Fatal(diags)
		}
		says := strings.Join(plans[0].Texts.Unknown, " ")
		if strings.Contains(says, "PTR") != want || !strings.Contains(says, "A Windows DNS server of a zone") {
			t.Errorf("%s: %s", name, says)
		}
	}
}

// TestSIPFindings: what a spec with SIP federation may not have.
func TestSIPFindings(t *testing.T) {
	const srv = "_sipfederationtls._tcp	300 IN SRV	0 0 5061 sip1"
	routed := "site \"Site2\" {\n  federation_route = edge_pool.EdgePool1\n}"
	for _, test := range []struct {
		name, spec string
		pairs      []string
		code, text string // "" where the plan is made
	}{
		{"as it is", "sip", nil, "", ""},
		{"port of clients", "sip", []string{srv, strings.Replace(srv, "5061", "443", 1)}, "EP2008", "443 is the port for clients"},
		{"fields in the wrong order", "sip", []string{srv, strings.Replace(srv, "0 0 5061", "5061 0 0", 1)}, "EP2008", "Write 0 0 5061"},
		{"equal priorities", "sip", []string{srv, srv + "\n" + strings.Replace(srv, "sip1", "sip2", 1)}, "EP2012", "SIP federation is enabled on one pool only"},
		{"two priorities", "sip", []string{srv, srv + "\n" + strings.Replace(strings.Replace(srv, "sip1", "sip2", 1), "0 0", "10 0", 1)}, "", ""},
		{"no record yet", "sip", []string{srv, ""}, "", ""},
		{"an alias as target", "sip", []string{srv, srv + "\nalias IN CNAME sip2", "5061 sip1", "5061 alias"}, "EP2040", "federation_host = \"alias.contoso.com\""},
		{"a typo", "sip", []string{srv, strings.Replace(srv, "_sipfederationtls._tcp", "_sipfederationtls_tcp", 1)}, "EP2030", "_sipfederationtls._tcp.contoso.com"},
		{"a typo of another kind", "sip", []string{srv, strings.Replace(srv, "_sipfederationtls._tcp", "_sipfederationtls.tcp", 1)}, "EP2030", "_sipfederationtls._tcp.contoso.com"},
		{"addresses of another pool", "sip", []string{"sip2	300 IN A	198.51.100.21", "sip2	300 IN A	198.51.100.99"}, "EP2014", ""},
		{"private address", "sip", []string{"sip2	300 IN A	198.51.100.21", "sip2	300 IN A	10.0.0.1"}, "EP2013", ""},
		{"no zone", "sip", []string{"dns_zone \"contoso.com\"", "dns_zone \"contoso.net\"", "$ORIGIN contoso.com.", "$ORIGIN contoso.net."}, "EP2011", ""},
		{"target has it", "sip", []string{"site \"Site1\" {\n  federation_route = edge_pool.EdgePool1\n}\n\n" + routed, "site \"Site1\" {\n  federation_route = edge_pool.EdgePool2\n}\n\n" + strings.ReplaceAll(routed, "EdgePool1", "EdgePool2")}, "EP2001", "The SIP federation route of Site2 is EdgePool2 already"},
		{"no route", "sip", []string{"site \"Site1\" {\n  federation_route = edge_pool.EdgePool1\n}\n\n" + routed, "site \"Site1\" {}\n\nsite \"Site2\" {}"}, "EP1017", "which pool holds SIP federation"},
		{"no route to the source", "sip", []string{"site \"Site1\" {\n  federation_route = edge_pool.EdgePool1\n}\n\n" + routed, "site \"Site1\" {}\n\nsite \"Site2\" {}", "federation = \"sip\"\n", "federation = \"sip\"\n  from = edge_pool.EdgePool1\n"}, "EP2001", "No SIP federation route that would change leads to EdgePool1"},
		{"site of the target not routed", "sip", []string{routed, "site \"Site2\" {}", "federation = \"sip\"\n", "federation = \"sip\"\n  route_sites = \"target\"\n"}, "EP2001", "only that of Site2 counts"},
		{"half moved", "sip", []string{routed, strings.ReplaceAll(routed, "EdgePool1", "EdgePool2")}, "", ""},
		{"services first", "sip", []string{"federation = \"sip\"\n", "federation = \"sip\"\n  procedure = \"start-first\"\n"}, "EP1009", "about XMPP federation"},
		{"not enabled", "sip", []string{"  access_edge_fqdn = \"sip1.contoso.com\"\n", "  access_edge_fqdn = \"sip1.contoso.com\"\n  sip_federation = false\n"}, "EP2020", "sip_federation of EdgePool1 is false"},
		{"no domain", "sip", []string{"sip_domain \"contoso.com\" {}", ""}, "EP2018", "no sip_domain"},
		{"certificate", "sip", []string{`["sip2.contoso.com", "sip.contoso.com"]`, `["*.contoso.com"]`}, "EP3003", "does not name sip2.contoso.com"},
		{"next hop that failed", "sip", []string{"  next_hop         = \"fepool2.corp.contoso.com\"", "  next_hop         = \"fepool1.corp.contoso.com\""}, "EP2016", ""},
		{"partner of no domain", "sip", []string{`["partner.example"]`, `["partner example"]`}, "EP2017", ""},
		{"host in use by clients", "sip-2013", []string{"443 sip1", "443 sip"}, "EP2003", "_sip._tls.contoso.com points at sip.contoso.com"},
		{"host that is an Access Edge", "sip-2013", []string{"access_edge_fqdn = \"sip1.contoso.com\"", "access_edge_fqdn = \"sip.contoso.com\""}, "EP2003", "remote users move with its address"},
		{"host of another record", "sip-2013", []string{"5061 sip\n", "5061 sip2\n"}, "EP2040", "not at sip.contoso.com"},
		{"host in no zone", "sip-2013", []string{"federation_host = \"sip.fabrikam.com\"", "federation_host = \"sip.litware.example\"", "5061 sip", "5061 sip"}, "EP2011", ""},
		{"host that is an alias", "sip-2013", []string{"sip	300 IN A	203.0.113.11	; EdgePool1", "sip	300 IN CNAME	sip1"}, "EP2010", ""},
		{"stranger's address", "sip-2013", []string{"sip	300 IN A	203.0.113.11", "sip	300 IN A	203.0.113.99"}, "EP2031", ""},
		{"product without XMPP", "both", []string{"product         = \"lync-server-2013\"", "product         = \"sfb-server-2019\""}, "EP2004", "federation = \"sip\""},
		{"SIP on another pool", "both", []string{"  federation_route      = edge_pool.EdgePool1\n}\n\nsite", "  federation_route      = edge_pool.EdgePool2\n}\n\nsite", "  federation_route      = edge_pool.EdgePool1\n}\n\nedge", "  federation_route      = edge_pool.EdgePool2\n}\n\nedge"}, "EP2039", "SIP federation is on EdgePool2 and XMPP federation on EdgePool1"},
		{"no XMPP route there", "both", []string{"  xmpp_federation_route = edge_pool.EdgePool1\n  federation_route      = edge_pool.EdgePool1\n}\n\nsite", "  federation_route      = edge_pool.EdgePool1\n}\n\nsite", "  xmpp_federation_route = edge_pool.EdgePool1\n  federation_route      = edge_pool.EdgePool1\n}\n\nedge", "  xmpp_federation_route = edge_pool.EdgePool2\n  federation_route      = edge_pool.EdgePool1\n}\n\nedge", "federation = \"both\"\n", "federation = \"both\"\n  from = edge_pool.EdgePool1\n"}, "EP2039", "No XMPP federation route leads to EdgePool1"},
		{"services first, both", "both", []string{"federation = \"both\"\n", "federation = \"both\"\n  procedure = \"start-first\"\n"}, "", ""},
		{"planned, both", "both", []string{"federation = \"both\"\n", "federation = \"both\"\n  reason = \"planned\"\n"}, "", ""},
		{"hosts apart, both", "both", []string{"host     = \"sip.contoso.com\"", "host     = \"xmpp.contoso.com\"", "0 0 5269 sip", "0 0 5269 xmpp\nxmpp 300 IN A 203.0.113.11"}, "", ""},
		{"pools named, both", "both", []string{"  federation_host = \"sip.contoso.com\"\n", "", "host     = \"sip.contoso.com\"\n", "", "0 0 5269 sip", "0 0 5269 sip1", "0 0 5061 sip", "0 0 5061 sip1"}, "", ""},
	} {
		plans, diags := changedSpec(t, test.spec, test.pairs...)
		found := ""
		for _, d := range diags {
			found += string(diag.Of(d)) + " " + d.Detail + "\n"
		}
		if test.code == "" {
			if len(plans) != 1 {
				t.Errorf("%s: no plan: %s", test.name, found)
				continue
			}
			text, err := plan.Encode(plans[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := procedure.Decode(text); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		if !strings.Contains(found, test.code+" ") || !strings.Contains(found, test.text) {
			t.Errorf("%s: no %s with %q in\n%s", test.name, test.code, test.text, found)
		}
	}
}

// TestSIPRecords: what becomes of the records of SIP federation.
func TestSIPRecords(t *testing.T) {
	const srv, host, owner = "_sipfederationtls._tcp	300 IN SRV	0 0 5061 sip1", "_sipfederationtls._tcp	300 IN SRV	0 0 5061 sip\n", "_sipfederationtls._tcp.contoso.com. SRV "
	ten := func(target string) string { return "\n_sipfederationtls._tcp	300 IN SRV	10 0 5061 " + target + "\n" }
	for _, test := range []struct {
		name, spec string
		pairs      []string
		want       string
	}{
		{"one pool", "sip", nil, owner + "[0 0 5061 sip2.contoso.com.]"},
		{"other numbers", "sip", []string{srv, strings.Replace(srv, "0 0", "10 5", 1)}, owner + "[10 5 5061 sip2.contoso.com.]"},
		{"both pools", "sip", []string{srv, srv + ten("sip2")}, owner + "[0 0 5061 sip2.contoso.com.]"},
		{"a third pool", "sip", []string{srv, srv + ten("sip3")}, owner + "[0 0 5061 sip2.contoso.com. 10 0 5061 sip3.contoso.com.]"},
		{"left by an earlier fail-over", "sip", []string{srv, srv + ten("sip1")}, owner + "[0 0 5061 sip2.contoso.com.]"},
		{"new", "sip", []string{srv, ""}, owner + "[0 0 5061 sip2.contoso.com.]"},
		{"a host, and the pool that is left", "sip-2013", []string{host, host + ten("sip1")}, owner + "[0 0 5061 sip.contoso.com.]"},
		{"both, pools named", "both", []string{"  federation_host = \"sip.contoso.com\"\n", "", "host     = \"sip.contoso.com\"\n", "", "0 0 5269 sip", "0 0 5269 sip1", "0 0 5061 sip", "0 0 5061 sip1"},
			owner + "[0 0 5061 sip2.contoso.com.] _xmpp-server._tcp.contoso.com. SRV [0 0 5269 sip2.contoso.com. 10 0 5269 sip1.contoso.com.]"},
		{"fail-back", "failback-both", []string{"  federation_host = \"sip.contoso.com\"\n", "", "  host     = \"sip.contoso.com\"\n", "", "0 0 5269 sip", "0 0 5269 sip2", "0 0 5061 sip", "0 0 5061 sip2" + ten("sip1")},
			owner + "[0 0 5061 sip1.contoso.com.] _xmpp-server._tcp.contoso.com. SRV [0 0 5269 sip1.contoso.com. 10 0 5269 sip2.contoso.com.]"},
		{"hosts", "sip-2013", nil, "sip.contoso.com. A [198.51.100.21 198.51.100.22] _sipfederationtls._tcp.contoso.com. SRV [0 0 5061 sip.contoso.com.] sip.fabrikam.com. A [198.51.100.21 198.51.100.22] _sipfederationtls._tcp.fabrikam.com. SRV [0 0 5061 sip.fabrikam.com.]"},
		{"one host of two domains", "sip-2013", []string{"federation_host = \"sip.fabrikam.com\"", "federation_host = \"sip.contoso.com\"", "5061 sip\n\nwww", "5061 sip.contoso.com.\n\nwww"}, ""},
		{"XMPP stays", "coexistence", nil, owner + "[0 0 5061 sip2.contoso.com.]"},
		{"both by one name", "both", nil, "sip.contoso.com. A [198.51.100.21] _sipfederationtls._tcp.contoso.com. SRV [0 0 5061 sip.contoso.com.] _xmpp-server._tcp.contoso.com. SRV [0 0 5269 sip.contoso.com.]"},
	} {
		plans, diags := changedSpec(t, test.spec, test.pairs...)
		if len(plans) != 1 {
			t.Errorf("%s: %v", test.name, diags)
			continue
		}
		var got []string
		for _, zone := range plans[0].Zones {
			for _, set := range zone.Records {
				if len(set.Old)+len(set.New) > 0 {
					got = append(got, set.Owner+" "+set.Type+" ["+strings.Join(set.New, " ")+"]")
				}
				// Only what is of the page about XMPP has a step of it.
				if xmpp := strings.HasPrefix(set.Owner, "_xmpp") || plans[0].XMPPHost != "" && set.Type != "SRV"; (set.Step != "") != xmpp {
					t.Errorf("%s: %s %s is of step %q", test.name, set.Owner, set.Type, set.Step)
				}
			}
		}
		// The order in a zone is that of the zone.
		for _, part := range strings.SplitAfter(test.want, "]") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(got, part) {
				t.Errorf("%s: no %q in\n%s", test.name, part, strings.Join(got, "\n"))
			}
		}
	}
}

// TestSIPDecodeRefuses: a plan.json with SIP federation that was edited, and its ID computed again.
func TestSIPDecodeRefuses(t *testing.T) {
	for _, test := range []struct {
		name, want string
		edit       func(p *plan.Plan)
	}{
		{"another federation", "no kind of plan", func(p *plan.Plan) { p.Federation = "fax" }},
		{"XMPP", "does not move the federation", func(p *plan.Plan) {
			p.Federation, p.SIPDomains, p.SIPPartners, p.From.SIPEnabled = plan.XMPP, nil, nil, false
		}},
		{"an XMPP host", "no XMPP host", func(p *plan.Plan) { p.XMPPHost = "xmpp.contoso.com" }},
		{"a domain that is none", "is no host name", func(p *plan.Plan) { p.SIPDomains[0].Name = "$(reboot).com" }},
		{"a host that is none", "is no host name", func(p *plan.Plan) { p.SIPDomains[0].Host = "$(reboot).com" }},
		{"a partner that is none", "is no host name", func(p *plan.Plan) { p.SIPPartners = []string{"'; reboot"} }},
		{"partners out of order", "out of order", func(p *plan.Plan) { p.SIPPartners = []string{"b.example", "a.example"} }},
		{"a route of nothing", "does not move the federation", func(p *plan.Plan) { p.Routes[0].Federation = "fax" }},
		{"a step of the other page", "are of step", func(p *plan.Plan) { p.Zones[0].Records[0].Step = "5" }},
		{"services first", "procedure", func(p *plan.Plan) { p.Procedure = "start-first" }},
		{"a domain less", "step P08 is missing or is another one", func(p *plan.Plan) { p.SIPDomains = nil }},
		{"another click", "is another one", func(p *plan.Plan) { partOf(t, p.Stages, plan.Publish).Steps[0].Act.Click.Do = "nothing" }},
		{"no click", "is another one", func(p *plan.Plan) { partOf(t, p.Stages, plan.Setup).Steps[0].Act.Click = nil }},
		{"enabled before", "is another one", func(p *plan.Plan) { p.To.SIPEnabled = true }},
	} {
		p := planOf(t, "sip", "contoso.edge.hcl")
		test.edit(p)
		p.ID = plan.Identify(p)
		text, err := plan.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := procedure.Decode(text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}
