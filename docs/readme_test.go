package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/internal/loud"
)

// TestReadmeShape: short, and the two commands first.
func TestReadmeShape(t *testing.T) {
	lines := strings.Split(read(t, "README.md"), "\n")
	if len(lines) > 200 {
		t.Errorf("README.md has %d lines, more than 200", len(lines))
	}
	for i, line := range lines {
		if utf8.RuneCountInString(line) > 140 {
			t.Errorf("README.md:%d has more than 140 characters", i+1)
		}
	}
	first := fences(t, "README.md")[0]
	if first.lang != "sh" || first.text != "go run ./cmd/edgeplan build specs/seed -o out\ngo test ./...\n" {
		t.Errorf("README.md begins with %q", first.text)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))[1]
	if !strings.Contains(read(t, "README.md"), "Go "+version+" ") {
		t.Errorf("README.md does not ask for Go %s, go.mod does", version)
	}
}

// TestReadmeProducts: README names the products that have XMPP federation, and those that
// have not.
func TestReadmeProducts(t *testing.T) {
	flat := strings.Join(strings.Fields(read(t, "README.md")), " ")
	has, hasNot, ok := strings.Cut(flat, " have XMPP federation; ")
	if !ok {
		t.Fatal("README.md does not say which products have XMPP federation")
	}
	has = has[strings.LastIndex(has, " Only ")+1:]
	hasNot, _, _ = strings.Cut(hasNot, " do not. ")
	for _, product := range cmdlet.Products() {
		name := strings.TrimPrefix(product.Name(), "Skype for Business Server ")
		if strings.Contains(has, name) != product.HasXMPP() || strings.Contains(hasNot, name) == product.HasXMPP() {
			t.Errorf("README.md is wrong about %s", name)
		}
	}
}

func TestMakeTargets(t *testing.T) {
	makefile := read(t, "Makefile")
	for _, page := range pages {
		for _, m := range regexp.MustCompile("(?m)(?:`|^ *)make ([a-z]+)(?:`|$)").FindAllStringSubmatch(read(t, page), -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(makefile) {
				t.Errorf("%s: the Makefile has no target %s", page, m[1])
			}
		}
	}
	readme := read(t, "README.md")
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+):.*## `).FindAllStringSubmatch(makefile, -1) {
		if !strings.Contains(readme, "`make "+m[1]+"`") {
			t.Errorf("README.md does not name make %s", m[1])
		}
	}
}

var commandRow = regexp.MustCompile(`(?m)^  (\w+) {2,}(\S.*)$`)

// TestCommands: README has the table of the help, with the exit codes of each command;
// flags and commands that a page names exist.
func TestCommands(t *testing.T) {
	bin := filepath.Join(buildProgram(t), "edgeplan")
	help := func(args ...string) string {
		out, err := exec.Command(bin, append([]string{"help"}, args...)...).Output()
		if err != nil {
			t.Fatalf("edgeplan help %v: %v", args, err)
		}
		return string(out)
	}
	overview := help()
	flags := map[string]bool{}
	var known, want, got []string
	for _, m := range commandRow.FindAllStringSubmatch(overview, -1) {
		text := help(m[1])
		var codes []string
		for _, code := range regexp.MustCompile(`(?m)^  ([0-2])  `).FindAllStringSubmatch(text, -1) {
			codes = append(codes, code[1])
		}
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(text, -1) {
			flags[flag] = true
		}
		known = append(known, m[1])
		want = append(want, "`edgeplan "+m[1]+"` | "+m[2]+" | "+strings.Join(codes, " "))
	}
	for _, cells := range rows(t, "README.md", "command") {
		got = append(got, strings.Join(cells, " | "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("README.md has the commands\n%s\nthe help has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if line := "Exit codes: 0 done, 1 the answer is no, 2 could not do it."; !strings.Contains(overview, line) || !strings.Contains(read(t, "README.md"), line) {
		t.Errorf("the help or README.md does not say %q", line)
	}
	for _, page := range pages {
		text := read(t, page)
		for _, m := range regexp.MustCompile("(?:`|\\$ |dist/|cmd/)edgeplan ([a-z]+)").FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: there is no command %s", page, m[1])
			}
		}
		for _, m := range regexp.MustCompile("`(--[a-z-]+)").FindAllStringSubmatch(text, -1) {
			if !flags[m[1]] {
				t.Errorf("%s: no command has the flag %s", page, m[1])
			}
		}
	}
}

// TestConsole runs the commands of the console blocks of each page, in a copy of specs,
// and compares what they print. A line "..." stands for any lines, "..." in a line for
// any text.
func TestConsole(t *testing.T) {
	if runtime.GOOS == "windows" {
		loud.Skip(t, "the blocks are for a Unix shell")
	}
	bin := buildProgram(t)
	for _, page := range pages {
		dir := t.TempDir()
		if err := os.CopyFS(filepath.Join(dir, "specs"), os.DirFS(filepath.Join(root, "specs"))); err != nil {
			t.Fatal(err)
		}
		for _, f := range fences(t, page) {
			if f.lang == "console" {
				runConsole(t, page, f, dir, bin)
			}
		}
	}
}

func runConsole(t *testing.T, page string, f fence, dir, bin string) {
	t.Helper()
	for _, part := range strings.Split("\n"+f.text, "\n$ ")[1:] {
		line, want, _ := strings.Cut(part, "\n")
		if want != "" && !strings.HasSuffix(want, "\n") {
			want += "\n"
		}
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "NO_COLOR=1", "FORCE_COLOR=")
		out, _ := cmd.CombinedOutput()
		if !elided(want).Match(out) {
			t.Errorf("%s:%d: %s prints\n%s\nthe page has\n%s", page, f.line, line, out, want)
		}
	}
}

// elided is the pattern of a text with gaps.
func elided(text string) *regexp.Regexp {
	pattern := regexp.QuoteMeta(text)
	pattern = regexp.MustCompile(`(?m)^\\\.\\\.\\\.\n`).ReplaceAllString(pattern, `(?:.*\n)*`)
	return regexp.MustCompile(`\A` + strings.ReplaceAll(pattern, `\.\.\.`, `.*`) + `\z`)
}

// TestFileCount: README says how many files the package of the example has.
func TestFileCount(t *testing.T) {
	names := []string{"twelve", "thirteen", "fourteen", "fifteen", "sixteen"}
	n := len(filesBelow(t, "golden/seed/edgepool1-to-edgepool2"))
	if n < 12 || n > 16 || !strings.Contains(read(t, "README.md"), "writes "+names[n-12]+" files") {
		t.Errorf("the package has %d files; README.md says otherwise", n)
	}
}

// filesBelow are the files below a folder, by path with slashes.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	base := filepath.Join(root, filepath.FromSlash(dir))
	err := filepath.WalkDir(base, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(base, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
