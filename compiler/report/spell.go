package report

import (
	"strings"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

var nameToken = pattern.New(`[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)+`)

// spell has a sentence show names as the spec spells them, and at the first mention of
// each its A-labels too.
func (s *Spec) spell(sentence string) string {
	if len(s.spelled) == 0 {
		return sentence
	}
	told := map[string]bool{}
	return nameToken.ReplaceAllStringFunc(sentence, func(name string) string {
		// A sentence may name something below a domain of the spec; the longest known end of the name is shown
		// as spelled.
		for top := name; top != ""; _, top, _ = strings.Cut(top, ".") {
			spelled, ok := s.spelled[strings.ToLower(top)]
			if !ok {
				continue
			}
			shown := strings.TrimSuffix(name, top) + spelled
			if !told[name] {
				told[name] = true
				return shown + " (" + name + ")"
			}
			return shown
		}
		return name
	})
}
