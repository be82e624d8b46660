package zonefile

import (
	"bytes"
	"fmt"
)

// Scanner reads a zone file entry by entry. It allocates nothing per record.
type Scanner struct {
	src []byte
	state
	minimum bool              // without $TTL, the SOA minimum holds even if the SOA states a TTL
	types   map[string]string // spelling in the file -> upper case
	tokens  []Span
	cached  []byte // the token that lastOwner was made from under the present origin
	err     error
}

// state is what a scan carries from one entry to the next.
type state struct {
	pos       int
	line      int
	origin    *domain
	lastOwner []byte
	class     string
	ttl       ttlState
}

type ttlState struct {
	value  uint32    // the TTL of a record that states none
	source TTLSource // where value comes from
	known  bool
}

// NewScanner starts a scan of src. Relative names are under origin until $ORIGIN says
// otherwise; "" stands for the root. Text that is not a zone file at all (UTF-16, NUL
// bytes) and an origin that is no name are refused here, with an *[Error].
func NewScanner(src []byte, origin string) (*Scanner, error) {
	s := &Scanner{src: src, types: make(map[string]string)}
	if err := s.checkEncoding(); err != nil {
		return nil, err
	}
	if origin == "" {
		origin = "."
	}
	top, err := parseDomain(origin)
	if err != nil {
		return nil, &Error{Msg: "the origin is not a name: " + err.Error()}
	}
	s.state = state{line: 1, origin: top, class: "IN"}
	if bytes.HasPrefix(src, utf8Mark) {
		s.pos = len(utf8Mark)
	}
	return s, nil
}

var utf8Mark = []byte("\xef\xbb\xbf")

func (s *Scanner) checkEncoding() error {
	if bytes.HasPrefix(s.src, []byte("\xff\xfe")) || bytes.HasPrefix(s.src, []byte("\xfe\xff")) {
		return &Error{1, 1, "the file is UTF-16, as Out-File and > of Windows PowerShell write it; " +
			"export it with dnscmd /ZoneExport or Export-DnsServerZone, or save it again with Set-Content -Encoding Ascii"}
	}
	if i := bytes.IndexByte(s.src, 0); i >= 0 {
		s.fail(i, "there is a NUL byte; a zone file is plain text")
	}
	return s.err
}

// Err is the *[Error] that ended the scan, or nil at the end of the text.
func (s *Scanner) Err() error { return s.err }

// fail ends the scan with an error at a byte offset and returns false.
func (s *Scanner) fail(at int, format string, args ...any) bool {
	before := s.src[:min(at, len(s.src))]
	s.err = &Error{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Msg:    fmt.Sprintf(format, args...),
	}
	return false
}

// Next reads the next entry into e and reports whether there was one. It returns
// false at the end of the text and at the first defect; [Scanner.Err] tells which.
func (s *Scanner) Next(e *Entry) bool {
	for s.err == nil && s.pos < len(s.src) {
		start, line := s.pos, s.line
		comment, ok := s.logicalLine()
		if !ok {
			return false
		}
		if len(s.tokens) == 0 {
			continue
		}
		*e = Entry{
			Span: Span{start, s.pos}, Line: line, EndLine: s.line,
			Owner: e.Owner[:0], Rdata: e.Rdata[:0], Comment: comment, origin: s.origin,
		}
		if s.src[s.pos-1] == '\n' {
			e.EndLine--
		}
		return s.interpret(e)
	}
	return false
}

// isSpecial tells the bytes that end a run of plain characters.
var isSpecial = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, ';': true, '(': true, ')': true, '"': true, '\\': true}

// logicalLine reads tokens up to a line end outside of parentheses.
func (s *Scanner) logicalLine() (comment Span, ok bool) {
	src := s.src
	s.tokens = s.tokens[:0]
	open := -1 // the first parenthesis that is not closed
	depth := 0
	for s.pos < len(src) {
		at := s.pos
		switch c := src[at]; c {
		case ' ', '\t':
			s.pos++
		case '\n':
			s.pos++
			s.line++
			if depth == 0 {
				return comment, true
			}
		case '\r':
			if at+1 < len(src) && src[at+1] != '\n' {
				return comment, s.fail(at, "a carriage return stands inside a line")
			}
			s.pos++
		case ';':
			comment = s.comment()
		case '(':
			if depth == 0 {
				open = at
			}
			depth++
			s.pos++
		case ')':
			if depth--; depth < 0 {
				return comment, s.fail(at, "a closing parenthesis has no opening one")
			}
			s.pos++
		default:
			if ok := s.token(c); !ok {
				return comment, false
			}
			if len(s.tokens) == 1 && depth > 0 && !isBlank(src, open) {
				return comment, s.fail(open, "a parenthesis stands before the owner name")
			}
		}
	}
	if depth > 0 {
		return comment, s.fail(open, "the parenthesis is not closed")
	}
	return comment, true
}

// isBlank reports whether the line that holds offset at begins with a blank.
func isBlank(src []byte, at int) bool {
	first := src[bytes.LastIndexByte(src[:at], '\n')+1]
	return first == ' ' || first == '\t'
}

func (s *Scanner) comment() Span {
	start := s.pos
	n := bytes.IndexByte(s.src[start:], '\n')
	if n < 0 {
		n = len(s.src) - start
	}
	s.pos += n
	return Span{start, start + len(bytes.TrimSuffix(s.src[start:s.pos], []byte("\r")))}
}

// token reads one token that begins with c.
func (s *Scanner) token(c byte) bool {
	start := s.pos
	var ok bool
	if c == '"' {
		ok = s.quoted()
	} else {
		ok = s.plain()
	}
	s.tokens = append(s.tokens, Span{start, s.pos})
	return ok
}

func (s *Scanner) plain() bool {
	src, i := s.src, s.pos
	for i < len(src) {
		if !isSpecial[src[i]] {
			i++
			continue
		}
		if src[i] != '\\' {
			break
		}
		if i+1 >= len(src) || src[i+1] == '\n' || src[i+1] == '\r' {
			return s.fail(i, "a line ends in a backslash")
		}
		i += 2
	}
	s.pos = i
	return true
}

// quoted reads a string in quotes. It ends on its own line: a quote that is left open
// would otherwise swallow the records up to the next one.
func (s *Scanner) quoted() bool {
	src, start := s.src, s.pos
	for i := start + 1; i < len(src) && src[i] != '\n'; i++ {
		switch src[i] {
		case '"':
			s.pos = i + 1
			return true
		case '\\':
			if i++; i < len(src) && src[i] == '\n' {
				return s.fail(start, "the quote is not closed on its line")
			}
		}
	}
	return s.fail(start, "the quote is not closed on its line")
}
