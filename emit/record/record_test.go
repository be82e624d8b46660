package record

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

var hostile = []string{
	"a|b", `a\|b`, `\`, `a\`, "|", "||", "`", "``a", "a`b``c", "```\nx\n```", "~~~", "# head", "\n# head", "- item", "1. item", "2) x", "+", "---", "|---|", "===",
	"<script>alert(1)</script>", "<!-- x", "-->", "&lt;b&gt;", "[x](http://e.example)", "![x](http://e.example/i.png)", "http://e.example/", "www.e.example", "WWW.e.example",
	"mail@e.example", "xmpp:a@e.example/r", "mailto:a@e.example", "@admin", "#12", "GH-12", "(GH-12)", "o/r#1", "!3", "~label", "%1", "&7", "$`a`$", "$x$", ":smile:", "*b*", "_b_", "__b__", "~~b~~",
	"[ ] task", "[^1]", "{+ x +}", "/close", "a\r\nb", "\x00", "\xff", "a\u202eb", "\u200b", "\u2028", "a  b", " a ", "\t", "  ", "e\u0301", "\u0301", "\ufeff", "ftp://x", "smb://x",
	"0123456789abcdef", "'; Remove-Item -Recurse C:\\ #", "\"quoted\"", "(a)", "a:b:c", "::: x", "> quote", "``` diff", "|\n|---|\n|", "\\\\|", "`|", "x | y", "a\\\n|",
}

func TestRealistic(t *testing.T) {
	got := markdown(t)
	for _, want := range []string{
		"# Fail over XMPP federation from EdgePool1 to EdgePool2\n",
		"| Ticket | `CHG0042317` |\n",
		"| Type | normal |\n| Risk | medium: Remote access is down for a while. From the plan: Users notice stage",
		"| Impact | Users outside. |\n",
		"| Messages | Before the change, 2 d before the window begins, `2026-12-03T22:00:00Z`: Service desk; Partners. After the change: Service desk. If the change is taken back: Partners. |\n",
		"| Duration | at least 15 min for all stages one after the other; the window has 2 h. Not counted, as the spec does not say how long it takes: Preflight, ",
		" Back-out time: at least 10 min for all stages of the rollback. To end within the window it has to begin by `2026-12-05T23:50:00Z`. To have the old records on all name servers in time, it has to begin by `2026-12-05T",
		"| Implementers | UC operations, on call |\n| Testers | Service desk |\n",
		" It prints a receipt: carry it to `edge2a.contoso.com`, `edge2b.contoso.com`.\n", " RECEIPT is what stage Preflight printed.\n",
		"| `CI-EDGE-02` | Edge pool `EdgePool2` |\n",
		"| stage | wait before it | duration | sum |\n|---|---|---|---|\n| Preflight |  | not said |  |\n| Stop |  | 10 min | at least 10 min |\n",
		"| Start | Carried out by UC operations, on call. Tested by Ben Example. | 10 min | 10 min |\n",
		"\n### 3 Route\n\nCarried out by Head of UC. Tested by Ann Example; Ben Example. Duration: 5 min.\n",
		"\n\nAfter the change, to Service desk:\n\n```text\nDone.\nReport what fails.\n```\n",
		"## Acceptance criteria\n\n- Stage Verify ends with exit code 0.\n- A message arrives\n",
		"| implementer | UC operations, on call |  |  |\n| implementer | Head of UC |  |  |\n| tester | Service desk |  |  |\n",
		"| `EP2003` error | address is shared with SIP federation: The A record also serves `_sipfederationtls._tcp`. | `main.edge.hcl:12` | Agreed with partners. |\n",
		"\n### 2 Stop\n\nCarried out by UC operations, on call. Tested by Service desk. Duration: 10 min.\n\nOn `edge2a.contoso.com`, `edge2b.contoso.com`: Step 2. Stops all services",
		"\n```powershell\n.\\failover.ps1 -Stage Stop -Receipt RECEIPT\n```\n",
		"| `Stop-CsWindowsService` | every service is Stopped | 2 |\n",
		"`Set-CsSite -Identity 'Site2' -XmppFederationRoute 'EdgeServer:edgepool2.contoso.com'`",
		"|  | Stop | no |\n",
		"- Serial: `7` to `8`; after a rollback `9`\n",
		"```diff\n- xmpp.contoso.com. 3600 IN A 203.0.113.11\n+ xmpp.contoso.com. 3600 IN A 198.51.100.21\n",
		"up to 3600 s (1 h)",
		"\naa  failover.ps1\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the record lacks %q:\n%s", want, got)
		}
	}
	if got != markdown(t) {
		t.Error("twice the same plan, not the same bytes")
	}
}

func TestHostile(t *testing.T) {
	for _, s := range hostile {
		checkHostile(t, s)
	}
}

func FuzzHostile(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.TrimSpace(s) != "" && len(s) < 200 {
			checkHostile(t, s)
		}
	})
}

// checkHostile wants the record of a plan in which every name is s to have the shape
// of one in which every name is a plain word.
func checkHostile(t *testing.T, s string) {
	t.Helper()
	plan := sample.Hostile(s)
	got, err := markdownOf(plan, Facts{Files: []File{{s, s}}})
	if err != nil {
		if bytes.ContainsRune([]byte(s), 0xFFFD) || strings.ToValidUTF8(s, "") != s {
			return // no such string can stand in a command
		}
		t.Fatalf("%q: %v", s, err)
	}
	plain, err := markdownOf(sample.Hostile("x"), Facts{Files: []File{{"x", "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	if g, w := shape(t, s, got), shape(t, "x", plain); g != w {
		t.Fatalf("%q changes the shape of the record\ngot:  %s\nwant: %s\n%s", s, g, w, got)
	}
}

// shape lists the blocks of a document, and fails for what no record has.
func shape(t *testing.T, name, doc string) string {
	t.Helper()
	if i := strings.IndexFunc(doc, func(r rune) bool { return r != '\n' && words.Visible("x"+string(r)+"x") != "x"+string(r)+"x" }); i >= 0 {
		t.Fatalf("%q: byte %d of the record is invisible", name, i)
	}
	source := []byte(doc)
	tree := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(text.NewReader(source))
	var out strings.Builder
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			if n.Parent().Kind() != ast.KindCodeSpan {
				checkPlain(t, name, string(n.Value(source)))
			}
		case *ast.CodeSpan, *ast.String:
		case *ast.Document, *ast.Heading, *ast.Paragraph, *ast.List, *ast.ListItem, *ast.TextBlock, *ast.FencedCodeBlock,
			*east.Table, *east.TableHeader, *east.TableRow, *east.TableCell:
			fmt.Fprintf(&out, "%s ", n.Kind())
		default:
			t.Fatalf("%q: the record has a %s:\n%s", name, n.Kind(), source)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func checkPlain(t *testing.T, name, s string) {
	t.Helper()
	if i := strings.IndexAny(s, "@#<>&|*_[]`$~!^{}\\%"); i >= 0 {
		t.Fatalf("%q: %q stands outside of code in %q", name, s[i], s)
	}
}

// TestCodeIsExact wants a renderer to show in a table what went in.
func TestCodeIsExact(t *testing.T) {
	for _, s := range hostile {
		var html bytes.Buffer
		doc := Heading("a", "b") + Row("x", Code(s))
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(doc), &html); err != nil {
			t.Fatal(err)
		}
		shown := words.Visible(s)
		shown = strings.ReplaceAll(shown, `\|`, `\\u{7C}`)
		shown = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(shown)
		if want := "<td><code>" + shown + "</code></td>"; !strings.Contains(html.String(), want) {
			t.Errorf("%q: no %q in %s", s, want, html.String())
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"Agreed with partners.":    "Agreed with partners.",
		"a\nb":                     "`a\\u{A}b`",
		"ask @ops (see #4), a*b*c": "ask `@ops` (see `#4`), `a*b*c`",
		"1. x":                     "`1`. x",
		"see http://x.example.":    "see `http://x.example`.",
		"":                         "",
		"...":                      "`...`",
		"``":                       "``` `` ```",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func markdown(t *testing.T) string {
	t.Helper()
	got, err := markdownOf(sample.Plan(), Facts{Files: []File{{"failover.ps1", "aa"}}})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func markdownOf(p *plan.Plan, facts Facts) (string, error) {
	doc, err := Of(p, facts)
	if err != nil {
		return "", err
	}
	return Markdown(doc), nil
}

// TestLinesOfDomains: SIP domains whose sets change alike take less than a line each.
func TestLinesOfDomains(t *testing.T) {
	lines := func(n int) int {
		p := sample.Plan()
		for i := range n {
			name := fmt.Sprintf("domain%d.contoso.com", i)
			p.Domains = append(p.Domains, name)
			p.Zones[0].Records = append(p.Zones[0].Records, plan.RecordSet{Owner: "_xmpp-server._tcp." + name + ".", Type: "SRV", OldTTL: 300, NewTTL: 300,
				Old: []string{"0 0 5269 a.example."}, New: []string{"0 0 5269 b.example."}, Number: fmt.Sprintf("P%d", 100+i)})
		}
		if err := procedure.Build(p); err != nil {
			t.Fatal(err)
		}
		text, err := markdownOf(p, Facts{})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(text, "\n")
	}
	few, many := lines(100), lines(2100)
	t.Logf("%d lines of 100 SIP domains, %d of 2,100", few, many)
	if many-few > 2000 {
		t.Errorf("2,000 SIP domains take %d lines", many-few)
	}
}
