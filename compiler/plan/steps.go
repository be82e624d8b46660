package plan

import "slices"

// SameSet tells whether two lists have the same strings, in whatever order.
func SameSet(a, b []string) bool {
	if len(a) != len(b) || slices.Equal(a, b) {
		// Equal lists need no sorting, and unequal lengths are no one set: sorting is the rare case.
		return len(a) == len(b)
	}
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
