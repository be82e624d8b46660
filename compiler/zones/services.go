package zones

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// service is a federation as public DNS has it: SRV records of each SIP domain, which name hosts.
type service struct {
	federation string // plan.XMPP or plan.SIP
	name       string // as findings have it
	prefix     string // of the owners of its SRV records, before the SIP domain
	port       int
	// addresses and records are the steps of the page that are about the addresses of the hosts, and
	// about the SRV records; empty where the page has none.
	addresses, records string
	domains            []*topology.SIPDomain // sorted by name
	// hosts are the names whose addresses move, each once.
	hosts []topology.Value[string]
	// host is that of a domain; not set where its records name the Access Edge of the pools.
	host func(*topology.SIPDomain) topology.Value[string]
}

// xmpp is XMPP federation, of which all domains have one host or none.
func (c *Changes) xmpp() *service {
	host := c.topology.XMPP.Host
	s := &service{federation: plan.XMPP, name: "XMPP federation", prefix: dnsname.XMPPPrefix, port: plan.XMPPPort,
		addresses: "4", records: "5", domains: c.topology.XMPPDomains(),
		host: func(*topology.SIPDomain) topology.Value[string] { return host }}
	if c.FailsBack { // another page, which has the SRV records first
		s.addresses, s.records = "3c", "3b"
	}
	if host.Set {
		s.hosts = []topology.Value[string]{host}
	}
	return s
}

// sip is SIP federation. The certificate of a host has to name it, and Microsoft wants it in the SIP
// domain, so each domain may have a host of its own.
func (c *Changes) sip() *service {
	s := &service{federation: plan.SIP, name: "SIP federation", prefix: dnsname.SIPPrefix, port: plan.SIPPort,
		domains: c.topology.SortedSIPDomains(),
		host:    func(d *topology.SIPDomain) topology.Value[string] { return d.FederationHost }}
	seen := map[string]bool{}
	for _, domain := range s.domains {
		if host := domain.FederationHost; host.Set && !seen[dnsname.Absolute(host.V)] {
			seen[dnsname.Absolute(host.V)] = true
			s.hosts = append(s.hosts, host)
		}
	}
	return s
}

// namesPools tells whether records of the service name the Access Edge of the pools.
func (s *service) namesPools() bool {
	if s.federation == plan.XMPP {
		return len(s.hosts) == 0
	}
	for _, domain := range s.domains {
		if !s.host(domain).Set {
			return true
		}
	}
	return false
}

// begin has the changes be about some federations.
func (c *Changes) begin(services ...*service) {
	c.services, c.hosts = services, map[string]hcl.Range{}
	for _, s := range services {
		for _, host := range s.hosts {
			if name := dnsname.Absolute(host.V); c.hosts[name] == (hcl.Range{}) {
				c.hosts[name] = host.Range
			}
		}
	}
}

// moves tells whether the changes are about a federation.
func (c *Changes) moves(federation string) bool {
	for _, s := range c.services {
		if s.federation == federation {
			return true
		}
	}
	return false
}

// serviceOf is the federation whose SRV records have an owner; nil of addresses.
func (c *Changes) serviceOf(owner string) *service {
	for _, s := range c.services {
		if strings.HasPrefix(owner, s.prefix) {
			return s
		}
	}
	return nil
}

// domainAt is the domain whose SRV records have an owner, and their federation; nil if none has.
// It is asked for each set of each zone.
func (c *Changes) domainAt(owner string) (*topology.SIPDomain, *service) {
	s := c.serviceOf(owner)
	if s == nil {
		return nil, nil
	}
	domain := domainUnder(c.zones.keep, owner, s.prefix)
	if domain == nil || s.federation == plan.XMPP && !domain.XMPP.V {
		return nil, nil
	}
	return domain, s
}

// about says which federations have a host, or all of the plan where none does.
func (c *Changes) about(host string) string {
	var names []string
	for _, s := range c.services {
		for _, h := range s.hosts {
			if dnsname.Absolute(h.V) == host {
				names = append(names, s.name)
			}
		}
	}
	if len(names) == 0 {
		for _, s := range c.services {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, " and ")
}
