package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/topology"
)

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
