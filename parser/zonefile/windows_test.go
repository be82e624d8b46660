package zonefile

import (
	"os"
	"strings"
	"testing"
)

func TestEditWindowsFile(t *testing.T) {
	text := readFile(t, "testdata/windows.dns")
	z, err := Read([]byte(text), "contoso.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !z.Windows || z.HasTTLDirective || z.DefaultTTL != 3600 {
		t.Errorf("Windows %v, $TTL %v, default TTL %d", z.Windows, z.HasTTLDirective, z.DefaultTTL)
	}
	edits, err := z.Edit([]Change{
		{"xmpp.contoso.com.", "A", 0, []string{"198.51.100.21"}},
		{"xmpp.contoso.com.", "AAAA", 300, []string{"2001:db8:2::21"}},
		{"_xmpp-server._tcp.contoso.com.", "SRV", 300, []string{"0 0 5269 xmpp.contoso.com."}},
		{"_sip._tls.contoso.com.", "SRV", 0, []string{"10 0 443 sip1.contoso.com.", "0 0 443 sip2.contoso.com."}},
		{"ns1.branch.contoso.com.", "A", 0, []string{"192.0.2.54"}},
		{"sip1.contoso.com.", "AAAA", 0, []string{"2001:db8::11", "2001:db8::12"}},
		{"www.contoso.com.", "A", 0, []string{"203.0.113.80", "203.0.113.81"}},
	}, 2026112302)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := apply(t, text, edits), readFile(t, "testdata/windows.want.dns"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\r\n") {
		t.Fatalf("%s has lost its line ends", name)
	}
	return string(text)
}
