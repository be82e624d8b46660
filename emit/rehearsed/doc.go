// Package rehearsed is the report of a rehearsal: what was tried with the kit of a plan, in which engine, and what came of
// it.
//
// In: a plan, and the facts of the runs, which are the notes of rehearse.ps1 and the evidence logs. [Judge] makes a [Report]
// of them, by the rules of package evidence, [Encode] its text, and [Document] what a person reads. [Decode] and [Report.Follows]
// want of a text that it is one that these make: all but the facts is made again. The report is not signed: who can make
// up the logs can make up the report.
package rehearsed
