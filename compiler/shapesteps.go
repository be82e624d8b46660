package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// factCalls are the calls of stage Preflight that read what facts compare, by the numbers
// of these facts.
func factCalls(plan *Plan) map[string]cmdlet.Call {
	call := func(name string, params ...cmdlet.Param) cmdlet.Call { return cmdlet.Call{Name: name, Params: params} }
	store := call("Get-CsManagementStoreReplicationStatus", cmdlet.Switch("CentralManagementStoreStatus"))
	service := call("Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", plan.To.FQDN))
	return map[string]cmdlet.Call{
		"P01": store, "P02": store,
		"P03": call("Get-CsPool", cmdlet.Arg("Identity", plan.To.FQDN)),
		"P04": service, "P05": service, "P06": service, "P07": service, "P19": service,
		"P08": call("Get-CsSipDomain"),
		"P09": call("Get-CsAccessEdgeConfiguration"),
		"P10": call("Get-CsXmppAllowedPartner"),
	}
}

// factWants are the values that facts of stage Preflight want, as far as the plan has
// them elsewhere too. See [isOpen].
func factWants(plan *Plan) map[string]Fact {
	return map[string]Fact{
		"P01": {Property: "ActiveMasterFqdn", Match: Like, Want: []string{"*?.?*"}},
		"P02": {Property: "ActiveFileTransferAgents", Match: Like, Want: []string{"*?.?*"}},
		"P03": {Property: "Computers", Match: Is, Want: plan.To.Servers},
		"P04": {Property: "Identity", Match: Is, Want: []string{"EdgeServer:" + plan.To.FQDN}},
		"P05": {Property: "SiteId", Match: Is, Want: []string{"Site:" + plan.To.Site}},
		"P06": {Property: "XmppListeningPort", Match: Is, Want: []string{strconv.Itoa(xmppPort)}},
		"P07": {Property: "Registrar", Match: Is},
		"P08": {Property: "Name", Match: Has, Want: plan.Domains},
		"P09": {Property: "AllowFederatedUsers", Match: Is, Want: []string{"True"}},
		"P10": {Property: "Identity,AdditionalDomains", Match: Has, Want: plan.Partners, WarnOthers: true},
		"P19": {Property: "XmppInternalPort", Match: Is},
	}
}

// isOpen tells whether the value that a fact wants is nowhere else in the plan; it is one.
func isOpen(number string) bool { return number == "P07" || number == "P19" }

// mayLack are the numbers of facts that not every failover has.
func mayLack(plan *Plan, number string) bool {
	return isOpen(number) || number == "P10" && !cmdlet.Has(plan.Product, "Get-CsXmppAllowedPartner", "LocalStore")
}

// checkFacts wants comparisons that the script knows, of what Compile compares.
func checkFacts(plan *Plan, s *CheckFacts) error {
	if len(s.Facts) == 0 {
		return fmt.Errorf("step %s compares nothing", s.ID)
	}
	calls, wants := factCalls(plan), factWants(plan)
	for _, fact := range s.Facts {
		want, known := wants[fact.Number]
		switch {
		case !slices.Contains([]string{Is, Has, Like}, fact.Match):
			return fmt.Errorf("step %s compares %s in a way that there is not: %q", s.ID, fact.Number, fact.Match)
		case fact.WarnOthers && fact.Match != Has:
			return fmt.Errorf("step %s: %s says what others mean, and allows none", s.ID, fact.Number)
		case !known:
			return fmt.Errorf("step %s: there is no fact %q of the topology", s.ID, fact.Number)
		case fact.Property != want.Property || fact.Match != want.Match || fact.WarnOthers != want.WarnOthers,
			isOpen(fact.Number) && len(fact.Want) != 1, !isOpen(fact.Number) && !slices.Equal(fact.Want, want.Want):
			return fmt.Errorf("step %s: %s is not about %s of this plan", s.ID, fact.Number, want.Property)
		}
		if err := checkOpen(fact); err != nil {
			return err
		}
		if err := checkCall(s, s.Product, plan.Product, s.Read, calls[fact.Number]); err != nil {
			return err
		}
	}
	return nil
}

// checkOpen wants the FQDN of a pool, or a port, where the plan has it nowhere else.
func checkOpen(fact Fact) error {
	if !isOpen(fact.Number) {
		return nil
	}
	pool, ok := strings.CutPrefix(fact.Want[0], "Registrar:")
	port, err := strconv.ParseUint(fact.Want[0], 10, 16)
	if fact.Number == "P07" && (!ok || badName(pool) != "") || fact.Number == "P19" && (err != nil || port == 0) {
		return fmt.Errorf("%s: there is no %s %q", fact.Number, fact.Property, fact.Want[0])
	}
	return nil
}

// checkInfo wants steps with IDs of their own, each with steps of the rollback that take it
// back or a reason why there are none.
func checkInfo(plan *Plan) error {
	back := allSteps(plan.Rollback).ids()
	seen := map[string]bool{}
	for _, step := range slices.Concat(allSteps(plan.Stages), allSteps(plan.Rollback)) {
		info := step.Info()
		switch {
		case info.ID == "" || seen[info.ID]:
			return fmt.Errorf("two steps have the ID %q, or one has none", info.ID)
		case (len(info.Undo) == 0) == (info.NoUndo == ""):
			return fmt.Errorf("step %s is not taken back, or it is and says why not", info.ID)
		case !slices.Contains([]Risk{Safe, Disruptive, Destructive}, info.Risk):
			return fmt.Errorf("step %s: there is no risk %q", info.ID, info.Risk)
		case !slices.Contains([]string{FailOverPage, FailBackPage, OwnPractice}, info.Source.Procedure):
			return fmt.Errorf("step %s: there is no procedure %q", info.ID, info.Source.Procedure)
		}
		for _, id := range info.Undo {
			if !slices.Contains(back, id) {
				return fmt.Errorf("step %s is taken back by %q, which is not in the rollback", info.ID, id)
			}
		}
		seen[info.ID] = true
	}
	return nil
}

// checkPreflight wants each fact once, and what no failover begins without.
func checkPreflight(plan *Plan) error {
	numbers, kinds := map[string]int{}, map[string]int{}
	for _, step := range allSteps(plan.Stages) {
		kinds[step.kind()]++
		switch s := step.(type) {
		case *CheckFacts:
			for _, fact := range s.Facts {
				numbers[fact.Number]++
			}
		case *CheckReplicas:
			numbers[s.Number]++
		}
	}
	if plan.Kind == KindPrepare {
		return nil // which has only steps about records
	}
	for number := 1; number <= 19; number++ {
		name := fmt.Sprintf("P%02d", number)
		_, known := factCalls(plan)[name]
		if n := numbers[name]; n > 1 || n == 0 && (known || name == replicasNumber) && !mayLack(plan, name) {
			return fmt.Errorf("the fact %s stands in the plan %d times", name, n)
		}
	}
	for _, kind := range []string{"check-right", "check-routed-sites", "rehearse"} {
		if kinds[kind] != 1 {
			return fmt.Errorf("the plan has %d steps %s, not one", kinds[kind], kind)
		}
	}
	if kinds["backup"] != 2 || kinds["check-listener"] != len(plan.To.Servers) || kinds["probe-port"] != 2 || kinds["check-state"] != 1 {
		return fmt.Errorf("steps that back up or verify are missing or stand there twice")
	}
	return nil
}

// replicasNumber is the number of the fact about the replicas.
const replicasNumber = "P11"

// checkCall wants one call, with the parameters that Compile gives it and no others. What
// stands in the place of a read runs without a question, and with -WhatIf too.
func checkCall(step Step, product, its cmdlet.Product, got, want cmdlet.Call) error {
	if product != its || got.Name != want.Name || !slices.Equal(got.Params, want.Params) {
		return fmt.Errorf("step %s: %s is not the call of such a step, or not with these parameters", step.Info().ID, got.Name)
	}
	return nil
}

// checkStep wants of a step what Compile makes: calls, ports and computers are those of
// the plan.
func checkStep(plan *Plan, step Step, back bool) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("step %s: "+format, append([]any{step.Info().ID}, args...)...)
	}
	call := func(product, its cmdlet.Product, got cmdlet.Call, name string, params ...cmdlet.Param) error {
		return checkCall(step, product, its, got, cmdlet.Call{Name: name, Params: params})
	}
	host := step.Info().Host
	if plan.Kind == KindPrepare && !slices.Contains([]string{"check-records", "edit-records", "change-records", "check-state"}, step.kind()) {
		return wrong("a preparation changes DNS only")
	}
	switch s := step.(type) {
	case *CheckRight:
		if s.Group != "RTCUniversalServerAdmins" {
			return wrong("it asks for the group %q", s.Group)
		}
	case *CheckFacts:
		return checkFacts(plan, s)
	case *CheckRoutedSites:
		if s.PoolName != plan.From.Name || s.PoolFQDN != plan.From.FQDN {
			return wrong("it is not about the pool that is left")
		}
		return call(s.Product, plan.Product, s.Read, "Get-CsSite")
	case *CheckReplicas:
		if s.Number != replicasNumber || !slices.Equal(s.Replicas, replicas(plan)) {
			return wrong("it is not %s about the replicas of stage %s", replicasNumber, Replicated)
		}
	case *Backup:
		if s.Export {
			return checkBackup(s, "sites.xml", call(s.Product, plan.Product, s.Call, "Get-CsSite"))
		}
		return checkBackup(s, "config.zip", call(s.Product, plan.Product, s.Call, "Export-CsConfiguration", cmdlet.Arg("FileName", "config.zip")))
	case *Rehearse:
		var ids []string
		for _, stage := range plan.Stages {
			if stage.Name == Route {
				ids = stage.Steps.ids()
			}
		}
		if !sameStrings(s.Steps, ids) {
			return wrong("it does not rehearse stage %s", Route)
		}
	case *StopServices, *StartServices, *CheckServer, *CheckListener:
		if !slices.Contains(plan.To.Servers, host) {
			return wrong("%s is no server of the target pool", host)
		}
		return checkEdge(plan, step)
	case *SetRoute:
		return checkRoute(plan, s, back)
	case *StopXMPP:
		return checkOld(plan, step, s.Product, s.Call)
	case *StartXMPP:
		return checkOld(plan, step, s.Product, s.Call)
	case *Replicate:
		if !slices.Contains(replicas(plan), s.Replica) {
			return wrong("the route does not have to reach %s", s.Replica)
		}
		if err := call(s.Product, plan.Product, s.Read, "Get-CsManagementStoreReplicationStatus", cmdlet.Arg("ReplicaFqdn", s.Replica)); err != nil {
			return err
		}
		return call(s.Product, plan.Product, s.Call, "Invoke-CsManagementStoreReplication", cmdlet.Arg("ReplicaFqdn", s.Replica))
	case *CheckState:
		want := []string{Route, DNS}
		if plan.Kind == KindPrepare {
			want = want[1:]
		}
		if !slices.Equal(s.Stages, want) {
			return wrong("it does not check %s", strings.Join(want, " and "))
		}
	case *ConfirmPort:
		if s.Port != xmppPort || !slices.Equal(s.Addresses, slices.Concat(plan.To.IPv4, plan.To.IPv6)) {
			return wrong("it is not about port %d of the target pool", xmppPort)
		}
	case *ProbePort:
		port, targets := 5061, plan.To.Servers
		if host == AnyHost {
			port, targets = xmppPort, slices.Concat(plan.To.IPv4, plan.To.IPv6)
		}
		// Never from an Edge Server: its own public address may not be reachable from there.
		if host != plan.ManagementHost && host != AnyHost {
			return wrong("it does not belong on %s", host)
		}
		if s.Port != port || !slices.Equal(s.Targets, targets) {
			return wrong("it is not about port %d of the target pool", port)
		}
	case *SendMessage:
		return checkMessage(plan, s)
	}
	return nil
}

func checkBackup(s *Backup, file string, err error) error {
	if err == nil && s.File != file {
		return fmt.Errorf("step %s: the file of this backup is %s, not %q", s.ID, file, s.File)
	}
	return err
}

// checkEdge wants the calls of a step on an Edge Server of the target pool.
func checkEdge(plan *Plan, step Step) error {
	switch s := step.(type) {
	case *StopServices:
		return checkCall(s, s.Product, plan.To.Product, s.Call, cmdlet.Call{Name: "Stop-CsWindowsService"})
	case *StartServices:
		return checkCall(s, s.Product, plan.To.Product, s.Call, cmdlet.Call{Name: "Start-CsWindowsService"})
	case *CheckListener:
		if s.Port != xmppPort {
			return fmt.Errorf("step %s: the port is %d, not %d", s.ID, s.Port, xmppPort)
		}
	case *CheckServer:
		if s.GoodUntil != goodUntil(plan) || (s.Local != nil) != (len(plan.Partners) > 0) {
			return fmt.Errorf("step %s: certificates have to be valid until %q, the end of the window, and the local copy is read for partners only", s.ID, goodUntil(plan))
		}
		if s.Local != nil {
			if err := checkCall(s, s.Product, plan.To.Product, *s.Local, cmdlet.Call{Name: "Get-CsXmppAllowedPartner", Params: []cmdlet.Param{cmdlet.Switch("LocalStore")}}); err != nil {
				return err
			}
		}
		return checkCall(s, s.Product, plan.To.Product, s.Certificates, cmdlet.Call{Name: "Get-CsCertificate"})
	}
	return nil
}

// goodUntil is the moment at which certificates still have to be valid: the end of the
// window, RFC 3339 in UTC; empty where the plan has none.
func goodUntil(plan *Plan) string {
	end, err := time.Parse(time.RFC3339, plan.Change.WindowEnd)
	if err != nil {
		return ""
	}
	return end.UTC().Format(time.RFC3339)
}

// checkRoute wants the two forms of the call, and the target pool at their end or, on the
// way back, at their start.
func checkRoute(plan *Plan, s *SetRoute, back bool) error {
	if len(s.Forms) == 0 {
		return fmt.Errorf("step %s has no forms", s.ID)
	}
	if len(s.Forms) != 2 || s.Site == "" {
		return fmt.Errorf("step %s has %d forms, not two, or no site", s.ID, len(s.Forms))
	}
	for i, form := range s.Forms {
		product, parameter, value, to := plan.Product, "XmppFederationRoute", "EdgeServer:"+form.To, plan.To.FQDN
		if i == 1 {
			product, parameter, value, to = cmdlet.LiteralProcedure, "XmppExternalFederationRoute", form.To, plan.To.Servers[0]
		}
		if form.To == "" {
			value = ""
		}
		ends, other := form.To, form.From
		if back {
			ends, other = form.From, form.To
		}
		if ends != to || other != "" && badName(other) != "" || form.Parameter != parameter || s.Manual != (form.To == "") {
			return fmt.Errorf("step %s: it does not change the route between %s and another pool", s.ID, plan.To.FQDN)
		}
		want := cmdlet.Call{Name: "Set-CsSite", Params: []cmdlet.Param{cmdlet.Arg("Identity", s.Site), cmdlet.Arg(parameter, value)}}
		if err := checkCall(s, form.Product, product, form.Call, want); err != nil {
			return err
		}
	}
	return nil
}

// checkMessage wants a test message to an XMPP user, through a pool.
func checkMessage(plan *Plan, s *SendMessage) error {
	var pool, receiver string
	for _, p := range s.Call.Params {
		switch p.Name {
		case "TargetFqdn":
			pool = p.Value
		case "Receiver":
			receiver = p.Value
		}
	}
	if domain, ok := strings.CutPrefix(receiver, "user@"); !ok || badPartner(domain) != "" || badName(pool) != "" {
		return fmt.Errorf("step %s: it sends a message through %q to %q", s.ID, pool, receiver)
	}
	return checkCall(s, s.Product, plan.Product, s.Call, cmdlet.Call{Name: "Test-CsXmppIM",
		Params: []cmdlet.Param{cmdlet.Arg("TargetFqdn", pool), cmdlet.Arg("Receiver", receiver)}})
}
