package compiler

import (
	"slices"
	"strings"
)

// howToInclude is the way out where the file of an $INCLUDE line is not read.
const howToInclude = "Put it into the folder of the spec under the path that the line has, which is counted from that folder, as BIND counts from its directory, or else from the folder of the zone file; or say with includes which file stands for it."

// checkUnread reports $INCLUDE lines whose files are not read: an error for each set of the
// plan in that zone, of which a record could stand there, as an included file may hold any
// name; else a warning if names of the spec are in the zone.
func (j *job) checkUnread(out map[*zone][]RecordSet) {
	for _, z := range j.zones {
		if z.file == nil {
			continue
		}
		d, partly := z.unread()
		if !partly {
			continue
		}
		at := zoneRange(z.Zone, d.File, d.Line, 1)
		sets := j.setsIn(z, out[z])
		for _, set := range sets {
			j.report(codeUnread, at, "The file of this $INCLUDE is not read: %s. It could hold %s records of %s, which the plan would neither change nor count. %s",
				d.Unread, set.Type, strings.TrimSuffix(set.Owner, "."), howToInclude)
		}
		if names := j.namesIn(z); len(sets) == 0 && len(names) > 0 {
			j.report(codeInclude, at, "The file of this $INCLUDE is not read: %s. It could hold records of %s, which nothing here looks at. %s", d.Unread, list(names), howToInclude)
		}
	}
}

// setsIn are the sets of the plan in a zone, and the addresses of the XMPP host, which a
// plan leaves out where it sees none.
func (j *job) setsIn(z *zone, sets []RecordSet) []RecordSet {
	sets = slices.Clone(sets)
	host := absolute(j.spec.XMPP.Host.V)
	for _, typ := range []string{"A", "AAAA"} {
		known := slices.ContainsFunc(sets, func(s RecordSet) bool { return s.Owner == host && s.Type == typ })
		if !known && j.spec.XMPP.Host.Set && j.zoneOf(host) == z {
			sets = append(sets, RecordSet{Owner: host, Type: typ})
		}
	}
	return sets
}

// namesIn lists names of the spec that a zone holds.
func (j *job) namesIn(z *zone) []string {
	var out []string
	for name := range j.wanted.names {
		if j.zoneOf(name) == z {
			out = append(out, strings.TrimSuffix(name, "."))
		}
	}
	slices.Sort(out)
	return out
}
