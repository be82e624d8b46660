//go:build race

package parser

// manyTimes is how often TestNesting nests; the race detector makes it slow.
const manyTimes = 100_000
