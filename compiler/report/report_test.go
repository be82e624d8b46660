package report

import (
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestManyFindings: findings of plans beyond the limit are one, and no plan is made.
func TestManyFindings(t *testing.T) {
	spec := &Spec{ofPlans: maxFindings - 1}
	p := spec.Plan(hcl.Range{}, nil)
	for range 3 {
		p.Add(LongTTL, hcl.Range{}, "a finding")
	}
	if len(p.Found) != 1 || len(spec.Found) != 1 || diag.Of(spec.Found[0]) != TooLarge || !p.Blocked() || !spec.Spent() {
		t.Errorf("%v %v", p.Found, spec.Found)
	}
}

func TestSpell(t *testing.T) {
	s := New(map[string]string{"xn--bcher-kva.example": "bücher.example", "contoso.com": "ｃontoso.com"})
	for sentence, want := range map[string]string{
		"No XN--BCHER-KVA.example.":                              "No bücher.example (XN--BCHER-KVA.example).",
		"xn--bcher-kva.example and xn--bcher-kva.example":        "bücher.example (xn--bcher-kva.example) and bücher.example",
		`"*.sip.xn--bcher-kva.example"`:                          `"*.sip.bücher.example (*.sip.xn--bcher-kva.example)"`,
		"xn--bcher-kva.example.zone, axn--bcher-kva.example":     "xn--bcher-kva.example.zone, axn--bcher-kva.example",
		"contoso.com, contoso.comx, x-contoso.com, 192.0.2.1, .": "ｃontoso.com (contoso.com), contoso.comx, x-contoso.com, 192.0.2.1, .",
	} {
		if got := s.spell(sentence); got != want {
			t.Errorf("%q becomes %q, want %q", sentence, got, want)
		}
	}
	if got := New(nil).spell("xn--bcher-kva.example"); got != "xn--bcher-kva.example" {
		t.Error(got)
	}
}
