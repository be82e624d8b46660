package dnsname

import (
	"strconv"
	"strings"
)

// Same compares host and site names as DNS and PowerShell do.
func Same(a, b string) bool { return strings.EqualFold(a, b) }

// Compare orders names as [Same] compares them, and of two that are the same by their case.
func Compare(a, b string) int {
	if c := strings.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// Unescaped has the octets of a canonical name for those of its escapes that are not
// ASCII.
func Unescaped(name string) string {
	var out []byte
	for i := 0; i < len(name); i++ {
		out = append(out, name[i])
		if name[i] != '\\' {
			continue
		}
		// three digits are an octet (RFC 1035, 5.1); ASCII ones stay escaped, as they may be dots
		if n, err := strconv.ParseUint(name[i+1:min(i+4, len(name))], 10, 8); err == nil && n > 127 {
			out[len(out)-1] = byte(n)
			i += 3
		} else if i++; i < len(name) {
			// an escaped character is no start of another escape
			out = append(out, name[i])
		}
	}
	return string(out)
}

// Parent is the name above a name, "" above the root.
func Parent(name string) string {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '.':
			// a name that ends in its last dot has the root above it, and the root nothing
			if up := name[i+1:]; up != "" || name == "." {
				return up
			}
			return "."
		}
	}
	return ""
}

// Under tells whether a name is another one or lies below it.
func Under(name, top string) bool {
	head, ok := strings.CutSuffix(name, top)
	// all is under the root, whose dot is the last of the name itself
	if !ok || head == "" || top == "." {
		return ok
	}
	rest, dot := strings.CutSuffix(head, ".")
	slashes := len(rest) - len(strings.TrimRight(rest, `\`))
	return dot && slashes%2 == 0 // an escaped dot is part of a label
}

// Absolute is a name in lower case with a final dot.
func Absolute(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, ".")) + "."
}
