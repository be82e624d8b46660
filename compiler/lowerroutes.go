package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// routedSites are the sites that the spec says are on the source pool.
func (l *builder) routedSites() []string {
	sites := []string{}
	for _, site := range l.topology.Sites {
		if site.XMPPFederationRoute.V == l.from.Name {
			sites = append(sites, site.Name)
		}
	}
	slices.SortFunc(sites, dnsname.Compare)
	return sites
}

// routes points the sites at the target pool; step 3.
func (l *builder) routes() {
	looks := l.back.ids(plan.Route)
	for _, site := range l.sites {
		previous := l.pools[site.XMPPFederationRoute.V]
		rng := site.Range
		if site.XMPPFederationRoute.Set {
			rng = site.XMPPFederationRoute.Range
		}
		says := "XMPP federation route of " + site.Name
		set := &plan.SetRoute{StepInfo: l.info("route/"+site.Name, l.plan.ManagementHost, says, plan.Disruptive, rng, plan.FailOverStep("3")), Site: site.Name}
		set.Forms = l.forms(site.Name, previous, l.to)
		set.Needs = append(l.forward.ids(plan.Preflight), l.forward.ids(plan.Stop)...)
		if l.plan.Procedure == "start-first" {
			set.Needs = append(set.Needs, l.forward.ids(plan.Start)...)
			set.Source = plan.FailBackStep("3a")
		}
		set.Undo = []string{"rollback/route/" + site.Name}
		l.forward.add(plan.Route, set)

		back := &plan.SetRoute{StepInfo: l.info("rollback/route/"+site.Name, l.plan.ManagementHost, says, plan.Disruptive, rng, plan.FailBackStep("3a")), Site: site.Name}
		back.Forms = l.forms(site.Name, l.to, previous)
		back.Manual = previous == nil
		back.Needs = append(l.back.ids(plan.Start), looks...)
		back.NoUndo = "it is part of the rollback"
		l.back.add(plan.Route, back)
	}
	rehearse := &plan.Rehearse{StepInfo: l.info("preflight/rehearsal", l.plan.ManagementHost, "Set-CsSite with -WhatIf", plan.Safe, l.f.Range, plan.Ours), Steps: l.forward.ids(plan.Route)}
	rehearse.NoUndo = "it changes nothing"
	l.forward.add(plan.Preflight, rehearse)
}

// forms are the two ways to set a route: with the parameter of the cmdlet reference,
// which takes the service identity of the pool, and as the procedure page prints it,
// with the FQDN of a server.
func (l *builder) forms(site string, from, to *topology.EdgePool) []plan.RouteForm {
	fqdn := func(pool *topology.EdgePool) string {
		if pool == nil {
			return ""
		}
		return pool.FQDN.V
	}
	server := func(pool *topology.EdgePool) string {
		if pool == nil {
			return ""
		}
		if names := pool.ServerNames(); len(names) > 0 {
			return names[0]
		}
		return pool.FQDN.V
	}
	documented := plan.RouteForm{Product: l.plan.Product, Parameter: "XmppFederationRoute", From: fqdn(from), To: fqdn(to)}
	literal := plan.RouteForm{Product: cmdlet.LiteralProcedure, Parameter: "XmppExternalFederationRoute", From: server(from), To: server(to)}
	forms := []plan.RouteForm{documented, literal}
	for i := range forms {
		call := plan.RouteCall(site, forms[i])
		forms[i].Call = l.call(forms[i].Product, call.Name, call.Params...)
	}
	return forms
}
