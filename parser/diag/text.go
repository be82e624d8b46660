package diag

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// WriteText prints open findings for people, with their snippets. How to get the
// explanation of a code is said once. With color, the severity is coloured for an
// ANSI terminal; nothing else is ever written to the terminal than printable
// characters, tabs and newlines.
func WriteText(w io.Writer, findings []Finding, color bool) error {
	buf := bufio.NewWriter(w)
	explained := map[Code]bool{}
	for _, f := range findings {
		if f.Accepted != "" {
			continue
		}
		fmt.Fprintf(buf, "%s: %s %s: %s\n",
			place(f), severityText(f.Severity, color), Clean(string(f.Code)), Clean(f.Summary))
		writeSnippet(buf, f)
		for _, line := range cleanLines(f.Detail) {
			if line != "" {
				line = "   " + line
			}
			fmt.Fprintln(buf, line)
		}
		if !explained[f.Code] {
			explained[f.Code] = true
			fmt.Fprintf(buf, "   Run `edgeplan explain %s` for more.\n", Clean(string(f.Code)))
		}
	}
	return buf.Flush()
}

// place is where a finding is, as editors and grep write it.
func place(f Finding) string {
	switch {
	case f.File == "":
		return "edgeplan"
	case f.Line == 0:
		return Clean(f.File)
	}
	return fmt.Sprintf("%s:%d:%d", Clean(f.File), f.Line, f.Column)
}

func severityText(severity string, color bool) string {
	severity = Clean(severity)
	switch {
	case !color:
		return severity
	case severity == "warning":
		return "\x1b[33m" + severity + "\x1b[0m" // yellow
	}
	return "\x1b[1;31m" + severity + "\x1b[0m" // red, bold
}

func writeSnippet(w io.Writer, f Finding) {
	if f.Snippet == "" {
		return
	}
	number := strconv.Itoa(f.Line)
	// Snippets of one file begin in one column, up to line 999999.
	gutter := max(6, len(number))
	fmt.Fprintf(w, "%*s | %s\n", gutter, number, Clean(f.Snippet))
	fmt.Fprintf(w, "%*s | %s\n", gutter, "", Clean(f.Marker))
}
