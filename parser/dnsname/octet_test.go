package dnsname

import "testing"

func TestOctet(t *testing.T) {
	for name, want := range map[string]struct {
		c       byte
		n       int
		escaped bool
		wrong   string
	}{
		"a.b":    {'a', 1, false, ""},
		".":      {'.', 1, false, ""},
		`\.b`:    {'.', 2, true, ""},
		`\\x`:    {'\\', 2, true, ""},
		`\046x`:  {'.', 4, true, ""},
		`\255`:   {255, 4, true, ""},
		"\\\xff": {255, 2, true, ""},
		`\`:      {0, 0, true, "a name ends in a backslash"},
		`\25`:    {0, 0, true, `the escape "\\25" needs three digits`},
		`\2x5y`:  {0, 0, true, `the escape "\\2x5" needs three digits`},
		`\256`:   {0, 0, true, `the escape "\\256" is over 255`},
	} {
		c, n, escaped, err := Octet([]byte(name))
		said := ""
		if err != nil {
			said = err.Error()
		}
		if c != want.c || n != want.n || escaped != want.escaped || said != want.wrong {
			t.Errorf("%q: %d, %d, %t, %s", name, c, n, escaped, said)
		}
	}
}
