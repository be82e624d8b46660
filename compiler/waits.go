package compiler

import (
	"slices"
	"strconv"
	"strings"
	"time"

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
	w.Secondary = soaNumber(fields, soaRefresh)
	return w
}

// Places of numbers in the data of an SOA record.
const (
	soaRefresh = 3
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

// earliest lists what has to wait for old answers to die: a failover that was prepared,
// or the end of the pool that is left.
func (j *job) earliest(plan *Plan) []Earliest {
	out := []Earliest{}
	for _, zone := range plan.Zones {
		if !zone.Changed() {
			continue
		}
		e := Earliest{What: "failover", Zone: zone.Name, Seconds: zone.Wait.Caches()}
		if plan.Kind == KindFailover {
			e.What = "shutdown of " + plan.From.Name
		}
		if end, err := time.Parse(time.RFC3339, j.f.Change.WindowEnd.V); err == nil {
			e.At = end.UTC().Add(time.Duration(e.Seconds) * time.Second).Format(time.RFC3339)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Earliest) int { return compareNames(a.Zone, b.Zone) })
	return out
}
