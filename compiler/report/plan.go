package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// Plan collects the findings about one plan.
type Plan struct {
	Found hcl.Diagnostics
	// Accepted has the reasons for which findings are accepted, by their codes.
	Accepted map[diag.Code]string
	spec     *Spec
	accepts  []*parser.Accept
	block    hcl.Range
}

// Plan makes the report of a plan whose block is at a place and accepts findings. It
// reports acceptances that cannot be.
func (s *Spec) Plan(block hcl.Range, accepts []*parser.Accept) *Plan {
	p := &Plan{Accepted: map[diag.Code]string{}, spec: s, accepts: accepts, block: block}
	for _, accept := range accepts {
		p.accept(accept)
	}
	return p
}

// Add reports a finding at a place.
func (p *Plan) Add(code diag.Code, rng hcl.Range, format string, args ...any) {
	// Rules know names as DNS has them; people know them as the spec spells them.
	p.Quote(code, rng, p.spec.spell(fmt.Sprintf(format, args...)))
}

// Quote reports a finding at a place in the words of another one.
func (p *Plan) Quote(code diag.Code, rng hcl.Range, text string) {
	// Counted over all plans: a spec of many plans repeats each finding for each of them.
	if p.spec.ofPlans++; p.spec.ofPlans > maxFindings {
		p.spec.Stop(p.block, "The plans up to this one have more than %d findings. Fix the first ones that are shown, "+
			"which have the same causes, or make several specs of the plans.", maxFindings)
		return
	}
	p.Found = append(p.Found, p.spec.finding(code, rng, text))
}

// accept notes a finding that the spec accepts, and refuses what cannot be accepted.
func (p *Plan) accept(accept *parser.Accept) {
	code := diag.Code(accept.Code.V)
	rule, known := diag.Lookup(code)
	switch {
	case !known:
		p.Add(CannotAccept, accept.Code.Range, "There is no finding %q.%s", Shorten(accept.Code.V),
			rightCode(accept.Code.V))
	case rule.Severity == hcl.DiagError && !rule.Acceptable:
		p.Add(CannotAccept, accept.Code.Range, "%s (%s) cannot be accepted: the change would not work, or not do what "+
			"it says. Fix its cause.", code, rule.Summary)
	default:
		p.Accepted[code] = accept.Reason.V
	}
}

// rightCode says how the code is written that is meant.
func rightCode(text string) string {
	// People write EP-3001, ep3001 or 3001.
	digits := strings.TrimLeft(strings.ToUpper(strings.TrimSpace(text)), "EP -")
	if _, known := diag.Lookup(diag.Code("EP" + digits)); known {
		return fmt.Sprintf(" Write %q.", "EP"+digits)
	}
	return " Write the code that a finding shows, such as \"EP3001\"."
}

// Accepts tells whether a finding is accepted.
func (p *Plan) Accepts(d *hcl.Diagnostic) bool {
	_, ok := p.Accepted[diag.Of(d)]
	return ok
}

// Blocked tells whether there is an error that is not accepted, or not all could be checked.
func (p *Plan) Blocked() bool {
	return p.spec.spent || slices.ContainsFunc(p.Found,
		func(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagError && !p.Accepts(d) })
}

// All are the findings about the plan and those of no single plan.
func (p *Plan) All() hcl.Diagnostics { return append(slices.Clone(p.Found), p.spec.Found...) }

// Open are the findings that are not accepted, and one for each acceptance that nothing
// needed.
func (p *Plan) Open() hcl.Diagnostics {
	out := p.NotAccepted()
	if p.Blocked() {
		return out // rules that were not reached cannot tell
	}
	return append(out, p.Unused(p)...)
}

// NotAccepted are the findings that are not accepted.
func (p *Plan) NotAccepted() hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range p.Found {
		if !p.Accepts(d) {
			out = append(out, d)
		}
	}
	return out
}

// Unused has a finding for each acceptance of the plan that none of some plans needed.
func (p *Plan) Unused(plans ...*Plan) hcl.Diagnostics {
	met := map[diag.Code]bool{}
	for _, one := range plans {
		// Findings of no single plan count too: the record of each plan has them.
		for _, d := range one.All() {
			met[diag.Of(d)] = true
		}
	}
	var out hcl.Diagnostics
	for _, accept := range p.accepts {
		code := diag.Code(accept.Code.V)
		if _, ok := p.Accepted[code]; ok && !met[code] {
			out = append(out, p.spec.finding(NotAccepted, accept.Code.Range,
				fmt.Sprintf("%s does not occur in this plan. Remove the block, so that it does not hide a finding "+
					"later.", code)))
		}
	}
	return out
}
