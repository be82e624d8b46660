package zones

import (
	"bytes"
	"strings"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// keep is what the compiler wants to know of the zone files, which may have a
// million records. All names are absolute and in lower case.
type keep struct {
	names map[string]bool // of the plan: all their records are kept
	above map[string]bool // names of the plan and those above them: delegations and wildcards there are kept
	other map[string]bool // names of which SRV records are kept
	keys  map[string]bool // names of which TLSA records are kept
	// labels are names of the plan by their first label in upper case, as a type would be.
	labels map[string][]string
	// services are owners of SRV records of the plan by their letters and digits alone.
	services map[string]string
}

// lettersOf takes out what is between the letters and digits of a name.
var lettersOf = strings.NewReplacer("_", "", "-", "", ".", "")

// newKeep wants all names of a topology.
func newKeep(t *topology.Topology) *keep {
	k := &keep{
		names: map[string]bool{}, above: map[string]bool{}, other: map[string]bool{}, keys: map[string]bool{},
		labels: map[string][]string{}, services: map[string]string{},
	}
	for _, pool := range t.EdgePools {
		k.add(dnsname.Absolute(pool.AccessEdgeFQDN.V))
	}
	if t.XMPP != nil && t.XMPP.Host.Set {
		k.add(dnsname.Absolute(t.XMPP.Host.V))
		k.keys[keyOwner(dnsname.Absolute(t.XMPP.Host.V))] = true
	}
	for _, domain := range t.SIPDomains {
		owner := dnsname.XMPPOwner(domain.Name.V)
		k.add(owner)
		// found again by meant, whatever becomes of underscores, hyphens and dots
		k.services[lettersOf.Replace(owner)] = owner
		k.other[directOwner(domain.Name.V)] = true
	}
	return k
}

func (k *keep) add(name string) {
	if !k.names[name] {
		// with a blank before it, "xmpp 300 A" is a record of type XMPP of the owner above
		label, _, _ := strings.Cut(strings.ToUpper(name), ".")
		k.labels[label] = append(k.labels[label], name)
	}
	k.names[name] = true
	for ; name != ""; name = dnsname.Parent(name) {
		k.above[name] = true
	}
}

// wants tells which records of a zone are kept.
func (k *keep) wants(owner []byte, typ string) bool {
	switch {
	case k.names[string(owner)]:
		return true
	// at a name of the plan or above it these take the name out of the zone; see cut
	case typ == "NS" || typ == "DNAME":
		return k.above[string(owner)]
	case typ == "TLSA":
		return k.keys[string(owner)]
	// a wildcard answers below the name that it is under, so only those above names of the
	// plan matter (RFC 4592)
	case bytes.HasPrefix(owner, []byte("*.")):
		return k.above[string(owner[2:])]
	// what remote users and SIP federation use may name the host that moves; see checkShared
	case typ == "SRV":
		return k.other[string(owner)] ||
			bytes.HasPrefix(owner, []byte("_sip._tls.")) || bytes.HasPrefix(owner, []byte("_sipfederationtls._tcp."))
	}
	return k.unicode(owner) != ""
}

// unicode returns the name of the plan that an owner in raw UTF-8 means, "" if none.
func (k *keep) unicode(owner []byte) string {
	// the reader writes octets beyond ASCII as \DDD, so most owners are done here
	if bytes.IndexByte(owner, '\\') < 0 {
		return ""
	}
	name, err := dnsname.ToASCII(dnsname.Unescaped(string(owner)))
	if err != nil || !k.names[name] || !strings.Contains(name, "xn--") {
		return "" // of names in ASCII, likeness tells
	}
	return name
}

// nodes are names of which a reading finds out whether they exist, which they also do
// if only a name below them has records.
type nodes map[string]bool

func (n nodes) note(owner []byte) {
	// from the owner up, label by label; on a first reading there is nothing to ask
	for i := 0; len(n) > 0 && i < len(owner); i++ {
		exists, asked := n[string(owner[i:])]
		if exists {
			return // and so do those above
		}
		if asked {
			n[string(owner[i:])] = true
		}
		for ; i < len(owner) && owner[i] != '.'; i++ {
			// an escaped dot does not end a label
			if owner[i] == '\\' {
				i++
			}
		}
	}
}
