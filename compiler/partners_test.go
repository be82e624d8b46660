package compiler

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
)

// seedWith compiles the seed with one text of the spec in place of another.
func seedWith(t *testing.T, old, other string) *plan.Plan {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"contoso.edge.hcl", "contoso.com.zone"} {
		data, err := os.ReadFile("../specs/seed/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "contoso.edge.hcl" {
			if strings.Count(string(data), old) != 1 {
				t.Fatalf("the seed does not have %q once", old)
			}
			data = []byte(strings.Replace(string(data), old, other, 1))
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	spec, _, diags := parser.Load(fsys, []string{"contoso.edge.hcl"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := Compile(spec)
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	return plans[0]
}

// Every partner of the spec is in the plan and in the fact about them, sorted, each once.
func TestPartners(t *testing.T) {
	for _, test := range []struct {
		list string
		want []string
	}{
		{`["jabber.example.org", "a.example", "E.example", "b.example", "A.EXAMPLE"]`, []string{"a.example", "b.example", "E.example", "jabber.example.org"}},
		{`["jabber.example.org"]`, []string{"jabber.example.org"}},
		{`[]`, []string{}},
	} {
		plan := seedWith(t, `["jabber.example.org"]`, test.list)
		fact := stepOf(plan, "P10")
		if fact == nil || !slices.EqualFunc(fact.Check.Want, test.want, strings.EqualFold) || !slices.EqualFunc(plan.Partners, test.want, strings.EqualFold) {
			t.Errorf("%s: partners %q, fact %+v", test.list, plan.Partners, fact)
		}
	}
}

// A pool that is down has no shutdown that could wait.
func TestEarliest(t *testing.T) {
	if plan := seed(t); len(plan.Earliest) != 0 {
		t.Errorf("disaster: %+v", plan.Earliest)
	}
	if plan := seedWith(t, `  to         = edge_pool.EdgePool2`, "  to = edge_pool.EdgePool2\n  reason = \"planned\""); len(plan.Earliest) != 1 {
		t.Errorf("planned: %+v", plan.Earliest)
	}
}
