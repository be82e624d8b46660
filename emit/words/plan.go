package words

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Window says when the change is to be made.
func Window(change plan.Change) string {
	switch start, end := change.WindowStart, change.WindowEnd; {
	case start == "" && end == "":
		return "not given"
	case end == "":
		// Half a window is allowed: it is printed as it was given, in the time zone of the spec.
		return "from " + start
	case start == "":
		return "until " + end
	default:
		return start + " to " + end
	}
}

// Host names where a step runs.
func Host(name string) string {
	if name == plan.AnyHost {
		return "any computer, preferably outside the network"
	}
	return name
}

// ServiceName is what a service is for users, and through which pool if it is that of one.
func ServiceName(s plan.Served) Text {
	if s.Pool == "" {
		return Free(s.Title)
	}
	return Join(" through ", Free(s.Title), Name(s.Pool))
}

// Service says whether a service is reachable, and through which Edge pool.
func Service(s plan.Service) string {
	switch {
	case s.InDoubt:
		// Before Up, which is false then and says nothing.
		return "in doubt: route and DNS disagree"
	case !s.Up:
		return "no"
	case s.Through == "":
		// The spec does not name the pool of SIP federation.
		return "yes"
	default:
		return "yes, through " + s.Through
	}
}

// After names the moment that a line of the outage table is about.
func After(reach plan.Reach) string {
	if reach.After == "" {
		return "before the change"
	}
	return reach.After
}

// Reachable finds what is reachable after a stage; ok is false where the plan does not say.
func Reachable(p *plan.Plan, stage string) (reach plan.Reach, ok bool) {
	for _, r := range p.Outage {
		if r.After == stage {
			return r, true
		}
	}
	return plan.Reach{}, false
}

// Place is a file and a line, or the file alone.
func Place(file string, line int) string {
	switch {
	case file == "":
		return "not in a file"
	case line <= 0:
		// Lines of a zone file are left out where the plan does not have the whole file.
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// ServiceSpan is a time in which a service is in one state, as [Service] says it: from after a stage, as [After] names it,
// until the next one.
type ServiceSpan struct{ From, State string }

// Spans are the states of a service of a plan, one after the other.
func Spans(p *plan.Plan, service string) []ServiceSpan {
	var out []ServiceSpan
	for _, reach := range p.Outage {
		is := Service(reach.Of(service))
		if len(out) == 0 || out[len(out)-1].State != is {
			out = append(out, ServiceSpan{After(reach), is})
		}
	}
	return out
}
