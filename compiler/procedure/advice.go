package procedure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// What procedures say alike of stages that they share.

// preflightFails is what to do where facts fail before anything is changed.
func preflightFails(p *plan.Plan) []string {
	changed := "Nothing has been changed."
	if p.StoreFailover != nil {
		changed = "Nothing but the Central Management store has been changed."
	}
	out := []string{
		changed + " Fix what the FAIL lines report, then run the stage again.",
		"A fact P.. that is known to differ can be waived by number: -Waive P02. It goes into the evidence log.",
	}
	// One example with a number of this plan says more than a rule about numbers.
	if len(p.Zones) > 0 {
		zone := p.Zones[0]
		out = append(out, fmt.Sprintf("A server that gives no answer fails the fact of its zone, %s for %s: the "+
			"zone and its records can then be waived with that number alone. If records or the serial were "+
			"changed since the export, find out who did it, export the zone again and make a new plan.",
			zone.Number, strings.TrimSuffix(zone.Name, ".")))
	}
	return out
}

// ifDNSFails says what to do if stage DnsServer or stage Dns fails.
func (b *builder) ifDNSFails() {
	b.ifFails(plan.DNSServer, plan.Advice{Back: plan.DNSServer, How: "on the same server", Says: []string{
		"Exit code 3: the server has other records than the plan knows, and the lines with FAIL name them. Find " +
			"out who changed them. A fact P.. that may differ, such as a TTL, can be waived by number, as in " +
			"stage Preflight; such a record is left as it is. So can a set that is empty now: the stage " +
			"fills it again.",
		"A record that is there with another TTL: give it the planned one in DNS Manager, and run the stage again.",
		"Exit code 2: the command failed or its result was not read back in time. Run the stage again: records " +
			"that are there are left alone, and no old one goes before all new ones are there.",
	}})
	b.ifFails(plan.DNS, plan.Advice{Back: plan.DNS, How: dnsBack(b.plan), Says: []string{
		dnsPending(b.plan),
		"Exit code 3: the server has records of neither side, and the lines with FAIL show them: find out who " +
			"changed them. Or what was confirmed is not on the server.",
		"The serial was not raised: secondary servers keep the old records. The owner raises it above the one " +
			"that is shown.",
		"A TTL or a record more than planned that was waived before is waived by the same number here.",
	}})
}

// dnsPending says what stage Dns waits for.
func dnsPending(p *plan.Plan) string {
	script, owner := p.ChangedBy()
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
	script, owner := p.ChangedBy()
	if script {
		how = ", after its stage DnsServer on the DNS server"
	}
	// The old zone file has the old serial, which secondary servers do not take.
	if owner {
		how += "; apply the rollback file of the zone, never the old zone file"
	}
	return how
}

// hangs is what to do where a cmdlet that waits for services does not return: none of
// them has a time-out.
const hangs = "If the command itself does not come back: in another elevated shell Get-CsWindowsService shows which " +
	"service hangs, sc.exe queryex NAME its PID, and taskkill.exe /F /PID PID ends it; the stage then goes on, or is " +
	"run again."

// unknownRoutes is that no page shows a route that is set.
const unknownRoutes = "How Get-CsSite prints a route that is set is not documented. The script compares without a " +
	"leading EdgeServer: and without regard to case. If stage Preflight reports another form, stop and look."

// unknownTopology is what only the author of the spec knows.
const unknownTopology = "The topology in the spec is what its author wrote. Stage Preflight compares it with the " +
	"servers; what it does not read stays unchecked."

// unknownDown is that nothing asks the pool that is down, up to what is to be done if it returns.
func unknownDown(p *plan.Plan) string {
	return "Whether " + p.From.Name + " is really down, and stays down, is not checked. If it returns, "
}

// unknownServers is which answers nobody asks for.
const unknownServers = "DNS is compared with the zone file and checked at the named server of each zone. Other " +
	"servers of the zone, an internal zone of the same name and the caches of partners are not asked."

// unknownWindows is what is not known of Windows DNS servers, where the plan changes one.
func unknownWindows(p *plan.Plan) []string {
	if script, _ := p.ChangedBy(); !script {
		return nil
	}
	var out []string
	if slices.ContainsFunc(p.Zones, func(z plan.Zone) bool { return z.Edited() && movesAddresses(z) }) {
		out = append(out, "A Windows DNS server may take the PTR record of an address along when an A record goes. "+
			"The plan does not look at reverse zones: look there after the change, and after a rollback.")
	}
	return append(out, "A Windows DNS server of a zone that Active Directory holds passes changes on to the others in "+
		"its own time. The script reads the named server only.")
}
