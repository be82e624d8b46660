package zonefile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// verify checks that the text with the splices has the records of the old one, in the
// same order, apart from those that the plan removes and adds.
//
// It reads both texts only where they differ, and this shows as much as reading all
// of them would. What a scan makes of a text depends on its state and on the text
// from its place on, on nothing else; the first bytes of a file, which can be a mark of
// its encoding, are looked at apart (checkBegin). Before the first splice both texts are equal,
// so both scans come to the start of its block in one state, that which the index
// kept. From there both are read. When they are before equal rest in one state
// again, they would read the same up to the next splice, and so would be in one state
// at the start of the block of that; there the argument begins again. Behind the last
// splice they would read the same up to the end.
func (p *plan) verify(splices []splice) error {
	v := verifier{p: p, window: window{src: p.src, splices: splices, segments: p.zone.source.segments}}
	if err := v.checkSplices(splices); err != nil {
		return err
	}
	for left := len(splices); left > 0; {
		if err := v.stretch(); err != nil {
			return err
		}
		// Every stretch uses up a splice; this stops an endless loop should that ever be untrue.
		if len(v.window.splices) == left {
			return errors.New("internal error: the check of the edit makes no progress")
		}
		left = len(v.window.splices)
	}
	for _, planned := range []map[string]int{p.draft.removed, p.draft.added} {
		maps.DeleteFunc(planned, func(_ string, n int) bool { return n == 0 })
		if left := slices.Sorted(maps.Keys(planned)); len(left) > 0 {
			return fmt.Errorf("the edit of the record %q cannot be made", left[0])
		}
	}
	return v.sameDialect()
}

// checkSplices refuses what makes no text or no zone file at all.
func (v *verifier) checkSplices(splices []splice) error {
	p := v.p
	// The first block begins behind a byte order mark, which no splice may touch.
	end := p.zone.index.marks[0].pos
	for _, sp := range splices {
		if sp.Start < end {
			return errors.New("internal error: two edits of the zone overlap")
		}
		// NewScanner looks for NUL bytes, but the scans of this check are resumed and not new.
		if strings.IndexByte(sp.text, 0) >= 0 {
			return unfit(errors.New("there would be a NUL byte"))
		}
		end = sp.End
		if err := p.zone.source.checkSplice(sp); err != nil {
			return err
		}
	}
	files, err := p.zone.source.split(splices)
	if err != nil {
		return err
	}
	for file, own := range files {
		if err := v.checkBegin(file, own); err != nil {
			return unfit(err)
		}
	}
	return nil
}

// checkBegin refuses a new text that begins with what a reader takes for a mark of its
// encoding, as when the first record goes and the owner of the next begins so. The splices
// are those of the file.
func (v *verifier) checkBegin(file int, splices []splice) error {
	old := v.p.zone.Files[file].Text
	if len(splices) == 0 || splices[0].Start >= len(utf8Mark) || bytes.HasPrefix(old, utf8Mark) {
		return nil
	}
	w := window{src: old, splices: splices}
	// The window can be shorter than a mark after one step, if splices delete most of it.
	for w.more(); len(w.buf) < len(utf8Mark) && !w.atEnd(); w.more() {
	}
	if bytes.HasPrefix(w.buf, utf8Mark) {
		return &Error{
			Line: 1, Column: 1, Msg: "it would begin with a byte order mark",
			File: v.p.zone.source.fileName(file),
		}
	}
	_, err := NewScanner(w.buf, "")
	return err
}

func unfit(err error) error { return fmt.Errorf("the edited zone cannot be read: %w", err) }

// sameDialect checks that a reader of the new text takes the same default TTL.
func (v *verifier) sameDialect() error {
	p := v.p
	if p.zone.HasTTLDirective || p.soa.TTLSpan.Empty() {
		return nil
	}
	marked := p.zone.index.marked - v.old.marked + v.new.marked
	// As in readAs: without a $TTL, the marks of Windows DNS Server decide whether the SOA minimum
	// is the default.
	if (marked > 0 && !v.new.noTTL) != p.zone.minimum {
		return errors.New("the edit would change what marks the file as Windows DNS Server's, " +
			"and so the TTLs of other records")
	}
	return nil
}

// verifier walks two texts side by side.
type verifier struct {
	p        *plan
	window   window // the new text
	base     int    // where the window begins in the new text
	lines    int    // lines by which the new text is longer, up to the window
	old, new side
}

// side is one of the texts. Its entry is not compared yet.
type side struct {
	scan *Scanner
	Entry
	more   bool
	before state // the scan before the entry
	marked int   // records compared that only Windows DNS Server writes
	noTTL  bool  // an SOA compared states no TTL
}

// stretch compares the texts from the next splice to where they are the same again.
func (v *verifier) stretch() error {
	v.start()
	for !v.together() {
		switch {
		case v.old.more && v.new.more && v.equal():
			v.nextOld()
			v.nextNew()
		case v.old.take(v.p.draft.removed):
			v.nextOld()
		case v.new.take(v.p.draft.added):
			v.nextNew()
		default:
			return v.unplanned()
		}
	}
	v.lines = v.new.before.line - v.old.before.line
	return nil
}

// start sets both scans before the entry that holds the next splice.
func (v *verifier) start() {
	x := v.p.zone.index
	line := bytes.LastIndexByte(v.p.src[:v.window.splices[0].Start], '\n') + 1
	// Scan from the start of the block to the last entry before the line; the splice itself may be
	// in a comment.
	s := v.p.zone.resume(x.marks[x.block(line)].state)
	var e Entry
	var from state
	for s.save(&from); s.pos < line && s.Next(&e) && s.pos <= line; {
		s.save(&from)
	}
	v.old.scan, v.new.scan = v.p.zone.resume(from), v.p.zone.resume(from)
	v.window.restart(from.pos, from.segment)
	v.base = from.pos + v.window.shift
	n := v.new.scan
	// Offsets of the new text count from the start of the window, lines from that of the text.
	n.src, n.pos, n.line, n.window = nil, 0, from.line+v.lines, &v.window
	n.bound()
	v.nextOld()
	v.nextNew()
}

func (v *verifier) nextOld() { v.old.next() }

// nextNew reads an entry of the new text and lets the window grow until it has one.
func (v *verifier) nextNew() {
	s := v.new.scan
	for v.new.next(); !v.new.more && !v.window.atEnd(); v.new.retry() {
		// The entry may go on behind the window, so it is read again in a larger one.
		v.window.more()
		s.src = v.window.buf
		s.restore(&v.new.before)
	}
}

func (s *side) next() {
	if s.more && s.windowsOnly() {
		s.marked++
	}
	s.noTTL = s.noTTL || s.more && s.Type == "SOA" && s.TTLSpan.Empty()
	s.scan.save(&s.before)
	s.retry()
}

func (s *side) retry() { s.more = s.scan.Next(&s.Entry) }

// together reports that nothing is left to compare before the next splice: both texts
// are at their end, or both scans are in one state before the same text.
func (v *verifier) together() bool {
	if v.new.scan.err != nil {
		return false
	}
	if !v.old.more && !v.new.more {
		return true
	}
	return v.old.before.pos >= v.window.edited && v.base+v.new.before.pos == v.old.before.pos+v.window.shift &&
		sameMeaning(&v.old.before, &v.new.before)
}

// equal compares the entries at hand without building anything.
func (v *verifier) equal() bool {
	// Compared as written, which is fast and stricter than by meaning: a record that is written
	// differently must be a planned one.
	a, b := &v.old.Entry, &v.new.Entry
	if a.Kind != b.Kind || a.TTL != b.TTL || a.Type != b.Type || a.Class != b.Class || len(a.Rdata) != len(b.Rdata) ||
		!bytes.Equal(a.Owner, b.Owner) || !bytes.Equal(a.origin.text, b.origin.text) {
		return false
	}
	for i := range a.Rdata {
		if !bytes.Equal(a.Rdata[i].Of(v.old.scan.src), b.Rdata[i].Of(v.new.scan.src)) {
			return false
		}
	}
	return true
}

// take reports whether the record at hand is a planned one and ticks it off.
func (s *side) take(planned map[string]int) bool {
	if !s.more || s.Kind != RecordEntry {
		return false
	}
	k := s.key()
	if planned[k] == 0 {
		return false
	}
	planned[k]--
	return true
}

func (s *side) key() string {
	tokens := texts(s.scan.src, s.Rdata)
	if fields, err := canonicalFields(s.Type, tokens, s.origin); err == nil {
		tokens = fields
	}
	return key(string(s.Owner), s.TTL, s.Class, s.Type, tokens)
}

func (v *verifier) unplanned() error {
	if err := v.new.scan.Err(); err != nil {
		return unfit(err)
	}
	s, where := v.old, v.p.zone.where(&v.old.Entry)
	if !s.more {
		s, where = v.new, lineName("", v.new.Line)
	}
	if s.Kind != RecordEntry {
		return fmt.Errorf("the edit would change the directive on %s as well", where)
	}
	return fmt.Errorf("the edit would change the record %q on %s as well", s.key(), where)
}
