package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// isOfSpec tells whether a finding is about what the spec does not say clearly, and not about what a
// plan may not do.
func isOfSpec(d *hcl.Diagnostic) bool { return strings.HasPrefix(string(diag.Of(d)), "EP1") }

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
	if m.block.Only != nil {
		// A plan that is wanted by its name fails as that of a failover would.
		for _, p := range m.pairs {
			shown = append(shown, p.refusals()...)
			if p.outcome == nil {
				m.report.Add(report.PairRefused, m.block.Range,
					"%s to %s is not possible: %s does not hold %s, and %s, by which it would, is not possible.",
					p.from.Name, p.to.Name, p.from.Name, m.route(), p.after.req.Name.V)
			}
		}
	} else {
		m.reportRefused()
		m.reportUnready()
		m.reportStrange()
		// Where all pairs are refused by one cause it is not known what they need without it.
		if slices.ContainsFunc(m.pairs, (*pair).possible) {
			shown = append(shown, m.report.Unused(m.reports()...)...)
		}
	}
	return m.index(), append(shown, m.report.NotAccepted()...)
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

// noteStrange counts the stages of which the block change says something and that a plan does not have.
func (m *matrix) noteStrange(o *outcome) {
	if m.strange == nil {
		m.strange = map[*parser.ChangeStage]int{}
	}
	for _, stage := range o.strange {
		m.strange[stage]++
	}
	o.strange = nil // there may be many of them, and many plans
}

// reportStrange reports those that no plan has. One that some plans do not have is no mistake: which stages a plan has
// depends on its pair.
func (m *matrix) reportStrange() {
	possible := 0
	for _, p := range m.pairs {
		if p.possible() {
			possible++
		}
	}
	for _, stage := range slices.Concat(m.block.Change.Stages, m.block.Change.Rollback) {
		if possible > 0 && m.strange[stage] == possible {
			m.report.Add(report.NoStage, stage.Name.Range,
				"No plan of this matrix has a stage %q there. Correct the name, or remove the block.", report.Shorten(stage.Name.V))
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
