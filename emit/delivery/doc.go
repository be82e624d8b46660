// Package delivery knows the ways to change a zone, one file each: which files of the
// package a delivery has and who makes them, and the sentences by which its owner applies
// the change and takes it back. All of it is said of zones that the plan changes.
//
// What the plan itself has to know of a delivery is a method of [plan.Zone]. The words are
// constants of package plan; no other package of emit compares them.
package delivery
