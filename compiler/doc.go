// Package compiler turns a parsed spec into plans. Requests come from package rules, which
// checks them and the topology; package zones reads the zone files and makes their changes.
// Here are the steps of the procedure, their order, and the proof on a model of the world that
// the steps reach their aim and that the rollback undoes them from every point.
//
// Input is a *parser.Spec, output are [plan.Plan] values and findings. The packages are
// pure: no files, clock, environment or randomness, and no text in any output
// language; what is written for people and servers is package emit's. The order of
// declarations never changes a plan: steps are ordered by what they need, then by ID.
package compiler
