package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// New returns a finding. Its severity and summary are those of the code's rule; the
// detail says what is wrong, what was expected and what to do, in whole sentences.
// The subject is the smallest range that is wrong, nil if the finding has no place.
// An unknown code panics.
func New(code Code, subject *hcl.Range, detail string) *hcl.Diagnostic {
	rule, ok := Lookup(code)
	if !ok {
		panic(fmt.Sprintf("internal error: code %q is not registered", code))
	}
	return &hcl.Diagnostic{
		Severity: rule.Severity,
		Summary:  rule.Summary,
		// Cut first: a name may have megabytes, and the pattern of withDifference is slow.
		Detail:  withDifference(cut(detail)),
		Subject: subject,
		Extra:   rule.extra,
	}
}

// Of returns the code of a diagnostic, "" if it has none (or is nil).
func Of(d *hcl.Diagnostic) Code {
	if d == nil {
		return ""
	}
	code, _ := hcl.DiagnosticExtra[Code](d)
	return code
}

// Sort returns the diagnostics by file, place, severity (errors first), code and
// detail, without exact duplicates; those without a subject come first. The hcl
// library returns its own in random order. The input stays as it is.
func Sort(diags hcl.Diagnostics) hcl.Diagnostics {
	sorted := slices.DeleteFunc(slices.Clone(diags), func(d *hcl.Diagnostic) bool { return d == nil })
	slices.SortStableFunc(sorted, compare)
	return slices.CompactFunc(sorted, func(a, b *hcl.Diagnostic) bool { return compare(a, b) == 0 })
}

// compare orders by everything that a reader can see, so that only exact duplicates
// are equal.
func compare(a, b *hcl.Diagnostic) int {
	var ra, rb hcl.Range
	if a.Subject != nil {
		ra = *a.Subject
	}
	if b.Subject != nil {
		rb = *b.Subject
	}
	return cmp.Or(
		// Not by the name "" alone: a subject may have no file either.
		cmp.Compare(btoi(a.Subject != nil), btoi(b.Subject != nil)),
		cmp.Compare(ra.Filename, rb.Filename),
		comparePos(ra.Start, rb.Start),
		cmp.Compare(severityRank(a), severityRank(b)),
		cmp.Compare(Of(a), Of(b)),
		cmp.Compare(a.Detail, b.Detail),
		cmp.Compare(a.Summary, b.Summary),
		// Last: it only separates findings that are equal otherwise.
		comparePos(ra.End, rb.End),
	)
}

// comparePos falls back to line and column for positions that have no byte offset.
func comparePos(a, b hcl.Pos) int {
	return cmp.Or(cmp.Compare(a.Byte, b.Byte), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func severityRank(d *hcl.Diagnostic) int {
	return btoi(d.Severity == hcl.DiagWarning)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
