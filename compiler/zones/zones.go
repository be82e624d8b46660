package zones

import (
	"errors"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/internal/parallel"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// Zones are the zones of a topology with their files read as far as any plan could need
// them.
type Zones struct {
	topology *topology.Topology
	report   *report.Spec
	all      []*zone
	// byOrigin are the zones by their names; of two with one name, the first.
	byOrigin map[string]*zone
	// keep has the names of the spec in DNS.
	keep *keep
	// holders has the names of keep by the zones that they are in, once they were asked for.
	holders map[*zone][]string
	asked   int // see maxAsked
	sip     bool

	// siblings, by federation, are those that all plans ask for, once one has.
	siblings map[string]*siblings

	// AddressesUnknown: an address of a pool is missing or wrong, which has been reported. What
	// is in DNS cannot be compared with the addresses of the pools.
	AddressesUnknown bool
}

// Open reads the zone files; with sip also for plans that move SIP federation. The names of public DNS in
// the topology have to be in ASCII.
func Open(t *topology.Topology, sip bool, r *report.Spec) *Zones { return open(t, sip, r, nil) }

// open is Open with zones that have been read before, by their blocks. These are as any reading would
// leave them: the names of the spec, which decide what is kept of a file, are the same.
func open(t *topology.Topology, sip bool, r *report.Spec, before map[*topology.Zone]*zone) *Zones {
	zs := &Zones{topology: t, report: r, keep: newKeep(t, sip), sip: sip, byOrigin: map[string]*zone{},
		siblings: map[string]*siblings{}}
	var fresh []*zone
	for _, spec := range t.Zones {
		z := before[spec]
		if z == nil {
			z = &zone{Zone: spec, origin: dnsname.Absolute(spec.Name.V)}
		}
		zs.all = append(zs.all, z)
		if zs.byOrigin[z.origin] == nil {
			zs.byOrigin[z.origin] = z
		}
		// the parser or the rules about names have said why
		if before[spec] == nil && spec.Source != nil && dnsname.WrongZone(spec.Name.V) == "" {
			// what $GENERATE lines make is checked within a bound for all zones together
			spec.Source.Zones = len(t.Zones)
			fresh = append(fresh, z)
		}
	}
	for i, err := range readAll(fresh, zs.keep) {
		if z := fresh[i]; err != nil {
			zs.reportZone(z.Zone, err)
		} else if !zs.whole(z.Zone, z) {
			z.file = nil
		}
	}
	// a keep of its own, which takes up names of the zone files; zs.keep has those of the spec
	zs.readAgain(zs.keep.copied(), before)
	return zs
}

// readAll reads the files of zones, as many at once as there are processors, and gives the errors by zone. No
// reading writes into anything that another one uses.
func readAll(all []*zone, k *keep) []error {
	errs := make([]error, len(all))
	parallel.Each(len(all), func(i int) { errs[i] = all[i].read(k) })
	return errs
}

func (zs *Zones) reportZone(spec *topology.Zone, err error) {
	var at *zonefile.Error
	if !errors.As(err, &at) {
		zs.report.Add(report.BadZone, spec.File.Range, "The zone file %q cannot be read: %s.", spec.File.V, err)
		return
	}
	zs.report.Add(report.BadZone, zoneRange(spec, at.File, at.Line, at.Column), "%s.", strings.TrimSuffix(at.Msg, "."))
}

// zoneOf returns the zone that holds a name, nil if no declared zone does.
func (zs *Zones) zoneOf(name string) *zone {
	for rest := name; rest != ""; {
		// Under is asked because the cut below does not know escaped dots
		if z := zs.byOrigin[rest]; z != nil && dnsname.Under(name, rest) {
			return z
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
	// what is under no other name is under the root, if a spec has that as a zone
	return zs.byOrigin["."]
}

// isKnown tells whether a name is one of the plan, or has records in a zone.
func (zs *Zones) isKnown(name string) bool {
	z := zs.zoneOf(name)
	return has(zs.keep, name) || z != nil && (z.has(name, "A") || z.has(name, "AAAA") || z.has(name, "CNAME"))
}
