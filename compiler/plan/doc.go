// Package plan is what the compiler makes and the printers print: stages and steps, zones and
// their changes, the text of plan.json and the proof that a plan holds together.
//
// In: a [Plan] that the compiler has filled in, or the bytes of a plan.json. Out: its ID, its
// text, what each stage comes after, and an error for a plan that the compiler could not have
// made. It knows no spec and no zone file; of the parser it uses names and words only.
package plan
