package topology

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// InASCII is the topology with the names of public DNS as they are there: labels in Unicode
// (U-labels) become A-labels, which begin with xn--. The topology itself is left as it is.
// Blocks without such names are those of the topology, and may not be changed afterwards.
// What cannot be converted stays, for a rule to report. The map has the names that were
// converted, as they were, by their A-labels; both without a final dot.
func (t *Topology) InASCII() (*Topology, map[string]string) {
	ascii, spelled := t.copied(), map[string]string{}
	ascii.publicNames(func(name *string) {
		encoded, err := dnsname.ToASCII(*name)
		if err == nil && encoded != *name {
			// Findings show both spellings: administrators know one, zone files have the other.
			spelled[strings.TrimSuffix(encoded, ".")] = strings.TrimSuffix(*name, ".")
			*name = encoded
		}
	})
	ascii.federated = ascii.XMPPDomains()
	return ascii, spelled
}

// publicNames visits every name that public DNS has, and no other. A test knows all
// arguments and whether they are such names.
func (t *Topology) publicNames(visit func(*string)) {
	each := func(names []string) {
		for i := range names {
			visit(&names[i])
		}
	}
	for _, pool := range t.EdgePools {
		visit(&pool.AccessEdgeFQDN.V)
		if pool.Certificate != nil {
			each(pool.Certificate.SubjectAlternativeNames.V)
		}
	}
	for _, domain := range t.SIPDomains {
		visit(&domain.Name.V)
		visit(&domain.FederationHost.V)
	}
	if t.XMPP != nil {
		visit(&t.XMPP.Host.V)
		each(t.XMPP.Partners.V)
	}
	if t.SIP != nil {
		each(t.SIP.Partners.V)
	}
	for _, zone := range t.Zones {
		visit(&zone.Name.V)
	}
}

// copied shares with the topology what has no names of public DNS.
func (t *Topology) copied() *Topology {
	own := *t
	own.federated = nil
	own.XMPP, own.SIP = copied(t.XMPP), copied(t.SIP)
	own.EdgePools = copies(t.EdgePools, func(*EdgePool) bool { return true })
	// There may be 100,000 of these, and nearly all stay as they are.
	own.SIPDomains = copies(t.SIPDomains, func(d *SIPDomain) bool {
		return !dnsname.IsASCII(d.Name.V) || !dnsname.IsASCII(d.FederationHost.V)
	})
	own.Zones = copies(t.Zones, func(z *Zone) bool { return !dnsname.IsASCII(z.Name.V) })
	for _, pool := range own.EdgePools {
		// Below a pointer and in a slice the visitor writes too, so these have to be copies as well.
		if pool.Certificate = copied(pool.Certificate); pool.Certificate != nil {
			pool.Certificate.SubjectAlternativeNames.V = slices.Clone(pool.Certificate.SubjectAlternativeNames.V)
		}
	}
	if own.XMPP != nil {
		own.XMPP.Partners.V = slices.Clone(own.XMPP.Partners.V)
	}
	if own.SIP != nil {
		own.SIP.Partners.V = slices.Clone(own.SIP.Partners.V)
	}
	return &own
}

// copies has copies of those of a list that change, and the others themselves.
func copies[T any](list []*T, changes func(*T) bool) []*T {
	out := slices.Clone(list)
	for i, value := range list {
		if changes(value) {
			out[i] = copied(value)
		}
	}
	return out
}

func copied[T any](value *T) *T {
	if value == nil {
		return nil
	}
	own := *value
	return &own
}
