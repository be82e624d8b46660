package sheet

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestSummary: what users notice is told, each in a line of its own with what it was; all
// else is not.
func TestSummary(t *testing.T) {
	for want, change := range map[string]func(*plan.Plan){
		"change:    Fail over XMPP federation from EdgePool1 to Other,": func(p *plan.Plan) { p.Texts.Title = "Fail over XMPP federation from EdgePool1 to Other" },
		"reachable: XMPP yes, through X":                                func(p *plan.Plan) { p.Outage[0].Services[0].Service = plan.Service{Up: true, Through: "X"} },
		"DNS:       ":                                                   func(p *plan.Plan) { p.Zones[0].Records[0].New = []string{"192.0.2.99"} },
		"waits:     old answers for up to 2 ":                           func(p *plan.Plan) { p.Zones[0].Wait = plan.Wait{Old: 2} },
		"paper:     ticket CHG9, ":                                      func(p *plan.Plan) { p.Change.Ticket = "CHG9" },
		"findings:  open EP9999":                                        func(p *plan.Plan) { p.Findings = []plan.Finding{{Code: "EP9999"}} },
	} {
		after := sample.Plan()
		after.ID = "other"
		change(after)
		text, same := Summary(sample.Plan(), after)
		if same || !strings.Contains(text, "\n  "+want) || strings.Count(text, "instead of: ") != 1 || strings.Count(text, "\n") != 4 {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	for _, change := range []func(*plan.Change){
		func(c *plan.Change) { c.Type = "drill" }, func(c *plan.Change) { c.Risk = "high" }, func(c *plan.Change) { c.RiskReason = "" },
		func(c *plan.Change) { c.Impact = "None." }, func(c *plan.Change) { c.Implementers = nil }, func(c *plan.Change) { c.Testers = nil },
		func(c *plan.Change) { c.Acceptance = c.Acceptance[1:] }, func(c *plan.Change) { c.Communication[0].Hours = 0 },
		func(c *plan.Change) { c.Communication[1].Text = "Done." },
	} {
		after := sample.Plan()
		after.ID = "other"
		change(&after.Change)
		if text, same := Summary(sample.Plan(), after); same || !strings.Contains(text, "\n  paper: ") || strings.Count(text, "instead of: ") != 1 {
			t.Errorf("%+v: %s", after.Change, text)
		}
	}
	moved := sample.Plan()
	moved.ID, moved.SpecDigest = "other", "other"
	if text, same := Summary(sample.Plan(), moved); !same || !strings.Contains(text, "the same for users; another plan") {
		t.Error(text)
	}
	if text, same := Summary(sample.Plan(), sample.Plan()); !same || !strings.HasSuffix(text, ": the same plan\n") {
		t.Error(text)
	}
	for what, pair := range map[string][2]*plan.Plan{"new": {nil, sample.Plan()}, "gone": {sample.Plan(), nil}} {
		if text, same := Summary(pair[0], pair[1]); same || strings.Count(text, "\n") != 7 || !strings.Contains(text, ": "+what+"\n") {
			t.Error(text)
		}
	}
	for _, piece := range sample.Pieces() {
		if text, _ := Summary(nil, sample.Hostile(piece)); strings.Count(text, "\n") != 7 || strings.ContainsAny(text, "\x1b\u202e\r") {
			t.Errorf("%q: %q", piece, text)
		}
	}
}
