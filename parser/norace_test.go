//go:build !race

package parser

// slowness is how much longer tests may take.
const slowness = 1
