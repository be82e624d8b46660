package ticket

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// The bodies of requests to Jira. Neither has a project, and subtasks have no parent: only the instance knows their keys.
type (
	jira struct {
		Changes []jiraChange `json:"changes"`
	}
	// jiraChange is a body of POST /rest/api/3/issue, and those of POST /rest/api/3/issue/bulk.
	jiraChange struct {
		Issue    jiraIssue  `json:"issue"`
		Subtasks []jiraBulk `json:"subtasks"`
	}
	jiraBulk struct {
		IssueUpdates []jiraIssue `json:"issueUpdates"`
	}
	jiraIssue struct {
		Fields jiraFields `json:"fields"`
	}
	jiraFields struct {
		IssueType   jiraName `json:"issuetype"`
		Summary     string   `json:"summary"`
		Description *node    `json:"description"`
		DueDate     string   `json:"duedate,omitempty"` // the day in UTC
	}
	jiraName struct {
		Name string `json:"name"`
	}
	// node is one of the Atlassian Document Format.
	node struct {
		Type    string  `json:"type"`
		Version int     `json:"version,omitempty"`
		Attrs   *attrs  `json:"attrs,omitempty"`
		Content []*node `json:"content,omitempty"`
		Text    string  `json:"text,omitempty"`
		Marks   []mark  `json:"marks,omitempty"`
	}
	attrs struct {
		Level    int    `json:"level,omitempty"`
		Language string `json:"language,omitempty"`
	}
	mark struct {
		Type string `json:"type"`
	}
)

const (
	maxSummary = 255 // characters of a summary that Jira takes
	maxBulk    = 50  // issues of one request
)

// Jira prints one JSON document with the bodies of requests that create an issue for each ticket, and its subtasks.
func Jira(tickets []*Ticket) ([]byte, error) {
	all := jira{Changes: []jiraChange{}}
	for _, t := range tickets {
		change := jiraChange{Issue: t.issue(), Subtasks: []jiraBulk{}}
		for i, task := range t.Tasks {
			if i%maxBulk == 0 {
				change.Subtasks = append(change.Subtasks, jiraBulk{})
			}
			last := &change.Subtasks[len(change.Subtasks)-1]
			last.IssueUpdates = append(last.IssueUpdates, t.subtask(task))
		}
		all.Changes = append(all.Changes, change)
	}
	return indented(all)
}

func (t *Ticket) issue() jiraIssue {
	d := newADF()
	for _, section := range t.record.Sections {
		switch section.ID {
		case "summary":
			d.blocks(section.Blocks)
			d.blocks([]record.Block{record.Paragraph(words.Own(t.packageLine())), t.itemTable()})
		case "what", "when", "findings", "schedule", "communication", "acceptance", "rollback":
			d.heading(section)
			d.blocks(section.Blocks)
		}
	}
	return jiraIssue{jiraFields{jiraName{"Task"}, short(t.Summary, maxSummary), d.end(), t.due()}}
}

func (t *Ticket) subtask(task Task) jiraIssue {
	d := newADF()
	if roles := task.roles(); roles != nil {
		d.add(paragraph(roles))
	}
	d.blocks([]record.Block{task.told.About, task.told.Typed, task.told.Steps, task.told.IfFails})
	if len(task.After) > 0 {
		d.blocks([]record.Block{record.Paragraph(words.Own("After tasks: " + numbers(task.After)))})
	}
	return jiraIssue{jiraFields{jiraName{"Sub-task"}, short(fmt.Sprintf("%d. %s", task.Number, task.Title()), maxSummary),
		d.end(), t.due()}}
}

// due is the day on which the window ends.
func (t *Ticket) due() string {
	if len(t.End) < len("2026-12-06") {
		return ""
	}
	return t.End[:len("2026-12-06")]
}

// itemTable has the configuration items.
func (t *Ticket) itemTable() record.Table {
	table := record.Table{Head: []words.Text{words.Own("configuration item"), words.Own("of")}}
	for _, item := range t.Items {
		table.Rows = append(table.Rows, []words.Text{words.Name(item.CI), words.Join(" ", words.Own(item.Kind), words.Name(item.Name))})
	}
	return table
}

// adf makes a document that as JSON has no more than maxText characters: Jira does not say whether it counts those of
// the text alone.
type adf struct {
	doc  *node
	room int // below 0 once something was left out
}

func newADF() *adf {
	// Besides the blocks there are the document itself, the last line, and brackets.
	return &adf{&node{Type: "doc", Version: 1}, maxText - 300}
}

// end is the document.
func (d *adf) end() *node {
	if d.room < 0 {
		d.doc.Content = append(d.doc.Content, paragraph(words.Own(rest)))
	}
	return d.doc
}

// fits tells whether there is room for a node, and takes it.
func (d *adf) fits(n *node) bool {
	text, _ := json.Marshal(n) // which has no type that fails
	d.room -= utf8.RuneCount(text) + 1
	return d.room >= 0
}

func (d *adf) add(n *node) {
	if d.fits(n) {
		d.doc.Content = append(d.doc.Content, n)
	}
}

func (d *adf) heading(section record.Section) {
	title := block("heading", inline(section.Title)...)
	title.Attrs = &attrs{Level: section.Level}
	d.add(title)
}

func (d *adf) blocks(blocks []record.Block) {
	for _, one := range blocks {
		switch one := one.(type) {
		case record.Paragraph:
			d.add(paragraph(words.Text(one)))
		case record.List:
			var items []*node
			for _, item := range one {
				items = append(items, block("listItem", paragraph(item)))
			}
			d.parts("bulletList", items, 1)
		case record.Table:
			rows := []*node{row("tableHeader", one.Head)}
			for _, cells := range one.Rows {
				rows = append(rows, row("tableCell", cells))
			}
			d.parts("table", rows, 2)
		case record.Listing:
			if one.Language != record.Mermaid {
				code := block("codeBlock", &node{Type: "text", Text: strings.Join(one.Lines, "\n")})
				code.Attrs = &attrs{Language: one.Language}
				d.add(code)
			}
		}
	}
}

// parts adds a block of as many parts as there is room for, if these are at least so many.
func (d *adf) parts(kind string, parts []*node, least int) {
	n := 0
	d.fits(block(kind))
	for n < len(parts) && d.fits(parts[n]) {
		n++
	}
	if n >= least {
		d.doc.Content = append(d.doc.Content, block(kind, parts[:n]...))
	}
}

func row(kind string, cells []words.Text) *node {
	out := block("tableRow")
	for _, cell := range cells {
		out.Content = append(out.Content, block(kind, paragraph(cell)))
	}
	return out
}

func paragraph(text words.Text) *node { return block("paragraph", inline(text)...) }

// inline are the spans of a text that are not empty: a text node has at least one character.
func inline(text words.Text) []*node {
	var out []*node
	for _, span := range text {
		if span.Text == "" {
			continue
		}
		one := &node{Type: "text", Text: shown(span)}
		if span.Form == words.IsName {
			one.Marks = []mark{{"code"}}
		}
		out = append(out, one)
	}
	return out
}

func block(kind string, content ...*node) *node { return &node{Type: kind, Content: content} }
