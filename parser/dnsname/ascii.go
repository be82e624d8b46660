package dnsname

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// ToASCII converts the U-labels of a name. A name that has none stays as it is, also in
// upper and lower case; so does the asterisk of a certificate's wildcard.
func ToASCII(name string) (string, error) {
	// before IDNA, which would refuse the underscores of services and fold upper case
	if IsASCII(name) {
		return name, nil
	}
	// IDNA would take U+FFFD for such bytes and blame that
	if !utf8.ValidString(name) {
		return name, errors.New("not UTF-8")
	}
	// no label of IDNA may have an asterisk; certificates do
	rest, wildcard := strings.CutPrefix(name, "*.")
	encoded, err := idna.Lookup.ToASCII(rest)
	if wildcard {
		encoded = "*." + encoded
	}
	return encoded, err
}

// IsASCII tells whether a text has printable ASCII characters alone.
func IsASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > '~' })
}

// IsHost tells whether a text is a host name. Findings about what is wrong with one in DNS
// would only be the same mistake again.
func IsHost(name string) bool { return NotIDNA(name) == "" && WrongHost(name) == "" }

// NotIDNA says why a name has no A-labels.
func NotIDNA(name string) string {
	_, err := ToASCII(name)
	if err == nil {
		return ""
	}
	// IDNA's own text does not show what a reader cannot see, or takes for a hyphen.
	if i := strings.IndexFunc(name, func(c rune) bool { return diag.IsHidden(c) || diag.IsDash(c) }); i >= 0 {
		bad, _ := utf8.DecodeRuneInString(name[i:])
		return fmt.Sprintf("%U is not allowed in one", bad)
	}
	return "IDNA does not allow it (" + strings.TrimPrefix(err.Error(), "idna: ") + ")"
}
