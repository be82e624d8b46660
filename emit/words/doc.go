// Package words holds the wording that several artifacts share and that is true of any
// plan: what is compared and asked, what is reachable, which DNS records go and come, and
// the frame of what a procedure says of its own stages, steps and partners.
//
// Plan in, plain sentences out. Names from the plan are in them as they are, hostile
// or not: whoever prints a sentence puts it through the quoting function of the output
// language. [Visible] is the part that those functions share. The package knows no
// Markdown, PowerShell or terminal, and prints no commands: [Uses] hands on the calls.
package words
