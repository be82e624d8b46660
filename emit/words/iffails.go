package words

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// IfFails says what to do when a stage of the plan does not end with exit code 0.
func IfFails(p *plan.Plan, stage string) []string {
	if says, ok := ifFails[stage]; ok {
		return says(p)
	}
	return []string{"Run the stage again: finished steps are left alone."}
}

// ifFails has what is said of stages, by their names.
var ifFails = map[string]func(*plan.Plan) []string{
	plan.Preflight:  ifPreflightFails,
	plan.DNSServer:  ifDNSServerFails,
	plan.Stop:       ifStopFails,
	plan.Route:      ifRouteFails,
	plan.DNS:        ifDNSFails,
	plan.Firewall:   ifFirewallFails,
	plan.Start:      ifStartFails,
	plan.Replicated: ifReplicatedFails,
	plan.StopOld:    ifStopOldFails,
	plan.StartOld:   ifStartOldFails,
	plan.Verify:     ifVerifyFails,
}

func ifPreflightFails(p *plan.Plan) []string {
	out := []string{
		"Nothing has been changed. Fix what the FAIL lines report, then run the stage again.",
		"A fact P.. that is known to differ can be waived by number: -Waive P02. It goes into the evidence log.",
	}
	// One example with a number of this plan says more than a rule about numbers.
	if len(p.Zones) > 0 {
		zone := p.Zones[0]
		out = append(out, fmt.Sprintf("A server that gives no answer fails the fact of its zone, %s for %s: the "+
			"zone and its records can then be waived with that number alone. If records or the serial were "+
			"changed since the export, find out who did it, export the zone again and make a new plan.",
			zone.Number, FileBase(zone)))
	}
	// The receipt is that of the management host alone.
	if script, _ := changedBy(p); script {
		out = append(out, "Stage Stop cannot see whether this stage is done on the DNS server. Do not stop "+
			"anything before it is.")
	}
	return out
}

func ifDNSServerFails(p *plan.Plan) []string {
	return giveUp(p, plan.DNSServer, "on the same server",
		"Exit code 3: the server has other records than the plan knows, and the lines with FAIL name them. Find "+
			"out who changed them. A fact P.. that may differ, such as a TTL, can be waived by number, as in "+
			"stage Preflight; such a record is left as it is. So can a set that is empty now: the stage "+
			"fills it again.",
		"A record that is there with another TTL: give it the planned one in DNS Manager, and run the stage again.",
		"Exit code 2: the command failed or its result was not read back in time. Run the stage again: records "+
			"that are there are left alone, and no old one goes before all new ones are there.")
}

func ifStopFails(p *plan.Plan) []string {
	// What undoes Stop is stage Start of the rollback, not a stage Stop.
	return giveUp(p, plan.Start, "on that server. This restores remote access",
		"Run the stage again: it stops what still runs.",
		"Exit code 3: the lines with FAIL name what would keep the services from starting again. This run stopped "+
			"nothing; one before it may have. Fix it, or waive the fact by its number: -Waive P12.",
		hangs,
		"Exit code 5: pass the receipt that stage Preflight printed: -Receipt.")
}

func ifRouteFails(p *plan.Plan) []string {
	how, running := "on the same server", ""
	// With start-first the servers run all the time, and nothing is refused because of that.
	if plan.HasStage(p.Stages, plan.Stop) {
		running = ", or an Edge Server still answers"
	}
	// The rollback starts the servers before it sets the route back.
	if plan.HasStage(p.Rollback, plan.Start) {
		how += ", after its stage Start on the Edge Servers"
	}
	return giveUp(p, plan.Route, how,
		"Exit code 3: drift. The route no longer matches the plan"+running+". Nothing was set. Find out who "+
			"changed it; then make a new plan.",
		"Exit code 2: the command failed or its result was not read back in time. Run the stage again: a route "+
			"that is set is left alone.")
}

func ifDNSFails(p *plan.Plan) []string {
	return giveUp(p, plan.DNS, dnsBack(p),
		dnsPending(p),
		"Exit code 3: the server has records of neither side, and the lines with FAIL show them: find out who "+
			"changed them. Or what was confirmed is not on the server.",
		"The serial was not raised: secondary servers keep the old records. The owner raises it above the one "+
			"that is shown.",
		"A TTL or a record more than planned that was waived before is waived by the same number here.")
}

func ifFirewallFails(_ *plan.Plan) []string {
	return []string{"Exit code 5: ask the firewall owner, then run again with -Attest \"who, ticket\". Stage " +
		"Verify finds out by connecting."}
}

func ifStartFails(_ *plan.Plan) []string {
	return []string{
		"Run the stage again: it starts what is down. Exit code 2 names the services that have to run and do " +
			"not. One that may stay down can be waived by its name: -Waive RTCCLSAGT. It goes into the evidence " +
			"log.",
		hangs,
		"Look at the event log of that server for certificate errors. Remote access through this server stays " +
			"down until the services run.",
	}
}

func ifReplicatedFails(_ *plan.Plan) []string {
	return []string{"Exit code 2: the server is not up to date in time. Are its services started, and is TCP " +
		"4443 open to it? Then run the stage again."}
}

func ifStopOldFails(p *plan.Plan) []string {
	// The one stage whose rollback has another name.
	return giveUp(p, plan.StartOld, "on that server",
		"Exit code 5: pass the receipt that stage Verify printed on the management host, -Receipt. It says when "+
			"the last old answer is over, with secondary servers that no NOTIFY reaches; if all name servers of "+
			"the zones have had the new records for longer than the old TTL, pass -Attest \"who, ticket\".",
		noXMPP("stopped", "stops"),
		"Run the stage again: a service that is stopped is left alone. XMPP federation runs through "+p.To.Name+" "+
			"in any case. The service starts again when the server does: run the stage again then.",
		hangs)
}

func ifStartOldFails(_ *plan.Plan) []string {
	return []string{"Run the stage again: it starts what is down. Exit code 2 names the services that do not " +
		"run; one that may stay down can be waived by its name: -Waive NAME.", noXMPP("started", "starts"), hangs}
}

func ifVerifyFails(p *plan.Plan) []string {
	if p.Kind == plan.KindPrepare {
		return []string{"Exit code 3: the lines with FAIL name what is not as planned. Run stage Dns again."}
	}
	return []string{
		"Exit code 3: the lines with FAIL name what is not as planned. Run that stage again, or see to the port.",
		"The server listens, and it is not open from outside: the firewall, or NAT. The server does not listen: " +
			"the XMPP service, its certificate, or replication.",
		"To go back: all stages of " + RollbackScript + ", in their order.",
	}
}

// noXMPP is what to do where fact P18 fails, which StopOld and StartOld have.
func noXMPP(did, does string) string {
	// The name of the service is on no page, so a server may call it something without XMPP.
	return "FAIL P18: no service of this server has XMPP in its display name; nothing was " + did +
		". Find the service in Get-CsWindowsService, have it " + did +
		" by hand, and go on with -Waive P18, with which the stage " + does +
		" nothing. It goes into the evidence log."
}

// hangs is what to do where a cmdlet that waits for services does not return: none of
// them has a time-out.
const hangs = "If the command itself does not come back: in another elevated shell Get-CsWindowsService shows which " +
	"service hangs, sc.exe queryex NAME its PID, and taskkill.exe /F /PID PID ends it; the stage then goes on, or is " +
	"run again."

// dnsPending says what stage Dns waits for.
func dnsPending(p *plan.Plan) string {
	script, owner := changedBy(p)
	out := "Exit code 5: the records are not changed yet, or the server gives no answer."
	// Dns runs on the management host and asks a server that may get the change later by replication.
	if script {
		out += " Run stage DnsServer; where it is done, wait until the server that is asked has the records."
	}
	if owner || !script {
		out += " Have the owner change them, or confirm them with -Attest."
	}
	return out
}

// dnsBack says what has to come before stage Dns of the rollback.
func dnsBack(p *plan.Plan) string {
	how := ""
	script, owner := changedBy(p)
	if script {
		how = ", after its stage DnsServer on the DNS server"
	}
	// The old zone file has the old serial, which secondary servers do not take.
	if owner {
		how += "; apply the rollback file of the zone, never the old zone file"
	}
	return how
}

// giveUp adds how to go back, where the rollback has the stage.
func giveUp(p *plan.Plan, stage, how string, first ...string) []string {
	// A rollback may lack the stage: no zone changes, or nothing was stopped.
	if !plan.HasStage(p.Rollback, stage) {
		return first
	}
	// What begins with a comma or a semicolon goes on with the sentence.
	if how != "" && !strings.ContainsAny(how[:1], ";,") {
		how = " " + how
	}
	return append(first, "To back out, run "+Run(RollbackScript, stage)+how+".")
}
