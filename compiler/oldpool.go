package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// endsOld tells whether the plan ends XMPP at the pool that is left. A stream that is open
// asks no DNS: Prosody 0.12.3 and ejabberd 23.01 stay with a pool until that closes it, and
// lose messages for some 16 minutes where it falls silent instead. So a pool that is up is
// told to stop XMPP, in order. It is not where a site stays routed to it.
func (l *builder) endsOld() bool {
	if l.plan.Reason != "planned" {
		return false
	}
	for _, site := range l.routedSites() {
		if !slices.ContainsFunc(l.sites, func(s *topology.Site) bool { return s.Name == site }) {
			return false
		}
	}
	return true
}

// startOld makes the first stage of the rollback: XMPP at the pool that is left runs again
// before anything leads there.
func (l *builder) startOld() {
	if !l.endsOld() {
		return
	}
	product := l.plan.From.Product
	for _, server := range l.plan.From.Servers {
		back := &plan.StartXMPP{StepInfo: l.info("rollback/start-old/"+server, server, "XMPP services", plan.Safe, l.from.Range, plan.FailBackStep("1")), Product: product,
			Call: l.call(product, "Start-CsWindowsService", cmdlet.Arg("Name", plan.XMPPService))}
		back.NoUndo = "it is part of the rollback"
		l.back.add(plan.StartOld, back)
	}
}

// stopOld makes the last stage: the streams that partners still have open to the pool that
// is left end once no old answer leads new ones there.
func (l *builder) stopOld() {
	if !l.endsOld() {
		return
	}
	product := l.plan.From.Product
	for _, server := range l.plan.From.Servers {
		stop := &plan.StopXMPP{StepInfo: l.info("stop-old/"+server, server, "XMPP services", plan.Disruptive, l.from.Range, plan.Ours), Product: product,
			Call: l.call(product, "Stop-CsWindowsService", cmdlet.Arg("Name", plan.XMPPService))}
		stop.Needs = l.forward.ids(plan.Verify)
		stop.Undo = []string{"rollback/start-old/" + server}
		l.forward.add(plan.StopOld, stop)
	}
}
