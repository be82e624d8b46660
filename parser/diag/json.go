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
	Errors        int       `json:"errors"`
	Warnings      int       `json:"warnings"`
}

// WriteJSON prints findings as one JSON object: format_version, findings, and how
// many of them are errors and warnings. Bytes that are no UTF-8 become U+FFFD.
func WriteJSON(w io.Writer, findings []Finding) error {
	r := report{FormatVersion: formatVersion, Findings: findings}
	if findings == nil {
		r.Findings = []Finding{}
	}
	for _, f := range findings {
		if level(f) == "warning" {
			r.Warnings++
		} else {
			r.Errors++
		}
	}
	return writeIndented(w, r)
}

// writeIndented leaves < and > as they are, and escapes what does not print.
func writeIndented(w io.Writer, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
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
		case r == '\n' || printable(r):
			out = append(out, doc[at:at+size]...)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		at += size
	}
	return out
}
