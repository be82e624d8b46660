package words

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler"
)

// RollbackScript is the script that goes back, as a person types it.
const RollbackScript = `.\rollback.ps1`

// Script is the script that makes the change, as a person types it.
func Script(plan *compiler.Plan) string {
	if plan.Kind == compiler.KindPrepare {
		return `.\prepare.ps1`
	}
	return `.\failover.ps1`
}

// ScriptFile is the file of a script that a person types.
func ScriptFile(script string) string { return strings.TrimPrefix(script, `.\`) }

// Run is the command that a person types for a stage.
func Run(script, stage string) string { return script + " -Stage " + stage }

// Does says in one sentence what a stage, or the part of it whose steps are given,
// does. It is the same for the stages of the rollback.
func Does(plan *compiler.Plan, stage compiler.Stage) string {
	switch stage.Name {
	case compiler.Preflight:
		return preflight(plan, stage)
	case compiler.Stop:
		return fmt.Sprintf("Stops all %s services of this Edge Server: no remote access through it until stage Start.", brand(plan.To.Product))
	case compiler.DNS:
		return dnsStage(plan, stage)
	case compiler.Firewall:
		return sentence(plan, stage, firewall)
	case compiler.Start:
		return "Starts the services of this Edge Server and waits until they run."
	case compiler.StopOld:
		return fmt.Sprintf("Once no old answer is left: stops the XMPP service of this Edge Server of %s, so that partners come to %s. Remote access stays.", plan.From.Name, plan.To.Name)
	case compiler.StartOld:
		return fmt.Sprintf("Starts the XMPP service of this Edge Server of %s again, before partners are led back.", plan.From.Name)
	case compiler.Replicated:
		return "Pushes the configuration to the servers and waits until they are up to date."
	}
	return sentence(plan, stage, Act)
}

// noXMPP is what to do where fact P18 fails, which StopOld and StartOld have.
func noXMPP(did, does string) string {
	return "FAIL P18: no service of this server has XMPP in its display name; nothing was " + did + ". Find the service in Get-CsWindowsService, have it " + did + " by hand, and go on with -Waive P18, with which the stage " + does + " nothing. It goes into the evidence log."
}

func preflight(plan *compiler.Plan, stage compiler.Stage) string {
	out := []string{"checks what the later stages need"}
	for _, step := range stage.Steps {
		switch step.(type) {
		case *compiler.Rehearse:
			out = append(out, "rehearses the change of the route")
		case *compiler.Backup:
			out = append(out, "backs up the configuration")
		case *compiler.CheckRecords:
			if step.Info().Host == plan.ManagementHost {
				out = append(out, "asks the server of each zone")
			} else {
				out = append(out, "looks at the records of the DNS server")
			}
		}
	}
	if hasStage(plan.Stages, compiler.Stop) {
		out = append(out, "prints the receipt for stage Stop")
	}
	return upper(list(unique(out))) + "."
}

func dnsStage(plan *compiler.Plan, stage compiler.Stage) string {
	var change, check []string
	for _, step := range stage.Steps {
		s, ok := step.(*compiler.ChangeRecords)
		if !ok {
			continue
		}
		if zone, ok := plan.Zone(s.Zone); s.Edited || ok && !zone.Changed() {
			check = append(check, trimDot(s.Zone))
		} else {
			change = append(change, trimDot(s.Zone))
		}
	}
	var out []string
	if len(change) > 0 {
		out = append(out, "Shows the DNS records to change in "+list(unique(change))+" and checks them at the zone's own server.")
	}
	if len(check) > 0 {
		out = append(out, "Checks the DNS records of "+list(unique(check))+" at the zone's own server.")
	}
	return strings.Join(out, " ")
}

func firewall(plan *compiler.Plan, step compiler.Step) string {
	if s, ok := step.(*compiler.ConfirmPort); ok {
		return fmt.Sprintf("takes into evidence that TCP %d is open to %s", s.Port, Addresses(plan, s))
	}
	return Act(plan, step)
}

// parts are the words of the steps of a stage, each once.
func parts(plan *compiler.Plan, stage compiler.Stage, say func(*compiler.Plan, compiler.Step) string) []string {
	var out []string
	for _, step := range stage.Steps {
		out = append(out, say(plan, step))
	}
	return unique(out)
}

func sentence(plan *compiler.Plan, stage compiler.Stage, say func(*compiler.Plan, compiler.Step) string) string {
	out := strings.Join(parts(plan, stage, say), "; ")
	if out == "" {
		return ""
	}
	return upper(out) + "."
}

func unique(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// upper is a text with its first letter in upper case.
func upper(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}

func hasStage(stages []compiler.Stage, name string) bool {
	return slices.ContainsFunc(stages, func(s compiler.Stage) bool { return s.Name == name })
}

// IfFails says what to do when a stage of the plan does not end with exit code 0.
func IfFails(plan *compiler.Plan, stage string) []string {
	switch stage {
	case compiler.Preflight:
		out := []string{
			"Nothing has been changed. Put right what the FAIL lines name and run the stage again.",
			"A fact P.. that is known to differ can be waived by number: -Waive P02. It goes into the evidence log.",
		}
		if len(plan.Zones) > 0 {
			zone := plan.Zones[0]
			out = append(out, fmt.Sprintf("A server that gives no answer fails the fact of its zone, %s for %s: the zone and its records can then be waived with that number alone. Records or a serial that somebody has changed since the export: find out who, export the zone again and make a new plan.", zone.Number, FileBase(zone)))
		}
		if script, _ := changedBy(plan); script {
			out = append(out, "Stage Stop cannot see whether this stage is done on the DNS server. Do not stop anything before it is.")
		}
		return out
	case compiler.DNSServer:
		return giveUp(plan, compiler.DNSServer, "on the same server",
			"Exit code 3: the server has other records than the plan knows, and the lines with FAIL name them. Find out who changed them. A fact P.. that may differ, such as a TTL, can be waived by number, as in stage Preflight; such a record is left as it is. So can a set that somebody has emptied: the stage fills it again.",
			"A record that is there with another TTL: give it the planned one in DNS Manager, and run the stage again.",
			"Exit code 2: the command failed or its result was not read back in time. Run the stage again: records that are there are left alone, and no old one goes before all new ones are there.")
	case compiler.Stop:
		return giveUp(plan, compiler.Start, "on that server: remote access returns",
			"Run the stage again: it stops what still runs.",
			"Exit code 3: the lines with FAIL name what would keep the services from starting again. This run stopped nothing; one before it may have. Fix it, or waive the fact by its number: -Waive P12.",
			hangs,
			"Exit code 5: pass the receipt that stage Preflight printed: -Receipt.")
	case compiler.Route:
		how, running := "on the same server", ""
		if hasStage(plan.Stages, compiler.Stop) {
			running = ", or an Edge Server still answers"
		}
		if hasStage(plan.Rollback, compiler.Start) {
			how += ", after its stage Start on the Edge Servers"
		}
		return giveUp(plan, compiler.Route, how,
			"Exit code 3: drift. The route is not the planned one any more"+running+". Nothing was set. Find out who changed it; then make a new plan.",
			"Exit code 2: the command failed or its result was not read back in time. Run the stage again: a route that is set is left alone.")
	case compiler.DNS:
		return giveUp(plan, compiler.DNS, dnsBack(plan),
			dnsPending(plan),
			"Exit code 3: the server has records of neither side, and the lines with FAIL show them: find out who changed them. Or somebody confirmed what the server does not have.",
			"The serial was not raised: secondary servers keep the old records. The owner raises it above the one that is shown.",
			"A TTL or a record more than planned that was waived before is waived by the same number here.")
	case compiler.Firewall:
		return []string{"Exit code 5: ask the firewall owner, then run again with -Attest \"who, ticket\". Stage Verify finds out by connecting."}
	case compiler.Start:
		return []string{
			"Run the stage again: it starts what is down. Exit code 2 names the services that have to run and do not. One that may stay down can be waived by its name: -Waive RTCCLSAGT. It goes into the evidence log.",
			hangs,
			"Look at the event log of that server for certificate errors. Remote access through this server stays down until the services run.",
		}
	case compiler.Replicated:
		return []string{"Exit code 2: the server is not up to date in time. Are its services started, and is TCP 4443 open to it? Then run the stage again."}
	case compiler.StopOld:
		return giveUp(plan, compiler.StartOld, "on that server",
			"Exit code 5: pass the receipt that stage Verify printed on the management host, -Receipt. It says when the last old answer is over, with secondary servers that no NOTIFY reaches; if all name servers of the zones have had the new records for longer than the old TTL, pass -Attest \"who, ticket\".",
			noXMPP("stopped", "stops"),
			"Run the stage again: a service that is stopped is left alone. XMPP federation runs through "+plan.To.Name+" in any case. The service starts again when the server does: run the stage again then.",
			hangs)
	case compiler.StartOld:
		return []string{"Run the stage again: it starts what is down. Exit code 2 names the services that do not run; one that may stay down can be waived by its name: -Waive NAME.", noXMPP("started", "starts"), hangs}
	case compiler.Verify:
		if plan.Kind == compiler.KindPrepare {
			return []string{"Exit code 3: the lines with FAIL name what is not as planned. Run stage Dns again."}
		}
		return []string{
			"Exit code 3: the lines with FAIL name what is not as planned. Run that stage again, or see to the port.",
			"The server listens, and it is not open from outside: the firewall, or NAT. The server does not listen: the XMPP service, its certificate, or replication.",
			"To go back: all stages of " + RollbackScript + ", in their order.",
		}
	}
	return []string{"Run the stage again: finished steps are left alone."}
}

// hangs is what to do where a cmdlet that waits for services does not return: none of
// them has a time-out.
const hangs = "If the command itself does not come back: in another elevated shell Get-CsWindowsService shows which service hangs, sc.exe queryex NAME its PID, and taskkill.exe /F /PID PID ends it; the stage then goes on, or is run again."

// Needs says what has to be so on the computers where the stages run.
func Needs(plan *compiler.Plan) []string {
	script, _ := changedBy(plan)
	var out []string
	if hasStage(plan.Stages, compiler.Start) || script {
		out = append(out, "Windows PowerShell 3.0 or later is needed on each host, and an elevated shell where a stage stops or starts services or changes records.")
	}
	out = append(out,
		"Copy the scripts to a disk of the server. What came by browser, mail or share is refused under the execution policy RemoteSigned until Unblock-File was run on it; under AllSigned it must be signed, see edgeplan verify; where AppLocker or App Control sets the language mode, by a publisher whom the policy trusts.",
		"Run them as files in a console on the server. Invoke-Command -FilePath and a pasted script are refused. A task or a shell with -NonInteractive cannot ask: pass -Force.",
		"What the shell and its profile have set (preferences, default parameters, aliases, functions) is set aside and named in the log; what cannot be set aside is refused: start powershell.exe -NoProfile.")
	if !script {
		return out
	}
	old := slices.ContainsFunc(plan.Zones, func(z compiler.Zone) bool { return z.Edited() && z.Dnscmd() })
	dns := "On the DNS server its user must be one who may change the zone."
	if old {
		dns += " Windows Server 2008 R2 comes with Windows PowerShell 2.0: install Windows Management Framework 3.0 or later there before the change."
	}
	return append(out, dns+" What begins with Select-Dns, Set-Dns or Invoke-Dnscmd is a function of the script, in its fixed runtime.")
}

// changedBy tells whether the plan changes zones in stage DnsServer, and others.
func changedBy(plan *compiler.Plan) (script, owner bool) {
	for _, zone := range plan.Zones {
		script = script || zone.Edited()
		owner = owner || zone.Changed() && !zone.Edited()
	}
	return script, owner
}

// dnsPending says what stage Dns waits for.
func dnsPending(plan *compiler.Plan) string {
	script, owner := changedBy(plan)
	out := "Exit code 5: the records are not changed yet, or the server gives no answer."
	if script {
		out += " Run stage DnsServer; where it is done, wait until the server that is asked has the records."
	}
	if owner || !script {
		out += " Have the owner change them, or confirm them with -Attest."
	}
	return out
}

// dnsBack says what has to come before stage Dns of the rollback.
func dnsBack(plan *compiler.Plan) string {
	how := ""
	script, owner := changedBy(plan)
	if script {
		how = ", after its stage DnsServer on the DNS server"
	}
	if owner {
		how += "; apply the rollback file of the zone, never the old zone file"
	}
	return how
}

// giveUp adds how to go back, where the rollback has the stage.
func giveUp(plan *compiler.Plan, stage, how string, first ...string) []string {
	if !hasStage(plan.Rollback, stage) {
		return first
	}
	if how != "" && !strings.ContainsAny(how[:1], ";,") {
		how = " " + how
	}
	return append(first, "To give up: "+Run(RollbackScript, stage)+how+".")
}
