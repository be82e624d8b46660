package powershell

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// Quote returns s as a PowerShell expression in pure ASCII whose value is s: a
// single-quoted literal where that is possible, else the sum of literals and [char]
// codes in parentheses, beginning with a literal so that the sum is a string. In a
// single-quoted literal only the quote is special, and U+2018 to U+201B count as
// quotes too, which is one reason to write them as codes.
//
// A string that is not UTF-8 is an error that names the byte offset.
func Quote(s string) (string, error) {
	terms, err := terms(s)
	switch {
	case err != nil:
		return "", err
	case len(terms) == 1:
		return terms[0], nil
	}
	return "(" + strings.Join(terms, " + ") + ")", nil
}

// terms are the literals and codes whose sum is s.
func terms(s string) ([]string, error) {
	if s == "--%" { // as an argument it takes the rest of the line for text, even in quotes
		return []string{"'--'", "'%'"}, nil
	}
	var out []string
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 || len(out) == 0 {
			out = append(out, "'"+plain.String()+"'")
			plain.Reset()
		}
	}
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			return nil, fmt.Errorf("byte %d is not UTF-8", i)
		case r == '\'':
			plain.WriteString("''")
		case r >= ' ' && r <= '~':
			plain.WriteRune(r)
		default:
			flush()
			for _, unit := range utf16.Encode([]rune{r}) {
				out = append(out, fmt.Sprintf("[char]0x%04X", unit))
			}
		}
	}
	if plain.Len() > 0 || len(out) == 0 {
		flush()
	}
	return out, nil
}

// Command returns a call as a person would type it, on one line and in ASCII.
func Command(call cmdlet.Call) (string, error) {
	words := []string{call.Name}
	for _, p := range call.Params {
		words = append(words, "-"+p.Name)
		if p.Switch {
			continue
		}
		value, err := Quote(p.Value)
		if err != nil {
			return "", fmt.Errorf("%s -%s: %w", call.Name, p.Name, err)
		}
		words = append(words, value)
	}
	return strings.Join(words, " "), nil
}

// oneLine makes text fit for a comment: printable ASCII on one line, without what
// opens or ends a block comment, at most limit bytes.
func oneLine(text string, limit int) string {
	var b strings.Builder
	for _, r := range text {
		if r < ' ' || r > '~' {
			r = '?'
		}
		b.WriteRune(r)
	}
	out := strings.NewReplacer("<#", "<?", "#>", "?>").Replace(b.String())
	if len(out) > limit {
		out = out[:limit-3] + "..."
	}
	return out
}
