package hunk

import "bytes"

// cursor finds lines of a text by their number without a list of all lines. It is
// quick as long as the numbers mostly go up.
type cursor struct {
	text []byte
	line int // lines before at
	at   int // where a line begins, or the end of the text
}

// seek moves to the start of the line with n lines before it. It reports false, at the
// end of the text, if there are not so many.
func (c *cursor) seek(n int) bool {
	for c.line > n {
		// at-1 is the end of the line before, at which the search would stop at once
		c.at = bytes.LastIndexByte(c.text[:c.at-1], '\n') + 1
		c.line--
	}
	size, lines := skip(c.text[c.at:], n-c.line)
	c.at, c.line = c.at+size, c.line+lines
	return c.line == n
}

// lines are the lines from number a (counted from 0) up to b, or to the end of the text.
func (c *cursor) lines(a, b int) []string {
	var out []string
	for c.seek(a); c.line < b && c.at < len(c.text); c.line++ {
		end := c.at + lineLength(c.text[c.at:])
		out = append(out, string(c.text[c.at:end]))
		c.at = end
	}
	return out
}

// ends reports whether the text has exactly n lines.
func (c *cursor) ends(n int) bool { return c.seek(n) && c.at == len(c.text) }

// skip is the length of the first n lines of text, or of as many as there are. It
// counts in pieces, which is several times faster than finding each line end.
func skip(text []byte, n int) (size, lines int) {
	const piece = 1 << 12
	for len(text)-size > piece {
		count := bytes.Count(text[size:size+piece], []byte("\n"))
		// the line is in this piece, and has to be found line by line
		if lines+count >= n {
			break
		}
		size, lines = size+piece, lines+count
	}
	for lines < n && size < len(text) {
		size += lineLength(text[size:])
		lines++
	}
	return size, lines
}

// lineLength is the length of the first line of text, with its end.
func lineLength(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}
