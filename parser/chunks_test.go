package parser

import (
	"os"
	"path/filepath"
	"testing"
)

// TestChunks: a spec that is read in small pieces, whose nodes are dropped and made again, has the same findings
// and the same values as one that is read at once.
func TestChunks(t *testing.T) {
	defer func(pieces, kept int) { pieceBytes, keptBytes = pieces, kept }(pieceBytes, keptBytes)
	dirs, err := filepath.Glob("../specs/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal(err)
	}
	read := func(dir string, pieces, kept int) (*Spec, []string) {
		pieceBytes, keptBytes = pieces, kept
		names, _ := filepath.Glob(filepath.Join(dir, "*"+Suffix))
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		spec, _, diags := Load(os.DirFS(dir), names)
		return spec, shown(diags)
	}
	for _, dir := range dirs {
		want, wantFound := read(dir, 1<<30, 1<<30)
		for _, kept := range []int{0, 500} {
			got, found := read(dir, 1, kept)
			noDiff(t, found, wantFound)
			noDiff(t, got, want)
		}
	}
}
