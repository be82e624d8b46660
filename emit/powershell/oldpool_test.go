package powershell

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
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
		edit  func(*compiler.Plan)
		want  string
		still bool
	}{
		{"zone file", func(*compiler.Plan) {}, "PrintsReceipt = 7200", true},
		{"Route 53", func(p *compiler.Plan) { p.Zones[0].Delivery = "route53" }, "PrintsReceipt = 3600", true},
		{"two zones", func(p *compiler.Plan) {
			other := p.Zones[0]
			other.Wait = compiler.Wait{Old: 60, Secondary: 86400}
			p.Zones = append(p.Zones, other)
		}, "PrintsReceipt = 86460", true},
		{"no zone", func(p *compiler.Plan) {
			p.Zones = nil
			p.Stages = slices.DeleteFunc(p.Stages, func(s compiler.Stage) bool { return s.Name == compiler.DNS })
		}, "PrintsReceipt = 86400", false},
	} {
		plan := sample.Plan()
		plan.Reason = "planned"
		host := plan.From.Servers[0]
		step := &compiler.StopXMPP{StepInfo: compiler.StepInfo{ID: "stop-old/" + host, Host: host}, Product: cmdlet.LyncServer2013, Call: stop}
		plan.Stages = append(plan.Stages, compiler.Stage{Name: compiler.StopOld, Hosts: []string{host}, Steps: compiler.Steps{step}})
		test.edit(plan)
		got, err := Forward(plan)
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
