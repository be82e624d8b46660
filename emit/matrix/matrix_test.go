package matrix

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// sampled is a matrix of three pools: A, used today, B, which can take over, and C, which can come to hold the route
// and for which nobody can. D can take over from none.
func sampled() *plan.Matrix {
	finding := func(code, summary, accepted string) plan.Finding {
		return plan.Finding{Code: code, Severity: "error", Summary: summary, Detail: "why", File: "spec.edge.hcl", Line: 7, Accepted: accepted}
	}
	return &plan.Matrix{
		ID: "sha256:0123", Name: "m", Federation: "xmpp", Reason: "disaster", Procedure: "documented", RouteSites: "all-routed",
		Change: plan.Change{Ticket: "T1"}, Today: []string{"A"},
		Pools: []plan.MatrixPool{{Name: "A", Site: "S1"}, {Name: "B", Site: "S2"}, {Name: "C"}, {Name: "D", Site: "S4", Findings: []int{0}}},
		Pairs: []plan.Pair{
			{From: "A", To: "B", Plan: "m-A-to-B", ID: "sha256:ab", Findings: []int{1}},
			{From: "A", To: "C", Plan: "m-A-to-C", ID: "sha256:ac", Findings: []int{1}},
			{From: "B", To: "A", After: "m-A-to-B", Plan: "m-B-to-A", ID: "sha256:ba"},
			{From: "B", To: "C", After: "m-A-to-B", Findings: []int{2, 3, 3}},
			{From: "C", To: "A", After: "m-A-to-C", Findings: []int{2}},
			{From: "C", To: "B", After: "m-A-to-C", Findings: []int{3}},
		},
		Findings: []plan.Finding{finding("EP2005", "target pool without XMPP", ""), finding("EP3001", "target pool stops", "agreed"),
			finding("EP2016", "next hop at the failed site", ""), finding("EP2015", "management store at failed site", "")},
	}
}

// sections are the parts of a page by their titles, "" for what is before the first, and the titles in their order.
func sections(page string) (map[string]string, []string) {
	out, order := map[string]string{}, []string{}
	for i, part := range strings.Split("\n"+page, "\n## ") {
		title, text, _ := strings.Cut(part, "\n")
		if i == 0 {
			title, text = "", part
		}
		out[title] = text
		order = append(order, title)
	}
	return out, order
}

// TestPage: what a board has to decide on comes first, each pair has its verdict, and each finding says what it does.
func TestPage(t *testing.T) {
	page := Markdown(sampled())
	parts, order := sections(page)
	want := []string{"", "Failures that no pool is ready for", "Failures", "Matrix", "Each pair", "Findings",
		"Edge pools that cannot take over from any", "What the plans assume"}
	if !slices.Equal(order, want) {
		t.Errorf("%q", order)
	}
	for title, lines := range map[string][]string{
		"":                                   {"| Pairs | 6, of which 3 are possible |", "| Window | not given |", "| Summary | not given |"},
		"Failures that no pool is ready for": {"- `C`, holds the route after `m-A-to-C`: `A` is refused by `EP2016`; `B` is refused by `EP2015`."},
		"Failures": {"| `A` | `S1` | holds the route today | `B`, `C` | none |", "| `B` | `S2` | holds the route after `m-A-to-B` | `A` | `C` |",
			"| `C` | not given | holds the route after `m-A-to-C` | none | `A`, `B` |"},
		"Matrix": {"| fails | `A` | `B` | `C` |", "| `A` | - | yes | yes |", "| `B` | yes | - | no: `EP2016`, `EP2015` |",
			"| `C` | no: `EP2016` | no: `EP2015` | - |"},
		"Each pair": {"| `A` | `B` | yes | `m-A-to-B` | `sha256:ab` | today's state | 2 |",
			"| `B` | `C` | no: `EP2016`, `EP2015` | none | none | `m-A-to-B` | 3, 4, 4 |"},
		"Findings": {"| 1 | `EP2005` | error | target pool without XMPP: why | `spec.edge.hcl:7` | 0 | of a pool that cannot take over |",
			"| 2 | `EP3001` | error | target pool stops: why | `spec.edge.hcl:7` | 2 | agreed |",
			"| 3 | `EP2016` | error | next hop at the failed site: why | `spec.edge.hcl:7` | 2 | not accepted: refuses the pair |"},
		"Edge pools that cannot take over from any": {"| `D` | `S4` | `EP2005` | 1 |"},
	} {
		for _, line := range lines {
			if !strings.Contains("\n"+parts[title]+"\n", "\n"+line+"\n") {
				t.Errorf("%s: there is no %s in\n%s", title, line, parts[title])
			}
		}
	}
}

// TestNever: a pool to which the failover is refused cannot come to hold the route: its failure is none that needs a pool.
func TestNever(t *testing.T) {
	m := sampled()
	m.Pairs[1].Plan, m.Pairs[1].ID, m.Pairs[1].Findings = "", "", []int{2}
	for i := range m.Pairs[4:] {
		m.Pairs[4+i].Findings = nil
	}
	parts, _ := sections(Markdown(m))
	if !strings.Contains(parts["Failures that no pool is ready for"], "None: ") {
		t.Error(parts["Failures that no pool is ready for"])
	}
	for title, line := range map[string]string{"Failures": "| `C` | not given | cannot come to hold the route | none | `A`, `B` |",
		"Matrix": "| `C` | never | never | - |"} {
		if !strings.Contains(parts[title], line) {
			t.Errorf("%s: there is no %s in\n%s", title, line, parts[title])
		}
	}
}

// TestHostile: no text of a spec makes a line, a cell, a heading or a link.
func TestHostile(t *testing.T) {
	plain := Markdown(sampled())
	for _, text := range []string{"a | b", "`x` | ``y``", "x\n## y\n| z |", "[a](http://x)", "<script>", "\u202ex\u0000", "# y", "a\\| b", "*b*_c_", "  x  "} {
		m := sampled()
		m.Change = plan.Change{Ticket: text, Summary: text}
		pools := map[string]string{}
		for i := range m.Pools {
			pools[m.Pools[i].Name] = m.Pools[i].Name + text
			m.Pools[i].Name += text
			m.Pools[i].Site += text
		}
		m.Today[0] = pools[m.Today[0]]
		for i := range m.Pairs {
			m.Pairs[i].From, m.Pairs[i].To = pools[m.Pairs[i].From], pools[m.Pairs[i].To]
		}
		for i := range m.Findings {
			m.Findings[i].Detail, m.Findings[i].File = text, text
		}
		page := Markdown(m)
		if got, want := strings.Count(page, "\n"), strings.Count(plain, "\n"); got != want {
			t.Errorf("%q: %d lines, want %d\n%s", text, got, want, page)
		}
		got, want := strings.Split(page, "\n"), strings.Split(plain, "\n")
		for i := range min(len(got), len(want)) {
			if a, b := cells(got[i]), cells(want[i]); a != b || strings.HasPrefix(got[i], "#") && i > 0 && got[i] != want[i] {
				t.Errorf("%q: %d cells, want %d: %s", text, a, b, got[i])
			}
		}
		for _, bad := range []string{"](http", "<script>", "\u202e", "\x00"} {
			if at := strings.Index(page, bad); at >= 0 && strings.Count(page[:at], "`")%2 == 0 {
				t.Errorf("%q: %q is on the page", text, bad)
			}
		}
	}
}

// cells are the bars of a line of a table that are not escaped.
func cells(line string) int {
	if !strings.HasPrefix(line, "|") {
		return 0
	}
	return strings.Count(line, "|") - strings.Count(line, `\|`)
}
