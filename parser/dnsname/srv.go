package dnsname

import (
	"strconv"
	"strings"
)

// SRV is the data of an SRV record.
type SRV struct {
	Priority, Weight, Port int
	Target                 string // absolute, lower case
}

// String is the data in its canonical form: numbers without leading zeros, an absolute target.
func (s SRV) String() string {
	return string(s.Append(make([]byte, 0, len("65535 65535 65535 ")+len(s.Target))))
}

// Append appends what String returns.
func (s SRV) Append(to []byte) []byte {
	for _, n := range [...]int{s.Priority, s.Weight, s.Port} {
		to = append(strconv.AppendInt(to, int64(n), 10), ' ')
	}
	return append(to, s.Target...)
}

// ParseSRV reads canonical data; ok is false for what is no SRV data.
func ParseSRV(data string) (SRV, bool) {
	var n [3]int
	target, count := "", 0
	for field := range strings.FieldsSeq(data) {
		if count < len(n) {
			// 16 bits each (RFC 2782)
			v, err := strconv.ParseUint(field, 10, 16)
			if err != nil {
				return SRV{}, false
			}
			n[count] = int(v)
		}
		target = field
		count++
	}
	if count != len(n)+1 {
		return SRV{}, false
	}
	return SRV{n[0], n[1], n[2], target}, true
}

// XMPPPrefix is before the SIP domain in the owner of the SRV records of XMPP federation.
const XMPPPrefix = "_xmpp-server._tcp."

// XMPPOwner is the owner of the SRV records for XMPP federation of a domain.
func XMPPOwner(domain string) string { return XMPPPrefix + Absolute(domain) }

// SIPPrefix is before the SIP domain in the owner of the SRV records of SIP federation.
const SIPPrefix = "_sipfederationtls._tcp."

// SIPOwner is the owner of the SRV records for SIP federation of a domain.
func SIPOwner(domain string) string { return SIPPrefix + Absolute(domain) }
