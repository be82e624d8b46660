package zonefile

import (
	"bytes"
	"fmt"

	"github.com/edgeplan/edgeplan/parser/internal/plain"
)

// Scanner reads a zone file entry by entry. It allocates nothing per record.
type Scanner struct {
	src []byte
	state
	minimum bool    // without $TTL, the SOA minimum holds even if the SOA states a TTL
	source  *Source // nil: src is one file
	window  *window // not nil: src is what that holds of a new text
	limit   int     // where the segment at hand ends in src
	whole   bool    // limit is the end of the segment, and not only that of the window
	start   int     // where the entry at hand begins in src, and the number of its line
	first   int
	types   *typeTable
	tokens  []Span
	cached  []byte // the token that lastOwner was made from under the present origin
	marks   uint16 // of that token
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
	segment   int    // of the source
	up        *frame // nil in the zone's own file
}

// frame is what a scan takes up again at the end of an included file: BIND gives origin and
// owner on into the file and brings those of the including file back behind it. The TTL
// goes on as if all were one file.
type frame struct {
	origin *domain
	owner  []byte
	line   int
	up     *frame
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
	s := &Scanner{src: src, limit: len(src), whole: true, first: 1, types: new(typeTable)}
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
	// A mark is skipped here, and [Source.Marked] reports it: servers refuse it.
	if bytes.HasPrefix(src, utf8Mark) {
		s.pos = len(utf8Mark)
	}
	return s, nil
}

var utf8Mark = plain.Mark

// wayOut says what to do with a file that is no plain text.
var wayOut = map[plain.Kind]string{
	plain.Encoding: "export it with dnscmd /ZoneExport or Export-DnsServerZone, " +
		"or save it again with Set-Content -Encoding Ascii",
	plain.Foreign:  "export the zone from the DNS server as text, and give that file",
	plain.Damaged:  "export the zone again, or take the file from a backup",
	plain.LineEnds: "save it with the line ends of Windows or Unix (CR LF or LF)",
}

func (s *Scanner) checkEncoding() error {
	if bad := plain.Check(s.src); bad != nil {
		s.fail(bad.At, "%s; %s", bad.What, wayOut[bad.Kind])
	}
	return s.err
}

// Err is the *[Error] that ended the scan, or nil at the end of the text.
func (s *Scanner) Err() error { return s.err }

// fail ends the scan with an error at a byte offset and returns false.
func (s *Scanner) fail(at int, format string, args ...any) bool {
	before := s.src[:min(at, len(s.src))]
	bad := &Error{
		Line:   s.first + bytes.Count(before[s.start:], []byte("\n")),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Msg:    fmt.Sprintf(format, args...),
	}
	if s.source != nil && s.source.segments != nil {
		bad.File = s.source.fileName(s.source.segments[s.segment].file)
	}
	s.err = bad
	return false
}

// Next reads the next entry into e and reports whether there was one. It returns
// false at the end of the text and at the first defect; [Scanner.Err] tells which.
func (s *Scanner) Next(e *Entry) bool {
	for s.err == nil {
		if s.pos >= s.limit {
			// The end of an included file is not that of the text.
			if !s.leave() {
				return false
			}
			continue
		}
		start, line := s.pos, s.line
		// Kept for fail, which counts lines from here to the mistake.
		s.start, s.first = start, line
		comment, ok := s.logicalLine()
		if !ok {
			return false
		}
		if len(s.tokens) == 0 {
			continue
		}
		e.reset(Span{start, s.pos}, comment, s.origin)
		e.Line, e.EndLine = line, s.line
		// Behind a line end, s.line is already the line after the entry.
		if s.src[s.pos-1] == '\n' {
			e.EndLine--
		}
		return s.interpret(e) && (e.Kind != IncludeEntry || s.enter(e))
	}
	return false
}

// isSpecial tells the bytes that end a run of plain characters.
var isSpecial = [256]bool{
	' ': true, '\t': true, '\r': true, '\n': true, ';': true, '(': true, ')': true, '"': true, '\\': true,
}

// logicalLine reads tokens up to a line end outside of parentheses. Plain runs are
// read here and not in a function of their own, as most bytes of a file are in them.
func (s *Scanner) logicalLine() (comment Span, ok bool) {
	src, pos := s.src[:s.limit], s.pos
	s.tokens = s.tokens[:0]
	nest := nesting{open: -1}
	for pos < len(src) {
		at := pos
		for pos < len(src) && !isSpecial[src[pos]] {
			pos++
		}
		// Nearly every token ends here. One with a backslash is read again from its start, below.
		if pos > at && (pos == len(src) || src[pos] != '\\') {
			s.tokens = append(s.tokens, Span{at, pos})
			if nest.depth > 0 && !s.ownerOutside(nest.open) {
				return comment, false
			}
			if pos == len(src) {
				break
			}
			// A blank or the line end is behind it, mostly.
			if c := src[pos]; c == ' ' || c == '\t' {
				pos++
				continue
			}
			at = pos
		}
		pos = at
		switch src[at] {
		case ' ', '\t':
			pos++
		case '\n':
			pos++
			s.line++
			if nest.depth == 0 {
				s.pos = pos
				return comment, true
			}
		// CR LF is a line end of Windows. A lone CR is one to some servers and a blank to others.
		case '\r':
			if at+1 < len(src) && src[at+1] != '\n' {
				return comment, s.fail(at, "there is a carriage return inside the line")
			}
			pos++
		case ';':
			// The last comment is kept: with parentheses that is the one behind the record.
			comment = commentAt(src, at)
			pos = comment.End
		case '(', ')':
			if !nest.step(src[at], at) {
				return comment, s.fail(at, "a closing parenthesis has no opening one")
			}
			pos++
		default:
			s.pos = at
			if !s.token() || nest.depth > 0 && !s.ownerOutside(nest.open) {
				return comment, false
			}
			pos = s.pos
		}
	}
	// RFC 1035, section 5.1: line ends within parentheses do not count, so this one has taken in
	// the rest of the file.
	if nest.depth > 0 {
		return comment, s.fail(nest.open, "the parenthesis is not closed")
	}
	s.pos = pos
	return comment, true
}

// nesting is how many parentheses are open, and where the first of them is.
type nesting struct{ depth, open int }

// step notes the parenthesis at an offset. It reports false for one that closes nothing.
func (n *nesting) step(c byte, at int) bool {
	if c == ')' {
		n.depth--
		return n.depth >= 0
	}
	if n.depth == 0 {
		// The outermost one is reported, because its record is the broken one.
		n.open = at
	}
	n.depth++
	return true
}

// ownerOutside refuses a line whose first token is the owner and in parentheses.
func (s *Scanner) ownerOutside(open int) bool {
	// A line that begins with a blank has no owner. Otherwise the token is an owner in parentheses,
	// perhaps on a later line; docs/dns.md says why edgeplan refuses that.
	if len(s.tokens) != 1 || isBlank(s.src, open) {
		return true
	}
	return s.fail(open, "there is a parenthesis before the owner name")
}

// isBlank reports whether the line that holds offset at begins with a blank.
func isBlank(src []byte, at int) bool {
	line := src[bytes.LastIndexByte(src[:at], '\n')+1:]
	// Only the first line of a file can begin with a mark.
	if len(line) == len(src) {
		line = bytes.TrimPrefix(line, utf8Mark)
	}
	return len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
}

// commentAt is the comment that begins at an offset, without the line end.
func commentAt(src []byte, start int) Span {
	end := len(src)
	if n := bytes.IndexByte(src[start:], '\n'); n >= 0 {
		end = start + n
	}
	// The CR is part of the line end and not of the comment.
	if src[end-1] == '\r' {
		end--
	}
	return Span{start, end}
}

// token reads a token that is quoted or has an escape.
func (s *Scanner) token() bool {
	src, start := s.src[:s.limit], s.pos
	if src[start] == '"' {
		end, ok := quotedEnd(src, start)
		if !ok {
			return s.fail(start, "the quote is not closed on its line")
		}
		s.pos = end
	} else {
		end, ok := plainEnd(src, start)
		if !ok {
			return s.fail(end, "a line ends in a backslash")
		}
		s.pos = end
	}
	s.tokens = append(s.tokens, Span{start, s.pos})
	return true
}

// plainEnd is where a token without quotes ends. If a line ends in a backslash there, ok is
// false and end is the place of that.
func plainEnd(src []byte, start int) (end int, ok bool) {
	i := start
	for i < len(src) {
		if !isSpecial[src[i]] {
			i++
			continue
		}
		if src[i] != '\\' {
			break
		}
		// BIND goes on in the next line here; docs/dns.md says why edgeplan does not.
		if i+1 >= len(src) || src[i+1] == '\n' || src[i+1] == '\r' {
			return i, false
		}
		i += 2
	}
	return i, true
}

// quotedEnd is where a string in quotes ends. It ends on its own line: a quote that is left
// open would otherwise swallow the records up to the next one.
func quotedEnd(src []byte, start int) (end int, ok bool) {
	for i := start + 1; i < len(src) && src[i] != '\n'; i++ {
		switch src[i] {
		case '"':
			return i + 1, true
		case '\\':
			// A backslash escapes a quote, but not the line end.
			if i++; i < len(src) && src[i] == '\n' {
				return 0, false
			}
		}
	}
	return 0, false
}
