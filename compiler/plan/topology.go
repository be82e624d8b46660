package plan

import "github.com/edgeplan/edgeplan/compiler/cmdlet"

// Topology is the deployment before the change, as a rehearsal simulates it: values of the
// spec without their places. It is not part of plan.json. Lists are in the order of their
// names.
type Topology struct {
	Sites         []Site
	EdgePools     []EdgePool
	FrontEndPools []FrontEndPool
	SIPDomains    []string
}

// Site is a central site. Route is the name of the Edge pool of its XMPP
// federation route, and SIPRoute that of its SIP federation route; empty if it has none.
type Site struct{ Name, Route, SIPRoute string }

// EdgePool is an Edge pool. Servers are in the order of their names.
type EdgePool struct {
	Name, Site, FQDN, AccessEdgeFQDN string
	NextHop                          string
	Product                          cmdlet.Product
	ListeningPort, InternalPort      int    // of XMPP; 0 where it is not enabled
	SIPFederation                    bool   // is enabled today
	VirtualIPv4                      string // of a hardware load balancer; else empty
	Servers                          []EdgeServer
}

// EdgeServer is an Edge Server and its public addresses.
type EdgeServer struct {
	FQDN   string
	Public []string
}

// FrontEndPool is a Front End pool. Servers are those that the spec names, in the order of their
// names.
type FrontEndPool struct {
	FQDN, Site        string
	CentralManagement bool
	EdgePool          string // the name of the one that its media goes through; empty if the spec does not say
	Servers           []string
}
