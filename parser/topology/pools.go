package topology

import "github.com/hashicorp/hcl/v2"

// Site is a central site. Routes are labels of edge_pool blocks; not set means that
// Get-CsSite shows none.
type Site struct {
	Name                string
	XMPPFederationRoute Value[string]
	FederationRoute     Value[string]
	CI                  Value[string] // of the CMDB, as in all blocks that have one
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
	// SIPFederation is whether SIP federation is enabled on the pool today; not set: it is where a route
	// leads there.
	SIPFederation Value[bool]
	CI            Value[string]
	Servers       []*Server
	Range         hcl.Range
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
	CI              Value[string]
}

// FrontEndPool is a Front End pool.
type FrontEndPool struct {
	Name              string
	Site              Value[string]
	FQDN              Value[string]
	EdgePool          Value[string] // media association: label of an edge_pool block
	CentralManagement Value[bool]
	CI                Value[string]
	Servers           []*FrontEndServer // none: not named, so their replicas are not checked
	Range             hcl.Range
}

// FrontEndServer is a Front End Server.
type FrontEndServer struct {
	FQDN            Value[string] // the label
	OperatingSystem Value[string]
	CI              Value[string]
}
