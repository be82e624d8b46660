package zonediff

import "slices"

// anchor is a line that is unchanged in both texts, by its index in each.
type anchor struct{ old, new int }

// anchors are the longest row of lines, in the order of both texts, that occur
// exactly once in each. They cut a large comparison into small ones and keep
// unrelated lines apart.
func anchors(old, new []string) []anchor {
	type place struct{ count, at int }
	inNew := make(map[string]place, len(new))
	for i, line := range new {
		// the place counts only where the line is there once
		inNew[line] = place{inNew[line].count + 1, i}
	}
	inOld := make(map[string]int, len(old))
	for _, line := range old {
		inOld[line]++
	}
	var common []anchor
	for i, line := range old {
		if p := inNew[line]; p.count == 1 && inOld[line] == 1 {
			common = append(common, anchor{i, p.at})
		}
	}
	return increasing(common)
}

// increasing is the longest subsequence whose new indexes increase; the old ones
// increase already. It is the patience sort: the last element of each pile is the
// smallest end of a row of that length.
func increasing(all []anchor) []anchor {
	var piles []int // indexes into all
	before := make([]int, len(all))
	for i, a := range all {
		// no two have one new index, so whether it was found does not matter
		pile, _ := slices.BinarySearchFunc(piles, a.new, func(j, new int) int { return all[j].new - new })
		before[i] = -1
		if pile > 0 {
			before[i] = piles[pile-1]
		}
		if pile == len(piles) {
			piles = append(piles, i)
		} else {
			piles[pile] = i
		}
	}
	if len(piles) == 0 {
		return nil
	}
	row := make([]anchor, 0, len(piles))
	// the last pile has the end of the longest row; the way back is in before
	for i := piles[len(piles)-1]; i >= 0; i = before[i] {
		row = append(row, all[i])
	}
	slices.Reverse(row)
	return row
}
