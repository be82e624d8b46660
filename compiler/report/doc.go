// Package report collects what the compiler says about a spec, and about each plan that the
// spec asks for. It knows which findings a plan accepts, and has an end for those of all plans.
package report
