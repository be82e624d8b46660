package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// preparation makes the plan that readies DNS for a failover that is not yet needed: no
// record of it lives longer than the TTL that is asked for, and where SRV records name
// the pools, every pool with XMPP federation has one, each with its own priority.
func (j *job) preparation(broken bool) *plan.Plan {
	if j.f.Change == nil {
		return nil // the parser has said so
	}
	j.checkChange()
	sets := j.prepareZones()
	if broken || j.blocked() {
		return nil
	}
	p := &plan.Plan{
		FormatVersion:  plan.FormatVersion,
		Kind:           plan.KindPrepare,
		SpecDigest:     j.spec.Digest,
		Name:           j.f.Name.V,
		Product:        cmdlet.Product(j.topology.Product.V),
		ManagementHost: j.topology.ManagementHost.V,
		XMPPHost:       j.topology.XMPP.Host.V,
		Change:         j.change(),
		Zones:          j.planZones(sets),
		Outage:         []plan.Reach{},
		Topology:       topologyOf(j.topology),
	}
	if !slices.ContainsFunc(p.Zones, plan.Zone.Changed) && !j.blocked() {
		j.report(codeNothingToPrepare, j.f.Range, "All records have a TTL of at most %d seconds, and none is missing. Remove the block.", j.prepare.TTL.V)
		return nil
	}
	l := &lowering{job: j, plan: p, forward: newStages(""), back: newRollback("")}
	l.looks()
	l.records()
	l.checkRecords()
	p.Stages, p.Rollback = l.forward.list(), l.back.list()
	p.Earliest = plan.EarliestOf(p)
	return p
}

// prepareZones decides what each RRset becomes and returns the sets by zone.
func (j *job) prepareZones() map[*zone][]plan.RecordSet {
	out := map[*zone][]plan.RecordSet{}
	if !j.needXMPP() {
		return out
	}
	if j.topology.XMPP.Host.Set {
		j.prepareHost(out)
	}
	for _, domain := range j.topology.XMPPDomains() {
		j.prepareSRV(out, domain)
	}
	j.checkDNS(out)
	return out
}

// prepareHost shortens the TTL of the addresses of the one XMPP host.
func (j *job) prepareHost(out map[*zone][]plan.RecordSet) {
	host := dnsname.Absolute(j.topology.XMPP.Host.V)
	z := j.zoneOf(host)
	if !dnsname.IsHost(j.topology.XMPP.Host.V) {
		return
	}
	if z == nil {
		j.report(codeOutsideZones, j.topology.XMPP.Host.Range, "No dns_zone holds %s, so edgeplan cannot shorten the TTL of its address. Declare the zone, or accept this finding and say who does.", j.topology.XMPP.Host.V)
		return
	}
	if z.file == nil {
		return
	}
	for _, typ := range []string{"A", "AAAA"} {
		if data, ttl := z.set(host, typ); len(data) > 0 {
			topology.SortAddresses(data)
			out[z] = append(out[z], plan.RecordSet{Owner: host, Type: typ, Old: data, New: data, OldTTL: ttl, NewTTL: j.shorter(ttl), Step: "4"})
		}
	}
}

// shorter is a TTL that is not above the one that is asked for.
func (j *job) shorter(ttl uint32) uint32 { return min(ttl, uint32(j.prepare.TTL.V)) }

// prepareSRV gives a SIP domain the SRV records that a failover will find.
func (j *job) prepareSRV(out map[*zone][]plan.RecordSet, domain *topology.SIPDomain) {
	owner, z := j.srvZone(domain, "its SRV record is for its owner to prepare")
	if z == nil {
		return
	}
	set := plan.RecordSet{Owner: owner, Type: "SRV", Step: "5", New: []string{}, NewTTL: uint32(j.prepare.TTL.V)}
	set.Old, set.OldTTL = z.set(owner, "SRV")
	records, ok := j.readSRV(z, owner, set.Old)
	if !ok {
		return
	}
	if len(set.Old) > 0 {
		set.NewTTL = j.shorter(set.OldTTL)
	}
	wanted := apart(j.everyTarget(records))
	j.checkPrepared(z, owner, wanted)
	for _, s := range wanted {
		set.New = append(set.New, s.String())
	}
	sortSRV(set.Old)
	sortSRV(set.New)
	out[z] = append(out[z], set)
}

// everyTarget adds records for targets that have none: of the one host, or of each pool
// with XMPP federation, behind those that are there.
func (j *job) everyTarget(records []dnsname.SRV) []dnsname.SRV {
	records = slices.Clone(records)
	for _, target := range j.targets() {
		if !slices.ContainsFunc(records, func(s dnsname.SRV) bool { return s.Target == target }) {
			last := -10
			for _, s := range records {
				last = max(last, s.Priority)
			}
			records = append(records, dnsname.SRV{Priority: min(last+10, 65535), Weight: 0, Port: plan.XMPPPort, Target: target})
		}
	}
	return records
}

// targets are the names that SRV records are to have, the one in use first.
func (j *job) targets() []string {
	if j.topology.XMPP.Host.Set {
		return []string{dnsname.Absolute(j.topology.XMPP.Host.V)}
	}
	pools := slices.Clone(j.topology.EdgePools)
	slices.SortFunc(pools, func(a, b *topology.EdgePool) int {
		if x, y := j.routed(a), j.routed(b); x != y {
			return y - x
		}
		return dnsname.Compare(a.Name, b.Name)
	})
	var out []string
	for _, pool := range pools {
		if pool.XMPP != nil && cmdlet.Product(j.topology.ProductOf(pool)).HasXMPP() {
			out = append(out, dnsname.Absolute(pool.AccessEdgeFQDN.V))
		}
	}
	return out
}

// routed counts the sites whose XMPP federation route is a pool.
func (j *job) routed(pool *topology.EdgePool) int {
	n := 0
	for _, site := range j.topology.Sites {
		if site.XMPPFederationRoute.V == pool.Name {
			n++
		}
	}
	return n
}

// apart gives records that share a priority numbers of their own. Those that come
// first keep theirs.
func apart(records []dnsname.SRV) []dnsname.SRV {
	slices.SortStableFunc(records, func(a, b dnsname.SRV) int { return a.Priority - b.Priority })
	for i := 1; i < len(records); i++ {
		if records[i].Priority <= records[i-1].Priority {
			records[i].Priority = min(records[i-1].Priority+10, 65535)
		}
	}
	return records
}
