package zones

import (
	"cmp"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// moveHost moves the addresses of a host to the target pool, if they are known.
func (c *Changes) moveHost(s *service, spec topology.Value[string], known bool) {
	host := dnsname.Absolute(spec.V)
	checkShared(c, spec)
	z := c.zones.zoneOf(host)
	// what is wrong with the name has been said
	if !dnsname.IsHost(spec.V) {
		return
	}
	if z == nil {
		c.report.Add(report.OutsideZones, spec.Range,
			"No dns_zone holds %s, so edgeplan cannot move its address. Declare the zone, or accept this finding and "+
				"say who moves the address.",
			spec.V)
		return
	}
	if z.file == nil || !known {
		return
	}
	// both federations may have one host, and an address moves once
	i := slices.IndexFunc(c.sets[z], func(set plan.RecordSet) bool { return set.Owner == host && set.Type != "SRV" })
	if i >= 0 {
		for ; i < len(c.sets[z]) && c.sets[z][i].Owner == host; i++ {
			c.sets[z][i].Step = cmp.Or(c.sets[z][i].Step, s.addresses)
		}
		return
	}
	if z.has(host, "CNAME") {
		return // checkTargets says so
	}
	// Both types, also where the pool has none of one: an AAAA record of the old pool that stays
	// would go on leading there the partners that try IPv6 first.
	four, six := c.to.Addresses()
	for _, want := range []struct {
		typ  string
		data []string
	}{{"A", four}, {"AAAA", six}} {
		// not nil: plan.json has [] for a set that will be gone
		set := plan.RecordSet{Owner: host, Type: want.typ, New: append([]string{}, want.data...),
			Step: s.addresses}
		set.Old, set.OldTTL = z.set(host, want.typ)
		topology.SortAddresses(set.Old)
		set.NewTTL = z.ttlFor(set)
		c.sets[z] = append(c.sets[z], set)
	}
}

// ttlFor keeps the TTL of a set; a new set takes that of the other addresses.
func (z *zone) ttlFor(set plan.RecordSet) uint32 {
	if len(set.Old) > 0 {
		return set.OldTTL
	}
	// so that resolvers forget both kinds of addresses together
	for _, typ := range []string{"A", "AAAA"} {
		if data, ttl := z.set(set.Owner, typ); len(data) > 0 {
			return ttl
		}
	}
	return newRecordTTL
}

// checkShared reports a host whose address serves more than what moves.
func checkShared(c *Changes, spec topology.Value[string]) {
	host := dnsname.Absolute(spec.V)
	// With both federations all that partners use moves; that remote users do too is said and needs no
	// one's consent, as the pool that they leave is the one that failed or is to be left.
	code, remote := report.SharedHost, "remote users and SIP federation move with its address"
	if c.moves(plan.SIP) {
		remote = "remote users move with its address"
	}
	if c.moves(plan.SIP) && c.moves(plan.XMPP) {
		code = report.RemoteMoves
	}
	for _, pool := range c.topology.EdgePools {
		if dnsname.Absolute(pool.AccessEdgeFQDN.V) == host {
			c.report.Add(code, spec.Range, "%s is the Access Edge FQDN of %s too: %s.", spec.V, pool.Name, remote)
			return
		}
	}
	for _, z := range c.zones.all {
		if z.file == nil {
			continue
		}
		for i := range z.file.Records {
			r := &z.file.Records[i]
			// the SRV records of remote users and of a federation that stays, whatever SIP domain they are for
			stays := strings.HasPrefix(r.Owner, "_sip._tls.") ||
				strings.HasPrefix(r.Owner, dnsname.SIPPrefix) && !c.moves(plan.SIP) ||
				strings.HasPrefix(r.Owner, dnsname.XMPPPrefix) && !c.moves(plan.XMPP)
			if !stays || r.Type != "SRV" {
				continue
			}
			if s, ok := dnsname.ParseSRV(r.Data); ok && s.Target == host {
				c.report.Add(code, z.line(r),
					"%s points at %s as well: what it serves moves with the address.",
					strings.TrimSuffix(r.Owner, "."), spec.V)
				return
			}
		}
	}
}

// checkAccessEdge checks the name that SRV records will prefer against its zone, if the
// addresses of the pool are known.
func checkAccessEdge(c *Changes, name string, known bool) {
	rng := c.to.AccessEdgeFQDN.Range
	z := c.zones.zoneOf(name)
	switch {
	case !dnsname.IsHost(c.to.AccessEdgeFQDN.V):
		return
	case z == nil:
		c.report.Add(report.OutsideZones, rng,
			"No dns_zone holds %s, so edgeplan cannot see whether it has the addresses of %s. Declare the zone, or "+
				"accept this finding and say who has checked.",
			c.to.AccessEdgeFQDN.V, c.to.Name)
		return
	case z.file == nil || !known:
		return
	}
	four, six := c.to.Addresses()
	// as a resolver sees it: a wildcard may have the addresses
	have, have6 := z.answer(name, "A"), z.answer(name, "AAAA")
	_, away := z.cut(name)
	hidden := len(private(have))+len(private(have6)) > 0
	if away || hidden || len(have)+len(have6) == 0 || len(z.answer(name, "CNAME")) > 0 {
		return // checkTargets says so
	}
	switch {
	case !plan.SameSet(have, four):
		c.report.Add(report.WrongAddresses, z.at(name, "A"),
			"%s has the addresses %s here, but %s has %s.", c.to.AccessEdgeFQDN.V, list(have), c.to.Name, list(four))
	// a warning only, as partners fall back to the IPv4 addresses, which are right
	case len(six) > 0 && len(have6) == 0:
		c.report.Add(report.NoAAAA, rng,
			"%s has IPv6 addresses, but %s has no AAAA record.", c.to.Name, c.to.AccessEdgeFQDN.V)
	case len(have6) > 0 && c.to.LoadBalancing.V == "hardware":
		c.report.Add(report.NoAAAA, z.at(name, "AAAA"),
			"%s has the IPv6 addresses %s here. Behind a hardware load balancer the spec knows only virtual_ipv4: "+
				"check that they are those of %s.",
			c.to.AccessEdgeFQDN.V, list(have6), c.to.Name)
	case !plan.SameSet(have6, six):
		c.report.Add(report.WrongAddresses, z.at(name, "AAAA"),
			"%s has the IPv6 addresses %s here, but %s has %s: partners that prefer IPv6 would not reach the pool.",
			c.to.AccessEdgeFQDN.V, list(have6), c.to.Name, list(six))
	}
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
