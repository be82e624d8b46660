package hunk

import (
	"bytes"
	"fmt"
)

// Apply gives the text with the hunks applied. The hunks must be in order and must
// not overlap, every context and deleted line must stand in the text at exactly the
// line that the hunk says, and NewStart must be where the lines come to stand.
// Otherwise the result is an error that names the hunk (counted from 1) and nothing
// is applied. The input text is not changed.
func Apply(text []byte, hunks []Hunk) ([]byte, error) {
	a := applier{rest: text}
	a.out.Grow(len(text))
	for i, h := range hunks {
		if err := a.apply(h); err != nil {
			return nil, fmt.Errorf("hunk %d: %w", i+1, err)
		}
	}
	if len(a.rest) > 0 && a.open {
		return nil, fmt.Errorf("hunk %d: the last line has no line end but text follows", len(hunks))
	}
	a.out.Write(a.rest)
	return a.out.Bytes(), nil
}

// applier copies a text line by line into out.
type applier struct {
	rest     []byte // the part of the old text that is not consumed yet
	oldLines int    // lines consumed
	newLines int    // lines written
	open     bool   // the last line written has no terminator
	out      bytes.Buffer
}

func (a *applier) apply(h Hunk) error {
	if len(h.Lines) == 0 {
		return fmt.Errorf("it has no lines")
	}
	if err := a.copyTo(linesBefore(h.OldStart, h.OldCount())); err != nil {
		return err
	}
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

// linesBefore is how many lines of a side stand before a hunk.
func linesBefore(start, count int) int {
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
	for a.oldLines < n {
		line := a.next()
		if len(line) == 0 {
			return fmt.Errorf("it starts after line %d, but the text has %d lines", n, a.oldLines)
		}
		if err := a.write(line); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) step(line Line) error {
	if why := wholeLine(line.Text); why != "" {
		return fmt.Errorf("%s", why)
	}
	switch line.Op {
	case Insert:
		return a.write([]byte(line.Text))
	case Context, Delete:
		number := a.oldLines + 1
		old := a.next()
		if string(old) != line.Text {
			return fmt.Errorf("line %d is %q, the hunk says %q", number, old, line.Text)
		}
		if line.Op == Delete {
			return nil
		}
		return a.write(old)
	}
	return fmt.Errorf("unknown operation %q", line.Op)
}

// next consumes one line of the old text; it is empty at the end.
func (a *applier) next() []byte {
	end := bytes.IndexByte(a.rest, '\n') + 1
	if end == 0 {
		end = len(a.rest)
	}
	line := a.rest[:end]
	if end > 0 {
		a.rest = a.rest[end:]
		a.oldLines++
	}
	return line
}

func (a *applier) write(line []byte) error {
	if a.open {
		return fmt.Errorf("line %d of the new text has no line end but is not the last", a.newLines)
	}
	a.open = line[len(line)-1] != '\n'
	a.newLines++
	a.out.Write(line)
	return nil
}
