package rules

import (
	"net/netip"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// checkComputers wants the name of each Windows DNS server: the script compares it with
// that of the computer where it runs.
func checkComputers(t *topology.Topology, r *report.Spec) {
	for _, z := range t.Zones {
		if z.Delivery.V == plan.DeliveryRoute53 && z.Site.Set {
			r.Add(report.Contradiction, z.Site.Range,
				`site says where the server of the zone is, and with delivery = "route53" that is one of Amazon's. `+
					`Remove it, or set delivery.`)
		}
		// the name of the server that is asked counts where none is given for the computer
		value := z.ComputerName()
		switch _, err := netip.ParseAddr(value.V); {
		case z.Delivery.V != plan.DeliveryWindowsDNS && z.Computer.Set:
			r.Add(report.Contradiction, z.Computer.Range,
				`computer says where the script changes a zone, which it does only with delivery = "windows-dns". `+
					`Remove it, or set delivery.`)
		case z.Delivery.V != plan.DeliveryWindowsDNS && z.OperatingSystem.Set:
			r.Add(report.Contradiction, z.OperatingSystem.Range,
				`operating_system is of a server on which the script changes a zone, which it does only with delivery `+
					`= "windows-dns". Remove it, or set delivery.`)
		case z.Delivery.V != plan.DeliveryWindowsDNS:
		// Windows compares names; which of its addresses a computer is asked by says nothing
		case err == nil:
			r.Add(report.Malformed, value.Range,
				`%s is an address. With delivery = "windows-dns" the script runs on the DNS server and compares the `+
					`name of that: give its name as computer, as the server itself has it: its FQDN, or the bare name `+
					`if it has no DNS suffix.`,
				value.V)
		default:
			checkComputer(r, value)
		}
	}
}

func checkComputer(r *report.Spec, value topology.Value[string]) {
	if why := dnsname.WrongComputer(value.V); why != "" {
		r.Add(report.BadName, value.Range,
			"%q is not the name of a computer: %s. Give it as the server itself has it: its FQDN, or the bare name if "+
				"it has no DNS suffix.",
			value.V, why)
	}
}

// checkComputersTwice checks the Windows DNS servers against the other computers, and
// against each other: the scripts tell computers apart by their names.
func checkComputersTwice(t *topology.Topology, r *report.Spec) {
	others := map[string]string{}
	note := func(value topology.Value[string], what string) {
		if name := strings.ToLower(value.V); value.Set && others[name] == "" {
			others[name] = what
			// A computer of no domain has the bare name alone, so that is taken as well.
			others[strings.SplitN(name, ".", 2)[0]] = what
		}
	}
	note(t.ManagementHost, managementHost)
	for _, pool := range t.EdgePools {
		for _, server := range pool.Servers {
			note(server.FQDN, "an Edge Server of "+pool.Name)
		}
		// a pool of one server has the name of the server, which is noted already
		if len(pool.Servers) > 1 {
			note(pool.FQDN, "the name of "+pool.Name)
		}
	}
	var windows []*topology.Zone
	for _, z := range t.Zones {
		name := strings.ToLower(z.ComputerName().V)
		if z.Delivery.V != plan.DeliveryWindowsDNS || dnsname.WrongComputer(name) != "" {
			continue
		}
		if what := others[name]; what != "" {
			r.Add(report.Contradiction, z.ComputerName().Range,
				"%s is also %s. The stages of the script are told apart by the computer where they run: name the DNS "+
					"server, or change this zone with another delivery.",
				name, what)
		}
		// each with all before it: the later one gets the finding
		for _, other := range windows {
			checkPair(r, z, other)
		}
		windows = append(windows, z)
	}
}

// checkPair compares two zones on Windows DNS servers.
func checkPair(r *report.Spec, z, other *topology.Zone) {
	name, its := strings.ToLower(z.ComputerName().V), strings.ToLower(other.ComputerName().V)
	first, second, _ := strings.Cut(name, ".")
	itsFirst, itsSecond, _ := strings.Cut(its, ".")
	switch {
	case name == its && z.OperatingSystem.V != other.OperatingSystem.V:
		r.Add(report.Contradiction, z.ComputerName().Range, "%s runs %s here, and %s for zone %s.",
			name, z.OperatingSystem.V, other.OperatingSystem.V, other.Name.V)
	// With two suffixes they may be two computers; with a suffix and none, they are one
	// spelled twice, and the script would not run under one of the names.
	case name != its && first == itsFirst && (second == "" || itsSecond == ""):
		r.Add(report.Contradiction, z.ComputerName().Range,
			"This is %s, and %s for zone %s. The script runs only where the computer has that very name: spell one "+
				"computer in one way.",
			name, its, other.Name.V)
	case name != its && dnsname.Same(z.Server.V, other.Server.V):
		r.Add(report.Contradiction, z.ComputerName().Range,
			"The server %s is the computer %s here, and %s for zone %s.", z.Server.V, name, its, other.Name.V)
	}
}
