package ticket

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// maxText bounds the characters of a long text. Jira takes 32,767; ServiceNow shows more, but no person reads it there.
const maxText = 32_000

// rest is the last line of a text that was cut.
const rest = "The rest is in change.md."

// plain is a text on one line.
func plain(text words.Text) string {
	var b strings.Builder
	for _, span := range text {
		b.WriteString(shown(span))
	}
	return b.String()
}

// shown is a span in visible characters. Own words are that, and have blanks at their ends, where others follow.
func shown(span words.Span) string {
	if span.Form == words.IsOwn {
		return span.Text
	}
	return words.Visible(span.Text)
}

// lines are those of blocks as plain text. Drawings are left out.
func lines(blocks []record.Block) []string {
	var out []string
	for _, block := range blocks {
		switch block := block.(type) {
		case record.Paragraph:
			out = append(out, plain(words.Text(block)))
		case record.List:
			for _, item := range block {
				out = append(out, "- "+plain(item))
			}
		case record.Table:
			out = append(out, rows(block)...)
		case record.Listing:
			if block.Language != record.Mermaid {
				for _, text := range block.Lines {
					out = append(out, "    "+text)
				}
			}
		}
	}
	return out
}

// rows are one line for each row of a table: two cells with a colon between them, more with bars.
func rows(table record.Table) []string {
	var out []string
	above := ""
	for _, row := range table.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain(cell)
		}
		// An empty cell stands for the one above it.
		if cells[0] == "" {
			cells[0] = above
		}
		above = cells[0]
		if len(cells) == 2 {
			out = append(out, cells[0]+": "+cells[1])
			continue
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return out
}

// section are the blocks of a section of the record; none if it has no such section.
func (t *Ticket) section(id string) []record.Block {
	for _, section := range t.record.Sections {
		if section.ID == id {
			return section.Blocks
		}
	}
	return nil
}

// pair is a row of the summary of the record.
type pair struct{ name, value string }

func (t *Ticket) summary() []pair {
	var out []pair
	for _, block := range t.section("summary") {
		if table, ok := block.(record.Table); ok {
			for _, row := range table.Rows {
				out = append(out, pair{plain(row[0]), plain(row[1])})
			}
		}
	}
	return out
}

// row is what the summary says of that name; empty if it says nothing.
func (t *Ticket) row(name string) string {
	for _, row := range t.summary() {
		if row.name == name {
			return row.value
		}
	}
	return ""
}

// fit is a text of lines with no more than maxText characters: whole lines, and then that there are more.
func fit(lines []string) string {
	text := strings.Join(lines, "\n")
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	size, n := utf8.RuneCountInString(rest), 0
	for n < len(lines) {
		size += utf8.RuneCountInString(lines[n]) + 1
		if size > maxText {
			break
		}
		n++
	}
	return strings.Join(append(slices.Clone(lines[:n]), rest), "\n")
}

// short is a text of one line with no more than so many characters; what is cut ends in dots.
func short(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-3]) + "..."
}

// moments are the times that the plan knows besides its window.
func moments(p *plan.Plan, t *Ticket) []Moment {
	var out []Moment
	add := func(id, at, title, text string) {
		if at = plan.UTC(at); at != "" {
			out = append(out, Moment{id, at, words.Visible(title), text})
		}
	}
	if last, ok := p.BackBy(); ok {
		add("back", last.At, "last moment for the old records to be back", t.row("Going back"))
	}
	if p.Schedule != nil {
		add("rollback", p.Schedule.BackBy, "last moment to begin the rollback", t.row("Going back"))
	}
	for i, e := range p.Earliest {
		add(fmt.Sprintf("earliest-%d", i+1), e.At, "not before: "+e.What, words.Visible(words.Earliest(e))+" "+words.StaleCaches)
	}
	told := t.section("communication") // two blocks a message: when it is sent to whom, and its text
	for i, m := range p.Change.Communication {
		if at, ok := m.At(p.Change); ok {
			add(fmt.Sprintf("message-%d", i+1), at, "message to "+strings.Join(m.To, "; "), strings.Join(lines(told[2*i:2*i+2]), "\n"))
		}
	}
	return out
}

// packageLine says of which package the ticket is.
func (t *Ticket) packageLine() string {
	return "Package: the SHA-256 of its SHA256SUMS is " + t.Package
}

// numbers are those of tasks, as a text.
func numbers(tasks []int) string {
	out := make([]string, len(tasks))
	for i, n := range tasks {
		out[i] = fmt.Sprint(n)
	}
	return strings.Join(out, ", ")
}
