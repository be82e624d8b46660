package hunk

import (
	"bytes"
	"fmt"
	"io"
)

// Apply gives the text with the hunks applied. The hunks must be in order and must
// not overlap, every context and deleted line must be in the text at exactly the
// line that the hunk says, and NewStart must be where the lines will be.
// Otherwise the result is an error that names the hunk (counted from 1) and nothing
// is applied. The input text is not changed.
func Apply(text []byte, hunks []Hunk) ([]byte, error) {
	var out bytes.Buffer
	// one allocation: a zone may have a million lines, and doubling would need its size again
	out.Grow(grown(text, hunks))
	if err := Write(&out, text, hunks); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// grown is the length of the text with the hunks, and some room that a buffer wants.
func grown(text []byte, hunks []Hunk) int {
	// bytes.Buffer keeps this much free for a reader
	n := len(text) + bytes.MinRead
	for _, h := range hunks {
		for _, line := range h.Lines {
			if line.Op == Insert {
				n += len(line.Text)
			}
		}
	}
	return n
}

// Write is [Apply] for texts so large that the new one should not be in memory too: it
// writes that to w piece by piece. After an error what was written is of no use. The
// error may be one of w.
func Write(w io.Writer, text []byte, hunks []Hunk) error {
	a := applier{rest: text, out: w}
	for i, h := range hunks {
		if err := a.apply(h); err != nil {
			return fmt.Errorf("hunk %d: %w", i+1, err)
		}
	}
	// a line without an end is the last of a text, or the next one would run into it
	if len(a.rest) > 0 && a.open {
		return fmt.Errorf("hunk %d: the last line has no line end but text follows", len(hunks))
	}
	_, err := w.Write(a.rest)
	return err
}

// applier copies a text line by line into out.
type applier struct {
	rest     []byte // the part of the old text that is not consumed yet
	oldLines int    // lines consumed
	newLines int    // lines written
	open     bool   // the last line written has no terminator
	out      io.Writer
}

func (a *applier) apply(h Hunk) error {
	if len(h.Lines) == 0 {
		return fmt.Errorf("it has no lines")
	}
	// never searched for: a hunk that fits elsewhere was made for another text
	if err := a.copyTo(linesBefore(h.OldStart, h.OldCount())); err != nil {
		return err
	}
	// follows from the hunks before it; a plan that was edited by hand may say otherwise
	if want := linesBefore(h.NewStart, h.NewCount()); want != a.newLines {
		return fmt.Errorf("its new text starts after line %d, the hunk says after line %d", a.newLines, want)
	}
	for _, line := range h.Lines {
		if err := a.step(line); err != nil {
			return err
		}
	}
	return nil
}

// linesBefore is how many lines of a side are before a hunk.
func linesBefore(start, count int) int {
	// without a line of its own a side counts the line before, as unified diffs do
	if count == 0 {
		return start
	}
	return start - 1
}

// copyTo copies unchanged lines until n lines of the old text are consumed.
func (a *applier) copyTo(n int) error {
	if n < a.oldLines {
		return fmt.Errorf("it starts at line %d, before the end of the hunk in front of it", n+1)
	}
	// copied in one piece: hunks are far apart in a large zone
	size, lines := skip(a.rest, n-a.oldLines)
	text := a.rest[:size]
	a.rest, a.oldLines = a.rest[size:], a.oldLines+lines
	if a.oldLines < n {
		return fmt.Errorf("it starts after line %d, but the text has %d lines", n, a.oldLines)
	}
	return a.write(text, lines)
}

func (a *applier) step(line Line) error {
	if why := wholeLine(line.Text); why != "" {
		return fmt.Errorf("%s", why)
	}
	switch line.Op {
	case Insert:
		return a.write([]byte(line.Text), 1)
	case Context, Delete:
		number := a.oldLines + 1
		old := a.next()
		// byte for byte, line ends too: a zone with CR LF is another file than one with LF
		if string(old) != line.Text {
			return fmt.Errorf("line %d is %q, the hunk says %q", number, old, line.Text)
		}
		if line.Op == Delete {
			return nil
		}
		return a.write(old, 1)
	}
	return fmt.Errorf("unknown operation %q", line.Op)
}

// next consumes one line of the old text; it is empty at the end.
func (a *applier) next() []byte {
	end := lineLength(a.rest)
	line := a.rest[:end]
	if end > 0 {
		a.rest = a.rest[end:]
		a.oldLines++
	}
	return line
}

// write adds whole lines to the new text.
func (a *applier) write(text []byte, lines int) error {
	// an empty text has no last byte to look at
	if lines == 0 {
		return nil
	}
	if a.open {
		return fmt.Errorf("line %d of the new text has no line end but is not the last", a.newLines)
	}
	a.open = text[len(text)-1] != '\n'
	a.newLines += lines
	_, err := a.out.Write(text)
	return err
}
