package zonefile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Zone is what [Read] found in a zone file.
type Zone struct {
	// Origin is the canonical name that the scan began with.
	Origin string
	// Records are those that were asked for and every SOA, in file order.
	Records []Record
	// Directives are the $GENERATE lines, and the $INCLUDE lines whose files are not read.
	// Their records are not in Records and are not edited.
	Directives []Directive
	// Files are the zone's own file and those that it includes, as in [Source].
	Files []File
	// Windows reports the dialect of Windows DNS Server: [AGE:n] tokens, WINS or WINSR
	// records, or neither a $TTL nor a TTL on the SOA.
	Windows bool
	// HasTTLDirective reports a $TTL anywhere in the file.
	HasTTLDirective bool
	// DefaultTTL is the last $TTL or, without one, the minimum field of the SOA, in
	// seconds. It is 0 in a file with neither.
	DefaultTTL uint32
	// Dnssec reports RRSIG, NSEC or NSEC3 records: an edit makes signatures wrong.
	Dnssec bool
	// Times has what servers disagree about in the times of the file.
	Times Times
	// Defects are what makes BIND refuse the file, as [Source.Inspect] finds it: in file order but for
	// rules about more than one record, and the first of DefectCount.
	Defects     []Defect
	DefectCount int

	src     []byte
	source  *Source
	minimum bool // see Scanner.minimum
	types   *typeTable
	index   *index

	generated generated
}

// Record is one record of a zone file.
type Record struct {
	Owner       string // canonical: absolute, lower case
	TTL         uint32 // seconds; the effective one
	TTLExplicit bool   // the record states its TTL
	TTLSource   TTLSource
	Class       string // upper case
	Type        string // upper case
	// Data is the rdata as one line. In A, AAAA, CNAME, DNAME, MX, NS, PTR, SOA and SRV
	// names are canonical, addresses as netip prints them, and times in seconds;
	// tokens of other types are verbatim, joined by one blank.
	Data          string
	Comment       string // the last one on its lines, from the semicolon on; "" if there is none
	Line, EndLine int    // 1-based numbers of the first and the last physical line
	File          string // the included file that holds the record, empty for the zone's own
}

// Directive is a line that makes records which are not in the file.
type Directive struct {
	Name string   // $GENERATE or $INCLUDE
	Args []string // the tokens after the name; the first one of $INCLUDE is the file
	Text string   // the line verbatim, without blanks and line ends around it
	Line int      // 1-based
	File string   // the included file that holds the line, empty for the zone's own
	// Unread says of an $INCLUDE line why its file is not read; it is nil for $GENERATE.
	Unread *UnreadError

	origin   *domain   // the origin that its relative names are under
	template *template // nil for $INCLUDE
}

// RRset is all records of one owner and type.
type RRset struct {
	Owner, Type string
	TTL         uint32 // of the first record
	Data        []string
}

// Wish says which records of a file are kept.
type Wish uint8

// What becomes of a record. Few and FewOther are two groups, of each of which the first 64 in the file are kept.
const (
	Leave Wish = iota
	Keep
	Few
	FewOther

	wishes = iota
)

const maxFew = 64

// Keeper says what becomes of a record. The owner is canonical and only valid during the call. Parts of a long file
// are read at once, so calls come in no order and side by side.
type Keeper func(owner []byte, typ string) Wish

// Read scans a zone file whose relative names are under origin. It keeps the records that a
// Keeper wants, all of them if keep is nil, and every SOA. A Keeper is asked for each time when the
// file is begun: what one was asked before the last is of no account, and may be about owners that
// the file does not have. The zone refers to src, which must not be changed afterwards.
//
// The error is an *[Error]. Every line of the file is scanned, but the data of
// records that are not kept is not looked into. No included file is read.
func Read(src []byte, origin string, keep func() Keeper) (*Zone, error) {
	alone := &Source{Files: []File{{Text: src}}, text: src, places: []int{1}}
	return alone.Read(origin, keep)
}

// Read is the function [Read] for the zone's own file and those that it includes.
func (src *Source) Read(origin string, keep func() Keeper) (*Zone, error) {
	return src.readAs(origin, keep, false)
}

// Inspect is Read that also looks into every record, for what makes BIND refuse the file. That
// takes about half as much time again.
func (src *Source) Inspect(origin string, keep func() Keeper) (*Zone, error) {
	return src.readAs(origin, keep, true)
}

func (src *Source) readAs(origin string, keep func() Keeper, inspect bool) (*Zone, error) {
	z, err := src.read(origin, keep, false, inspect)
	if err != nil {
		return z, err
	}
	soa, ok := z.soa()
	if ok && z.Windows && !z.HasTTLDirective && soa.TTLExplicit {
		return src.read(origin, keep, true, inspect) // Windows never inherits from the record before
	}
	return z, nil
}

func (src *Source) read(origin string, keep func() Keeper, minimum, inspect bool) (*Zone, error) {
	s, err := src.scanner(origin)
	if err != nil {
		return nil, err
	}
	s.minimum = minimum
	top := string(s.origin.text)
	var keeper Keeper
	ask := func() {
		if keep != nil {
			keeper = keep()
		}
	}
	begin := func(s *Scanner, size int) *pass {
		r := &pass{s: s, keep: keeper, z: &Zone{
			Origin: top, Files: src.Files, src: src.text, source: src, minimum: minimum, types: s.types, index: newIndex(size),
		}}
		if inspect {
			r.c = newChecker(r.z, s)
		}
		return r
	}
	ask()
	r := src.inParts(s, begin)
	if r == nil {
		ask()
		r = begin(s, len(src.text))
		if r.read(); r.err != nil {
			return nil, r.err
		}
	}
	r.z.types.whole = true
	r.z.conclude()
	if inspect {
		return r.z, r.c.conclude()
	}
	return r.z, nil
}

// read reads up to the limit of the scanner.
func (r *pass) read() {
	var e Entry
	s, z := r.s, r.z
	pos, line := s.pos, s.line // behind the last entry
	for n := 0; ; n++ {
		// Before Next, because a later scan resumes from the state in front of the entry.
		if n%blockEntries == 0 {
			z.index.begin(s)
		}
		if !s.Next(&e) {
			break
		}
		pos, line = s.pos, s.line
		if r.err = z.note(&e); r.err != nil {
			return
		}
		if r.c != nil {
			r.c.note(&e)
		}
		if e.Kind != RecordEntry {
			continue
		}
		wish := Keep
		if r.keep != nil && e.Type != "SOA" {
			wish = r.keep(e.Owner, e.Type)
		}
		if wish == Leave || !r.take(wish) {
			continue
		}
		record, err := s.materialise(&e)
		if err != nil {
			r.err = err
			return
		}
		record.File = z.fileOf(&e)
		// Thousands of records in a row may have one owner, or lead to one host: they share its text.
		if n := len(z.Records); n > 0 {
			before := &z.Records[n-1]
			if record.Owner == before.Owner {
				record.Owner = before.Owner
			}
			if record.Data == before.Data {
				record.Data = before.Data
			}
		}
		z.Records = append(z.Records, record)
	}
	if r.err = s.Err(); r.err == nil {
		z.index.finish(s)
		r.behind = z.index.end
		r.behind.pos, r.behind.line = pos, line
	}
}

// take reports whether a record is kept, by the group that it is of.
func (r *pass) take(wish Wish) bool {
	if wish == Keep {
		return true
	}
	if r.count[wish]++; r.count[wish] > maxFew {
		return false
	}
	r.few = append(r.few, few{len(r.z.Records), wish})
	return true
}

// note takes from an entry what says something about the whole file.
func (z *Zone) note(e *Entry) error {
	z.Times.note(z, e)
	switch e.Kind {
	case TTLEntry:
		z.HasTTLDirective, z.DefaultTTL = true, e.TTL
	case IncludeEntry:
		if unread := z.source.whyUnread(e); unread != nil {
			z.addDirective(e, "$INCLUDE", unread)
		}
	case GenerateEntry:
		return z.addGenerate(e)
	case RecordEntry:
		z.index.note(e)
		switch e.Type {
		case "RRSIG", "NSEC", "NSEC3":
			z.Dnssec = true
		}
	}
	return nil
}

func (z *Zone) addDirective(e *Entry, name string, unread *UnreadError) {
	z.Directives = append(z.Directives, Directive{
		Name: name, Args: texts(z.src, e.Rdata), Line: e.Line, File: z.fileOf(e), Unread: unread, origin: e.origin,
		Text: strings.TrimSpace(string(e.Of(z.src))),
	})
}

// fileOf is the name of the included file that holds an entry, empty for the zone's own.
func (z *Zone) fileOf(e *Entry) string { return z.fileAt(e.Start) }

func (z *Zone) fileAt(offset int) string {
	file, _ := z.source.place(offset)
	return z.source.fileName(file)
}

// where names the line of an entry.
func (z *Zone) where(e *Entry) string { return lineName(z.fileOf(e), e.Line) }

// lineName names a line of an included file, or of the zone's own.
func lineName(file string, line int) string {
	if file == "" {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("line %d of %s", line, file)
}

// errorAt is an error about an entry.
func (z *Zone) errorAt(e *Entry, msg string) error {
	return &Error{Line: e.Line, Column: 1, Msg: msg, File: z.fileOf(e)}
}

// conclude fills in what the SOA says once the whole file is known.
func (z *Zone) conclude() {
	z.Windows = z.index.marked > 0
	soa, ok := z.soa()
	if !ok || z.HasTTLDirective {
		return
	}
	// Other servers write a $TTL or a TTL into the SOA record; Windows DNS Server exports neither.
	z.Windows = z.Windows || !soa.TTLExplicit
	if fields := strings.Fields(soa.Data); len(fields) == 7 {
		if minimum, err := strconv.ParseUint(fields[6], 10, 32); err == nil {
			z.DefaultTTL = uint32(minimum)
		}
	}
}

// materialise copies a record out of the scan.
func (s *Scanner) materialise(e *Entry) (Record, error) {
	fields, err := canonicalFields(e.Type, texts(s.src, e.Rdata), e.origin)
	if err != nil {
		at := e.TypeSpan.Start
		if bad := (*fieldError)(nil); errors.As(err, &bad) && bad.index < len(e.Rdata) {
			at = e.Rdata[bad.index].Start
		}
		s.fail(at, "%v", err)
		return Record{}, s.err
	}
	return Record{
		Owner: string(e.Owner), TTL: e.TTL, TTLExplicit: !e.TTLSpan.Empty(), TTLSource: e.TTLSource,
		Class: e.Class, Type: e.Type, Data: strings.Join(fields, " "),
		Comment: string(e.Comment.Of(s.src)), Line: e.Line, EndLine: e.EndLine,
	}, nil
}

func (z *Zone) soa() (Record, bool) {
	for _, r := range z.Records {
		if r.Type == "SOA" {
			return r, true
		}
	}
	return Record{}, false
}

// Serial is the serial of the first SOA; ok is false when there is none to read.
func (z *Zone) Serial() (serial uint32, ok bool) {
	soa, _ := z.soa()
	fields := strings.Fields(soa.Data)
	if len(fields) != 7 {
		return 0, false
	}
	n, err := strconv.ParseUint(fields[2], 10, 32)
	return uint32(n), err == nil
}

// Set collects the kept records of an owner, which must be canonical, and a type. ok
// is false when there are none.
func (z *Zone) Set(owner, typ string) (set RRset, ok bool) {
	set = RRset{Owner: owner, Type: typ}
	for _, r := range z.Records {
		if r.Owner != owner || r.Type != typ {
			continue
		}
		if len(set.Data) == 0 {
			set.TTL = r.TTL
		}
		set.Data = append(set.Data, r.Data)
	}
	return set, len(set.Data) > 0
}
