// Package docs is the test that keeps the pages in this folder, README.md and
// CHANGELOG.md true: what they show is compared with the program and its goldens, and
// what they list with the code.
package docs

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/diag"
)

var update = flag.Bool("update", false, "rewrite codes.md; the test still fails, so that nobody takes it for a pass")

const root = ".."

// pages are all pages, by path from the root.
var pages = []string{
	"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/benchmarks.md", "docs/codes.md", "docs/dns.md", "docs/evidence.md", "docs/export.md", "findings/README.md",
	"docs/language.md", "docs/limits.md", "docs/package.md", "docs/partners.md", "docs/powershell.md", "docs/procedures.md", "docs/rehearsal.md",
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

func TestCodes(t *testing.T) {
	want := diag.Markdown()
	got, err := os.ReadFile("codes.md")
	if err == nil && bytes.Equal(got, []byte(want)) {
		return
	}
	t.Error("codes.md is not what parser/diag says; accept with: go test ./docs -update")
	if !*update {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("-update is not for CI")
	}
	if err := os.WriteFile("codes.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fence is one block of code of a page.
type fence struct {
	lang string
	from string // file of which it is an excerpt, from the comment above it
	text string
	line int
}

var fenceHead = regexp.MustCompile("^( *)```(\\w*)$")

// fences are the blocks of code of a page, without the indent of their first line.
func fences(t *testing.T, page string) []fence {
	t.Helper()
	var out []fence
	var now *fence
	indent, comment := "", ""
	for i, line := range strings.Split(read(t, page), "\n") {
		head := fenceHead.FindStringSubmatch(line)
		switch {
		case now == nil && head != nil:
			indent = head[1]
			now = &fence{lang: head[2], from: comment, line: i + 1}
		case now != nil && strings.TrimSpace(line) == "```":
			out, now = append(out, *now), nil
		case now != nil:
			now.text += strings.TrimPrefix(line, indent) + "\n"
		}
		comment = ""
		if from, ok := strings.CutPrefix(line, "<!-- "); ok {
			comment = strings.TrimSuffix(from, " -->")
		}
	}
	if now != nil {
		t.Errorf("%s:%d: a block of code without an end", page, now.line)
	}
	return out
}

// TestExcerpts: what a page shows of a file stands in that file, line for line.
func TestExcerpts(t *testing.T) {
	for _, page := range pages {
		for _, f := range fences(t, page) {
			file, ok := strings.CutPrefix(f.from, "from ")
			if ok && !strings.Contains("\n"+read(t, file), "\n"+f.text) {
				t.Errorf("%s:%d: this does not stand in %s", page, f.line, file)
			}
			if f.from == "" && slices.Contains([]string{"hcl", "diff", "powershell", "markdown", "json"}, f.lang) {
				t.Errorf("%s:%d: nobody says from which file this is", page, f.line)
			}
		}
	}
}

var (
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	link    = regexp.MustCompile(`\]\(([^)]+)\)`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the targets in a page, as GitHub names them.
func anchors(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	for _, m := range heading.FindAllStringSubmatch(read(t, page), -1) {
		out = append(out, strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return out
}

func TestLinks(t *testing.T) {
	for _, page := range pages {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(m[1], "://") {
				t.Errorf("%s: %s leads out of the repository, where no test can look", page, m[1])
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := filepath.ToSlash(filepath.Join(filepath.Dir(page), file))
			if file == "" {
				target = page
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, m[1])
			} else if anchor != "" && !slices.Contains(anchors(t, target), anchor) {
				t.Errorf("%s: %s has no part %q", page, target, anchor)
			}
		}
	}
}

// TestHelpURIs: where a SARIF log sends its reader there is the section of the code.
func TestHelpURIs(t *testing.T) {
	have := anchors(t, "docs/codes.md")
	for _, rule := range diag.Rules() {
		_, anchor, _ := strings.Cut(diag.HelpURI(rule), "/docs/codes.md#")
		if !slices.Contains(have, anchor) {
			t.Errorf("%s: docs/codes.md has no part %q", rule.Code, anchor)
		}
	}
}

// TestNames: codes, tests and paths that a page names exist.
func TestNames(t *testing.T) {
	tests := testNames(t)
	for _, page := range pages {
		text := read(t, page)
		for _, code := range regexp.MustCompile(`\bEP\d{4}\b`).FindAllString(text, -1) {
			if _, ok := diag.Lookup(diag.Code(code)); !ok {
				t.Errorf("%s: there is no code %s", page, code)
			}
		}
		for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`).FindAllString(text, -1) {
			if !tests[name] {
				t.Errorf("%s: there is no test %s", page, name)
			}
		}
		for _, m := range regexp.MustCompile("`((?:cmd|parser|compiler|emit|docs|specs|golden)/[a-z./]+)`").FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
}

func testNames(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, path := range goFiles(t) {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(read(t, path), -1) {
			out[m[1]] = true
		}
	}
	return out
}

// goFiles are the Go files of the module, by path from the root.
func goFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, top := range []string{"cmd", "compiler", "docs", "emit", "golden", "internal", "parser", "partners", "release"} {
		for _, name := range filesBelow(t, top) {
			if strings.HasSuffix(name, ".go") {
				out = append(out, top+"/"+name)
			}
		}
	}
	return out
}

// TestPackages: the architecture has a row for each package, the changelog only parts
// for packages.
func TestPackages(t *testing.T) {
	have := map[string]bool{}
	for _, path := range goFiles(t) {
		have[filepath.ToSlash(filepath.Dir(path))] = true
	}
	sameSet(t, "docs/architecture.md, packages", column(t, "docs/architecture.md", "package"), slices.Collect(maps.Keys(have)))
	for _, m := range regexp.MustCompile(`(?m)^### ([a-z/]+)$`).FindAllStringSubmatch(read(t, "CHANGELOG.md"), -1) {
		if !have[m[1]] {
			t.Errorf("CHANGELOG.md: there is no package %s", m[1])
		}
	}
}

// TestChangelog: its newest part is the version of the program.
func TestChangelog(t *testing.T) {
	version := regexp.MustCompile(`Version = "(.*)"`).FindStringSubmatch(read(t, "cmd/edgeplan/version.go"))
	newest := regexp.MustCompile(`(?m)^## (\S+)$`).FindStringSubmatch(read(t, "CHANGELOG.md"))
	if version == nil || newest == nil || version[1] != newest[1] {
		t.Errorf("CHANGELOG.md begins with %v, the program is %v", newest, version)
	}
	rules := diag.Rules()
	span := "Codes " + string(rules[0].Code) + " to " + string(rules[len(rules)-1].Code)
	if !strings.Contains(read(t, "CHANGELOG.md"), span) {
		t.Errorf("CHANGELOG.md does not say %q", span)
	}
}

// rows are the cells of the table of a page whose first column has a title.
func rows(t *testing.T, page, title string) [][]string {
	t.Helper()
	_, rest, ok := strings.Cut(read(t, page), "\n| "+title+" |")
	if !ok {
		t.Fatalf("%s has no table of %s", page, title)
	}
	return tableRows(rest)
}

// tableRows are the cells of a table of which the title of the first column is cut off.
func tableRows(text string) [][]string {
	var out [][]string
	for i, line := range strings.Split(text, "\n") {
		if i < 2 {
			continue // the rest of the head, and the line below it
		}
		if !strings.HasPrefix(line, "| ") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		out = append(out, cells)
	}
	return out
}

// column is the first column of a table, without backquotes.
func column(t *testing.T, page, title string) []string {
	t.Helper()
	var out []string
	for _, cells := range rows(t, page, title) {
		out = append(out, strings.Trim(cells[0], "`"))
	}
	return out
}

func sameSet(t *testing.T, what string, got, want []string) {
	t.Helper()
	want = slices.Compact(slices.Sorted(slices.Values(want)))
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s: %q stands there and does not exist", what, name)
		}
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s: %q is missing", what, name)
		}
	}
}

// buildProgram makes the edgeplan of this source and returns its folder.
func buildProgram(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	name := "edgeplan"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, name), "./cmd/edgeplan")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}
