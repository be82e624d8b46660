package zones

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// target is a name that partners are led to once the plan is carried out.
type target struct {
	name  string    // absolute
	rng   hcl.Range // where it is named
	owner string    // of an SRV record of the zone file that names it; "" if only the spec does
	in    *zone     // the zone of that record
	first bool      // partners try it first, or the plan adds it
}

// shown is the name as findings have it.
func (t target) shown() string {
	if t.name == "." {
		return t.name
	}
	return strings.TrimSuffix(t.name, ".")
}

// checkTargets checks each name that SRV records of the plan point at against the rules
// for such names, once.
func checkTargets(c *Changes, targets []*target) {
	for _, t := range targets {
		z := c.zones.zoneOf(t.name)
		known := z != nil && z.file != nil
		direct := known && (z.has(t.name, "A") || z.has(t.name, "AAAA"))
		switch {
		case t.name == ".":
			if s := c.serviceOf(t.owner); s != nil && s.federation == plan.SIP {
				c.report.Add(report.DeadFallback, t.rng,
					`The target "." says that there is no SIP federation (RFC 2782). Beside records that name a server `+
						`it is a contradiction; remove it.`)
				continue
			}
			c.report.Add(report.DeadFallback, t.rng,
				`The target "." says that there is no XMPP server (RFC 2782). Beside records that name one it is a `+
					`contradiction, and Prosody skips it; remove it.`)
		// a name that has addresses is meant as it is, however odd it looks
		case !direct && checkSpelling(c, t):
		case known:
			checkLed(c, z, t)
		}
	}
}

// maxTargets is how many names are looked at: as many SRV records do not fit into a DNS
// message.
const maxTargets = 2000

// targetsOf lists those that the failover aims at, and those of all SRV records.
func targetsOf(c *Changes) []*target {
	var list []*target
	known := map[string]*target{}
	add := func(t *target) {
		if old := known[t.name]; old != nil {
			// named by several records, it is tried first if one of them comes first
			old.first = old.first || t.first
		} else if len(list) < maxTargets {
			known[t.name] = t
			list = append(list, t)
		}
	}
	// at the head, so that a long list of other targets never crowds it out
	if c.to != nil {
		for _, s := range c.services {
			for _, host := range s.hosts {
				add(&target{name: dnsname.Absolute(host.V), rng: host.Range, first: true})
			}
		}
		if slices.ContainsFunc(c.services, (*service).namesPools) {
			add(&target{name: dnsname.Absolute(c.to.AccessEdgeFQDN.V), rng: c.to.AccessEdgeFQDN.Range, first: true})
		}
	}
	for _, z := range c.zones.all {
		for _, set := range c.sets[z] {
			if set.Type != "SRV" {
				continue
			}
			var lines map[string]hcl.Range
			for i, data := range set.New { // in the order of priority
				s, _ := dnsname.ParseSRV(data)
				// nearly all of 100,000 sets name the same few hosts
				if old := known[s.Target]; old != nil && old.first {
					continue
				}
				if lines == nil {
					lines = z.srvLines(set.Owner)
				}
				if line, ok := lines[s.Target]; ok {
					add(&target{name: s.Target, rng: line, owner: set.Owner, in: z, first: i == 0})
				} else {
					// what the plan adds has to have an address, in whatever place it is
					add(&target{name: s.Target, rng: named(c, s.Target), first: true})
				}
			}
		}
	}
	return list
}

// named is where the spec names a target that the plan adds.
func named(c *Changes, target string) hcl.Range {
	if at, ok := c.hosts[target]; ok {
		return at
	}
	for _, pool := range c.topology.EdgePools {
		if dnsname.Absolute(pool.AccessEdgeFQDN.V) == target {
			return pool.AccessEdgeFQDN.Range
		}
	}
	return c.topology.Range
}

// checkSpelling reports a target that is an address, a name with its zone twice, or no
// name of a host. Underscores pass: some servers take them.
func checkSpelling(c *Changes, t *target) bool {
	if t.owner == "" {
		return false
	}
	owner := strings.TrimSuffix(t.owner, ".")
	// first, as an address is a well-formed name too and may even have its zone behind it
	if addr, ok := t.in.literal(t.name); ok {
		c.report.Add(report.Literal, t.rng,
			"The target of this SRV record of %s is the address %s. DNS takes it for a name, which no resolver can "+
				"look up. %s",
			owner, addr, hasAddress(c, t.in, addr))
		return true
	}
	// Only a name that is known elsewhere: one that is there twice by intent is no slip.
	for _, name := range t.in.shorter(t.name) {
		if c.zones.isKnown(name) {
			c.report.Add(report.LostDot, t.rng,
				"The target of this SRV record of %s is read as %s: it lacks its final dot, so that the origin is "+
					"added. Write %s with the dot.",
				owner, t.shown(), name)
			return true
		}
	}
	for i := range len(t.name) {
		if b := t.name[i]; b != '_' && odd[b] && oddAt([]byte(t.name), i, true) {
			c.report.Add(report.BadName, t.rng,
				"The target of this SRV record of %s is read as %s. No host has such a name, and BIND does not load "+
					"the zone: look for a blank that is none, and for other odd characters.",
				owner, t.shown())
			return true
		}
	}
	return false
}

// hasAddress says which host name to write in the place of an address: that of XMPP federation if
// it has the address, else the first one of the zone.
func hasAddress(c *Changes, z *zone, addr netip.Addr) string {
	// sorted, so that the same name is proposed in each run
	names := slices.Sorted(maps.Keys(z.owners.ids))
	names = slices.Insert(names, 0, slices.Sorted(maps.Keys(c.hosts))...)
	for _, name := range names {
		four, _ := z.set(name, "A")
		six, _ := z.set(name, "AAAA")
		if slices.Contains(append(four, six...), addr.String()) && !strings.HasPrefix(name, "*") {
			return fmt.Sprintf("Write %s (with the dot at its end), which has this address.", name)
		}
	}
	return "Write a host name that has the address, with a dot at its end."
}

// checkLed checks a target against the zone that it is in.
func checkLed(c *Changes, z *zone, t *target) {
	_, moves := c.hosts[t.name]
	moves = moves && c.to != nil
	cut, away := z.cut(t.name)
	alias := z.wildcard(t.name)
	// the host gets records of its own by this plan, and then no wildcard answers for it
	if alias == "" || moves {
		alias = t.name
	}
	switch {
	case away:
		checkAway(c, z, t, cut, moves)
	// before the rule about aliases: for this the server refuses the zone
	case checkAlone(c, z, t.name):
	case z.has(alias, "CNAME"):
		c.report.Add(report.Alias, z.at(alias, "CNAME"),
			"%s is an alias (CNAME). An SRV record must not point at one (RFC 2782), though Prosody and ejabberd "+
				"follow it; give the host addresses of its own.",
			t.shown())
	case moves: // to addresses of the spec
	case len(z.answer(t.name, "A"))+len(z.answer(t.name, "AAAA")) == 0:
		checkNoAddress(c, z, t)
	default:
		checkPrivate(c, z, t)
	}
}

// checkAway reports a target that the zone has handed to another one.
func checkAway(c *Changes, z *zone, t *target, cut *zonefile.Record, moves bool) {
	top := strings.TrimSuffix(cut.Owner, ".")
	switch {
	case moves: // withoutCut says so
	case cut.Type == "DNAME":
		c.report.Add(report.Alias, z.line(cut),
			"This DNAME record makes %s an alias, like all names below %s. An SRV record must not point at one (RFC "+
				"2782).",
			t.shown(), top)
	case t.owner == "" && c.to != nil:
		c.report.Add(report.OutsideZones, t.rng,
			"%s is delegated: the NS records of %s make that a zone of its own, which no dns_zone holds, so edgeplan "+
				"cannot see whether it has the addresses of %s. Declare the zone, or accept this finding and say who "+
				"has checked.",
			t.shown(), top, c.to.Name)
	}
}

// besideCNAME are the types that may be beside a CNAME record (RFC 4034).
var besideCNAME = []string{"CNAME", "RRSIG", "NSEC", "NSEC3", "KEY", "SIG", "NXT"}

// checkAlone reports a CNAME record that is not alone at its name.
func checkAlone(c *Changes, z *zone, name string) bool {
	// equal records are one (RFC 2181, 5), so the data of the others is compared
	data, _ := z.set(name, "CNAME")
	if len(data) == 0 {
		return false
	}
	i := slices.IndexFunc(z.owners.of(name), func(r *zonefile.Record) bool {
		return r.Type == "CNAME" && r.Data != data[0] || !slices.Contains(besideCNAME, r.Type)
	})
	if i < 0 {
		return false
	}
	other := z.owners.of(name)[i]
	c.report.Add(report.NoEdit, z.at(name, "CNAME"),
		"%s has this CNAME record and another record, of type %s. Beside a CNAME record there may be no other data, "+
			"and DNS servers refuse such a zone. Remove the one that is wrong.",
		strings.TrimSuffix(name, "."), other.Type)
	return true
}

// checkNoAddress reports a target without addresses: an error if partners try it first,
// a warning if it is one of those behind.
func checkNoAddress(c *Changes, z *zone, t *target) {
	// an address may be in a file that is not read, or made by a $GENERATE line
	if len(z.unread()) > 0 || len(c.zones.makers(z, t.name, "A", "AAAA")) > 0 {
		return // checkUnread says so
	}
	switch {
	case t.owner == "":
		c.report.Add(report.NoAddress, t.rng,
			"SRV records will point at %s, which has no address in zone %s.", t.shown(), z.Name.V)
	case t.first:
		c.report.Add(report.NoAddress, t.rng,
			"The SRV record of %s that comes first points at %s, which has no address in zone %s.",
			strings.TrimSuffix(t.owner, "."), t.shown(), z.Name.V)
	default:
		c.report.Add(report.DeadFallback, t.rng,
			"This SRV record of %s points at %s, which has no address in zone %s. Partners skip it, so it is no "+
				"fallback: add the address, or remove the record.",
			strings.TrimSuffix(t.owner, "."), t.shown(), z.Name.V)
	}
}

// checkPrivate reports addresses of a target that no partner can reach.
func checkPrivate(c *Changes, z *zone, t *target) {
	bad := private(append(z.answer(t.name, "A"), z.answer(t.name, "AAAA")...))
	if len(bad) == 0 {
		return
	}
	at := z.File.Range
	// the record to correct may be that of a wildcard
	for _, r := range slices.Concat(z.owners.of(t.name), z.owners.of(z.wildcard(t.name))) {
		if (r.Type == "A" || r.Type == "AAAA") && r.Data == bad[0] {
			at = z.line(r)
			break
		}
	}
	c.report.Add(report.Private, at,
		"SRV records lead partners to %s, and here it has the address %s, which cannot be reached from the internet. "+
			"Give it the address that the public sees, or remove the record.",
		t.shown(), strings.Join(bad, ", "))
}

// private are those of a list of addresses that cannot be reached from the internet.
func private(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		addr, err := netip.ParseAddr(s)
		return err != nil || topology.IsPublic(addr)
	})
}
