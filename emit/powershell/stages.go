package powershell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// builder turns stages of a plan into the data that the runtime reads. The vocabulary
// of keys is runtime.ps1's.
type builder struct {
	plan  *plan.Plan
	back  bool
	names names
	err   error
}

func (b *builder) lit(s string) node { return expr(b.names.literal(s)) }

// several is an array of hashes, or the one there is: the runtime takes both.
func several(hashes ...node) node {
	if len(hashes) == 1 {
		return hashes[0]
	}
	return array(hashes)
}

// list is one literal, or an array of several or none.
func (b *builder) list(values []string) node {
	if len(values) == 1 {
		return b.lit(values[0])
	}
	return b.array(values)
}

func (b *builder) array(values []string) node {
	out := array{}
	for _, v := range values {
		out = append(out, b.lit(v))
	}
	return out
}

const (
	yes  = expr("$true")
	none = expr("@()")
)

// run is a part of a pipeline that runs a Cs cmdlet. No preference variable reaches a
// module's functions, so -ErrorAction, and where they exist -WhatIf and -Confirm, are
// said at every call.
func (b *builder) run(call cmdlet.Call, rehearse bool) command {
	out := command{{name: call.Name}}
	for _, p := range call.Params {
		w := word{name: "-" + p.Name}
		if !p.Switch {
			w.value = b.names.literal(p.Value)
		}
		out = append(out, w)
	}
	out = append(out, word{name: "-ErrorAction Stop"})
	switch {
	case call.ShouldProcess && rehearse:
		out = append(out, word{name: "-WhatIf -Confirm:$false"})
	case call.ShouldProcess:
		out = append(out, word{name: "-WhatIf:$false -Confirm:$false"})
	}
	return out
}

// with replaces the value of a parameter by a variable of the script.
func with(c command, param, variable string) command {
	out := slices.Clone(c)
	for i := range out {
		if out[i].name == "-"+param {
			out[i].value = variable
		}
	}
	return out
}

// read is a call of Get-CsWindowsService or of another cmdlet outside the plan's own
// steps, held against the same table.
func (b *builder) read(product cmdlet.Product, name string, params ...cmdlet.Param) command {
	call, err := cmdlet.New(product, name, params...)
	if err != nil && b.err == nil {
		b.err = err
	}
	return b.run(call, false)
}

func bare(text string) command { return command{{name: text}} }

// stages makes the entries of $Stages: one for a stage, or one for each kind of host
// where hosts have different steps.
func (b *builder) stages(stages []plan.Stage) []hash {
	var out []hash
	for _, stage := range stages {
		switch stage.Name {
		case plan.Preflight:
			out = append(out, b.preflights(stage)...)
		case plan.Stop:
			out = append(out, b.stop(stage))
		case plan.Route:
			out = append(out, b.route(stage))
		case plan.DNSServer:
			for _, own := range byHost(stage) {
				out = append(out, b.dnsServer(own))
			}
		case plan.DNS:
			out = append(out, b.dns(stage))
		case plan.Firewall:
			out = append(out, b.firewall(stage))
		case plan.Start:
			out = append(out, b.start(stage))
		case plan.StopOld, plan.StartOld:
			out = append(out, b.oldPool(stage))
		case plan.Replicated:
			out = append(out, b.replicate(stage))
		case plan.Verify:
			out = append(out, b.verify(stage)...)
		default:
			b.err = fmt.Errorf("internal error: no data for stage %s", stage.Name)
		}
	}
	return out
}

// open begins the entry of a stage, before which the same stages have to be done on each of
// its computers.
func (b *builder) open(stage plan.Stage, more ...entry) hash {
	h := hash{{key: "Name", value: b.lit(stage.Name)}, {key: "Hosts", value: b.array(stage.Hosts)}}
	after := b.plan.After(b.back, stage.Name, stage.Hosts[0])
	for _, host := range stage.Hosts[1:] {
		if !slices.Equal(after, b.plan.After(b.back, stage.Name, host)) && b.err == nil {
			b.err = fmt.Errorf("stage %s comes after other stages on %s than on %s", stage.Name, host, stage.Hosts[0])
		}
	}
	if len(after) > 0 {
		h = append(h, entry{"After", b.list(after), false})
	}
	return append(h, more...)
}

// edge opens an entry of Edge Servers. Module is theirs, where the product of the pool is
// another than that of the management host.
func (b *builder) edge(product cmdlet.Product, stage plan.Stage, more ...entry) hash {
	h := b.open(stage, more...)
	if own := module(product); own != module(b.plan.Product) {
		h = append(h, entry{"Module", b.lit(own), false})
	}
	return h
}

func (b *builder) does(text string) entry { return entry{"Does", b.lit(text), true} }

// documented tells whether the target pool is stopped while the route is set.
func (b *builder) documented() bool { return b.plan.Procedure == "documented" }

// byHost splits a stage whose computers have steps of their own.
func byHost(stage plan.Stage) []plan.Stage {
	var out []plan.Stage
	for _, host := range stage.Hosts {
		own := plan.Stage{Name: stage.Name, Hosts: []string{host}}
		for _, step := range stage.Steps {
			if step.Info().Host == host {
				own.Steps = append(own.Steps, step)
			}
		}
		out = append(out, own)
	}
	return out
}

// preflights are the entries of the management host and of each Windows DNS server.
func (b *builder) preflights(stage plan.Stage) []hash {
	var out []hash
	for _, own := range byHost(stage) {
		if own.Hosts[0] == b.plan.ManagementHost {
			out = append(out, b.preflight(own))
		} else {
			out = append(out, b.dnsPreflight(own))
		}
	}
	return out
}

func (b *builder) preflight(stage plan.Stage) hash {
	looks := entry{"LooksAt", b.lit(plan.DNS), b.plan.Kind == plan.KindFailover}
	if b.plan.Kind == plan.KindPrepare {
		return b.open(stage, looks, b.does("Checks that DNS is as before the change or as after it."))
	}
	h := b.open(stage, entry{"Rehearses", b.lit(plan.Route), false})
	if b.documented() {
		h = append(h, entry{"PrintsReceipt", expr("0"), false})
	}
	if len(b.present(plan.DNS)) > 0 {
		h = append(h, looks)
	}
	for _, step := range stage.Steps {
		if s, ok := step.(*plan.CheckReplicas); ok {
			of := hash{{"Id", b.lit(s.Number), false}, {"Of", b.lit(plan.Replicated), false}}
			h = append(h, entry{"UpToDate", of, len(b.present(plan.DNS)) == 0})
		}
	}
	if b.documented() {
		h = append(h, b.does("Checks what the later stages need, rehearses Route, backs up, prints the receipt for stage Stop."))
	} else {
		h = append(h, b.does("Checks what the later stages need, rehearses Route, backs up."))
	}
	var facts, steps array
	for _, step := range stage.Steps {
		switch s := step.(type) {
		case *plan.CheckRight:
			fact := hash{{"Id", b.lit("3"), false}, {"Says", b.lit(s.Says), false}, {"Has", b.lit(s.Group), false}, {"Warn", yes, false}}
			facts = append(facts, hash{{"Read", block{bare("Get-ChangeRight")}, false}, {"Expect", fact, true}})
		case *plan.CheckFacts:
			facts = append(facts, b.facts(s))
		case *plan.CheckRoutedSites:
			facts = append(facts, b.routedSites(s))
		case *plan.Backup:
			steps = append(steps, b.backup(s))
		}
	}
	return append(h, entry{"Facts", several(facts...), true}, entry{"Steps", several(steps...), true})
}

func (b *builder) facts(s *plan.CheckFacts) hash {
	var list array
	for _, f := range s.Facts {
		match := map[string]string{plan.Is: "Is", plan.Has: "Has", plan.Like: "Like", plan.InPool: "Is"}[f.Match]
		fact := hash{{"Id", b.lit(f.Number), false}, {"Says", b.lit(f.Says), false},
			{"Property", b.lit(f.Property), false}, {match, b.list(f.Want), false}}
		if f.WarnOthers {
			fact = append(fact, entry{"Others", b.lit("Warn"), false})
		}
		list = append(list, fact)
	}
	read := b.run(s.Read, false)
	if s.Pool != nil {
		read = command{{name: "Get-StoreStatus"}, {"-Of", b.names.literal(b.plan.CentralManagement)}}
	}
	return hash{{"Read", block{read}, false}, {"Expect", several(list...), true}}
}

func (b *builder) routedSites(s *plan.CheckRoutedSites) hash {
	var sites []string
	for _, site := range s.Sites {
		sites = append(sites, "Site:"+site)
	}
	fact := hash{{"Id", b.lit("3"), false}, {"Says", b.lit(s.Says), false}, {"Property", b.lit("Identity"), false},
		{"Only", b.list(sites), false}, {"Warn", yes, false}}
	read := command{{name: "Get-RoutedSite"}, {"-Pool", b.names.literal(s.PoolFQDN)}}
	return hash{{"Read", block{read}, false}, {"Expect", fact, true}}
}

func (b *builder) backup(s *plan.Backup) hash {
	set := block{with(b.run(s.Call, false), "FileName", "$File")}
	if s.Export {
		set = append(set, bare("Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false"))
	}
	return hash{{"Id", b.lit("B1"), false}, {"Says", b.lit(s.Says), false}, {"File", b.lit(s.File), false},
		{"To", b.lit("True"), false}, {"Set", set, true}}
}

// services reads the services of this server.
func (b *builder) services() command {
	return b.read(b.plan.To.Product, "Get-CsWindowsService", cmdlet.Switch("ExcludeActivityLevel"))
}

func (b *builder) stop(stage plan.Stage) hash {
	var call cmdlet.Call
	var check []entry
	for _, step := range stage.Steps {
		switch s := step.(type) {
		case *plan.StopServices:
			call = s.Call
		case *plan.CheckServer:
			check = b.checkServer(s)
		}
	}
	fact := hash{{"Id", b.lit("2"), false}, {"Says", b.lit("XMPP service here"), false},
		{"Property", b.lit("DisplayName"), false}, {"Like", b.lit("*XMPP*"), false}}
	step := hash{
		{"Id", b.lit("2"), false}, {"Says", b.lit("services that run"), false}, {"Property", b.lit("Name"), false},
		{"To", none, false}, {"Remember", b.lit("Services"), false},
		{"Read", block{bare("Get-ServiceUp")}, false},
		{"Set", block{b.run(call, false)}, true},
	}
	h := append(b.edge(b.plan.To.Product, stage, entry{"Elevated", yes, false}, entry{"Receipt", b.lit(plan.Preflight), false}, entry{"NotAfter", b.lit(plan.Start), false}),
		b.does("Step 2. Stops all services of this Edge Server: no remote access through it until stage Start."))
	h = append(h, check...)
	return append(h, entry{"Facts", hash{{"Read", block{b.services()}, false}, {"Expect", fact, true}}, true}, entry{"Steps", step, true})
}

// checkServer are the keys of what is looked at before the services stop.
func (b *builder) checkServer(s *plan.CheckServer) []entry {
	out := []entry{{"Certificates", block{b.run(s.Certificates, false)}, true}}
	if s.GoodUntil != "" {
		out = append(out, entry{"GoodUntil", b.lit(s.GoodUntil), false})
	}
	if s.Local != nil {
		out = append(out, entry{"LocalStore", block{b.run(*s.Local, false)}, true}, entry{"Partners", b.list(b.plan.Partners), false})
	}
	return out
}

func (b *builder) start(stage plan.Stage) hash {
	step := stage.Steps[0].(*plan.StartServices)
	id, does := step.Source.Step, "Step 7. Starts the services and waits until they run."
	says := "services down, of those noted by Stop (else not disabled) and XMPP"
	switch {
	case b.back:
		id, does = "R1", "Undoes step 2. Starts the services that stage Stop stopped. Comes first: remote access returns."
		if len(b.present(plan.StartOld)) > 0 {
			does = "Undoes step 2. Starts the services that stage Stop stopped, after StartOld: remote access returns."
		}
	case !b.documented():
		does, says = "Starts what does not run: the services have to run before the route is set.", "services down, of those not disabled and XMPP"
	}
	return append(b.edge(b.plan.To.Product, stage, entry{"Elevated", yes, false}), b.does(does), entry{"Steps", hash{
		{"Id", b.lit(id), false}, {"Says", b.lit(says), false}, {"To", none, false},
		{"IfNot", b.lit("; -Waive NAME goes on without one"), true},
		{"Read", block{bare("Get-ServiceDown")}, false}, {"Set", block{b.run(step.Call, false)}, true},
	}, true})
}

// oldPool stops or starts XMPP at the pool that is left. What its service is called is not
// documented.
func (b *builder) oldPool(stage plan.Stage) hash {
	product := b.plan.From.Product
	all := b.read(product, "Get-CsWindowsService", cmdlet.Switch("ExcludeActivityLevel"))
	fact := hash{{"Id", b.lit("P18"), false}, {"Says", b.lit("XMPP service here"), false},
		{"Property", b.lit("DisplayName"), false}, {"Like", b.lit("*XMPP*"), false}}
	facts := entry{"Facts", hash{{"Read", block{all}, false}, {"Expect", fact, true}}, true}
	not := func(state string) block {
		return block{command{{name: "Get-XmppService"}, {"-Not", b.names.literal(state)}}}
	}
	step := hash{{"To", none, false}, {"Each", yes, false}}
	switch s := stage.Steps[0].(type) {
	case *plan.StopXMPP:
		step = append(hash{{"Id", b.lit("S2"), false}, {"Says", b.lit("XMPP services that run"), false}}, step...)
		step = append(step, entry{"Read", not("Stopped"), true}, entry{"Set", block{with(b.run(s.Call, false), "Name", "$Value")}, true})
		h := b.edge(product, stage, entry{"Elevated", yes, false}, entry{"Receipt", b.lit(plan.Verify), false}, entry{"Waits", yes, false})
		if len(b.present(plan.DNS)) > 0 {
			h = append(h, entry{"StillTrue", b.lit(plan.DNS), false})
		}
		return append(h,
			b.does("Once no old answer is left: stops the XMPP service of this server of the old pool. Open streams end."),
			facts, entry{"Steps", step, true})
	case *plan.StartXMPP:
		step = append(hash{{"Id", b.lit("R1"), false}, {"Says", b.lit("XMPP services that do not run"), false}}, step...)
		step = append(step, entry{"Read", not("Running"), true}, entry{"Set", block{with(b.run(s.Call, false), "Name", "$Value")}, true})
		step = append(step, entry{"IfNot", b.lit("; -Waive NAME goes on without one"), true})
		return append(b.edge(product, stage, entry{"Elevated", yes, false}),
			b.does("Undoes StopOld. Starts XMPP on this server of the old pool, before partners are led back."),
			facts, entry{"Steps", step, true})
	}
	b.misplaced(stage.Steps[0])
	return nil
}

func (b *builder) route(stage plan.Stage) hash {
	h := b.open(stage)
	if b.back && len(b.present(plan.DNS)) > 0 {
		h = append(h, entry{"LooksAt", b.lit(plan.DNS), false})
	}
	does := "Step 3. Points the XMPP federation route to " + b.plan.To.FQDN + "."
	switch {
	case b.back:
		does = "Undoes step 3. Looks at DNS first, then puts the XMPP federation route back to what it was."
	case b.documented():
		h = append(h, entry{"MustBeStopped", b.list(b.plan.To.Servers), false})
	}
	h = append(h, b.does(does))
	var steps array
	for _, step := range stage.Steps {
		if set, ok := step.(*plan.SetRoute); ok {
			steps = append(steps, b.setRoute(set, len(steps)+1))
		}
	}
	return append(h, entry{"Steps", several(steps...), true})
}

func (b *builder) setRoute(s *plan.SetRoute, number int) hash {
	id := "3"
	if b.back {
		id = "R2"
	}
	h := hash{
		{"Id", b.lit(id), false}, {"Says", b.lit(s.Says), false},
		{"Read", block{command{{name: "Get-XmppRoute"}, {"-Site", b.names.literal(s.Site)}}}, true},
		{"Record", b.lit("Route" + strconv.Itoa(number)), false}, {"WaitSeconds", expr("60"), false},
	}
	if b.back {
		h = append(h, entry{"Restore", yes, false})
	}
	var forms array
	for _, f := range s.Forms {
		forms = append(forms, b.form(s, f))
	}
	return append(h, entry{"Forms", forms, true})
}

func (b *builder) form(s *plan.SetRoute, f plan.RouteForm) hash {
	h := hash{
		{"Parameter", b.lit("Set-CsSite -" + f.Parameter), false},
		{"From", b.lit(f.From), true}, {"To", b.lit(f.To), false},
	}
	if s.Manual {
		return append(h, entry{"Manual", b.lit("the previous route was empty: in Topology Builder, " + s.Site + ", Edit Properties, clear XMPP federation, publish"), true})
	}
	h = append(h, entry{"Set", block{b.run(f.Call, false)}, true})
	if !b.back {
		h = append(h, entry{"Rehearse", block{b.run(f.Call, true)}, true})
	}
	return h
}

func (b *builder) firewall(stage plan.Stage) hash {
	step := stage.Steps[0].(*plan.ConfirmPort)
	nat := ""
	if b.plan.To.NAT {
		nat = " (NAT)"
	}
	says := fmt.Sprintf("TCP %d is open from anywhere to %s%s and back out", step.Port, strings.Join(step.Addresses, ", "), nat)
	return b.open(stage, entry{"NotAfter", b.lit(plan.Firewall), false},
		b.does(fmt.Sprintf("Step 6. Takes into evidence that TCP %d is open.", step.Port)),
		entry{"Attests", hash{{"Id", b.lit("6"), false}, {"Says", b.lit(says), false}}, true})
}

func (b *builder) replicate(stage plan.Stage) hash {
	shared := hash{{"Id", b.lit("S1"), false}, {"Property", b.lit("UpToDate"), false}, {"To", b.lit("True"), false},
		{"FirstRunAlways", yes, false}, {"IfNot", b.lit("; are its services started, and is TCP 4443 open to it?"), true}}
	var steps array
	for _, step := range stage.Steps {
		s := step.(*plan.Replicate)
		steps = append(steps, hash{{"Says", b.lit(s.Says), false}, {"Read", block{b.run(s.Read, false)}, true}, {"Set", block{b.run(s.Call, false)}, true}})
	}
	return b.open(stage, b.does("Pushes the configuration to the servers and waits until they are up to date."),
		entry{"Shared", shared, true}, entry{"Steps", several(steps...), true})
}
