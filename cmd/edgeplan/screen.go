package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen is standard output. Where that is a terminal, what would act on it is escaped
// as words.Visible escapes it, whatever file it comes from: controls but for tabs and line
// ends, and characters that hide or reorder text. Into a file or a pipe bytes go as they
// are.
type screen struct {
	w        io.Writer
	terminal bool
	rest     []byte // the start of a character, or a CR that may belong to a line end
}

func screenOf(w io.Writer) *screen { return &screen{w: w, terminal: isTerminal(w)} }

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

func (s *screen) Write(text []byte) (int, error) {
	if !s.terminal {
		return s.w.Write(text)
	}
	all := append(s.rest, text...)
	// A character or a line end may be in two pieces.
	shown, used := escaped(all, false)
	// A clone: the few bytes would keep the whole text in memory.
	s.rest = bytes.Clone(all[used:])
	if _, err := s.w.Write(shown); err != nil {
		return 0, err
	}
	// The count of what was given, whatever was written for it: bufio takes less for an error.
	return len(text), nil
}

// end writes what was left waiting for more.
func (s *screen) end() error {
	shown, _ := escaped(s.rest, true)
	s.rest = nil
	_, err := s.w.Write(shown)
	return err
}

// escaped returns a text as a terminal may see it, and how much of the text that is: an
// end that only more text can explain is left unless this is all.
func escaped(text []byte, all bool) (shown []byte, used int) {
	for used < len(text) {
		rest := text[used:]
		if !all && (!utf8.FullRune(rest) || len(rest) == 1 && rest[0] == '\r') {
			break
		}
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			shown = fmt.Appendf(shown, `\x{%02X}`, rest[0])
		case r == '\n' || r == '\t' || unicode.IsPrint(r) || r == '\r' && bytes.HasPrefix(rest, []byte("\r\n")):
			shown = append(shown, rest[:size]...)
		default:
			shown = fmt.Appendf(shown, `\u{%X}`, r)
		}
		used += size
	}
	return shown, used
}
