package compiler

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// lower makes the plan of a failover that has passed the rules, steps in no
// particular order. It returns nil if a cmdlet or a zone edit cannot be had; that is
// a finding.
func (j *job) lower(sets map[*zone][]RecordSet) *Plan {
	plan := &Plan{
		FormatVersion:  FormatVersion,
		Kind:           KindFailover,
		SpecDigest:     j.spec.Digest,
		Name:           j.f.Name.V,
		Product:        cmdlet.Product(j.spec.Topology.Product.V),
		ManagementHost: j.spec.Topology.ManagementHost.V,
		Reason:         j.f.Reason.V,
		Procedure:      j.f.Procedure.V,
		RouteSites:     j.f.RouteSites.V,
		From:           j.pool(j.from),
		To:             j.pool(j.to),
		XMPPHost:       j.spec.XMPP.Host.V,
		SIPRoute:       j.sipRoute(),
		Domains:        j.domainNames(),
		Partners:       onceEach(j.spec.XMPP.Partners.V),
		Change:         j.change(),
		Zones:          j.planZones(sets),
		Estate:         j.estate(),

		CentralManagement: j.centralManagement(),
	}
	l := &lowering{job: j, plan: plan, forward: newStages(plan.Procedure), back: newRollback(plan.Procedure)}
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
	plan.Stages, plan.Rollback = l.forward.list(), l.back.list()
	plan.Earliest = earliest(plan)
	return plan
}

func (j *job) pool(pool *parser.EdgePool) Pool {
	four, six := addresses(pool)
	if four == nil {
		four = []string{}
	}
	return Pool{
		Name: pool.Name, Site: pool.Site.V, FQDN: pool.FQDN.V, AccessEdgeFQDN: pool.AccessEdgeFQDN.V,
		Product: cmdlet.Product(j.productOf(pool)), Servers: serverNames(pool), IPv4: four, IPv6: six, NAT: pool.NAT.V,
	}
}

func (j *job) change() Change {
	c := j.f.Change
	return Change{
		Ticket: c.Ticket.V, Summary: c.Summary.V, WindowStart: c.WindowStart.V, WindowEnd: c.WindowEnd.V,
		Requester: c.Requester.V, Approvers: c.Approvers.V,
	}
}

// sipRoute is the pool of SIP federation: that of the target's site, else of the first
// site by name that has one.
func (j *job) sipRoute() string {
	if route := j.siteOf(j.to).FederationRoute; route.Set {
		return route.V
	}
	sites := slices.Clone(j.spec.Sites)
	slices.SortFunc(sites, func(a, b *parser.Site) int { return dnsname.Compare(a.Name, b.Name) })
	for _, site := range sites {
		if site.FederationRoute.Set {
			return site.FederationRoute.V
		}
	}
	return ""
}

// centralManagement is the FQDN of the Front End pool that holds the Central Management
// store; empty where the spec names none, or several, which is a finding.
func (j *job) centralManagement() string {
	var found []string
	for _, pool := range j.spec.FrontEndPools {
		if pool.CentralManagement.V {
			found = append(found, pool.FQDN.V)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// lowering makes the steps of one plan.
type lowering struct {
	*job
	plan          *Plan
	forward, back *stages
	refused       bool
}

// call makes a call that the product has, or reports that it has not.
func (l *lowering) call(product cmdlet.Product, name string, params ...cmdlet.Param) cmdlet.Call {
	call, err := cmdlet.New(product, name, params...)
	if err != nil && !l.refused {
		l.refused = true // the other cmdlets of the product would be the same finding again
		l.report(codeNoCmdlet, l.spec.Topology.Product.Range, "The plan needs a cmdlet that edgeplan does not know of this product: %s.", err)
	}
	return call
}

func (l *lowering) manage(name string, params ...cmdlet.Param) cmdlet.Call {
	return l.call(l.plan.Product, name, params...)
}

func (l *lowering) info(id, host, says string, risk Risk, rng hcl.Range, source Source) StepInfo {
	return StepInfo{ID: id, Host: host, Says: says, Risk: risk, Origin: Origin{rng.Filename, rng.Start.Line}, Source: source}
}

var ours = Source{Procedure: OwnPractice}

func page(step string) Source { return Source{Procedure: FailOverPage, Step: step} }

func backPage(step string) Source { return Source{Procedure: FailBackPage, Step: step} }

// preflight checks what the later stages need, before anything is stopped.
func (l *lowering) preflight() {
	host, rng := l.plan.ManagementHost, l.f.Range
	add := func(step Step) {
		step.Info().NoUndo = "it changes nothing"
		l.forward.add(Preflight, step)
	}
	add(&CheckRight{l.info("preflight/right", host, "groups of this user", Safe, rng, ours), "RTCUniversalServerAdmins"})
	for _, step := range l.facts() {
		add(step)
	}
	add(&CheckRoutedSites{l.info("preflight/sites", host, "sites on "+l.plan.From.Name, Safe, rng, page("3")), l.plan.Product,
		l.manage("Get-CsSite"), l.plan.From.Name, l.plan.From.FQDN, l.routedSites()})
	add(&CheckReplicas{l.info("preflight/p11-replicas", host, "replicas are up to date", Safe, rng, ours), replicasNumber, replicas(l.plan)})
	checks := l.forward.ids(Preflight)
	for _, b := range backups() {
		step := &Backup{l.info("preflight/"+b.id, host, b.says, Safe, rng, ours), l.plan.Product, l.manage(b.call.Name, b.call.Params...), b.file, b.export}
		step.Needs = checks
		add(step)
	}
	for _, z := range l.plan.Zones {
		if z.Edited() { // on the DNS server, before anything is stopped
			add(l.look("preflight/records/", z.Computer, z))
		}
	}
}

// backup is a file that stage Preflight writes beside the script.
type backup struct {
	id, says, file string
	call           cmdlet.Call
	export         bool // what the call gives is exported; else it writes the file itself
}

func backups() []backup {
	const file = "config.zip"
	return []backup{
		{"backup-configuration", "backup exists beside this script", file, cmdlet.Call{Name: "Export-CsConfiguration", Params: []cmdlet.Param{cmdlet.Arg("FileName", file)}}, false},
		{"backup-sites", "site list exists beside this script", "sites.xml", cmdlet.Call{Name: "Get-CsSite"}, true},
	}
}

// look makes a step that compares a zone with the plan: on its Windows DNS server, or
// from the management host at its server.
func (l *lowering) look(prefix, host string, z Zone) Step {
	step := &CheckRecords{l.info(prefix+z.Name, host, "DNS records of "+z.Name, Safe, l.zoneRange(z), ours), z.Name}
	step.NoUndo = "it changes nothing"
	return step
}

// looks has every zone asked before anything is changed: in stage Preflight, and on the
// way back in the first stage on the management host, Route. A preparation goes back with
// stage Dns alone, or with DnsServer, which look themselves.
func (l *lowering) looks() {
	for _, z := range l.plan.Zones {
		l.forward.add(Preflight, l.look("preflight/dns/", l.plan.ManagementHost, z))
		if l.prepare == nil && z.Changed() {
			l.back.add(Route, l.look("rollback/look/", l.plan.ManagementHost, z))
		}
	}
}

func (j *job) domainNames() []string {
	names := []string{}
	for _, d := range j.xmppDomains() {
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
func (l *lowering) services() {
	product := l.plan.To.Product
	for _, server := range l.plan.To.Servers {
		rng := l.to.Range
		start := &StartServices{l.info("start/"+server, server, "services", Disruptive, rng, page("7")), product, l.call(product, "Start-CsWindowsService")}
		start.NoUndo = "running services are how it was before"
		l.forward.add(Start, start)
		if l.plan.Procedure == "start-first" {
			start.Source, start.Risk = backPage("1"), Safe
			start.Needs = l.forward.ids(Preflight)
			continue
		}
		stop := &StopServices{l.info("stop/"+server, server, "services", Disruptive, rng, page("2")), product, l.call(product, "Stop-CsWindowsService")}
		check := l.checkServer(server)
		stop.Needs = append(l.forward.ids(Preflight), check.ID)
		l.forward.add(Stop, check)
		stop.Undo = []string{"rollback/start/" + server}
		l.forward.add(Stop, stop)
		back := &StartServices{l.info("rollback/start/"+server, server, "services", Safe, rng, backPage("1")), product, l.call(product, "Start-CsWindowsService")}
		back.NoUndo = "it is part of the rollback"
		l.back.add(Start, back)
	}
}

// checkServer looks at what else would only be seen when the services start again.
func (l *lowering) checkServer(server string) *CheckServer {
	product := l.plan.To.Product
	check := &CheckServer{StepInfo: l.info("check/"+server, server, "certificates and local configuration", Safe, l.to.Range, ours), Product: product}
	check.Certificates = l.call(product, "Get-CsCertificate")
	check.GoodUntil = goodUntil(l.plan)
	if len(l.plan.Partners) > 0 {
		local := l.call(product, "Get-CsXmppAllowedPartner", cmdlet.Switch("LocalStore"))
		check.Local = &local
	}
	check.Needs, check.NoUndo = l.forward.ids(Preflight), "it changes nothing"
	return check
}

// records has the DNS owners change the zones; steps 4 and 5.
func (l *lowering) records() {
	for _, z := range l.plan.Zones {
		var steps []string
		for _, set := range z.Records {
			if !slices.Contains(steps, set.Step) {
				steps = append(steps, set.Step)
			}
		}
		rng := l.zoneRange(z)
		says := "DNS records of " + z.Name
		forth, home := page(strings.Join(steps, ", ")), backPage("3c")
		if l.prepare != nil {
			forth, home = ours, ours
		}
		edited := z.Edited()
		if edited {
			l.edit(z, rng, forth, home)
		}
		step := &ChangeRecords{l.info("dns/"+z.Name, l.plan.ManagementHost, says, Disruptive, rng, forth), z.Name, edited}
		step.Needs = append(l.forward.ids(Route), l.forward.ids(DNSServer)...)
		if l.prepare != nil {
			step.Needs = append(step.Needs, l.forward.ids(Preflight)...)
		}
		step.Undo = []string{"rollback/dns/" + z.Name}
		l.forward.add(DNS, step)
		if edited || !z.Changed() {
			step.Risk, step.Undo, step.NoUndo = Safe, nil, "it changes nothing"
		}
		if !z.Changed() {
			continue // there is nothing to go back to
		}
		back := &ChangeRecords{l.info("rollback/dns/"+z.Name, l.plan.ManagementHost, says, Disruptive, rng, home), z.Name, edited}
		back.Needs = append(l.back.ids(Route), l.back.ids(DNSServer)...)
		back.NoUndo = "it is part of the rollback"
		l.back.add(DNS, back)
		if edited {
			back.Risk = Safe
		}
	}
	l.orderEdits()
}

// orderEdits has zones with addresses come first and go back last: SRV records of other
// zones name their hosts.
func (l *lowering) orderEdits() {
	order := func(steps Steps, first bool) {
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
	order(l.forward.steps[DNSServer], true)
	order(l.back.steps[DNSServer], false)
}

func (l *lowering) movesAddresses(step Step) bool {
	zone, _ := l.plan.Zone(step.(*EditRecords).Zone)
	return slices.ContainsFunc(zone.Records, func(set RecordSet) bool { return set.Type != "SRV" && set.Changed() })
}

// edit changes a zone on the Windows DNS server itself.
func (l *lowering) edit(z Zone, rng hcl.Range, forth, home Source) {
	says := "DNS records of " + z.Name
	step := &EditRecords{l.info("dns-server/"+z.Name, z.Computer, says, Disruptive, rng, forth), z.Name}
	step.Needs = append(l.forward.ids(Preflight), l.forward.ids(Route)...)
	step.Undo = []string{"rollback/dns-server/" + z.Name}
	l.forward.add(DNSServer, step)
	back := &EditRecords{l.info("rollback/dns-server/"+z.Name, z.Computer, says, Disruptive, rng, home), z.Name}
	back.Needs = l.back.ids(Route)
	back.NoUndo = "it is part of the rollback"
	l.back.add(DNSServer, back)
}

// zoneRange is where the spec has a zone.
func (l *lowering) zoneRange(z Zone) hcl.Range {
	if spec := l.byOrigin[dnsname.Absolute(z.Name)]; spec != nil {
		return spec.Range
	}
	return l.f.Range
}

// checkRecords checks the records of a preparation once more.
func (l *lowering) checkRecords() {
	for _, way := range []struct {
		stages *stages
		prefix string
	}{{l.forward, ""}, {l.back, "rollback/"}} {
		step := &CheckState{l.info(way.prefix+"verify/state", l.plan.ManagementHost, "DNS records", Safe, l.f.Range, ours), []string{DNS}}
		step.Needs, step.NoUndo = way.stages.ids(DNS), "it changes nothing"
		way.stages.add(Verify, step)
	}
}

// firewall takes a person's word for port 5269: while the services are stopped
// nothing listens, so that nobody can test it yet; step 6.
func (l *lowering) firewall() {
	all := append(slices.Clone(l.plan.To.IPv4), l.plan.To.IPv6...)
	step := &ConfirmPort{l.info("firewall/5269", l.plan.ManagementHost, "firewall", Safe, l.to.Range, page("6")), xmppPort, all}
	step.Needs = l.forward.ids(DNS)
	step.NoUndo = "an open port of a pool that is not designated harms nothing"
	l.forward.add(Firewall, step)
	if l.plan.Procedure == "start-first" {
		return
	}
	for _, start := range l.forward.steps[Start] {
		start.Info().Needs = slices.Concat(l.forward.ids(Stop), l.forward.ids(Route), l.forward.ids(DNS), l.forward.ids(Firewall))
	}
}

// replicas are the computers that the new route has to reach.
func replicas(plan *Plan) []string { return append(slices.Clone(plan.To.Servers), plan.ManagementHost) }

// The cmdlets that read whether a replica is up to date, and push the configuration to it.
const (
	replicaRead = "Get-CsManagementStoreReplicationStatus"
	replicaPush = "Invoke-CsManagementStoreReplication"
)

// replicate brings the new route to the Edge Servers, which have been able to receive
// it only since they run again.
func (l *lowering) replicate() {
	for _, replica := range replicas(l.plan) {
		for _, s := range []struct {
			stages *stages
			prefix string
		}{{l.forward, ""}, {l.back, "rollback/"}} {
			step := &Replicate{
				StepInfo: l.info(s.prefix+"replicate/"+replica, l.plan.ManagementHost, replica+" is up to date", Safe, l.f.Range, ours),
				Product:  l.plan.Product, Replica: replica,
				Read: l.manage(replicaRead, cmdlet.Arg("ReplicaFqdn", replica)),
				Call: l.manage(replicaPush, cmdlet.Arg("ReplicaFqdn", replica)),
			}
			step.Needs = slices.Concat(s.stages.ids(Route), s.stages.ids(DNS), s.stages.ids(Start))
			step.NoUndo = "replication copies what is set; the rollback replicates again"
			s.stages.add(Replicated, step)
		}
	}
}

// verify checks the result from three places: inside, on the Edge Servers, outside. Only
// the last connects to the public addresses: a firewall or NAT device need not send a
// connection from inside back in.
func (l *lowering) verify() {
	host, rng := l.plan.ManagementHost, l.f.Range
	needs := slices.Concat(l.forward.ids(Replicated), l.forward.ids(Firewall), l.forward.ids(DNS))
	add := func(step Step) {
		step.Info().NoUndo = "it changes nothing"
		step.Info().Needs = needs
		l.forward.add(Verify, step)
	}
	add(&CheckState{l.info("verify/state", host, "route and DNS records", Safe, rng, ours), []string{Route, DNS}})
	add(&ProbePort{l.info("verify/services", host, "Access Edge answers", Safe, rng, page("7")), 5061, l.plan.To.Servers})
	if l.to.NextHop.Set {
		add(&SendMessage{l.info("verify/message", host, "test message", Safe, rng, ours), l.plan.Product,
			l.manage("Test-CsXmppIM", cmdlet.Arg("TargetFqdn", l.to.NextHop.V), cmdlet.Arg("Receiver", l.receiver()))})
	}
	for _, server := range l.plan.To.Servers {
		add(&CheckListener{l.info("verify/"+server, server, "XMPP proxy listens", Safe, rng, page("6")), xmppPort})
	}
	add(&ProbePort{l.info("verify/outside", AnyHost, "XMPP proxy answers", Safe, rng, page("6")), xmppPort, slices.Concat(l.plan.To.IPv4, l.plan.To.IPv6)})

	back := &CheckState{l.info("rollback/verify/state", host, "route and DNS records", Safe, rng, ours), []string{Route, DNS}}
	back.Needs = l.back.ids(Replicated)
	back.NoUndo = "it changes nothing"
	l.back.add(Verify, back)
}

// receiver stands in the plan for the XMPP user whom the operator will name.
func (l *lowering) receiver() string {
	if partners := l.spec.XMPP.Partners.V; len(partners) > 0 {
		return "user@" + partners[0]
	}
	return "user@partner.example"
}
