package powershell

import (
	"fmt"
	"strconv"
	"strings"
)

// names holds the texts that do not fit into a line as they are: each becomes a
// variable $NameN, defined above $Stages.
type names struct {
	index map[string]int
	texts []string
	err   error
	// inline has every text where it is used, however long.
	inline bool
}

// maxLiteral is the longest literal in the data itself.
const maxLiteral = 102

// literal returns an expression for s: a literal, or a variable for a text that is
// long or not plain ASCII.
func (n *names) literal(s string) string {
	quoted, err := Quote(s)
	if err != nil && n.err == nil {
		n.err = fmt.Errorf("%q: %w", s, err)
	}
	// The sum of a literal and [char] codes is hard to read in the middle of a call, and could not be broken there.
	if n.inline || strings.HasPrefix(quoted, "'") && len(quoted) <= maxLiteral {
		return quoted
	}
	if _, ok := n.index[s]; !ok {
		if n.index == nil {
			n.index = map[string]int{}
		}
		n.texts = append(n.texts, s)
		n.index[s] = len(n.texts)
	}
	return fmt.Sprintf("$Name%d", n.index[s])
}

// text is what a literal or a variable that literal gave stands for.
func (n *names) text(expr string) string {
	if i, err := strconv.Atoi(strings.TrimPrefix(expr, "$Name")); err == nil && i > 0 && i <= len(n.texts) {
		return n.texts[i-1]
	}
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(expr, "'"), "'"), "''", "'")
}

// definitions are the lines that define the variables.
func (n *names) definitions() []string {
	var out []string
	for i, s := range n.texts {
		name := fmt.Sprintf("$Name%d", i+1)
		parts, _ := terms(s) // literal has kept the error
		line := name + " = "
		for j, part := range split(parts) {
			switch {
			case j == 0:
				line += part
			case len(line)+3+len(part) > maxWidth:
				// A line of += instead of a sum over several: PowerShell would end the statement at the line end.
				// With '' first the sum is a text even where the part is a [char].
				out = append(out, line)
				line = name + " += '' + " + part
			default:
				line += " + " + part
			}
		}
		out = append(out, line)
	}
	return out
}

// split cuts literals that are longer than a line.
func split(parts []string) []string {
	const limit = 80
	var out []string
	for _, part := range parts {
		if !strings.HasPrefix(part, "'") {
			out = append(out, part)
			continue
		}
		inner := part[1 : len(part)-1]
		for len(inner) > limit {
			at := limit
			if strings.Count(inner[:at], "'")%2 == 1 { // not between the two of a doubled quote
				at++
			}
			out = append(out, "'"+inner[:at]+"'")
			inner = inner[at:]
		}
		out = append(out, "'"+inner+"'")
	}
	return out
}
