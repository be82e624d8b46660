package hunk

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// sameStream wants of Stream what Apply gives, or an error where that has one.
func sameStream(t *testing.T, text []byte, hunks []Hunk) {
	t.Helper()
	want, wantErr := Apply(text, hunks)
	var got bytes.Buffer
	err := Stream(&got, iotest.HalfReader(bytes.NewReader(text)), hunks)
	if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got.Bytes(), want) {
		t.Fatalf("%q, %+v:\nStream gives %q, %v\nApply  gives %q, %v", text, hunks, got.Bytes(), err, want, wantErr)
	}
}

// TestStream: texts with the hunks that fit them, and with hunks of which one thing is wrong.
func TestStream(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 4000 {
		old := randomText(rng)
		edits, _ := randomEdits(rng, splitLines(old))
		hunks, err := FromEdits([]byte(old), edits, rng.IntN(4))
		if err != nil {
			t.Fatal(err)
		}
		sameStream(t, []byte(old), hunks)
		if len(hunks) == 0 {
			continue
		}
		switch h := &hunks[rng.IntN(len(hunks))]; rng.IntN(5) {
		case 0:
			h.OldStart += rng.IntN(5) - 2
		case 1:
			h.NewStart += rng.IntN(5) - 2
		case 2:
			h.Lines = h.Lines[:rng.IntN(len(h.Lines))]
		case 3:
			line := &h.Lines[rng.IntN(len(h.Lines))]
			line.Text = []string{"a\n", "open", "", "b", "a\nb\n"}[rng.IntN(5)]
		case 4:
			h.Lines[rng.IntN(len(h.Lines))].Op = []byte{Context, Delete, Insert}[rng.IntN(3)]
		}
		sameStream(t, []byte(old), hunks)
		sameStream(t, []byte(old+"more\n"), hunks)
	}
}

// TestStreamLarge: lines longer than the buffer, and errors of the reader and the writer.
func TestStreamLarge(t *testing.T) {
	long := strings.Repeat("x", 200_000) + "\n"
	text := []byte(long + "a\n" + long + long)
	hunks, err := FromEdits(text, []Edit{{2, []string{"a\n"}, []string{"b\n"}}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	sameStream(t, text, hunks)
	sameStream(t, text, nil)
	for _, room := range []int{0, 100, 300_000, len(text) - 1} {
		if err := Stream(&failingWriter{room}, bytes.NewReader(text), hunks); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
		if err := Stream(new(bytes.Buffer), iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(text))), hunks); !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("reader: %v", err)
		}
	}
}
