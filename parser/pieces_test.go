package parser

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// inPieces parses a text in pieces of at least a number of bytes, and as one. What it
// returns is every node with its place, or that there are errors.
func inPieces(t *testing.T, text string, atLeast int) (pieces, whole string, n int) {
	t.Helper()
	defer func(bytes, tokens int) { pieceBytes, pieceTokens = bytes, tokens }(pieceBytes, pieceTokens)
	pieceBytes, pieceTokens = atLeast, 1<<30
	file := File{Name: "a", Text: []byte(text)}
	defer func(old int) { keptBytes = old }(keptBytes)
	keptBytes = len(text)
	ends := surveyText(file.Text).ends
	all := newOutline()
	diags := all.add(&file, ends)
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	for i, c := range all.chunks {
		if i == 0 {
			body.SrcRange = c.body.SrcRange
		}
		for _, block := range c.body.Blocks {
			if block.Type == "locals" && len(block.Labels) == 0 { // it is kept for itself
				block.Body, all.locals = all.locals[0].Body.(*hclsyntax.Body), all.locals[1:]
			}
		}
		maps.Copy(body.Attributes, c.body.Attributes)
		body.Blocks = append(body.Blocks, c.body.Blocks...)
		body.SrcRange.End, body.EndRange = c.body.SrcRange.End, c.body.EndRange
	}
	one, oneDiags := hclsyntax.ParseConfig(file.Text, file.Name, hcl.InitialPos)
	return nodes(body, diags), nodes(one.Body.(*hclsyntax.Body), oneDiags), len(ends)
}

func nodes(body *hclsyntax.Body, diags hcl.Diagnostics) string {
	if diags.HasErrors() {
		return "errors"
	}
	var out strings.Builder
	fmt.Fprintln(&out, body.Range(), body.MissingItemRange())
	show := func(node hclsyntax.Node) hcl.Diagnostics {
		if _, top := node.(*hclsyntax.Body); !top { // they are visited as a map, and have no order
			fmt.Fprintf(&out, "%T %v\n", node, node.Range())
		}
		if block, ok := node.(*hclsyntax.Block); ok {
			fmt.Fprintln(&out, block.Type, block.Labels, block.LabelRanges, block.DefRange())
		}
		if literal, ok := node.(*hclsyntax.LiteralValueExpr); ok {
			fmt.Fprintf(&out, "%#v\n", literal.Val)
		}
		return nil
	}
	for _, attr := range inOrder(attributes(body)) {
		fmt.Fprintln(&out, attr.Name, attr.Range, attr.NameRange)
		hclsyntax.VisitAll(body.Attributes[attr.Name].Expr, show)
	}
	for _, block := range body.Blocks {
		fmt.Fprintln(&out, block.Type, block.Labels, block.LabelRanges, block.DefRange(), block.Body.Range())
		fmt.Fprint(&out, nodes(block.Body, nil))
	}
	return out.String()
}

func attributes(body *hclsyntax.Body) hcl.Attributes {
	out := hcl.Attributes{}
	for name, attr := range body.Attributes {
		out[name] = attr.AsHCLAttribute()
	}
	return out
}

// TestParseInParts: a block that is parsed some lines at a time is the block, and what has a finding is left to others.
func TestParseInParts(t *testing.T) {
	defer func(old int) { pieceBytes = old }(pieceBytes)
	pieceBytes = 1
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{"locals {\n  a = 1 + 1\n  b = <<E\n}\nE\n  c = [\n1 + 1,\n]\n  # }\n  d = \"${1}\" # é }\n\n}\n", true},
		{"a \"b\" {\n  c = 1 + 1\n  d {\n    e = 1.5\n  }\n\n  d {}\n  f = x[0] /* y\n*/\n  } # end\n\n", true},
		{"locals {\n  a = " + deep(maxOpen-1) + "\n  b = -1\n}\n", true},
		{"locals {\n  b = -1\n  a = " + deep(maxOpen) + "\n}\n", false},
		{"locals {\n  a = -1\n  a = -2\n}\n", false},
		{"locals {\n  a = -1\n  b = -2 }\n", false},
		{"locals {\n  a = -1\n  b = -2\n/* */ }\n", false},
		{"locals {\n  a = -1\n  b = (\n}\n", false},
		{"locals {\n  a = -1\n  b = 1 1\n}\n", false},
		{"locals {\n  a = -1\n  b = 1\n} x\n", false},
		{"locals { a = -1\n  b = 1\n}\n", false},
		{"locals {\n  a = -1\n  b = 1\n}\nlocals {\n}\n", false},
		{"a = {\n  a = -1\n  b = 1\n}\n", false},
		{"locals {}\n", false},
	} {
		for _, start := range []hcl.Pos{hcl.InitialPos, {Line: 7, Column: 1, Byte: 100}} {
			body, ok := parseInParts(File{Name: "a", Text: []byte(test.text)}, start)
			if ok != test.ok {
				t.Errorf("%q: %t", test.text, ok)
			}
			if ok {
				one, diags := hclsyntax.ParseConfig([]byte(test.text), "a", start)
				noDiff(t, nodes(body, nil), nodes(one.Body.(*hclsyntax.Body), diags))
			}
		}
	}
}

// tokensOf counts what a survey estimates.
func tokensOf(text string) int {
	tokens, _ := hclsyntax.LexConfig([]byte(text), "a", hcl.InitialPos)
	n, blank, open := 0, 0, 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			open--
		}
		if open == 0 && (token.Type == hclsyntax.TokenNewline || token.Type == hclsyntax.TokenComment) {
			blank++
		} else if token.Type != hclsyntax.TokenEOF {
			n++
		}
	}
	return n + blank/2
}

// A spec that is read in pieces is the spec.
func TestPieces(t *testing.T) {
	paths, err := filepath.Glob("../specs/*/*.edge.hcl")
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	cuts := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pieces, whole, n := inPieces(t, string(text), 1)
		cuts += n
		if strings.HasPrefix(filepath.Base(filepath.Dir(path)), "bad-") && whole != "errors" && pieces == "errors" {
			continue // what this package refuses before hclsyntax does
		}
		noDiff(t, pieces, whole)
	}
	if cuts < 10*len(paths) {
		t.Errorf("%d pieces of %d files", cuts, len(paths))
	}
}

// tricky is what can hide where a block ends.
var tricky = []string{
	"a", "b = ", "1", "\"", "\"", "\"x\"", "${", "%{", "}", "{", "[", "]", "(", ")", "\n", "\n", "\n", "<<E\n", "<<-E\n", "\nE\n", "E\n", " E\r\n",
	"#", "//", "/*", "*/", "\\", "\\\"", "$", "%", "$${", "%%{", "\r\n", " ", "\ufeff", "é", "<<", "E", "if true", "endif", "~", "a {}\n", "b = 1\n", "c \"x\" {\n}\n",
	"d = <<E\nx ${1}\nE\n", "e = \"${[1]}\"\n", "f = [\n1,\n]\n", "# x\n", "/* {\n */\n",
}

func TestPiecesOfRandomText(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 3))
	whole, cut := 0, 0
	for i := range 5000 {
		from := tricky
		if i%2 == 0 {
			from = tricky[len(tricky)-9:] // whole blocks and arguments
		}
		var text strings.Builder
		for range rng.IntN(10) {
			text.WriteString(from[rng.IntN(len(from))])
		}
		if i%8 == 0 {
			text.WriteString(tricky[rng.IntN(len(tricky))])
		}
		got, want, n := inPieces(t, text.String(), 1)
		if got != want {
			t.Fatalf("%q in %d pieces:\n%s\nwant\n%s", text.String(), n, got, want)
		}
		if want != "errors" {
			whole++
			if n > 2 {
				cut++
			}
		}
		if about, real := surveyText([]byte(text.String())).tokens, tokensOf(text.String()); want != "errors" && about < real {
			t.Fatalf("%q: about %d tokens, and hclsyntax makes %d", text.String(), about, real)
		}
	}
	if whole < 500 || cut < 300 {
		t.Errorf("%d texts without errors, %d in pieces: the test tries too little", whole, cut)
	}
}

// TestSurveyWork: a line end is looked for once, however many heredocs could begin in the line and
// whatever templates a line of one has.
func TestSurveyWork(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("<<", 100_000),
		strings.Repeat("<<a ", 100_000),
		strings.Repeat("<<-a$", 100_000) + "\n",
		"a = <<E\n" + strings.Repeat("${1}", 100_000) + "\nE\n",
		"a = <<E\n" + strings.Repeat("%{if x}", 100_000) + "\nE\n",
	} {
		s := newSurveyor([]byte(text))
		if s.survey(); s.looks > len(text) {
			t.Errorf("%.20q of %d bytes: looked at %d for line ends", text, len(text), s.looks)
		}
	}
}

// TestOpenComment: nothing behind the mark of a comment without an end is looked at.
func TestOpenComment(t *testing.T) {
	text := "a = 1\n  é /* " + strings.Repeat("/* ", 100_000) + "\n)"
	diags := Syntax(File{Name: "a", Text: []byte(text)})
	noDiff(t, shown(diags), []string{`EP1001 a:2,5-7: This comment has no end: write */ where it ends.`})
	if s := surveyText([]byte(text)); s.tokens > 10 || s.open != strings.Index(text, "/*") {
		t.Errorf("%d tokens, open at %d", s.tokens, s.open)
	}
	for _, closed := range []string{"/* /* */\n", "a = \"/*\"\n", "# /*\n", "a = <<E\n/*\nE\n"} {
		if diags := Syntax(File{Name: "a", Text: []byte(closed)}); len(diags) > 0 {
			t.Errorf("%q: %v", closed, shown(diags))
		}
	}
}

// TestRunsOfCharacters: a survey counts as many tokens as hclsyntax makes of a row of anything.
func TestRunsOfCharacters(t *testing.T) {
	runs := []string{"1-", "1a", "a-", "-a", "--a1", "1_", "é-", "€", "\u0301", "<", "<-", "a.", "1.", "$", "%", "\\", "😀"}
	for c := byte('!'); c < 0x7f; c++ {
		runs = append(runs, string(c))
	}
	for _, run := range runs {
		if strings.ContainsAny(run, ")]}#") {
			continue // which end the text, or the line
		}
		n := 1000
		if strings.ContainsAny(run, "([{") {
			n = maxOpen - 5 // more of them are a mistake, behind which nothing is looked at
		}
		text := "a = " + strings.Repeat(run, n) + "\n"
		tokens, _ := hclsyntax.LexConfig([]byte(text), "a", hcl.InitialPos)
		if about := surveyText([]byte(text)).tokens; about < len(tokens)-2 { // the line end, which counts half, and that of the text
			t.Errorf("%q: about %d tokens, and hclsyntax makes %d", run, about, len(tokens))
		}
	}
}
