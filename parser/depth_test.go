package parser

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/internal/cputime"
)

// Each of these ended the process with a full stack, or would if nothing counted. A
// small stack is full after a few levels, so that few show what many would do.
func TestNesting(t *testing.T) {
	const manyTimes = 20_000
	defer debug.SetMaxStack(debug.SetMaxStack(8 << 20))
	many := func(s string) string { return strings.Repeat(s, min(manyTimes, 2*manyTimes/len(s))) }
	inLocal := func(expr string) string { return head + "locals {\n  i = 0\n  a = " + expr + "\n}\n" }
	tests := []struct{ name, text string }{
		{"brackets", inLocal(many("[") + many("]"))},
		{"unclosed brackets", inLocal(many("["))},
		{"parens", inLocal(many("(") + "1" + many(")"))},
		{"objects", inLocal(many("{a=") + "1" + many("}"))},
		{"blocks", many("a {\n")},
		{"names", inLocal(many("a::") + "a()")},
		{"calls", inLocal(many("abs(") + "1" + many(")"))},
		{"minus", inLocal(many("-") + "1")},
		{"bang", inLocal(many("!") + "true")},
		{"minus on lines", inLocal("(" + many("-\n") + "1)")},
		{"minus on lines of a template", inLocal(`"${` + many("-\n") + `1}"`)},
		{"minus on lines of a for", inLocal("{for x in [1] :\n x => " + many("-\n") + "1}")},
		{"conditionals", inLocal(many("true ? 1 : ") + "1")},
		{"sum", inLocal("1" + many("+1"))},
		{"and", inLocal("true" + many("&&true"))},
		{"equal", inLocal("true" + many("==true"))},
		{"index", inLocal("[0]" + many("[local.i]"))},
		{"splat", inLocal("[0]" + many("[*]"))},
		{"attribute splat", inLocal("[0]" + many(".*"))},
		{"templates", inLocal(many(`"${`) + "1" + many(`}"`))},
		{"heredocs", inLocal(many("<<E\n${"))},
		{"if", inLocal(`"` + many("%{if true}") + many("%{endif}") + `"`)},
		{"if on lines", inLocal("<<E\n" + many("%{ if true\n}") + many("%{ endif }") + "\nE")},
		{"for", inLocal(`"` + many("%{for x in []}"))},
		{"too many closed first", head + "x = 1 " + many(")") + "\ny = " + many("(") + "\n"},
		{"closed by others", inLocal(many("(}"))},
		{"closed by others in a list", inLocal(many("{a=[(]"))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := cputime.Used()
			_, _, diags := parseText(test.text)
			if took := cputime.Used() - start; took > time.Minute {
				t.Errorf("took %s", took)
			}
			for _, d := range diags {
				if code := diag.Of(d); code != "EP1010" && code != "EP1001" {
					t.Fatalf("%s: %s", code, d.Detail)
				}
			}
			if len(diags) == 0 {
				t.Error("no finding")
			}
		})
	}
}

func TestFlatIsNotDeep(t *testing.T) {
	var locals strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&locals, "  l%d = true ? [-1] : [-%d]\n", i, i)
	}
	tests := []struct{ name, text string }{
		{"list", "locals {\n  a = [" + strings.Repeat("-1, true ? 1 : 2,\n", 5000) + "]\n}\n"},
		{"list of lists", "locals {\n  a = [" + strings.Repeat("[1], ", 5000) + "]\n}\n"},
		{"locals", "locals {\n" + locals.String() + "}\n"},
		{"text with ifs", "locals {\n  a = <<E\n" + strings.Repeat("%{ if true }x%{ endif }\n", 300) + "E\n}\n"},
		{"close to the limit", "locals {\n  a = " + strings.Repeat("[", maxOpen-1) + strings.Repeat("]", maxOpen-1) + "\n}\n"},
		{"long sum", "locals {\n  a = 1" + strings.Repeat(" + 1", 1000) + "\n}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { mustParse(t, test.text) })
	}
}

func TestHugeNumbers(t *testing.T) {
	for _, number := range []string{"1e600000000", "1e-600000000", "1E+1000", "1e99999999999999999999", strings.Repeat("1", 1001)} {
		_, _, diags := parseText(head + "xmpp_federation {\n  host = " + number + "\n}\n")
		wantFinding(t, diags, "EP1010", "A number may have at most")
	}
	noDiff(t, len(localText(t, "1e999")), 1000)
}
