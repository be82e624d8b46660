package docs

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/ticket"
)

const exportPage = "docs/export.md"

// exported is what a form prints of a golden plan.
func exported(t *testing.T, form, folder string) string {
	t.Helper()
	p, err := procedure.Decode([]byte(read(t, folder+"/"+emit.PlanName)))
	if err != nil {
		t.Fatal(err)
	}
	return exportedPlan(t, form, p)
}

func exportedPlan(t *testing.T, form string, p *plan.Plan) string {
	t.Helper()
	one, err := emit.Ticket(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ticket.Forms() {
		if f.Name == form {
			text, err := f.Print([]*ticket.Ticket{one})
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	t.Fatalf("there is no form %s", form)
	return ""
}

// TestExportForms: the page has a row for each form, one for each column of the CSV form and one for each property of
// events, and no others.
func TestExportForms(t *testing.T) {
	var forms []string
	for _, f := range ticket.Forms() {
		forms = append(forms, f.Name)
	}
	if got := column(t, exportPage, "form"); !slices.Equal(got, forms) {
		t.Errorf("forms %q, want %q", got, forms)
	}
	records, err := csv.NewReader(strings.NewReader(exported(t, "csv", seedPackage))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := column(t, exportPage, "column"); !slices.Equal(got, records[0]) {
		t.Errorf("columns %q, want %q", got, records[0])
	}
	var properties []string
	for _, event := range regexp.MustCompile(`(?s)BEGIN:VEVENT\r\n(.*?)END:VEVENT`).FindAllStringSubmatch(exported(t, "ics", seedPackage), -1) {
		for _, m := range regexp.MustCompile(`(?m)^([A-Z]+):`).FindAllStringSubmatch(event[1], -1) {
			properties = append(properties, m[1])
		}
	}
	sameSet(t, exportPage+", properties", column(t, exportPage, "property"), properties)
}
