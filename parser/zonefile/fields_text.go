package zonefile

import (
	"bytes"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Texts and octets in the data of records.

// text reads a character string of RFC 1035: at most 255 octets.
func (f *fieldReader) text() {
	token := f.raw("a text")
	// RFC 1035, section 3.3: the length of a text is sent in one octet.
	if n, ok := textLength(token); !ok {
		f.badEscape(token)
	} else if n > 255 {
		f.fail(f.next-1, "a text of %d octets is too long; one may have 255, so split it into several in quotes", n)
	} else {
		f.put(uint32(n), 8)
		f.sent = appendOctets(f.sent, token)
	}
}

func (f *fieldReader) badEscape(token []byte) {
	f.fail(f.next-1,
		"an escape in %s is wrong: a backslash and three digits stand for an octet up to 255", short(token))
}

// textLength is the number of octets that a text stands for.
func textLength(token []byte) (n int, ok bool) {
	token = unquoted(token)
	// Texts with escapes are rare; others are as long as they look.
	if bytes.IndexByte(token, '\\') < 0 {
		return len(token), true
	}
	for len(token) > 0 {
		_, size, _, err := dnsname.Octet(token)
		if err != nil {
			return 0, false
		}
		token = token[size:]
		n++
	}
	return n, true
}

// octets are what a text stands for. It must be right.
func octets(token []byte) []byte { return appendOctets(nil, token) }

func appendOctets(dst, token []byte) []byte {
	for token = unquoted(token); len(token) > 0; {
		c, size, _, err := dnsname.Octet(token)
		// textLength has checked the escapes before.
		if err != nil {
			return dst
		}
		dst, token = append(dst, c), token[size:]
	}
	return dst
}

func unquoted(token []byte) []byte {
	if len(token) > 1 && token[0] == '"' {
		return token[1 : len(token)-1]
	}
	return token
}

// readLong reads a text whose length has no limit of its own.
func readLong(f *fieldReader, token []byte) {
	if _, ok := textLength(token); !ok {
		f.badEscape(token)
	}
	f.sent = appendOctets(f.sent, token)
}

// base64 reads up to the end, or to the padding.
func (f *fieldReader) base64(some bool) {
	digits, pads, last := 0, 0, byte(0)
	var unsent uint32 // bits that are no whole octet yet
	var bits int      // of these
	const what = "data in base64"
	// RFC 4034, section 2.2: blanks may be anywhere in base64, so digits are counted across words.
	for f.more() && (pads == 0 || digits%4 != 0) {
		token := f.word(what)
		for _, c := range token {
			v := base64Values[c]
			switch {
			case c == '=':
				pads++
			// Padding ends the data.
			case v == noBase64 || pads > 0:
				f.wrong(token, what)
				return
			default:
				last = v
				if unsent, bits = unsent<<6|uint32(v), bits+6; bits >= 8 {
					bits -= 8
					f.sent = append(f.sent, byte(unsent>>bits))
				}
			}
			digits++
		}
	}
	if !f.ok() {
		return
	}
	switch {
	case digits == 0 && some:
		f.fail(len(f.spans), "the data ends where %s has to follow", what)
	// RFC 4648, section 3.5: unused bits of the last digit must be 0, and BIND checks that.
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

// hexValue is what a hexadecimal digit stands for.
func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// hex reads digits up to the end, or so many octets if size is not negative.
func (f *fieldReader) hex(size int) int {
	digits := 0
	var half byte
	const what = "data in hexadecimal digits"
	// With a known length, words behind it are left for end to report.
	for f.more() && (size < 0 || digits < 2*size) {
		token := f.word(what)
		for _, c := range token {
			if !isHexDigit[c] {
				f.wrong(token, what)
				return 0
			}
			half = half<<4 | hexValue(c)
			if digits++; digits%2 == 0 {
				f.sent = append(f.sent, half)
			}
		}
	}
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
