package rules

import (
	"fmt"
	"net/netip"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

func checkNames(t *topology.Topology, r *report.Spec) {
	checkInternal(r, t.ManagementHost)
	for _, pool := range t.EdgePools {
		checkInternal(r, pool.FQDN)
		checkName(r, pool.AccessEdgeFQDN)
		checkInternal(r, pool.NextHop)
		for _, server := range pool.Servers {
			checkInternal(r, server.FQDN)
		}
		// a certificate may have wildcards and bare domains, so only IDNA is asked
		if pool.Certificate != nil {
			checkWords(r, pool.Certificate.SubjectAlternativeNames)
		}
	}
	for _, pool := range t.FrontEndPools {
		checkInternal(r, pool.FQDN)
		for _, server := range pool.Servers {
			checkInternal(r, server.FQDN)
		}
	}
	for _, domain := range t.SIPDomains {
		checkName(r, domain.Name)
		checkName(r, domain.FederationHost)
	}
	if t.XMPP != nil {
		checkName(r, t.XMPP.Host)
		checkPartners(r, t.XMPP.Partners)
	}
	if t.SIP != nil {
		checkPartners(r, t.SIP.Partners)
	}
	for _, z := range t.Zones {
		// _tcp.contoso.com may be a zone of its own
		checkNameWith(r, z.Name, dnsname.WrongZone)
		// a DNS server may be given by its address
		if _, err := netip.ParseAddr(z.Server.V); err != nil {
			checkServer(r, z.Server)
		}
	}
}

func checkName(r *report.Spec, name topology.Value[string]) {
	checkNameWith(r, name, dnsname.WrongHost)
}

func checkNameWith(r *report.Spec, name topology.Value[string], bad func(string) string) {
	if !name.Set {
		return
	}
	// IDNA first: what is not ASCII would be blamed letter by letter below
	why := dnsname.NotIDNA(name.V)
	if why == "" {
		why = bad(name.V)
	}
	if why != "" {
		r.Add(report.BadName, name.Range,
			"%q is not a host name: %s. %s", report.Shorten(name.V), why, hint(name.V, why))
	}
}

// checkInternal checks the name of an internal server or pool against what Lync takes.
func checkInternal(r *report.Spec, name topology.Value[string]) {
	if name.Set && !dnsname.IsASCII(name.V) {
		// a dash of Word in an ASCII name is a slip and no Unicode name
		if plain := diag.Plain(name.V); plain != name.V {
			r.Add(report.BadName, name.Range, "%q is not a host name. %s", report.Shorten(name.V), hint(name.V, ""))
			return
		}
		r.Add(report.BadName, name.Range,
			"%q is not in ASCII. Lync takes no Unicode here: the FQDN of a server or pool has letters from A to Z, "+
				"digits and hyphens. Give it as Get-CsPool or Get-CsComputer shows it.",
			name.V)
		return
	}
	checkName(r, name)
}

// checkServer checks the name of a DNS server against what the scripts can ask.
func checkServer(r *report.Spec, name topology.Value[string]) {
	// Names of public DNS become A-labels by themselves; this one goes into scripts as it is.
	if name.Set && !dnsname.IsASCII(name.V) {
		if encoded, err := dnsname.ToASCII(name.V); err == nil {
			r.Add(report.BadName, name.Range,
				"%q is not in ASCII, and neither nsupdate nor the scripts convert the name of a server. Write its "+
					"A-labels, %s, or its address.",
				name.V, encoded)
			return
		}
	}
	checkName(r, name)
}

// checkWords checks the names of a list against IDNA; names in ASCII pass.
func checkWords(r *report.Spec, names topology.Value[[]string]) {
	for _, name := range names.V {
		if !dnsname.IsASCII(name) {
			r.Add(report.BadName, names.Range,
				"%q is not a domain name: %s. Correct it, or give its A-labels (xn--).", name, dnsname.NotIDNA(name))
		}
	}
}

// checkPartners checks the domains of the partners against what commands, DNS and
// certificates take.
func checkPartners(r *report.Spec, names topology.Value[[]string]) {
	checkWords(r, names)
	for _, name := range names.V {
		if why := dnsname.WrongPartner(name); why != "" && dnsname.IsASCII(name) {
			r.Add(report.BadName, names.Range, "%q is not a domain: %s. %s", report.Shorten(name), why, hint(name, why))
		}
	}
}

// checkSpellings reports two blocks for one domain, in Unicode and in ASCII. The same
// spelling twice has been reported by the parser.
func checkSpellings(t *topology.Topology, r *report.Spec) {
	seen := map[string]string{}
	note := func(block string, name topology.Value[string]) {
		// the topology has A-labels by now, so both spellings are one key
		key := block + " " + dnsname.Absolute(name.V)
		if first, twice := seen[key]; twice {
			r.Add(report.Duplicate, name.Range,
				"%s has a block %s already, at %s: U-labels and A-labels are two spellings of one name. Remove one of "+
					"the blocks.",
				name.V, block, first)
			return
		}
		seen[key] = fmt.Sprintf("%s:%d", name.Range.Filename, name.Range.Start.Line)
	}
	for _, domain := range t.SIPDomains {
		note("sip_domain", domain.Name)
	}
	for _, z := range t.Zones {
		note("dns_zone", z.Name)
	}
}
