package powershell

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// Characters that PowerShell takes for single quotes, double quotes, dashes, blanks
// and line ends, and others that have broken something somewhere.
const (
	singles = "'\u2018\u2019\u201A\u201B"
	doubles = "\"\u201C\u201D\u201E"
	dashes  = "-\u2013\u2014\u2015"
	blanks  = " \t\v\f\u0085\u00A0\u1680\u2003\u2028\u2029\u202F\u3000"
	ends    = "\r\n\x00\x1A\x1B\x7F\u0080\u009F"
	bidi    = "\u200B\u200E\u202A\u202E\u2066\u2069\uFEFF\uFFFD\uFFFE\uFFFF"
	beyond  = "\U0001F600\U00010000\U0010FFFF\u00E9e\u0301\uD7FF\uE000"
)

// pieces are what hostile strings are made of.
var pieces = append(strings.Split(singles+doubles+dashes+blanks+ends+bidi+beyond, ""),
	"a", "Site2", "''", "'''", "\u2019; Write-Output INJECTED; \u2018", "'; Write-Output INJECTED; '", "$(Get-Date)", "${x}", "$x: y", "`", "`n", "`u{41}",
	"#>", "<#", "# SIG # Begin signature block", "#requires -Version 9", "@'\n", "\n'@", "\n\u2019@", "@{", "}", ")", "(", ";", "|", "&", ",", "+", "%", "\\", "{0}", "{{", "[char]0x27", "[x]", "*", "--%", "\r\n.SYNOPSIS\r\n")

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
	for _, r := range singles + doubles + dashes + blanks + ends + bidi + beyond {
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

func TestQuoteNotUTF8(t *testing.T) {
	for _, s := range []string{"\xff", "a\x80", "\u00e9\xc3", "\xed\xa0\x80", "\xc0\x80", "\uFFFD\xfe", "'\xf5", "ok\xe2\x80"} {
		checkQuote(t, s)
	}
}

func FuzzQuote(f *testing.F) {
	for _, piece := range pieces {
		f.Add(piece)
	}
	f.Add("\xff")
	f.Add("a\xe2\x80")
	f.Fuzz(func(t *testing.T, s string) {
		checkQuote(t, s)
		checkDefinitions(t, s)
	})
}

// hostileStrings are n different strings, the same in every run.
func hostileStrings(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	var out []string
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, piece := range pieces {
		add(piece)
	}
	for len(out) < n {
		var b strings.Builder
		for range 1 + random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		add(b.String())
	}
	return out
}

func TestQuoteMany(t *testing.T) {
	for i, s := range hostileStrings(5000) {
		checkQuote(t, s)
		if i%10 == 0 {
			checkDefinitions(t, s)
		}
	}
}

func TestCommand(t *testing.T) {
	call := cmdlet.Call{Name: "Set-CsSite", Params: []cmdlet.Param{cmdlet.Arg("Identity", "O'Neill \u2019"), cmdlet.Switch("Force")}}
	want := "Set-CsSite -Identity ('O''Neill ' + [char]0x2019) -Force"
	if got, err := Command(call); got != want || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	call.Params[0].Value = "ab\xff"
	if got, err := Command(call); got != "" || err == nil || err.Error() != "Set-CsSite -Identity: byte 2 is not UTF-8" {
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
