package parser

import (
	"fmt"
	"math/big"
	"net/netip"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

// functions are what an expression can call: pure functions of their arguments.
func functions() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc,
		"max": stdlib.MaxFunc, "min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc,

		"chomp": stdlib.ChompFunc, "format": boundedFormat,
		"join": stdlib.JoinFunc, "lower": stdlib.LowerFunc, "regex": stdlib.RegexFunc,
		"regexall": stdlib.RegexAllFunc, "replace": stdlib.ReplaceFunc, "split": stdlib.SplitFunc,
		"strlen": stdlib.StrlenFunc, "substr": stdlib.SubstrFunc, "title": stdlib.TitleFunc,
		"trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc,
		"trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc,

		"chunklist": stdlib.ChunklistFunc, "coalesce": stdlib.CoalesceFunc, "compact": stdlib.CompactFunc,
		"concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "keys": stdlib.KeysFunc,
		"length": stdlib.LengthFunc, "lookup": stdlib.LookupFunc, "merge": stdlib.MergeFunc,
		"range": stdlib.RangeFunc, "reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc,
		"setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc,
		"sort": stdlib.SortFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,

		"tobool":   stdlib.MakeToFunc(cty.Bool),
		"tolist":   stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":    stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber": stdlib.MakeToFunc(cty.Number),
		"toset":    stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring": stdlib.MakeToFunc(cty.String),

		"cidrhost": cidrHost,
	}
}

// hugeWidth finds a width or precision that would make format fill the memory.
var hugeWidth = pattern.New(`%[^a-zA-Z%]*[0-9]{4,}`)

// boundedFormat is format with widths below 1000.
var boundedFormat = function.New(&function.Spec{
	Params:   []function.Parameter{{Name: "format", Type: cty.String}},
	VarParam: &function.Parameter{Name: "args", Type: cty.DynamicPseudoType, AllowNull: true},
	Type:     function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		// %% is a per cent sign, whatever follows it.
		if hugeWidth.MatchString(strings.ReplaceAll(args[0].AsString(), "%%", "")) {
			return cty.NilVal, function.NewArgErrorf(0, "a width above 999 is not supported")
		}
		return stdlib.Format(args[0], args[1:]...)
	},
})

// cidrHost returns the address number n in a network, counted from the end if n is
// negative, as Terraform's function of this name does.
var cidrHost = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "hostnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		prefix, err := netip.ParsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "%q is not a network such as 198.51.100.0/24",
				args[0].AsString())
		}
		n, ok := wholeNumber(args[1].AsBigFloat(), -1<<31, 1<<31-1)
		if !ok {
			return cty.NilVal, function.NewArgErrorf(1, "a whole number is needed")
		}
		addr, err := nthAddress(prefix.Masked(), n)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		return cty.StringVal(addr.String()), nil
	},
})

func nthAddress(prefix netip.Prefix, n int) (netip.Addr, error) {
	bytes := prefix.Addr().AsSlice()
	size := new(big.Int).Lsh(big.NewInt(1), uint(len(bytes)*8-prefix.Bits()))
	index := big.NewInt(int64(n))
	if n < 0 {
		// -1 is the last address of the network
		index.Add(index, size)
	}
	if index.Sign() < 0 || index.Cmp(size) >= 0 {
		return netip.Addr{}, fmt.Errorf("%s has no host number %d", prefix, n)
	}
	index.Or(index, new(big.Int).SetBytes(bytes))
	addr, _ := netip.AddrFromSlice(index.FillBytes(bytes))
	return addr, nil
}

// calls are examples of the functions whose parameters are easily forgotten or mixed up.
var calls = map[string]string{
	"cidrhost": `cidrhost("198.51.100.0/24", 21), which is 198.51.100.21`,
	"replace":  `replace("a.b", ".", "-"), which is a-b`,
	"join":     `join(", ", ["a", "b"]), which is a, b`,
	"split":    `split(",", "a,b"), which is ["a", "b"]`,
	"substr":   `substr("edge1", 0, 4), which is edge`,
	"lookup":   `lookup({ a = "x" }, "a", "y"), which is x`,
	"element":  `element(["a", "b"], 0), which is a`,
	"format":   `format("edge%d", 1), which is edge1`,
}

// wrongCount says how many values a function takes that was called with another number of them.
func wrongCount(call *hclsyntax.FunctionCallExpr, f function.Function) string {
	plural := func(n int) string { return map[bool]string{true: "value", false: "values"}[n == 1] }
	takes, least := len(f.Params()), ""
	if f.VarParam() != nil {
		least = "at least "
	}
	text := fmt.Sprintf("%s takes %s%d %s in its parentheses, with commas between them, not %d.", call.Name, least,
		takes, plural(takes), len(call.Args))
	if takes == 0 && len(call.Args) > 0 {
		text = fmt.Sprintf("%s takes no values in its parentheses.", call.Name)
	}
	if example := calls[call.Name]; example != "" {
		return text + " Write it such as " + example
	}
	return text
}
