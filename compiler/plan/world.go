package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// world is what the steps of a plan change: a small model of the deployment.
type world struct {
	routes     map[string]string // FQDN of the pool by site, "" for none
	running    map[string]bool   // services by Edge Server of the target pool
	old        map[string]bool   // XMPP services by Edge Server of the pool that is left, where that is up
	records    map[string]bool   // by zone: whether its sets are the new ones
	replicated map[string]string // what the replica of each server holds, as text of routes
	asked      map[string]bool   // by zone: whether its server was asked
	checked    map[string]bool   // by Edge Server: whether a step CheckServer looked there
	firewall   bool
	done       map[string]bool // IDs of steps
	changes    map[string]bool // by zone: whether the plan changes it; the same map in all worlds of a plan
	allAsked   bool            // each zone of the plan that has to be asked was
}

// firstWorld is the world that a plan expects before its first step.
func firstWorld(plan *Plan) *world {
	w := &world{routes: map[string]string{}, running: map[string]bool{}, old: map[string]bool{}, records: map[string]bool{}, replicated: map[string]string{}, asked: map[string]bool{}, checked: map[string]bool{}, done: map[string]bool{}, changes: map[string]bool{}}
	for _, server := range plan.To.Servers {
		w.running[server] = true
	}
	if plan.Reason == "planned" {
		for _, server := range plan.From.Servers {
			w.old[server] = true
		}
	}
	for _, step := range AllSteps(plan.Stages) {
		if set, ok := step.(*SetRoute); ok {
			w.routes[set.Site] = set.Forms[0].From
		}
	}
	for _, zone := range plan.Zones {
		w.records[zone.Name] = false
		w.changes[zone.Name] = zone.Changed()
	}
	for _, step := range AllSteps(plan.Stages) {
		if r, ok := step.(*Replicate); ok {
			w.replicated[r.Replica] = w.routeText()
		}
	}
	return w
}

func (w *world) routeText() string {
	text := ""
	for _, site := range slices.Sorted(maps.Keys(w.routes)) {
		text += fmt.Sprintf("%q=%q ", site, w.routes[site])
	}
	return text
}

func (w *world) clone() *world {
	c := *w
	c.routes, c.running, c.records = maps.Clone(w.routes), maps.Clone(w.running), maps.Clone(w.records)
	c.replicated, c.asked, c.done = maps.Clone(w.replicated), maps.Clone(w.asked), maps.Clone(w.done)
	c.old, c.checked = maps.Clone(w.old), maps.Clone(w.checked)
	return &c
}

// equal compares all but the firewall and what was asked, checked and done, which no rollback undoes.
func (w *world) equal(o *world) bool {
	return maps.Equal(w.routes, o.routes) && maps.Equal(w.running, o.running) && maps.Equal(w.old, o.old) && maps.Equal(w.records, o.records) && maps.Equal(w.replicated, o.replicated)
}

// apply runs one step in the world. It returns an error where the step could not be
// run there: what it needs is not so.
func (w *world) apply(plan *Plan, step Step, back bool) error {
	info := step.Info()
	for _, need := range info.Needs {
		if !w.done[need] {
			return fmt.Errorf("step %s runs before step %s, which it needs", info.ID, need)
		}
	}
	if zone := w.unasked(plan, step, back); zone != "" {
		return fmt.Errorf("step %s runs before the server of zone %s was asked", info.ID, zone)
	}
	switch s := step.(type) {
	case *CheckRecords:
		w.asked[s.Zone] = w.asked[s.Zone] || s.Host == plan.ManagementHost
	case *CheckServer:
		w.checked[s.Host] = true
	case *StopServices:
		if !w.checked[s.Host] {
			return fmt.Errorf("step %s stops services of %s, which no step has checked", info.ID, s.Host)
		}
		w.running[s.Host] = false
	case *StartServices:
		w.running[s.Host] = true
	case *SetRoute:
		if !back && plan.Procedure == "documented" && slices.Contains(slices.Collect(maps.Values(w.running)), true) {
			return fmt.Errorf("step %s runs while a server of the target pool still runs", info.ID)
		}
		if now := w.routes[s.Site]; now != s.Forms[0].From && now != s.Forms[0].To {
			return fmt.Errorf("step %s finds the route %q", info.ID, now)
		}
		w.routes[s.Site] = s.Forms[0].To
	case *StopXMPP:
		if missing := w.reached(plan); missing != "" {
			return fmt.Errorf("step %s ends XMPP at the old pool while %s", info.ID, missing)
		}
		w.old[s.Host] = false
	case *StartXMPP:
		w.old[s.Host] = true
	case *EditRecords:
		w.records[s.Zone] = !back
	case *ChangeRecords:
		switch {
		case s.Edited && w.records[s.Zone] == back:
			return fmt.Errorf("step %s finds records that no step has changed", info.ID)
		case w.changes[s.Zone]:
			w.records[s.Zone] = !back
		}
	case *ConfirmPort:
		w.firewall = true
	case *Replicate:
		if running, edge := w.running[s.Replica]; edge && !running {
			return fmt.Errorf("step %s replicates to a stopped replica", info.ID)
		}
		w.replicated[s.Replica] = w.routeText()
	}
	w.done[info.ID] = true
	return nil
}

// unasked is a zone whose server has to be asked before a step: before any that stops
// services or changes something, but for those that look themselves before they do.
func (w *world) unasked(plan *Plan, step Step, back bool) string {
	switch step.(type) {
	case *StopServices, *SetRoute:
	case *EditRecords, *ChangeRecords:
		if back && plan.Kind == KindPrepare {
			return ""
		}
	default:
		return ""
	}
	if w.allAsked {
		return ""
	}
	for _, zone := range plan.Zones {
		if !w.asked[zone.Name] && (w.changes[zone.Name] || !back) {
			return zone.Name
		}
	}
	w.allAsked = true // which stays: nothing is forgotten that was asked
	return ""
}

// reached says what is missing to the aim of the plan, "" if nothing is: every site of
// the plan is routed to the target pool, whose servers run and know it; DNS leads to
// the pool's own addresses.
func (w *world) reached(plan *Plan) string {
	if plan.Kind == KindPrepare {
		if all, _ := w.recordState(plan); !all {
			return "records are not changed"
		}
		return ""
	}
	for site, route := range w.routes {
		if route != plan.To.FQDN {
			return fmt.Sprintf("%s is routed to %q", site, route)
		}
	}
	for server, running := range w.running {
		if !running {
			return server + " is stopped"
		}
	}
	for replica, routes := range w.replicated {
		if routes != w.routeText() {
			return replica + " does not know the new route"
		}
	}
	for _, zone := range plan.Zones {
		for _, set := range zone.Records {
			if set.Changed() && !w.records[zone.Name] {
				return set.Owner + " is not changed"
			}
			if why := leads(plan, set); why != "" {
				return why
			}
		}
	}
	if !w.firewall {
		return "nobody has confirmed port 5269"
	}
	return ""
}

// leads says why a set, once changed, does not lead partners to the target pool.
func leads(plan *Plan, set RecordSet) string {
	target := dnsname.Absolute(plan.To.AccessEdgeFQDN)
	if plan.XMPPHost != "" {
		target = dnsname.Absolute(plan.XMPPHost)
	}
	switch set.Type {
	case "A", "AAAA":
		want := plan.To.IPv4
		if set.Type == "AAAA" {
			want = plan.To.IPv6
		}
		if !SameSet(set.New, want) {
			return fmt.Sprintf("%s leads to %v", set.Owner, set.New)
		}
	case "SRV":
		for _, data := range set.New {
			if s, ok := dnsname.ParseSRV(data); ok && s.Target == target && s.Port == XMPPPort {
				return ""
			}
		}
		return fmt.Sprintf("%s does not lead to %s", set.Owner, target)
	}
	return ""
}

// maxProved is how many steps of rollbacks a proof runs: all after each step in a plan of some
// 100 zones.
const maxProved = 1 << 17

// Prove runs the plan in its first world and shows that the last step reaches the aim,
// that no step runs before what it needs, and that the rollback restores the first
// world from the start and after every step, or in a very long plan after each second, third
// and so on, and the last. An error is a mistake in this package.
func Prove(plan *Plan) error {
	first := firstWorld(plan)
	now := first.clone()
	if err := proveRollback(plan, first, now, "the start"); err != nil {
		return err
	}
	proved := first
	steps := AllSteps(plan.Stages)
	every := 1 + len(steps)*len(AllSteps(plan.Rollback))/maxProved
	for i, step := range steps {
		if err := now.apply(plan, step, false); err != nil {
			return err
		}
		// From the same state the rollback is the same: that more was asked, checked or done only allows it more.
		if i%every > 0 && i < len(steps)-1 || now.equal(proved) {
			continue
		}
		proved = now.clone()
		if err := proveRollback(plan, first, now, step.Info().ID); err != nil {
			return err
		}
	}
	if missing := now.reached(plan); missing != "" {
		return fmt.Errorf("after the last step %s", missing)
	}
	for server, runs := range now.old {
		if runs && HasStage(plan.Stages, StopOld) {
			return fmt.Errorf("after the last step XMPP still runs on %s", server)
		}
	}
	return nil
}

// HasStage tells whether a stage of that name is among them.
func HasStage(stages []Stage, name string) bool {
	return slices.ContainsFunc(stages, func(s Stage) bool { return s.Name == name })
}

func proveRollback(plan *Plan, first, now *world, at string) error {
	w := now.clone()
	w.asked, w.allAsked = map[string]bool{}, false
	for _, step := range AllSteps(plan.Rollback) {
		if err := w.apply(plan, step, true); err != nil {
			return fmt.Errorf("rollback from %s: %w", at, err)
		}
	}
	if !w.equal(first) {
		return fmt.Errorf("the rollback from %s does not restore the first state", at)
	}
	return nil
}

// AllSteps are the steps of stages, in their order.
func AllSteps(stages []Stage) Steps {
	var out Steps
	for _, stage := range stages {
		out = append(out, stage.Steps...)
	}
	return out
}

// Outage tells what is reachable before the plan and after each of its stages. Where DNS
// leads elsewhere today than the routes, it does not say that XMPP federation works.
func Outage(plan *Plan, elsewhere bool) []Reach {
	w := firstWorld(plan)
	var out []Reach
	add := func(stage string) {
		r := w.reach(plan, stage)
		if elsewhere && r.XMPP.Up && r.XMPP.Through == plan.From.Name {
			r.XMPP = Service{InDoubt: true}
		}
		out = append(out, r)
	}
	add("")
	for _, stage := range plan.Stages {
		for _, step := range stage.Steps {
			if err := w.apply(plan, step, false); err != nil {
				panic("internal error: " + err.Error())
			}
		}
		add(stage.Name)
	}
	return out
}

func (w *world) reach(plan *Plan, after string) Reach {
	runs := !slices.Contains(slices.Collect(maps.Values(w.running)), false)
	r := Reach{After: after, RemoteAccess: Service{Up: runs, Through: plan.To.Name}}
	allNew, moved := w.recordState(plan)
	switch w.routes[plan.To.Site] {
	case plan.To.FQDN:
		known := true
		for _, routes := range w.replicated {
			known = known && routes == w.routeText()
		}
		r.XMPP = Service{Up: runs && known && allNew && w.firewall, Through: plan.To.Name}
	case plan.From.FQDN:
		old := !slices.Contains(slices.Collect(maps.Values(w.old)), false)
		r.XMPP = Service{Up: plan.Reason == "planned" && old && !moved, Through: plan.From.Name}
	}
	r.SIP = Service{Up: true, Through: plan.SIPRoute}
	switch plan.SIPRoute {
	case plan.To.Name:
		r.SIP.Up = runs
	case plan.From.Name:
		r.SIP.Up = plan.Reason == "planned"
	}
	return r
}

// recordState tells whether all records that change are changed, and whether any is.
func (w *world) recordState(plan *Plan) (all, some bool) {
	all = true
	for _, zone := range plan.Zones {
		if w.changes[zone.Name] {
			all, some = all && w.records[zone.Name], some || w.records[zone.Name]
		}
	}
	return all, some
}
