package procedure

import (
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// builder makes the stages of a plan. It keeps the first error.
type builder struct {
	plan          *plan.Plan
	forward, back way
	numbers       int // those that freeNumber has given away
	err           error
}

// freeNumber is that of a fact that no other has: they follow those about zones and sets, as all below these are
// taken.
func (b *builder) freeNumber() string {
	nth := plan.FirstZoneFact + b.numbers
	for _, zone := range b.plan.Zones {
		nth += 1 + len(zone.Records)
	}
	b.numbers++
	return "P" + strconv.Itoa(nth)
}

// way is a direction: the change or its rollback.
type way struct{ stages []plan.Stage }

// add puts a part into a stage, which is the last one or a new one.
func (w *way) add(stage string, part plan.Part) {
	switch {
	case len(part.Needs) == 0:
		part.Seen = "" // a part may have needs in one plan and none in another
	case part.Seen == "":
		part.Seen = plan.SeenInState
	}
	// Parts of one stage are added one after the other, so only the last stage can be the same one.
	if n := len(w.stages); n > 0 && w.stages[n-1].Name == stage {
		w.stages[n-1].Parts = append(w.stages[n-1].Parts, part)
		return
	}
	w.stages = append(w.stages, plan.Stage{Name: stage, Parts: []plan.Part{part}})
}

// ifFails says what to do if a stage of the change fails, where the change has the stage. It is called
// once all stages are there.
func (b *builder) ifFails(stage string, advice plan.Advice) {
	for i := range b.forward.stages {
		if b.forward.stages[i].Name == stage {
			b.forward.stages[i].IfFails = advice
		}
	}
}

// alsoIfFails adds to that, once it is said.
func (b *builder) alsoIfFails(stage, says string) {
	for i := range b.forward.stages {
		if s := &b.forward.stages[i]; s.Name == stage {
			s.IfFails.Says = append(slices.Clip(s.IfFails.Says), says)
		}
	}
}

// has tells whether the way has a stage so far.
func (w *way) has(stage string) bool { return plan.HasStage(w.stages, stage) }

// after is the first of some stages that the way has, as the need of a later one. Each of them
// needs those that come after it in the list.
func (w *way) after(stages ...string) []string {
	for _, name := range stages {
		if w.has(name) {
			return []string{name}
		}
	}
	return nil
}

// present are those of some stages that the way has.
func (w *way) present(stages ...string) []string {
	return slices.DeleteFunc(stages, func(name string) bool { return !w.has(name) })
}

// Sources of steps.
var ours = plan.Ours

func failOver(step string) plan.Source { return plan.Source{Procedure: plan.FailOverPage, Step: step} }
func failBack(step string) plan.Source { return plan.Source{Procedure: plan.FailBackPage, Step: step} }

// act has a step change its value until it is as the act says: does and expect are what it does, and
// what is so after it, as parts of sentences.
func acts(s *plan.Step, act plan.Act, does, expect string) {
	s.Act, s.Does, s.Expect = &act, does, expect
}

// step begins one.
func step(id, says string, risk plan.Risk, origin plan.Origin, source plan.Source) *plan.Step {
	return &plan.Step{ID: id, Says: says, Risk: risk, Origin: origin, Source: source}
}

// call makes a call that the product has.
func (b *builder) call(product cmdlet.Product, name string, params ...cmdlet.Param) *cmdlet.Call {
	call, err := cmdlet.New(product, name, params...)
	// The first error names the cause: all later ones may follow from it.
	if err != nil && b.err == nil {
		b.err = err
	}
	return &call
}

// function is a call of a function of the fixed runtime. What that calls, the product has to have.
func (b *builder) function(product cmdlet.Product, name string, params ...cmdlet.Param) *cmdlet.Call {
	call := &cmdlet.Call{Name: name, Params: params}
	// The function is in the fixed runtime, where the check of New does not look.
	for _, c := range (&plan.Step{Read: call}).Reads() {
		b.call(product, c.Name, c.Params...)
	}
	return call
}

// compares has a step read and compare.
func compares(s *plan.Step, read *cmdlet.Call, property, match string, want ...string) *plan.Step {
	// plan.json then has [] and not null, so that a plan that was read is spelled as one that was made.
	if want == nil {
		want = []string{}
	}
	s.Read, s.Property, s.Check = read, property, &plan.Check{Match: match, Want: want}
	return s
}

// warns has it go on where what it compares is otherwise.
func warns(s *plan.Step) *plan.Step {
	s.Check.Warn = true
	return s
}

// xmppService wants a service of XMPP on the server. What it is called is on no page: the
// display name tells.
func (b *builder) xmppService(id string, product cmdlet.Product, origin plan.Origin) *plan.Step {
	read := b.call(product, "Get-CsWindowsService", cmdlet.Switch("ExcludeActivityLevel"))
	return compares(step(id, "XMPP service", plan.Safe, origin, ours), read, "DisplayName", plan.Like, "*XMPP*")
}

// fact begins a step that compares something about the plan as a whole.
func (b *builder) fact(id, says string, source plan.Source) *plan.Step {
	return step(id, says, plan.Safe, b.plan.Origin, source)
}

// edgePool are facts about the Edge pool of the plan: it has these servers and is at that site.
func (b *builder) edgePool(source plan.Source) plan.Steps {
	to, service := b.plan.To, b.edgeService(b.plan.To)
	pool := b.call(b.plan.Product, "Get-CsPool", cmdlet.Arg("Identity", to.FQDN))
	return plan.Steps{
		compares(b.fact("P03", "pool servers", source), pool, "Computers", plan.Is, to.Servers...),
		compares(b.fact("P04", "Edge service", source), service, "Identity", plan.Is, "EdgeServer:"+to.FQDN),
		compares(b.fact("P05", "site of the pool", source), service, "SiteId", plan.Is, "Site:"+to.Site)}
}

// ready are facts that replication works and who runs the stage may change the topology.
func (b *builder) ready() plan.Steps {
	// One that is not up to date before the change would not get what changes either.
	replicas := slices.SortedFunc(slices.Values(plan.Replicas(b.plan)), strings.Compare)
	// The reference names RTCUniversalServerAdmins, but a role can give the right to run Set-CsSite as well: a
	// missing group is a warning.
	return plan.Steps{
		compares(b.fact("P11", "replicas that are up to date", ours), b.function(b.plan.Product, "Get-CurrentReplica"), "",
			plan.Has, replicas...),
		warns(compares(b.fact("preflight/right", "user groups", ours), b.function(b.plan.Product, "Get-ChangeRight"), "",
			plan.Has, "RTCUniversalServerAdmins"))}
}

// replicas push the configuration to all servers that have to know it, and wait for each.
func (b *builder) replicas(prefix string) plan.Steps {
	var out plan.Steps
	for _, replica := range slices.SortedFunc(slices.Values(plan.Replicas(b.plan)), strings.Compare) {
		s := step(prefix+"replicate/"+replica, replica+" is up to date", plan.Safe, b.plan.Origin, ours)
		s.Property = "UpToDate"
		s.Read = b.call(b.plan.Product, "Get-CsManagementStoreReplicationStatus", cmdlet.Arg("ReplicaFqdn", replica))
		// UpToDate may still be True for the version from before the change, so the first run pushes in any
		// case. A first answer of False is usual for minutes.
		acts(s, plan.Act{To: []string{"True"}, FirstRun: true, IfNot: pushed(b.plan, replica, ""),
			Set: b.call(b.plan.Product, "Invoke-CsManagementStoreReplication", cmdlet.Arg("ReplicaFqdn", replica))},
			"pushes the configuration to "+replica, "UpToDate is True for "+replica)
		s.Effect = plan.Effect{Var: "replica/" + replica, Value: plan.Routes}
		// REPLICA is one of the services that stage Stop stops.
		if _, known := b.plan.Model.First["services/"+replica]; known {
			s.Effect.Wants = []plan.Cond{{Var: "services/" + replica, Value: plan.Running,
				Else: "%s is a stopped replica"}}
		}
		out = append(out, s)
	}
	return out
}

const (
	waiveService = "; -Waive NAME goes on without one"
	rollback     = "rollback/"
)

// windows are the zones that the script changes, by the DNS server where it does.
type windows struct {
	computer string
	zones    []plan.Zone
}

func byComputer(zones []plan.Zone) []windows {
	var out []windows
	for _, z := range zones {
		if !z.Edited() {
			continue
		}
		// Not a map: the order of the zones decides in which order the servers are named.
		i := slices.IndexFunc(out, func(w windows) bool { return w.computer == z.Computer })
		if i < 0 {
			i = len(out)
			out = append(out, windows{computer: z.Computer})
		}
		out[i].zones = append(out[i].zones, z)
	}
	return out
}

// movesAddresses tells whether a zone has addresses that change. Zones that have come first, and
// go back last: SRV records of other zones name their hosts.
func movesAddresses(z plan.Zone) bool {
	return slices.ContainsFunc(z.Records, func(set plan.RecordSet) bool { return set.Type != "SRV" && set.Changed() })
}

// records says which step of a page the records of a zone come from.
type records func(plan.Zone) plan.Source

// seen is how parts see what they need that take back one thing: who does that must not be kept
// from it because another thing cannot be taken back.
func seen(back bool) string {
	if back {
		return plan.SeenOnSheet
	}
	return plan.SeenInState
}

// dnsServers is stage DnsServer, after the stages needs. Page is what the page calls the steps about
// the records, such as "steps 4 and 5"; empty where none is about them.
func (b *builder) dnsServers(w *way, back bool, page string, needs []string, source records) {
	// An SRV record must not name a host whose address still leads to the old pool; on the way back it is the
	// other way round.
	zones := slices.SortedStableFunc(slices.Values(b.plan.Zones), func(x, y plan.Zone) int {
		if movesAddresses(x) == movesAddresses(y) {
			return 0
		}
		if movesAddresses(x) != back {
			return -1
		}
		return 1
	})
	prefix := ""
	if back {
		prefix = rollback
	}
	servers := byComputer(zones)
	holds := func(server windows) bool { return slices.ContainsFunc(server.zones, movesAddresses) }
	for _, server := range servers {
		part := plan.Part{Hosts: []string{server.computer}, Product: b.plan.Product, Needs: needs, Seen: seen(back),
			Elevated: true}
		var edits []plan.RecordEdit
		for _, z := range server.zones {
			s := step(prefix+"dns-server/"+z.Name, "zone "+z.Name, plan.Disruptive, z.Origin, source(z))
			s.Zone, s.Edit = z.Name, true
			part.Steps = append(part.Steps, s)
			edits = append(edits, z.Edits(back)...)
		}
		for _, other := range servers {
			first := other // the one that comes first
			if back {
				first = server
			}
			if other.computer != server.computer && holds(first) && holds(server) != holds(other) {
				// Cloned: needs is shared by the parts of all servers.
				part.Needs = append(slices.Clone(part.Needs), plan.DNSServer+" on "+other.computer)
			}
		}
		part.Does = "On"
		if begin := does(page, back); begin != "" {
			part.Does = begin + " on"
		}
		part.Does += " this DNS server: " + plan.SayEdits(edits, back) + "."
		w.add(plan.DNSServer, part)
	}
}

// does begins the sentence of a part with the steps of the page that it does or undoes; it is empty
// where the page has none.
func does(page string, back bool) string {
	switch {
	case page == "":
		return ""
	case back:
		return "Undoes " + page
	}
	return strings.ToUpper(page[:1]) + page[1:]
}

// dns is stage Dns, in which the owner changes the records of zones, and each is asked for. Page is as
// for dnsServers.
func (b *builder) dns(w *way, back bool, page string, zones []plan.Zone, needs []string, source records) {
	if len(zones) == 0 {
		return
	}
	part := plan.Part{Hosts: []string{b.plan.ManagementHost}, Product: b.plan.Product, Needs: needs, Seen: seen(back)}
	edited := 0
	for _, z := range zones {
		part.Zones = append(part.Zones, plan.ZoneCheck{Name: z.Name, Source: source(z)})
		// The longest wait counts: only after it no resolver has an old answer from any of the zones.
		part.OldAnswers = max(part.OldAnswers, z.Wait.Caches())
		if z.Edited() {
			edited++
		}
	}
	part.Does = "Shows the DNS records to change and checks each at the server of its zone."
	switch {
	case edited == len(zones):
		// Stage DnsServer has made all changes; there is nothing to show to an owner.
		part.Does = "Checks the DNS records at the server of each zone."
	case back:
		part.Does = "Shows the records to change back and checks each at the server of its zone."
	}
	if begin := does(page, back); begin != "" {
		part.Does = begin + ". " + part.Does
	}
	w.add(plan.DNS, part)
}

// changed are the zones that the plan changes.
func changed(zones []plan.Zone) []plan.Zone {
	return slices.DeleteFunc(slices.Clone(zones), func(z plan.Zone) bool { return !z.Changed() })
}
