package zones

import (
	"fmt"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// TestSRVTargets: a target counts if its addresses are in this file, whatever name the
// plan was made for; not an alias, a name of another zone, or one that has a set.
func TestSRVTargets(t *testing.T) {
	text := []byte("$TTL 300\n@ IN SOA ns hm 1 2 3 4 5\n@ IN NS ns\nfour IN A 192.0.2.1\nSix IN AAAA 2001:db8::1\nboth IN A 192.0.2.2\nboth IN AAAA 2001:db8::2\n" +
		"alias IN CNAME four\nx.sub IN A 192.0.2.3\nset IN A 192.0.2.4\nkept IN A 192.0.2.5\nbefore IN A 192.0.2.6\n")
	z := &zone{Zone: &topology.Zone{Source: zonefile.Gather(zonefile.File{Text: text}, nil)}, origin: "example.com."}
	sub := &zone{Zone: &topology.Zone{}, origin: "sub.example.com."}
	c := &Changes{zones: &Zones{byOrigin: map[string]*zone{sub.origin: sub, z.origin: z}}}
	srvs := func(targets ...string) (out []string) {
		for i, target := range targets {
			out = append(out, fmt.Sprintf("%d 0 5269 %s", i, target))
		}
		return out
	}
	kept := newKeep(&topology.Topology{}, false)
	for _, name := range []string{"four", "six", "both", "alias", "none", "x.sub", "set", "kept", "before"} {
		kept.add(name + ".example.com.") // as readAgain asks for all targets
	}
	err := z.read(kept)
	got := c.srvTargets(z, []plan.RecordSet{
		{Owner: "set.example.com.", Type: "A", Old: []string{"192.0.2.4"}, New: []string{"192.0.2.9"}},
		{Owner: "_a.example.com.", Type: "SRV", Old: srvs("before.example.com."),
			New: srvs("six.example.com.", "both.example.com.", "four.example.com.", "alias.example.com.", "none.example.com.", "x.sub.example.com.", "set.example.com.", "four.example.org.", ".")},
		{Owner: "_b.example.com.", Type: "SRV", Old: srvs("kept.example.com."), New: srvs("kept.example.com.")},
	})
	want := "[{before.example.com. [A]} {both.example.com. [A AAAA]} {four.example.com. [A]} {six.example.com. [AAAA]}]"
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
}

// TestSerials: every policy from serials all around the ring. The new serial comes after
// the old one, and that of the rollback after the new one, or there is a reason.
func TestSerials(t *testing.T) {
	const day = "2026-12-05T23:30:00-02:00" // the 6th in UTC
	for _, test := range []struct {
		old         uint32
		policy      string
		start       string
		want, later uint32
		why         string
	}{
		{7, "auto", day, 8, 9, ""},
		{7, "increment", day, 8, 9, ""},
		{7, "date", day, 2026120600, 2026120601, ""},
		{7, "date", "", 0, 0, "window_start"},
		{7, "4000000000", day, 0, 0, "serial"},
		{7, "7", day, 0, 0, "serial"},
		{7, "2147483654", day, 2147483654, 2147483655, ""},
		{7, "2147483655", day, 0, 0, "serial"},
		{0, "auto", day, 1, 2, ""},
		{2026112301, "auto", day, 2026120600, 2026120601, ""},
		{2026112301, "auto", "", 2026112302, 2026112303, ""},
		{2026112301, "increment", day, 2026112302, 2026112303, ""},
		{2026112301, "2026112302", day, 2026112302, 2026112303, ""},
		{2026120699, "auto", day, 2026120700, 2026120701, ""},
		{2099123199, "auto", day, 2099123200, 2099123201, ""},
		{2147483647, "increment", day, 2147483648, 2147483649, ""},
		{4000000000, "date", day, 4000000001, 4000000002, ""},
		{4294967294, "increment", day, 4294967295, 1, ""},
		{4294967295, "auto", day, 1, 2, ""},
		{4294967295, "1", day, 1, 2, ""},
	} {
		t.Run(fmt.Sprint(test.old, " ", test.policy, " ", test.start), func(t *testing.T) {
			c := &Changes{day: test.start}
			z := &zone{Zone: &topology.Zone{Serial: topology.Value[string]{V: test.policy, Set: true}}}
			got, err := c.nextSerial(z, test.old)
			if test.why != "" {
				if err == nil || !strings.Contains(err.Error(), test.why) {
					t.Fatalf("%d, %v; want an error about %s", got, err, test.why)
				}
				return
			}
			later := c.laterSerial(z, got)
			if err != nil || got != test.want || later != test.later {
				t.Fatalf("%d, then %d, %v; want %d, then %d", got, later, err, test.want, test.later)
			}
			if !zonefile.Greater(got, test.old) || !zonefile.Greater(later, got) {
				t.Errorf("%d, %d, %d do not rise", test.old, got, later)
			}
		})
	}
}
