package page_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
)

// shots is where pictures of the page of the example go, if it is set.
const shots = "EDGEPLAN_SHOTS"

// goldenPages writes the page of each plan that golden has, made of its plan.json, and returns their paths by the name of
// the spec.
func goldenPages(t *testing.T) map[string]string {
	t.Helper()
	plans, err := filepath.Glob("../../golden/*/*/plan.json")
	if err != nil || len(plans) < 20 {
		t.Fatalf("%d plans: %v", len(plans), err)
	}
	dir, out := t.TempDir(), map[string]string{}
	for i, path := range plans {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files, err := emit.FromPlan(p)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, file := range files {
			if file.Name == emit.PageName {
				name := filepath.Join(dir, fmt.Sprintf("%d.html", i))
				if err := os.WriteFile(name, file.Text.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
				out[filepath.Base(filepath.Dir(filepath.Dir(path)))] = name
			}
		}
	}
	return out
}

// TestWellFormed: the pages of all goldens are, that of the example is that of its package, and small.
func TestWellFormed(t *testing.T) {
	for name, path := range goldenPages(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		shape(t, name, string(text))
		if name == "seed" {
			if want, _ := os.ReadFile("../../golden/seed/edgepool1-to-edgepool2/" + emit.PageName); string(want) != string(text) {
				t.Error("the page that plan.json makes is not that of the package")
			}
			if len(text) > 150_000 {
				t.Errorf("the page of the example has %d bytes", len(text))
			}
		}
	}
}

// faint finds texts whose contrast is less than WCAG asks for at level AA.
const faint = `(() => {
  const rgb = c => (c.match(/[\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c } return [255, 255, 255] };
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, s = getComputedStyle(e);
    if (!walk.currentNode.data.trim() || !e.checkVisibility()) continue;
    const ink = rgb(e.closest('svg') ? s.fill : s.color);
    const a = light(ink), b = light(behind(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const large = parseFloat(s.fontSize) >= 24 || parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) out.push(ratio.toFixed(2) + ' ' + walk.currentNode.data.trim().slice(0, 40));
  }
  return out;
})()`

// unreachable finds what a keyboard does not come to in the order of the page, or what has no name.
const unreachable = `(() => [...document.querySelectorAll('a, summary, [tabindex]')]
  .filter(e => e.tabIndex !== 0 || !e.textContent.trim()).map(e => e.outerHTML))()`

// unselectable finds text that cannot be selected; the numbers of lines are not text.
const unselectable = `(() => [...document.querySelectorAll('body *')]
  .filter(e => getComputedStyle(e).userSelect === 'none').map(e => e.outerHTML.slice(0, 80)))()`

// TestBrowser: no page complains or asks for anything, none is wider than its window, all text can be read in light and
// in dark, and that of the example is printed on six sheets of paper.
func TestBrowser(t *testing.T) {
	b := start(t)
	all := goldenPages(t)
	over := func(name string, width int) {
		var wide int
		if b.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth", &wide); wide > 0 {
			t.Errorf("%s: at %d pixels the page is %d too wide", name, width, wide)
		}
	}
	none := func(name, what, expression string) {
		var found []string
		if b.eval(expression, &found); len(found) > 0 {
			t.Errorf("%s: %s: %q", name, what, found)
		}
	}
	for name, path := range all {
		b.open("file://"+path, 360, "dark")
		b.eval("document.querySelectorAll('details').forEach(d => d.open = true), 1", new(int))
		over(name, 360)
		none(name, "too faint", faint)
		none(name, "not selectable", unselectable)
	}
	seed := "file://" + all["seed"]
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{360, 768, 1440} {
			b.open(seed, width, scheme)
			over("seed", width)
			none("seed", "too faint", faint)
			none("seed", "not reachable", unreachable)
			if dir := os.Getenv(shots); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("seed-%s-%d.png", scheme, width)), b.shot(), 0o666); err != nil {
					t.Error(err)
				}
			}
		}
	}
	for paper, size := range map[string][2]float64{"A4": {8.27, 11.69}, "Letter": {8.5, 11}} {
		pdf := b.pdf(size[0], size[1])
		if n := pages(pdf); n < 3 || n > 6 {
			t.Errorf("the example is %d pages of %s", n, paper)
		}
		if dir := os.Getenv(shots); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, paper+".pdf"), pdf, 0o666); err != nil {
				t.Error(err)
			}
		}
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	for _, width := range []int{700, 720} { // within the margins of both
		b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": false}, nil)
		over("seed in print", width)
		none("seed in print", "too faint", faint)
	}
	for _, event := range []string{"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Audits.issueAdded"} {
		if found := b.seen(event); len(found) > 0 {
			t.Errorf("%s: %s", event, found)
		}
	}
	for _, request := range b.seen("Network.requestWillBeSent") {
		if !strings.Contains(request, `"url":"file://`) {
			t.Errorf("a page asks for %s", request)
		}
	}
}
