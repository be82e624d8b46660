package plan

// XMPPFederation is the name of that service in plans that move it.
const XMPPFederation = "XMPP"

// SIPFederation is the name of that service in all failovers.
const SIPFederation = "SIP"

// SIPOfOtherSites is the name of it for the sites that keep their route, in a failover that leaves some.
const SIPOfOtherSites = "SIP of other sites"

// Served is a service of which users notice whether it is up: a column of the table of what is
// reachable.
type Served struct {
	Name  string `json:"name"`           // in short, such as XMPP
	Title string `json:"title"`          // what it is for users
	Pool  string `json:"pool,omitempty"` // the one whose service it is; empty where that may change
	// Ways are how it can be reached, for the model: the first whose When is so counts, and
	// without one the service is down. They are not part of plan.json.
	Ways []Way `json:"-"`
}

// Way is one way to reach a service.
type Way struct {
	When []Cond // the way is this one
	Up   []Cond // the service is up then
	Down bool   // it is not up in any case
	// Through is the pool on the way; empty if that is not known.
	Through string
	// AsBefore is that partners come here by records from before the change. Where these lead
	// elsewhere than the routes, the service is in doubt.
	AsBefore bool
}

// Service says whether something is reachable, and through which Edge pool.
type Service struct {
	Up      bool   `json:"up"`
	Through string `json:"through,omitempty"` // name of the pool; empty if not known
	// InDoubt: routes name one pool and DNS leads to another, and which of them counts is not known.
	InDoubt bool `json:"in_doubt,omitempty"`
}

// Reach is what is reachable after a stage. After is empty for the time before the first one;
// Services are those of the plan, in their order.
type Reach struct {
	After    string    `json:"after"`
	Services []Reached `json:"services"`
}

// Reached is the state of the service of that name.
type Reached struct {
	Name string `json:"name"`
	Service
}

// Of is the state of a service; one that the plan does not have is down.
func (r Reach) Of(name string) Service {
	for _, s := range r.Services {
		if s.Name == name {
			return s.Service
		}
	}
	return Service{}
}

// Outage tells what is reachable before the plan and after each of its stages. Where DNS leads
// elsewhere today than the routes, it does not say that a service works which needs both.
func Outage(plan *Plan, elsewhere bool) []Reach {
	w := firstWorld(plan)
	out := []Reach{w.reach(plan, "", elsewhere)}
	for _, stage := range plan.Stages {
		for _, m := range moves([]Stage{stage}) {
			if err := w.apply(plan, m, false); err != nil {
				// Only a plan that was proved, or is about to be, gets here, and the proof makes the
				// same moves.
				panic("internal error: " + err.Error())
			}
		}
		out = append(out, w.reach(plan, stage.Name, elsewhere))
	}
	return out
}

func (w *world) reach(plan *Plan, after string, elsewhere bool) Reach {
	r := Reach{After: after, Services: []Reached{}}
	for _, s := range plan.Services {
		r.Services = append(r.Services, Reached{s.Name, w.service(s, elsewhere)})
	}
	return r
}

// service is the state of a service in the world.
func (w *world) service(s Served, elsewhere bool) Service {
	for _, way := range s.Ways {
		if !w.holds(way.When) {
			continue
		}
		up := !way.Down && w.holds(way.Up)
		if up && way.AsBefore && elsewhere {
			// No pool is named either: which one a partner gets to is what is in doubt.
			return Service{InDoubt: true}
		}
		return Service{Up: up, Through: way.Through}
	}
	return Service{}
}

// holds tells whether all of some conditions do.
func (w *world) holds(all []Cond) bool {
	for _, c := range all {
		if _, bad := w.failing(c); bad {
			return false
		}
	}
	return true
}
