package golden

import (
	"go/ast"
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
	eachSource(t, "..", 0, func(path string, file *ast.File) {
		if folder := "./" + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../"); !slices.Contains(concurrent, folder) && isConcurrent(file) {
			concurrent = append(concurrent, folder)
		}
	})
	if len(concurrent) < 5 {
		t.Errorf("only %q are found", concurrent)
	}
	for _, folder := range append(concurrent, "./golden") {
		if !slices.Contains(listed, folder) {
			t.Errorf("RACE in the Makefile lacks %s", folder)
		}
	}
}

// isConcurrent: a file starts goroutines, or uses what does or what serves them. A value that is made when it is first asked
// for ([sync.OnceValue]) and a file that is read by several processors are no reason to look for races.
func isConcurrent(file *ast.File) bool {
	found := slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"sync/atomic"` })
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.Ident)
			found = found || ok && (of.Name == "sync" && n.Sel.Name != "OnceValue" || of.Name == "parallel" && strings.HasPrefix(n.Sel.Name, "Each"))
		}
		return !found
	})
	return found
}
