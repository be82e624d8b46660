package compiler

import (
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/dnsname"
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
		if got := dnsname.Under(test.name, test.top); got != test.want {
			t.Errorf("under(%q, %q) = %v", test.name, test.top, got)
		}
	}
}

func TestParent(t *testing.T) {
	for name, want := range map[string]string{
		"a.b.": "b.", "b.": ".", ".": "", "": "", `a\.b.c.`: "c.", `a\\.b.`: "b.", `\046.b.`: "b.", `a\`: "",
	} {
		if got := dnsname.Parent(name); got != want {
			t.Errorf("parent(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestUnescaped(t *testing.T) {
	for name, want := range map[string]string{
		`b\195\188cher.`: "bücher.", `a\.b\032\127`: `a\.b\032\127`, `\19`: `\19`, `\999`: `\999`, `a\\195`: `a\\195`, `\-12`: `\-12`,
	} {
		if got := dnsname.Unescaped(name); got != want {
			t.Errorf("unescaped(%q) = %q, want %q", name, got, want)
		}
	}
}

// A name exists if it has records or a name below it has.
func TestNodes(t *testing.T) {
	n := nodes{"contoso.com.": false, "_tcp.contoso.com.": false, "a.contoso.com.": false, "com.": false}
	for _, owner := range []string{`x\._tcp.contoso.com.`, "a.contoso.net.", "bcontoso.com.", "_sip._tcp.contoso.com.", "_sip._tcp.contoso.com."} {
		n.note([]byte(owner))
	}
	for name, want := range map[string]bool{"contoso.com.": true, "_tcp.contoso.com.": true, "a.contoso.com.": false, "com.": true} {
		if n[name] != want {
			t.Errorf("%s exists: %v", name, n[name])
		}
	}
	nodes(nil).note([]byte("a."))
}

func TestSpell(t *testing.T) {
	m := &model{spelled: map[string]string{"xn--bcher-kva.example": "bücher.example", "contoso.com": "ｃontoso.com"}}
	for sentence, want := range map[string]string{
		"No XN--BCHER-KVA.example.":                              "No bücher.example (XN--BCHER-KVA.example).",
		"xn--bcher-kva.example and xn--bcher-kva.example":        "bücher.example (xn--bcher-kva.example) and bücher.example",
		`"*.sip.xn--bcher-kva.example"`:                          `"*.sip.bücher.example (*.sip.xn--bcher-kva.example)"`,
		"xn--bcher-kva.example.zone, axn--bcher-kva.example":     "xn--bcher-kva.example.zone, axn--bcher-kva.example",
		"contoso.com, contoso.comx, x-contoso.com, 192.0.2.1, .": "ｃontoso.com (contoso.com), contoso.comx, x-contoso.com, 192.0.2.1, .",
	} {
		if got := m.spell(sentence); got != want {
			t.Errorf("%q becomes %q, want %q", sentence, got, want)
		}
	}
	if got := (&model{}).spell("xn--bcher-kva.example"); got != "xn--bcher-kva.example" {
		t.Error(got)
	}
}

func TestCheckedNames(t *testing.T) {
	for name, want := range map[string]string{
		"BÜCHER.example": "xn--bcher-kva.example", "*.bücher.example": "*.xn--bcher-kva.example", "Contoso.COM": "Contoso.COM",
		"straße.example": "xn--strae-oqa.example", "例え。テスト": "xn--r8jz45g.xn--zckzah", "_x.example": "_x.example",
	} {
		if got, err := dnsname.ToASCII(name); got != want || err != nil {
			t.Errorf("toASCII(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	if why := dnsname.NotIDNA("a\u2028.example"); why != "U+2028 is not allowed in one" {
		t.Error(why)
	}
	for _, name := range []string{"ü_.example", "\xff.example", "*.*.ü.example"} {
		if why := dnsname.NotIDNA(name); !strings.HasPrefix(why, "IDNA does not allow it (") {
			t.Errorf("%q: %q", name, why)
		}
	}
}
