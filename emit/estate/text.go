package estate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Mermaid is the two pictures as a flowchart in the language of Mermaid, line by line.
func Mermaid(p *plan.Plan) []string {
	out := []string{"flowchart LR"}
	for i, side := range Of(p) {
		out = append(out, fmt.Sprintf("  subgraph %s", Titles[i]), "    direction TB")
		for n, box := range side.Boxes {
			out = append(out, fmt.Sprintf("    %s[\"%s\"]", node(i, n), strings.Join(said(box, "#9656;", mermaidText), "<br/>")))
			if box.Used {
				out = append(out, fmt.Sprintf("    style %s stroke-width:3px", node(i, n)))
			}
		}
		for _, a := range side.Arrows {
			out = append(out, fmt.Sprintf("    %s --> %s", node(i, a.From), node(i, a.To)))
		}
		out = append(out, "  end")
	}
	return out
}

// DOT is the same in that of Graphviz.
func DOT(p *plan.Plan) []string {
	out := []string{"digraph plan {", "  node [shape=box, fontname=\"sans-serif\"];"}
	for i, side := range Of(p) {
		out = append(out, fmt.Sprintf("  subgraph cluster_%s {", Titles[i]), fmt.Sprintf("    label=\"%s\";", Titles[i]))
		for n, box := range side.Boxes {
			style := ""
			if box.Used {
				style = ", penwidth=3"
			}
			out = append(out, fmt.Sprintf("    %s [label=\"%s\\l\"%s];", node(i, n), strings.Join(said(box, "▸", dotText), "\\l"), style))
		}
		for _, a := range side.Arrows {
			out = append(out, fmt.Sprintf("    %s -> %s;", node(i, a.From), node(i, a.To)))
		}
		out = append(out, "  }")
	}
	return append(out, "}")
}

// node names a box.
func node(side, n int) string { return string("ba"[side]) + strconv.Itoa(n) }

// said are the title and the lines of a box, escaped.
func said(box Box, mark string, text func(string) string) []string {
	out := []string{text(box.Title)}
	for _, line := range box.Lines {
		one := text(line.Text)
		if line.Moves {
			one = mark + " " + one
		}
		out = append(out, one)
	}
	return out
}

// mermaidText is visible text in a label: all but letters, digits and some signs by their numbers, which Mermaid shows
// as the characters and takes for nothing else.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range words.Visible(s) {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', strings.ContainsRune(" .,-:", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// dotText is visible text in a label: a backslash begins an escape there, a quote ends it, and an ampersand an entity.
func dotText(s string) string { return dotEscaper.Replace(words.Visible(s)) }

var dotEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
