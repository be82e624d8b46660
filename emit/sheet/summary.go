package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// aspect is one line of a summary: what users, or those who approve the change, notice.
type aspect struct{ name, text string }

// Summary says in a line each what differs for users between two forms of a plan, of which
// one may be nil: the plan is new, or gone. same tells that nothing does; the plans may
// still differ in steps, layout or positions.
func Summary(before, after *plan.Plan) (text string, same bool) {
	var b strings.Builder
	// A plan that is new or gone has nothing to compare: all that it means for users is listed.
	if before == nil || after == nil {
		only, what := after, "new"
		if after == nil {
			only, what = before, "gone"
		}
		fmt.Fprintf(&b, "%s: %s\n", words.Visible(only.Name), what)
		for _, a := range aspects(only) {
			fmt.Fprintf(&b, "  %-10s %s\n", a.name+":", a.text)
		}
		return b.String(), false
	}
	var changed, kept []string
	// The same aspects in the same order as below, whatever the plan.
	was := aspects(before)
	for i, is := range aspects(after) {
		if is.text == was[i].text {
			kept = append(kept, is.name)
			continue
		}
		changed = append(changed, fmt.Sprintf("  %-10s %s\n  %10s instead of: %s\n", is.name+":", is.text, "",
			was[i].text))
	}
	name := words.Visible(after.Name)
	switch {
	case before.ID == after.ID:
		// The ID covers all of a plan, so nothing else has to be compared.
		return name + ": the same plan\n", true
	case len(changed) == 0:
		return fmt.Sprintf("%s: the same for users; another plan, %s instead of %s\n", name, after.ID, before.ID), true
	}
	fmt.Fprintf(&b, "%s: other for users; plan %s instead of %s\n%s", name, after.ID, before.ID,
		strings.Join(changed, ""))
	if len(kept) > 0 {
		fmt.Fprintf(&b, "  as before: %s\n", strings.Join(kept, ", "))
	}
	return b.String(), false
}

// aspects are the lines of a plan, the same for every plan and in the same order.
func aspects(p *plan.Plan) []aspect {
	out := []aspect{
		{"change", changeOf(p)},
		{"reachable", reachOf(p)},
		{"DNS", recordsOf(p)},
		{"waits", waitsOf(p)},
		{"paper", paperOf(p)},
		{"findings", findingsOf(p)},
	}
	for i := range out {
		// Tickets and names come from the spec and are printed on a terminal.
		out[i].text = words.Visible(out[i].text)
	}
	return out
}

func changeOf(p *plan.Plan) string {
	out := p.Texts.Title
	for _, word := range []struct{ before, word string }{
		{"", p.Reason}, {"procedure ", p.Procedure}, {"routes of ", p.RouteSites},
	} {
		// Each procedure has its own words, and some have none.
		if word.word != "" {
			out += ", " + word.before + word.word
		}
	}
	return out
}

// reachOf says of each service when it is reachable: the state before the change, and
// after which stage it becomes another one.
func reachOf(p *plan.Plan) string {
	// A preparation: shorter TTLs interrupt nothing.
	if len(p.Outage) == 0 {
		return "nothing is interrupted"
	}
	var out []string
	for i, service := range p.Services {
		text, last := service.Name+" ", ""
		for _, r := range p.Outage {
			state := words.Service(r.Services[i].Service)
			// Only changes of a state are said: a plan has up to ten stages, and most change nothing.
			if state != last && r.After != "" {
				text += ", after " + r.After + " "
			}
			if state != last {
				text += state
			}
			last = state
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// recordsOf says what the sets that change become.
func recordsOf(p *plan.Plan) string {
	var out []string
	for _, zone := range p.Zones {
		for _, set := range zone.Records {
			if !set.Changed() {
				continue
			}
			text := words.SetName(set) + " " + none(set.Old) + " to " + none(set.New)
			if set.TTLChanged() {
				text += fmt.Sprintf(" (TTL %d to %d)", set.OldTTL, set.NewTTL)
			}
			// Sorted by none: the order of zones in the spec means nothing to users.
			out = append(out, text)
		}
	}
	return none(out)
}

// none is a list of texts, sorted, each once.
func none(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	// Findings may have one code many times.
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(texts))), ", ")
}

func waitsOf(p *plan.Plan) string {
	caches, everywhere := p.OldAnswers()
	// No zone changes.
	if everywhere == 0 {
		return "no old answers"
	}
	return fmt.Sprintf("old answers for up to %s, %s where no NOTIFY comes", plan.Seconds(caches),
		plan.Seconds(everywhere))
}

func paperOf(p *plan.Plan) string {
	c := p.Change
	out := fmt.Sprintf("ticket %s, %q, window %s, approvers %s", c.Ticket, c.Summary, words.Window(c),
		none(c.Approvers))
	for _, said := range []struct{ name, text string }{
		{"type", c.Type}, {"risk", c.Risk}, {"risk because", c.RiskReason}, {"impact", c.Impact},
		{"implementers", strings.Join(c.Implementers, "; ")}, {"testers", strings.Join(c.Testers, "; ")},
		{"accepted if", strings.Join(c.Acceptance, "; ")}, {"duration", words.Duration(p)}, {"", words.BackOut(p)},
	} {
		if said.text != "" {
			out += ", " + strings.TrimLeft(said.name+" ", " ") + said.text
		}
	}
	for _, m := range c.Communication {
		out += fmt.Sprintf(", %s to %s: %q", words.Sent(p, m), strings.Join(m.To, "; "), m.Text)
	}
	return out
}

func findingsOf(p *plan.Plan) string {
	var open, accepted []string
	for _, f := range p.Findings {
		// Open ones are warnings only: an open error has no plan.
		if f.Accepted == "" {
			open = append(open, f.Code)
		} else {
			accepted = append(accepted, f.Code)
		}
	}
	return fmt.Sprintf("open %s; accepted %s", none(open), none(accepted))
}
