package powershell

import (
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

func TestTimeSpan(t *testing.T) {
	for seconds, want := range map[uint32]string{
		0: "00:00:00", 59: "00:00:59", 300: "00:05:00", 86399: "23:59:59", 86400: "1.00:00:00", 93784: "1.02:03:04", 2147483647: "24855.03:14:07",
	} {
		if got := timeSpan(seconds); got != want {
			t.Errorf("timeSpan(%d) = %q, want %q", seconds, got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	zone := plan.Zone{Name: "Contoso.com"}
	for owner, want := range map[string]string{
		"contoso.com.": "@", "CONTOSO.com.": "@", "xmpp.contoso.com.": "xmpp", "_xmpp-server._tcp.contoso.com.": "_xmpp-server._tcp", "*.contoso.com.": "*",
	} {
		b := &builder{}
		if got := b.relative(zone, plan.RecordSet{Owner: owner}); got != want || b.err != nil {
			t.Errorf("relative(%q) = %q, %v, want %q", owner, got, b.err, want)
		}
	}
	for _, owner := range []string{"other.example.", "xcontoso.com.", ".contoso.com.", "com."} {
		b := &builder{}
		if got := b.relative(zone, plan.RecordSet{Owner: owner}); b.err == nil {
			t.Errorf("relative(%q) = %q", owner, got)
		}
	}
}

// TestBadSRV: what is no SRV data is refused, never put into a command.
func TestBadSRV(t *testing.T) {
	for _, data := range []string{"", "0 0 5269", "0 0 65536 a.", "0 -1 5269 a.", "0 $x 5269 a.", "00 0 5269 a.", "+1 0 5269 a.", "0  0 5269 a."} {
		plan := windowsPlan(t)
		for i := range plan.Zones {
			for j := range plan.Zones[i].Records {
				if set := &plan.Zones[i].Records[j]; set.Type == "SRV" {
					set.Old, set.New = nil, []string{data}
				}
			}
		}
		if _, err := Forward(plan); err == nil || !strings.Contains(err.Error(), "SRV record") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func windowsPlan(t *testing.T) *plan.Plan {
	t.Helper()
	return planOf(t, golden(t, "windows-dns/edgepool1-to-edgepool2/failover.ps1"))
}

// brokenLiteral is a literal on a line of its own.
var brokenLiteral = regexp.MustCompile(`\(\s+('(?:[^']|'')*')\)`)

// TestRecordCommands: the commands that the record shows are those of the script, each on
// one line of ASCII, whatever stands in a zone.
func TestRecordCommands(t *testing.T) {
	for _, s := range goldens(t) {
		plan := planOf(t, s)
		flat := strings.Join(strings.Fields(brokenLiteral.ReplaceAllString(s.change(), "$1")), " ")
		for _, shown := range shownIn(t, plan, s.back) {
			if !strings.Contains(flat, shown.Text) {
				t.Errorf("%s does not have %+v", s.name, shown)
			}
		}
	}
	for _, text := range sample.Texts() {
		plan := spoiled(text)
		if len(text) > 80 {
			continue
		}
		for _, shown := range shownIn(t, plan, false) {
			if _, err := lex(shown.Text); err != nil || strings.ContainsFunc(shown.Text, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q: %q, %v", text, shown.Text, err)
			}
		}
	}
}

// shownIn are the commands of the steps that change records.
func shownIn(t *testing.T, p *plan.Plan, back bool) []Shown {
	t.Helper()
	var out []Shown
	for _, step := range plan.AllSteps(p.StagesOf(back)) {
		if !step.Edit {
			continue
		}
		shown, err := Commands(p, words.Line{Step: step, Back: back})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, shown...)
	}
	return out
}
