package zones

import (
	"slices"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

func TestApart(t *testing.T) {
	for _, test := range []struct{ have, want []int }{
		{nil, nil},
		{[]int{5}, []int{5}},
		{[]int{20, 10}, []int{10, 20}},
		{[]int{0, 0, 0}, []int{0, 10, 20}},
		{[]int{10, 10, 15}, []int{10, 20, 30}},
		{[]int{65530, 65530}, []int{65530, 65535}},
	} {
		var records []dnsname.SRV
		for _, p := range test.have {
			records = append(records, dnsname.SRV{Priority: p})
		}
		var got []int
		for _, s := range apart(records) {
			got = append(got, s.Priority)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%v became %v, want %v", test.have, got, test.want)
		}
	}
}

func TestPromote(t *testing.T) {
	at := func(priority int, target string) dnsname.SRV {
		return dnsname.SRV{Priority: priority, Weight: 0, Port: plan.XMPPPort, Target: target}
	}
	tests := []struct {
		name     string
		in, want []dnsname.SRV
	}{
		{"none yet", nil, []dnsname.SRV{at(0, "new")}},
		{"first already", []dnsname.SRV{at(5, "new"), at(10, "old")}, []dnsname.SRV{at(5, "new"), at(10, "old")}},
		{"exchanged", []dnsname.SRV{at(10, "old"), at(20, "new")}, []dnsname.SRV{at(20, "old"), at(10, "new")}},
		{"exchanged, third stays", []dnsname.SRV{at(10, "old"), at(15, "third"), at(20, "new")}, []dnsname.SRV{at(20, "old"), at(15, "third"), at(10, "new")}},
		{"added before", []dnsname.SRV{at(10, "old")}, []dnsname.SRV{at(10, "old"), at(5, "new")}},
		{"added before one", []dnsname.SRV{at(1, "old")}, []dnsname.SRV{at(1, "old"), at(0, "new")}},
		{"added before zero", []dnsname.SRV{at(0, "old"), at(7, "third")}, []dnsname.SRV{at(17, "old"), at(7, "third"), at(0, "new")}},
	}
	for _, test := range tests {
		got := promote(test.in, "new", 5269, dnsname.SRV{})
		if len(got) != len(test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
			}
		}
	}
}
