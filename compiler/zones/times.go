package zones

import (
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// checkTimes reports times of a zone file that servers read in different ways. Windows DNS
// Server, which the script edits itself, gives the TTLs; no file is loaded there.
func checkTimes(c *Changes, z *zone) {
	if z.Delivery.V == plan.DeliveryWindowsDNS {
		return
	}
	// Measured: PowerDNS 4.7.3 serves 60 s for $TTL 1h30m; BIND, NSD and Knot DNS serve 5400.
	// One finding a zone, at what most records take their time from.
	times := z.file.Times
	const others = "BIND, NSD and Knot DNS read %d, and so does this plan. Write a number of seconds."
	switch {
	case times.Directive.Line > 0:
		c.report.Add(report.SumOfTimes, zoneRange(z.Zone, times.Directive.File, times.Directive.Line, 1),
			"Records take their TTL from this $TTL of %s. PowerDNS 4.7.3 takes the first number and the last unit of "+
				"it, and serves %d seconds; "+others,
			times.Directive.Text, times.Directive.PowerDNS, times.Directive.Seconds)
	case times.SOA.Line > 0:
		c.report.Add(report.SumOfTimes, zoneRange(z.Zone, times.SOA.File, times.SOA.Line, 1),
			"This SOA record has the number %s. PowerDNS 4.7.3 takes the first number and the last unit of it, and "+
				"serves %d seconds; "+others,
			times.SOA.Text, times.SOA.PowerDNS, times.SOA.Seconds)
	case times.Record.Line > 0:
		c.report.Add(report.SumOfTimes, zoneRange(z.Zone, times.Record.File, times.Record.Line, 1),
			"This record has the TTL %s. PowerDNS 4.7.3 does not load a file with such a record; "+others,
			times.Record.Text, times.Record.Seconds)
	}
	const advice = "Write a $TTL at the head of the file, or a TTL into each record."
	at := zoneRange(z.Zone, times.NoTTLFile, times.NoTTL, 1)
	switch {
	// lines count from 1: there is no such record
	case times.NoTTL == 0:
	case times.NoTTLSource == zonefile.TTLPrevious:
		c.report.Add(report.NoTTL, at,
			"This record has no TTL, and no $TTL is above it. The plan counts with the TTL of the record before, as "+
				"BIND and PowerDNS do; NSD 4.6.1 and Knot DNS 3.2.6 take 3600 seconds, a default of their own, and "+
				"Windows DNS Server the minimum field of the SOA record. "+advice)
	default:
		c.report.Add(report.NoTTL, at,
			"This record has no TTL, and no $TTL is above it. The plan counts with %d seconds, the minimum field of "+
				"the SOA record, as BIND and Windows DNS Server do; NSD 4.6.1 and Knot DNS 3.2.6 take 3600, a default "+
				"of their own, and PowerDNS 4.7.3 the TTL of the record before. "+advice,
			z.file.DefaultTTL)
	}
}
