package parser

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// The HCL parser calls itself for every bracket, template, unary operator and
// conditional inside another one, and Go ends the process when the stack is full.
// So the tokens, which are read without recursion, are counted first.
const (
	maxOpen  = 250  // brackets and quotes open at one place
	maxChain = 1000 // operators that nest without a bracket, in one expression
)

// checkDepth returns a finding if the file nests deeper than the parser should go.
func checkDepth(file File) *hcl.Diagnostic {
	tokens, _ := hclsyntax.LexConfig(file.Text, file.Name, hcl.InitialPos)
	open, round, chain := 0, 0, 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			open++
		case hclsyntax.TokenTemplateInterp:
			open++
		case hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
			open, round = open+1, round+1
		case hclsyntax.TokenCBrack, hclsyntax.TokenCParen:
			open, round = open-1, round-1
		case hclsyntax.TokenCBrace, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			open--
		case hclsyntax.TokenTemplateControl:
			open, chain = open+1, chain+1
		case hclsyntax.TokenQuestion, hclsyntax.TokenBang, hclsyntax.TokenMinus:
			chain++
		case hclsyntax.TokenNewline:
			if round <= 0 {
				round, chain = 0, 0
			}
		}
		if open > maxOpen || chain > maxChain {
			return diag.New(codeTooDeep, &token.Range, fmt.Sprintf("More than %d brackets or %d operators are nested here. Split the expression; a local can hold a part of it.", maxOpen, maxChain))
		}
	}
	return nil
}
