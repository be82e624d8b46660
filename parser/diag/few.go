package diag

import (
	"fmt"
	"hash/maphash"

	"github.com/hashicorp/hcl/v2"
)

// maxKept is how many errors and how many warnings [Few] keeps. It is far more than are shown.
const maxKept = 1000

// Few collects the findings of an input that can have one in each line. It keeps the first errors and
// warnings in the order of [Sort], which are those that [First] shows, and counts the others. The zero
// Few is empty.
type Few struct {
	kept    hcl.Diagnostics
	dropped map[uint64]struct{} // the hashes of those that are only counted, once each
	more    more
}

// more is the Extra of a diagnostic that is there for others.
type more struct {
	code Code
	left [2]int // errors and warnings
}

// UnwrapDiagnosticExtra makes the code known to [Of].
func (m more) UnwrapDiagnosticExtra() any { return m.code }

var hashSeed = maphash.MakeSeed()

// Add takes over findings, which have codes.
func (f *Few) Add(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		if more, ok := d.Extra.(more); ok { // of another Few
			f.more.left[0] += more.left[0]
			f.more.left[1] += more.left[1]
			continue
		}
		f.kept = append(f.kept, d)
	}
	// drop sorts all that is kept, so it is not called for each finding.
	if len(f.kept) >= 4*maxKept {
		f.drop()
	}
}

// drop keeps the first findings.
func (f *Few) drop() {
	sorted := Sort(f.kept)
	var n [2]int
	f.kept = nil
	for _, d := range sorted {
		rank := severityRank(d)
		if n[rank]++; n[rank] <= maxKept {
			f.kept = append(f.kept, d)
			continue
		}
		if f.dropped == nil {
			f.dropped = map[uint64]struct{}{}
		}
		// Sort knows duplicates only among what is kept. Hashes, since the texts of hundreds of
		// thousands of findings would fill the memory.
		key := hashOf(d)
		if _, twice := f.dropped[key]; !twice {
			f.dropped[key] = struct{}{}
			f.more.left[rank]++
			// Every finding has a code, so All needs one; First shows that of the next finding instead.
			f.more.code = Of(d)
		}
	}
}

func hashOf(d *hcl.Diagnostic) uint64 {
	var rng hcl.Range
	if d.Subject != nil {
		rng = *d.Subject
	}
	var h maphash.Hash
	h.SetSeed(hashSeed)
	fmt.Fprintln(&h, rng.Filename, rng.Start, rng.End, d.Severity, Of(d), d.Summary, d.Detail)
	return h.Sum64()
}

// All returns the findings that are kept, and one in place of those that are not.
func (f *Few) All() hcl.Diagnostics {
	if f.more.left == [2]int{} {
		return f.kept
	}
	// More than maxKept may have come since it was last called.
	f.drop()
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "and more",
		Detail:   fmt.Sprintf("%d errors and %d warnings more were found.", f.more.left[0], f.more.left[1]),
		Extra:    f.more,
	}
	// Else a spec that has only warnings would fail.
	if f.more.left[0] == 0 {
		d.Severity = hcl.DiagWarning
	}
	return append(f.kept, d)
}

// HasErrors tells whether there is an error among the findings.
func (f *Few) HasErrors() bool { return f.kept.HasErrors() }
