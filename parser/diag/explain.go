package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const explainWidth = 80

// Explain returns what is known of a rule, as `edgeplan explain` prints it: plain
// text that ends with a newline.
func Explain(r Rule) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %s (%s)\n", r.Code, r.Summary, severityPhrase(r))
	for _, part := range parts(r) {
		// A finding of another version has a rule without all texts; see sarifRules.
		if part.text == "" {
			continue
		}
		fmt.Fprintf(&out, "\n%s\n", part.name)
		for line := range strings.SplitSeq(part.text, "\n") {
			for _, piece := range wrap(line, explainWidth-2) {
				// An empty line between paragraphs has no blanks.
				out.WriteString(strings.TrimRight("  "+piece, " ") + "\n")
			}
		}
	}
	return out.String()
}

// Markdown returns the page of all codes, docs/codes.md.
func Markdown() string {
	var out strings.Builder
	out.WriteString("<!-- Generated from the rules in parser/diag. Do not edit. -->\n\n# Codes\n\n")
	out.WriteString("Each finding of edgeplan has a code that never changes its meaning. " +
		"`edgeplan explain CODE` prints its section.\n")
	for _, r := range Rules() {
		fmt.Fprintf(&out, "\n## %s: %s\n\n**Severity:** %s\n", r.Code, markdownText(r.Summary), severityPhrase(r))
		for _, part := range parts(r) {
			fmt.Fprintf(&out, "\n**%s:** %s\n", part.name, markdownText(part.text))
		}
	}
	return out.String()
}

type part struct{ name, text string }

func parts(r Rule) []part {
	return []part{{"Means", r.Means}, {"Why it matters", r.Why}, {"Source", r.Source}, {"How to fix it", r.Fix}}
}

func severityPhrase(r Rule) string {
	if r.Acceptable {
		return severityName(r.Severity) + "; an accept block may accept it"
	}
	return severityName(r.Severity)
}

// wrap breaks a line between words. Code, which starts with four spaces, stays whole.
func wrap(line string, width int) []string {
	if isCode(line) {
		return []string{line}
	}
	var lines []string
	current := ""
	for _, word := range strings.Fields(line) {
		switch {
		case current == "":
			current = word
		case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) <= width:
			current += " " + word
		default:
			lines, current = append(lines, current), word
		}
	}
	return append(lines, current)
}

func isCode(line string) bool { return strings.HasPrefix(line, "    ") }

// markdownText escapes what Markdown would take for markup, except for backquotes
// and blocks of code, which mean the same in both.
func markdownText(text string) string {
	escape := strings.NewReplacer("<", "&lt;", "&", "&amp;", "*", `\*`, "[", `\[`)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if isCode(line) {
			continue
		}
		pieces := strings.Split(line, "`")
		for j := 0; j < len(pieces); j += 2 { // every second piece is between backquotes
			pieces[j] = escape.Replace(pieces[j])
		}
		lines[i] = strings.Join(pieces, "`")
	}
	return strings.Join(lines, "\n")
}
