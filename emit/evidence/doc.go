// Package evidence reads the evidence logs that the scripts of a package write, and compares
// them with the plan: which stages ran where, by whom, in what order, what was waived,
// what is missing. docs/evidence.md specifies the logs.
//
// It reads no files and no clock. Logs are not signed: the package can say that they do
// not hold together, but not that they are genuine.
package evidence
