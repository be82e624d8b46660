package topology

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// SIPDomain is a SIP domain of the deployment.
type SIPDomain struct {
	Name Value[string] // the label
	XMPP Value[bool]   // contact with XMPP partners is allowed
	// FederationHost is the name at which the records of SIP federation point and whose addresses move;
	// not set: they point at the pools.
	FederationHost Value[string]
}

// SIPFederation is what is known of SIP federation.
type SIPFederation struct {
	Partners Value[[]string]
	Range    hcl.Range
}

// XMPPFederation is how XMPP partners find the deployment.
type XMPPFederation struct {
	Host     Value[string] // not set: SRV records point at the pools
	Partners Value[[]string]
	Range    hcl.Range
}

// Zone is a public DNS zone. Source is the zone file and those that it includes; nil if
// the zone file could not be read, which is a finding.
type Zone struct {
	Name   Value[string] // the label
	File   Value[string] // path in the spec's folder, with slashes
	Source *zonefile.Source
	// Includes has paths of $INCLUDE lines and the files in the spec's folder that stand for
	// them.
	Includes Value[map[string]Value[string]]
	Server   Value[string]
	Site     Value[string] // where the server is: label of a site block
	// Serial is auto, increment, date, or a number from 1 to 4294967295 in digits.
	Serial   Value[string]
	Delivery Value[string] // zone-file, nsupdate, windows-dns or route53
	// SOAPrerequisite asks for an update that is refused once the SOA has changed.
	SOAPrerequisite Value[bool]
	// Computer is the name of a Windows DNS server, as the server itself has it;
	// OperatingSystem is what it runs.
	Computer        Value[string]
	OperatingSystem Value[string]
	CI              Value[string]
	Range           hcl.Range
}

// ComputerName is the name of the computer on which the zone is changed, if a script does.
func (z *Zone) ComputerName() Value[string] {
	if z.Computer.Set {
		return z.Computer
	}
	return z.Server
}
