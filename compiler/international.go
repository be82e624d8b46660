package compiler

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

var nameToken = regexp.MustCompile(`[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)+`)

// spell has a sentence show names as the spec spells them, and at the first mention of
// each its A-labels too.
func (m *model) spell(sentence string) string {
	if len(m.spelled) == 0 {
		return sentence
	}
	told := map[string]bool{}
	return nameToken.ReplaceAllStringFunc(sentence, func(name string) string {
		for top := name; top != ""; _, top, _ = strings.Cut(top, ".") {
			spelled, ok := m.spelled[strings.ToLower(top)]
			if !ok {
				continue
			}
			shown := strings.TrimSuffix(name, top) + spelled
			if !told[name] {
				told[name] = true
				return shown + " (" + name + ")"
			}
			return shown
		}
		return name
	})
}

// checkInternal holds the name of an internal server or pool against what Lync takes.
func (m *model) checkInternal(name topology.Value[string]) {
	if name.Set && !dnsname.IsASCII(name.V) {
		if plain := diag.Plain(name.V); plain != name.V {
			m.reportf(codeBadName, name.Range, "%q is not a host name. %s", shorten(name.V), hint(name.V, ""))
			return
		}
		m.reportf(codeBadName, name.Range, "%q is not in ASCII. Lync takes no Unicode here: the FQDN of a server or pool has letters from A to Z, digits and hyphens. Give it as Get-CsPool or Get-CsComputer shows it.", name.V)
		return
	}
	m.checkName(name)
}

// checkServer holds the name of a DNS server against what the scripts can ask.
func (m *model) checkServer(name topology.Value[string]) {
	if name.Set && !dnsname.IsASCII(name.V) {
		if encoded, err := dnsname.ToASCII(name.V); err == nil {
			m.reportf(codeBadName, name.Range, "%q is not in ASCII, and neither nsupdate nor the scripts convert the name of a server. Write its A-labels, %s, or its address.", name.V, encoded)
			return
		}
	}
	m.checkName(name)
}

// checkWords holds the names of a list against IDNA; names in ASCII pass.
func (m *model) checkWords(names topology.Value[[]string]) {
	for _, name := range names.V {
		if !dnsname.IsASCII(name) {
			m.reportf(codeBadName, names.Range, "%q is not a domain name: %s. Correct it, or give its A-labels (xn--).", name, dnsname.NotIDNA(name))
		}
	}
}

// checkPartners holds the domains of the partners against what commands, DNS and
// certificates take.
func (m *model) checkPartners(names topology.Value[[]string]) {
	m.checkWords(names)
	for _, name := range names.V {
		if why := dnsname.WrongPartner(name); why != "" && dnsname.IsASCII(name) {
			m.reportf(codeBadName, names.Range, "%q is not a domain: %s. %s", shorten(name), why, hint(name, why))
		}
	}
}

// checkSpellings reports two blocks for one domain, in Unicode and in ASCII. The same
// spelling twice has been reported by the parser.
func (m *model) checkSpellings() {
	seen := map[string]string{}
	note := func(block string, name topology.Value[string]) {
		key := block + " " + dnsname.Absolute(name.V)
		if first, twice := seen[key]; twice {
			m.reportf(codeDuplicate, name.Range, "%s has a block %s already, at %s: U-labels and A-labels are two spellings of one name. Remove one of the blocks.", name.V, block, first)
			return
		}
		seen[key] = fmt.Sprintf("%s:%d", name.Range.Filename, name.Range.Start.Line)
	}
	for _, domain := range m.topology.SIPDomains {
		note("sip_domain", domain.Name)
	}
	for _, z := range m.topology.Zones {
		note("dns_zone", z.Name)
	}
}
