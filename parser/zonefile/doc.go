// Package zonefile reads RFC 1035 master files without losing a byte and plans edits
// that touch only the lines of the records that change.
//
// [Scanner] walks the text and reports each logical line as an [Entry] of byte spans.
// [Read] gives the records a caller is interested in as a [Zone], with the text kept.
// [Zone.Edit] takes wanted record sets and a serial and gives the line edits that
// lead there; comments, blanks, parentheses, letter case and line ends of everything
// else stay. [Increment], [Date] and [Greater] are serial arithmetic of RFC 1982.
//
// Both dialects are read: BIND's, and that of Windows DNS Server, whose files have no
// $TTL (the SOA minimum is the default), [AGE:n] tokens, and WINS and WINSR records.
// Record types that are not known pass through as they are; so does $GENERATE, which is
// reported and not expanded. [Gather] follows $INCLUDE as BIND does: what a reader sees in
// a row is one text, in which each segment is a part of one file.
//
// [Source.Inspect] looks into every record as well, and finds what makes BIND 9.18 refuse the
// file: data that its type cannot have, and what a primary zone must not hold together. Of
// $GENERATE lines it makes the records and looks into them, up to 4 MiB of a zone.
//
// The package has no DNS policy: it does not judge whether a change is wise, whether
// names resolve, or whether a zone may be edited at all. It opens no files.
//
// Invariants: the spans of the entries of a scan increase, and they and the gaps
// between them are the input. Edit reads its own result again wherever that differs
// from the old text, until both scans are in one state before equal text, and
// compares every record there; so its edits make the planned change and no other, or
// there is an error and there are no edits. No input makes a function of this
// package panic or run on.
package zonefile
