package parser

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// guard weighs what an expression makes before another one gets it. The embedded
// interface brings the methods that hclsyntax keeps to itself.
type guard struct {
	hclsyntax.Expression
	work  *work
	check func(cty.Value, weight) // what the user of the value does with it costs, nil: nothing
}

func (g *guard) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if g.work.stopped() {
		return cty.DynamicVal, nil
	}
	value, diags := g.Expression.Value(ctx)
	// before they are counted: a for expression repeats a finding for each element
	diags = append(onePerPlace(diags), keysTwice(g.Expression, ctx)...)
	for _, d := range diags {
		// findings are made in loops as values are, and take memory too
		g.work.spend(float64(keyedBytes + len(d.Detail)))
	}
	sum := g.work.weigh(value, 0)
	if g.check != nil && !g.work.stopped() {
		g.check(value, sum)
	}
	if g.work.stopped() {
		// the innermost guard is the first to know, and the closest to the mistake
		if g.work.place == nil {
			g.work.place = g.Range().Ptr()
		}
		return cty.DynamicVal, nil
	}
	return value, diags
}

// keysTwice reports keys that an object has a second time, of which hcl takes the last. It
// looks at the values of the keys, so that "a" and (local.a) are compared too.
func keysTwice(expr hclsyntax.Expression, ctx *hcl.EvalContext) hcl.Diagnostics {
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok || len(object.Items) < 2 {
		return nil
	}
	var diags hcl.Diagnostics
	first := map[string]hcl.Range{}
	for _, item := range object.Items {
		key, bad := item.KeyExpr.Value(ctx)
		// such keys have findings of their own, or none yet
		if bad.HasErrors() || !key.IsWhollyKnown() || key.IsNull() {
			continue // Value has said so
		}
		if key, err := convert.Convert(key, cty.String); err == nil && !key.IsNull() {
			// AsString panics on marked values
			key, _ := key.Unmark()
			rng := item.KeyExpr.Range()
			if at, twice := first[key.AsString()]; twice {
				diags = append(diags, diag.New(codeDuplicate, &rng,
					fmt.Sprintf("The key %q is already in this map, in line %d. Remove one of the two, or give it "+
						"another name.", cut(key.AsString()), at.Start.Line)))
				continue
			}
			first[key.AsString()] = rng
		}
	}
	return diags
}

// UnwrapExpression lets hcl see lists, calls and references as they were written.
func (g *guard) UnwrapExpression() hcl.Expression { return g.Expression }

// root is the guard of a whole argument. It knows the variables, which hclsyntax does
// not find behind guards.
type root struct {
	*guard
	variables []hcl.Traversal
}

func (r *root) Variables() []hcl.Traversal { return r.variables }

// onePerPlace drops all findings but the first at each place: a for expression repeats
// what is wrong in it for each element.
func onePerPlace(diags hcl.Diagnostics) hcl.Diagnostics {
	if len(diags) < 2 {
		return diags
	}
	seen := map[hcl.Range]bool{}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		// without a place, no two are known to be the same
		if d.Subject == nil {
			return false
		}
		twice := seen[*d.Subject]
		seen[*d.Subject] = true
		return twice
	})
}

// guards puts guards around expressions, all of which pay from one budget.
type guards struct{ work *work }

// guardBody puts guards around all expressions of a body and its blocks, and returns
// how many arguments and blocks there are.
func (g guards) guardBody(body *hclsyntax.Body) int {
	n := len(body.Attributes) + len(body.Blocks)
	for _, attr := range body.Attributes {
		attr.Expr = g.argument(attr.Expr)
	}
	for _, block := range body.Blocks {
		// each element of the list makes all of the block again
		inner := g.guardBody(block.Body)
		n += inner
		if each := block.Body.Attributes["for_each"]; block.Type == "dynamic" && each != nil {
			each.Expr.(*root).check = func(value cty.Value, _ weight) {
				g.work.spend(float64(len(elements(value))) * float64(madeBytes+inner*blockBytes))
			}
		}
	}
	return n
}

// argument guards the whole of an argument.
func (g guards) argument(expr hclsyntax.Expression) *root {
	// before the guards are there, behind which hclsyntax does not find them
	variables := expr.Variables()
	return &root{guard: g.guard(expr, nil), variables: variables}
}

func (g guards) guard(expr hclsyntax.Expression, check func(cty.Value, weight)) *guard {
	g.inside(expr)
	return &guard{Expression: expr, work: g.work, check: check}
}

// wrap guards an expression unless what it makes is small or there already.
func (g guards) wrap(expr *hclsyntax.Expression) {
	switch (*expr).(type) {
	case nil, *hclsyntax.LiteralValueExpr, *hclsyntax.AnonSymbolExpr, *hclsyntax.ExprSyntaxError:
	case *hclsyntax.ParenthesesExpr, *hclsyntax.TemplateWrapExpr:
		g.inside(*expr)
	default:
		*expr = g.guard(*expr, nil)
	}
}

// wrapSource guards an expression of which only a part is used.
func (g guards) wrapSource(expr *hclsyntax.Expression) {
	if _, named := (*expr).(*hclsyntax.ScopeTraversalExpr); named {
		g.inside(*expr)
		return
	}
	g.wrap(expr)
}

// wrapNumber guards an expression whose text is converted to a number.
func (g guards) wrapNumber(expr *hclsyntax.Expression) {
	*expr = g.guard(*expr, func(value cty.Value, _ weight) { g.work.number(value) })
}

// inside guards the parts of an expression.
func (g guards) inside(expr hclsyntax.Expression) {
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		g.wrap(&e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		g.wrap(&e.Wrapped)
	case *hclsyntax.TemplateExpr:
		for i := range e.Parts {
			g.wrap(&e.Parts[i])
		}
	case *hclsyntax.TemplateJoinExpr:
		g.wrap(&e.Tuple)
	case *hclsyntax.TupleConsExpr:
		for i := range e.Exprs {
			g.wrap(&e.Exprs[i])
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			g.inside(e.Items[i].KeyExpr)
			g.wrap(&e.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		g.wrapSource(&e.Wrapped) // hcl takes a bare name for a string
	case *hclsyntax.ForExpr:
		for _, part := range []*hclsyntax.Expression{&e.CollExpr, &e.KeyExpr, &e.ValExpr, &e.CondExpr} {
			g.wrap(part)
		}
	case *hclsyntax.SplatExpr:
		g.wrap(&e.Source)
		g.wrap(&e.Each)
	case *hclsyntax.ScopeTraversalExpr:
		g.steps(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		g.wrapSource(&e.Source)
		g.steps(e.Traversal)
	case *hclsyntax.IndexExpr:
		g.wrapSource(&e.Collection)
		g.wrapNumber(&e.Key)
	case *hclsyntax.UnaryOpExpr:
		g.wrapNumber(&e.Val)
	case *hclsyntax.BinaryOpExpr:
		g.insideBinary(e)
	case *hclsyntax.ConditionalExpr:
		g.insideConditional(e)
	case *hclsyntax.FunctionCallExpr:
		g.insideCall(e)
	}
}

// steps stops at an index that is text and would be a huge number for a list.
func (g guards) steps(traversal hcl.Traversal) {
	for _, step := range traversal {
		index, ok := step.(hcl.TraverseIndex)
		if ok && !g.work.stopped() {
			if g.work.number(index.Key); g.work.stopped() {
				g.work.place = &index.SrcRange
			}
		}
	}
}

func (g guards) insideBinary(e *hclsyntax.BinaryOpExpr) {
	for i, part := range []*hclsyntax.Expression{&e.LHS, &e.RHS} {
		// == and != take anything, and compare text as text
		if e.Op.Impl.Params()[i].Type == cty.Number {
			g.wrapNumber(part)
		} else {
			g.wrap(part)
		}
	}
}

// insideConditional pays for one type of both results. hcl evaluates the true one
// first, then the false one, then it looks at their types.
func (g guards) insideConditional(e *hclsyntax.ConditionalExpr) {
	g.wrap(&e.Condition)
	var whenTrue cty.Value
	var size weight
	e.TrueResult = g.guard(e.TrueResult, func(value cty.Value, sum weight) { whenTrue, size = value, sum })
	e.FalseResult = g.guard(e.FalseResult, func(value cty.Value, sum weight) {
		g.work.unify([]cty.Value{whenTrue, value}, size.plus(sum))
	})
}

// insideCall pays for the conversion of arguments to the types of the parameters.
func (g guards) insideCall(e *hclsyntax.FunctionCallExpr) {
	f, known := g.work.functions[e.Name]
	for i := range e.Args {
		ty := cty.DynamicPseudoType
		if known && i < len(f.Params()) {
			ty = f.Params()[i].Type
		} else if known && f.VarParam() != nil {
			ty = f.VarParam().Type
		}
		check := func(value cty.Value, sum weight) { g.convert(value, sum, ty) }
		if known && e.ExpandFinal && i == len(e.Args)-1 {
			check = func(value cty.Value, sum weight) { g.convertEach(value, sum, f) }
		}
		e.Args[i] = g.guard(e.Args[i], check)
	}
}

func (g guards) convert(value cty.Value, sum weight, ty cty.Type) {
	switch {
	case ty == cty.Number:
		g.work.number(value)
	case ty.IsCollectionType():
		g.work.unifyParts(value, sum)
	}
}

// convertEach is convert for an argument in front of three dots, any of whose elements
// may meet any of the parameters.
func (g guards) convertEach(value cty.Value, sum weight, f function.Function) {
	params := f.Params()
	if f.VarParam() != nil {
		params = append(params, *f.VarParam())
	}
	for _, param := range params {
		for _, element := range elements(value) {
			g.convert(element, sum, param.Type)
		}
	}
}
