package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser"
)

// TestSchema: the whole output is testdata/schema.json, which -update writes; it reads back as
// the table, and its keys are those that docs/language.md describes.
func TestSchema(t *testing.T) {
	stdout, _ := edgeplan(t, exitDone, "schema")
	file := filepath.Join("testdata", "schema.json")
	if *update {
		writeFile(t, file, []byte(stdout))
	}
	if want := string(readTestFile(t, file)); stdout != want {
		t.Errorf("the schema is not %s; accept with: go test ./cmd/edgeplan -run TestSchema -update", file)
	}
	var got languageSchema
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || len(got.Blocks) != len(parser.Schema()) {
		t.Errorf("%d blocks, %v", len(got.Blocks), err)
	}
	var keys []string
	for _, m := range regexp.MustCompile(`(?m)^ *"(\w+)": `).FindAllStringSubmatch(stdout, -1) {
		keys = append(keys, m[1])
	}
	slices.Sort(keys)
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(page), "\n## Schema\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var said []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(part, -1) {
		said = append(said, m[1])
	}
	slices.Sort(said)
	if keys, said := slices.Compact(keys), slices.Compact(said); !slices.Equal(keys, said) {
		t.Errorf("docs/language.md describes %q, and the keys are %q", said, keys)
	}
	for _, m := range regexp.MustCompile(`"kind": "([^"]+)"`).FindAllStringSubmatch(stdout, -1) {
		if !strings.Contains(part, "`\""+m[1]+"\"`") {
			t.Errorf("docs/language.md says nothing of the kind %q", m[1])
		}
	}
}

// TestSchemaOfBlocks: the named blocks alone, in the order of the table; a block that there is
// not is said.
func TestSchemaOfBlocks(t *testing.T) {
	stdout, _ := edgeplan(t, exitDone, "schema", "xmpp", "edge_pool")
	var got languageSchema
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Blocks) != 2 || got.Blocks[0].Type != "edge_pool" || got.Blocks[1].Type != "xmpp" {
		t.Errorf("%s", stdout)
	}
	if _, stderr := edgeplan(t, exitFailed, "schema", "edge_pol"); !strings.Contains(stderr, `there is no block "edge_pol"; did you mean "edge_pool"?`) {
		t.Errorf("%s", stderr)
	}
	if got := len(parser.Schema()); got != len(blockTypes()) || got < 14 {
		t.Errorf("%d blocks are left", got)
	}
}
