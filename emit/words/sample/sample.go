// Package sample makes plans for the tests of the emitters: a realistic one by hand,
// and the same with hostile names. No other code uses it.
package sample

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
)

// OldZone and NewZone are the zone file of the plan before and after the change.
const (
	OldZone = "$ORIGIN contoso.com.\n$TTL 3600\n" +
		"@ IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300\n  IN NS ns1.contoso.net.\n" +
		"xmpp IN A 203.0.113.11\n"
	NewZone = "$ORIGIN contoso.com.\n$TTL 3600\n" +
		"@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n  IN NS ns1.contoso.net.\n" +
		"xmpp IN A 198.51.100.21\nxmpp IN A 198.51.100.22\n_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n"
)

const management, edgeA, edgeB = "fe2.corp.contoso.com", "edge2a.contoso.com", "edge2b.contoso.com"

var site2 = plan.RoutedSite{Federation: plan.XMPP, Site: "Site2"}

var origin = plan.Origin{File: "main.edge.hcl", Line: 9}

// Plan is a failover from EdgePool1 to EdgePool2, which has two servers, with one zone.
func Plan() *plan.Plan {
	p := &plan.Plan{
		FormatVersion: plan.FormatVersion, Kind: plan.KindFailover, Federation: plan.XMPP,
		ID:         "sha256:c844452d3a5e088ccdf4bb04d9af97ae",
		SpecDigest: "sha256:00ff",
		Name:       "edgepool1-to-edgepool2", Product: cmdlet.LyncServer2013, ManagementHost: management,
		Reason: "disaster", Procedure: "documented", RouteSites: "target", XMPPHost: "xmpp.contoso.com",
		Domains: []string{"contoso.com"}, Partners: []string{"gmail.example", "jabber.example.org"},
		From: plan.Pool{Name: "EdgePool1", Site: "Site1", FQDN: "edgepool1.contoso.com",
			AccessEdgeFQDN: "sip1.contoso.com", Product: cmdlet.LyncServer2013, Servers: []string{"edge1a.contoso.com"},
			IPv4: []string{"203.0.113.11"}},
		To: plan.Pool{Name: "EdgePool2", Site: "Site2", FQDN: "edgepool2.contoso.com",
			AccessEdgeFQDN: "sip2.contoso.com", Product: cmdlet.LyncServer2013, Servers: []string{edgeA, edgeB},
			IPv4: []string{"198.51.100.21", "198.51.100.22"}, NextHop: "fepool2.corp.contoso.com"},
		Routes: []plan.SiteRoute{{RoutedSite: site2, From: "edgepool1.contoso.com", FromServer: "edge1a.contoso.com",
			Origin: origin}},
		RoutedSites: []plan.RoutedSite{site2}, Origin: origin,
		Change: plan.Change{Ticket: "CHG0042317", Summary: "Move XMPP federation to EdgePool2",
			WindowStart: "2026-12-05T22:00:00Z", WindowEnd: "2026-12-06T00:00:00Z",
			Requester: "UC operations", Approvers: []string{"CAB", "Ann Example"},
			Type: "normal", Risk: "medium", RiskReason: "Remote access is down for a while", Impact: "Users outside.",
			Implementers: []string{"UC operations, on call"}, Testers: []string{"Service desk"},
			Stages: []plan.ChangeStage{{Name: plan.Stop, Minutes: 10}, {Name: plan.Route, Minutes: 5,
				Implementers: []string{"Head of UC"}, Testers: []string{"Ann Example", "Ben Example"}}},
			RollbackStages: []plan.ChangeStage{{Name: plan.Start, Minutes: 10, Testers: []string{"Ben Example"}}},
			Communication: []plan.Message{
				{To: []string{"Service desk", "Partners"}, When: plan.BeforeChange, Hours: 48, Text: "Messages are delayed."},
				{To: []string{"Service desk"}, When: plan.AfterChange, Text: "Done.\nReport what fails."},
				{To: []string{"Partners"}, When: plan.AfterRollback, Text: "Taken back."}},
			Acceptance: []string{"Stage Verify ends with exit code 0.", "A message arrives"}},
		Items:  []plan.Item{{Kind: "edge_pool", Name: "EdgePool2", CI: "CI-EDGE-02"}, {Kind: "server", Name: edgeA, CI: "CI-SRV-0003"}},
		Zones:  []plan.Zone{zone()},
		Outage: outage(),
		Earliest: []plan.Earliest{{What: "shutdown of EdgePool1", Zone: "contoso.com", Seconds: 3600,
			At: "2026-12-06T01:00:00Z"}},
		Findings: []plan.Finding{
			{Code: "EP2003", Severity: "error", Summary: "address is shared with SIP federation",
				Detail: "The A record also serves _sipfederationtls._tcp.", File: "main.edge.hcl", Line: 12,
				Accepted: "Agreed with partners."},
			{Code: "EP3001", Severity: "warning", Summary: "stopping the pool takes remote access down",
				Detail: "Users outside are cut off.", File: "main.edge.hcl", Line: 40},
		},
	}
	// The stages are the real ones, so that printers are tested with what they get.
	if err := procedure.Build(p); err != nil {
		panic("internal error: " + err.Error())
	}
	p.Schedule = plan.ScheduleOf(p)
	return p
}

func outage() []plan.Reach {
	// By hand, and shorter than the model would make it: printers only show it.
	no := plan.Service{}
	one, two := plan.Service{Up: true, Through: "EdgePool1"}, plan.Service{Up: true, Through: "EdgePool2"}
	reach := func(after string, xmpp, remote, sip plan.Service) plan.Reach {
		return plan.Reach{After: after, Services: []plan.Reached{
			{Name: plan.XMPPFederation, Service: xmpp}, {Name: "remote access", Service: remote},
			{Name: "SIP", Service: sip}}}
	}
	return []plan.Reach{
		reach("", no, two, one), reach(plan.Stop, no, no, one), reach(plan.Route, no, no, one),
		reach(plan.Start, two, two, plan.Service{Up: true}),
	}
}

func zone() plan.Zone {
	return plan.Zone{
		Name: "contoso.com", Number: "P20", Origin: origin, File: "contoso.com.zone", Server: "192.0.2.53",
		Delivery:  plan.DeliveryZoneFile,
		OldSHA256: hash(OldZone), NewSHA256: hash(NewZone), OldSerial: 7, NewSerial: 8, RollbackSerial: 9,
		Records: []plan.RecordSet{
			{Owner: "xmpp.contoso.com.", Type: "A", OldTTL: 3600, NewTTL: 3600, Old: []string{"203.0.113.11"},
				New: []string{"198.51.100.21", "198.51.100.22"}, Step: "4", Number: "P21"},
			// No old records: a set that is only added, so that there is a negative TTL to print.
			{Owner: "_xmpp-server._tcp.contoso.com.", Type: "SRV", NewTTL: 300,
				New: []string{"10 0 5269 xmpp.contoso.com."}, Step: "5", Number: "P22"},
		},
		Hunks: hunks(" $TTL 3600\n", "-@ IN SOA ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300\n",
			"+@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n", "   IN NS ns1.contoso.net.\n",
			"-xmpp IN A 203.0.113.11\n", "+xmpp IN A 198.51.100.21\n", "+xmpp IN A 198.51.100.22\n",
			"+_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n"),
		RollbackHunks: hunks(" $TTL 3600\n", "-@ IN SOA ns1.contoso.net. host.contoso.com. 8 3600 600 86400 300\n",
			"+@ IN SOA ns1.contoso.net. host.contoso.com. 9 3600 600 86400 300\n", "   IN NS ns1.contoso.net.\n",
			"-xmpp IN A 198.51.100.21\n", "-xmpp IN A 198.51.100.22\n",
			"-_xmpp-server._tcp 300 IN SRV 10 0 5269 xmpp\n", "+xmpp IN A 203.0.113.11\n"),
		SOA:  "ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300",
		Wait: plan.Wait{Old: 3600, Negative: 300, Secondary: 3600},
		Text: hunk.TextOf([]byte(NewZone)),
	}
}

func hunks(lines ...string) []hunk.Hunk {
	// Line 1 is $ORIGIN, which is outside of the hunk.
	h := hunk.Hunk{OldStart: 2, NewStart: 2}
	for _, l := range lines {
		h.Lines = append(h.Lines, hunk.Line{Op: l[0], Text: l[1:]})
	}
	return []hunk.Hunk{h}
}

func hash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// Hostile is Plan with text in place of every free string of it: all but names of stages,
// record types, operations of facts, hunks, and what chooses the wording.
func Hostile(text string) *plan.Plan {
	p := Plan()
	replace(reflect.ValueOf(p).Elem(), text)
	// Sentences that the hostile names are in. That there are no such cmdlets does not matter to them.
	again := *p
	_ = procedure.Build(&again)
	if !strings.Contains(again.Texts.Title, text) {
		panic("internal error: there is no procedure for the hostile plan")
	}
	p.Texts = again.Texts
	return p
}

// kept are the fields that hold one of a few words.
var kept = map[string]bool{"Hunks": true, "RollbackHunks": true, "Reason": true, "Procedure": true, "RouteSites": true,
	"Delivery": true, "Match": true, "Risk": true, "Text": true, "Type": true, "After": true, "Effect": true,
	"Needs": true, "NotAfter": true, "LooksAt": true, "Kind": true, "Federation": true, "Texts": true,
	"Back": true}

// keeps tells whether a field of a type stays as it is.
func keeps(of reflect.Type, field string) bool {
	switch of {
	case reflect.TypeFor[plan.Stage](), reflect.TypeFor[plan.ChangeStage]():
		return kept[field] || field == "Name" // which chooses sentences; names of pools, plans and zones are free
	case reflect.TypeFor[plan.Message]():
		return field == "When"
	}
	return kept[field]
}

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
			// Bytes are the text of a zone file, which has its own tests.
			if v.Type().Elem().Kind() != reflect.Uint8 {
				replace(v.Index(i), text)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !keeps(v.Type(), v.Type().Field(i).Name) {
				replace(v.Field(i), text)
			}
		}
	}
}
