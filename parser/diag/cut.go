package diag

import "unicode/utf8"

// How long a name in a message may be, and a message. No name in DNS is longer than 255
// bytes, and no sentence of ours as long as the whole.
const (
	maxWord   = 300
	shownWord = 60 // code points of a longer one
	maxDetail = 8000
)

// cut shortens what is quoted, or between blanks, and is longer than any name, and then the
// whole text: a spec can have a name of many megabytes, and a finding at each of its uses.
func cut(text string) string {
	// No word in it can be too long, and nearly all texts are shorter.
	if len(text) <= maxWord {
		return text
	}
	out := make([]byte, 0, min(len(text), maxDetail))
	for len(text) > 0 && len(out) < maxDetail {
		n := wordLength(text)
		if n <= maxWord {
			out = append(out, text[:n]...)
		} else {
			out = append(append(out, start(text[:n], shownWord)...), "..."...)
			// Quotes stay in pairs, or what follows would seem to be quoted.
			if text[0] == '"' && text[n-1] == '"' {
				out = append(out, '"')
			}
		}
		text = text[n:]
	}
	if len(text) > 0 {
		out = append(out, "..."...)
	}
	return string(out)
}

// wordLength is the length of what is quoted at the start of a text, or of the word there
// with the blank behind it.
func wordLength(text string) int {
	quoted := text[0] == '"'
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\': // the quote behind it does not end the name
			i++
		case quoted && c == '"':
			return i + 1
		case !quoted && (c == ' ' || c == '\n'):
			return i + 1
		case !quoted && c == '"': // a quoted name is a piece of its own, whatever is before it
			return i
		}
	}
	return len(text)
}

// start is the first code points of a text.
func start(text string, n int) string {
	end := 0
	for range n {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return text[:end]
}
