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
	var requests []*rules.Request
	for _, name := range []string{"a", "b"} {
		requests = append(requests, &rules.Request{Name: topology.Value[string]{V: name, Set: true}})
	}
	spec := report.New(nil)
	spec.Shared = true
	type says struct {
		line   int
		detail string
	}
	found := func(all ...says) hcl.Diagnostics {
		r := spec.Plan(hcl.Range{}, nil)
		for _, one := range all {
			at := hcl.Range{Filename: "z", Start: hcl.Pos{Line: one.line, Column: 1}}
			r.Add(report.BadZone, at, "%s", one.detail)
		}
		return r.Open()
	}
	joined := byPlan(requests, []hcl.Diagnostics{
		found(says{1, "The TTL is 300."}, says{2, "No NS."}, says{3, "First."}, says{3, "Second."}),
		found(says{1, "The TTL is 3600."}, says{2, "No NS."}, says{3, "First."}, says{3, "Second."}, says{4, "Only here."}),
	})
	got := diag.Sort(joined)
	if len(joined) != len(got) {
		t.Errorf("%d findings, %d of them different", len(joined), len(got))
	}
	var details []string
	for _, d := range got {
		details = append(details, d.Detail)
	}
	want := []string{"In a: The TTL is 300.", "In b: The TTL is 3600.", "No NS.", "First.", "Second.", "Only here."}
	if !slices.Equal(details, want) {
		t.Errorf("got  %q\nwant %q", details, want)
	}
}
