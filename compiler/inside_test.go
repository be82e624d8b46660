package compiler

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestInside: a block media or next_hop makes a plan that moves no federation: no pool is left, no route, zone or record
// is in it, it has the stages of its change alone, and what was read of it is the same plan.
func TestInside(t *testing.T) {
	for name, want := range map[string]struct{ kind, script, stages, rollback string }{
		"media-alone":              {plan.KindMedia, "media", "Preflight Topology Replicate Verify", "Topology Replicate Verify"},
		"next-hop-alone":           {plan.KindNextHop, "next-hop", "Preflight Route Replicate Verify", "Route Replicate Verify"},
		"next-hop-alone-same-site": {plan.KindNextHop, "next-hop", "Preflight Topology Replicate Verify", "Route Replicate Verify"},
	} {
		plans, diags := changedSpec(t, name)
		if len(plans) != 1 {
			t.Fatalf("%s: %d plans, %v", name, len(plans), diags)
		}
		p := plans[0]
		if p.Kind != want.kind || p.Texts.Script != want.script || !reflect.DeepEqual(p.From, plan.Pool{}) || len(p.Zones)+len(p.Routes)+len(p.Earliest) > 0 || p.Federation != "" {
			t.Errorf("%s: kind %q, script %q, from %q, %d zones, %d routes, moves %q", name, p.Kind, p.Texts.Script, p.From.Name, len(p.Zones), len(p.Routes), p.Federation)
		}
		if got := stageNames(p.Stages); got != want.stages {
			t.Errorf("%s: stages %s", name, got)
		}
		if got := stageNames(p.Rollback); got != want.rollback {
			t.Errorf("%s: rollback %s", name, got)
		}
		first, last := p.Outage[0].Services[0], p.Outage[len(p.Outage)-1].Services[0]
		if first.Up != p.LeftIsUp() || !last.Up || last.Through != "EdgePool2" {
			t.Errorf("%s: before %+v, after %+v", name, first, last)
		}
		text, err := plan.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := procedure.Decode(text); err != nil || read.ID != p.ID {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInsidePools: pools may come from several Edge pools, and each goes back to its own.
func TestInsidePools(t *testing.T) {
	plans, diags := changedSpec(t, "media-alone", "  fqdn      = \"fepool3.corp.contoso.com\"\n  edge_pool = edge_pool.EdgePool1",
		"  fqdn      = \"fepool3.corp.contoso.com\"\n  edge_pool = edge_pool.EdgePool3", "front_end_pool \"fepool1\" {",
		"edge_pool \"EdgePool3\" {\n  site             = site.Site1\n  fqdn             = \"edgepool3.contoso.com\"\n  access_edge_fqdn = \"sip3.contoso.com\"\n  server \"edge3.contoso.com\" {\n    public_ipv4 = \"192.0.2.31\"\n  }\n}\nfront_end_pool \"fepool1\" {")
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	p := plans[0]
	back := map[string]string{}
	for _, s := range plan.AllSteps(p.Rollback) {
		if pool, ok := strings.CutPrefix(s.ID, "rollback/topology/media/"); ok {
			back[pool] = s.Act.To[0]
		}
	}
	want := map[string]string{"fepool1.corp.contoso.com": "EdgeServer:edgepool1.contoso.com", "fepool3.corp.contoso.com": "EdgeServer:edgepool3.contoso.com"}
	if !reflect.DeepEqual(back, want) || !strings.Contains(p.Texts.Why, "EdgePool1 and EdgePool3") {
		t.Errorf("back to %v; %s", back, p.Texts.Why)
	}
	if s := p.Outage[0].Services[0]; s.Up || s.Through != "" {
		t.Errorf("of two pools none is named: %+v", s)
	}
}

// TestInsideFindings: each mistake is one finding, or none where it is no mistake.
func TestInsideFindings(t *testing.T) {
	const list, to = "[front_end_pool.fepool1, front_end_pool.fepool3]", "  to              = edge_pool.EdgePool2\n"
	const edge1 = "  fqdn      = \"fepool1.corp.contoso.com\"\n  edge_pool = edge_pool.EdgePool1\n"
	const hop, pool = "  next_hop         = \"fepool1.corp.contoso.com\"\n", "  to        = front_end_pool.fepool3\n"
	const store = "  central_management = true\n"
	const planned = pool + "  reason    = \"planned\"\n"
	const third = "edge_pool \"EdgePool3\" {\n  site             = site.Site3\n  fqdn             = \"edgepool3.contoso.com\"\n  access_edge_fqdn = \"sip3.contoso.com\"\n" + hop +
		"\n  server \"edge3.contoso.com\" {\n    public_ipv4 = \"192.0.2.31\"\n  }\n}\n"
	const here = "front_end_pool \"fepool2\" {\n  site = site.Site2\n  fqdn = \"fepool2.corp.contoso.com\"\n}\n"
	tests := map[string]struct {
		spec   string
		change []string
		code   diag.Code // of the finding; "": none of EP2 to EP3 but that about support
		says   string
	}{
		"media":               {"media-alone", nil, "", ""},
		"an empty list":       {"media-alone", []string{list, "[]"}, "EP1009", "list is empty"},
		"twice":               {"media-alone", []string{list, "[front_end_pool.fepool1, front_end_pool.fepool1, front_end_pool.fepool3]"}, "EP1009", "twice"},
		"there already":       {"media-alone", []string{list, "[front_end_pool.fepool1, front_end_pool.fepool3, front_end_pool.fepool2]"}, "EP2043", "fepool2"},
		"no edge_pool":        {"media-alone", []string{edge1, "  fqdn      = \"fepool1.corp.contoso.com\"\n"}, "EP2042", "rollback goes back to"},
		"one is forgotten":    {"media-alone", []string{list, "[front_end_pool.fepool1]"}, "EP3039", "front_end_pools"},
		"forgotten, planned":  {"media-alone", []string{list, "[front_end_pool.fepool1]", to, to + "  reason = \"planned\"\n"}, "", ""},
		"no servers":          {"bad-ep2043-media", []string{"  server \"edge2.contoso.com\" {\n    public_ipv4 = \"198.51.100.21\"\n  }\n", "", ", front_end_pool.fepool2]", "]"}, "EP2002", "EdgePool2"},
		"no site":             {"bad-ep2043-media", []string{"  site             = site.Site2\n", "", ", front_end_pool.fepool2]", "]"}, "EP2006", "EdgePool2"},
		"host at that site":   {"media-alone", []string{"management_host = \"fe2.", "management_host = \"fe1a."}, "", ""},
		"next hop":            {"next-hop-alone", nil, "", ""},
		"it is that already":  {"next-hop-alone", []string{pool, "  to        = front_end_pool.fepool1\n"}, "EP2047", "already"},
		"not known":           {"next-hop-alone", []string{hop, ""}, "EP2046", "has no next_hop"},
		"a stranger":          {"next-hop-alone", []string{hop, strings.Replace(hop, "fepool1", "fepool9", 1)}, "EP2046", "No front_end_pool has"},
		"at the failed site":  {"next-hop-alone", []string{"front_end_pool \"fepool3\" {\n  site               = site.Site3", "front_end_pool \"fepool3\" {\n  site               = site.Site1", store, "", "fe3a.corp", "fe9.corp"}, "EP2047", "site of the failed pool"},
		"the same, planned":   {"next-hop-alone", []string{"front_end_pool \"fepool3\" {\n  site               = site.Site3", "front_end_pool \"fepool3\" {\n  site               = site.Site1", pool, planned}, "", ""},
		"a nearer one":        {"next-hop-alone", []string{"next_hop \"", here + "next_hop \""}, "EP3040", "fepool2"},
		"the host is down":    {"next-hop-alone", []string{"management_host = \"fe3a.", "management_host = \"fe1."}, "EP2038", "fepool1"},
		"the store is down":   {"next-hop-alone", []string{store, "", "  fqdn = \"fepool1.corp.contoso.com\"\n", "  fqdn = \"fepool1.corp.contoso.com\"\n" + store}, "EP2015", "next_hop block"},
		"the store, planned":  {"next-hop-alone", []string{store, "", "  fqdn = \"fepool1.corp.contoso.com\"\n", "  fqdn = \"fepool1.corp.contoso.com\"\n" + store, pool, planned}, "", ""},
		"another keeps it":    {"next-hop-alone", []string{"next_hop \"", third + "next_hop \""}, "EP3043", "EdgePool3"},
		"it does so, planned": {"next-hop-alone", []string{"next_hop \"", third + "next_hop \"", pool, planned}, "", ""},
		"it keeps another":    {"next-hop-alone", []string{"next_hop \"", strings.Replace(third, "fepool1", "fepool3", 1) + "next_hop \""}, "", ""},
		"another keeps it, down at the site of the Edge pool": {"next-hop-alone", []string{"  site = site.Site1\n  fqdn = \"fepool1", "  site = site.Site2\n  fqdn = \"fepool1",
			"next_hop \"", third + "next_hop \""}, "EP3043", "fepool1, which is at Site2"},
		// The site of the Edge pool is up: it is the Front End pool alone that is down.
		"down at its own site":          {"next-hop-alone", []string{"  site = site.Site1\n  fqdn = \"fepool1", "  site = site.Site2\n  fqdn = \"fepool1"}, "", ""},
		"down at its own site, host":    {"next-hop-alone", []string{"  site = site.Site1\n  fqdn = \"fepool1", "  site = site.Site2\n  fqdn = \"fepool1", "management_host = \"fe3a.", "management_host = \"fe1."}, "EP2038", "fepool1 and is at Site2"},
		"down at its own site, another": {"next-hop-alone", []string{"  site = site.Site1\n  fqdn = \"fepool1", "  site = site.Site2\n  fqdn = \"fepool1", "next_hop \"", here + "next_hop \""}, "EP3040", "fepool2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plans, diags := changedSpec(t, test.spec, test.change...)
			var found []string
			for _, d := range diags {
				if code := diag.Of(d); code != "EP3007" {
					found = append(found, string(code)+" "+d.Detail)
				}
			}
			says := slices.ContainsFunc(found, func(text string) bool {
				return strings.HasPrefix(text, string(test.code)) && strings.Contains(text, test.says)
			})
			if test.code == "" && len(found) > 0 || test.code != "" && (len(found) != 1 || !says) {
				t.Errorf("findings %q, want %s with %q", found, test.code, test.says)
			}
			blocked := strings.HasPrefix(string(test.code), "EP2") || strings.HasPrefix(string(test.code), "EP1")
			if (len(plans) == 0) != blocked {
				t.Errorf("%d plans", len(plans))
			}
		})
	}
}

// TestInsideStore: where the store went down with the next hop, a block in next_hop fails it over first.
func TestInsideStore(t *testing.T) {
	const store = "  central_management = true\n"
	plans, diags := changedSpec(t, "next-hop-alone", store, "", "  fqdn = \"fepool1.corp.contoso.com\"\n", "  fqdn = \"fepool1.corp.contoso.com\"\n"+store,
		"  change {", "  central_management_failover {\n    to         = front_end_pool.fepool3\n    sql_server = \"sql3.corp.contoso.com\"\n  }\n\n  change {")
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	if got := stageNames(plans[0].Stages); got != "CentralManagement Preflight Route Replicate Verify" {
		t.Errorf("stages %s", got)
	}
	text, err := plan.Encode(plans[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := procedure.Decode(text); err != nil {
		t.Error(err)
	}
}

// TestDecodeRefusesInside: what such a plan cannot have is refused where it is read.
func TestDecodeRefusesInside(t *testing.T) {
	for name, spoil := range map[string]func(p, other *plan.Plan){
		"a pool that is left":   func(p, other *plan.Plan) { p.From = other.To },
		"no media":              func(p, other *plan.Plan) { p.Media = nil },
		"a next hop too":        func(p, other *plan.Plan) { p.NextHop, p.To.NextHop = other.NextHop, other.To.NextHop },
		"the other kind":        func(p, other *plan.Plan) { p.Kind = plan.KindNextHop },
		"a preparation":         func(p, other *plan.Plan) { p.Kind, p.Reason = plan.KindPrepare, "" },
		"a fail-back":           func(p, other *plan.Plan) { p.Reason = plan.Failback },
		"a procedure":           func(p, other *plan.Plan) { p.Procedure = "documented" },
		"a federation":          func(p, other *plan.Plan) { p.Federation = plan.XMPP },
		"an XMPP host":          func(p, other *plan.Plan) { p.XMPPHost = "xmpp.contoso.com" },
		"a route":               func(p, other *plan.Plan) { p.RoutedSites = []plan.RoutedSite{{Federation: plan.SIP, Site: "Site1"}} },
		"a pool without a name": func(p, other *plan.Plan) { p.Media[0].FromPool = "" },
		"no servers":            func(p, other *plan.Plan) { p.To.Servers = nil },
	} {
		plans, diags := changedSpec(t, "media-alone")
		others, _ := changedSpec(t, "next-hop-alone")
		if len(plans) != 1 || len(others) != 1 {
			t.Fatal(diags)
		}
		p := plans[0]
		spoil(p, others[0])
		p.ID = plan.Identify(p)
		text, _ := plan.Encode(p)
		if _, err := procedure.Decode(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
