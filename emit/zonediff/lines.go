package zonediff

import (
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

const (
	// maxDistinct keeps the number of distinct lines below the 1,111,998 code points
	// that can stand for one.
	maxDistinct = 1_000_000
	// maxCells bounds old lines times new lines of one gap that is compared line by
	// line: the time of the comparison grows with their product.
	maxCells = 100_000_000
)

// Lines compares two texts line by line and gives the hunks that turn old into new,
// with up to context unchanged lines around each change.
//
// Same texts, same hunks, on every machine: no time limit is involved. Lines that
// occur once in both texts split the work; a gap between two of them that is still
// too large to compare comes out as all old lines deleted and all new ones inserted,
// which is correct but not small.
func Lines(old, new []byte, context int) []hunk.Hunk {
	c := comparison{old: splitLines(string(old)), new: splitLines(string(new))}
	c.compare(0, len(c.old), 0, len(c.new))
	hunks, err := hunk.FromEdits(old, c.edits, context)
	if err != nil {
		panic("internal error: a line diff does not fit its own text: " + err.Error())
	}
	return hunks
}

func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	// after the last line end SplitAfter has an empty line, which is none
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// comparison collects the edits between two lists of lines, in order.
type comparison struct {
	old, new []string
	edits    []hunk.Edit
}

// compare adds the edits that turn old[a0:a1] into new[b0:b1].
func (c *comparison) compare(a0, a1, b0, b1 int) {
	a0, a1, b0, b1 = c.trim(a0, a1, b0, b1)
	if a0 == a1 || b0 == b1 {
		c.replace(a0, a1, b0, b1)
		return
	}
	first, second := a0, b0
	for _, at := range anchors(c.old[a0:a1], c.new[b0:b1]) {
		c.gap(a0, first+at.old, b0, second+at.new)
		a0, b0 = first+at.old+1, second+at.new+1
	}
	c.gap(a0, a1, b0, b1)
}

// gap adds the edits between two anchors.
func (c *comparison) gap(a0, a1, b0, b1 int) {
	a0, a1, b0, b1 = c.trim(a0, a1, b0, b1)
	// each line could be a distinct one
	small := a1-a0+b1-b0 <= maxDistinct && (a1-a0)*(b1-b0) <= maxCells
	if a0 == a1 || b0 == b1 || !small {
		c.replace(a0, a1, b0, b1)
		return
	}
	c.minimal(a0, a1, b0, b1)
}

// trim leaves out the lines that both sides have at their ends.
func (c *comparison) trim(a0, a1, b0, b1 int) (int, int, int, int) {
	for a0 < a1 && b0 < b1 && c.old[a0] == c.new[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && c.old[a1-1] == c.new[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	return a0, a1, b0, b1
}

// replace adds one edit of all lines of both sides.
func (c *comparison) replace(a0, a1, b0, b1 int) {
	// minimal asks at each equal stretch, also at the first
	if a0 < a1 || b0 < b1 {
		c.edits = append(c.edits, hunk.Edit{Line: a0 + 1, Old: c.old[a0:a1], New: c.new[b0:b1]})
	}
}

// minimal adds the smallest edits, found by a comparison in which one rune stands
// for one line.
func (c *comparison) minimal(a0, a1, b0, b1 int) {
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // the default gives up after a second of wall clock
	seen := make(map[string]rune)
	diffs := dmp.DiffMainRunes(symbols(seen, c.old[a0:a1]), symbols(seen, c.new[b0:b1]), false)
	a, b := a0, b0 // the ends of the edit that starts at a0 and b0
	for _, d := range diffs {
		// one rune is one line
		n := utf8.RuneCountInString(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			a += n
		case diffmatchpatch.DiffInsert:
			b += n
		case diffmatchpatch.DiffEqual:
			c.replace(a0, a, b0, b)
			a, b = a+n, b+n
			a0, b0 = a, b
		}
	}
	c.replace(a0, a1, b0, b1)
}

// symbols gives each distinct line its own rune.
func symbols(seen map[string]rune, lines []string) []rune {
	out := make([]rune, len(lines))
	for i, line := range lines {
		r, ok := seen[line]
		if !ok {
			r = symbol(len(seen))
			seen[line] = r
		}
		out[i] = r
	}
	return out
}

// symbol is the n-th rune that survives a conversion to UTF-8 and back: surrogates
// do not, and U+FFFD is what broken text turns into.
func symbol(n int) rune {
	r := rune(n + 1)
	// surrogates are 0xd800 to 0xdfff
	if r >= 0xd800 {
		r += 0x800
	}
	if r >= utf8.RuneError {
		r++
	}
	return r
}
