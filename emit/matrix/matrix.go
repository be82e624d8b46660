package matrix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Markdown prints the index page.
func Markdown(m *plan.Matrix) string {
	p := &printer{m: m, failures: m.Failures()}
	p.head()
	p.unready()
	p.perFailure()
	p.grid()
	p.pairs()
	p.findings()
	p.unable()
	p.assumes()
	return p.b.String()
}

type printer struct {
	m        *plan.Matrix
	failures []plan.Failure
	b        strings.Builder
}

func (p *printer) section(name string) { p.b.WriteString("\n## " + name + "\n") }

func (p *printer) text(format string, args ...any) {
	p.b.WriteString("\n" + fmt.Sprintf(format, args...) + "\n")
}

func (p *printer) head() {
	change := p.m.Change
	p.b.WriteString("# Matrix " + record.Code(p.m.Name) + ": which Edge pool can take over from which\n\n")
	p.b.WriteString(record.Heading("matrix", ""))
	for _, line := range [][2]string{
		{"What moves", record.Text(federation[p.m.Federation])},
		{"Reason, procedure, routes", record.Code(p.m.Reason) + ", " + record.Code(p.m.Procedure) + ", " +
			record.Code(p.m.RouteSites)},
		{"Ticket", record.Code(change.Ticket)},
		{"Summary", record.Text(change.Summary)},
		{"Window", record.Text(words.Window(change))},
		{"Pairs", fmt.Sprintf("%d, of which %d are possible", len(p.m.Pairs), p.possible())},
		{"Matrix", record.Code(p.m.Name) + ", " + record.Code(p.m.ID)},
		{"Spec", record.Code(p.m.SpecDigest)},
	} {
		if line[1] == "" {
			line[1] = "not given"
		}
		p.b.WriteString(record.Row(line[0], line[1]))
	}
}

// federation is what moves, by the word of the spec.
var federation = map[string]string{
	"xmpp": "XMPP federation", "sip": "SIP federation", "both": "XMPP and SIP federation",
}

func (p *printer) possible() int {
	n := 0
	for _, pair := range p.m.Pairs {
		if pair.Plan != "" {
			n++
		}
	}
	return n
}

// of are the pairs of the failure of a pool.
func (p *printer) of(pool string) []plan.Pair {
	var out []plan.Pair
	for _, pair := range p.m.Pairs {
		if pair.From == pool {
			out = append(out, pair)
		}
	}
	return out
}

// codes are the codes of findings, each once.
func (p *printer) codes(findings []int) string {
	var out []string
	for _, n := range findings {
		if code := record.Code(p.m.Findings[n].Code); !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return strings.Join(out, ", ")
}

// unready comes first: it is what a board has to decide on.
func (p *printer) unready() {
	p.section("Failures that no pool is ready for")
	none := true
	for _, f := range p.failures {
		if len(f.Ready) > 0 || f.Never {
			continue
		}
		if none {
			p.b.WriteString("\n")
		}
		none = false
		fmt.Fprintf(&p.b, "- %s, %s:", record.Code(f.Pool), p.holds(f))
		for i, pair := range p.of(f.Pool) {
			if i > 0 {
				p.b.WriteString(";")
			}
			fmt.Fprintf(&p.b, " %s is refused by %s", record.Code(pair.To), p.codes(pair.Findings))
		}
		p.b.WriteString(".\n")
	}
	if none {
		p.text("None: for each Edge pool that holds the federation route today, or would hold it after a failover of " +
			"this matrix, at least one other can take over.")
	}
}

// holds says when a pool holds the route.
func (p *printer) holds(f plan.Failure) string {
	switch {
	case f.Today:
		return "holds the route today"
	case f.Never:
		return "cannot come to hold the route"
	}
	return "holds the route after " + record.Code(p.of(f.Pool)[0].After)
}

func (p *printer) perFailure() {
	p.section("Failures")
	p.b.WriteString("\n" + record.Heading("Edge pool that fails", "site", "the route", "ready to take over", "not ready"))
	for _, f := range p.failures {
		var not []string
		for _, pair := range p.of(f.Pool) {
			if pair.Plan == "" {
				not = append(not, pair.To)
			}
		}
		p.b.WriteString(record.Row(record.Code(f.Pool), p.site(f.Pool), p.holds(f), names(f.Ready), names(not)))
	}
}

func (p *printer) site(pool string) string {
	i := slices.IndexFunc(p.m.Pools, func(one plan.MatrixPool) bool { return one.Name == pool })
	if i < 0 || p.m.Pools[i].Site == "" {
		return "not given"
	}
	return record.Code(p.m.Pools[i].Site)
}

func names(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	var out []string
	for _, name := range list {
		out = append(out, record.Code(name))
	}
	return strings.Join(out, ", ")
}

// grid is the table that gave the matrix its name.
func (p *printer) grid() {
	p.section("Matrix")
	p.text("A line for each Edge pool that fails, a column for each that could take over.")
	var columns []string
	cells := map[[2]string]string{}
	for _, pair := range p.m.Pairs {
		if !slices.Contains(columns, pair.To) {
			columns = append(columns, pair.To)
		}
		cells[[2]string{pair.From, pair.To}] = p.verdict(pair)
	}
	slices.Sort(columns)
	head := []string{"fails"}
	for _, to := range columns {
		head = append(head, record.Code(to))
	}
	p.b.WriteString("\n" + record.Heading(head...))
	for _, f := range p.failures {
		row := []string{record.Code(f.Pool)}
		for _, to := range columns {
			// Only the pool itself is no pair.
			cell, there := cells[[2]string{f.Pool, to}]
			if !there {
				cell = "-"
			}
			row = append(row, cell)
		}
		p.b.WriteString(record.Row(row...))
	}
}

// verdict is the cell of a pair.
func (p *printer) verdict(pair plan.Pair) string {
	switch {
	case pair.Plan != "":
		return "yes"
	case len(pair.Findings) > 0:
		return "no: " + p.codes(pair.Findings)
	}
	return "never"
}

func (p *printer) pairs() {
	p.section("Each pair")
	p.text("The numbers are those of the findings below. A plan of a pair is in the folder of its name, beside that of " +
		"this page. One that comes after another begins with what that leaves; see the end of the page.")
	p.b.WriteString("\n" + record.Heading("fails", "takes over", "possible", "plan", "ID", "after", "findings"))
	for _, pair := range p.m.Pairs {
		cells := []string{record.Code(pair.From), record.Code(pair.To), p.verdict(pair), "none", "none", "today's state",
			numbers(pair.Findings)}
		if pair.Plan != "" {
			cells[3], cells[4] = record.Code(pair.Plan), record.Code(pair.ID)
		}
		if pair.After != "" {
			cells[5] = record.Code(pair.After)
		}
		p.b.WriteString(record.Row(cells...))
	}
}

func numbers(list []int) string {
	if len(list) == 0 {
		return "none"
	}
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprint(n+1))
	}
	return strings.Join(out, ", ")
}

func (p *printer) findings() {
	p.section("Findings")
	p.text("Why pairs are refused, what the plans of the others have accepted, and what is left open in them.")
	if len(p.m.Findings) == 0 {
		p.text("None.")
		return
	}
	refuses, count := map[int]bool{}, map[int]int{}
	for _, pair := range p.m.Pairs {
		for _, n := range pair.Findings {
			count[n]++
			refuses[n] = refuses[n] || pair.Plan == ""
		}
	}
	p.b.WriteString("\n" + record.Heading("number", "code", "severity", "finding", "place", "pairs", "accepted because"))
	for n, f := range p.m.Findings {
		accepted := "open: not accepted"
		switch {
		case f.Accepted != "":
			accepted = record.Text(f.Accepted)
		case refuses[n]:
			accepted = "not accepted: refuses the pair"
		case count[n] == 0:
			accepted = "of a pool that cannot take over"
		}
		p.b.WriteString(record.Row(fmt.Sprint(n+1), record.Code(f.Code), record.Text(f.Severity),
			record.Text(f.Summary)+": "+record.Text(f.Detail), record.Code(words.Place(f.File, f.Line)),
			fmt.Sprint(count[n]), accepted))
	}
}

func (p *printer) unable() {
	p.section("Edge pools that cannot take over from any")
	var rows []string
	for _, pool := range p.m.Pools {
		if len(pool.Findings) > 0 {
			rows = append(rows, record.Row(record.Code(pool.Name), p.site(pool.Name), p.codes(pool.Findings),
				numbers(pool.Findings)))
		}
	}
	if rows == nil {
		p.text("None.")
		return
	}
	p.b.WriteString("\n" + record.Heading("Edge pool", "site", "because of", "findings") + strings.Join(rows, ""))
}

func (p *printer) assumes() {
	p.section("What the plans assume")
	p.text("The routes of the sites lead to %s today. A plan of the failure of such a pool begins with the routes and "+
		"the zone files as they are.", names(p.m.Today))
	p.text("Another pool can only fail as the holder of the route after a failover to it, which the column \"after\" " +
		"names. Its plans begin with the routes, records, serials and zone files that this failover leaves: the diff of " +
		"a zone applies to the new zone file in the package of that failover, and stage Preflight of the script ends " +
		"where the routes are others. Once that failover has been carried out, export the zones, correct the routes in " +
		"the spec and build again: then these plans are those of today.")
	p.text("A pair says \"never\" where that failover is refused: the pool cannot come to hold the route, so its " +
		"failure moves nothing.")
}
