package topology

import "slices"

var (
	products         = []string{"lync-server-2013", "sfb-server-2015", "sfb-server-2019", "sfb-server-se"}
	deliveries       = []string{"zone-file", "nsupdate", "windows-dns", "route53"}
	operatingSystems = []string{
		"windows-server-2012-r2", "windows-server-2008-r2", "windows-server-2012",
		"windows-server-2016", "windows-server-2019", "windows-server-2022", "windows-server-2025",
	}
)

// Products are the words for what servers run.
func Products() []string { return slices.Clone(products) }

// Deliveries are the words for how a zone is changed, the default first.
func Deliveries() []string { return slices.Clone(deliveries) }

// OperatingSystems are the words for the systems that servers run on, the default first.
func OperatingSystems() []string { return slices.Clone(operatingSystems) }
