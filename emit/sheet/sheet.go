package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

const (
	columns = 100
	indent  = 10 // where the text of a labelled line begins
)

// Text prints the plan. It fails where a command of the plan cannot be written as one
// of PowerShell.
func Text(of *plan.Plan) (string, error) {
	p := &printer{plan: of}
	p.head()
	p.findings()
	p.title("STAGES")
	// What is reachable is said between the stages: the sheet is read from top to bottom during the change.
	p.reachable("now", "")
	for i, stage := range of.Stages {
		p.stage(i+1, words.Script(of), false, stage)
		p.reachable("then", stage.Name)
		for _, advice := range words.IfFails(of, stage) {
			p.line("if not", advice)
		}
	}
	for _, told := range of.Texts.Told {
		p.told(told)
	}
	p.notes()
	p.dns()
	// The title only where there is a wait; a plan for a disaster has none.
	for i, e := range of.Earliest {
		if i == 0 {
			p.title("WAITING TIMES")
		}
		p.line("  not yet", words.Earliest(e))
	}
	if len(of.Earliest) > 0 {
		p.line("", words.StaleCaches)
	}
	p.title("ROLLBACK (from any point, in this order; what was not changed is left alone)")
	for i, stage := range of.Rollback {
		p.stage(i+1, words.RollbackScript, true, stage)
	}
	if len(of.Rollback) == 0 {
		p.line("", "none")
	}
	return p.b.String(), p.err
}

// printer keeps the first error and the label that was printed last.
type printer struct {
	plan  *plan.Plan
	b     strings.Builder
	label string
	err   error
}

func (p *printer) title(text string) {
	p.b.WriteString("\n" + words.Visible(text) + "\n")
	p.label = ""
}

// line prints text behind a label, which is left out where the line before has it too,
// and breaks it at blanks.
func (p *printer) line(label, text string) {
	// In characters, as a terminal counts them, not in bytes.
	at := indent
	p.start(label)
	for i, word := range strings.Split(words.Visible(text), " ") {
		width := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+width > columns:
			// A word that is longer than a line stays whole: it may be a name that is copied.
			p.b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			p.b.WriteByte(' ')
			at++
		}
		p.b.WriteString(word)
		at += width
	}
	p.b.WriteByte('\n')
}

// literal prints text behind a label on one line, however long it is.
func (p *printer) literal(label, text string) {
	p.start(label)
	// What people copy must not be broken.
	p.b.WriteString(words.Visible(text) + "\n")
}

func (p *printer) start(label string) {
	if label == p.label {
		label = ""
	} else {
		p.label = label
	}
	fmt.Fprintf(&p.b, "%-*s", indent, label)
	// A long label, such as the code of a finding, takes its own blank.
	if len(label) >= indent {
		p.b.WriteByte(' ')
	}
}

func (p *printer) head() {
	plan := p.plan
	p.b.WriteString(words.Visible(plan.Texts.Title) + "\n")
	// The ID is compared with that of the record by eye, so it is on one line.
	p.literal("  plan", plan.Name+", "+plan.ID)
	p.literal("  ticket", plan.Change.Ticket+": "+plan.Change.Summary)
	p.literal("  window", words.Window(plan.Change))
	for _, line := range []string{words.Duration(plan), words.BackOut(plan)} {
		if line != "" {
			p.line("  takes", line)
		}
	}
	p.line("  why", plan.Texts.Why)
}

func (p *printer) findings() {
	if len(p.plan.Findings) == 0 {
		return
	}
	p.title("FINDINGS")
	for _, f := range p.plan.Findings {
		text := f.Severity + ": " + f.Summary + " (" + words.Place(f.File, f.Line) + ")"
		if f.Accepted != "" {
			text += ", accepted: " + f.Accepted
		}
		// Each finding has its code before it, also where the one before has the same.
		p.label = ""
		p.line("  "+words.Visible(f.Code), text)
	}
}

func (p *printer) reachable(label, stage string) {
	reach, ok := words.Reachable(p.plan, stage)
	if !ok {
		return
	}
	for i, service := range p.plan.Services {
		p.line("  "+label, words.ServiceName(service).String()+": "+words.Service(reach.Services[i].Service))
	}
}

func (p *printer) stage(number int, script string, back bool, stage plan.Stage) {
	p.title(fmt.Sprintf("%d. %s", number, stage.Name))
	p.literal("  type", words.Run(script, stage.Name))
	for _, part := range stage.Parts {
		// One line for each host: they are ticked off one by one.
		for _, host := range part.Hosts {
			p.literal("  on", words.Host(host))
		}
		// The same sentence as in the script, so that both sheets can be compared.
		p.line("  does", part.Does)
	}
	if who := words.Doers(p.plan.Change.OfStage(back, stage.Name)); len(who) > 0 {
		p.line("  who", who.String())
	}
	if s := p.plan.Schedule; s != nil {
		slots := s.Stages
		if back {
			slots = s.Rollback
		}
		if takes := words.TakesAll(slots[number-1]); takes != "" {
			p.line("  takes", takes)
		}
	}
	for _, line := range words.Lines(p.plan, back, stage) {
		p.step(stage, line)
	}
}

func (p *printer) step(stage plan.Stage, line words.Line) {
	p.label = ""
	act := line.Act
	// Only where the stage is not the same on all its hosts does a step say where it is.
	if len(stage.Parts) > 1 {
		act += ", on " + strings.Join(everyHost(line.Hosts), ", ")
	}
	p.line("  step", "("+line.Source+") "+act)
	commands, err := powershell.Commands(p.plan, line)
	// The first error is the one that is told; the rest of the text is thrown away.
	if p.err == nil {
		p.err = err
	}
	for _, c := range commands {
		p.literal("", "> "+c.Text)
		if c.When != "" {
			p.line("", "("+c.When+")")
		}
	}
	p.line("  expect", line.Expect)
}

func everyHost(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = words.Host(name)
	}
	return out
}

func (p *printer) told(told plan.Told) {
	p.title(strings.ToUpper(told.Title))
	for _, name := range told.Names {
		p.literal("  tell", name)
	}
	p.line("  how", told.How+" change.md has a text to send.")
}

// notes come behind those who are told, whom most of them are about.
func (p *printer) notes() {
	for i, note := range words.Notes(p.plan) {
		if i == 0 && len(p.plan.Texts.Told) == 0 {
			p.title("NOTES")
		}
		// Notes have the same label but are not one text.
		p.label = ""
		p.line("  note", note.Text)
		for _, command := range note.Commands {
			p.literal("", "> "+command)
		}
	}
}

func (p *printer) dns() {
	for _, zone := range p.plan.Zones {
		if !zone.Changed() {
			p.title("DNS zone " + words.FileBase(zone) + " at " + zone.Server + ": checked, not changed")
			p.records(zone)
			continue
		}
		title := "DNS zone " + words.FileBase(zone) + " at " + zone.Server
		// A Windows DNS server counts its serial itself, so the plan does not know the new one.
		if !zone.Windows() {
			title += fmt.Sprintf(": serial %d to %d, after a rollback %d", zone.OldSerial, zone.NewSerial,
				zone.RollbackSerial)
		}
		p.title(title)
		p.records(zone)
		forward, back := delivery.Apply(zone)
		p.line("  how", forward)
		p.line("  back", back)
		for _, line := range delivery.OldAnswers(zone) {
			p.line("  wait", line)
		}
	}
}

func (p *printer) records(zone plan.Zone) {
	for _, set := range zone.Records {
		for _, r := range words.Records(set) {
			p.b.WriteString("  " + r.Visible() + "\n")
		}
	}
}
