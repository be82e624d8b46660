package zonediff

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// tokenKind is what a value has to be so that an nsupdate script, or a batch for Route 53,
// can have it as it is.
type tokenKind string

const (
	nameToken   tokenKind = "absolute domain name"
	serverToken tokenKind = "host name or address"
	typeToken   tokenKind = "record type A, AAAA or SRV"
	ipv4Token   tokenKind = "IPv4 address"
	ipv6Token   tokenKind = "IPv6 address"
	srvToken    tokenKind = "priority, weight, port and absolute target"
	soaToken    tokenKind = "the seven fields of an SOA record"
)

// quoteToken returns a value as nsupdate and Route 53 read it. But for the mailbox of an SOA record only values that
// need no quoting are taken: the names of hosts and of their SRV records have no others. Anything
// else is an error with the offset of the first byte that is wrong.
func quoteToken(kind tokenKind, value string) (string, error) {
	at, given := -1, value
	switch kind {
	case nameToken:
		at = badName(value)
	case serverToken:
		// nsupdate takes a name with or without the final dot, and no zone of an interface
		if addr, err := netip.ParseAddr(value); err != nil || addr.Zone() != "" {
			at = badName(strings.TrimSuffix(value, ".") + ".")
		}
	case typeToken:
		if value != "A" && value != "AAAA" && value != "SRV" {
			at = 0
		}
	case ipv4Token, ipv6Token:
		at = badAddress(value, kind == ipv4Token)
	case srvToken:
		at = badService(value)
	case soaToken:
		value, at = soa(value)
	default:
		at = 0
	}
	if at >= 0 {
		return "", fmt.Errorf("%.300q cannot be in a DNS file: byte %d is wrong for %s", given, at, kind)
	}
	return value, nil
}

// badName is the offset of the first byte that an absolute name of letters, digits,
// hyphens and underscores cannot have there, or -1.
func badName(name string) int {
	label := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '.':
			if label == 0 {
				return i
			}
			label = 0
			continue
		// 63 octets a label, 253 characters a name and the final dot (RFC 1035, 2.3.4)
		case c == '-' && label == 0, !plainByte(c), label == 63, i >= 254:
			return i
		}
		label++
	}
	if name == "" || label > 0 || len(name) > 254 {
		return len(name)
	}
	return -1
}

func plainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func badAddress(value string, v4 bool) int {
	for i := range len(value) {
		// netip takes a zone behind %, which no record has
		if !strings.ContainsRune("0123456789abcdefABCDEF.:", rune(value[i])) {
			return i
		}
	}
	addr, err := netip.ParseAddr(value)
	if err != nil || addr.Is4() != v4 {
		return 0
	}
	return -1
}

// badService takes "." as target too: it says that there is no such service.
func badService(value string) int {
	at := 0
	for range 3 {
		// one blank between the fields, no sign and no zero in front: one spelling of each record
		number, _, found := strings.Cut(value[at:], " ")
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil || !found || number != strconv.FormatUint(n, 10) {
			return at
		}
		at += len(number) + 1
	}
	if target := value[at:]; target != "." {
		if bad := badName(target); bad >= 0 {
			return at + bad
		}
	}
	return -1
}

// octets writes a name of any octets, as a mailbox may have them, so that all clients read it: those of host names,
// and escaped dots, as they are, others as three digits (RFC 1035, 5.1). knsupdate 3.2.6 takes no plus sign or
// apostrophe, which BIND has as they are. at is the first byte that is wrong, or -1.
func octets(name string) (out string, at int) {
	var b, plain strings.Builder
	var from []int // where in name each byte of plain is
	for at, n := 0, 0; at < len(name); at += n {
		c, size, escaped, err := plan.Octet([]byte(name[at:min(at+4, len(name))]))
		n = size
		// \X for what can be seen, and what a name may have as it is
		if err != nil || size == 2 && (c <= ' ' || c >= 0x7f) ||
			!escaped && c != '.' && !plainByte(c) && strings.IndexByte("!#%&'*+,/:<=>?[]^`{|}~", c) < 0 {
			return "", at
		}
		from = append(from, at)
		switch {
		case c == '.' && escaped:
			b.WriteString(`\.`)
		case c == '.' || plainByte(c):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\%03d`, c)
		}
		if escaped || c != '.' && !plainByte(c) {
			c = 'x' // any octet may be there
		}
		plain.WriteByte(c)
	}
	at = badName(plain.String())
	switch {
	case at < 0:
		return b.String(), -1
	case at < len(from):
		return "", from[at]
	}
	return "", len(name)
}

// soa writes what is in a zone file: two names, of which the second is a mailbox, and five numbers. at is the
// first byte that is wrong, or -1.
func soa(value string) (out string, at int) {
	var fields []string
	for i := range 7 {
		field, _, found := strings.Cut(value[at:], " ")
		if found != (i < 6) {
			return "", at + len(field)
		}
		text := field
		if i < 2 {
			var bad int
			if text, bad = octets(field); bad >= 0 {
				return "", at + bad
			}
		} else if n, err := strconv.ParseUint(field, 10, 32); err != nil || field != strconv.FormatUint(n, 10) {
			return "", at
		}
		fields = append(fields, text)
		at += len(field) + 1
	}
	return strings.Join(fields, " "), -1
}
