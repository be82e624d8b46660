package parser

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// Value is a value of a spec and where it stands. When the argument was left out or
// is null, Set is false, V is the default and Range is the head of the block or that
// of the null.
type Value[T any] struct {
	V     T
	Set   bool
	Range hcl.Range
}

// Spec is all that the files of one folder say, with files in name order.
type Spec struct {
	Topology      *Topology // nil if the block is missing; that is a finding
	Sites         []*Site
	EdgePools     []*EdgePool
	FrontEndPools []*FrontEndPool
	SIPDomains    []*SIPDomain
	XMPP          *XMPPFederation // nil if there is none
	Zones         []*Zone
	Failovers     []*Failover
	Prepares      []*Prepare

	// Digest is "sha256:" and the hash of the spec files with their names, without zone files.
	Digest string
}

// Topology holds what is true for the whole deployment.
type Topology struct {
	Name           string
	Product        Value[string]
	ManagementHost Value[string] // FQDN of the server where Set-CsSite is run
	Range          hcl.Range
}

// Site is a central site. Routes are labels of edge_pool blocks; not set means that
// Get-CsSite shows none.
type Site struct {
	Name                string
	XMPPFederationRoute Value[string]
	FederationRoute     Value[string]
	Range               hcl.Range
}

// EdgePool is an Edge pool and its servers.
type EdgePool struct {
	Name           string
	Site           Value[string] // label of a site block
	FQDN           Value[string] // internal pool FQDN: the service identity is EdgeServer:FQDN
	AccessEdgeFQDN Value[string] // external name of the Access Edge service
	NextHop        Value[string] // FQDN of a Front End pool
	LoadBalancing  Value[string] // dns or hardware
	VirtualIPv4    Value[string]
	NAT            Value[bool]   // public addresses are those of a NAT device
	Product        Value[string] // not set: the product of the topology
	XMPP           *PoolXMPP     // nil: XMPP federation is not enabled on this pool
	Certificate    *Certificate  // nil: not described, so not checked
	Servers        []*Server
	Range          hcl.Range
}

// PoolXMPP is the XMPP federation of an Edge pool. Ports are TCP port numbers.
type PoolXMPP struct {
	ListeningPort Value[int] // default 5269
	InternalPort  Value[int] // default 23456
	Range         hcl.Range
}

// Certificate is the external Edge certificate.
type Certificate struct {
	SubjectAlternativeNames Value[[]string]
	NotAfter                Value[string] // YYYY-MM-DD
	Range                   hcl.Range
}

// Server is an Edge Server; addresses are those of its Access Edge service in
// public DNS.
type Server struct {
	FQDN            Value[string] // the label
	PublicIPv4      Value[string]
	PublicIPv6      Value[string]
	OperatingSystem Value[string]
}

// FrontEndPool is a Front End pool.
type FrontEndPool struct {
	Name              string
	Site              Value[string]
	FQDN              Value[string]
	EdgePool          Value[string] // media association: label of an edge_pool block
	CentralManagement Value[bool]
	Range             hcl.Range
}

// SIPDomain is a SIP domain of the deployment.
type SIPDomain struct {
	Name Value[string] // the label
	XMPP Value[bool]   // contact with XMPP partners is allowed
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
	// Serial is auto, increment, date, or a number from 1 to 4294967295 in digits.
	Serial   Value[string]
	Delivery Value[string] // zone-file, nsupdate, windows-dns or route53
	// SOAPrerequisite asks for an update that is refused once the SOA has changed.
	SOAPrerequisite Value[bool]
	// Computer is the name of a Windows DNS server, as the server itself has it;
	// OperatingSystem is what it runs.
	Computer        Value[string]
	OperatingSystem Value[string]
	Range           hcl.Range
}

// Failover asks for one plan.
type Failover struct {
	Name       Value[string] // the label, and the name of the output folder
	Federation Value[string]
	From       Value[string]
	To         Value[string]
	Reason     Value[string]
	Procedure  Value[string]
	RouteSites Value[string]
	Change     *Change // nil if the block is missing; that is a finding
	Accepts    []*Accept
	Range      hcl.Range
}

// Prepare asks for a plan that makes DNS ready for a later failover: shorter TTLs, and
// SRV records of every pool.
type Prepare struct {
	Name    Value[string] // the label, and the name of the output folder
	TTL     Value[int]    // seconds that no record of the plan will be above
	Change  *Change       // nil if the block is missing; that is a finding
	Accepts []*Accept
	Range   hcl.Range
}

// Change is what the change board wants to know. Times are RFC 3339.
type Change struct {
	Ticket      Value[string]
	Summary     Value[string]
	WindowStart Value[string]
	WindowEnd   Value[string]
	Requester   Value[string]
	Approvers   Value[[]string]
	Range       hcl.Range
}

// Accept is a finding that somebody takes responsibility for.
type Accept struct {
	Code   Value[string] // the label
	Reason Value[string]
}
