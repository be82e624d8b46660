package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strings"

	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// checksum is one line of SHA256SUMS.
type checksum struct{ name, sum string }

var sumLine = pattern.New(`^([0-9a-f]{64})  ([A-Za-z0-9._/-]+)$`)

// parseSums reads SHA256SUMS in the one form that edgeplan writes: sorted by name,
// each name once, none that leads out of the folder, a final newline.
func parseSums(text []byte) ([]checksum, error) {
	body, ok := bytes.CutSuffix(text, []byte("\n"))
	if !ok {
		return nil, fmt.Errorf("its last line has no end")
	}
	var out []checksum
	for i, line := range strings.Split(string(body), "\n") {
		m := sumLine.FindStringSubmatch(line)
		switch {
		case m == nil:
			return nil, fmt.Errorf("line %d is not a SHA-256, two blanks and a name", i+1)
		case !fs.ValidPath(m[2]) || m[2] == "." || m[2] == emit.SumsName:
			return nil, fmt.Errorf("line %d names %s, which cannot be an artifact", i+1, m[2])
		case i > 0 && m[2] <= out[i-1].name: // also a name that is there twice
			return nil, fmt.Errorf("line %d is out of order", i+1)
		}
		out = append(out, checksum{name: m[2], sum: m[1]})
	}
	return out, nil
}

// formatSums is the reverse of parseSums.
func formatSums(sums []checksum) []byte {
	var b bytes.Buffer
	for _, s := range sums {
		b.WriteString(s.sum + "  " + s.name + "\n")
	}
	return b.Bytes()
}

func sumOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
