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
	// Files are all artifacts but the forms of the record itself and SHA256SUMS, sorted by name.
	Files []File
}

// File is the name and the checksum, in hex, of one artifact.
type File struct{ Name, SHA256 string }

// Of makes the change record of a plan. It fails where a command of the plan cannot be written as
// one of PowerShell.
func Of(p *plan.Plan, facts Facts) (*Document, error) {
	b := &builder{plan: p, doc: &Document{Title: words.Free(p.Texts.Title)}}
	b.head()
	b.what()
	b.findings()
	b.section("stages", words.Own("Stages"))
	b.text(words.Own("Each stage is one run of the script on each host that is named, in this order: "),
		words.Name(words.Run(words.Script(p), "NAME")),
		words.Own(". A stage that is done can be run again. Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or "+
			"refused, 4 wrong host, 5 attest or act first."))
	for _, need := range words.Needs(p) {
		b.text(words.Free(need))
	}
	// What is done, then what keeps the order, then what to do on failure: the order in which it is read during
	// the change.
	b.stages(false)
	b.ungated(false)
	b.ifFails()
	if len(p.Services) > 0 { // a preparation interrupts nothing
		b.outage()
	}
	for _, told := range p.Texts.Told {
		b.told(told)
	}
	b.dns()
	b.earliest()
	b.rollback()
	b.unknown()
	b.files(facts)
	return b.doc, b.err
}

// builder keeps the first error.
type builder struct {
	plan *plan.Plan
	doc  *Document
	err  error
}

// ungated lists what only the order of the run sheet keeps.
func (b *builder) ungated(back bool) {
	var items List
	for _, stage := range b.plan.StagesOf(back) {
		for _, part := range stage.Parts {
			if sheet := b.plan.Gates(back, stage.Name, part).Sheet; len(sheet) > 0 {
				items = append(items, words.Join("", words.Free(stage.Name), words.Own(" on "), hosts(part.Hosts),
					words.Own(": after "), words.Free(strings.Join(sheet, ", "))))
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
	b.text(words.Own(text + "The script cannot see whether these were run first, so keep to the order above:"))
	b.add(items)
}

func (b *builder) head() {
	change := b.plan.Change
	b.section("change", nil)
	table := Table{Head: head("change", "")}
	for _, row := range []struct {
		name  string
		value words.Text
	}{
		{"Ticket", given(change.Ticket, words.Name)},
		{"Summary", given(change.Summary, words.Free)},
		{"Window", words.Free(words.Window(change))},
		{"Requester", given(change.Requester, words.Free)},
		{"Approvers", b.approvers()},
		// What is approved is this ID; scripts, logs and plan.json have it too.
		{"Plan", words.Join(", ", words.Name(b.plan.Name), words.Name(b.plan.ID))},
		{"Spec", words.Name(b.plan.SpecDigest)},
	} {
		table.Rows = append(table.Rows, []words.Text{words.Own(row.name), row.value})
	}
	b.add(table)
}

func (b *builder) approvers() words.Text {
	var names []words.Text
	for _, name := range b.plan.Change.Approvers {
		names = append(names, given(name, words.Free))
	}
	// Said and not left empty: a board looks for the line.
	if len(names) == 0 {
		return notGiven
	}
	return words.Join(", ", names...)
}

var notGiven = words.Own("not given")

func given(s string, as func(string) words.Text) words.Text {
	if strings.Trim(s, " ") == "" {
		return notGiven
	}
	return as(s)
}

func (b *builder) what() {
	b.section("what", words.Own("What changes and why"))
	b.text(words.Free(b.plan.Texts.Why))
	var items List
	for _, stage := range b.plan.Stages {
		for _, line := range words.Lines(b.plan, false, stage) {
			// Checks and backups are in the table below; here is what becomes other.
			if line.Risk != plan.Safe {
				var notice words.Text
				// Disruptive is what a step may be; what users notice depends on what was up before. What nothing
				// brings back is said in any case.
				if words.Noticed(b.plan, stage) || line.Risk == plan.Destructive {
					notice = words.Join("", words.Own(" ("), words.Free(string(line.Risk)), words.Own(")"))
				}
				items = append(items, words.Join("", words.Free(stage.Name), notice, words.Own(": "), words.Free(line.Act),
					words.Own(". Hosts: "), hosts(line.Hosts), words.Own(".")))
			}
		}
	}
	b.add(items)
	// It moves nothing from one pool to another.
	if len(b.plan.Texts.Order) == 0 {
		return
	}
	for _, text := range b.plan.Texts.Order {
		b.text(words.Free(text))
	}
	b.text(words.Own("Product of the management host "), words.Name(b.plan.ManagementHost), words.Own(": "),
		words.Free(b.plan.Product.Name()), words.Own("."))
	if b.plan.To.Name == "" { // what moves is not on Edge pools
		return
	}
	b.add(Table{Head: head("Edge pool", "role", "site", "internal name", "external name", "product", "servers",
		"public addresses"), Rows: [][]words.Text{pool("from", b.plan.From), pool("to", b.plan.To)}})
}

func pool(role string, pool plan.Pool) []words.Text {
	addresses := hosts(slices.Concat(pool.IPv4, pool.IPv6))
	if pool.NAT {
		addresses = words.Join(" ", addresses, words.Own("(NAT)"))
	}
	return []words.Text{words.Name(pool.Name), words.Own(role), words.Name(pool.Site), words.Name(pool.FQDN),
		words.Name(pool.AccessEdgeFQDN), words.Free(pool.Product.Name()), hosts(pool.Servers), addresses}
}

func hosts(names []string) words.Text {
	var out []words.Text
	for _, name := range names {
		// A sentence and no name.
		if name == plan.AnyHost {
			out = append(out, words.Free(words.Host(name)))
		} else {
			out = append(out, words.Name(name))
		}
	}
	return words.Join(", ", out...)
}

func (b *builder) findings() {
	b.section("findings", words.Own("Findings"))
	if len(b.plan.Findings) == 0 {
		b.text(words.Own("None."))
		return
	}
	table := Table{Head: head("code", "severity", "finding", "place", "accepted because")}
	for _, f := range b.plan.Findings {
		// Warnings only: with an open error there is no plan.
		accepted := words.Own("open: not accepted")
		if f.Accepted != "" {
			accepted = words.Free(f.Accepted)
		}
		table.Rows = append(table.Rows, []words.Text{words.Name(f.Code), words.Free(f.Severity),
			words.Join(": ", words.Free(f.Summary), words.Free(f.Detail)), words.Name(words.Place(f.File, f.Line)), accepted})
	}
	b.add(table)
}

func (b *builder) stages(back bool) {
	table := Table{Head: head("stage", "host", "command as in the script", "expected result", "procedure step")}
	for _, stage := range b.plan.StagesOf(back) {
		// One row for each line, not for each host: hosts of a part do the same.
		for _, line := range words.Lines(b.plan, back, stage) {
			table.Rows = append(table.Rows, []words.Text{words.Free(stage.Name), hosts(line.Hosts), b.commands(line),
				words.Free(line.Expect), words.Free(line.Source)})
		}
	}
	b.add(table)
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

func (b *builder) ifFails() {
	b.section("if-fails", words.Own("If a stage does not end with exit code 0"))
	var items List
	// Only of the change: what to do when the rollback fails is to run it again.
	for _, stage := range b.plan.Stages {
		items = append(items, words.Join(": ", words.Free(stage.Name),
			words.Free(strings.Join(words.IfFails(b.plan, stage), " "))))
	}
	b.add(items)
}

func (b *builder) outage() {
	b.section("reachable", words.Own("What is reachable"))
	table := Table{Head: head("after stage")}
	for _, service := range b.plan.Services {
		title := words.Free(service.Title)
		if service.Pool != "" { // a name from the spec
			title = words.Join(" through ", title, words.Name(service.Pool))
		}
		table.Head = append(table.Head, title)
	}
	for _, reach := range b.plan.Outage {
		row := []words.Text{words.Free(words.After(reach))}
		for _, s := range reach.Services {
			row = append(row, words.Free(words.Service(s.Service)))
		}
		table.Rows = append(table.Rows, row)
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
}

// told are some of those whom the change concerns, and a text to send them.
func (b *builder) told(told plan.Told) {
	b.section("told", words.Free(told.Title))
	b.text(words.Free(told.How))
	var items List
	for _, name := range told.Names {
		items = append(items, words.Name(name))
	}
	b.add(items)
	var lines []string
	for _, line := range words.Letter(b.plan, told.Letter) {
		// In a listing nothing is quoted, but a hidden character would be sent along.
		lines = append(lines, words.Visible(line))
	}
	b.text(words.Own("A text to send to each of them:"))
	b.add(Listing{"text", lines})
}

func (b *builder) rollback() {
	b.section("rollback", words.Own("Rollback"))
	b.text(words.Own("From any point, in this order: "), words.Name(words.Run(words.RollbackScript, "NAME")),
		words.Own(" on each host that is named. What was not changed is left alone. How the records of a zone go back is "+
			"said with the zone above."))
	if look := words.LookBack(b.plan); look != "" {
		b.text(words.Free(look))
	}
	b.stages(true)
	b.ungated(true)
	fixed := b.plan.Unundone()
	if len(fixed) == 0 {
		b.text(words.Own("Every step that changes something has an undo above."))
		return
	}
	var reasons []string
	ids := map[string][]string{}
	for _, step := range fixed {
		// Steps with one reason are named together, in the order of the first of them.
		if !slices.Contains(reasons, step.NoUndo) {
			reasons = append(reasons, step.NoUndo)
		}
		ids[step.NoUndo] = append(ids[step.NoUndo], step.ID)
	}
	for _, reason := range reasons {
		b.text(words.Free(reason), words.Own(" So these steps have no step in the rollback: "), words.Names(ids[reason]),
			words.Own("."))
	}
}

func (b *builder) unknown() {
	b.section("unknown", words.Own("What edgeplan cannot know"))
	var items List
	for _, line := range b.plan.Texts.Unknown {
		items = append(items, words.Free(line))
	}
	b.add(items)
}

func (b *builder) files(facts Facts) {
	b.section("files", words.Own("Files"))
	var parts []words.Text
	// The fixed parts have the same sum in every plan, so that they are reviewed once for a version.
	for _, part := range powershell.Parts(b.plan) {
		parts = append(parts, words.Join("", words.Own("the "+part.Name+", SHA-256 "), words.Name(part.SHA256())))
	}
	b.text(words.Own("Both scripts end in what is the same in every plan of this edgeplan version: "),
		words.Join("; ", parts...), words.Own(". Review that once, from its line FIXED RUNTIME on. Review the part above it "+
			"for this change. `sha256sum -c SHA256SUMS` checks all files, and so does PowerShell, which names those that "+
			"differ:"))
	b.add(Listing{"powershell", []string{checkSums}})
	table := Table{Head: head("file", "SHA-256")}
	for _, f := range facts.Files {
		table.Rows = append(table.Rows, []words.Text{words.Name(f.Name), words.Name(f.SHA256)})
	}
	b.add(table)
}
