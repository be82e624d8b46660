package hunk

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestAmend(t *testing.T) {
	hunks := func() []Hunk {
		return []Hunk{{2, 2, []Line{{Context, "2\n"}, {Delete, "3\n"}, {Insert, "drei\n"}}}, {7, 7, []Line{{Insert, "sechs\n"}}}}
	}
	tests := map[string]struct {
		edit Edit
		want string // of the error
	}{
		"inserted":    {Edit{3, []string{"drei\n"}, []string{"trois\n"}}, ""},
		"other text":  {Edit{3, []string{"3\n"}, []string{"trois\n"}}, "no hunk inserts line 3"},
		"context":     {Edit{2, []string{"2\n"}, []string{"deux\n"}}, "no hunk inserts line 2"},
		"elsewhere":   {Edit{5, []string{"5\n"}, []string{"cinq\n"}}, "no hunk inserts line 5"},
		"second hunk": {Edit{7, []string{"sechs\n"}, []string{"six\n"}}, ""},
		"more lines":  {Edit{3, []string{"drei\n"}, nil}, "changes the number of lines"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := hunks()
			err := Amend(h, tt.edit)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			if line := inserted(h, tt.edit.Line); line == nil || line.Text != tt.edit.New[0] {
				t.Errorf("line %d is %+v", tt.edit.Line, line)
			}
		})
	}
}

// failingWriter fails after some bytes.
type failingWriter struct{ left int }

var errFull = errors.New("full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestWriteStreams: Write gives what Apply gives, in large texts too, and passes on the
// errors of its writer.
func TestWriteStreams(t *testing.T) {
	text := []byte(strings.Repeat("a line of text\n", 5000))
	hunks, err := FromEdits(text, []Edit{{10, []string{"a line of text\n"}, nil}, {4990, nil, []string{"new\n"}}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	want, _ := Apply(text, hunks)
	if err := Write(&out, text, hunks); err != nil || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%v, %d bytes, want %d", err, out.Len(), len(want))
	}
	for _, room := range []int{0, 100, 70000, len(want) - 1} {
		if err := Write(&failingWriter{room}, text, hunks); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}
