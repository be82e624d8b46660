package compiler_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestNextHop: each mistake about the next hop is one finding; what is right changes it to the pool that is named,
// and the way back changes it back.
func TestNextHop(t *testing.T) {
	text, err := os.ReadFile("../specs/next-hop/spec.edge.hcl")
	if err != nil {
		t.Fatal(err)
	}
	const edge, hop = "access_edge_fqdn = \"sip2.contoso.com\"\n", "  next_hop    = front_end_pool.fepool3\n"
	const failback = "  failback {\n    change {\n      ticket  = \"1\"\n      summary = \"back\"\n    }\n  }\n  change {"
	for _, test := range []struct{ what, old, new, code, says string }{
		{"none of today", edge + "  next_hop         = \"fepool1.corp.contoso.com\"\n", edge, "EP2046", "has no next_hop"},
		{"a stranger", edge + "  next_hop         = \"fepool1.", edge + "  next_hop         = \"fepool9.", "EP2046", "No front_end_pool has"},
		{"it is that already", edge + "  next_hop         = \"fepool1.", edge + "  next_hop         = \"fepool3.", "EP2047", "already"},
		{"at the failed site", hop, "  next_hop    = front_end_pool.fepool1\n", "EP2047", "already"},
		{"none is asked for", hop, "", "EP2016", "next_hop = front_end_pool.NAME"},
		{"right", hop, hop, "", ""},
		{"and back", "  change {", failback, "", ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			changed := strings.Replace(string(text), test.old, test.new, 1)
			spec, sources, diags := parser.Parse(os.DirFS("../specs/next-hop"), []parser.File{{Name: "spec.edge.hcl", Text: []byte(changed)}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			plans, diags := compiler.Compile(spec)
			count := 0
			for _, f := range diag.Findings(diags, sources) {
				if string(f.Code) == test.code && strings.Contains(f.Detail, test.says) {
					count++
				}
			}
			if test.code != "" && count != 1 {
				t.Errorf("%d findings %s with %q in %v", count, test.code, test.says, diags)
			}
			if (test.code != "") != (len(plans) == 0) {
				t.Fatalf("%d plans, %v", len(plans), diags)
			}
			for i, p := range plans {
				from, to := "fepool1.corp.contoso.com", "fepool3.corp.contoso.com"
				if i > 0 {
					from, to = to, from
				}
				if h := p.NextHop; h == nil || h.Pool != "EdgePool2" || h.From != from || h.To != to {
					t.Fatalf("%s: %+v", p.Name, h)
				}
				if p.HopClicked(false) || p.HopClicked(true) {
					t.Errorf("%s: no pool is at the site of the Edge pool", p.Name)
				}
				ids := plan.AllSteps([]plan.Stage{p.Stages[slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Name == plan.Route })]}).IDs()
				// Before the routes that lead to the pool, after those that lead away from it.
				if at := []int{0, len(ids) - 1}[i]; ids[at] != "next-hop/EdgePool2" {
					t.Errorf("%s: %q", p.Name, ids)
				}
			}
		})
	}
}

// TestNextHopByHand: where the pool is at the site of the Edge pool a person sets it in stage Topology, and what goes to
// another site is a command of stage Route, in the change, its rollback, the way back and the rollback of that.
func TestNextHopByHand(t *testing.T) {
	spec, _, diags := parser.Load(os.DirFS("../specs/next-hop-failback"), []string{"spec.edge.hcl"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := compiler.Compile(spec)
	if len(plans) != 2 {
		t.Fatalf("%d plans, %v", len(plans), diags)
	}
	for i, p := range plans {
		for _, back := range []bool{false, true} {
			stage, id := plan.Route, "next-hop/EdgePool2"
			if by := (i == 0) != back; by {
				stage = plan.Publish
			}
			if back {
				id = "rollback/" + id
			}
			found := ""
			for _, s := range p.StagesOf(back) {
				if slices.Contains(plan.AllSteps([]plan.Stage{s}).IDs(), id) {
					found += s.Name
				}
			}
			if found != stage || p.HopClicked(back) != (stage == plan.Publish) || p.HopSet(back) == p.HopClicked(back) {
				t.Errorf("%s, back %v: in stage %q, want %s", p.Name, back, found, stage)
			}
		}
	}
}
