package compiler

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// model is a spec with its references resolved and its zone files read.
type model struct {
	spec *parser.Spec
	// topology is that of the spec, with the names of public DNS in ASCII.
	topology *topology.Topology
	pools    map[string]*topology.EdgePool
	zones    []*zone
	// byOrigin are the zones by their names; of two with one name, the first.
	byOrigin map[string]*zone
	diags    hcl.Diagnostics
	// wanted are the names of the spec in DNS.
	wanted *interest
	// holders has the names of wanted by the zones that they are in, once they were asked for.
	holders map[*zone][]string
	// spelled has the names that the spec spells in Unicode, by their A-labels.
	spelled map[string]string
	// noAddress: an address of a pool is missing or wrong, which has been reported; what is in
	// DNS cannot be compared with the addresses of the pools.
	noAddress bool
	budget
}

func newModel(spec *parser.Spec) *model {
	m := &model{spec: spec, pools: map[string]*topology.EdgePool{}}
	m.topology, m.spelled = spec.Topology.InASCII()
	for _, pool := range m.topology.EdgePools {
		m.pools[pool.Name] = pool
	}
	m.readZones()
	return m
}

func (m *model) reportf(code diag.Code, rng hcl.Range, format string, args ...any) {
	m.diags = append(m.diags, diag.New(code, &rng, m.spell(fmt.Sprintf(format, args...))))
}

// check holds the topology against the rules that no failover is needed for.
func (m *model) check() {
	m.checkNames()
	m.checkSpellings()
	m.checkAddresses()
	m.checkTwice()
	for _, pool := range m.topology.EdgePools {
		m.checkPool(pool)
	}
	m.checkComputers()
}

func (m *model) checkNames() {
	m.checkInternal(m.topology.ManagementHost)
	for _, pool := range m.topology.EdgePools {
		m.checkInternal(pool.FQDN)
		m.checkName(pool.AccessEdgeFQDN)
		m.checkInternal(pool.NextHop)
		for _, server := range pool.Servers {
			m.checkInternal(server.FQDN)
		}
		if pool.Certificate != nil {
			m.checkWords(pool.Certificate.SubjectAlternativeNames)
		}
	}
	for _, pool := range m.topology.FrontEndPools {
		m.checkInternal(pool.FQDN)
	}
	for _, domain := range m.topology.SIPDomains {
		m.checkName(domain.Name)
	}
	if m.topology.XMPP != nil {
		m.checkName(m.topology.XMPP.Host)
		m.checkPartners(m.topology.XMPP.Partners)
	}
	for _, z := range m.topology.Zones {
		m.checkNameWith(z.Name, dnsname.WrongZone)
		if _, err := netip.ParseAddr(z.Server.V); err != nil {
			m.checkServer(z.Server)
		}
	}
}

func (m *model) checkName(name topology.Value[string]) { m.checkNameWith(name, dnsname.WrongHost) }

func (m *model) checkNameWith(name topology.Value[string], bad func(string) string) {
	if !name.Set {
		return
	}
	why := dnsname.NotIDNA(name.V)
	if why == "" {
		why = bad(name.V)
	}
	if why != "" {
		m.reportf(codeBadName, name.Range, "%q is not a host name: %s. %s", shorten(name.V), why, hint(name.V, why))
	}
}

func (m *model) checkAddresses() {
	for _, pool := range m.topology.EdgePools {
		m.checkAddress("virtual_ipv4", pool.VirtualIPv4, false)
		for _, server := range pool.Servers {
			m.checkAddress("public_ipv4", server.PublicIPv4, false)
			m.checkAddress("public_ipv6", server.PublicIPv6, true)
		}
	}
}

func (m *model) checkAddress(argument string, value topology.Value[string], six bool) {
	if !value.Set {
		return
	}
	addr, err := netip.ParseAddr(value.V)
	switch {
	case err != nil || addr.Is4() == six || addr.Is4In6() || addr.Zone() != "":
		m.noAddress = true
		m.reportf(codeMalformed, value.Range, "%s", badAddress(argument, value.V, six))
	case !topology.IsPublic(addr):
		m.noAddress = true
		m.reportf(codePrivate, value.Range, "%s cannot be reached from the internet. Give the address that the public sees; behind NAT that is the address of the NAT device.", value.V)
	}
}

// checkTwice reports one name or address in two places.
func (m *model) checkTwice() {
	seen := map[string]string{}
	note := func(value topology.Value[string], what string) {
		if !value.Set {
			return
		}
		key := strings.ToLower(value.V)
		if addr, err := netip.ParseAddr(value.V); err == nil {
			key = addr.String()
		}
		if first, ok := seen[key]; ok {
			m.reportf(codeContradiction, value.Range, "%s is given twice: as %s and as %s.", value.V, first, what)
			return
		}
		seen[key] = what
	}
	if host := m.topology.ManagementHost; host.Set {
		seen[strings.ToLower(host.V)] = "the management host"
	}
	m.checkComputersTwice()
	for _, pool := range m.topology.EdgePools {
		for _, server := range pool.Servers {
			note(server.FQDN, fmt.Sprintf("an Edge Server of %s", pool.Name))
			note(server.PublicIPv4, fmt.Sprintf("the address of %s", server.FQDN.V))
			note(server.PublicIPv6, fmt.Sprintf("the address of %s", server.FQDN.V))
		}
		note(pool.VirtualIPv4, fmt.Sprintf("the virtual address of %s", pool.Name))
	}
	m.checkPoolNamesTwice()
}

func (m *model) checkPoolNamesTwice() {
	seen := map[string]string{}
	for _, pool := range m.topology.EdgePools {
		for _, name := range []topology.Value[string]{pool.FQDN, pool.AccessEdgeFQDN} {
			key := strings.ToLower(name.V)
			if first, ok := seen[key]; ok && first != pool.Name && name.Set {
				m.reportf(codeContradiction, name.Range, "%s is already a name of Edge pool %s. Each Edge pool needs internal and external names of its own.", name.V, first)
			}
			seen[key] = pool.Name
		}
	}
}

func (m *model) checkPool(pool *topology.EdgePool) {
	if pool.FQDN.Set && dnsname.Same(pool.FQDN.V, pool.AccessEdgeFQDN.V) {
		m.reportf(codeWrongPoolName, pool.FQDN.Range, "fqdn and access_edge_fqdn are both %s. fqdn is the internal name of the pool as Topology Builder shows it; the service identity is EdgeServer:fqdn.", pool.FQDN.V)
	}
	for _, server := range pool.Servers {
		if len(pool.Servers) > 1 && dnsname.Same(server.FQDN.V, pool.FQDN.V) {
			m.reportf(codeWrongPoolName, pool.FQDN.Range, "%s is one of the %d servers of the pool. A pool of several servers has an FQDN of its own, and only that has the service identity EdgeServer:FQDN.", pool.FQDN.V, len(pool.Servers))
		}
	}
	if pool.LoadBalancing.V == "hardware" && !pool.VirtualIPv4.Set {
		m.noAddress = true
		m.reportf(codeWrongAddresses, pool.LoadBalancing.Range, "%s is behind a hardware load balancer, whose address public DNS has. Add a line virtual_ipv4 = \"ADDRESS\" with the public address of the load balancer, which is not that of a server; or, if the pool has none, remove this line.", pool.Name)
	}
	if pool.Certificate != nil && pool.Certificate.NotAfter.Set {
		if _, err := time.Parse(time.DateOnly, pool.Certificate.NotAfter.V); err != nil {
			m.reportf(codeMalformed, pool.Certificate.NotAfter.Range, "%s", badDate(pool.Certificate.NotAfter.V))
		}
	}
	if pool.XMPP != nil && pool.XMPP.ListeningPort.V != plan.XMPPPort {
		m.reportf(codeWrongPort, pool.XMPP.ListeningPort.Range, "The procedure demands listening_port %d. Partners connect to the port of the SRV record, and edgeplan writes %d there: a pool that listens on %d does not answer them.", plan.XMPPPort, plan.XMPPPort, pool.XMPP.ListeningPort.V)
	}
	if n := len(pool.Servers); n > 12 {
		m.reportf(codeManyServers, pool.Range, "%s has %d Edge Servers; 12 are supported in one pool.", pool.Name, n)
	}
}
