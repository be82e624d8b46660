package emit

import (
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/ticket"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Ticket makes the change ticket of a plan, with the checksum of the package that build makes of it.
func Ticket(p *plan.Plan) (*ticket.Ticket, error) {
	all, sums, err := fromPlan(p)
	if err != nil {
		return nil, err
	}
	// New zone files are listed in SHA256SUMS too, and the plan has no more of them than their sums.
	for _, zone := range p.Zones {
		for _, file := range words.TextFiles(zone) {
			all = append(all, Artifact{Name: file.Zone})
			sums[file.Zone] = file.NewSHA256
		}
	}
	sortByName(all)
	return ticket.Of(p, sumsOf(all, sums).SHA256())
}
