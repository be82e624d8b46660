package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// FuzzFmt: a spec that can be parsed is formatted, once and for all; nothing but blanks
// between tokens goes or comes; findings and packages are those of before. With a seed that
// is not 0 the spec gets heredocs, templates, dynamic blocks, comments and blanks first.
func FuzzFmt(f *testing.F) {
	seed := uint64(0)
	addFolders(f, func(archive []byte) {
		f.Add(archive, uint64(0))
		seed++
		f.Add(archive, seed)
	})
	f.Fuzz(func(t *testing.T, archive []byte, seed uint64) {
		if len(archive) > 64<<10 {
			t.Skip("longer than what an execution has time for")
		}
		folder, specs := unpacked(archive)
		if specs == nil {
			return
		}
		if seed != 0 {
			rng := rand.New(rand.NewPCG(seed, 1))
			for i := range specs {
				specs[i].Text = untidy(rng, specs[i].Text)
			}
		}
		after := slices.Clone(specs)
		for i, file := range specs {
			if parser.Syntax(file).HasErrors() {
				return
			}
			after[i].Text = checkLayout(t, file.Text)
		}
		if before, after := outcome(t, folder, specs), outcome(t, folder, after); before != after {
			t.Errorf("the plans differ:\n%s\n---- after\n%s", before, after)
		}
	})
}

// checkLayout returns a formatted text.
func checkLayout(t *testing.T, text []byte) []byte {
	t.Helper()
	laid, err := parser.Format(text)
	if err != nil {
		t.Fatalf("%v:\n%q", err, text)
	}
	// with more, lines may be left unaligned
	if whole := formattedAtOnce(text); len(whole) < 1<<20 && !bytes.Equal(laid, whole) {
		t.Errorf("hclwrite formats it otherwise:\n%s\n---- hclwrite\n%s", laid, whole)
	}
	if again, err := parser.Format(laid); err != nil || !bytes.Equal(again, laid) {
		t.Errorf("formatted twice: %v\n%s\n---- again\n%s", err, laid, again)
	}
	if found := parser.Syntax(parser.File{Name: "a.edge.hcl", Text: laid}); found.HasErrors() {
		t.Errorf("cannot be parsed any more: %v\n%s", found, laid)
	}
	return laid
}

// formattedAtOnce is what hclwrite makes of a text with all templates of more than one line masked.
func formattedAtOnce(text []byte) []byte {
	mark, old := cutMark(text)
	held := templates(old)
	masked := hclwrite.Format(swap(old, held, func(i int) []byte {
		if bytes.ContainsRune(held[i].of(old), '\n') {
			return []byte(`""`)
		}
		return held[i].of(old)
	}))
	found := templates(masked)
	return append(slices.Clip(mark), swap(masked, found, func(i int) []byte {
		if whole := held[i].of(old); bytes.ContainsRune(whole, '\n') {
			return whole
		}
		return found[i].of(masked)
	})...)
}

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

// outcome is what is found in a spec and all that is built of it, but for the columns of
// findings and the digest of the spec.
func outcome(t *testing.T, folder fs.FS, specs []parser.File) string {
	t.Helper()
	spec, _, diags := parser.Parse(folder, specs)
	spec.Digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	var plans []*plan.Plan
	if !diags.HasErrors() {
		found := diags
		plans, diags = compiler.Compile(spec)
		diags = append(diags, found...)
	}
	var out bytes.Buffer
	for _, d := range diag.Sort(diags) {
		line := 0
		if d.Subject != nil {
			line = d.Subject.Start.Line
		}
		fmt.Fprintf(&out, "%s at line %d: %s\n", diag.Of(d), line, d.Detail)
	}
	for _, p := range plans {
		artifacts, err := emit.All(p)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %s\n%s", p.Name, p.ID, emit.Sums(artifacts).Bytes())
	}
	return out.String()
}
