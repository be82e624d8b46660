package parser

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// dynamics are the dynamic blocks of a spec. hcl looks into one only where its list has an
// element, so that a mistake would wait for the first. Those that make nothing are read
// once, with an element of which nothing is known, for the findings alone.
type dynamics struct {
	idle   []idle
	seen   map[*hclsyntax.Block]bool // of which a list was empty
	filled map[*hclsyntax.Block]bool // of which one was not
	// alone: an idle block is being read.
	alone bool
	// perhaps are the types of the blocks that an idle block might hold.
	perhaps map[string]bool
}

func newDynamics() *dynamics {
	return &dynamics{seen: map[*hclsyntax.Block]bool{}, filled: map[*hclsyntax.Block]bool{}, perhaps: map[string]bool{}}
}

// idle is a dynamic block whose list is empty, and the names that it could use there.
type idle struct {
	block  *hclsyntax.Block
	holder string // the type of the block that would hold the ones that it makes; "" at the top of a file
	ctx    *hcl.EvalContext
}

// forEach is the list of a dynamic block.
type forEach struct {
	hclsyntax.Expression
	block  *hclsyntax.Block
	holder string
	all    *dynamics
}

// UnwrapExpression lets hcl see lists, calls and references as they were written.
func (f *forEach) UnwrapExpression() hcl.Expression { return f.Expression }

// Value is called by dynblock where it looks for the blocks.
func (f *forEach) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	value, diags := f.Expression.Value(ctx)
	if diags.HasErrors() {
		return value, diags
	}
	list, _ := value.Unmark()
	switch {
	case !list.IsKnown() && f.all.alone:
		f.all.note(f, ctx)
		f.all.perhaps[f.block.Labels[0]] = true
		// dynblock would make a block of unknown content of it; the list of idle blocks has it instead
		return cty.EmptyTupleVal, diags
	case !list.IsKnown() || list.IsNull() || !list.CanIterateElements():
	case list.LengthInt() == 0:
		f.all.note(f, ctx)
	default:
		f.all.filled[f.block] = true
	}
	return value, diags
}

func (d *dynamics) note(f *forEach, ctx *hcl.EvalContext) {
	if !d.seen[f.block] {
		d.seen[f.block] = true
		d.idle = append(d.idle, idle{f.block, f.holder, ctx})
	}
}

// watch notes which dynamic blocks of a body make nothing; the body is that of a block of a type,
// "" for the top of a file.
func (d *dynamics) watch(body *hclsyntax.Body, holder string) {
	for _, block := range body.Blocks {
		makes := block.Type == "dynamic" && len(block.Labels) == 1
		inner := block.Type
		switch {
		case makes:
			inner = block.Labels[0]
		case block.Type == "content":
			inner = holder // of a dynamic block, which is the one that it makes
		}
		d.watch(block.Body, inner)
		if each := block.Body.Attributes["for_each"]; makes && each != nil {
			each.Expr = &forEach{each.Expr, block, holder, d}
		}
	}
}

// checkIdle reads the dynamic blocks that have made nothing. In one there may be others.
func (r *reader) checkIdle() {
	d := r.dynamics
	d.alone = true
	defer func() { d.alone, r.scope.at = false, r.scope.ctx }()
	// the list grows: what is in an idle block may be idle too
	for i := 0; i < len(d.idle) && !r.work.stopped(); i++ {
		if one := d.idle[i]; !d.filled[one.block] {
			d.perhaps = map[string]bool{}
			r.readIdle(one)
		}
	}
}

func (r *reader) readIdle(one idle) {
	kind := one.block.Labels[0]
	read, body := blockReader{r}.blockReaders(one.holder)[kind], onlyContent(one.block)
	if read == nil || body == nil {
		return // which dynblock reports
	}
	name := kind
	if attr := one.block.Body.Attributes["iterator"]; attr != nil {
		name = hcl.ExprAsKeyword(attr.Expr)
	}
	// types of key and value are unknown, so only what is wrong with any of them is reported
	element := cty.ObjectVal(map[string]cty.Value{"key": cty.DynamicVal, "value": cty.DynamicVal})
	r.scope.at = one.ctx.NewChild()
	r.scope.at.Variables = map[string]cty.Value{name: element}
	r.written = &hclsyntax.Body{Blocks: hclsyntax.Blocks{one.block}}
	read(&hcl.Block{
		Type: kind, TypeRange: one.block.TypeRange, DefRange: one.block.DefRange(),
		Labels: []string{r.idleLabel(one.block)}, LabelRanges: []hcl.Range{one.block.LabelRanges[0]},
		Body: dynblock.Expand(body, r.scope.at),
	})
}

// onlyContent is the body of the block content, nil if there is not one.
func onlyContent(block *hclsyntax.Block) *hclsyntax.Body {
	var body *hclsyntax.Body
	for _, inner := range block.Body.Blocks {
		if body != nil || inner.Type != "content" {
			return nil
		}
		body = inner.Body
	}
	return body
}

// idleLabel is the label that a block would get, or one that is never wrong.
func (r *reader) idleLabel(block *hclsyntax.Block) string {
	const unknown = "label"
	attr := block.Body.Attributes["labels"]
	if attr == nil {
		return unknown
	}
	exprs, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() || len(exprs) != 1 {
		return unknown
	}
	value, diags := exprs[0].Value(r.scope.at)
	r.add(advisor{r}.imported(diags))
	if diags.HasErrors() {
		return unknown
	}
	if !value.IsWhollyKnown() {
		r.misfit(value, cty.String, exprs[0].Range(), "A string")
		return unknown
	}
	text, ok := r.as("", value, cty.String, exprs[0].Range(), "A string")
	if !ok {
		return unknown
	}
	return text.AsString()
}

// misfit reports a value of which only the type is known, where that is enough.
func (r *reader) misfit(value cty.Value, want cty.Type, rng hcl.Range, words string) {
	got := value.Type()
	if want == cty.DynamicPseudoType {
		want = referenceType
		if words == listOfReferences {
			want = cty.List(referenceType)
		}
	}
	if !r.dynamics.alone || got == cty.DynamicPseudoType || got.Equals(want) ||
		convert.GetConversionUnsafe(got, want) != nil {
		return
	}
	r.report(codeWrongType, rng, fmt.Sprintf("%s is needed here, but this is %s.", words, describeType(got)))
}
