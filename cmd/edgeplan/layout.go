package main

import (
	"bytes"
	"errors"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// formatted is a text that can be parsed, as hclwrite formats it. Templates of more than one
// line, which all heredocs are, stay as they are: hclwrite takes a line that ends inside one
// for the end of a block, and moves all that follows to the left.
func formatted(text []byte) ([]byte, error) {
	mark, old := cutMark(text)
	held := templates(old)
	masked := swap(old, held, func(i int) []byte {
		if bytes.ContainsRune(held[i].of(old), '\n') {
			return []byte(`""`)
		}
		return held[i].of(old)
	})
	masked = hclwrite.Format(masked)
	found := templates(masked)
	if len(found) != len(held) {
		return nil, errLayout
	}
	out := swap(masked, found, func(i int) []byte {
		if whole := held[i].of(old); bytes.ContainsRune(whole, '\n') {
			return whole
		}
		return found[i].of(masked)
	})
	if !sameTokens(old, out) {
		return nil, errLayout
	}
	return append(slices.Clip(mark), out...), nil
}

var errLayout = errors.New("internal error: formatting would change more than blanks")

// cutMark parts a text from its byte order mark, which hclwrite would spoil.
func cutMark(text []byte) (mark, rest []byte) {
	bom := []byte("\ufeff")
	if rest, ok := bytes.CutPrefix(text, bom); ok {
		return bom, rest
	}
	return nil, text
}

// span is a part of a text, in bytes.
type span struct{ start, end int }

func (s span) of(text []byte) []byte { return text[s.start:s.end] }

// templates are the quoted strings and heredocs of a text, without those inside others.
func templates(text []byte) []span {
	var out []span
	depth, start := 0, 0
	for _, token := range lexed(text) {
		switch token.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			if depth == 0 {
				start = token.Range.Start.Byte
			}
			depth++
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			if depth--; depth == 0 {
				out = append(out, span{start, token.Range.End.Byte})
			}
		}
	}
	return out
}

// swap returns a text with another one in each of the spans.
func swap(text []byte, spans []span, with func(int) []byte) []byte {
	var out bytes.Buffer
	at := 0
	for i, s := range spans {
		out.Write(text[at:s.start])
		out.Write(with(i))
		at = s.end
	}
	out.Write(text[at:])
	return out.Bytes()
}

func lexed(text []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	return tokens
}

// sameTokens tells whether two texts differ at most in the blanks between tokens.
func sameTokens(a, b []byte) bool {
	return slices.EqualFunc(lexed(a), lexed(b), func(x, y hclsyntax.Token) bool {
		return x.Type == y.Type && bytes.Equal(x.Bytes, y.Bytes)
	})
}
