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

// ready are the plans of a spec that has a block failback, of which change makes another text; and what is
// found.
func ready(t *testing.T, spec string, change func(string) string, ask func(*parser.Spec)) (map[string]*plan.Plan, string) {
	t.Helper()
	fsys := fstest.MapFS{}
	paths, _ := os.ReadDir("../specs/" + spec)
	var files []string
	for _, path := range paths {
		data, err := os.ReadFile("../specs/" + spec + "/" + path.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path.Name(), parser.Suffix) {
			files = append(files, path.Name())
			data = []byte(change(string(data)))
		}
		fsys[path.Name()] = &fstest.MapFile{Data: data}
	}
	read, sources, diags := parser.Load(fsys, files)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if ask != nil {
		ask(read)
	}
	plans, diags := Compile(read)
	out := map[string]*plan.Plan{}
	for _, p := range plans {
		out[p.Name] = p
	}
	var found strings.Builder
	for _, f := range diag.Findings(diags, sources) {
		found.WriteString(string(f.Code) + " " + f.Detail + "\n")
	}
	return out, found.String()
}

const wayBack = "  failback {\n    change {\n      ticket = \"CHG2\"\n      summary = \"back\"\n    }\n  }\n\n  change {"

// TestFailbackReady: the way back begins with what the failover leaves, whatever moves and however the zones
// are changed.
func TestFailbackReady(t *testing.T) {
	for _, spec := range []string{"seed", "planned", "both", "sip-planned", "windows-dns", "three-domains", "srv-per-pool", "ipv6", "route53", "all-routed"} {
		plans, found := ready(t, spec, func(text string) string { return strings.Replace(text, "\n  change {", "\n"+wayBack, 1) }, nil)
		if len(plans) != 2 {
			t.Errorf("%s: %d plans, %s", spec, len(plans), found)
			continue
		}
		var back, over *plan.Plan
		for name, p := range plans {
			if strings.HasSuffix(name, "-failback") {
				back = p
			} else {
				over = p
			}
		}
		if back.Reason != plan.Failback || back.To.Name != over.From.Name || back.From.Name != over.To.Name || back.Federation != over.Federation || len(back.Routes) != len(over.Routes) {
			t.Errorf("%s: %s from %s to %s, routes %+v", spec, back.Reason, back.From.Name, back.To.Name, back.Routes)
		}
		for _, route := range back.Routes {
			if route.From != over.To.FQDN {
				t.Errorf("%s: a route from %s", spec, route.From)
			}
		}
		for i, zone := range back.Zones {
			was := over.Zones[i]
			if zone.OldSerial != was.NewSerial || zone.ByFile() && zone.OldSHA256 != was.NewSHA256 {
				t.Errorf("%s: zone %s begins with serial %d, the failover ends with %d", spec, zone.Name, zone.OldSerial, was.NewSerial)
			}
			for _, set := range was.Records {
				at := slices.IndexFunc(zone.Records, func(r plan.RecordSet) bool { return r.Owner == set.Owner && r.Type == set.Type })
				if at < 0 || !plan.SameSet(zone.Records[at].Old, set.New) || len(set.New) > 0 && zone.Records[at].OldTTL != set.NewTTL {
					t.Errorf("%s: %s %s ends as %v, and the way back has %+v", spec, set.Owner, set.Type, set.New, zone.Records)
				}
			}
		}
		if !strings.Contains(found, "EP3037 This plan is for the time after "+over.Name) {
			t.Errorf("%s: %s", spec, found)
		}
	}
}

// TestFailbackAsked: the way back alone, the failover alone, and what makes neither.
func TestFailbackAsked(t *testing.T) {
	only := func(name string) func(*parser.Spec) {
		return func(s *parser.Spec) { s.Ask(func(asked string) bool { return asked == name }) }
	}
	same := func(text string) string { return text }
	with := func(old, other string) func(string) string {
		return func(text string) string {
			if strings.Count(text, old) == 0 {
				t.Errorf("the spec does not have %q", old)
			}
			return strings.Replace(text, old, other, 1)
		}
	}
	const name = "edgepool1-to-edgepool2"
	whole, _ := ready(t, "failback-ready", same, nil)
	for _, test := range []struct {
		what   string
		change func(string) string
		ask    func(*parser.Spec)
		plans  string
		found  string
	}{
		{"both", same, nil, name + " " + name + "-failback", ""},
		{"the way back alone", same, only(name + "-failback"), name + "-failback", ""},
		{"the failover alone", same, only(name), name, ""},
		{"no failover, so no way back", with("  to         = edge_pool.EdgePool2\n", "  from = edge_pool.EdgePool2\n  to         = edge_pool.EdgePool2\n"), only(name + "-failback"), "", "EP2019"},
		{"a way back of a way back", func(text string) string {
			text = strings.Replace(text, "site \"Site2\" {\n  xmpp_federation_route = edge_pool.EdgePool1", "site \"Site2\" {\n  xmpp_federation_route = edge_pool.EdgePool2", 1)
			return strings.Replace(text, "  to         = edge_pool.EdgePool2\n", "  to = edge_pool.EdgePool1\n  reason = \"failback\"\n", 1)
		}, nil, name, "EP1009 " + name + " is a fail-back already"},
		{"a name that is too long", with(name, strings.Repeat("x", 60)), nil, strings.Repeat("x", 60), "EP1009 The plan of the way back would be named"},
		{"a name that is taken", func(text string) string {
			return text + "\nprepare \"" + strings.ToUpper(name) + "-failback\" {\n  change {\n    ticket = \"C\"\n    summary = \"s\"\n  }\n}\n"
		}, nil, name, "EP1007 The plan of the way back would be named"},
	} {
		plans, found := ready(t, "failback-ready", test.change, test.ask)
		var names []string
		for name := range plans {
			names = append(names, name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != test.plans || !strings.Contains(found, test.found) {
			t.Errorf("%s: plans %q, found %s", test.what, got, found)
		}
		for name, p := range plans {
			if test.found == "" && p.ID != whole[name].ID {
				t.Errorf("%s: %s has another ID than in the whole spec", test.what, name)
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

// TestFailbackWindow: the way back that is built with a failover is for after that.
func TestFailbackWindow(t *testing.T) {
	const last = "summary = \"XMPP federation goes back to EdgePool1\"\n"
	for start, wrong := range map[string]bool{
		"2026-12-05T22:00:00Z": true, "2026-12-05T23:59:59Z": true, "2026-12-06T00:00:00Z": false, "2026-12-19T22:00:00Z": false,
		"2026-12-06T00:30:00+01:00": true,
	} {
		plans, diags := changedSpec(t, "failback-ready", last, last+"      window_start = \""+start+"\"\n      window_end = \"2026-12-20T00:00:00Z\"\n")
		found := ""
		for _, d := range diags {
			found += string(diag.Of(d)) + " " + d.Detail + "\n"
		}
		says := strings.Contains(found, "EP1009 The window of the way back begins at "+start+", before that of the failover edgepool1-to-edgepool2 ends")
		if says != wrong || (len(plans) == 2) == wrong {
			t.Errorf("%s: %d plans, %s", start, len(plans), found)
		}
	}
}
