// Package emit turns a plan into artifacts: the files that a change board reviews and
// operators use.
//
// Plan in, names and bytes out. [All] makes every artifact, [FromPlan] those that need
// nothing but plan.json. The package writes no files and reads none: same plan, same
// bytes. Each kind of artifact has a package below this one; this one knows their
// names and their checksums.
package emit
