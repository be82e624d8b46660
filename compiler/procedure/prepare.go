package procedure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// prepare changes DNS only, ahead of a failover, so that old answers die soon then. No page has
// it.
var prepare = procedure{kind: plan.KindPrepare, stages: func(b *builder) {
	p := b.plan
	// No route is set back before DNS, so the rollback has no part that asks first; each part
	// that changes records compares them itself.
	p.Model = plan.Model{BackUnasked: true, Later: "failover"}
	p.Texts = preparing(p)
	here := plan.Part{Hosts: []string{p.ManagementHost}, Product: p.Product}

	look := here
	look.LooksAt, look.Does = []string{plan.DNS}, "Checks that DNS is as before the change or as after it."
	b.forward.add(plan.Preflight, look)
	source := func(plan.Zone) plan.Source { return ours }
	b.dnsServers(&b.forward, false, "", []string{plan.Preflight}, source)
	// Also zones that do not change: the failover that is prepared relies on their records too.
	b.dns(&b.forward, false, "", p.Zones, b.forward.after(plan.DNSServer, plan.Preflight), source)
	check := here
	check.Needs, check.LooksAt, check.Does = []string{plan.DNS}, []string{plan.DNS},
		"Checks that stage Dns is done, and DNS."
	b.forward.add(plan.Verify, check)

	b.dnsServers(&b.back, true, "", nil, source)
	// What was only checked has nothing to go back to.
	b.dns(&b.back, true, "", changed(p.Zones), b.back.after(plan.DNSServer), source)
	check.Does = "Checks DNS."
	b.back.add(plan.Verify, check)

	b.ifFails(plan.Preflight, plan.Advice{Says: preflightFails(p)})
	b.ifDNSFails()
	b.ifFails(plan.Verify, plan.Advice{Says: []string{
		"Exit code 3: the lines with FAIL name what is not as planned. Run stage Dns again."}})
}}

// preparing are the sentences of a preparation.
func preparing(p *plan.Plan) plan.Texts {
	why := "Ahead of any failover: records that will change then get a short TTL, so that old answers die soon, " +
		"and SRV records that will be needed are published. XMPP federation stays where it is."
	for _, zone := range p.Zones {
		for _, set := range zone.Records {
			// Publishing a record is more than a shorter TTL, and the board has to see it.
			if set.Type == "SRV" && len(set.Old) == 0 && len(set.New) > 0 {
				why += fmt.Sprintf(" %s is new: from then on partners can find that domain.",
					strings.TrimSuffix(set.Owner, "."))
			}
		}
	}
	unknown := []string{unknownServers}
	// nslookup, which is used there, does not print the TTL.
	if slices.ContainsFunc(p.Zones, func(z plan.Zone) bool {
		return slices.ContainsFunc(z.Records, plan.RecordSet.TTLChanged)
	}) {
		unknown = append(unknown, "A management host without Resolve-DnsName, such as Windows Server 2008 R2, shows no "+
			"TTLs: there the script relies on the DNS owner's confirmation for a TTL that changes.")
	}
	return plan.Texts{
		Script: plan.PrepareScript,
		Title:  "Prepare DNS for a failover of XMPP federation",
		Why: why + " Afterwards export the zones again, then rebuild the failover plan: a plan built earlier " +
			"expects the old records.",
		Unknown: slices.Concat(unknown, []string{"Partners may hold old answers longer than the TTL says."},
			unknownWindows(p)),
	}
}
