package zonefile

import (
	"strconv"
	"strings"
)

// typeNumbers are the types that BIND 9.18 knows by name, those of the IANA registry as
// far as they have a form of their data there.
var typeNumbers = map[string]uint16{
	"A": 1, "NS": 2, "MD": 3, "MF": 4, "CNAME": 5, "SOA": 6, "MB": 7, "MG": 8, "MR": 9, "NULL": 10, "WKS": 11,
	"PTR": 12, "HINFO": 13, "MINFO": 14, "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "X25": 19, "ISDN": 20,
	"RT": 21, "NSAP": 22, "NSAP-PTR": 23, "SIG": 24, "KEY": 25, "PX": 26, "GPOS": 27, "AAAA": 28, "LOC": 29,
	"NXT": 30, "EID": 31, "NIMLOC": 32, "SRV": 33, "ATMA": 34, "NAPTR": 35, "KX": 36, "CERT": 37, "A6": 38,
	"DNAME": 39, "SINK": 40, "OPT": 41, "APL": 42, "DS": 43, "SSHFP": 44, "IPSECKEY": 45, "RRSIG": 46, "NSEC": 47,
	"DNSKEY": 48, "DHCID": 49, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SMIMEA": 53, "HIP": 55, "NINFO": 56,
	"RKEY": 57, "TALINK": 58, "CDS": 59, "CDNSKEY": 60, "OPENPGPKEY": 61, "CSYNC": 62, "ZONEMD": 63, "SVCB": 64,
	"HTTPS": 65, "DSYNC": 66, "HHIT": 67, "BRID": 68, "SPF": 99, "NID": 104, "L32": 105, "L64": 106, "LP": 107,
	"EUI48": 108, "EUI64": 109, "TKEY": 249, "TSIG": 250, "IXFR": 251, "AXFR": 252, "MAILB": 253, "MAILA": 254,
	"ANY": 255, "URI": 256, "CAA": 257, "AVC": 258, "DOA": 259, "AMTRELAY": 260, "RESINFO": 261, "WALLET": 262,
	"TA": 32768, "DLV": 32769, "KEYDATA": 65533,
}

// typeNames are the same by number.
var typeNames = func() map[uint16]string {
	names := make(map[uint16]string, len(typeNumbers))
	for name, n := range typeNumbers {
		names[n] = name
	}
	return names
}()

// typeNumber is the number of a type by its name, which is in upper case, or as TYPEnnn.
func typeNumber(name string) (uint16, bool) {
	if n, ok := typeNumbers[name]; ok {
		return n, true
	}
	// RFC 3597, section 5: TYPE and the number, which has 16 bits.
	digits, ok := strings.CutPrefix(name, "TYPE")
	n, err := strconv.ParseUint(digits, 10, 16)
	return uint16(n), ok && err == nil
}
