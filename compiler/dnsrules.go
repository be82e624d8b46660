package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// checkDNS holds the sets of a plan, and the zones they are in, against the rules of
// DNS. It takes out of the plan what another zone decides, and gives each set one TTL.
func (j *job) checkDNS(out map[*zone][]plan.RecordSet) {
	j.checkUnread(out)
	for _, z := range j.zones {
		if len(out[z]) == 0 {
			continue
		}
		out[z] = j.withoutCut(z, out[z])
		j.settleTTLs(z, out[z])
	}
	targets := j.targetsOf(out)
	led := map[*zone][]*target{}
	for _, t := range targets {
		z := j.zoneOf(t.name)
		led[z] = append(led[z], t)
	}
	for _, z := range j.zones {
		if len(out[z]) == 0 {
			continue
		}
		names := namesOf(out[z], led[z])
		j.checkPresent(z, names)
		j.checkProxied(z, names)
		j.checkZone(z, out[z])
		j.checkTimes(z)
		j.checkSets(z, out[z])
	}
	j.checkTargets(targets)
	j.checkToday(out)
	for _, z := range j.zones {
		if len(out[z]) > 0 {
			j.checkDefects(z)
		}
	}
}

// withoutCut reports sets below a delegation, or a DNAME, and returns the others.
func (j *job) withoutCut(z *zone, sets []plan.RecordSet) []plan.RecordSet {
	var stay []plan.RecordSet
	var cuts []zonefile.Record
	lost := map[string][]string{} // owners, by the line of what cuts them off
	for _, set := range sets {
		cut, away := z.cut(set.Owner)
		if !away {
			stay = append(stay, set)
			continue
		}
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
			j.report(codeDelegated, z.line(cut), "This DNAME record renames all names below %s, so records of %s in this zone answer nobody. Change them where they are now, and accept this finding to leave them out of the plan.", top, names)
			continue
		}
		j.report(codeDelegated, z.line(cut), "This NS record makes %s a zone of its own, so records of %s in this file answer nobody. Declare a dns_zone %q with its file, or accept this finding to leave them out of the plan, and say who changes them.", top, names, top)
	}
	return stay
}

// settleTTLs reports sets whose records have several TTLs. The plan counts with the
// largest, as long as which resolvers may hold an answer, and writes the smallest.
func (j *job) settleTTLs(z *zone, sets []plan.RecordSet) {
	for i, set := range sets {
		var found []string
		seen := map[uint32]bool{}
		var odd zonefile.Record // the first with another TTL than those before it
		for _, r := range z.owners[set.Owner] {
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
		if len(found) < 2 || len(set.New) == 0 {
			continue
		}
		if len(found) > 4 {
			found = append(found[:4], "and so on")
		}
		j.report(codeMixedTTL, z.line(odd), "The %s records of %s have more than one TTL: %s. BIND gives all of them the first one of the file and Knot DNS the last. Make them equal, or accept this finding: the plan then writes %d, the smallest.",
			set.Type, strings.TrimSuffix(set.Owner, "."), strings.Join(found, ", "), set.NewTTL)
	}
}

// checkSets warns of what a plan does beside its aim, and of what is odd in a zone that
// it touches.
func (j *job) checkSets(z *zone, sets []plan.RecordSet) {
	if len(sets) == 0 {
		return
	}
	starred := map[string]bool{}
	for _, set := range sets {
		j.checkDuplicates(z, set)
		if !starred[set.Owner] && len(set.Old) == 0 && len(set.New) > 0 {
			starred[set.Owner] = true
			j.checkWildcard(z, set.Owner)
		}
		if set.Type == "AAAA" && len(set.Old) > 0 && len(set.New) == 0 && !j.hidesIPv6() && !j.strange(set) {
			j.report(codeNoAAAA, z.at(set.Owner, "AAAA"), "The plan removes the AAAA records of %s (%s), because the spec has no public IPv6 address for %s. Partners that come by IPv6 today have to fall back to IPv4; if the pool has IPv6, set public_ipv6.", strings.TrimSuffix(set.Owner, "."), strings.Join(set.Old, ", "), j.to.Name)
		}
	}
	seen := map[string]bool{}
	for _, set := range sets {
		if domain := j.domainAt(set.Owner); domain != nil && !seen[set.Owner] {
			seen[set.Owner] = true
			j.checkDirectTLS(z, domain)
		}
	}
	j.checkKeys(z, sets)
	j.checkOutside(z)
	j.checkUnicode(z)
}

// hidesIPv6 is true where checkIPv6 has said that there will be no AAAA records.
func (j *job) hidesIPv6() bool {
	return j.to.LoadBalancing.V == "hardware" && slices.ContainsFunc(j.to.Servers, func(s *topology.Server) bool { return s.PublicIPv6.Set })
}

func (j *job) checkDuplicates(z *zone, set plan.RecordSet) {
	seen := map[string]bool{}
	for _, r := range z.owners[set.Owner] {
		if r.Type != set.Type {
			continue
		}
		if seen[r.Data] {
			j.report(codeTwice, z.line(r), "%s has the %s record %s further up already. DNS servers keep one of the two; remove the other, so that nobody changes only one.", strings.TrimSuffix(set.Owner, "."), set.Type, r.Data)
			continue
		}
		seen[r.Data] = true
	}
}

// checkWildcard warns that a name, once it exists, takes itself and the names between
// it and the next one above out of what a wildcard answers.
func (j *job) checkWildcard(z *zone, owner string) {
	star := z.wildcard(owner)
	if star == "" {
		return
	}
	top := owner // the highest name that comes into being
	for up := dnsname.Parent(top); up != star[2:]; up = dnsname.Parent(top) {
		top = up
	}
	what := strings.TrimSuffix(top, ".")
	if top != owner {
		what += " and the names below it"
	}
	j.report(codeWildcard, z.line(z.owners[star][0]), "Today this wildcard answers for %s. The plan adds %s, and then it no longer does, for any type of record. If somebody needs its answers there, add records of their own.", what, strings.TrimSuffix(owner, "."))
}

// checkOutside warns of records that the file has of names outside the zone, but not of
// the addresses of name servers.
func (j *job) checkOutside(z *zone) {
	servers := map[string]bool{}
	for _, r := range z.file.Records {
		if r.Type == "NS" {
			servers[r.Data] = true
		}
	}
	var odd []zonefile.Record
	for _, r := range z.file.Records {
		if j.wanted.unicode([]byte(r.Owner)) != "" {
			continue // checkUnicode says so
		}
		glue := (r.Type == "A" || r.Type == "AAAA") && servers[r.Owner]
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
	j.report(codeOutsideZone, z.line(odd[0]), "%s is outside of %s, so DNS servers leave this record out.%s Look for a name without its final dot, a wrong $ORIGIN, or a record that belongs to another zone.", strings.TrimSuffix(odd[0].Owner, "."), z.Name.V, more)
}

// checkUnicode warns of names of the plan that the file spells in raw UTF-8.
func (j *job) checkUnicode(z *zone) {
	for _, r := range z.file.Records {
		if name := strings.TrimSuffix(j.wanted.unicode([]byte(r.Owner)), "."); name != "" {
			j.report(codeRawUnicode, z.line(r), "This line spells its owner in UTF-8. Resolvers ask for %s, and DNS servers do not take the two for one name: write the A-labels (xn--).", name)
			return
		}
	}
}

// checkPrepared warns of a domain whose SRV records lead partners somewhere else than
// the routes of the sites, once a preparation has given each its own priority.
func (j *job) checkPrepared(z *zone, owner string, records []dnsname.SRV) {
	if len(records) == 0 {
		return
	}
	first, want := records[0], ""
	if j.topology.XMPP.Host.Set {
		want = j.topology.XMPP.Host.V
	} else {
		used := slices.DeleteFunc(slices.Clone(j.topology.EdgePools), func(p *topology.EdgePool) bool { return j.routed(p) == 0 })
		if len(used) == 0 || slices.ContainsFunc(used, func(p *topology.EdgePool) bool { return dnsname.Absolute(p.AccessEdgeFQDN.V) == first.Target }) {
			return
		}
		want = used[0].AccessEdgeFQDN.V
	}
	if dnsname.Absolute(want) != first.Target {
		at := z.at(owner, "SRV")
		if line, ok := z.srvLines(owner)[first.Target]; ok {
			at = line
		}
		j.report(codeStaleSRV, at, "The SRV record of %s with the lowest priority number (%d) points at %s and not at %s, which is in use. The lowest number comes first, and a preparation leaves the order as it is.", strings.TrimSuffix(owner, "."), first.Priority, strings.TrimSuffix(first.Target, "."), want)
	}
}
