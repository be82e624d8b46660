package plan

import "slices"

// place is a stage on one of its computers.
type place struct{ stage, host string }

// Ungated is what a stage on a computer needs and its script cannot see: stages on another
// computer. The order of the run sheet keeps it.
type Ungated struct {
	Stage, Host string
	Needs       []string // stages, in the order of the sheet
	On          []string // where they run
}

// After are the stages that have to be done on a computer before one there, in the order of
// the sheet: those that its steps need, or that what they need does, and so on, but without
// those that another of them comes after anyway.
//
// Of a rollback these are none but for the stages that read what the others gave: who takes
// back one thing must not be kept from it because another cannot be taken back.
func (p *Plan) After(back bool, stage, host string) []string {
	needs := needsOf(p.StagesOf(back))
	all := p.allBefore(back, stage, host, needs)
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.ContainsFunc(all, func(later string) bool {
			return later != name && slices.Contains(p.allBefore(back, later, host, needs), name)
		})
	})
}

// allBefore is After with all of them; needs are those of all stages, see [needsOf].
func (p *Plan) allBefore(back bool, stage, host string, needs map[place][]place) []string {
	if back && stage != Replicated && stage != Verify {
		return nil
	}
	reached, open := map[place]bool{}, []place{{stage, host}}
	for len(open) > 0 {
		next := open[0]
		open = open[1:]
		for _, need := range needs[next] {
			if !reached[need] {
				reached[need] = true
				open = append(open, need)
			}
		}
	}
	var out []string
	for _, s := range p.StagesOf(back) {
		if s.Name != stage && reached[place{s.Name, host}] {
			out = append(out, s.Name)
		}
	}
	return out
}

// Ungated is what the order of the run sheet keeps alone. A receipt keeps that stages Stop
// and StopOld come after those that print it, and that a port of each target server does not
// answer that Route comes after Stop.
func (p *Plan) Ungated(back bool) []Ungated {
	var out []Ungated
	needs := needsOf(p.StagesOf(back))
	for _, stage := range p.StagesOf(back) {
		for _, host := range stage.Hosts {
			out = append(out, p.ungatedAt(back, place{stage.Name, host}, needs)...)
		}
	}
	return out
}

func (p *Plan) ungatedAt(back bool, at place, needs map[place][]place) []Ungated {
	var out []Ungated
	before := p.allBefore(back, at.stage, at.host, needs)
	for _, other := range p.StagesOf(back) {
		var on []string
		for _, host := range other.Hosts {
			need := place{other.Name, host}
			if slices.Contains(needs[at], need) && !(host == at.host && slices.Contains(before, other.Name)) && !p.seen(at, need) {
				on = append(on, host)
			}
		}
		i := slices.IndexFunc(out, func(u Ungated) bool { return slices.Equal(u.On, on) })
		switch {
		case len(on) == 0:
		case i < 0:
			out = append(out, Ungated{at.stage, at.host, []string{other.Name}, on})
		default:
			out[i].Needs = append(out[i].Needs, other.Name)
		}
	}
	return out
}

// seen tells whether the script sees on one computer that a stage was run on another. The
// receipts are printed on the management host.
func (p *Plan) seen(at, need place) bool {
	switch at.stage {
	case Stop:
		return need == place{Preflight, p.ManagementHost}
	case StopOld:
		return need == place{Verify, p.ManagementHost}
	case Route:
		return need.stage == Stop
	}
	return false
}

// StagesOf are the stages of the change, or of its rollback.
func (p *Plan) StagesOf(back bool) []Stage {
	if back {
		return p.Rollback
	}
	return p.Stages
}

// needsOf are the places that the steps of each place need.
func needsOf(stages []Stage) map[place][]place {
	where := map[string]place{}
	for _, stage := range stages {
		for _, step := range stage.Steps {
			where[step.Info().ID] = place{stage.Name, step.Info().Host}
		}
	}
	out := map[place][]place{}
	for _, stage := range stages {
		for _, step := range stage.Steps {
			at := where[step.Info().ID]
			for _, id := range step.Info().Needs {
				if need, ok := where[id]; ok && need != at && !slices.Contains(out[at], need) {
					out[at] = append(out[at], need)
				}
			}
		}
	}
	return out
}
