package parser

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

const head = `topology "t" {
  product         = "lync-server-2013"
  management_host = "fe.example.com"
}
`

// zoneFS is a spec's folder with a zone file.
var zoneFS = fstest.MapFS{"a.zone": {Data: []byte("zone text")}, "sub/b.zone": {Data: []byte("b")}}

func parseText(text string) (*Spec, diag.Sources, hcl.Diagnostics) {
	return Parse(zoneFS, []File{{Name: "a.edge.hcl", Text: []byte(text)}})
}

// mustParse parses a topology and the text, without findings.
func mustParse(t *testing.T, text string) *Spec {
	t.Helper()
	spec, _, diags := parseText(head + text)
	if len(diags) > 0 {
		t.Fatalf("%s\nfindings: %v", text, shown(diags))
	}
	return spec
}

// shown is one line for each finding, sorted.
func shown(diags hcl.Diagnostics) []string {
	var out []string
	for _, d := range diag.Sort(diags) {
		out = append(out, fmt.Sprintf("%s %s: %s", diag.Of(d), d.Subject, d.Detail))
	}
	return out
}

// wantFinding checks that there is exactly one finding, with a code and some words.
func wantFinding(t *testing.T, diags hcl.Diagnostics, code diag.Code, words string) {
	t.Helper()
	if len(diags) != 1 || diag.Of(diags[0]) != code || !strings.Contains(diags[0].Detail, words) {
		t.Errorf("want one finding %s with %q, got %d:\n%s", code, words, len(diags), strings.Join(shown(diags), "\n"))
	}
}

// localText is what an expression gives as text, in a spec with a few locals and blocks.
func localText(t *testing.T, expr string) string {
	t.Helper()
	spec := mustParse(t, fmt.Sprintf("site \"s\" {}\nsite \"odd name\" {}\nlocals {\n  x = %s\n}\nxmpp_federation {\n  host = local.x\n}\n", expr))
	return spec.Topology.XMPP.Host.V
}

func noDiff(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(zonefile.Source{}, topology.Topology{})); diff != "" {
		t.Errorf("minus is wanted, plus is got:\n%s", diff)
	}
}
