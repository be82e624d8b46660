package delivery

import (
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/zonediff"
)

// Maker makes the text of a file of a zone. An error names what the file cannot hold.
type Maker func(planName string, zone plan.Zone) (string, error)

// File is one file of a zone. Name is relative to the folder of the plan, with slashes.
type File struct {
	Name string
	Make Maker
}

// A delivery is one way to change a zone.
type delivery struct {
	word  string
	files []ending
	// apply says how the DNS owner makes the change, and how it is undone.
	apply func(plan.Zone) (forward, back string)
	// settled says when no cache has an old answer any more.
	settled func(plan.Zone) string
	// serial is the one that the DNS owner gives the zone by the change or its rollback;
	// 0 where the server raises it. It is nil where he gives none.
	serial func(zone plan.Zone, back bool) uint32
}

// An ending tells a file from the others of its zone.
type ending struct {
	end  string
	make Maker
}

// deliveries are all that there are, each in a file of its own.
var deliveries = []delivery{zoneFile, nsupdate, windowsDNS, route53}

// of is the delivery of a zone. Decode refuses a plan with another word.
func of(zone plan.Zone) delivery {
	i := slices.IndexFunc(deliveries, func(d delivery) bool { return d.word == zone.Delivery })
	// A mistake in edgeplan: the word is checked where plans come from, in the parser and in Decode.
	if i < 0 {
		panic(fmt.Sprintf("zone %q: no delivery %q", zone.Name, zone.Delivery))
	}
	return deliveries[i]
}

// common is the file that every delivery has.
var common = ending{".json", zonediff.Changes}

// Files lists the files of a zone: what every delivery has, and then its own. The files of
// [words.TextFiles] come to these where the zone is changed in its files.
func Files(zone plan.Zone) []File {
	var out []File
	// A new slice: files of the delivery is shared by all plans.
	for _, f := range append([]ending{common}, of(zone).files...) {
		out = append(out, File{base(zone) + f.end, f.make})
	}
	return out
}

// Update is the name of the nsupdate file of a zone, and empty if its delivery has none.
func Update(zone plan.Zone) string {
	// By the end of the name: a zone in files has the updates too.
	if slices.ContainsFunc(of(zone).files, func(f ending) bool { return f.end == updates[0].end }) {
		return base(zone) + updates[0].end
	}
	return ""
}

// Apply says how the DNS owner makes the change, and how it is undone.
func Apply(zone plan.Zone) (forward, back string) { return of(zone).apply(zone) }

// OldAnswers says how long resolvers may give the old answers of a zone.
func OldAnswers(zone plan.Zone) []string {
	w := zone.Wait
	var out []string
	// An old record is given for its TTL, and that there was none for the negative TTL of the SOA record.
	if w.Old > 0 {
		out = append(out, fmt.Sprintf("Resolvers may give the old records for up to %s after the last name server of "+
			"the zone has the new ones: the longest old TTL.", plan.Seconds(w.Old)))
	}
	if w.Negative > 0 {
		out = append(out, fmt.Sprintf("Some records are new. Resolvers that asked before may remember for up to %s "+
			"that there was none: the negative TTL of the zone.", plan.Seconds(w.Negative)))
	}
	if zone.Changed() {
		out = append(out, of(zone).settled(zone))
	}
	return out
}

// Serial is the serial that the DNS owner gives a zone by the change or its rollback, 0 where
// the server raises it itself; ok is false where he gives none.
func Serial(zone plan.Zone, back bool) (serial uint32, ok bool) {
	give := of(zone).serial
	if give == nil {
		return 0, false
	}
	return give(zone, back), true
}

func base(zone plan.Zone) string { return "dns/" + words.FileBase(zone) }

// secondaries is settled where secondary servers ask for the zone in their own time.
func secondaries(zone plan.Zone) string {
	w := zone.Wait
	return fmt.Sprintf("A secondary server that no NOTIFY reaches gets the new zone up to %s later: the refresh time "+
		"of the SOA record and one retry, at least the 300 s and 500 s that BIND waits. After %s in all no cache that "+
		"keeps to the TTL has an old answer.", plan.Seconds(w.Secondary), plan.Seconds(w.Everywhere()))
}
