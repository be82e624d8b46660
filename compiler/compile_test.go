package compiler

import (
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// TestByPlan: findings about one place that differ from plan to plan name their plans; those
// that are the same do not, and are there once after sorting.
func TestByPlan(t *testing.T) {
	at := func(line int) *hcl.Range { return &hcl.Range{Filename: "z", Start: hcl.Pos{Line: line, Column: 1}} }
	var requests []*rules.Request
	for _, name := range []string{"a", "b"} {
		requests = append(requests, &rules.Request{Name: topology.Value[string]{V: name, Set: true}})
	}
	found := func(line int, detail string) *hcl.Diagnostic { return diag.New(report.BadZone, at(line), detail) }
	got := diag.Sort(byPlan(requests, []hcl.Diagnostics{
		{found(1, "The TTL is 300."), found(2, "No NS."), found(3, "First."), found(3, "Second.")},
		{found(1, "The TTL is 3600."), found(2, "No NS."), found(3, "First."), found(3, "Second."), found(4, "Only here.")},
	}))
	var details []string
	for _, d := range got {
		details = append(details, d.Detail)
	}
	want := []string{"In a: The TTL is 300.", "In b: The TTL is 3600.", "No NS.", "First.", "Second.", "Only here."}
	if !slices.Equal(details, want) {
		t.Errorf("got  %q\nwant %q", details, want)
	}
}
