package zonefile

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// The fields that are not alike in two types, and the words in them.

var (
	algorithms = map[string]uint32{
		"RSAMD5": 1, "DH": 2, "DSA": 3, "RSASHA1": 5, "NSEC3DSA": 6, "NSEC3RSASHA1": 7, "RSASHA256": 8, "RSASHA512": 10,
		"ECCGOST": 12, "ECDSAP256SHA256": 13, "ECDSA256": 13, "ECDSAP384SHA384": 14, "ECDSA384": 14, "ED25519": 15,
		"ED448": 16, "INDIRECT": 252, "PRIVATEDNS": 253, "PRIVATEOID": 254,
	}
	protocols = map[string]uint32{"NONE": 0, "TLS": 1, "EMAIL": 2, "DNSSEC": 3, "IPSEC": 4, "ALL": 255}
	digests   = map[string]uint32{"SHA-1": 1, "SHA1": 1, "SHA-256": 2, "SHA256": 2, "GOST": 3, "SHA-384": 4, "SHA384": 4}
	certTypes = map[string]uint32{"PKIX": 1, "SPKI": 2, "PGP": 3, "IPKIX": 4, "ISPKI": 5, "IPGP": 6, "ACPKIX": 7, "IACPKIX": 8, "URI": 253, "OID": 254}
	hashes    = map[string]uint32{"SHA-1": 1}
	keyFlags  = map[string]uint32{
		"NOCONF": 0x4000, "NOAUTH": 0x8000, "NOKEY": 0xc000, "FLAG2": 0x2000, "EXTEND": 0x1000, "FLAG4": 0x0800,
		"FLAG5": 0x0400, "USER": 0, "ZONE": 0x0100, "HOST": 0x0200, "NTYP3": 0x0300, "FLAG8": 0x80, "FLAG9": 0x40,
		"FLAG10": 0x20, "FLAG11": 0x10, "SIG0": 0, "SIG1": 1, "SIG2": 2, "SIG3": 3, "SIG4": 4, "SIG5": 5, "SIG6": 6, "SIG7": 7,
		"SIG8": 8, "SIG9": 9, "SIG10": 10, "SIG11": 11, "SIG12": 12, "SIG13": 13, "SIG14": 14, "SIG15": 15, "KSK": 1,
	}
)

// lengths of digests in octets, by the numbers of their registries.
var (
	dsLengths    = map[uint32]int{1: 20, 2: 32, 4: 48}
	sshLengths   = map[uint32]int{1: 20, 2: 32}
	zonemdLength = map[uint32]int{1: 48, 2: 64}
)

func sized(lengths map[uint32]int, n uint32) int {
	if size, ok := lengths[n]; ok {
		return size
	}
	return -1
}

func (f *fieldReader) digest() {
	f.mnemonic("a digest type", digests, 255)
	f.hex(sized(dsLengths, f.number))
}

// fingerprint may be missing in a type that is not known.
func (f *fieldReader) fingerprint() {
	if size := sized(sshLengths, f.number); size >= 0 || f.more() {
		f.hex(size)
	}
}

func (f *fieldReader) zoneDigest() {
	if n := f.hex(sized(zonemdLength, f.number)); f.ok() && n < 12 {
		f.fail(f.next-1, "a digest of %d octets is too short; it needs 12", n)
	}
}

func (f *fieldReader) key() {
	token := f.word("the flags of a key")
	if f.ok() && isDigit(token[0]) {
		f.flags(token)
	} else if f.ok() {
		f.number = 0
		for word := range bytes.SplitSeq(token, []byte("|")) {
			bits, ok := keyFlags[strings.ToUpper(string(word))]
			if f.number |= bits; !ok {
				f.wrong(token, "the flags of a key")
			}
		}
	}
	flags := f.number
	f.size += 2
	f.mnemonic("the protocol of a key", protocols, 255)
	f.mnemonic("an algorithm of DNSSEC", algorithms, 255)
	switch {
	case f.typ == "RKEY" && flags != 0:
		f.fail(0, "the flags of an RKEY have to be 0")
	case f.typ == "KEY" && flags&0xc000 == 0xc000:
	default:
		f.base64(true)
	}
}

// flags reads a number, which may be in hexadecimal digits.
func (f *fieldReader) flags(token []byte) {
	n, err := strconv.ParseUint(string(token), 10, 32)
	if err != nil {
		n, err = strconv.ParseUint(strings.TrimPrefix(strings.ToLower(string(token)), "0x"), 16, 32)
	}
	if f.number = uint32(n); err != nil || n > 0xffff {
		f.wrong(token, "the flags of a key")
	}
}

func (f *fieldReader) keyData() {
	for range 3 {
		if token := f.word("a time such as 20261123000000"); f.ok() && !isStamp(token) {
			f.wrong(token, "a time such as 20261123000000")
		}
	}
	f.typ = "KEY"
	f.key()
}

func (f *fieldReader) cert() {
	f.mnemonic("a certificate type", certTypes, 1<<16-1)
	f.size++
	f.uint(16)
	f.mnemonic("an algorithm of DNSSEC", algorithms, 255)
	f.base64(true)
}

func (f *fieldReader) signature() {
	f.typeOrNumber()
	f.mnemonic("an algorithm of DNSSEC", algorithms, 255)
	f.uint(8)
	labels := int(f.number)
	f.uint(32)
	for range 2 {
		if f.typ == "RRSIG" {
			f.sigTime()
		} else if token := f.word("a time such as 20261123000000"); f.ok() && !isStamp(token) {
			f.wrong(token, "a time such as 20261123000000")
		}
	}
	f.fields("2n")
	if !f.ok() {
		return
	}
	if name, _, err := appendName(nil, f.spans[f.next-1].Of(f.src), f.origin); err == nil && f.typ == "RRSIG" && labelsOf(name) > labels {
		f.fail(f.next-1, "the signer has more labels than the record (%d), so it cannot be above it", labels)
	}
	f.base64(true)
}

// labelsOf counts the labels of a canonical name without the root.
func labelsOf(name []byte) int {
	n := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '.':
			n++
		}
	}
	if len(name) == 1 {
		return 0
	}
	return n
}

func (f *fieldReader) nsec3() {
	algorithm := f.nsec3Param()
	token := f.word("a hash in base32")
	switch n := base32Length(token); {
	case !f.ok():
	case algorithm == 1 && n != 20:
		f.wrong(token, "a hash of 20 octets in base32")
	case n < 0 || n > 155:
		f.wrong(token, "a hash in base32")
	}
	f.bitmap(false)
}

func (f *fieldReader) nsec3Param() (algorithm uint32) {
	f.mnemonic("a hash algorithm", hashes, 255)
	algorithm = f.number
	f.fields("12")
	token := f.word("a salt in hexadecimal digits, or -")
	if !f.ok() || string(token) == "-" {
		return algorithm
	}
	if _, err := hex.DecodeString(string(token)); err != nil || len(token) > 510 {
		f.wrong(token, "a salt in hexadecimal digits, or -")
	}
	return algorithm
}

// base32Length is the number of octets of a hash as NSEC3 writes it, -1 if it is none.
func base32Length(token []byte) int {
	for _, c := range token {
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'v') {
			return -1
		}
	}
	if rest := len(token) % 8; rest == 1 || rest == 3 || rest == 6 || len(token) == 0 {
		return -1
	}
	return len(token) * 5 / 8
}

func (f *fieldReader) nxt() {
	for f.more() {
		token := f.word("a record type")
		n, err := strconv.Atoi(string(token))
		if typ, ok := typeNumber(strings.ToUpper(string(token))); ok {
			n, err = int(typ), nil
		}
		if err != nil || n < 1 || n > 127 {
			f.wrong(token, "a record type up to 127")
		}
	}
}

// gateway reads what its type, a number of RFC 4025, says.
func (f *fieldReader) gateway(kind uint32) {
	switch kind {
	case 0:
		if token := f.word("a dot"); f.ok() && string(token) != "." {
			f.wrong(token, "a dot, which stands for no gateway")
		}
	case 1:
		f.field(fieldIPv4)
	case 2:
		f.field(fieldIPv6)
	case 3:
		f.field(fieldName)
	}
}

func (f *fieldReader) ipsecKey() {
	f.upTo(3)
	kind := f.number
	f.uint(8)
	f.gateway(kind)
	f.base64(true)
}

func (f *fieldReader) amtRelay() {
	f.uint(8)
	f.upTo(1)
	f.upTo(3)
	f.gateway(f.number)
}

func (f *fieldReader) hip() {
	token := f.word("a host identity tag")
	if _, err := hex.DecodeString(string(token)); f.ok() && (err != nil || len(token) > 510) {
		f.wrong(token, "a host identity tag in hexadecimal digits")
	}
	f.size += 3 + len(token)/2
	if f.more() {
		one := *f
		one.spans = f.spans[:f.next+1]
		one.base64(true)
		f.next, f.at, f.msg, f.size = one.next, one.at, one.msg, one.size
	} else {
		f.raw("a key in base64")
	}
	for f.more() {
		f.field(fieldName)
	}
}

func (f *fieldReader) optionalText() {
	if f.more() {
		f.text()
	}
}

func (f *fieldReader) caa() {
	tag := f.word("the tag of a CAA record")
	f.size += 1 + len(tag)
	for _, c := range tag {
		if nameChars[c] != hostChar {
			f.wrong(tag, "a tag of letters and digits")
			return
		}
	}
	f.long(f.raw("the value of the tag"))
}

func (f *fieldReader) uri() {
	token := f.raw("a URI in quotes")
	if f.ok() && token[0] != '"' {
		f.fail(f.next-1, "the URI %s is not in quotes", short(token))
		return
	}
	f.long(token)
}

func (f *fieldReader) doa() {
	if f.more() && string(f.spans[f.next].Of(f.src)) == "-" {
		f.next++
		return
	}
	f.raw("data in base64")
	if f.ok() {
		f.next--
		f.base64(false)
	}
}

func (f *fieldReader) dsync() {
	f.typeOrNumber()
	f.mnemonic("a scheme", map[string]uint32{"NOTIFY": 1}, 255)
	f.fields("2h")
}

func (f *fieldReader) x25() {
	token := f.raw("a number of X.25")
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
		f.next--
		f.text()
	}
}

func (f *fieldReader) eui(octets int) {
	token := f.word("an address of hardware")
	if !f.ok() {
		return
	}
	parts := strings.Split(string(token), "-")
	for _, part := range parts {
		if _, err := hex.DecodeString(part); err != nil || len(part) != 2 || len(parts) != octets {
			f.fail(f.next-1, "%s is not %d pairs of hexadecimal digits with hyphens between them", short(token), octets)
			return
		}
	}
}

// locator reads four groups of hexadecimal digits.
func (f *fieldReader) locator() {
	token := f.word("a locator of 64 bits")
	if !f.ok() {
		return
	}
	groups := bytes.Split(token, []byte(":"))
	for _, group := range groups {
		if _, err := strconv.ParseUint(string(group), 16, 16); err != nil || len(group) > 4 || len(groups) != 4 {
			f.wrong(token, "four groups of hexadecimal digits, as in 2001:db8:1:2")
			return
		}
	}
}

func (f *fieldReader) nsap() {
	token := f.word("an NSAP address")
	if !f.ok() {
		return
	}
	digits, ok := bytes.CutPrefix(bytes.ToLower(token), []byte("0x"))
	digits = bytes.ReplaceAll(digits, []byte("."), nil)
	if _, err := hex.DecodeString(string(digits)); !ok || err != nil || len(digits) == 0 {
		f.wrong(token, "an NSAP address, 0x and pairs of hexadecimal digits")
	}
}

func (f *fieldReader) atma() {
	token := f.word("an ATM address")
	if !f.ok() {
		return
	}
	number, e164 := bytes.CutPrefix(token, []byte("+"))
	digits := bytes.ReplaceAll(number, []byte("."), nil)
	bad := bytes.Contains(number, []byte("..")) || bytes.HasSuffix(number, []byte("."))
	if e164 {
		bad = bad || len(digits) == 0 || bytes.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	} else if _, err := hex.DecodeString(string(digits)); err != nil || len(digits) == 0 {
		bad = true
	}
	if bad {
		f.wrong(token, "an ATM address, pairs of hexadecimal digits or + and a number")
	}
}

// a6 reads what RFC 2874 describes: a prefix length, the rest of an address, and the name
// that has the prefix.
func (f *fieldReader) a6() {
	f.upTo(128)
	prefix := f.number
	if prefix < 128 {
		f.field(fieldIPv6)
	}
	if prefix > 0 {
		f.field(fieldHost)
	}
}

// prefixes reads the items of an APL record, such as !1:192.0.2.0/24.
func (f *fieldReader) prefixes() {
	for f.more() {
		token := f.word("an address prefix")
		if !isPrefix(strings.TrimPrefix(string(token), "!")) {
			f.wrong(token, "an address prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32")
		}
	}
}

func isPrefix(item string) bool {
	family, rest, ok := strings.Cut(item, ":")
	addr, size, slash := strings.Cut(rest, "/")
	n, err := strconv.ParseUint(size, 10, 8)
	if !ok || !slash || err != nil {
		return false
	}
	switch strings.TrimLeft(family, "0") {
	case "1":
		return n <= 32 && isIPv4([]byte(addr))
	case "2":
		return n <= 128 && isIPv6([]byte(addr))
	}
	return false
}

// naptr reads a regular expression and the replacement.
func (f *fieldReader) naptr() {
	f.text()
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
		case part == 2 && c != 'i':
			return false
		case c == '\\' && part < 2:
			if i++; i == len(text) {
				return false
			}
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

// services reads the protocol and the ports of a WKS record.
func (f *fieldReader) services() {
	f.mnemonic("a protocol", map[string]uint32{"TCP": 6, "UDP": 17, "ICMP": 1, "IP": 0}, 255)
	for f.more() {
		token := f.word("a port or a service")
		if f.ok() && isDigit(token[0]) {
			f.next--
			f.uint(16)
		}
	}
}

// location reads RFC 1876: latitude, longitude, altitude, and up to three sizes.
func (f *fieldReader) location() {
	f.coordinate(90, "N", "S")
	f.coordinate(180, "E", "W")
	token := f.word("an altitude in metres")
	depth, below := strings.CutPrefix(string(token), "-")
	most := uint64(42849672)
	if below {
		most = 100000
	}
	if f.ok() && !isMetres(depth, most) {
		f.wrong(token, "an altitude in metres")
	}
	for i := 0; i < 3 && f.more(); i++ {
		if token := f.word("a size in metres"); !isMetres(string(token), 90000000) {
			f.wrong(token, "a size in metres")
		}
	}
}

// coordinate reads degrees, minutes and seconds up to a direction.
func (f *fieldReader) coordinate(most uint64, positive, negative string) {
	what := "a coordinate such as 42 21 54.000 " + positive
	direction := func(token []byte) bool { return string(token) == positive || string(token) == negative }
	f.upTo(most)
	full := uint64(f.number) == most
	for n := 0; f.ok(); n++ {
		token := f.word(positive + " or " + negative)
		switch {
		case !f.ok() || direction(token):
			return
		case n == 0:
			f.next--
			if f.upTo(59); full && f.number > 0 {
				f.wrong(token, what)
			}
		case n == 1 && isDecimal(string(token), 59, 3) && !(full && strings.Trim(string(token), "0.") != ""):
		default:
			f.wrong(token, what)
		}
	}
}

func isMetres(text string, most uint64) bool {
	return isDecimal(strings.TrimSuffix(text, "m"), most, 2)
}

// isDecimal reports a number with up to so many digits behind the dot.
func isDecimal(text string, most uint64, places int) bool {
	whole, behind, _ := strings.Cut(text, ".")
	if strings.Trim(whole+behind, "0123456789") != "" || len(behind) > places || whole+behind == "" {
		return false
	}
	n, err := strconv.ParseUint("0"+whole, 10, 64)
	return err == nil && n <= most
}
