package plan

import "slices"

// Replicas are the computers that the new route has to reach.
func Replicas(plan *Plan) []string {
	return append(slices.Concat(plan.To.Servers, plan.FrontEnds), plan.ManagementHost)
}

// XMPPPort is the port of XMPP federation, TCP; RFC 6120 and step 5 of the procedure.
const XMPPPort = 5269

// SIPPort is that on which an Edge Server answers inside as long as its Access Edge service
// runs, TCP with TLS.
const SIPPort = 5061
