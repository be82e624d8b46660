package parser

import (
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/unicode/norm"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// reference is what edge_pool.X evaluates to.
type reference struct {
	kind, label string
}

var referenceType = cty.Capsule("reference", reflect.TypeFor[reference]())

// kinds are the block types that an expression can refer to.
var kinds = []string{"site", "edge_pool", "front_end_pool", "sip_domain", "dns_zone"}

// scope is the one evaluation context of a spec. It is shared by all blocks:
// building one for each block takes longer than all else in a large spec.
type scope struct {
	ctx     *hcl.EvalContext
	at      *hcl.EvalContext    // ctx, or one below it with names that dynamic blocks bind
	labels  map[string][]string // by kind, in order of declaration
	locals  map[string]bool
	unknown int    // how many names were unknown
	wants   string // the kind of block that the argument being read refers to, "" where it is a value
}

func newScope(functions map[string]function.Function) *scope {
	s := &scope{labels: map[string][]string{}, locals: map[string]bool{}}
	s.ctx = &hcl.EvalContext{Variables: map[string]cty.Value{"local": cty.EmptyObjectVal}, Functions: functions}
	for _, kind := range kinds {
		s.ctx.Variables[kind] = cty.EmptyObjectVal
	}
	s.at = s.ctx
	return s
}

// declare makes the labels of one kind of block known to expressions.
func (s *scope) declare(kind string, labels []string) {
	refs := map[string]cty.Value{}
	for _, label := range labels {
		// a value of its own type, so that it cannot be taken for text
		refs[label] = cty.CapsuleVal(referenceType, &reference{kind, label})
	}
	s.labels[kind] = labels
	s.ctx.Variables[kind] = cty.ObjectVal(refs)
}

// known tells whether there is a block with a label. The type of the object of all of them knows it.
func (s *scope) known(kind, label string) bool {
	return s.ctx.Variables[kind].Type().HasAttribute(label)
}

// checkRefs returns a finding for each reference that leads nowhere, in words that
// say what there is instead, and whether there is none. Roots that it does not know are left
// to HCL, which knows about names bound by for and dynamic.
func (r *reader) checkRefs(expr hcl.Expression) (diags hcl.Diagnostics, ok bool) {
	ok = true
	for _, traversal := range expr.Variables() {
		if d := r.scope.checkRef(traversal); d != nil {
			ok = false
			if label, named := stepName(traversal[1]); !named || !(advisor{r}).isLost(traversal.RootName(), label) {
				diags = append(diags, d)
			}
		}
	}
	return diags, ok
}

func (s *scope) checkRef(traversal hcl.Traversal) *hcl.Diagnostic {
	kind := traversal.RootName()
	rng := traversal.SourceRange()
	for ctx := s.at; ctx != s.ctx; ctx = ctx.Parent() {
		if _, bound := ctx.Variables[kind]; bound {
			return nil
		}
	}
	if kind == "local" || !slices.Contains(kinds, kind) {
		return s.checkLocal(traversal)
	}
	if len(traversal) == 1 {
		return nil // the object of all blocks of a kind, as for a for expression
	}
	label, ok := stepName(traversal[1])
	switch {
	case !ok:
		return nil
	case !s.known(kind, label):
		return diag.New(codeUnknownRef, &rng, s.noSuch(kind, label, s.labels[kind], "There is "))
	case len(traversal) > 2:
		return diag.New(codeUnknownRef, &rng, noArguments(refTo(kind, label), traversal[2]))
	}
	return nil
}

func (s *scope) checkLocal(traversal hcl.Traversal) *hcl.Diagnostic {
	// other names are hcl's to know: for and dynamic bind them
	if traversal.RootName() != "local" || len(traversal) == 1 {
		return nil
	}
	name, ok := stepName(traversal[1])
	if !ok || s.locals[name] {
		return nil
	}
	rng := traversal.SourceRange()
	var known []string
	if s.unknown < maxSuggestions {
		known = slices.Sorted(maps.Keys(s.locals))
	}
	return diag.New(codeUnknownRef, &rng, s.noSuch("local value", name, known, "There is "))
}

func stepName(step hcl.Traverser) (string, bool) {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return norm.NFC.String(step.Name), true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// maxSuggestions is for how many unknown names a known one is looked for, which takes
// as long as there are names.
const maxSuggestions = 100

// mayLook tells whether there are few enough unknown names yet to look through the spec for what
// one of them means.
func (s *scope) mayLook() bool {
	s.unknown++
	return s.unknown <= maxSuggestions
}

// noSuch says that a name is unknown, and what the reader may have meant.
func (s *scope) noSuch(what, name string, known []string, has string) string {
	detail := fmt.Sprintf("There is no %s %q.", what, cut(name))
	if !s.mayLook() {
		return detail
	}
	switch meant := diag.Suggest(name, known); {
	case meant != "":
		detail += fmt.Sprintf(" Did you mean %q?", meant)
	case len(known) == 0:
		detail += " None is declared."
	case len(known) <= 8:
		detail += " " + has + strings.Join(quoted(known), ", ") + "."
	}
	return detail
}

func quoted(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", cut(s)))
	}
	return out
}

// evaluate returns the value of an expression, with ok false when it has none. All that is
// known may be its type then.
func (r *reader) evaluate(expr hcl.Expression) (cty.Value, bool) {
	if r.work.stopped() {
		return cty.DynamicVal, false
	}
	// before hcl does, whose finding names neither the block meant nor those that there are
	if bad, ok := r.checkRefs(expr); !ok {
		r.found.Add(bad...)
		return cty.DynamicVal, false
	}
	value, diags := expr.Value(r.scope.at)
	for i, d := range diags {
		if better := (advisor{r}).missingKey(expr, d); better != nil {
			diags[i] = better
		}
	}
	r.add(advisor{r}.imported(diags))
	if diags.HasErrors() || r.work.stopped() {
		return cty.DynamicVal, false
	}
	// the methods that read values panic on marks
	value, _ = value.UnmarkDeep()
	return value, value.IsWhollyKnown()
}

// as converts a value to a type, or reports what was found and what was expected. name is the
// argument that has the value, "" for a label.
func (r *reader) as(name string, value cty.Value, want cty.Type, rng hcl.Range, words string) (cty.Value, bool) {
	// the conversion takes time in the square of the digits
	if want == cty.Number && value.Type() == cty.String && hugeText(value.AsString()) {
		r.report(codeTooDeep, rng, tooManyDigits)
		return cty.DynamicVal, false
	}
	got, err := convertTo(value, want)
	if err == nil && !got.IsNull() && !hasNull(got) {
		return got, true
	}
	r.report(codeWrongType, rng,
		fmt.Sprintf("%s is needed here, but this is %s.%s", words, describe(value), advice(name, value, want, words)))
	return cty.DynamicVal, false
}

// convertTo is [convert.Convert], which compares the type of each element of a tuple with that of
// each other one, and takes half a minute for a list of 100,000 strings.
func convertTo(value cty.Value, want cty.Type) (cty.Value, error) {
	ty := value.Type()
	list := want.IsListType() && ty.IsTupleType()
	if !value.IsKnown() || value.IsNull() || !list && !(want.IsMapType() && ty.IsObjectType()) ||
		want.ElementType() != cty.String || value.LengthInt() == 0 {
		return convert.Convert(value, want)
	}
	parts := make([]cty.Value, 0, value.LengthInt())
	keyed := make(map[string]cty.Value)
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		element, err := convert.Convert(element, cty.String)
		if err != nil {
			return convert.Convert(value, want) // says what is wrong
		}
		if list {
			parts = append(parts, element)
		} else {
			keyed[key.AsString()] = element
		}
	}
	if list {
		return cty.ListVal(parts), nil
	}
	return cty.MapVal(keyed), nil
}

func hasNull(value cty.Value) bool {
	if !value.CanIterateElements() {
		return false
	}
	for it := value.ElementIterator(); it.Next(); {
		if _, element := it.Element(); element.IsNull() {
			return true
		}
	}
	return false
}

func describe(value cty.Value) string {
	switch {
	case value.IsNull():
		return "null"
	case value.Type() == referenceType:
		ref := value.EncapsulatedValue().(*reference)
		return fmt.Sprintf("the block %s.%s", ref.kind, cut(ref.label))
	case value.Type() == cty.Bool:
		return "true or false"
	case value.Type() == cty.String:
		return fmt.Sprintf("the string %q", cut(value.AsString()))
	case value.Type() == cty.Number:
		return "the number " + value.AsBigFloat().Text('g', 10)
	}
	return describeType(value.Type())
}

func describeType(ty cty.Type) string {
	switch {
	case ty.IsTupleType(), ty.IsListType(), ty.IsSetType():
		return "a list"
	case ty.IsObjectType():
		return "an object, { }"
	case ty.IsMapType():
		return "a map, { }"
	}
	return "a " + ty.FriendlyName()
}

// cut is the start of a text.
func cut(text string) string {
	n := 0
	for i := range text {
		// characters, not bytes: a cut inside of one would be no UTF-8
		if n++; n > 60 {
			return text[:i] + "..."
		}
	}
	return text
}

// wholeNumber returns a number as an int if it is one between low and high.
func wholeNumber(f *big.Float, low, high int64) (int, bool) {
	n, accuracy := f.Int64()
	return int(n), accuracy == big.Exact && n >= low && n <= high
}
