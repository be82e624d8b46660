package words

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Fewest is how many sets that are alike but for a name are shown together, with the list of the names.
const Fewest = 3

// OwnName is what is left of the owner of a set without the labels of its service, and without the final dot: a
// domain, or a host.
func OwnName(set plan.RecordSet) string {
	name := trimDot(set.Owner)
	for strings.HasPrefix(name, "_") {
		_, rest, more := strings.Cut(name, ".")
		if !more {
			break
		}
		name = rest
	}
	return name
}

// placeholder is in the place of a name that is one of a list. Names in a plan are in lower case.
const placeholder = "NAME"

// RecordLines are the records of sets as [Records] has them, each on a line that print makes of it. Of [Fewest] sets
// that are alike but for a name there is one, with NAME for that, and then the names as a text, of which tell makes lines.
func RecordLines(sets []plan.RecordSet, print func(Record) string, tell func(line string) string) []string {
	keys := make([]string, len(sets))
	names := map[string][]string{} // by key
	for i, set := range sets {
		own := OwnName(set)
		keys[i] = fmt.Sprintf("%q %s %d %d %q %q", strings.TrimSuffix(trimDot(set.Owner), own), set.Type, set.OldTTL, set.NewTTL, set.Old, set.New)
		names[keys[i]] = append(names[keys[i]], own)
	}
	var out []string
	for i, set := range sets {
		alike := names[keys[i]]
		if len(alike) >= Fewest {
			set.Owner = strings.TrimSuffix(trimDot(set.Owner), OwnName(set)) + placeholder + "."
			delete(names, keys[i])
		} else if alike == nil {
			continue // it is with the first of them
		}
		for _, record := range Records(set) {
			out = append(out, print(record))
		}
		if len(alike) >= Fewest {
			text := fmt.Sprintf("%s is each of these %d: %s", placeholder, len(alike), strings.Join(alike, " "))
			for _, line := range wrap(nil, text, wide-2) {
				out = append(out, tell(line))
			}
		}
	}
	return out
}
