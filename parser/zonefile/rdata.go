package zonefile

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The kinds of rdata fields that have a canonical form.
const (
	fieldName   = 'n' // a domain name
	fieldUint16 = '2'
	fieldUint32 = 'u'
	fieldTime   = 't' // seconds or 1h30m
	fieldIPv4   = '4'
	fieldIPv6   = '6'
)

// shape has one letter per rdata field of a type. It is "" for types whose data is
// not looked into.
func shape(typ string) string {
	switch typ {
	case "A":
		return "4"
	case "AAAA":
		return "6"
	case "NS", "CNAME", "PTR", "DNAME":
		return "n"
	case "MX":
		return "2n"
	case "SRV":
		return "222n"
	case "SOA":
		return "nnutttt"
	}
	return ""
}

// fieldError is a defect of the rdata token with the given index.
type fieldError struct {
	index int
	msg   string
}

func (e *fieldError) Error() string { return e.msg }

// canonicalFields gives the canonical form of each rdata token. Tokens of types
// without a shape stay verbatim. Data in the generic form of RFC 3597 becomes that of
// its type; where that is not known, or an SOA, it is \#, the length, and the octets as
// one token in lower case.
func canonicalFields(typ string, tokens []string, origin *domain) ([]string, error) {
	form := shape(typ)
	// In a TXT record \# may also be a text, an escaped number sign, if no number follows.
	if isGeneric(tokens) && (typ != "TXT" || len(tokens) > 1 && isNumber([]byte(tokens[1]))) {
		return genericFields(typ, tokens)
	}
	if form == "" {
		return tokens, nil
	}
	if len(tokens) != len(form) {
		return nil, countError(typ, len(form), tokens)
	}
	out := make([]string, len(tokens))
	for i, token := range tokens {
		field, err := canonicalField(form[i], token, origin)
		if err != nil {
			return nil, &fieldError{i, err.Error()}
		}
		out[i] = field
	}
	return out, nil
}

// countError says that data has too many fields, or too few, and where a comment may be
// the reason.
func countError(typ string, want int, tokens []string) *fieldError {
	bad := &fieldError{0, fmt.Sprintf("%s needs %d fields, here are %d", typ, want, len(tokens))}
	// A comment is the likelier mistake, and the list of fields would hide it.
	if i := slices.IndexFunc(tokens, isOtherComment); i >= 0 {
		bad.index, bad.msg = i, bad.msg+"; if a comment was meant here, begin it with a semicolon (;)"
	} else if names := fieldNames[typ]; names != "" {
		bad.msg += ": they are " + names
		if typ == "SRV" && len(tokens) == 3 {
			bad.msg += missingField(tokens)
		}
	}
	return bad
}

// missingField says which field of an SRV record is not there: one of the numbers if the last
// field is a name, else the target.
func missingField(tokens []string) string {
	numbers := 0
	for _, token := range tokens {
		if isNumber([]byte(token)) {
			numbers++
		}
	}
	switch {
	case numbers == 3:
		return ". The target is missing"
	// With two numbers and a name, the weight is the field that people forget.
	case numbers == 2 && !isNumber([]byte(tokens[2])):
		return fmt.Sprintf(". The weight is missing: write %s 0 %s %s in the place of the three",
			tokens[0], tokens[1], tokens[2])
	}
	return ""
}

// fieldNames are the fields of the types of which they are easily mixed up.
var fieldNames = map[string]string{
	"SRV": "priority, weight, port and target",
	"SOA": "the name server, the mailbox, the serial, refresh, retry, expire and the TTL of negative answers",
	"MX":  "priority and name",
}

// isOtherComment reports what begins a comment in other languages.
func isOtherComment(token string) bool {
	return strings.HasPrefix(token, "//") || strings.HasPrefix(token, "#") ||
		strings.HasPrefix(token, "/*") || strings.HasPrefix(token, "--")
}

func canonicalField(kind byte, token string, origin *domain) (string, error) {
	switch kind {
	case fieldName:
		// RFC 4343: letter case does not matter, so canonical names are in lower case.
		name, _, err := appendName(nil, []byte(token), origin)
		return string(name), err
	case fieldUint16:
		return canonicalNumber(token, 16)
	case fieldUint32:
		return canonicalNumber(token, 32)
	case fieldTime:
		seconds, ok := parseTime([]byte(token))
		if !ok {
			return "", fmt.Errorf("%q is not a time", token)
		}
		return strconv.FormatUint(uint64(seconds), 10), nil
	}
	addr, err := netip.ParseAddr(token)
	// netip also reads fe80::1%eth0, which no record can have.
	if err != nil || addr.Zone() != "" || addr.Is4() != (kind == fieldIPv4) {
		return "", fmt.Errorf("%q is not an IPv%c address", token, kind)
	}
	return addr.String(), nil
}

func canonicalNumber(token string, bits int) (string, error) {
	n, err := strconv.ParseUint(token, 10, bits)
	if err != nil {
		return "", fmt.Errorf("%q is not a number of %d bits", token, bits)
	}
	// Printed again, because 010 and 10 are the same number and so the same record.
	return strconv.FormatUint(n, 10), nil
}

// canonicalData is the canonical form of one-line rdata in which every name is
// absolute.
func canonicalData(typ, data string) ([]string, error) {
	tokens, err := splitData(data)
	if err != nil {
		return nil, err
	}
	form := shape(typ)
	for i, token := range tokens {
		// A change has no $ORIGIN, so a relative name in it has no meaning.
		if i < len(form) && form[i] == fieldName && tokens[0] != `\#` && !isAbsolute([]byte(token)) {
			return nil, fmt.Errorf("the name %q must be absolute, with a dot at its end", token)
		}
	}
	return canonicalFields(typ, tokens, root)
}

// splitData cuts rdata into tokens. It must be one line without comment and
// parentheses.
func splitData(data string) ([]string, error) {
	data = strings.TrimLeft(data, " \t") // what begins like a UTF-16 file does so behind blanks too
	s, err := NewScanner([]byte(data), "")
	if err != nil {
		return nil, fmt.Errorf("the data %q is not plain text", data)
	}
	// Cut by the scanner, so that it reads the new line of the file in the same way.
	comment, ok := s.logicalLine()
	if !ok || s.pos != len(data) || !comment.Empty() || strings.Contains(data, "\n") {
		return nil, fmt.Errorf("the data %q is not one line of rdata", data)
	}
	tokens := texts(s.src, s.tokens)
	if len(tokens) == 0 {
		return nil, fmt.Errorf("the data is empty")
	}
	return tokens, checkNoParentheses(data, s.tokens)
}

// checkNoParentheses refuses anything but blanks between tokens.
func checkNoParentheses(data string, tokens []Span) error {
	at := 0
	// The end counts as a token, so that what is behind the last one is checked too.
	for _, token := range append(tokens, Span{len(data), len(data)}) {
		if strings.Trim(data[at:token.Start], " \t") != "" {
			return fmt.Errorf("the data %q is not one line of rdata", data)
		}
		at = token.End
	}
	return nil
}

func texts(src []byte, spans []Span) []string {
	out := make([]string, len(spans))
	for i, span := range spans {
		out[i] = string(span.Of(src))
	}
	return out
}
