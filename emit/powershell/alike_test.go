package powershell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// withDomains is the sample plan with n more SIP domains: in its zone, or in a zone each, with an SRV record that
// stays or that is new.
func withDomains(t *testing.T, n int, own, comes bool, edit func(i int, set *plan.RecordSet)) *plan.Plan {
	t.Helper()
	p := sample.Plan()
	number := 400
	for i := range n {
		name := fmt.Sprintf("d%04d.contoso.com.", i)
		set := plan.RecordSet{Owner: "_xmpp-server._tcp." + name, Type: "SRV", NewTTL: 300, New: []string{"0 0 5269 xmpp.contoso.com."},
			Number: factNumber(number + 1)}
		if !comes {
			set.OldTTL, set.Old = set.NewTTL, set.New
		}
		if edit != nil {
			edit(i, &set)
		}
		if own {
			zone := p.Zones[0]
			zone.Name, zone.Number, zone.OldSerial = name, factNumber(number), uint32(7+i)
			zone.Records = []plan.RecordSet{set}
			p.Zones = append(p.Zones, zone)
		} else {
			p.Zones[0].Records = append(p.Zones[0].Records, set)
		}
		number += 2
	}
	if err := procedure.Build(p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestGrowth: what is reviewed of a script grows by at most one line with each SIP domain, and by no wide one.
func TestGrowth(t *testing.T) {
	for _, own := range []bool{false, true} {
		for _, comes := range []bool{false, true} {
			var before [2]int
			for i, n := range []int{10, 100, 1000} {
				for side, script := range both(t, withDomains(t, n, own, comes, nil)) {
					change, _, _ := strings.Cut(script, "\r\n"+RuntimeMarker)
					lines := strings.Count(change, "\r\n")
					if i > 0 && lines-before[side] > n-n/10 {
						t.Errorf("own zones %t, new %t, side %d: %d domains have %d lines, %d have %d", own, comes, side, n/10, before[side], n, lines)
					}
					before[side] = lines
					for line := range strings.SplitSeq(change, "\r\n") {
						if len(line) > maxWidth {
							t.Fatalf("a line of %d: %s", len(line), line)
						}
					}
				}
			}
		}
	}
}

// TestAlike: only what is alike in all but the name stands as one entry, and nothing that could be misread in the list.
func TestAlike(t *testing.T) {
	for name, test := range map[string]struct {
		n    int
		edit func(i int, set *plan.RecordSet)
		want [2]bool // in one zone, in zones of their own
	}{
		"alike":      {3, nil, [2]bool{true, true}},
		"too few":    {2, nil, [2]bool{}},
		"other data": {3, func(i int, set *plan.RecordSet) { set.New = []string{fmt.Sprintf("0 0 5269 x%d.contoso.com.", i)} }, [2]bool{}},
		"data under the name": {3, func(i int, set *plan.RecordSet) {
			set.New = []string{fmt.Sprintf("0 0 5269 sip.d%04d.contoso.com.", i)}
		}, [2]bool{true, true}},
		"another TTL": {3, func(i int, set *plan.RecordSet) { set.NewTTL = uint32(300 + i) }, [2]bool{}},
		"another service": {3, func(i int, set *plan.RecordSet) {
			set.Owner = strings.Replace(set.Owner, "_tcp", fmt.Sprintf("_t%d", i), 1)
		}, [2]bool{}},
		"a name with a star":  {3, func(i int, set *plan.RecordSet) { set.Owner = strings.Replace(set.Owner, ".d", ".*d", 1) }, [2]bool{}},
		"a name with a blank": {3, func(i int, set *plan.RecordSet) { set.Owner = strings.Replace(set.Owner, ".d", ". d", 1) }, [2]bool{}},
		"data with a star":    {3, func(i int, set *plan.RecordSet) { set.New = []string{"0 0 5269 *.contoso.com."} }, [2]bool{}},
		"another number":      {3, func(i int, set *plan.RecordSet) { set.Number = fmt.Sprintf("P%d", 900+10*i) }, [2]bool{true, false}},
		"no number":           {3, func(i int, set *plan.RecordSet) { set.Number = fmt.Sprintf("P0%d", 900+i) }, [2]bool{true, false}},
	} {
		for i, own := range []bool{false, true} {
			p := withDomains(t, test.n, own, true, test.edit)
			for _, script := range both(t, p) {
				change, _, _ := strings.Cut(script, RuntimeMarker)
				if got := strings.Contains(change, "Of = @("); got != test.want[i] || got != strings.Contains(change, "# Of: ") {
					t.Errorf("%s, own zones %t: one entry %t\n%s", name, own, got, change[strings.Index(change, "Name = 'Dns'"):])
				}
				for _, zone := range p.Zones {
					for _, set := range zone.Records {
						if of := strings.TrimSuffix(strings.TrimPrefix(set.Owner, "_xmpp-server._tcp."), "."); !strings.Contains(change, of) {
							t.Errorf("%s, own zones %t: %s is not there", name, own, of)
						}
					}
				}
			}
		}
	}
}
