package zonefile

import "bytes"

// The data of types that tell of services, and of a few others.

func readOptionalText(f *fieldReader) {
	if f.more() {
		f.text()
	}
}

func readCAA(f *fieldReader) {
	tag := f.word("the tag of a CAA record")
	// RFC 8659, section 4.1. BIND does not check that it knows the tag.
	for _, c := range tag {
		if nameChars[c] != hostChar {
			f.wrong(tag, "a tag of letters and digits")
			return
		}
	}
	f.put(uint32(len(tag)), 8)
	f.sent = append(f.sent, tag...)
	// The value is sent without a length, so it may have over 255 octets, unlike a text.
	readLong(f, f.raw("the value of the tag"))
}

func readURI(f *fieldReader) {
	token := f.raw("a URI in quotes")
	// BIND insists on quotes here, though it takes other texts without them.
	if f.ok() && token[0] != '"' {
		f.fail(f.next-1, "the URI %s is not in quotes", short(token))
		return
	}
	readLong(f, token)
}

func readDOA(f *fieldReader) {
	if f.more() && string(f.spans[f.next].Of(f.src)) == "-" {
		f.next++
		return
	}
	// The data may be empty but not missing, which base64(false) does not tell apart.
	f.raw("data in base64")
	if f.ok() {
		f.next--
		f.base64(false)
	}
}

func readDSync(f *fieldReader) {
	readTypeOrNumber(f)
	f.mnemonic("a scheme", map[string]uint32{"NOTIFY": 1}, 8)
	f.fields("2h")
}

// readNAPTR reads a regular expression and the replacement.
func readNAPTR(f *fieldReader) {
	f.text()
	// BIND checks the octets as sent, so the escapes of the zone file are undone first.
	if f.ok() && !isSubstitution(octets(f.spans[f.next-1].Of(f.src))) {
		f.wrong(f.spans[f.next-1].Of(f.src), "a substitution as in !^.*$!sip:info@example.com! (RFC 3402)")
	}
	f.field(fieldName)
}

// isSubstitution reports a regular expression and what replaces it, each between two
// delimiters, and i or nothing at the end. No text at all is one too. Servers differ in what
// they take for a regular expression, so of that only the groups count, for the replacement
// may name those alone; a parenthesis in brackets passes for one.
func isSubstitution(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	delim := text[0]
	// RFC 3402, section 3.2: these mean something in the expression, so they cannot delimit it.
	if isDigit(delim) || delim == '\\' || delim == 'i' || bytes.IndexByte(text, 0) >= 0 {
		return false
	}
	part, groups, named := 0, 0, 0
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == delim:
			if part++; part > 2 {
				return false
			}
		// The only flag, which may be repeated.
		case part == 2 && c != 'i':
			return false
		case c == '\\' && part < 2:
			if i++; i == len(text) {
				return false
			}
			// In the replacement, \1 to \9 are groups of the expression; \0 is not allowed.
			if part == 1 && isDigit(text[i]) {
				if text[i] == '0' {
					return false
				}
				named = max(named, int(text[i]-'0'))
			}
		case c == '(' && part == 0:
			groups++
		}
	}
	return part == 2 && named <= groups
}

// readPorts reads the protocol and the ports of a WKS record.
func readPorts(f *fieldReader) {
	if f.more() && isDigit(withoutSign(f.spans[f.next].Of(f.src))[0]) {
		f.signedUpTo(255)
		f.put(f.number, 8)
	} else {
		f.mnemonic("a protocol", map[string]uint32{"TCP": 6, "UDP": 17, "ICMP": 1, "IP": 0}, 8)
	}
	// RFC 1035, section 3.4.2: one bit a port.
	var ports []byte
	for f.more() {
		token := f.word("a port or a service")
		// Names of services are not checked: which ones there are depends on /etc/services of the
		// server.
		if digits := bytes.TrimLeft(token, "+-"); f.ok() && len(digits) > 0 && isDigit(digits[0]) {
			f.next--
			f.signedUpTo(1<<16 - 1)
			ports = withBit(ports, int(f.number))
		}
	}
	f.sent = append(f.sent, ports...)
}

// withBit sets a bit, the first of which is the highest of the first octet, and adds the octets that
// it takes.
func withBit(bits []byte, n int) []byte {
	for len(bits) <= n/8 {
		bits = append(bits, 0)
	}
	bits[n/8] |= 0x80 >> (n % 8)
	return bits
}
