package parser

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// formatted is a text formatted in pieces of a length at least, and how many pieces there are.
func formatted(t *testing.T, text string, atLeast int) (string, int) {
	t.Helper()
	defer func(bytes, tokens int) { pieceBytes, pieceTokens = bytes, tokens }(pieceBytes, pieceTokens)
	pieceBytes, pieceTokens = atLeast, 1<<30
	got, err := Format([]byte(text))
	if err != nil {
		t.Fatalf("%v:\n%q", err, text)
	}
	s := newSurveyor([]byte(text))
	s.deepest = anyDepth
	return string(got), len(s.survey().ends)
}

// TestFormatLongLine: lines are aligned with one that is much longer as long as that makes no text of another size.
func TestFormatLongLine(t *testing.T) {
	for _, test := range []struct{ long, lines int }{{1000, 1000}, {100_000, 9}, {100_000, 30_000}, {500_000, 5000}} {
		for _, text := range []string{
			"a = \"" + strings.Repeat("x", test.long) + "\" # x\n" + strings.Repeat("b {} # x\n", test.lines),
			"a = {\n\"" + strings.Repeat("x", test.long) + "\" = 1\n" + strings.Repeat("b = 1\n", test.lines) + "}\n",
		} {
			got, _ := formatted(t, text, 1<<15)
			if most := 1<<20 + 10*len(text); len(got) > most {
				t.Errorf("%d bytes become %d, more than %d", len(text), len(got), most)
			}
			if again, _ := formatted(t, got, 1<<15); again != got {
				t.Errorf("a line of %d bytes and %d others: the result is formatted otherwise", test.long, test.lines)
			}
			if test.long*test.lines <= 1<<20 && got != string(hclwrite.Format([]byte(text))) {
				t.Errorf("a line of %d bytes and %d others are formatted otherwise than by hclwrite", test.long, test.lines)
			}
		}
	}
}

// TestFormatTokens: between any two tokens that can follow each other there is a blank where hclwrite makes one.
func TestFormatTokens(t *testing.T) {
	parts := []string{
		"a", "b", "in", "if", "1", "2", "\"x\"", "\"${a}\"", "\"${ {a=1} }\"", "\"%{ if a }x%{ endif }\"", "-", "!", "+", "*", "/", "%", "==", "<", ">=",
		"&&", "||", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", "...", "=>", "=", "::", "f(", "x[", ".*", "[*]", " ", "\t", "/* c */", "\n", "null",
		"[for x in [1] : x]", "{for k, v in a : k => v...}",
	}
	rng := rand.New(rand.NewPCG(3, 3))
	tried := 0
	for range 60_000 {
		var expr string
		for range 1 + rng.IntN(8) {
			expr += parts[rng.IntN(len(parts))] + strings.Repeat(" ", rng.IntN(2))
		}
		text := "q = " + expr + "\n"
		if rng.IntN(3) == 0 {
			text = "q = [\n" + expr + ",\n" + expr + "\n] # c\nlong = 1 # d\n"
		}
		if Syntax(File{Name: "a", Text: []byte(text)}).HasErrors() {
			continue
		}
		tried++
		got, n := formatted(t, text, 1)
		if want := string(hclwrite.Format([]byte(text))); got != want {
			t.Fatalf("%q in %d pieces:\n%s\nhclwrite makes\n%s", text, n, got, want)
		}
		if again, _ := formatted(t, got, 1); again != got {
			t.Fatalf("%q:\n%s\nand formatted again\n%s", text, got, again)
		}
	}
	if tried < 2_000 {
		t.Errorf("%d texts: the test tries too little", tried)
	}
}

// TestFormatPieces: a text that is formatted line by line is formatted as at once.
func TestFormatPieces(t *testing.T) {
	paths, err := filepath.Glob("../specs/*/*.edge.hcl")
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	tried := 0
	try := func(text string) {
		if Syntax(File{Name: "a", Text: []byte(text)}).HasErrors() {
			return
		}
		want, _ := formatted(t, text, 1<<30)
		got, n := formatted(t, text, 1)
		tried += n
		if got != want {
			t.Fatalf("%q in %d pieces:\n%s\nwant\n%s", text, n, got, want)
		}
		if !strings.Contains(text, "<<") && !strings.Contains(text, "${") && want != string(hclwrite.Format([]byte(text))) {
			t.Fatalf("%q:\n%s\nhclwrite makes\n%s", text, want, hclwrite.Format([]byte(text)))
		}
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		try(string(text))
	}
	items := []string{
		"a$ = 1\n", "bcd$ = \"é\" # why\n", "x {} # x\n", "long {} // y\n", "# line\n", "\n", "/* a\n\tb é */\n", "e$ = /* a\r\n ö */ 2 # z\n",
		"g$ = [\n", "{ h = 1 }, # one\n", "{\ni = 2\n  jkl = 3 }, {\n m = 4\n},\n", "{ n = 5,\n o = [[\n1\n] ] },\n", "{ p = [ [1], [\n 2 ]] },\n",
		"b \"l\" {\n", "b {\n", "  c { # c\n", "}\n", "} # end\n", "h$ = <<E\n  x {\nE\n", "h$ = <<-E\n  ${[\n 1][0]} }\n  E\n", "q$ = \"${\n1}\" # q\n", "r$ = <<E\n E\n",
	}
	rng := rand.New(rand.NewPCG(5, 8))
	for range 1500 {
		text, open := "", ""
		for n := range rng.IntN(14) {
			item := strings.ReplaceAll(items[rng.IntN(len(items))], "$", string(rune('a'+n)))
			item = strings.ReplaceAll(item, string(rune('a'+n))+"{", "${")
			// Only what can follow: elements in lists, and in lists nothing else.
			inList := strings.HasSuffix(open, "]")
			switch element := strings.HasPrefix(item, "{"); {
			case item[0] == '}':
				if open == "" || inList {
					continue
				}
				open = open[:len(open)-1]
			case item[0] == '#' || item[0] == '\n' || item[0] == '/':
			case element != inList:
				continue
			case strings.HasSuffix(item, "[\n") && !element:
				open += "]"
			case strings.HasPrefix(item, "b ") || strings.HasPrefix(item, "  c "):
				open += "}"
			}
			text += item
			if inList && rng.IntN(3) == 0 {
				text, open = text+"]\n", open[:len(open)-1]
			}
		}
		for i := len(open) - 1; i >= 0; i-- {
			text += open[i:i+1] + "\n"
		}
		try(text)
	}
	t.Logf("%d pieces", tried)
	if tried < 8_000 {
		t.Errorf("%d pieces: the test tries too little", tried)
	}
}
