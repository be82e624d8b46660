package words

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Title names the change.
func Title(p *plan.Plan) string {
	if p.Kind == plan.KindPrepare {
		return "Prepare DNS for a failover of XMPP federation"
	}
	return fmt.Sprintf("Fail over XMPP federation from %s to %s", p.From.Name, p.To.Name)
}

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

// Why says what the change is for.
func Why(p *plan.Plan) string {
	if p.Kind == plan.KindPrepare {
		out := "Ahead of any failover: records that will change then get a short TTL, so that old answers die soon, " +
			"and SRV records that will be needed are published. XMPP federation stays where it is."
		for _, zone := range p.Zones {
			for _, set := range zone.Records {
				// Publishing a record is more than a shorter TTL, and the board has to see it.
				if set.Type == "SRV" && len(set.Old) == 0 && len(set.New) > 0 {
					out += fmt.Sprintf(" %s is new: from then on partners can find that domain.", trimDot(set.Owner))
				}
			}
		}
		return out + " Afterwards export the zones again, then rebuild the failover plan: a plan built earlier " +
			"expects the old records."
	}
	if p.Reason == "planned" {
		return fmt.Sprintf("Planned change: XMPP federation is to run through %s instead of %s. Edge pool %s is not "+
			"assumed to be down.",
			p.To.Name, p.From.Name, p.From.Name)
	}
	return fmt.Sprintf("Disaster: Edge pool %s, which is designated for XMPP federation, is down. XMPP federation "+
		"does not fail over by itself; it is moved to %s.",
		p.From.Name, p.To.Name)
}

// Order says which order of stages the plan follows, and where it comes from.
func Order(p *plan.Plan) string {
	// Both orders are Microsoft's: the two pages contradict each other about stopping the services.
	if p.Procedure == "start-first" {
		return fmt.Sprintf("Order of the page %q: the services of %s run all the time. That page stops nothing. So "+
			"nothing is restarted, and the scripts do not read the certificates of that pool (facts P12 to P15 are of "+
			"stage Stop, which this plan does not have).", plan.FailBackPage, p.To.Name)
	}
	return fmt.Sprintf("Order of the page %q: stop the services of %s, set the route, change DNS, see to the "+
		"firewall, start the services. What it does not say (checks, backup, replication, verification) is edgeplan's "+
		"own practice.",
		plan.FailOverPage, p.To.Name)
}

// Routes says whose routes are set.
func Routes(p *plan.Plan) string {
	// The page sets the route of one site; which sites have one is a matter of the deployment.
	if p.RouteSites == "all-routed" {
		return fmt.Sprintf("The route is set for every site that is routed to %s.", p.From.Name)
	}
	return fmt.Sprintf("The route is set for site %s only, as the procedure says. Other sites keep theirs.", p.To.Site)
}

// Host names where a step runs.
func Host(name string) string {
	if name == plan.AnyHost {
		return "any computer, preferably outside the network"
	}
	return name
}

// ServiceName is what a service is for users, and through which pool if it is that of one.
func ServiceName(s plan.Served) string {
	if s.Pool == "" {
		return s.Title
	}
	return s.Title + " through " + s.Pool
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

// list joins names as a sentence does: a, b and c.
func list(names []string) string {
	// None is the empty text, for a sentence that leaves it out.
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
