package words

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

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
				if len(IfFails(p, stage.Name)) == 0 {
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

// Whatever waits for services may hang, and what a plan without stage Stop does not read
// is said.
func TestWordsByStage(t *testing.T) {
	p := sample.Plan()
	for _, stage := range []string{plan.Stop, plan.Start, plan.StopOld, plan.StartOld} {
		if got := IfFails(p, stage); !slices.Contains(got, hangs) {
			t.Errorf("stage %s: nothing of a cmdlet that hangs: %q", stage, got)
		}
	}
	read := func() string { return Order(p) + strings.Join(Unknowns(p), " ") }
	if got := read(); strings.Contains(got, "do not read the certificates") || !strings.Contains(got, "The names in the certificates") {
		t.Error(got)
	}
	p.Procedure = "start-first"
	p.Stages = slices.DeleteFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.Stop })
	if got := read(); !strings.Contains(got, "do not read the certificates") || !strings.Contains(got, "The certificates on the Edge Servers are not read") {
		t.Error(got)
	}
}

func TestManualRoute(t *testing.T) {
	step := &plan.Step{Act: &plan.Act{Variants: []plan.Variant{{From: "a", Manual: "by hand"}}}, Effect: plan.Effect{Var: "route/Site2"}}
	if got := act(sample.Plan(), true, step); got != "a person clears the XMPP federation route of site Site2 in Topology Builder (no cmdlet is documented for this)" {
		t.Error(got)
	}
	if len(uses(step)) != 0 {
		t.Error("a manual step has calls")
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

func TestLetter(t *testing.T) {
	p := sample.Plan()
	got := strings.Join(Letter(p), "\n")
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
	for _, line := range Letter(p) {
		if len(line) > 96 || Visible(line) != line {
			t.Errorf("a line that does not fit: %q", line)
		}
	}
	if strings.Contains(got, "stays with the old addresses") {
		t.Error("a disaster leaves no stream open")
	}
	p.Reason = "planned"
	closes, stays := "stays with the old addresses until we close it", "stays with the old addresses, which go on answering"
	if got := strings.Join(Letter(p), " "); !strings.Contains(got, stays) || strings.Contains(got, closes) || !strings.Contains(got, "no longer in use") {
		t.Errorf("a planned change that does not stop the old pool: %s", got)
	}
	p.Stages = append(p.Stages, plan.Stage{Name: plan.StopOld})
	if got := strings.Join(Letter(p), " "); strings.Contains(got, stays) || !strings.Contains(got, closes) || !strings.Contains(got, "the change is over") {
		t.Errorf("a planned change with stage StopOld: %s", got)
	}
}

func TestPartners(t *testing.T) {
	p := sample.Plan()
	if got := Partners(p); !strings.Contains(got, "Fact P10") {
		t.Errorf("with the fact: %s", got)
	}
	p.Stages = nil
	if got := Partners(p); !strings.Contains(got, "has no Get-CsXmppAllowedPartner") {
		t.Errorf("without the fact: %s", got)
	}
	p.Partners = nil
	if got := Partners(p); !strings.Contains(got, "names no partners") {
		t.Errorf("without partners: %s", got)
	}
}

// A "yes" of the outage table is not one for every partner at once.
func TestReachNotes(t *testing.T) {
	p := sample.Plan()
	read := func() string {
		var out []string
		for _, note := range ReachNotes(p) {
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
	p.Reason = "planned"
	check("planned, a site stays", append(always, "stays with EdgePool1", "837 s and 414 s", "stay routed to EdgePool1"), []string{"fell silent", "Stage StopOld"})
	p.Stages = append(p.Stages, plan.Stage{Name: plan.StopOld})
	check("planned", append(always, "stays with EdgePool1", "Stage StopOld ends"), []string{"stay routed"})
}
