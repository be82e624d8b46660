package zones

import (
	"strconv"
	"strings"
)

// understood tells whether a record of a type can be beside the records of a plan: a type
// of the IANA registry, or one of Windows DNS Server. From any other a server may work
// out addresses of the name, as PowerDNS does from LUA and ALIAS.
func understood(typ string) bool {
	switch typ {
	case "A", "AAAA", "CNAME", "NS", "SOA", "SRV", "MX", "TXT", "PTR",
		"A6", "AFSDB", "AMTRELAY", "APL", "ATMA", "AVC", "BRID", "CAA", "CDNSKEY", "CDS", "CERT", "CLA", "CSYNC",
		"DELEG", "DHCID", "DLV", "DNAME", "DNSKEY", "DOA", "DS", "DSYNC", "EID", "EUI48", "EUI64", "GID", "GPOS",
		"HHIT", "HINFO", "HIP", "HTTPS", "IPN", "IPSECKEY", "ISDN", "KEY", "KX", "L32", "L64", "LOC", "LP", "MB",
		"MD", "MF", "MG", "MINFO", "MR", "NAPTR", "NID", "NIMLOC", "NINFO", "NSAP", "NSAP-PTR", "NSEC", "NSEC3",
		"NSEC3PARAM", "NULL", "NXT", "OPENPGPKEY", "PX", "RESINFO", "RKEY", "RP", "RRSIG", "RT", "SIG", "SINK",
		"SMIMEA", "SPF", "SSHFP", "SVCB", "TA", "TALINK", "TLSA", "UID", "UINFO", "UNSPEC", "URI", "WALLET", "WKS",
		"X25", "ZONEMD",
		// what Windows DNS Server has in its zone files beside those of the registry
		"WINS", "WINSR":
		return true
	}
	// RFC 3597 has TYPE and the number of a type. RFC 6895, 3.1: 128 to 255 are for questions;
	// 32768 and 32769 are TA and DLV. PowerDNS has its own types at 65401 and 65402.
	number, generic := strings.CutPrefix(typ, "TYPE")
	n, err := strconv.ParseUint(number, 10, 16)
	return generic && err == nil && (n > 0 && n < 128 || n > 255 && n < 1024 || n == 32768 || n == 32769)
}

// madeByServer are types from which a server makes the answers itself: of PowerDNS and
// others, and the class by which cli53 marks the aliases of Route 53.
var madeByServer = []string{"LUA", "ALIAS", "ANAME", "AWS", "TYPE65401", "TYPE65402"}
