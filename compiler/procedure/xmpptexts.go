package procedure

import (
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The sentences of a failover of XMPP federation.

// texts are those about the plan.
func (f *failover) texts() plan.Texts {
	return plan.Texts{
		Script:  plan.FailoverScript,
		Title:   fmt.Sprintf("Fail over XMPP federation from %s to %s", f.plan.From.Name, f.plan.To.Name),
		Page:    plan.FailOverPage,
		Why:     f.why(),
		Order:   append([]string{f.order(), f.routes()}, f.mediaOrder()...),
		Unknown: f.unknown(),
		Told: []plan.Told{{Title: "XMPP partners", Names: f.plan.Partners, How: f.partners(),
			Letter: f.letter()}},
		Notes: f.notes(),
		Params: []plan.Param{
			{Name: receiver, Says: "SIP address of a federated XMPP user, for a test message in stage Verify."}},
	}
}

// receiver is the parameter of the script for a test message.
const receiver = "XmppReceiver"

// planned tells whether the pool that is left is up.
func (f *failover) planned() bool { return f.plan.LeftIsUp() }

func (f *failover) why() string {
	p := f.plan
	if f.planned() {
		return fmt.Sprintf("Planned change: XMPP federation is to run through %s instead of %s. Edge pool %s is not "+
			"assumed to be down.",
			p.To.Name, p.From.Name, p.From.Name)
	}
	return fmt.Sprintf("Disaster: Edge pool %s, which is designated for XMPP federation, is down. XMPP federation "+
		"does not fail over by itself; it is moved to %s.",
		p.From.Name, p.To.Name)
}

// order says which order of stages the plan follows, and where it comes from.
func (f *failover) order() string {
	// Both orders are Microsoft's: the two pages contradict each other about stopping the services.
	if !f.stops {
		return fmt.Sprintf("Order of the page %q: the services of %s run all the time. That page stops nothing. So "+
			"nothing is restarted, and the scripts do not read the certificates of that pool (facts P12 to P15 are of "+
			"stage Stop, which this plan does not have).", plan.FailBackPage, f.plan.To.Name)
	}
	return fmt.Sprintf("Order of the page %q: stop the services of %s, set the route, change DNS, see to the "+
		"firewall, start the services. What it does not say (checks, backup, replication, verification) is edgeplan's "+
		"own practice.",
		plan.FailOverPage, f.plan.To.Name)
}

// routes says whose routes are set.
func (f *failover) routes() string {
	// The page sets the route of one site; which sites have one is a matter of the deployment.
	if f.plan.RouteSites == "all-routed" {
		return fmt.Sprintf("The route is set for every site that is routed to %s.", f.plan.From.Name)
	}
	return fmt.Sprintf("The route is set for site %s only, as the procedure says. Other sites keep theirs.",
		f.plan.To.Site)
}

// unknown is what the plan cannot know.
func (f *failover) unknown() []string {
	p := f.plan
	certificates := "The names in the certificates on the Edge Servers are not read. Check before the change that " +
		"they are those that XMPP partners expect."
	// Certificates are read before services stop, and only then.
	if !f.stops && !f.backs {
		certificates = "The certificates on the Edge Servers are not read. Check before the change that they are " +
			"valid, and that their names are those that XMPP partners expect."
	}
	out := []string{
		unknownRoutes,
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
		unknownTopology,
	}
	// A pool that comes back by itself, after a power cut, takes part in DNS again without being designated.
	if !f.planned() {
		out = append(out, unknownDown(p)+"stop its XMPP service before partners can reach it: it is not designated any "+
			"more, and partners with an old answer, or records that still name it, lead there.")
	}
	return slices.Concat(out, f.mediaUnknown(), unknownWindows(p))
}

// partners says what is known of the XMPP partners.
func (f *failover) partners() string {
	p := f.plan
	checked := slices.ContainsFunc(plan.AllSteps(f.forward.stages), func(s *plan.Step) bool {
		return s.Read != nil && s.Read.Name == "Get-CsXmppAllowedPartner"
	})
	switch {
	case len(p.Partners) > 0 && checked:
		return "Fact P10 of stage Preflight compares these partners with Get-CsXmppAllowedPartner and names others " +
			"that are allowed there as a warning. Tell all of them before the change."
	case len(p.Partners) > 0:
		// Skype for Business Server 2019 has no XMPP federation, and so no cmdlet for its partners.
		return fmt.Sprintf("The reference of %s has no Get-CsXmppAllowedPartner, so nothing compares these partners "+
			"with the deployment. Tell them before the change.", p.Product.Name())
	case checked:
		return "The spec names no partners: xmpp_federation, partners. Stage Preflight names those that " +
			"Get-CsXmppAllowedPartner shows, as a warning of P10. Tell them before the change."
	}
	return fmt.Sprintf("The spec names no partners, and the reference of %s has no Get-CsXmppAllowedPartner: whom to "+
		"tell has to be known from elsewhere.", p.Product.Name())
}

// letter is a text to send to partners.
func (f *failover) letter() plan.Letter {
	p := f.plan
	domains := plan.List(p.Domains)
	out := plan.Letter{
		Subject: "XMPP federation of " + domains + " moves to other addresses",
		What:    fmt.Sprintf("We change the servers that answer XMPP federation for %s.", domains),
		Port:    "TCP 5269, as before",
	}
	if len(p.Zones) == 1 { // they may be 100,000
		out.Sets = slices.Clip(p.Zones[0].Records)
	} else {
		for _, zone := range p.Zones {
			out.Sets = append(out.Sets, zone.Records...)
		}
	}
	over, stream := "the change is over", ""
	switch {
	case f.endsOld:
		// Prosody and ejabberd keep an open stream whatever DNS says, so the end of it is announced.
		stream = "A stream that your server has open stays with the old addresses until we close it; your server " +
			"then looks up our records for the next message."
	case f.planned():
		// Another site stays routed to the old pool, which is not stopped then.
		over = "they are no longer in use"
		stream = "A stream that your server has open stays with the old addresses, which go on answering. To come " +
			"to the new ones, close it with the command below; your server then looks up our records for the next " +
			"message."
	}
	// Partners with a firewall need both addresses: old answers live on after the change.
	out.Points = append(out.Points, plan.Note{Text: "If your firewall names our addresses: before that time allow TCP " +
		"5269 to and from the new ones, and keep the old ones until we say that " + over + "."})
	// 0 where no zone of the plan changes: then the owner has to say it.
	if caches, all := p.OldAnswers(); all > 0 {
		out.Points = append(out.Points, plan.Note{Text: fmt.Sprintf("Your resolver may give the old records for up to "+
			"%s after the last of our name servers has the new ones; that is over %s after the change at the latest. "+
			"Until then messages may fail in both directions: with dialback your server looks up our records for "+
			"messages from us, too.",
			plan.Seconds(caches), plan.Seconds(all))})
	}
	if stream != "" {
		out.Points = append(out.Points, plan.Note{Text: stream})
	}
	last := plan.Note{Text: "If messages still come back after that, close the streams of your server to us; the next " +
		"message makes it look up our records. ejabberd:", Commands: f.closes()}
	out.Points = append(out.Points, last)
	return out
}

// What ends the streams of a partner. ejabberd's ends those to all domains.
const (
	ejabberd = "ejabberdctl stop_s2s_connections"
	prosody  = "prosodyctl shell s2s closeall "
)

// closes are the commands that end the streams of a partner. Prosody closes those of one domain at a
// time; ejabberd closes all of them.
func (f *failover) closes() []plan.Command {
	all := []plan.Command{{Text: ejabberd}}
	if len(f.plan.Domains) > 0 {
		all = append(all, plan.Command{For: "Prosody", Text: prosody, Each: f.plan.Domains})
	}
	return all
}

// notes say what a "yes" for XMPP federation does not mean for every partner. What is known of servers
// of partners was measured with Prosody 0.12.3 and ejabberd 23.01.
func (f *failover) notes() []plan.Note {
	p := f.plan
	var out []plan.Note
	// Where nothing changes in DNS, there is no time to wait for.
	if caches, _ := p.OldAnswers(); caches > 0 {
		out = append(out, plan.Note{Service: plan.XMPPFederation, Through: p.To.Name, Text: fmt.Sprintf(
			"a partner whose resolver has an old answer comes later, up to %s after the last name server has the new "+
				"records. Until then messages to it fail as well where it checks us by dialback, which looks up our "+
				"records.", plan.Seconds(caches))})
	}
	// ejabberd keeps a failed connection in mind for 300 s (measured with 23.01), which no TTL shortens.
	out = append(out, plan.Note{Text: "A partner on ejabberd (seen with 23.01) that could not connect during the change " +
		"bounces messages for up to 300 s more and asks no DNS in that time. A command there ends that at once:",
		Commands: []plan.Command{{Text: ejabberd}}})
	// The old pool is up, so streams to it are too: none of them ends by itself.
	if f.planned() {
		stream := fmt.Sprintf("A stream that is open asks no DNS: such a partner stays with %s until that closes the "+
			"stream (Prosody 0.12.3 and ejabberd 23.01 stayed as long as was watched: 837 s and 414 s, with a TTL of "+
			"5 s).", p.From.Name)
		if f.endsOld {
			return append(out, plan.Note{Text: stream + " Stage StopOld ends these streams in order. Where a pool falls " +
				"silent instead, partners lose messages for some 16 min without an error."})
		}
		return append(out, plan.Note{Text: stream +
			fmt.Sprintf(" Sites that are not in this plan stay routed to %s, so the plan does not stop XMPP there: "+
				"such partners go on reaching it.", p.From.Name)})
	}
	// After a disaster the partner's server does not know that its stream is dead until TCP gives up.
	return append(out, plan.Note{Text: fmt.Sprintf("A partner whose stream was open when %s fell silent loses messages "+
		"without an error, whatever DNS says, for up to some 16 min from its first message on (seen: 941 to 954 s with "+
		"Prosody 0.12.3 and ejabberd 23.01). Closing its streams to us ends that, with the command of ejabberd or "+
		"of Prosody:",
		p.From.Name), Commands: f.closes()})
}

// advise says what to do if a stage fails.
func (f *failover) advise() {
	facts := append(preflightFails(f.plan), f.mediaFails(f.media)...)
	// The receipt is that of the management host alone.
	if script, _ := f.plan.ChangedBy(); script && f.stops {
		facts = append(facts, "Stage Stop cannot see whether this stage is done on the DNS server. Do not stop "+
			"anything before it is.")
	}
	f.ifFails(plan.Preflight, plan.Advice{Says: facts})
	// What undoes Stop is stage Start of the rollback, not a stage Stop.
	f.ifFails(plan.Stop, plan.Advice{Back: plan.Start, How: "on that server. This restores remote access",
		Says: []string{
			"Run the stage again: it stops what still runs.",
			"Exit code 3: the lines with FAIL name what would keep the services from starting again. This run stopped " +
				"nothing; one before it may have. Fix it, or waive the fact by its number: -Waive P12.",
			hangs,
			"Exit code 5: pass the receipt that stage Preflight printed: -Receipt.",
		}})
	f.ifFails(plan.Publish, f.topologyFails(plan.Publish))
	f.ifFails(plan.Route, f.routeFails())
	f.ifDNSFails()
	f.ifFails(plan.Firewall, plan.Advice{Says: []string{"Exit code 5: ask the firewall owner, then run again with " +
		"-Attest \"who, ticket\". Stage Verify finds out by connecting."}})
	f.ifFails(plan.Start, plan.Advice{Says: []string{
		"Run the stage again: it starts what is down. Exit code 2 names the services that have to run and do " +
			"not. One that may stay down can be waived by its name: -Waive RTCCLSAGT. It goes into the evidence " +
			"log.",
		hangs,
		"Look at the event log of that server for certificate errors. Remote access through this server stays " +
			"down until the services run.",
	}})
	f.ifFails(plan.Replicated, notPushed)
	f.ifFails(plan.Verify, plan.Advice{Back: plan.EveryStage, Says: []string{
		"Exit code 3: the lines with FAIL name what is not as planned. Run that stage again, or see to the port.",
		"The server listens, and it is not open from outside: the firewall, or NAT. The server does not listen: " +
			"the XMPP service, its certificate, or replication.",
	}})
	// The one stage whose rollback has another name.
	f.ifFails(plan.StopOld, plan.Advice{Back: plan.StartOld, How: "on that server", Says: []string{
		"Exit code 5: pass the receipt that stage Verify printed on the management host, -Receipt. It says when " +
			"the last old answer is over, with secondary servers that no NOTIFY reaches; if all name servers of " +
			"the zones have had the new records for longer than the old TTL, pass -Attest \"who, ticket\".",
		// The name of the service is on no page, so a server may call it something without XMPP.
		"FAIL P18: no service of this server has XMPP in its display name; nothing was stopped. Find the service in " +
			"Get-CsWindowsService, have it stopped by hand, and go on with -Waive P18, with which the stage stops " +
			"nothing. It goes into the evidence log.",
		"Run the stage again: a service that is stopped is left alone. XMPP federation runs through " + f.plan.To.Name +
			" in any case. The service starts again when the server does: run the stage again then.",
		hangs,
	}})
}

func (f *failover) routeFails() plan.Advice {
	how, running := "on the same server", ""
	// With start-first the servers run all the time, and nothing is refused because of that.
	if f.stops {
		running = ", or an Edge Server still answers"
	}
	// The rollback starts the servers before it sets the route back.
	if f.back.has(plan.Start) {
		how += ", after its stage Start on the Edge Servers"
	}
	return plan.Advice{Back: plan.Route, How: how, Says: []string{
		"Exit code 3: drift. The route no longer matches the plan" + running + ". What the stage had set before that has " +
			"a line with CHANGED; without one nothing was set. Find out who changed it; then make a new plan.",
		"Exit code 2: the command failed or its result was not read back in time. Run the stage again: a route " +
			"that is set is left alone.",
	}}
}
