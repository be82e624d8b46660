package dnsname

import (
	"fmt"
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
	return fmt.Sprintf("%d %d %d %s", s.Priority, s.Weight, s.Port, s.Target)
}

// ParseSRV reads canonical data; ok is false for what is no SRV data.
func ParseSRV(data string) (SRV, bool) {
	fields := strings.Fields(data)
	if len(fields) != 4 {
		return SRV{}, false
	}
	var n [3]int
	for i := range n {
		// 16 bits each (RFC 2782)
		v, err := strconv.ParseUint(fields[i], 10, 16)
		if err != nil {
			return SRV{}, false
		}
		n[i] = int(v)
	}
	return SRV{n[0], n[1], n[2], fields[3]}, true
}

// XMPPPrefix is before the SIP domain in the owner of the SRV records of XMPP federation.
const XMPPPrefix = "_xmpp-server._tcp."

// XMPPOwner is the owner of the SRV records for XMPP federation of a domain.
func XMPPOwner(domain string) string { return XMPPPrefix + Absolute(domain) }
