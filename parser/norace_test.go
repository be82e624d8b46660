//go:build !race

package parser

// manyTimes is how often TestNesting nests.
const manyTimes = 1_000_000
