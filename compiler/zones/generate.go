package zones

import (
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
)

// maxAsked is how often the plans of a spec may ask whether a $GENERATE line makes a name of
// theirs: each line with each name.
const maxAsked = 400_000

// makers are the indexes of the $GENERATE lines of a zone that can make records of a name.
func (zs *Zones) makers(z *zone, name string, types ...string) []int {
	// the finding is there already, and no plan is made after it
	if zs.asked > maxAsked {
		return nil
	}
	lines, asked := z.file.Makers(name, types...)
	if zs.asked += asked; zs.asked <= maxAsked {
		return lines
	}
	d := z.file.Directives[len(z.file.Directives)-1]
	zs.report.Stop(zoneRange(z.Zone, d.File, d.Line, 1),
		"Up to this line, the $GENERATE lines of the zone can make names that begin like names of the plans, too many "+
			"to be compared: each line with each name in each plan, which may be %d comparisons in all. Write out the "+
			"records that the plans need, or begin the names of other hosts with other letters.",
		maxAsked)
	return nil
}

// checkGenerated reports each $GENERATE line that makes records of sets, at the first of them.
func checkGenerated(c *Changes, z *zone, sets []plan.RecordSet) {
	first := map[int]string{} // owners
	for _, set := range sets {
		// An alias that the line makes at the name would be beside the records of the plan, and
		// servers refuse such a zone.
		for _, n := range c.zones.makers(z, set.Owner, set.Type, "CNAME") {
			if first[n] == "" {
				first[n] = set.Owner
			}
		}
	}
	// in the order of the file: that of the map differs from run to run
	for n, d := range z.file.Directives {
		if owner := first[n]; owner != "" {
			c.report.Add(report.NoEdit, zoneRange(z.Zone, d.File, d.Line, 1),
				"This $GENERATE makes records of %s. Write them out, so that single records can change.",
				strings.TrimSuffix(owner, "."))
		}
	}
}
