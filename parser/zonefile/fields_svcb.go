package zonefile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parameters of SVCB and HTTPS records (RFC 9460, RFC 9461).
const (
	svcMandatory = 0
	svcALPN      = 1
	svcNoDefault = 2
	svcPort      = 3
	svcIPv4Hint  = 4
	svcECH       = 5
	svcIPv6Hint  = 6
	svcDoHPath   = 7
)

var svcKeys = map[string]uint16{
	"mandatory": svcMandatory, "alpn": svcALPN, "no-default-alpn": svcNoDefault, "port": svcPort,
	"ipv4hint": svcIPv4Hint, "ech": svcECH, "ipv6hint": svcIPv6Hint, "dohpath": svcDoHPath,
}

// readService reads the target of an SVCB record and its parameters.
func readService(f *fieldReader) {
	// RFC 9460, section 2.4.2: priority 0 is AliasMode. BIND checks for a host name in ServiceMode
	// only.
	alias := f.number == 0
	// BIND allows quotes around this name, and around no other.
	token := f.raw("a name")
	if !f.ok() {
		return
	}
	host, err := f.names.read(unquoted(token))
	if err != nil {
		f.badName(err)
		return
	} else if !host && !alias {
		f.notHost("a host name", token)
	}
	f.putName(unquoted(token))
	keys := map[uint16]bool{}
	var mandatory []uint16
	var sent []parameter
	for f.more() {
		at := f.next
		name, value, given := readParameter(f)
		key, ok := svcKey(name)
		generic := strings.HasPrefix(name, "key")
		if !ok {
			f.fail(at, "%s is not a parameter of SVCB", short([]byte(name)))
			return
		}
		// RFC 9460, section 2.1: keys may be in any order, but each only once.
		if keys[key] {
			f.fail(at, "the parameter %s is here twice", name)
		}
		keys[key] = true
		if !svcValue(key, generic, value, given) {
			f.fail(at, "%s is not a value of the parameter %s", short(value), name)
		}
		if key == svcMandatory && f.ok() {
			mandatory = svcList(value, generic)
		}
		if f.ok() {
			sent = append(sent, parameter{key, svcSent(key, generic, value)})
		}
	}
	checkMandatory(f, keys, mandatory)
	slices.SortFunc(sent, func(a, b parameter) int { return int(a.key) - int(b.key) })
	for _, p := range sent {
		f.put(uint32(p.key), 16)
		f.put(uint32(len(p.value)), 16)
		f.sent = append(f.sent, p.value...)
	}
}

// parameter is one of SVCB with its value as sent.
type parameter struct {
	key   uint16
	value []byte
}

// checkMandatory checks that what some parameters demand of others is there.
func checkMandatory(f *fieldReader, keys map[uint16]bool, listed []uint16) {
	for _, key := range listed {
		// RFC 9460, section 8: all of these must be there, and mandatory must not list itself.
		if key == svcMandatory || !keys[key] {
			f.fail(f.next-1, "a parameter that is mandatory is not there")
		}
	}
	// RFC 9460, section 7.1.1: it removes the default protocol, so another one has to be listed.
	if keys[svcNoDefault] && !keys[svcALPN] {
		f.fail(f.next-1, "no-default-alpn needs alpn")
	}
}

// readParameter reads name=value, where the value may be in quotes, or a name alone.
func readParameter(f *fieldReader) (name string, value []byte, given bool) {
	span := f.spans[f.next]
	token := f.word("a parameter")
	key, value, given := bytes.Cut(token, []byte("="))
	// The scanner begins a new token at a quote, so alpn="h2,h3" is two tokens without a blank
	// between them.
	if given && len(value) == 0 && f.next < len(f.spans) &&
		f.spans[f.next].Start == span.End && f.src[span.End] == '"' {
		value = unquoted(f.raw("a value"))
	}
	return string(key), value, given
}

// svcKey is the number of a parameter.
func svcKey(name string) (uint16, bool) {
	if key, ok := svcKeys[name]; ok {
		return key, true
	}
	digits, ok := strings.CutPrefix(name, "key")
	n, err := strconv.ParseUint(digits, 10, 16)
	// RFC 9460, section 2.1: no leading zeros, so that each key has one spelling.
	return uint16(n), ok && err == nil && (digits == "0" || digits[0] != '0')
}

// svcValue reports whether a parameter may have a value, in its own form or, if it is named
// by its number, as octets.
func svcValue(key uint16, generic bool, value []byte, given bool) bool {
	// A wrong escape makes any value wrong.
	if _, ok := textLength(value); !ok {
		return false
	}
	if generic {
		return svcOctets(key, octets(value))
	}
	text := string(value)
	switch key {
	case svcMandatory:
		list := svcList(value, false)
		// In text any order is allowed, as they are sorted before they are sent; only doubles are
		// wrong.
		sorted := slices.Sorted(slices.Values(list))
		return list != nil && len(slices.Compact(sorted)) == len(list)
	case svcALPN:
		return isALPN(octets(value))
	case svcNoDefault:
		return len(value) == 0
	case svcPort:
		_, err := strconv.ParseUint(text, 10, 16)
		return err == nil
	case svcIPv4Hint:
		return everyItem(text, isIPv4)
	case svcECH:
		_, err := base64.StdEncoding.Strict().DecodeString(text)
		return err == nil
	case svcIPv6Hint:
		return everyItem(text, isIPv6)
	}
	return isQueryPath(octets(value))
}

// svcSent is a right value as it is sent.
func svcSent(key uint16, generic bool, value []byte) []byte {
	var out []byte
	switch {
	// A key that is named by its number has its value as octets.
	case generic:
		return octets(value)
	case key == svcMandatory:
		for _, key := range slices.Sorted(slices.Values(svcList(value, false))) {
			out = binary.BigEndian.AppendUint16(out, key)
		}
	case key == svcALPN:
		return sentALPN(octets(value))
	case key == svcPort:
		port, _ := strconv.Atoi(string(value))
		return binary.BigEndian.AppendUint16(nil, uint16(port))
	case key == svcIPv4Hint, key == svcIPv6Hint:
		for item := range strings.SplitSeq(string(value), ",") {
			addr, _ := netip.ParseAddr(item)
			out = append(out, addr.AsSlice()...)
		}
	case key == svcECH:
		out, _ = base64.StdEncoding.DecodeString(string(value))
	default:
		return octets(value)
	}
	return out
}

// sentALPN is a list of protocols with the length of each before it.
func sentALPN(list []byte) []byte {
	length, out := 0, []byte{0}
	for i := 0; i < len(list); i++ {
		if list[i] == ',' {
			length = len(out)
			out = append(out, 0)
			continue
		}
		if list[i] == '\\' {
			i++
		}
		out = append(out, list[i])
		out[length]++
	}
	return out
}

func everyItem(list string, ok func([]byte) bool) bool {
	for item := range strings.SplitSeq(list, ",") {
		if !ok([]byte(item)) {
			return false
		}
	}
	return true
}

// svcList are the parameters of a list, nil if it is none. Octets of a generic one must be right.
func svcList(value []byte, generic bool) []uint16 {
	var out []uint16
	if generic {
		for pair := range slices.Chunk(octets(value), 2) {
			out = append(out, uint16(pair[0])<<8|uint16(pair[1]))
		}
		return out
	}
	for item := range strings.SplitSeq(string(value), ",") {
		key, ok := svcKey(strings.ToLower(item))
		if !ok {
			return nil
		}
		out = append(out, key)
	}
	return out
}

// isALPN reports protocols with commas between them, none of them empty or too long.
func isALPN(list []byte) bool {
	size, escaped := 0, false
	for _, c := range list {
		switch {
		case escaped:
			escaped = false
			size++
		// RFC 9460, appendix A.1: a comma within a protocol is escaped a second time.
		case c == '\\':
			escaped = true
		case c == ',':
			if size == 0 {
				return false
			}
			size = 0
		default:
			size++
		}
		if size > 255 {
			return false
		}
	}
	return size > 0 && !escaped
}

// svcOctets checks a value that is given as octets.
func svcOctets(key uint16, value []byte) bool {
	n := len(value)
	switch key {
	case svcMandatory:
		last := -1
		for i := 0; i+1 < n; i += 2 {
			// As octets the keys must be in order, which also rules out doubles.
			v := int(value[i])<<8 | int(value[i+1])
			if v <= last {
				return false
			}
			last = v
		}
		return n > 0 && n%2 == 0
	case svcALPN:
		// Each protocol has its length before it. The sum is an int: 255 and 1 would wrap around to
		// 0 in a byte, and the loop would never end.
		for len(value) > 0 && value[0] > 0 && int(value[0]) < len(value) {
			value = value[int(value[0])+1:]
		}
		return n > 0 && len(value) == 0
	case svcNoDefault:
		return n == 0
	case svcPort:
		return n == 2
	case svcIPv4Hint:
		return n > 0 && n%4 == 0
	case svcIPv6Hint:
		return n > 0 && n%16 == 0
	case svcDoHPath:
		return isQueryPath(value)
	}
	return true
}

// isQueryPath reports a path as a template of RFC 6570 that has the variable dns, as BIND reads one
// (validate_dohpath).
func isQueryPath(path []byte) bool {
	if len(path) == 0 || path[0] != '/' || !utf8.Valid(path) {
		return false
	}
	found := false
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '%':
			if !isPercent(path[i:]) {
				return false
			}
		case '{':
			n, dns := templateExpression(path[i+1:])
			if n == 0 {
				return false
			}
			i += n
			found = found || dns
		}
	}
	return found
}

// isPercent reports an octet as % and two digits at the start of a text.
func isPercent(text []byte) bool { return len(text) > 2 && isHexDigit[text[1]] && isHexDigit[text[2]] }

// templateExpression is the length of an expression with its brace at the end, 0 if there is none, and
// whether dns is one of its variables.
func templateExpression(text []byte) (length int, dns bool) {
	start, operator := 0, false // of the variable at hand
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case bytes.IndexByte([]byte("+#./;?&"), c) >= 0:
			if i != start || operator {
				return 0, false
			}
			operator, start = true, i+1
			continue
		case c == '%':
			if !isPercent(text[i:]) {
				return 0, false
			}
			continue
		case nameChars[c] == hostChar || c == '_':
			continue
		case bytes.IndexByte([]byte("*:,}"), c) < 0 || i == start:
			return 0, false
		}
		dns = dns || string(text[start:i]) == "dns"
		prefixed := c == ':'
		if c == '*' || prefixed {
			from := i + 1
			for i++; prefixed && i < len(text) && isDigit(text[i]); i++ {
			}
			if i == len(text) || prefixed && (i == from || i > from+4 || text[from] == '0') {
				return 0, false
			}
			c = text[i]
		}
		switch c {
		case '}':
			return i + 1, dns
		case ',':
			// Behind a number BIND still takes the first variable for the one at hand.
			if operator = false; !prefixed {
				start = i + 1
			}
		default:
			return 0, false
		}
	}
	return 0, false
}
