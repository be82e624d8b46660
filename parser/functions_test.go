package parser

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// TestCalls: the examples of calls give what they say.
func TestCalls(t *testing.T) {
	ctx := &hcl.EvalContext{Functions: functions()}
	for name, example := range calls {
		call, want, _ := strings.Cut(example, ", which is ")
		expr, diags := hclsyntax.ParseExpression([]byte(call), "x", hcl.InitialPos)
		if diags.HasErrors() || !strings.HasPrefix(call, name+"(") {
			t.Errorf("%s: %s: %v", name, call, diags)
			continue
		}
		got, diags := expr.Value(ctx)
		if diags.HasErrors() {
			t.Errorf("%s: %v", call, diags)
			continue
		}
		if got.Type() == cty.String && got.AsString() != want {
			t.Errorf("%s is %q, want %q", call, got.AsString(), want)
		}
	}
}
