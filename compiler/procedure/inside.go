package procedure

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// change is what a plan changes that moves no federation: the association of media, or a next hop.
type change struct {
	*builder
	facts plan.Steps // about what changes, in stage Preflight
	looks []string   // the stages that Preflight looks at
	// stage is where it is done, or taken back, does the sentence about that, and steps does it.
	stage, does func(back bool) string
	steps       func(back bool) plan.Steps
	verify      plan.Steps // what each Edge Server checks after it
}

// insideReasons are the reasons of such a plan.
var insideReasons = []string{plan.Disaster, plan.Planned}

// insideModel begins the model of such a plan: what each replica knows.
func (b *builder) insideModel() *plan.Model {
	b.plan.Model = plan.Model{First: map[string]string{}, Aim: []plan.Cond{
		{Var: "replica/" + plan.OnHost, Value: plan.Routes, Else: "%s does not know the change"}}}
	for _, replica := range plan.Replicas(b.plan) {
		// Fact P11 of stage Preflight wants every replica up to date, so each knows what is so before.
		b.plan.Model.First["replica/"+replica] = plan.Routes
	}
	return &b.plan.Model
}

// stages are the same for all such plans: nothing is stopped, and no record in DNS changes.
func (c *change) stages() {
	part := c.here("Checks what the later stages need, and backs up.")
	part.LooksAt = c.looks
	if slices.Contains(c.looks, plan.Route) {
		part.Does = "Checks what the later stages need, rehearses Route, and backs up."
	}
	part.Steps = slices.Concat(c.store(), c.edgePool(ours), c.facts, c.ready(), c.backups())
	c.forward.add(plan.Preflight, part)
	for _, back := range []bool{false, true} {
		c.way(back)
	}
	c.ifFails(plan.Preflight, plan.Advice{Says: append(preflightFails(c.plan), c.mediaFails(c.mediaFacts())...)})
	c.ifFails(plan.Replicated, notPushed)
	c.ifFails(plan.Verify, plan.Advice{Back: plan.EveryStage, Says: []string{
		"Exit code 3: the lines with FAIL name what is not as planned. Run that stage again.",
		"FAIL verify/sip: the Edge Server does not answer inside on TCP 5061. Do its services run, and does the firewall let " +
			"the management host through?",
	}})
}

// way is the change, or what takes it back.
func (c *change) way(back bool) {
	w, prefix := &c.forward, ""
	if back {
		w, prefix = &c.back, rollback
	}
	part := c.here(c.does(back))
	part.Needs, part.Steps = w.after(plan.Preflight), c.steps(back)
	w.add(c.stage(back), part)

	push := c.here("Pushes the configuration to the servers and waits until they are up to date.")
	push.Needs, push.Steps = []string{c.stage(back)}, c.replicas(prefix)
	w.add(plan.Replicated, push)

	if !back && len(c.verify) > 0 {
		edge := c.there(c.plan.To, "Checks that the next hop of this Edge Server answers.")
		edge.Needs, edge.Steps = []string{plan.Replicated}, c.verify
		w.add(plan.Verify, edge)
	}
	check := c.here("Checks what stage " + c.stage(back) + " has changed, and that the Edge Servers answer.")
	check.Needs, check.LooksAt = []string{plan.Replicated}, []string{c.stage(back)}
	for _, server := range c.plan.To.Servers {
		check.Steps = append(check.Steps, c.answers(prefix+"verify/sip/", "Access Edge", server, plan.SIPPort, ours))
	}
	w.add(plan.Verify, check)
}

// mediaFacts are those of the facts that are about media.
func (c *change) mediaFacts() plan.Steps {
	if len(c.plan.Media) == 0 {
		return nil
	}
	return c.facts
}
