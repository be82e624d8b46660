package powershell

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
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
	plain.Grow(len(s))
	flush := func() {
		if plain.Len() > 0 || len(out) == 0 {
			out = append(out, "'"+plain.String()+"'")
			plain.Reset()
		}
	}
	for i, r := range s {
		switch {
		// A U+FFFD that is really in the text is as good as any other; only a broken byte is an error.
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			return nil, fmt.Errorf("byte %d is not UTF-8", i)
		case r == '\'': // the only character that means something in a single-quoted literal
			plain.WriteString("''")
		case r >= ' ' && r <= '~':
			plain.WriteByte(byte(r))
		default:
			// All else by code, so that a script is ASCII: Windows PowerShell reads a file without a byte order
			// mark in the code page of the computer. [char] holds one UTF-16 unit.
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

// Shown is a command of a step as it is in the script, on one line and in ASCII, and
// under which condition it runs.
type Shown struct{ Text, When string }

// Commands are those that the step of a line runs, in their order.
func Commands(p *plan.Plan, line words.Line) ([]Shown, error) {
	// A step that edits a zone has as many commands as the zone has edits; the line knows only the step.
	if line.Step != nil && line.Step.Edit {
		return recordCommands(p, line.Step, line.Back)
	}
	var out []Shown
	for _, use := range line.Uses {
		text, err := typed(use.Call)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line.Act, err)
		}
		out = append(out, Shown{text, use.When})
	}
	return out, nil
}

// recordCommands are those that change the records of a zone, without the switches that
// every one of them has.
func recordCommands(p *plan.Plan, step *plan.Step, back bool) ([]Shown, error) {
	b := &builder{plan: p, back: back, names: names{inline: true}}
	zone := b.zoneOf(step.Zone)
	var out []Shown
	for _, e := range zone.Edits(back) {
		// The switches that say that the script has asked already are noise for who reads what will change.
		text := strings.TrimSuffix(strings.TrimPrefix(b.change(zone, e).flat(), "{ "), " }")
		out = append(out, Shown{Text: strings.TrimSuffix(text, " "+asked)})
	}
	if b.err == nil {
		b.err = b.names.err
	}
	return out, b.err
}

// typed returns a call as a person would type it.
func typed(call cmdlet.Call) (string, error) {
	words := []string{call.Name}
	for _, p := range call.Params {
		words = append(words, "-"+p.Name)
		if p.Switch {
			continue
		}
		if p.Variable { // as in the script; what it holds is known when it runs
			words = append(words, "$"+p.Value)
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
		// A line end would end a comment, and characters that look like others would mislead who reviews it.
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
