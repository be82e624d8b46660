package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Matrix prints the index of a matrix: which Edge pool can take over from which, and why another cannot. The
// index page, matrix.md, says the same and what the plans assume.
func Matrix(m *plan.Matrix) string {
	p := &index{m: m}
	p.head()
	p.failures()
	p.pairs()
	p.unable()
	p.found()
	return p.b.String()
}

type index struct {
	printer
	m *plan.Matrix
}

func (p *index) head() {
	m, possible := p.m, 0
	for _, pair := range m.Pairs {
		if pair.Plan != "" {
			possible++
		}
	}
	p.b.WriteString(words.Visible("Matrix "+m.Name+": which Edge pool can take over from which") + "\n")
	p.literal("  matrix", m.Name+", "+m.ID)
	p.literal("  ticket", m.Change.Ticket+": "+m.Change.Summary)
	p.literal("  window", words.Window(m.Change))
	p.literal("  asks", strings.Join([]string{m.Federation, m.Reason, m.Procedure, m.RouteSites}, ", "))
	p.literal("  today", "the routes lead to "+plan.List(m.Today))
	p.literal("  pairs", fmt.Sprintf("%d, of which %d are possible", len(m.Pairs), possible))
}

// failures comes first, with those that no pool is ready for marked: they are what a board has to decide on.
func (p *index) failures() {
	p.title("FAILURES")
	for _, f := range p.m.Failures() {
		p.label = ""
		p.literal("  fails", f.Pool+p.site(f.Pool))
		switch {
		case f.Today:
			p.line("", "holds the route today")
		case f.Never:
			p.line("", "cannot come to hold the route: its failure moves nothing")
		default:
			i := slices.IndexFunc(p.m.Pairs, func(pair plan.Pair) bool { return pair.From == f.Pool })
			p.line("", "holds the route after "+p.m.Pairs[i].After)
		}
		p.line("  ready", cmp.Or(strings.Join(f.Ready, ", "), "NO EDGE POOL IS READY"))
	}
}

func (p *index) site(pool string) string {
	for _, one := range p.m.Pools {
		if one.Name == pool && one.Site != "" {
			return ", at " + one.Site
		}
	}
	return ""
}

// pairs names for each pair its plan, or the findings that refuse it.
func (p *index) pairs() {
	p.title("PAIRS (numbers are those of the findings)")
	for _, pair := range p.m.Pairs {
		p.label = ""
		p.literal("  fails", pair.From+", and "+pair.To+" takes over"+numbers(pair.Findings))
		switch {
		case pair.Plan != "":
			p.literal("  plan", pair.Plan+", "+pair.ID)
		case len(pair.Findings) > 0:
			p.line("  refused", "by "+p.codes(pair.Findings))
		default:
			p.line("  refused", "as "+pair.From+" cannot come to hold the route")
		}
		if pair.After != "" {
			p.literal("  after", pair.After)
		}
	}
}

// numbers are those of findings, in brackets; nothing where there are none.
func numbers(list []int) string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprint(n+1))
	}
	if out == nil {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// codes are those of findings, each once.
func (p *index) codes(list []int) string {
	var out []string
	for _, n := range list {
		if code := p.m.Findings[n].Code; !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return plan.List(out)
}

func (p *index) unable() {
	for _, pool := range p.m.Pools {
		if len(pool.Findings) == 0 {
			continue
		}
		if p.label != "  unable" {
			p.title("EDGE POOLS THAT CANNOT TAKE OVER FROM ANY")
		}
		p.label = ""
		p.line("  unable", pool.Name+p.site(pool.Name)+": "+p.codes(pool.Findings)+numbers(pool.Findings))
	}
}

func (p *index) found() {
	for i, f := range p.m.Findings {
		if i == 0 {
			p.title("FINDINGS")
		}
		text := f.Code + " " + f.Severity + ": " + f.Summary + ": " + f.Detail
		if f.Accepted != "" {
			text += " Accepted: " + f.Accepted
		}
		p.label = ""
		p.line(fmt.Sprintf("  %d.", i+1), text+" ("+words.Place(f.File, f.Line)+")")
	}
}
