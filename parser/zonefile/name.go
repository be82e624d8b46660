package zonefile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

const (
	maxLabel = 63  // octets of one label
	maxName  = 255 // octets of a name as sent, length octets and root included
)

// domain is a canonical absolute name. wire is its length in octets as sent, and sent are these octets in
// the letter case in which the name is written.
type domain struct {
	text []byte
	wire int
	sent []byte
}

// newDomain reads a name that may be relative to an origin.
func newDomain(token []byte, origin *domain) (*domain, error) {
	text, wire, err := appendName(nil, token, origin)
	if err != nil {
		return nil, err
	}
	return &domain{text, wire, appendSent(nil, token, origin)}, nil
}

var root = &domain{text: []byte("."), wire: 1, sent: []byte{0}}

// parseDomain reads name as an absolute name; a missing final dot is added.
func parseDomain(name string) (*domain, error) {
	return newDomain([]byte(name), root)
}

// appendName appends the canonical form of a name token to dst: absolute, lower case,
// with one spelling for every escape. It returns the length as sent, too.
func appendName(dst, token []byte, origin *domain) ([]byte, int, error) {
	// Names with escapes and wrong ones are few, so reading them twice costs little.
	if name, wire, _ := appendPlainName(dst, token, origin); wire > 0 {
		return name, wire, nil
	}
	return appendOddName(dst, token, origin)
}

// appendOddName is appendName for any name.
func appendOddName(dst, token []byte, origin *domain) ([]byte, int, error) {
	switch {
	case len(token) == 0:
		return nil, 0, errors.New("a name is empty")
	// BIND takes an owner in quotes, other servers do not, and RFC 1035 has no quotes there.
	case token[0] == '"':
		return nil, 0, errors.New("a name must not be quoted")
	case string(token) == "@":
		return append(dst, origin.text...), origin.wire, nil
	case string(token) == ".":
		return append(dst, '.'), 1, nil
	}
	label, wire := 0, 1
	for i := 0; i < len(token); {
		c, n, escaped, err := dnsname.Octet(token[i:])
		if err != nil {
			return nil, 0, err
		}
		i += n
		// Neither \. nor \046 ends a label.
		if c == '.' && !escaped {
			if label == 0 {
				return nil, 0, fmt.Errorf("the name %q has an empty label", token)
			}
			dst = append(dst, '.')
			wire, label = wire+label+1, 0
			continue
		}
		// An escape counts as the one octet that it stands for.
		dst = appendChar(dst, c)
		if label++; label > maxLabel {
			return nil, 0, fmt.Errorf("the name %q has a label of over 63 octets", token)
		}
	}
	if label > 0 { // relative
		dst = append(dst, '.')
		wire += label + origin.wire
		// Under the root, the dot just added is the whole origin.
		if len(origin.text) > 1 {
			dst = append(dst, origin.text...)
		}
	}
	if wire > maxName {
		return nil, 0, fmt.Errorf("the name %q is over 255 octets long", token)
	}
	return dst, wire, nil
}

// appendSent appends a name that is right as it is sent, in the letter case of its token.
func appendSent(dst, token []byte, origin *domain) []byte {
	switch string(token) {
	case "@":
		return append(dst, origin.sent...)
	case ".":
		return append(dst, 0)
	}
	length := len(dst) // where the length of the label at hand is
	dst = append(dst, 0)
	for len(token) > 0 {
		c, n, escaped, _ := dnsname.Octet(token)
		token = token[n:]
		if c == '.' && !escaped {
			length = len(dst)
			dst = append(dst, 0)
			continue
		}
		dst = append(dst, c)
		dst[length]++
	}
	if dst[length] > 0 { // relative
		dst = append(dst, origin.sent...)
	}
	return dst
}

// standsForItself maps the bytes of a label that need no escape to lower case, and all
// others to 0. A mark tells those that no host name has, and hyphens.
var standsForItself = func() (table [256]uint16) {
	for c := range table {
		text := appendChar(nil, byte(c))
		if len(text) > 1 {
			continue
		}
		switch table[c] = uint16(text[0]); nameChars[c] {
		case oddChar:
			table[c] |= oddMark
		case hyphenChar:
			table[c] |= hyphenMark
		}
	}
	return table
}()

const (
	oddMark    = 1 << 8
	hyphenMark = 1 << 9
)

// appendPlainName is appendName for the names that almost all are: without escapes,
// and right. For others the length as sent is 0. marks are those of its bytes.
func appendPlainName(dst, token []byte, origin *domain) (name []byte, wire int, marks uint16) {
	start, label := len(dst), 0
	dst = append(dst, token...)
	out := dst[start:]
	for i, c := range token {
		if low := standsForItself[c]; low != 0 {
			out[i] = byte(low)
			marks |= low
			label++
			continue
		}
		// No error here: appendOddName reads the name again and says what is wrong.
		if c != '.' || label == 0 || label > maxLabel {
			return nil, 0, 0
		}
		label = 0
	}
	// As sent, a length comes before each label and 0 at the end: one octet more than dots.
	wire = len(token) + 1
	if label > 0 { // relative
		wire += origin.wire
		dst = append(dst, '.')
		if len(origin.text) > 1 {
			dst = append(dst, origin.text...)
		}
	}
	if len(token) == 0 || label > maxLabel || wire > maxName {
		return nil, 0, 0
	}
	// The low byte has the letters of all labels in it, which mean nothing together.
	return dst, wire, marks &^ 0xff
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// appendChar writes one octet of a label in its only canonical spelling.
func appendChar(dst []byte, c byte) []byte {
	switch {
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
		return append(dst, c)
	// RFC 4343: only ASCII letters are equal without regard to case.
	case c >= 'A' && c <= 'Z':
		return append(dst, c+'a'-'A')
	// A blank would end the token, and a byte beyond ASCII depends on the code page.
	case c <= ' ' || c > '~':
		return append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
	// Some of these matter only at the start of a name, but with one spelling everywhere names can
	// be compared as bytes.
	case strings.IndexByte(`."();@$\`, c) >= 0:
		return append(dst, '\\', c)
	}
	return append(dst, c)
}

// isAbsolute reports whether a name token ends in a dot that is not escaped.
func isAbsolute(token []byte) bool {
	rest, ok := bytes.CutSuffix(token, []byte("."))
	if !ok {
		return false
	}
	// An even number of backslashes escape each other and not the dot.
	slashes := len(rest) - len(bytes.TrimRight(rest, `\`))
	return slashes%2 == 0
}

// relativeTo is the shortest spelling of a canonical name under origin: "@" for the
// origin itself. A name outside of it stays absolute.
func relativeTo(name string, origin *domain) string {
	top := string(origin.text)
	if name == top {
		return "@"
	}
	// With its dot, so that notexample.com. is not under example.com.
	if top != "." {
		top = "." + top
	}
	short, ok := strings.CutSuffix(name, top)
	// That dot may be escaped: a\.example.com. is directly under com.
	if !ok || short == "" || !isAbsolute([]byte(short+".")) {
		return name
	}
	return short
}
