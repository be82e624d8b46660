package zonefile

import (
	"bytes"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
)

// The data of types with keys, signatures and digests, and the words in it.

var (
	algorithms = map[string]uint32{
		"RSAMD5": 1, "DH": 2, "DSA": 3, "RSASHA1": 5, "NSEC3DSA": 6, "NSEC3RSASHA1": 7, "RSASHA256": 8, "RSASHA512": 10,
		"ECCGOST": 12, "ECDSAP256SHA256": 13, "ECDSA256": 13, "ECDSAP384SHA384": 14, "ECDSA384": 14, "ED25519": 15,
		"ED448": 16, "INDIRECT": 252, "PRIVATEDNS": 253, "PRIVATEOID": 254,
	}
	protocols = map[string]uint32{"NONE": 0, "TLS": 1, "EMAIL": 2, "DNSSEC": 3, "IPSEC": 4, "ALL": 255}
	digests   = map[string]uint32{
		"SHA-1": 1, "SHA1": 1, "SHA-256": 2, "SHA256": 2, "GOST": 3, "SHA-384": 4, "SHA384": 4,
	}
	certTypes = map[string]uint32{
		"PKIX": 1, "SPKI": 2, "PGP": 3, "IPKIX": 4, "ISPKI": 5, "IPGP": 6, "ACPKIX": 7, "IACPKIX": 8,
		"URI": 253, "OID": 254,
	}
	hashes   = map[string]uint32{"SHA-1": 1}
	keyFlags = map[string]uint32{
		"NOCONF": 0x4000, "NOAUTH": 0x8000, "NOKEY": 0xc000, "FLAG2": 0x2000, "EXTEND": 0x1000, "FLAG4": 0x0800,
		"FLAG5": 0x0400, "USER": 0, "ZONE": 0x0100, "HOST": 0x0200, "NTYP3": 0x0300, "FLAG8": 0x80, "FLAG9": 0x40,
		"FLAG10": 0x20, "FLAG11": 0x10,
		"SIG0": 0, "SIG1": 1, "SIG2": 2, "SIG3": 3, "SIG4": 4, "SIG5": 5, "SIG6": 6, "SIG7": 7,
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
	// New types get registered, so one without a known length may have any, as in BIND.
	return -1
}

func readDigest(f *fieldReader) {
	f.mnemonic("a digest type", digests, 8)
	f.hex(sized(dsLengths, f.number))
}

// readFingerprint may be missing in a type that is not known.
func readFingerprint(f *fieldReader) {
	// BIND allows no octets at all here, where a DS record needs at least one (-1 and -2 in its
	// calls of isc_hex_tobuffer).
	if size := sized(sshLengths, f.number); size >= 0 || f.more() {
		f.hex(size)
	}
}

func readZoneDigest(f *fieldReader) {
	// RFC 8976, section 2.2.4: at least 12 octets, whatever the type.
	if n := f.hex(sized(zonemdLength, f.number)); f.ok() && n < 12 {
		f.fail(f.next-1, "a digest of %d octets is too short; it needs 12", n)
	}
}

func readKey(f *fieldReader) {
	flags, _, _ := readKeyHead(f)
	switch {
	// draft-reid-dnsext-rkey-00, which BIND follows, reserves the flags.
	case f.typ == "RKEY" && flags != 0:
		f.fail(0, "the flags of an RKEY have to be 0")
	// In a DNSKEY record these bits have no such meaning.
	case f.typ == "KEY" && flags&noKey == noKey:
	default:
		f.base64(true)
	}
}

// noKey are the flags of a record that has no key (RFC 2535, section 3.1.2).
const noKey = 0xc000

// readKeyHead reads what is before the key itself.
func readKeyHead(f *fieldReader) (flags, protocol, algorithm uint32) {
	token := f.word("the flags of a key")
	if f.ok() && isDigit(token[0]) {
		readFlags(f, token)
	} else if f.ok() {
		f.number = 0
		// RFC 2535, section 7.1: a number, or words joined by bars. BIND also takes a bar behind
		// the last word, and a word that is cut off, such as SIG for SIG0; docs/dns.md lists that.
		for word := range bytes.SplitSeq(bytes.TrimSuffix(token, []byte("|")), []byte("|")) {
			bits, ok := keyFlags[strings.ToUpper(string(word))]
			if f.number |= bits; !ok {
				f.wrong(token, "the flags of a key")
			}
		}
	}
	flags = f.number
	f.put(flags, 16)
	f.mnemonic("the protocol of a key", protocols, 8)
	protocol = f.number
	f.mnemonic("an algorithm of DNSSEC", algorithms, 8)
	return flags, protocol, f.number
}

// readFlags reads a number, which may be in hexadecimal digits.
func readFlags(f *fieldReader, token []byte) {
	n, err := strconv.ParseUint(string(token), 10, 32)
	if err != nil {
		// BIND tries base ten first, so 100 is a hundred; 0a and 0x0a are ten.
		n, err = strconv.ParseUint(strings.TrimPrefix(strings.ToLower(string(token)), "0x"), 16, 32)
	}
	if f.number = uint32(n); err != nil || n > 0xffff {
		f.wrong(token, "the flags of a key")
	}
}

func readKeyData(f *fieldReader) {
	for range 3 {
		readStamp(f)
	}
	flags, protocol, algorithm := readKeyHead(f)
	// All 0 is a placeholder without a key (fromtext_keydata in BIND).
	if flags&noKey != noKey && (flags != 0 || protocol != 0 || algorithm != 0) {
		f.base64(true)
	}
}

func readCert(f *fieldReader) {
	f.mnemonic("a certificate type", certTypes, 16)
	f.uint(16)
	f.mnemonic("an algorithm of DNSSEC", algorithms, 8)
	f.base64(true)
}

func readSignature(f *fieldReader) {
	readTypeOrNumber(f)
	f.mnemonic("an algorithm of DNSSEC", algorithms, 8)
	f.uint(8)
	labels := int(f.number)
	f.uint(32)
	for range 2 {
		// RFC 4034, section 3.2, allows seconds since 1970 as well. BIND takes them in RRSIG, but
		// not in SIG.
		if f.typ == "RRSIG" {
			readSigTime(f)
		} else {
			readStamp(f)
		}
	}
	f.fields("2n")
	if !f.ok() {
		return
	}
	// RFC 4034, section 3.1.7: the signer is the zone that holds the record. BIND checks this in
	// RRSIG, but not in SIG.
	name, _, err := appendName(nil, f.spans[f.next-1].Of(f.src), f.names.origin)
	if err == nil && f.typ == "RRSIG" && labelsOf(name) > labels {
		f.fail(f.next-1, "the signer has more labels than the record (%d), so it cannot be above it", labels)
	}
	f.base64(true)
}

// labelsOf counts the labels of a canonical name without the root.
func labelsOf(name []byte) int {
	n := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		// An escaped dot is part of its label.
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

func readNSEC3(f *fieldReader) {
	algorithm := readNSEC3Param(f)
	token := f.word("a hash in base32")
	switch n := base32Length(token); {
	case !f.ok():
	// RFC 5155 defines SHA-1 only. BIND limits other hashes to the 155 octets that fit into an
	// owner.
	case algorithm == 1 && n != 20:
		f.wrong(token, "a hash of 20 octets in base32")
	case n < 0 || n > 155:
		f.wrong(token, "a hash in base32")
	default:
		hash, _ := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(string(token)))
		f.put(uint32(len(hash)), 8)
		f.sent = append(f.sent, hash...)
	}
	readBitmap(f, false)
}

func readNSEC3Param(f *fieldReader) (algorithm uint32) {
	f.mnemonic("a hash algorithm", hashes, 8)
	algorithm = f.number
	f.fields("12")
	token := f.word("a salt in hexadecimal digits, or -")
	// RFC 5155, section 3.3: a hyphen is an empty salt. The length is sent in one octet, so a salt
	// has at most 510 digits.
	if !f.ok() || string(token) == "-" {
		f.put(0, 8)
		return algorithm
	}
	salt, err := hex.DecodeString(string(token))
	if err != nil || len(token) > 510 {
		f.wrong(token, "a salt in hexadecimal digits, or -")
	}
	f.put(uint32(len(salt)), 8)
	f.sent = append(f.sent, salt...)
	return algorithm
}

// base32Length is the number of octets of a hash as NSEC3 writes it, -1 if it is none.
func base32Length(token []byte) int {
	for _, c := range token {
		// The alphabet base32hex of RFC 4648, section 7, in either case.
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'v') {
			return -1
		}
	}
	// Without padding these lengths would end within an octet.
	if rest := len(token) % 8; rest == 1 || rest == 3 || rest == 6 || len(token) == 0 {
		return -1
	}
	return len(token) * 5 / 8
}

func readNXT(f *fieldReader) {
	var bits []byte
	for f.more() {
		token := f.word("a record type")
		// RFC 2535, section 5.2: the bitmap ends at type 127. BIND also takes plain numbers.
		n, err := strconv.Atoi(string(token))
		if typ, ok := typeNumber(strings.ToUpper(string(token))); ok {
			n, err = int(typ), nil
		}
		if err != nil || n < 1 || n > 127 {
			f.wrong(token, "a record type up to 127")
			return
		}
		bits = withBit(bits, n)
	}
	f.sent = append(f.sent, bits...)
}
