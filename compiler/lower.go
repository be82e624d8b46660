package compiler

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// failover makes the plan of a failover that has passed the rules. A cmdlet that cannot be
// had is a finding.
func failover(req *rules.Request, t *topology.Topology, zones []plan.Zone, r *report.Plan) *plan.Plan {
	p := &plan.Plan{
		FormatVersion:  plan.FormatVersion,
		Kind:           plan.KindFailover,
		Name:           req.Name.V,
		Product:        cmdlet.Product(t.Product.V),
		ManagementHost: t.ManagementHost.V,
		Reason:         req.Failover.Reason.V,
		Procedure:      req.Failover.Procedure.V,
		RouteSites:     req.Failover.RouteSites.V,
		From:           poolOf(t, req.From),
		To:             poolOf(t, req.To),
		XMPPHost:       t.XMPP.Host.V,
		SIPRoute:       sipRoute(t, req.To),
		Domains:        domainNames(t),
		Partners:       onceEach(t.XMPP.Partners.V),
		Change:         changeOf(req.Change),
		Zones:          zones,
		Topology:       topologyOf(t),

		CentralManagement: centralManagement(t),
	}
	l := newBuilder(p, req, t, r)
	l.looks()
	l.preflight()
	l.services()
	l.startOld()
	l.routes()
	l.records()
	l.firewall()
	l.replicate()
	l.verify()
	l.stopOld()
	l.finish()
	return p
}

func poolOf(t *topology.Topology, pool *topology.EdgePool) plan.Pool {
	four, six := pool.Addresses()
	if four == nil {
		four = []string{}
	}
	return plan.Pool{
		Name: pool.Name, Site: pool.Site.V, FQDN: pool.FQDN.V, AccessEdgeFQDN: pool.AccessEdgeFQDN.V,
		Product: cmdlet.Product(t.ProductOf(pool)), Servers: pool.ServerNames(), IPv4: four, IPv6: six, NAT: pool.NAT.V,
	}
}

func changeOf(c *parser.Change) plan.Change {
	return plan.Change{
		Ticket: c.Ticket.V, Summary: c.Summary.V, WindowStart: c.WindowStart.V, WindowEnd: c.WindowEnd.V,
		Requester: c.Requester.V, Approvers: c.Approvers.V,
	}
}

// sipRoute is the pool of SIP federation: that of the target's site, else of the first
// site by name that has one.
func sipRoute(t *topology.Topology, target *topology.EdgePool) string {
	if route := t.SiteOf(target).FederationRoute; route.Set {
		return route.V
	}
	sites := slices.Clone(t.Sites)
	slices.SortFunc(sites, func(a, b *topology.Site) int { return dnsname.Compare(a.Name, b.Name) })
	for _, site := range sites {
		if site.FederationRoute.Set {
			return site.FederationRoute.V
		}
	}
	return ""
}

// centralManagement is the FQDN of the Front End pool that holds the Central Management
// store; empty where the spec names none, or several, which is a finding.
func centralManagement(t *topology.Topology) string {
	var found []string
	for _, pool := range t.FrontEndPools {
		if pool.CentralManagement.V {
			found = append(found, pool.FQDN.V)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// builder makes the steps of one plan.
type builder struct {
	plan          *plan.Plan
	topology      *topology.Topology
	f             *rules.Request
	prepare       *parser.Prepare // nil for a failover
	pools         map[string]*topology.EdgePool
	from, to      *topology.EdgePool
	sites         []*topology.Site // whose routes change
	zones         map[string]hcl.Range
	report        *report.Plan
	forward, back *stages
	refused       bool
}

func newBuilder(p *plan.Plan, req *rules.Request, t *topology.Topology, r *report.Plan) *builder {
	l := &builder{
		plan: p, topology: t, f: req, prepare: req.Prepare, pools: req.Pools, from: req.From, to: req.To, sites: req.Sites, zones: map[string]hcl.Range{},
		report: r, forward: newStages(p.Procedure), back: newRollback(p.Procedure),
	}
	for _, z := range t.Zones {
		l.zones[dnsname.Absolute(z.Name.V)] = z.Range
	}
	return l
}

// finish gives the plan its stages, with their steps in order.
func (l *builder) finish() {
	l.plan.Stages, l.plan.Rollback = l.forward.list(), l.back.list()
	l.plan.Earliest = plan.EarliestOf(l.plan)
	order(l.plan)
}

// call makes a call that the product has, or reports that it has not.
func (l *builder) call(product cmdlet.Product, name string, params ...cmdlet.Param) cmdlet.Call {
	call, err := cmdlet.New(product, name, params...)
	if err != nil && !l.refused {
		l.refused = true // the other cmdlets of the product would be the same finding again
		l.report.Add(report.NoCmdlet, l.topology.Product.Range, "The plan needs a cmdlet that edgeplan does not know of this product: %s.", err)
	}
	return call
}

func (l *builder) manage(name string, params ...cmdlet.Param) cmdlet.Call {
	return l.call(l.plan.Product, name, params...)
}

func (l *builder) info(id, host, says string, risk plan.Risk, rng hcl.Range, source plan.Source) plan.StepInfo {
	return plan.StepInfo{ID: id, Host: host, Says: says, Risk: risk, Origin: plan.Origin{File: rng.Filename, Line: rng.Start.Line}, Source: source}
}

// preflight checks what the later stages need, before anything is stopped.
func (l *builder) preflight() {
	host, rng := l.plan.ManagementHost, l.f.Range
	add := func(step plan.Step) {
		step.Info().NoUndo = "it changes nothing"
		l.forward.add(plan.Preflight, step)
	}
	add(&plan.CheckRight{StepInfo: l.info("preflight/right", host, "groups of this user", plan.Safe, rng, plan.Ours), Group: "RTCUniversalServerAdmins"})
	for _, step := range l.facts() {
		add(step)
	}
	add(&plan.CheckRoutedSites{StepInfo: l.info("preflight/sites", host, "sites on "+l.plan.From.Name, plan.Safe, rng, plan.FailOverStep("3")), Product: l.plan.Product,
		Read: l.manage("Get-CsSite"), PoolName: l.plan.From.Name, PoolFQDN: l.plan.From.FQDN, Sites: l.routedSites()})
	add(&plan.CheckReplicas{StepInfo: l.info("preflight/p11-replicas", host, "replicas are up to date", plan.Safe, rng, plan.Ours), Number: plan.ReplicasNumber, Replicas: plan.Replicas(l.plan)})
	checks := l.forward.ids(plan.Preflight)
	for _, b := range plan.BackupCalls() {
		step := &plan.Backup{StepInfo: l.info("preflight/"+b.ID, host, b.Says, plan.Safe, rng, plan.Ours), Product: l.plan.Product, Call: l.manage(b.Call.Name, b.Call.Params...), File: b.File, Export: b.Export}
		step.Needs = checks
		add(step)
	}
	for _, z := range l.plan.Zones {
		if z.Edited() { // on the DNS server, before anything is stopped
			add(l.look("preflight/records/", z.Computer, z))
		}
	}
}

// look makes a step that compares a zone with the plan: on its Windows DNS server, or
// from the management host at its server.
func (l *builder) look(prefix, host string, z plan.Zone) plan.Step {
	step := &plan.CheckRecords{StepInfo: l.info(prefix+z.Name, host, "DNS records of "+z.Name, plan.Safe, l.zoneRange(z), plan.Ours), Zone: z.Name}
	step.NoUndo = "it changes nothing"
	return step
}

// looks has every zone asked before anything is changed: in stage Preflight, and on the
// way back in the first stage on the management host, Route. A preparation goes back with
// stage Dns alone, or with DnsServer, which look themselves.
func (l *builder) looks() {
	for _, z := range l.plan.Zones {
		l.forward.add(plan.Preflight, l.look("preflight/dns/", l.plan.ManagementHost, z))
		if l.prepare == nil && z.Changed() {
			l.back.add(plan.Route, l.look("rollback/look/", l.plan.ManagementHost, z))
		}
	}
}

func domainNames(t *topology.Topology) []string {
	names := []string{}
	for _, d := range t.XMPPDomains() {
		names = append(names, d.Name.V)
	}
	return names
}

// onceEach sorts names and leaves out those that differ from another in case only.
func onceEach(names []string) []string {
	out := []string{}
	for _, name := range slices.SortedFunc(slices.Values(names), dnsname.Compare) {
		if len(out) == 0 || !dnsname.Same(out[len(out)-1], name) {
			out = append(out, name)
		}
	}
	return out
}

// services stops and starts the target pool; steps 2 and 7, or step 1 of fail-back.
func (l *builder) services() {
	product := l.plan.To.Product
	for _, server := range l.plan.To.Servers {
		rng := l.to.Range
		start := &plan.StartServices{StepInfo: l.info("start/"+server, server, "services", plan.Disruptive, rng, plan.FailOverStep("7")), Product: product, Call: l.call(product, "Start-CsWindowsService")}
		start.NoUndo = "running services are how it was before"
		l.forward.add(plan.Start, start)
		if l.plan.Procedure == "start-first" {
			start.Source, start.Risk = plan.FailBackStep("1"), plan.Safe
			start.Needs = l.forward.ids(plan.Preflight)
			continue
		}
		stop := &plan.StopServices{StepInfo: l.info("stop/"+server, server, "services", plan.Disruptive, rng, plan.FailOverStep("2")), Product: product, Call: l.call(product, "Stop-CsWindowsService")}
		check := l.checkServer(server)
		stop.Needs = append(l.forward.ids(plan.Preflight), check.ID)
		l.forward.add(plan.Stop, check)
		stop.Undo = []string{"rollback/start/" + server}
		l.forward.add(plan.Stop, stop)
		back := &plan.StartServices{StepInfo: l.info("rollback/start/"+server, server, "services", plan.Safe, rng, plan.FailBackStep("1")), Product: product, Call: l.call(product, "Start-CsWindowsService")}
		back.NoUndo = "it is part of the rollback"
		l.back.add(plan.Start, back)
	}
}

// checkServer looks at what else would only be seen when the services start again.
func (l *builder) checkServer(server string) *plan.CheckServer {
	product := l.plan.To.Product
	check := &plan.CheckServer{StepInfo: l.info("check/"+server, server, "certificates and local configuration", plan.Safe, l.to.Range, plan.Ours), Product: product}
	check.Certificates = l.call(product, "Get-CsCertificate")
	check.GoodUntil = plan.GoodUntil(l.plan)
	if len(l.plan.Partners) > 0 {
		local := l.call(product, "Get-CsXmppAllowedPartner", cmdlet.Switch("LocalStore"))
		check.Local = &local
	}
	check.Needs, check.NoUndo = l.forward.ids(plan.Preflight), "it changes nothing"
	return check
}

// records has the DNS owners change the zones; steps 4 and 5.
func (l *builder) records() {
	routed := l.back.last(plan.Route)
	for _, z := range l.plan.Zones {
		var steps []string
		for _, set := range z.Records {
			if !slices.Contains(steps, set.Step) {
				steps = append(steps, set.Step)
			}
		}
		rng := l.zoneRange(z)
		says := "DNS records of " + z.Name
		forth, home := plan.FailOverStep(strings.Join(steps, ", ")), plan.FailBackStep("3c")
		if l.prepare != nil {
			forth, home = plan.Ours, plan.Ours
		}
		edited := z.Edited()
		if edited {
			l.edit(z, rng, forth, home)
		}
		step := &plan.ChangeRecords{StepInfo: l.info("dns/"+z.Name, l.plan.ManagementHost, says, plan.Disruptive, rng, forth), Zone: z.Name, Edited: edited}
		step.Needs = append(l.forward.ids(plan.Route), l.forward.ids(plan.DNSServer)...)
		if l.prepare != nil {
			step.Needs = append(step.Needs, l.forward.ids(plan.Preflight)...)
		}
		step.Undo = []string{"rollback/dns/" + z.Name}
		l.forward.add(plan.DNS, step)
		if edited || !z.Changed() {
			step.Risk, step.Undo, step.NoUndo = plan.Safe, nil, "it changes nothing"
		}
		if !z.Changed() {
			continue // there is nothing to go back to
		}
		back := &plan.ChangeRecords{StepInfo: l.info("rollback/dns/"+z.Name, l.plan.ManagementHost, says, plan.Disruptive, rng, home), Zone: z.Name, Edited: edited}
		back.Needs = slices.Concat(routed, l.back.ids(plan.DNSServer))
		back.NoUndo = "it is part of the rollback"
		l.back.add(plan.DNS, back)
		if edited {
			back.Risk = plan.Safe
		}
	}
	l.orderEdits()
}

// orderEdits has zones with addresses come first and go back last: SRV records of other
// zones name their hosts.
func (l *builder) orderEdits() {
	order := func(steps plan.Steps, first bool) {
		var ids []string
		for _, step := range steps {
			if l.movesAddresses(step) == first {
				ids = append(ids, step.Info().ID)
			}
		}
		for _, step := range steps {
			if l.movesAddresses(step) != first {
				step.Info().Needs = append(step.Info().Needs, ids...)
			}
		}
	}
	order(l.forward.steps[plan.DNSServer], true)
	order(l.back.steps[plan.DNSServer], false)
}

func (l *builder) movesAddresses(step plan.Step) bool {
	zone, _ := l.plan.Zone(step.(*plan.EditRecords).Zone)
	return slices.ContainsFunc(zone.Records, func(set plan.RecordSet) bool { return set.Type != "SRV" && set.Changed() })
}

// edit changes a zone on the Windows DNS server itself.
func (l *builder) edit(z plan.Zone, rng hcl.Range, forth, home plan.Source) {
	says := "DNS records of " + z.Name
	step := &plan.EditRecords{StepInfo: l.info("dns-server/"+z.Name, z.Computer, says, plan.Disruptive, rng, forth), Zone: z.Name}
	step.Needs = append(l.forward.ids(plan.Preflight), l.forward.ids(plan.Route)...)
	step.Undo = []string{"rollback/dns-server/" + z.Name}
	l.forward.add(plan.DNSServer, step)
	back := &plan.EditRecords{StepInfo: l.info("rollback/dns-server/"+z.Name, z.Computer, says, plan.Disruptive, rng, home), Zone: z.Name}
	back.Needs = l.back.ids(plan.Route)
	back.NoUndo = "it is part of the rollback"
	l.back.add(plan.DNSServer, back)
}

// zoneRange is where the spec has a zone.
func (l *builder) zoneRange(z plan.Zone) hcl.Range { return l.zones[dnsname.Absolute(z.Name)] }

// checkRecords checks the records of a preparation once more.
func (l *builder) checkRecords() {
	for _, way := range []struct {
		stages *stages
		prefix string
	}{{l.forward, ""}, {l.back, "rollback/"}} {
		step := &plan.CheckState{StepInfo: l.info(way.prefix+"verify/state", l.plan.ManagementHost, "DNS records", plan.Safe, l.f.Range, plan.Ours), Stages: []string{plan.DNS}}
		step.Needs, step.NoUndo = way.stages.ids(plan.DNS), "it changes nothing"
		way.stages.add(plan.Verify, step)
	}
}

// firewall takes a person's word for port 5269: while the services are stopped
// nothing listens, so that nobody can test it yet; step 6.
func (l *builder) firewall() {
	all := append(slices.Clone(l.plan.To.IPv4), l.plan.To.IPv6...)
	step := &plan.ConfirmPort{StepInfo: l.info("firewall/5269", l.plan.ManagementHost, "firewall", plan.Safe, l.to.Range, plan.FailOverStep("6")), Port: plan.XMPPPort, Addresses: all}
	step.Needs = l.forward.ids(plan.DNS)
	step.NoUndo = "an open port of a pool that is not designated harms nothing"
	l.forward.add(plan.Firewall, step)
	if l.plan.Procedure == "start-first" {
		return
	}
	for _, start := range l.forward.steps[plan.Start] {
		start.Info().Needs = slices.Concat(l.forward.ids(plan.Stop), l.forward.ids(plan.Route), l.forward.ids(plan.DNS), l.forward.ids(plan.Firewall))
	}
}

// replicate brings the new route to the Edge Servers, which have been able to receive
// it only since they run again.
func (l *builder) replicate() {
	for _, replica := range plan.Replicas(l.plan) {
		for _, s := range []struct {
			stages *stages
			prefix string
		}{{l.forward, ""}, {l.back, "rollback/"}} {
			step := &plan.Replicate{
				StepInfo: l.info(s.prefix+"replicate/"+replica, l.plan.ManagementHost, replica+" is up to date", plan.Safe, l.f.Range, plan.Ours),
				Product:  l.plan.Product, Replica: replica,
				Read: l.manage(plan.ReplicaRead, cmdlet.Arg("ReplicaFqdn", replica)),
				Call: l.manage(plan.ReplicaPush, cmdlet.Arg("ReplicaFqdn", replica)),
			}
			step.Needs = slices.Concat(s.stages.ids(plan.Route), s.stages.ids(plan.DNS), s.stages.ids(plan.Start))
			step.NoUndo = "replication copies what is set; the rollback replicates again"
			s.stages.add(plan.Replicated, step)
		}
	}
}

// verify checks the result from three places: inside, on the Edge Servers, outside. Only
// the last connects to the public addresses: a firewall or NAT device need not send a
// connection from inside back in.
func (l *builder) verify() {
	host, rng := l.plan.ManagementHost, l.f.Range
	needs := slices.Concat(l.forward.ids(plan.Replicated), l.forward.ids(plan.Firewall), l.forward.ids(plan.DNS))
	add := func(step plan.Step) {
		step.Info().NoUndo = "it changes nothing"
		step.Info().Needs = needs
		l.forward.add(plan.Verify, step)
	}
	add(&plan.CheckState{StepInfo: l.info("verify/state", host, "route and DNS records", plan.Safe, rng, plan.Ours), Stages: []string{plan.Route, plan.DNS}})
	add(&plan.ProbePort{StepInfo: l.info("verify/services", host, "Access Edge answers", plan.Safe, rng, plan.FailOverStep("7")), Port: 5061, Targets: l.plan.To.Servers})
	if l.to.NextHop.Set {
		add(&plan.SendMessage{StepInfo: l.info("verify/message", host, "test message", plan.Safe, rng, plan.Ours), Product: l.plan.Product,
			Call: l.manage("Test-CsXmppIM", cmdlet.Arg("TargetFqdn", l.to.NextHop.V), cmdlet.Arg("Receiver", receiver(l.topology.XMPP.Partners.V)))})
	}
	for _, server := range l.plan.To.Servers {
		add(&plan.CheckListener{StepInfo: l.info("verify/"+server, server, "XMPP proxy listens", plan.Safe, rng, plan.FailOverStep("6")), Port: plan.XMPPPort})
	}
	add(&plan.ProbePort{StepInfo: l.info("verify/outside", plan.AnyHost, "XMPP proxy answers", plan.Safe, rng, plan.FailOverStep("6")), Port: plan.XMPPPort, Targets: slices.Concat(l.plan.To.IPv4, l.plan.To.IPv6)})

	back := &plan.CheckState{StepInfo: l.info("rollback/verify/state", host, "route and DNS records", plan.Safe, rng, plan.Ours), Stages: []string{plan.Route, plan.DNS}}
	back.Needs = l.back.ids(plan.Replicated)
	back.NoUndo = "it changes nothing"
	l.back.add(plan.Verify, back)
}

// receiver stands in the plan for the XMPP user whom the operator will name.
func receiver(partners []string) string {
	if len(partners) > 0 {
		return "user@" + partners[0]
	}
	return "user@partner.example"
}
