package diag

import (
	"bytes"
	"strings"
	"testing"
)

// Of many findings the first hundred are written, errors before warnings, in every form,
// and all are counted.
func TestFirst(t *testing.T) {
	var many []Finding
	for range 150 {
		many = append(many, Finding{Code: "EP3001", Severity: "warning", Summary: "w"})
	}
	for range 100_000 {
		many = append(many, Finding{Code: "EP1007", Severity: "error", Summary: "e"})
	}
	many = append(many, Finding{Code: "EP3001", Severity: "warning", Summary: "w", Accepted: "because"})
	some := First(many)
	if errors, warnings := Count(some); errors != 100_000 || warnings != 150 {
		t.Errorf("%d errors, %d warnings", errors, warnings)
	}
	if len(some) != 102 || some[0].Summary != "e" || some[101].Summary != "and 100050 more" || some[101].Code != "EP1007" || some[101].Severity != "error" {
		t.Errorf("%d: %+v", len(some), some[len(some)-1])
	}
	var out bytes.Buffer
	if err := WriteJSON(&out, some); err != nil || !strings.Contains(out.String(), `"errors": 100000,`) {
		t.Errorf("%v\n%.300s", err, out.String())
	}
	if few := First(many[:100]); len(few) != 100 {
		t.Errorf("%d of 100", len(few))
	}
	if few := First(many[:101]); len(few) != 101 || few[100].Severity != "warning" || few[100].Summary != "and 1 more" {
		t.Errorf("%d of 101: %+v", len(few), few[100])
	}
}
