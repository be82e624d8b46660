package procedure

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// failback is the page "Failing back the Edge pool used for Lync Server federation or XMPP federation":
// the services of the pool that was repaired are started first, and nothing is stopped. Checks, backup,
// replication, verification and the end of XMPP at the pool that has stood in are edgeplan's own; the
// routes and the records of SIP federation are from the page about these.
var failback = procedure{kind: plan.KindFailover, federations: []string{plan.XMPP, plan.SIP, plan.Both},
	form: plan.Form{Moves: true, Reasons: []string{plan.Failback}, Procedures: []string{"documented"},
		RouteSites: []string{"target", "all-routed"}},
	stages: func(b *builder) {
		f := newFailover(b)
		f.startRepaired()
		// After Start: the replica of a server whose services are stopped is not up to date.
		f.preflight()
		f.publish()
		f.route()
		if f.xmpp {
			f.records()
			f.firewall()
			f.replicate(&b.forward, "", b.forward.after(plan.DNS, plan.Route))
			f.setup()
		} else {
			f.replicate(&b.forward, "", []string{plan.Route})
			f.setup()
			f.sipRecords()
			f.firewall()
		}
		f.verify()
		f.stopOld()

		f.startOld()
		f.publishBack()
		f.routeBack()
		if f.xmpp {
			f.recordsBack()
			f.replicate(&b.back, rollback, b.back.after(plan.DNS, plan.Route))
			f.setupBack()
		} else {
			f.replicate(&b.back, rollback, []string{plan.Route})
			f.setupBack()
			f.sipRecordsBack()
		}
		f.verifyBack()

		if f.xmpp {
			f.advise()
		}
		if f.sip {
			f.adviseSIP()
		}
		f.adviseBack()
		f.plan.Texts = f.backTexts()
	}}

// backModel is what is different in the model of a fail-back: whether the services of the repaired pool
// run is not known before stage Start, and a rollback leaves them as they are.
func (f *failover) backModel(m *plan.Model) {
	for _, server := range f.plan.To.Servers {
		m.First["services/"+server], m.Stays["services/"+server] = plan.Stopped, true
		// The pool may be why there is a rollback, which does not wait for it.
		m.First["replica/"+server], m.Stays["replica/"+server] = "", true
		m.Stays["setup/"+server] = f.sip
	}
}

// startRepaired is step 1, the first of all. What would keep the services from starting is looked at here,
// where nothing has been changed.
func (f *failover) startRepaired() {
	to := f.plan.To
	part := f.there(to, "Step 1. Starts the services of this Edge Server that do not run. Nothing is stopped.")
	part.Elevated = true
	s := f.starts("start/services", "services down, of those not disabled and XMPP", plan.Safe, failBack("1"))
	if !f.xmpp {
		s.Says = "services down, of those not disabled and Access Edge"
		s.Read = f.function(to.Product, "Get-ServiceDown", cmdlet.Arg("With", "Access Edge"))
		s.Expect = "services that are not disabled are Running; Access Edge is among them"
	}
	s.NoUndo = "Nothing to undo: the services of a pool that was repaired may run whichever pool has federation."
	part.Steps = f.startable(to)
	if f.xmpp {
		part.Steps = append(part.Steps, f.xmppService("start/xmpp", to.Product, to.Origin))
	}
	part.Steps = append(part.Steps, s)
	f.forward.add(plan.Start, part)
}

// what is what is failed back.
func (f *failover) what() string {
	switch {
	case !f.sip:
		return "XMPP federation"
	case !f.xmpp:
		return "SIP federation"
	}
	return "XMPP and SIP federation"
}

// backTexts are the sentences about the plan.
func (f *failover) backTexts() plan.Texts {
	p := f.plan
	var out plan.Texts
	switch {
	case !f.sip:
		out = f.texts()
	case !f.xmpp:
		out = f.sipTexts()
	default:
		out = f.bothTexts()
	}
	out.Script = plan.FailbackScript
	out.Title = fmt.Sprintf("Fail back %s from %s to %s", f.what(), p.From.Name, p.To.Name)
	out.Page = plan.FailBackPage
	out.Why = fmt.Sprintf("Fail-back: Edge pool %s was repaired and takes over %s again. %s has stood in and is up.",
		p.To.Name, f.what(), p.From.Name)
	out.Order = append(f.backOrder(), f.backRest())
	return out
}

// backRest says which steps of the page are not in the plan.
func (f *failover) backRest() string {
	four := fmt.Sprintf("Steps 4 and 5 are not in this plan. Step 4: Front End pools whose Web Conferencing and A/V services "+
		"were associated with %s go back to their own Edge pool in Topology Builder; name them in media to have that in the "+
		"plan. Step 5: ", f.plan.From.Name)
	if len(f.plan.Media) > 0 {
		four = "Step 5 is not in this plan: "
	}
	return four + "a Front End pool that failed over too is failed back with Invoke-CsPoolFailback -PoolFQDN FQDN -Verbose, " +
		"where FQDN is that of the pool."
}

// backOrder says which steps of the page the plan follows, and what is not as the page has it.
func (f *failover) backOrder() []string {
	p := f.plan
	const publish, dns = "move SIP federation in Topology Builder and publish, ", "see to the DNS records, see to the firewall"
	steps := "set the route, " + dns
	switch {
	case !f.xmpp:
		steps = publish + "set the route, run Setup again, " + dns
	case f.sip:
		steps = publish + steps + ", run Setup again"
	}
	out := []string{fmt.Sprintf("Order of the page %q: start the services of %s, %s. That page stops nothing. What it "+
		"does not say (checks, backup, replication, verification) is edgeplan's own practice.", plan.FailBackPage, p.To.Name,
		steps)}
	if f.sip {
		out = append(out, fmt.Sprintf("Step 2 is clicks: the script says which, and reads afterwards what a cmdlet shows. "+
			"Setup comes once the servers have the published topology. The routes of SIP federation and its DNS records "+
			"are from the page %q.%s", plan.SIPRoutesPage, f.setupOld()), publishFirst)
	}
	if f.xmpp {
		out = append(out, fmt.Sprintf("Step 3c of the page has the A record point to EdgeServer2.contoso.com. That is an "+
			"error of the page: EdgeServer2 is in the pool that has stood in, and its step 3a sets the route to EdgeServer1. "+
			"The page about Skype for Business Server has the same error. In this plan the records lead to %s.", p.To.Name),
			"The page has the SRV records before the A record. A zone is changed at once. Of zones on several Windows DNS "+
				"servers the one with the addresses comes first: no SRV record is to name a host that has none yet.")
	}
	out = append(append(out, f.backRoutes()), f.mediaOrder()...)
	if stays := f.xmppStays(); stays != "" {
		out = append(out, stays)
	}
	if f.endsOld {
		out = append(out, fmt.Sprintf("Stage %s, the last one, is not on the page: partners whose streams are open to %s "+
			"stay there otherwise, and no site is routed to it any more. It stops the XMPP service there and no other. A "+
			"failover to %s starts it again, and so does a restart of the server.", plan.StopOld, p.From.Name, p.From.Name))
	}
	return out
}

// backRoutes says whose routes are set.
func (f *failover) backRoutes() string {
	p := f.plan
	switch {
	case p.RouteSites != "all-routed":
		return fmt.Sprintf("The route is set for site %s only. Other sites keep theirs.", p.To.Site) + f.sipEnds()
	case !f.xmpp:
		return f.sipRoutes()
	}
	return fmt.Sprintf("The route is set for every site that is routed to %s. The page names only the site of the pool "+
		"that was repaired, and the page about failing over only that of the pool that takes over: with both to the letter, "+
		"the site of %s would stay routed to it.", p.From.Name, p.From.Name)
}

// adviseBack says what to do if stage Start fails, which comes before all others here, or Preflight.
func (f *failover) adviseBack() {
	f.ifFails(plan.Start, plan.Advice{Says: []string{
		"Exit code 3: the lines with FAIL name what would keep the services from starting. Nothing was started. Fix it, or " +
			"waive the fact by its number: -Waive P12.",
		"Exit code 2 names the services that have to run and do not. Run the stage again: it starts what is down. One that " +
			"may stay down can be waived by its name: -Waive RTCCLSAGT. It goes into the evidence log.",
		hangs,
		"Nothing else has been changed: " + f.what() + " goes on through " + f.plan.From.Name + ". Go on when the pool is " +
			"really repaired.",
	}})
	facts := append(preflightFails(f.plan), f.mediaFails(f.media)...)
	facts[0] = "Nothing has been changed but that services of " + f.plan.To.Name + " were started. Fix what the FAIL " +
		"lines report, then run the stage again. After a start it may be minutes until a replica is up to date."
	f.ifFails(plan.Preflight, plan.Advice{Says: facts})
}
