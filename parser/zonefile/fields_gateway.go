package zonefile

import "encoding/hex"

// The data of types that lead to a gateway or to other hosts.

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
