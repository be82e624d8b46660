package zonefile

import (
	"encoding/binary"
	"encoding/hex"
)

// The data of types that lead to a gateway or to other hosts.

// readGateway reads what its type, a number of RFC 4025, says.
func readGateway(f *fieldReader, kind uint32) {
	switch kind {
	case 0:
		// RFC 4025, section 3.1: the field is there even if there is no gateway.
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

func readIPSecKey(f *fieldReader) {
	// The kind of the gateway is two fields before the gateway itself, so it is kept.
	f.upTo(3)
	kind := f.number
	f.put(kind, 8)
	f.uint(8)
	readGateway(f, kind)
	f.base64(true)
}

func readAMTRelay(f *fieldReader) {
	f.uint(8)
	// The D bit (RFC 8777) is sent in one octet with the kind of the relay.
	f.upTo(1)
	discovery := f.number
	f.upTo(3)
	f.put(discovery<<7|f.number, 8)
	readGateway(f, f.number)
}

func readHIP(f *fieldReader) {
	algorithm := byte(f.number)
	token := f.word("a host identity tag")
	tag, err := hex.DecodeString(string(token))
	// RFC 8005, section 5: the length of the tag is sent in one octet, so it has at most 510
	// digits; that of the key in two.
	if f.ok() && (err != nil || len(token) > 510) {
		f.wrong(token, "a host identity tag in hexadecimal digits")
	}
	f.sent = append(append(f.sent[:0], byte(len(tag)), algorithm, 0, 0), tag...)
	key := len(f.sent)
	if f.more() {
		// The key is one word, because servers may follow it, where other base64 takes all the
		// words that are left. So it is read by a copy whose data ends behind that word.
		one := *f
		one.spans = f.spans[:f.next+1]
		one.base64(true)
		f.next, f.at, f.msg, f.sent = one.next, one.at, one.msg, one.sent
		binary.BigEndian.PutUint16(f.sent[2:], uint16(len(f.sent)-key))
	} else {
		f.raw("a key in base64")
	}
	for f.more() {
		f.field(fieldName)
	}
}
