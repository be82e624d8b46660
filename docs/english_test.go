package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notOurs are words for which plain English has better: who "somebody" is can be said, and what
// "stands" in a file is in it.
var notOurs = regexp.MustCompile(`\b(somebody|nobody|everybody|anybody|anew|stands|outsiders)\b`)

// TestEnglish: what the style note in parser/diag/doc.go has as an example of how not to write is
// nowhere in the pages, the help, and what golden has for people, and neither are the words above.
func TestEnglish(t *testing.T) {
	var not []string
	for _, m := range regexp.MustCompile(`(?m)^//   - "([^"]+)": `).FindAllStringSubmatch(read(t, "parser/diag/doc.go"), -1) {
		not = append(not, strings.ToLower(m[1]))
	}
	if len(not) < 10 {
		t.Fatalf("the style note has the examples %q", not)
	}
	files := []string{"../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md"}
	for _, pattern := range []string{
		"*.md", "../findings/*.md", "../golden/*/*/change.md", "../golden/*/*/*.ps1", "../golden/*/diagnostics*",
		"../cmd/edgeplan/*.go", "../cmd/edgeplan/testdata/mistakes/*.txt", "../emit/words/*.go", "../parser/diag/codes*.go",
	} {
		files = append(files, mustGlob(t, pattern)...)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ToLower(strings.Join(strings.Fields(string(data)), " "))
		if word := notOurs.FindString(text); word != "" {
			t.Errorf("%s says %q", filepath.Base(file), word)
		}
		for _, phrase := range not {
			if strings.Contains(text, phrase) {
				t.Errorf("%s says %q", filepath.Base(file), phrase)
			}
		}
	}
	t.Logf("%d files, %d phrases", len(files), len(not))
}
