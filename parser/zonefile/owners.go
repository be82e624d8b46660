package zonefile

import "bytes"

// The rules for owners; "" is a name that is right.

func hostOwner(name []byte) string {
	if isHost(bytes.TrimPrefix(name, []byte("*."))) {
		return ""
	}
	return "the owner of such a record has to be a host name, with only letters, digits and hyphens inside of its labels"
}

// addressOwner lets the names of a global catalog of Active Directory pass, and those of
// RFC 7208, appendix D.1.
func addressOwner(name []byte) string {
	rest := name
	for n := 0; len(rest) > 0; n++ {
		label, behind, _ := bytes.Cut(rest, []byte("."))
		if s := string(label); len(behind) > 0 && bytes.IndexByte(behind, '.') >= 0 && (s == "_spf" || s == "_spf_verify" || s == "_spf_rate") {
			return ""
		}
		rest = behind
	}
	return address6Owner(name)
}

func address6Owner(name []byte) string {
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
		if bytes.HasSuffix(name, []byte(top)) {
			return !isDiscovery(name)
		}
	}
	return false
}

func isDiscovery(name []byte) bool {
	for _, label := range []string{"b", "db", "r", "dr", "lb"} {
		if bytes.HasPrefix(name, []byte(label+"._dns-sd._udp.")) {
			return true
		}
	}
	return false
}
