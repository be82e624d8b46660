package diag

import (
	"strings"
	"unicode/utf8"
)

const (
	snippetCells = 100 // what is shown of a line
	snippetLead  = 40  // of these, before the range when the line is cut
)

// snippet returns a line cut around the range [start, end) of its bytes, and the
// carets that go below it. The range starts at a character; it may reach past the line.
func snippet(line []byte, start, end int) (text, marker string) {
	if len(line) == 0 {
		return "", ""
	}
	start = min(start, len(line))
	// Past the end of the line only the line itself is marked.
	end = min(max(end, start+1), len(line)) // an empty range marks one character
	from, to := window(line, start)
	var out strings.Builder
	var below carets
	if from > 0 {
		out.WriteString("...")
		below.skip("...", 3)
	}
	for at := from; at < to; {
		r, size := utf8.DecodeRune(line[at:])
		s, cells := display(r, size, line[at])
		out.WriteString(s)
		// Also a character of which the range has only a part.
		if at+size > start && at < end {
			below.mark(cells, at+size >= end)
		} else {
			below.skip(s, cells)
		}
		at += size
	}
	if to < len(line) {
		out.WriteString("...")
	}
	return out.String(), below.String()
}

// carets is the line below a snippet, in which each caret is under what it marks.
type carets struct {
	blank  strings.Builder
	marked int
}

// skip passes a character that is not marked. A tab stays one, since only the
// terminal knows how far it reaches.
func (c *carets) skip(s string, cells int) {
	switch {
	case c.marked > 0: // the range is behind, and nothing more is written below the line
	case s == "\t":
		c.blank.WriteString(s)
	default:
		c.blank.WriteString(strings.Repeat(" ", cells))
	}
}

// mark marks a character. A combining mark that is the whole range gets a caret too.
func (c *carets) mark(cells int, last bool) {
	if cells == 0 && last && c.marked == 0 {
		cells = 1
	}
	c.marked += cells
}

// String ends with a caret even when the range is the end of the line.
func (c *carets) String() string {
	return c.blank.String() + strings.Repeat("^", max(c.marked, 1))
}

// window returns the part of a line to show around the byte offset at.
func window(line []byte, at int) (from, to int) {
	from = backward(line, at, snippetLead)
	to = forward(line, from, snippetCells)
	// Near its end the line is shown to the left instead, so that no room is left empty.
	if to == len(line) {
		from = min(from, backward(line, to, snippetCells))
	}
	return from, to
}

func backward(line []byte, at, budget int) int {
	for at > 0 {
		r, size := utf8.DecodeLastRune(line[:at])
		if budget -= cost(r, size, line[at-size]); budget < 0 {
			break
		}
		at -= size
	}
	return at
}

func forward(line []byte, at, budget int) int {
	for at < len(line) {
		r, size := utf8.DecodeRune(line[at:])
		if budget -= cost(r, size, line[at]); budget < 0 {
			break
		}
		at += size
	}
	return at
}

// cost is what a character takes of the columns shown: at least one, so that a line
// of combining marks is cut too.
func cost(r rune, size int, first byte) int {
	if r == '\t' {
		return 8
	}
	_, cells := display(r, size, first)
	return max(cells, 1)
}

// runeStart moves an offset that is inside a character to its start.
func runeStart(line []byte, at int) int {
	for i := 1; i < utf8.UTFMax && i <= at && at < len(line); i++ {
		if _, size := utf8.DecodeRune(line[at-i:]); size > i {
			return at - i
		}
	}
	return at
}
