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
	"strings"
	"testing"
)

// TestRace: make race runs each package that does something at the same time as something else. What the other packages hold
// does not know of that, and runs at the same time only where one of these calls it.
func TestRace(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^RACE += (.*)$`).FindStringSubmatch(string(makefile))
	if line == nil {
		t.Fatal("Makefile has no RACE")
	}
	listed := strings.Fields(line[1])
	var concurrent []string
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if folder := "./" + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../"); !slices.Contains(concurrent, folder) && isConcurrent(t, path) {
			concurrent = append(concurrent, folder)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(concurrent) < 5 {
		t.Errorf("only %q are found", concurrent)
	}
	for _, folder := range append(concurrent, "./golden") {
		if !slices.Contains(listed, folder) {
			t.Errorf("RACE in the Makefile lacks %s", folder)
		}
	}
}

// isConcurrent: a file starts goroutines, or imports what does or what serves them.
func isConcurrent(t *testing.T, path string) bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		return slices.Contains([]string{`"sync"`, `"sync/atomic"`, `"` + module + `compiler/parallel"`}, spec.Path.Value)
	})
	ast.Inspect(file, func(n ast.Node) bool {
		_, starts := n.(*ast.GoStmt)
		found = found || starts
		return !found
	})
	return found
}
