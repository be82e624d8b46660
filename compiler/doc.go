// Package compiler turns a parsed spec into plans: it resolves references, checks the
// rules, lowers the procedure to typed steps and proves on a model of the world that
// the steps reach their aim and that the rollback undoes them from every point.
//
// Input is a *parser.Spec, output are [Plan] values and findings. The package is
// pure: no files, clock, environment or randomness, and no text in any output
// language; what is written for people and servers is package emit's. The order of
// declarations never changes a plan: steps are ordered by what they need, then by ID.
package compiler
