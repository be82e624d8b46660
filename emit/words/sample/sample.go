// Package sample makes plans for the tests of the emitters: a realistic one by hand,
// and the same with hostile names. No other code uses it.
package sample

import (
	"crypto/sha256"
	"fmt"
	"reflect"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/hunk"
)

// OldZone and NewZone are the zone file of the plan before and after the change.
const (
	OldZone = "$ORIGIN contoso.com.\n$TTL 3600\n@ IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300\n  IN NS ns1.contoso.net.\nxmpp IN A 203.0.113.11\n"
	NewZone = "$ORIGIN contoso.com.\n$TTL 3600\n@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n  IN NS ns1.contoso.net.\nxmpp IN A 198.51.100.21\nxmpp IN A 198.51.100.22\n_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n"
)

const management, edgeA, edgeB = "fe2.corp.contoso.com", "edge2a.contoso.com", "edge2b.contoso.com"

// Plan is a failover from EdgePool1 to EdgePool2, which has two servers, with one zone.
func Plan() *compiler.Plan {
	plan := &compiler.Plan{
		FormatVersion: compiler.FormatVersion, Kind: compiler.KindFailover, ID: "sha256:c844452d3a5e088ccdf4bb04d9af97ae", SpecDigest: "sha256:00ff",
		Name: "edgepool1-to-edgepool2", Product: cmdlet.LyncServer2013, ManagementHost: management,
		Reason: "disaster", Procedure: "documented", RouteSites: "target", XMPPHost: "xmpp.contoso.com",
		Domains: []string{"contoso.com"}, Partners: []string{"gmail.example", "jabber.example.org"},
		From: compiler.Pool{Name: "EdgePool1", Site: "Site1", FQDN: "edgepool1.contoso.com", AccessEdgeFQDN: "sip1.contoso.com", Product: cmdlet.LyncServer2013, Servers: []string{"edge1a.contoso.com"}, IPv4: []string{"203.0.113.11"}},
		To:   compiler.Pool{Name: "EdgePool2", Site: "Site2", FQDN: "edgepool2.contoso.com", AccessEdgeFQDN: "sip2.contoso.com", Product: cmdlet.LyncServer2013, Servers: []string{edgeA, edgeB}, IPv4: []string{"198.51.100.21", "198.51.100.22"}},
		Change: compiler.Change{Ticket: "CHG0042317", Summary: "Move XMPP federation to EdgePool2", WindowStart: "2026-12-05T22:00:00Z",
			WindowEnd: "2026-12-06T00:00:00Z", Requester: "UC operations", Approvers: []string{"CAB", "Ann Example"}},
		Zones:    []compiler.Zone{zone()},
		Outage:   outage(),
		Earliest: []compiler.Earliest{{What: "shutdown of EdgePool1", Zone: "contoso.com", Seconds: 3600, At: "2026-12-06T01:00:00Z"}},
		Findings: []compiler.Finding{
			{Code: "EP2003", Severity: "error", Summary: "address is shared with SIP federation", Detail: "The A record also serves _sipfederationtls._tcp.", File: "main.edge.hcl", Line: 12, Accepted: "Agreed with partners."},
			{Code: "EP3001", Severity: "warning", Summary: "stopping the pool takes remote access down", Detail: "Users outside are cut off.", File: "main.edge.hcl", Line: 40},
		},
	}
	plan.Stages = stages()
	plan.Rollback = rollback()
	return plan
}

func call(name string, params ...cmdlet.Param) cmdlet.Call {
	c, err := cmdlet.New(cmdlet.LyncServer2013, name, params...)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return c
}

func info(id, host, says, step string, risk compiler.Risk) compiler.StepInfo {
	source := compiler.Source{Procedure: compiler.FailOverPage, Step: step}
	if step == "" {
		source.Procedure = compiler.OwnPractice
	}
	i := compiler.StepInfo{ID: id, Host: host, Says: says, Risk: risk, Source: source, Origin: compiler.Origin{File: "main.edge.hcl", Line: 9}}
	if risk != compiler.Safe {
		i.Undo = []string{"rollback/" + id}
	}
	return i
}

func stages() []compiler.Stage {
	product := cmdlet.LyncServer2013
	return []compiler.Stage{
		{Name: compiler.Preflight, Hosts: []string{management}, Steps: compiler.Steps{
			&compiler.CheckRight{StepInfo: info("preflight/right", management, "groups of this user", "", compiler.Safe), Group: "RTCUniversalServerAdmins"},
			&compiler.CheckFacts{StepInfo: info("preflight/pool", management, "servers of EdgePool2", "1", compiler.Safe), Product: product,
				Read:  call("Get-CsPool", cmdlet.Arg("Identity", "edgepool2.contoso.com")),
				Facts: []compiler.Fact{{Number: "P03", Says: "servers of EdgePool2", Property: "Computers", Match: compiler.Is, Want: []string{edgeA, edgeB}}}},
			&compiler.CheckRoutedSites{StepInfo: info("preflight/sites", management, "sites on EdgePool1", "3", compiler.Safe), Product: product, Read: call("Get-CsSite"), PoolName: "EdgePool1", PoolFQDN: "edgepool1.contoso.com", Sites: []string{"Site2"}},
			&compiler.Backup{StepInfo: info("preflight/sites.xml", management, "site list", "", compiler.Safe), Product: product, Call: call("Get-CsSite"), File: "sites.xml", Export: true},
			&compiler.Rehearse{StepInfo: info("preflight/rehearse", management, "rehearsal", "", compiler.Safe), Steps: []string{"route/Site2"}},
		}},
		{Name: compiler.Stop, Hosts: []string{edgeA, edgeB}, Steps: compiler.Steps{check(edgeA), check(edgeB), stop(edgeA), stop(edgeB)}},
		{Name: compiler.Route, Hosts: []string{management}, Steps: compiler.Steps{route("route/Site2", "edgepool1.contoso.com", "edgepool2.contoso.com", "edge1a.contoso.com", edgeA)}},
		{Name: compiler.DNS, Hosts: []string{management}, Steps: compiler.Steps{&compiler.ChangeRecords{StepInfo: info("dns/contoso.com", management, "records", "4", compiler.Disruptive), Zone: "contoso.com"}}},
		{Name: compiler.Firewall, Hosts: []string{management}, Steps: compiler.Steps{confirm()}},
		{Name: compiler.Start, Hosts: []string{edgeA, edgeB}, Steps: compiler.Steps{start(edgeA), start(edgeB)}},
		{Name: compiler.Replicated, Hosts: []string{management}, Steps: compiler.Steps{replicate(edgeA), replicate(edgeB)}},
		{Name: compiler.Verify, Hosts: []string{edgeA, edgeB, management, compiler.AnyHost}, Steps: compiler.Steps{
			listener(edgeA), listener(edgeB),
			&compiler.CheckState{StepInfo: info("verify/state", management, "state", "", compiler.Safe), Stages: []string{"Route", "Dns"}},
			&compiler.SendMessage{StepInfo: info("verify/im", management, "test message", "", compiler.Safe), Product: product, Call: call("Test-CsXmppIM", cmdlet.Arg("TargetFqdn", "fepool2.corp.contoso.com"))},
			&compiler.ProbePort{StepInfo: info("verify/port", compiler.AnyHost, "port", "6", compiler.Safe), Port: 5269, Targets: []string{"198.51.100.21", "198.51.100.22"}},
		}},
	}
}

func rollback() []compiler.Stage {
	return []compiler.Stage{
		{Name: compiler.Start, Hosts: []string{edgeA, edgeB}, Steps: compiler.Steps{start(edgeA), start(edgeB)}},
		{Name: compiler.Route, Hosts: []string{management}, Steps: compiler.Steps{route("rollback/route/Site2", "edgepool2.contoso.com", "edgepool1.contoso.com", edgeA, "edge1a.contoso.com")}},
		{Name: compiler.DNS, Hosts: []string{management}, Steps: compiler.Steps{&compiler.ChangeRecords{StepInfo: info("rollback/dns/contoso.com", management, "records", "4", compiler.Disruptive), Zone: "contoso.com"}}},
	}
}

func stop(host string) compiler.Step {
	return &compiler.StopServices{StepInfo: info("stop/"+host, host, "services that run", "2", compiler.Disruptive), Product: cmdlet.LyncServer2013, Call: call("Stop-CsWindowsService")}
}

func check(host string) compiler.Step {
	local := call("Get-CsXmppAllowedPartner", cmdlet.Switch("LocalStore"))
	return &compiler.CheckServer{StepInfo: info("check/"+host, host, "certificates and local configuration", "", compiler.Safe), Product: cmdlet.LyncServer2013,
		Certificates: call("Get-CsCertificate"), GoodUntil: "2026-12-06T00:00:00Z", Local: &local}
}

func start(host string) compiler.Step {
	return &compiler.StartServices{StepInfo: info("start/"+host, host, "services that do not run", "7", compiler.Disruptive), Product: cmdlet.LyncServer2013, Call: call("Start-CsWindowsService")}
}

func listener(host string) compiler.Step {
	return &compiler.CheckListener{StepInfo: info("verify/"+host, host, "XMPP proxy listens", "6", compiler.Safe), Port: 5269}
}

func confirm() compiler.Step {
	i := info("firewall/5269", management, "port", "6", compiler.Disruptive)
	i.Undo, i.NoUndo = nil, "An open port is left open; nothing was changed by the script."
	return &compiler.ConfirmPort{StepInfo: i, Port: 5269, Addresses: []string{"198.51.100.21", "198.51.100.22"}}
}

func replicate(host string) compiler.Step {
	return &compiler.Replicate{StepInfo: info("replicate/"+host, management, host, "", compiler.Safe), Product: cmdlet.LyncServer2013, Replica: host,
		Read: call("Get-CsManagementStoreReplicationStatus", cmdlet.Arg("ReplicaFqdn", host)),
		Call: call("Invoke-CsManagementStoreReplication", cmdlet.Arg("ReplicaFqdn", host))}
}

func route(id, from, to, fromServer, toServer string) compiler.Step {
	literal, err := cmdlet.New(cmdlet.LiteralProcedure, "Set-CsSite", cmdlet.Arg("Identity", "Site2"), cmdlet.Arg("XmppExternalFederationRoute", toServer))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return &compiler.SetRoute{StepInfo: info(id, management, "XMPP federation route of Site2", "3", compiler.Disruptive), Site: "Site2", Forms: []compiler.RouteForm{
		{Product: cmdlet.LyncServer2013, Parameter: "XmppFederationRoute", From: from, To: to,
			Call: call("Set-CsSite", cmdlet.Arg("Identity", "Site2"), cmdlet.Arg("XmppFederationRoute", "EdgeServer:"+to))},
		{Product: cmdlet.LiteralProcedure, Parameter: "XmppExternalFederationRoute", From: fromServer, To: toServer, Call: literal},
	}}
}

func outage() []compiler.Reach {
	no, one, two := compiler.Service{}, compiler.Service{Up: true, Through: "EdgePool1"}, compiler.Service{Up: true, Through: "EdgePool2"}
	return []compiler.Reach{
		{XMPP: no, RemoteAccess: two, SIP: one}, {After: compiler.Stop, XMPP: no, RemoteAccess: no, SIP: one},
		{After: compiler.Route, XMPP: no, RemoteAccess: no, SIP: one}, {After: compiler.Start, XMPP: two, RemoteAccess: two, SIP: compiler.Service{Up: true}},
	}
}

func zone() compiler.Zone {
	return compiler.Zone{
		Name: "contoso.com", File: "contoso.com.zone", Server: "192.0.2.53", Delivery: "zone-file",
		OldSHA256: hash(OldZone), NewSHA256: hash(NewZone), OldSerial: 7, NewSerial: 8, RollbackSerial: 9,
		Records: []compiler.RecordSet{
			{Owner: "xmpp.contoso.com.", Type: "A", OldTTL: 3600, NewTTL: 3600, Old: []string{"203.0.113.11"}, New: []string{"198.51.100.21", "198.51.100.22"}, Step: "4"},
			{Owner: "_xmpp-server._tcp.contoso.com.", Type: "SRV", NewTTL: 300, New: []string{"10 0 5269 xmpp.contoso.com."}, Step: "5"},
		},
		Hunks:         hunks(" $TTL 3600\n", "-@ IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300\n", "+@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n", "   IN NS ns1.contoso.net.\n", "-xmpp IN A 203.0.113.11\n", "+xmpp IN A 198.51.100.21\n", "+xmpp IN A 198.51.100.22\n", "+_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n"),
		RollbackHunks: hunks(" $TTL 3600\n", "-@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n", "+@ IN SOA ns1.contoso.net. host.contoso.com. 9 3600 600 86400 300\n", "   IN NS ns1.contoso.net.\n", "-xmpp IN A 198.51.100.21\n", "-xmpp IN A 198.51.100.22\n", "-_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n", "+xmpp IN A 203.0.113.11\n"),
		SOA:           "ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300",
		Wait:          compiler.Wait{Old: 3600, Negative: 300, Secondary: 3600},
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
func Hostile(text string) *compiler.Plan {
	plan := Plan()
	replace(reflect.ValueOf(plan).Elem(), text)
	return plan
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
			if !kept[name] && !(name == "Name" && v.Type() == reflect.TypeFor[compiler.Stage]()) {
				replace(v.Field(i), text)
			}
		}
	}
}
