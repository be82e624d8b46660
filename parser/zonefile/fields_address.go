package zonefile

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Addresses of all kinds in the data of records.

// isIPv4 reports four decimal numbers up to 255, without leading zeros.
func isIPv4(token []byte) bool {
	// Not with netip.ParseAddr, which needs a string and makes an error: almost every record of a
	// large zone is checked here.
	for dots := 0; ; dots++ {
		n := octetLength(token)
		switch {
		case n == 0:
			return false
		case dots == 3:
			return n == len(token)
		case n == len(token) || token[n] != '.':
			return false
		}
		token = token[n+1:]
	}
}

// octetLength is the length of a number up to 255 without leading zeros, 0 if there is none.
func octetLength(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	// Bytes below '0' wrap around to large values, so one comparison checks both ends.
	a := text[0] - '0'
	if a > 9 {
		return 0
	}
	if len(text) == 1 || text[1]-'0' > 9 {
		return 1
	}
	// BIND reads addresses with inet_pton, which refuses leading zeros; other C functions take them
	// for octal.
	if a == 0 {
		return 0
	}
	if len(text) == 2 || text[2]-'0' > 9 {
		return 2
	}
	if int(a)*100+int(text[1]-'0')*10+int(text[2]-'0') > 255 {
		return 0
	}
	return 3
}

// isIPv6 reports an address as RFC 4291, section 2.2, writes it, without a zone.
func isIPv6(token []byte) bool {
	groups, digits, start, gap := 0, 0, 0, false // of the group at hand
	for i, c := range token {
		switch {
		case isHexDigit[c]:
			if digits++; digits > 4 {
				return false
			}
		case c != ':':
			// The last 32 bits may be written as an IPv4 address (section 2.2, form 3). They are
			// two groups.
			if c != '.' || digits == 0 || groups > 6 || !isIPv4(token[start:]) {
				return false
			}
			groups += 2
			return groups == 8 && !gap || groups < 8 && gap
		case digits > 0:
			groups, digits, start = groups+1, 0, i+1
		case i == 0:
			// A colon at the start must be the first of two; the gap is noted at the second.
			if len(token) < 2 || token[1] != ':' {
				return false
			}
		case gap:
			return false
		default:
			// A second gap was refused above: the lengths of two could not be told.
			gap, start = true, i+1
		}
	}
	if digits > 0 {
		groups++
	} else if n := len(token); n < 2 || token[n-2] != ':' {
		return false
	}
	// The gap is at least one group, so with it there are fewer than eight others.
	return groups == 8 && !gap || groups < 8 && gap
}

var isHexDigit = func() (table [256]bool) {
	for c := range table {
		table[c] = isDigit(byte(c)) || c|0x20 >= 'a' && c|0x20 <= 'f'
	}
	return table
}()

func readX25(f *fieldReader) {
	token := f.raw("a number of X.25")
	// RFC 1183, section 3.1: it is sent as a character string, so it may be in quotes.
	number := unquoted(token)
	for _, c := range number {
		if !isDigit(c) {
			f.wrong(token, "a number of digits alone")
			return
		}
	}
	if f.ok() && len(number) < 4 {
		f.wrong(token, "a number of four digits at least")
	}
	if f.ok() {
		// Step back and read the token as a text, which counts its octets.
		f.next--
		f.text()
	}
}

func readEUI(f *fieldReader, octets int) {
	token := f.word("an address of hardware")
	if !f.ok() {
		return
	}
	// RFC 7043, sections 3.2 and 4.2: two digits each, and nothing behind them. BIND reads it with
	// sscanf, which takes one digit and ignores the rest; docs/dns.md lists that.
	parts := strings.Split(string(token), "-")
	for _, part := range parts {
		if _, err := hex.DecodeString(part); err != nil || len(part) != 2 || len(parts) != octets {
			f.fail(f.next-1, "%s is not %d pairs of hexadecimal digits with hyphens between them", short(token), octets)
			return
		}
		f.put(uint32(hexValue(part[0])<<4|hexValue(part[1])), 8)
	}
}

// readLocator reads four groups of hexadecimal digits.
func readLocator(f *fieldReader) {
	token := f.word("a locator of 64 bits")
	if !f.ok() {
		return
	}
	// Half an IPv6 address, but :: is not allowed in it (RFC 6742), so netip cannot read it.
	groups := bytes.Split(token, []byte(":"))
	for _, group := range groups {
		n, err := strconv.ParseUint(string(group), 16, 16)
		if err != nil || len(group) > 4 || len(groups) != 4 {
			f.wrong(token, "four groups of hexadecimal digits, as in 2001:db8:1:2")
			return
		}
		f.put(uint32(n), 16)
	}
}

func readNSAP(f *fieldReader) {
	token := f.word("an NSAP address")
	if !f.ok() {
		return
	}
	digits, ok := bytes.CutPrefix(bytes.ToLower(token), []byte("0x"))
	// RFC 1706: dots are only there for the reader, at any place.
	digits = bytes.ReplaceAll(digits, []byte("."), nil)
	address, err := hex.DecodeString(string(digits))
	if !ok || err != nil || len(digits) == 0 {
		f.wrong(token, "an NSAP address, 0x and pairs of hexadecimal digits")
	}
	f.sent = append(f.sent, address...)
}

func readATM(f *fieldReader) {
	token := f.word("an ATM address")
	if !f.ok() {
		return
	}
	// With a plus sign it is a number of E.164, without one an address of an end system in
	// hexadecimal digits. Single dots may separate the digits of both.
	number, e164 := bytes.CutPrefix(token, []byte("+"))
	digits := bytes.ReplaceAll(number, []byte("."), nil)
	bad := slices.ContainsFunc(bytes.Split(number, []byte(".")), func(part []byte) bool { return len(part) == 0 })
	if e164 {
		bad = bad || len(digits) == 0 || bytes.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
		f.sent = append(append(f.sent, 1), digits...)
	} else {
		address, err := hex.DecodeString(string(digits))
		bad = bad || err != nil || len(digits) == 0
		f.sent = append(append(f.sent, 0), address...)
	}
	if bad {
		f.wrong(token, "an ATM address, pairs of hexadecimal digits or + and a number")
	}
}

// readA6 reads what RFC 2874 describes: a prefix length, the rest of an address, and the name
// that has the prefix.
func readA6(f *fieldReader) {
	f.upTo(128)
	prefix := f.number
	// RFC 2874, section 3.1: with a prefix of 128 bits the whole address comes from the other name,
	// and with 0 there is no other name.
	if prefix < 128 {
		f.field(fieldIPv6)
	}
	if f.ok() {
		// Of the address, only what is behind the prefix is sent.
		address := slices.Clone(f.sent)
		if f.sent = append(f.sent[:0], byte(prefix)); prefix < 128 {
			address[prefix/8] &= 0xff >> (prefix % 8)
			f.sent = append(f.sent, address[prefix/8:]...)
		}
	}
	if prefix > 0 {
		f.field(fieldHost)
	}
}

// readPrefixes reads the items of an APL record, such as !1:192.0.2.0/24.
func readPrefixes(f *fieldReader) {
	for f.more() {
		token := f.word("an address prefix")
		if !isPrefix(strings.TrimPrefix(string(token), "!")) {
			f.wrong(token, "an address prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32")
			return
		}
		item, not := strings.CutPrefix(string(token), "!")
		family, rest, _ := strings.Cut(item, ":")
		address, size, _ := strings.Cut(rest, "/")
		addr, _ := netip.ParseAddr(address)
		prefix, _ := strconv.Atoi(size)
		// RFC 3123, section 4: zero octets at the end of the address are not sent, and the highest bit of
		// its length is the exclamation mark.
		octets := bytes.TrimRight(addr.AsSlice(), "\x00")
		length := len(octets)
		if not {
			length |= 0x80
		}
		f.put(uint32(family[len(family)-1]-'0'), 16)
		f.sent = append(append(f.sent, byte(prefix), byte(length)), octets...)
	}
}

// putAddress adds an address to what is sent.
func (f *fieldReader) putAddress(token []byte) {
	addr, _ := netip.ParseAddr(string(token))
	f.sent = append(f.sent, addr.AsSlice()...)
}

func isPrefix(item string) bool {
	family, rest, ok := strings.Cut(item, ":")
	addr, size, slash := strings.Cut(rest, "/")
	n, err := strconv.ParseUint(size, 10, 8)
	if !ok || !slash || err != nil {
		return false
	}
	// BIND reads the family with strtoul, so 01 and +1 are 1. It knows no family but these two.
	switch strings.TrimLeft(withoutSign(family), "0") {
	case "1":
		return n <= 32 && isIPv4([]byte(addr))
	case "2":
		return n <= 128 && isIPv6([]byte(addr))
	}
	return false
}
