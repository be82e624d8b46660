package zonefile

import "testing"

const (
	headBefore = "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n"
	headAfter  = "$TTL 1h\n@ SOA ns hm 8 1 2 3 4\n"
)

// TestEditKinds has one case for each kind of edit and of place for it.
func TestEditKinds(t *testing.T) {
	tests := map[string]struct {
		changes       []Change
		before, after string
	}{
		"re-prioritise": {
			[]Change{{srv, "SRV", 0, []string{"20 0 5269 a.example.com.", "10 0 5269 b.example.com."}}},
			"_xmpp-server._tcp\tSRV\t10 0 5269 a\n\t\tSRV\t20 0 5269 b\n",
			"_xmpp-server._tcp\tSRV\t20 0 5269 a\n\t\tSRV\t10 0 5269 b\n",
		},
		"only the TTL, stated": {
			[]Change{{host, "A", 60, []string{"192.0.2.1", "192.0.2.2"}}},
			"xmpp 300 A 192.0.2.1\nxmpp 300 A 192.0.2.2\n",
			"xmpp 60 A 192.0.2.1\nxmpp 60 A 192.0.2.2\n",
		},
		"only the TTL, inherited": {
			[]Change{{host, "A", 60, []string{"192.0.2.1", "192.0.2.2"}}},
			"xmpp A 192.0.2.1\n\tIN\tA 192.0.2.2\nlast A 192.0.2.3\n",
			"xmpp 60 A 192.0.2.1\n\t60\tIN\tA 192.0.2.2\nlast A 192.0.2.3\n",
		},
		"TTLs differ and stay": {
			[]Change{{host, "A", 0, []string{"192.0.2.1", "192.0.2.9"}}},
			"xmpp 60 A 192.0.2.1\nxmpp 90 A 192.0.2.2\n",
			"xmpp 60 A 192.0.2.1\nxmpp 90 A 192.0.2.9\n",
		},
		"TTLs differ and become one": {
			[]Change{{host, "A", 30, []string{"192.0.2.1", "192.0.2.9"}}},
			"xmpp 60 A 192.0.2.1\nxmpp 90 A 192.0.2.2\n",
			"xmpp 30 A 192.0.2.1\nxmpp 30 A 192.0.2.9\n",
		},
		"TTL and class in any order": {
			[]Change{{host, "A", 30, []string{"192.0.2.1", "192.0.2.2"}}},
			"xmpp IN 60 A 192.0.2.1\n",
			"xmpp IN 30 A 192.0.2.1\nxmpp IN 30 A 192.0.2.2\n",
		},
		"apex": {
			[]Change{{"example.com.", "A", 0, []string{"192.0.2.2"}}, {"example.com.", "AAAA", 60, []string{"2001:db8::1"}}},
			"@ NS ns.example.com.\n@ A 192.0.2.1\n",
			"@ NS ns.example.com.\n@ A 192.0.2.2\n@ 60 AAAA 2001:db8::1\n",
		},
		"wildcard": {
			[]Change{{"*.example.com.", "A", 0, []string{"192.0.2.2"}}, {"*.sub.example.com.", "A", 60, []string{"192.0.2.3"}}},
			"* A 192.0.2.1\n",
			"* A 192.0.2.2\n*.sub 60 A 192.0.2.3\n",
		},
		"below a delegation": {
			[]Change{{"ns.sub.example.com.", "A", 0, []string{"192.0.2.2"}}},
			"sub NS ns.sub\nns.sub A 192.0.2.1\n",
			"sub NS ns.sub\nns.sub A 192.0.2.2\n",
		},
		"an empty non-terminal becomes a name": {
			[]Change{{"_tcp.example.com.", "TXT", 60, []string{`"x"`}}},
			"_xmpp-server._tcp SRV 0 0 5269 a\nlast A 192.0.2.1\n",
			"_xmpp-server._tcp SRV 0 0 5269 a\nlast A 192.0.2.1\n_tcp 60 TXT \"x\"\n",
		},
		"the last name below a non-terminal goes": {
			[]Change{{srv, "SRV", 0, nil}},
			"_xmpp-server._tcp SRV 0 0 5269 a\nlast A 192.0.2.1\n",
			"last A 192.0.2.1\n",
		},
		"line ends are mixed": {
			[]Change{{host, "A", 0, []string{"192.0.2.1", "192.0.2.2"}}, {"b.example.com.", "A", 0, []string{"192.0.2.3", "192.0.2.4"}}},
			"xmpp 60 A 192.0.2.1\r\nb 60 A 192.0.2.3\nlast 60 A 192.0.2.5",
			"xmpp 60 A 192.0.2.1\r\nxmpp 60 A 192.0.2.2\r\nb 60 A 192.0.2.3\nb 60 A 192.0.2.4\nlast 60 A 192.0.2.5",
		},
		"generic data is what it means": {
			[]Change{{host, "A", 0, []string{"192.0.2.1", "192.0.2.9"}}, {srv, "SRV", 0, []string{"0 0 5269 ."}}},
			"xmpp TYPE1 \\# 4 C000 0201\nxmpp A \\# 4 c0000202 ; two\n_xmpp-server._tcp SRV \\# 7 0000 0000149500\n",
			"xmpp TYPE1 \\# 4 C000 0201\nxmpp A 192.0.2.9 ; two\n_xmpp-server._tcp SRV \\# 7 0000 0000149500\n",
		},
		"data of a type that is not known": {
			[]Change{{host, "TYPE65280", 0, []string{`\# 2 0A0B`}}, {"b.example.com.", "TYPE65280", 0, []string{`\# 1 0c`}}},
			"xmpp TYPE65280 \\# 2 0a 0b\nb type65280 \\# 1 0d\n",
			"xmpp TYPE65280 \\# 2 0a 0b\nb type65280 \\# 1 0c\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			edits, err := mustRead(t, headBefore+tt.before).Edit(tt.changes, 8)
			if err != nil {
				t.Fatal(err)
			}
			if got := apply(t, headBefore+tt.before, edits); got != headAfter+tt.after {
				t.Errorf("got\n%s\nwant\n%s", got, headAfter+tt.after)
			}
		})
	}
}
