package delivery

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/topology"
)

// Each delivery of the language is here, once, with all that is said of one.
func TestAllDeliveries(t *testing.T) {
	var have []string
	for _, d := range deliveries {
		have = append(have, d.word)
		if d.apply == nil || d.settled == nil {
			t.Errorf("%s: a sentence is missing", d.word)
		}
	}
	want := topology.Deliveries()
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("deliveries %q, the language has %q", have, want)
	}
}

// The word of a delivery is a string of the language and of one file of package plan, and of
// no other file: elsewhere the zone or this package is asked, so that the next delivery is
// one file and its word.
func TestWordsAreNowhereElse(t *testing.T) {
	may := []string{
		"parser/topology/words.go", "compiler/plan/delivery.go",
		"parser/reader.go", // how people spell the words
	}
	files, seen := 0, map[string]bool{}
	for _, top := range []string{"cmd", "parser", "compiler", "emit"} {
		err := filepath.WalkDir(filepath.Join("..", "..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
			text, err := os.ReadFile(path)
			for _, word := range wordsIn(text) {
				seen[name] = true
				if !slices.Contains(may, name) {
					t.Errorf("%s has the word %q of a delivery", name, word)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range may {
		if !seen[name] {
			t.Errorf("%s has no word of a delivery any more", name)
		}
	}
	if files < 100 {
		t.Errorf("only %d files were read", files)
	}
}

// wordsIn are the string literals of a Go file that are words of deliveries.
func wordsIn(text []byte) []string {
	var out []string
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, nil, 0)
	for {
		_, kind, literal := s.Scan()
		if kind == token.EOF {
			return out
		}
		if kind != token.STRING {
			continue
		}
		if word, _ := strconv.Unquote(literal); slices.Contains(topology.Deliveries(), word) {
			out = append(out, word)
		}
	}
}
