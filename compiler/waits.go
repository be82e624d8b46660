package compiler

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// waits tells how long answers from before a change live on. The negative TTL counts
// for a set that is new, also where the name has other records: resolvers remember
// that there was none of this type (RFC 2308, section 5).
func waits(sets []RecordSet, soa zonefile.RRset) Wait {
	var w Wait
	fields := strings.Fields(strings.Join(soa.Data, " "))
	for _, set := range sets {
		switch {
		case !set.Changed():
		case len(set.Old) > 0:
			w.Old = max(w.Old, set.OldTTL)
		default:
			w.Negative = min(soa.TTL, soaNumber(fields, soaMinimum))
		}
	}
	w.Secondary = atMost32(max(soaNumber(fields, soaRefresh), minRefresh), max(soaNumber(fields, soaRetry), minRetry))
	return w
}

// The least times in seconds that BIND 9.18 counts with as a secondary, whatever the SOA
// says: the defaults of min-refresh-time and min-retry-time. Other servers wait less.
const (
	minRefresh = 300
	minRetry   = 500
)

// atMost32 adds numbers of seconds, and stops at the largest one.
func atMost32(a, b uint32) uint32 {
	return uint32(min(uint64(a)+uint64(b), math.MaxUint32))
}

// Places of numbers in the data of an SOA record.
const (
	soaSerial  = 2
	soaRefresh = 3
	soaRetry   = 4
	soaMinimum = 6
)

// soaNumber is one of the numbers of an SOA record, in seconds.
func soaNumber(fields []string, at int) uint32 {
	if len(fields) <= at {
		return 0
	}
	n, _ := strconv.ParseUint(fields[at], 10, 32)
	return uint32(n)
}

// checkTimes reports times of a zone file that servers read in different ways. Windows DNS
// Server, which the script edits itself, gives the TTLs; no file is loaded there.
func (j *job) checkTimes(z *zone) {
	if z.Delivery.V == windowsDNS {
		return
	}
	times := z.file.Times
	const others = "BIND, NSD and Knot DNS read %d, and so does this plan. Write a number of seconds."
	switch {
	case times.Directive.Line > 0:
		j.report(codeSumOfTimes, zoneRange(z.Zone, times.Directive.File, times.Directive.Line, 1), "Records take their TTL from this $TTL of %s. PowerDNS 4.7.3 takes the first number and the last unit of it, and serves %d seconds; "+others, times.Directive.Text, times.Directive.PowerDNS, times.Directive.Seconds)
	case times.SOA.Line > 0:
		j.report(codeSumOfTimes, zoneRange(z.Zone, times.SOA.File, times.SOA.Line, 1), "This SOA record has the number %s. PowerDNS 4.7.3 takes the first number and the last unit of it, and serves %d seconds; "+others, times.SOA.Text, times.SOA.PowerDNS, times.SOA.Seconds)
	case times.Record.Line > 0:
		j.report(codeSumOfTimes, zoneRange(z.Zone, times.Record.File, times.Record.Line, 1), "This record has the TTL %s. PowerDNS 4.7.3 does not load a file with such a record; "+others, times.Record.Text, times.Record.Seconds)
	}
	const advice = "Write a $TTL at the head of the file, or a TTL into each record."
	switch {
	case times.NoTTL == 0:
	case times.NoTTLSource == zonefile.TTLPrevious:
		j.report(codeNoTTL, zoneRange(z.Zone, times.NoTTLFile, times.NoTTL, 1), "This record has no TTL, and no $TTL is above it. The plan counts with the TTL of the record before, as BIND and PowerDNS do; NSD 4.6.1 and Knot DNS 3.2.6 take 3600 seconds, a default of their own, and Windows DNS Server the minimum field of the SOA record. "+advice)
	default:
		j.report(codeNoTTL, zoneRange(z.Zone, times.NoTTLFile, times.NoTTL, 1), "This record has no TTL, and no $TTL is above it. The plan counts with %d seconds, the minimum field of the SOA record, as BIND and Windows DNS Server do; NSD 4.6.1 and Knot DNS 3.2.6 take 3600, a default of their own, and PowerDNS 4.7.3 the TTL of the record before. "+advice, z.file.DefaultTTL)
	}
}

// earliest lists what has to wait for old answers to die: a failover that was prepared,
// or the end of the pool that is left, where that is up.
func earliest(plan *Plan) []Earliest {
	out := []Earliest{}
	if plan.Kind == KindFailover && plan.Reason != "planned" {
		return out
	}
	for _, zone := range plan.Zones {
		if !zone.Changed() {
			continue
		}
		e := Earliest{What: "failover", Zone: zone.Name, Seconds: zone.Wait.Caches()}
		if plan.Kind == KindFailover {
			e.What = "shutdown of " + plan.From.Name
			if hasStage(plan.Stages, StopOld) {
				e.What = "stage " + StopOld + ", and after it shutdown of " + plan.From.Name
			}
		}
		if end, err := time.Parse(time.RFC3339, plan.Change.WindowEnd); err == nil {
			e.At = end.Add(time.Duration(e.Seconds) * time.Second).Format(time.RFC3339)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Earliest) int { return dnsname.Compare(a.Zone, b.Zone) })
	return out
}
