package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// checkInfo wants steps with IDs of their own, each with steps of the rollback that take it
// back or a reason why there are none.
func checkInfo(plan *Plan) error {
	back := AllSteps(plan.Rollback).IDs()
	seen := map[string]bool{}
	for _, step := range slices.Concat(AllSteps(plan.Stages), AllSteps(plan.Rollback)) {
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
	kinds := map[string]int{}
	for _, step := range AllSteps(plan.Stages) {
		kinds[step.Kind()]++
	}
	if plan.Kind == KindPrepare {
		return nil // which has only steps about records
	}
	if err := checkFacts(plan, AllSteps(plan.Stages)); err != nil {
		return err
	}
	for _, kind := range []string{"check-right", "check-routed-sites", "check-replicas", "rehearse"} {
		if kinds[kind] != 1 {
			return fmt.Errorf("the plan has %d steps %s, not one", kinds[kind], kind)
		}
	}
	if kinds["backup"] != 2 || kinds["check-listener"] != len(plan.To.Servers) || kinds["probe-port"] != 2 || kinds["check-state"] != 1 {
		return fmt.Errorf("steps that back up or verify are missing or stand there twice")
	}
	return nil
}

// ReplicasNumber is the number of the fact about the replicas.
const ReplicasNumber = "P11"

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
	if plan.Kind == KindPrepare && !slices.Contains([]string{"check-records", "edit-records", "change-records", "check-state"}, step.Kind()) {
		return wrong("a preparation changes DNS only")
	}
	switch s := step.(type) {
	case *CheckRight:
		if s.Group != "RTCUniversalServerAdmins" {
			return wrong("it asks for the group %q", s.Group)
		}
	case *CheckRoutedSites:
		if s.PoolName != plan.From.Name || s.PoolFQDN != plan.From.FQDN {
			return wrong("it is not about the pool that is left")
		}
		return call(s.Product, plan.Product, s.Read, "Get-CsSite")
	case *CheckReplicas:
		if s.Number != ReplicasNumber || !slices.Equal(s.Replicas, Replicas(plan)) {
			return wrong("it is not %s about the replicas of stage %s", ReplicasNumber, Replicated)
		}
	case *Backup:
		return checkBackup(plan, s)
	case *Rehearse:
		var ids []string
		for _, stage := range plan.Stages {
			if stage.Name == Route {
				ids = stage.Steps.IDs()
			}
		}
		if !SameSet(s.Steps, ids) {
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
		if !slices.Contains(Replicas(plan), s.Replica) {
			return wrong("the route does not have to reach %s", s.Replica)
		}
		if err := call(s.Product, plan.Product, s.Read, ReplicaRead, cmdlet.Arg("ReplicaFqdn", s.Replica)); err != nil {
			return err
		}
		return call(s.Product, plan.Product, s.Call, ReplicaPush, cmdlet.Arg("ReplicaFqdn", s.Replica))
	case *CheckState:
		want := []string{Route, DNS}
		if plan.Kind == KindPrepare {
			want = want[1:]
		}
		if !slices.Equal(s.Stages, want) {
			return wrong("it does not check %s", strings.Join(want, " and "))
		}
	case *ConfirmPort:
		if s.Port != XMPPPort || !slices.Equal(s.Addresses, slices.Concat(plan.To.IPv4, plan.To.IPv6)) {
			return wrong("it is not about port %d of the target pool", XMPPPort)
		}
	case *ProbePort:
		port, targets := 5061, plan.To.Servers
		if host == AnyHost {
			port, targets = XMPPPort, slices.Concat(plan.To.IPv4, plan.To.IPv6)
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

// checkBackup wants the backup of that ID, which is there once, as all IDs are.
func checkBackup(plan *Plan, s *Backup) error {
	for _, b := range BackupCalls() {
		if s.ID == "preflight/"+b.ID && s.File == b.File && s.Export == b.Export {
			return checkCall(s, s.Product, plan.Product, s.Call, b.Call)
		}
	}
	return fmt.Errorf("step %s: there is no backup in a file %q", s.ID, s.File)
}

// checkEdge wants the calls of a step on an Edge Server of the target pool.
func checkEdge(plan *Plan, step Step) error {
	switch s := step.(type) {
	case *StopServices:
		return checkCall(s, s.Product, plan.To.Product, s.Call, cmdlet.Call{Name: "Stop-CsWindowsService"})
	case *StartServices:
		return checkCall(s, s.Product, plan.To.Product, s.Call, cmdlet.Call{Name: "Start-CsWindowsService"})
	case *CheckListener:
		if s.Port != XMPPPort {
			return fmt.Errorf("step %s: the port is %d, not %d", s.ID, s.Port, XMPPPort)
		}
	case *CheckServer:
		if s.GoodUntil != GoodUntil(plan) || (s.Local != nil) != (len(plan.Partners) > 0) {
			return fmt.Errorf("step %s: certificates have to be valid until %q, the end of the window, and the local copy is read for partners only", s.ID, GoodUntil(plan))
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

// GoodUntil is the moment at which certificates still have to be valid: the end of the
// window, RFC 3339 in UTC; empty where the plan has none.
func GoodUntil(plan *Plan) string {
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
		product, parameter, to := plan.Product, "XmppFederationRoute", plan.To.FQDN
		if i == 1 {
			product, parameter, to = cmdlet.LiteralProcedure, "XmppExternalFederationRoute", plan.To.Servers[0]
		}
		ends, other := form.To, form.From
		if back {
			ends, other = form.From, form.To
		}
		if ends != to || other != "" && dnsname.WrongHost(other) != "" || form.Parameter != parameter || s.Manual != (form.To == "") {
			return fmt.Errorf("step %s: it does not change the route between %s and another pool", s.ID, plan.To.FQDN)
		}
		if err := checkCall(s, form.Product, product, form.Call, RouteCall(s.Site, form)); err != nil {
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
	if domain, ok := strings.CutPrefix(receiver, "user@"); !ok || dnsname.WrongPartner(domain) != "" || dnsname.WrongHost(pool) != "" {
		return fmt.Errorf("step %s: it sends a message through %q to %q", s.ID, pool, receiver)
	}
	return checkCall(s, s.Product, plan.Product, s.Call, cmdlet.Call{Name: "Test-CsXmppIM",
		Params: []cmdlet.Param{cmdlet.Arg("TargetFqdn", pool), cmdlet.Arg("Receiver", receiver)}})
}
