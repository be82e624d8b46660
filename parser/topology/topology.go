package topology

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Value is a value of a spec and where it is. When the argument was left out or
// is null, Set is false, V is the default and Range is the head of the block or that
// of the null.
type Value[T any] struct {
	V     T
	Set   bool
	Range hcl.Range
}

// Topology is the deployment: what Topology Builder knows of it, and public DNS. Lists are
// in the order of declaration.
type Topology struct {
	Name           string
	Product        Value[string]
	ManagementHost Value[string] // FQDN of the server where Set-CsSite is run
	Sites          []*Site
	EdgePools      []*EdgePool
	FrontEndPools  []*FrontEndPool
	SIPDomains     []*SIPDomain
	XMPP           *XMPPFederation // nil if there is none
	SIP            *SIPFederation  // nil if nothing is said of it
	Zones          []*Zone
	Range          hcl.Range

	federated []*SIPDomain // what XMPPDomains returns, which is asked for often; nil if it is not known
}

// ProductOf is the product that runs on the servers of a pool.
func (t *Topology) ProductOf(pool *EdgePool) string {
	// In coexistence an old Edge pool stays beside newer Front End Servers.
	if pool.Product.Set {
		return pool.Product.V
	}
	return t.Product.V
}

// SiteOf is the site of a pool, nil if it is not known.
func (t *Topology) SiteOf(pool *EdgePool) *Site {
	i := slices.IndexFunc(t.Sites, func(s *Site) bool { return s.Name == pool.Site.V })
	if i < 0 {
		return nil
	}
	return t.Sites[i]
}

// XMPPDomains are the SIP domains with XMPP federation, sorted by name. The list may not be changed.
func (t *Topology) XMPPDomains() []*SIPDomain {
	if t.federated != nil {
		return t.federated
	}
	var list []*SIPDomain
	for _, domain := range t.SIPDomains {
		if domain.XMPP.V {
			list = append(list, domain)
		}
	}
	// The order of records, of files and of the letter to partners.
	slices.SortFunc(list, func(a, b *SIPDomain) int { return dnsname.Compare(a.Name.V, b.Name.V) })
	return list
}

// SIPEnabled tells whether SIP federation is enabled on a pool today, by its argument or by a route.
func (t *Topology) SIPEnabled(pool *EdgePool) bool {
	if pool.SIPFederation.Set {
		return pool.SIPFederation.V
	}
	return slices.ContainsFunc(t.Sites, func(s *Site) bool { return s.FederationRoute.V == pool.Name })
}

// SortedSIPDomains are all SIP domains, sorted by name.
func (t *Topology) SortedSIPDomains() []*SIPDomain {
	return slices.SortedFunc(slices.Values(t.SIPDomains),
		func(a, b *SIPDomain) int { return dnsname.Compare(a.Name.V, b.Name.V) })
}

// ServerNames are the FQDNs of the servers of a pool, sorted.
func (p *EdgePool) ServerNames() []string {
	// Never nil: plan.json has [] for a pool without servers.
	names := []string{}
	for _, server := range p.Servers {
		names = append(names, server.FQDN.V)
	}
	slices.SortFunc(names, dnsname.Compare)
	return names
}

// Routed counts the sites whose XMPP federation route is a pool.
func (t *Topology) Routed(pool *EdgePool) int {
	n := 0
	for _, site := range t.Sites {
		// References are names of blocks, compared as they are.
		if site.XMPPFederationRoute.V == pool.Name {
			n++
		}
	}
	return n
}

// FrontEndPoolOf is the Front End pool that a computer is known to be a server of, nil if none is.
func (t *Topology) FrontEndPoolOf(computer string) *FrontEndPool {
	for _, pool := range t.FrontEndPools {
		is := func(s *FrontEndServer) bool { return dnsname.Same(s.FQDN.V, computer) }
		// A pool whose FQDN is that of a computer has this one alone: a Standard Edition server.
		if slices.ContainsFunc(pool.Servers, is) || dnsname.Same(pool.FQDN.V, computer) {
			return pool
		}
	}
	return nil
}

// PoolAt is the Edge pool that has a public address, nil if none has.
func (t *Topology) PoolAt(address string) *EdgePool {
	for _, pool := range t.EdgePools {
		// Of two pools with one address, which is a finding of its own, the first declared.
		if slices.Contains(pool.PublicAddresses(), address) {
			return pool
		}
	}
	return nil
}
