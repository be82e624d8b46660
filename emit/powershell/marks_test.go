package powershell

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestMarks: each part and each step that is compared or run has its lines in the script, and they are its own.
func TestMarks(t *testing.T) {
	p := sample.Plan()
	script, err := Marked(p)
	if err != nil {
		t.Fatal(err)
	}
	own, marked := script.Own(), map[string]bool{}
	for _, mark := range script.Marks {
		text := strings.Join(own[mark.From-1:mark.To], "\n")
		begin := "@{ Name = "
		if mark.ID != "" {
			begin = "@{ Id = '" + mark.ID + "'"
			marked[mark.ID] = true
		}
		if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, begin) || strings.Count(text, "{") < strings.Count(text, "}")-2 {
			t.Errorf("part %d, step %q: lines %d to %d are\n%s", mark.Part, mark.ID, mark.From, mark.To, text)
		}
	}
	for _, s := range plan.AllSteps(p.Stages) {
		if !marked[s.ID] {
			t.Errorf("step %s has no lines", s.ID)
		}
	}
	if last := script.Marks[len(script.Marks)-1]; last.To >= len(own) {
		t.Errorf("the last lines are %d to %d of %d", last.From, last.To, len(own))
	}
}
