package diag

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func TestNew(t *testing.T) {
	rng := &hcl.Range{Filename: "a"}
	d := New("EP1006", rng, "There is no such thing.")
	if Of(d) != "EP1006" || d.Severity != hcl.DiagError || d.Summary != "unknown reference" || d.Subject != rng {
		t.Errorf("New = %+v", d)
	}
	if got := panicOf(func() { New("EP0000", nil, "") }); !strings.HasPrefix(got, "internal error: ") {
		t.Errorf("unknown code: panic %q", got)
	}
	if Of(nil) != "" || Of(&hcl.Diagnostic{Extra: "EP1001"}) != "" {
		t.Error("Of finds a code where there is none")
	}
}

// TestImportFromHCL has the hcl library itself say each kind of thing.
func TestImportFromHCL(t *testing.T) {
	tests := []struct {
		src  string
		want Code
	}{
		{`a = 1 b = 2`, "EP1001"},
		{`a = "unclosed`, "EP1001"},
		{`a = [1, 2`, "EP1001"},
		{`site "x" {`, "EP1001"},
		{"a = 1\na = 2", "EP1007"},
		{"a = 1 @", "EP1001"},
		{"a = \"\xff\"", "EP1001"},
		{`site {}`, "EP1001"},
		{`site "x" "y" {}`, "EP1001"},
		{"site \"x\" {} a = 1", "EP1001"}, // "Missing newline after block definition"
		{"a = 1\nunknown = 2", "EP1002"},
		{"a = 1\nunknown {}", "EP1003"},
		{`site "x" {}`, "EP1004"},
		{"a = 1\nmust_not_be_missing = 1", "EP1002"},
		{`a = {}`, "EP1005"},
		{`a = "x" + 1`, "EP1005"},
		{`a = "x${null}"`, "EP1005"},
		{`a = null.x`, "EP1005"},
		{`a = upper()`, "EP1005"},
		{`a = upper("x", "y")`, "EP1005"},
		{`a = upper([])`, "EP1005"},
		{`a = null ? 1 : 2`, "EP1005"},
		{`a = [for x in 1 : x]`, "EP1005"},
		{`a = [for x in [1] : x if null]`, "EP1005"},
		{`a = {for x in [1, 1] : "k" => x}`, "EP1005"},
		{`a = nothing`, "EP1006"},
		{`a = object.nothing`, "EP1006"},
		{`a = object["nothing"]`, "EP1006"},
		{`a = list[7]`, "EP1006"},
		{`a = nothing()`, "EP1006"},
	}
	for _, test := range tests {
		diags := Import(hclSays(test.src))
		if len(diags) == 0 {
			t.Errorf("%s: hcl has nothing to say", test.src)
			continue
		}
		for _, d := range diags {
			if Of(d) != test.want || d.Subject == nil || d.Detail == "" {
				t.Errorf("%s: %s %v, want %s", test.src, Of(d), d, test.want)
			}
		}
	}
}

func hclSays(src string) hcl.Diagnostics {
	var target struct {
		A     *int `hcl:"a"`
		Sites []struct {
			Name string `hcl:"name,label"`
		} `hcl:"site,block"`
	}
	file, diags := hclsyntax.ParseConfig([]byte(src), "x.edge.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		return diags
	}
	if src == `site "x" {}` { // a target that wants something else
		var target struct {
			A    int      `hcl:"a"`
			Rest hcl.Body `hcl:",remain"`
		}
		return gohcl.DecodeBody(file.Body, nil, &target)
	}
	ctx := &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"object": cty.ObjectVal(map[string]cty.Value{"x": cty.True}),
			"list":   cty.ListVal([]cty.Value{cty.Zero}),
		},
		Functions: map[string]function.Function{"upper": stdlib.UpperFunc},
	}
	if a := file.Body.(*hclsyntax.Body).Attributes["a"]; a != nil {
		if _, diags := a.Expr.Value(ctx); diags.HasErrors() {
			return diags
		}
	}
	return gohcl.DecodeBody(file.Body, ctx, &target)
}

func TestCodeOfHCL(t *testing.T) {
	tests := map[string]Code{
		"Missing edge_pool block":                          "EP1004",
		"Insufficient server blocks":                       "EP1004",
		"Missing newline after block definition":           "EP1001",
		"Missing newline after argument":                   "EP1001",
		"Missing name for site":                            "EP1001",
		"Duplicate site block":                             "EP1007",
		"Duplicate argument":                               "EP1007",
		"Duplicate object key":                             "EP1005",
		"Too many site blocks":                             "EP1001",
		`Unexpected "site" block`:                          "EP1003",
		"Unexpected endif directive":                       "EP1001",
		"Unconsistent argument types in edge_pool blocks":  "EP1005",
		"Something that a later version of hcl comes up w": "EP1001",
		"": "EP1001",
	}
	for summary, want := range tests {
		if got := codeOfHCL(summary); got != want {
			t.Errorf("%q: %s, want %s", summary, got, want)
		}
	}
}

func TestImport(t *testing.T) {
	own := New("EP1004", nil, "d")
	rng := hcl.Range{Filename: "a", Start: hcl.Pos{Line: 1, Column: 2, Byte: 1}}
	expr := hcl.StaticExpr(cty.True, rng)
	in := hcl.Diagnostics{
		own,
		nil,
		{Severity: hcl.DiagWarning, Summary: "Unsupported argument"},
		{Severity: hcl.DiagError, Summary: "Unknown variable", Context: &rng},
		{Severity: hcl.DiagError, Summary: "Unknown variable", Expression: expr, Detail: "hcl's"},
	}
	out := Import(in)
	if len(out) != 4 || out[0] != own {
		t.Fatalf("Import = %v", out)
	}
	if d := out[1]; d.Detail != "Unsupported argument" || d.Severity != hcl.DiagWarning || *d.Subject != (hcl.Range{}) {
		t.Errorf("no detail, no place: %+v", d)
	}
	if *out[2].Subject != rng || *out[3].Subject != rng || out[3].Detail != "hcl's" {
		t.Errorf("subject from context or expression: %v, %v", out[2], out[3])
	}
	if in[2].Summary != "Unsupported argument" || in[2].Extra != nil {
		t.Error("Import changed its input")
	}
	if again := Import(out); !slices.Equal(again, out) {
		t.Error("Import of what was imported is not the same")
	}
}

func TestSort(t *testing.T) {
	at := func(file string, line, byte int) *hcl.Range {
		pos := hcl.Pos{Line: line, Column: 1, Byte: byte}
		return &hcl.Range{Filename: file, Start: pos, End: pos}
	}
	warning := New("EP1001", at("b", 2, 10), "a")
	warning.Severity = hcl.DiagWarning
	want := hcl.Diagnostics{
		New("EP1006", nil, "z"),
		New("EP1001", &hcl.Range{}, "no place"),
		New("EP1001", at("a", 9, 99), "x"),
		New("EP1001", at("b", 1, 0), "x"),
		New("EP1001", at("b", 3, 0), "no byte offset, so by line"),
		New("EP1001", at("b", 2, 10), "x"),
		New("EP1001", at("b", 2, 10), "y"),
		New("EP1002", at("b", 2, 10), "a"),
		warning,
		New("EP1001", at("b", 11, 100), "byte 100 is after 10"),
	}
	for range 50 {
		in := append(slices.Clone(want), nil, New("EP1001", at("b", 2, 10), "x"), New("EP1006", nil, "z"))
		rand.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		before := slices.Clone(in)
		got := Sort(in)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got:\n%v\nwant:\n%v", got, want)
		}
		if !slices.Equal(in, before) {
			t.Fatal("Sort changed its input")
		}
	}
	if got := Sort(nil); len(got) != 0 {
		t.Errorf("Sort(nil) = %v", got)
	}
}
