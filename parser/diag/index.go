package diag

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// index finds the lines and columns of one file. Lines end at a newline, as they do
// for hcl; columns count code points, and a byte that is no UTF-8 counts at most one.
type index struct {
	src    []byte
	starts []int // byte offset of each line; the first is after a byte order mark
	counts []int // code points before each block of src; only made for long lines
}

const countBlock = 1024

func newIndex(src []byte) *index {
	x := &index{src: src, starts: make([]int, 1, bytes.Count(src, []byte{'\n'})+1)}
	// hcl counts columns from behind the mark, and offsets from before it.
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		x.starts[0] = len("\ufeff")
	}
	for at := 0; ; {
		next := bytes.IndexByte(src[at:], '\n')
		if next < 0 {
			return x
		}
		at += next + 1
		x.starts = append(x.starts, at)
	}
}

// offset returns the byte offset of a position, false if the file does not have it.
// A position with a line but no byte offset is looked up by line and column.
func (x *index) offset(pos hcl.Pos) (int, bool) {
	if pos.Byte != 0 || pos.Line <= 1 && pos.Column <= 1 {
		// A place within the byte order mark is the first character behind it.
		return max(pos.Byte, x.starts[0]), 0 <= pos.Byte && pos.Byte <= len(x.src)
	}
	line := max(pos.Line, 1)
	if line > len(x.starts) {
		return 0, false
	}
	at, end := x.bounds(line)
	for column := 1; column < pos.Column && at < end; column++ {
		for at++; at < end && isContinuation(x.src[at]); at++ {
		}
	}
	return at, true
}

// line returns the number of the line that holds a byte offset, from 1.
func (x *index) line(offset int) int {
	i, found := slices.BinarySearch(x.starts, offset)
	// Starts are counted from 0 and lines from 1. Where the offset is not the start of a line,
	// i is already one more than the line that it is in.
	if found {
		i++
	}
	return max(i, 1)
}

// bounds returns where a line starts, and where it ends without its newline.
func (x *index) bounds(line int) (start, end int) {
	start, end = x.starts[line-1], len(x.src)
	if line < len(x.starts) {
		end = x.starts[line] - 1
		// The CR of a line end is no part of the line that is shown.
		if end > start && x.src[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

// column returns the column of a byte offset in its line, from 1.
func (x *index) column(offset int) int {
	start := x.starts[x.line(offset)-1]
	// Counting a short line takes less time than the index of the file.
	if offset-start <= 2*countBlock {
		return 1 + countRunes(x.src[start:max(offset, start)])
	}
	return 1 + x.runesBefore(offset) - x.runesBefore(start)
}

func (x *index) runesBefore(offset int) int {
	if x.counts == nil {
		sum := 0
		for block := range slices.Chunk(x.src, countBlock) {
			x.counts = append(x.counts, sum)
			sum += countRunes(block)
		}
		x.counts = append(x.counts, sum)
	}
	block := offset / countBlock
	return x.counts[block] + countRunes(x.src[block*countBlock:offset])
}

// countRunes counts the bytes that start a code point. Unlike utf8.RuneCount it
// gives the same sum however the bytes are divided.
func countRunes(b []byte) int {
	n := 0
	for _, c := range b {
		if !isContinuation(c) {
			n++
		}
	}
	return n
}

func isContinuation(c byte) bool { return c&0xC0 == 0x80 }
