// Package hunk is the change of a text as a list of hunks: the lines that are
// removed, the lines that are added and a few unchanged lines around them, at stated line
// numbers.
//
// Input is a text and the edits to it ([FromEdits]), or hunks that were saved as
// JSON. Output is the changed text ([Apply]) or the hunks that undo it ([Reverse]).
// A line keeps its own terminator, so "\n", "\r\n" and a missing final newline all
// survive, and bytes that are not UTF-8 pass through unchanged.
//
// The package does not compare texts and does not print unified diffs; the zonediff
// emitter does both. It never searches: a hunk fits at exactly the line it names or
// it is refused.
//
// Invariants: Apply(text, FromEdits(text, edits)) is the text with the edits, and
// applying the reversed hunks to that gives the first text back, byte for byte.
// Hunks may come from a file that anyone can write, so no input makes a function
// of this package panic.
package hunk
