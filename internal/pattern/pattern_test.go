package pattern

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestExpressions: each expression that is written out in the program is one, as nothing compiles it at the start.
func TestExpressions(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			of, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || of.Sel.Name != "New" {
				return true
			}
			text, literal := call.Args[0].(*ast.BasicLit)
			if pkg, ok := of.X.(*ast.Ident); ok && pkg.Name == "pattern" && literal {
				n++
				expr, _ := strconv.Unquote(text.Value)
				if _, err := regexp.Compile(expr); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || n < 25 {
		t.Errorf("%d expressions, %v", n, err)
	}
}

func TestRegexp(t *testing.T) {
	r := New(`a(b)`)
	if !r.MatchString("xab") || r.FindStringSubmatch("ab")[1] != "b" || r.ReplaceAllString("abab", "$1") != "bb" {
		t.Error("it is not that of package regexp")
	}
}
