package diag

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Import gives each diagnostic of the hcl library one of our codes and that code's
// summary; hcl's detail stays, since it names what is wrong. Diagnostics that have
// a code pass unchanged. The result's subjects are set; a diagnostic that has no place at
// all has the zero Range. The input stays as it is.
func Import(diags hcl.Diagnostics) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		switch {
		case d == nil:
		case Of(d) != "":
			out = append(out, d)
		default:
			out = append(out, imported(d))
		}
	}
	return out
}

func imported(d *hcl.Diagnostic) *hcl.Diagnostic {
	detail := d.Detail
	if detail == "" {
		detail = d.Summary
	}
	own := New(codeOfHCL(d.Summary), subject(d), detail)
	// The rule of the code says error, which would stop a plan for what hcl lets pass.
	if d.Severity == hcl.DiagWarning {
		own.Severity = hcl.DiagWarning
	}
	own.Context, own.Expression, own.EvalContext = d.Context, d.Expression, d.EvalContext
	return own
}

func subject(d *hcl.Diagnostic) *hcl.Range {
	switch {
	case d.Subject != nil:
		return d.Subject
	case d.Context != nil:
		return d.Context
	case d.Expression != nil:
		return d.Expression.Range().Ptr()
	}
	// Not nil: a finding of hcl always has a subject, so callers need not ask.
	return &hcl.Range{}
}

const (
	syntaxError      Code = "EP1001"
	unknownArgument  Code = "EP1002"
	unknownBlockType Code = "EP1003"
	missingArgument  Code = "EP1004"
	wrongType        Code = "EP1005"
	unknownReference Code = "EP1006"
	duplicateBlock   Code = "EP1007"
)

// codeOfHCL maps a summary of hcl, hclsyntax, gohcl, hcldec or ext/dynblock (as of
// 2.25) to a code. What is not in the table comes from the scanner or parser, or is
// about the form of a block: a syntax error.
func codeOfHCL(summary string) Code {
	if code, ok := hclCodes[summary]; ok {
		return code
	}
	// These hold the name of a block type. "Missing newline after block definition"
	// and "Missing name for site" (a label) are not among them.
	for _, p := range hclPatterns {
		if strings.HasPrefix(summary, p.prefix) && strings.HasSuffix(summary, p.suffix) {
			return p.code
		}
	}
	return syntaxError
}

var hclPatterns = []struct {
	prefix, suffix string
	code           Code
}{
	{"Missing ", " block", missingArgument},
	{"Insufficient ", " blocks", missingArgument},
	{"Duplicate ", " block", duplicateBlock},
	{`Unexpected "`, `" block`, unknownBlockType},
	{"Unconsistent argument types in ", " blocks", wrongType}, // hcl's spelling
}

var hclCodes = map[string]Code{
	"Unsupported argument":            unknownArgument,
	"Extraneous JSON object property": unknownArgument,

	"Unsupported block type": unknownBlockType,

	"Missing required argument": missingArgument,

	"Attempt to get attribute from null value": wrongType,
	"Attempt to index null value":              wrongType,
	"Condition is null":                        wrongType,
	"Duplicate object key":                     wrongType,
	"Error in function call":                   wrongType,
	"Inconsistent conditional result types":    wrongType,
	"Incorrect JSON value type":                wrongType,
	"Incorrect attribute value type":           wrongType,
	"Incorrect condition type":                 wrongType,
	"Incorrect key type":                       wrongType,
	"Invalid 'for' condition":                  wrongType,
	"Invalid attribute value":                  wrongType,
	"Invalid dynamic block label":              wrongType,
	"Invalid dynamic for_each value":           wrongType,
	"Invalid expanding argument value":         wrongType,
	"Invalid function argument":                wrongType,
	"Invalid object key":                       wrongType,
	"Invalid operand":                          wrongType,
	"Invalid template interpolation value":     wrongType,
	"Iteration over non-iterable value":        wrongType,
	"Iteration over null value":                wrongType,
	"Not enough function arguments":            wrongType,
	"Null condition":                           wrongType,
	"Null value as key":                        wrongType,
	"Operation failed":                         wrongType,
	"Splat of null value":                      wrongType,
	"Too many function arguments":              wrongType,
	"Transform function failed":                wrongType,
	"Unsuitable value type":                    wrongType,

	"Call to unknown function":        unknownReference,
	"Function calls not allowed":      unknownReference,
	"Invalid index":                   unknownReference,
	"Missing map element":             unknownReference,
	"Reference to undefined variable": unknownReference,
	"Unknown variable":                unknownReference,
	"Unsupported attribute":           unknownReference,
	"Variables not allowed":           unknownReference,

	"Attribute redefined": duplicateBlock,
	"Duplicate argument":  duplicateBlock,
}
