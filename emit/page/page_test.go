package page_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/page"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

func pageOf(p *plan.Plan, files ...record.File) (string, error) {
	script, err := powershell.Marked(p)
	if err != nil { // a hostile plan names no product; its script would be in ASCII
		script, err = powershell.Marked(sample.Plan())
		ascii := func(r rune) rune {
			if r < ' ' || r > '~' {
				return '?'
			}
			return r
		}
		parts := slices.Clone(script.Text.Parts())
		parts[0] = slices.Concat([]byte("# "+strings.Map(ascii, p.Name)+"\r\n"), parts[0])
		script.Text = hunk.TextOf(parts...)
	}
	if err != nil {
		return "", err
	}
	doc, err := record.Of(p, record.Facts{Files: files})
	if err != nil {
		return "", err
	}
	return page.HTML(p, doc, script), nil
}

// known are the elements of a page and the attributes that each may have: none that runs or loads anything.
var known = map[string]string{
	"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "body": "",
	"a": "href class", "header": "", "h1": "", "h2": "", "h3": "", "nav": "aria-label", "ul": "class", "li": "", "main": "id",
	"section": "id class", "p": "class", "code": "", "dl": "class", "div": "class", "dt": "", "dd": "", "table": "class", "thead": "",
	"tbody": "", "tr": "", "th": "scope", "td": "data-label", "pre": "class", "span": "class id", "b": "", "details": "class",
	"summary": "", "footer": "", "figure": "class", "figcaption": "id", "time": "",
	"svg": "class viewBox role aria-labelledby xmlns", "g": "class", "rect": "class x y width height rx", "text": "class x y text-anchor", "tspan": "class x dy",
	"path": "class d", "line": "class x1 y1 x2 y2", "circle": "class cx cy r", "desc": "id",
}

// shape is the elements of a page with their attributes, but not the values that hold names. It fails for what is not
// known, for a link that leads out of the page or nowhere, and for a character that cannot be seen.
func shape(t testing.TB, name, text string) string {
	t.Helper()
	var out strings.Builder
	ids, links := map[string]bool{}, []string{}
	d := xml.NewDecoder(strings.NewReader(text))
	inStyle := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			fmt.Fprintf(&out, "<%s", token.Name.Local)
			inStyle = token.Name.Local == "style"
			may, ok := known[token.Name.Local]
			if !ok {
				t.Fatalf("%q: the page has an element %s", name, token.Name.Local)
			}
			for _, a := range token.Attr {
				if !slices.Contains(strings.Fields(may), a.Name.Local) {
					t.Fatalf("%q: %s has an attribute %s", name, token.Name.Local, a.Name.Local)
				}
				switch a.Name.Local {
				case "id":
					if ids[a.Value] {
						t.Fatalf("%q: two elements have the ID %s", name, a.Value)
					}
					ids[a.Value] = true
				case "href":
					links = append(links, a.Value)
				}
				fmt.Fprintf(&out, " %s", a.Name.Local)
			}
			out.WriteString(">")
		case xml.EndElement:
			inStyle = false
			fmt.Fprintf(&out, "</%s>", token.Name.Local)
		case xml.CharData:
			for _, r := range string(token) {
				if v := "x" + string(r) + "x"; !inStyle && r != '\n' && r != '\u00a0' && words.Visible(v) != v {
					t.Fatalf("%q: something invisible in %q", name, token)
				}
			}
		case xml.Comment, xml.ProcInst:
			t.Fatalf("%q: the page has %T", name, token)
		}
	}
	for _, link := range links {
		report := strings.HasPrefix(link, "../") && strings.HasSuffix(link, ".rehearsal/report.html") && strings.Count(link, "/") == 2
		if id, ok := strings.CutPrefix(link, "#"); !report && (!ok || !ids[id]) {
			t.Fatalf("%q: a link leads to %q", name, link)
		}
	}
	// What is a name in one plan may be a word in another, such as that of any host.
	return strings.ReplaceAll(out.String(), "<code></code>", "")
}

// TestPage: the page of a plan is well-formed, allows its own style alone and is the same twice.
func TestPage(t *testing.T) {
	files := record.File{Name: "failover.ps1", SHA256: "aa"}
	text, err := pageOf(sample.Plan(), files)
	if err != nil {
		t.Fatal(err)
	}
	shape(t, "sample", text)
	if again, _ := pageOf(sample.Plan(), files); again != text {
		t.Error("twice the same plan, not the same bytes")
	}
	_, style, _ := strings.Cut(text, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if policy := `content="default-src 'none'; style-src 'sha256-` + base64.StdEncoding.EncodeToString(sum[:]) + `'"`; !strings.Contains(text, policy) {
		t.Errorf("the page has no %s", policy)
	}
	for _, not := range []string{"url(", "@import", "src=", "http:", "https:"} {
		if strings.Contains(strings.ReplaceAll(text, "http://www.w3.org/2000/svg", ""), not) {
			t.Errorf("the page has %s", not)
		}
	}
}

// TestSaysTheSame: what change.md says the page says.
func TestSaysTheSame(t *testing.T) {
	p := sample.Plan()
	text, err := pageOf(p)
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := record.Of(p, record.Facts{})
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if chars, ok := token.(xml.CharData); ok {
			b.Write(chars)
		}
	}
	flat := strings.Join(strings.Fields(b.String()), " ")
	said := 0
	say := func(of words.Text) {
		said++
		if want := strings.Join(strings.Fields(of.String()), " "); !strings.Contains(flat, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, section := range doc.Sections {
		say(section.Title)
		for _, block := range section.Blocks {
			switch block := block.(type) {
			case record.Paragraph:
				say(words.Text(block))
			case record.List:
				for _, item := range block {
					say(item)
				}
			case record.Table:
				for _, row := range append(block.Rows, block.Head) {
					for _, cell := range row {
						say(cell)
					}
				}
			}
		}
	}
	if said < 100 {
		t.Errorf("only %d texts were looked for", said)
	}
}

func checkHostile(t *testing.T, s, want string) {
	t.Helper()
	text, err := pageOf(sample.Hostile(s), record.File{Name: s, SHA256: s})
	if err != nil {
		if strings.ToValidUTF8(s, "") != s {
			return // no such string can stand in a command
		}
		t.Fatalf("%q: %v", s, err)
	}
	if got := shape(t, s, text); got != want {
		t.Fatalf("%q changes the shape of the page\ngot:  %s\nwant: %s", s, got, want)
	}
}

// TestHostile: no name, and no piece of one, gets out of its place.
func TestHostile(t *testing.T) {
	want := plainShape(t)
	for _, s := range sample.Pieces() {
		if strings.TrimSpace(s) != "" {
			checkHostile(t, s, want)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range []string{"<script>alert(1)</script>", `" onload="x`, "]]>", "<!--", "&lt;", "</style>", "</pre>", "\u202e", "\xff"} {
		f.Add(s)
	}
	want := plainShape(f)
	f.Fuzz(func(t *testing.T, s string) {
		// A message of many lines is folded.
		if strings.TrimSpace(s) != "" && len(s) < 200 && strings.Count(s, "\n") < 10 {
			checkHostile(t, s, want)
		}
	})
}

// plainShape is the shape of a page without hostile names.
func plainShape(t testing.TB) string {
	t.Helper()
	text, err := pageOf(sample.Hostile("x"), record.File{Name: "x", SHA256: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return shape(t, "x", text)
}

// TestManyHostile: 10,000 hostile names, in a list, in findings and in records, change nothing but themselves.
func TestManyHostile(t *testing.T) {
	texts := sample.Texts()[:10_000]
	// Its layout goes with the names; it is in ASCII, and TestHostile has it.
	script, err := powershell.Marked(sample.Plan())
	if err != nil {
		t.Fatal(err)
	}
	of := func(names []string) string {
		p := sample.Plan()
		p.Partners, p.Findings = names, nil
		p.Change.Implementers, p.Change.Acceptance, p.Change.Communication[0].To = names, names, names
		for _, name := range names {
			p.Findings = append(p.Findings, plan.Finding{Code: name, Severity: "warning", Summary: name, Detail: name, File: name, Accepted: name})
			p.Zones[0].Records = append(p.Zones[0].Records, plan.RecordSet{Owner: name, Type: "A", Old: []string{name}, New: []string{name}})
			p.Items = append(p.Items, plan.Item{Kind: "server", Name: name, CI: name})
		}
		if err := procedure.Build(p); err != nil {
			t.Fatal(err)
		}
		doc, err := record.Of(p, record.Facts{})
		if err != nil {
			t.Fatal(err)
		}
		return shape(t, "many", page.HTML(p, doc, script))
	}
	plain := make([]string, len(texts))
	for i := range plain {
		plain[i] = fmt.Sprintf("x%d", i)
	}
	got, want := of(texts), of(plain)
	for i := range got {
		if i >= len(want) || got[i] != want[i] {
			t.Fatalf("the names change the shape of the page from %.200s on; it should be %.200s", got[max(0, i-50):], want[max(0, i-50):])
		}
	}
}

// TestGrowth: twice as many domains are at most a little more than twice the work.
func TestGrowth(t *testing.T) {
	work := func(n int) (allocations, bytes float64) {
		p := sample.Plan()
		for i := range n {
			name := fmt.Sprintf("d%d.example", i)
			p.Domains = append(p.Domains, name)
			p.Partners = append(p.Partners, name)
			p.Zones[0].Records = append(p.Zones[0].Records, plan.RecordSet{Owner: "_xmpp-server._tcp." + name + ".", Type: "SRV", OldTTL: 300, NewTTL: 300,
				Old: []string{"0 0 5269 a.example."}, New: []string{"0 0 5269 b.example."}, Number: fmt.Sprintf("P%d", i)})
		}
		if err := procedure.Build(p); err != nil {
			t.Fatal(err)
		}
		script, err := powershell.Marked(p)
		if err != nil {
			t.Fatal(err)
		}
		allocations = testing.AllocsPerRun(1, func() {
			doc, err := record.Of(p, record.Facts{})
			if err != nil {
				t.Fatal(err)
			}
			bytes = float64(len(page.HTML(p, doc, script)))
		})
		return allocations, bytes
	}
	little, short := work(1000)
	much, long := work(4000)
	if much > 5*little || long > 5*short {
		t.Errorf("4 times the domains: %.0f to %.0f allocations, %.0f to %.0f bytes", little, much, short, long)
	}
}
