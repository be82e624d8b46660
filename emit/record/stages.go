package record

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// StageID is the one of the section about the stage of that number, from 1.
func StageID(n int) string { return fmt.Sprintf("stage-%d", n) }

// stages has a part for each stage: who, where, what is typed, what is expected, and what to do if not.
func (b *builder) stages() {
	b.section("stages", words.Own("Stages"))
	b.text(words.Own("Each stage is one run of the script on each host that is named, in this order: "),
		words.Name(words.Run(words.Script(b.plan), "NAME")),
		words.Own(". A stage that is done can be run again, and is refused while a stage before it on the same computer is "+
			"not done. Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act "+
			"first."))
	for _, need := range words.Needs(b.plan) {
		b.text(words.Free(need))
	}
	n := 0
	for i, stage := range b.plan.Stages {
		b.part(StageID(i+1), words.Join("", words.Own(fmt.Sprintf("%d ", i+1)), words.Free(stage.Name)))
		b.ofStage(i, stage)
		for _, part := range stage.Parts {
			n++
			told := b.stagePart(n, stage, part)
			b.add(told.About)
			b.add(told.Typed)
			b.add(told.Steps)
		}
		b.add(b.ifFails(stage))
	}
}

// Part is what the record says about a part of a stage of the change: where it runs and what it does, what is
// typed, its commands and checks with what is expected of them, and what to do if it fails.
type Part struct {
	About   Paragraph
	Typed   Listing
	Steps   Table
	IfFails Paragraph
}

// Parts are those of the stages of the change, in their order. It fails where a command of the plan cannot be written
// as one of PowerShell.
func Parts(p *plan.Plan) ([]Part, error) {
	b := &builder{plan: p}
	var out []Part
	for _, stage := range p.Stages {
		for _, part := range stage.Parts {
			told := b.stagePart(len(out)+1, stage, part)
			told.IfFails = b.ifFails(stage)
			out = append(out, told)
		}
	}
	return out, b.err
}

func (b *builder) ifFails(stage plan.Stage) Paragraph {
	return Paragraph(words.Join("", words.Own("If it does not end with exit code 0: "),
		words.Free(strings.Join(words.IfFails(b.plan, stage), " "))))
}

// stagePart is what is said about a part, but for what to do if it fails.
func (b *builder) stagePart(n int, stage plan.Stage, part plan.Part) Part {
	gates := b.plan.Gates(false, stage.Name, part)
	about := words.Join("", words.Own("On "), hosts(part.Hosts), words.Own(": "), words.Free(part.Does))
	if len(gates.Sheet) > 0 {
		about = words.Join("", about, words.Own(" After "), words.Free(plan.List(gates.Sheet)),
			words.Own(", which the script cannot see: keep to the order."))
	}
	typed := words.Run(words.Script(b.plan), stage.Name)
	if gates.Receipt != "" {
		typed += " -Receipt RECEIPT"
		about = words.Join("", about, words.Own(" RECEIPT is what stage "), words.Free(gates.Receipt), words.Own(" printed."))
	}
	if part.Prints {
		if to := b.receiptFor(stage.Name); len(to) > 0 {
			about = words.Join("", about, words.Own(" It prints a receipt: carry it to "), hosts(to), words.Own("."))
		}
	}
	table := Table{Head: head("command or check", "expected result", "procedure step"), Part: n}
	for _, line := range words.Lines(b.plan, false, plan.Stage{Name: stage.Name, Parts: []plan.Part{part}}) {
		table.Rows = append(table.Rows, []words.Text{b.commands(line), words.Free(line.Expect), words.Free(line.Source)})
		id := ""
		if line.Step != nil {
			id = line.Step.ID
		}
		table.Steps = append(table.Steps, id)
	}
	return Part{About: Paragraph(about), Typed: Listing{"powershell", []string{typed}}, Steps: table}
}

// receiptFor are the hosts on which a part asks for the receipt of a stage.
func (b *builder) receiptFor(stage string) []string {
	var out []string
	for _, other := range b.plan.Stages {
		for _, part := range other.Parts {
			if b.plan.Gates(false, other.Name, part).Receipt == stage {
				out = append(out, part.Hosts...)
			}
		}
	}
	return out
}

// backward are the stages of the rollback.
func (b *builder) backward() {
	table := Table{Head: head("stage and host", "command or check", "expected result", "procedure step")}
	var order List
	for _, stage := range b.plan.Rollback {
		// One row for each line, not for each host: hosts of a part do the same.
		for _, line := range words.Lines(b.plan, true, stage) {
			table.Rows = append(table.Rows, []words.Text{
				words.Join(" ", words.Free(stage.Name), words.Own("on"), hosts(line.Hosts)), b.commands(line),
				words.Free(line.Expect), words.Free(line.Source)})
		}
		for _, part := range stage.Parts {
			if sheet := b.plan.Gates(true, stage.Name, part).Sheet; len(sheet) > 0 {
				order = append(order, words.Join("", words.Free(stage.Name), words.Own(" on "), hosts(part.Hosts),
					words.Own(": after "), words.Free(plan.List(sheet))))
			}
		}
	}
	b.add(table)
	// A plan on one computer: its state file sees every stage.
	if len(order) > 0 {
		b.text(words.Own("Only the stages that check the result are refused while a stage before them on the same computer " +
			"is not done, so that each change can be taken back alone. The script cannot see whether these were run " +
			"first, so keep to the order above:"))
		b.add(order)
	}
}

// commands are the calls of a line, or what is done instead where it has none.
func (b *builder) commands(line words.Line) words.Text {
	var out []words.Text
	commands, err := powershell.Commands(b.plan, line)
	// Only the first error is told.
	if b.err == nil {
		b.err = err
	}
	for _, c := range commands {
		one := words.Name(c.Text)
		if c.When != "" {
			one = words.Join("", one, words.Own(" ("), words.Free(c.When), words.Own(")"))
		}
		out = append(out, one)
	}
	// A file of a backup, a probe or what the owner does has no command of the product.
	if len(out) == 0 {
		return words.Free(line.Act)
	}
	return words.Join("; ", out...)
}
