package zones

import (
	"maps"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
)

// checkUnread reports $INCLUDE lines whose files are not read, one of each file: an error that
// names the sets of the plan in that zone, as an included file may hold any name; else a
// warning if names of the spec are in the zone.
func checkUnread(c *Changes) {
	for _, z := range c.zones.all {
		if z.file == nil {
			continue
		}
		unread := z.unread()
		if len(unread) == 0 {
			continue
		}
		var sets []string
		for _, set := range setsIn(c, z, c.sets[z]) {
			sets = append(sets, strings.TrimSuffix(set.Owner, ".")+" "+set.Type)
		}
		names := c.zones.namesIn(z)
		for _, d := range unread {
			at := zoneRange(z.Zone, d.File, d.Line, 1)
			switch {
			case len(sets) > 0:
				c.report.Add(report.Unread, at,
					"The file of this $INCLUDE is not read: %s. It could hold records of the sets %s, which the plan "+
						"would neither change nor count. %s",
					d.Unread.Why, list(sets), d.Unread.WayOut)
			case len(names) > 0:
				c.report.Add(report.Include, at,
					"The file of this $INCLUDE is not read: %s. It could hold records of %s, which nothing here looks "+
						"at. %s",
					d.Unread.Why, list(names), d.Unread.WayOut)
			}
		}
	}
}

// setsIn are the sets of the plan in a zone, and the addresses of hosts that move, which a plan
// leaves out where it sees none.
func setsIn(c *Changes, z *zone, sets []plan.RecordSet) []plan.RecordSet {
	sets = slices.Clone(sets)
	for _, host := range slices.Sorted(maps.Keys(c.hosts)) {
		for _, typ := range []string{"A", "AAAA"} {
			known := slices.ContainsFunc(sets, func(s plan.RecordSet) bool { return s.Owner == host && s.Type == typ })
			// a preparation makes no set for a type that it does not see
			if !known && c.zones.zoneOf(host) == z {
				sets = append(sets, plan.RecordSet{Owner: host, Type: typ})
			}
		}
	}
	return sets
}

// namesIn lists names of the spec that a zone holds.
func (zs *Zones) namesIn(z *zone) []string {
	if zs.holders == nil {
		// all zones at once: there may be 100,000 names, and each zone with such a line asks
		zs.holders = map[*zone][]string{}
		for name := range zs.keep.all {
			holder := zs.zoneOf(name)
			zs.holders[holder] = append(zs.holders[holder], strings.TrimSuffix(name, "."))
		}
		for _, names := range zs.holders {
			slices.Sort(names)
		}
	}
	return zs.holders[z]
}
