//go:build race

package loud

// Race tells whether the race detector is on, with which everything takes several times the time and memory.
const Race = true
