// Package golden holds the expected output of every folder in specs, and the test that
// compares it: golden/NAME is what `build` writes for specs/NAME, golden/bad-NAME has
// the diagnostics of a spec that shows one rule.
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

var update = flag.Bool("update", false, "rewrite the goldens; the test still fails, so that nobody takes it for a pass")

// specs is the folder of the specs, seen from this one.
const specs = "../specs"

// output returns the files that belong into golden/name, by path with slashes.
func output(t *testing.T, name string) map[string][]byte {
	t.Helper()
	root, err := os.OpenRoot(filepath.Join(specs, name))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return render(t, root.FS(), name, nil)
}

// render compiles a spec; shuffle changes the order in which its files are named.
func render(t *testing.T, fsys fs.FS, name string, shuffle func([]string)) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(fsys, "*"+parser.Suffix)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no spec files (%v)", name, err)
	}
	if shuffle != nil {
		shuffle(names)
	}
	spec, sources, diags := parser.Load(fsys, names)
	var result compiler.Result
	if !diags.HasErrors() {
		result = compiler.CompileAll(spec)
		diags = append(diags, result.Open...)
	}
	out := map[string][]byte{}
	var text bytes.Buffer
	if err := diag.WriteText(&text, diag.Findings(diags, sources), false); err != nil {
		t.Fatal(err)
	}
	if text.Len() > 0 {
		out["diagnostics.txt"] = text.Bytes()
	}
	if strings.HasPrefix(name, "bad-") {
		return out
	}
	add := func(folder string, artifacts []emit.Artifact, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, a := range artifacts {
			out[folder+"/"+a.Name] = a.Text.Bytes()
		}
	}
	for _, p := range result.Plans {
		artifacts, err := emit.All(p)
		add(p.Name, artifacts, err)
	}
	for _, m := range result.Matrices {
		artifacts, err := emit.Index(m)
		add(m.Name, emit.WithSums(artifacts), err)
	}
	return out
}

func folders(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && !(dir == "." && e.Name() == "testdata") {
			out = append(out, e.Name())
		}
	}
	return out
}

// stored returns the files below a folder, by path with slashes.
func stored(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return out
}

func TestGolden(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is not for CI")
	}
	wanted := folders(t, specs)
	for _, name := range folders(t, ".") {
		if !slices.Contains(wanted, name) {
			t.Errorf("golden/%s has no specs/%s", name, name)
			if *update {
				remove(t, name)
			}
		}
	}
	for _, name := range wanted {
		t.Run(name, func(t *testing.T) { compare(t, name, output(t, name)) })
	}
}

func compare(t *testing.T, name string, files map[string][]byte) {
	checkForm(t, name, files)
	got, want := storedForm(name, files), stored(t, name)
	for _, file := range slices.Sorted(maps.Keys(got)) {
		if old, ok := want[file]; ok && bytes.Equal(old, got[file]) {
			continue
		}
		hunks := zonediff.Lines(want[file], got[file], 3)
		what := "differs (- golden, + got); accept with: make golden"
		if *update {
			write(t, filepath.Join(name, filepath.FromSlash(file)), got[file])
			what = "is written again (- before, + now)"
		}
		t.Errorf("golden/%s/%s %s\n%s", name, file, what, zonediff.Unified("golden", "got", hunks))
	}
	for file := range want {
		if _, ok := got[file]; !ok {
			t.Errorf("golden/%s/%s is an orphan", name, file)
			if *update {
				remove(t, filepath.Join(name, filepath.FromSlash(file)))
			}
		}
	}
}

func write(t *testing.T, path string, data []byte) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	fmt.Println("wrote golden/" + filepath.ToSlash(path))
}

func remove(t *testing.T, path string) {
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	fmt.Println("removed golden/" + filepath.ToSlash(path))
}

// Every rule has a spec that shows it, and no spec is named after a rule that it does
// not show.
func TestEveryRuleHasABadSpec(t *testing.T) {
	shown := map[string]bool{}
	for _, name := range folders(t, specs) {
		parts := strings.SplitN(name, "-", 3)
		if parts[0] != "bad" {
			continue
		}
		code := strings.ToUpper(parts[1])
		text := string(output(t, name)["diagnostics.txt"])
		if !strings.Contains(text, " "+code+": ") && code != "EP1018" { // the command line says that one
			t.Errorf("specs/%s does not show %s:\n%s", name, code, text)
		}
		shown[code] = true
	}
	for _, rule := range diag.Rules() {
		if !shown[string(rule.Code)] && !rule.Program { // TestEveryProgramRule shows those
			t.Errorf("no specs/bad-%s-* shows %s", strings.ToLower(string(rule.Code)), rule.Code)
		}
	}
}
