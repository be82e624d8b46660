package procedure

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/sheet"
)

// nextHop is a procedure of the test: it has one Edge pool forward to another Front End pool, and
// back. It changes something that no other procedure knows of, and stands here alone.
var nextHop = procedure{kind: "next-hop", stages: func(b *builder) {
	p := b.plan
	p.Model = plan.Model{
		First: map[string]string{"hop/" + p.From.FQDN: p.From.NextHop},
		Aim:   []plan.Cond{{Var: "hop/" + plan.OnHost, Value: p.To.NextHop, Else: "%s does not forward there"}},
	}
	for _, way := range []struct {
		to     *way
		id     string
		source plan.Source
		hop    string
	}{{&b.forward, "hop/" + p.From.Name, failOver("1"), p.To.NextHop}, {&b.back, "rollback/hop/" + p.From.Name, ours, p.From.NextHop}} {
		s := step(way.id, "next hop of "+p.From.Name, plan.Disruptive, p.Origin, way.source)
		s.Read = b.call(p.Product, "Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", p.From.FQDN))
		s.Property = "Registrar"
		s.Act = &plan.Act{To: []string{"Registrar:" + way.hop}, Set: b.call(p.Product, "Set-CsEdgeServer", cmdlet.Arg("Identity", "EdgeServer:"+p.From.FQDN), cmdlet.Arg("Registrar", "Registrar:"+way.hop))}
		s.Effect = plan.Effect{Var: "hop/" + p.From.FQDN, Value: way.hop}
		way.to.add(plan.Route, plan.Part{Hosts: []string{p.ManagementHost}, Product: p.Product, Does: "Changes the next hop.", Steps: plan.Steps{s}})
	}
}}

func toy() *plan.Plan {
	return &plan.Plan{Kind: nextHop.kind, Product: cmdlet.LyncServer2013, ManagementHost: "fe2.corp.contoso.com",
		From: plan.Pool{Name: "EdgePool1", FQDN: "edge1.contoso.com", NextHop: "fepool1.corp.contoso.com"}, To: plan.Pool{NextHop: "fepool2.corp.contoso.com"}}
}

// TestOneFile: a procedure is what stands in one file. With it in the list, plans of its kind are
// built, proved and printed; without it they are refused, and all others are as before.
func TestOneFile(t *testing.T) {
	if err := Build(toy()); err == nil || !strings.Contains(err.Error(), "no procedure") {
		t.Errorf("without the procedure: %v", err)
	}
	before := procedures
	procedures = append(slices.Clone(before), nextHop)
	defer func() { procedures = before }()
	p := toy()
	if err := Build(p); err != nil {
		t.Fatal(err)
	}
	if err := plan.Prove(p); err != nil {
		t.Error(err)
	}
	script, err := powershell.Forward(p)
	if want := "Set-CsEdgeServer -Identity 'EdgeServer:edge1.contoso.com'"; err != nil || !strings.Contains(string(script), want) {
		t.Errorf("the script does not have %s: %v", want, err)
	}
	back, err := powershell.Rollback(p)
	if err != nil || !strings.Contains(string(back), "Registrar:fepool1.corp.contoso.com") {
		t.Errorf("the rollback: %v", err)
	}
	p.Rollback = nil
	if err := plan.Prove(p); err == nil {
		t.Error("a procedure that does not go back is proved")
	}
	for _, one := range before {
		procedures = slices.DeleteFunc(slices.Clone(before), func(other procedure) bool { return other.kind == one.kind })
		for _, kind := range []string{plan.KindFailover, plan.KindPrepare} {
			of := &plan.Plan{Kind: kind, Product: cmdlet.LyncServer2013, ManagementHost: "fe2.corp.contoso.com", Procedure: "documented",
				To: plan.Pool{Product: cmdlet.LyncServer2013, FQDN: "edge2.contoso.com", Servers: []string{"edge2.contoso.com"}}}
			if err := Build(of); (err != nil) != (kind == one.kind) {
				t.Errorf("without %s, a plan of %s: %v", one.kind, kind, err)
			}
		}
	}
}

// TestLead: whether changed records have to lead partners to a pool is said by the procedure, not
// by the kind of the plan.
func TestLead(t *testing.T) {
	before := procedures
	defer func() { procedures = before }()
	for _, test := range []struct {
		lead *plan.Lead
		want string
	}{
		{nil, ""},
		{&plan.Lead{IPv4: []string{"192.0.2.1"}}, ""},
		{&plan.Lead{IPv4: []string{"192.0.2.9"}}, "leads to [192.0.2.1]"},
		{&plan.Lead{IPv6: []string{"2001:db8::1"}}, "leads to [192.0.2.1]"},
	} {
		leads := nextHop
		leads.stages = func(b *builder) {
			nextHop.stages(b)
			b.plan.Model.Lead, b.plan.Model.BackUnasked = test.lead, true
			none := func(plan.Zone) plan.Source { return ours }
			b.dns(&b.forward, false, b.plan.Zones, nil, none)
			b.dns(&b.back, true, b.plan.Zones, nil, none)
		}
		procedures = []procedure{leads}
		p := toy()
		p.Zones = []plan.Zone{{Name: "contoso.com", Records: []plan.RecordSet{{Owner: "xmpp.contoso.com.", Type: "A", New: []string{"192.0.2.1"}}}}}
		if err := Build(p); err != nil {
			t.Fatal(err)
		}
		// The toy looks at no zone before its first change, as another part would.
		p.Stages[0].Parts[0].LooksAt = []string{plan.DNS}
		err := plan.Prove(p)
		if got := fmt.Sprint(err); (err == nil) != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%+v: %v, want %q", test.lead, err, test.want)
		}
	}
}

// TestServices: what users notice is what the procedure says, under the name that it gives it, and
// is in the table, the sheet and the summary without a word in the printers.
func TestServices(t *testing.T) {
	before := procedures
	defer func() { procedures = before }()
	served := nextHop
	served.stages = func(b *builder) {
		nextHop.stages(b)
		hop, to := "hop/"+b.plan.From.FQDN, b.plan.To.NextHop
		b.plan.Services = []plan.Served{{Name: "fax", Title: "fax to the outside", Pool: "EdgePool1", Ways: []plan.Way{
			{When: []plan.Cond{{Var: hop, Value: to}}, Up: []plan.Cond{{Var: "hop/" + plan.OnHost, Value: to}}, Through: "FEPool2"},
			{Through: "FEPool1", AsBefore: true},
		}}}
	}
	procedures = []procedure{served}
	p := toy()
	if err := Build(p); err != nil {
		t.Fatal(err)
	}
	for _, elsewhere := range []bool{false, true} {
		first := plan.Service{Up: true, Through: "FEPool1"}
		if elsewhere {
			first = plan.Service{InDoubt: true}
		}
		p.Outage = plan.Outage(p, elsewhere)
		if len(p.Outage) != 2 || p.Outage[0].Of("fax") != first || p.Outage[1].Of("fax") != (plan.Service{Up: true, Through: "FEPool2"}) {
			t.Errorf("elsewhere %v: %+v", elsewhere, p.Outage)
		}
	}
	text, err := record.Markdown(p, record.Facts{})
	if want := "| after stage | fax to the outside through `EdgePool1` |\n|---|---|\n| before the change | in doubt: route and DNS disagree |\n| Route | yes, through FEPool2 |\n"; err != nil || !strings.Contains(text, want) {
		t.Errorf("%v: no %q in\n%s", err, want, text)
	}
	text, err = sheet.Text(p)
	if want := "fax to the outside through EdgePool1: yes, through FEPool2"; err != nil || !strings.Contains(text, want) {
		t.Errorf("%v: no %q in\n%s", err, want, text)
	}
	if text, _ := sheet.Summary(nil, p); !strings.Contains(text, "fax in doubt: route and DNS disagree, after Route yes, through FEPool2") {
		t.Error(text)
	}
}

// TestGatesAreData: how a need is seen is said by the part, whatever its stage is called, and so is
// whether a part of the rollback is kept from being run too early.
func TestGatesAreData(t *testing.T) {
	const home, away = "fe2.corp.contoso.com", "edge2.contoso.com"
	part := func(host, seen string, needs ...string) plan.Part {
		return plan.Part{Hosts: []string{host}, Product: cmdlet.LyncServer2013, Does: "Is a stage.", Needs: needs, Seen: seen}
	}
	before := procedures
	defer func() { procedures = before }()
	procedures = []procedure{{kind: "gates", stages: func(b *builder) {
		first := part(home, "")
		first.Prints = true
		b.forward.add("Look", first)
		b.forward.add("Silence", part(away, plan.SeenReceipt, "Look"))
		b.forward.add("Turn", part(home, plan.SeenPort, "Silence"))
		b.forward.add("Wake", part(away, "", "Turn"))
		b.forward.add("Praise", part(home, "", "Wake"))
		b.back.add("Unturn", part(home, plan.SeenOnSheet))
		b.back.add("Rewake", part(home, plan.SeenOnSheet, "Unturn"))
		b.back.add("Judge", part(home, "", "Rewake"))
	}}}
	p := toy()
	p.Kind = "gates"
	if err := Build(p); err != nil {
		t.Fatal(err)
	}
	want := map[string]plan.Gates{
		"Look":    {},
		"Silence": {Receipt: "Look"},
		"Turn":    {After: []string{"Look"}, Stopped: []string{away}},
		"Wake":    {After: []string{"Silence"}, Sheet: []string{"Turn"}},
		"Praise":  {After: []string{"Turn"}, Sheet: []string{"Wake"}},
		"Unturn":  {},
		"Rewake":  {Sheet: []string{"Unturn"}},
		"Judge":   {After: []string{"Rewake"}},
	}
	for _, back := range []bool{false, true} {
		for _, stage := range p.StagesOf(back) {
			if got := p.Gates(back, stage.Name, stage.Parts[0]); !reflect.DeepEqual(got, want[stage.Name]) {
				t.Errorf("%s: %+v, want %+v", stage.Name, got, want[stage.Name])
			}
		}
	}
	script, err := powershell.Forward(p)
	if err != nil || !strings.Contains(string(script), "MustBeStopped = 'edge2.contoso.com'") || !strings.Contains(string(script), "Receipt = 'Look'") {
		t.Errorf("%v: the script lacks a gate", err)
	}
	p.Stages[1].Parts[0].Seen = "crystal ball"
	if _, err := powershell.Forward(p); err == nil || !strings.Contains(err.Error(), "no way") {
		t.Errorf("a gate that the script does not know: %v", err)
	}
}
