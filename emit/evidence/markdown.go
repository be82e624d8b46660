package evidence

import (
	"errors"
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/record"
)

// Markdown is the report for a ticket. It fails for a report that no [Check] made.
func (r Report) Markdown() (string, error) {
	// An empty report would look like one without problems.
	if r.Verdict == "" {
		return "", errors.New("nothing was checked")
	}
	p := &printer{}
	p.line("# Evidence: " + string(r.Verdict))
	p.line("")
	p.table([]string{"change", ""}, [][]string{
		{"Plan", record.Code(r.Name) + ", " + record.Code(r.Plan)},
		{"Ticket", record.Code(r.Ticket)},
	})
	p.problems(r.Problems)
	p.stages("Stages", r.Stages)
	p.line("\nTimes are UTC, by the clock of each host: the order across hosts is no better than their clocks.")
	if len(r.Rollback) > 0 {
		p.stages("Rollback", r.Rollback)
	}
	p.remarks(r.Remarks)
	p.changes(r.Changes)
	p.others(r.Others)
	p.logs(r.Logs)
	return p.b.String(), nil
}

type printer struct{ b strings.Builder }

func (p *printer) line(markdown string) { p.b.WriteString(markdown + "\n") }

func (p *printer) section(title string) { p.line("\n## " + title + "\n") }

func (p *printer) table(head []string, rows [][]string) {
	p.b.WriteString(record.Heading(head...))
	for _, row := range rows {
		p.b.WriteString(record.Row(row...))
	}
}

// codes is a list of code spans.
func codes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = record.Code(s)
	}
	return strings.Join(out, ", ")
}

func (p *printer) problems(list []Problem) {
	if len(list) == 0 {
		return
	}
	p.section("Problems")
	for _, one := range list {
		var about []string
		for _, part := range [][2]string{{"stage", one.Stage}, {"host", one.Host}, {"at", one.Place}} {
			if part[1] != "" {
				about = append(about, part[0]+" "+record.Code(part[1]))
			}
		}
		if one.Detail != "" {
			about = append(about, record.Text(one.Detail))
		}
		// Text is one of the fixed sentences of this package; all else comes from logs and is quoted.
		line := "- " + one.Text
		if len(about) > 0 {
			line += ": " + strings.Join(about, ", ")
		}
		p.line(line)
	}
}

func (p *printer) stages(title string, list []StageRuns) {
	p.section(title)
	var rows [][]string
	for _, s := range list {
		host := record.Code(s.Host)
		// Named without its asterisk: what follows are the computers that were it.
		if s.Host == plan.AnyHost {
			host = "any other"
		}
		if len(s.Other) > 0 {
			host += ": " + codes(s.Other)
		}
		end := s.End
		if s.Why != "" {
			end += ": " + record.Text(s.Why)
		}
		rows = append(rows, []string{record.Code(s.Stage), host, fmt.Sprint(s.Runs), s.First, s.Last,
			codes(s.Who), end})
	}
	p.table([]string{"stage", "host", "runs", "first start", "last end", "who", "last outcome"}, rows)
}

func (p *printer) remarks(list []Record) {
	if len(list) == 0 {
		return
	}
	p.section("Waived, attested, not known")
	var rows [][]string
	for _, r := range list {
		rows = append(rows, []string{r.UTC, r.Outcome, record.Code(r.Host), record.Code(r.Stage), record.Code(r.Step),
			record.Code(r.Who), record.Text(r.Detail)})
	}
	p.table([]string{"utc", "outcome", "host", "stage", "step", "who", "detail"}, rows)
}

func (p *printer) changes(list []ChangeMade) {
	if len(list) == 0 {
		return
	}
	p.section("Changes")
	var rows [][]string
	for _, c := range list {
		result := record.Text(c.Result)
		if !c.Done {
			result = "result not recorded"
		}
		command := record.Code(c.Call.Command)
		if c.Call.Outcome == clicked { // no command: what a person does
			command = record.Text(c.Call.Detail)
		}
		rows = append(rows, []string{c.Call.UTC, record.Code(c.Call.Host), record.Code(c.Call.Stage),
			record.Code(c.Call.Step), record.Code(c.Call.Who), command, result})
	}
	p.table([]string{"utc", "host", "stage", "step", "who", "command", "result"}, rows)
}

func (p *printer) others(list []OtherPlan) {
	if len(list) == 0 {
		return
	}
	p.section("Records of other plans, not counted")
	for _, o := range list {
		p.line(fmt.Sprintf("- %s: %d in %s", record.Code(o.Plan), o.Records, codes(o.Logs)))
	}
}

func (p *printer) logs(list []LogRead) {
	p.section("Logs")
	var rows [][]string
	for _, l := range list {
		var torn []string
		for _, n := range l.Torn {
			torn = append(torn, place(l.Name, n))
		}
		rows = append(rows, []string{record.Code(l.Name), codes(l.Hosts), fmt.Sprint(l.Records), codes(torn),
			fmt.Sprint(len(l.Bad))})
	}
	p.table([]string{"log", "hosts", "records", "torn lines", "bad lines"}, rows)
}
