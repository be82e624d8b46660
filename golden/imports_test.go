package golden

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/edgeplan/edgeplan/"

// layers are the top folders and what each may import of the others.
var layers = map[string][]string{
	"cmd":      {"emit", "compiler", "parser"},
	"emit":     {"compiler"},
	"compiler": {"parser"},
	"parser":   {},
}

// ofCompiler are the packages of compiler that emit prints, as it takes no part in what a plan is.
var ofCompiler = []string{"compiler/plan", "compiler/cmdlet", "compiler/hunk"}

// everywhere is what any layer may import: it knows nothing of any of them.
var everywhere = []string{"internal/parallel", "internal/pattern"}

// rooms are packages and all that they may import of this module.
var rooms = map[string][]string{
	"compiler/plan": {"compiler/cmdlet", "compiler/hunk",
		"parser/diag", "parser/dnsname", "parser/planname", "parser/topology", "parser/zonefile"},
	"compiler/procedure": {"compiler/cmdlet", "compiler/plan"},
	"compiler/report":    {"parser", "parser/diag"},
	"compiler/rules":     {"compiler/cmdlet", "compiler/plan", "compiler/report", "parser", "parser/diag", "parser/dnsname", "parser/planname", "parser/topology"},
	"compiler/zones": {"compiler/cmdlet", "compiler/hunk", "compiler/plan", "compiler/report",
		"parser", "parser/diag", "parser/dnsname", "parser/topology", "parser/zonefile"},
	"parser/topology": {"parser/dnsname", "parser/zonefile"},
}

// forbidden are packages that would let a pure layer read the world.
var forbidden = map[string][]string{
	"emit":     {"os", "path/filepath", "time", "net", "net/http", "os/exec", "math/rand", "github.com/hashicorp/hcl/v2"},
	"compiler": {"os", "path/filepath", "net", "net/http", "os/exec", "math/rand"},
	"parser":   {"os", "path/filepath", "time", "net", "net/http", "os/exec", "math/rand"},
}

// testOnly are packages that serve tests. They may read the world, and so only tests may
// import them.
var testOnly = []string{"emit/powershell/pwsh", "emit/words/sample", "emit/rehearsed/sample", "parser/internal/cputime", "internal/loud", "internal/goldenscript"}

// Imports run one way, and the pure layers import nothing that reads files, the clock
// or the network.
func TestImportsRunOneWay(t *testing.T) {
	for layer, allowed := range layers {
		eachSource(t, filepath.Join("..", layer), parser.ImportsOnly, func(path string, file *ast.File) {
			for _, spec := range file.Imports {
				name, _ := strconv.Unquote(spec.Path.Value)
				checkImport(t, path, layer, name, allowed)
			}
		})
	}
}

// eachSource reads every Go file below a folder that is no test.
func eachSource(t *testing.T, folder string, mode parser.Mode, do func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, mode)
		if err == nil {
			do(path, file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func checkImport(t *testing.T, path, layer, name string, allowed []string) {
	t.Helper()
	folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
	if slices.Contains(forbidden[layer], name) && !slices.Contains(testOnly, folder) {
		t.Errorf("%s imports %s, which %s must not", path, name, layer)
	}
	if own, ok := strings.CutPrefix(name, module); ok && !slices.Contains(everywhere, own) && !(slices.Contains(testOnly, folder) && slices.Contains(testOnly, own)) {
		if slices.Contains(testOnly, own) {
			t.Errorf("%s imports %s, which is for tests", path, name)
		}
		top, _, _ := strings.Cut(own, "/")
		if layer == "emit" && top == "compiler" && !slices.Contains(ofCompiler, own) && !slices.Contains(testOnly, folder) {
			t.Errorf("%s imports %s; of compiler it may import %q", path, name, ofCompiler)
		}
		if may, ok := rooms[folder]; ok && !slices.Contains(may, own) {
			t.Errorf("%s imports %s; of this module it may import %q", path, name, may)
		}
		if top != layer && !slices.Contains(allowed, top) {
			t.Errorf("%s imports %s, against the direction of imports", path, name)
		}
	}
}

// TestNoKinds: no printer asks for the kind of a plan, nor does what checks one: a kind that was left
// out there would be taken for another. What kinds differ in is what their procedures give a plan.
func TestNoKinds(t *testing.T) {
	knows := []string{"compiler/lower.go", "compiler/prepare.go", "compiler/inside.go", "compiler/plan/plan.go", "compiler/plan/json.go"}
	kind := regexp.MustCompile(`\bKind(Failover|Prepare|Media|NextHop)\b|\b(p|plan|of)\.Kind\b`)
	files := 0
	for _, layer := range []string{"compiler", "emit"} {
		err := filepath.WalkDir(filepath.Join("..", layer), func(path string, d fs.DirEntry, err error) error {
			own := strings.TrimPrefix(filepath.ToSlash(path), "../")
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				slices.Contains(knows, own) || strings.HasPrefix(own, "compiler/procedure/") || strings.HasPrefix(own, "emit/words/sample/") {
				return err
			}
			files++
			text, err := os.ReadFile(path)
			if found := kind.FindString(string(text)); found != "" {
				t.Errorf("%s asks for the kind of a plan: %s", own, found)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if files < 60 {
		t.Errorf("only %d files were read", files)
	}
}

// The top level has these folders with code and no others.
func TestTopLevel(t *testing.T) {
	matches, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range matches {
		top := filepath.Base(filepath.Dir(path))
		if _, ok := layers[top]; !ok && top != "golden" && top != "release" && !((top == "docs" || top == "partners") && strings.HasSuffix(path, "_test.go")) {
			t.Errorf("%s: no other code folder at the top", path)
		}
	}
}
