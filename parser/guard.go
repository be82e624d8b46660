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

// guardBody puts guards around all expressions of a body and its blocks, and returns
// how many arguments and blocks there are.
func (w *work) guardBody(body *hclsyntax.Body) int {
	n := len(body.Attributes) + len(body.Blocks)
	for _, attr := range body.Attributes {
		// before the guards are there, behind which hclsyntax does not find them
		variables := attr.Expr.Variables()
		attr.Expr = &root{guard: w.guard(attr.Expr, nil), variables: variables}
	}
	for _, block := range body.Blocks {
		// each element of the list makes all of the block again
		inner := w.guardBody(block.Body)
		n += inner
		if each := block.Body.Attributes["for_each"]; block.Type == "dynamic" && each != nil {
			each.Expr.(*root).check = func(value cty.Value, _ weight) {
				w.spend(float64(len(elements(value))) * float64(inner*blockBytes))
			}
		}
	}
	return n
}

func (w *work) guard(expr hclsyntax.Expression, check func(cty.Value, weight)) *guard {
	w.inside(expr)
	return &guard{Expression: expr, work: w, check: check}
}

// wrap guards an expression unless what it makes is small or there already.
func (w *work) wrap(expr *hclsyntax.Expression) {
	switch (*expr).(type) {
	case nil, *hclsyntax.LiteralValueExpr, *hclsyntax.AnonSymbolExpr, *hclsyntax.ExprSyntaxError:
	case *hclsyntax.ParenthesesExpr, *hclsyntax.TemplateWrapExpr:
		w.inside(*expr)
	default:
		*expr = w.guard(*expr, nil)
	}
}

// wrapSource guards an expression of which only a part is used.
func (w *work) wrapSource(expr *hclsyntax.Expression) {
	if _, named := (*expr).(*hclsyntax.ScopeTraversalExpr); named {
		w.inside(*expr)
		return
	}
	w.wrap(expr)
}

// wrapNumber guards an expression whose text is converted to a number.
func (w *work) wrapNumber(expr *hclsyntax.Expression) {
	*expr = w.guard(*expr, func(value cty.Value, _ weight) { w.number(value) })
}

// inside guards the parts of an expression.
func (w *work) inside(expr hclsyntax.Expression) {
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		w.wrap(&e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		w.wrap(&e.Wrapped)
	case *hclsyntax.TemplateExpr:
		for i := range e.Parts {
			w.wrap(&e.Parts[i])
		}
	case *hclsyntax.TemplateJoinExpr:
		w.wrap(&e.Tuple)
	case *hclsyntax.TupleConsExpr:
		for i := range e.Exprs {
			w.wrap(&e.Exprs[i])
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			w.inside(e.Items[i].KeyExpr)
			w.wrap(&e.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		w.wrapSource(&e.Wrapped) // hcl takes a bare name for a string
	case *hclsyntax.ForExpr:
		for _, part := range []*hclsyntax.Expression{&e.CollExpr, &e.KeyExpr, &e.ValExpr, &e.CondExpr} {
			w.wrap(part)
		}
	case *hclsyntax.SplatExpr:
		w.wrap(&e.Source)
		w.wrap(&e.Each)
	case *hclsyntax.ScopeTraversalExpr:
		w.steps(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		w.wrapSource(&e.Source)
		w.steps(e.Traversal)
	case *hclsyntax.IndexExpr:
		w.wrapSource(&e.Collection)
		w.wrapNumber(&e.Key)
	case *hclsyntax.UnaryOpExpr:
		w.wrapNumber(&e.Val)
	case *hclsyntax.BinaryOpExpr:
		w.insideBinary(e)
	case *hclsyntax.ConditionalExpr:
		w.insideConditional(e)
	case *hclsyntax.FunctionCallExpr:
		w.insideCall(e)
	}
}

// steps stops at an index that is text and would be a huge number for a list.
func (w *work) steps(traversal hcl.Traversal) {
	for _, step := range traversal {
		index, ok := step.(hcl.TraverseIndex)
		if ok && !w.stopped() {
			if w.number(index.Key); w.stopped() {
				w.place = &index.SrcRange
			}
		}
	}
}

func (w *work) insideBinary(e *hclsyntax.BinaryOpExpr) {
	for i, part := range []*hclsyntax.Expression{&e.LHS, &e.RHS} {
		// == and != take anything, and compare text as text
		if e.Op.Impl.Params()[i].Type == cty.Number {
			w.wrapNumber(part)
		} else {
			w.wrap(part)
		}
	}
}

// insideConditional pays for one type of both results. hcl evaluates the true one
// first, then the false one, then it looks at their types.
func (w *work) insideConditional(e *hclsyntax.ConditionalExpr) {
	w.wrap(&e.Condition)
	var whenTrue cty.Value
	var size weight
	e.TrueResult = w.guard(e.TrueResult, func(value cty.Value, sum weight) { whenTrue, size = value, sum })
	e.FalseResult = w.guard(e.FalseResult, func(value cty.Value, sum weight) {
		w.unify([]cty.Value{whenTrue, value}, size.plus(sum))
	})
}

// insideCall pays for the conversion of arguments to the types of the parameters.
func (w *work) insideCall(e *hclsyntax.FunctionCallExpr) {
	f, known := w.functions[e.Name]
	for i := range e.Args {
		ty := cty.DynamicPseudoType
		if known && i < len(f.Params()) {
			ty = f.Params()[i].Type
		} else if known && f.VarParam() != nil {
			ty = f.VarParam().Type
		}
		check := func(value cty.Value, sum weight) { w.convert(value, sum, ty) }
		if known && e.ExpandFinal && i == len(e.Args)-1 {
			check = func(value cty.Value, sum weight) { w.convertEach(value, sum, f) }
		}
		e.Args[i] = w.guard(e.Args[i], check)
	}
}

func (w *work) convert(value cty.Value, sum weight, ty cty.Type) {
	switch {
	case ty == cty.Number:
		w.number(value)
	case ty.IsCollectionType():
		w.unifyParts(value, sum)
	}
}

// convertEach is convert for an argument in front of three dots, any of whose elements
// may meet any of the parameters.
func (w *work) convertEach(value cty.Value, sum weight, f function.Function) {
	params := f.Params()
	if f.VarParam() != nil {
		params = append(params, *f.VarParam())
	}
	for _, param := range params {
		for _, element := range elements(value) {
			w.convert(element, sum, param.Type)
		}
	}
}
