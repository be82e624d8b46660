package zones

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// srvZone is the owner of the SRV records of a domain and the zone that holds it, nil if there
// is none that was read. Where no zone is declared, a finding says what is left to others.
func (c *Changes) srvZone(s *service, domain *topology.SIPDomain, left string) (owner string, z *zone) {
	owner = s.prefix + dnsname.Absolute(domain.Name.V)
	if !dnsname.IsHost(domain.Name.V) {
		return owner, nil
	}
	// The owner may be in a zone named after a service, such as _tcp.contoso.com.
	if z = c.zones.zoneOf(owner); z == nil {
		c.report.Add(report.Unmanaged, domain.Name.Range, "No dns_zone holds %s: %s.", domain.Name.V, left)
		return owner, nil
	}
	if z.file == nil {
		return owner, nil
	}
	// The text of the zone file, which all plans then share.
	if records := z.owners.of(owner); len(records) > 0 {
		owner = records[0].Owner
	}
	return owner, z
}

// prefer makes the SRV records of one SIP domain lead to the target; step 5 of the page about XMPP
// federation and its note on pools with different priorities.
func (c *Changes) prefer(s *service, domain *topology.SIPDomain, target string) {
	owner, z := c.srvZone(s, domain, "whether its SRV record leads to the new pool is for its owner to check")
	if z == nil {
		return
	}
	data, ttl := z.set(owner, "SRV")
	records, ok := c.readSRV(s, z, owner, data, false)
	if !ok || s.federation == plan.SIP && !checkSIPTarget(c, z, owner, domain, records) {
		return
	}
	hostLayout := s.host(domain).Set
	wanted, left := records, ""
	if s.federation == plan.SIP {
		left = dnsname.Absolute(c.from.AccessEdgeFQDN.V)
		wanted = takeOver(records, left, target)
	}
	// Where all records name one host, its addresses move and the order of records is not ours.
	present := slices.ContainsFunc(wanted, func(record dnsname.SRV) bool { return record.Target == target })
	if !present || !hostLayout {
		model, modelTTL := c.sibling(s, owner)
		wanted = promote(wanted, target, s.port, model)
		if len(data) == 0 {
			ttl = modelTTL
		}
	}
	wanted = without(wanted, left, target)
	checkOrder(c, z, owner, wanted, target)
	checkOthers(c, s, z, owner, wanted, target)
	set := plan.RecordSet{Owner: owner, Type: "SRV", Old: data, OldTTL: ttl, NewTTL: ttl, New: dataOf(wanted, data),
		Step: s.records}
	if len(data) == 0 {
		// a set that is not there has no TTL, and resolvers hold no old answer
		set.OldTTL = 0
	}
	sortSRV(set.Old)
	sortSRV(set.New)
	c.sets[z] = append(c.sets[z], set)
	if s.federation == plan.SIP && !dnsname.Under(target, dnsname.Absolute(domain.Name.V)) {
		c.report.Add(report.OtherDomain, domain.Name.Range,
			"The SRV record of %s will point at %s, which is not in that domain. Partners that find the domain by DNS "+
				"refuse such a record: give the domain a federation_host of its own, and the certificate its name.",
			strings.TrimSuffix(owner, "."), strings.TrimSuffix(target, "."))
	}
}

// checkSIPTarget reports SRV records of SIP federation that lead to a host of which the spec does
// not say whether its addresses move; false if they do.
func checkSIPTarget(c *Changes, z *zone, owner string, domain *topology.SIPDomain, records []dnsname.SRV) bool {
	if len(records) == 0 {
		return true
	}
	first := slices.MinFunc(records, func(a, b dnsname.SRV) int { return a.Priority - b.Priority })
	host := domain.FederationHost
	isPool := func(p *topology.EdgePool) bool { return dnsname.Absolute(p.AccessEdgeFQDN.V) == first.Target }
	pool := slices.ContainsFunc(c.topology.EdgePools, isPool)
	if host.Set && dnsname.Absolute(host.V) == first.Target || !host.Set && pool {
		return true
	}
	name, target := strings.TrimSuffix(owner, "."), strings.TrimSuffix(first.Target, ".")
	if host.Set {
		c.report.Add(report.StrangeHost, z.atData(plan.RecordSet{Owner: owner, Type: "SRV"}, first.String()),
			"The SRV record of %s points at %s and not at %s, the federation_host of the domain. Correct the one that "+
				"is wrong.", name, target, host.V)
		return false
	}
	c.report.Add(report.StrangeHost, z.atData(plan.RecordSet{Owner: owner, Type: "SRV"}, first.String()),
		"The SRV record of %s points at %s, which is the Access Edge FQDN of no Edge pool. If the addresses of that "+
			"name are to move with SIP federation, add to sip_domain %q: federation_host = %q.",
		name, target, domain.Name.V, target)
	return false
}

// dataOf is the data of records. It has the texts of the old data, which most plans leave as it is:
// there may be 100,000 sets.
func dataOf(records []dnsname.SRV, old []string) []string {
	var buf [300]byte
	out, same := make([]string, 0, len(records)), len(records) == len(old)
	for i, s := range records {
		text := s.Append(buf[:0])
		if i < len(old) && string(text) == old[i] {
			out = append(out, old[i])
			continue
		}
		out, same = append(out, string(text)), false
	}
	if same {
		return slices.Clip(old)
	}
	return out
}

// wrongPort says what is wrong with an SRV record that has another port than the procedure
// demands: its fields may be in the wrong order.
func wrongPort(of *service, name string, s dnsname.SRV) string {
	place, rest := "", ""
	// the port in another place is more likely the wrong order than the wrong port
	switch of.port {
	case s.Priority:
		place, rest = "first", fmt.Sprintf("%d %d", s.Weight, s.Port)
	case s.Weight:
		place, rest = "second", fmt.Sprintf("%d %d", s.Priority, s.Port)
	}
	if place != "" {
		return fmt.Sprintf("The fields of this SRV record of %s are in the wrong order: the port is the third of "+
			"them, and here %d is the %s. The order is priority, weight, port, target. Write %s %[2]d %[5]s (the "+
			"target ends with a dot).", name, of.port, place, rest, s.Target)
	}
	text := fmt.Sprintf("An SRV record of %s has port %d. Partners connect to the port of the record, and %s "+
		"listens on %d", name, s.Port, of.name, of.port)
	if s.Port == 5222 || s.Port == 443 && of.federation == plan.SIP {
		text += fmt.Sprintf("; %d is the port for clients", s.Port)
	}
	return text + fmt.Sprintf(". Write %d %d %d %s (the target ends with a dot).",
		s.Priority, s.Weight, of.port, s.Target)
}

func sortSRV(data []string) {
	if len(data) < 2 {
		return
	}
	slices.SortFunc(data, func(a, b string) int {
		x, _ := dnsname.ParseSRV(a)
		y, _ := dnsname.ParseSRV(b)
		if x.Priority != y.Priority {
			return x.Priority - y.Priority
		}
		return strings.Compare(a, b)
	})
}

// readSRV parses a set and checks it against the rules for SRV records; shared: they may share
// priorities, which the plan changes.
func (c *Changes) readSRV(of *service, z *zone, owner string, data []string, shared bool) ([]dnsname.SRV, bool) {
	var records []dnsname.SRV
	seen := map[int]bool{}
	name := strings.TrimSuffix(owner, ".")
	if noService(data) {
		c.report.Add(report.NoService, z.at(owner, "SRV"),
			`The one SRV record of %s has the target ".": it says that the domain has no %s (RFC 2782). The plan leaves `+
				`it as it is, so that partners go on finding none. If they are to find a pool, replace it by a record of `+
				`the pool that has the federation today, and build the plan again.`, name, of.name)
		return nil, false
	}
	for _, d := range data {
		s, ok := dnsname.ParseSRV(d)
		switch {
		case !ok:
			c.report.Add(report.BadZone, z.at(owner, "SRV"), "%q is not the data of an SRV record.", d)
			return nil, false
		// partners connect to the port of the record, whatever it is (Prosody, ejabberd measured)
		case s.Port != of.port && s.Target != ".": // where nothing is, no port is either
			c.report.Add(report.WrongPort, z.at(owner, "SRV"), "%s", wrongPort(of, name, s))
			return nil, false
		case seen[s.Priority] && !shared && of.federation == plan.SIP:
			c.report.Add(report.EqualPriority, z.at(owner, "SRV"),
				"Two SRV records of %s have priority %d, and SIP federation is enabled on one pool only. Partners go by "+
					"weight, and where that is equal by chance. Keep the record of the pool that has it, and remove the "+
					"others.",
				name, s.Priority)
			return nil, false
		case seen[s.Priority] && !shared:
			c.report.Add(report.EqualPriority, z.at(owner, "SRV"),
				"Two SRV records of %s have priority %d, and only one pool has the XMPP route. Prosody takes either "+
					"by chance, ejabberd goes by weight, and by name if the weights are 0. Give each pool a priority "+
					"of its own.",
				name, s.Priority)
			return nil, false
		}
		seen[s.Priority] = true
		records = append(records, s)
	}
	// RFC 1034, 3.6.2: an alias is alone at its name
	if z.has(owner, "CNAME") {
		c.report.Add(report.NoEdit, z.at(owner, "CNAME"),
			"%s is an alias (CNAME), and beside one there can be no SRV record.", name)
		return nil, false
	}
	return records, true
}

// noService tells whether a set is the one record by which a domain says that it does not have a
// service: "A Target of "." means that the service is decidedly not available at this domain" (RFC 2782).
func noService(data []string) bool {
	if len(data) != 1 {
		return false
	}
	s, ok := dnsname.ParseSRV(data[0])
	return ok && s.Target == "."
}

// sibling returns priority and weight for a new SRV record, and its TTL: those that
// other SIP domains use if they agree, else 0, 0 and a short TTL.
func (c *Changes) sibling(of *service, owner string) (dnsname.SRV, uint32) {
	all := c.zones.siblings[of.federation]
	if all == nil {
		all = c.findSiblings(of)
		c.zones.siblings[of.federation] = all
	}
	own := all.of[owner]
	var found *siblingSet
	// the order of a map does not matter here: there is one such value, or none is taken
	for value, s := range all.values {
		// a domain is no example for itself
		if own != nil && own.value == value && s.count == 1 {
			continue
		}
		if found != nil {
			return dnsname.SRV{}, newRecordTTL
		}
		found = s
	}
	if found == nil {
		return dnsname.SRV{}, newRecordTTL
	}
	// two are kept, so that one is left where the other is the domain's own
	last := found.last[1]
	if last == own {
		last = found.last[0]
	}
	return last.value, last.ttl
}

// siblings are the SRV records that the SIP domains of a federation have today, where a domain has
// one. There can be a hundred thousand, and each is asked for the others.
type siblings struct {
	of     map[string]*sibling         // by owner
	values map[dnsname.SRV]*siblingSet // by priority and weight
}

type sibling struct {
	value dnsname.SRV
	ttl   uint32
}

// siblingSet is those with the same priority and weight.
type siblingSet struct {
	count int
	last  [2]*sibling // the last two, in the order of names
}

func (c *Changes) findSiblings(service *service) *siblings {
	out := &siblings{of: map[string]*sibling{}, values: map[dnsname.SRV]*siblingSet{}}
	for _, domain := range service.domains {
		owner := service.prefix + dnsname.Absolute(domain.Name.V)
		z := c.zones.zoneOf(owner)
		if z == nil || z.file == nil || out.of[owner] != nil {
			continue
		}
		data, ttl := z.set(owner, "SRV")
		// a set of several records is no example: it is not clear which of them to follow
		s, ok := dnsname.ParseSRV(strings.Join(data, " "))
		if !ok || len(data) != 1 || noService(data) {
			continue
		}
		one := &sibling{dnsname.SRV{Priority: s.Priority, Weight: s.Weight}, ttl}
		set := out.values[one.value]
		if set == nil {
			set = &siblingSet{}
			out.values[one.value] = set
		}
		set.count++
		set.last = [2]*sibling{set.last[1], one}
		out.of[owner] = one
	}
	return out
}

// promote makes the record of a target come first (have the lowest priority number)
// and leaves as many of the others as they are as it can.
func promote(records []dnsname.SRV, target string, port int, model dnsname.SRV) []dnsname.SRV {
	out := slices.Clone(records)
	if len(out) == 0 {
		return []dnsname.SRV{{Priority: model.Priority, Weight: model.Weight, Port: port, Target: target}}
	}
	first, mine, last := 0, -1, 0
	for i, s := range out {
		if s.Priority < out[first].Priority {
			first = i
		}
		if s.Priority > out[last].Priority {
			last = i
		}
		if s.Target == target && (mine < 0 || s.Priority < out[mine].Priority) {
			mine = i
		}
	}
	switch {
	// The two exchange their numbers: all other records, and so most of the diff, stay.
	case mine >= 0:
		out[mine].Priority, out[first].Priority = out[first].Priority, out[mine].Priority
		return out
	case out[first].Priority > 0:
		// below the first, and above 0 where there is room, so the next failover has some too
		half := out[first].Priority / 2
		return append(out, dnsname.SRV{Priority: half, Weight: model.Weight, Port: port, Target: target})
	default:
		// no number is below 0, so the one that has it moves behind the last
		out[first].Priority = min(out[last].Priority+10, 65535)
		return append(out, dnsname.SRV{Priority: 0, Weight: model.Weight, Port: port, Target: target})
	}
}

// takeOver has the target take the place of the pool that is left, where it has no record yet: the
// same numbers, so that of the zone file one line changes.
func takeOver(records []dnsname.SRV, left, target string) []dnsname.SRV {
	place := -1
	for i, s := range records {
		switch {
		case s.Target == target:
			return records
		case s.Target == left && (place < 0 || s.Priority < records[place].Priority):
			place = i
		}
	}
	if place < 0 {
		return records
	}
	out := slices.Clone(records)
	out[place].Target = target
	return out
}

// without takes out the records of the pool that is left, unless its name is that of the target too.
// "Federation failover does not provide failover with priority in SRV records" (Microsoft, "Edge Server
// disaster recovery", as corrected in April 2019): with a higher number it would be of no use, and a
// partner that tries it is refused.
func without(records []dnsname.SRV, left, target string) []dnsname.SRV {
	of := func(s dnsname.SRV) bool { return s.Target == left }
	if left == target || !slices.ContainsFunc(records, of) {
		return records
	}
	return slices.DeleteFunc(slices.Clone(records), of)
}

// checkOthers warns of records of SIP federation that name other Edge pools and stay: the plan replaces
// those of the pool that is left and of no other.
func checkOthers(c *Changes, of *service, z *zone, owner string, records []dnsname.SRV, target string) {
	if of.federation != plan.SIP || len(records) < 2 {
		return
	}
	for _, pool := range c.topology.EdgePools {
		name := dnsname.Absolute(pool.AccessEdgeFQDN.V)
		if name == target || c.topology.SIPEnabled(pool) {
			continue
		}
		for _, s := range records {
			if s.Target == name {
				c.report.Add(report.IdlePool, z.atData(plan.RecordSet{Owner: owner, Type: "SRV"}, s.String()),
					"This SRV record of %s names %s, the Access Edge of %s, where SIP federation is not enabled, and the "+
						"plan leaves it as it is. Remove it: SRV priority gives no failover of SIP federation, and a "+
						"partner that tries it gets no connection.",
					strings.TrimSuffix(owner, "."), strings.TrimSuffix(name, "."), pool.Name)
			}
		}
	}
}

// checkOrder warns when another pool's record still comes before the target's.
func checkOrder(c *Changes, z *zone, owner string, records []dnsname.SRV, target string) {
	if len(records) == 0 {
		return
	}
	first := slices.MinFunc(records, func(a, b dnsname.SRV) int { return a.Priority - b.Priority })
	if first.Target == target {
		return
	}
	whose := "another host"
	if first.Target == dnsname.Absolute(c.from.AccessEdgeFQDN.V) {
		whose = c.from.Name + ", the pool that is left"
	}
	c.report.Add(report.StaleSRV, z.at(owner, "SRV"),
		"The SRV record of %s with the lowest priority number (%d) points at %s: %s. The lowest number comes first, "+
			"so partners go on connecting there as long as TCP is answered.",
		strings.TrimSuffix(owner, "."), first.Priority, strings.TrimSuffix(first.Target, "."), whose)
}
