// Package words holds the wording that several artifacts share: what a stage and a
// step do, what is expected after it, what to do if it fails, what is reachable, and
// which DNS records go and come.
//
// Plan in, plain sentences out. Names from the plan are in them as they are, hostile
// or not: whoever prints a sentence puts it through the quoting function of the output
// language. [Visible] is the part that those functions share. The package knows no
// Markdown, PowerShell or terminal, and prints no commands: [Uses] hands on the calls.
package words
