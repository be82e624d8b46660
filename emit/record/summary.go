package record

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// summary is what an approver reads first: what, why, when, risk, who is affected, when to go on and how long to
// go back.
func (b *builder) summary() {
	change := b.plan.Change
	b.section("summary", words.Own("In short"))
	b.text(words.Free(b.plan.Texts.Why))
	table := Table{Head: head("change", "")}
	row := func(name string, value words.Text) {
		if value != nil {
			table.Rows = append(table.Rows, []words.Text{words.Own(name), value})
		}
	}
	row("Ticket", given(change.Ticket, words.Name))
	row("Summary", given(change.Summary, words.Free))
	row("Window", words.Free(words.Window(change)))
	row("Type", said(change.Type))
	row("Risk", b.rating())
	row("Impact", said(change.Impact))
	row("Duration", said(words.Duration(b.plan)))
	row("Implementers", words.Roles(change.Implementers))
	row("Testers", words.Roles(change.Testers))
	table.Rows = append(table.Rows, b.affected()...)
	row("Go", b.begin())
	row("No go", words.Own("A stage that ends with another exit code than 0: do what its section says, and run no later "+
		"stage before that."))
	row("Done", words.Join("", words.Own("Stage "), words.Free(b.plan.Stages[len(b.plan.Stages)-1].Name),
		words.Own(" ends with exit code 0 on each host.")))
	row("Going back", b.goingBack())
	row("Requester", given(change.Requester, words.Free))
	row("Approvers", b.approvers())
	// What is approved is this ID; scripts, logs and plan.json have it too.
	row("Plan", words.Join(", ", words.Name(b.plan.Name), words.Name(b.plan.ID)))
	b.add(table)
}

// risk is what users notice, what nothing brings back, and how many findings nobody has accepted.
func (b *builder) risk() words.Text {
	var noticed, gone []string
	for _, stage := range b.plan.Stages {
		if words.Noticed(b.plan, stage) {
			noticed = append(noticed, stage.Name)
		}
		if plan.AllSteps([]plan.Stage{stage}).Has(func(s *plan.Step) bool { return s.Risk == plan.Destructive }) {
			gone = append(gone, stage.Name)
		}
	}
	out := words.Own("Users notice no stage.")
	if len(noticed) > 0 {
		out = words.Join("", words.Own("Users notice "+counted(len(noticed), "stage")+" "), words.Free(plan.List(noticed)),
			words.Own("."))
	}
	if len(gone) > 0 {
		out = words.Join("", out, words.Own(" What "+counted(len(gone), "stage")+" "), words.Free(plan.List(gone)),
			words.Own(" takes away no rollback brings back."))
	}
	open := 0
	for _, f := range b.plan.Findings {
		if f.Accepted == "" {
			open++
		}
	}
	are := "are"
	if open == 1 {
		are = "is"
	}
	return words.Join("", out, words.Own(fmt.Sprintf(" Findings: %d, of which %d %s open.", len(b.plan.Findings), open, are)))
}

// counted is a word for one or several.
func counted(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// affected are rows that say of each service that changes from when to when it is down, and whom the plan concerns
// besides users.
func (b *builder) affected() [][]words.Text {
	var rows [][]words.Text
	for _, service := range b.plan.Services {
		spans := words.Spans(b.plan, service.Name)
		if len(spans) < 2 {
			continue
		}
		var states []words.Text
		for i, span := range spans {
			after := words.Own("after ")
			if i == 0 {
				after = nil
			}
			states = append(states, words.Join("", after, words.Free(span.From), words.Own(": "), words.Free(span.State)))
		}
		rows = append(rows, []words.Text{words.Join("", words.Own("Affected: "), words.ServiceName(service)),
			words.Join("; ", states...)})
	}
	for _, told := range b.plan.Texts.Told {
		if n := len(told.Names); n > 0 {
			rows = append(rows, []words.Text{words.Own("To be told"),
				words.Join("", words.Free(told.Title), words.Own(fmt.Sprintf(": %d", n)))})
		}
	}
	if messages := b.messages(); messages != nil {
		rows = append(rows, []words.Text{words.Own("Messages"), messages})
	}
	return rows
}

// begin is when the change may begin: the first stage of it compares and changes nothing, in most plans.
func (b *builder) begin() words.Text {
	first := b.plan.Stages[0]
	if plan.AllSteps([]plan.Stage{first}).Has(func(s *plan.Step) bool { return s.Risk != plan.Safe }) {
		return nil
	}
	out := words.Join("", words.Own("Stage "), words.Free(first.Name), words.Own(" ends with exit code 0 on each host."))
	if slices.ContainsFunc(b.plan.Findings, func(f plan.Finding) bool { return f.Accepted == "" }) {
		out = words.Join("", words.Own("Each open finding is accepted. "), out)
	}
	return out
}

// goingBack is until when, and what stays as it is then.
func (b *builder) goingBack() words.Text {
	out := words.Join("", words.Own("From any point, with "), words.Name(words.RollbackScript), words.Own("."))
	if at, ok := b.plan.BackBy(); ok {
		out = words.Join("", out, words.Own(" If no cache that keeps to the TTL is to have an answer of the change when the "+
			"window ends, the old records have to be on all name servers by "), words.Free(at.At), words.Own(", "),
			words.Free(plan.Seconds(at.Seconds)), words.Own(" before."))
	}
	if text := words.BackOut(b.plan); text != "" {
		out = words.Join(" ", out, words.Free(text))
	}
	return out
}

// approvers are those that the spec names.
func (b *builder) approvers() words.Text {
	// Said and not left empty: a board looks for the line.
	if len(b.plan.Change.Approvers) == 0 {
		return words.NotGiven
	}
	return words.Join(", ", words.Frees(b.plan.Change.Approvers)...)
}

func given(s string, as func(string) words.Text) words.Text {
	if strings.TrimSpace(s) == "" {
		return words.NotGiven
	}
	return as(s)
}

// when is how long things last: what is reachable after which stage, and what has to wait.
func (b *builder) when() {
	b.section("when", words.Own("What is reachable, and when"))
	table := Table{Head: head("service", "after stage", "reachable")}
	for _, service := range b.plan.Services {
		name := words.ServiceName(service)
		for _, span := range words.Spans(b.plan, service.Name) {
			table.Rows = append(table.Rows, []words.Text{name, words.Free(span.From), words.Free(span.State)})
			name = nil // once for all of its rows
		}
	}
	b.add(table)
	var items List
	for _, note := range words.Notes(b.plan) {
		item := words.Free(note.Text)
		if len(note.Commands) > 0 { // each by itself, so that it can be copied whole
			item = words.Join(" ", item, words.Names(note.Commands))
		}
		items = append(items, item)
	}
	b.add(items)
	var waits List
	for _, e := range b.plan.Earliest {
		waits = append(waits, words.Free(words.Earliest(e)))
	}
	if len(waits) > 0 {
		b.text(words.Own("Waiting times:"))
		b.add(waits)
		// The waits follow from TTLs, and some resolvers are set not to keep to those.
		b.text(words.Free(words.StaleCaches))
	}
	if last := &b.doc.Sections[len(b.doc.Sections)-1]; last.Blocks == nil {
		b.doc.Sections = b.doc.Sections[:len(b.doc.Sections)-1]
	}
}

// signOff is filled in by hand.
func (b *builder) signOff() {
	b.section("sign-off", words.Own("Sign-off"))
	table := Table{Head: head("role", "name", "decision", "date and signature")}
	for _, name := range b.plan.Change.Approvers {
		table.Rows = append(table.Rows, []words.Text{words.Own("approver"), given(name, words.Free), nil, nil})
	}
	if len(b.plan.Change.Approvers) == 0 {
		table.Rows = append(table.Rows, []words.Text{words.Own("approver"), nil, nil, nil})
	}
	for _, role := range []struct {
		name string
		of   func(plan.ChangeStage) []string
	}{
		{"implementer", func(s plan.ChangeStage) []string { return s.Implementers }},
		{"tester", func(s plan.ChangeStage) []string { return s.Testers }},
	} {
		names := words.Frees(b.signers(role.of))
		if len(names) == 0 {
			names = []words.Text{nil} // filled in too
		}
		for _, name := range names {
			table.Rows = append(table.Rows, []words.Text{words.Own(role.name), name, nil, nil})
		}
	}
	b.add(table)
}
