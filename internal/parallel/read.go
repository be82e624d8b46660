package parallel

import (
	"io"
	"slices"
)

// part is how many bytes of a large file a processor reads at once; tests want fewer.
var part = 4 << 20

// ReadAt reads a file of a number of bytes, in parts of it at once. It is nil for a file that is too small to gain
// by that, for one that cannot be read from anywhere, gives an error, or has another size: what to say of these
// is up to who reads it from the start.
func ReadAt(file any, size int) []byte {
	at, can := file.(io.ReaderAt)
	if !can || size < 2*part {
		return nil
	}
	text := make([]byte, size+1)
	whole := make([]bool, (len(text)+part-1)/part)
	Each(len(whole), func(i int) {
		to := text[i*part : min((i+1)*part, len(text))]
		n, err := at.ReadAt(to, int64(i*part))
		if i == len(whole)-1 {
			// It is one byte longer, where the file has to end.
			whole[i] = err == io.EOF && n == len(to)-1
		} else {
			whole[i] = err == nil
		}
	})
	if slices.Contains(whole, false) {
		return nil
	}
	return text[:size]
}
