package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// What partners are led to today, before the change.

// holder is the Edge pool of the spec that has a public address, nil if none has.
func (j *job) holder(address string) *topology.EdgePool {
	for _, pool := range j.topology.EdgePools {
		if slices.Contains(pool.PublicAddresses(), address) {
			return pool
		}
	}
	return nil
}

// checkToday reports what a failover finds in DNS that is not of the pool that is left:
// addresses of no Edge pool, which the plan would delete, and of another pool.
func (j *job) checkToday(out map[*zone][]plan.RecordSet) {
	if j.prepare != nil {
		return // which moves nothing
	}
	for _, z := range j.zones {
		for _, set := range out[z] {
			j.checkRouting(z, set)
			if set.Type == "SRV" {
				j.checkFirst(z, set)
			} else {
				j.checkHolders(z, set)
			}
		}
	}
}

// checkHolders looks at the addresses of the one XMPP host.
func (j *job) checkHolders(z *zone, set plan.RecordSet) {
	owner := strings.TrimSuffix(set.Owner, ".")
	var strange, other []string
	for _, address := range set.Old {
		switch j.holder(address) {
		case nil:
			strange = append(strange, address)
		case j.from:
		default:
			other = append(other, address)
		}
	}
	j.elsewhere = j.elsewhere || len(strange) > 0 && len(strange) == len(set.Old)
	if len(strange) > 0 && set.Changed() && !j.noAddress {
		j.report(codeStranger, z.atData(set, strange[0]), "%s has an address here that no Edge pool of the spec has: %s. The plan would delete it and give the name the addresses of %s. If it is an address of %s, add it to the pool (public_ipv4, public_ipv6 or virtual_ipv4); if it is of something else, find out what stops when it goes.", owner, strings.Join(strange, ", "), j.to.Name, j.from.Name)
	}
	if len(other) > 0 {
		j.disagree(z.atData(set, other[0]), "%s has %s of %s", owner, strings.Join(other, ", "), j.holder(other[0]).Name)
	}
}

// checkFirst looks at the SRV record that partners try first.
func (j *job) checkFirst(z *zone, set plan.RecordSet) {
	if j.topology.XMPP.Host.Set || len(set.Old) == 0 {
		return
	}
	first, _ := dnsname.ParseSRV(set.Old[0])
	if first.Target != dnsname.Absolute(j.from.AccessEdgeFQDN.V) {
		j.disagree(z.atData(set, set.Old[0]), "the SRV record of %s that comes first leads to %s", strings.TrimSuffix(set.Owner, "."), strings.TrimSuffix(first.Target, "."))
		return
	}
	home := j.zoneOf(first.Target)
	if home == nil || home.file == nil {
		return
	}
	for _, typ := range []string{"A", "AAAA"} {
		for _, address := range home.answer(first.Target, typ) {
			if pool := j.holder(address); pool != nil && pool != j.from {
				j.disagree(home.at(first.Target, typ), "%s, which SRV records lead to, has %s of %s", strings.TrimSuffix(first.Target, "."), address, pool.Name)
				return
			}
		}
	}
}

// disagree reports that DNS leads to another pool than the routes of the sites.
func (j *job) disagree(at hcl.Range, format string, args ...any) {
	j.elsewhere = true
	j.report(codeDisagree, at, "The sites are routed to %s, but %s today. Partners reach a pool that is not the one designated for XMPP federation, and the plan cannot say what works before the change.", j.from.Name, fmt.Sprintf(format, args...))
}

// routingPolicy is how cli53 notes one of Route 53 in the export of a zone.
var routingPolicy = regexp.MustCompile(`(?i)\bAWS\s+routing="?(\w+)`)

// strange tells whether no address of a set is of an Edge pool of the spec, which
// checkHolders reports.
func (j *job) strange(set plan.RecordSet) bool {
	return j.prepare == nil && !slices.ContainsFunc(set.Old, func(address string) bool { return j.holder(address) != nil })
}

// proxied is how the export of a zone by Cloudflare notes that Cloudflare answers with
// addresses of its own.
var proxied = regexp.MustCompile(`(?i)\bcf-proxied:true\b`)

// checkProxied reports names of the plan that the servers of the zone do not answer as the
// file says, once each.
func (j *job) checkProxied(z *zone, names map[string]bool) {
	told := map[string]bool{}
	for _, r := range z.file.Records {
		address := r.Type == "A" || r.Type == "AAAA"
		if names[r.Owner] && address && !told[r.Owner] && proxied.MatchString(r.Comment) {
			told[r.Owner] = true
			j.report(codeProxied, z.line(r), "By its comment %s is proxied by Cloudflare: partners get addresses of Cloudflare, which takes no XMPP at TCP %d. Set the name to DNS only there first and export the zone again, or remove the comment if it is no longer so.", strings.TrimSuffix(r.Owner, "."), plan.XMPPPort)
		}
	}
}

// checkRouting reports a set of Route 53 that is one of several with one name and type,
// told apart by identifiers. A batch that does not give the identifier is refused.
func (j *job) checkRouting(z *zone, set plan.RecordSet) {
	if z.Delivery.V != "route53" || !set.Changed() {
		return
	}
	for _, r := range z.owners[set.Owner] {
		if policy := routingPolicy.FindStringSubmatch(r.Comment); r.Type == set.Type && policy != nil {
			j.report(codeRoutingPolicy, z.line(r), "By its comment this record has the routing policy %s in Route 53. The batch of the plan has no SetIdentifier, and Route 53 refuses it. Make the %s records of %s one simple set first, and export the zone again.", policy[1], set.Type, strings.TrimSuffix(set.Owner, "."))
			return
		}
	}
}

// atData is the place of one record of a set.
func (z *zone) atData(set plan.RecordSet, data string) hcl.Range {
	for _, r := range z.owners[set.Owner] {
		if r.Type == set.Type && r.Data == data {
			return z.line(r)
		}
	}
	return z.at(set.Owner, set.Type)
}
