package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word processors, web pages and chats put characters in the place of those that were typed.

// Character names a character for people who may not be able to tell it from another one, or
// to see it: "a no-break space (U+00A0)".
func Character(char rune) string {
	name := LookAlike(char)
	if name == "" {
		name = "the character"
	}
	switch {
	case char == ' ':
		return "a blank"
	case char > ' ' && char < utf8.RuneSelf:
		return name + " " + quoted(char)
	case !unicode.IsPrint(char):
		return fmt.Sprintf("%s (U+%04X)", name, char)
	}
	return fmt.Sprintf("%s %s (U+%04X)", name, quoted(char), char)
}

// quoted puts a character in quotation marks, so that none is taken for a part of the sentence.
func quoted(char rune) string {
	// Three quotes in a row could not be told apart.
	if char == '"' {
		return `'"'`
	}
	return `"` + string(char) + `"`
}

// IsDash tells whether a character looks like a hyphen and is none.
func IsDash(char rune) bool { return char != '-' && unicode.Is(unicode.Pd, char) }

// IsHidden tells whether a character cannot be seen, or not be told from a blank.
func IsHidden(char rune) bool {
	return char > '~' && (unicode.IsSpace(char) || !unicode.IsPrint(char))
}

// Plain is text with hyphens for characters that look like them, and without those that
// cannot be seen.
func Plain(text string) string {
	return strings.Map(func(char rune) rune {
		switch {
		case IsDash(char):
			return '-'
		case IsHidden(char):
			return -1
		}
		return char
	}, text)
}

// IsQuote tells whether a character is a quotation mark outside of ASCII.
func IsQuote(char rune) bool {
	// The low quotes of German, and accents and primes that are typed for quotes, are in none
	// of these two tables.
	return unicode.In(char, unicode.Pi, unicode.Pf) || strings.ContainsRune("„‚´″′", char)
}

// LookAlike says what a character is that looks like one of the language or like nothing,
// "" for any other.
func LookAlike(char rune) string {
	switch {
	case char == '\u00a0', char == '\u202f', char == '\u2007':
		return "a no-break space"
	case char != ' ' && unicode.Is(unicode.Zs, char):
		return "a space that is not the ASCII one"
	case char == '\u2028', char == '\u2029', unicode.Is(unicode.Cf, char):
		return "an invisible character"
	case IsQuote(char):
		return "a curly quote"
	case char != '-' && unicode.Is(unicode.Pd, char):
		return "a dash that is not the ASCII hyphen"
	case char >= 0xff01 && char <= 0xff5e:
		return "a full-width character"
	case unicode.IsControl(char):
		return "a control character"
	}
	return ""
}
