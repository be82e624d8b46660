package procedure

import "github.com/edgeplan/edgeplan/compiler/plan"

// prepare changes DNS only, ahead of a failover, so that old answers die soon then. No page has
// it.
var prepare = procedure{kind: plan.KindPrepare, stages: func(b *builder) {
	p := b.plan
	// No route is set back before DNS, so the rollback has no part that asks first; each part
	// that changes records compares them itself.
	p.Model = plan.Model{BackUnasked: true}
	here := plan.Part{Hosts: []string{p.ManagementHost}, Product: p.Product}

	look := here
	look.LooksAt, look.Does = []string{plan.DNS}, "Checks that DNS is as before the change or as after it."
	b.forward.add(plan.Preflight, look)
	source := func(plan.Zone) plan.Source { return ours }
	b.dnsServers(&b.forward, false, []string{plan.Preflight}, source)
	// Also zones that do not change: the failover that is prepared relies on their records too.
	b.dns(&b.forward, false, p.Zones, b.forward.after(plan.DNSServer, plan.Preflight), source)
	check := here
	check.Needs, check.LooksAt, check.Does = []string{plan.DNS}, []string{plan.DNS},
		"Checks that stage Dns is done, and DNS."
	b.forward.add(plan.Verify, check)

	b.dnsServers(&b.back, true, nil, source)
	// What was only checked has nothing to go back to.
	b.dns(&b.back, true, changed(p.Zones), b.back.after(plan.DNSServer), source)
	check.Does = "Checks DNS."
	b.back.add(plan.Verify, check)
}}
