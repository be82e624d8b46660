package procedure

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The next hop of an Edge pool, by the page "Failing over a pool": with Set-CsEdgeServer in stage Route where the
// Front End pool is at another site than the Edge pool, by a person in stage Topology where it is at the same one.

// hopVar is the variable of the model for the next hop of the Edge pool of that name.
func hopVar(pool string) string { return "next-hop/" + pool }

// changesHop tells whether the plan changes the next hop of a pool, and hopOf is what it is after the plan;
// empty where the spec does not say.
func (f *failover) changesHop(pool plan.Pool) bool {
	return f.plan.NextHop != nil && f.plan.NextHop.Pool == pool.Name
}

func (f *failover) hopOf(pool plan.Pool) string {
	if f.changesHop(pool) {
		return f.plan.NextHop.To
	}
	return pool.NextHop
}

// hopModel adds the next hop to a model.
func (b *builder) hopModel(m *plan.Model) {
	hop := b.plan.NextHop
	if hop == nil {
		return
	}
	m.First[hopVar(hop.Pool)] = hop.From
	m.Aim = append(m.Aim, plan.Cond{Var: hopVar(hop.Pool), Value: hop.To, Else: "the next hop of %s is not " + hop.To})
}

// delivers are the conditions for the target to hand on what it takes, where its next hop went down with the
// failed site: another one, which its servers know of.
func (f *failover) delivers() []plan.Cond {
	p := f.plan
	if !f.changesHop(p.To) || p.LeftIsUp() || p.NextHop.FromSite != p.From.Site || p.From.Site == p.To.Site {
		return nil
	}
	return f.hopKnown()
}

// hopKnown is that the next hop is the new one, and that the servers know of it.
func (b *builder) hopKnown() []plan.Cond {
	hop := b.plan.NextHop
	return []plan.Cond{{Var: hopVar(hop.Pool), Value: hop.To}, {Var: "replica/" + plan.OnHost, Value: plan.Routes}}
}

// hopFacts are that the new next hop is a Registrar pool, at the site that decides how it is set.
func (b *builder) hopFacts() plan.Steps {
	hop := b.plan.NextHop
	if hop == nil {
		return nil
	}
	read := b.call(b.plan.Product, "Get-CsService", cmdlet.Switch("Registrar"), cmdlet.Arg("PoolFqdn", hop.To))
	return plan.Steps{
		compares(b.fact(b.freeNumber(), "Registrar of the new next hop", ours), read, "Identity", plan.Is,
			"Registrar:"+hop.To),
		compares(b.fact(b.freeNumber(), "site of the new next hop", ours), read, "SiteId", plan.Is, "Site:"+hop.ToSite)}
}

// setHop adds the step that sets the next hop to a part of stage Route: of the target before anything leads
// there, of the pool that has stood in once nothing does; on the way back it is the other way round.
func (f *failover) setHop(part *plan.Part, first, back bool) {
	if f.plan.HopSet(back) && first == (back == f.backs) {
		part.Steps = append(part.Steps, f.hopStep(back))
	}
}

// clickHop adds it to a part of stage Topology.
func (f *failover) clickHop(part *plan.Part, back bool) {
	if f.plan.HopClicked(back) {
		part.Steps = append(part.Steps, f.hopStep(back))
	}
}

// routesAndHop is what stage Route sets, in its order.
func (f *failover) routesAndHop(back bool) string {
	hop, routes := "the next hop of "+f.plan.NextHop.Pool, "the XMPP federation route"
	switch {
	case !f.xmpp:
		routes = "the SIP federation route"
	case f.sip:
		routes = "the routes of SIP and XMPP federation"
	}
	if back == f.backs {
		return hop + ", then " + routes
	}
	return routes + ", then " + hop
}

// hopStep sets the next hop of the Edge pool, or puts it back; or a person does. In -Identity is the Edge pool: the edition of the
// page of 2014-02-26 has the Front End pool there, that of 2014-10-10 and the reference of the cmdlet have not.
func (b *builder) hopStep(back bool) *plan.Step {
	hop := b.plan.NextHop
	pool, _ := b.plan.EdgePool(hop.Pool)
	id, from, to := hopVar(hop.Pool), hop.From, hop.To
	if back {
		id, from, to = rollback+id, to, from
	}
	s := step(id, "next hop of "+hop.Pool, plan.Disruptive, hop.Origin, plan.Source{Procedure: plan.PoolPage})
	s.Read, s.Property = b.edgeService(pool), "Registrar"
	act, who := plan.Act{From: "Registrar:" + from, To: []string{"Registrar:" + to}, Wait: 60}, ""
	if b.plan.HopClicked(back) {
		who, act.IfNot = "a person ", "; was it published?"
		act.Click = &plan.Click{
			Tool: b.plan.Product.Brand() + " Server Topology Builder",
			Path: b.inTree(pool.Site, pool.Product, "Edge pools", pool.FQDN, "Edit Properties", "Next Hop"),
			Do:   `in the list "Next hop pool:" select ` + to + ` and click OK; ` + publishLast,
		}
	} else {
		act.Set = b.call(b.plan.Product, "Set-CsEdgeServer", cmdlet.Arg("Identity", "EdgeServer:"+pool.FQDN),
			cmdlet.Arg("Registrar", "Registrar:"+to))
	}
	acts(s, act, fmt.Sprintf("%ssets the next hop of %s to %s", who, hop.Pool, to),
		fmt.Sprintf("Get-CsService shows Registrar:%s for %s (was Registrar:%s)", to, hop.Pool, from))
	s.Effect = plan.Effect{Var: hopVar(hop.Pool), Value: to, From: []string{from}, AsksDNS: true}
	return s
}

// verifyHop checks on the Edge Servers of the pool that its new next hop answers: they need its name, by DNS or
// in their HOSTS file, and the firewall has to let them through. Edge is the part on those of the target.
func (f *failover) verifyHop(edge *plan.Part, needs []string) {
	hop := f.plan.NextHop
	if hop == nil {
		return
	}
	s := f.hopAnswers()
	if f.changesHop(f.plan.To) {
		edge.Steps = append(edge.Steps, s)
		edge.Does = f.saysAt("6") + " from inside: the XMPP proxy listens, and the next hop answers."
		if !f.xmpp {
			edge.Does = "Checks that the services run after Setup, and that the next hop answers."
		}
		return
	}
	part := f.there(f.plan.From, "Checks that the next hop of this Edge Server answers.")
	part.Needs, part.Steps = needs, plan.Steps{s}
	f.forward.add(plan.Verify, part)
}

// hopAnswers is that the new next hop answers an Edge Server.
func (b *builder) hopAnswers() *plan.Step {
	return b.answers("verify/next-hop/", "next hop", b.plan.NextHop.To, plan.SIPPort, ours)
}

// nextHopTexts are the sentences about the next hop.
func (b *builder) nextHopTexts() {
	p, hop := b.plan, b.plan.NextHop
	if hop == nil {
		return
	}
	pool, _ := p.EdgePool(hop.Pool)
	at := b.hopStage(false)
	if len(p.Routes) > 0 {
		b.alsoIfFails(at, "A next hop that no longer matches the plan is drift as well: FAIL names next-hop/"+hop.Pool+"."+
			b.hopBeforeRoutes())
	}
	b.alsoIfFails(plan.Verify, "FAIL verify/next-hop: "+hop.To+" does not answer that Edge Server on TCP 5061. Is its name "+
		"known there (DNS, or the HOSTS file), and does the firewall let it through?")
	t := &p.Texts
	order := fmt.Sprintf("Stage %s sets the next hop of %s from %s to %s, by the page %q: %s.", at, hop.Pool, hop.From, hop.To,
		plan.PoolPage, hopWay(p, false))
	if p.HopClicked(false) != p.HopClicked(true) {
		order += fmt.Sprintf(" The rollback goes back to %s by the other way: %s.", hop.From, hopWay(p, true))
	}
	if p.HopSet(false) || p.HopSet(true) {
		order += fmt.Sprintf(" In -Identity is the Edge pool, %s: the edition of the page of 2014-02-26 has the Front End pool "+
			"there, which is wrong; that of 2014-10-10 and the reference of the cmdlet have the Edge pool.", pool.FQDN)
		t.Unknown = append(t.Unknown, "No page says that Enable-CsTopology, or a restart of services on the Edge Servers, is "+
			"needed after Set-CsEdgeServer. The script does neither. If stage Verify passes and nothing is delivered, raise a "+
			"separate change for these.",
			fmt.Sprintf("Whether a topology that is published later from Topology Builder keeps a next hop at another site is on "+
				"no page. Look at Registrar of Get-CsService -EdgeServer -PoolFqdn %s after each publication.", pool.FQDN))
	}
	t.Order = append(t.Order, order)
	t.Unknown = append(t.Unknown,
		fmt.Sprintf("Before the change nothing tests whether the Edge Servers of %s reach %s: only stage Verify does, on TCP "+
			"5061. Without DNS servers in the perimeter an Edge Server finds its next hop by its HOSTS file (Microsoft on "+
			"the network interfaces of Edge Servers): add the pool there before the change, and have the firewall "+
			"allow TCP 5061 in both directions.", hop.Pool, hop.To))
}

// hopStage is the stage that sets the next hop, or puts it back.
func (b *builder) hopStage(back bool) string {
	if b.plan.HopClicked(back) {
		return plan.Publish
	}
	return plan.Route
}

// hopBeforeRoutes says what a stage Route that fails has done, where it sets routes as well.
func (b *builder) hopBeforeRoutes() string {
	if b.plan.HopClicked(false) {
		return ""
	}
	return " In a failover it is set before the routes: where FAIL names a route, the next hop is set already. To put it " +
		"back, run the rollback."
}

// hopWay is how the page has the next hop set, and why.
func hopWay(p *plan.Plan, back bool) string {
	if p.HopClicked(back) {
		return "a person does it in Topology Builder, as the pool is at the site of the Edge pool"
	}
	return "with Set-CsEdgeServer, as the pool is at another site than the Edge pool"
}

// hopChange is that page alone, where no federation moves. Checks, backup, replication and verification are edgeplan's
// own.
var hopChange = procedure{kind: plan.KindNextHop, form: plan.Form{NextHop: true, Reasons: insideReasons}, stages: func(b *builder) {
	p := b.plan
	m := b.insideModel()
	b.hopModel(m)
	p.Services = b.hopService()
	c := &change{builder: b, facts: b.hopFacts(), looks: []string{b.hopStage(false)}, stage: b.hopStage,
		does:   b.hopDoes,
		steps:  func(back bool) plan.Steps { return plan.Steps{b.hopStep(back)} },
		verify: plan.Steps{b.hopAnswers()}}
	c.stages()
	drift := "Exit code 3: drift, FAIL names next-hop/" + p.NextHop.Pool + ". The next hop is neither that of before the change nor " +
		"that of after it, and nothing was set. Find out who changed it; then make a new plan."
	b.ifFails(plan.Publish, b.topologyFails(b.hopStage(true)))
	b.alsoIfFails(plan.Publish, drift)
	b.ifFails(plan.Route, plan.Advice{Back: b.hopStage(true), How: "on the same server", Says: []string{
		drift,
		"Exit code 2: the command failed or its result was not read back in time. Run the stage again: a next hop that is set " +
			"is left alone.",
	}})
	p.Texts = b.hopChangeTexts()
}}

// hopDoes is the sentence about the stage that sets the next hop, or puts it back.
func (b *builder) hopDoes(back bool) string {
	undoes, to := "", b.plan.NextHop.To
	if back {
		undoes, to = "Undoes "+b.hopStage(false)+". ", b.plan.NextHop.From
	}
	if b.plan.HopClicked(back) {
		return undoes + b.published("", back)
	}
	return undoes + "Sets the next hop of " + b.plan.NextHop.Pool + " to " + to + "."
}

// hopService is what users notice of a next hop: an Edge pool hands on all that comes by way of it.
func (b *builder) hopService() []plan.Served {
	p, hop := b.plan, b.plan.NextHop
	ways := []plan.Way{{When: b.hopKnown(), Through: p.To.Name}}
	// Of the Edge Servers some may know of it then and others not; both Front End pools are up.
	if p.LeftIsUp() {
		ways = append(ways, plan.Way{When: b.hopKnown()[:1], Through: p.To.Name})
	}
	ways = append(ways, plan.Way{When: []plan.Cond{{Var: hopVar(hop.Pool), Value: hop.From}}, Through: p.To.Name,
		Down: !p.LeftIsUp()})
	return []plan.Served{{Name: "remote access", Title: "remote access and federation", Pool: p.To.Name, Ways: ways}}
}

// hopChangeTexts are the sentences about such a plan, besides those of a next hop in any plan.
func (b *builder) hopChangeTexts() plan.Texts {
	p, hop := b.plan, b.plan.NextHop
	why := fmt.Sprintf("Disaster: %s, the next hop of %s, is down. An Edge pool hands on to its next hop whatever comes from outside, "+
		"and does not take another one by itself; it is given %s.", hop.From, hop.Pool, hop.To)
	unknown := "Whether " + hop.From + " is really down is not checked. Its users are not failed over: Invoke-CsPoolFailover is a " +
		"change of its own, and refuses a pool that is the next hop of an Edge pool."
	if p.LeftIsUp() {
		why = fmt.Sprintf("Planned change: the next hop of %s is to be %s instead of %s, which is not assumed to be down.", hop.Pool,
			hop.To, hop.From)
		unknown = "What becomes of sessions that go by way of " + hop.From + " at that moment is on no page."
	}
	return plan.Texts{
		Script: plan.NextHopScript,
		Title:  fmt.Sprintf("Change the next hop of %s to %s", hop.Pool, hop.To),
		Page:   plan.PoolPage,
		Why:    why,
		Order: append([]string{"Checks, backup, replication and verification are edgeplan's own practice. No federation moves: " +
			"routes and DNS stay as they are, and nothing is stopped."}, b.hopPublish()...),
		Unknown: []string{unknown, unknownTopology},
	}
}

// hopPublish is what has to be seen to before a person publishes the next hop, or puts it back.
func (b *builder) hopPublish() []string {
	if !b.plan.Publishes(false) && !b.plan.Publishes(true) {
		return nil
	}
	return []string{publishFirst}
}
