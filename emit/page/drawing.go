package page

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/emit/words"
)

// Drawings are this wide, in units that are pixels on a narrow phone, and higher as there is more to show.
const wide = 340

// drawing is an SVG. Names in it are escaped as all text is, and cut where there is no room: they are whole in the text.
type drawing struct{ out strings.Builder }

// shown puts a drawing of a height into the page, with what it shows as its caption.
// More is what explains it, as HTML.
func (w *printer) shown(d *drawing, id string, height int, caption words.Text, more string) {
	w.put(fmt.Sprintf("<figure class=\"%s\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "+
		"aria-labelledby=\"%s\">\n", id, wide, height, id))
	w.put(d.out.String())
	w.put("</svg>" + more + "<figcaption id=\"" + id + "\">" + inline(caption) + "</figcaption></figure>\n")
}

func (d *drawing) rect(class string, x, y, width, height int) {
	fmt.Fprintf(&d.out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n", class, x, y, width, height)
}

func (d *drawing) line(class string, x1, y1, x2, y2 int) {
	fmt.Fprintf(&d.out, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", class, x1, y1, x2, y2)
}

func (d *drawing) circle(class string, x, y, r int) {
	fmt.Fprintf(&d.out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", class, x, y, r)
}

// text is cut to a width.
func (d *drawing) text(class string, x, y, width int, s string) {
	d.out.WriteString(fmt.Sprintf("<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y) + escape(cut(words.Visible(s), width, class)) + "</text>\n")
}

// arrow goes from a side of one box round to the same side of another: on the left where out is negative.
func (d *drawing) arrow(class string, x, from, to, out int) {
	point := 4
	if out < 0 {
		point = -4
	}
	fmt.Fprintf(&d.out, "<path class=\"%s\" d=\"M%d %dH%dV%dH%d\"/><path class=\"%s tip\" d=\"M%d %dl%d -3v6z\"/>\n",
		class, x, from, x+out, to, x, class, x, to, point)
}

// Characters of a drawing are about this wide, in tenths, plain and bold; those of East Asia twice as much.
const plainWidth, boldWidth = 50, 57

// cut is as much of a text as there is room for.
func cut(s string, width int, class string) string {
	room, used, one := width*10, 0, plainWidth
	if class[0] != 't' || strings.HasSuffix(class, " mv") {
		one = boldWidth
	}
	for i, r := range s {
		if r >= 0x1100 {
			used += one
		}
		if used += one; used > room {
			// At least one character, and room for the sign that there are more.
			_, end := utf8.DecodeRuneInString(s)
			for k := range s[:i] {
				end = max(end, k)
			}
			return s[:end] + "…"
		}
	}
	return s
}
