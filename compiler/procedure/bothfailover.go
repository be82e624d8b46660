package procedure

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// bothFailover moves XMPP and SIP federation at once, from a pool that has both: the order of the page
// about XMPP federation, with the stages of SIP federation where what they need is there.
var bothFailover = procedure{kind: plan.KindFailover, federations: []string{plan.Both}, form: xmppFailover.form,
	stages: func(b *builder) {
		f := newFailover(b)
		f.xmppStages()
		f.advise()
		f.adviseSIP()
		f.plan.Texts = f.bothTexts()
	}}

// bothTexts are the sentences of both.
func (f *failover) bothTexts() plan.Texts {
	out, sip := f.texts(), f.sipTexts()
	out.Title = "Fail over XMPP and SIP federation from " + f.plan.From.Name + " to " + f.plan.To.Name
	out.Why += " SIP federation moves with it: it is on the same pool."
	for _, order := range sip.Order {
		if !slices.Contains(out.Order, order) {
			out.Order = append(out.Order, order)
		}
	}
	out.Told = append(out.Told, sip.Told...)
	out.Notes = append(out.Notes, sip.Notes...)
	for _, unknown := range sip.Unknown {
		if !slices.Contains(out.Unknown, unknown) {
			out.Unknown = append(out.Unknown, unknown)
		}
	}
	return out
}
