package zones

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// withoutCut reports sets below a delegation, or a DNAME, and returns the others, in the same list.
func withoutCut(c *Changes, z *zone, sets []plan.RecordSet) []plan.RecordSet {
	stay := sets[:0]
	var cuts []*zonefile.Record
	lost := map[string][]string{} // owners, by the line of what cuts them off
	for _, set := range sets {
		// Resolvers follow the delegation, so what this file has below it reaches no partner.
		cut, away := z.cut(set.Owner)
		if !away {
			stay = append(stay, set)
			continue
		}
		// one finding for each cut, however many domains are below it
		if lost[lineOf(cut)] == nil {
			cuts = append(cuts, cut)
		}
		// Sets of one owner come one behind the other.
		owner := strings.TrimSuffix(set.Owner, ".")
		if names := lost[lineOf(cut)]; len(names) == 0 || names[len(names)-1] != owner {
			lost[lineOf(cut)] = append(names, owner)
		}
	}
	for _, cut := range cuts {
		top, names := strings.TrimSuffix(cut.Owner, "."), strings.Join(lost[lineOf(cut)], ", ")
		if cut.Type == "DNAME" {
			c.report.Add(report.Delegated, z.line(cut),
				"This DNAME record renames all names below %s, so resolvers never see the records of %s in this zone. "+
					"Change them where they are now, and accept this finding to leave them out of the plan.",
				top, names)
			continue
		}
		c.report.Add(report.Delegated, z.line(cut),
			"This NS record makes %s a zone of its own, so resolvers never see the records of %s in this file. "+
				"Declare a dns_zone %q with its file, or accept this finding to leave them out of the plan, and say "+
				"who changes them.",
			top, names, top)
	}
	return stay
}

// settleTTLs reports sets whose records have several TTLs. The plan counts with the
// largest, as long as which resolvers may hold an answer, and writes the smallest.
func settleTTLs(c *Changes, z *zone, sets []plan.RecordSet) {
	for i, set := range sets {
		var found []string
		seen := map[uint32]bool{}
		var odd *zonefile.Record // the first with another TTL than those before it
		// RFC 2181, 5.2, wants one TTL for all records of a set.
		for _, r := range z.owners.of(set.Owner) {
			if r.Type != set.Type || seen[r.TTL] {
				continue
			}
			if len(seen) == 1 {
				odd = r
			}
			seen[r.TTL] = true
			sets[i].OldTTL = max(sets[i].OldTTL, r.TTL)
			found = append(found, fmt.Sprintf("%d (%s)", r.TTL, r.Data))
		}
		// a set that is removed gets no TTL
		if len(found) < 2 || len(set.New) == 0 {
			continue
		}
		if len(found) > 4 {
			found = append(found[:4], "and so on")
		}
		c.report.Add(report.MixedTTL, z.line(odd),
			"The %s records of %s have more than one TTL: %s. BIND gives all of them the first one of the file and "+
				"Knot DNS the last. Make them equal, or accept this finding: the plan then writes %d, the smallest.",
			set.Type, strings.TrimSuffix(set.Owner, "."), strings.Join(found, ", "), set.NewTTL)
	}
}

// checkSets warns of what a plan does beside its aim, and of what is odd in a zone that
// it touches.
func checkSets(c *Changes, z *zone, sets []plan.RecordSet) {
	if len(sets) == 0 {
		return
	}
	starred := map[string]bool{}
	for _, set := range sets {
		checkDuplicates(c, z, set)
		// only a name that gets its first records here takes itself out of a wildcard
		if !starred[set.Owner] && len(set.Old) == 0 && len(set.New) > 0 {
			starred[set.Owner] = true
			checkWildcard(c, z, set.Owner)
		}
		// Addresses that are of no pool have a finding of their own; see checkHolders.
		if set.Type == "AAAA" && len(set.Old) > 0 && len(set.New) == 0 && !hidesIPv6(c) && !strange(c, set) {
			c.report.Add(report.NoAAAA, z.at(set.Owner, "AAAA"),
				"The plan removes the AAAA records of %s (%s), because the spec has no public IPv6 address for %s. "+
					"Partners that connect by IPv6 today have to fall back to IPv4; if the pool has IPv6, set "+
					"public_ipv6.",
				strings.TrimSuffix(set.Owner, "."), strings.Join(set.Old, ", "), c.to.Name)
		}
	}
	seen := map[string]bool{}
	for _, set := range sets {
		// only XMPP has records beside its own that partners may prefer
		domain, s := c.domainAt(set.Owner)
		if domain != nil && s.federation == plan.XMPP && !seen[set.Owner] {
			seen[set.Owner] = true
			checkDirectTLS(c, z, domain)
		}
	}
	checkKeys(c, z, sets)
	checkOutside(c, z)
	checkUnicode(c, z)
}

// hidesIPv6 is true where checkIPv6 has said that there will be no AAAA records.
func hidesIPv6(c *Changes) bool {
	six := func(s *topology.Server) bool { return s.PublicIPv6.Set }
	return c.to.LoadBalancing.V == "hardware" && slices.ContainsFunc(c.to.Servers, six)
}

func checkDuplicates(c *Changes, z *zone, set plan.RecordSet) {
	seen := map[string]bool{}
	for _, r := range z.owners.of(set.Owner) {
		if r.Type != set.Type {
			continue
		}
		// the comparison is of canonical data, so other spellings of a record are equal to it
		if seen[r.Data] {
			c.report.Add(report.Twice, z.line(r),
				"%s has the %s record %s further up already. DNS servers keep one of the two; remove the other, so "+
					"that no later change misses one of them.",
				strings.TrimSuffix(set.Owner, "."), set.Type, r.Data)
			continue
		}
		seen[r.Data] = true
	}
}

// checkWildcard warns that a name, once it exists, takes itself and the names between
// it and the next one above out of what a wildcard answers.
func checkWildcard(c *Changes, z *zone, owner string) {
	star := z.wildcard(owner)
	if star == "" {
		return
	}
	top := owner // the highest name that comes into being
	// The names between exist as well once the record is there, without records of their own,
	// and a wildcard answers for no name that exists (RFC 4592, 2.2.2).
	for up := dnsname.Parent(top); up != star[2:]; up = dnsname.Parent(top) {
		top = up
	}
	what := strings.TrimSuffix(top, ".")
	if top != owner {
		what += " and the names below it"
	}
	c.report.Add(report.Wildcard, z.line(z.owners.of(star)[0]),
		"Today this wildcard answers for %s. The plan adds %s, and then it no longer does, for any type of record. If "+
			"its answers are needed there, add them as records of those names.",
		what, strings.TrimSuffix(owner, "."))
}

// checkOutside warns of records that the file has of names outside the zone, but not of
// the addresses of name servers.
func checkOutside(c *Changes, z *zone) {
	servers := map[string]bool{}
	for i := range z.file.Records {
		r := &z.file.Records[i]
		// exports of Windows DNS Server have these addresses in the file
		if r.Type == "NS" {
			servers[r.Data] = true
		}
	}
	var odd []*zonefile.Record
	for i := range z.file.Records {
		r := &z.file.Records[i]
		if c.zones.keep.unicode([]byte(r.Owner)) != "" {
			continue // checkUnicode says so
		}
		glue := (r.Type == "A" || r.Type == "AAAA") && servers[r.Owner]
		// whole reports a SOA record of another zone
		if !dnsname.Under(r.Owner, z.origin) && !glue && r.Type != "SOA" {
			odd = append(odd, r)
		}
	}
	if len(odd) == 0 {
		return
	}
	more := ""
	if n := len(odd) - 1; n > 0 {
		more = fmt.Sprintf(" It is not the only such record: there are at least %d more.", n)
	}
	c.report.Add(report.OutsideZone, z.line(odd[0]),
		"%s is outside of %s, so DNS servers leave this record out.%s Look for a name without its final dot, a wrong "+
			"$ORIGIN, or a record that belongs to another zone.",
		strings.TrimSuffix(odd[0].Owner, "."), z.Name.V, more)
}

// checkUnicode warns of names of the plan that the file spells in raw UTF-8.
func checkUnicode(c *Changes, z *zone) {
	for i := range z.file.Records {
		r := &z.file.Records[i]
		if name := strings.TrimSuffix(c.zones.keep.unicode([]byte(r.Owner)), "."); name != "" {
			c.report.Add(report.RawUnicode, z.line(r),
				"This line spells its owner in UTF-8. Resolvers ask for %s, and DNS servers do not take the two for "+
					"one name: write the A-labels (xn--).",
				name)
			return
		}
	}
}

// checkPrepared warns of a domain whose SRV records lead partners somewhere else than
// the routes of the sites, once a preparation has given each its own priority.
func checkPrepared(c *Changes, z *zone, owner string, records []dnsname.SRV) {
	if len(records) == 0 {
		return
	}
	first, want := records[0], ""
	if c.topology.XMPP.Host.Set {
		want = c.topology.XMPP.Host.V
	} else {
		unused := func(p *topology.EdgePool) bool { return c.topology.Routed(p) == 0 }
		comesFirst := func(p *topology.EdgePool) bool { return dnsname.Absolute(p.AccessEdgeFQDN.V) == first.Target }
		// several pools may be in use, each by the route of a site: any of them may come first
		used := slices.DeleteFunc(slices.Clone(c.topology.EdgePools), unused)
		if len(used) == 0 || slices.ContainsFunc(used, comesFirst) {
			return
		}
		want = used[0].AccessEdgeFQDN.V
	}
	if dnsname.Absolute(want) != first.Target {
		at := z.at(owner, "SRV")
		// a record that the preparation adds has no line yet
		if line, ok := z.srvLines(owner)[first.Target]; ok {
			at = line
		}
		c.report.Add(report.StaleSRV, at,
			"The SRV record of %s with the lowest priority number (%d) points at %s and not at %s, which is in use. "+
				"The lowest number comes first, and a preparation leaves the order as it is.",
			strings.TrimSuffix(owner, "."), first.Priority, strings.TrimSuffix(first.Target, "."), want)
	}
}

// checkZone checks a zone that the plan touches against what makes editing unsafe.
func checkZone(c *Changes, z *zone, sets []plan.RecordSet) {
	if z.file == nil || len(sets) == 0 {
		return
	}
	changes := slices.ContainsFunc(sets, plan.RecordSet.Changed)
	// signatures and NSEC records of the old data would be beside the new
	if z.file.Dnssec && changes {
		c.report.Add(report.NoEdit, z.File.Range,
			"%s is a signed zone (it holds RRSIG or NSEC records). Change the unsigned file from which it is signed.",
			z.File.V)
	}
	checkGenerated(c, z, sets)
	for _, set := range sets {
		// no window is known in a preparation, which is made to shorten these TTLs
		if set.Changed() && c.window > 0 && float64(set.OldTTL) > c.window.Seconds() {
			c.report.Add(report.LongTTL, z.at(set.Owner, set.Type),
				"The %s records of %s have a TTL of %d seconds, longer than the change window (%d). Resolvers may "+
					"give the old answer until after it; lower the TTL well ahead.",
				set.Type, strings.TrimSuffix(set.Owner, "."), set.OldTTL, int(c.window.Seconds()))
		}
	}
}
