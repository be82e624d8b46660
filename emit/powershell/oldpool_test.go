package powershell

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestStopOldWaits: the receipt of Verify has the longest wait of all zones, and a day where
// others change the records.
func TestStopOldWaits(t *testing.T) {
	for _, test := range []struct {
		name  string
		edit  func(*plan.Plan)
		want  string
		still bool
	}{
		{"zone file", func(*plan.Plan) {}, "PrintsReceipt = 7200", true},
		{"Route 53", func(p *plan.Plan) { p.Zones[0].Delivery = "route53" }, "PrintsReceipt = 3600", true},
		{"two zones", func(p *plan.Plan) {
			other := p.Zones[0]
			other.Wait = plan.Wait{Old: 60, Secondary: 86400}
			p.Zones = append(p.Zones, other)
		}, "PrintsReceipt = 86460", true},
		{"no zone", func(p *plan.Plan) {
			p.Zones = nil
		}, "PrintsReceipt = 86400", false},
	} {
		of := sample.Plan()
		of.Reason = "planned"
		test.edit(of)
		if err := procedure.Build(of); err != nil {
			t.Fatal(err)
		}
		got, err := Forward(of)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		change, _, _ := strings.Cut(string(got.Bytes()), RuntimeMarker)
		_, old, _ := strings.Cut(change, "Name = 'StopOld'")
		if !strings.Contains(change, test.want+"\r\n") && !strings.Contains(change, test.want+";") || strings.Contains(old, "LooksAt = 'Dns'") != test.still {
			t.Errorf("%s: no %s, or DNS is looked at without reason:\n%s", test.name, test.want, change)
		}
	}
}
