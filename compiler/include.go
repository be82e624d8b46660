package compiler

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// checkUnread reports $INCLUDE lines whose files are not read, one of each file: an error that
// names the sets of the plan in that zone, as an included file may hold any name; else a
// warning if names of the spec are in the zone.
func (j *job) checkUnread(out map[*zone][]plan.RecordSet) {
	for _, z := range j.zones {
		if z.file == nil {
			continue
		}
		unread := z.unread()
		if len(unread) == 0 {
			continue
		}
		var sets []string
		for _, set := range j.setsIn(z, out[z]) {
			sets = append(sets, strings.TrimSuffix(set.Owner, ".")+" "+set.Type)
		}
		names := j.namesIn(z)
		for _, d := range unread {
			at := zoneRange(z.Zone, d.File, d.Line, 1)
			switch {
			case len(sets) > 0:
				j.report(codeUnread, at, "The file of this $INCLUDE is not read: %s. It could hold records of the sets %s, which the plan would neither change nor count. %s", d.Unread.Why, list(sets), d.Unread.WayOut)
			case len(names) > 0:
				j.report(codeInclude, at, "The file of this $INCLUDE is not read: %s. It could hold records of %s, which nothing here looks at. %s", d.Unread.Why, list(names), d.Unread.WayOut)
			}
		}
	}
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

// setsIn are the sets of the plan in a zone, and the addresses of the XMPP host, which a
// plan leaves out where it sees none.
func (j *job) setsIn(z *zone, sets []plan.RecordSet) []plan.RecordSet {
	sets = slices.Clone(sets)
	host := dnsname.Absolute(j.topology.XMPP.Host.V)
	for _, typ := range []string{"A", "AAAA"} {
		known := slices.ContainsFunc(sets, func(s plan.RecordSet) bool { return s.Owner == host && s.Type == typ })
		if !known && j.topology.XMPP.Host.Set && j.zoneOf(host) == z {
			sets = append(sets, plan.RecordSet{Owner: host, Type: typ})
		}
	}
	return sets
}

// namesIn lists names of the spec that a zone holds.
func (m *model) namesIn(z *zone) []string {
	if m.holders == nil {
		m.holders = map[*zone][]string{}
		for name := range m.wanted.names {
			holder := m.zoneOf(name)
			m.holders[holder] = append(m.holders[holder], strings.TrimSuffix(name, "."))
		}
		for _, names := range m.holders {
			slices.Sort(names)
		}
	}
	return m.holders[z]
}
