package zonefile

import (
	"bytes"
	"fmt"
	"strings"
)

// Defect is something that makes BIND 9.18 refuse the file as that of a primary zone, and
// with it whatever is changed in it. Each is one mistake.
type Defect struct {
	Line, Column int    // 1-based; Column counts bytes
	File         string // as in [Record]
	Owner, Type  string // of the record, both empty for a directive
	Msg          string // what is wrong, as a clause without a dot at its end
	// Rule reports a line that is right by itself, but against a rule for primary zones. Other
	// servers do not have all of these.
	Rule bool
	// Setting of named.conf switches the rule; it is empty where nothing does.
	Setting string
}

// maxDefects is how many defects of a zone are kept.
const maxDefects = 100

// checker looks at each entry of a scan.
type checker struct {
	z *Zone
	s *Scanner
	f fieldReader

	origin     *domain // for which hostOrigin is known
	hostOrigin bool

	run   run
	alone alone    // of the run, if it has one
	lone  []uint32 // where the owners of CNAME and DNAME records are in the index
	apex  apex
	made  made

	weights weights
}

func newChecker(z *Zone, s *Scanner) *checker {
	c := &checker{z: z, s: s, f: fieldReader{src: s.src}, weights: newWeights(len(s.src))}
	c.made = newMade(c, z.source.Zones)
	return c
}

// wrong notes a line that is wrong; at is a place in the text.
func (c *checker) wrong(e *Entry, at int, format string, args ...any) {
	c.add(e, at, Defect{Msg: fmt.Sprintf(format, args...)})
}

// against notes an entry that is against a rule.
func (c *checker) against(e *Entry, setting, format string, args ...any) {
	c.add(e, e.Start, Defect{Msg: fmt.Sprintf(format, args...), Rule: true, Setting: setting})
}

func (c *checker) add(e *Entry, at int, d Defect) {
	// A file of another format can have a defect on every line. The rest are only counted, and the
	// count is what the user sees.
	if c.z.DefectCount++; len(c.z.Defects) == maxDefects {
		return
	}
	d.File = c.z.fileOf(e)
	before := c.s.src[e.Start:at]
	d.Line = e.Line + bytes.Count(before, []byte("\n"))
	d.Column = len(before) - bytes.LastIndexByte(before, '\n')
	if e.Kind == RecordEntry {
		d.Owner, d.Type = string(e.Owner), e.Type
	}
	c.z.Defects = append(c.z.Defects, d)
}

// note looks at an entry that has just been read.
func (c *checker) note(e *Entry) {
	if e.origin != c.origin {
		c.origin, c.hostOrigin = e.origin, isHost(e.origin.text)
	}
	switch e.Kind {
	case RecordEntry:
		c.record(e)
	case GenerateEntry:
		c.openEnd(e)
		c.made.generate(e)
	case OriginEntry, TTLEntry:
		c.openEnd(e)
	case IncludeEntry:
		// Without an origin BIND takes the end of the file for that of the line; with one it wants
		// the line end.
		if len(e.Rdata) > 1 {
			c.openEnd(e)
		}
	}
}

// openEnd refuses a directive on a last line without an end, as BIND does.
func (c *checker) openEnd(e *Entry) {
	// BIND only warns of a record on such a line.
	if e.End == c.s.limit && c.s.src[e.End-1] != '\n' && c.s.whole {
		c.wrong(e, e.Start, "this directive is on a last line that has no line end")
	}
}

func (c *checker) record(e *Entry) {
	k := e.kind
	c.run.join(c, e)
	if len(e.Rdata) == 1 && k.quick != notQuick && c.quick(k.quick, e.Rdata[0].Of(c.s.src)) {
		// Addresses need no weighing: the 100 that a set may have come to 1800 octets.
		if k.quick == quickAddress || k.quick == quickAddress6 {
			if !c.ownerIsHost(e) {
				c.owner(e)
			}
		} else if k.quick == quickText {
			c.run.weigh(c, e, 1+len(unquoted(e.Rdata[0].Of(c.s.src))))
		}
		return
	}
	r := k.rule
	if r == nil {
		// Without knowing the type, only the form of RFC 3597 can be checked. A TYPE number has no
		// other form.
		if isGenericData(c.s.src, e.Rdata) || strings.HasPrefix(e.Type, "TYPE") {
			c.data(e, &unknownRule)
		}
		return // what is said of types without a name is not said here
	}
	c.data(e, r)
	if r.owner != nil && !(r.hosts && c.ownerIsHost(e)) {
		c.owner(e)
	}
}

// owner looks at an owner by the rule of its type.
func (c *checker) owner(e *Entry) {
	r := e.kind.rule
	switch msg := r.owner(e.Owner); {
	case msg == "":
	// For BIND these are bad names, which check-names can let pass. An owner of NSEC3 that is no
	// hash makes it refuse the record whatever the settings.
	case r.hosts:
		c.against(e, "check-names", "%s", msg)
	default:
		c.wrong(e, e.Start, "%s", msg)
	}
}

// quick is the first look at the data of types that are common. Of these only those of
// addresses have rules for owners.
type quick uint8

const (
	notQuick quick = iota
	quickAddress
	quickAddress6
	quickText
	quickName
)

var quickOf = map[string]quick{"A": quickAddress, "AAAA": quickAddress6, "TXT": quickText, "CNAME": quickName}

// quick reports the data of the records that almost all are, and which are right.
func (c *checker) quick(kind quick, token []byte) bool {
	switch kind {
	case quickAddress:
		return isIPv4(token)
	case quickAddress6:
		return isIPv6(token)
	case quickName:
		// These limits are on the safe side: a longer name is read by the rule of its type.
		return len(token) <= maxLabel && isPlainLabels(token) && len(token)+c.origin.wire < maxName
	}
	return len(token) < 256 && bytes.IndexByte(token, '\\') < 0
}

// isPlainLabels reports letters, digits, and dots that no other and no end is beside.
func isPlainLabels(name []byte) bool {
	last := byte(dotChar)
	for _, c := range name {
		class := nameChars[c]
		// last begins as a dot, so this refuses a dot at the start too.
		if class < hostChar || class == dotChar && last == dotChar {
			return false
		}
		last = class
	}
	return len(name) > 0
}

// data looks at the data of a record by the rule of its type.
func (c *checker) data(e *Entry, r *rule) {
	f := &c.f
	// BIND checks only these PTR records for host names (checknames_ptr).
	if e.Type == "PTR" && isReverse(e.Owner) {
		r = &reverseRule
	}
	f.begin(e, c.hostOrigin)
	r.check(f)
	if f.msg != "" {
		c.wrong(e, e.place(f.at), "%s", f.msg)
		return
	}
	c.run.weigh(c, e, len(f.sent))
	if f.oddName != "" {
		c.add(e, e.place(f.oddNameAt), Defect{Msg: f.oddName, Rule: true, Setting: "check-names"})
	}
}

// place is where a token of the data begins, or what is not there should.
func (e *Entry) place(token int) int {
	switch {
	case token < 0 || len(e.Rdata) == 0:
		return e.TypeSpan.Start
	case token < len(e.Rdata):
		return e.Rdata[token].Start
	}
	return e.Rdata[len(e.Rdata)-1].Start
}

func (f *fieldReader) begin(e *Entry, host bool) {
	f.spans, f.typ, f.names = e.Rdata, e.Type, nameReader{e.origin, host}
	f.next, f.msg, f.oddName, f.sent = 0, "", "", f.sent[:0]
}

// ownerIsHost reports an owner that is a host name.
func (c *checker) ownerIsHost(e *Entry) bool {
	// The marks are those of the owner token without its origin. A token with a hyphen has one too,
	// because hyphens are wrong at the ends of labels only.
	if c.s.marks == 0 && c.hostOrigin {
		return true
	}
	return isHost(e.Owner)
}
