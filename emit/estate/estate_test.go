package estate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/estate"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/loud"
)

// goldens are the plans that golden has.
func goldens(t *testing.T) []*plan.Plan {
	t.Helper()
	paths, err := filepath.Glob("../../golden/*/*/plan.json")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d plans: %v", len(paths), err)
	}
	var out []*plan.Plan
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, p)
	}
	return out
}

// TestSides: both pictures of a plan have the same boxes, arrows lead to pools, and records lead from the pool that is
// left to the one that takes over.
func TestSides(t *testing.T) {
	moved := 0
	for _, p := range goldens(t) {
		sides := estate.Of(p)
		var titles [2][]string
		reached := [2]map[string]bool{{}, {}}
		for i, side := range sides {
			for _, box := range side.Boxes {
				titles[i] = append(titles[i], box.Title)
			}
			for _, a := range side.Arrows {
				if a.Records {
					reached[i][side.Boxes[a.To].Title] = true
				}
				if !side.Boxes[a.To].Used {
					t.Errorf("%s: an arrow leads to %q, which is not used", p.Name, side.Boxes[a.To].Title)
				}
			}
		}
		if strings.Join(titles[0], "|") != strings.Join(titles[1], "|") {
			t.Errorf("%s: %q before, %q after", p.Name, titles[0], titles[1])
		}
		if reached[0][p.From.Name] && !reached[1][p.From.Name] && reached[1][p.To.Name] {
			moved++
		}
	}
	if moved < 10 {
		t.Errorf("records lead elsewhere in %d plans", moved)
	}
}

// TestGraphviz: dot takes the drawings of all goldens and of hostile names.
func TestGraphviz(t *testing.T) {
	dot := loud.Tool(t, "dot")
	plans := goldens(t)
	for _, s := range []string{`"]; x ["`, `\`, `\l`, "&lt;", "<b>x</b>", "}\n}", `\"`, "//", "/*", "#x"} {
		plans = append(plans, sample.Hostile(s))
	}
	for _, p := range plans {
		cmd := exec.Command(dot, "-Tplain")
		cmd.Stdin = strings.NewReader(strings.Join(estate.DOT(p), "\n"))
		out, err := cmd.CombinedOutput()
		boxes := 0
		for _, side := range estate.Of(p) {
			boxes += len(side.Boxes)
		}
		if got := strings.Count(string(out), "\nnode "); err != nil || got != boxes || strings.Contains(string(out), "Warning") {
			t.Errorf("%q: %v, %d nodes of %d: %s", p.Name, err, got, boxes, out)
		}
	}
}

// TestMermaidIsPlain: nothing of a name is there but letters, digits and a few signs: what else it has is a number.
func TestMermaidIsPlain(t *testing.T) {
	want := len(estate.Mermaid(sample.Hostile("x")))
	for _, s := range sample.Pieces() {
		if strings.TrimSpace(s) == "" || s == "*" { // which is no name but any host
			continue
		}
		lines := estate.Mermaid(sample.Hostile(s))
		if len(lines) != want {
			t.Errorf("%q: %d lines, not %d", s, len(lines), want)
		}
		for _, line := range lines {
			_, label, ok := strings.Cut(line, `["`)
			label = strings.ReplaceAll(strings.TrimSuffix(label, `"]`), "<br/>", "")
			if ok && strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,-:#;") != "" {
				t.Errorf("%q: %s", s, line)
			}
		}
	}
}
