package zonefile

import (
	"fmt"
	"strconv"
	"strings"
)

// fieldReader reads the data of one record field by field and notes the first thing in
// it that a name server refuses. It allocates nothing for data that is right and of a
// common type.
type fieldReader struct {
	src   []byte
	spans []Span
	typ   string
	names nameReader

	next   int    // index of the next token
	number uint32 // of the last field that was one
	sent   []byte // the data so far as it is sent
	fold   bool   // names in it are in lower case

	at  int    // index of the token that is wrong; the number of tokens if one is missing
	msg string // what is wrong, "" if nothing is

	oddNameAt int // the same for a name that is right, but none of a host
	oddName   string
}

func (f *fieldReader) fail(at int, format string, args ...any) {
	// One mistake is one finding: what follows from the first one is not reported.
	if f.msg == "" {
		f.at, f.msg = at, fmt.Sprintf(format, args...)
	}
}

func (f *fieldReader) ok() bool { return f.msg == "" }

func (f *fieldReader) more() bool { return f.ok() && f.next < len(f.spans) }

// raw is the next token, whatever it is. what names it where it is missing.
func (f *fieldReader) raw(what string) []byte {
	// Readers take all fields in a row without checking each one; after a mistake they get nothing
	// more.
	if !f.ok() {
		return nil
	}
	if f.next >= len(f.spans) {
		f.fail(len(f.spans), "the data ends where %s has to follow", what)
		return nil
	}
	token := f.spans[f.next].Of(f.src)
	f.next++
	return token
}

// word is the next token, which must not be in quotes.
func (f *fieldReader) word(what string) []byte {
	token := f.raw(what)
	// Quotes belong to the types that have texts. BIND refuses them elsewhere, as in A "192.0.2.1",
	// with "unexpected token".
	if len(token) > 0 && token[0] == '"' {
		f.fail(f.next-1, "%s is in quotes, where %s has to be without", short(token), what)
		return nil
	}
	return token
}

// wrong says that the last token is not what it has to be.
func (f *fieldReader) wrong(token []byte, what string) {
	f.fail(f.next-1, "%s is not %s", short(token), what)
}

// short quotes a token, or the beginning of a long one.
func short(token []byte) string {
	const most = 60
	if len(token) > most {
		return strconv.Quote(string(token[:most])) + "..."
	}
	return strconv.Quote(string(token))
}

// end says that no more tokens may follow.
func (f *fieldReader) end() {
	if !f.more() {
		return
	}
	hint := ""
	for i := f.next; i < len(f.spans); i++ {
		// People write comments as in C or a shell. A server reads them as more data.
		if isOtherComment(string(f.spans[i].Of(f.src))) {
			hint = "; if a comment was meant here, begin it with a semicolon (;)"
			break
		}
	}
	f.fail(f.next, "%s follows, where the data of type %s is complete%s", short(f.spans[f.next].Of(f.src)), f.typ, hint)
}

// fields reads what a form says, one letter for each field.
func (f *fieldReader) fields(form string) {
	for i := 0; i < len(form) && f.ok(); i++ {
		f.field(form[i])
	}
}

// The kinds of fields beside those of rdata.go.
const (
	fieldHost     = 'h' // a name that has to be one of a host
	fieldMailbox  = 'm' // a mail address as a name
	fieldUint8    = '1'
	fieldText     = 's' // a character string
	fieldTexts    = 'S' // one or more of them
	fieldBase64   = 'b' // base64 up to the end
	fieldAnyB64   = 'B' // the same, or nothing
	fieldHex      = 'x' // hexadecimal digits up to the end
	fieldAlg      = 'a' // an algorithm of DNSSEC
	fieldType     = 'T' // a record type
	fieldSigTime  = 'y' // a time as in RRSIG
	fieldBitmap   = 'M' // record types up to the end
	fieldSomeBits = 'N' // the same, but at least one
)

func (f *fieldReader) field(kind byte) {
	switch kind {
	case fieldName, fieldHost, fieldMailbox:
		f.nameField(kind)
	case fieldUint8:
		f.uint(8)
	case fieldUint16:
		f.uint(16)
	case fieldUint32:
		f.uint(32)
	case fieldTime:
		f.time()
	case fieldIPv4:
		if token := f.word("an IPv4 address"); f.ok() && !isIPv4(token) {
			f.wrong(token, "an IPv4 address")
		} else {
			f.putAddress(token)
		}
	case fieldIPv6:
		if token := f.word("an IPv6 address"); f.ok() && !isIPv6(token) {
			f.wrong(token, "an IPv6 address")
		} else {
			f.putAddress(token)
		}
	case fieldText:
		f.text()
	case fieldTexts:
		f.text()
		for f.more() {
			f.text()
		}
	case fieldBase64:
		f.base64(true)
	case fieldAnyB64:
		f.base64(false)
	case fieldHex:
		f.hex(-1)
	case fieldAlg:
		f.mnemonic("an algorithm of DNSSEC", algorithms, 8)
	case fieldType:
		f.put(uint32(f.recordType("a record type")), 16)
	case fieldSigTime:
		readSigTime(f)
	case fieldBitmap, fieldSomeBits:
		readBitmap(f, kind == fieldSomeBits)
	}
}

// uint reads a number of so many bits.
func (f *fieldReader) uint(bits int) {
	f.upTo(1<<bits - 1)
	f.put(f.number, bits)
}

// put adds a number of so many bits to what is sent.
func (f *fieldReader) put(n uint32, bits int) {
	for bits > 0 {
		bits -= 8
		f.sent = append(f.sent, byte(n>>bits))
	}
}

// upTo reads a number that is not larger than most.
func (f *fieldReader) upTo(most uint64) {
	token := f.word("a number")
	f.count(token, token, most)
}

// signedUpTo is upTo for a number that may have a sign.
func (f *fieldReader) signedUpTo(most uint64) {
	token := f.word("a number")
	f.count(token, withoutSign(token), most)
}

// withoutSign is a number of which BIND reads the digits with a function of C. These take a plus
// sign before them, and what is less than 0 is out of any range.
func withoutSign[text string | []byte](number text) text {
	if len(number) > 1 && (number[0] == '+' || number[0] == '-' && strings.Trim(string(number[1:]), "0") == "") {
		return number[1:]
	}
	return number
}

func (f *fieldReader) count(token, digits []byte, most uint64) {
	// Not with strconv: it needs a string for each token, and takes signs, which BIND refuses in
	// most fields. Leading zeros are allowed.
	var n uint64
	for _, c := range digits {
		if !isDigit(c) {
			f.wrong(token, "a number")
			return
		}
		// Checked after each digit, so that a long number cannot overflow n.
		if n = n*10 + uint64(c-'0'); n > most {
			f.fail(f.next-1, "%s is over %d, the largest number here", short(token), most)
			return
		}
	}
	f.number = uint32(n)
}

// mnemonic reads a number of so many bits, or one of the words that stand for numbers.
func (f *fieldReader) mnemonic(what string, words map[string]uint32, bits int) {
	token := f.word(what)
	if len(token) > 0 && isDigit(token[0]) {
		// Step back and read the same token as a number.
		f.next--
		f.uint(bits)
		return
	}
	n, ok := words[strings.ToUpper(string(token))]
	f.put(n, bits)
	if f.number = n; !ok && f.ok() {
		f.wrong(token, what)
	}
}

// recordType reads a type.
func (f *fieldReader) recordType(what string) uint16 {
	token := f.word(what)
	n, ok := typeNumber(strings.ToUpper(string(token)))
	if !ok && f.ok() {
		f.wrong(token, what)
	}
	return n
}

// readTypeOrNumber reads a type that may be a mere number.
func readTypeOrNumber(f *fieldReader) {
	// BIND reads a plain number as a type in RRSIG, SIG and DSYNC (with strtol), but not in a
	// bitmap.
	if f.more() && isDigit(withoutSign(f.spans[f.next].Of(f.src))[0]) {
		f.signedUpTo(1<<16 - 1)
		f.put(f.number, 16)
		return
	}
	f.put(uint32(f.recordType("a record type")), 16)
}

func readBitmap(f *fieldReader, some bool) {
	if some && f.ok() && f.next >= len(f.spans) {
		f.fail(len(f.spans), "the data ends where the record types of the name have to follow")
	}
	// RFC 4034, section 4.1.2: types are sent in windows of 256. A window has its number, its
	// length, and the octets up to that of its last type.
	var bits [256][32]byte
	var lengths [256]byte
	for f.more() {
		n := f.recordType("a record type")
		window, octet := n>>8, byte(n)/8
		bits[window][octet] |= 0x80 >> (n % 8)
		lengths[window] = max(lengths[window], octet+1)
	}
	for window, n := range lengths {
		if n > 0 {
			f.sent = append(append(f.sent, byte(window), n), bits[window][:n]...)
		}
	}
}
