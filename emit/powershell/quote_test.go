package powershell

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

var quoteTable = []struct{ in, want string }{
	{"", "''"},
	{"Site2", "'Site2'"},
	{"O'Neill", "'O''Neill'"},
	{"'", "''''"},
	{"a`b$c\"d", "'a`b$c\"d'"},
	{"\u2019", "('' + [char]0x2019)"},
	{"Ren\u00e9 D\u2019Arc", "('Ren' + [char]0x00E9 + ' D' + [char]0x2019 + 'Arc')"},
	{"\r\n", "('' + [char]0x000D + [char]0x000A)"},
	{"\x00", "('' + [char]0x0000)"},
	{"\x7f", "('' + [char]0x007F)"},
	{"a\tb", "('a' + [char]0x0009 + 'b')"},
	{"\u2028", "('' + [char]0x2028)"},
	{"x\u202ey", "('x' + [char]0x202E + 'y')"},
	{"\U0001F600", "('' + [char]0xD83D + [char]0xDE00)"},
	{"--%", "('--' + '%')"}, // '--%' as an argument takes the rest of the line for text
	{"--%x", "'--%x'"},
	{"\uFFFD", "('' + [char]0xFFFD)"},
	{"'\u2018'", "('''' + [char]0x2018 + '''')"},
}

func TestQuote(t *testing.T) {
	for _, test := range quoteTable {
		if got, err := Quote(test.in); got != test.want || err != nil {
			t.Errorf("Quote(%q) = %s, %v; want %s", test.in, got, err, test.want)
		}
		checkQuote(t, test.in)
	}
	for _, r := range sample.Special {
		for _, s := range []string{string(r), "a" + string(r), string(r) + "a", "'" + string(r) + "'", strings.Repeat(string(r), 3)} {
			checkQuote(t, s)
		}
	}
	for r := rune(0); r <= 0x3100; r++ {
		checkQuote(t, "a"+string(r)+"b")
	}
}

var printable = regexp.MustCompile(`^[ -~]+$`)

func checkQuote(t *testing.T, s string) {
	t.Helper()
	got, err := Quote(s)
	if !utf8.ValidString(s) {
		checkOffset(t, s, got, err)
		return
	}
	if err != nil {
		t.Fatalf("Quote(%q): %v", s, err)
	}
	if !printable.MatchString(got) {
		t.Errorf("Quote(%q) = %q", s, got)
	}
	if back, err := evaluate(got); back != s || err != nil {
		t.Errorf("Quote(%q) = %s, which is %q, %v", s, got, back, err)
	}
}

// checkOffset: the error names the first byte that is not UTF-8.
func checkOffset(t *testing.T, s, got string, err error) {
	t.Helper()
	at := 0
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	if want := fmt.Sprintf("byte %d is not UTF-8", at); err == nil || err.Error() != want || got != "" {
		t.Errorf("Quote(%q) = %q, %v; want %q", s, got, err, want)
	}
}

// TestQuoteNotUTF8: a text with a half of a character, or other bytes that are no UTF-8,
// is refused with the offset of the first of them, alone and as a value of a plan.
func TestQuoteNotUTF8(t *testing.T) {
	for s, at := range sample.NotUTF8() {
		checkQuote(t, s)
		want := fmt.Sprintf("byte %d is not UTF-8", at)
		if _, err := Quote(s); err == nil || err.Error() != want {
			t.Errorf("Quote(%q): %v, want %s", s, err, want)
		}
		if script, err := Forward(spoiled(s)); err == nil || !script.IsNone() || !strings.HasSuffix(err.Error(), " is not UTF-8") {
			t.Errorf("a plan with %q: %v", s, err)
		}
	}
}

func FuzzQuote(f *testing.F) {
	for _, piece := range sample.Pieces() {
		f.Add(piece)
	}
	for s := range sample.NotUTF8() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkQuote(t, s)
		checkDefinitions(t, s)
	})
}

// hostileStrings are n of the hostile texts, from all over the list.
func hostileStrings(n int) []string {
	all := sample.Texts()
	out := make([]string, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}

func TestQuoteMany(t *testing.T) {
	texts := sample.Texts()
	distinct := map[string]bool{}
	for i, s := range texts {
		distinct[s] = true
		checkQuote(t, s)
		if i%10 == 0 {
			checkDefinitions(t, s)
		}
	}
	if len(distinct) < 10_000 {
		t.Errorf("only %d texts", len(distinct))
	}
	t.Logf("%d texts", len(distinct))
}

func TestCommand(t *testing.T) {
	call := cmdlet.Call{Name: "Set-CsSite", Params: []cmdlet.Param{cmdlet.Arg("Identity", "O'Neill \u2019"), cmdlet.Switch("Force")}}
	want := "Set-CsSite -Identity ('O''Neill ' + [char]0x2019) -Force"
	if got, err := typed(call); got != want || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	call.Params[0].Value = "ab\xff"
	if got, err := typed(call); got != "" || err == nil || err.Error() != "Set-CsSite -Identity: byte 2 is not UTF-8" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "a\r\nb": "a??b", "\u2019\t\x00": "???", "<# #>": "<? ?>", "<#>": "<?>", "<<##>>": "<<??>>", "\xff": "?",
		"12345678901234567890x": "12345678901234567...", "12345678901234567890": "12345678901234567890",
	} {
		if got := oneLine(in, 20); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
	for _, s := range hostileStrings(3000) {
		got := oneLine(s, 40)
		if len(got) > 40 || strings.Contains(got, "#>") || strings.Contains(got, "<#") || s != "" && !printable.MatchString(got) {
			t.Errorf("oneLine(%q) = %q", s, got)
		}
	}
}
