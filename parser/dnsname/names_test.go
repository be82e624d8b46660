package dnsname

import (
	"strings"
	"testing"
)

func TestUnder(t *testing.T) {
	tests := []struct {
		name, top string
		want      bool
	}{
		{"contoso.com.", "contoso.com.", true},
		{"a.contoso.com.", "contoso.com.", true},
		{"acontoso.com.", "contoso.com.", false},
		{`a\.contoso.com.`, "contoso.com.", false},
		{`a\\.contoso.com.`, "contoso.com.", true},
		{`a\\\.contoso.com.`, "contoso.com.", false},
		{"com.", "contoso.com.", false},
		{"", "contoso.com.", false},
		{".", ".", true},
		{"com.", ".", true},
	}
	for _, test := range tests {
		if got := Under(test.name, test.top); got != test.want {
			t.Errorf("under(%q, %q) = %v", test.name, test.top, got)
		}
	}
}

func TestParent(t *testing.T) {
	for name, want := range map[string]string{
		"a.b.": "b.", "b.": ".", ".": "", "": "", `a\.b.c.`: "c.", `a\\.b.`: "b.", `\046.b.`: "b.", `a\`: "",
	} {
		if got := Parent(name); got != want {
			t.Errorf("parent(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestUnescaped(t *testing.T) {
	for name, want := range map[string]string{
		`b\195\188cher.`: "bücher.", `a\.b\032\127`: `a\.b\032\127`, `\19`: `\19`, `\999`: `\999`, `a\\195`: `a\\195`, `\-12`: `\-12`,
	} {
		if got := Unescaped(name); got != want {
			t.Errorf("unescaped(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCheckedNames(t *testing.T) {
	for name, want := range map[string]string{
		"BÜCHER.example": "xn--bcher-kva.example", "*.bücher.example": "*.xn--bcher-kva.example", "Contoso.COM": "Contoso.COM",
		"straße.example": "xn--strae-oqa.example", "例え。テスト": "xn--r8jz45g.xn--zckzah", "_x.example": "_x.example",
	} {
		if got, err := ToASCII(name); got != want || err != nil {
			t.Errorf("toASCII(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	if why := NotIDNA("a\u2028.example"); why != "U+2028 is not allowed in one" {
		t.Error(why)
	}
	for _, name := range []string{"ü_.example", "\xff.example", "*.*.ü.example"} {
		if why := NotIDNA(name); !strings.HasPrefix(why, "IDNA does not allow it (") {
			t.Errorf("%q: %q", name, why)
		}
	}
}
