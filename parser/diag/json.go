package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// formatVersion is raised when a reader of the JSON form would have to change.
const formatVersion = 1

type report struct {
	FormatVersion int       `json:"format_version"`
	Findings      []Finding `json:"findings"`
	Accepted      []Finding `json:"accepted"`
	Errors        int       `json:"errors"`
	Warnings      int       `json:"warnings"`
}

// WriteJSON prints findings as one JSON object: format_version, the findings that are
// open, those that are accepted, and how many of the open ones are errors and warnings.
// Bytes that are no UTF-8 become U+FFFD.
func WriteJSON(w io.Writer, findings []Finding) error {
	// Not nil, which would be null: readers go through the lists without asking.
	r := report{FormatVersion: formatVersion, Findings: []Finding{}, Accepted: []Finding{}}
	for _, f := range findings {
		if f.Accepted != "" {
			r.Accepted = append(r.Accepted, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Errors, r.Warnings = Count(findings)
	return writeIndented(w, r)
}

// Count returns how many of the open findings are errors and how many are warnings.
func Count(findings []Finding) (errors, warnings int) {
	for _, f := range findings {
		switch {
		case f.Accepted != "":
		case f.more != [2]int{}:
			errors, warnings = errors+f.more[0], warnings+f.more[1]
		case level(f) == "warning":
			warnings++
		default:
			errors++
		}
	}
	return errors, warnings
}

// writeIndented leaves < and > as they are, and escapes what does not print.
func writeIndented(w io.Writer, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	// Texts have < and > in commands, and the output is not put into HTML.
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(buf.Bytes()))
	return err
}

// escapeJSON writes the characters that do not print as \u escapes, which means the
// same: outside of strings JSON has none of them. encoding/json does so only for
// those below U+0020.
func escapeJSON(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for at := 0; at < len(doc); {
		r, size := utf8.DecodeRune(doc[at:])
		switch {
		case r == '\n' || printable(r): // the line ends of the indentation; those in strings are escaped already
			out = append(out, doc[at:at+size]...)
		case r > 0xFFFF: // an escape has four digits, so two of them
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		at += size
	}
	return out
}
