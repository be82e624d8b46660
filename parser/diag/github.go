package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// The escapes of GitHub's actions toolkit (packages/core/src/command.ts).
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WriteGitHub prints open findings as workflow commands, one a line, which a GitHub
// Actions run turns into annotations on the changed files.
func WriteGitHub(w io.Writer, findings []Finding) error {
	buf := bufio.NewWriter(w)
	for _, f := range findings {
		if f.Accepted != "" {
			continue
		}
		var properties []string
		for _, p := range githubProperties(f) {
			properties = append(properties, p.name+"="+githubProperty.Replace(Clean(p.value)))
		}
		// Cleaned line by line: Clean would show the line ends as \n.
		text := strings.Join(cleanLines(message(f)), "\n")
		fmt.Fprintf(buf, "::%s %s::%s\n", level(f), strings.Join(properties, ","), githubData.Replace(text))
	}
	return buf.Flush()
}

type property struct{ name, value string }

// githubProperties leaves the columns out for a range of many lines, since GitHub
// takes them only within one.
func githubProperties(f Finding) []property {
	var out []property
	number := func(name string, n int) { out = append(out, property{name, fmt.Sprint(n)}) }
	if f.File != "" {
		out = append(out, property{"file", f.File})
	}
	if f.File != "" && f.Line > 0 {
		number("line", f.Line)
		number("endLine", f.EndLine)
		if f.Line == f.EndLine {
			number("col", f.Column)
			number("endColumn", f.EndColumn)
		}
	}
	return append(out, property{"title", fmt.Sprintf("%s %s", f.Code, f.Summary)})
}
