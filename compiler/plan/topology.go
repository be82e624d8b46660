package plan

import "github.com/edgeplan/edgeplan/compiler/cmdlet"

// Estate is what stands before the change as the spec describes it: what a rehearsal
// simulates. It is not part of plan.json. Lists are in the order of their names.
type Estate struct {
	Sites      []EstateSite
	EdgePools  []EstatePool
	FrontEnds  []EstateFrontEnd
	SIPDomains []string
}

// EstateSite is a central site. Route is the name of the Edge pool of its XMPP
// federation route; empty if it has none.
type EstateSite struct{ Name, Route string }

// EstatePool is an Edge pool. Servers are in the order of their names.
type EstatePool struct {
	Name, Site, FQDN, AccessEdgeFQDN string
	NextHop                          string
	Product                          cmdlet.Product
	ListeningPort, InternalPort      int    // of XMPP; 0 where it is not enabled
	VirtualIPv4                      string // of a hardware load balancer; else empty
	Servers                          []EstateServer
}

// EstateServer is an Edge Server and its public addresses.
type EstateServer struct {
	FQDN   string
	Public []string
}

// EstateFrontEnd is a Front End pool.
type EstateFrontEnd struct {
	FQDN, Site        string
	CentralManagement bool
}
