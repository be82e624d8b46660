package zonefile

import (
	"slices"
	"strings"
	"testing"
)

const (
	srv  = "_xmpp-server._tcp.example.com."
	host = "xmpp.example.com."
)

// editTests give a zone before and after some changes. The serial goes from 7 to 8
// where the text has it as the field after "( " or "hm ".
var editTests = map[string]struct {
	changes       []Change
	before, after string
}{
	"only the data changes": {
		[]Change{{host, "A", 0, []string{"203.0.113.20"}}},
		"$TTL 1h\n@\tSOA\tns hm 7 1 2 3 4\nXmpp\tIN\tA  203.0.113.10\t; the Edge\n",
		"$TTL 1h\n@\tSOA\tns hm 8 1 2 3 4\nXmpp\tIN\tA  203.0.113.20\t; the Edge\n",
	},
	"serial in parentheses": {
		nil,
		"$TTL 1h\r\n@ SOA ns hm (\r\n\t7 ; serial 7\r\n\t1 2 3 4 )\r\n",
		"$TTL 1h\r\n@ SOA ns hm (\r\n\t8 ; serial 7\r\n\t1 2 3 4 )\r\n",
	},
	"one field of SRV": {
		[]Change{{srv, "SRV", 0, []string{"20 0 5269 edge1.example.com.", "10 0 5269 edge2.example.com."}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n_xmpp-server._tcp SRV 10 0 5269 Edge1\n  SRV (20\n 0 5269 edge2.example.com. ) ; two\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n_xmpp-server._tcp SRV 20 0 5269 Edge1\n  SRV (10\n 0 5269 edge2.example.com. ) ; two\n",
	},
	"names stay relative or absolute": {
		[]Change{{srv, "SRV", 0, []string{"0 0 5269 edge3.example.com."}}, {"w.example.com.", "CNAME", 0, []string{"edge3.example.com."}}, {"v.example.com.", "CNAME", 0, []string{"other.test."}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n_xmpp-server._tcp SRV 0 0 5269 edge1\nw CNAME edge1.example.com.\nv CNAME edge1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n_xmpp-server._tcp SRV 0 0 5269 edge3\nw CNAME edge3.example.com.\nv CNAME other.test.\n",
	},
	"under another origin": {
		[]Change{{"a.sub.example.com.", "CNAME", 0, []string{"b.example.com."}}, {"c.sub.example.com.", "CNAME", 0, []string{"e.sub.example.com."}}, {"a.sub.example.com.", "TXT", 60, []string{`"x"`}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n$ORIGIN sub.example.com.\na CNAME b\nc CNAME d\n$ORIGIN .\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n$ORIGIN sub.example.com.\na CNAME b.example.com.\na 60 TXT \"x\"\nc CNAME e\n$ORIGIN .\n",
	},
	"the owner moves on": {
		[]Change{{host, "A", 0, nil}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nXMPP\tA 203.0.113.10\n\tA 203.0.113.11\n; own line\n      AAAA 2001:db8::1\n\tTXT x\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n; own line\nXMPP  AAAA 2001:db8::1\n\tTXT x\n",
	},
	"the owner is still there": {
		[]Change{{host, "A", 0, []string{"203.0.113.10"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp A 203.0.113.10\nxmpp A 203.0.113.11\n AAAA 2001:db8::1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp A 203.0.113.10\n AAAA 2001:db8::1\n",
	},
	"lines of a record in parentheses go": {
		[]Change{{host, "TXT", 0, nil}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp TXT ( \"a;b\" ; c\n\n \"d\" )\nlast A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nlast A 192.0.2.1\n",
	},
	"insert behind the set": {
		[]Change{{host, "A", 0, []string{"203.0.113.10", "203.0.113.20"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nXmpp  60 IN A 203.0.113.10 ; one\n         TXT x\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nXmpp  60 IN A 203.0.113.10 ; one\nXmpp  60 IN A 203.0.113.20\n         TXT x\n",
	},
	"insert inherits as its neighbour": {
		[]Change{{host, "AAAA", 300, []string{"2001:db8::1", "2001:db8::2"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp\tA\t203.0.113.10\n\tA\t203.0.113.11\nlast A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp\tA\t203.0.113.10\n\tA\t203.0.113.11\n\t300\tAAAA\t2001:db8::1\n\t300\tAAAA\t2001:db8::2\nlast A 192.0.2.1\n",
	},
	"insert behind the type, past what inherits": {
		[]Change{{srv, "SRV", 300, []string{"5 0 5269 xmpp.example.com."}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n_sip._tls      IN SRV  0 0  443 edge\n               IN TXT  x\nlast A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n_sip._tls      IN SRV  0 0  443 edge\n               IN TXT  x\n_xmpp-server._tcp 300 IN SRV 5 0 5269 xmpp\nlast A 192.0.2.1\n",
	},
	"columns stay": {
		[]Change{{"b.example.com.", "A", 300, []string{"192.0.2.2"}}, {"longer-name.example.com.", "CNAME", 300, []string{"b.example.com."}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nfirst           IN    A      192.0.2.1\nx\t\t60\tCNAME\tfirst\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nfirst           IN    A      192.0.2.1\nb           300 IN    A      192.0.2.2\nx\t\t60\tCNAME\tfirst\nlonger-name\t300\tCNAME\tb\n",
	},
	"apex": {
		[]Change{{"example.com.", "MX", 300, []string{"10 mail.example.com."}}, {"example.com.", "TXT", 0, []string{`"v=spf1 -all"`}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n@ NS ns.example.com.\nns A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n@ NS ns.example.com.\n@ 300 MX 10 mail.example.com.\n@ 3600 TXT \"v=spf1 -all\"\nns A 192.0.2.1\n",
	},
	"end of a file without a line end": {
		[]Change{{srv, "SRV", 300, []string{"0 0 5269 xmpp.example.com."}}},
		"$TTL 1h\r\n@ SOA ns hm 7 1 2 3 4\r\n$ORIGIN sub.example.com.\r\nx.sub.example.com. A 192.0.2.1 ; end",
		"$TTL 1h\r\n@ SOA ns hm 8 1 2 3 4\r\n$ORIGIN sub.example.com.\r\nx.sub.example.com. A 192.0.2.1 ; end\r\n_xmpp-server._tcp.example.com. 300 SRV 0 0 5269 xmpp.example.com.\r\n",
	},
	"change and addition at the open end": {
		[]Change{{host, "A", 0, []string{"192.0.2.2", "192.0.2.3"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp A 192.0.2.1",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp A 192.0.2.2\nxmpp 3600 A 192.0.2.3\n",
	},
	"TTL of the whole set": {
		[]Change{{host, "A", 300, []string{"192.0.2.1", "192.0.2.3"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp 1h IN A 192.0.2.1\n\tIN\tA\t192.0.2.2\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp 300 IN A 192.0.2.1\n\t300\tIN\tA\t192.0.2.3\n",
	},
	"the TTL moves on": {
		[]Change{{"a.example.com.", "A", 0, nil}},
		"@ 60 SOA ns hm 7 1 2 3 4\na 600 A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n",
		"@ 60 SOA ns hm 8 1 2 3 4\nb 600 A 192.0.2.2\nc A 192.0.2.3\n",
	},
	"no TTL is handed on": {
		[]Change{{"b.example.com.", "TXT", 300, []string{"x"}}},
		"@ 60 SOA ns hm 7 1 2 3 4\nb 600 A 192.0.2.2\nc A 192.0.2.3\nd 60 A 192.0.2.4\n",
		"@ 60 SOA ns hm 8 1 2 3 4\nb 600 A 192.0.2.2\nc A 192.0.2.3\nb 300 TXT x\nd 60 A 192.0.2.4\n",
	},
	"Windows DNS": {
		[]Change{{host, "A", 0, []string{"203.0.113.20"}}, {srv, "SRV", 300, []string{"0 0 5269 xmpp.example.com."}}},
		";\r\n;  Zone version:  7\r\n;\r\n\r\n@                       IN  SOA dc1.example.com. hm (\r\n                        \t\t7            ; serial number\r\n                        \t\t900 600 86400 3600       ) ; default TTL\r\n\r\n" +
			"@                       NS\tdc1.example.com.\r\n_sip._tls               [AGE:3671234]\t600\tSRV\t0 0 443\tsip.example.com.\r\nxmpp                    A\t203.0.113.10\r\n",
		";\r\n;  Zone version:  7\r\n;\r\n\r\n@                       IN  SOA dc1.example.com. hm (\r\n                        \t\t8            ; serial number\r\n                        \t\t900 600 86400 3600       ) ; default TTL\r\n\r\n" +
			"@                       NS\tdc1.example.com.\r\n_sip._tls               [AGE:3671234]\t600\tSRV\t0 0 443\tsip.example.com.\r\n_xmpp-server._tcp       300\tSRV\t0 0 5269\txmpp.example.com.\r\nxmpp                    A\t203.0.113.20\r\n",
	},
	"byte order mark": {
		[]Change{{"a.example.com.", "A", 0, nil}},
		"\ufeffa 1 A 192.0.2.1\n@ 1 SOA ns hm 7 1 2 3 4\n",
		"\ufeff@ 1 SOA ns hm 8 1 2 3 4\n",
	},
	"text data of another length": {
		[]Change{{host, "TXT", 0, []string{`"c;\"d"`}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp TXT \"a\" \"b\" ; two\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp TXT \"c;\\\"d\" ; two\n",
	},
	"text data of another length in parentheses": {
		[]Change{{host, "TXT", 0, []string{"c"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp TXT ( a\n b ) ; two\n A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp 3600 TXT c\nxmpp A 192.0.2.1\n",
	},
	"escapes": {
		[]Change{{`a\.b.example.com.`, "CNAME", 0, []string{`x\@y.example.com.`}}, {`a\;b.example.com.`, "A", 9, []string{"192.0.2.1"}}},
		"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nA\\.b CNAME x\nz A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nA\\.b CNAME x\\@y\nz A 192.0.2.1\na\\;b 9 A 192.0.2.1\n",
	},
	"nothing to do": {
		[]Change{{host, "A", 0, []string{"192.0.2.1"}}, {srv, "SRV", 0, nil}},
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp A 192.0.2.1\n",
		"$TTL 1h\n@ SOA ns hm 8 1 2 3 4\nxmpp A 192.0.2.1\n",
	},
}

func TestEdit(t *testing.T) {
	for name, tt := range editTests {
		t.Run(name, func(t *testing.T) {
			edits, err := mustRead(t, tt.before).Edit(tt.changes, 8)
			if err != nil {
				t.Fatal(err)
			}
			if got := apply(t, tt.before, edits); got != tt.after {
				t.Errorf("got\n%q\nwant\n%q", got, tt.after)
			}
			if tt.before == tt.after && len(edits) > 0 {
				t.Errorf("edits where nothing changes: %+v", edits)
			}
			checkSets(t, tt.after, tt.changes)
		})
	}
}

// checkSets wants the sets of a text to be what the changes ask for.
func checkSets(t testing.TB, text string, changes []Change) {
	t.Helper()
	z := mustRead(t, text)
	for _, c := range changes {
		set, _ := z.Set(c.Owner, c.Type)
		got, want := slices.Compact(slices.Sorted(slices.Values(set.Data))), slices.Compact(slices.Sorted(slices.Values(c.Data)))
		if !slices.Equal(got, want) {
			t.Errorf("%s %s is %q, want %q, in\n%s", c.Owner, c.Type, got, want, text)
		}
		if c.TTL != 0 && len(want) > 0 && set.TTL != c.TTL {
			t.Errorf("%s %s has TTL %d, want %d", c.Owner, c.Type, set.TTL, c.TTL)
		}
	}
}

func TestEditLineEdits(t *testing.T) {
	edits, err := mustRead(t, "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\na A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3").Edit(
		[]Change{{"a.example.com.", "A", 0, nil}, {"c.example.com.", "TXT", 0, []string{"x"}}}, 8)
	want := []LineEdit{
		{2, []string{"@ SOA ns hm 7 1 2 3 4\n"}, []string{"@ SOA ns hm 8 1 2 3 4\n"}},
		{3, []string{"a A 192.0.2.1\n"}, nil},
		{5, []string{"c A 192.0.2.3"}, []string{"c A 192.0.2.3\n", "c 3600 TXT x\n"}},
	}
	if err != nil || !slices.EqualFunc(edits, want, func(a, b LineEdit) bool {
		return a.Line == b.Line && slices.Equal(a.Old, b.Old) && slices.Equal(a.New, b.New)
	}) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, edits, want)
	}
}

func TestEditErrors(t *testing.T) {
	const zone = "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\nxmpp A 192.0.2.1\n"
	tests := map[string]struct {
		text    string
		changes []Change
		want    string
	}{
		"relative owner":  {zone, []Change{{"xmpp", "A", 0, nil}}, "xmpp A: the owner must be absolute"},
		"bad owner":       {zone, []Change{{"a..b.", "A", 0, nil}}, "empty label"},
		"no type":         {zone, []Change{{host, "", 0, nil}}, "not a record type"},
		"class as type":   {zone, []Change{{host, "in", 0, nil}}, "this is a class"},
		"SOA":             {zone, []Change{{"example.com.", "SOA", 0, nil}}, "only the serial"},
		"TTL":             {zone, []Change{{host, "A", 1 << 31, nil}}, "TTL 2147483648"},
		"twice":           {zone, []Change{{host, "A", 0, nil}, {"XMPP.example.com.", "a", 0, nil}}, "changed twice"},
		"address":         {zone, []Change{{host, "A", 0, []string{"192.0.2"}}}, "not an IPv4 address"},
		"relative target": {zone, []Change{{host, "CNAME", 0, []string{"x"}}}, `the name "x" must be absolute`},
		"empty data":      {zone, []Change{{host, "TXT", 0, []string{" "}}}, "is empty"},
		"comment in data": {zone, []Change{{host, "TXT", 0, []string{"a ;b"}}}, "not one line"},
		"paren in data":   {zone, []Change{{host, "TXT", 0, []string{"( a )"}}}, "not one line"},
		"lines in data":   {zone, []Change{{host, "TXT", 0, []string{"a\nb"}}}, "not one line"},
		"NUL in data":     {zone, []Change{{host, "TXT", 0, []string{"a\x00"}}}, "not plain text"},
		"no SOA":          {"a 1 A 192.0.2.1\n", nil, "no SOA"},
		"two SOAs":        {zone + "@ SOA ns hm 7 1 2 3 4\n", nil, "line 4, column 1: there is a second SOA record; the first is on line 2"},
		"generic SOA":     {"$TTL 1\n@ SOA \\# 1 00\n", nil, "cannot be found"},
		"before $INCLUDE": {"$TTL 1h\n@ SOA ns hm 7 1 2 3 4\na A 192.0.2.1\n$INCLUDE x\n", []Change{{"a.example.com.", "A", 0, nil}}, "line 3: a.example.com. A cannot be changed, because the directive on line 4"},
		"dialect":         {"@ 60 SOA ns hm 7 1 2 3 4\na [AGE:1] A 192.0.2.1\n", []Change{{"a.example.com.", "A", 0, nil}}, "what marks the file as Windows"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			edits, err := mustRead(t, tt.text).Edit(tt.changes, 8)
			if err == nil || edits != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %+v, error %v; want an error with %q", edits, err, tt.want)
			}
		})
	}
}
