// Package zonediff prints changes of text as unified diffs, and changes of a DNS zone
// as diffs of its file, as scripts for nsupdate, as change batches for Amazon Route 53 and
// as JSON for any other system.
//
// [Unified] turns hunks into text that `patch -p1` and `git apply` take, byte for
// byte; the hunks of a zone come from its planned edits and not from a comparison.
// [Diff] and [RollbackDiff] print those of a planned zone. [Lines] compares two texts
// that have no such plan, and [Paired] two of which the lines are pairs. [Nsupdate] and [NsupdateRollback] print an RFC 2136 update
// that a server applies as a whole, and only on the records that the plan saw; [Route53] and
// [Route53Rollback] do the same for a hosted zone. [Changes] prints what changes as JSON. All
// are pure: the same input gives the same bytes on every machine. The package does not
// read or write files, and decides nothing about records.
package zonediff
