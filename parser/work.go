package parser

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// A few lines of HCL can ask for more than any machine has: for expressions inside
// each other, strings that double, text that becomes a number with a billion digits.
// Its evaluation cannot be interrupted, so every expression is wrapped in a guard,
// and what each one makes is taken off a budget before the next one gets it.
const (
	maxValueBytes = 10 << 20 // of all that the expressions of a spec make,
	bytesPerByte  = 12       // and so much more for each byte of the spec
	maxNumberBits = 1 << 14  // before or after the point of a result
)

// How many bytes a value counts for. They are chosen so that a byte stands for about
// as much time in hcl and cty, whatever is done with the value: keyed collections are
// sorted whenever they are read, and types are compared again at each level.
const (
	plainBytes = 16
	keyedBytes = 64
	blockBytes = 512  // an argument or block in a block that a dynamic block makes
	madeBytes  = 1024 // that block itself, of which all are in memory until all labels are known
)

// work is the budget of a spec. Once it is spent, or a value is not to be worked with,
// it is stopped: every expression is unknown from then on, without further findings.
type work struct {
	specBytes int
	functions map[string]function.Function
	limit     float64
	left      float64
	reason    string     // why it stopped, "" while it has not
	place     *hcl.Range // where, once the guard around that place knows
}

func newWork(specBytes int) *work {
	limit := maxValueBytes + bytesPerByte*float64(specBytes)
	w := &work{specBytes: specBytes, limit: limit, left: limit, functions: functions()}
	for name, f := range w.functions {
		w.functions[name] = w.bounded(name, f)
	}
	return w
}

func (w *work) stopped() bool { return w.reason != "" }

func (w *work) stop(reason string) {
	if !w.stopped() {
		w.reason = reason
	}
}

// spend takes off the budget. Amounts are floats because products of sizes overflow.
func (w *work) spend(amount float64) {
	if w.left -= amount; w.left < 0 {
		w.stop(fmt.Sprintf("The expressions of this spec make more than %.0f MiB of values, counting parts and "+
			"intermediate values, and this one goes beyond. Make lists and strings shorter, or nest fewer for "+
			"expressions.", w.limit/(1<<20)))
	}
}

// finding says why the work stopped.
func (w *work) finding() *hcl.Diagnostic {
	place := w.place
	if place == nil {
		place = &hcl.Range{}
	}
	return diag.New(codeTooDeep, place, w.reason)
}

// weight is the size of a value.
type weight struct {
	bytes float64
	parts float64 // the value itself and all in it
	nodes float64 // those of them that are no string, number or bool
}

func (a weight) plus(b weight) weight {
	return weight{a.bytes + b.bytes, a.parts + b.parts, a.nodes + b.nodes}
}

// weigh measures a value, takes that off the budget, and stops at numbers and nests
// that are not to be worked with. Nothing else may read a value before it did.
func (w *work) weigh(value cty.Value, depth int) weight {
	ty := value.Type()
	switch {
	// cty and this function call themselves for each level
	case depth > maxOpen:
		w.stop(fmt.Sprintf("This value is nested deeper than %d levels. Make it flatter.", maxOpen))
		return weight{}
	// such a value has no size, but the type that hcl compares may be large
	case !value.IsKnown() || value.IsNull():
		return w.weighType(ty, depth)
	case ty == cty.String:
		return w.leaf(float64(plainBytes + len(value.AsString())))
	case ty == cty.Number:
		return w.weighNumber(value.AsBigFloat())
	case ty == cty.Bool:
		return w.leaf(plainBytes)
	case !value.CanIterateElements():
		return w.node(keyedBytes)
	case value.LengthInt() == 0:
		return w.weighType(ty, depth)
	}
	return w.weighParts(value, depth)
}

func (w *work) weighParts(value cty.Value, depth int) weight {
	each := float64(plainBytes + depth)
	// objects, maps and sets are sorted by their keys each time they are read
	if !value.Type().IsTupleType() && !value.Type().IsListType() {
		each += keyedBytes
	}
	n := value.LengthInt()
	sum := w.node(each * float64(n))
	if w.stopped() {
		return sum // before it is sorted
	}
	for it := value.ElementIterator(); it.Next() && !w.stopped(); {
		key, element := it.Element()
		sum = sum.plus(w.weigh(element, depth+1))
		if key.Type() == cty.String && !value.Type().IsSetType() {
			w.more(&sum, float64(len(key.AsString())))
		}
	}
	// a set has no order of its own
	if value.Type().IsSetType() {
		// To sort a set its elements are read again and again.
		w.more(&sum, sum.bytes*float64(bits.Len(uint(n)))/4)
	}
	return sum
}

// weighType measures a type that no value shows: it can be large where the value,
// being null or empty, is not.
func (w *work) weighType(ty cty.Type, depth int) weight {
	sum := w.node(float64(plainBytes + depth))
	switch {
	case w.stopped():
	case depth > maxOpen:
		w.stop(fmt.Sprintf("This value is nested deeper than %d levels. Make it flatter.", maxOpen))
	case ty.IsCollectionType():
		return sum.plus(w.weighType(ty.ElementType(), depth+1))
	case ty.IsTupleType():
		for _, element := range ty.TupleElementTypes() {
			sum = sum.plus(w.weighType(element, depth+1))
		}
	case ty.IsObjectType():
		for name, element := range ty.AttributeTypes() {
			w.more(&sum, float64(len(name)))
			sum = sum.plus(w.weighType(element, depth+1))
		}
	}
	return sum
}

// weighNumber counts the digits that a number has as text.
func (w *work) weighNumber(f *big.Float) weight {
	exponent := f.MantExp(nil)
	if f.IsInf() || exponent < -maxNumberBits || exponent > maxNumberBits {
		w.stop(tooManyDigits)
		return weight{}
	}
	return w.leaf(plainBytes + float64(max(exponent, -exponent)+int(f.MinPrec()))/3)
}

func (w *work) leaf(bytes float64) weight {
	w.spend(bytes)
	return weight{bytes: bytes, parts: 1}
}

func (w *work) node(bytes float64) weight {
	w.spend(bytes)
	return weight{bytes: bytes, parts: 1, nodes: 1}
}

// more adds bytes to a weight.
func (w *work) more(sum *weight, bytes float64) {
	w.spend(bytes)
	sum.bytes += bytes
}

const tooManyDigits = "A number has too many digits here. Use a smaller one, or keep it a string."

// number stops at text that is converted to a number next and would be a huge one.
func (w *work) number(value cty.Value) {
	if value.IsKnown() && !value.IsNull() && value.Type() == cty.String && hugeText(value.AsString()) {
		w.stop(tooManyDigits)
	}
}

// hugeText tells whether text begins like a number that is too large to work with:
// reading its digits takes time in the square of their number, printing it more.
func hugeText(text string) bool {
	text = strings.TrimLeft(text, "+-")
	rest := strings.TrimLeft(text, "0123456789.")
	switch {
	case len(text)-len(rest) > maxDigits:
		return true
	// big.Float reads it as infinity, which the functions do not expect
	case len(rest) >= 3 && strings.EqualFold(rest[:3], "inf"):
		return true
	// p is the exponent of two, which big.Float reads too
	case rest == "" || !strings.ContainsRune("eEpP", rune(rest[0])):
		return false
	}
	exponent, err := strconv.Atoi(rest[1:])
	if err != nil {
		return len(rest) > maxDigits || strings.Trim(rest[1:], "+-0123456789") == ""
	}
	return exponent < -maxExponent || exponent > maxExponent
}

// unify pays for finding one type for values, and parts of values whose types differ.
func (w *work) unify(values []cty.Value, sum weight) {
	w.pairs(float64(len(values)))
	for _, value := range values {
		if !value.Type().Equals(values[0].Type()) {
			w.pairs(sum.parts + 6*sum.nodes)
			return
		}
	}
}

// unifyParts pays for finding one type for what is in a value of some weight.
func (w *work) unifyParts(value cty.Value, sum weight) {
	if parts := elements(value); len(parts) > 0 {
		w.unify(parts, sum)
		return
	}
	w.pairs(sum.parts + 6*sum.nodes) // all there is to see is its type
}

// pairs pays for comparing each of n types with each other one, which cty does five times for a conversion.
func (w *work) pairs(n float64) { w.spend(n * n / 4) }

// collide pays for elements of a set whose hashes, of 32 bits, are the same: each is
// compared with all others.
func (w *work) collide(values []cty.Value) {
	same := map[int]float64{}
	for _, value := range values {
		same[value.Hash()]++
	}
	for _, n := range same {
		w.spend(plainBytes * (n*n - n))
	}
}

// elements returns those of a collection or tuple that is known and not null, and nothing of
// anything else.
func elements(value cty.Value) []cty.Value {
	if !value.IsKnown() || value.IsNull() || !value.CanIterateElements() {
		return nil
	}
	return value.AsValueSlice()
}
