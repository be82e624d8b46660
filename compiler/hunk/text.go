package hunk

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
)

// Text is a text in parts, most of which may be parts of another text: a large one that
// was changed in a few places needs no copy of its own. Copies are the same text, whose SHA-256 is taken once. The
// zero value is no text, and empty.
type Text struct{ body *body }

type body struct {
	parts [][]byte
	once  sync.Once
	sum   string
}

// TextOf is the text of these parts, which must not be written to afterwards.
func TextOf(parts ...[]byte) Text { return Text{&body{parts: parts}} }

// IsNone reports that there is no text, not even an empty one.
func (t Text) IsNone() bool { return t.body == nil }

// Parts are the parts of the text. They must not be written to.
func (t Text) Parts() [][]byte {
	if t.body == nil {
		return nil
	}
	return t.body.parts
}

// Pieces is [Apply] without a copy of what stays: the parts of the result are parts of
// text and lines of the hunks.
func Pieces(text []byte, hunks []Hunk) (Text, error) {
	var out keeper
	if err := Write(&out, text, hunks); err != nil {
		return Text{}, err
	}
	return TextOf(out.parts...), nil
}

// keeper is a writer that keeps what it is given, which [Write] does not change.
type keeper struct{ parts [][]byte }

func (k *keeper) Write(p []byte) (int, error) {
	k.parts = append(k.parts, p)
	return len(p), nil
}

// Bytes is the text in one part. It shares its memory with the text if that has one part.
func (t Text) Bytes() []byte {
	if parts := t.Parts(); len(parts) != 1 {
		return bytes.Join(parts, nil)
	}
	return t.body.parts[0]
}

// Len is the length in bytes.
func (t Text) Len() int {
	n := 0
	for _, part := range t.Parts() {
		n += len(part)
	}
	return n
}

// WriteTo writes the text.
func (t Text) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for _, part := range t.Parts() {
		written, err := w.Write(part)
		n += int64(written)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// SHA256 is the hash of the text, in hex.
func (t Text) SHA256() string {
	take := func() string {
		hash := sha256.New()
		t.WriteTo(hash) // a hash takes everything
		return fmt.Sprintf("%x", hash.Sum(nil))
	}
	if t.body == nil {
		return take()
	}
	t.body.once.Do(func() { t.body.sum = take() })
	return t.body.sum
}

// Same tells whether r gives this text and nothing more.
func (t Text) Same(r io.Reader) (bool, error) {
	buf := make([]byte, 1<<16)
	for _, part := range t.Parts() {
		for len(part) > 0 {
			some := buf[:min(len(buf), len(part))]
			switch _, err := io.ReadFull(r, some); {
			// shorter than the text, which is an answer and no error
			case err == io.EOF || err == io.ErrUnexpectedEOF:
				return false, nil
			case err != nil:
				return false, err
			case !bytes.Equal(some, part[:len(some)]):
				return false, nil
			}
			part = part[len(some):]
		}
	}
	// one byte more tells a longer text
	switch _, err := io.ReadFull(r, buf[:1]); err {
	case nil:
		return false, nil
	case io.EOF:
		return true, nil
	default:
		return false, err
	}
}
