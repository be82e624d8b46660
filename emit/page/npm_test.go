package page_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/estate"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/loud"
)

// modules names the folder node_modules with what these tests load into the browser.
const modules = "EDGEPLAN_NPM"

// module is the text of a file of it.
func module(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv(modules)
	if dir == "" {
		loud.Skip(t, "npm install axe-core mermaid; %s=FOLDER/node_modules go test ./emit/page runs it", modules)
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
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
