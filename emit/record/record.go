package record

import (
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/estate"
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
	b.summary()
	b.what()
	b.items()
	b.when()
	b.schedule()
	b.stages()
	b.dns()
	for i, told := range p.Texts.Told {
		b.told(i, told)
	}
	b.communication()
	b.acceptance()
	b.findings()
	b.rollback()
	b.unknown()
	b.rehearsal()
	b.files(facts)
	b.signOff()
	return b.doc, b.err
}

// builder keeps the first error.
type builder struct {
	plan *plan.Plan
	doc  *Document
	err  error
}

func (b *builder) what() {
	b.section("what", words.Own("What changes and why"))
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
	b.add(Listing{Mermaid, estate.Mermaid(b.plan)})
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
	b.pools()
}

// pools tells the pool that is left, where one is, from the one of the plan.
func (b *builder) pools() {
	columns, roles := [][]words.Text{pool(b.plan.To)}, []string{"to"}
	switch {
	case b.plan.From.Name != "":
		columns, roles = slices.Insert(columns, 0, pool(b.plan.From)), []string{"from", "to"}
	case len(b.plan.Media) == 0: // nothing moves to it
		roles = []string{"its next hop changes"}
	}
	table := Table{Head: head(append([]string{"Edge pool"}, roles...)...)}
	for i, name := range []string{"name", "site", "internal name", "external name", "product", "servers", "public addresses"} {
		row := []words.Text{words.Own(name)}
		for _, column := range columns {
			row = append(row, column[i])
		}
		table.Rows = append(table.Rows, row)
	}
	b.add(table)
}

func pool(pool plan.Pool) []words.Text {
	addresses := hosts(slices.Concat(pool.IPv4, pool.IPv6))
	if pool.NAT {
		addresses = words.Join(" ", addresses, words.Own("(NAT)"))
	}
	return []words.Text{words.Name(pool.Name), words.Name(pool.Site), words.Name(pool.FQDN),
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
	table := Table{Head: head("code", "finding", "place", "accepted because")}
	for _, f := range b.plan.Findings {
		// Warnings only: with an open error there is no plan.
		accepted := words.Own("open: not accepted")
		if f.Accepted != "" {
			accepted = words.Free(f.Accepted)
		}
		table.Rows = append(table.Rows, []words.Text{words.Join(" ", words.Name(f.Code), words.Free(f.Severity)),
			words.Join(": ", words.Free(f.Summary), words.Free(f.Detail)), words.Name(words.Place(f.File, f.Line)), accepted})
	}
	b.add(table)
}

// told are some of those whom the change concerns, and a text to send them.
func (b *builder) told(i int, told plan.Told) {
	b.section(fmt.Sprintf("told-%d", i+1), words.Free(told.Title))
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
	zones := ""
	if len(b.plan.Zones) > 0 {
		zones = " How the records of a zone go back is said with the zone above."
	}
	b.text(words.Own("From any point, in this order: "), words.Name(words.Run(words.RollbackScript, "NAME")),
		words.Own(" on each host that is named. What was not changed is left alone."+zones))
	if look := words.LookBack(b.plan); look != "" {
		b.text(words.Free(look))
	}
	b.backward()
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

// rehearsal says where the evidence of a rehearsal is. The record is made from the plan alone, so that it can be made
// again and its bytes do not change by a rehearsal; so it cannot hold what came of one.
func (b *builder) rehearsal() {
	b.section("rehearsal", words.Own("Rehearsal"))
	b.text(words.Own("If the change was rehearsed, the report is in a file of its own, beside the folder of the package; this record does not "+
		"say how it went. The report is "), words.Name(words.ReportPage(b.plan.Name)), words.Own("."))
	b.add(List{
		words.Join("", words.Name("edgeplan rehearse --run"), words.Own(" runs both scripts in PowerShell against simulated cmdlets, where "+
			"no server is touched: the run sheet and the rollback, stages out of order and twice, and with what goes wrong. It writes the report.")),
		words.Join("", words.Name("edgeplan verify --rehearsed"), words.Own(" wants the report to be there, to be of this plan and these "+
			"scripts, and to have passed.")),
		words.Join("", words.Name("edgeplan show --rehearsal"), words.Own(" prints it.")),
	})
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
	// As in SHA256SUMS. A table with such words is wider than a phone, whose reader cannot break them.
	var sums []string
	for _, f := range facts.Files {
		sums = append(sums, words.Visible(f.SHA256)+"  "+words.Visible(f.Name))
	}
	b.add(Listing{"text", sums})
	b.text(words.Own("The plan was made of spec files with the digest "), words.Name(b.plan.SpecDigest), words.Own("."))
}
