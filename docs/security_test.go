package docs

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestNamedTests: each test that the page about packages names is there.
func TestNamedTests(t *testing.T) {
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../" + name)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`").FindAllStringSubmatch(read(t, "docs/package.md"), -1)
	for _, m := range named {
		if !strings.Contains(all.String(), "func "+m[1]+"(") {
			t.Errorf("docs/package.md names %s, which there is not", m[1])
		}
	}
	if len(named) < 10 {
		t.Errorf("only %d tests are named", len(named))
	}
}
