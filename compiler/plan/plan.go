package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// FormatVersion is the version of plan.json. It grows when a reader of the old form
// would misread the new one.
const FormatVersion = 3

// Kinds of plan.
const (
	KindFailover = "failover"
	// KindPrepare changes DNS only, ahead of a failover. Such a plan has no pools, route
	// or outage.
	KindPrepare = "prepare"
	// KindMedia associates Front End pools with another Edge pool, and KindNextHop gives an Edge pool another
	// next hop. Such plans have one Edge pool, To, and move no federation.
	KindMedia   = "media"
	KindNextHop = "next-hop"
)

// Kinds of federation that a failover moves.
const (
	XMPP = "xmpp"
	SIP  = "sip"
	Both = "both"
)

// Reasons of a failover. After a disaster the pool that is left is down, else it is up; in a fail-back it
// is the one that has stood in.
const (
	Disaster = "disaster"
	Planned  = "planned"
	Failback = "failback"
)

// Plan is one failover, its preparation, or a change of media or of a next hop alone. Its JSON form is public; all artifacts but the new zone files
// can be made from it alone. It holds no time of building, host, user or absolute path.
type Plan struct {
	FormatVersion int `json:"format_version"`
	// ID is "sha256:" and 32 hex digits of a hash over all of plan.json but the ID itself.
	ID string `json:"id"`
	// SpecDigest is "sha256:" and a hash over the files *.edge.hcl of the spec. Of zone files
	// the plan has what it uses.
	SpecDigest string `json:"spec_digest"`
	Kind       string `json:"kind"`
	// Federation is what a failover moves: [XMPP], [SIP] or [Both].
	Federation     string         `json:"federation,omitempty"`
	Name           string         `json:"name"`
	Product        cmdlet.Product `json:"product"` // of the management host
	ManagementHost string         `json:"management_host"`
	Reason         string         `json:"reason"`      // disaster, planned or failback
	Procedure      string         `json:"procedure"`   // documented or start-first
	RouteSites     string         `json:"route_sites"` // target or all-routed
	// From is the Edge pool that is left; empty where none is. To is the one of the plan.
	From     Pool   `json:"from"`
	To       Pool   `json:"to"`
	XMPPHost string `json:"xmpp_host,omitempty"` // empty: SRV records name the pools
	// SIPRoute is the name of the Edge pool that holds SIP federation before the change;
	// empty if the spec does not say.
	SIPRoute string `json:"sip_route,omitempty"`
	// CentralManagement is the FQDN of the Front End pool that holds the Central
	// Management store; empty if the spec does not say.
	CentralManagement string `json:"central_management,omitempty"`
	// StoreFailover is how the store comes to that pool before all else; nil where it is there.
	StoreFailover *StoreFailover `json:"central_management_failover,omitempty"`
	// NextHop is how the next hop of one of the two pools changes; nil where it stays.
	NextHop *NextHop `json:"next_hop,omitempty"`
	// Media are the Front End pools that are associated with the Edge pool of the plan, sorted by FQDN.
	Media []MediaPool `json:"media,omitempty"`
	// FrontEnds are the Front End Servers, beside the management host, that have to know the new
	// routes and associations: FQDNs, sorted, of those that the spec names.
	FrontEnds []string `json:"front_ends,omitempty"`
	// Domains are the SIP domains with XMPP federation, Partners the domains of the XMPP
	// partners that the spec names; of a failover, sorted, each once.
	Domains  []string `json:"domains,omitempty"`
	Partners []string `json:"partners,omitempty"`
	// SIPDomains are the SIP domains whose _sipfederationtls._tcp the plan looks after, and
	// SIPPartners the domains of SIP federation partners that the spec names; sorted, each once.
	SIPDomains  []SIPDomain `json:"sip_domains,omitempty"`
	SIPPartners []string    `json:"sip_partners,omitempty"`
	// Routes are the routes of sites that the plan sets, and RoutedSites those that the spec has
	// on the pool that is left; sorted by federation, then by site.
	Routes      []SiteRoute  `json:"routes,omitempty"`
	RoutedSites []RoutedSite `json:"routed_sites,omitempty"`
	Origin      Origin       `json:"origin"` // the block that asked for the plan
	Change      Change       `json:"change"`
	// Items are the configuration items that the spec names of what the plan changes or is carried out on, sorted by
	// [ItemKinds] and name.
	Items []Item `json:"configuration_items,omitempty"`
	// Schedule is how long the stages take; nil where the spec says it of none.
	Schedule *Schedule `json:"schedule,omitempty"`
	Stages   []Stage   `json:"stages"`
	Zones    []Zone    `json:"zones"`
	// Services are what users notice, and Outage when each is reachable; of a failover.
	Services []Served  `json:"services,omitempty"`
	Outage   []Reach   `json:"outage"`
	Rollback []Stage   `json:"rollback"`
	Findings []Finding `json:"findings"`
	// Earliest are the moments before which something else must not begin, because
	// old answers still live.
	Earliest []Earliest `json:"earliest"`

	// Topology is the deployment before the change. It is not part of plan.json.
	Topology Topology `json:"-"`
	// Model is what the steps change, for the proof, and Texts what is said of them. The procedure
	// makes both with the stages.
	Model Model `json:"-"`
	Texts Texts `json:"-"`
}

// Pool is an Edge pool as far as a plan needs it.
type Pool struct {
	Name           string         `json:"name"`
	Site           string         `json:"site"`
	FQDN           string         `json:"fqdn"`
	AccessEdgeFQDN string         `json:"access_edge_fqdn"`
	Product        cmdlet.Product `json:"product"`
	Servers        []string       `json:"servers"` // FQDNs, sorted
	IPv4           []string       `json:"ipv4"`    // of the Access Edge service in public DNS
	IPv6           []string       `json:"ipv6,omitempty"`
	// NAT tells that these addresses are those of a NAT device before the servers.
	NAT bool `json:"nat,omitempty"`
	// NextHop is the FQDN of the next hop pool, and XMPPInternalPort the port for Front End
	// Servers; empty and 0 where the spec does not say. The pages name 23456 and 5098 as the
	// default of the port, so only what the spec states is compared.
	NextHop          string `json:"next_hop,omitempty"`
	XMPPInternalPort int    `json:"xmpp_internal_port,omitempty"`
	// SIPEnabled tells whether SIP federation is enabled on the pool before the change; only in plans
	// that move it.
	SIPEnabled bool   `json:"sip_enabled,omitempty"`
	Origin     Origin `json:"origin"`
}

// MovesXMPP tells whether the plan moves XMPP federation.
func (p *Plan) MovesXMPP() bool { return p.Federation == XMPP || p.Federation == Both }

// MovesSIP tells whether the plan moves SIP federation.
func (p *Plan) MovesSIP() bool { return p.Federation == SIP || p.Federation == Both }

// LeftIsUp tells whether what is left is up: the Edge pool, those of a change of media, or the next hop.
func (p *Plan) LeftIsUp() bool { return p.Reason == Planned || p.Reason == Failback }

// FailsBack tells whether the plan goes back to a pool that was repaired.
func (p *Plan) FailsBack() bool { return p.Reason == Failback }

// EdgePool is the pool of that name, one of the two of the plan.
func (p *Plan) EdgePool(name string) (pool Pool, known bool) {
	for _, pool := range []Pool{p.From, p.To} {
		if pool.Name == name && name != "" {
			return pool, true
		}
	}
	return Pool{}, false
}

// SIPDomain is a SIP domain and the name at which its records of SIP federation point; empty where
// they point at the pools.
type SIPDomain struct {
	Name string `json:"name"`
	Host string `json:"host,omitempty"`
}

// RoutedSite is a site and the federation whose route it is about, [XMPP] or [SIP].
type RoutedSite struct {
	Federation string `json:"federation"`
	Site       string `json:"site"`
}

// CompareSites gives the order of routed sites: by federation, then by site.
func CompareSites(a, b RoutedSite) int {
	return cmp.Or(strings.Compare(a.Federation, b.Federation), dnsname.Compare(a.Site, b.Site))
}

// SiteRoute is a site and the pool from which one of its routes moves to that of the plan.
type SiteRoute struct {
	RoutedSite
	// From is the FQDN of that pool and FromServer that of its first Edge Server; both are
	// empty where the site has no route.
	From       string `json:"from,omitempty"`
	FromServer string `json:"from_server,omitempty"`
	Origin     Origin `json:"origin"`
}

// StoreFailover is a failover of the Central Management store from one Front End pool to another, by
// their FQDNs. Servers are those of the other, sorted; the rest is its back end.
type StoreFailover struct {
	From           string   `json:"from"`
	To             string   `json:"to"`
	Servers        []string `json:"servers"`
	SQLServer      string   `json:"sql_server"`
	SQLInstance    string   `json:"sql_instance,omitempty"`
	MirrorServer   string   `json:"mirror_sql_server,omitempty"`
	MirrorInstance string   `json:"mirror_sql_instance,omitempty"`
	Origin         Origin   `json:"origin"`
}

// Publishes tells whether a person changes the topology and publishes it, or takes that back.
func (p *Plan) Publishes(back bool) bool {
	return p.MovesSIP() || len(p.Media) > 0 || p.HopClicked(back)
}

// HopClicked tells whether a person sets the next hop, or puts it back: the page about it has Topology Builder for a
// pool at the site of the Edge pool, and Set-CsEdgeServer for one at another site.
func (p *Plan) HopClicked(back bool) bool {
	if p.NextHop == nil {
		return false
	}
	pool, _ := p.EdgePool(p.NextHop.Pool)
	if back {
		return p.NextHop.FromSite == pool.Site
	}
	return p.NextHop.ToSite == pool.Site
}

// HopSet tells whether the script sets the next hop, or puts it back.
func (p *Plan) HopSet(back bool) bool { return p.NextHop != nil && !p.HopClicked(back) }

// NextHop is a change of the next hop of an Edge pool, which is the one of that name: from one Front End
// pool to another, by their FQDNs.
type NextHop struct {
	Pool     string `json:"pool"`
	From     string `json:"from"`
	FromSite string `json:"from_site"`
	To       string `json:"to"`
	ToSite   string `json:"to_site"`
	Origin   Origin `json:"origin"`
}

// MediaPool is a Front End pool whose media goes through another Edge pool from then on. From is the one of
// today, by its FQDN, and FromPool its name; Servers are those that the spec names, sorted.
type MediaPool struct {
	Name     string   `json:"name"`
	FQDN     string   `json:"fqdn"`
	Site     string   `json:"site"`
	From     string   `json:"from"`
	FromPool string   `json:"from_pool"`
	Servers  []string `json:"servers,omitempty"`
	Origin   Origin   `json:"origin"`
}

// Names of stages, in the order of the documented procedure.
const (
	CentralManagement = "CentralManagement" // fails the store over, before all else

	Preflight  = "Preflight"
	Stop       = "Stop"
	Route      = "Route"
	DNSServer  = "DnsServer" // on Windows DNS servers themselves
	DNS        = "Dns"
	Firewall   = "Firewall"
	Start      = "Start"
	Publish    = "Topology" // what a person changes in Topology Builder and publishes
	Setup      = "Setup"    // of the Deployment Wizard, on Edge Servers
	Replicated = "Replicate"
	Verify     = "Verify"
	StopOld    = "StopOld"  // ends XMPP at the pool that is left
	StartOld   = "StartOld" // of the rollback, before all others
)

// Stage is what operators run as one: on each computer the part that has it as a host.
type Stage struct {
	Name  string `json:"name"`
	Parts []Part `json:"parts"`
	// IfFails is of the stages of the change: the rollback is run again. It is not part of plan.json.
	IfFails Advice `json:"-"`
}

// Part is what a stage does on computers of one kind, which all have the same steps. Of the keys
// that the script has for it only Module is not here. What is compared or run before the Steps
// comes in the order of the fields.
type Part struct {
	Hosts   []string       `json:"hosts"` // where it runs; AnyHost stands for any other computer
	Does    string         `json:"does"`  // the one sentence about it, in script, sheet and record
	Product cmdlet.Product `json:"product"`
	// Needs are the stages that have to be done before, on all of their hosts or, as
	// "DnsServer on ns1.contoso.net", on one; without those that these need themselves.
	Needs []string `json:"needs,omitempty"`
	// Seen is how the script sees that they are done; empty where there are none.
	Seen     string `json:"seen,omitempty"`
	Elevated bool   `json:"elevated,omitempty"` // the shell needs the rights of an administrator
	// NotAfter is the stage after which there is nothing to do.
	NotAfter string `json:"not_after,omitempty"`
	// LooksAt are stages whose values and zones are compared with the plan before the steps: of
	// one that comes later, each as before the change or as after it, and its commands are run
	// with -WhatIf; of one that came before, each as after it.
	LooksAt []string `json:"looks_at,omitempty"`
	Steps   Steps    `json:"steps,omitempty"`
	// Zones are asked for their records, which have to be as after the change: the DNS owner
	// has changed them, or stage DnsServer.
	Zones []ZoneCheck `json:"zones,omitempty"`
	// OldAnswers is for how many seconds resolvers may keep old answers after that.
	OldAnswers uint32 `json:"old_answers,omitempty"`
	// Prints is that the end of the part prints a receipt; Receipt is the number of seconds
	// before the end of which a part that asks for it does not run.
	Prints  bool   `json:"prints,omitempty"`
	Receipt uint32 `json:"receipt,omitempty"`
}

// How the script sees that what a part needs is done: by the state file, which knows the stages of
// the same computer; there too, and on another computer by the receipt that the stage prints, or by
// its hosts, whose ports do not answer any more; or not at all, so that only the run sheet keeps the
// order.
const (
	SeenInState = "state"
	SeenReceipt = "receipt"
	SeenPort    = "port"
	SeenOnSheet = "sheet"
)

// ZoneCheck is a zone whose server is asked for the records, and the step of the page that is about
// them.
type ZoneCheck struct {
	Name   string `json:"name"`
	Source Source `json:"source"`
}

// Hosts are all computers on which a stage runs, in the order of its parts.
func (s Stage) Hosts() []string {
	var out []string
	for _, part := range s.Parts {
		out = append(out, part.Hosts...)
	}
	return out
}

// AnyHost as the host of a part means any computer, preferably outside the network.
const AnyHost = "*"

// Zone is one public DNS zone that the plan changes or checks.
type Zone struct {
	Name     string `json:"name"`
	File     string `json:"file"` // in the spec's folder
	Server   string `json:"server"`
	Delivery string `json:"delivery"`
	// OldSHA256 and NewSHA256 are of the zone file before and after the change, in hex. These
	// and Hunks, RollbackHunks and Included are there only if the change is made in the files;
	// see [Zone.ByFile].
	OldSHA256 string      `json:"old_sha256,omitempty"`
	NewSHA256 string      `json:"new_sha256,omitempty"`
	OldSerial uint32      `json:"old_serial"`
	NewSerial uint32      `json:"new_serial"`
	Records   []RecordSet `json:"records"`
	Hunks     []hunk.Hunk `json:"hunks,omitempty"`
	// RollbackSerial and RollbackHunks make, out of the new file, one with the old
	// records and a serial that secondaries accept. Reversing Hunks does not: the
	// serial would go down.
	RollbackSerial uint32      `json:"rollback_serial"`
	RollbackHunks  []hunk.Hunk `json:"rollback_hunks,omitempty"`
	// Included are the files that the zone file includes, in the order in which a name
	// server comes to them.
	Included []ZoneFile `json:"included,omitempty"`
	// SOA is the data of the SOA record before the change.
	SOA string `json:"soa"`
	// SOAPrerequisite has the update refused once the SOA is another one.
	SOAPrerequisite bool `json:"soa_prerequisite,omitempty"`
	// SRVTargets are the names to which changed SRV records of the zone point before or
	// after the change, as far as the zone file has addresses of them and Records has not.
	SRVTargets []SRVTarget `json:"srv_targets,omitempty"`
	// Computer is the name of the Windows DNS server on which the script changes the zone,
	// as that has it itself; OperatingSystem is what it runs. Only with the delivery
	// windows-dns.
	Computer        string `json:"computer,omitempty"`
	OperatingSystem string `json:"operating_system,omitempty"`
	Wait            Wait   `json:"wait"`
	// Number is that of the fact about the zone, that its server answers and has the
	// serial of the plan. Facts about zones and their sets are P20, P21, ... in their order.
	// A fact has one number in all stages and on all computers, so that who waives it in
	// one stage can waive it in the next.
	Number string `json:"number"`
	Origin Origin `json:"origin"` // the block of the zone

	// Text is the new zone file. It is not part of plan.json.
	Text hunk.Text `json:"-"`
}

// SRVTarget is a name to which SRV records point, absolute and with its final dot, and the
// types of its addresses: A, AAAA or both.
type SRVTarget struct {
	Name  string   `json:"name"`
	Types []string `json:"types"`
}

// ZoneFile is one file of a zone; its fields are those of [Zone]. It has no hunks if the plan
// does not change it.
type ZoneFile struct {
	File string `json:"file"`
	// Paths are what $INCLUDE lines name the file, each once, if any of them is not File.
	Paths         []string    `json:"paths,omitempty"`
	OldSHA256     string      `json:"old_sha256"`
	NewSHA256     string      `json:"new_sha256"`
	Hunks         []hunk.Hunk `json:"hunks,omitempty"`
	RollbackHunks []hunk.Hunk `json:"rollback_hunks,omitempty"`

	Text hunk.Text `json:"-"`
}

// Files are the zone file and those that it includes, of a zone that is changed in them.
func (z Zone) Files() []ZoneFile {
	// Without Paths: no $INCLUDE line names the zone file itself.
	own := ZoneFile{z.File, nil, z.OldSHA256, z.NewSHA256, z.Hunks, z.RollbackHunks, z.Text}
	return append([]ZoneFile{own}, z.Included...)
}

// Changed tells whether the plan edits the file.
func (f ZoneFile) Changed() bool { return len(f.Hunks) > 0 }

// Changed tells whether the plan edits the zone; else it only checks records there.
func (z Zone) Changed() bool { return slices.ContainsFunc(z.Records, RecordSet.Changed) }

// Wait tells how long answers from before a change live on. All are seconds, and 0 in
// a zone that does not change.
type Wait struct {
	// Old is the longest TTL of the records that change: for that long a resolver may
	// give the answer that it got just before.
	Old uint32 `json:"old"`
	// Negative is how long a resolver may remember that a record was not there: the
	// smaller of the TTL of the SOA record and its minimum field (RFC 2308), which Unbound
	// cuts to 3600 and BIND to 10800 where nothing else is set. It is 0 if no set is new.
	Negative uint32 `json:"negative"`
	// Secondary is how long a secondary server that no NOTIFY reaches may have the old
	// zone: the refresh time of the SOA and one retry, each at least what BIND counts with.
	Secondary uint32 `json:"secondary"`
}

// Caches is how long resolvers may give old answers, counted from the moment at which
// all servers of the zone have the new records.
func (w Wait) Caches() uint32 { return max(w.Old, w.Negative) }

// Everywhere is the longest time from the change at the primary server until no cache
// that keeps to the TTL has an old answer.
func (w Wait) Everywhere() uint32 { return atMost32(w.Caches(), w.Secondary) }

// OldAnswers are the longest times, over all zones that change, for which resolvers may
// give old answers: after all servers of a zone have the new records, and after the change.
func (p *Plan) OldAnswers() (caches, everywhere uint32) {
	for _, zone := range p.Zones {
		own := zone.Wait.Everywhere()
		// Route 53 has no secondary servers that would have to ask first.
		if !zone.HasSecondaries() {
			own = zone.Wait.Caches()
		}
		if zone.Changed() {
			caches, everywhere = max(caches, zone.Wait.Caches()), max(everywhere, own)
		}
	}
	return caches, everywhere
}

// Earliest says when something may begin: Seconds after all servers of the zone have
// the new records. At is that moment where the change window has an end and the change
// is made at the very end of it; RFC 3339, empty if not known.
type Earliest struct {
	What    string `json:"what"`
	Zone    string `json:"zone"`
	Seconds uint32 `json:"seconds"`
	At      string `json:"at,omitempty"`
}

// RecordSet is an RRset before and after the change. Owner is absolute and ends in a
// dot. Data is canonical: addresses, or "priority weight port target." for SRV. A set
// with equal Old and New and one TTL is left as it is and checked.
type RecordSet struct {
	Owner  string   `json:"owner"`
	Type   string   `json:"type"`    // A, AAAA or SRV
	OldTTL uint32   `json:"old_ttl"` // seconds; 0 where Old is empty
	NewTTL uint32   `json:"new_ttl"`
	Old    []string `json:"old"`
	New    []string `json:"new"`
	// Step is the step of the page about XMPP federation: 4 for addresses, 5 for SRV; on the page about
	// failing back 3c and 3b. It is empty for what moves with SIP federation alone, as the page about that
	// has no step for DNS.
	Step string `json:"step,omitempty"`
	// Number is that of the fact about the set; see [Zone.Number].
	Number string `json:"number"`
}

// Changed tells whether the set changes.
func (r RecordSet) Changed() bool { return !SameSet(r.Old, r.New) || r.TTLChanged() }

// TTLChanged tells whether records that stay get another TTL.
func (r RecordSet) TTLChanged() bool {
	return len(r.Old) > 0 && len(r.New) > 0 && r.OldTTL != r.NewTTL
}

// Finding is a warning about the plan, or an error that was accepted.
type Finding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"` // error or warning
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`     // 0 in a zone file of which the plan has only what it uses
	Accepted string `json:"accepted,omitempty"` // the reason; empty: not accepted
}
