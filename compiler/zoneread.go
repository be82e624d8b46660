package compiler

import (
	"bytes"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// interest is what the compiler wants to know of the zone files, which may have a
// million records. All names are absolute and in lower case.
type interest struct {
	names map[string]bool // of the plan: all their records are kept
	above map[string]bool // names of the plan and those above them: delegations and wildcards there are kept
	other map[string]bool // names of which SRV records are kept
	keys  map[string]bool // names of which TLSA records are kept
	// labels are names of the plan by their first label in upper case, as a type would be.
	labels map[string][]string
	// services are owners of SRV records of the plan by their letters and digits alone.
	services map[string]string
}

// lettersOf takes out what stands between the letters and digits of a name.
var lettersOf = strings.NewReplacer("_", "", "-", "", ".", "")

func (m *model) interest() *interest {
	in := &interest{names: map[string]bool{}, above: map[string]bool{}, other: map[string]bool{}, keys: map[string]bool{}, labels: map[string][]string{}, services: map[string]string{}}
	for _, pool := range m.topology.EdgePools {
		in.add(dnsname.Absolute(pool.AccessEdgeFQDN.V))
	}
	if m.topology.XMPP != nil && m.topology.XMPP.Host.Set {
		in.add(dnsname.Absolute(m.topology.XMPP.Host.V))
		in.keys[keyOwner(dnsname.Absolute(m.topology.XMPP.Host.V))] = true
	}
	for _, domain := range m.topology.SIPDomains {
		owner := dnsname.XMPPOwner(domain.Name.V)
		in.add(owner)
		in.services[lettersOf.Replace(owner)] = owner
		in.other[directOwner(domain.Name.V)] = true
	}
	return in
}

func (in *interest) add(name string) {
	if !in.names[name] {
		label, _, _ := strings.Cut(strings.ToUpper(name), ".")
		in.labels[label] = append(in.labels[label], name)
	}
	in.names[name] = true
	for ; name != ""; name = dnsname.Parent(name) {
		in.above[name] = true
	}
}

// wants tells which records of a zone are kept.
func (in *interest) wants(owner []byte, typ string) bool {
	switch {
	case in.names[string(owner)]:
		return true
	case typ == "NS" || typ == "DNAME":
		return in.above[string(owner)]
	case typ == "TLSA":
		return in.keys[string(owner)]
	case bytes.HasPrefix(owner, []byte("*.")):
		return in.above[string(owner[2:])]
	case typ == "SRV":
		return in.other[string(owner)] || bytes.HasPrefix(owner, []byte("_sip._tls.")) || bytes.HasPrefix(owner, []byte("_sipfederationtls._tcp."))
	}
	return in.unicode(owner) != ""
}

// unicode returns the name of the plan that an owner in raw UTF-8 means, "" if none.
func (in *interest) unicode(owner []byte) string {
	if bytes.IndexByte(owner, '\\') < 0 {
		return ""
	}
	name, err := dnsname.ToASCII(dnsname.Unescaped(string(owner)))
	if err != nil || !in.names[name] || !strings.Contains(name, "xn--") {
		return "" // of names in ASCII, likeness tells
	}
	return name
}

// maxOutside is how many records outside of a zone are kept of its file, and how many of
// types that are not known.
const maxOutside = 64

// read reads the file of a zone as far as in says.
func (z *zone) read(in *interest) error {
	outside, unknown := 0, 0
	read := z.Source.Inspect
	if z.file != nil {
		read = z.Source.Read
	}
	file, err := read(z.origin, func(owner []byte, typ string) bool {
		z.nodes.note(owner)
		switch {
		case in.wants(owner, typ), in.meant(z, owner, typ) != "":
			return true
		case !understood(typ) && unknown < maxOutside:
			unknown++
			return true
		case typ == "NS" && (z.allNS || string(owner) == z.origin):
			return true
		case z.holds(owner), outside == maxOutside:
			return false
		}
		outside++
		return true
	})
	if err != nil {
		return err
	}
	if z.file != nil {
		file.Defects, file.DefectCount = z.file.Defects, z.file.DefectCount
	}
	z.file, z.owners = file, map[string][]zonefile.Record{}
	for _, r := range file.Records {
		z.owners[r.Owner] = append(z.owners[r.Owner], r)
	}
	return nil
}

// holds is under for the owner of a record, without a copy of it.
func (z *zone) holds(owner []byte) bool {
	n := len(owner) - len(z.origin)
	return n >= 0 && string(owner[n:]) == z.origin && (n == 0 || owner[n-1] == '.')
}

// nodes are names of which a reading finds out whether they exist, which they also do
// if only a name below them has records.
type nodes map[string]bool

func (n nodes) note(owner []byte) {
	for i := 0; len(n) > 0 && i < len(owner); i++ {
		exists, asked := n[string(owner[i:])]
		if exists {
			return // and so do those above
		}
		if asked {
			n[string(owner[i:])] = true
		}
		for ; i < len(owner) && owner[i] != '.'; i++ {
			if owner[i] == '\\' {
				i++
			}
		}
	}
}

// readAgain reads those zones a second time of which the first reading has shown that
// more is needed: the addresses of SRV targets that the spec does not name, whether
// names exist where a wildcard would answer for them, or what records outside of the
// zone are there for.
func (m *model) readAgain(in *interest) {
	more := map[*zone]bool{}
	for _, name := range m.namedBySRV() {
		if z := m.zoneOf(name); z != nil && !in.names[name] {
			in.add(name)
			more[z] = true
		}
	}
	for _, z := range m.zones {
		if z.file == nil {
			continue
		}
		for _, r := range z.file.Records {
			z.allNS = z.allNS || !dnsname.Under(r.Owner, z.origin) && (r.Type == "A" || r.Type == "AAAA")
			more[z] = more[z] || z.allNS || strings.HasPrefix(r.Owner, "*.")
		}
		if !more[z] {
			continue
		}
		z.nodes = nodes{}
		for name := range in.above {
			if dnsname.Under(name, z.origin) {
				z.nodes[name] = false
			}
		}
		if err := z.read(in); err != nil {
			z.file = nil
			m.reportZone(z.Zone, err)
		}
	}
}

// namedBySRV lists the targets of the SRV records of the plan, and the names that they
// may have been meant to be.
func (m *model) namedBySRV() []string {
	var out []string
	for _, domain := range m.topology.SIPDomains {
		for _, owner := range []string{dnsname.XMPPOwner(domain.Name.V), directOwner(domain.Name.V)} {
			z := m.zoneOf(owner)
			if z == nil || z.file == nil {
				continue
			}
			data, _ := z.set(owner, "SRV")
			for _, d := range data {
				if s, ok := dnsname.ParseSRV(d); ok {
					out = append(append(out, s.Target), z.shorter(s.Target)...)
				}
			}
		}
	}
	return out
}

// shorter are the names that a relative name with a lost dot may have been meant to be:
// without an origin at its end, which is the zone or lies in it.
func (z *zone) shorter(name string) []string {
	var out []string
	for up := dnsname.Parent(name); up != "" && dnsname.Under(up, z.origin); up = dnsname.Parent(up) {
		if head := strings.TrimSuffix(name, up); strings.Count(head, ".") > 1 {
			out = append(out, head)
		}
	}
	return out
}

// literal is the address that a name spells, alone or before a name of the zone.
func (z *zone) literal(name string) (netip.Addr, bool) {
	for _, head := range append(z.shorter(name), name, strings.TrimSuffix(name, z.origin)) {
		if addr, err := netip.ParseAddr(strings.TrimSuffix(head, ".")); err == nil {
			return addr, true
		}
	}
	return netip.Addr{}, false
}

// whole reports a file that no DNS server would load as this zone.
func (m *model) whole(spec *topology.Zone, z *zone) bool {
	var soa []zonefile.Record
	for _, r := range z.file.Records {
		if r.Type == "SOA" {
			soa = append(soa, r)
		}
	}
	name := strings.TrimSuffix(z.origin, ".")
	_, serial := z.file.Serial()
	unread := z.unread()
	marked, mark := z.Source.Marked()
	switch {
	case mark && z.Delivery.V != "windows-dns": // there no server gets the file
		m.reportf(codeBadZone, zoneRange(spec, marked, 1, 1), "The file begins with a byte order mark, which BIND, Knot DNS and NSD take for a part of a name, and refuse the zone. Save it without the mark (UTF-8 without BOM, or Set-Content -Encoding Ascii), or export it again, and see that the file on the server has none.")
	case len(soa) == 0 && len(unread) > 0:
		for _, d := range unread {
			m.reportf(codeUnread, zoneRange(spec, d.File, d.Line, 1), "The zone file %q has no SOA record itself, and the file of this $INCLUDE is not read: %s. %s", spec.File.V, d.Unread.Why, d.Unread.WayOut)
		}
	case len(soa) == 0 || !serial:
		m.reportf(codeBadZone, spec.File.Range, "The zone file %q does not have exactly one SOA record, so it has no serial to raise.", spec.File.V)
	case soa[0].Owner != z.origin:
		taken := m.byOrigin[soa[0].Owner] != nil
		if !taken {
			m.byOrigin[soa[0].Owner] = z // so that no other finding says that there is no such zone
		}
		m.reportf(codeBadZone, spec.Name.Range, "%s", otherZone(spec, soa[0], name, taken))
	case len(soa) > 1:
		m.reportf(codeBadZone, z.line(soa[1]), "This is a second SOA record, after the one on %s. A zone transfer ends with its SOA once more: take that line out.", lineOf(soa[0]))
	case !z.has(z.origin, "NS") && len(m.makers(z, z.origin, "NS")) == 0 && len(unread) == 0:
		m.reportf(codeBadZone, spec.File.Range, "The zone file %q has no NS record of %s itself. DNS servers do not load such a zone; export it whole.", spec.File.V, name)
	default:
		return true
	}
	return false
}

// otherZone says what to do about the file of another zone than the one that its block names;
// taken: that one has a block as well.
func otherZone(spec *topology.Zone, soa zonefile.Record, name string, taken bool) string {
	owner := strings.TrimSuffix(soa.Owner, ".")
	text := fmt.Sprintf("The zone file %q is that of %s (its SOA record is in %s), but this block is dns_zone %q.", shorten(spec.File.V), owner, lineOf(soa), name)
	switch {
	case strings.Contains(owner, `\`): // no name that a block can have
		text += fmt.Sprintf(" Name the file of %s in the argument file. In it, names that are not ASCII are written in A-labels (xn--).", name)
	case taken:
		text += fmt.Sprintf(" That zone has a block already. Name the file of %s in the argument file, or remove this block.", name)
	case strings.EqualFold(path.Base(spec.File.V), name):
		text += fmt.Sprintf(" The name of a block is that of the zone, not of its file. Write dns_zone %q {", owner)
	default:
		text += fmt.Sprintf(" Name the file of %s in the argument file; or, if this is the right file, write dns_zone %q {", name, owner)
	}
	return text
}

// has tells whether a set is in the file.
func (z *zone) has(owner, typ string) bool {
	return slices.ContainsFunc(z.owners[owner], func(r zonefile.Record) bool { return r.Type == typ })
}

// wildcard is the owner of the wildcard that answers for a name without records, ""
// if none does: it stands below the nearest name that exists (RFC 4592).
func (z *zone) wildcard(name string) string {
	if z.nodes == nil || z.nodes[name] {
		return ""
	}
	for up := dnsname.Parent(name); dnsname.Under(up, z.origin); up = dnsname.Parent(up) {
		if star := "*." + up; len(z.owners[star]) > 0 {
			return star
		}
		if z.nodes[up] {
			return ""
		}
	}
	return ""
}

// answer is what the zone answers for a name and a type, where a wildcard may.
func (z *zone) answer(name, typ string) []string {
	if star := z.wildcard(name); star != "" {
		name = star
	}
	data, _ := z.set(name, typ)
	return data
}

// cut is the record above a name, or at it, that takes the name out of the zone: NS of
// another zone, or DNAME. Of several it is the highest.
func (z *zone) cut(name string) (zonefile.Record, bool) {
	var found zonefile.Record
	for up := name; dnsname.Under(up, z.origin); up = dnsname.Parent(up) {
		for _, r := range z.owners[up] {
			if r.Type == "NS" && up != z.origin || r.Type == "DNAME" && up != name {
				found = r
				break
			}
		}
	}
	return found, found.Owner != ""
}
