package zones

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Shorten has no record of the plan live longer than a TTL in seconds. Where SRV records name
// the pools, every pool with XMPP federation gets one, each with its own priority.
func (c *Changes) Shorten(ttl uint32) {
	c.ttl, c.window = ttl, 0 // it is this plan that shortens them
	c.begin(c.xmpp())
	if c.topology.XMPP.Host.Set {
		c.shortenHost()
	}
	for _, domain := range c.topology.XMPPDomains() {
		c.shortenSRV(domain)
	}
	c.check()
}

// shortenHost shortens the TTL of the addresses of the one XMPP host.
func (c *Changes) shortenHost() {
	host := dnsname.Absolute(c.topology.XMPP.Host.V)
	z := c.zones.zoneOf(host)
	// what is wrong with the name has been said
	if !dnsname.IsHost(c.topology.XMPP.Host.V) {
		return
	}
	if z == nil {
		c.report.Add(report.OutsideZones, c.topology.XMPP.Host.Range,
			"No dns_zone holds %s, so edgeplan cannot shorten the TTL of its address. Declare the zone, or accept "+
				"this finding and say who does.",
			c.topology.XMPP.Host.V)
		return
	}
	if z.file == nil {
		return
	}
	for _, typ := range []string{"A", "AAAA"} {
		// a preparation adds no addresses, and a TTL that is short already stays
		if data, ttl := z.set(host, typ); len(data) > 0 {
			topology.SortAddresses(data)
			c.sets[z] = append(c.sets[z], plan.RecordSet{
				Owner: host, Type: typ, Old: data, New: data, OldTTL: ttl, NewTTL: min(ttl, c.ttl), Step: "4",
			})
		}
	}
}

// shortenSRV gives a SIP domain the SRV records that a failover will find.
func (c *Changes) shortenSRV(domain *topology.SIPDomain) {
	s := c.services[0]
	owner, z := c.srvZone(s, domain, "its SRV record is for its owner to prepare")
	if z == nil {
		return
	}
	set := plan.RecordSet{Owner: owner, Type: "SRV", Step: s.records, NewTTL: c.ttl}
	set.Old, set.OldTTL = z.set(owner, "SRV")
	// records may share a priority here, because each gets its own below
	records, ok := c.readSRV(s, z, owner, set.Old, true)
	if !ok {
		return
	}
	if len(set.Old) > 0 {
		set.NewTTL = min(set.OldTTL, c.ttl)
	}
	wanted := apart(c.everyTarget(records))
	checkPrepared(c, z, owner, wanted)
	set.New = dataOf(wanted, set.Old)
	sortSRV(set.Old)
	sortSRV(set.New)
	c.sets[z] = append(c.sets[z], set)
}

// everyTarget adds records for targets that have none: of the one host, or of each pool
// with XMPP federation, behind those that are there.
func (c *Changes) everyTarget(records []dnsname.SRV) []dnsname.SRV {
	records = slices.Clone(records)
	for _, target := range c.targets() {
		if !slices.ContainsFunc(records, func(s dnsname.SRV) bool { return s.Target == target }) {
			// the first record of an empty set gets priority 0
			last := -10
			for _, s := range records {
				last = max(last, s.Priority)
			}
			// steps of 10 leave room for records between; the field has 16 bits. RFC 2782 advises
			// weight 0 where no choice is made between records of one priority.
			next := min(last+10, 65535)
			records = append(records, dnsname.SRV{Priority: next, Weight: 0, Port: plan.XMPPPort, Target: target})
		}
	}
	return records
}

// targets are the names that SRV records are to have, the one in use first.
func (c *Changes) targets() []string {
	if c.topology.XMPP.Host.Set {
		return []string{dnsname.Absolute(c.topology.XMPP.Host.V)}
	}
	pools := slices.Clone(c.topology.EdgePools)
	slices.SortFunc(pools, func(a, b *topology.EdgePool) int {
		// The pool that most sites are routed to is in use, and what comes first is tried first.
		if x, y := c.topology.Routed(a), c.topology.Routed(b); x != y {
			return y - x
		}
		return dnsname.Compare(a.Name, b.Name)
	})
	var out []string
	for _, pool := range pools {
		// a record of a pool that does not answer on 5269 would cost partners a timeout
		if pool.XMPP != nil && cmdlet.Product(c.topology.ProductOf(pool)).HasXMPP() {
			out = append(out, dnsname.Absolute(pool.AccessEdgeFQDN.V))
		}
	}
	return out
}

// apart gives records that share a priority numbers of their own. Those that come
// first keep theirs.
func apart(records []dnsname.SRV) []dnsname.SRV {
	slices.SortStableFunc(records, func(a, b dnsname.SRV) int { return a.Priority - b.Priority })
	// Each number only goes up, so the order of the records stays as it is.
	for i := 1; i < len(records); i++ {
		if records[i].Priority <= records[i-1].Priority {
			records[i].Priority = min(records[i-1].Priority+10, 65535)
		}
	}
	return records
}
