package plan

import (
	"maps"
	"slices"
	"strings"
)

// Gates are how a script keeps a part of a stage from being run too early.
type Gates struct {
	// After are stages that have to be done on the same computer: the state file knows.
	After []string
	// Receipt is the stage on another computer whose receipt is asked for.
	Receipt string
	// Stopped are the Edge Servers that must not answer any more.
	Stopped []string
	// Sheet is what the script cannot see, and so only the order of the run sheet keeps: a
	// stage, or one on one computer, as in [Part.Needs].
	Sheet []string
}

// place is a stage on one of its computers.
type place struct{ stage, host string }

// Gates makes the gates of a part from what it needs, and how that is seen.
func (p *Plan) Gates(back bool, stage string, part Part) Gates {
	var g Gates
	// All hosts of a part have done the same, so the first one is as good as any.
	stages, host := p.StagesOf(back), part.Hosts[0]
	gated := part.Seen != SeenOnSheet
	if gated {
		// Also what its needs need: those may be on other computers, and the last one that was done
		// here is what the state file knows.
		before := doneBefore(stages, place{stage, host})
		for _, s := range stages {
			if before[place{s.Name, host}] {
				g.After = append(g.After, s.Name)
			}
		}
		// One that another of them comes after anyway is not named.
		implied := map[place]bool{}
		for _, later := range g.After {
			maps.Copy(implied, doneBefore(stages, place{later, host}))
		}
		g.After = slices.DeleteFunc(g.After, func(name string) bool { return implied[place{name, host}] })
	}
	for _, need := range part.Needs {
		all := placesOf(stages, need)
		var unseen []string
		for _, at := range all {
			switch {
			case gated && at.host == host:
				// It is among After, or one of those comes after it.
			case part.Seen == SeenReceipt && prints(stages, at):
				g.Receipt = at.stage
			case part.Seen == SeenPort:
				g.Stopped = append(g.Stopped, at.host)
			default:
				unseen = append(unseen, at.stage+on+at.host)
			}
		}
		if len(unseen) == len(all) { // on all of its computers: the name of the stage is enough
			unseen = []string{need}
		}
		g.Sheet = append(g.Sheet, unseen...)
	}
	return g
}

// on is in a need between a stage and one of its computers.
const on = " on "

// prints tells whether a stage prints a receipt on a computer.
func prints(stages []Stage, at place) bool {
	part, ok := partAt(stages, at)
	return ok && part.Prints
}

// placesOf are the places where a need has to be done; none if there is no such stage.
func placesOf(stages []Stage, need string) []place {
	name, only, one := strings.Cut(need, on)
	var out []place
	for _, stage := range stages {
		if stage.Name != name {
			continue
		}
		for _, host := range stage.Hosts() {
			if !one || host == only {
				out = append(out, place{name, host})
			}
		}
	}
	return out
}

// partAt is the part of a stage that runs on a host.
func partAt(stages []Stage, at place) (part Part, ok bool) {
	for _, stage := range stages {
		for _, part := range stage.Parts {
			if stage.Name == at.stage && slices.Contains(part.Hosts, at.host) {
				return part, true
			}
		}
	}
	return Part{}, false
}

// doneBefore are all places that have to be done before one: those that it needs, those that
// these need, and so on.
func doneBefore(stages []Stage, at place) map[place]bool {
	out, open := map[place]bool{}, []place{at}
	for len(open) > 0 {
		next := open[0]
		open = open[1:]
		part, _ := partAt(stages, next)
		for _, need := range part.Needs {
			for _, p := range placesOf(stages, need) {
				if !out[p] {
					out[p] = true
					open = append(open, p)
				}
			}
		}
	}
	return out
}

// StagesOf are the stages of the change, or of its rollback.
func (p *Plan) StagesOf(back bool) []Stage {
	if back {
		return p.Rollback
	}
	return p.Stages
}

// Ahead tells whether a stage, at which a part of another looks, comes later than that.
func (p *Plan) Ahead(back bool, stage, other string) bool {
	named := func(name string) int {
		return slices.IndexFunc(p.StagesOf(back), func(s Stage) bool { return s.Name == name })
	}
	return named(other) > named(stage)
}

// LookedAt tells whether a part of an earlier stage looks at a stage.
func (p *Plan) LookedAt(back bool, stage string) bool {
	for _, s := range p.StagesOf(back) {
		if s.Name == stage {
			break
		}
		if slices.ContainsFunc(s.Parts, func(part Part) bool { return slices.Contains(part.LooksAt, stage) }) {
			return true
		}
	}
	return false
}

// Parts are those of the stage of that name; none if there is no such stage.
func Parts(stages []Stage, name string) []Part {
	for _, stage := range stages {
		if stage.Name == name {
			return stage.Parts
		}
	}
	return nil
}

// HasStage tells whether a stage of that name is among them.
func HasStage(stages []Stage, name string) bool {
	return slices.ContainsFunc(stages, func(s Stage) bool { return s.Name == name })
}

// AllSteps are the steps of stages, in their order.
func AllSteps(stages []Stage) Steps {
	var out Steps
	for _, stage := range stages {
		for _, part := range stage.Parts {
			out = append(out, part.Steps...)
		}
	}
	return out
}
