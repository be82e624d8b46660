package zones

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// directPrefix is before the SIP domain in the owner of the SRV records of XMPP over direct TLS
// (XEP-0368).
const directPrefix = "_xmpps-server._tcp."

// directOwner is where a domain offers XMPP over direct TLS.
func directOwner(domain string) string { return directPrefix + dnsname.Absolute(domain) }

// checkDirectTLS reports the records of direct TLS of a domain: as errors those that lead
// to an Edge pool, which has no direct TLS, and the others in one warning. What XMPP
// servers do with them is in docs/partners.md.
func checkDirectTLS(c *Changes, z *zone, domain *topology.SIPDomain) {
	owner := directOwner(domain.Name.V)
	warned := false
	for _, r := range z.owners.of(owner) {
		s, ok := dnsname.ParseSRV(r.Data)
		// "." says that there is no such service (RFC 2782), so nothing competes
		if r.Type != "SRV" || !ok || s.Target == "." {
			continue
		}
		at, target := z.line(r), strings.TrimSuffix(s.Target, ".")
		if pool := leadsTo(c, s.Target); pool != "" {
			c.report.Add(report.DirectToEdge, at,
				"%s leads to %s at %s, port %d, and no Edge Server has XMPP over direct TLS. Prosody tries this "+
					"record before all of _xmpp-server._tcp; ejabberd gives up where TCP is answered without direct "+
					"TLS, as on port 5269. Remove the record.",
				strings.TrimSuffix(owner, "."), pool, target, s.Port)
		} else if !warned {
			// one warning a domain: what partners do is the same for each further record
			warned = true
			c.report.Add(report.DirectTLS, at,
				"%s offers XMPP over direct TLS at %s. Prosody tries it before all records of _xmpp-server._tcp, "+
					"whatever its priority; ejabberd tries it in the order of priority. The plan does not change it, "+
					"so these partners may go on connecting there.",
				strings.TrimSuffix(owner, "."), target)
		}
	}
}

// leadsTo is the Edge pool that a name means, by itself, by an alias or by its addresses;
// "" if it means none. The name is absolute and in lower case.
func leadsTo(c *Changes, name string) string {
	names, z := []string{name}, c.zones.zoneOf(name)
	if z != nil && z.file != nil {
		// Prosody and ejabberd follow an alias, which RFC 2782 does not allow as a target.
		names = append(names, z.answer(name, "CNAME")...)
	}
	var found []string
	for _, name := range names {
		// the alias may lead into another zone of the spec
		if z := c.zones.zoneOf(name); z != nil && z.file != nil {
			found = append(append(found, z.answer(name, "A")...), z.answer(name, "AAAA")...)
		}
	}
	for _, pool := range c.topology.EdgePools {
		public := pool.PublicAddresses()
		named := slices.Contains(names, dnsname.Absolute(pool.AccessEdgeFQDN.V))
		if named || slices.ContainsFunc(found, func(a string) bool { return slices.Contains(public, a) }) {
			return pool.Name
		}
	}
	// The host may be without an address today: this plan gives it those of the pool.
	if slices.ContainsFunc(names, func(name string) bool { _, moves := c.hosts[name]; return moves }) {
		return "an Edge pool"
	}
	return ""
}
