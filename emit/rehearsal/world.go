package rehearsal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// World is what LyncSim.psm1 keeps in world.json. Its functions say what each part does.
type World struct {
	Version       int
	RouteProperty string // of XMPP, of Get-CsSite, and parameter of Set-CsSite
	HasXmpp       bool   // the product has it
	MovesSip      bool   // the plan moves SIP federation: it is shown
	ChangesHop    bool   // the plan changes a next hop: they are shown
	MovesMedia    bool   // ... the media of Front End pools
	Federated     bool
	Master        string // FQDN of the active Central Management server
	Store         *Store // nil: the store runs
	SipDomains    []string
	Partners      []Partner
	SipPartners   []string // domains that are allowed
	Sites         []Site
	Pools         []Pool
	Hosts         []Host
	Public        []Public
	Replicas      []Replica
	Zones         []Zone
	Serials       []Serial
	Dns           []Set
}

// Store is a Central Management store whose pool is down, until Down is false: it is at From then, and
// Backup is the pool paired with that. State is that of Backup's back end, or of its primary one.
type Store struct {
	Down                         bool
	From, Backup, State          string
	SqlServer, SqlInstance       string
	MirrorServer, MirrorInstance string
}

// Partner is an allowed XMPP partner: its primary domain, and others.
type Partner struct {
	Domain     string
	Additional []string
}

// Site is a site; Route, of XMPP, and SipRoute are what Get-CsSite shows, empty for none.
type Site struct {
	Name, Route, SipRoute string
	SiteId                int
}

// Pool is an Edge pool or a Front End pool. SipPort is 5061 where SIP federation is enabled in the
// topology, else empty. Media is the Edge pool that the media of a Front End pool goes through, by its FQDN; Down is
// that of one at the site of a pool that failed.
type Pool struct {
	Fqdn, Site, Service, Registrar, AccessEdge string
	Computers                                  []string
	XmppListeningPort, XmppInternalPort        string
	SipPort, Media                             string
	Down                                       bool
}

// Host is a computer that runs. Kind is edge, frontend or dns. Dns is empty or what its
// DNS server is changed with: DnsServer or dnscmd.
type Host struct {
	Name, Kind, Pool string
	Product          cmdlet.Product // empty for dns
	Dns              string
	Services         []Service
	Certificates     []Certificate // of an Edge Server
	SipRole          bool          // Setup has installed SIP federation on this Edge Server
}

// Certificate is one in the store My or Root. Uses are what Get-CsCertificate shows.
type Certificate struct {
	Store, Subject, Issuer, Thumbprint string
	NotBefore, NotAfter                string // RFC 3339
	HasPrivateKey                      bool
	Uses                               []string
}

// Service is a Windows service. Until the clock shows Due, its status is Pending.
type Service struct {
	Name, DisplayName, Status, Pending string
	Due                                int
	Disabled                           bool // by administrators: it does not start
}

// Public is an address and the servers behind it.
type Public struct {
	Address string
	Hosts   []string
}

// Replica is what a computer uses of the configuration that has reached it: the version, the allowed partners and, on
// an Edge Server, the routes to its pool, that pool where it has SIP federation, and its next hop.
type Replica struct {
	Host                string
	Applied, Due        int
	Routes              []string
	SipRoutes, SipPools []string
	Partners            []Partner
	NextHop             string
}

// Deliver gives a replica the present configuration.
func (w *World) Deliver(r *Replica) {
	for _, host := range w.Hosts {
		if host.Name == r.Host {
			due := r.Due
			*r = w.used().replica(host)
			r.Applied, r.Due = w.Version, due
		}
	}
}

// used is the configuration of a world by the Edge pools that use it. Each has its own part: with all routes in the
// replica of each server, a kit of a large deployment would be mostly these.
type used struct {
	world          *World
	routes, sip    map[string][]string // the routes to a pool, each once
	enabled, edges map[string]bool
	hops           map[string]string
}

func (w *World) used() used {
	u := used{w, map[string][]string{}, map[string][]string{}, map[string]bool{}, map[string]bool{}, map[string]string{}}
	pools := map[string]string{} // by what a route may name
	for _, pool := range w.Pools {
		if pool.Service != "EdgeServer:"+pool.Fqdn {
			continue
		}
		u.edges[pool.Fqdn], u.enabled[pool.Fqdn], u.hops[pool.Fqdn] = true, pool.SipPort != "", pool.Registrar
		for _, name := range append([]string{pool.Service}, pool.Computers...) {
			pools[name] = pool.Fqdn
		}
	}
	add := func(to map[string][]string, route string) {
		if pool, ok := pools[route]; ok && !slices.Contains(to[pool], route) {
			to[pool] = append(to[pool], route)
		}
	}
	for _, site := range w.Sites {
		add(u.routes, site.Route)
		add(u.sip, site.SipRoute)
	}
	return u
}

func (u used) replica(host Host) Replica {
	out := Replica{Host: host.Name, Applied: 1, Routes: []string{}, SipRoutes: []string{}, SipPools: []string{}, Partners: u.world.Partners}
	if !u.edges[host.Pool] {
		return out
	}
	out.Routes, out.SipRoutes = append(out.Routes, u.routes[host.Pool]...), append(out.SipRoutes, u.sip[host.Pool]...)
	if u.enabled[host.Pool] {
		out.SipPools = append(out.SipPools, host.Pool)
	}
	if host.Kind == "edge" {
		out.NextHop = u.hops[host.Pool]
	}
	return out
}

// Zone is a zone of a Windows DNS server that the scripts change. Type is Primary or
// Secondary.
type Zone struct {
	Name, Server, Computer, Type string
	Paused                       bool
}

// Serial is that of a zone at a name server, in its SOA record. First is the one before
// the change.
type Serial struct {
	Server, Zone string
	Serial       uint32
	First        uint32 `json:",omitempty"`
}

// Set is an RRset at a name server. Name and Zone have no dot at the end.
type Set struct {
	Server, Zone, Name, Type string
	Records                  []Record
}

// Record is a record of a set. Windows has a TTL for each.
type Record struct {
	TTL  uint32
	Data string
}

// NewWorld is the deployment before the change. Where product is not that of the plan,
// all of it is of that product: the same deployment on another server.
func NewWorld(p *plan.Plan, product cmdlet.Product) World {
	w := World{Version: 1, RouteProperty: "XmppFederationRoute", Federated: true, SipDomains: p.Topology.SIPDomains,
		HasXmpp: product.HasXMPP(), MovesSip: p.MovesSIP(), ChangesHop: p.NextHop != nil,
		MovesMedia:  len(p.Media) > 0,
		SipPartners: append([]string{}, p.SIPPartners...)}
	// A server as the page has it: with the parameter that no reference knows, and a property of the same name.
	if product == cmdlet.LiteralProcedure {
		w.RouteProperty = "XmppExternalFederationRoute"
	}
	// Never nil: in PowerShell @($null) has one element.
	w.Partners = []Partner{}
	for _, domain := range p.Partners {
		w.Partners = append(w.Partners, Partner{domain, []string{}})
	}
	// With another product all servers are of it; otherwise each keeps its own, as in coexistence.
	productOf := func(own cmdlet.Product) cmdlet.Product {
		if product == p.Product {
			return own
		}
		return product
	}
	for i, site := range p.Topology.Sites {
		// SiteId counts from 1, as in a topology.
		own := Site{Name: site.Name, Route: w.route(p, site.Route), SiteId: i + 1}
		// Only XMPP has another form on the page.
		if pool := poolOf(p, site.SIPRoute); pool != nil {
			own.SipRoute = "EdgeServer:" + pool.FQDN
		}
		w.Sites = append(w.Sites, own)
	}
	for _, pool := range p.Topology.EdgePools {
		w.edgePool(pool, productOf(pool.Product), p)
	}
	w.frontEnds(p, productOf(p.Product))
	w.store(p)
	w.dnsServers(p)
	config := w.used()
	for _, host := range w.Hosts {
		// A DNS server has no replica of the configuration.
		if host.Kind == "dns" {
			continue
		}
		w.Replicas = append(w.Replicas, config.replica(host))
	}
	for _, zone := range p.Zones {
		w.Serials = append(w.Serials, Serial{zone.Server, bare(zone.Name), zone.OldSerial, zone.OldSerial})
	}
	w.Dns = records(p)
	return w
}

// route is what Get-CsSite shows for a route to the pool of that name.
func (w *World) route(of *plan.Plan, name string) string {
	pool := poolOf(of, name)
	if pool == nil {
		return ""
	}
	// The reference has the service identity of the pool, the page the FQDN of a server.
	if w.RouteProperty == "XmppFederationRoute" || len(pool.Servers) == 0 {
		return "EdgeServer:" + pool.FQDN
	}
	return pool.Servers[0].FQDN
}

// poolOf is the Edge pool of that name; nil if there is none.
func poolOf(p *plan.Plan, name string) *plan.EdgePool {
	i := slices.IndexFunc(p.Topology.EdgePools, func(pool plan.EdgePool) bool { return pool.Name == name })
	if i < 0 {
		return nil
	}
	return &p.Topology.EdgePools[i]
}

// edgePool adds a pool and its servers. Those of a pool that is failed over because of a
// disaster, or whose media is moved because of one, are dead: they are in the topology and nowhere else.
func (w *World) edgePool(pool plan.EdgePool, product cmdlet.Product, p *plan.Plan) {
	out := Pool{Fqdn: pool.FQDN, Site: pool.Site, Service: "EdgeServer:" + pool.FQDN, AccessEdge: pool.AccessEdgeFQDN,
		Computers: []string{}}
	if pool.NextHop != "" {
		out.Registrar = "Registrar:" + pool.NextHop
	}
	xmpp := pool.ListeningPort > 0 && product.HasXMPP()
	if xmpp {
		out.XmppListeningPort, out.XmppInternalPort = strconv.Itoa(pool.ListeningPort), strconv.Itoa(pool.InternalPort)
	}
	if pool.SIPFederation {
		out.SipPort = sipPort
	}
	// What is dead does not answer, so it has no host, but the topology still lists it.
	dead := p.Reason == plan.Disaster && (pool.Name == p.From.Name ||
		p.From.Name == "" && slices.ContainsFunc(p.Media, func(of plan.MediaPool) bool { return of.FromPool == pool.Name }))
	// A hardware load balancer answers as long as one of its servers does.
	all := Public{Address: pool.VirtualIPv4, Hosts: []string{}}
	for _, server := range pool.Servers {
		out.Computers = append(out.Computers, server.FQDN)
		if dead {
			continue
		}
		w.Hosts = append(w.Hosts, Host{server.FQDN, "edge", pool.FQDN, product, "", edgeServices(product, xmpp),
			edgeCertificates(server.FQDN), pool.SIPFederation})
		for _, address := range server.Public {
			w.Public = append(w.Public, Public{address, []string{server.FQDN}})
		}
		all.Hosts = append(all.Hosts, server.FQDN)
	}
	if all.Address != "" {
		w.Public = append(w.Public, all)
	}
	w.Pools = append(w.Pools, out)
}

// frontEnds adds the Front End pools with the servers that the spec names. The management host is
// a server of the pool that names it, else of the one that holds the Central Management store and
// names none. Servers at the site of a pool that is failed over because of a disaster are dead, and so are those
// of a next hop that another pool becomes because of one.
func (w *World) frontEnds(p *plan.Plan, product cmdlet.Product) {
	w.Master = p.ManagementHost
	home, failed, hop := homeOf(p), p.From.Site, ""
	if p.From.Name == "" && p.NextHop != nil { // it is the next hop that is down
		failed, hop = p.NextHop.FromSite, p.NextHop.From
	}
	for _, pool := range p.Topology.FrontEndPools {
		out := Pool{Fqdn: pool.FQDN, Site: pool.Site, Service: "Registrar:" + pool.FQDN, Computers: []string{}}
		out.Computers = append(out.Computers, pool.Servers...)
		if edge := poolOf(p, pool.EdgePool); edge != nil {
			out.Media = edge.FQDN
		}
		// FQDNs in a topology are compared without regard to case.
		if len(pool.Servers) == 0 && strings.EqualFold(pool.FQDN, home) {
			out.Computers = append(out.Computers, p.ManagementHost)
		}
		dead := p.Reason == plan.Disaster && (pool.Site == failed && pool.Site != p.To.Site || pool.FQDN == hop) &&
			!slices.ContainsFunc(p.Media, func(up plan.MediaPool) bool { return up.FQDN == pool.FQDN })
		// The plan cannot do without the management host, which runs wherever it is.
		out.Down = dead && !strings.EqualFold(pool.FQDN, home)
		w.Pools = append(w.Pools, out)
		if pool.CentralManagement && !strings.EqualFold(pool.FQDN, home) {
			// The store may be named by its pool as well.
			w.Master = slices.Concat(pool.Servers, []string{pool.FQDN})[0]
		}
		for _, server := range pool.Servers {
			if !dead && !strings.EqualFold(server, p.ManagementHost) {
				w.Hosts = append(w.Hosts, Host{server, "frontend", pool.FQDN, product, "",
					frontEndServices(product, server == w.Master), []Certificate{}, false})
			}
		}
	}
	w.Hosts = append(w.Hosts, Host{p.ManagementHost, "frontend", home, product, "", frontEndServices(product, true),
		[]Certificate{}, false})
}

// store makes the store that a plan fails over one that is down.
func (w *World) store(p *plan.Plan) {
	s := p.StoreFailover
	if s == nil {
		return
	}
	w.Store = &Store{Down: true, From: s.From, Backup: s.To, State: "DatabaseInaccessibleOrMirroringNotEnabled",
		SqlServer: s.SQLServer, SqlInstance: s.SQLInstance, MirrorServer: s.MirrorServer, MirrorInstance: s.MirrorInstance}
	if s.MirrorServer != "" {
		w.Store.State = "Principal"
	}
}

// homeOf is the FQDN of the pool that the management host is in.
func homeOf(p *plan.Plan) string {
	// Otherwise it is its own pool: a Standard Edition server has the name of its pool.
	home := p.ManagementHost
	for _, pool := range p.Topology.FrontEndPools {
		switch {
		case slices.ContainsFunc(pool.Servers, func(s string) bool { return strings.EqualFold(s, p.ManagementHost) }):
			return pool.FQDN
		case pool.CentralManagement && len(pool.Servers) == 0:
			home = pool.FQDN
		}
	}
	return home
}

// dnsServers adds the Windows DNS servers. One may have several zones.
func (w *World) dnsServers(p *plan.Plan) {
	w.Zones = []Zone{}
	for _, zone := range p.Zones {
		if !zone.Windows() {
			continue
		}
		w.Zones = append(w.Zones, Zone{Name: bare(zone.Name), Server: zone.Server, Computer: zone.Computer,
			Type: "Primary"})
		tool := "DnsServer"
		if zone.Dnscmd() {
			tool = "dnscmd"
		}
		// Two zones on one server are one host with one DNS service.
		i := slices.IndexFunc(w.Hosts, func(h Host) bool { return strings.EqualFold(h.Name, zone.Computer) })
		if i < 0 {
			i = len(w.Hosts)
			w.Hosts = append(w.Hosts, Host{Name: zone.Computer, Kind: "dns", Services: []Service{},
				Certificates: []Certificate{}})
		}
		w.Hosts[i].Dns = tool
	}
}

// records are the RRsets of the plan as they are before the change.
func records(p *plan.Plan) []Set {
	out := []Set{}
	for _, zone := range p.Zones {
		for _, r := range zone.Records {
			out = append(out, set(zone, r, r.Old, r.OldTTL))
		}
	}
	return out
}

func set(zone plan.Zone, r plan.RecordSet, data []string, ttl uint32) Set {
	// Records is never nil: an empty RRset is a list of none, and not one null.
	out := Set{zone.Server, bare(zone.Name), bare(r.Owner), r.Type, []Record{}}
	for _, one := range data {
		out.Records = append(out.Records, Record{ttl, one})
	}
	return out
}

func bare(owner string) string { return strings.TrimSuffix(owner, ".") }
