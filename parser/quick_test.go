package parser

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// sameQuickly fails if quickParse makes other nodes of a text than hclsyntax, or takes what
// is a mistake; it tells whether it took the text.
func sameQuickly(t *testing.T, text string) bool {
	t.Helper()
	file, start := File{Name: "a", Text: []byte(text)}, hcl.Pos{Line: 7, Column: 1, Byte: 1000}
	got, ok := quickParse(file, start)
	if !ok {
		return false
	}
	want, diags := hclsyntax.ParseConfig(file.Text, file.Name, start)
	if found, closed := checkTokens(file, start, 0); diags.HasErrors() || found != nil || !closed {
		t.Fatalf("%q is taken: %v, %v, %v", text, diags, found, closed)
	}
	body := want.Body.(*hclsyntax.Body)
	got.SrcRange.End, got.EndRange = body.SrcRange.End, body.EndRange // which nothing reads
	if !reflect.DeepEqual(got, body) {
		t.Fatalf("%q:\n%s", text, cmp.Diff(nodes(got, nil), nodes(body, nil)))
	}
	return true
}

// TestQuick: the texts of large specs are read without hclsyntax, and to the same nodes.
func TestQuick(t *testing.T) {
	for _, text := range []string{
		"", "\n", "# é\n", "a {}\n", "a {}", "a {\n}\r\n", "a \"b\" \"c\" { d = 1 }\n", "  a \"\" {\n  b = [\"x\", \"y\",]\n}\n", "a = b.c.d\n",
		"a {\n  b = true // é\n  c {\n    d = [\n\"x\"\n]\n  }\n}\n", "a { b = [ ] }\n", "/* x */ a /**/ \"b\" /* y */ { /* */\n/* */ c = /* */ 1 /* */\n} /* z */\n", "a {} /* */ /* */", "// x\r\n\t a = \"é\"\n"[:6] + "\ta = 10\n",
		strings.Repeat("a {\n", maxOpen) + strings.Repeat("}\n", maxOpen), strings.Repeat("a {\n", maxOpen-2) + "b = [\"x\"]\n" + strings.Repeat("}\n", maxOpen-2),
	} {
		if !sameQuickly(t, text) {
			t.Errorf("%q is left to hclsyntax", text)
		}
	}
	for _, text := range []string{
		"a", "a {", "a = 01\n", "a = 1 + 1\n", "a = 1\na = 2\n", "a = \"${1}\"\n", "a b {}\n", "a {} b {}\n", "a = <<E\nE\n", "a = \"x\ny\"\n", "}\n",
		"a = 1.5\n", "a = b[0]\n", "a = f(1)\n", "a = null\n", "a = \"é\"\n", "é = 1\n", "\ufeffa = 1\n", "a = 1\r", "a = [1]\n", "# x", "/* é */ a {}\n", "/*\n*/ a {}\n", "a = 1 /*", "a { b = 1\n}\n", "a {\nb = 1 }\n", "a = true.b\n", "a = [for]\n", "a == 1\n", "a = 1e5\n", "a = b::c\n",
		strings.Repeat("a {\n", maxOpen+1) + strings.Repeat("}\n", maxOpen+1), strings.Repeat("a {\n", maxOpen) + "b = []\n" + strings.Repeat("}\n", maxOpen),
		strings.Repeat("a {\n", maxOpen-1) + "b = [\"x\"]\n" + strings.Repeat("}\n", maxOpen-1), strings.Repeat("a", 1001) + " = 1\n",
	} {
		if sameQuickly(t, text) && !strings.Contains("a {\nb = 1 }\n", text) {
			t.Errorf("%q is taken", text)
		}
	}
	specs, _ := filepath.Glob("../specs/*/*" + Suffix)
	for _, name := range specs {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.SplitAfter(string(text), "\n}\n") {
			sameQuickly(t, part)
		}
	}
}

func TestQuickOfRandomText(t *testing.T) {
	parts := append([]string{"a", "b", " = ", "\"x\"", "\"\"", " ", "\n", "\n", "{", "}", "}\n", "a {\n", "a \"b\" {\n", "c = 1\n", "[", "]", ",", "\"x\",", ".", "d.e", "true", "12", "-", "# x\n", "#", "\t", "a { b = ", " }\n", "/* x */", "/**/", "[\"x\",\n\"y\"]"}, tricky...)
	rng := rand.New(rand.NewPCG(15, 1))
	taken := 0
	for range 60_000 {
		var text strings.Builder
		for range rng.IntN(9) {
			text.WriteString(parts[rng.IntN(len(parts))])
		}
		if sameQuickly(t, text.String()) {
			taken++
		}
	}
	if taken < 3_000 {
		t.Errorf("%d texts are taken: the test tries too little", taken)
	}
}
