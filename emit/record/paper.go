package record

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// rating is how the spec rates the risk, and what the plan shows of it.
func (b *builder) rating() words.Text {
	shown, c := b.risk(), b.plan.Change
	if c.Risk == "" {
		return shown
	}
	said := words.Free(c.Risk + ".")
	if c.RiskReason != "" {
		said = words.Free(c.Risk + ": " + words.Sentence(c.RiskReason))
	}
	return words.Join("", said, words.Own(" From the plan: "), shown)
}

// said is a row of what the spec may say; none where it does not.
func said(text string) words.Text {
	if text == "" {
		return nil
	}
	return given(text, words.Free)
}

// messages says in short who is told when.
func (b *builder) messages() words.Text {
	var out []words.Text
	for _, m := range b.plan.Change.Communication {
		out = append(out, words.Join("", words.Free(words.Sent(b.plan, m)), words.Own(": "), words.Roles(m.To), words.Own(".")))
	}
	return words.Join(" ", out...)
}

// items are the configuration items.
func (b *builder) items() {
	if len(b.plan.Items) == 0 {
		return
	}
	b.section("items", words.Own("Configuration items"))
	table := Table{Head: head("configuration item", "of")}
	for _, item := range b.plan.Items {
		table.Rows = append(table.Rows, []words.Text{words.Name(item.CI),
			words.Join(" ", words.Own(words.ItemKind(item.Kind)), words.Name(item.Name))})
	}
	b.add(table)
	b.text(words.Own("These are of what the plan changes, leaves, leads to or is carried out on, as far as the spec names them."))
}

// schedule adds up how long the stages take.
func (b *builder) schedule() {
	s := b.plan.Schedule
	if s == nil {
		return
	}
	b.section("schedule", words.Own("How long it takes"))
	table := Table{Head: head("stage", "wait before it", "duration", "sum")}
	for i, slot := range s.Stages {
		wait := words.Text(nil)
		if slot.Wait > 0 {
			wait = words.Free(plan.Length(slot.Wait))
		}
		table.Rows = append(table.Rows, []words.Text{words.Free(slot.Stage), wait, words.Free(words.Takes(slot)), sum(s.Stages[:i+1])})
	}
	b.add(table)
	b.text(words.Own("Durations are what the spec says; waits and sums follow from the plan. A stage with a wait takes the receipt that it " +
		"asks for only then, when the last old answer is gone for which the plan waits, also behind a name server that no " +
		"NOTIFY reaches; before that it needs `-Attest`."))
	if plan.HasStage(b.plan.Stages, plan.Replicated) {
		b.text(words.Own("How long the replicas take is part of stage Replicate."))
	}
	back := Table{Head: head("stage of the rollback", "who", "duration", "sum")}
	for i, slot := range s.Rollback {
		back.Rows = append(back.Rows, []words.Text{words.Free(slot.Stage), words.Doers(b.plan.Change.OfStage(true, slot.Stage)),
			words.Free(words.Takes(slot)), sum(s.Rollback[:i+1])})
	}
	b.add(back)
	if text := words.BackOut(b.plan); text != "" {
		b.text(words.Free(text))
	}
}

// sum is up to the last of some stages.
func sum(slots []plan.Slot) words.Text {
	last := slots[len(slots)-1]
	if last.Sum == 0 {
		return nil // nothing is known yet
	}
	text := plan.Length(last.Sum)
	if len(plan.Untimed(slots)) > 0 {
		text = "at least " + text
	}
	return words.Free(text)
}

// ofStage says who carries a stage of the change out, and how long it takes.
func (b *builder) ofStage(i int, stage plan.Stage) {
	parts := []words.Text{words.Doers(b.plan.Change.OfStage(false, stage.Name))}
	if s := b.plan.Schedule; s != nil && words.TakesAll(s.Stages[i]) != "" {
		parts = append(parts, words.Join("", words.Own("Duration: "), words.Free(words.TakesAll(s.Stages[i])), words.Own(".")))
	}
	parts = slices.DeleteFunc(parts, func(t words.Text) bool { return len(t) == 0 })
	if len(parts) > 0 {
		b.text(words.Join(" ", parts...))
	}
}

// communication is who is told what, as the spec says it.
func (b *builder) communication() {
	if len(b.plan.Change.Communication) == 0 {
		return
	}
	b.section("communication", words.Own("Communication plan"))
	for _, m := range b.plan.Change.Communication {
		b.text(words.Free(words.Sent(b.plan, m)), words.Own(", to "), words.Roles(m.To), words.Own(":"))
		var lines []string
		for line := range strings.Lines(strings.Trim(m.Text, "\r\n")) {
			lines = append(lines, words.Visible(strings.TrimRight(line, "\r\n")))
		}
		b.add(Listing{"text", lines})
	}
}

// acceptance is what has to be so in the end.
func (b *builder) acceptance() {
	if len(b.plan.Change.Acceptance) == 0 {
		return
	}
	b.section("acceptance", words.Own("Acceptance criteria"))
	b.add(List(words.Frees(b.plan.Change.Acceptance)))
}

// signers are those of one role in all stages, each once: those of the change first.
func (b *builder) signers(of func(plan.ChangeStage) []string) []string {
	var out []string
	c := b.plan.Change
	all := append([]plan.ChangeStage{{Implementers: c.Implementers, Testers: c.Testers}}, c.Stages...)
	for _, stage := range all {
		for _, name := range of(stage) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}
