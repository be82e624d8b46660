package compiler

import (
	"fmt"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

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
			j := &job{f: &parser.Failover{Change: &parser.Change{WindowStart: topology.Value[string]{V: test.start, Set: test.start != ""}}}}
			z := &zone{Zone: &topology.Zone{Serial: topology.Value[string]{V: test.policy, Set: true}}}
			got, err := j.nextSerial(z, test.old)
			if test.why != "" {
				if err == nil || !strings.Contains(err.Error(), test.why) {
					t.Fatalf("%d, %v; want an error about %s", got, err, test.why)
				}
				return
			}
			later := j.laterSerial(z, got)
			if err != nil || got != test.want || later != test.later {
				t.Fatalf("%d, then %d, %v; want %d, then %d", got, later, err, test.want, test.later)
			}
			if !zonefile.Greater(got, test.old) || !zonefile.Greater(later, got) {
				t.Errorf("%d, %d, %d do not rise", test.old, got, later)
			}
		})
	}
}
