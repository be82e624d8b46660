package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestRules(t *testing.T) {
	all := Rules()
	if !slices.IsSortedFunc(all, byCode) {
		t.Error("Rules are not sorted")
	}
	for _, want := range []Code{syntaxError, unknownArgument, unknownBlockType, missingArgument, wrongType, unknownReference, duplicateBlock} {
		if rule, ok := Lookup(want); !ok || rule.Code != want {
			t.Errorf("Lookup(%s) = %v, %v", want, rule, ok)
		}
	}
	if _, ok := Lookup("EP0000"); ok {
		t.Error("Lookup finds EP0000")
	}
	all[0].Code = "changed"
	if Rules()[0].Code == "changed" {
		t.Error("Rules shares its slice")
	}
}

func TestBuildRefuses(t *testing.T) {
	good := Rule{Code: "EP9001", Severity: hcl.DiagWarning, Summary: "DNS name without zone", Means: "m", Why: "w", Source: "s", Fix: "f"}
	build([]Rule{good})
	with := func(change func(*Rule)) []Rule {
		bad := good
		change(&bad)
		return []Rule{bad}
	}
	tests := map[string][]Rule{
		"registered twice":       {good, good},
		"four digits":            with(func(r *Rule) { r.Code = "EP901" }),
		"neither error nor":      with(func(r *Rule) { r.Severity = hcl.DiagInvalid }),
		"no words":               with(func(r *Rule) { r.Summary = "" }),
		"more than eight":        with(func(r *Rule) { r.Summary = "a b c d e f g h i" }),
		"space to spare":         with(func(r *Rule) { r.Summary = "a  b" }),
		"starts with a capital":  with(func(r *Rule) { r.Summary = "Unknown name" }),
		"full stop":              with(func(r *Rule) { r.Summary = "unknown name." }),
		"Means is empty":         with(func(r *Rule) { r.Means = "" }),
		"Why is empty, or has":   with(func(r *Rule) { r.Why = "\tx" }),
		"Source is empty":        with(func(r *Rule) { r.Source = "" }),
		"Fix is empty, or has":   with(func(r *Rule) { r.Fix = "x\r\ny" }),
		`"": the code is not EP`: {{}},
	}
	for want, rules := range tests {
		got := panicOf(func() { build(rules) })
		if !strings.HasPrefix(got, "internal error: ") || !strings.Contains(got, want) {
			t.Errorf("panic %q, want %q", got, want)
		}
	}
}

// panicOf returns the text that f panics with.
func panicOf(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return ""
}

func TestExplain(t *testing.T) {
	rule := Rule{
		Code: "EP9001", Severity: hcl.DiagError, Summary: "example rule", Acceptable: true,
		Means: "One.", Why: strings.Repeat("word ", 20) + "end.\n\nSecond paragraph.",
		Source: "A page.", Fix: "Write this:\n\n    a   =   1",
	}
	want := `EP9001: example rule (error; an accept block may accept it)

Means
  One.

Why it matters
  word word word word word word word word word word word word word word word
  word word word word word end.

  Second paragraph.

Source
  A page.

How to fix it
  Write this:

      a   =   1
`
	if got := Explain(rule); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	for _, r := range Rules() {
		for line := range strings.SplitSeq(Explain(r), "\n") {
			if len(line) > explainWidth && !strings.HasPrefix(line, "      ") {
				t.Errorf("%s: line of %d columns: %s", r.Code, len(line), line)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	page := Markdown()
	for _, r := range Rules() {
		if n := strings.Count(page, "\n## "+string(r.Code)+": "); n != 1 {
			t.Errorf("%d sections for %s", n, r.Code)
		}
	}
	if page != Markdown() || !strings.HasSuffix(page, "\n") {
		t.Error("the page is not stable, or does not end with a newline")
	}
	text := "a <b> & *c* [d] `<e> *f*` <g>\n\n    <code>"
	want := "a &lt;b> &amp; \\*c\\* \\[d] `<e> *f*` &lt;g>\n\n    <code>"
	if got := markdownText(text); got != want {
		t.Errorf("markdownText = %q, want %q", got, want)
	}
}

func TestSuggest(t *testing.T) {
	tests := []struct {
		given string
		known string
		want  string
	}{
		{"Site2", "Site1 Site2 site2", "site2"}, // never itself
		{"Sit2", "Site1 Site2", "Site2"},
		{"SITE2", "Site1 Site2 SITE3", "Site2"}, // case is no distance
		{"Site4", "Site3 Site1 Site2", "Site1"},
		{"stie", "site", "site"},
		{"file", "title", ""},
		{"EdgePool", "FrontEndPool", ""},
		{"edgepol1", "EdgePool1 edgepool2", "EdgePool1"},
		{"a", "b c", ""},
		{"ab", "xy", ""},
		{"ab", "ax ac", "ac"},
		{"", "a b", ""},
		{"x", "", ""},
		{"zürich", "ZÜRICH Zurich", "ZÜRICH"},
		{"Zurich", "zürich", "zürich"},
		{"host", "hosts hot ghost", "ghost"},
		{"\xff\xfe\xfd", "\xff\xfe", "\xff\xfe"},
		{"日本語", "日本", "日本"},
	}
	for _, test := range tests {
		if got := Suggest(test.given, strings.Fields(test.known)); got != test.want {
			t.Errorf("Suggest(%q, %q) = %q, want %q", test.given, test.known, got, test.want)
		}
	}
}

func FuzzDistance(f *testing.F) {
	f.Add("kitten", "sitting")
	f.Add("ab", "ba")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 100 || len(b) > 100 {
			return
		}
		x, y := folded(nil, a), folded(nil, b)
		for limit := range 3 {
			want := min(levenshtein(x, y), limit+1)
			if got := distance(x, y, limit); got != want {
				t.Errorf("distance(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
			}
		}
		d := levenshtein(x, y)
		near := d <= min(2, len(x)-1) && (d < 2 || len(x) >= 5 || sameLetters(x, y))
		if got := Suggest(a, []string{b}); (got != "") != (a != b && near) {
			t.Errorf("Suggest(%q, %q) = %q", a, b, got)
		}
	})
}

// levenshtein is the textbook form.
func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			above := row[j+1]
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			row[j+1] = min(above+1, row[j]+1, substitute)
			diagonal = above
		}
	}
	return row[len(b)]
}

func BenchmarkSuggest(b *testing.B) {
	known := make([]string, 20_000)
	for i := range known {
		known[i] = strings.Repeat("domain", i%3) + string(rune('a'+i%26)) + ".contoso.com"
	}
	for b.Loop() {
		Suggest("domainx.contosso.com", known)
	}
}
