//go:build race

package parser

// slowness is how much longer tests may take under the race detector.
const slowness = 10
