package words

import (
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

func TestNoticed(t *testing.T) {
	up, down := plan.Service{Up: true}, plan.Service{}
	reach := func(after string, xmpp, remote, sip plan.Service) plan.Reach {
		return plan.Reach{After: after, Services: []plan.Reached{{Name: "a", Service: xmpp}, {Name: "b", Service: remote}, {Name: "c", Service: sip}}}
	}
	for name, test := range map[string]struct {
		step   string
		outage []plan.Reach
		want   bool
	}{
		"services end":             {step: plan.Stopped, want: true},
		"services begin":           {step: plan.Running},
		"all as before":            {outage: []plan.Reach{reach("", up, up, up), reach("S", up, up, up)}},
		"XMPP goes":                {outage: []plan.Reach{reach("", up, up, up), reach("S", down, up, up)}, want: true},
		"remote access goes":       {outage: []plan.Reach{reach("", up, up, up), reach("S", up, down, up)}, want: true},
		"SIP goes":                 {outage: []plan.Reach{reach("", up, up, up), reach("S", up, up, down)}, want: true},
		"was down before":          {outage: []plan.Reach{reach("", down, up, up), reach("S", down, up, up)}},
		"comes back":               {outage: []plan.Reach{reach("", down, up, up), reach("S", up, up, up)}},
		"goes after another stage": {outage: []plan.Reach{reach("", up, up, up), reach("T", down, up, up), reach("S", down, up, up)}},
		"nothing before":           {outage: []plan.Reach{reach("S", down, down, down)}},
	} {
		stage := plan.Stage{Name: "S"}
		if test.step != "" {
			stage.Parts = []plan.Part{{Steps: plan.Steps{{Effect: plan.Effect{Value: test.step}}}}}
		}
		if got := Noticed(&plan.Plan{Outage: test.outage}, stage); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}
