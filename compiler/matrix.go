package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/planname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Limits on the pairs of all matrices of a spec: their number, and that times the blocks of the
// topology, as each plan looks at each block.
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

// isOfSpec tells whether a finding is about what the spec does not say clearly, and not about what a
// plan may not do.
func isOfSpec(d *hcl.Diagnostic) bool { return strings.HasPrefix(string(diag.Of(d)), "EP1") }

// fits tells whether there are not too many pairs, and counts them.
func (m *matrix) fits(count *int) bool {
	t := m.of.topology
	able := len(m.pools.Able)
	*count += able * len(m.pools.Froms())
	blocks := len(t.Sites) + len(t.EdgePools) + len(t.FrontEndPools) + len(t.SIPDomains) + len(t.Zones)
	if *count > maxPairs || *count*blocks > maxWork {
		m.report.Add(report.TooLarge, m.block.Range,
			"With this matrix there are some %d pairs of Edge pools and %d blocks of the topology. There may be %d "+
				"pairs, and each looks at each block: the product may be %d. Make several specs with fewer pools.",
			*count, blocks, maxPairs, maxWork)
		return false
	}
	return true
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
	}
}

func (m *matrix) wants(name string) bool {
	return m.block.Only == nil || slices.Contains(m.block.Only, name)
}

// reports are those of the matrix and its pairs.
func (m *matrix) reports() []*report.Plan {
	out := []*report.Plan{m.report}
	for _, p := range m.pairs {
		if p.outcome != nil {
			out = append(out, p.outcome.report)
		}
	}
	return out
}

// possible tells whether the pair has a plan, once that is known.
func (p *pair) possible() bool { return p.outcome != nil && p.outcome.done }

// refusals are the errors of a pair that keep it from having a plan, and that are its own.
func (p *pair) refusals() hcl.Diagnostics {
	var out hcl.Diagnostics
	if p.outcome == nil || p.possible() {
		return nil
	}
	for _, d := range p.outcome.report.NotAccepted() {
		if d.Severity == hcl.DiagError && !isOfSpec(d) {
			out = append(out, d)
		}
	}
	return out
}

// end is what comes of the matrix once its plans are finished: the index, nil where it was not made or
// where some plans only are wanted, and the findings to show.
func (m *matrix) end() (*plan.Matrix, hcl.Diagnostics) {
	if len(m.pairs) == 0 {
		if m.pools.Today != nil && !m.report.Blocked() && m.of.sound && m.block.Only == nil {
			m.report.Add(report.NoneReady, m.block.Range,
				"There is no pair of Edge pools in this matrix: no pool but the one that is used today could take over.")
		}
		return m.index(), m.report.NotAccepted()
	}
	shown := m.shown()
	for _, p := range m.pairs {
		// The same pair fails as a failover would where nothing else is asked for.
		if m.block.Only != nil {
			shown = append(shown, p.refusals()...)
			if p.outcome == nil {
				m.report.Add(report.PairRefused, m.block.Range, "%s to %s is not possible: %s",
					p.from.Name, p.to.Name, m.never(p))
			}
		}
	}
	if m.block.Only == nil {
		m.reportRefused()
		m.reportUnready()
		// Where all pairs are refused by one cause it is not known what they need without it.
		if slices.ContainsFunc(m.pairs, (*pair).possible) {
			shown = append(shown, m.report.Unused(m.reports()...)...)
		}
	}
	return m.index(), append(shown, m.report.NotAccepted()...)
}

// never says why a pair of a pool that cannot come to hold the route is not planned.
func (m *matrix) never(p *pair) string {
	return fmt.Sprintf("%s does not hold %s, and %s, by which it would, is not possible.",
		p.from.Name, m.route(), p.after.req.Name.V)
}

// cause is one finding of several pairs.
type cause struct {
	finding *hcl.Diagnostic
	pairs   []*pair
}

// causes are findings by what they say, in the order of the pairs.
func causes(pairs []*pair, of func(*pair) hcl.Diagnostics) []*cause {
	var out []*cause
	known := map[string]*cause{}
	for _, p := range pairs {
		for _, d := range of(p) {
			key := fmt.Sprintf("%s %s %s", diag.Of(d), d.Subject, d.Detail)
			if known[key] == nil {
				known[key] = &cause{finding: d}
				out = append(out, known[key])
			}
			// A pair may have one finding twice, by two names for a place.
			if have := known[key].pairs; len(have) == 0 || have[len(have)-1] != p {
				known[key].pairs = append(have, p)
			}
		}
	}
	return out
}

// list names some of the pairs.
func (c *cause) list() string {
	const most = 3
	var out []string
	for _, p := range c.pairs[:min(most, len(c.pairs))] {
		out = append(out, p.from.Name+" to "+p.to.Name)
	}
	if n := len(c.pairs) - most; n > 0 {
		out = append(out, fmt.Sprintf("%d more", n))
	}
	return strings.Join(out, ", ")
}

// reportRefused says of each reason which pairs it refuses.
func (m *matrix) reportRefused() {
	for _, c := range causes(m.pairs, (*pair).refusals) {
		m.report.Quote(report.PairRefused, m.placeOf(c), fmt.Sprintf("Not possible: %s. %s, %s: %s",
			c.list(), diag.Of(c.finding), c.finding.Summary, c.finding.Detail))
	}
}

// reportUnready reports each failure for which no pool is ready.
func (m *matrix) reportUnready() {
	for i := 0; i < len(m.pairs); {
		from, ready, never := m.pairs[i].from, false, m.pairs[i].outcome == nil
		for ; i < len(m.pairs) && m.pairs[i].from == from; i++ {
			ready = ready || m.pairs[i].possible()
		}
		// A pool that never holds the route may fail: nothing has to move.
		if !ready && !never {
			m.report.Add(report.NoneReady, from.Range,
				"If %s fails while it holds %s, no other Edge pool can take over. matrix.md of matrix %s says of each "+
					"why.", from.Name, m.route(), m.block.Name.V)
		}
	}
}

// placeOf is where a finding of several pairs is shown. Lines of a zone file after a failover are not
// those of the file that is there.
func (m *matrix) placeOf(c *cause) hcl.Range {
	if slices.ContainsFunc(c.pairs, func(p *pair) bool { return p.after == nil }) {
		return *c.finding.Subject
	}
	for _, zone := range m.of.topology.Zones {
		for _, file := range zone.Source.Files {
			if file.Name == c.finding.Subject.Filename {
				return zone.File.Range
			}
		}
	}
	return *c.finding.Subject
}

// shown are the findings that pairs have beside what refuses them: warnings of those that are
// possible, and what is wrong with the block. Where pairs have different things to say about one place
// they are named.
func (m *matrix) shown() hcl.Diagnostics {
	type place struct {
		code diag.Code
		rng  hcl.Range
	}
	all := causes(m.pairs, func(p *pair) hcl.Diagnostics {
		if p.outcome == nil {
			return nil
		}
		return slices.DeleteFunc(p.outcome.report.NotAccepted(), func(d *hcl.Diagnostic) bool {
			return !isOfSpec(d) && !p.possible()
		})
	})
	says := map[place]int{}
	for _, c := range all {
		says[place{diag.Of(c.finding), m.placeOf(c)}]++
	}
	var out hcl.Diagnostics
	for _, c := range all {
		at := m.placeOf(c)
		// A copy: the record of the plan has the finding as it was.
		one := *c.finding
		if one.Subject = &at; says[place{diag.Of(c.finding), at}] > 1 && len(c.pairs) < len(m.pairs) {
			one.Detail = fmt.Sprintf("In %s: %s", c.list(), one.Detail)
		}
		out = append(out, &one)
	}
	return out
}

// index is the matrix as it is written; nil where some plans only are wanted, or where it could not be made.
func (m *matrix) index() *plan.Matrix {
	if m.block.Only != nil || len(m.pairs) == 0 {
		return nil
	}
	t := m.of.topology
	out := &plan.Matrix{
		FormatVersion: plan.MatrixVersion, Kind: plan.KindMatrix, SpecDigest: m.of.spec.Digest,
		Name: m.block.Name.V, Federation: m.block.Federation.V, Reason: m.block.Reason.V,
		Procedure: m.block.Procedure.V, RouteSites: rules.Asks(t, m.block).RouteSites(),
		Origin: plan.OriginOf(m.block.Range), Change: changeOf(m.block.Change),
		Today: []string{}, Pools: []plan.MatrixPool{}, Findings: []plan.Finding{},
	}
	for _, pool := range m.pools.Today {
		out.Today = append(out.Today, pool.Name)
	}
	listed := findingList{list: &out.Findings, numbers: map[plan.Finding]int{}}
	unable := map[*topology.EdgePool][]plan.Finding{}
	for _, one := range m.pools.Unable {
		unable[one.Pool] = findingsOf(one.Report, one.Report.Found, nil)
	}
	for _, pool := range t.EdgePools {
		out.Pools = append(out.Pools, plan.MatrixPool{
			Name: pool.Name, Site: pool.Site.V, Findings: listed.add(unable[pool]),
		})
	}
	slices.SortFunc(out.Pools, func(a, b plan.MatrixPool) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range m.pairs {
		one := plan.Pair{From: p.from.Name, To: p.to.Name}
		if p.after != nil {
			one.After = p.after.req.Name.V
		}
		switch {
		case p.possible():
			one.Plan, one.ID = p.outcome.req.Name.V, p.outcome.id
			one.Findings = listed.add(p.outcome.findings)
		case p.outcome != nil:
			one.Findings = listed.add(findingsOf(p.outcome.report, p.refusals(), nil))
		}
		out.Pairs = append(out.Pairs, one)
	}
	out.ID = plan.IdentifyMatrix(out)
	return out
}

// findingList is a list in which each finding is once.
type findingList struct {
	list    *[]plan.Finding
	numbers map[plan.Finding]int
}

// add returns the numbers of findings, sorted.
func (l findingList) add(found []plan.Finding) []int {
	var out []int
	for _, f := range found {
		// A pair may begin with another zone file than the one that is there, so lines of these say nothing.
		if !strings.HasSuffix(f.File, parser.Suffix) {
			f.Line = 0
		}
		n, known := l.numbers[f]
		if !known {
			n = len(*l.list)
			l.numbers[f], *l.list = n, append(*l.list, f)
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}
