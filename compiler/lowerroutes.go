package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// routedSites are the sites that the spec says are on the source pool.
func (l *lowering) routedSites() []string {
	sites := []string{}
	for _, site := range l.spec.Sites {
		if site.XMPPFederationRoute.V == l.from.Name {
			sites = append(sites, site.Name)
		}
	}
	slices.SortFunc(sites, dnsname.Compare)
	return sites
}

// routes points the sites at the target pool; step 3.
func (l *lowering) routes() {
	looks := l.back.ids(Route)
	for _, site := range l.sites {
		previous := l.pools[site.XMPPFederationRoute.V]
		rng := site.Range
		if site.XMPPFederationRoute.Set {
			rng = site.XMPPFederationRoute.Range
		}
		says := "XMPP federation route of " + site.Name
		set := &SetRoute{StepInfo: l.info("route/"+site.Name, l.plan.ManagementHost, says, Disruptive, rng, page("3")), Site: site.Name}
		set.Forms = l.forms(site.Name, previous, l.to)
		set.Needs = append(l.forward.ids(Preflight), l.forward.ids(Stop)...)
		if l.plan.Procedure == "start-first" {
			set.Needs = append(set.Needs, l.forward.ids(Start)...)
			set.Source = backPage("3a")
		}
		set.Undo = []string{"rollback/route/" + site.Name}
		l.forward.add(Route, set)

		back := &SetRoute{StepInfo: l.info("rollback/route/"+site.Name, l.plan.ManagementHost, says, Disruptive, rng, backPage("3a")), Site: site.Name}
		back.Forms = l.forms(site.Name, l.to, previous)
		back.Manual = previous == nil
		back.Needs = append(l.back.ids(Start), looks...)
		back.NoUndo = "it is part of the rollback"
		l.back.add(Route, back)
	}
	rehearse := &Rehearse{l.info("preflight/rehearsal", l.plan.ManagementHost, "Set-CsSite with -WhatIf", Safe, l.f.Range, ours), l.forward.ids(Route)}
	rehearse.NoUndo = "it changes nothing"
	l.forward.add(Preflight, rehearse)
}

// forms are the two ways to set a route: with the parameter of the cmdlet reference,
// which takes the service identity of the pool, and as the procedure page prints it,
// with the FQDN of a server.
func (l *lowering) forms(site string, from, to *parser.EdgePool) []RouteForm {
	fqdn := func(pool *parser.EdgePool) string {
		if pool == nil {
			return ""
		}
		return pool.FQDN.V
	}
	server := func(pool *parser.EdgePool) string {
		if pool == nil {
			return ""
		}
		if names := serverNames(pool); len(names) > 0 {
			return names[0]
		}
		return pool.FQDN.V
	}
	documented := RouteForm{Product: l.plan.Product, Parameter: "XmppFederationRoute", From: fqdn(from), To: fqdn(to)}
	literal := RouteForm{Product: cmdlet.LiteralProcedure, Parameter: "XmppExternalFederationRoute", From: server(from), To: server(to)}
	forms := []RouteForm{documented, literal}
	for i := range forms {
		call := routeCall(site, forms[i])
		forms[i].Call = l.call(forms[i].Product, call.Name, call.Params...)
	}
	return forms
}

// routeCall sets the route of a site in one of the two forms; one to nothing clears it.
func routeCall(site string, form RouteForm) cmdlet.Call {
	value := form.To
	if form.Parameter == "XmppFederationRoute" && value != "" {
		value = "EdgeServer:" + value
	}
	return cmdlet.Call{Name: "Set-CsSite", Params: []cmdlet.Param{cmdlet.Arg("Identity", site), cmdlet.Arg(form.Parameter, value)}}
}
