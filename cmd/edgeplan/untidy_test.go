package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// untidy returns a spec with the same meaning, written as no author should: odd blanks,
// comments wherever they may be, values as heredocs and templates of many lines, line
// ends of Windows.
func untidy(rng *rand.Rand, text []byte) []byte {
	mark, text := cutMark(text)
	u := &untidier{rng: rng}
	tokens := lexed(text)
	depth := 0
	for i, token := range tokens {
		if depth == 0 {
			u.gap(tokens, i, text)
		}
		switch token.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		case hclsyntax.TokenNewline:
			if depth == 0 {
				u.lineEnd(tokens, i)
				continue
			}
		}
		u.out.Write(token.Bytes)
		if depth > 0 && i+1 < len(tokens) { // blanks in templates are those of before
			u.out.Write(text[token.Range.End.Byte:tokens[i+1].Range.Start.Byte])
		}
	}
	out := u.values(u.out.Bytes())
	if rng.IntN(3) == 0 {
		out = bytes.ReplaceAll(bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	return append(slices.Clone(mark), out...)
}

type untidier struct {
	rng *rand.Rand
	out bytes.Buffer
}

func (u *untidier) one(texts ...string) string { return texts[u.rng.IntN(len(texts))] }

// gap writes what is before token i.
func (u *untidier) gap(tokens hclsyntax.Tokens, i int, text []byte) {
	start := 0
	if i > 0 {
		start = tokens[i-1].Range.End.Byte
		if tokens[i-1].Type == hclsyntax.TokenCHeredoc {
			return // the end of its line
		}
	}
	switch was := text[start:tokens[i].Range.Start.Byte]; {
	case u.rng.IntN(12) == 0:
		u.out.WriteString(u.one(" /* one */ ", "/* two\n  lines */", "/**/", "\t/* a = { */"))
	case len(was) > 0:
		u.out.WriteString(u.one(" ", "\t", "   ", " \t ", string(was)))
	case tokens[i].Type == hclsyntax.TokenNewline || u.rng.IntN(4) == 0:
		u.out.WriteString(u.one("", " ", "  ", "\t"))
	}
}

// lineEnd writes token i, which is the end of a line.
func (u *untidier) lineEnd(tokens hclsyntax.Tokens, i int) {
	if i > 0 && tokens[i-1].Type == hclsyntax.TokenCHeredoc {
		u.out.WriteString("\n")
		return
	}
	switch u.rng.IntN(10) {
	case 0:
		u.out.WriteString(u.one(" # one }", "// two {", "#", " # \"three", " # <<EOT") + "\n")
	case 1:
		u.out.WriteString("\n" + u.one("# line\n", "\n\n", "  \t\n", "  // a = [\n", "/* block\n comment */\n"))
	default:
		u.out.WriteString("\n")
	}
}

// values writes some of the strings that are the values of arguments in another way.
func (u *untidier) values(text []byte) []byte {
	tokens := lexed(text)
	var places []span
	for i := 3; i < len(tokens); i++ {
		if tokens[i-3].Type == hclsyntax.TokenEqual && tokens[i-2].Type == hclsyntax.TokenOQuote &&
			tokens[i-1].Type == hclsyntax.TokenQuotedLit && tokens[i].Type == hclsyntax.TokenCQuote &&
			!bytes.ContainsAny(tokens[i-1].Bytes, "\\$%") && len(bytes.TrimSpace(tokens[i-1].Bytes)) == len(tokens[i-1].Bytes) && u.rng.IntN(3) == 0 {
			places = append(places, span{tokens[i-2].Range.Start.Byte, tokens[i].Range.End.Byte})
		}
	}
	return swap(text, places, func(i int) []byte { return []byte(u.value(string(places[i].of(text)))) })
}

// value is an expression for a string, which is given in quotes.
func (u *untidier) value(quoted string) string {
	bare := strings.Trim(quoted, `"`)
	other := fmt.Sprintf(u.one(
		"trimspace(<<EOT\n   %[1]s\n  EOT\n)",
		"trimspace(<<-EOT\n      %[1]s\n    EOT\n)",
		"trimspace(<<EOT\n%%{ if true ~}\n  ${ %[2]s }\n%%{ else ~}\n   x }  {\n%%{ endif ~}\nEOT\n)",
		"trimspace(<<EOT\n${\n%[2]s # why\n}\n\n  EOT\n)",
		"trimspace(<<EOT\n  ${[\n    \"a\",\n %[2]s][1]}\nEOT\n  )",
		"\"${\n     %[2]s\n}\"",
		"\"${ %[2]s   }\"",
		"[for x in   [%[2]s]:x][0]",
		"{\na= %[2]s\n   # why\n}.a",
		"lower(\"A\")==\"a\"?%[2]s:<<EOT\n  }\nEOT\n",
	), bare, quoted)
	return other
}

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
