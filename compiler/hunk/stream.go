package hunk

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// Stream is [Apply] for a text that need not be in memory: it reads r and writes the new
// text to w, and holds no more than a buffer and the lines of one hunk. The errors are those
// of Apply, but for line numbers, which count from the hunk; or one of r or w. After an
// error what was written is of no use.
func Stream(w io.Writer, r io.Reader, hunks []Hunk) error {
	s := streamer{in: bufio.NewReaderSize(r, 1<<16), out: w}
	for i, h := range hunks {
		if err := s.apply(h); err != nil {
			return fmt.Errorf("hunk %d: %w", i+1, err)
		}
	}
	if _, err := s.in.Peek(1); err == nil && s.open {
		return fmt.Errorf("hunk %d: the last line has no line end but text follows", len(hunks))
	}
	_, err := s.in.WriteTo(w)
	return err
}

// streamer copies a text to the place of the next hunk, and has [Write] apply that to the
// few lines that it is about.
type streamer struct {
	in       *bufio.Reader
	out      io.Writer
	oldLines int  // lines read
	newLines int  // lines written
	open     bool // the last line written has no terminator
}

func (s *streamer) apply(h Hunk) error {
	if len(h.Lines) == 0 {
		return fmt.Errorf("it has no lines")
	}
	before := linesBefore(h.OldStart, h.OldCount())
	if before < s.oldLines {
		return fmt.Errorf("it starts at line %d, before the end of the hunk in front of it", before+1)
	}
	// line by line, as the line number is all that says where the hunk is
	for s.oldLines < before {
		if err := s.copyLine(); err == io.EOF {
			return fmt.Errorf("it starts after line %d, but the text has %d lines", before, s.oldLines)
		} else if err != nil {
			return err
		}
	}
	old, err := s.lines(h)
	if err != nil {
		return err
	}
	// Write wants line numbers of the text that it is given.
	near := Hunk{OldStart: h.OldStart - s.oldLines, NewStart: h.NewStart - s.newLines, Lines: h.Lines}
	// the same code as for a text in memory, so that both refuse and make the same
	var changed bytes.Buffer
	if err := Write(&changed, old, []Hunk{near}); err != nil {
		return err
	}
	// Write saw the end of its own few lines only, and took it for the end of the text.
	if s.open && changed.Len() > 0 {
		return fmt.Errorf("line %d of the new text has no line end but is not the last", s.newLines)
	}
	s.oldLines += h.OldCount()
	s.newLines += h.NewCount()
	if n := changed.Len(); n > 0 {
		s.open = changed.Bytes()[n-1] != '\n'
	}
	_, err = s.out.Write(changed.Bytes())
	return err
}

// copyLine copies one line, which may be longer than the buffer.
func (s *streamer) copyLine() error {
	if s.open {
		return fmt.Errorf("line %d of the new text has no line end but is not the last", s.newLines)
	}
	for begun := false; ; begun = true {
		piece, err := s.in.ReadSlice('\n')
		if len(piece) > 0 {
			if _, err := s.out.Write(piece); err != nil {
				return err
			}
		}
		switch {
		// a line longer than the buffer comes in pieces and counts once
		case err == bufio.ErrBufferFull:
			continue
		// nothing more; with some bytes read, it is a last line without an end
		case err == io.EOF && len(piece) == 0 && !begun:
			return io.EOF
		case err != nil && err != io.EOF:
			return err
		}
		s.oldLines, s.newLines, s.open = s.oldLines+1, s.newLines+1, err == io.EOF
		return nil
	}
}

// lines reads the old lines of a hunk, no more bytes than it says that they have.
func (s *streamer) lines(h Hunk) ([]byte, error) {
	var size int
	for _, line := range h.Lines {
		if line.Op != Insert {
			size += len(line.Text)
		}
	}
	// bounded by the hunk, whatever the file has: a line of a gigabyte is refused by its length
	old := make([]byte, size)
	n, err := io.ReadFull(s.in, old)
	// a text that is too short is refused by Write, which names the line
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	old = old[:n]
	if n > 0 && old[n-1] != '\n' { // a line without an end, or a part of a longer one
		if more, err := s.in.Peek(1); err == nil {
			old = append(old, more...)
		}
	}
	return old, err
}
