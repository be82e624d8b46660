package words

import (
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Frees are texts of one sentence each, of which a blank one says that it is not given.
func Frees(texts []string) []Text {
	out := make([]Text, len(texts))
	for i, text := range texts {
		if out[i] = Free(text); strings.TrimSpace(text) == "" {
			out[i] = NotGiven
		}
	}
	return out
}

// NotGiven is in the place of what the spec does not say and a reader looks for.
var NotGiven = Own("not given")

// Roles are several of them, which may have commas.
func Roles(names []string) Text { return Join("; ", Frees(names)...) }

// Doers say who carries a stage out and who tests it; empty where nothing is said of either.
func Doers(s plan.ChangeStage) Text {
	var out []Text
	for _, role := range []struct {
		name  string
		names []string
	}{{"Carried out by ", s.Implementers}, {"Tested by ", s.Testers}} {
		if len(role.names) > 0 {
			out = append(out, Join("", Own(role.name), Roles(role.names), Own(".")))
		}
	}
	return Join(" ", out...)
}

// Takes says how long a stage takes.
func Takes(s plan.Slot) string {
	if s.Seconds == 0 {
		return "not said"
	}
	return plan.Length(s.Seconds)
}

// TakesAll is that with what is waited for before the stage; empty where neither is known.
func TakesAll(s plan.Slot) string {
	switch {
	case s.Wait == 0 && s.Seconds == 0:
		return ""
	case s.Wait == 0:
		return Takes(s)
	}
	return Takes(s) + ", after a wait of " + plan.Length(s.Wait)
}

// Duration says how long all stages of a plan take, against the window; empty where the spec says it of none.
func Duration(p *plan.Plan) string {
	s := p.Schedule
	if s == nil || s.Seconds == 0 {
		return ""
	}
	out := plan.AtLeast(s.Stages) + plan.Length(s.Seconds) + " for all stages one after the other"
	if wait := plan.Waited(s.Stages); wait > 0 {
		out += ", of which " + plan.Length(wait) + " is waiting"
	}
	if window := p.WindowLength(); window > 0 {
		out += "; the window has " + plan.Length(window)
	}
	return out + "." + Uncounted(s.Stages)
}

// BackOut says how long going back takes and when it has to begin; empty where the spec says it of no stage of the
// rollback.
func BackOut(p *plan.Plan) string {
	s := p.Schedule
	if s == nil || s.RollbackSeconds == 0 {
		return ""
	}
	out := "Back-out time: " + plan.AtLeast(s.Rollback) + plan.Length(s.RollbackSeconds) + " for all stages of the rollback."
	window := p.WindowLength()
	switch {
	case s.BackBy != "":
		out += " To end within the window it has to begin by " + s.BackBy + "."
		if clean := p.CleanBackBy(); clean != "" {
			out += " To have the old records on all name servers in time, it has to begin by " + clean + "."
		}
	case window > 0 && s.RollbackSeconds > window:
		out += " That is more than the window has, " + plan.Length(window) + "."
	}
	return out + Uncounted(s.Rollback)
}

// Uncounted names the stages whose time is not in a sum, with a blank before; empty where there are none.
func Uncounted(slots []plan.Slot) string {
	names := plan.Untimed(slots)
	if len(names) == 0 {
		return ""
	}
	return " Not counted, as the spec does not say how long it takes: " + plan.List(names) + "."
}

// Sent says when a message is sent.
func Sent(p *plan.Plan, m plan.Message) string {
	out, hours, end := map[string]string{plan.BeforeChange: "Before the change", plan.AfterChange: "After the change",
		plan.AfterRollback: "If the change is taken back"}[m.When], plan.Length(uint32(m.Hours)*3600), " before the window begins"
	if m.Hours == 0 {
		return out
	}
	if m.When == plan.AfterChange {
		end = " after the window ends"
	}
	out += ", " + hours + end
	if at, ok := m.At(p.Change); ok {
		out += ", " + at
	}
	return out
}

// ItemKind is what the thing is of which there is a configuration item.
func ItemKind(kind string) string {
	return map[string]string{"site": "site", "edge_pool": "Edge pool", "front_end_pool": "Front End pool", "server": "server",
		"dns_zone": "DNS zone"}[kind]
}

// Sentence is a text with a full stop, unless it ends a sentence by itself.
func Sentence(s string) string {
	if s = strings.Trim(s, " "); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
