package docs

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit/evidence"
	"github.com/edgeplan/edgeplan/emit/powershell"
)

const evidencePage = "docs/evidence.md"

// TestEvidenceOutcomes: the page, the reader and the scripts have the same outcomes.
func TestEvidenceOutcomes(t *testing.T) {
	found := map[string]bool{}
	literal := regexp.MustCompile(`(?i)(?:-Outcome |\$outcome = )'([^']+)'`)
	for _, m := range literal.FindAllStringSubmatch(powershell.Runtime().Text, -1) {
		found[m[1]] = true
	}
	var written []string
	for name := range found {
		written = append(written, name)
	}
	sameSet(t, evidencePage+", outcomes", column(t, evidencePage, "outcome"), written)
	sameSet(t, "emit/evidence, outcomes", evidence.Outcomes(), written)
}

// TestEvidenceFields: and the same fields, in the same order.
func TestEvidenceFields(t *testing.T) {
	_, body, _ := strings.Cut(powershell.Runtime().Text, "$record = [ordered]@{")
	body, _, _ = strings.Cut(body, "}")
	var written []string
	for _, m := range regexp.MustCompile(`(\w+) = \$`).FindAllStringSubmatch(body, -1) {
		written = append(written, m[1])
	}
	if got := column(t, evidencePage, "field"); !slices.Equal(got, written) {
		t.Errorf("%s has the fields %v, the scripts %v", evidencePage, got, written)
	}
	if got := evidence.Fields(); !slices.Equal(got, written) {
		t.Errorf("emit/evidence has the fields %v, the scripts %v", got, written)
	}
}
