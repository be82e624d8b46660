package zones

import (
	"bytes"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// keep is what the compiler wants to know of the zone files, which may have a
// million records. All names are absolute and in lower case.
//
// Names of the plan are hosts and the owners of SRV records of federation. There may be 100,000
// of those, so only their domains are kept, and what is made of a domain is not.
type keep struct {
	hosts map[string]bool // of the plan: all their records are kept, as are those of the owners
	// lengths are those of the hosts by their first octets, modulo 64: nearly no name of a large file has to be
	// looked up.
	lengths [256]uint64
	above   map[string]bool // hosts, and names above hosts and domains: delegations and wildcards there are kept
	keys    map[string]bool // names of which TLSA records are kept
	// domains are numbers in order by the names of SIP domains, without their final dot: so nearly all are
	// the texts of the spec.
	domains map[string]int32
	order   []*topology.SIPDomain // in the spec, each once
	// prefixes are before the domains in those owners.
	prefixes []string
	// labels are hosts by their first label in upper case, as a type would be.
	labels map[string][]string
	// letters are numbers in order by the hashes of a domain's letters and digits alone.
	letters map[uint64]int32
	seed    maphash.Seed
}

// newKeep wants all names of a topology; with sip those of SIP federation too.
func newKeep(t *topology.Topology, sip bool) *keep {
	n := len(t.SIPDomains)
	k := &keep{
		hosts: map[string]bool{}, above: map[string]bool{}, domains: make(map[string]int32, n),
		order: make([]*topology.SIPDomain, 0, n), keys: map[string]bool{}, labels: map[string][]string{}, letters: make(map[uint64]int32, n),
		seed: maphash.MakeSeed(), prefixes: []string{dnsname.XMPPPrefix},
	}
	if sip {
		k.prefixes = append(k.prefixes, dnsname.SIPPrefix)
	}
	for _, pool := range t.EdgePools {
		k.add(dnsname.Absolute(pool.AccessEdgeFQDN.V))
	}
	if t.XMPP != nil && t.XMPP.Host.Set {
		k.add(dnsname.Absolute(t.XMPP.Host.V))
		k.keys[keyOwner(dnsname.Absolute(t.XMPP.Host.V))] = true
	}
	var buf [255]byte
	for _, domain := range t.SIPDomains {
		name := strings.ToLower(strings.TrimSuffix(domain.Name.V, "."))
		if sip && domain.FederationHost.Set {
			k.add(dnsname.Absolute(domain.FederationHost.V))
		}
		if _, twice := k.domains[name]; twice {
			continue
		}
		n := int32(len(k.order))
		k.domains[name] = n
		k.order = append(k.order, domain)
		k.noteAbove(dnsname.Parent(name + "."))
		// found again by sameLetters, whatever becomes of underscores, hyphens and dots
		k.letters[maphash.Bytes(k.seed, lettersOf(buf[:0], name))] = n
	}
	return k
}

// copied is a keep that takes up more hosts, without writing into this one.
func (k *keep) copied() *keep {
	own := *k
	own.hosts, own.above, own.labels = maps.Clone(k.hosts), maps.Clone(k.above), map[string][]string{}
	for label, names := range k.labels {
		own.labels[label] = slices.Clip(names)
	}
	return &own
}

// add takes up a host.
func (k *keep) add(name string) {
	if name == "" || k.hosts[name] {
		return
	}
	k.hosts[name] = true
	k.lengths[name[0]] |= 1 << (len(name) % 64)
	// with a blank before it, "xmpp 300 A" is a record of type XMPP of the owner above
	label, _, _ := strings.Cut(strings.ToUpper(name), ".")
	k.labels[label] = append(k.labels[label], name)
	k.noteAbove(name)
}

func (k *keep) noteAbove(name string) {
	// what is above a name that is known has been noted with it
	for ; name != "" && !k.above[name]; name = dnsname.Parent(name) {
		k.above[name] = true
	}
}

// has tells whether a name is one of the plan.
func has[T ~string | ~[]byte](k *keep, name T) bool {
	return isHost(k, name) || isOwner(k, name)
}

// isHost tells whether a name is that of a host.
func isHost[T ~string | ~[]byte](k *keep, name T) bool {
	return len(name) > 0 && k.lengths[name[0]]&(1<<(len(name)%64)) != 0 && k.hosts[string(name)]
}

// isOwner tells whether SRV records of a SIP domain have a name.
func isOwner[T ~string | ~[]byte](k *keep, name T) bool {
	for _, prefix := range k.prefixes {
		if under(k, name, prefix) {
			return true
		}
	}
	return false
}

// under tells whether a name is that of a SIP domain with some labels before it.
func under[T ~string | ~[]byte](k *keep, name T, labels string) bool {
	return domainUnder(k, name, labels) != nil
}

// domainUnder is that domain, nil if there is none.
func domainUnder[T ~string | ~[]byte](k *keep, name T, labels string) *topology.SIPDomain {
	last := len(name) - 1 // the final dot
	if last < len(labels) || string(name[:len(labels)]) != labels || name[last] != '.' {
		return nil
	}
	n, ok := k.domains[string(name[len(labels):last])]
	if !ok {
		return nil
	}
	return k.order[n]
}

// isAbove tells whether a name is one of the plan, or above one.
func (k *keep) isAbove(name []byte) bool {
	return k.above[string(name)] || under(k, name, "") || under(k, name, "_tcp.") || isOwner(k, name)
}

// ownerOf is the owner of the SRV records of a domain.
func ownerOf(prefix string, domain *topology.SIPDomain) string {
	return prefix + dnsname.Absolute(domain.Name.V)
}

// all are the names of the plan.
func (k *keep) all(yield func(string) bool) {
	for name := range k.hosts {
		if !yield(name) {
			return
		}
	}
	for _, prefix := range k.prefixes {
		for _, domain := range k.order {
			if !yield(ownerOf(prefix, domain)) {
				return
			}
		}
	}
}

// labelled is the name of the plan in a zone whose first label, in upper case, is a type.
func (k *keep) labelled(z *zone, typ string) string {
	for _, name := range k.labels[typ] {
		if dnsname.Under(name, z.origin) {
			return name
		}
	}
	for i, prefix := range k.prefixes {
		if label := prefix[:strings.IndexByte(prefix, '.')]; !strings.EqualFold(label, typ) {
			continue
		}
		z.askOwner[i].Do(func() { // a file may have such a record in each line
			for _, domain := range k.order {
				if owner := ownerOf(prefix, domain); dnsname.Under(owner, z.origin) {
					z.owner[i] = owner
					break
				}
			}
		})
		return z.owner[i]
	}
	return ""
}

// lettersOf appends a name without what is between its letters and digits.
func lettersOf[T ~string | ~[]byte](to []byte, name T) []byte {
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '-' && c != '.' {
			to = append(to, c)
		}
	}
	return to
}

// sameLetters is the owner of SRV records of the plan from which a name differs only by
// underscores, hyphens and dots before the SIP domain.
func (k *keep) sameLetters(name []byte) string {
	// a name has at most 255 octets (RFC 1035, 2.3.4), so this needs no memory of the heap
	var own, other, before [255]byte
	all := lettersOf(own[:0], name)
	for _, prefix := range k.prefixes {
		letters, ok := bytes.CutPrefix(all, lettersOf(before[:0], prefix))
		if !ok {
			continue
		}
		n, ok := k.letters[maphash.Bytes(k.seed, letters)]
		// a hyphen more or less in the domain makes it another domain, not a slip
		if !ok || has(k, name) {
			continue
		}
		domain := dnsname.Absolute(k.order[n].Name.V)
		// equal hashes are no proof
		if bytes.HasSuffix(name, []byte(domain)) && bytes.Equal(lettersOf(other[:0], domain), letters) {
			return prefix + domain
		}
	}
	return ""
}

// wants tells which records of a zone are kept.
func (k *keep) wants(owner []byte, typ string) bool {
	switch {
	case has(k, owner):
		return true
	// at a name of the plan or above it these take the name out of the zone; see cut
	case typ == "NS" || typ == "DNAME":
		return k.isAbove(owner)
	case typ == "TLSA":
		return k.keys[string(owner)]
	// a wildcard answers below the name that it is under, so only those above names of the
	// plan matter (RFC 4592)
	case bytes.HasPrefix(owner, []byte("*.")):
		return k.isAbove(owner[2:])
	// what remote users and SIP federation use may name the host that moves; see checkShared
	case typ == "SRV":
		return under(k, owner, directPrefix) ||
			bytes.HasPrefix(owner, []byte("_sip._tls.")) || bytes.HasPrefix(owner, []byte(dnsname.SIPPrefix))
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
	if err != nil || !has(k, name) || !strings.Contains(name, "xn--") {
		return "" // of names in ASCII, likeness tells
	}
	return name
}

// nodes are names of which a reading finds out whether they exist, which they also do
// if only a name below them has records. Several may note what they read at once.
type nodes map[string]*atomic.Bool

// forget takes back all that was noted.
func (n nodes) forget() {
	for _, known := range n {
		known.Store(false)
	}
}

func (n nodes) exists(name string) bool {
	known := n[name]
	return known != nil && known.Load()
}

func (n nodes) note(owner []byte) {
	// from the owner up, label by label; on a first reading there is nothing to ask
	for i := 0; len(n) > 0 && i < len(owner); i++ {
		if asked := n[string(owner[i:])]; asked != nil {
			if asked.Load() {
				return // and so do those above
			}
			asked.Store(true)
		}
		for ; i < len(owner) && owner[i] != '.'; i++ {
			// an escaped dot does not end a label
			if owner[i] == '\\' {
				i++
			}
		}
	}
}
