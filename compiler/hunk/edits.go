package hunk

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Edit replaces whole lines of a text.
type Edit struct {
	// Line is the 1-based number of the first line of Old. With an empty Old, New is
	// inserted before that line; one more than the number of lines means the end.
	Line int
	// Old are the lines that are removed and New the lines that are added, verbatim with
	// their terminators.
	Old, New []string
}

// maxContext bounds the context so that sums of line numbers cannot overflow.
const maxContext = 1 << 30

// FromEdits gives the hunks that make the edits in old, with up to context unchanged
// lines around each; edits that are at most twice that far apart share a hunk. Lines
// at the head and tail of an edit that do not change are left out.
//
// The edits must be sorted by line and must not overlap, Old must be what is really
// there, and only the last line of the result may have no terminator; the
// error names the line otherwise. New lines after a last line without a terminator
// give that line one, of the kind that the first new line has.
func FromEdits(old []byte, edits []Edit, context int) ([]Hunk, error) {
	// Two cursors, as context is taken behind the edit at hand: with one each edit would go
	// back and forth, which costs time by the square. A negative context means none.
	b := builder{old: cursor{text: old}, around: cursor{text: old}, context: min(max(context, 0), maxContext)}
	end := 0
	for _, e := range edits {
		if err := b.check(e, end); err != nil {
			return nil, err
		}
		end = e.Line - 1 + len(e.Old)
		b.add(e)
	}
	b.flush()
	if err := b.checkLineEnds(); err != nil {
		return nil, err
	}
	return b.hunks, nil
}

type builder struct {
	old     cursor // in the old text, at the edit at hand
	around  cursor // in the old text, where context is taken, which may be far behind
	context int
	hunks   []Hunk
	open    *Hunk // the hunk that may still take edits
	done    int   // lines of the old text that open covers or that are before it
	shift   int   // lines inserted minus lines deleted so far
}

// check refuses an edit that is not in order or that does not fit the text. end is
// the number of old lines up to the end of the edit before.
func (b *builder) check(e Edit, end int) error {
	if e.Line < 1 || e.Line-1 < end {
		return fmt.Errorf("the edit at line %d is out of order", e.Line)
	}
	if !b.old.seek(e.Line - 1) {
		return b.tooFar(e)
	}
	// What is there is compared here, so that a hunk never claims a line that the text has not.
	have := b.old.lines(e.Line-1, e.Line-1+len(e.Old))
	if len(have) < len(e.Old) {
		return b.tooFar(e)
	}
	for i, text := range e.Old {
		if have[i] != text {
			return fmt.Errorf("line %d is %q, the edit says %q", e.Line+i, have[i], text)
		}
	}
	for _, text := range e.New {
		if why := wholeLine(text); why != "" {
			return fmt.Errorf("the edit at line %d: %s", e.Line, why)
		}
	}
	return nil
}

func (b *builder) tooFar(e Edit) error {
	return fmt.Errorf("the edit at line %d reaches past the %d lines of the text", e.Line, b.old.line)
}

// add puts an edit that was checked into the open hunk or into a new one.
func (b *builder) add(e Edit) {
	// trimmed first: what is left decides whether the last line is touched at all
	e = b.closeLastLine(trim(e))
	if len(e.Old) == 0 && len(e.New) == 0 {
		return
	}
	start := e.Line - 1
	// with less between them the contexts would meet, and one hunk says it shorter
	if b.open != nil && start-b.done > 2*b.context {
		b.flush()
	}
	if b.open == nil {
		b.begin(start)
	}
	b.take(Context, b.around.lines(b.done, start))
	// deleted lines before inserted ones, as all programs print and expect them
	b.take(Delete, e.Old)
	b.take(Insert, e.New)
	b.done = start + len(e.Old)
	b.shift += len(e.New) - len(e.Old)
}

// trim drops the lines at both ends of an edit that stay as they are.
func trim(e Edit) Edit {
	for len(e.Old) > 0 && len(e.New) > 0 && e.Old[0] == e.New[0] {
		e.Line, e.Old, e.New = e.Line+1, e.Old[1:], e.New[1:]
	}
	for len(e.Old) > 0 && len(e.New) > 0 && e.Old[len(e.Old)-1] == e.New[len(e.New)-1] {
		e.Old, e.New = e.Old[:len(e.Old)-1], e.New[:len(e.New)-1]
	}
	return e
}

// closeLastLine widens an insertion behind a last line that has no terminator.
func (b *builder) closeLastLine(e Edit) Edit {
	// index of the line before the insertion
	last := e.Line - 2
	if len(e.New) == 0 || last < 0 || bytes.HasSuffix(b.old.text, []byte("\n")) || !b.old.ends(last+1) {
		return e
	}
	if b.open != nil && b.done == last+1 {
		return e // the last line is removed; nothing is left to close
	}
	// the first new line shows which kind the file has
	eol := "\n"
	if strings.HasSuffix(e.New[0], "\r\n") {
		eol = "\r\n"
	}
	// a diff cannot add an end alone: the line is deleted and inserted with one
	text := b.old.lines(last, last+1)
	return Edit{Line: e.Line - 1, Old: text, New: slices.Concat([]string{text[0] + eol}, e.New)}
}

func (b *builder) begin(start int) {
	// at the start of a text there are fewer lines around
	first := max(start-b.context, 0)
	b.open = &Hunk{OldStart: first + 1, NewStart: first + 1 + b.shift}
	b.done = first
}

func (b *builder) take(op byte, lines []string) {
	for _, text := range lines {
		b.open.Lines = append(b.open.Lines, Line{Op: op, Text: text})
	}
}

// flush ends the open hunk with its trailing context.
func (b *builder) flush() {
	if b.open == nil {
		return
	}
	b.take(Context, b.around.lines(b.done, b.done+b.context))
	h := b.open
	// two edits without a line between them become one run
	h.Lines = deletesFirst(h.Lines)
	// begin counted the first line of the hunk; a side without lines has the one before
	if h.OldCount() == 0 {
		h.OldStart--
	}
	if h.NewCount() == 0 {
		h.NewStart--
	}
	b.hunks = append(b.hunks, *h)
	b.open = nil
}

// checkLineEnds refuses hunks that would join two lines of the new text.
func (b *builder) checkLineEnds() error {
	for i, h := range b.hunks {
		var left []string
		for _, line := range h.Lines {
			if line.Op != Delete {
				left = append(left, line.Text)
			}
		}
		// only the hunk that reaches the end of the text may have a line without an end, as its last
		atEnd := i == len(b.hunks)-1 && b.old.ends(linesBefore(h.OldStart, h.OldCount())+h.OldCount())
		if n := len(left); n > 0 && atEnd {
			left = left[:n-1]
		}
		if j := slices.IndexFunc(left, func(s string) bool { return !terminated(s) }); j >= 0 {
			return fmt.Errorf("line %d of the new text has no line end but is not the last", h.NewStart+j)
		}
	}
	return nil
}
