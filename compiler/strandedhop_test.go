package compiler_test

import (
	"os"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestStrandedHop: of an Edge pool that runs and whose next hop is down there is a finding, of any other none.
func TestStrandedHop(t *testing.T) {
	text, err := os.ReadFile("../specs/bad-ep3043-next-hop/spec.edge.hcl")
	if err != nil {
		t.Fatal(err)
	}
	const hop, to = "fepool1.corp.contoso.com\"\n\n  server", "  to         = edge_pool.EdgePool2\n"
	for what, test := range map[string]struct {
		change []string // old and new in turns
		want   int
	}{
		"as it is":               {nil, 1},
		"in other letters":       {[]string{hop, "FEPOOL1.corp.contoso.com\"\n\n  server"}, 1},
		"no site is known":       {[]string{"  site             = site.Site3\n", ""}, 1},
		"at the failed site too": {[]string{"site             = site.Site3", "site             = site.Site1"}, 0},
		"another next hop":       {[]string{hop, "fepool3.corp.contoso.com\"\n\n  server"}, 0},
		"nobody declares it":     {[]string{hop, "fepool9.corp.contoso.com\"\n\n  server"}, 0},
		"it is elsewhere":        {[]string{"  site = site.Site1\n  fqdn = \"fepool1", "  site = site.Site2\n  fqdn = \"fepool1"}, 0},
		"nothing failed":         {[]string{to, to + "  reason     = \"planned\"\n"}, 0},
		"both at one site":       {[]string{"site             = site.Site1", "site             = site.Site2"}, 0},
		"it is up":               {[]string{"  fqdn = \"fepool1", "  edge_pool = edge_pool.EdgePool1\n  fqdn = \"fepool1", to, to + "  media = [front_end_pool.fepool1]\n"}, 0},
	} {
		t.Run(what, func(t *testing.T) {
			changed := strings.NewReplacer(test.change...).Replace(string(text))
			if test.change != nil && changed == string(text) {
				t.Fatal("nothing is changed")
			}
			spec, sources, diags := parser.Parse(os.DirFS("../specs/bad-ep3043-next-hop"), []parser.File{{Name: "spec.edge.hcl", Text: []byte(changed)}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			plans, diags := compiler.Compile(spec)
			count := 0
			for _, f := range diag.Findings(diags, sources) {
				if f.Code == "EP3043" && strings.HasPrefix(f.Detail, "The next hop of EdgePool3 is fepool1, which is at Site1") {
					count++
				}
			}
			if count != test.want || len(plans) != 1 {
				t.Errorf("%d findings, want %d, and %d plans: %v", count, test.want, len(plans), diags)
			}
		})
	}
}
