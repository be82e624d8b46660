package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/planname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Limits on the pairs of all matrices of a spec: their number and that of the plans of other blocks, and
// their number times the blocks of the topology, as each plan looks at each block.
const (
	maxPairs = plan.MaxPairs
	maxWork  = 60_000
)

// matrix is a matrix in the making.
type matrix struct {
	of     *compilation
	block  *parser.Matrix
	report *report.Plan // what is said about the matrix itself
	pools  rules.Pools
	pairs  []*pair
	// strange is how many of the plans lack a stage of which the block change says something.
	strange map[*parser.ChangeStage]int
}

// pair is the failure of a pool and one that could take over.
type pair struct {
	from, to *topology.EdgePool
	outcome  *outcome // nil: the pool cannot come to hold the route
	// after is the failover by which the pool that fails comes to hold the route; nil if it does today.
	after *outcome
}

// PairNames are the names of the plans that a matrix of a spec may have, sorted. The spec may have
// errors.
func PairNames(spec *parser.Spec, m *parser.Matrix) []string {
	if spec.Topology == nil || m.Change == nil {
		return nil
	}
	t, spelled := spec.Topology.InASCII()
	pools := rules.PoolsOf(t, m, report.New(spelled))
	if len(pools.Able)*len(pools.Froms()) > maxPairs {
		return nil // which is a finding
	}
	var out []string
	for _, from := range pools.Froms() {
		for _, to := range pools.Able {
			if name := rules.PairName(m, from, to); from != to && name != "" {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// matrices makes the plans of all matrices.
func (c *compilation) matrices(found *report.Spec) []*matrix {
	var out []*matrix
	names := map[string]bool{} // of folders, in lower case
	for _, asked := range c.spec.Asked() {
		names[strings.ToLower(asked.Name)] = true
	}
	count := 0
	for _, block := range c.spec.Matrices {
		m := &matrix{of: c, block: block, report: found.Plan(block.Range, block.Accepts)}
		out = append(out, m)
		if block.Change == nil || found.Spent() {
			continue // the parser has said so; or there are too many findings
		}
		m.pools = rules.PoolsOf(c.topology, block, found)
		if m.mayBegin() && m.fits(&count) && m.mayBeNamed(names) && c.sound {
			m.plan(found)
		}
	}
	return out
}

// mayBegin tells whether there is something to make pairs of.
func (m *matrix) mayBegin() bool {
	rules.Federation(m.of.topology, rules.Asks(m.of.topology, m.block), m.report)
	for _, unable := range m.pools.Unable {
		for _, d := range unable.Report.Found {
			// EP1: not about the pool but about what the block asks for.
			if isOfSpec(d) {
				m.report.Quote(diag.Of(d), *d.Subject, d.Detail)
			}
		}
	}
	if len(m.pools.Today) == 0 {
		m.report.Add(report.NoSource, m.block.Range,
			"No site has %s, so the matrix does not know which pool is used today. Set xmpp_federation_route or "+
				"federation_route of the sites as Get-CsSite shows it.", m.route())
	}
	return !m.report.Blocked()
}

// route is what a pool holds that is used.
func (m *matrix) route() string {
	switch m.block.Federation.V {
	case plan.XMPP:
		return "the XMPP federation route"
	case plan.SIP:
		return "the SIP federation route"
	}
	return "the federation routes"
}

// fits tells whether there are not too many pairs, and counts them.
func (m *matrix) fits(count *int) bool {
	t := m.of.topology
	able := len(m.pools.Able)
	*count += able * len(m.pools.Froms())
	blocks := len(t.Sites) + len(t.EdgePools) + len(t.FrontEndPools) + len(t.SIPDomains) + len(t.Zones)
	others := m.of.otherPlans()
	if *count+others > maxPairs || *count*blocks > maxWork {
		m.report.Add(report.TooLarge, m.block.Range,
			"With this matrix there are some %d pairs of Edge pools, %d plans of other blocks and %d blocks of the "+
				"topology. There may be %d pairs and plans, and each pair looks at each block: the product may be %d. "+
				"Make several specs with fewer pools.",
			*count, others, blocks, maxPairs, maxWork)
		return false
	}
	return true
}

// otherPlans is the number of plans that other blocks than a matrix ask for.
func (c *compilation) otherPlans() int {
	count := 0
	for _, asked := range c.spec.Asked() {
		if asked.Type != "matrix" {
			count++
		}
	}
	return count
}

// mayBeNamed tells whether each pair gets a name that no other plan has.
func (m *matrix) mayBeNamed(taken map[string]bool) bool {
	for _, from := range m.pools.Froms() {
		for _, to := range m.pools.Able {
			if from == to {
				continue
			}
			name := rules.PairName(m.block, from, to)
			switch folded := strings.ToLower(name); {
			case !planname.Is(name):
				m.report.Add(report.Malformed, m.block.Name.Range,
					"The plan of %s and %s would be named %q, after the matrix and the labels of the pools, and that "+
						"cannot be the name of a folder: it has at most 64 letters, digits, dots, hyphens and "+
						"underscores. Choose a shorter name, or other labels.", from.Name, to.Name, name)
				return false
			case taken[folded]:
				m.report.Add(report.Duplicate, m.block.Name.Range,
					"The plan of %s and %s would be named %s, and another plan has that name. Choose another name.",
					from.Name, to.Name, name)
				return false
			default:
				taken[folded] = true
			}
		}
	}
	return true
}

// plan makes the plans of all pairs, or of those that are wanted. A pool that holds no route today
// can fail as one that does only after a failover to it. So its pairs are planned on the routes and the
// zone files as that failover leaves them: the first pool that is used today has failed to it.
func (m *matrix) plan(found *report.Spec) {
	for _, from := range m.pools.Froms() {
		for _, to := range m.pools.Able {
			if from != to && m.wants(rules.PairName(m.block, from, to)) {
				m.pairs = append(m.pairs, &pair{from: from, to: to})
			}
		}
	}
	for _, from := range m.pools.Today {
		m.planOn(m.of, m.failuresOf(from), found)
	}
	for _, from := range m.pools.Able {
		// Only where a pair is wanted: zone files are read again for it.
		if pairs := m.failuresOf(from); len(pairs) > 0 && !slices.Contains(m.pools.Today, from) {
			m.planAfter(m.first(from, found), pairs, found)
		}
	}
}

// failuresOf are the pairs in which a pool fails.
func (m *matrix) failuresOf(pool *topology.EdgePool) []*pair {
	var out []*pair
	for _, p := range m.pairs {
		if p.from == pool {
			out = append(out, p)
		}
	}
	return out
}

// first is the failover by which a pool comes to hold the route.
func (m *matrix) first(to *topology.EdgePool, found *report.Spec) *outcome {
	today := m.pools.Today[0]
	for _, p := range m.failuresOf(today) {
		if p.to == to {
			return p.outcome
		}
	}
	// Nobody asks for this plan, but others follow from it.
	return m.of.aside(rules.Pair(m.of.topology, m.block, today, to), found)
}

// planAfter makes the plans of the failure of a pool to which a failover has led.
func (m *matrix) planAfter(after *outcome, pairs []*pair, found *report.Spec) {
	for _, p := range pairs {
		p.after = after
	}
	if !after.done {
		return
	}
	then, err := m.of.after(after, found)
	if err == nil {
		m.planOn(then, pairs, found)
		return
	}
	for _, p := range pairs {
		r := found.Plan(m.block.Range, m.block.Accepts)
		r.Add(report.NoEdit, m.block.Range, "The zone files as %s leaves them cannot be planned with: %s.",
			after.req.Name.V, err)
		p.outcome = &outcome{req: rules.Pair(m.of.topology, m.block, p.from, p.to), report: r}
	}
}

// planOn makes the plans of pairs on the spec as it is, or as a failover leaves it.
func (m *matrix) planOn(c *compilation, pairs []*pair, found *report.Spec) {
	var row []*draft
	for _, p := range pairs {
		r := found.Plan(m.block.Range, m.block.Accepts)
		if p.after != nil {
			first := p.after.req.Name.V
			r.Add(report.Assumed, p.from.Range,
				"%s does not hold %s today. This plan is for the case that %s has been carried out and %s fails after "+
					"it: the routes, records, serials and zone files that it begins with are those that %s leaves.",
				p.from.Name, m.route(), first, p.from.Name, first)
		}
		row = append(row, c.draft(rules.Pair(c.topology, m.block, p.from, p.to), r))
	}
	for i, o := range finish(row) {
		pairs[i].outcome = o
		m.noteStrange(o)
	}
}

func (m *matrix) wants(name string) bool {
	return m.block.Only == nil || slices.Contains(m.block.Only, name)
}

// possible tells whether the pair has a plan, once that is known.
func (p *pair) possible() bool { return p.outcome != nil && p.outcome.done }
