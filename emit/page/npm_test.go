package page_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/estate"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/loud"
)

// module is the text of a file of a package of npm.
func module(t *testing.T, name string) string {
	t.Helper()
	file, ok := loud.Module(t, name)
	if !ok {
		loud.Skip(t, "%s", loud.NoModules)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAxe: axe-core finds nothing in the pages of all goldens.
func TestAxe(t *testing.T) {
	axe := module(t, "axe-core/axe.min.js")
	b := start(t)
	for name, path := range goldenPages(t) {
		b.open("file://"+path, 768, "light")
		var found []string
		b.eval(axe+";axe.run().then(r => r.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' ')))", &found)
		if len(found) > 0 {
			t.Errorf("%s: %q", name, found)
		}
	}
}

// TestMermaid: Mermaid draws the pictures of all goldens and of hostile names, with the words of their lines.
func TestMermaid(t *testing.T) {
	mermaid := module(t, "mermaid/dist/mermaid.min.js")
	b := start(t)
	b.open("about:blank", 768, "light")
	b.eval(mermaid+";mermaid.initialize({startOnLoad: false}), 1", new(int))
	plans := []*plan.Plan{sample.Plan()}
	for _, s := range []string{`<script>alert(1)</script>`, `"]; x["`, "end", "%%{init: {}}%%", "`md`", "a;b", "#35;", "&lt;", `\"`, "click a0 href", "```"} {
		plans = append(plans, sample.Hostile(s))
	}
	paths, _ := filepath.Glob("../../golden/*/*/plan.json")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, p)
	}
	for _, p := range plans {
		text := strings.Join(estate.Mermaid(p), "\n")
		quoted, _ := json.Marshal(text)
		var svg string
		b.eval("mermaid.render('x', "+string(quoted)+").then(r => { const d = document.createElement('div'); d.innerHTML = r.svg; "+
			"return d.querySelector('script, a') ? 'injected' : d.textContent })", &svg)
		drawn := regexp.MustCompile(`\s`).ReplaceAllString(svg, "")
		for _, side := range estate.Of(p) {
			for _, box := range side.Boxes {
				if want := strings.ReplaceAll(box.Title, " ", ""); !strings.Contains(drawn, want) && !strings.Contains(want, `\`) {
					t.Errorf("%s: the drawing lacks %q: %s", p.Name, want, svg)
				}
			}
		}
	}
}

// TestMarkdownNarrow: with the style sheet of GitHub no change.md is wider than a phone, and no cell of its tables.
func TestMarkdownNarrow(t *testing.T) {
	style := module(t, "github-markdown-css/github-markdown-light.css")
	paths, err := filepath.Glob("../../golden/*/*/change.md")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d records: %v", len(paths), err)
	}
	b := start(t)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		page := bytes.NewBufferString("<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><style>" +
			style + "body{margin:16px}</style><body class=markdown-body>")
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(text, page); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "record.html")
		if err := os.WriteFile(file, page.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		b.open("file://"+file, 390, "light")
		var wide int
		var cells []string
		b.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth", &wide)
		b.eval("[...document.querySelectorAll('td, th')].filter(c => c.getBoundingClientRect().width > 358).map(c => c.textContent.slice(0, 60))", &cells)
		if wide > 0 || len(cells) > 0 {
			t.Errorf("%s: %d pixels too wide; %d cells wider than the screen: %.300q", path, wide, len(cells), cells)
		}
	}
}
