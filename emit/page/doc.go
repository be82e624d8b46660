// Package page prints change.html: the change record as one page for a browser or a printer.
//
// Input is a plan, the record that package record makes of it and the lines of its script;
// output is one file that needs nothing else: no script, no font, no image, nothing from the
// network, which its own policy forbids. It is well-formed XML besides, so that any reader of
// that can check it. Every string from the plan goes through [escape], in the drawings too.
// The same plan gives the same bytes. The package decides nothing and reads no files; what the
// page says is what change.md says, and the drawings show it.
package page
