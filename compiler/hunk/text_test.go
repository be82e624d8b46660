package hunk

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// checkPieces: the parts are the text that Apply makes, and the old text stays as it is.
func checkPieces(t *testing.T, old, want []byte, hunks []Hunk) {
	t.Helper()
	before := bytes.Clone(old)
	got, err := Pieces(old, hunks)
	if err != nil || !bytes.Equal(got.Bytes(), want) || got.Len() != len(want) || got.SHA256() != TextOf(want).SHA256() || !bytes.Equal(old, before) {
		t.Fatalf("%q: hunks %+v give %q, %v; want %q", old, hunks, got.Bytes(), err, want)
	}
	for _, r := range []struct {
		text string
		same bool
	}{{string(want), true}, {string(want) + "x", false}, {string(want[:max(len(want), 1)-1]) + "\x00", false}} {
		if same, err := got.Same(iotest.HalfReader(strings.NewReader(r.text))); same != r.same && r.text != string(want) || err != nil {
			t.Fatalf("%q: Same(%q) = %v, %v", got.Bytes(), r.text, same, err)
		}
	}
}

func TestPiecesShare(t *testing.T) {
	old := bytes.Repeat([]byte("line\n"), 100000)
	hunks, err := FromEdits(old, []Edit{{Line: 11, Old: []string{"line\n"}, New: []string{"new\n"}}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Pieces(old, hunks)
	if err != nil || len(got.Parts()) > 10 {
		t.Fatalf("%d parts, %v", len(got.Parts()), err)
	}
	if last := got.Parts()[len(got.Parts())-1]; &last[len(last)-1] != &old[len(old)-1] {
		t.Error("the rest is a copy")
	}
}

func TestTextErrors(t *testing.T) {
	failed := errors.New("failed")
	text := TextOf([]byte("ab"), nil, []byte("cd"))
	for n := range 5 {
		r := &failing{text: "abcd"[:n], err: failed}
		if same, err := text.Same(r); same || err != failed {
			t.Errorf("after %d bytes: %v, %v", n, same, err)
		}
	}
	if n, err := text.WriteTo(&limited{left: 2}); n != 2 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
	if same, err := text.Same(strings.NewReader("abc")); same || err != nil {
		t.Errorf("a short one: %v, %v", same, err)
	}
	none := Text{}
	if got := none.Bytes(); len(got) != 0 || !none.IsNone() || none.SHA256() != TextOf().SHA256() || TextOf().IsNone() {
		t.Errorf("nothing is %q", got)
	}
}

// failing gives a text, then an error.
type failing struct {
	text string
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, f.err
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

// limited takes some bytes only.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errors.New("full")
	}
	l.left -= len(p)
	return len(p), nil
}
