package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// TestContributing: what CONTRIBUTING.md names in a file is declared there.
func TestContributing(t *testing.T) {
	flat := strings.Join(strings.Fields(read(t, "CONTRIBUTING.md")), " ")
	found := regexp.MustCompile("`(\\w+)` in `([a-z_/]+\\.go)`").FindAllStringSubmatch(flat, -1)
	for _, m := range found {
		declared := regexp.MustCompile(`(?m)^(?:(?:var|const|type|func(?: \([^)]*\))?) |\t)` + m[1] + `\b`)
		if !declared.MatchString(read(t, m[2])) {
			t.Errorf("CONTRIBUTING.md: %s does not declare %s", m[2], m[1])
		}
	}
	if len(found) < 10 {
		t.Errorf("CONTRIBUTING.md names only %d places", len(found))
	}
}

// TestProducts: each place that knows the products knows all of them.
func TestProducts(t *testing.T) {
	var known []string
	for _, product := range cmdlet.Products() {
		known = append(known, string(product))
		if product.Name() == string(product) {
			t.Errorf("%s has no name", product)
		}
	}
	sameSet(t, "products", topology.Products(), known)
}
