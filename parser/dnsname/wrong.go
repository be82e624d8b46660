package dnsname

import (
	"net/netip"
	"strings"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// WrongPartner is WrongHost for the domain of a partner, who may have one label or underscores.
func WrongPartner(name string) string { return WrongComputer(strings.ReplaceAll(name, "_", "x")) }

// What is wrong with names.
const (
	IsAddress = "it is an address"
	NoDomain  = "it has no domain"
	FinalDot  = "it ends with a dot"
)

// WrongHost says what is wrong with a fully qualified host name, "" if nothing is.
func WrongHost(name string) string {
	if name == "" {
		return "it is empty"
	}
	// 255 octets on the wire (RFC 1035, 2.3.4) are 253 characters without the final dot
	if len(name) > 253 {
		return "it has more than 253 characters"
	}
	// before the letters: the digits and dots of an address would pass as a name
	if _, err := netip.ParseAddr(name); err == nil {
		return IsAddress
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return NoDomain
	}
	for _, label := range labels {
		switch {
		// a mistake of its own: the language has names without the final dot of zone files
		case label == "" && strings.HasSuffix(name, ".") && !strings.Contains(name, ".."):
			return FinalDot
		case label == "":
			return "it has two dots together, or begins with one"
		case len(label) > 63:
			return "a label has more than 63 characters"
		// RFC 952 and RFC 1123, 2.1; Lync takes no underscores either (Determine DNS requirements)
		case label[0] == '-' || label[len(label)-1] == '-':
			return "a label begins or ends with a hyphen"
		}
		for _, c := range label {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
				return "it holds " + diag.Character(c)
			}
		}
	}
	return ""
}

// WrongZone is WrongHost for the name of a zone, whose labels may begin with an underscore:
// _tcp.contoso.com and _xmpp-server._tcp.contoso.com are zones of their own in some
// deployments (Active Directory, pinpoint zones).
func WrongZone(name string) string {
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if strings.HasPrefix(label, "_") {
			labels[i] = "x" + label[1:]
		}
	}
	return WrongHost(strings.Join(labels, "."))
}

// WrongComputer says why this is no name that a computer has itself, "" if it is one: an
// FQDN, or a bare name, as one has that belongs to no domain.
func WrongComputer(name string) string {
	if name != "" && !strings.Contains(name, ".") {
		name += ".example"
	}
	return WrongHost(name)
}
