package plan

import (
	"slices"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Replicas are the computers that the new route has to reach, and what Topology Builder published.
func Replicas(plan *Plan) []string {
	out := append(slices.Concat(plan.To.Servers, plan.FrontEnds), plan.ManagementHost)
	// The pool that is left has to know that it is: where it has stood in, and where Setup is run on its servers.
	if plan.FailsBack() || plan.LeftIsUp() && plan.MovesSIP() {
		out = append(out, plan.From.Servers...)
	}
	return out
}

// AimOf has the SRV records of a federation, [XMPP] or [SIP], lead to a target.
func AimOf(federation, target string) Aimed {
	if federation == SIP {
		return Aimed{Prefix: dnsname.SIPPrefix, Target: target, Port: SIPPort, Of: map[string]string{}}
	}
	return Aimed{Prefix: dnsname.XMPPPrefix, Target: target, Port: XMPPPort}
}

// Except has those of a domain lead to another target.
func (a Aimed) Except(domain, target string) { a.Of[a.Prefix+dnsname.Absolute(domain)] = target }

// XMPPPort is the port of XMPP federation, TCP; RFC 6120 and step 5 of the procedure.
const XMPPPort = 5269

// SIPPort is that of SIP federation, TCP with TLS. An Edge Server also answers on it inside, as long
// as its Access Edge service runs.
const SIPPort = 5061
