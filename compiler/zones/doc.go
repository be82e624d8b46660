// Package zones reads the zone files of a spec as far as a plan could need them, and makes what
// plans change there: partners are led to another pool, or TTLs become shorter. The result are
// values of [plan.Zone] with the edits of the files, and findings: the rules about DNS are here.
//
// [Open] is called once for all plans. A file may have a million records, so it keeps those
// with names of the spec and what decides about such names: delegations, wildcards, and records
// that were probably meant for them.
package zones
