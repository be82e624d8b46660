package report

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// maxFindings is how many findings the plans of a spec may have together.
const maxFindings = 100_000

// Spec collects the findings about a spec that are of no single plan.
type Spec struct {
	Found hcl.Diagnostics
	// spelled has the names that the spec spells in Unicode, by their A-labels.
	spelled map[string]string
	ofPlans int  // findings of all plans
	spent   bool // no further plan is made
}

// New makes an empty report of a spec. Findings show names as spelled has them by their
// A-labels.
func New(spelled map[string]string) *Spec { return &Spec{spelled: spelled} }

// Add reports a finding at a place.
func (s *Spec) Add(code diag.Code, rng hcl.Range, format string, args ...any) {
	s.Found = append(s.Found, diag.New(code, &rng, s.spell(fmt.Sprintf(format, args...))))
}

// Stop ends the work on plans with one finding, that of the first call.
func (s *Spec) Stop(rng hcl.Range, format string, args ...any) {
	// Each plan that was begun runs into the limit; one finding about that is enough.
	if !s.spent {
		s.spent = true
		s.Found = append(s.Found, diag.New(TooLarge, &rng, fmt.Sprintf(format, args...)))
	}
}

// Spent tells whether the work on plans has ended.
func (s *Spec) Spent() bool { return s.spent }

// Shorten is text for a sentence.
func Shorten(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "..."
	}
	return text
}
