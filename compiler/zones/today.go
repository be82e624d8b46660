package zones

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// What partners are led to today, before the change.

// checkToday reports what a failover finds in DNS that is not of the pool that is left:
// addresses of no Edge pool, which the plan would delete, and of another pool.
func checkToday(c *Changes) {
	if c.to == nil {
		return // which moves nothing
	}
	for _, z := range c.zones.all {
		for _, set := range c.sets[z] {
			checkRouting(c, z, set)
			if set.Type == "SRV" {
				checkFirst(c, z, set)
			} else {
				checkHolders(c, z, set)
			}
		}
	}
}

// checkHolders looks at the addresses of the one XMPP host.
func checkHolders(c *Changes, z *zone, set plan.RecordSet) {
	owner := strings.TrimSuffix(set.Owner, ".")
	var strange, other []string
	for _, address := range set.Old {
		// by address and not by name: the host has one name, whichever pool it leads to
		switch c.topology.PoolAt(address) {
		case nil:
			strange = append(strange, address)
		case c.from:
		default:
			other = append(other, address)
		}
	}
	// while one address is of the pool that is left, partners reach it; for another pool see disagree
	c.Elsewhere = c.Elsewhere || len(strange) > 0 && len(strange) == len(set.Old)
	// with an address of a pool missing in the spec each one here may be that
	if len(strange) > 0 && set.Changed() && !c.zones.AddressesUnknown {
		c.report.Add(report.Stranger, z.atData(set, strange[0]),
			"%s has an address here that no Edge pool of the spec has: %s. The plan would delete it and give the name "+
				"the addresses of %s. If it is an address of %s, add it to the pool (public_ipv4, public_ipv6 or "+
				"virtual_ipv4); if it is of something else, find out what stops when it is removed.",
			owner, strings.Join(strange, ", "), c.to.Name, c.from.Name)
	}
	if len(other) > 0 {
		disagree(c, c.about(set.Owner), z.atData(set, other[0]), "%s has %s of %s",
			owner, strings.Join(other, ", "), c.topology.PoolAt(other[0]).Name)
	}
}

// checkFirst looks at the SRV record that partners try first.
func checkFirst(c *Changes, z *zone, set plan.RecordSet) {
	domain, s := c.domainAt(set.Owner)
	if domain == nil || s.host(domain).Set || len(set.Old) == 0 {
		return
	}
	// sets are sorted by priority, and the lowest number is tried first (RFC 2782)
	first, _ := dnsname.ParseSRV(set.Old[0])
	if first.Target != dnsname.Absolute(c.from.AccessEdgeFQDN.V) {
		disagree(c, s.name, z.atData(set, set.Old[0]),
			"the SRV record of %s that comes first leads to %s",
			strings.TrimSuffix(set.Owner, "."), strings.TrimSuffix(first.Target, "."))
		return
	}
	home := c.zones.zoneOf(first.Target)
	if home == nil || home.file == nil {
		return
	}
	for _, typ := range []string{"A", "AAAA"} {
		// the name may be that of the pool and still have addresses of another one
		for _, address := range home.answer(first.Target, typ) {
			if pool := c.topology.PoolAt(address); pool != nil && pool != c.from {
				disagree(c, s.name, home.at(first.Target, typ),
					"%s, which SRV records lead to, has %s of %s",
					strings.TrimSuffix(first.Target, "."), address, pool.Name)
				return
			}
		}
	}
}

// disagree reports that DNS leads to another pool than the routes of the sites.
func disagree(c *Changes, federation string, at hcl.Range, format string, args ...any) {
	c.Elsewhere = true
	c.report.Add(report.Disagree, at,
		"The sites are routed to %s, but %s today. Partners reach a pool that is not the one designated for %s, "+
			"and the plan cannot say what works before the change.",
		c.from.Name, fmt.Sprintf(format, args...), federation)
}

// routingPolicy is how cli53 notes one of Route 53 in the export of a zone.
var routingPolicy = pattern.New(`(?i)\bAWS\s+routing="?(\w+)`)

// strange tells whether no address of a set is of an Edge pool of the spec, which
// checkHolders reports.
func strange(c *Changes, set plan.RecordSet) bool {
	return !slices.ContainsFunc(set.Old, func(address string) bool { return c.topology.PoolAt(address) != nil })
}

// proxied is how the export of a zone by Cloudflare notes that Cloudflare answers with
// addresses of its own.
var proxied = pattern.New(`(?i)\bcf-proxied:true\b`)

// checkProxied reports names of the plan that the servers of the zone do not answer as the
// file says, once each.
func checkProxied(c *Changes, z *zone, names map[string]bool) {
	told := map[string]bool{}
	what, port := "SIP federation", plan.SIPPort
	if c.moves(plan.XMPP) {
		what, port = "XMPP", plan.XMPPPort
	}
	for i := range z.file.Records {
		r := &z.file.Records[i]
		address := r.Type == "A" || r.Type == "AAAA"
		// only addresses are replaced: the same note at an SRV record changes nothing
		if names[r.Owner] && address && !told[r.Owner] && proxied.MatchString(r.Comment) {
			told[r.Owner] = true
			c.report.Add(report.Proxied, z.line(r),
				"By its comment %s is proxied by Cloudflare: partners get addresses of Cloudflare, which takes no "+
					"%s at TCP %d. Set the name to DNS only there first and export the zone again, or remove the "+
					"comment if it is no longer so.",
				strings.TrimSuffix(r.Owner, "."), what, port)
		}
	}
}

// checkRouting reports a set of Route 53 that is one of several with one name and type,
// told apart by identifiers. A batch that does not give the identifier is refused.
func checkRouting(c *Changes, z *zone, set plan.RecordSet) {
	if z.Delivery.V != plan.DeliveryRoute53 || !set.Changed() {
		return
	}
	for _, r := range z.owners.of(set.Owner) {
		if policy := routingPolicy.FindStringSubmatch(r.Comment); r.Type == set.Type && policy != nil {
			c.report.Add(report.RoutingPolicy, z.line(r),
				"By its comment this record has the routing policy %s in Route 53. The batch of the plan has no "+
					"SetIdentifier, and Route 53 refuses it. Make the %s records of %s one simple set first, and "+
					"export the zone again.",
				policy[1], set.Type, strings.TrimSuffix(set.Owner, "."))
			return
		}
	}
}
