package evidence

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// windowsRun is a whole run of a plan that changes records on Windows DNS servers, with
// the commands of its scripts.
func windowsRun(t *testing.T, name string) *world {
	t.Helper()
	w := &world{plan: goldenPlan(t, name)}
	w.all(w.plan.Kind, w.plan.Stages)
	for _, edit := range plan.AllSteps(w.plan.Stages) {
		if !edit.Edit {
			continue
		}
		shown, err := powershell.Commands(w.plan, words.Line{Step: edit})
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, s := range shown {
			if s.Text != "" {
				texts = append(texts, s.Text)
			}
		}
		w.replace(edit.ID, texts)
	}
	return w
}

// replace puts the first of texts where the world has a made-up command of a step, and
// says the others at the same time.
func (w *world) replace(step string, texts []string) {
	var out []Record
	for _, r := range w.records {
		if r.Step != step || r.Command == "" {
			out = append(out, r)
			continue
		}
		for _, text := range texts {
			r.Command = text
			out = append(out, r)
		}
	}
	w.records = out
}

// TestWindowsDNS: the commands of the scripts are those of the plan; others are found.
func TestWindowsDNS(t *testing.T) {
	for name, other := range map[string]string{
		"windows-dns/edgepool1-to-edgepool2":      "Invoke-Dnscmd -Command '/RecordDelete' -Zone 'contoso.com'",
		"windows-dns-2008/edgepool1-to-edgepool2": "Select-DnsRecord -Zone 'contoso.com' | Remove-DnsServerResourceRecord -Force",
		"windows-dns-prepare/short-ttl":           "Remove-DnsServerZone -Name 'contoso.com' -Force",
	} {
		w := windowsRun(t, name)
		if r := check(t, w); !r.Complete {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Problems)
		}
		for i := range w.records {
			if strings.Contains(w.records[i].Command, "Dns") {
				w.records[i].Command = other
			}
		}
		if r := check(t, w); r.Complete || !hasProblem(r, "a cmdlet that this step of the plan does not have") {
			t.Errorf("%s with %q: %s, %+v", name, other, r.Verdict, r.Problems)
		}
	}
}
