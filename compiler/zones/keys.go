package zones

import (
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// keyOwner is where DANE has the keys of a host that SRV records name: _port._tcp before
// the target (RFC 7673).
func keyOwner(host string) string { return "_" + strconv.Itoa(plan.XMPPPort) + "._tcp." + host }

// checkKeys reports TLSA records of what moves to other servers: those of a host whose
// addresses change, and those that are at the SRV records themselves, where no standard
// has them but some servers look.
func checkKeys(c *Changes, z *zone, sets []plan.RecordSet) {
	if c.to == nil {
		return // moves nothing
	}
	var seen []string
	for _, set := range sets {
		// Access Edge servers look at no keys in DNS
		if s := c.serviceOf(set.Owner); s != nil && s.federation != plan.XMPP || !c.moves(plan.XMPP) {
			continue
		}
		owner := set.Owner
		// RFC 7673 has the keys at the target; keys at the owner of SRV records are no standard
		if set.Type != "SRV" {
			owner = keyOwner(set.Owner)
		}
		// A host that is new has no key yet that could be wrong.
		moves := set.Type == "SRV" || len(set.Old) > 0 && !plan.SameSet(set.Old, set.New)
		i := slices.IndexFunc(z.owners.of(owner), func(r *zonefile.Record) bool { return r.Type == "TLSA" })
		if i < 0 || !moves || slices.Contains(seen, owner) {
			continue
		}
		seen = append(seen, owner)
		c.report.Add(report.Keys, z.line(z.owners.of(owner)[i]),
			"The TLSA record of %s names a key. It has to be that of %s too, or partners that check DANE refuse the "+
				"servers there; the plan does not change it. Ahead of the change, add one for the certificate of %s.",
			strings.TrimSuffix(owner, "."), c.to.Name, c.to.Name)
	}
}
