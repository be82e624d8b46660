package zonefile

import "bytes"

// The rules for owners; "" is a name that is right.

func hostOwner(name []byte) string {
	if isHost(bytes.TrimPrefix(name, []byte("*."))) {
		return ""
	}
	return "the owner of such a record has to be a host name, " +
		"with only letters, digits and hyphens inside of its labels"
}

// addressOwner lets the names of a global catalog of Active Directory pass, and those of
// RFC 7208, appendix D.1.
func addressOwner(name []byte) string {
	// As in checkowner_in_a of BIND, at any label but the last: macros of SPF make names below them
	// that are no host names.
	for label, rest, _ := bytes.Cut(name, []byte(".")); len(rest) > 0; label, rest, _ = bytes.Cut(rest, []byte(".")) {
		if s := string(label); s == "_spf" || s == "_spf_verify" || s == "_spf_rate" {
			return ""
		}
	}
	return address6Owner(name)
}

func address6Owner(name []byte) string {
	// Domain controllers of Active Directory register global catalogs at this name.
	if rest, ok := bytes.CutPrefix(name, []byte("gc._msdcs.")); ok && isHost(rest) {
		return ""
	}
	return hostOwner(name)
}

func mailboxOwner(name []byte) string {
	if isMailbox(name) {
		return ""
	}
	return "the owner of such a record has to be a mail address, with a host name behind the first label"
}

func hashOwner(name []byte) string {
	label, _, _ := bytes.Cut(name, []byte("."))
	if base32Length(label) > 0 {
		return ""
	}
	return "its owner does not begin with a hash in base32"
}

var reverseRule = rule{form: "h"}

// isReverse reports the name of an address, whose PTR record has to lead to a host, and
// not one of service discovery (RFC 6763, section 11).
func isReverse(name []byte) bool {
	for _, top := range []string{".in-addr.arpa.", ".ip6.arpa.", ".ip6.int."} {
		// BIND checks ip6.int as well, though RFC 4159 retired it.
		if bytes.HasSuffix(name, []byte(top)) {
			return !isDiscovery(name)
		}
	}
	return false
}

func isDiscovery(name []byte) bool {
	for _, label := range []string{"b", "db", "r", "dr", "lb"} {
		// These lead to domains and services, whose names may have underscores and blanks.
		if bytes.HasPrefix(name, []byte(label+"._dns-sd._udp.")) {
			return true
		}
	}
	return false
}
