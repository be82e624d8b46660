// Package sheet prints a plan for people at a terminal: what to type, on which host,
// what to see after it, what is reachable then, and what to do if it fails.
//
// Input is a plan, output is plain text of about 100 columns; commands and names are
// not broken. Whatever a terminal would act on is shown as \u{...}. The same plan
// gives the same bytes. The sentences that it shares with other artifacts are in
// package words.
package sheet
