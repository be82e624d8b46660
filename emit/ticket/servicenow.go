package ticket

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// The records of ServiceNow, by table. All values are strings, as the Import Set API wants them. A field that refers to
// another record (requested_by, cmdb_ci, change_request, task, ci_item) has the name of that, as only the instance knows its
// sys_id.
type (
	serviceNow struct {
		ChangeRequest []changeRequest `json:"change_request"`
		ChangeTask    []changeTask    `json:"change_task"`
		TaskCI        []taskCI        `json:"task_ci"`
	}
	changeRequest struct {
		Number             string `json:"number"`
		ShortDescription   string `json:"short_description"`
		Description        string `json:"description"`
		Justification      string `json:"justification"`
		ImplementationPlan string `json:"implementation_plan"`
		RiskImpactAnalysis string `json:"risk_impact_analysis"`
		BackoutPlan        string `json:"backout_plan"`
		TestPlan           string `json:"test_plan"`
		Type               string `json:"type,omitempty"`
		Risk               string `json:"risk,omitempty"`
		StartDate          string `json:"start_date,omitempty"` // in GMT
		EndDate            string `json:"end_date,omitempty"`
		RequestedBy        string `json:"requested_by,omitempty"`
		CmdbCI             string `json:"cmdb_ci,omitempty"`
		CorrelationID      string `json:"correlation_id"`
		CorrelationDisplay string `json:"correlation_display"`
	}
	changeTask struct {
		ChangeRequest      string `json:"change_request"`
		Order              string `json:"order"`
		ShortDescription   string `json:"short_description"`
		Description        string `json:"description"`
		Type               string `json:"change_task_type"`
		CmdbCI             string `json:"cmdb_ci,omitempty"`
		CorrelationID      string `json:"correlation_id"`
		CorrelationDisplay string `json:"correlation_display"`
	}
	taskCI struct {
		Task string `json:"task"`
		Item string `json:"ci_item"`
	}
)

// types and risks are the values of the base system for the words of the spec. It has no type for a drill.
var (
	types = map[string]string{"standard": "standard", "normal": "normal", "emergency": "emergency"}
	risks = map[string]string{"high": "2", "medium": "3", "low": "4"}
)

// maxShort bounds the characters of short_description, of which the base system keeps as many.
const maxShort = 160

// ServiceNow prints one JSON document with the records of each table.
func ServiceNow(tickets []*Ticket) ([]byte, error) {
	all := serviceNow{ChangeRequest: []changeRequest{}, ChangeTask: []changeTask{}, TaskCI: []taskCI{}}
	for _, t := range tickets {
		all.ChangeRequest = append(all.ChangeRequest, t.changeRequest())
		for _, task := range t.Tasks {
			all.ChangeTask = append(all.ChangeTask, t.changeTask(task))
		}
		for _, item := range t.Items {
			all.TaskCI = append(all.TaskCI, taskCI{t.Number, item.CI})
		}
	}
	return indented(all)
}

// indented is JSON that is safe in a page too: < and > are escapes.
func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return append(text, '\n'), err
}

func (t *Ticket) changeRequest() changeRequest {
	item := ""
	if len(t.Items) > 0 {
		item = t.Items[0].CI
	}
	return changeRequest{
		Number: t.Number, ShortDescription: short(t.Summary, maxShort), Description: fit(t.description()), Justification: t.Why,
		ImplementationPlan: fit(t.implementation()), RiskImpactAnalysis: fit(t.risks()), BackoutPlan: fit(t.backout()),
		TestPlan: fit(t.tests()), Type: types[t.Type], Risk: risks[t.Risk], StartDate: gmt(t.Start), EndDate: gmt(t.End), RequestedBy: t.Requester, CmdbCI: item,
		CorrelationID: t.ID, CorrelationDisplay: "edgeplan"}
}

func (t *Ticket) changeTask(task Task) changeTask {
	kind, item := "implementation", t.itemOf(task.Host)
	if task.Test {
		kind = "testing"
	}
	if task.Host == words.Host(plan.AnyHost) { // which is no computer of that name
		item = ""
	}
	return changeTask{
		ChangeRequest: t.Number, Order: fmt.Sprint(task.Number), ShortDescription: short(task.Title(), maxShort),
		Description: fit(task.description()), Type: kind, CmdbCI: item,
		CorrelationID: fmt.Sprintf("%s/%d", t.ID, task.Number), CorrelationDisplay: "edgeplan"}
}

// gmt is a time as ServiceNow has it in its database.
func gmt(at string) string { return strings.NewReplacer("T", " ", "Z", "").Replace(at) }

// description is what the change is, what it is about and what is accepted.
func (t *Ticket) description() []string {
	out := append(lines(t.section("summary")), t.packageLine(), "", "Configuration items:")
	for _, item := range t.Items {
		name := item.Name
		if item.CI != name {
			name += " (" + item.CI + ")"
		}
		out = append(out, "- "+item.Kind+": "+name)
	}
	return append(out, t.titled("what", "findings", "communication", "unknown")...)
}

// titled are sections of the record, each below a blank line and its title.
func (t *Ticket) titled(ids ...string) []string {
	var out []string
	for _, section := range t.record.Sections {
		if slices.Contains(ids, section.ID) {
			out = append(out, "", plain(section.Title)+":")
			out = append(out, lines(section.Blocks)...)
		}
	}
	return out
}

// implementation is what to run, in which order, and what to change in DNS.
func (t *Ticket) implementation() []string {
	out := append(lines(t.section("stages")), "")
	for _, task := range t.Tasks {
		out = append(out, task.line())
		if len(task.After) > 0 {
			out = append(out, task.after())
		}
	}
	return append(out, t.titled(append(t.zones(), "schedule")...)...)
}

// zones are the IDs of the sections about zones.
func (t *Ticket) zones() []string {
	var out []string
	for _, section := range t.record.Sections {
		if strings.HasPrefix(section.ID, "zone-") {
			out = append(out, section.ID)
		}
	}
	return out
}

// risks are what users notice, when what is reachable, and the findings.
func (t *Ticket) risks() []string {
	var out []string
	for _, row := range t.summary() {
		if row.name == "Risk" || row.name == "Impact" || row.name == "To be told" || strings.HasPrefix(row.name, "Affected: ") {
			out = append(out, row.name+": "+row.value)
		}
	}
	return append(out, t.titled("when", "findings")...)
}

// backout is how to go back: until when, the stages, and what the owners of zones do.
func (t *Ticket) backout() []string {
	out := []string{t.row("Going back"), ""}
	for _, task := range t.Back {
		out = append(out, task.line())
	}
	for _, block := range t.section("rollback") {
		if _, ok := block.(record.Table); !ok {
			out = append(out, lines([]record.Block{block})...)
		}
	}
	for _, section := range t.record.Sections {
		for _, block := range section.Blocks {
			list, ok := block.(record.List)
			if !ok || !strings.HasPrefix(section.ID, "zone-") {
				continue
			}
			for _, item := range list {
				if text := plain(item); strings.HasPrefix(text, "Back: ") {
					out = append(out, plain(section.Title)+": "+text)
				}
			}
		}
	}
	return out
}

// tests are the checks before the first change and after the last.
func (t *Ticket) tests() []string {
	var out []string
	if begin := t.row("Go"); begin != "" {
		out = append(out, "Go: "+begin)
	}
	for _, task := range t.Tasks {
		if task.Test {
			out = append(out, "", task.line())
			out = append(out, rows(task.told.Steps)...)
		}
	}
	return append(append(out, "", "Done: "+t.row("Done")), t.titled("acceptance")...)
}

// line is a task on one line.
func (t Task) line() string {
	return fmt.Sprintf("%d. %s: %s - %s", t.Number, t.Title(), t.Typed, t.Does)
}

// after says which tasks come first.
func (t Task) after() string { return "   after " + numbers(t.After) }

// description is what the record says of a task.
func (t Task) description() []string {
	var out []string
	if roles := t.roles(); roles != nil {
		out = append(out, plain(roles))
	}
	out = append(out, plain(words.Text(t.told.About)), "", "    "+t.Typed, "")
	out = append(out, rows(t.told.Steps)...)
	out = append(out, "", plain(words.Text(t.told.IfFails)))
	if len(t.After) > 0 {
		out = append(out, "After tasks: "+numbers(t.After))
	}
	return out
}

// roles say who carries a task out and tests it, and how long its stage takes; nil where the spec does not.
func (t Task) roles() words.Text {
	out := words.Doers(t.Roles)
	if t.Roles.Minutes > 0 {
		if out != nil {
			out = append(out, words.Own(" ")...)
		}
		out = append(out, words.Own("Duration of the stage, on all of its hosts: "+plan.Length(uint32(t.Roles.Minutes)*60)+".")...)
	}
	return out
}
