package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/compiler/rules"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// acceptances are the findings that some plan accepts.
type acceptances struct {
	closed  hcl.Diagnostics
	reasons map[*hcl.Diagnostic]string
}

// add takes those of a plan.
func (a *acceptances) add(r *report.Plan) {
	for _, d := range r.Found {
		if _, known := a.reasons[d]; !known && r.Accepts(d) {
			a.closed = append(a.closed, d)
			a.reasons[d] = r.Accepted[diag.Of(d)]
		}
	}
}

// without are those that no plan has open.
func (a *acceptances) without(open hcl.Diagnostics) []Acceptance {
	// By place and text: two plans may have the same finding, and only one of them accepts it.
	type text struct {
		code   diag.Code
		rng    hcl.Range
		detail string
	}
	key := func(d *hcl.Diagnostic) text { return text{diag.Of(d), *d.Subject, d.Detail} }
	isOpen := map[text]bool{} // of those that are closed: nearly all specs accept little
	for _, d := range a.closed {
		isOpen[key(d)] = false
	}
	for _, d := range open {
		if len(isOpen) == 0 {
			break
		}
		if _, known := isOpen[key(d)]; known {
			isOpen[key(d)] = true
		}
	}
	var out []Acceptance
	for _, d := range diag.Sort(a.closed) {
		if !isOpen[key(d)] {
			out = append(out, Acceptance{d, a.reasons[d]})
		}
	}
	return out
}

// place is where a rule finds something.
type place struct {
	code diag.Code
	rng  hcl.Range
}

// byPlan joins the findings of all plans, which share those that are equal. Where two plans have
// different things to say about one place, as with the TTLs that each would write, the findings name
// their plans, or they would look like a contradiction; all others are there once.
func byPlan(requests []*rules.Request, open []hcl.Diagnostics) hcl.Diagnostics {
	if len(open) == 1 {
		return open[0] // of a hundred thousand findings the maps take as much as the findings
	}
	at := map[place]int32{}           // numbers of places
	of := map[*hcl.Diagnostic]int32{} // the places of findings
	var says []int32                  // how many different things all plans say about a place
	for _, diags := range open {
		for _, d := range diags {
			if _, known := of[d]; known {
				continue
			}
			where := place{diag.Of(d), *d.Subject}
			n, known := at[where]
			if !known {
				n = int32(len(says))
				at[where], says = n, append(says, 0)
			}
			of[d] = n
			says[n]++
		}
	}
	var out hcl.Diagnostics
	shown := map[*hcl.Diagnostic]bool{}
	own := make([]int32, len(says)) // how many one plan says, which alone is no difference
	for i, diags := range open {
		for _, d := range diags {
			own[of[d]]++
		}
		for _, d := range diags {
			switch {
			case says[of[d]] > own[of[d]]:
				// A copy: the record of the plan has the finding without the name.
				named := *d
				named.Detail = fmt.Sprintf("In %s: %s", requests[i].Name.V, d.Detail)
				out = append(out, &named)
			case !shown[d]:
				shown[d] = true
				out = append(out, d)
			}
		}
		for _, d := range diags {
			own[of[d]] = 0
		}
	}
	return out
}

// findings are what the change record shows: warnings, and errors that are accepted. Lines
// move with any edit of a file, so they are given where the plan has the whole file.
func findings(r *report.Plan, zones []*topology.Zone, planned []plan.Zone) []plan.Finding {
	whole := map[string]bool{}
	for _, p := range planned {
		if p.ByFile() {
			whole[dnsname.Absolute(p.Name)] = true
		}
	}
	lines := map[string]bool{}
	for _, z := range zones {
		if z.Source == nil {
			continue
		}
		for _, file := range z.Source.Files {
			// A file may be one of two zones: that one of them is edited is enough.
			lines[file.Name] = lines[file.Name] || whole[dnsname.Absolute(z.Name.V)]
		}
	}
	return findingsOf(r, r.All(), lines)
}

// findingsOf are findings as a plan or a matrix has them. Files of which lines says that they are not
// whole in the plan have none.
func findingsOf(r *report.Plan, found hcl.Diagnostics, lines map[string]bool) []plan.Finding {
	sorted := diag.Sort(found)
	out := make([]plan.Finding, 0, len(sorted))
	for _, d := range sorted {
		code := diag.Of(d)
		severity := "warning"
		if d.Severity == hcl.DiagError {
			severity = "error"
		}
		found := plan.Finding{
			Code: string(code), Severity: severity, Summary: d.Summary, Detail: d.Detail,
			File: d.Subject.Filename, Line: d.Subject.Start.Line, Accepted: r.Accepted[code],
		}
		// Of other zones the plan has only what it uses, so that an edit elsewhere in the file does not give it
		// another ID.
		if whole, isZone := lines[found.File]; isZone && !whole {
			found.Line = 0
		}
		out = append(out, found)
	}
	return out
}
