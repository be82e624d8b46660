package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Partners says what is known of the XMPP partners that a change concerns.
func Partners(p *plan.Plan) string {
	checked := slices.ContainsFunc(plan.AllSteps(p.Stages), func(s *plan.Step) bool {
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

// Letter is a text to send to partners, line by line. Lines are not made visible yet.
func Letter(p *plan.Plan) []string {
	domains := list(p.Domains)
	out := []string{"Subject: XMPP federation of " + domains + " moves to other addresses", ""}
	out = wrap(out, fmt.Sprintf("We change the servers that answer XMPP federation for %s. Time: %s. Our ticket: %s.",
		domains, Window(p.Change), p.Change.Ticket))
	// Partners with a firewall need both: old answers live on after the change.
	out = append(out, "", "Old addresses: "+addresses(p.From), "New addresses: "+addresses(p.To),
		"Port: TCP 5269, as before",
		"DNS records, with the TTL in seconds:")
	for _, zone := range p.Zones {
		for _, set := range zone.Records {
			for _, record := range Records(set) {
				out = append(out, map[byte]string{'-': "old: ", '+': "new: ",
					' ': "stays: "}[record.Op]+record.String()[2:])
			}
		}
	}
	out = append(out, "")
	over, stream := "the change is over", ""
	switch {
	case planned(p) && plan.HasStage(p.Stages, plan.StopOld):
		// Prosody and ejabberd keep an open stream whatever DNS says, so the end of it is announced.
		stream = "- A stream that your server has open stays with the old addresses until we close it; your server " +
			"then looks up our records for the next message."
	case planned(p):
		// Another site stays routed to the old pool, which is not stopped then.
		over = "they are no longer in use"
		stream = "- A stream that your server has open stays with the old addresses, which go on answering. To come " +
			"to the new ones, close it with the command below; your server then looks up our records for the next " +
			"message."
	}
	out = wrap(out, "- If your firewall names our addresses: before that time allow TCP 5269 to and from the new "+
		"ones, and keep the old ones until we say that "+over+".")
	// 0 where no zone of the plan changes: then the owner has to say it.
	if caches, all := p.OldAnswers(); all > 0 {
		out = wrap(out, fmt.Sprintf("- Your resolver may give the old records for up to %s after the last of our name "+
			"servers has the new ones; that is over %s after the change at the latest. Until then messages may fail "+
			"in both directions: with dialback your server looks up our records for messages from us, too.",
			Seconds(caches), Seconds(all)))
	}
	if stream != "" {
		out = wrap(out, stream)
	}
	out = wrap(out, "- If messages still come back after that, close the streams of your server to us; the next "+
		"message makes it look up our records. ejabberd:")
	out = append(out, ejabberd)
	out = append(out, "Prosody:")
	// Prosody closes the streams of one domain at a time; ejabberd closes all of them.
	for _, domain := range p.Domains {
		out = append(out, prosody+domain)
	}
	return out
}

// What ends the streams of a partner. ejabberd's ends those to all domains.
const (
	ejabberd = "ejabberdctl stop_s2s_connections"
	prosody  = "prosodyctl shell s2s closeall "
)

func planned(p *plan.Plan) bool { return p.Reason == "planned" }

func addresses(pool plan.Pool) string {
	return strings.Join(slices.Concat(pool.IPv4, pool.IPv6), ", ")
}

// wrap appends text, broken at blanks into lines of at most 96 characters.
func wrap(out []string, text string) []string {
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		// A word that is longer than a line stays whole: it may be a name or a command.
		if line != "" && len(line)+1+len(word) > 96 {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

// Note is a statement, and the commands that it speaks of at its end, if any.
type Note struct {
	Text     string
	Commands []string
}

// ReachNotes says what a "yes" for XMPP federation does not mean for every partner. What
// is known of servers of partners was measured with Prosody 0.12.3 and ejabberd 23.01.
func ReachNotes(p *plan.Plan) []Note {
	var out []Note
	// The first stage after which it is up again through the target pool.
	back := slices.IndexFunc(p.Outage, func(r plan.Reach) bool {
		xmpp := r.Of(plan.XMPPFederation)
		return xmpp.Up && xmpp.Through == p.To.Name
	})
	caches, _ := p.OldAnswers()
	// Where XMPP is not up again in this plan, or nothing changes in DNS, there is no time to wait for.
	if back >= 0 && caches > 0 {
		out = append(out, Note{Text: fmt.Sprintf("XMPP federation after stage %s: a partner whose resolver has an old "+
			"answer comes later, up to %s after the last name server has the new records. Until then messages to it "+
			"fail as well where it checks us by dialback, which looks up our records.",
			After(p.Outage[back]), Seconds(caches))})
	}
	// ejabberd keeps a failed connection in mind for 300 s (measured with 23.01), which no TTL shortens.
	out = append(out, Note{"A partner on ejabberd (seen with 23.01) that could not connect during the change bounces " +
		"messages for up to 300 s more and asks no DNS in that time. A command there ends that at once:",
		[]string{ejabberd}})
	// The old pool is up, so streams to it are too: none of them ends by itself.
	if planned(p) {
		stream := fmt.Sprintf("A stream that is open asks no DNS: such a partner stays with %s until that closes the "+
			"stream (Prosody 0.12.3 and ejabberd 23.01 stayed as long as was watched: 837 s and 414 s, with a TTL of "+
			"5 s).", p.From.Name)
		if plan.HasStage(p.Stages, plan.StopOld) {
			return append(out, Note{Text: stream + " Stage StopOld ends these streams in order. Where a pool falls " +
				"silent instead, partners lose messages for some 16 min without an error."})
		}
		return append(out, Note{Text: stream +
			fmt.Sprintf(" Sites that are not in this plan stay routed to %s, so the plan does not stop XMPP there: "+
				"such partners go on reaching it.", p.From.Name)})
	}
	// After a disaster the partner's server does not know that its stream is dead until TCP gives up.
	closes := []string{ejabberd}
	for _, domain := range p.Domains {
		closes = append(closes, prosody+domain)
	}
	return append(out, Note{fmt.Sprintf("A partner whose stream was open when %s fell silent loses messages without "+
		"an error, whatever DNS says, for up to some 16 min from its first message on (seen: 941 to 954 s with "+
		"Prosody 0.12.3 and ejabberd 23.01). Closing its streams to us ends that, with the command of ejabberd or "+
		"of Prosody:",
		p.From.Name), closes})
}
