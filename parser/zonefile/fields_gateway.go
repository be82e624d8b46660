package zonefile

import "encoding/hex"

// The data of types that lead to a gateway or to other hosts.

// readGateway reads what its type, a number of RFC 4025, says.
func readGateway(f *fieldReader, kind uint32) {
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

func readIPSecKey(f *fieldReader) {
	f.upTo(3)
	kind := f.number
	f.uint(8)
	readGateway(f, kind)
	f.base64(true)
}

func readAMTRelay(f *fieldReader) {
	f.uint(8)
	f.upTo(1)
	f.upTo(3)
	readGateway(f, f.number)
}

func readHIP(f *fieldReader) {
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
