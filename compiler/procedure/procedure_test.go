package procedure

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/sheet"
)

// nextHop is a procedure of the test: it has one Edge pool forward to another Front End pool, and
// back. It changes something that no other procedure knows of, and stands here alone.
var nextHop = procedure{kind: "next-hop", federations: []string{plan.SIP}, form: plan.Form{Moves: true, Reasons: []string{"maintenance"}}, stages: func(b *builder) {
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
	}{{&b.forward, "hop/" + p.From.Name, plan.Source{Procedure: "Painting an Edge pool", Step: "3"}, p.To.NextHop}, {&b.back, "rollback/hop/" + p.From.Name, ours, p.From.NextHop}} {
		s := step(way.id, "next hop of "+p.From.Name, plan.Disruptive, p.Origin, way.source)
		s.Read = b.call(p.Product, "Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", p.From.FQDN))
		s.Property = "Registrar"
		acts(s, plan.Act{To: []string{"Registrar:" + way.hop}, Set: b.call(p.Product, "Set-CsEdgeServer", cmdlet.Arg("Identity", "EdgeServer:"+p.From.FQDN), cmdlet.Arg("Registrar", "Registrar:"+way.hop))},
			"has "+p.From.Name+" forward to "+way.hop, "the next hop of "+p.From.Name+" is "+way.hop)
		s.Effect = plan.Effect{Var: "hop/" + p.From.FQDN, Value: way.hop}
		way.to.add("Hop", plan.Part{Hosts: []string{p.ManagementHost}, Product: p.Product, Does: "Changes the next hop.", Steps: plan.Steps{s}})
	}
	b.ifFails("Hop", plan.Advice{Says: []string{"Count to ten."}, Back: "Hop", How: "at once"})
	p.Texts = plan.Texts{
		Script: plan.FailoverScript, Title: "Have EdgePool1 forward to FEPool2", Page: "Painting an Edge pool", Why: "FEPool1 is being painted.",
		Order: []string{"Order of the page that this test is."}, Unknown: []string{"Whether the paint is dry is not known."},
		Told: []plan.Told{{Title: "Painters", Names: []string{"painters.example"}, How: "They are deaf.", Letter: plan.Letter{
			Subject: "EdgePool1 forwards elsewhere", What: "We move a hop.", Port: "TCP 5061, as before",
			Points: []plan.Note{{Text: "Wait.", Commands: []plan.Command{{Text: "sleep 1"}, {For: "Cats", Text: "nap"}}}}}}},
		Notes: []plan.Note{{Text: "Paint smells."}},
	}
}}

func toy() *plan.Plan {
	pool := plan.Pool{Name: "EdgePool1", Site: "Site1", FQDN: "edge1.contoso.com", AccessEdgeFQDN: "sip.contoso.com", NextHop: "fepool1.corp.contoso.com",
		Product: cmdlet.LyncServer2013, Servers: []string{"edge1.contoso.com"}, IPv4: []string{}}
	p := &plan.Plan{Kind: nextHop.kind, Federation: plan.SIP, Product: cmdlet.LyncServer2013, ManagementHost: "fe2.corp.contoso.com", From: pool, To: pool,
		FormatVersion: plan.FormatVersion, Name: "repaint", Reason: "maintenance", Routes: []plan.SiteRoute{{RoutedSite: plan.RoutedSite{Federation: plan.SIP, Site: "Site1"}}},
		Zones: []plan.Zone{}, Outage: []plan.Reach{}, Findings: []plan.Finding{}, Earliest: []plan.Earliest{},
		Change: plan.Change{Ticket: "CHG1", Summary: "Paint."}}
	p.To.NextHop = "fepool2.corp.contoso.com"
	return p
}

// with has the list of procedures be another one for a test.
func with(t *testing.T, all ...procedure) {
	before := procedures
	procedures = all
	t.Cleanup(func() { procedures = before })
}

// TestOneFile: a procedure is what stands in one file. With it in the list, plans of its kind are
// built, proved, printed and read, in its own words; without it they are refused, and all others are
// as before.
func TestOneFile(t *testing.T) {
	// Another federation is another procedure, or none.
	if err := Build(&plan.Plan{Kind: plan.KindFailover, Federation: "smoke signals"}); err == nil || !strings.Contains(err.Error(), `moves "smoke signals"`) {
		t.Errorf("a federation that there is not: %v", err)
	}
	if err := Build(toy()); err == nil || !strings.Contains(err.Error(), "no procedure") {
		t.Errorf("without the procedure: %v", err)
	}
	before := procedures
	with(t, append(slices.Clone(before), nextHop)...)
	p := toy()
	if err := Build(p); err != nil {
		t.Fatal(err)
	}
	if err := plan.Prove(p); err != nil {
		t.Error(err)
	}
	p.ID = plan.Identify(p)
	files, err := emit.FromPlan(p)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, file := range files {
		all := ""
		for _, piece := range file.Text.Parts() {
			all += string(piece)
		}
		// What comes after it is the same for all plans.
		text[file.Name], _, _ = strings.Cut(all, powershell.RuntimeMarker)
	}
	if text["sheet"], err = sheet.Text(p); err != nil {
		t.Fatal(err)
	}
	text["summary"], _ = sheet.Summary(nil, p)
	for name, want := range map[string][]string{
		"failover.ps1": {"Set-CsEdgeServer -Identity 'EdgeServer:edge1.contoso.com'", "Title = 'Have EdgePool1 forward to FEPool2'", "Opposite = 'rollback'"},
		"rollback.ps1": {"Registrar:fepool1.corp.contoso.com", "Roll back: Have EdgePool1 forward to FEPool2", "Opposite = 'failover'"},
		"change.md": {"# Have EdgePool1 forward to FEPool2\n", "\nFEPool1 is being painted.\n", "- Hop: has EdgePool1 forward to fepool2.corp.contoso.com. Hosts:", "\nOrder of the page that this test is.\n",
			"| the next hop of EdgePool1 is fepool2.corp.contoso.com | 3 |\n", "\nIf it does not end with exit code 0: Count to ten. To back out, run `.\\rollback.ps1 -Stage Hop` at once.\n",
			"\n## Painters\n\nThey are deaf.\n\n- `painters.example`\n", "Subject: EdgePool1 forwards elsewhere\n\nWe move a hop. Time: not given. Our ticket: CHG1.\n", "- Wait.\nsleep 1\nCats:\nnap\n", "\n- Whether the paint is dry is not known.\n"},
		"sheet":     {"Have EdgePool1 forward to FEPool2\n", "FEPool1 is being painted.", "Count to ten.", "PAINTERS\n", "Paint smells.", "> Set-CsEdgeServer"},
		"summary":   {"change:    Have EdgePool1 forward to FEPool2, maintenance\n"},
		"plan.json": {`"kind": "next-hop"`},
	} {
		for _, one := range want {
			if !strings.Contains(text[name], one) {
				t.Errorf("%s: no %q in\n%s", name, one, text[name])
			}
		}
	}
	// What no sentence of the toy has, nothing may say of it.
	for name, all := range text {
		for _, of := range []string{"xmpp", "5269", "receipt", "preflight", "firewall", "federation", "dialback", "jabber", "prosody"} {
			if name != "plan.json" && strings.Contains(strings.ToLower(all), of) {
				t.Errorf("%s speaks of %s:\n%s", name, of, all)
			}
		}
	}
	if again, err := Decode([]byte(text["plan.json"])); err != nil || !reflect.DeepEqual(again.Texts, p.Texts) || again.Stages[0].IfFails.Back != "Hop" {
		t.Errorf("read again: %v", err)
	}
	p.Rollback = nil
	if err := plan.Prove(p); err == nil {
		t.Error("a procedure that does not go back is proved")
	}
	for _, one := range before {
		procedures = slices.DeleteFunc(slices.Clone(before), func(other procedure) bool { return other.kind == one.kind })
		for _, kind := range []string{plan.KindFailover, plan.KindPrepare} {
			of := &plan.Plan{Kind: kind, Federation: map[string]string{plan.KindFailover: plan.XMPP}[kind], Product: cmdlet.LyncServer2013, ManagementHost: "fe2.corp.contoso.com", Procedure: "documented",
				To: plan.Pool{Product: cmdlet.LyncServer2013, FQDN: "edge2.contoso.com", Servers: []string{"edge2.contoso.com"}}}
			if err := Build(of); (err != nil) != (kind == one.kind) {
				t.Errorf("without %s, a plan of %s: %v", one.kind, kind, err)
			}
		}
		if _, err := Decode([]byte(text["plan.json"])); err == nil || !strings.Contains(err.Error(), `no kind of plan "next-hop"`) {
			t.Errorf("without the procedure a plan is read: %v", err)
		}
	}
}

// TestForms: the head of a plan has the words of its procedure, and no others.
func TestForms(t *testing.T) {
	with(t, nextHop)
	for want, change := range map[string]func(*plan.Plan){
		"":                               func(*plan.Plan) {},
		`reason: there is no "disaster"`: func(p *plan.Plan) { p.Reason = "disaster" },
		`reason: there is no ""`:         func(p *plan.Plan) { p.Reason = "" },
		`procedure: there is no "some"`:  func(p *plan.Plan) { p.Procedure = "some" },
		"no route is set":                func(p *plan.Plan) { p.Routes = nil },
		"has no servers":                 func(p *plan.Plan) { p.To.Servers = nil },
	} {
		p := toy()
		if err := Build(p); err != nil {
			t.Fatal(err)
		}
		change(p)
		p.ID = plan.Identify(p)
		text, err := plan.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(text); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestNoSentenceMissing: a sentence that a procedure leaves out stops the plan. No other one takes its
// place.
func TestNoSentenceMissing(t *testing.T) {
	changes := map[string]func(*plan.Plan){
		"what the script is called":                                 func(p *plan.Plan) { p.Texts.Script = "painting" },
		"what the change is called":                                 func(p *plan.Plan) { p.Texts.Title = "" },
		"what the change is for":                                    func(p *plan.Plan) { p.Texts.Why = "" },
		"what it cannot know":                                       func(p *plan.Plan) { p.Texts.Unknown = nil },
		"what to do if stage Hop fails":                             func(p *plan.Plan) { p.Stages[0].IfFails = plan.Advice{Back: "Hop"} },
		"what step hop/EdgePool1 does, or what is so after":         func(p *plan.Plan) { p.Stages[0].Parts[0].Steps[0].Does = "" },
		"what step rollback/hop/EdgePool1 does":                     func(p *plan.Plan) { p.Rollback[0].Parts[0].Steps[0].Expect = "" },
		"why no step of the rollback takes back step hop/EdgePool1": func(p *plan.Plan) { p.Rollback[0].Parts[0].Steps[0].ID = "hop" },
		"what the parameter Brush is":                               func(p *plan.Plan) { p.Stages[0].Parts[0].Steps[0].When = "Brush" },
		"what Painters are told":                                    func(p *plan.Plan) { p.Texts.Told[0].Letter.Port = "" },
		"what is up where a note speaks of fax":                     func(p *plan.Plan) { p.Texts.Notes[0].Service = "fax" },
	}
	for want, change := range changes {
		with(t, nextHop)
		p := toy()
		if err := Build(p); err != nil {
			t.Fatal(err)
		}
		change(p)
		if err := plan.Prove(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestLead: whether changed records have to lead partners to a pool is said by the procedure, not
// by the kind of the plan.
func TestLead(t *testing.T) {
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
			b.dns(&b.forward, false, "", b.plan.Zones, nil, none)
			b.dns(&b.back, true, "", b.plan.Zones, nil, none)
			b.ifDNSFails()
		}
		with(t, leads)
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
	served := nextHop
	served.stages = func(b *builder) {
		nextHop.stages(b)
		hop, to := "hop/"+b.plan.From.FQDN, b.plan.To.NextHop
		b.plan.Services = []plan.Served{{Name: "fax", Title: "fax to the outside", Pool: "EdgePool1", Ways: []plan.Way{
			{When: []plan.Cond{{Var: hop, Value: to}}, Up: []plan.Cond{{Var: "hop/" + plan.OnHost, Value: to}}, Through: "FEPool2"},
			{Through: "FEPool1", AsBefore: true},
		}}}
	}
	with(t, served)
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
	doc, err := record.Of(p, record.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	text := record.Markdown(doc)
	if want := "| service | after stage | reachable |\n|---|---|---|\n| fax to the outside through `EdgePool1` | before the change | in doubt: route and DNS disagree |\n|  | Hop | yes, through FEPool2 |\n"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	text, err = sheet.Text(p)
	if want := "fax to the outside through EdgePool1: yes, through FEPool2"; err != nil || !strings.Contains(text, want) {
		t.Errorf("%v: no %q in\n%s", err, want, text)
	}
	if text, _ := sheet.Summary(nil, p); !strings.Contains(text, "fax in doubt: route and DNS disagree, after Hop yes, through FEPool2") {
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
	with(t, procedure{kind: "gates", stages: func(b *builder) {
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
	}})
	p := toy()
	p.Kind, p.Federation = "gates", ""
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
	if text := string(script.Bytes()); err != nil || !strings.Contains(text, "MustBeStopped = 'edge2.contoso.com'") || !strings.Contains(text, "Receipt = 'Look'") {
		t.Errorf("%v: the script lacks a gate", err)
	}
	p.Stages[1].Parts[0].Seen = "crystal ball"
	if _, err := powershell.Forward(p); err == nil || !strings.Contains(err.Error(), "no way") {
		t.Errorf("a gate that the script does not know: %v", err)
	}
}
