package delivery

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The script itself changes the zone, so there is no file for its owner.
var windowsDNS = delivery{
	word: plan.DeliveryWindowsDNS,
	apply: func(zone plan.Zone) (forward, back string) {
		// Windows Server 2008 R2 does not have the module; what to look at on the server differs.
		tool := "the cmdlets of the module DnsServer"
		if zone.Dnscmd() {
			tool = "dnscmd and WMI"
		}
		return fmt.Sprintf("Stage DnsServer of the script, run on %s itself, changes the records with %s. New ones "+
				"are read back before an old one goes. The server raises the serial itself.", zone.Computer, tool),
			fmt.Sprintf("Run stage DnsServer of rollback.ps1 on %s.", zone.Computer)
	},
	settled: secondaries,
}
