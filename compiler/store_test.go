package compiler_test

import (
	"os"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestStoreFailover: each mistake about the store is one finding, and the plans of what is right want the
// store where it is then.
func TestStoreFailover(t *testing.T) {
	text, err := os.ReadFile("../specs/central-management/spec.edge.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ what, old, new, code, says string }{
		{"no pool has the store", "  central_management = true\n", "", "EP2041", "No front_end_pool has"},
		{"another host", `management_host = "fe2.`, `management_host = "fe9.`, "EP2041", "not among the servers"},
		{"a pool at the failed site", "site = site.Site2\n  fqdn = \"fepool2", "site = site.Site1\n  fqdn = \"fepool2", "EP2041", "is at Site1"},
		{"a server with its instance", "sql2a.corp.contoso.com\"", "sql2a\\\\RTC\"", "EP2017", "argument of its own"},
		{"a mirror without a server", "    mirror_sql_server   = \"sql2b.corp.contoso.com\"\n", "", "EP1009", "no server"},
		{"a mirror that is none", "sql2b.", "sql2a.", "EP1009", "back end itself"},
		{"a planned change", "  central_management_failover {", "  reason = \"planned\"\n  central_management_failover {", "EP3038", "did not fail"},
		{"no mirror", "    mirror_sql_server   = \"sql2b.corp.contoso.com\"\n    mirror_sql_instance = \"RTC\"\n", "", "", ""},
		{"and back", "  change {", "  failback {\n    change {\n      ticket  = \"1\"\n      summary = \"back\"\n    }\n  }\n  change {", "", ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			changed := strings.Replace(string(text), test.old, test.new, 1)
			spec, sources, diags := parser.Parse(os.DirFS("../specs/central-management"), []parser.File{{Name: "spec.edge.hcl", Text: []byte(changed)}})
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
				t.Errorf("%d findings %s with %q", count, test.code, test.says)
			}
			if refused := strings.HasPrefix(test.code, "EP1") || strings.HasPrefix(test.code, "EP2"); refused != (len(plans) == 0) {
				t.Fatalf("%d plans", len(plans))
			}
			for i, p := range plans {
				if first := plan.HasStage(p.Stages[:1], plan.CentralManagement); first != (i == 0) || p.CentralManagement != "fepool2.corp.contoso.com" {
					t.Errorf("%s begins with %s and wants the store at %s", p.Name, p.Stages[0].Name, p.CentralManagement)
				}
				if plan.HasStage(p.Rollback, plan.CentralManagement) {
					t.Errorf("the rollback of %s moves the store", p.Name)
				}
			}
		})
	}
}
