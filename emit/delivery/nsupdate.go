package delivery

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/zonediff"
)

// updates are the files of a dynamic update, which a zone in files has too: its server may
// turn out to keep the zone as a dynamic one.
var updates = []ending{{".nsupdate", zonediff.Nsupdate}, {".rollback.nsupdate", zonediff.NsupdateRollback}}

var nsupdate = delivery{
	word:  plan.DeliveryNsupdate,
	files: updates,
	apply: func(zone plan.Zone) (forward, back string) {
		// The serial is asked for only where the spec says so: on a busy dynamic zone it changes all the time.
		soa := ""
		if zone.SOAPrerequisite {
			soa = fmt.Sprintf(", while the zone still has serial %d", zone.OldSerial)
		}
		return fmt.Sprintf("Send %s to %s with nsupdate or knsupdate. It is applied whole or not at all, and only on "+
				"the records shown as old, whatever their TTLs%s: NXRRSET or YXRRSET means that the zone has others, "+
				"and nothing was changed. The server raises the serial itself and rewrites its file: do not "+
				"edit that.",
				base(zone)+updates[0].end, zone.Server, soa),
			fmt.Sprintf("Send %s likewise.", base(zone)+updates[1].end)
	},
	settled: secondaries,
	// 0: the server counts up itself with each update (RFC 2136, section 3.6).
	serial: func(plan.Zone, bool) uint32 { return 0 },
}
