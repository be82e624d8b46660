package zonediff

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

// Unified prints hunks as a unified diff that `patch -p1` and `git apply` take. It is
// empty when there is no hunk.
//
// oldName and newName are printed as they are given, so a caller who wants -p1 puts
// "a/" and "b/" in front; /dev/null means no file. There are no time stamps.
func Unified(oldName, newName string, hunks []hunk.Hunk) string {
	if len(hunks) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("--- " + fileName(oldName) + "\n")
	b.WriteString("+++ " + fileName(newName) + "\n")
	for _, h := range hunks {
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", lineRange(h.OldStart, h.OldCount()), lineRange(h.NewStart, h.NewCount()))
		for _, line := range h.Lines {
			b.WriteByte(line.Op)
			b.WriteString(line.Text)
			if !strings.HasSuffix(line.Text, "\n") {
				// the line end here is the diff's own; the next line says that the text has none
				b.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	return b.String()
}

// lineRange leaves out a count of one, as GNU diff does.
func lineRange(start, count int) string {
	if count == 1 {
		return strconv.Itoa(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

// fileName writes a name for a ---/+++ line as git does. Names with control
// characters, quotes, backslashes or bytes outside ASCII become C strings. Other
// names with a blank are followed by a tab: GNU patch ends a name at the first blank
// unless a tab comes later in the line. A blank at the end is lost even so, and git
// takes the C string as well.
func fileName(name string) string {
	if strings.ContainsFunc(name, needsQuote) || strings.HasSuffix(name, " ") {
		return cString(name)
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

func needsQuote(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// cString is a C string literal with the escapes that git and GNU patch share.
func cString(s string) string {
	const letters = "abtnvfr" // the escapes of bytes 7 to 13
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= 7 && c <= 13:
			b.WriteByte('\\')
			b.WriteByte(letters[c-7])
		case c < ' ' || c > '~':
			// three digits always, or a digit behind would be read as one of them
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
