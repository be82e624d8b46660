package ticket

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// columns are the heads of the CSV form, with what is below them.
var columns = []struct {
	name string
	of   func(*Ticket, Task) string
}{
	{"plan", func(t *Ticket, _ Task) string { return t.Plan }},
	{"plan_id", func(t *Ticket, _ Task) string { return t.ID }},
	{"package_sha256", func(t *Ticket, _ Task) string { return t.Package }},
	{"ticket", func(t *Ticket, _ Task) string { return t.Number }},
	{"summary", func(t *Ticket, _ Task) string { return t.Summary }},
	{"window_start", func(t *Ticket, _ Task) string { return t.Start }},
	{"window_end", func(t *Ticket, _ Task) string { return t.End }},
	{"requester", func(t *Ticket, _ Task) string { return t.Requester }},
	{"approvers", func(t *Ticket, _ Task) string { return strings.Join(t.Approvers, "\n") }},
	{"task", func(_ *Ticket, task Task) string { return fmt.Sprint(task.Number) }},
	{"after_tasks", func(_ *Ticket, task Task) string { return numbers(task.After) }},
	{"stage", func(_ *Ticket, task Task) string { return task.Stage }},
	{"host", func(_ *Ticket, task Task) string { return task.Host }},
	{"does", func(_ *Ticket, task Task) string { return task.Does }},
	{"type", func(_ *Ticket, task Task) string { return task.Typed }},
	{"implementers", func(_ *Ticket, task Task) string { return strings.Join(visible(task.Roles.Implementers), "\n") }},
	{"testers", func(_ *Ticket, task Task) string { return strings.Join(visible(task.Roles.Testers), "\n") }},
	{"stage_minutes", func(_ *Ticket, task Task) string { return minutes(task.Roles) }},
	{"expect", func(_ *Ticket, task Task) string { return fit(rows(task.told.Steps)) }},
	{"if_fails", func(_ *Ticket, task Task) string { return plain(words.Text(task.told.IfFails)) }},
}

// CSV prints one row for each task, below a row of heads, as RFC 4180 has it: records end in CRLF, a line end inside a cell
// is LF. No cell is a formula to a spreadsheet; see [Unguarded].
func CSV(tickets []*Ticket) ([]byte, error) {
	var all bytes.Buffer
	heads := make([]string, len(columns))
	for i, column := range columns {
		heads[i] = column.name
	}
	if err := writeRecord(&all, heads); err != nil {
		return nil, err
	}
	for _, t := range tickets {
		for _, task := range t.Tasks {
			cells := make([]string, len(columns))
			for i, column := range columns {
				cells[i] = guarded(column.of(t, task))
			}
			if err := writeRecord(&all, cells); err != nil {
				return nil, err
			}
		}
	}
	return all.Bytes(), nil
}

func writeRecord(all *bytes.Buffer, cells []string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(cells); err != nil {
		return err
	}
	w.Flush()
	// The writer has either LF as the end of records or CRLF in cells too.
	all.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	all.WriteString("\r\n")
	return w.Error()
}

// Where a formula could begin, in what a spreadsheet takes for a cell: at the start, and behind what separates cells or
// rows for one that is set to another separator, whatever quotes there are. The signs are = + - @ and their full-width
// forms; an apostrophe counts too, so that the one that is put there can always be taken off again.
var (
	begins   = "(^|[;|\t\r\n][ \"]*)"
	formula  = pattern.New(begins + "(['=+@\uFF1D\uFF0B\uFF0D\uFF20-])")
	guardian = pattern.New(begins + "'")
)

// guarded puts an apostrophe wherever a formula could begin, and before a cell that begins with a tab or an end of line.
func guarded(cell string) string {
	out := formula.ReplaceAllString(cell, "$1'$2")
	if cell != "" && strings.Contains("\t\r\n", cell[:1]) {
		out = "'" + out
	}
	return out
}

// Unguarded is the text of a cell of the CSV form.
func Unguarded(cell string) string { return guardian.ReplaceAllString(cell, "$1") }

// minutes are how long a stage takes; empty where the spec does not say.
func minutes(stage plan.ChangeStage) string {
	if stage.Minutes == 0 {
		return ""
	}
	return fmt.Sprint(stage.Minutes)
}
