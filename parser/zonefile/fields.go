package zonefile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// fieldReader reads the data of one record field by field and notes the first thing in
// it that a name server refuses. It allocates nothing for data that is right and of a
// common type.
type fieldReader struct {
	src    []byte
	spans  []Span
	typ    string
	origin *domain
	host   bool // the origin is a host name

	next   int    // index of the next token
	number uint32 // of the last field that was one
	size   int    // octets as sent so far, but for bitmaps, prefixes and what has few octets

	at  int    // index of the token that is wrong; the number of tokens if one is missing
	msg string // what is wrong, "" if nothing is

	nameAt int // the same for names that are right, but none of a host
	name   string
}

func (f *fieldReader) fail(at int, format string, args ...any) {
	if f.msg == "" {
		f.at, f.msg = at, fmt.Sprintf(format, args...)
	}
}

func (f *fieldReader) ok() bool { return f.msg == "" }

func (f *fieldReader) more() bool { return f.ok() && f.next < len(f.spans) }

// raw is the next token, whatever it is. what names it where it is missing.
func (f *fieldReader) raw(what string) []byte {
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
		if token := f.word("a time"); f.ok() {
			if _, ok := parseTTL(token); !ok && !isBigTTL(token) {
				f.wrong(token, "a time in seconds")
			}
		}
	case fieldIPv4:
		f.size += 4
		if token := f.word("an IPv4 address"); f.ok() && !isIPv4(token) {
			f.wrong(token, "an IPv4 address")
		}
	case fieldIPv6:
		f.size += 16
		if token := f.word("an IPv6 address"); f.ok() && !isIPv6(token) {
			f.wrong(token, "an IPv6 address")
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
		f.mnemonic("an algorithm of DNSSEC", algorithms, 255)
	case fieldType:
		f.recordType("a record type")
	case fieldSigTime:
		f.sigTime()
	case fieldBitmap, fieldSomeBits:
		f.bitmap(kind == fieldSomeBits)
	}
}

// uint reads a number of so many bits.
func (f *fieldReader) uint(bits int) {
	f.upTo(1<<bits - 1)
	f.size += bits / 8
}

// upTo reads a number that is not larger than most.
func (f *fieldReader) upTo(most uint64) {
	token := f.word("a number")
	var n uint64
	for _, c := range token {
		if !isDigit(c) {
			f.wrong(token, "a number")
			return
		}
		if n = n*10 + uint64(c-'0'); n > most {
			f.fail(f.next-1, "%s is over %d, the largest number here", short(token), most)
			return
		}
	}
	f.number = uint32(n)
}

// isBigTTL reports a number of seconds that only BIND takes, for 0.
func isBigTTL(token []byte) bool {
	n, err := strconv.ParseUint(string(token), 10, 32)
	return err == nil && n > maxTTL
}

// isIPv4 reports four decimal numbers up to 255, without leading zeros.
func isIPv4(token []byte) bool {
	for dots := 0; ; dots++ {
		n := octetLength(token)
		switch {
		case n == 0:
			return false
		case dots == 3:
			return n == len(token)
		case n == len(token) || token[n] != '.':
			return false
		}
		token = token[n+1:]
	}
}

// octetLength is the length of a number up to 255 without leading zeros, 0 if there is none.
func octetLength(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	a := text[0] - '0'
	if a > 9 {
		return 0
	}
	if len(text) == 1 || text[1]-'0' > 9 {
		return 1
	}
	if a == 0 {
		return 0
	}
	if len(text) == 2 || text[2]-'0' > 9 {
		return 2
	}
	if int(a)*100+int(text[1]-'0')*10+int(text[2]-'0') > 255 {
		return 0
	}
	return 3
}

// isIPv6 reports an address as RFC 4291, section 2.2, writes it, without a zone.
func isIPv6(token []byte) bool {
	groups, digits, start, gap := 0, 0, 0, false // of the group at hand
	for i, c := range token {
		switch {
		case isHexDigit[c]:
			if digits++; digits > 4 {
				return false
			}
		case c != ':':
			if c != '.' || digits == 0 || groups > 6 || !isIPv4(token[start:]) {
				return false
			}
			groups += 2
			return groups == 8 && !gap || groups < 8 && gap
		case digits > 0:
			groups, digits, start = groups+1, 0, i+1
		case i == 0:
			if len(token) < 2 || token[1] != ':' {
				return false
			}
		case gap:
			return false
		default:
			gap, start = true, i+1
		}
	}
	if digits > 0 {
		groups++
	} else if n := len(token); n < 2 || token[n-2] != ':' {
		return false
	}
	return groups == 8 && !gap || groups < 8 && gap
}

var isHexDigit = func() (table [256]bool) {
	for c := range table {
		table[c] = isDigit(byte(c)) || c|0x20 >= 'a' && c|0x20 <= 'f'
	}
	return table
}()

// text reads a character string of RFC 1035: at most 255 octets.
func (f *fieldReader) text() {
	token := f.raw("a text")
	if n, ok := textLength(token); !ok {
		f.fail(f.next-1, "an escape in %s is wrong: a backslash and three digits stand for an octet up to 255", short(token))
	} else if n > 255 {
		f.fail(f.next-1, "a text of %d octets is too long; one may have 255, so split it into several in quotes", n)
	} else {
		f.size += 1 + n
	}
}

// textLength is the number of octets that a text stands for.
func textLength(token []byte) (n int, ok bool) {
	token = unquoted(token)
	if bytes.IndexByte(token, '\\') < 0 {
		return len(token), true
	}
	for len(token) > 0 {
		_, size, _, err := unescape(token)
		if err != nil {
			return 0, false
		}
		token = token[size:]
		n++
	}
	return n, true
}

// octets are what a text stands for. It must be right.
func octets(token []byte) []byte {
	var out []byte
	for token = unquoted(token); len(token) > 0; {
		c, size, _, err := unescape(token)
		if err != nil {
			return out
		}
		out, token = append(out, c), token[size:]
	}
	return out
}

func unquoted(token []byte) []byte {
	if len(token) > 1 && token[0] == '"' {
		return token[1 : len(token)-1]
	}
	return token
}

// long reads a text whose length has no limit of its own.
func (f *fieldReader) long(token []byte) {
	n, ok := textLength(token)
	if f.size += n; !ok {
		f.fail(f.next-1, "an escape in %s is wrong: a backslash and three digits stand for an octet up to 255", short(token))
	}
}

// base64 reads up to the end, or to the padding.
func (f *fieldReader) base64(some bool) {
	digits, pads, last := 0, 0, byte(0)
	const what = "data in base64"
	for f.more() && pads == 0 {
		token := f.word(what)
		for _, c := range token {
			v := base64Values[c]
			switch {
			case c == '=':
				pads++
			case v == noBase64 || pads > 0:
				f.wrong(token, what)
				return
			default:
				last = v
			}
			digits++
		}
	}
	if !f.ok() {
		return
	}
	f.size += digits/4*3 - pads
	switch {
	case digits == 0 && some:
		f.fail(len(f.spans), "the data ends where %s has to follow", what)
	case digits%4 != 0 || pads > 2 || pads == 1 && last&3 != 0 || pads == 2 && last&15 != 0:
		f.fail(f.next-1, "the base64 at the end of the data is cut off, or is none")
	}
}

const noBase64 = 255

var base64Values = func() (table [256]byte) {
	for c := range table {
		table[c] = noBase64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = byte(i)
	}
	return table
}()

// hex reads digits up to the end, or so many octets if size is not negative.
func (f *fieldReader) hex(size int) int {
	digits := 0
	const what = "data in hexadecimal digits"
	for f.more() && (size < 0 || digits < 2*size) {
		token := f.word(what)
		for _, c := range token {
			if !isHexDigit[c] {
				f.wrong(token, what)
				return 0
			}
		}
		digits += len(token)
	}
	f.size += digits / 2
	switch {
	case !f.ok():
	case digits == 0 && size != 0:
		f.fail(len(f.spans), "the data ends where %s has to follow", what)
	case digits%2 != 0:
		f.fail(f.next-1, "there is an odd number of hexadecimal digits")
	case size >= 0 && digits != 2*size:
		f.fail(f.next-1, "there are %d octets, where %d have to be", digits/2, size)
	}
	return digits / 2
}

// mnemonic reads a number up to most, or one of the words that stand for numbers.
func (f *fieldReader) mnemonic(what string, words map[string]uint32, most uint64) {
	f.size++
	token := f.word(what)
	if len(token) > 0 && isDigit(token[0]) {
		f.next--
		f.upTo(most)
		return
	}
	n, ok := words[strings.ToUpper(string(token))]
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

// typeOrNumber reads a type that may be a mere number.
func (f *fieldReader) typeOrNumber() {
	if f.more() && isDigit(f.spans[f.next].Of(f.src)[0]) {
		f.uint(16)
		return
	}
	f.recordType("a record type")
}

func (f *fieldReader) bitmap(some bool) {
	if some && f.ok() && f.next >= len(f.spans) {
		f.fail(len(f.spans), "the data ends where the record types of the name have to follow")
	}
	for f.more() {
		f.recordType("a record type")
	}
}

// sigTime reads YYYYMMDDHHMMSS, or seconds since 1970.
func (f *fieldReader) sigTime() {
	f.size += 4
	token := f.word("a time such as 20261123000000")
	if !f.ok() {
		return
	}
	if len(token) <= 10 {
		f.next--
		f.upTo(1<<32 - 1)
	} else if !isStamp(token) {
		f.wrong(token, "a time such as 20261123000000")
	}
}

// isStamp reports a time as YYYYMMDDHHMMSS.
func isStamp(token []byte) bool {
	if len(token) != 14 {
		return false
	}
	for _, c := range token {
		if !isDigit(c) {
			return false
		}
	}
	part := func(from, to int) int { n, _ := strconv.Atoi(string(token[from:to])); return n }
	year, month, day := part(0, 4), part(4, 6), part(6, 8)
	if month < 1 || month > 12 || part(8, 10) > 23 || part(10, 12) > 59 || part(12, 14) > 60 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days++
	}
	return day >= 1 && day <= days
}

// The classes of the characters of names.
const (
	escapedChar = iota // needs a closer look
	oddChar            // stands for itself, in a name that is not of a host
	hostChar
	hyphenChar
	dotChar
)

var nameChars = func() (table [256]byte) {
	for c := range table {
		switch {
		case c == '.':
			table[c] = dotChar
		case c == '-':
			table[c] = hyphenChar
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
			table[c] = hostChar
		case c != '@' && c != '"' && c != '\\':
			table[c] = oddChar
		}
	}
	return table
}()

func (f *fieldReader) nameField(kind byte) {
	token := f.word("a name")
	if !f.ok() {
		return
	}
	if kind == fieldMailbox {
		name, _, err := appendName(nil, token, f.origin)
		if err != nil {
			f.badName(err)
		} else if !isMailbox(name) {
			f.notHost("a mail address: its domain is not a host name", token)
		}
		return
	}
	host, err := f.nameToken(token)
	if err != nil {
		f.badName(err)
	} else if kind == fieldHost && !host {
		f.notHost("a host name", token)
	}
}

func (f *fieldReader) badName(err error) { f.fail(f.next-1, "%v", err) }

func (f *fieldReader) notHost(what string, token []byte) {
	if f.name == "" {
		f.nameAt, f.name = f.next-1, short(token)+" is not "+what
	}
}

// nameToken checks a name and reports whether it is one of a host.
func (f *fieldReader) nameToken(token []byte) (host bool, err error) {
	label, last := 0, byte(dotChar)
	host = true
	for _, c := range token {
		class := nameChars[c]
		switch class {
		case hostChar:
			label++
		case hyphenChar:
			host = host && label > 0
			label++
		case oddChar:
			host = false
			label++
		case dotChar:
			if label == 0 || label > maxLabel {
				return f.slowName(token)
			}
			host = host && last != hyphenChar
			label = 0
		default:
			return f.slowName(token)
		}
		last = class
	}
	wire := len(token) + 1
	if label > 0 {
		wire += f.origin.wire
		host = host && last != hyphenChar && f.host
	}
	if label > maxLabel || wire > maxName || len(token) == 0 {
		return f.slowName(token)
	}
	f.size += wire
	return host, nil
}

func (f *fieldReader) slowName(token []byte) (host bool, err error) {
	name, wire, err := appendName(nil, token, f.origin)
	f.size += wire
	return err == nil && isHost(name), err
}

// isHost reports a canonical name that has only letters, digits and hyphens in the middle
// of labels (RFC 952, RFC 1123).
func isHost(name []byte) bool {
	last := byte(dotChar)
	for _, c := range name {
		class := nameChars[c]
		if class < hostChar || class == hyphenChar && last == dotChar || class == dotChar && last == hyphenChar {
			return false
		}
		last = class
	}
	return last != hyphenChar
}

// isMailbox reports a canonical name with a first label of visible characters and the name
// of a host behind it (RFC 822, as RFC 1035 writes it).
func isMailbox(name []byte) bool {
	if len(name) == 1 {
		return true
	}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '\\' && i+1 < len(name) && isDigit(name[i+1]):
			return false // a blank, a control character, or one beyond ASCII
		case c == '\\':
			i++
		case c == '.':
			return isHost(name[i+1:])
		}
	}
	return false
}
