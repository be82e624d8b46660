package docs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words"
)

// shownPlans are the golden plans whose stages the page shows, and what they are.
var shownPlans = []struct{ spec, title, says string }{
	{"seed", "Failover, `procedure = \"documented\"`", "The target pool is stopped while the route is set, as the page has it."},
	{"start-first", "Failover, `procedure = \"start-first\"`", "The order of the page about failing back: nothing is stopped."},
	{"planned", "Failover, `reason = \"planned\"`, all sites", "The pool that is left is up, and no site stays with it: StopOld ends XMPP there."},
	{"failback", "Fail-back, `reason = \"failback\"`", "The pool that was repaired takes over again, in the order of the page about failing back."},
	{"failback-both", "Fail-back of both federations", "Both go back at once; what Topology Builder and Setup do comes where what it needs is there."},
	{"windows-dns", "Failover, zones with `delivery = \"windows-dns\"`", "Stage DnsServer changes the records on the DNS server itself."},
	{"sip", "Failover of SIP federation", "The pool that is left is down. What Topology Builder and Setup do, a person clicks; " +
		"what a cmdlet shows of it is read."},
	{"sip-planned", "Failover of SIP federation, `reason = \"planned\"`", "Both pools are up: partners are tested before, and " +
		"Setup runs on the servers of both, and so it does in the rollback."},
	{"both", "Failover of both federations", "XMPP and SIP federation are on one pool, and move together."},
	{"central-management", "Failover, with `central_management_failover`", "The Central Management store went down with the failed site."},
	{"next-hop", "Failover, with `next_hop`", "The next hop of the target went down with the failed site, and another pool becomes it."},
	{"next-hop-same-site", "Failover of SIP federation, with `next_hop` at the site of the target", "What becomes the next hop is chosen in Topology " +
		"Builder, with what moves SIP federation; the rollback goes back to a pool at another site."},
	{"media", "Failover, with `media`", "A Front End pool is up whose Edge pool failed: it is associated with the other one."},
	{"prepare", "Preparation", "DNS only, ahead of a failover."},
	{"media-alone", "Media alone", "Front End pools get another Edge pool for media, and no federation moves."},
	{"next-hop-alone", "Next hop alone", "An Edge pool gets a next hop at another site, and no federation moves."},
	{"next-hop-alone-same-site", "Next hop alone, at the site of the Edge pool", "It is chosen in Topology Builder; the rollback goes back to a pool at " +
		"another site."},
}

// TestProcedures: docs/procedures.md is what the procedures make; -update writes it.
func TestProcedures(t *testing.T) {
	want := []byte(proceduresPage(t))
	got, err := os.ReadFile("procedures.md")
	if err == nil && bytes.Equal(got, want) {
		return
	}
	t.Error("procedures.md is not what compiler/procedure makes; accept with: go test ./docs -update")
	if *update && os.Getenv("CI") == "" {
		if err := os.WriteFile("procedures.md", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func proceduresPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`# Procedures

What each procedure does, step by step, and which page of Microsoft's says so. Made from the plans of some specs by the test that checks
this page; ` + "`compiler/procedure`" + ` has the steps, one file for each procedure. A step without a page is edgeplan's own practice.

- **FO** is "` + plan.FailOverPage + `".
- **FB** is "` + plan.FailBackPage + `".
- **FS** is "` + plan.SIPFailOverPage + `".
- **FR** is "` + plan.SIPRoutesPage + `".
- **FP** is "` + plan.PoolPage + `": its steps have numbers about the Central Management store, and none about a next hop.
- **FM** is "` + plan.MediaPage + `".
`)
	for _, shown := range shownPlans {
		p := goldenPlan(t, shown.spec)
		fmt.Fprintf(&b, "\n## %s\n\n%s `specs/%s`.\n", shown.title, shown.says, shown.spec)
		for _, back := range []bool{false, true} {
			if back {
				b.WriteString("\nIts rollback:\n")
			}
			b.WriteString("\n| stage | on | what | cmdlets | page, step |\n|---|---|---|---|---|\n")
			for _, stage := range p.StagesOf(back) {
				for _, line := range words.Lines(p, back, stage) {
					var cmdlets []string
					for _, use := range line.Uses {
						if name := "`" + use.Call.Name + "`"; !slices.Contains(cmdlets, name) {
							cmdlets = append(cmdlets, name)
						}
					}
					fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", stage.Name, role(p, line.Hosts), strings.ReplaceAll(line.Act, "|", "\\|"), strings.Join(cmdlets, ", "), cited(p, line))
				}
			}
		}
	}
	return b.String()
}

// cited is the page and step of a line, as the page names them.
func cited(p *plan.Plan, line words.Line) string {
	step, back := strings.CutSuffix(line.Source, " of fail-back")
	over, other := strings.CutSuffix(step, " of fail-over")
	if step, media := strings.CutPrefix(line.Source, plan.MediaPage+", "); media {
		return "FM " + step
	}
	switch {
	case line.Source == plan.OwnPractice:
		return ""
	case back || p.Texts.Page == plan.FailBackPage && !other:
		return "FB " + step
	case line.Source == plan.SIPRoutesPage:
		return "FR"
	}
	// The page that the plan follows is not named; of a plan of both that is the one about XMPP.
	if step, sip := strings.CutPrefix(line.Source, plan.SIPFailOverPage+", "); sip {
		return "FS " + step
	}
	if step, pool := strings.CutPrefix(line.Source, plan.PoolPage+", "); pool {
		return "FP " + step
	}
	if line.Source == plan.PoolPage {
		return "FP"
	}
	if p.Texts.Page == plan.SIPFailOverPage {
		return "FS " + step
	}
	return "FO " + over
}

// role is what computers of a part are in the deployment.
func role(p *plan.Plan, hosts []string) string {
	switch first := hosts[0]; {
	case first == plan.AnyHost:
		return "a computer outside"
	case first == p.ManagementHost:
		return "management host"
	case slices.Contains(p.To.Servers, first):
		return "Edge Servers of the target pool"
	case slices.Contains(p.From.Servers, first):
		return "Edge Servers of the pool that is left"
	}
	return "Windows DNS server"
}

// goldenPlan is the plan of a spec that has one.
func goldenPlan(t *testing.T, spec string) *plan.Plan {
	t.Helper()
	found, err := filepath.Glob("../golden/" + spec + "/*/plan.json")
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v", spec, found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
