// Package matrix prints the index page of a matrix: which Edge pool can take over from which, in
// Markdown. Input is a [plan.Matrix], output the text; it decides nothing and reads no file. Same matrix,
// same bytes.
package matrix
