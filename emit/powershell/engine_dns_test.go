package powershell

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// TestEngineDNS runs what the runtime does with serials and, where a computer has no
// Resolve-DnsName, with the text of nslookup.
func TestEngineDNS(t *testing.T) {
	type serial struct{ Want, Number string }
	type answer struct {
		Name, Type, Text string
		found            []string
		fails            bool
	}
	const head = "Server:  UnKnown\nAddress:  127.0.0.1\n\n"
	cases := struct {
		Serials []serial
		Answers []answer
	}{Answers: []answer{
		{"xmpp.contoso.com", "A", head + "Name:    xmpp.contoso.com\nAddresses:  203.0.113.11\n\t  203.0.113.12\n", []string{"? 203.0.113.11", "? 203.0.113.12"}, false},
		{"contoso.com", "SOA", head + "contoso.com\n\tprimary name server = ns1.contoso.net\n\tresponsible mail addr = host.contoso.com\n\tserial  = 2026112301\n\trefresh = 3600 (1 hour)\n", []string{"? 2026112301"}, false},
		{"_xmpp-server._tcp.contoso.com", "SRV", head + "_xmpp-server._tcp.contoso.com\tSRV service location:\n\t  priority       = 0\n\t  weight         = 0\n\t  port           = 5269\n\t  svr hostname   = XMPP.contoso.com\nxmpp.contoso.com\tinternet address = 203.0.113.11\n", []string{"? 0 0 5269 xmpp.contoso.com"}, false},
		{"xmpp.contoso.com", "AAAA", head + "contoso.com\n\tprimary name server = ns1.contoso.net\n\tserial  = 7\n", nil, false},
		{"xmpp.contoso.com", "A", head + "*** UnKnown can't find xmpp.contoso.com.: Non-existent domain\n", nil, false},
		{"contoso.com", "SOA", head + "*** UnKnown can't find contoso.com.: Query refused\n", nil, true},
		{"contoso.com", "SOA", "DNS request timed out.\n    timeout was 2 seconds.\n", nil, true},
	}}
	var want []bool
	for _, base := range []uint32{0, 1, 2026112301, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
		for _, ahead := range []uint32{0, 1, 99, 1<<31 - 1, 1<<31 + 1, 1<<32 - 1} {
			number := base + ahead
			cases.Serials = append(cases.Serials, serial{fmt.Sprint(base), fmt.Sprint(number)}, serial{fmt.Sprint(base, "+"), fmt.Sprint(number)})
			want = append(want, ahead == 0, ahead == 0 || zonefile.Greater(number, base))
		}
	}
	functions := regexp.MustCompile(`(?s)    function Resolve-ChangeName \{\r\n.*?\r\n    \}\r\n|function Test-ChangeSerial\(.*?\r\n\}\r\n`).FindAllString(Runtime().Text, -1)
	if len(functions) != 2 {
		t.Fatalf("the runtime has %d of 2 functions", len(functions))
	}
	list, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Serials []bool
		Answers []struct {
			Found []string
			Error string
		}
	}
	dir := t.TempDir()
	run(t, &got, "dns.ps1", write(t, dir, "functions", strings.Join(functions, "")), write(t, dir, "cases", string(list)))
	if len(got.Serials) != len(want) || len(got.Answers) != len(cases.Answers) {
		t.Fatalf("%d and %d results", len(got.Serials), len(got.Answers))
	}
	for i, c := range cases.Serials {
		if got.Serials[i] != want[i] {
			t.Errorf("serial %s where %s is wanted: %v", c.Number, c.Want, got.Serials[i])
		}
	}
	for i, c := range cases.Answers {
		if a := got.Answers[i]; !slices.Equal(a.Found, c.found) && len(a.Found)+len(c.found) > 0 || (a.Error != "") != c.fails {
			t.Errorf("%s %s: %q, %q, want %q", c.Name, c.Type, a.Found, a.Error, c.found)
		}
	}
	t.Logf("%d serials, %d answers", len(want), len(cases.Answers))
}
