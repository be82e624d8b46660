package zones

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// zone is a dns_zone block with its file read.
type zone struct {
	*topology.Zone
	origin string         // lower case, with the final dot
	file   *zonefile.Zone // nil if it cannot be read
	nodes  nodes          // nil if the file was read once only
	allNS  bool           // all NS records are wanted
	owners owners

	// owner is the first owner of SRV records of the plan that the zone can hold, "" if there is none,
	// once keep has asked for it.
	owner    [2]string // by prefix of the keep
	askOwner [2]sync.Once
}

// owners are the records of a zone by their owners.
type owners struct {
	ids     map[string]int32
	ends    []int32            // by id: where its records end in the list, and those of the next one begin
	records []*zonefile.Record // in file order for each owner
}

// newOwners counts first, so that no list has to grow: there may be a hundred thousand owners, or one
// that has as many records.
func newOwners(list []zonefile.Record) owners {
	o := owners{ids: map[string]int32{}, records: make([]*zonefile.Record, len(list))}
	var counts []int32
	for i := range list {
		id, known := o.ids[list[i].Owner]
		if !known {
			id = int32(len(counts))
			o.ids[list[i].Owner], counts = id, append(counts, 0)
		}
		counts[id]++
	}
	o.ends = make([]int32, len(counts))
	for id := 1; id < len(counts); id++ {
		o.ends[id] = o.ends[id-1] + counts[id-1]
	}
	// Now each is the place of the next record of its owner.
	for i := range list {
		id := o.ids[list[i].Owner]
		o.records[o.ends[id]] = &list[i]
		o.ends[id]++
	}
	return o
}

// of are the records of an owner, in file order.
func (o owners) of(owner string) []*zonefile.Record {
	id, known := o.ids[owner]
	if !known {
		return nil
	}
	from := int32(0)
	if id > 0 {
		from = o.ends[id-1]
	}
	return o.records[from:o.ends[id]]
}

// zoneRange is a place in a file that a zone file includes, or in the zone file itself.
func zoneRange(spec *topology.Zone, file string, line, column int) hcl.Range {
	if file == "" {
		file = spec.File.V
	}
	// HCL counts from 1; 0 is a defect of a whole file or line
	at := hcl.Pos{Line: max(line, 1), Column: max(column, 1)}
	return hcl.Range{Filename: file, Start: at, End: at}
}

// line is where a record of the zone begins.
func (z *zone) line(r *zonefile.Record) hcl.Range { return zoneRange(z.Zone, r.File, r.Line, 1) }

// lineOf names the line of a record in a sentence about its zone file.
func lineOf(r *zonefile.Record) string {
	if r.File == "" {
		return fmt.Sprintf("line %d", r.Line)
	}
	return fmt.Sprintf("line %d of %s", r.Line, r.File)
}

// set returns the data of an RRset of the zone, each once, and its smallest TTL.
func (z *zone) set(owner, typ string) (data []string, ttl uint32) {
	data = []string{}
	var seen map[string]bool
	for _, r := range z.owners.of(owner) {
		if r.Type != typ {
			continue
		}
		// RFC 2181, 5.2, treats TTLs that differ as an error; the smallest is the safe one to write
		if len(data) == 0 || r.TTL < ttl {
			ttl = r.TTL
		}
		// a map for each of 100,000 sets of one record would be most of the memory
		if len(data) == 1 {
			seen = map[string]bool{data[0]: true}
		}
		// servers keep one of equal records (RFC 2181, 5)
		if !seen[r.Data] {
			if len(data) > 0 {
				seen[r.Data] = true
			}
			data = append(data, r.Data)
		}
	}
	return data, ttl
}

// at is the place of the first record of a set, or of the zone's block.
func (z *zone) at(owner, typ string) hcl.Range {
	for _, r := range z.owners.of(owner) {
		if r.Type == typ {
			return z.line(r)
		}
	}
	return z.File.Range
}

// has tells whether a set is in the file.
func (z *zone) has(owner, typ string) bool {
	return slices.ContainsFunc(z.owners.of(owner), func(r *zonefile.Record) bool { return r.Type == typ })
}

// wildcard is the owner of the wildcard that answers for a name without records, ""
// if none does: it is below the nearest name that exists (RFC 4592).
func (z *zone) wildcard(name string) string {
	// nil after the first reading: readAgain reads each zone that has a wildcard
	if z.nodes == nil || z.nodes.exists(name) {
		return ""
	}
	for up := dnsname.Parent(name); dnsname.Under(up, z.origin); up = dnsname.Parent(up) {
		// only the nearest name above that exists can have the wildcard that answers
		if star := "*." + up; len(z.owners.of(star)) > 0 {
			return star
		}
		if z.nodes.exists(up) {
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
func (z *zone) cut(name string) (cut *zonefile.Record, ok bool) {
	for up := name; dnsname.Under(up, z.origin); up = dnsname.Parent(up) {
		for _, r := range z.owners.of(up) {
			// NS records of the zone itself cut nothing off, and a DNAME record renames only what is
			// below its own name (RFC 6672, 2.3).
			if r.Type == "NS" && up != z.origin || r.Type == "DNAME" && up != name {
				cut = r
				break
			}
		}
	}
	return cut, cut != nil
}

// shorter are the names that a relative name with a lost dot may have been meant to be:
// without an origin at its end, which is the zone or lies in it.
func (z *zone) shorter(name string) []string {
	var out []string
	for up := dnsname.Parent(name); up != "" && dnsname.Under(up, z.origin); up = dnsname.Parent(up) {
		// one label is what a relative name should be; only more of them end in a zone
		if head := strings.TrimSuffix(name, up); strings.Count(head, ".") > 1 {
			out = append(out, head)
		}
	}
	return out
}

// literal is the address that a name spells, alone or before a name of the zone.
func (z *zone) literal(name string) (netip.Addr, bool) {
	// written relative, an address has the origin behind it; written with a dot, it is the name
	for _, head := range append(z.shorter(name), name, strings.TrimSuffix(name, z.origin)) {
		if addr, err := netip.ParseAddr(strings.TrimSuffix(head, ".")); err == nil {
			return addr, true
		}
	}
	return netip.Addr{}, false
}

// holds is under for the owner of a record, without a copy of it.
func (z *zone) holds(owner []byte) bool {
	n := len(owner) - len(z.origin)
	return n >= 0 && string(owner[n:]) == z.origin && (n == 0 || owner[n-1] == '.')
}

// srvLines are the lines of the SRV records of an owner, by target.
func (z *zone) srvLines(owner string) map[string]hcl.Range {
	lines := map[string]hcl.Range{}
	for _, r := range z.owners.of(owner) {
		s, ok := dnsname.ParseSRV(r.Data)
		// of equal targets the first line, which is where a reader looks first
		if _, known := lines[s.Target]; ok && r.Type == "SRV" && !known {
			lines[s.Target] = z.line(r)
		}
	}
	return lines
}

// atData is the place of one record of a set.
func (z *zone) atData(set plan.RecordSet, data string) hcl.Range {
	for _, r := range z.owners.of(set.Owner) {
		if r.Type == set.Type && r.Data == data {
			return z.line(r)
		}
	}
	return z.at(set.Owner, set.Type)
}

// maxUnread is how many files of a zone are reported that are not read.
const maxUnread = 20

// unread are the first $INCLUDE lines of the zone for each file that is not read.
func (z *zone) unread() []zonefile.Directive {
	var out []zonefile.Directive
	seen := map[string]bool{}
	for _, d := range z.file.Directives {
		if d.Unread != nil && !seen[d.Args[0]] && len(out) < maxUnread {
			seen[d.Args[0]] = true
			out = append(out, d)
		}
	}
	return out
}
