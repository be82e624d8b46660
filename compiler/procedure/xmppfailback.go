package procedure

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// xmppFailback is the page "Failing back the Edge pool used for Lync Server federation or XMPP federation",
// as far as it is about XMPP federation: the services of the pool that was repaired are started first, and
// nothing is stopped. Checks, backup, replication, verification and the end of XMPP at the pool that has
// stood in are edgeplan's own.
var xmppFailback = procedure{kind: plan.KindFailover, federations: []string{plan.XMPP}, form: plan.Form{Moves: true,
	Reasons: []string{plan.Failback}, Procedures: []string{"documented"},
	RouteSites: []string{"target", "all-routed"},
}, stages: func(b *builder) {
	f := newFailover(b)
	f.startRepaired()
	// After Start: the replica of a server whose services are stopped is not up to date.
	f.preflight()
	f.route()
	f.records()
	f.firewall()
	f.replicate(&b.forward, "", b.forward.after(plan.DNS, plan.Route))
	f.verify()
	f.stopOld()

	f.startOld()
	f.routeBack()
	f.recordsBack()
	f.replicate(&b.back, rollback, b.back.after(plan.DNS, plan.Route))
	f.verifyBack()

	f.advise()
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
	}
}

// startRepaired is step 1, the first of all. What would keep the services from starting is looked at here,
// where nothing has been changed.
func (f *failover) startRepaired() {
	to := f.plan.To
	part := f.there(to, "Step 1. Starts the services of this Edge Server that do not run. Nothing is stopped.")
	part.Elevated = true
	s := f.starts("start/services", "services down, of those not disabled and XMPP", plan.Safe, failBack("1"))
	s.NoUndo = "Nothing to undo: the services of a pool that was repaired may run whichever pool has XMPP federation."
	part.Steps = append(f.startable(to), f.xmppService("start/xmpp", to.Product, to.Origin), s)
	f.forward.add(plan.Start, part)
}

// backTexts are the sentences about the plan.
func (f *failover) backTexts() plan.Texts {
	p := f.plan
	out := f.texts()
	out.Title = fmt.Sprintf("Fail back XMPP federation from %s to %s", p.From.Name, p.To.Name)
	out.Page = plan.FailBackPage
	out.Why = fmt.Sprintf("Fail-back: Edge pool %s was repaired and takes over XMPP federation again. %s has stood in and "+
		"is up.", p.To.Name, p.From.Name)
	out.Order = []string{
		fmt.Sprintf("Order of the page %q: start the services of %s, set the route, see to the DNS records, see to the "+
			"firewall. That page stops nothing. What it does not say (checks, backup, replication, verification) is "+
			"edgeplan's own practice.", plan.FailBackPage, p.To.Name),
		fmt.Sprintf("Step 3c of the page has the A record point to EdgeServer2.contoso.com. That is an error of the page: "+
			"EdgeServer2 is in the pool that has stood in, and its step 3a sets the route to EdgeServer1. The page about "+
			"Skype for Business Server has the same error. In this plan the records lead to %s.", p.To.Name),
		"The page has the SRV records before the A record. A zone is changed at once. Of zones on several Windows DNS " +
			"servers the one with the addresses comes first: no SRV record is to name a host that has none yet.",
		f.backRoutes(),
	}
	if f.endsOld {
		out.Order = append(out.Order, fmt.Sprintf("Stage %s, the last one, is not on the page: partners whose streams are open "+
			"to %s stay there otherwise, and no site is routed to it any more. It stops the XMPP service there and no other. "+
			"A failover to %s starts it again, and so does a restart of the server.", plan.StopOld, p.From.Name,
			p.From.Name))
	}
	out.Order = append(out.Order, fmt.Sprintf("Steps 4 and 5 are not in this plan. Step 4: Front End pools whose Web "+
		"Conferencing and A/V services were associated with %s go back to their own Edge pool in Topology Builder. Step 5: "+
		"a Front End pool that failed over too is failed back with Invoke-CsPoolFailback -PoolFQDN FQDN -Verbose, where "+
		"FQDN is that of the pool.", p.From.Name))
	return out
}

// backRoutes says whose routes are set.
func (f *failover) backRoutes() string {
	p := f.plan
	if p.RouteSites == "all-routed" {
		return fmt.Sprintf("The route is set for every site that is routed to %s. The page names only the site of the pool "+
			"that was repaired, and the page about failing over only that of the pool that takes over: with both to the "+
			"letter, the site of %s would stay routed to it.", p.From.Name, p.From.Name)
	}
	return fmt.Sprintf("The route is set for site %s only, as step 3a says. Other sites keep theirs.", p.To.Site)
}

// adviseBack says what to do if stage Start fails, which comes before all others here.
func (f *failover) adviseBack() {
	f.ifFails(plan.Start, plan.Advice{Says: []string{
		"Exit code 3: the lines with FAIL name what would keep the services from starting. Nothing was started. Fix it, or " +
			"waive the fact by its number: -Waive P12.",
		"Exit code 2 names the services that have to run and do not. Run the stage again: it starts what is down. One that " +
			"may stay down can be waived by its name: -Waive RTCCLSAGT. It goes into the evidence log.",
		hangs,
		"Nothing else has been changed: XMPP federation goes on through " + f.plan.From.Name + ". Go on when the pool is " +
			"really repaired.",
	}})
}
