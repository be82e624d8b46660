// Package sample makes plans for the tests of the emitters: a realistic one by hand,
// and the same with hostile names. No other code uses it.
package sample

import (
	"crypto/sha256"
	"fmt"
	"reflect"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// OldZone and NewZone are the zone file of the plan before and after the change.
const (
	OldZone = "$ORIGIN contoso.com.\n$TTL 3600\n@ IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300\n  IN NS ns1.contoso.net.\nxmpp IN A 203.0.113.11\n"
	NewZone = "$ORIGIN contoso.com.\n$TTL 3600\n@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n  IN NS ns1.contoso.net.\nxmpp IN A 198.51.100.21\nxmpp IN A 198.51.100.22\n_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n"
)

const management, edgeA, edgeB = "fe2.corp.contoso.com", "edge2a.contoso.com", "edge2b.contoso.com"

// Plan is a failover from EdgePool1 to EdgePool2, which has two servers, with one zone.
func Plan() *plan.Plan {
	p := &plan.Plan{
		FormatVersion: plan.FormatVersion, Kind: plan.KindFailover, ID: "sha256:c844452d3a5e088ccdf4bb04d9af97ae", SpecDigest: "sha256:00ff",
		Name: "edgepool1-to-edgepool2", Product: cmdlet.LyncServer2013, ManagementHost: management,
		Reason: "disaster", Procedure: "documented", RouteSites: "target", XMPPHost: "xmpp.contoso.com",
		Domains: []string{"contoso.com"}, Partners: []string{"gmail.example", "jabber.example.org"},
		From: plan.Pool{Name: "EdgePool1", Site: "Site1", FQDN: "edgepool1.contoso.com", AccessEdgeFQDN: "sip1.contoso.com", Product: cmdlet.LyncServer2013, Servers: []string{"edge1a.contoso.com"}, IPv4: []string{"203.0.113.11"}},
		To:   plan.Pool{Name: "EdgePool2", Site: "Site2", FQDN: "edgepool2.contoso.com", AccessEdgeFQDN: "sip2.contoso.com", Product: cmdlet.LyncServer2013, Servers: []string{edgeA, edgeB}, IPv4: []string{"198.51.100.21", "198.51.100.22"}},
		Change: plan.Change{Ticket: "CHG0042317", Summary: "Move XMPP federation to EdgePool2", WindowStart: "2026-12-05T22:00:00Z",
			WindowEnd: "2026-12-06T00:00:00Z", Requester: "UC operations", Approvers: []string{"CAB", "Ann Example"}},
		Zones:    []plan.Zone{zone()},
		Outage:   outage(),
		Earliest: []plan.Earliest{{What: "shutdown of EdgePool1", Zone: "contoso.com", Seconds: 3600, At: "2026-12-06T01:00:00Z"}},
		Findings: []plan.Finding{
			{Code: "EP2003", Severity: "error", Summary: "address is shared with SIP federation", Detail: "The A record also serves _sipfederationtls._tcp.", File: "main.edge.hcl", Line: 12, Accepted: "Agreed with partners."},
			{Code: "EP3001", Severity: "warning", Summary: "stopping the pool takes remote access down", Detail: "Users outside are cut off.", File: "main.edge.hcl", Line: 40},
		},
	}
	p.Stages = stages()
	p.Rollback = rollback()
	return p
}

func call(name string, params ...cmdlet.Param) cmdlet.Call {
	c, err := cmdlet.New(cmdlet.LyncServer2013, name, params...)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return c
}

func info(id, host, says, step string, risk plan.Risk) plan.StepInfo {
	source := plan.Source{Procedure: plan.FailOverPage, Step: step}
	if step == "" {
		source.Procedure = plan.OwnPractice
	}
	i := plan.StepInfo{ID: id, Host: host, Says: says, Risk: risk, Source: source, Origin: plan.Origin{File: "main.edge.hcl", Line: 9}}
	if risk != plan.Safe {
		i.Undo = []string{"rollback/" + id}
	}
	return i
}

func stages() []plan.Stage {
	product := cmdlet.LyncServer2013
	return []plan.Stage{
		{Name: plan.Preflight, Hosts: []string{management}, Steps: plan.Steps{
			&plan.CheckRight{StepInfo: info("preflight/right", management, "groups of this user", "", plan.Safe), Group: "RTCUniversalServerAdmins"},
			&plan.CheckFacts{StepInfo: info("preflight/pool", management, "servers of EdgePool2", "1", plan.Safe), Product: product,
				Read:  call("Get-CsPool", cmdlet.Arg("Identity", "edgepool2.contoso.com")),
				Facts: []plan.Fact{{Number: "P03", Says: "servers of EdgePool2", Property: "Computers", Match: plan.Is, Want: []string{edgeA, edgeB}}}},
			&plan.CheckRoutedSites{StepInfo: info("preflight/sites", management, "sites on EdgePool1", "3", plan.Safe), Product: product, Read: call("Get-CsSite"), PoolName: "EdgePool1", PoolFQDN: "edgepool1.contoso.com", Sites: []string{"Site2"}},
			&plan.Backup{StepInfo: info("preflight/sites.xml", management, "site list", "", plan.Safe), Product: product, Call: call("Get-CsSite"), File: "sites.xml", Export: true},
			&plan.Rehearse{StepInfo: info("preflight/rehearse", management, "rehearsal", "", plan.Safe), Steps: []string{"route/Site2"}},
		}},
		{Name: plan.Stop, Hosts: []string{edgeA, edgeB}, Steps: plan.Steps{check(edgeA), check(edgeB), stop(edgeA), stop(edgeB)}},
		{Name: plan.Route, Hosts: []string{management}, Steps: plan.Steps{route("route/Site2", "edgepool1.contoso.com", "edgepool2.contoso.com", "edge1a.contoso.com", edgeA)}},
		{Name: plan.DNS, Hosts: []string{management}, Steps: plan.Steps{&plan.ChangeRecords{StepInfo: info("dns/contoso.com", management, "records", "4", plan.Disruptive), Zone: "contoso.com"}}},
		{Name: plan.Firewall, Hosts: []string{management}, Steps: plan.Steps{confirm()}},
		{Name: plan.Start, Hosts: []string{edgeA, edgeB}, Steps: plan.Steps{start(edgeA), start(edgeB)}},
		{Name: plan.Replicated, Hosts: []string{management}, Steps: plan.Steps{replicate(edgeA), replicate(edgeB)}},
		{Name: plan.Verify, Hosts: []string{edgeA, edgeB, management, plan.AnyHost}, Steps: plan.Steps{
			listener(edgeA), listener(edgeB),
			&plan.CheckState{StepInfo: info("verify/state", management, "state", "", plan.Safe), Stages: []string{"Route", "Dns"}},
			&plan.SendMessage{StepInfo: info("verify/im", management, "test message", "", plan.Safe), Product: product, Call: call("Test-CsXmppIM", cmdlet.Arg("TargetFqdn", "fepool2.corp.contoso.com"))},
			&plan.ProbePort{StepInfo: info("verify/port", plan.AnyHost, "port", "6", plan.Safe), Port: 5269, Targets: []string{"198.51.100.21", "198.51.100.22"}},
		}},
	}
}

func rollback() []plan.Stage {
	return []plan.Stage{
		{Name: plan.Start, Hosts: []string{edgeA, edgeB}, Steps: plan.Steps{start(edgeA), start(edgeB)}},
		{Name: plan.Route, Hosts: []string{management}, Steps: plan.Steps{route("rollback/route/Site2", "edgepool2.contoso.com", "edgepool1.contoso.com", edgeA, "edge1a.contoso.com")}},
		{Name: plan.DNS, Hosts: []string{management}, Steps: plan.Steps{&plan.ChangeRecords{StepInfo: info("rollback/dns/contoso.com", management, "records", "4", plan.Disruptive), Zone: "contoso.com"}}},
	}
}

func stop(host string) plan.Step {
	return &plan.StopServices{StepInfo: info("stop/"+host, host, "services that run", "2", plan.Disruptive), Product: cmdlet.LyncServer2013, Call: call("Stop-CsWindowsService")}
}

func check(host string) plan.Step {
	local := call("Get-CsXmppAllowedPartner", cmdlet.Switch("LocalStore"))
	return &plan.CheckServer{StepInfo: info("check/"+host, host, "certificates and local configuration", "", plan.Safe), Product: cmdlet.LyncServer2013,
		Certificates: call("Get-CsCertificate"), GoodUntil: "2026-12-06T00:00:00Z", Local: &local}
}

func start(host string) plan.Step {
	return &plan.StartServices{StepInfo: info("start/"+host, host, "services that do not run", "7", plan.Disruptive), Product: cmdlet.LyncServer2013, Call: call("Start-CsWindowsService")}
}

func listener(host string) plan.Step {
	return &plan.CheckListener{StepInfo: info("verify/"+host, host, "XMPP proxy listens", "6", plan.Safe), Port: 5269}
}

func confirm() plan.Step {
	i := info("firewall/5269", management, "port", "6", plan.Disruptive)
	i.Undo, i.NoUndo = nil, "An open port is left open; nothing was changed by the script."
	return &plan.ConfirmPort{StepInfo: i, Port: 5269, Addresses: []string{"198.51.100.21", "198.51.100.22"}}
}

func replicate(host string) plan.Step {
	return &plan.Replicate{StepInfo: info("replicate/"+host, management, host, "", plan.Safe), Product: cmdlet.LyncServer2013, Replica: host,
		Read: call("Get-CsManagementStoreReplicationStatus", cmdlet.Arg("ReplicaFqdn", host)),
		Call: call("Invoke-CsManagementStoreReplication", cmdlet.Arg("ReplicaFqdn", host))}
}

func route(id, from, to, fromServer, toServer string) plan.Step {
	literal, err := cmdlet.New(cmdlet.LiteralProcedure, "Set-CsSite", cmdlet.Arg("Identity", "Site2"), cmdlet.Arg("XmppExternalFederationRoute", toServer))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return &plan.SetRoute{StepInfo: info(id, management, "XMPP federation route of Site2", "3", plan.Disruptive), Site: "Site2", Forms: []plan.RouteForm{
		{Product: cmdlet.LyncServer2013, Parameter: "XmppFederationRoute", From: from, To: to,
			Call: call("Set-CsSite", cmdlet.Arg("Identity", "Site2"), cmdlet.Arg("XmppFederationRoute", "EdgeServer:"+to))},
		{Product: cmdlet.LiteralProcedure, Parameter: "XmppExternalFederationRoute", From: fromServer, To: toServer, Call: literal},
	}}
}

func outage() []plan.Reach {
	no, one, two := plan.Service{}, plan.Service{Up: true, Through: "EdgePool1"}, plan.Service{Up: true, Through: "EdgePool2"}
	return []plan.Reach{
		{XMPP: no, RemoteAccess: two, SIP: one}, {After: plan.Stop, XMPP: no, RemoteAccess: no, SIP: one},
		{After: plan.Route, XMPP: no, RemoteAccess: no, SIP: one}, {After: plan.Start, XMPP: two, RemoteAccess: two, SIP: plan.Service{Up: true}},
	}
}

func zone() plan.Zone {
	return plan.Zone{
		Name: "contoso.com", File: "contoso.com.zone", Server: "192.0.2.53", Delivery: "zone-file",
		OldSHA256: hash(OldZone), NewSHA256: hash(NewZone), OldSerial: 7, NewSerial: 8, RollbackSerial: 9,
		Records: []plan.RecordSet{
			{Owner: "xmpp.contoso.com.", Type: "A", OldTTL: 3600, NewTTL: 3600, Old: []string{"203.0.113.11"}, New: []string{"198.51.100.21", "198.51.100.22"}, Step: "4"},
			{Owner: "_xmpp-server._tcp.contoso.com.", Type: "SRV", NewTTL: 300, New: []string{"10 0 5269 xmpp.contoso.com."}, Step: "5"},
		},
		Hunks:         hunks(" $TTL 3600\n", "-@ IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300\n", "+@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n", "   IN NS ns1.contoso.net.\n", "-xmpp IN A 203.0.113.11\n", "+xmpp IN A 198.51.100.21\n", "+xmpp IN A 198.51.100.22\n", "+_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n"),
		RollbackHunks: hunks(" $TTL 3600\n", "-@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n", "+@ IN SOA ns1.contoso.net. host.contoso.com. 9 3600 600 86400 300\n", "   IN NS ns1.contoso.net.\n", "-xmpp IN A 198.51.100.21\n", "-xmpp IN A 198.51.100.22\n", "-_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n", "+xmpp IN A 203.0.113.11\n"),
		SOA:           "ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300",
		Wait:          plan.Wait{Old: 3600, Negative: 300, Secondary: 3600},
		Text:          hunk.Text{[]byte(NewZone)},
	}
}

func hunks(lines ...string) []hunk.Hunk {
	h := hunk.Hunk{OldStart: 2, NewStart: 2}
	for _, l := range lines {
		h.Lines = append(h.Lines, hunk.Line{Op: l[0], Text: l[1:]})
	}
	return []hunk.Hunk{h}
}

func hash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// Hostile is Plan with text in place of every free string of it: all but stage names,
// record types, operations of facts, hunks, and what chooses the wording.
func Hostile(text string) *plan.Plan {
	p := Plan()
	replace(reflect.ValueOf(p).Elem(), text)
	return p
}

// kept are the fields that hold one of a few words.
var kept = map[string]bool{"Hunks": true, "RollbackHunks": true, "Reason": true, "Procedure": true, "RouteSites": true,
	"Delivery": true, "Match": true, "Risk": true, "Text": true, "Type": true, "After": true}

func replace(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			replace(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if v.Type().Elem().Kind() != reflect.Uint8 {
				replace(v.Index(i), text)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if !kept[name] && !(name == "Name" && v.Type() == reflect.TypeFor[plan.Stage]()) {
				replace(v.Field(i), text)
			}
		}
	}
}
