package zonefile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// File is one text of a zone. Name is what tells it from the others.
type File struct {
	Name string
	Text []byte
	// Paths are what $INCLUDE lines name an included file, each once, in the order in which
	// a reader meets them. [Gather] fills them in.
	Paths []string
}

// Source is the whole text of a zone: its own file, and in it the files that $INCLUDE
// names, each in its place. [Gather] makes one.
type Source struct {
	// Files are the zone's own file and then the included ones, in the order in which a
	// reader meets them first, each once.
	Files []File
	// Zones is how many zones are inspected together with this one, itself included; 0 counts as 1.
	// They share the time that is spent on the records that $GENERATE lines make.
	Zones int

	// text is what a reader sees in a row: that of the only file, or the segments with one
	// line end between two of them, which belongs to none.
	text     []byte
	segments []segment        // nil where no file is included
	places   []int            // how often each file is included
	named    map[string]found // what $INCLUDE lines name
	unread   map[int]*UnreadError
	followed map[int]bool // where $INCLUDE lines begin whose files are part of the text
	defect   *Error
}

// segment is a part of one file within the text of a Source. Each but the last ends with
// an $INCLUDE line whose file comes next, or at the end of its file.
type segment struct {
	Span       // in the text
	file   int // of Files
	offset int // in the file
	line   int // number of its first line
	depth  int // how many $INCLUDE lines lead to it
}

// Limits on what $INCLUDE lines may do. BIND has none but that on open files, NSD follows
// 10 levels. What a second $INCLUDE of a file repeats is bounded, so that a small file
// cannot stand for a huge zone.
const (
	maxIncludeDepth = 64
	maxIncludes     = 10_000
	maxRepeated     = 16 << 20 // bytes
)

// UnreadError says why the file of an $INCLUDE line is not read, in one phrase, and what to do
// about that, in whole sentences.
type UnreadError struct{ Why, WayOut string }

func (e *UnreadError) Error() string { return e.Why }

// Gather collects the text of a zone. open gives the file that an $INCLUDE line names; its
// name must be the same for all spellings of one file, and its error is an *[UnreadError] or
// says in one phrase why a file cannot be read. Such a line becomes a [Directive] of the zone, as does one that
// is too deep or repeats too much. A file that includes itself, an included file that is no
// text, and too many such lines are errors of [Source.Read].
//
// The Source refers to the texts, which must not be changed afterwards.
func Gather(main File, open func(name string) (File, error)) *Source {
	src := &Source{
		Files: []File{main}, text: main.Text, places: []int{1},
		unread: map[int]*UnreadError{}, followed: map[int]bool{}, named: map[string]found{},
	}
	g := gatherer{
		src: src, open: open, known: map[string]int{main.Name: 0}, named: src.named,
		lines: [][]includeLine{includeLines(main.Text)},
	}
	if len(g.lines[0]) == 0 {
		return src
	}
	g.add(0)
	// With a single segment the text is that of the file, and offsets need no translation.
	if src.defect == nil && len(src.segments) > 1 {
		src.join()
	} else {
		src.segments = nil
	}
	return src
}

// gatherer follows $INCLUDE lines.
type gatherer struct {
	src      *Source
	open     func(name string) (File, error)
	known    map[string]int // numbers of files by their names
	named    map[string]found
	lines    [][]includeLine // of each file
	stack    []int           // the files that lead to the place at hand
	size     int             // bytes of the text so far
	count    int             // $INCLUDE lines so far
	repeated int             // bytes that are there more than once
}

// found is what open has given for a name.
type found struct {
	file   int
	unread *UnreadError
}

// add appends a file and what it includes.
func (g *gatherer) add(file int) {
	text := g.src.Files[file].Text
	at, line := 0, 1
	// Within the text a mark would be read as part of an owner. [Source.Marked] reports it.
	if len(g.stack) > 0 && bytes.HasPrefix(text, utf8Mark) {
		at = len(utf8Mark)
	}
	g.stack = append(g.stack, file)
	for _, inc := range g.lines[file] {
		child, unread := g.follow(file, inc)
		if g.src.defect != nil {
			return
		}
		if unread != nil {
			// Keys are offsets in the whole text: what the file has from at on will begin at
			// g.size.
			g.src.unread[g.size+inc.Start-at] = unread
			continue
		}
		g.src.followed[g.size+inc.Start-at] = true
		g.segment(file, at, inc.End, line)
		g.add(child)
		at, line = inc.End, inc.after
	}
	g.segment(file, at, len(text), line)
	g.stack = g.stack[:len(g.stack)-1]
}

// segment appends the part of a file between two offsets.
func (g *gatherer) segment(file, from, to, line int) {
	n := to - from
	g.src.segments = append(g.src.segments, segment{Span{g.size, g.size + n}, file, from, line, len(g.stack) - 1})
	// One more for the line end between two segments.
	g.size += n + 1
}

// follow finds the file of an $INCLUDE line, or says why it is not read.
func (g *gatherer) follow(from int, inc includeLine) (file int, unread *UnreadError) {
	if g.count++; g.count > maxIncludes {
		g.fail(from, inc.line, "there are more than %d $INCLUDE lines to follow; write the records into fewer files",
			maxIncludes)
		return 0, nil
	}
	f := g.find(inc.name)
	switch {
	case f.unread != nil:
		return 0, f.unread
	case len(g.stack) > maxIncludeDepth:
		return 0, &UnreadError{
			Why:    fmt.Sprintf("it is the end of a chain of more than %d $INCLUDE lines", maxIncludeDepth),
			WayOut: "Write its records into a file that is nearer to the zone file.",
		}
	case slices.Contains(g.stack, f.file):
		g.fail(from, inc.line,
			"this $INCLUDE leads back to %q, which is being read at this place: no DNS server loads such a zone",
			g.src.Files[f.file].Name)
		return 0, nil
	}
	if g.src.places[f.file]++; g.src.places[f.file] > 1 {
		g.repeated += len(g.src.Files[f.file].Text)
	}
	// Files that each include the next one twice double the text per level, so a few lines could fill
	// the memory.
	if g.repeated > maxRepeated {
		return 0, &UnreadError{
			Why:    fmt.Sprintf("files that are included more than once repeat over %d bytes", maxRepeated),
			WayOut: "Include each of these files once.",
		}
	}
	return f.file, nil
}

func (g *gatherer) fail(file, line int, format string, args ...any) {
	g.src.defect = &Error{Line: line, Column: 1, Msg: fmt.Sprintf(format, args...), File: g.src.fileName(file)}
}

// find has a file opened that is not known yet.
func (g *gatherer) find(name string) found {
	if f, ok := g.named[name]; ok {
		return f
	}
	var f found
	file, err := g.open(name)
	if err != nil {
		if !errors.As(err, &f.unread) {
			f.unread = &UnreadError{Why: err.Error()}
		}
	} else if n, ok := g.known[file.Name]; ok {
		// Two paths may name one file, such as i and ./i.
		f.file = n
	} else {
		f.file = len(g.src.Files)
		g.known[file.Name] = f.file
		g.src.Files = append(g.src.Files, file)
		g.src.places = append(g.src.places, 0)
		g.lines = append(g.lines, includeLines(file.Text))
		// A file that is no plain text is an error even if no line of it is read.
		if _, err := NewScanner(file.Text, ""); err != nil {
			bad := *err.(*Error)
			bad.File, g.src.defect = file.Name, &bad
		}
	}
	if f.unread == nil {
		g.src.Files[f.file].Paths = append(g.src.Files[f.file].Paths, name)
	}
	g.named[name] = f
	return f
}

// includeLine is an $INCLUDE line of a file.
type includeLine struct {
	Span
	line, after int // numbers of its first line and of the one behind it
	name        string
}

// includeLines finds the $INCLUDE lines of a text, up to the first place at which it cannot
// be read, and no more of them than it takes to be too many. Which lines they are does not depend
// on where the file is included.
func includeLines(text []byte) []includeLine {
	if !mayInclude(text) {
		return nil
	}
	s, err := NewScanner(text, "")
	if err != nil {
		return nil
	}
	var out []includeLine
	for s.pos < len(text) && len(out) <= maxIncludes {
		start, line := s.pos, s.line
		if _, ok := s.logicalLine(); !ok {
			break
		}
		// An indented $INCLUDE is not a directive to BIND.
		if len(s.tokens) > 1 && s.tokens[0].Start == start &&
			bytes.EqualFold(s.tokens[0].Of(text), []byte("$INCLUDE")) {
			out = append(out, includeLine{Span{start, s.pos}, line, s.line, fileNameOf(s.tokens[1].Of(text))})
		}
	}
	return out
}

// mayInclude reports a line that begins with $INCLUDE, which is seldom found where it is
// no directive.
func mayInclude(text []byte) bool {
	word := []byte("$INCLUDE")
	text = bytes.TrimPrefix(text, utf8Mark)
	for at := nextDollar(text, 0); at >= 0; at = nextDollar(text, at+1) {
		if line := text[at:]; len(line) >= len(word) && bytes.EqualFold(line[:len(word)], word) {
			return true
		}
	}
	return false
}

// nextDollar is where the first line at or behind an offset begins with a dollar sign, -1 if none does.
func nextDollar(text []byte, from int) int {
	for at := from; ; at++ {
		// That sign is rare elsewhere, so a search for it alone passes over most of a file.
		i := bytes.IndexByte(text[at:], '$')
		if i < 0 {
			return -1
		}
		if at += i; at == 0 || text[at-1] == '\n' {
			return at
		}
	}
}

// fileNameOf is the name that an argument of $INCLUDE gives, which may be in quotes. BIND
// takes all else as it stands, escapes too.
func fileNameOf(token []byte) string {
	name := string(token)
	if inner, quoted := strings.CutPrefix(name, `"`); quoted {
		return strings.TrimSuffix(inner, `"`)
	}
	return name
}

// join writes the text.
func (src *Source) join() {
	last := src.segments[len(src.segments)-1]
	text := make([]byte, 0, last.End)
	for i, seg := range src.segments {
		if i > 0 {
			text = append(text, '\n')
		}
		text = append(text, src.Files[seg.file].Text[seg.offset:seg.offset+seg.End-seg.Start]...)
	}
	src.text = text
}

// fileName is the name of an included file, and "" for the zone's own.
func (src *Source) fileName(file int) string {
	if file == 0 {
		return ""
	}
	return src.Files[file].Name
}

// once refuses an edit of a file that is in the text more than once, or may be: another
// file with the same bytes may be a link to it, or the same name in a file system that
// knows no letter case.
func (src *Source) once(file int) error {
	const everywhere = ", so the change would be made at each of these places; give each place a file of its own"
	if src.places[file] > 1 {
		return fmt.Errorf("%q is included more than once"+everywhere, src.Files[file].Name)
	}
	for i, other := range src.Files {
		// Comparing content finds links and names that differ in case, which only the file system
		// could tell apart.
		if i != file && bytes.Equal(other.Text, src.Files[file].Text) {
			return fmt.Errorf("%q and %q have the same content and may be one file by two names"+everywhere,
				src.Files[file].Name, other.Name)
		}
	}
	return nil
}

// segmentAt is the number of the segment that holds an offset of the text; one at its end
// belongs to it.
func (src *Source) segmentAt(at int) int {
	n, _ := slices.BinarySearchFunc(src.segments, at, func(seg segment, at int) int { return seg.End - at })
	return n
}

// place is where an offset of the text is in a file.
func (src *Source) place(at int) (file, offset int) {
	if src.segments == nil {
		return 0, at
	}
	seg := src.segments[src.segmentAt(at)]
	return seg.file, seg.offset + at - seg.Start
}

// scanner starts a scan of the whole text.
func (src *Source) scanner(origin string) (*Scanner, error) {
	if src.defect != nil {
		return nil, src.defect
	}
	s, err := NewScanner(src.text, origin)
	if err != nil {
		return nil, err
	}
	s.src, s.source = src.text, src
	s.bound()
	return s, nil
}

// whyUnread tells why the file of an $INCLUDE line is not read; nil if it is.
func (src *Source) whyUnread(e *Entry) *UnreadError {
	if src.unread == nil {
		return &UnreadError{Why: "included files are not read here"}
	}
	if unread := src.unread[e.Start]; unread != nil || src.followed[e.Start] {
		return unread
	}
	// No file may be passed over in silence where the search for these lines reads otherwise than the scan.
	return &UnreadError{Why: "edgeplan did not find this line when it looked for the files of the zone"}
}

// Marked names the first file that begins with a byte order mark: "" for the zone's own,
// as in [Record.File]. BIND, Knot DNS and NSD refuse such a
// file.
func (src *Source) Marked() (file string, ok bool) {
	for i, f := range src.Files {
		if bytes.HasPrefix(f.Text, utf8Mark) {
			return src.fileName(i), true
		}
	}
	return "", false
}

// split sorts splices of the text by the files in which they are, with offsets there. It is
// the only way from the text to the files, and refuses those of files that cannot be edited:
// two places of one file would give splices that overlap.
func (src *Source) split(splices []splice) ([][]splice, error) {
	if src.segments == nil {
		return [][]splice{splices}, nil
	}
	out := make([][]splice, len(src.Files))
	for _, sp := range splices {
		file, at := src.place(sp.Start)
		out[file] = append(out[file], splice{Span{at, at + sp.End - sp.Start}, sp.text})
	}
	for file, own := range out {
		if len(own) == 0 {
			continue
		}
		if err := src.once(file); err != nil {
			return nil, err
		}
		slices.SortStableFunc(own, func(a, b splice) int { return a.Start - b.Start })
	}
	return out, nil
}

// checkSplice refuses one that is not in one segment, or that would come between an
// $INCLUDE line and its file.
func (src *Source) checkSplice(sp splice) error {
	if src.segments == nil {
		return nil
	}
	n := src.segmentAt(sp.Start)
	seg := src.segments[n]
	includes := n+1 < len(src.segments) && src.segments[n+1].depth > seg.depth
	if sp.Start < seg.Start || sp.End > seg.End || includes && sp.End == seg.End {
		return errors.New("internal error: an edit of the zone reaches over the end of a file")
	}
	return nil
}
