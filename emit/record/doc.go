// Package record says what is in the change record that a board approves, and prints change.md.
//
// Input is a plan, and the names and checksums of the files beside the record. [Of] makes
// a [Document] of it, which [Markdown] and package page print; Markdown is such that GitHub, GitLab and Azure DevOps show alike: headings, lists, pipe
// tables, code. Every string from the plan goes through [Text] or [Code], so that no
// name can break a table or add a link, an image, HTML, a heading or a mention. The
// same plan and files give the same bytes. The package decides nothing and reads no
// files; the sentences that it shares with other artifacts are in package words.
package record
