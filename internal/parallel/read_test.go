package parallel

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestReadAt: a file that is read in parts is the same bytes; one that has another size or gives an error is not read.
func TestReadAt(t *testing.T) {
	defer func(n int) { part = n }(part)
	part = 7
	for size := range 60 {
		text := make([]byte, size)
		for i := range text {
			text[i] = byte(i + 1)
		}
		for _, claimed := range []int{size - 1, size, size + 1, size + 7} {
			got := ReadAt(bytes.NewReader(text), claimed)
			if got != nil && (claimed != size || !bytes.Equal(got, text)) {
				t.Fatalf("%d bytes that should be %d: %v", size, claimed, got)
			}
			if got == nil && claimed == size && size >= 2*part {
				t.Fatalf("%d bytes are not read", size)
			}
			if got := ReadAt(damaged{bytes.NewReader(text), size / 2}, claimed); got != nil {
				t.Fatalf("%d bytes with an error: %v", size, got)
			}
		}
	}
	if got := ReadAt(strings.NewReplacer(), 100); got != nil {
		t.Errorf("what is no file is %v", got)
	}
}

// damaged is a file that cannot be read from an offset on.
type damaged struct {
	*bytes.Reader
	from int
}

func (f damaged) ReadAt(p []byte, at int64) (int, error) {
	if int(at)+len(p) > f.from {
		return 0, errors.New("bad sector")
	}
	return f.Reader.ReadAt(p, at)
}
