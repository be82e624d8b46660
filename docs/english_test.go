package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEnglish: what the style note in parser/diag/doc.go has as an example of how not to write is
// nowhere in the pages, the help, and what golden has for people.
func TestEnglish(t *testing.T) {
	var not []string
	for _, m := range regexp.MustCompile(`(?m)^//   - "([^"]+)": `).FindAllStringSubmatch(read(t, "parser/diag/doc.go"), -1) {
		not = append(not, strings.ToLower(m[1]))
	}
	if len(not) < 10 {
		t.Fatalf("the style note has the examples %q", not)
	}
	files := []string{"../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md"}
	for _, pattern := range []string{"*.md", "../golden/*/*/change.md", "../golden/*/*/*.ps1", "../golden/*/diagnostics*", "../cmd/edgeplan/*.go", "../emit/words/*.go"} {
		files = append(files, mustGlob(t, pattern)...)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ToLower(strings.Join(strings.Fields(string(data)), " "))
		for _, phrase := range not {
			if strings.Contains(text, phrase) {
				t.Errorf("%s says %q", filepath.Base(file), phrase)
			}
		}
	}
	t.Logf("%d files, %d phrases", len(files), len(not))
}
