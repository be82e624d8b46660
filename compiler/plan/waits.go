package plan

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// Waits tells how long answers from before a change live on. The negative TTL counts
// for a set that is new, also where the name has other records: resolvers remember
// that there was none of this type (RFC 2308, section 5).
func Waits(sets []RecordSet, soa zonefile.RRset) Wait {
	var w Wait
	fields := strings.Fields(strings.Join(soa.Data, " "))
	for _, set := range sets {
		switch {
		case !set.Changed():
		case len(set.Old) > 0:
			w.Old = max(w.Old, set.OldTTL)
			// The TTL that the resolver got with the answer counts, not the new one.
		default:
			// The same for every new set, as the negative TTL is one of the zone.
			w.Negative = min(soa.TTL, SOANumber(fields, SOAMinimum))
		}
	}
	// A server that missed the NOTIFY asks after the refresh time; if that fails, once more after the retry
	// time.
	w.Secondary = atMost32(max(SOANumber(fields, SOARefresh), minRefresh), max(SOANumber(fields, SOARetry), minRetry))
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
	SOASerial  = 2
	SOARefresh = 3
	SOARetry   = 4
	SOAMinimum = 6
)

// SOANumber is one of the numbers of an SOA record, in seconds.
func SOANumber(fields []string, at int) uint32 {
	// In a plan that was read the SOA is a text of whoever wrote it.
	if len(fields) <= at {
		return 0
	}
	n, _ := strconv.ParseUint(fields[at], 10, 32)
	return uint32(n)
}

// EarliestOf lists what has to wait for old answers to die, which the procedure says, by zone.
func EarliestOf(plan *Plan) []Earliest {
	out := []Earliest{}
	if plan.Model.Later == "" {
		return out
	}
	for _, zone := range plan.Zones {
		if !zone.Changed() {
			continue
		}
		// Caches and not Everywhere: the sentence counts from the moment at which all name servers have the
		// records.
		e := Earliest{What: plan.Model.Later, Zone: zone.Name, Seconds: zone.Wait.Caches()}
		// The end of the window is the latest moment of the change, so what follows from it is safe.
		if end, err := time.Parse(time.RFC3339, plan.Change.WindowEnd); err == nil {
			e.At = end.Add(time.Duration(e.Seconds) * time.Second).Format(time.RFC3339)
		}
		out = append(out, e)
	}
	// By name, which is what people look for.
	slices.SortFunc(out, func(a, b Earliest) int { return dnsname.Compare(a.Zone, b.Zone) })
	return out
}

// DayOf is the day of a time in UTC, as YYYYMMDD.
func DayOf(rfc3339 string) (day int, ok bool) {
	start, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return 0, false
	}
	// A date has no zone; in UTC the serial is the same wherever the plan is made.
	day, _ = strconv.Atoi(start.UTC().Format("20060102"))
	return day, true
}

// BackBy is the last moment at which all name servers can have the old records again, so that at the end of
// the window no cache that keeps to the TTL has an answer of the change, and for how long it may keep one; ok is
// false where the window has no end or no record changes.
func (p *Plan) BackBy() (last Latest, ok bool) {
	end, err := time.Parse(time.RFC3339, p.Change.WindowEnd)
	if err != nil {
		return Latest{}, false
	}
	for _, zone := range p.Zones {
		negative := SOANumber(strings.Fields(zone.SOA), SOAMinimum)
		for _, set := range zone.Records {
			switch {
			case !set.Changed():
				continue
			case len(set.New) > 0:
				last.Seconds = max(last.Seconds, set.NewTTL)
			default:
				// The change removes it: resolvers remember that there is none.
				last.Seconds = max(last.Seconds, negative)
			}
			ok = true
		}
	}
	last.At = end.Add(-time.Duration(last.Seconds) * time.Second).Format(time.RFC3339)
	return last, ok
}

// Latest is the last moment of something, in RFC 3339, which is Seconds before another one.
type Latest struct {
	At      string
	Seconds uint32
}

// WindowLength is how long the window is in seconds; 0 where it lacks a start or an end, or is not sound.
func (p *Plan) WindowLength() uint32 {
	start, err1 := time.Parse(time.RFC3339, p.Change.WindowStart)
	end, err2 := time.Parse(time.RFC3339, p.Change.WindowEnd)
	if err1 != nil || err2 != nil || !end.After(start) {
		return 0
	}
	return uint32(min(end.Sub(start)/time.Second, math.MaxUint32))
}

// UTC is a time of RFC 3339 in UTC and whole seconds, as in 2026-12-05T22:00:00Z, so that texts compare as times do. It is
// empty for what is no time, and for one that is not in the years 1 to 9999 there.
func UTC(rfc3339 string) string {
	at, err := time.Parse(time.RFC3339, rfc3339)
	// The time zone may move a time of the year 9999 into one with five digits.
	if at = at.UTC(); err != nil || at.Year() < 1 || at.Year() > 9999 {
		return ""
	}
	return at.Format("2006-01-02T15:04:05Z")
}
