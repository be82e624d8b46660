package rules

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Topology checks a topology by the rules that need no plan. known tells whether no address of
// a pool is missing or wrong.
func Topology(t *topology.Topology, r *report.Spec) (known bool) {
	checkNames(t, r)
	checkSpellings(t, r)
	known = checkAddresses(t, r)
	checkTwice(t, r)
	checkFrontEndServers(t, r)
	checkStores(t, r)
	for _, pool := range t.EdgePools {
		// this order, so that each pool is checked
		known = checkPool(r, pool) && known
	}
	checkComputers(t, r)
	return known
}

func checkAddresses(t *topology.Topology, r *report.Spec) (known bool) {
	known = true
	for _, pool := range t.EdgePools {
		// in this order, so that every address is checked
		known = checkAddress(r, "virtual_ipv4", pool.VirtualIPv4, false) && known
		for _, server := range pool.Servers {
			known = checkAddress(r, "public_ipv4", server.PublicIPv4, false) && known
			known = checkAddress(r, "public_ipv6", server.PublicIPv6, true) && known
		}
	}
	return known
}

func checkAddress(r *report.Spec, argument string, value topology.Value[string], six bool) bool {
	if !value.Set {
		return true
	}
	addr, err := netip.ParseAddr(value.V)
	switch {
	// public DNS has plain addresses: no IPv4 in IPv6 form and no zone of an interface
	case err != nil || addr.Is4() == six || addr.Is4In6() || addr.Zone() != "":
		r.Add(report.Malformed, value.Range, "%s", badAddress(argument, value.V, six))
	case !topology.IsPublic(addr):
		r.Add(report.Private, value.Range,
			"%s cannot be reached from the internet. Give the address that the public sees; behind NAT that is the "+
				"address of the NAT device.",
			value.V)
	default:
		return true
	}
	return false
}

// checkTwice reports one name or address in two places.
func checkTwice(t *topology.Topology, r *report.Spec) {
	seen := map[string]string{}
	note := func(value topology.Value[string], what string) {
		if !value.Set {
			return
		}
		key := strings.ToLower(value.V)
		// two spellings of an IPv6 address are one
		if addr, err := netip.ParseAddr(value.V); err == nil {
			key = addr.String()
		}
		if first, ok := seen[key]; ok {
			r.Add(report.Contradiction, value.Range, "%s is given twice: as %s and as %s.", value.V, first, what)
			return
		}
		seen[key] = what
	}
	// not by note: that it is an Edge Server too is reported at the Edge Server
	if host := t.ManagementHost; host.Set {
		seen[strings.ToLower(host.V)] = managementHost
	}
	checkComputersTwice(t, r)
	for _, pool := range t.EdgePools {
		for _, server := range pool.Servers {
			note(server.FQDN, fmt.Sprintf("an Edge Server of %s", pool.Name))
			note(server.PublicIPv4, fmt.Sprintf("the address of %s", server.FQDN.V))
			note(server.PublicIPv6, fmt.Sprintf("the address of %s", server.FQDN.V))
		}
		note(pool.VirtualIPv4, fmt.Sprintf("the virtual address of %s", pool.Name))
	}
	for _, pool := range t.FrontEndPools {
		for _, server := range pool.Servers {
			// which may be the management host, in one pool
			if key := strings.ToLower(server.FQDN.V); seen[key] == managementHost {
				delete(seen, key)
			}
			note(server.FQDN, fmt.Sprintf("a Front End Server of %s", pool.Name))
		}
	}
	checkPoolNamesTwice(t, r)
}

const managementHost = "the management host"

func checkPoolNamesTwice(t *topology.Topology, r *report.Spec) {
	seen := map[string]string{}
	for _, pool := range t.EdgePools {
		// Edge Server disaster recovery: "Each Edge pool must have unique FQDNs (internal and
		// external)". One name twice in a pool is for checkPool.
		for _, name := range []topology.Value[string]{pool.FQDN, pool.AccessEdgeFQDN} {
			key := strings.ToLower(name.V)
			if first, ok := seen[key]; ok && first != pool.Name && name.Set {
				r.Add(report.Contradiction, name.Range,
					"%s is already a name of Edge pool %s. Each Edge pool needs internal and external names of its "+
						"own.",
					name.V, first)
			}
			seen[key] = pool.Name
		}
	}
	for _, pool := range t.FrontEndPools {
		key := strings.ToLower(pool.FQDN.V)
		if first, ok := seen[key]; ok && pool.FQDN.Set {
			r.Add(report.Contradiction, pool.FQDN.Range,
				"%s is already a name of pool %s. Each pool has an FQDN of its own.", pool.FQDN.V, first)
		}
		seen[key] = pool.Name
	}
}

// checkPool checks a pool by itself; known: it has the addresses that public DNS is to have.
func checkPool(r *report.Spec, pool *topology.EdgePool) (known bool) {
	known = true
	if pool.FQDN.Set && dnsname.Same(pool.FQDN.V, pool.AccessEdgeFQDN.V) {
		r.Add(report.WrongPoolName, pool.FQDN.Range,
			"fqdn and access_edge_fqdn are both %s. fqdn is the internal name of the pool as Topology Builder shows "+
				"it; the service identity is EdgeServer:fqdn.",
			pool.FQDN.V)
	}
	for _, server := range pool.Servers {
		if len(pool.Servers) > 1 && dnsname.Same(server.FQDN.V, pool.FQDN.V) {
			r.Add(report.WrongPoolName, pool.FQDN.Range,
				"%s is one of the %d servers of the pool. A pool of several servers has an FQDN of its own, and only "+
					"that has the service identity EdgeServer:FQDN.",
				pool.FQDN.V, len(pool.Servers))
		}
	}
	if pool.LoadBalancing.V == "hardware" && !pool.VirtualIPv4.Set {
		known = false
		r.Add(report.WrongAddresses, pool.LoadBalancing.Range,
			"%s is behind a hardware load balancer, whose address public DNS has. Add a line virtual_ipv4 = "+
				"\"ADDRESS\" with the public address of the load balancer, which is not that of a server; or, if the "+
				"pool has none, remove this line.",
			pool.Name)
	}
	if pool.Certificate != nil && pool.Certificate.NotAfter.Set {
		if _, err := time.Parse(time.DateOnly, pool.Certificate.NotAfter.V); err != nil {
			r.Add(report.Malformed, pool.Certificate.NotAfter.Range, "%s", badDate(pool.Certificate.NotAfter.V))
		}
	}
	if pool.XMPP != nil && pool.XMPP.ListeningPort.V != plan.XMPPPort {
		r.Add(report.WrongPort, pool.XMPP.ListeningPort.Range,
			"The procedure demands listening_port %d. Partners connect to the port of the SRV record, and edgeplan "+
				"writes %d there: a pool that listens on %d does not answer them.",
			plan.XMPPPort, plan.XMPPPort, pool.XMPP.ListeningPort.V)
	}
	// 12 are supported, though Topology Builder allows 20
	if n := len(pool.Servers); n > 12 {
		r.Add(report.ManyServers, pool.Range, "%s has %d Edge Servers; 12 are supported in one pool.", pool.Name, n)
	}
	return known
}

// PublicAddresses tells whether the addresses that public DNS is to have of a pool are all
// known, and reports those that are not.
func PublicAddresses(pool *topology.EdgePool, r *report.Plan) bool {
	// before the return below: there will be no AAAA record of such a pool
	checkIPv6(r, pool)
	if pool.LoadBalancing.V == "hardware" {
		return pool.VirtualIPv4.Set // checkPool says so
	}
	ok := true
	for _, server := range pool.Servers {
		if !server.PublicIPv4.Set {
			r.Add(report.WrongAddresses, server.FQDN.Range,
				"%s has no public_ipv4. With DNS load balancing public DNS holds the address of every Edge Server of "+
					"the pool.",
				server.FQDN.V)
			ok = false
		}
	}
	return ok
}

// checkIPv6 warns about a pool that is reachable by IPv6 only in part.
func checkIPv6(r *report.Plan, pool *topology.EdgePool) {
	with := 0
	for _, server := range pool.Servers {
		if server.PublicIPv6.Set {
			with++
		}
	}
	switch {
	case with > 0 && pool.LoadBalancing.V == "hardware":
		r.Add(report.NoAAAA, pool.LoadBalancing.Range,
			"Servers of %s have IPv6 addresses, but behind a hardware load balancer only virtual_ipv4 is published: "+
				"there will be no AAAA record.",
			pool.Name)
	case with > 0 && with < len(pool.Servers):
		r.Add(report.NoAAAA, pool.Range,
			"%d of the %d servers of %s have a public_ipv6: the others are not reachable by IPv6.",
			with, len(pool.Servers), pool.Name)
	}
}
