package zones

import (
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// After opens the zones as they will be when a plan has been carried out. The topology is that of the
// zones or a copy of it; it gets blocks of its own for the zones that the plan changes. Of zones that
// it leaves alone nothing is read again.
func (zs *Zones) After(t *topology.Topology, planned []plan.Zone, r *report.Spec) (*Zones, error) {
	t.Zones = slices.Clone(t.Zones)
	same := map[*topology.Zone]*zone{}
	for i, z := range zs.all {
		at := slices.IndexFunc(planned, func(p plan.Zone) bool { return dnsname.Same(p.Name, z.Name.V) && p.Changed() })
		if at < 0 {
			same[z.Zone] = z
			continue
		}
		texts, err := z.textsAfter(planned[at])
		if err != nil {
			return nil, fmt.Errorf("zone %s: %w", z.Name.V, err)
		}
		changed := *z.Zone
		changed.Source = z.Source.With(texts)
		t.Zones[i] = &changed
	}
	out := open(t, zs.sip, r, same)
	out.AddressesUnknown = zs.AddressesUnknown
	return out, nil
}

// textsAfter are the files of a zone after a change of it.
func (z *zone) textsAfter(planned plan.Zone) ([][]byte, error) {
	files := planned.Files()
	if !planned.ByFile() {
		// A plan for an update has no text, but the owner exports the zone with these records next time.
		files = unchanged(z.Source.Files)
		if err := edit(z.file, files, planned.Records, planned.NewSerial); err != nil {
			return nil, err
		}
	}
	var texts [][]byte
	for _, file := range files {
		texts = append(texts, file.Text.Bytes())
	}
	return texts, nil
}
