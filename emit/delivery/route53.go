package delivery

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/zonediff"
)

var batches = []ending{{".route53.json", zonediff.Route53}, {".rollback.route53.json", zonediff.Route53Rollback}}

var route53 = delivery{
	word:  plan.DeliveryRoute53,
	files: batches,
	apply: func(zone plan.Zone) (forward, back string) {
		// ID: the spec does not know the hosted zone, which has one in each account.
		const command = "aws route53 change-resource-record-sets --hosted-zone-id ID --change-batch file://%s"
		return fmt.Sprintf("In this folder run "+command+" with the ID of the hosted zone %s. The batch is applied "+
				"whole or not at all: it deletes each old set with the values and the TTL that are shown as old, and "+
				"fails if the hosted zone has others; a set that is only new must not be there yet. Route 53 has no "+
				"serial to raise and ignores the SOA record of the zone file. aws route53 get-change tells when "+
				"all servers have it: INSYNC.", base(zone)+batches[0].end, words.FileBase(zone)),
			fmt.Sprintf("Run "+command+".", base(zone)+batches[1].end)
	},
	settled: func(zone plan.Zone) string {
		return fmt.Sprintf("Once Route 53 says INSYNC, no cache that keeps to the TTL has an old answer after %s.",
			plan.Seconds(zone.Wait.Caches()))
	},
}
