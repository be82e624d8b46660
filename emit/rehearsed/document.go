package rehearsed

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/emit/evidence"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Document is a report for people: in short, what was tried, each try with its stages, and the files that were run.
func Document(r Report) *record.Document {
	d := &record.Document{Title: words.Join("", words.Own("Rehearsal: "), words.Free(r.Title))}
	add := func(id string, level int, title words.Text, blocks ...record.Block) {
		d.Sections = append(d.Sections, record.Section{ID: id, Level: level, Title: title, Blocks: blocks})
	}
	add("summary", 2, words.Own("In short"), summary(r))
	add("means", 2, words.Own("What that means"), means()...)
	add("tries", 2, words.Own("What was tried"), tries(r))
	for i, try := range r.Tries {
		add(fmt.Sprintf("try-%d", i+1), 3, words.Join(" ", words.Own(fmt.Sprint(i+1)), words.Name(try.Try)), details(try)...)
	}
	add("files", 2, words.Own("Files that were run"), files(r))
	return d
}

func summary(r Report) record.Block {
	verdict := words.Own(string(r.Verdict))
	if len(r.Why) > 0 {
		verdict = words.Join("", verdict, words.Own(": "), words.Free(strings.Join(r.Why, "; ")))
	}
	return record.Table{Head: head("rehearsal", ""), Rows: [][]words.Text{
		{words.Own("Verdict"), verdict},
		{words.Own("Plan"), words.Join(", ", words.Name(r.Name), words.Name(r.Plan))},
		{words.Own("Ticket"), words.Name(r.Ticket)},
		{words.Own("Report"), words.Name(r.ID)},
		{words.Own("Engine"), words.Join("", words.Own("PowerShell "), words.Name(r.Engine.Version), words.Own(", edition "),
			words.Name(r.Engine.Edition), words.Own(", on "), words.Name(r.Engine.System))},
		{words.Own("Held"), words.Join(" to ", words.Name(r.Started), words.Name(r.Ended))},
		{words.Own("By"), words.Join("", words.Own("edgeplan "), words.Name(r.Edgeplan))},
	}}
}

func means() []record.Block {
	return []record.Block{
		record.Paragraph(words.Own("The scripts of the package were run unchanged, against simulated cmdlets: no server was touched. " +
			"It shows that they do what the plan says if servers behave as the simulation does. No real server has shown that it does.")),
		record.Paragraph(words.Join("", words.Own("The report is not signed. Its verdicts follow from the logs in it; who can make up "+
			"the logs can make up the report. That it is of the plan and the scripts of the package is what "),
			words.Name("edgeplan verify"), words.Own(" checks."))),
	}
}

func tries(r Report) record.Block {
	table := record.Table{Head: head("try", "what is tried", "fault", "verdict")}
	for _, try := range r.Tries {
		fault := words.Own("none")
		if try.Fault != "" {
			fault = words.Name(try.Fault)
		}
		table.Rows = append(table.Rows, []words.Text{words.Name(try.Try), words.Free(try.Says), fault, words.Own(string(try.Verdict))})
	}
	return table
}

func details(try Try) []record.Block {
	var out []record.Block
	if len(try.Why) > 0 {
		var why record.List
		for _, line := range try.Why {
			why = append(why, words.Free(line))
		}
		out = append(out, record.Paragraph(words.Own("It failed:")), why)
	}
	out = append(out, judged(try)...)
	// No more than four columns, for narrow screens.
	table := record.Table{Head: head("stage", "host", "exit codes", "result")}
	for _, s := range try.Stages {
		table.Rows = append(table.Rows, []words.Text{words.Join(" ", words.Name(s.Script), words.Name(s.Stage)), words.Name(s.Host),
			words.Own(numbers(s.Codes)), words.Free(s.Result)})
	}
	if len(table.Rows) > 0 {
		out = append(out, table)
	}
	return out
}

// judged says what the logs of a try are worth by the rules for those of a change.
func judged(try Try) []record.Block {
	if try.Change == "" {
		return nil
	}
	out := []record.Block{record.Paragraph(words.Join("", words.Own("Its logs by the rules of "), words.Name("edgeplan evidence"),
		words.Own(fmt.Sprintf(": the change %s, with the rollback %s.", try.Change, try.Rollback))))}
	var list record.List
	for _, p := range try.Problems {
		list = append(list, problem(p))
	}
	if len(list) > 0 {
		out = append(out, list)
	}
	return out
}

func problem(p evidence.Problem) words.Text {
	parts := []words.Text{words.Own(p.Text)}
	for _, about := range []string{p.Stage, p.Host, p.Place, p.Detail} {
		if about != "" {
			parts = append(parts, words.Name(about))
		}
	}
	return words.Join(", ", parts...)
}

func files(r Report) record.Block {
	var lines []string
	for _, list := range [][]Sum{r.Scripts, r.Kit} {
		for _, f := range list {
			lines = append(lines, words.Visible(f.SHA256)+"  "+words.Visible(f.Name))
		}
	}
	return record.Listing{Language: "text", Lines: lines}
}

func head(names ...string) []words.Text {
	out := make([]words.Text, len(names))
	for i, name := range names {
		out[i] = words.Own(name)
	}
	return out
}
