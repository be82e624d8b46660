package hunk

import (
	"fmt"
	"strings"
)

// The values of [Line].Op, as unified diffs write them.
const (
	Context byte = ' ' // the line is in both texts
	Delete  byte = '-' // the line is in the old text only
	Insert  byte = '+' // the line is in the new text only
)

// Line is one line of a hunk.
type Line struct {
	// Op is Context, Delete or Insert.
	Op byte
	// Text is the line verbatim with its "\n" or "\r\n". Only the last line of a
	// text may have no terminator. It is never empty.
	Text string
}

// Hunk is one changed place of a text.
type Hunk struct {
	// OldStart and NewStart are the 1-based numbers of the first line in the old and
	// the new text. When a side has no line in this hunk, its number is that of the
	// line before, 0 at the start of the text, as in unified diffs.
	OldStart, NewStart int
	// Lines holds context, deleted and inserted lines in order; within a run of
	// changed lines the deleted ones come first. A hunk has at least one line.
	Lines []Line
}

// OldCount is the number of lines that the hunk covers in the old text.
func (h Hunk) OldCount() int { return len(h.Lines) - h.count(Insert) }

// NewCount is the number of lines that the hunk covers in the new text.
func (h Hunk) NewCount() int { return len(h.Lines) - h.count(Delete) }

func (h Hunk) count(op byte) int {
	n := 0
	for _, line := range h.Lines {
		if line.Op == op {
			n++
		}
	}
	return n
}

// Reverse gives the hunks that turn the new text back into the old one. The input is
// not changed.
func Reverse(hunks []Hunk) []Hunk {
	out := make([]Hunk, 0, len(hunks))
	for _, h := range hunks {
		lines := make([]Line, len(h.Lines))
		for i, line := range h.Lines {
			lines[i] = Line{Op: opposite(line.Op), Text: line.Text}
		}
		// opposite has turned the order of each run, and a hunk has its deleted lines first
		out = append(out, Hunk{OldStart: h.NewStart, NewStart: h.OldStart, Lines: deletesFirst(lines)})
	}
	return out
}

// Amend changes hunks in place so that they lead to their new text with an edit, line
// by line. There must be as many new lines as old ones, and each old line must be one
// that the hunks insert; the error names a line of the new text that is not.
func Amend(hunks []Hunk, e Edit) error {
	// with other numbers of lines all hunks behind would have to move
	if len(e.Old) != len(e.New) {
		return fmt.Errorf("the edit at line %d changes the number of lines", e.Line)
	}
	for i, old := range e.Old {
		line := inserted(hunks, e.Line+i)
		// the old text is compared too: a line number alone says nothing in a text that was edited
		if line == nil || line.Text != old {
			return fmt.Errorf("no hunk inserts line %d, %q", e.Line+i, old)
		}
		line.Text = e.New[i]
	}
	return nil
}

// inserted is the line with a number in the new text, or nil if no hunk inserts it.
func inserted(hunks []Hunk, number int) *Line {
	for _, h := range hunks {
		at := linesBefore(h.NewStart, h.NewCount())
		for i := range h.Lines {
			// deleted lines have no number in the new text
			if h.Lines[i].Op != Delete {
				at++
			}
			if h.Lines[i].Op == Insert && at == number {
				return &h.Lines[i]
			}
		}
	}
	return nil
}

func opposite(op byte) byte {
	switch op {
	case Delete:
		return Insert
	case Insert:
		return Delete
	}
	return op
}

// deletesFirst moves the deleted lines of each run of changed lines before the
// inserted ones. The order among lines of one kind stays.
func deletesFirst(lines []Line) []Line {
	out := make([]Line, 0, len(lines))
	var inserted []Line
	for _, line := range lines {
		switch line.Op {
		case Insert:
			inserted = append(inserted, line)
		case Delete:
			out = append(out, line)
		default:
			// a context line ends a run
			out = append(append(out, inserted...), line)
			inserted = inserted[:0]
		}
	}
	return append(out, inserted...)
}

// wholeLine says why text cannot be one line; it is empty when it can.
func wholeLine(text string) string {
	if text == "" {
		return "a line has no text"
	}
	if i := strings.IndexByte(text, '\n'); i >= 0 && i != len(text)-1 {
		return "a line holds more than one line of text"
	}
	return ""
}

func terminated(text string) bool { return strings.HasSuffix(text, "\n") }
