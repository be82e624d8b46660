package page

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// HTML prints the record of a plan, with drawings of the plan, and the lines of its script that are of the change.
func HTML(p *plan.Plan, document *record.Document, script powershell.Script) string {
	w := &printer{plan: p, marks: places(script.Marks)}
	w.out.Grow(96 << 10) // more than most have
	w.head("Change record", document.Title)
	w.contents(document)
	w.put("<main id=\"main\">\n")
	for _, section := range document.Sections {
		w.section(section)
		if section.ID == scriptAfter {
			w.script(script)
		}
	}
	w.foot(p.ID)
	return w.out.String()
}

// Plain prints a document of that kind without drawings and without a script. No section of it may have the ID of one that
// [HTML] draws. At its foot is the ID of what it was made from.
func Plain(kind string, document *record.Document, id string) string {
	w := &printer{}
	w.head(kind, document.Title)
	w.contents(document)
	w.put("<main id=\"main\">\n")
	for _, section := range document.Sections {
		w.section(section)
	}
	w.foot(id)
	return w.out.String()
}

// head is all that is above the links to the sections.
func (w *printer) head(kind string, title words.Text) {
	w.put(`<!DOCTYPE html>` + "\n" + `<html lang="en"><head><meta charset="utf-8"/>` + "\n" +
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '` + styleHash + `'"/>` + "\n" +
		`<meta name="viewport" content="width=device-width, initial-scale=1"/>` + "\n" +
		`<meta name="color-scheme" content="light dark"/>` + "\n<title>" + escape(words.Visible(title.String())) + "</title>\n<style>" +
		style + "</style></head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the record</a>\n<header><p class=\"kind\">" +
		kind + "</p><h1>" + inline(title) + "</h1></header>\n")
}

// foot closes all sections and the page.
func (w *printer) foot(id string) {
	w.end(2)
	w.put("</main>\n<footer><p>" + inline(words.Name(id)) + "</p></footer>\n</body></html>\n")
}

// scriptAfter is the section before that of the script.
const scriptAfter = "findings"

// printer knows which sections are open.
type printer struct {
	plan  *plan.Plan
	out   strings.Builder
	marks map[place]powershell.Mark
	open  []int  // their levels
	kind  string // of the section, without its number
}

func (w *printer) put(html string) { w.out.WriteString(html) }

// contents links to the sections.
func (w *printer) contents(d *record.Document) {
	w.put("<nav aria-label=\"Sections\"><ul>\n")
	for _, section := range d.Sections {
		if section.Level == 2 {
			w.put(`<li><a href="#` + section.ID + `">` + inline(section.Title) + "</a></li>\n")
		}
		if section.ID == scriptAfter {
			w.put("<li><a href=\"#script\">Script</a></li>\n")
		}
	}
	w.put("</ul></nav>\n")
}

// end closes the sections that are not above a level.
func (w *printer) end(level int) {
	for len(w.open) > 0 && w.open[len(w.open)-1] >= level {
		w.put("</section>\n")
		w.open = w.open[:len(w.open)-1]
	}
}

func (w *printer) section(s record.Section) {
	w.begin(s.ID, s.Level, inline(s.Title))
	draw := map[string]func(){"what": w.estate, "when": w.timeline}[s.ID]
	if draw != nil { // beside the text where there is room
		w.put("<div class=\"beside\">\n")
		draw()
		w.put("<div>\n")
		defer w.put("</div></div>\n")
	}
	for _, block := range s.Blocks {
		if table, ok := block.(record.Table); ok && s.ID == "summary" {
			w.facts(table)
			continue
		}
		w.block(block)
	}
	if s.ID == "rehearsal" {
		// The one link that leads out of the page. The report may not be there: nothing here says that it is.
		at := url.PathEscape(w.plan.Name+words.KitSuffix) + "/" + words.ReportPageName
		w.put(`<p><a href="../` + escape(at) + `">Open the report, if there is one</a></p>` + "\n")
	}
}

// begin opens a section under a title, which is HTML.
func (w *printer) begin(id string, level int, title string) {
	w.end(level)
	w.open = append(w.open, level)
	w.kind = strings.TrimRight(id, "-0123456789")
	w.put(fmt.Sprintf("<section id=\"%s\" class=\"l%d\"><h%d>%s</h%d>\n", id, level, level, title, level))
}

func (w *printer) block(block record.Block) {
	switch block := block.(type) {
	case record.Paragraph:
		w.put("<p>" + inline(words.Text(block)) + "</p>\n")
	case record.List:
		w.folded(len(block), maxItems, "entries", func() {
			w.put("<ul>\n")
			for _, item := range block {
				w.put("<li>" + inline(item) + "</li>\n")
			}
			w.put("</ul>\n")
		})
	case record.Table:
		w.folded(len(block.Rows), maxRows, "rows", func() { w.table(block) })
	case record.Listing:
		if block.Language == record.Mermaid {
			return
		}
		w.folded(len(block.Lines), maxLines, "lines", func() { w.listing(block) })
	}
}

// More than these are counted, and shown to who opens them.
const (
	maxItems = 20
	maxRows  = 60
	maxLines = 16
)

func (w *printer) folded(n, limit int, what string, show func()) {
	if n <= limit {
		show()
		return
	}
	w.put(fmt.Sprintf("<details><summary>%d %s</summary>\n", n, what))
	show()
	w.put("</details>\n")
}

// facts are the rows of the summary.
func (w *printer) facts(table record.Table) {
	w.put("<dl class=\"facts\">\n")
	for _, row := range table.Rows {
		w.put("<div><dt>" + inline(row[0]) + "</dt><dd>" + inline(row[1]) + "</dd></div>\n")
	}
	w.put("</dl>\n")
}

// table prints one; on a narrow screen each cell is a line of its own, under the name of its column.
func (w *printer) table(t record.Table) {
	// The widths of columns go with what they have, not with the longest name in them.
	w.put("<table class=\"of-" + w.kind + "\"><thead><tr>")
	heads := make([]string, len(t.Head))
	for i, head := range t.Head {
		heads[i] = escape(words.Visible(head.String()))
		w.put("<th scope=\"col\">" + inline(head) + "</th>")
	}
	w.put("</tr></thead><tbody>\n")
	for i, row := range t.Rows {
		w.put("<tr>")
		for k, cell := range row {
			w.put(`<td data-label="` + heads[k] + `">` + inline(cell))
			if k == len(row)-1 && t.Part > 0 {
				w.lines(place{t.Part, t.Steps[i]})
			}
			w.put("</td>")
		}
		w.put("</tr>\n")
	}
	w.put("</tbody></table>\n")
}

// changes are the classes and words of lines of a diff.
var changes = map[byte][2]string{'-': {"del", "removed"}, '+': {"add", "added"}, ' ': {"same", "unchanged"}}

func (w *printer) listing(l record.Listing) {
	w.put("<pre class=\"" + l.Language + "\">")
	for i, line := range l.Lines {
		if i > 0 {
			w.put("\n")
		}
		if l.Language != "diff" || line == "" {
			w.put(escape(line))
			continue
		}
		// Sign, word and colour: no one of them alone.
		change := changes[line[0]]
		w.put(`<span class="` + change[0] + `"><b>` + line[:1] + " " + change[1] + "</b> " + escape(strings.TrimLeft(line[1:], " ")) + "</span>")
	}
	w.put("</pre>\n")
}

// inline prints what is on one line.
func inline(text words.Text) string {
	var b strings.Builder
	for _, span := range text {
		switch span.Form {
		case words.IsOwn:
			b.WriteString(escape(span.Text))
		case words.IsFree:
			for _, piece := range record.Commands(span.Text) {
				if piece.Form == words.IsName {
					b.WriteString("<code>" + escape(piece.Text) + "</code>")
				} else {
					b.WriteString(withTimes(escape(piece.Text)))
				}
			}
		case words.IsName:
			b.WriteString(code(span.Text))
		}
	}
	return b.String()
}

// withTimes marks the times in a text.
func withTimes(s string) string {
	// Few texts have one, and an expression takes as long for the others.
	for i := strings.IndexByte(s, 'T'); i >= 0; {
		if i > 0 && i+1 < len(s) && isDigit(s[i-1]) && isDigit(s[i+1]) {
			return times.ReplaceAllString(s, "<time>$0</time>")
		}
		next := strings.IndexByte(s[i+1:], 'T')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return s
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// times are not torn at the end of a line.
var times = pattern.New(`\b\d{4}-\d\d-\d\dT[0-9:]+(?:Z|[+-]\d\d:\d\d)`)

func code(s string) string {
	if s == "" {
		return "(empty)"
	}
	return "<code>" + escape(words.Visible(s)) + "</code>"
}

// escape makes visible text a text of HTML, XML, SVG and their attributes in double quotes.
func escape(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")
