package powershell

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestStopOldWaits: the receipt of Verify has the longest wait of all zones, and a day where
// others change the records.
func TestStopOldWaits(t *testing.T) {
	stop, err := cmdlet.New(cmdlet.LyncServer2013, "Stop-CsWindowsService", cmdlet.Arg("Name", "SERVICE"))
	if err != nil {
		t.Fatal(err)
	}
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
			p.Stages = slices.DeleteFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.DNS })
		}, "PrintsReceipt = 86400", false},
	} {
		of := sample.Plan()
		of.Reason = "planned"
		host := of.From.Servers[0]
		step := &plan.StopXMPP{StepInfo: plan.StepInfo{ID: "stop-old/" + host, Host: host}, Product: cmdlet.LyncServer2013, Call: stop}
		of.Stages = append(of.Stages, plan.Stage{Name: plan.StopOld, Hosts: []string{host}, Steps: plan.Steps{step}})
		test.edit(of)
		got, err := Forward(of)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		change, _, _ := strings.Cut(string(got), RuntimeMarker)
		_, old, _ := strings.Cut(change, "Name = 'StopOld'")
		if !strings.Contains(change, test.want+"\r\n") && !strings.Contains(change, test.want+";") || strings.Contains(old, "StillTrue = 'Dns'") != test.still {
			t.Errorf("%s: no %s, or DNS is looked at without reason:\n%s", test.name, test.want, change)
		}
	}
}
