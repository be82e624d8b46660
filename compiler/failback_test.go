package compiler

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// failbackWith compiles the spec failback, with some texts in place of others, and gives what is found too.
func failbackWith(t *testing.T, pairs ...string) ([]*plan.Plan, string) {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"spec.edge.hcl", "contoso.com.zone"} {
		data, err := os.ReadFile("../specs/failback/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: []byte(strings.NewReplacer(pairs...).Replace(string(data)))}
	}
	spec, sources, diags := parser.Load(fsys, []string{"spec.edge.hcl"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := Compile(spec)
	var found strings.Builder
	for _, f := range diag.Findings(diags, sources) {
		found.WriteString(string(f.Code) + " " + f.Detail + "\n")
	}
	return plans, found.String()
}

// TestFailback: the stages are those of the page about failing back, in its order; each step of the page
// that is cited is one of that page, and one of the rollback of the other page.
func TestFailback(t *testing.T) {
	plans, found := failbackWith(t)
	if len(plans) != 1 {
		t.Fatal(found)
	}
	p := plans[0]
	for _, test := range []struct {
		stages []plan.Stage
		want   string
	}{
		{p.Stages, "Start Preflight Route Dns Firewall Replicate Verify StopOld"},
		{p.Rollback, "StartOld Route Dns Replicate Verify"},
	} {
		var names []string
		for _, stage := range test.stages {
			names = append(names, stage.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("stages %s, want %s", got, test.want)
		}
	}
	for page, stages := range map[string][]plan.Stage{plan.FailOverPage: p.Stages, plan.FailBackPage: p.Rollback} {
		for _, s := range plan.AllSteps(stages) {
			if s.Source.Procedure == page {
				t.Errorf("step %s is from %q", s.ID, page)
			}
		}
	}
	pages := map[string]string{"start/services": "1", "route/Site2": "3a", "firewall": "3d"}
	for _, s := range plan.AllSteps(p.Stages) {
		if want := pages[s.ID]; want != "" && (s.Source != plan.Source{Procedure: plan.FailBackPage, Step: want}) {
			t.Errorf("step %s: %+v", s.ID, s.Source)
		}
		if s.Act != nil && s.Act.Set != nil && s.Act.Set.Name == "Stop-CsWindowsService" && !strings.HasPrefix(s.ID, "stop-old/") {
			t.Errorf("step %s stops services", s.ID)
		}
	}
	if got := p.Zones[0].Records; len(got) != 3 || got[0].Step != "3b" || got[1].Step != "3c" {
		t.Errorf("records %+v", got)
	}
	order := strings.Join(p.Texts.Order, "\n")
	for _, want := range []string{"Step 3c of the page has the A record point to EdgeServer2.contoso.com. That is an error", "the records lead to EdgePool1", "Invoke-CsPoolFailback -PoolFQDN FQDN -Verbose"} {
		if !strings.Contains(order, want) {
			t.Errorf("no %q in %s", want, order)
		}
	}
}

// TestFailbackOfEither: SIP federation goes back by the same page, alone and with XMPP federation.
func TestFailbackOfEither(t *testing.T) {
	for federation, want := range map[string]string{
		plan.SIP:  "Start Preflight Topology Route Replicate Setup Dns Firewall Verify, back Topology Route Replicate Setup Dns Verify",
		plan.Both: "Start Preflight Topology Route Dns Firewall Replicate Setup Verify StopOld, back StartOld Topology Route Dns Replicate Setup Verify",
	} {
		plans, found := failbackWith(t, "federation = \"xmpp\"", "federation = \""+federation+"\"", "xmpp_federation_route = edge_pool.EdgePool2",
			"xmpp_federation_route = edge_pool.EdgePool2\n  federation_route = edge_pool.EdgePool2", "_xmpp-server", "_sipfederationtls._tcp SRV 0 0 5061 sip2\n_xmpp-server")
		if len(plans) != 1 {
			t.Errorf("%s: %s", federation, found)
			continue
		}
		p := plans[0]
		var names []string
		for _, stage := range p.Stages {
			names = append(names, stage.Name)
		}
		names[len(names)-1] += ","
		names = append(names, "back")
		for _, stage := range p.Rollback {
			names = append(names, stage.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s", federation, got)
		}
		for _, s := range plan.AllSteps(p.Stages) {
			if page := s.Source.Procedure; page == plan.FailOverPage || page == plan.SIPFailOverPage {
				t.Errorf("%s: step %s is from %q", federation, s.ID, page)
			}
		}
		for _, s := range plan.AllSteps(p.Rollback) {
			if s.Source.Procedure == plan.FailBackPage {
				t.Errorf("%s: step %s of the rollback is from that page", federation, s.ID)
			}
		}
		first, last := p.Outage[0].Of(plan.SIPFederation), p.Outage[len(p.Outage)-1].Of(plan.SIPFederation)
		if first != (plan.Service{Up: true, Through: "EdgePool2"}) || last != (plan.Service{Up: true, Through: "EdgePool1"}) {
			t.Errorf("%s: SIP before %+v, after %+v", federation, first, last)
		}
	}
}

// TestFailbackRoutes: every site that is routed to the pool that has stood in goes back, also where the
// site of the repaired pool was never routed elsewhere.
func TestFailbackRoutes(t *testing.T) {
	const site1, site2 = "site \"Site1\" {\n  xmpp_federation_route = edge_pool.EdgePool1", "site \"Site2\" {\n  xmpp_federation_route = edge_pool.EdgePool2"
	to2 := strings.Replace(site1, "EdgePool1", "EdgePool2", 1)
	to1 := strings.Replace(site2, "EdgePool2", "EdgePool1", 1)
	const reason = "reason     = \"failback\""
	for _, test := range []struct {
		name   string
		change []string
		routes string // sites whose route is set; empty: there is no plan
		found  string
	}{
		{"as the page about failing over leaves it", nil, "Site2", ""},
		{"both were routed", []string{site1, to2}, "Site1 Site2", ""},
		{"the site of the repaired pool has no route", []string{site1, "site \"Site1\" {"}, "Site1 Site2", ""},
		{"that site alone", []string{site1, to2, reason, reason + "\n  route_sites = \"target\""}, "Site1", "EP3005 These sites keep"},
		{"that site alone, which is routed there", []string{reason, reason + "\n  route_sites = \"target\""}, "", "route of Site1 is EdgePool1 already"},
		{"failed back already", []string{site2, to1}, "", "route of Site1 is EdgePool1 already"},
		{"from is named", []string{reason, reason + "\n  from = edge_pool.EdgePool2"}, "Site2", ""},
		{"an order is named", []string{reason, reason + "\n  procedure = \"documented\""}, "", "EP1009 procedure chooses"},
	} {
		plans, found := failbackWith(t, test.change...)
		var sites []string
		for _, p := range plans {
			for _, route := range p.Routes {
				sites = append(sites, route.Site)
			}
		}
		if got := strings.Join(sites, " "); got != test.routes || !strings.Contains(found, test.found) {
			t.Errorf("%s: routes of %q, found %s", test.name, got, found)
		}
		for _, p := range plans {
			first, last := p.Outage[0].Of(plan.XMPPFederation), p.Outage[len(p.Outage)-1].Of(plan.XMPPFederation)
			if first != (plan.Service{Up: true, Through: "EdgePool2"}) || last != (plan.Service{Up: true, Through: "EdgePool1"}) {
				t.Errorf("%s: XMPP before %+v, after %+v", test.name, first, last)
			}
		}
	}
}

// TestFailbackProof: the proof wants what the page has, and what it does not say.
func TestFailbackProof(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(p *plan.Plan)
		want  string
	}{
		{"not started", func(p *plan.Plan) { p.Stages = p.Stages[1:] }, "needs Start, which is not there"},
		{"started last", func(p *plan.Plan) {
			free(p.Stages)
			p.Stages = append(slices.Clone(p.Stages[1:]), p.Stages[0])
		}, "of the repaired pool does not run"},
		{"the pool that stood in is told nothing", func(p *plan.Plan) {
			part := &stageOf(t, p.Stages, plan.Replicated).Parts[0]
			part.Steps = slices.DeleteFunc(part.Steps, func(s *plan.Step) bool { return strings.HasSuffix(s.ID, "/edge2.contoso.com") })
		}, "edge2.contoso.com does not know the new route"},
		{"and nothing of the rollback", func(p *plan.Plan) {
			part := &stageOf(t, p.Rollback, plan.Replicated).Parts[0]
			part.Steps = slices.DeleteFunc(part.Steps, func(s *plan.Step) bool { return strings.HasSuffix(s.ID, "/edge2.contoso.com") })
		}, "does not restore"},
	} {
		plans, found := failbackWith(t)
		if len(plans) != 1 {
			t.Fatal(found)
		}
		test.spoil(plans[0])
		if err := plan.Prove(plans[0]); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}
