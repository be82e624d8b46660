package record

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestMarkdownMany: the hostile texts stand in a record as what they are.
func TestMarkdownMany(t *testing.T) {
	texts := sample.Texts()
	for s := range sample.NotUTF8() {
		texts = append(texts, s)
	}
	for i, s := range texts {
		checkMarkdown(t, s)
		if i%25 == 0 && strings.TrimSpace(s) != "" {
			checkHostile(t, s)
		}
	}
	if len(texts) < 10_000 {
		t.Errorf("only %d texts", len(texts))
	}
	t.Logf("%d texts", len(texts))
}

func FuzzMarkdown(f *testing.F) {
	for i, s := range sample.Texts() {
		if i%50 == 0 {
			f.Add(s)
		}
	}
	for s := range sample.NotUTF8() {
		f.Add(s)
	}
	f.Fuzz(checkMarkdown)
}

// checkMarkdown reads back what Code and Text make of s, alone and in a table, and asks
// another reader whether it is but text and code.
func checkMarkdown(t *testing.T, s string) {
	t.Helper()
	if got := Code(s); s != "" && (strings.ContainsAny(got, "\r\n") || decode(t, got) != s) {
		t.Errorf("Code(%q) = %q, which is %q", s, got, decode(t, got))
	}
	var want []string
	for _, word := range strings.Split(s, " ") {
		if word != "" {
			want = append(want, word)
		}
	}
	if got := Text(s); strings.ContainsAny(got, "\r\n") || decode(t, got) != strings.Join(want, " ") {
		t.Errorf("Text(%q) = %q, which is %q", s, got, decode(t, got))
	}
	row := Row(Code(s), Text(s), "end")
	cells := cellsOf(row)
	if s != "" && (len(cells) != 3 || decode(t, cells[0]) != s || decode(t, cells[1]) != strings.Join(want, " ")) {
		t.Errorf("%q: the row is %q", s, row)
	}
	checkKinds(t, s, Heading("a", "b", "c")+row+"\n"+Text(s)+"\n\n- "+Text(s)+"\n- "+Code(s)+"\n")
}

var (
	separator = regexp.MustCompile(`(?:^|[^\\])\|`)
	escaped   = regexp.MustCompile(`^\\([ux])\{([0-9A-F]+)\}`)
)

// cellsOf splits a row at the pipes that have no backslash before them, as GitHub does,
// which then takes that backslash away, also in code.
func cellsOf(row string) []string {
	row, ok := strings.CutSuffix(strings.TrimPrefix(row, "| "), " |\n")
	if !ok {
		return nil
	}
	var out []string
	for {
		at := separator.FindStringIndex(row)
		if at == nil {
			return append(out, strings.ReplaceAll(strings.TrimSpace(row), `\|`, "|"))
		}
		out = append(out, strings.ReplaceAll(strings.TrimSpace(row[:at[1]-1]), `\|`, "|"))
		row = row[at[1]:]
	}
}

// decode gives the text of a line of Markdown by the rules for code spans alone; outside
// of them nothing may be special.
func decode(t *testing.T, line string) string {
	t.Helper()
	var out strings.Builder
	for line != "" {
		open := len(line) - len(strings.TrimLeft(line, "`"))
		if open == 0 {
			at := strings.IndexByte(line+"`", '`')
			checkPlain(t, line, line[:at])
			out.WriteString(line[:at])
			line = line[at:]
			continue
		}
		inner, rest, ok := span(line, open)
		if !ok {
			t.Errorf("%q: a code span that does not end", line)
			return out.String()
		}
		out.WriteString(unescape(inner))
		line = rest
	}
	return out.String()
}

// span cuts the code span that a line begins with: it ends at the first run of as many
// backticks, and loses one blank at each end when it has both and is not all blank.
func span(line string, open int) (inner, rest string, ok bool) {
	for at := open; at < len(line); at++ {
		if line[at] != '`' {
			continue
		}
		run := len(line[at:]) - len(strings.TrimLeft(line[at:], "`"))
		if run != open {
			at += run - 1
			continue
		}
		inner = line[open:at]
		if len(inner) > 1 && inner[0] == ' ' && inner[len(inner)-1] == ' ' && strings.Trim(inner, " ") != "" {
			inner = inner[1 : len(inner)-1]
		}
		return inner, line[at+run:], true
	}
	return "", "", false
}

// unescape turns the visible form of a text into the text.
func unescape(s string) string {
	var out strings.Builder
	for s != "" {
		if m := escaped.FindStringSubmatch(s); m != nil {
			code, err := strconv.ParseInt(m[2], 16, 32)
			if err != nil {
				return err.Error()
			}
			if m[1] == "x" {
				out.WriteByte(byte(code))
			} else {
				out.WriteRune(rune(code))
			}
			s = s[len(m[0]):]
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		out.WriteString(s[:size])
		s = s[size:]
	}
	return out.String()
}

var reader = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser()

// checkKinds lets a Markdown reader see nothing but a table, paragraphs, lists, text and code.
func checkKinds(t *testing.T, s, doc string) {
	t.Helper()
	err := ast.Walk(reader.Parse(text.NewReader([]byte(doc))), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.List, *ast.ListItem, *ast.TextBlock, *ast.Text, *ast.CodeSpan, *ast.String,
			*east.Table, *east.TableHeader, *east.TableRow, *east.TableCell:
		default:
			t.Errorf("%q: a %s in %q", s, n.Kind(), doc)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestPlainASCII: the two ways to tell a plain word agree on all short words of the characters that matter.
func TestPlainASCII(t *testing.T) {
	known := 0
	try := func(word string) {
		plain, ok := plainASCII(word)
		if ok {
			known++
		}
		if ok && plain != isPlain(word) {
			t.Errorf("%q is taken for plain: %v", word, plain)
		}
	}
	const characters = "wWgGhH.-/:\"(')a0,;?+x*"
	for a := range characters {
		for b := range characters {
			for c := range characters {
				word := string([]byte{characters[a], characters[b], characters[c]})
				for _, form := range []string{"%s", "deadb%s", "%sbeef", "w%s", "%s.", "gh%s"} {
					try(fmt.Sprintf(form, word))
				}
			}
		}
	}
	for n := range 80 {
		try(strings.Repeat("a", n))
		try("(" + strings.Repeat("7", n) + ".)")
	}
	if known < 40_000 {
		t.Errorf("only %d words are told without expressions", known)
	}
}

// TestShortCuts: what is asked before the expressions changes no answer, for words of goldens and for
// ones that are nearly commands, links or commits.
func TestShortCuts(t *testing.T) {
	texts := []string{"www. wWw. awww. deadbee effaced. DEFACED, facade gh-1 gh; a. a.. . , ;; \"a\" ü über x\x00y a:b: www", "-Waive P01,P02 x",
		`.\failover.ps1 -Stage Stop; edgeplan verify. serial = "auto" x = y = z aws route53 list "aws" powershell.exe -NoProfile sc.exe queryex NAME`}
	records, err := filepath.Glob("../../golden/*/*/change.md")
	if err != nil || len(records) == 0 {
		t.Fatal("no goldens")
	}
	for _, path := range records {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		for s := strings.ReplaceAll(text, "\n", " "); s != ""; {
			word, rest, _ := strings.Cut(s, " ")
			if plain, known := plainASCII(word); known && plain != isPlain(word) {
				t.Errorf("%q is taken for plain: %v", word, plain)
			}
			if command.MatchString(s) && !mayBeCommand(word, rest) {
				t.Errorf("%q is taken for no command", s[:min(60, len(s))])
			}
			s = rest
		}
	}
}
