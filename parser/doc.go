// Package parser reads the edgeplan language: HCL bytes in, a [Spec] out.
//
// It knows syntax, types and references, and where each value is; it does not
// know what a plan is, what DNS or PowerShell want, or whether a topology makes
// sense. Those rules are the compiler's. A spec can run no program and read neither
// the clock, the environment, the network, nor any file but the zone files that it
// names, which stay inside its own folder.
//
// Invariants: every slice of a Spec is in the order of declaration (files in name
// order); every value carries the range that a finding about it points to; hostile
// bytes end in findings, never in a panic or a stack overflow, and soon: what the
// expressions of a spec make is taken off a budget. A Spec is returned beside findings
// as far as it could be read.
package parser
