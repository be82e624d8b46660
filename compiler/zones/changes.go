package zones

import (
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Changes are what one plan makes of the zones.
type Changes struct {
	zones    *Zones
	topology *topology.Topology
	report   *report.Plan
	window   time.Duration // of the change; 0: not known, or it does not matter
	day      string        // on which the window starts, RFC 3339
	sets     map[*zone][]plan.RecordSet

	ttl uint32 // of a preparation

	// FailsBack is that the failover is one back to a pool that was repaired.
	FailsBack bool

	// Of a failover; a preparation has none of these and leads no partner elsewhere.
	from, to *topology.EdgePool

	// services are the federations that the changes are about, and hosts the names whose addresses
	// move with them, absolute, and where the spec has them.
	services []*service
	hosts    map[string]hcl.Range

	// Elsewhere: DNS leads partners to another pool today than the routes of the sites.
	Elsewhere bool
}

// Changes begins the changes of a plan, with none.
func (zs *Zones) Changes(change *parser.Change, r *report.Plan) *Changes {
	return &Changes{
		zones:    zs,
		topology: zs.topology,
		report:   r,
		window:   windowOf(change),
		day:      change.WindowStart.V,
		sets:     map[*zone][]plan.RecordSet{},
	}
}

// windowOf is the length of the change window; 0 if it is not given.
func windowOf(change *parser.Change) time.Duration {
	start, err1 := time.Parse(time.RFC3339, change.WindowStart.V)
	end, err2 := time.Parse(time.RFC3339, change.WindowEnd.V)
	// rules.Window has a finding for a time that cannot be read
	if err1 != nil || err2 != nil {
		return 0
	}
	return end.Sub(start)
}

// newRecordTTL is the TTL in seconds of a record that has no neighbour to follow:
// short, because failover names move.
const newRecordTTL = 300

// Lead has partners of some federations, [plan.XMPP] and [plan.SIP], come from one pool to another: a
// host whose addresses move gets those of the pool, or SRV records prefer its Access Edge, whose
// addresses are checked. known tells whether all addresses of the pool are.
func (c *Changes) Lead(from, to *topology.EdgePool, known bool, federations []string) {
	c.from, c.to = from, to
	var services []*service
	for _, federation := range federations {
		if federation == plan.XMPP {
			services = append(services, c.xmpp())
		} else {
			services = append(services, c.sip())
		}
	}
	c.begin(services...)
	target := dnsname.Absolute(to.AccessEdgeFQDN.V)
	// Remote users use the name of an Access Edge as well, so its addresses are compared and not moved.
	if slices.ContainsFunc(services, (*service).namesPools) {
		checkAccessEdge(c, target, known)
	}
	// Microsoft's DNS summary has SRV records name one host, whose addresses then move; its SRV record
	// stays as it is.
	for _, s := range services {
		for _, host := range s.hosts {
			c.moveHost(s, host, known)
		}
		// A partner asks for the domain of the address that it writes to (RFC 6120, 3.2.1), so
		// each SIP domain has SRV records of its own.
		for _, domain := range s.domains {
			if host := s.host(domain); host.Set {
				c.prefer(s, domain, dnsname.Absolute(host.V))
			} else {
				c.prefer(s, domain, target)
			}
		}
	}
	c.check()
}

// Zones are those of the topology that the plan changes or checks so far.
func (c *Changes) Zones() []*topology.Zone {
	var out []*topology.Zone
	for _, z := range c.zones.all {
		if len(c.sets[z]) > 0 {
			out = append(out, z.Zone)
		}
	}
	return out
}

// check checks the sets of a plan, and the zones they are in, against the rules of DNS. It
// takes out of the plan what another zone decides, and gives each set one TTL.
func (c *Changes) check() {
	checkUnread(c)
	for _, z := range c.zones.all {
		if len(c.sets[z]) == 0 {
			continue
		}
		// cuts first: the TTLs of what another zone decides do not count here
		c.sets[z] = withoutCut(c, z, c.sets[z])
		settleTTLs(c, z, c.sets[z])
	}
	// Several domains, also of several zones, may name one host: it is checked once for all.
	targets := targetsOf(c)
	led := map[*zone][]*target{}
	for _, t := range targets {
		z := c.zones.zoneOf(t.name)
		led[z] = append(led[z], t)
	}
	for _, z := range c.zones.all {
		if len(c.sets[z]) == 0 {
			continue
		}
		names := namesOf(c.sets[z], led[z])
		checkPresent(c, z, names)
		checkProxied(c, z, names)
		checkZone(c, z, c.sets[z])
		checkTimes(c, z)
		checkSets(c, z, c.sets[z])
	}
	checkTargets(c, targets)
	checkToday(c)
	for _, z := range c.zones.all {
		if len(c.sets[z]) > 0 {
			// last, because a line that has another finding gets none of these
			checkDefects(c, z)
		}
	}
}
