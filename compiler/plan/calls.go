package plan

import (
	"slices"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Replicas are the computers that the new route has to reach.
func Replicas(plan *Plan) []string {
	return append(slices.Concat(plan.To.Servers, plan.FrontEnds), plan.ManagementHost)
}

// SRVOwner is the owner of the SRV records of a federation, [XMPP] or [SIP], of a SIP domain.
func SRVOwner(federation, domain string) string {
	if federation == SIP {
		return dnsname.SIPOwner(domain)
	}
	return dnsname.XMPPOwner(domain)
}

// XMPPPort is the port of XMPP federation, TCP; RFC 6120 and step 5 of the procedure.
const XMPPPort = 5269

// SIPPort is that of SIP federation, TCP with TLS. An Edge Server also answers on it inside, as long
// as its Access Edge service runs.
const SIPPort = 5061
