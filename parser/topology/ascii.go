package topology

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// InASCII is the topology with the names of public DNS as they are there: labels in Unicode
// (U-labels) become A-labels, which begin with xn--. The topology itself is left as it is.
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
	}
	if t.XMPP != nil {
		visit(&t.XMPP.Host.V)
		each(t.XMPP.Partners.V)
	}
	for _, zone := range t.Zones {
		visit(&zone.Name.V)
	}
}

// copied shares with the topology what has no names of public DNS.
func (t *Topology) copied() *Topology {
	own := *t
	own.EdgePools, own.SIPDomains, own.Zones, own.XMPP = copies(t.EdgePools), copies(t.SIPDomains), copies(t.Zones),
		copied(t.XMPP)
	for _, pool := range own.EdgePools {
		// Below a pointer and in a slice the visitor writes too, so these have to be copies as well.
		if pool.Certificate = copied(pool.Certificate); pool.Certificate != nil {
			pool.Certificate.SubjectAlternativeNames.V = slices.Clone(pool.Certificate.SubjectAlternativeNames.V)
		}
	}
	if own.XMPP != nil {
		own.XMPP.Partners.V = slices.Clone(own.XMPP.Partners.V)
	}
	return &own
}

func copies[T any](list []*T) []*T {
	out := make([]*T, len(list))
	for i, value := range list {
		out[i] = copied(value)
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
