package compiler

import (
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestManyFindings: findings of plans beyond the limit are one, and no plan is made.
func TestManyFindings(t *testing.T) {
	j := &job{model: &model{budget: budget{found: maxFindings - 1}}, f: &parser.Failover{}}
	for range 3 {
		j.report(codeLongTTL, hcl.Range{}, "a finding")
	}
	if len(j.own) != 1 || len(j.diags) != 1 || diag.Of(j.diags[0]) != codeTooLarge || !j.blocked() {
		t.Errorf("%v %v", j.own, j.diags)
	}
}
