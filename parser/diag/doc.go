// Package diag is what edgeplan says about a spec: the codes of its findings, their
// order, and the four forms in which they are printed.
//
// Input are hcl.Diagnostics, made by [New] or taken over from the hcl library by
// [Import], and the bytes of the files that they point into. [Findings] turns them
// into a sorted list of [Finding], the JSON form; [WriteText], [WriteJSON],
// [WriteSARIF] and [WriteGitHub] print that list and look at nothing else, so a list
// that was read back from JSON prints the same.
//
// The package holds the registry of all codes, of the parser's and the compiler's
// findings alike, but it decides nothing: which finding a spec deserves, which are
// accepted and which exit code follows is up to its callers. It reads no file and
// knows no terminal.
//
// Invariants:
//
//   - A code and its meaning are fixed for ever; a registry that contradicts itself
//     panics when it is first used.
//   - Same diagnostics in any order, same bytes out.
//   - Whatever a range says, past the end of its file or backwards, nothing panics.
//   - Nothing from a source file reaches a terminal as a control character: the
//     writers escape what does not print, so that a spec can neither move the cursor
//     nor reorder the text of its own finding.
//   - Each file is scanned once, however many findings point into it.
//
// # Style
//
// Sentences are those of an administrator who talks to another: short, active, in the words of the
// field, and what is asked of the reader comes last. Who does something is named; what is not
// known is said as that. These did not read like that, and do not come back (TestEnglish):
//
//   - "hold it against all rules": check it against all rules
//   - "holds the logs against the plan": compares the logs with the plan
//   - "Put right what": Fix what
//   - "To give up:": To back out, run
//   - "is the word of its owner": relies on the owner's confirmation
//   - "best one outside": preferably outside the network
//   - "answer nobody": resolvers never see them
//   - "What has to wait": Waiting times
//   - "go (-), come (+) and stay": removed (-), added (+) and unchanged
//   - "lay out spec files": format spec files
//   - "time between two looks": seconds between checks
package diag
