package words

import (
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
)

func TestNoticed(t *testing.T) {
	up, down := compiler.Service{Up: true}, compiler.Service{}
	reach := func(after string, xmpp, remote, sip compiler.Service) compiler.Reach {
		return compiler.Reach{After: after, XMPP: xmpp, RemoteAccess: remote, SIP: sip}
	}
	for name, test := range map[string]struct {
		step   compiler.Step
		outage []compiler.Reach
		want   bool
	}{
		"services end":             {step: &compiler.StopServices{}, want: true},
		"XMPP ends":                {step: &compiler.StopXMPP{}, want: true},
		"services begin":           {step: &compiler.StartServices{}},
		"all as before":            {outage: []compiler.Reach{reach("", up, up, up), reach("S", up, up, up)}},
		"XMPP goes":                {outage: []compiler.Reach{reach("", up, up, up), reach("S", down, up, up)}, want: true},
		"remote access goes":       {outage: []compiler.Reach{reach("", up, up, up), reach("S", up, down, up)}, want: true},
		"SIP goes":                 {outage: []compiler.Reach{reach("", up, up, up), reach("S", up, up, down)}, want: true},
		"was down before":          {outage: []compiler.Reach{reach("", down, up, up), reach("S", down, up, up)}},
		"comes back":               {outage: []compiler.Reach{reach("", down, up, up), reach("S", up, up, up)}},
		"goes after another stage": {outage: []compiler.Reach{reach("", up, up, up), reach("T", down, up, up), reach("S", down, up, up)}},
		"nothing before":           {outage: []compiler.Reach{reach("S", down, down, down)}},
	} {
		stage := compiler.Stage{Name: "S"}
		if test.step != nil {
			stage.Steps = compiler.Steps{test.step}
		}
		if got := Noticed(&compiler.Plan{Outage: test.outage}, stage); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}
