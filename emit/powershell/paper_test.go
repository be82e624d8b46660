package powershell_test

import (
	"bytes"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestNoPaperwork: of what a spec says for the record alone nothing is in a script, so that none of it needs quoting there:
// without all of that both scripts are the same.
func TestNoPaperwork(t *testing.T) {
	scripts := func(change plan.Change, schedule *plan.Schedule, items []plan.Item) []byte {
		p := sample.Plan()
		p.Change, p.Schedule, p.Items = change, schedule, items
		var out []byte
		for _, of := range []func(*plan.Plan) (hunk.Text, error){powershell.Forward, powershell.Rollback} {
			script, err := of(p)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, script.Bytes()...)
		}
		return out
	}
	p := sample.Plan()
	bare := plan.Change{WindowStart: p.Change.WindowStart, WindowEnd: p.Change.WindowEnd}
	if !bytes.Equal(scripts(p.Change, p.Schedule, p.Items), scripts(bare, nil, nil)) {
		t.Error("something of the change record is in the script")
	}
}
