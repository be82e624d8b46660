package parser

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// The HCL parser calls itself for every bracket, template, unary operator and
// conditional inside another one, its expressions do so for every operator and index
// in a chain, and Go ends the process when the stack is full. So the tokens, which
// are read without recursion, are counted first.
const (
	maxOpen     = 64   // brackets and quotes open at one place
	maxChain    = 1000 // operators that nest without a bracket, in one expression
	maxDigits   = 1000 // of a number
	maxExponent = 999  // of a number; to print 1e600000000 takes hours
	maxName     = 1000 // bytes of a name outside of quotes
	maxPieces   = 1024 // of one string; hcl joins them in the square of their number
)

// level is an open bracket, quote or template sequence.
type level struct {
	lines  bool // a newline ends an expression here
	chain  int  // operators since the start of the expression
	pieces int  // of text: one for each line, $ and %
}

// depth counts what is open while it reads tokens.
type depth struct {
	levels []level
	chain  int  // sum of those of the levels
	brace  bool // { is the last token but line ends and comments
}

func (d *depth) open(lines bool) { d.levels = append(d.levels, level{lines: lines}) }

// close ignores a bracket too many, which must not make room for others.
func (d *depth) close() {
	// a bracket too many is hclsyntax's finding
	if last := len(d.levels) - 1; last > 0 {
		d.restart()
		d.levels = d.levels[:last]
	}
}

func (d *depth) nest() {
	d.levels[len(d.levels)-1].chain++
	d.chain++
}

// restart is called where an expression ends.
func (d *depth) restart() {
	last := &d.levels[len(d.levels)-1]
	d.chain -= last.chain
	last.chain = 0
}

// checkTokens returns a finding if the file nests deeper than the parser should go, has
// a number or string that is too large to work with, or characters that only look like
// those of the language. Around it so many brackets are open; closed tells whether these and no others
// are at the end of the text.
func checkTokens(file File, start hcl.Pos, inside int) (found *hcl.Diagnostic, closed bool) {
	d := depth{levels: []level{{lines: true}}}
	for range inside {
		d.open(true)
	}
	var odd typography
	for tokens := range lexedInParts(file, start) {
		for i := range tokens {
			d.read(tokens[i:])
			odd.see(&tokens[i], tokens[:i])
			if found := d.tooDeep(&tokens[i]); found != nil {
				return found, false
			}
		}
	}
	// Look-alikes last: in a file that nests too deep they are no more what is wrong with it.
	return odd.finding(), len(d.levels) == 1+inside
}

// tooDeep returns a finding if what has been read is too deep with its last token, or if that is too large.
func (d *depth) tooDeep(token *hclsyntax.Token) *hcl.Diagnostic {
	switch {
	// The first level is the file itself.
	case len(d.levels) > maxOpen+1 || d.chain > maxChain:
		return diag.New(codeTooDeep, &token.Range, fmt.Sprintf("More than %d brackets or %d operators are nested "+
			"here. Split the expression; a local can hold a part of it.", maxOpen, maxChain))
	case d.levels[len(d.levels)-1].pieces > maxPieces:
		return diag.New(codeTooDeep, &token.Range, fmt.Sprintf("This string has more than %d lines, $ and %% "+
			"together. Shorten it, or join parts of it with ${}.", maxPieces))
	case token.Type == hclsyntax.TokenIdent && len(token.Bytes) > maxName:
		return diag.New(codeTooDeep, &token.Range, fmt.Sprintf("A name may have at most %d bytes.", maxName))
	case token.Type == hclsyntax.TokenNumberLit && hugeNumber(token.Bytes):
		return diag.New(codeTooDeep, &token.Range, fmt.Sprintf("A number may have at most %d digits and an "+
			"exponent from -%d to %d.", maxDigits, maxExponent, maxExponent))
	}
	return nil
}

// read counts the first of some tokens.
func (d *depth) read(tokens hclsyntax.Tokens) {
	// A for expression in braces may have line ends anywhere, an object or a block ends an argument there. The word
	// for may be in the next part of the text.
	if t := tokens[0].Type; d.brace && t != hclsyntax.TokenNewline && t != hclsyntax.TokenComment {
		d.levels[len(d.levels)-1].lines = string(tokens[0].Bytes) != "for"
		d.brace = false
	}
	switch tokens[0].Type {
	case hclsyntax.TokenOBrace:
		d.open(true)
		d.brace = true
	case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenOParen:
		d.open(false)
	case hclsyntax.TokenOBrack:
		d.nest() // an index or splat, perhaps
		d.open(false)
	case hclsyntax.TokenTemplateControl:
		// the two ends close a marker, so they nest nothing
		if word := next(tokens); word != "endif" && word != "endfor" {
			d.nest()
		}
		d.open(false)
	case hclsyntax.TokenCBrace, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenCBrack,
		hclsyntax.TokenCParen,
		hclsyntax.TokenTemplateSeqEnd:
		d.close()
	case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit:
		// The lexer makes a token of each line of a string and of each $ and %, and hcl joins them one to the other.
		d.levels[len(d.levels)-1].pieces++
	case hclsyntax.TokenComma:
		// An element of a list is an expression of its own: the operators of the one before are not around it.
		d.restart()
	case hclsyntax.TokenNewline:
		if d.levels[len(d.levels)-1].lines {
			d.restart()
		}
	default:
		if slices.Contains(operators, tokens[0].Type) {
			d.nest()
		}
	}
}

var operators = []hclsyntax.TokenType{
	hclsyntax.TokenQuestion, hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenPlus, hclsyntax.TokenStar,
	hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenEqualOp,
	hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan,
	hclsyntax.TokenGreaterThanEq,
	hclsyntax.TokenDoubleColon, // no operator, but hcl joins a long name part by part
}

// next returns the text of the token after the first that is no newline or comment.
func next(tokens hclsyntax.Tokens) string {
	for _, token := range tokens[1:] {
		if token.Type != hclsyntax.TokenNewline && token.Type != hclsyntax.TokenComment {
			return string(token.Bytes)
		}
	}
	return ""
}

func hugeNumber(text []byte) bool {
	if len(text) > maxDigits {
		return true
	}
	// An exponent costs nothing to read, but hours to print.
	at := bytes.IndexAny(text, "eE")
	if at < 0 {
		return false
	}
	exponent, err := strconv.Atoi(string(text[at+1:]))
	// Atoi fails where the exponent itself has too many digits
	return err != nil || exponent < -maxExponent || exponent > maxExponent
}
