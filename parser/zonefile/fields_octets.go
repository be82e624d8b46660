package zonefile

import (
	"encoding/binary"
	"slices"
)

// octetRules are what the octets of a type have to be in the form of RFC 3597, beside the fields of its
// rule, which fit. They are those of the functions fromwire of BIND 9.18.
var octetRules = map[string]func(data []byte) bool{
	"A6":       isA6,
	"AMTRELAY": isAMTRelay,
	"APL":      isPrefixes,
	// With 1 it is a number of E.164.
	"ATMA":    func(data []byte) bool { return data[0] != 1 || allDigits(data[1:]) },
	"CAA":     isCAA,
	"CDNSKEY": isKey,
	"CDS":     isDigest,
	"CSYNC":   func(data []byte) bool { return isBitmap(data[6:], true) },
	"DLV":     isDigest,
	"DNSKEY":  isKey,
	"DS":      isDigest,
	"HIP":     isHIP,
	"HTTPS":   isService,
	"IPSECKEY": func(data []byte) bool {
		n := gatewayLength(data[1], data[3:])
		return n >= 0 && len(data) > 3+n
	},
	"ISDN":   func(data []byte) bool { return fits("s", data, false) || fits("ss", data, false) },
	"KEY":    func(data []byte) bool { return isNoKey(data) && len(data) == 4 || !isNoKey(data) && isKey(data) },
	"LOC":    isLocation,
	"NAPTR":  isRewriting,
	"NSEC":   func(data []byte) bool { return isBitmap(behindName(data), false) },
	"NSEC3":  isHashed,
	"NXT":    isNXT,
	"RKEY":   func(data []byte) bool { return data[0] == 0 && data[1] == 0 && isKey(data) },
	"SSHFP":  func(data []byte) bool { return isSized(sshLengths, data[1], data[2:]) },
	"SVCB":   isService,
	"TA":     isDigest,
	"WKS":    func(data []byte) bool { return len(data) == 5 || len(data) <= 5+8192 && data[len(data)-1] != 0 },
	"X25":    func(data []byte) bool { return len(data) > 4 && allDigits(data[1:]) },
	"ZONEMD": func(data []byte) bool { return len(data) >= 18 && isSized(zonemdLength, data[5], data[6:]) },
}

func allDigits(text []byte) bool {
	return !slices.ContainsFunc(text, func(c byte) bool { return !isDigit(c) })
}

// behindName is what follows a name that is at the start.
func behindName(data []byte) []byte {
	_, n := decodeName(data)
	return data[n:]
}

// isSized reports a digest that has the length of its type, if that has one.
func isSized(lengths map[uint32]int, typ byte, digest []byte) bool {
	size := sized(lengths, uint32(typ))
	return size < 0 || len(digest) == size
}

func isDigest(data []byte) bool { return isSized(dsLengths, data[3], data[4:]) }

// isNoKey reports the flags of a record that has no key.
func isNoKey(data []byte) bool { return uint32(binary.BigEndian.Uint16(data))&noKey == noKey }

// isKey reports a key behind flags, protocol and algorithm.
func isKey(data []byte) bool {
	if data[3] == 253 {
		// RFC 4034, appendix A.1.1: the key begins with the name of the algorithm.
		_, n := decodeName(data[4:])
		return n > 0
	}
	return len(data) > 4
}

func isA6(data []byte) bool {
	prefix := int(data[0])
	if prefix > 128 {
		return false
	}
	octets := 16 - prefix/8
	if len(data) < 1+octets || octets > 0 && data[1]&^(0xff>>(prefix%8)) != 0 {
		return false
	}
	data = data[1+octets:]
	return prefix == 0 && len(data) == 0 || prefix > 0 && fits("n", data, false)
}

// gatewayLength is the length of a gateway of a kind (RFC 4025), -1 if it is none.
func gatewayLength(kind byte, data []byte) int {
	switch kind {
	case 0:
		return 0
	case 1:
		return 4
	case 2:
		return 16
	case 3:
		if _, n := decodeName(data); n > 0 {
			return n
		}
	}
	return -1
}

func isAMTRelay(data []byte) bool {
	kind := data[1] & 0x7f
	return kind > 3 || gatewayLength(kind, data[2:]) == len(data)-2
}

func isPrefixes(data []byte) bool {
	for len(data) > 0 {
		if len(data) < 4 {
			return false
		}
		family, prefix, n := binary.BigEndian.Uint16(data), data[2], int(data[3]&0x7f)
		data = data[4:]
		switch {
		case n > len(data), n > 0 && data[n-1] == 0,
			family == 1 && (prefix > 32 || n > 4), family == 2 && (prefix > 128 || n > 16):
			return false
		}
		data = data[n:]
	}
	return true
}

func isCAA(data []byte) bool {
	tag := data[2 : 2+int(data[1])]
	return len(tag) > 0 && !slices.ContainsFunc(tag, func(c byte) bool { return nameChars[c] != hostChar })
}

// isBitmap reports windows of record types as NSEC has them.
func isBitmap(data []byte, empty bool) bool {
	last := -1
	for len(data) > 0 {
		if len(data) < 2 {
			return false
		}
		window, n := int(data[0]), int(data[1])
		data = data[2:]
		if window <= last || n < 1 || n > 32 || n > len(data) || data[n-1] == 0 {
			return false
		}
		last, data = window, data[n:]
	}
	return empty || last >= 0
}

func isHIP(data []byte) bool {
	tag, key := int(data[0]), int(binary.BigEndian.Uint16(data[2:]))
	if tag == 0 || key == 0 || len(data) < 4+tag+key {
		return false
	}
	for data = data[4+tag+key:]; len(data) > 0; {
		_, n := decodeName(data)
		if n == 0 {
			return false
		}
		data = data[n:]
	}
	return true
}

func isLocation(data []byte) bool {
	for _, size := range data[1:4] {
		if size != 0 && (size&15 > 9 || size>>4 > 9 || size>>4 == 0) {
			return false
		}
	}
	inside := func(angle uint32, degrees int64) bool {
		n := int64(angle) - 1<<31
		return max(n, -n) <= degrees*3600_000
	}
	return inside(binary.BigEndian.Uint32(data[4:]), 90) && inside(binary.BigEndian.Uint32(data[8:]), 180)
}

// isRewriting reports an expression behind two texts.
func isRewriting(data []byte) bool {
	data = data[4:]
	for range 2 {
		data = data[1+int(data[0]):]
	}
	return isSubstitution(data[1 : 1+int(data[0])])
}

func isHashed(data []byte) bool {
	algorithm, data := data[0], data[5+int(data[4]):]
	n := int(data[0])
	// The same limits as in its own form.
	if algorithm == 1 && n != 20 || n < 1 || n > 155 {
		return false
	}
	return isBitmap(data[1+n:], true)
}

func isNXT(data []byte) bool {
	bits := behindName(data)
	return len(bits) == 0 || bits[0]&0x80 == 0 && len(bits) <= 16 && bits[len(bits)-1] != 0
}

// isService reports parameters in order, and all that are mandatory.
func isService(data []byte) bool {
	var missing []byte // keys of two octets each
	last, alpn := -1, false
	for data = behindName(data[2:]); len(data) > 0; {
		if len(data) < 4 {
			return false
		}
		key, n := binary.BigEndian.Uint16(data), int(binary.BigEndian.Uint16(data[2:]))
		if data = data[4:]; int(key) <= last || n > len(data) || !svcOctets(key, data[:n]) {
			return false
		}
		alpn = alpn || key == svcALPN
		switch {
		case key == svcMandatory:
			if missing = data[:n]; binary.BigEndian.Uint16(missing) == svcMandatory {
				return false
			}
		case key == svcNoDefault && !alpn:
			return false
		case len(missing) > 0 && binary.BigEndian.Uint16(missing) == key:
			missing = missing[2:]
		}
		last, data = int(key), data[n:]
	}
	return len(missing) == 0
}
