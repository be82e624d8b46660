package hunk

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
)

// Text is a text in parts, most of which may be parts of another text: a large one that
// was changed in a few places needs no copy of its own. The parts must not be written to.
type Text [][]byte

// Pieces is [Apply] without a copy of what stays: the parts of the result are parts of
// text and lines of the hunks.
func Pieces(text []byte, hunks []Hunk) (Text, error) {
	var out keeper
	if err := Write(&out, text, hunks); err != nil {
		return nil, err
	}
	return out.text, nil
}

// keeper is a writer that keeps what it is given, which [Write] does not change.
type keeper struct{ text Text }

func (k *keeper) Write(p []byte) (int, error) {
	k.text = append(k.text, p)
	return len(p), nil
}

// Bytes is the text in one part. It shares its memory with the text if that has one part.
func (t Text) Bytes() []byte {
	if len(t) == 1 {
		return t[0]
	}
	return bytes.Join(t, nil)
}

// Len is the length in bytes.
func (t Text) Len() int {
	n := 0
	for _, part := range t {
		n += len(part)
	}
	return n
}

// WriteTo writes the text.
func (t Text) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for _, part := range t {
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
	hash := sha256.New()
	t.WriteTo(hash) // a hash takes everything
	return fmt.Sprintf("%x", hash.Sum(nil))
}

// Same tells whether r gives this text and nothing more.
func (t Text) Same(r io.Reader) (bool, error) {
	buf := make([]byte, 1<<16)
	for _, part := range t {
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
