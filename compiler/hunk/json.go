package hunk

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

type jsonHunk struct {
	OldStart *int   `json:"old_start"`
	NewStart *int   `json:"new_start"`
	Lines    []Line `json:"lines"`
}

type jsonBytes struct {
	Op     string `json:"op"`
	Base64 string `json:"base64"`
}

// MarshalJSON writes {"old_start":1,"new_start":1,"lines":[" text\n","+text\n"]}.
func (h Hunk) MarshalJSON() ([]byte, error) {
	return json.Marshal(jsonHunk{OldStart: &h.OldStart, NewStart: &h.NewStart, Lines: h.Lines})
}

// UnmarshalJSON reads what MarshalJSON writes. A missing or unknown member, a hunk
// without lines and a negative line number are errors.
func (h *Hunk) UnmarshalJSON(data []byte) error {
	var j jsonHunk
	if err := strict(data, &j); err != nil {
		return err
	}
	switch {
	// pointers, because 0 is a line number too: that of the start of a text
	case j.OldStart == nil || j.NewStart == nil:
		return errors.New("a hunk needs old_start and new_start")
	case *j.OldStart < 0 || *j.NewStart < 0:
		return errors.New("a hunk starts before the text")
	case len(j.Lines) == 0:
		return errors.New("a hunk needs lines")
	}
	*h = Hunk{OldStart: *j.OldStart, NewStart: *j.NewStart, Lines: j.Lines}
	return nil
}

// MarshalJSON writes the operation and the text as one string. A text that is not
// valid UTF-8, which a JSON string cannot hold, becomes {"op":"-","base64":"..."}.
// What UnmarshalJSON would refuse is an error.
func (l Line) MarshalJSON() ([]byte, error) {
	op := string([]byte{l.Op})
	if err := checkLine(op, l.Text); err != nil {
		return nil, err
	}
	// json.Marshal would write U+FFFD for such bytes, and the hunk would no longer fit
	if utf8.ValidString(l.Text) {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false) // whoever encodes the whole decides that
		err := enc.Encode(op + l.Text)
		return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
	}
	return json.Marshal(jsonBytes{Op: op, Base64: base64.StdEncoding.EncodeToString([]byte(l.Text))})
}

// UnmarshalJSON reads what MarshalJSON writes. An unknown operation, a line without
// text or with more than one line of text, and base64 of what could be written in
// the open are errors: a reviewer must be able to read every line that can be read.
func (l *Line) UnmarshalJSON(data []byte) error {
	op, text, err := decodeLine(data)
	if err != nil {
		return err
	}
	if err := checkLine(op, text); err != nil {
		return err
	}
	*l = Line{Op: op[0], Text: text}
	return nil
}

func checkLine(op, text string) error {
	if op != " " && op != "-" && op != "+" {
		return fmt.Errorf("unknown operation %q", op)
	}
	if why := wholeLine(text); why != "" {
		return errors.New(why)
	}
	return nil
}

func decodeLine(data []byte) (op, text string, err error) {
	// the common form is a string; anything else that is no object fails in Unmarshal
	if len(data) > 0 && data[0] != '{' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return "", "", err
		}
		return s[:min(1, len(s))], s[min(1, len(s)):], nil
	}
	var j jsonBytes
	if err := strict(data, &j); err != nil {
		return "", "", err
	}
	// strict, so that one line has one spelling: the ID of a plan covers its bytes
	raw, err := base64.StdEncoding.Strict().DecodeString(j.Base64)
	if err == nil && utf8.Valid(raw) {
		err = errors.New("base64 is only for text that is not UTF-8")
	}
	return j.Op, string(raw), err
}

// strict decodes one JSON value and refuses members that v does not have.
func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	// Decode stops after the first value and leaves what follows it unread
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the value")
	}
	return nil
}
