package zones

import (
	"fmt"
	"path"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// whole reports a file that no DNS server would load as this zone.
func (zs *Zones) whole(spec *topology.Zone, z *zone) bool {
	var soa []*zonefile.Record
	for i := range z.file.Records {
		r := &z.file.Records[i]
		if r.Type == "SOA" {
			soa = append(soa, r)
		}
	}
	name := strings.TrimSuffix(z.origin, ".")
	_, serial := z.file.Serial()
	unread := z.unread()
	marked, mark := z.Source.Marked()
	// One finding a file: what one case finds makes those below it pointless.
	switch {
	case mark && z.Delivery.V != plan.DeliveryWindowsDNS: // there no server gets the file
		zs.report.Add(report.BadZone, zoneRange(spec, marked, 1, 1),
			"The file begins with a byte order mark, which BIND, Knot DNS and NSD take for a part of a name, and "+
				"refuse the zone. Save it without the mark (UTF-8 without BOM, or Set-Content -Encoding Ascii), or "+
				"export it again, and check that the file on the server has none.")
	case len(soa) == 0 && len(unread) > 0:
		// each of these may have the SOA record
		for _, d := range unread {
			zs.report.Add(report.Unread, zoneRange(spec, d.File, d.Line, 1),
				"The zone file %q has no SOA record itself, and the file of this $INCLUDE is not read: %s. %s",
				spec.File.V, d.Unread.Why, d.Unread.WayOut)
		}
	case len(soa) == 0 || !serial:
		zs.report.Add(report.BadZone, spec.File.Range,
			"The zone file %q does not have exactly one SOA record, so it has no serial to raise.", spec.File.V)
	// before the count: of the file of another zone nothing else is of interest
	case soa[0].Owner != z.origin:
		taken := zs.byOrigin[soa[0].Owner] != nil
		if !taken {
			zs.byOrigin[soa[0].Owner] = z // so that no other finding says that there is no such zone
		}
		zs.report.Add(report.BadZone, spec.Name.Range, "%s", otherZone(spec, soa[0], name, taken))
	case len(soa) > 1:
		zs.report.Add(report.BadZone, z.line(soa[1]),
			"This is a second SOA record, after the one on %s. A zone transfer ends with its SOA once more: take that "+
				"line out.",
			lineOf(soa[0]))
	// $GENERATE may make it, and so may a file that is not read
	case !z.has(z.origin, "NS") && len(zs.makers(z, z.origin, "NS")) == 0 && len(unread) == 0:
		zs.report.Add(report.BadZone, spec.File.Range,
			"The zone file %q has no NS record of %s itself. DNS servers do not load such a zone; export it whole.",
			spec.File.V, name)
	default:
		return true
	}
	return false
}

// otherZone says what to do about the file of another zone than the one that its block names;
// taken: that one has a block as well.
func otherZone(spec *topology.Zone, soa *zonefile.Record, name string, taken bool) string {
	owner := strings.TrimSuffix(soa.Owner, ".")
	text := fmt.Sprintf("The zone file %q is that of %s (its SOA record is in %s), but this block is dns_zone %q.",
		report.Shorten(spec.File.V), owner, lineOf(soa), name)
	switch {
	case strings.Contains(owner, `\`): // no name that a block can have
		text += fmt.Sprintf(" Name the file of %s in the argument file. In it, names that are not ASCII are written "+
			"in A-labels (xn--).", name)
	case taken:
		text += fmt.Sprintf(" That zone has a block already. Name the file of %s in the argument file, or remove this "+
			"block.", name)
	case strings.EqualFold(path.Base(spec.File.V), name):
		text += fmt.Sprintf(" The name of a block is that of the zone, not of its file. Write dns_zone %q {", owner)
	default:
		text += fmt.Sprintf(" Name the file of %s in the argument file; or, if this is the right file, write dns_zone "+
			"%q {", name, owner)
	}
	return text
}
