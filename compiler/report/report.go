package report

import (
	"fmt"
	"hash/maphash"

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

	// Shared has plans that say the same of a place have one finding, which is worth its price where a
	// spec has several plans.
	Shared bool
	shared map[uint64]*hcl.Diagnostic // by their hashes
	last   *hcl.Range                 // of the finding before: many are about one place
}

// New makes an empty report of a spec. Findings show names as spelled has them by their
// A-labels.
func New(spelled map[string]string) *Spec { return &Spec{spelled: spelled} }

// Aside is an empty report about the same spec, for findings that are looked at and not shown.
func (s *Spec) Aside() *Spec { return New(s.spelled) }

// finding makes a finding of a plan.
func (s *Spec) finding(code diag.Code, rng hcl.Range, text string) *hcl.Diagnostic {
	if s.last == nil || *s.last != rng {
		own := rng // else each call would have one on the heap
		s.last = &own
	}
	made := diag.New(code, s.last, text)
	if !s.Shared {
		return made
	}
	if s.shared == nil {
		s.shared = map[uint64]*hcl.Diagnostic{}
	}
	for hash := maphash.Comparable(seed, said{code, rng, made.Detail}); ; hash++ {
		switch other := s.shared[hash]; {
		case other == nil:
			s.shared[hash] = made
			return made
		case diag.Of(other) == code && *other.Subject == rng && other.Detail == made.Detail:
			return other
		}
	}
}

// said is what makes two findings one.
type said struct {
	code   diag.Code
	rng    hcl.Range
	detail string
}

var seed = maphash.MakeSeed()

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
