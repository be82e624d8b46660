package procedure

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The sentences of a failover of SIP federation.

// sipTexts are those about the plan.
func (f *failover) sipTexts() plan.Texts {
	p := f.plan
	why := fmt.Sprintf("Disaster: Edge pool %s, which has SIP federation, is down. SIP federation is enabled on one "+
		"Edge pool and does not fail over by itself; it is moved to %s.", p.From.Name, p.To.Name)
	if f.planned() {
		why = fmt.Sprintf("Planned change: SIP federation is to run through %s instead of %s. Edge pool %s is not "+
			"assumed to be down.", p.To.Name, p.From.Name, p.From.Name)
	}
	stops := " Nothing is stopped."
	if f.stops {
		stops = ""
	}
	order := []string{
		fmt.Sprintf("Steps of the page %q: clear the setting on %s, select it on %s, publish, run Setup again on the "+
			"Edge Servers of %s. These are clicks: the script says which, and reads afterwards what a cmdlet shows. "+
			"The routes of the sites and DNS are from the page %q.%s%s",
			plan.SIPFailOverPage, p.From.Name, p.To.Name, p.To.Name, plan.SIPRoutesPage, f.setupOld(), stops),
		publishFirst,
		f.sipRoutes(),
	}
	order = append(order, f.mediaOrder()...)
	if stays := f.xmppStays(); stays != "" {
		order = append(order, stays)
	}
	return plan.Texts{
		Script:  plan.FailoverScript,
		Title:   fmt.Sprintf("Fail over SIP federation from %s to %s", p.From.Name, p.To.Name),
		Page:    plan.SIPFailOverPage,
		Why:     why,
		Order:   order,
		Unknown: f.sipUnknown(),
		Told: []plan.Told{{Title: "SIP federation partners", Names: p.SIPPartners, How: f.sipPartners(),
			Letter: f.sipLetter()}},
		Notes: []plan.Note{{Text: f.sipPriority()}},
	}
}

// sipPriority says why the record of the pool that is left is not kept.
func (f *failover) sipPriority() string {
	p := f.plan
	for _, domain := range p.SIPDomains {
		if domain.Host == "" {
			return fmt.Sprintf("SRV priority gives no failover of SIP federation (Microsoft, April 2019). Where SRV records "+
				"name the pools, that of %s is replaced by that of %s, and not kept with a higher number: a partner that "+
				"tries it is refused.", p.From.Name, p.To.Name)
		}
	}
	return "SRV priority gives no failover of SIP federation (Microsoft, April 2019): an SRV record of another pool with " +
		"a higher number does not help partners while that pool does not have SIP federation."
}

// setupOld says that Setup runs on the pool that is left too, where it does.
func (f *failover) setupOld() string {
	if !f.planned() {
		return ""
	}
	return fmt.Sprintf(" The Edge Servers of %s are up, and Setup runs on them as well: the page does not say so.",
		f.plan.From.Name)
}

// xmppStays says what becomes of XMPP federation of the pool that is left, where SIP federation moves alone.
func (f *failover) xmppStays() string {
	if f.xmpp || !f.plan.From.Product.HasXMPP() {
		return ""
	}
	return fmt.Sprintf("XMPP federation is not part of this plan: where %s has it, it keeps it, with its routes and SRV "+
		"records.", f.plan.From.Name)
}

// sipRoutes says whose routes are set.
func (f *failover) sipRoutes() string {
	if f.plan.RouteSites == "all-routed" {
		return fmt.Sprintf("The SIP federation route is set for every site that is routed to %s, as the page %q does it "+
			"at each site.", f.plan.From.Name, plan.SIPRoutesPage)
	}
	return fmt.Sprintf("The SIP federation route is set for site %s only. Other sites keep theirs.", f.plan.To.Site) +
		f.sipEnds()
}

// sipEnds says what that means for sites that are routed to the pool that is left.
func (f *failover) sipEnds() string {
	stay := f.sitesThatStay()
	if !f.sip || len(stay) == 0 {
		return ""
	}
	return fmt.Sprintf(" Users of %s then have no SIP federation: from stage Topology on %s does not have it, where their "+
		"route leads.", someSites(stay), f.plan.From.Name)
}

// sipUnknown is what the plan cannot know.
func (f *failover) sipUnknown() []string {
	p := f.plan
	out := []string{
		"Whether SIP federation is enabled on a pool is read from " + federationPort + " of Get-CsService, which is taken " +
			"to be 5061 then and empty or 0 otherwise. No page says so: Microsoft's own diagnostics go by it. Where it shows " +
			"something else than Topology Builder, stage Topology goes on with a person's word, with the step waived by " +
			"name. A pool that shows what is wanted is left alone: if Topology Builder shows otherwise, do the " +
			"same there.",
		"No cmdlet shows whether Setup ran on an Edge Server: stage Setup has a person's word for it, and stage Verify " +
			"reads only whether the services run.",
		unknownRoutes,
		"An Edge Server listens on TCP 5061 on its internal side too, so that a listener on the server proves nothing. " +
			"Only stage Verify, run on a computer outside, shows that partners get through.",
		"The names in the certificates on the Edge Servers are not read. Check before the change that they are those " +
			"that SIP partners look for: the target of the SRV record of each SIP domain.",
		"Partners that have entered an Access Edge by hand do not ask DNS: they have to change it themselves.",
		unknownServers,
		unknownTopology,
	}
	if slices.ContainsFunc([]plan.Pool{p.From, p.To}, func(pool plan.Pool) bool { return pool.Product == cmdlet.SfBServerSE }) {
		out = append(out, "What the node of "+cmdlet.SfBServerSE.Name()+" is called in Topology Builder is on no page that was found: "+
			"look for the pool below its site.")
	}
	if !f.planned() {
		out = append(out, unknownDown(p)+"its Edge Servers may not know yet that SIP federation is not enabled there any "+
			"more: run Setup again on them. A rollback does not run it there either.")
	}
	return slices.Concat(out, f.mediaUnknown(), unknownWindows(p))
}

// topologyFails is what to do if stage Topology fails, whose way back is a stage of the rollback.
func (b *builder) topologyFails(back string) plan.Advice {
	says := []string{
		"Exit code 5: it is not confirmed yet that this was done. Do it, then run the stage again with -Attest \"who, " +
			"ticket\".",
		"Exit code 5 after that: the property was not read back in time. Was the topology published, and by " +
			"the wizard without an error? Then run the stage again: a pool that shows its value is left alone.",
		"The property stays as it was, and Topology Builder shows the setting as published: run the stage again with " +
			"-Attest \"who, ticket\" and waive the step by the name that the message gives. From then on the word of that " +
			"person counts for the setting, in the rollback too; it is in the evidence log.",
		"Topology Builder refuses to publish? " + publishRights,
	}
	if b.plan.MovesSIP() {
		says = append(says, "The wizard warns that the topology contains more than one federated Edge Server: SIP "+
			"federation is enabled on another pool too. Look at it before you go on.")
	}
	return plan.Advice{Back: back, How: "on the same server", Says: says}
}

// sipPartners says what is known of the partners.
func (f *failover) sipPartners() string {
	if len(f.plan.SIPPartners) > 0 {
		return "Stage Verify runs Test-CsFederatedPartner for these partners. A domain has to be allowed for that: " +
			"Get-CsAllowedDomain shows them. Tell those before the change who have entered your Access Edge by hand."
	}
	return "The spec names no partners: sip_federation, partners. So nothing tests a connection to one. " +
		"Get-CsAllowedDomain shows those that are allowed. Tell those before the change who have entered your Access " +
		"Edge by hand."
}

// sipLetter is a text to send to partners.
func (f *failover) sipLetter() plan.Letter {
	p := f.plan
	domains := plan.List(f.sipDomains())
	out := plan.Letter{
		Subject: "SIP federation of " + domains + " moves to other addresses",
		What:    fmt.Sprintf("We change the Edge pool that answers SIP federation for %s.", domains),
		Port:    "TCP 5061, as before",
	}
	for _, zone := range p.Zones {
		for _, set := range zone.Records {
			if set.Step == "" || set.Type != "SRV" {
				out.Sets = append(out.Sets, set)
			}
		}
	}
	var names []string
	for _, domain := range p.SIPDomains {
		if name := cmp.Or(domain.Host, p.To.AccessEdgeFQDN); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	out.Points = []plan.Note{{Text: "If you have entered an Access Edge for one of these domains, it has to be " +
		plan.List(names) + " from then on. If you find it by DNS, you need not change anything."},
		{Text: "If your firewall names our addresses: before that time allow TCP 5061 to and from the new ones."}}
	if caches, all := p.OldAnswers(); all > 0 {
		out.Points = append(out.Points, plan.Note{Text: fmt.Sprintf("Your resolver may give the old records for up to %s "+
			"after the last of our name servers has the new ones; that is over %s after the change at the latest.",
			plan.Seconds(caches), plan.Seconds(all))})
	}
	return out
}

// adviseSIP says what to do if one of the stages of SIP federation fails, and of others where nothing
// else moves.
func (f *failover) adviseSIP() {
	f.ifFails(plan.Publish, f.topologyFails(plan.Publish))
	f.ifFails(plan.Setup, plan.Advice{Says: []string{
		"Exit code 5: the stage wants both, the receipt that stage Replicate printed, -Receipt, and, when Setup has run, a " +
			"name: -Attest \"who, ticket\". The message says which of them is missing.",
		"Setup ends with an error: its log is linked on the last page of the wizard. Setup may be run again at any time.",
	}})
	if f.xmpp {
		return
	}
	f.ifFails(plan.Preflight, plan.Advice{Says: append(preflightFails(f.plan), f.mediaFails(f.media)...)})
	f.ifFails(plan.Route, f.routeFails())
	f.ifDNSFails()
	f.ifFails(plan.Firewall, plan.Advice{Says: []string{"Exit code 5: ask the firewall owner, then run again with " +
		"-Attest \"who, ticket\". Stage Verify finds out by connecting."}})
	f.ifFails(plan.Replicated, notPushed)
	f.ifFails(plan.Verify, plan.Advice{Back: plan.EveryStage, Says: []string{
		"Exit code 3: the lines with FAIL name what is not as planned. Run that stage again, or see to the port.",
		"The port is not open from outside: the firewall, NAT, or Setup on the Edge Servers. A partner fails alone: is its " +
			"domain allowed, and does it refuse the certificate?",
	}})
}
