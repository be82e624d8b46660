package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser"
)

// argumentTable is the table of arguments of a block, as the page about the language has it.
func argumentTable(b parser.Block) string {
	if len(b.Arguments) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("| argument | value | meaning |\n|---|---|---|\n")
	for _, a := range b.Arguments {
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", a.Name, a.Values(), a.Doc)
	}
	return out.String()
}

var tableOfArguments = regexp.MustCompile(`(?m)^\| argument \|.*\n(\|.*\n)*`)

// TestArgumentTables: the tables of arguments are made from the table of the parser; -update
// writes them. What that says of a block itself is in the page too.
func TestArgumentTables(t *testing.T) {
	page := read(t, languagePage)
	start := strings.Index(page, "\n## Blocks\n")
	end := start + 1 + strings.Index(page[start+1:], "\n## ")
	parts := strings.Split(page[start:end], "\n### ")
	byType := map[string]int{}
	for i, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "\n")
		byType[name] = i + 1
	}
	for _, b := range parser.Schema() {
		i, ok := byType[b.Type]
		if !ok {
			t.Errorf("%s has no part %s", languagePage, b.Type)
			continue
		}
		parts[i] = tableOfArguments.ReplaceAllLiteralString(parts[i], argumentTable(b))
		checkBlockWords(t, b, strings.Join(strings.Fields(parts[i]), " "))
	}
	want := page[:start] + strings.Join(parts, "\n### ") + page[end:]
	if want == page {
		return
	}
	t.Errorf("%s has other tables of arguments than parser/schema.go makes; accept with: go test ./docs -update", languagePage)
	if !*update {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("-update is not for CI")
	}
	if err := os.WriteFile(filepath.Join(root, languagePage), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkBlockWords: the part of a block says what the block is, how its first line is written,
// how often it is there, and in which others.
func checkBlockWords(t *testing.T, b parser.Block, part string) {
	t.Helper()
	said := []string{b.Doc}
	if b.Label != "" {
		said = append(said, fmt.Sprintf("`%s %q`", b.Type, b.Label))
	}
	for _, outer := range b.In {
		said = append(said, "`"+outer+"`")
	}
	for _, words := range said {
		if !strings.Contains(part, words) {
			t.Errorf("%s, %s: it does not say %s", languagePage, b.Type, words)
		}
	}
	head, _, _ := strings.Cut(part, "| argument |")
	if once := regexp.MustCompile(`(?i)\bonce\b`).MatchString(head); once != (b.Count != parser.AnyTimes) {
		t.Errorf("%s, %s: it is there %s", languagePage, b.Type, b.Count)
	}
	if must := regexp.MustCompile(`once, required`).MatchString(head); must != (b.Count == parser.Once) {
		t.Errorf("%s, %s: it is there %s", languagePage, b.Type, b.Count)
	}
}
