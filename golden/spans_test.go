package golden

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

var (
	// wantsWord ends with a parameter that is nothing without the word behind it.
	wantsWord = regexp.MustCompile(`(?:^|\s)(?:-Stage|-Waive|--hosted-zone-id|--change-batch|/PID|=)$`)
	// firstWord is what of it could be outside: no punctuation.
	firstWord = regexp.MustCompile(`^ [\w"]`)
)

// TestNarrowTables: no table of a record has more than four columns, which is what a narrow screen and a page of paper can
// show.
func TestNarrowTables(t *testing.T) {
	paths, err := filepath.Glob("*/*/change.md")
	if err != nil || len(paths) == 0 {
		t.Fatal("no records")
	}
	for _, path := range paths {
		for _, line := range strings.Split(string(read(t, path)), "\n") {
			if strings.HasPrefix(line, "|---") && strings.Count(line, "|") > 5 {
				t.Errorf("%s has a table %s", path, line)
			}
		}
	}
}

// TestWholeSpans: in no record a command is torn into several code spans, or part of it is
// outside of its span, and no backtick is left in the text.
func TestWholeSpans(t *testing.T) {
	paths, err := filepath.Glob("*/*/change.md")
	if err != nil || len(paths) == 0 {
		t.Fatal("no records")
	}
	spans := 0
	for _, path := range paths {
		src := read(t, path)
		doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(src))
		err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if n.Kind() == ast.KindText && entering && n.Parent().Kind() != ast.KindCodeSpan {
				if s := string(n.(*ast.Text).Value(src)); strings.Contains(s, "`") {
					t.Errorf("%s: a backtick in the text %q", path, s)
				}
			}
			if n.Kind() != ast.KindCodeSpan || !entering {
				return ast.WalkContinue, nil
			}
			spans++
			code, behind := inner(n, src), ""
			if next, ok := n.NextSibling().(*ast.Text); ok {
				behind = string(next.Value(src))
			}
			switch {
			case behind == " " && n.NextSibling().NextSibling() != nil && n.NextSibling().NextSibling().Kind() == ast.KindCodeSpan:
				t.Errorf("%s: %q and %q are two spans", path, code, inner(n.NextSibling().NextSibling(), src))
			case wantsWord.MatchString(code) && firstWord.MatchString(behind), strings.HasPrefix(code, "-") && strings.HasPrefix(behind, ` "`), strings.HasPrefix(behind, " -"):
				t.Errorf("%s: %q ends before %q", path, code, behind)
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d code spans of %d records", spans, len(paths))
}

func inner(span ast.Node, src []byte) string {
	var b strings.Builder
	for n := span.FirstChild(); n != nil; n = n.NextSibling() {
		b.Write(n.(*ast.Text).Value(src))
	}
	return b.String()
}
