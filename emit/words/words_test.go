package words

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestPlainlyVisible: what is taken to be visible at once is what looking at each character leaves alone.
func TestPlainlyVisible(t *testing.T) {
	plain := 0
	for _, s := range append(sample.Texts(), "", " ", "a b", "a  b", " a", "a ", `a\b`, `\u{41}`, "\x7f", "e\u0301") {
		if got := Visible(s); got != visible(s) {
			t.Errorf("%q: %q, not %q", s, got, visible(s))
		} else if plainlyVisible(s) {
			plain++
		}
	}
	if plain < 100 {
		t.Errorf("only %d texts are plainly visible", plain)
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain text": "plain text", "a\nb": `a\u{A}b`, "a\u202eb": `a\u{202E}b`, "\u200b": `\u{200B}`, "\xff": `\x{FF}`,
		" a ": `\u{20}a\u{20}`, "a  b": `a \u{20}b`, `\u{A}`: `\u{5C}u{A}`, `C:\users`: `C:\users`, "Zürich": "Zürich",
		"e\u0301": "e\u0301", "\u0301": `\u{301}`, "\u00a0": `\u{A0}`, "\u3164": `\u{3164}`, "\ufffd": "\ufffd", "\x1b[2J": `\u{1B}[2J`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\nb", `a\u{A}b`)
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, r := range Visible(a) {
			if !unicode.IsPrint(r) {
				t.Fatalf("Visible(%q) has %U", a, r)
			}
		}
		if a != b && Visible(a) == Visible(b) {
			t.Fatalf("%q and %q look the same: %q", a, b, Visible(a))
		}
	})
}

func TestLines(t *testing.T) {
	p := sample.Plan()
	i := slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.Stop })
	lines := Lines(p, false, p.Stages[i])
	if len(lines) != 6 || !slices.Equal(lines[0].Hosts, p.To.Servers) || !slices.Equal(lines[5].Hosts, p.To.Servers) {
		t.Errorf("what is the same on both servers is not one line each: %+v", lines)
	}
	for i, line := range Lines(p, false, p.Stages[0]) {
		if line.Step != nil && line.Step.ID == "P04" && (!strings.Contains(line.Act, "XMPP port of the pool") || !strings.Contains(line.Expect, "P06 ") || len(line.Uses) != 1) {
			t.Errorf("%d: what is read once is not one line: %+v", i, line)
		}
	}
}

// TestSourceIsThePlans: which step of a page a line comes from is what the plan says, of zones too.
func TestSourceIsThePlans(t *testing.T) {
	p := sample.Plan()
	i := slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.DNS })
	p.Stages[i].Parts[0].Zones[0].Source = plan.Source{Procedure: "another page", Step: "12"}
	for _, back := range []bool{false, true} {
		lines := Lines(p, back, p.Stages[i])
		if got := lines[len(lines)-1].Source; got != "another page, 12" {
			t.Errorf("the line of the zone comes from %q", got)
		}
	}
}

func TestEveryStageHasWords(t *testing.T) {
	for _, p := range []*plan.Plan{sample.Plan(), sample.Hostile("x")} {
		for _, back := range []bool{false, true} {
			for _, stage := range p.StagesOf(back) {
				if !back && len(IfFails(p, stage)) == 0 {
					t.Errorf("stage %s has no words", stage.Name)
				}
				for _, line := range Lines(p, back, stage) {
					if line.Act == "" || line.Expect == "" || line.Source == "" || line.Risk == "" || len(line.Hosts) == 0 {
						t.Errorf("stage %s: a line lacks words: %+v", stage.Name, line)
					}
				}
			}
		}
	}
}

// again is a plan with the stages and sentences of what its head is now.
func again(t *testing.T, p *plan.Plan) *plan.Plan {
	t.Helper()
	if err := procedure.Build(p); err != nil {
		t.Fatal(err)
	}
	return p
}

// planned is a planned change; with all, no site stays with the pool that is left.
func planned(t *testing.T, all bool) *plan.Plan {
	p := sample.Plan()
	p.Reason = "planned"
	if !all {
		p.RoutedSites = append(p.RoutedSites, plan.RoutedSite{Federation: plan.XMPP, Site: "Site3"})
	}
	return again(t, p)
}

// Whatever waits for services may hang, and what a plan without stage Stop does not read
// is said.
func TestWordsByStage(t *testing.T) {
	p := planned(t, true)
	for _, stage := range p.Stages {
		switch stage.Name {
		case plan.Stop, plan.Start, plan.StopOld:
			if got := IfFails(p, stage); !strings.Contains(strings.Join(got, " "), "If the command itself does not come back") {
				t.Errorf("stage %s: nothing of a cmdlet that hangs: %q", stage.Name, got)
			}
		case plan.Route:
			if got := IfFails(p, stage); got[len(got)-1] != `To back out, run .\rollback.ps1 -Stage Route on the same server, after its stage Start on the Edge Servers.` {
				t.Errorf("the way back: %q", got)
			}
		case plan.Verify:
			if got := IfFails(p, stage); got[len(got)-1] != `To go back: all stages of .\rollback.ps1, in their order.` {
				t.Errorf("the way back: %q", got)
			}
		}
	}
	read := func() string { return strings.Join(slices.Concat(p.Texts.Order, p.Texts.Unknown), " ") }
	if got := read(); strings.Contains(got, "do not read the certificates") || !strings.Contains(got, "The names in the certificates") {
		t.Error(got)
	}
	p.Procedure = "start-first"
	again(t, p)
	if got := read(); !strings.Contains(got, "do not read the certificates") || !strings.Contains(got, "The certificates on the Edge Servers are not read") {
		t.Error(got)
	}
}

// A stage that the rollback does not have is no way back.
func TestNoWayBack(t *testing.T) {
	p := sample.Plan()
	stage := plan.Stage{Name: "S", IfFails: plan.Advice{Says: []string{"Run it again."}, Back: "S", How: "; and wait"}}
	if got := IfFails(p, stage); len(got) != 1 {
		t.Errorf("%q", got)
	}
	p.Rollback = append(p.Rollback, plan.Stage{Name: "S"})
	if got := IfFails(p, stage); len(got) != 2 || got[1] != `To back out, run .\rollback.ps1 -Stage S; and wait.` || len(stage.IfFails.Says) != 1 {
		t.Errorf("%q", got)
	}
}

func TestManualRoute(t *testing.T) {
	p := sample.Plan()
	p.Routes[0].From, p.Routes[0].FromServer = "", ""
	again(t, p)
	for _, step := range plan.AllSteps(p.Rollback) {
		if step.ID != "rollback/route/Site2" {
			continue
		}
		if got := act(p, true, step); got != "a person clears the XMPP federation route of site Site2 in Topology Builder (no cmdlet is documented for this)" {
			t.Error(got)
		}
		if got := expect(p, true, step); got != "Get-CsSite shows no XMPP federation route for site Site2" {
			t.Error(got)
		}
		if len(uses(step)) != 0 {
			t.Error("a manual step has calls")
		}
		return
	}
	t.Error("there is no such step")
}

// TestLookBack: the stages before the one that asks DNS are those of the plan.
func TestLookBack(t *testing.T) {
	const ask, end = "Stage Route asks DNS before it sets anything", ". If no server answers, -Waive P20 goes on without DNS, on record."
	first := sample.Plan()
	first.Procedure = "start-first"
	for want, p := range map[string]*plan.Plan{
		ask + "; stage Start does not" + end:             sample.Plan(),
		ask + "; stages StartOld and Start do not" + end: planned(t, true),
		ask + end: again(t, first),
		"":        again(t, &plan.Plan{Kind: plan.KindPrepare, Product: first.Product, ManagementHost: "fe2.corp.contoso.com", Zones: first.Zones}),
	} {
		if got := LookBack(p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRecords(t *testing.T) {
	set := plan.RecordSet{Owner: "x.", Type: "A", OldTTL: 3600, NewTTL: 300, Old: []string{"192.0.2.1", "192.0.2.2"}, New: []string{"192.0.2.2", "192.0.2.3"}}
	var got []string
	for _, r := range Records(set) {
		got = append(got, r.String())
	}
	want := []string{"- x. 3600 IN A 192.0.2.1", "- x. 3600 IN A 192.0.2.2", "+ x. 300 IN A 192.0.2.2", "+ x. 300 IN A 192.0.2.3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	set.NewTTL = 3600
	if got := Records(set); len(got) != 3 || got[2].String() != "  x. 3600 IN A 192.0.2.2" {
		t.Errorf("got %v", got)
	}
}

// TestAlike: sets that are alike but for a name are shown once, with the list of the names, and all else as it is.
func TestAlike(t *testing.T) {
	set := func(owner, old, new string) plan.RecordSet {
		return plan.RecordSet{Owner: owner, Type: "SRV", OldTTL: 300, NewTTL: 300, Old: []string{old}, New: []string{new}}
	}
	sets := []plan.RecordSet{set("_xmpp-server._tcp.a.example.", "x", "y"), set("_xmpp-server._tcp.other.example.", "x", "z"),
		set("_xmpp-server._tcp.b.example.", "x", "y"), set("_xmpp-server._tcp.c\u202e.example.", "x", "y"), set("_sip._tcp.a.example.", "x", "y")}
	want := []string{"- _xmpp-server._tcp.NAME. 300 IN SRV x", "+ _xmpp-server._tcp.NAME. 300 IN SRV y", `NAME is each of these 3: a.example b.example c\u{202E}.example`,
		"- _xmpp-server._tcp.other.example. 300 IN SRV x", "+ _xmpp-server._tcp.other.example. 300 IN SRV z",
		"- _sip._tcp.a.example. 300 IN SRV x", "+ _sip._tcp.a.example. 300 IN SRV y"}
	if got := RecordLines(sets, Record.Visible, Visible); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	var many []plan.RecordSet
	for i := range 2000 {
		many = append(many, set(fmt.Sprintf("_xmpp-server._tcp.domain%d.example.", i), "x", "y"))
	}
	got := RecordLines(many, Record.Visible, Visible)
	if text := strings.Join(got, " "); len(got) > 500 || strings.Count(text, " domain") != 2000 {
		t.Errorf("%d lines, %d names", len(got), strings.Count(text, " domain"))
	}
	for _, line := range got {
		if len(line) > wide {
			t.Errorf("a line that does not fit: %q", line)
		}
	}
}

// TestLoop: commands for many domains are a loop, which a shell reads as it is printed.
func TestLoop(t *testing.T) {
	note := plan.Note{Commands: []plan.Command{{For: "Prosody", Text: "echo ", Each: []string{"a.example"}}}}
	for i := range 99 {
		note.Commands[0].Each = append(note.Commands[0].Each, fmt.Sprintf("domain%d.example", i))
	}
	var lines []string
	for command := range note.Each {
		lines = append(lines, broken(command.Text)...)
	}
	out, err := exec.Command("sh", "-c", strings.Join(lines, "\n")).CombinedOutput()
	if want := strings.Join(note.Commands[0].Each, "\n") + "\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
	for _, line := range lines {
		if len(line) > wide {
			t.Errorf("a line that does not fit: %q", line)
		}
	}
}

func TestLetter(t *testing.T) {
	p := sample.Plan()
	got := strings.Join(Letter(p, p.Texts.Told[0].Letter), "\n")
	for _, want := range []string{
		"Subject: XMPP federation of contoso.com moves to other addresses\n", "2026-12-05T22:00:00Z to", "CHG0042317",
		"Old addresses: 203.0.113.11\n", "New addresses: 198.51.100.21, 198.51.100.22\n", "TCP 5269",
		"old: xmpp.contoso.com. 3600 IN A 203.0.113.11\n", "new: xmpp.contoso.com. 3600 IN A 198.51.100.21\n",
		"new: _xmpp-server._tcp.contoso.com. 300 IN SRV 10 0 5269 xmpp.contoso.com.\n",
		"up to 3600 s (1 h)", "\nejabberdctl stop_s2s_connections\n", "\nprosodyctl shell s2s closeall contoso.com",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text for partners lacks %q:\n%s", want, got)
		}
	}
	for _, line := range Letter(p, p.Texts.Told[0].Letter) {
		if len(line) > 96 || Visible(line) != line {
			t.Errorf("a line that does not fit: %q", line)
		}
	}
	if strings.Contains(got, "stays with the old addresses") {
		t.Error("a disaster leaves no stream open")
	}
	p = planned(t, false)
	closes, stays := "stays with the old addresses until we close it", "stays with the old addresses, which go on answering"
	if got := strings.Join(Letter(p, p.Texts.Told[0].Letter), " "); !strings.Contains(got, stays) || strings.Contains(got, closes) || !strings.Contains(got, "no longer in use") {
		t.Errorf("a planned change that does not stop the old pool: %s", got)
	}
	p = planned(t, true)
	if got := strings.Join(Letter(p, p.Texts.Told[0].Letter), " "); strings.Contains(got, stays) || !strings.Contains(got, closes) || !strings.Contains(got, "the change is over") {
		t.Errorf("a planned change with stage StopOld: %s", got)
	}
}

func TestPartners(t *testing.T) {
	names, lync := []string{"gmail.example"}, cmdlet.LyncServer2013
	for _, test := range []struct {
		partners []string
		product  cmdlet.Product
		want     string
	}{
		{names, lync, "Fact P10"},
		{nil, lync, "The spec names no partners: xmpp_federation, partners."},
		{names, "sfb-server-2019", "has no Get-CsXmppAllowedPartner, so nothing"},
		{nil, "sfb-server-2019", "The spec names no partners, and the reference"},
	} {
		p := sample.Plan()
		p.Partners, p.Product, p.To.Product = test.partners, test.product, test.product
		// That the plan cannot be made with the cmdlets of the product does not matter here.
		_ = procedure.Build(p)
		if got := p.Texts.Told[0].How; !strings.Contains(got, test.want) {
			t.Errorf("%q of %s: %s", test.partners, test.product, got)
		}
	}
}

// A "yes" of the outage table is not one for every partner at once.
func TestNotes(t *testing.T) {
	p := sample.Plan()
	read := func() string {
		var out []string
		for _, note := range Notes(p) {
			out = append(out, note.Text)
			out = append(out, note.Commands...)
		}
		return strings.Join(out, "\n")
	}
	check := func(what string, want, not []string) {
		t.Helper()
		got := read()
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: no %q in:\n%s", what, text, got)
			}
		}
		for _, text := range not {
			if strings.Contains(got, text) {
				t.Errorf("%s: %q in:\n%s", what, text, got)
			}
		}
	}
	always := []string{"after stage Start", "up to 3600 s (1 h)", "dialback", "ejabberd (seen with 23.01)", "up to 300 s more", "\nejabberdctl stop_s2s_connections"}
	check("disaster", append(always, "when EdgePool1 fell silent", "941 to 954 s", "prosodyctl shell s2s closeall contoso.com"), []string{"stays with", "StopOld"})
	p = planned(t, false)
	check("planned, a site stays", append(always, "stays with EdgePool1", "837 s and 414 s", "stay routed to EdgePool1"), []string{"fell silent", "Stage StopOld"})
	p = planned(t, true)
	check("planned", append(always, "stays with EdgePool1", "Stage StopOld ends"), []string{"stay routed"})
	p.Outage = p.Outage[:2]
	check("not up again", nil, []string{"after stage", "dialback"})
}

// TestPortOrNone: a port that may be missing is not said to have to be there.
func TestPortOrNone(t *testing.T) {
	for _, test := range []struct{ property, match, want string }{
		{"AccessEdgeExternalSipPort", plan.Only, "P16 the port: AccessEdgeExternalSipPort is 5061 or no port"},
		{"AccessEdgeExternalSipPort", plan.Is, "P16 the port: AccessEdgeExternalSipPort is 5061"},
		{"Identity", plan.Only, "P16 the port: Identity is only 5061"},
	} {
		s := &plan.Step{ID: "P16", Says: "the port", Read: &cmdlet.Call{Name: "Get-CsService"}, Property: test.property,
			Check: &plan.Check{Match: test.match, Want: []string{"5061"}}}
		if got := fact(s); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestBackOut: going back begins at a moment only where it fits in the window.
func TestBackOut(t *testing.T) {
	p := sample.Plan()
	p.Change.WindowStart, p.Change.WindowEnd = "2026-12-05T22:00:00Z", "2026-12-05T23:00:00Z"
	for minutes, want := range map[int]string{
		60: " To end within the window it has to begin by 2026-12-05T22:00:00Z.",
		61: " That is more than the window has, 1 h.",
	} {
		p.Change.RollbackStages = []plan.ChangeStage{{Name: p.Rollback[0].Name, Minutes: minutes}}
		p.Schedule = plan.ScheduleOf(p)
		if got := BackOut(p); !strings.Contains(got, want) {
			t.Errorf("%d min: %s", minutes, got)
		}
	}
	// Caches keep what the change has written for an hour, which is longer than the stages behind stage Dns take.
	p.Change.WindowEnd = "2026-12-06T03:00:00Z"
	for i := range p.Zones {
		for k := range p.Zones[i].Records {
			p.Zones[i].Records[k].NewTTL = 3600
		}
	}
	p.Change.RollbackStages = nil
	for _, stage := range p.Rollback {
		p.Change.RollbackStages = append(p.Change.RollbackStages, plan.ChangeStage{Name: stage.Name, Minutes: 10})
	}
	p.Schedule = plan.ScheduleOf(p)
	at := slices.IndexFunc(p.Rollback, func(s plan.Stage) bool { return s.Name == plan.DNS })
	clean := time.Date(2026, 12, 6, 2, 0, 0, 0, time.UTC).Add(-time.Duration(at+1) * 10 * time.Minute).Format(time.RFC3339)
	if got := BackOut(p); !strings.Contains(got, " To have the old records on all name servers in time, it has to begin by "+clean+".") || strings.Contains(got, "at least") {
		t.Errorf("want %s: %s", clean, got)
	}
	p.Change.RollbackStages = p.Change.RollbackStages[:1]
	p.Schedule = plan.ScheduleOf(p)
	if got := BackOut(p); !strings.Contains(got, "Back-out time: at least 10 min") {
		t.Error(got)
	}
}
