package zonefile

import (
	"bytes"
	"strings"
)

// splice replaces a span of the text.
type splice struct {
	Span
	text string
}

// lineEdits widens sorted splices to whole lines.
func lineEdits(src []byte, splices []splice) []LineEdit {
	var edits []LineEdit
	line, counted := 1, 0 // the number of the line that holds the byte at counted
	for len(splices) > 0 {
		// All splices within a line make one edit, so that no two edits have a line in common.
		block, n, text := block(src, splices)
		splices = splices[n:]
		// Counted from the edit before, so that the text is read only once.
		line += bytes.Count(src[counted:block.Start], []byte("\n"))
		counted = block.Start
		edits = append(edits, LineEdit{Line: line, Old: splitLines(string(block.Of(src))), New: splitLines(text)})
	}
	return edits
}

// block takes the first splices that share lines. It returns these lines, how many
// splices they are and the new text of the lines.
func block(src []byte, splices []splice) (lines Span, n int, text string) {
	lines.Start = bytes.LastIndexByte(src[:splices[0].Start], '\n') + 1
	lines.End = lines.Start
	var b strings.Builder
	at := lines.Start
	for n < len(splices) && (n == 0 || splices[n].Start < lines.End ||
		splices[n].Start == lines.End && inLine(src, lines.End)) {
		sp := splices[n]
		b.Write(src[at:sp.Start])
		b.WriteString(sp.text)
		at = sp.End
		n++
		// If the new text stops within a line, the line behind it is joined to it and belongs to
		// the edit.
		open := b.Len() > 0 && !strings.HasSuffix(b.String(), "\n")
		lines.End = max(lines.End, lineEnd(src, at, open))
	}
	b.Write(src[at:lines.End])
	return lines, n, b.String()
}

// lineEnd is the end of the line that holds offset at. An offset between two lines is
// such an end itself unless the new text so far stops within a line.
func lineEnd(src []byte, at int, open bool) int {
	if !open && !inLine(src, at) {
		return at
	}
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}

// inLine reports whether an offset is not the start of a line. At the end of a text
// without a final line end it is in the last line.
func inLine(src []byte, at int) bool { return at > 0 && src[at-1] != '\n' }

// splitLines cuts a text after each "\n".
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	// There is no line behind a final line end.
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return nil
	}
	return lines
}
