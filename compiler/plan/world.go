package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Model is the part of a deployment that a procedure changes, as variables: what they are
// before, and what they have to be in the end. [Prove] works on it. It is not part of plan.json.
type Model struct {
	// First are the variables before the first step, by names such as route/SITE, sort and
	// thing. What a rollback does not have to take back is in Stays.
	First map[string]string
	Stays map[string]bool
	// Aim is what is so after the last step, besides the records of all zones being the new
	// ones.
	Aim []Cond
	// End is what is so then too, and need not be where a step only wants the aim.
	End []Cond
	// Lead is where changed records have to lead partners; nil where they lead where they did.
	Lead *Lead
	// BackUnasked is that the rollback may change records that no part has asked for before: a
	// procedure whose rollback changes nothing else has no part that could.
	BackUnasked bool
	// Later is what must not begin before no old answer is left, as [Earliest.What]; empty where
	// nothing has to wait.
	Later string
}

// Lead is a pool that partners have to find: by its addresses, and by SRV records. Of a type of
// address that the pool does not have no record is left.
type Lead struct {
	IPv4, IPv6 []string
	SRV        []Aimed
}

// Aimed is what one of the SRV records of each owner that begins with Prefix has to name: Target, or
// that in Of under the owner, an absolute name, where there is one. None may name Left, where that is
// another name: a pool that does not have the federation any more.
type Aimed struct {
	Prefix, Target string
	Port           int
	Of             map[string]string
	Left           string
}

// Cond is that a variable has a value; of one that ends in OnHost, that all of the sort do.
// Value may be Routes.
type Cond struct {
	Var, Value string
	// Else says what is wrong where it does not hold; %s is the thing whose variable it is.
	Else string
}

// Values of variables.
const (
	Running   = "Running"
	Stopped   = "Stopped"
	Confirmed = "confirmed"
	Enabled   = "enabled" // of SIP federation on an Edge pool
	Disabled  = "disabled"
	Old       = "old" // of the records of a zone: as before the change
	New       = "new" // as after it
)

// OnHost is in the variable of an effect in place of the host where a step runs, Routes as a value for
// the routes of sites, and which pools are enabled, as they are then.
const (
	OnHost = "*"
	Routes = "routes"
)

// world is what the steps of a plan change: the variables of its model, and zone/NAME, which is
// [Old] or [New], of each of its zones that changes.
type world struct {
	vars     map[string]string
	asked    map[string]bool // by zone: whether its server was asked
	done     map[place]bool
	changes  map[string]bool     // by zone: whether the plan changes it; the same map in all worlds of a plan,
	zones    map[string]*Zone    // as are the zones by their names: each is asked for again and again
	sorts    map[string][]string // the names of all variables by their sorts, sorted: no step adds one
	replica  []known             // what a replica has to know; the same list in all worlds of a plan
	routes   string              // what routeText has made, "" once a route has changed
	lacks    func() []lack       // of all zones, found once for all worlds of a plan
	allAsked bool                // each zone of the plan that has to be asked was
}

// known is a variable that a replica has to know, and how its text begins.
type known struct{ name, text string }

// lack is what the records of a zone lack of the aim.
type lack struct {
	zone    string
	changed string // the owner of the first set that changes, "" if none does before what is wrong
	wrong   string // what is wrong with the first set that does not lead there once it is changed
}

// firstWorld is the world that a plan expects before its first step.
func firstWorld(plan *Plan) *world {
	w := &world{vars: maps.Clone(plan.Model.First), asked: map[string]bool{}, done: map[place]bool{},
		changes: map[string]bool{}, zones: map[string]*Zone{}, sorts: map[string][]string{},
		lacks: sync.OnceValue(func() []lack { return lacksOf(plan) })}
	if w.vars == nil {
		w.vars = map[string]string{}
	}
	for i := range plan.Zones {
		zone := &plan.Zones[i]
		if w.zones[zone.Name] == nil { // the first, as in [Plan.Zone]
			w.zones[zone.Name] = zone
		}
		if zone.Changed() { // else no step may change it, and no condition asks for it
			w.vars["zone/"+zone.Name], w.changes[zone.Name] = Old, true
		}
	}
	// Map order differs from run to run, and the first of a sort is named in errors.
	for _, name := range slices.Sorted(maps.Keys(w.vars)) {
		sort, of, _ := strings.Cut(name, "/")
		w.sorts[sort] = append(w.sorts[sort], of)
	}
	for _, sort := range routeSorts {
		for _, of := range w.sorts[sort] {
			// Quoted, so that no two sets of routes have one text whatever the sites are called.
			w.replica = append(w.replica, known{sort + "/" + of, sort + " " + strconv.Quote(of) + "="})
		}
	}
	for name, value := range w.vars {
		// Only now: the text is made of all routes.
		if value == Routes {
			w.vars[name] = w.routeText()
		}
	}
	return w
}

// routeSorts are the sorts of variables that are all that a replica has to know of the change; in a plan of
// XMPP federation alone there are routes and nothing else.
var routeSorts = []string{"route", "sip-route", "federation", "next-hop", "media"}

func (w *world) routeText() string {
	// Conditions ask for it at each step, and few steps change a route.
	if w.routes != "" {
		return w.routes
	}
	var text []byte
	for _, one := range w.replica {
		text = append(strconv.AppendQuote(append(text, one.text...), w.vars[one.name]), ' ')
	}
	w.routes = string(text)
	return w.routes
}

// wrong is why a condition does not hold, "" if it does.
func (w *world) wrong(c Cond) string {
	if thing, bad := w.failing(c); bad {
		return strings.ReplaceAll(c.Else, "%s", thing)
	}
	return ""
}

// failing is the first thing whose variable a condition is not true of.
func (w *world) failing(c Cond) (thing string, bad bool) {
	want := c.Value
	if want == Routes {
		want = w.routeText()
	}
	sort, of, _ := strings.Cut(c.Var, "/")
	things := []string{of}
	if of == OnHost {
		// Of a sort without variables the condition holds: a plan for a dead pool has no variable xmpp/*.
		things = w.sorts[sort]
	}
	for _, thing := range things {
		if w.vars[sort+"/"+thing] != want {
			return thing, true
		}
	}
	return "", false
}

func (w *world) clone() *world {
	c := *w
	c.vars, c.asked, c.done = maps.Clone(w.vars), maps.Clone(w.asked), maps.Clone(w.done)
	return &c
}

// equal compares what a rollback has to restore.
func (w *world) equal(o *world, stays map[string]bool) bool {
	for name, value := range w.vars {
		if !stays[name] && o.vars[name] != value {
			return false
		}
	}
	// Variables are never removed, but a change must not add one either.
	return len(w.vars) == len(o.vars)
}

// move is what happens at once in a world: the beginning of a part on one of its hosts, one of
// its steps, one of its zones, or its end.
type move struct {
	at    place
	part  *Part
	begin bool
	step  *Step
	zone  string
	end   bool
}

func (m move) String() string {
	switch {
	case m.step != nil:
		return "step " + m.step.ID + on + m.at.host
	case m.zone != "":
		return "stage " + m.at.stage + " for zone " + m.zone
	}
	return "stage " + m.at.stage + on + m.at.host
}

// moves are those of stages, in their order.
func moves(stages []Stage) []move {
	var out []move
	for _, stage := range stages {
		for i := range stage.Parts {
			part := &stage.Parts[i]
			for _, host := range part.Hosts {
				// The hosts of a part come one after the other here. Operators may run them side by side: no
				// host of a part needs another one.
				m := move{at: place{stage.Name, host}, part: part}
				add := func(m move) { out = append(out, m) }
				// Copied before a step is set: both are about the part itself.
				begin, end := m, m
				begin.begin, end.end = true, true
				add(begin)
				for _, step := range part.Steps {
					m.step = step
					add(m)
				}
				m.step = nil
				for _, zone := range part.Zones {
					m.zone = zone.Name
					add(m)
				}
				add(end)
			}
		}
	}
	return out
}

// apply makes one move in the world. It returns an error where that could not be made there:
// what it needs is not so.
func (w *world) apply(plan *Plan, m move, back bool) error {
	switch {
	case m.begin:
		return w.enter(plan, m, back)
	case m.end:
		w.done[m.at] = true
		return nil
	}
	// Before the change itself is looked at: the part would be refused before it changes anything.
	if zone := w.unasked(plan, m, back); zone != "" {
		return fmt.Errorf("%s runs before the server of zone %s was asked", m, zone)
	}
	switch {
	case m.zone != "":
		return w.ask(plan, m, back)
	case m.step.Edit:
		w.vars["zone/"+m.step.Zone] = side(back)
	case m.step.Effect.Var != "":
		return w.change(plan, m)
	}
	return nil
}

// side is what the records of a zone become.
func side(back bool) string {
	if back {
		return Old
	}
	return New
}

// enter begins a part on a host: all that it needs is done.
func (w *world) enter(plan *Plan, m move, back bool) error {
	stages := plan.StagesOf(back)
	for _, need := range m.part.Needs {
		places := placesOf(stages, need)
		// Otherwise a need of a stage that was renamed or left out would be met by nothing.
		if len(places) == 0 {
			return fmt.Errorf("%s needs %s, which is not there", m, need)
		}
		for _, at := range places {
			if !w.done[at] {
				return fmt.Errorf("%s runs before stage %s on %s, which it needs", m, at.stage, at.host)
			}
		}
	}
	// It compares all zones of that stage, also before the stage itself has run.
	for _, name := range m.part.LooksAt {
		for _, at := range placesOf(stages, name) {
			looked, _ := partAt(stages, at)
			for _, zone := range looked.Zones {
				w.asked[zone.Name] = true
			}
		}
	}
	return nil
}

// ask has the owner change a zone whose server is asked, or stage DnsServer has changed it.
func (w *world) ask(plan *Plan, m move, back bool) error {
	zone, known := w.zones[m.zone]
	switch {
	case !known:
		return fmt.Errorf("%s: there is no such zone", m)
	// The owner is not told of such zones, so here nothing else has changed them.
	case zone.Edited() && w.vars["zone/"+m.zone] != side(back):
		return fmt.Errorf("%s finds records that no step has changed", m)
	// The stage waits until the server has the new records: whoever changes them, they are there after it.
	case w.changes[m.zone]:
		w.vars["zone/"+m.zone] = side(back)
	}
	return nil
}

// change gives a variable the value of a step, where that may be run.
func (w *world) change(plan *Plan, m move) error {
	e := m.step.Effect
	name := strings.Replace(e.Var, OnHost, m.at.host, 1)
	// A misspelled variable would otherwise be a new one that no condition asks for.
	if _, known := w.vars[name]; !known {
		return fmt.Errorf("%s changes %s, which is not there", m, name)
	}
	for _, c := range e.Wants {
		if why := w.wrong(c); why != "" {
			return fmt.Errorf("%s while %s", m, why)
		}
	}
	if e.WantsAim {
		if missing := w.reached(plan); missing != "" {
			return fmt.Errorf("%s while %s", m, missing)
		}
	}
	// The new value is taken too: a run that was cut off has set it, and the stage is run again.
	if e.From != nil && !slices.Contains(append(e.From, e.Value), w.vars[name]) {
		return fmt.Errorf("%s finds %s %q", m, name, w.vars[name])
	}
	w.vars[name] = e.Value
	if sort, _, _ := strings.Cut(name, "/"); slices.Contains(routeSorts, sort) {
		w.routes = ""
	}
	// What a replica knows are the routes of this moment; later ones it has to be told again.
	if e.Value == Routes {
		w.vars[name] = w.routeText()
	}
	return nil
}

// unasked is a zone whose server has to be asked before a move: one whose effect says so, or that
// changes records, but for those that look themselves before they do.
func (w *world) unasked(plan *Plan, m move, back bool) string {
	switch {
	case w.allAsked:
		return ""
	case m.zone != "" || m.step.Edit:
		// On the way forward every procedure asks before it changes records.
		if back && plan.Model.BackUnasked {
			return ""
		}
	case !m.step.Effect.AsksDNS:
		// Nothing that users notice.
		return ""
	}
	for _, zone := range plan.Zones {
		// On the way back only what was changed can be in the way.
		if !w.asked[zone.Name] && (w.changes[zone.Name] || !back) {
			return zone.Name
		}
	}
	w.allAsked = true // which stays: nothing is forgotten that was asked
	return ""
}

// reached says what is missing to the aim of the plan, "" if nothing is: that of its model, and
// records that lead to the pool's own addresses.
func (w *world) reached(plan *Plan) string {
	for _, c := range plan.Model.Aim {
		if why := w.wrong(c); why != "" {
			return why
		}
	}
	for _, zone := range w.lacks() {
		// A set that stays needs no step; whether it leads to the pool is asked all the same.
		if zone.changed != "" && w.vars["zone/"+zone.zone] != New {
			return zone.changed + " is not changed"
		}
		if zone.wrong != "" {
			return zone.wrong
		}
	}
	return ""
}

func lacksOf(plan *Plan) []lack {
	var out []lack
	for _, zone := range plan.Zones {
		one := lack{zone: zone.Name}
		for _, set := range zone.Records {
			if one.changed == "" && set.Changed() {
				one.changed = set.Owner
			}
			if one.wrong = plan.Model.Lead.wrong(set); one.wrong != "" {
				break
			}
		}
		out = append(out, one)
	}
	return out
}

// wrong says why a set, once changed, does not lead partners there, "" if it does.
func (l *Lead) wrong(set RecordSet) string {
	if l == nil {
		return ""
	}
	switch set.Type {
	case "A", "AAAA":
		want := l.IPv4
		if set.Type == "AAAA" {
			want = l.IPv6
		}
		if !SameSet(set.New, want) {
			return fmt.Sprintf("%s leads to %v", set.Owner, set.New)
		}
	case "SRV":
		// of other records nothing is known
		i := slices.IndexFunc(l.SRV, func(aim Aimed) bool { return strings.HasPrefix(set.Owner, aim.Prefix) })
		if i < 0 {
			return fmt.Sprintf("%s does not lead to the pool", set.Owner)
		}
		target := dnsname.Absolute(cmp.Or(l.SRV[i].Of[set.Owner], l.SRV[i].Target))
		left, leads := dnsname.Absolute(l.SRV[i].Left), false
		// One record that leads there is enough: others may name other pools, with higher numbers.
		for _, data := range set.New {
			s, ok := dnsname.ParseSRV(data)
			if ok && s.Target == left && left != target && l.SRV[i].Left != "" {
				return fmt.Sprintf("%s still names %s", set.Owner, left)
			}
			leads = leads || ok && s.Target == target && s.Port == l.SRV[i].Port
		}
		if !leads {
			return fmt.Sprintf("%s does not lead to %s", set.Owner, target)
		}
	}
	return ""
}

// maxProved is how many moves of rollbacks a proof makes: all after each move in a plan of some
// 100 zones.
const maxProved = 1 << 17

// Prove runs the plan in its first world and shows that the last step reaches the aim,
// that no part runs before what it needs, and that the rollback restores the first
// world from the start and after every move, or in a very long plan after each second, third
// and so on, and the last; that no fact has the number of another; and that all of it is said. An error is a mistake in the procedure.
func Prove(plan *Plan) error {
	if err := checkMeanings(plan); err != nil {
		return err
	}
	first := firstWorld(plan)
	now := first.clone()
	forward, back := moves(plan.Stages), moves(plan.Rollback)
	// A rollback that is run although nothing was changed must not change anything either.
	if err := proveRollback(plan, back, first, now, "the start"); err != nil {
		return err
	}
	proved := first
	// Each rollback has len(back) moves and may be proved after each of len(forward): the square of their
	// number.
	every := 1 + len(forward)*len(back)/maxProved
	for i, m := range forward {
		if err := now.apply(plan, m, false); err != nil {
			return err
		}
		// From the same state the rollback is the same: that more was asked or done only allows it more.
		// The last move is never left out.
		if i%every > 0 && i < len(forward)-1 || now.equal(proved, plan.Model.Stays) {
			continue
		}
		proved = now.clone()
		if err := proveRollback(plan, back, first, now, m.String()); err != nil {
			return err
		}
	}
	if missing := now.reached(plan); missing != "" {
		return fmt.Errorf("after the last step %s", missing)
	}
	for _, c := range plan.Model.End {
		if why := now.wrong(c); why != "" {
			return fmt.Errorf("after the last step %s", why)
		}
	}
	return untold(plan)
}

func proveRollback(plan *Plan, back []move, first, now *world, at string) error {
	w := now.clone()
	// The rollback is a script of its own, which knows nothing of what the other one has asked or done.
	w.asked, w.done, w.allAsked = map[string]bool{}, map[place]bool{}, false
	for _, m := range back {
		if err := w.apply(plan, m, true); err != nil {
			return fmt.Errorf("rollback from %s: %w", at, err)
		}
	}
	if !w.equal(first, plan.Model.Stays) {
		return fmt.Errorf("the rollback from %s does not restore the first state", at)
	}
	return nil
}
