package words

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

const unknownServers = "DNS is compared with the zone file and checked at the named server of each zone. Other " +
	"servers of the zone, an internal zone of the same name and the caches of partners are not asked."

// Unknowns says what a plan cannot know, as statements that a reader can act on.
func Unknowns(p *plan.Plan) []string {
	if p.Kind == plan.KindPrepare {
		out := []string{unknownServers}
		// nslookup, which is used there, does not print the TTL.
		if slices.ContainsFunc(p.Zones, func(z plan.Zone) bool {
			return slices.ContainsFunc(z.Records, plan.RecordSet.TTLChanged)
		}) {
			out = append(out, "A management host without Resolve-DnsName, such as Windows Server 2008 R2, shows no "+
				"TTLs: there the script relies on the DNS owner's confirmation for a TTL that changes.")
		}
		return append(out, windows(p, "Partners may hold old answers longer than the TTL says.")...)
	}
	certificates := "The names in the certificates on the Edge Servers are not read. Check before the change that " +
		"they are those that XMPP partners expect."
	// Certificates are read before services stop, and only then.
	if !plan.HasStage(p.Stages, plan.Stop) {
		certificates = "The certificates on the Edge Servers are not read. Check before the change that they are " +
			"valid, and that their names are those that XMPP partners expect."
	}
	out := []string{
		"How Get-CsSite prints a route that is set is not documented. The script compares without a leading " +
			"EdgeServer: and without regard to case. If stage Preflight reports another form, stop and look.",
		"The script cannot test the firewall before the services run, so it relies on the firewall owner's " +
			"confirmation that TCP 5269 is open in both directions. Only stage Verify, run on a computer outside, " +
			"shows it.",
		certificates,
		"Whether the XMPP service of a pool listens while the pool is not designated is not documented. A closed " +
			"port 5269 before the change proves nothing.",
		"The Windows service name of the XMPP proxy on an Edge Server is not documented. The script finds it by XMPP " +
			"in the display name.",
		"No page says that Enable-CsTopology, or a restart of services on the Front End Servers, is needed after " +
			"Set-CsSite. The script does neither. If partners are not reached after stage Verify, raise a separate " +
			"change for these.",
		unknownServers,
		"Partners may hold old answers longer than the TTL says, and may allow the old addresses only: send them the " +
			"text under XMPP partners before the change.",
		"The topology in the spec is what its author wrote. Stage Preflight compares it with the servers; what it " +
			"does not read stays unchecked.",
	}
	// A pool that comes back by itself, after a power cut, takes part in DNS again without being designated.
	if p.Reason != "planned" {
		out = append(out, "Whether "+p.From.Name+" is really down, and stays down, is not checked. If it returns, "+
			"stop its XMPP service before partners can reach it: it is not designated any more, and partners with an "+
			"old answer, or records that still name it, lead there.")
	}
	return windows(p, out...)
}

// windows adds what is not known of Windows DNS servers, where the plan changes one.
func windows(p *plan.Plan, out ...string) []string {
	if script, _ := changedBy(p); script {
		out = append(out, "A Windows DNS server may take the PTR record of an address along when an A record goes. "+
			"The plan does not look at reverse zones: look there after the change, and after a rollback.",
			"A Windows DNS server of a zone that Active Directory holds passes changes on to the others in its own "+
				"time. The script reads the named server only.")
	}
	return out
}
