package parser

import (
	"errors"
	"fmt"
	"math"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

// bounded is a function that is called only when the budget has what it costs.
func (w *work) bounded(name string, f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		// Both functions of cty call Type first.
		Type: func(args []cty.Value) (cty.Type, error) {
			if w.before(name, args); w.stopped() {
				return cty.NilType, errors.New(w.reason)
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// before pays for a call. Arguments have their final types here, so what their guards
// saw as text can be a number now.
func (w *work) before(name string, args []cty.Value) {
	var sum weight
	for _, arg := range args {
		sum = sum.plus(w.weigh(arg, 0))
	}
	if cost := costs[name]; cost != nil && !w.stopped() {
		cost(w, args, sum)
	}
}

// costs are those of the functions whose result can be larger than their arguments,
// or that take more time than to read them. Arguments can be unknown or null: the type
// of the result is looked for all the same.
var costs = map[string]func(*work, []cty.Value, weight){
	"join":    costOfJoin,
	"replace": costOfReplace,
	"format":  costOfFormat,
	"split":   costOfSplit,
	// each character is looked for among those to be trimmed
	"trim": func(w *work, args []cty.Value, _ weight) {
		w.spend(length(args[0]) * length(args[1]) / plainBytes)
	},
	"parseint": costOfParseInt,
	"tonumber": func(w *work, args []cty.Value, _ weight) { w.number(args[0]) },
	"lookup":   costOfLookup,
	"range":    costOfRange,
	"regex":    costOfRegex,
	"regexall": costOfRegexAll,
	"distinct": func(w *work, args []cty.Value, sum weight) {
		w.spend(length(args[0]) * (sum.bytes/32 + 4*sum.nodes))
	},
	"tolist":          costOfConversion,
	"tomap":           costOfConversion,
	"toset":           costOfSets,
	"coalesce":        func(w *work, args []cty.Value, sum weight) { w.unify(args, sum) },
	"concat":          func(w *work, args []cty.Value, sum weight) { w.unifyFew(args, sum) },
	"merge":           func(w *work, args []cty.Value, sum weight) { w.unifyFew(args, sum) },
	"setunion":        costOfSets,
	"setsubtract":     costOfSets,
	"setintersection": costOfSets,
}

// length is how many characters or elements a value has.
func length(value cty.Value) float64 {
	if value.Type() == cty.String {
		return float64(len(text(value)))
	}
	return float64(len(elements(value)))
}

// text is the characters of a string, none if it is unknown or null.
func text(value cty.Value) string {
	if !value.IsKnown() || value.IsNull() {
		return ""
	}
	return value.AsString()
}

func (w *work) unifyFew(args []cty.Value, sum weight) {
	w.spend(float64(len(args)) * sum.bytes / plainBytes)
}

func costOfJoin(w *work, args []cty.Value, _ weight) {
	// the separator is written once for each element
	for _, list := range args[1:] {
		w.spend(length(args[0]) * length(list))
	}
}

func costOfReplace(w *work, args []cty.Value, _ weight) {
	w.spend(float64(strings.Count(text(args[0]), text(args[1]))) * length(args[2]))
}

func costOfSplit(w *work, args []cty.Value, _ weight) {
	w.spend(float64(strings.Count(text(args[1]), text(args[0]))) * plainBytes)
}

var (
	wide         = pattern.New(`[0-9]{3}`)
	numericVerbs = pattern.New(`%[^a-zA-Z%]*[bdoxXeEfgG]`)
)

// costOfFormat pays for each verb as if it took all arguments, and for wide ones.
func costOfFormat(w *work, args []cty.Value, sum weight) {
	format := text(args[0])
	w.spend(float64(strings.Count(format, "%")) * (sum.bytes - length(args[0])))
	w.spend(float64(len(wide.FindAllStringIndex(format, -1))) * 1000)
	if numericVerbs.MatchString(format) {
		for _, arg := range args[1:] {
			w.number(arg)
		}
	}
}

func costOfParseInt(w *work, args []cty.Value, _ weight) {
	// parseint reads digits of any base in the square of their number
	if args[0].Type() == cty.String && length(args[0]) > maxDigits {
		w.stop(tooManyDigits)
	}
}

func costOfLookup(w *work, args []cty.Value, _ weight) {
	if ty := args[0].Type(); ty.IsMapType() && ty.ElementType() == cty.Number && len(args) > 2 {
		w.number(args[2])
	}
}

// mostOfRange is how many numbers the function range makes before it says that there are too many. Each
// takes it as long as rangeBytes of anything else: it compares the number with the end, exactly.
const (
	mostOfRange = 1024
	rangeBytes  = 64
)

// costOfRange pays for numbers before they are made: too many of them are made in vain, and no value
// shows them afterwards.
func costOfRange(w *work, args []cty.Value, _ weight) {
	numbers := []float64{0, 0, 1} // start, end, step
	for i, arg := range args {
		if arg.Type() != cty.Number || !arg.IsKnown() || arg.IsNull() || len(args) > 3 {
			return
		}
		n, _ := arg.AsBigFloat().Float64()
		if len(args) == 1 {
			i = 1
		}
		numbers[i] = n
	}
	n := math.Abs(numbers[1]-numbers[0]) / math.Abs(numbers[2])
	if n > mostOfRange || math.IsNaN(n) { // which it is where both are beyond those of float64
		n = mostOfRange
	}
	w.spend(rangeBytes * n)
}

// maxPattern is how long a regular expression may be. It can repeat its parts.
const maxPattern = 1000

// instructions is how many a regular expression has, which are all tried at
// each character; 0 if it is wrong, as the function reports.
func (w *work) instructions(pattern string) float64 {
	// before it is parsed: nested repetitions make a program that is far longer
	if utf8.RuneCountInString(pattern) > maxPattern {
		w.stop(fmt.Sprintf("A regular expression may have at most %d characters.", maxPattern))
		return 0
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	// To compile it takes time, too, and is done more than once.
	w.spend(float64(len(prog.Inst)) * plainBytes)
	return float64(len(prog.Inst))
}

func costOfRegex(w *work, args []cty.Value, _ weight) {
	w.spend(w.instructions(text(args[0])) * length(args[1]))
}

// costOfRegexAll pays for reading to the end of the text from each of its characters.
func costOfRegexAll(w *work, args []cty.Value, _ weight) {
	n := length(args[1])
	w.spend(w.instructions(text(args[0])) * n * (1 + n/4))
}

func costOfConversion(w *work, args []cty.Value, sum weight) { w.unifyParts(args[0], sum) }

func costOfSets(w *work, args []cty.Value, sum weight) {
	var all []cty.Value
	for _, arg := range args {
		w.unifyParts(arg, sum)
		all = append(all, elements(arg)...)
	}
	w.unify(args, sum)
	w.collide(all)
}
