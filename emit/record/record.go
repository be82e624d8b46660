package record

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Facts are what the record says about the files beside it.
type Facts struct {
	// Files are all artifacts but the record itself and SHA256SUMS, sorted by name.
	Files []File
}

// File is the name and the checksum, in hex, of one artifact.
type File struct{ Name, SHA256 string }

// Markdown prints the change record. It fails where a command of the plan cannot be
// written as one of PowerShell.
func Markdown(of *plan.Plan, facts Facts) (string, error) {
	p := &printer{plan: of}
	p.head()
	p.what()
	p.findings()
	p.section("Stages")
	p.text("Each stage is one run of the script on each host that is named, in this order: `" +
		words.Run(words.Script(p.plan), "NAME") +
		"`. A stage that is done can be run again. Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or " +
		"refused, 4 wrong host, 5 attest or act first.")
	for _, need := range words.Needs(of) {
		p.text(Text(need))
	}
	// What is done, then what keeps the order, then what to do on failure: the order in which it is read during
	// the change.
	p.stages(false)
	p.ungated(false)
	p.ifFails()
	if len(p.plan.Services) > 0 { // a preparation interrupts nothing
		p.outage()
	}
	for _, told := range p.plan.Texts.Told {
		p.told(told)
	}
	p.dns()
	p.earliest()
	p.rollback()
	p.unknown()
	p.files(facts)
	return p.b.String(), p.err
}

// ungated lists what only the order of the run sheet keeps.
func (p *printer) ungated(back bool) {
	var items []string
	for _, stage := range p.plan.StagesOf(back) {
		for _, part := range stage.Parts {
			if sheet := p.plan.Gates(back, stage.Name, part).Sheet; len(sheet) > 0 {
				items = append(items, Text(stage.Name)+" on "+hosts(part.Hosts)+": after "+
					Text(strings.Join(sheet, ", ")))
			}
		}
	}
	// A plan on one computer: its state file sees every stage.
	if len(items) == 0 {
		return
	}
	// What the script itself refuses is said too, so that the list is not taken for all that matters.
	text := "A stage is refused while a stage before it on the same computer is not done. "
	if back {
		text = "Of a rollback only the stages that check the result are refused while a stage before them on the " +
			"same computer is not done, so that each change can be taken back alone. "
	}
	p.text(text + "The script cannot see whether these were run first, so keep to the order above:")
	p.gap()
	for _, item := range items {
		p.item(item)
	}
}

// printer keeps the first error.
type printer struct {
	plan *plan.Plan
	b    strings.Builder
	err  error
}

func (p *printer) section(name string) { p.b.WriteString("\n## " + name + "\n") }

// text prints a paragraph of finished Markdown.
func (p *printer) text(markdown string) { p.b.WriteString("\n" + markdown + "\n") }

func (p *printer) item(markdown string) { p.b.WriteString("- " + markdown + "\n") }

func (p *printer) gap() { p.b.WriteString("\n") }

func (p *printer) head() {
	change := p.plan.Change
	p.b.WriteString("# " + Text(p.plan.Texts.Title) + "\n\n")
	p.b.WriteString(Heading("change", ""))
	for _, line := range [][2]string{
		{"Ticket", codeOr(change.Ticket)},
		{"Summary", textOr(change.Summary)},
		{"Window", textOr(words.Window(change))},
		{"Requester", textOr(change.Requester)},
		{"Approvers", p.approvers()},
		// What is approved is this ID; scripts, logs and plan.json have it too.
		{"Plan", Code(p.plan.Name) + ", " + Code(p.plan.ID)},
		{"Spec", Code(p.plan.SpecDigest)},
	} {
		p.b.WriteString(Row(line[0], line[1]))
	}
}

func (p *printer) approvers() string {
	var names []string
	for _, name := range p.plan.Change.Approvers {
		names = append(names, textOr(name))
	}
	// Said and not left empty: a board looks for the line.
	if len(names) == 0 {
		return "not given"
	}
	return strings.Join(names, ", ")
}

func codeOr(s string) string {
	if s == "" {
		return "not given"
	}
	return Code(s)
}

func textOr(s string) string {
	if text := Text(s); text != "" {
		return text
	}
	return "not given"
}

func (p *printer) what() {
	p.section("What changes and why")
	p.text(Text(p.plan.Texts.Why))
	p.gap()
	for _, stage := range p.plan.Stages {
		for _, line := range words.Lines(p.plan, false, stage) {
			// Checks and backups are in the table below; here is what becomes other.
			if line.Risk != plan.Safe {
				notice := ""
				// Disruptive is what a step may be; what users notice depends on what was up before. What nothing
				// brings back is said in any case.
				if words.Noticed(p.plan, stage) || line.Risk == plan.Destructive {
					notice = " (" + Text(string(line.Risk)) + ")"
				}
				p.item(Text(stage.Name) + notice + ": " + Text(line.Act) + ". Hosts: " + hosts(line.Hosts) + ".")
			}
		}
	}
	// It moves nothing from one pool to another.
	if len(p.plan.Texts.Order) == 0 {
		return
	}
	for _, text := range p.plan.Texts.Order {
		p.text(Text(text))
	}
	p.text("Product of the management host " + Code(p.plan.ManagementHost) + ": " + Text(p.plan.Product.Name()) + ".")
	if p.plan.To.Name == "" { // what moves is not on Edge pools
		return
	}
	p.gap()
	p.b.WriteString(Heading("Edge pool", "role", "site", "internal name", "external name", "product", "servers",
		"public addresses"))
	p.pool("from", p.plan.From)
	p.pool("to", p.plan.To)
}

func (p *printer) pool(role string, pool plan.Pool) {
	// A new slice: append to pool.IPv4 could write into the plan.
	addresses := hosts(append(append([]string{}, pool.IPv4...), pool.IPv6...))
	if pool.NAT {
		addresses += " (NAT)"
	}
	p.b.WriteString(Row(Code(pool.Name), role, Code(pool.Site), Code(pool.FQDN), Code(pool.AccessEdgeFQDN),
		Text(pool.Product.Name()), hosts(pool.Servers), addresses))
}

func hosts(names []string) string {
	var out []string
	for _, name := range names {
		// A sentence and no name, so no code span.
		if name == plan.AnyHost {
			out = append(out, Text(words.Host(name)))
		} else {
			out = append(out, Code(name))
		}
	}
	return strings.Join(out, ", ")
}

func (p *printer) findings() {
	p.section("Findings")
	if len(p.plan.Findings) == 0 {
		p.text("None.")
		return
	}
	p.gap()
	p.b.WriteString(Heading("code", "severity", "finding", "place", "accepted because"))
	for _, f := range p.plan.Findings {
		// Warnings only: with an open error there is no plan.
		accepted := "open: not accepted"
		if f.Accepted != "" {
			accepted = Text(f.Accepted)
		}
		p.b.WriteString(Row(Code(f.Code), Text(f.Severity), Text(f.Summary)+": "+Text(f.Detail),
			Code(words.Place(f.File, f.Line)), accepted))
	}
}

func (p *printer) stages(back bool) {
	p.gap()
	p.b.WriteString(Heading("stage", "host", "command as in the script", "expected result", "procedure step"))
	for _, stage := range p.plan.StagesOf(back) {
		// One row for each line, not for each host: hosts of a part do the same.
		for _, line := range words.Lines(p.plan, back, stage) {
			p.b.WriteString(Row(Text(stage.Name), hosts(line.Hosts), p.commands(line), Text(line.Expect),
				Text(line.Source)))
		}
	}
}

// commands are the calls of a line, or what is done instead where it has none.
func (p *printer) commands(line words.Line) string {
	var out []string
	commands, err := powershell.Commands(p.plan, line)
	// Only the first error is told.
	if p.err == nil {
		p.err = err
	}
	for _, c := range commands {
		one := Code(c.Text)
		if c.When != "" {
			one += " (" + Text(c.When) + ")"
		}
		out = append(out, one)
	}
	// A file of a backup, a probe or what the owner does has no command of the product.
	if len(out) == 0 {
		return Text(line.Act)
	}
	return strings.Join(out, "; ")
}

func (p *printer) ifFails() {
	p.section("If a stage does not end with exit code 0")
	p.gap()
	// Only of the change: what to do when the rollback fails is to run it again.
	for _, stage := range p.plan.Stages {
		p.item(Text(stage.Name) + ": " + Text(strings.Join(words.IfFails(p.plan, stage), " ")))
	}
}

func (p *printer) outage() {
	p.section("What is reachable")
	p.gap()
	head := []string{"after stage"}
	for _, service := range p.plan.Services {
		title := Text(service.Title)
		if service.Pool != "" { // a name from the spec, and so a code span
			title += " through " + Code(service.Pool)
		}
		head = append(head, title)
	}
	p.b.WriteString(Heading(head...))
	for _, reach := range p.plan.Outage {
		row := []string{Text(words.After(reach))}
		for _, s := range reach.Services {
			row = append(row, Text(words.Service(s.Service)))
		}
		p.b.WriteString(Row(row...))
	}
	p.gap()
	// Commands for partners are code spans of their own, so that they can be copied whole.
	for _, note := range words.Notes(p.plan) {
		var commands []string
		for _, command := range note.Commands {
			commands = append(commands, Code(command))
		}
		p.item(strings.TrimSpace(Text(note.Text) + " " + strings.Join(commands, ", ")))
	}
}

// told are some of those whom the change concerns, and a text to send them.
func (p *printer) told(told plan.Told) {
	p.section(Text(told.Title))
	p.text(Text(told.How))
	p.gap()
	for _, name := range told.Names {
		p.item(Code(name))
	}
	var lines []string
	for _, line := range words.Letter(p.plan, told.Letter) {
		// In a code block Markdown is text, but a hidden character would be sent along.
		lines = append(lines, words.Visible(line))
	}
	p.text("A text to send to each of them:")
	p.b.WriteString("\n" + block("text", lines))
}

func (p *printer) rollback() {
	p.section("Rollback")
	p.text("From any point, in this order: `" + words.Run(words.RollbackScript, "NAME") +
		"` on each host that is named. What was not changed is left alone. How the records of a zone go back is said " +
		"with the zone above.")
	if look := words.LookBack(p.plan); look != "" {
		p.text(Text(look))
	}
	p.stages(true)
	p.ungated(true)
	fixed := p.plan.Unundone()
	if len(fixed) == 0 {
		p.text("Every step that changes something has an undo above.")
		return
	}
	var reasons []string
	ids := map[string][]string{}
	for _, step := range fixed {
		// Steps with one reason are named together, in the order of the first of them.
		if !slices.Contains(reasons, step.NoUndo) {
			reasons = append(reasons, step.NoUndo)
		}
		ids[step.NoUndo] = append(ids[step.NoUndo], Code(step.ID))
	}
	for _, reason := range reasons {
		p.text(Text(reason) + " So these steps have no step in the rollback: " + strings.Join(ids[reason], ", ") + ".")
	}
}

func (p *printer) unknown() {
	p.section("What edgeplan cannot know")
	p.gap()
	for _, line := range p.plan.Texts.Unknown {
		p.item(Text(line))
	}
}

func (p *printer) files(facts Facts) {
	p.section("Files")
	var parts []string
	// The fixed parts have the same sum in every plan, so that they are reviewed once for a version.
	for _, part := range powershell.Parts(p.plan) {
		parts = append(parts, "the "+part.Name+", SHA-256 "+Code(part.SHA256()))
	}
	p.text("Both scripts end in what is the same in every plan of this edgeplan version: " + strings.Join(parts, "; ") +
		". Review that once, from its line FIXED RUNTIME on. Review the part above it for this change. `sha256sum -c " +
		"SHA256SUMS` checks all files, and so does PowerShell, which names those that differ:")
	p.b.WriteString("\n" + block("powershell", []string{checkSums}))
	p.gap()
	p.b.WriteString(Heading("file", "SHA-256"))
	for _, f := range facts.Files {
		p.b.WriteString(Row(Code(f.Name), Code(f.SHA256)))
	}
}
