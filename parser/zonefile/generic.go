package zonefile

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// isGeneric reports rdata in the generic form of RFC 3597: \# LENGTH OCTETS.
func isGeneric(tokens []string) bool { return len(tokens) > 0 && tokens[0] == `\#` }

// genericFields is canonicalFields for data in the generic form.
func genericFields(typ string, tokens []string) ([]string, error) {
	if len(tokens) < 2 {
		return nil, &fieldError{0, `\# needs the number of octets`}
	}
	length, err := strconv.ParseUint(tokens[1], 10, 16)
	if err != nil {
		return nil, &fieldError{1, fmt.Sprintf("%q is not a number of 16 bits", tokens[1])}
	}
	// Words may end within an octet: BIND reads "c00 002 01" as four octets.
	octets, err := hex.DecodeString(strings.Join(tokens[2:], ""))
	switch {
	case err != nil:
		return nil, &fieldError{2, fmt.Sprintf("%q is not hexadecimal", strings.Join(tokens[2:], " "))}
	case len(octets) != int(length):
		return nil, &fieldError{1, fmt.Sprintf(`\# announces %d octets, here are %d`, length, len(octets))}
	}
	// Fields of known types, so that a record in either form is the same. An SOA record stays as it
	// is, because its serial is edited as a token.
	if form := shape(typ); form != "" && typ != "SOA" {
		// RFC 3597, section 4: names are not compressed here, so the octets suffice.
		fields, ok := decode(form, octets)
		if !ok {
			return nil, &fieldError{0, fmt.Sprintf("these are not the octets of %s data", typ)}
		}
		return fields, nil
	}
	out := []string{`\#`, strconv.FormatUint(length, 10)}
	if length > 0 {
		out = append(out, hex.EncodeToString(octets))
	}
	return out, nil
}

// decode reads fields as they are sent.
func decode(form string, octets []byte) (fields []string, ok bool) {
	for i := range len(form) {
		var field string
		var n int
		switch form[i] {
		case fieldName:
			field, n = decodeName(octets)
		case fieldUint16:
			if n = 2; len(octets) >= n {
				field = strconv.Itoa(int(binary.BigEndian.Uint16(octets)))
			}
		case fieldIPv4:
			field, n = decodeAddress(octets, 4)
		case fieldIPv6:
			field, n = decodeAddress(octets, 16)
		}
		// n is also 0 for kinds of fields that only SOA records have.
		if n == 0 || n > len(octets) {
			return nil, false
		}
		fields, octets = append(fields, field), octets[n:]
	}
	return fields, len(octets) == 0
}

func decodeAddress(octets []byte, size int) (field string, n int) {
	if len(octets) < size {
		return "", 0
	}
	addr, _ := netip.AddrFromSlice(octets[:size])
	return addr.String(), size
}

// decodeName reads a name that is not compressed, as RFC 3597 demands. n is 0 if there
// is none.
func decodeName(octets []byte) (name string, n int) {
	var out []byte
	for n < len(octets) && n < maxName {
		size := int(octets[n])
		n++
		switch {
		case size == 0 && len(out) == 0:
			return ".", n
		case size == 0:
			return string(out), n
		// A pointer of a compressed name begins with 192 or more.
		case size > maxLabel || n+size > len(octets):
			return "", 0
		}
		for _, c := range octets[n : n+size] {
			out = appendChar(out, c)
		}
		out = append(out, '.')
		n += size
	}
	return "", 0
}
