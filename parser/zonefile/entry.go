package zonefile

import "fmt"

// Span is a range of bytes of the scanned text, End excluded.
type Span struct{ Start, End int }

// Empty reports whether the span covers no bytes, which means that what it would
// cover is not in the text.
func (s Span) Empty() bool { return s.Start == s.End }

// Of is the part of src that the span covers. src must be the text that was scanned.
func (s Span) Of(src []byte) []byte { return src[s.Start:s.End] }

// Kind tells the logical lines of a zone file apart.
type Kind uint8

// The kinds of entries. Lines with nothing but blanks and comments are no entries.
const (
	RecordEntry Kind = iota
	OriginEntry
	TTLEntry
	IncludeEntry
	GenerateEntry
)

// TTLSource says where the TTL of a record comes from.
type TTLSource uint8

// The sources of a TTL. Servers disagree about records with TTLPrevious: Windows DNS
// takes the SOA minimum, NSD 4.6 and Knot DNS 3.2 take 3600, where BIND takes the TTL
// last stated.
const (
	TTLStated     TTLSource = iota // the record states it
	TTLDirective                   // $TTL
	TTLSOAMinimum                  // no $TTL; the last field of the SOA
	TTLPrevious                    // no $TTL; the last TTL stated in a record
)

// Entry is one logical line: a record or a directive. Its slices are the scanner's and
// only valid until the next call of [Scanner.Next].
type Entry struct {
	Kind Kind
	// Span covers whole physical lines with their ends. Line and EndLine are the
	// 1-based numbers of the first and the last of them.
	Span
	Line, EndLine int
	// Owner is absolute, in lower case, with escapes normalised. OwnerSpan is empty
	// when the record takes the owner of the record before it.
	Owner     []byte
	OwnerSpan Span
	// TTL is in seconds. TTLSpan is empty unless the record states its TTL; for a
	// $TTL directive they are its value.
	TTL       uint32
	TTLSpan   Span
	TTLSource TTLSource
	// Class is in upper case; ClassSpan is empty when it is not written.
	Class     string
	ClassSpan Span
	// Type is in upper case, WINS and TYPE65280 as well as A.
	Type     string
	TypeSpan Span
	// Rdata are the tokens after the type, or the arguments of a directive. Quotes
	// are part of a token, parentheses and comments are not.
	Rdata []Span
	// Comment is the last comment on the lines, from the semicolon on.
	Comment Span
	// Aged reports an [AGE:n] or [Aging:n] token, which only Windows DNS writes.
	Aged bool

	origin *domain // the origin that relative names in this entry are under
	kind   *rrType
}

// reset makes e an entry of which no more is known than its place.
func (e *Entry) reset(span Span, comment Span, origin *domain) {
	e.Kind, e.Span, e.Comment, e.origin = RecordEntry, span, comment, origin
	e.Owner, e.OwnerSpan = nil, Span{}
	e.TTL, e.TTLSpan, e.TTLSource = 0, Span{}, TTLStated
	e.Class, e.ClassSpan = "", Span{}
	e.Type, e.TypeSpan, e.kind = "", Span{}, nil
	e.Rdata, e.Aged = nil, false
}

// Origin is the absolute name that relative names in the entry are under.
func (e *Entry) Origin() string { return string(e.origin.text) }

// InheritsOwner reports a record that takes the owner of the record before it.
func (e *Entry) InheritsOwner() bool { return e.Kind == RecordEntry && e.OwnerSpan.Empty() }

// Error is a defect of a zone file. Line and Column are 1-based; Column counts bytes.
// Both are 0 when the defect has no place in the text. File is the name of the included
// file in which it is, empty for the zone's own.
type Error struct {
	Line, Column int
	Msg          string
	File         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	if e.File != "" {
		return fmt.Sprintf("%s, line %d, column %d: %s", e.File, e.Line, e.Column, e.Msg)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}
