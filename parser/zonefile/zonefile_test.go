package zonefile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// mustRead reads a zone under example.com or ends the test.
func mustRead(t testing.TB, text string) *Zone {
	t.Helper()
	z, err := inPartsToo(func() (*Zone, error) { return Read([]byte(text), "example.com", nil) })
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return z
}

// lines prints records as "owner ttl class type data".
func lines(z *Zone) []string {
	var out []string
	for _, r := range z.Records {
		out = append(out, fmt.Sprintf("%s %d %s %s %s", r.Owner, r.TTL, r.Class, r.Type, r.Data))
	}
	return out
}

// apply makes line edits the plain way, and checks that they say what they replace.
func apply(t testing.TB, text string, edits []LineEdit) string {
	t.Helper()
	all := splitLines(text)
	var out []string
	at := 0
	for _, e := range edits {
		if e.Line-1 < at || e.Line-1+len(e.Old) > len(all) {
			t.Fatalf("edit %+v is out of order or past the end of\n%q", e, text)
		}
		out = append(out, all[at:e.Line-1]...)
		at = e.Line - 1 + len(e.Old)
		if !slices.Equal(all[e.Line-1:at], e.Old) {
			t.Fatalf("edit %+v does not fit\n%q", e, text)
		}
		out = append(out, e.New...)
	}
	return strings.Join(append(out, all[at:]...), "")
}

const soa = "@ IN SOA ns hostmaster 7 3600 600 86400 300\n"

func TestRead(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"parentheses, comments and escapes": {
			"$TTL 1h\n" +
				"@ IN SOA NS1 Host\\.Master ( 7 ; serial (\n 1h 10m\n 1D 300 ) ; \"\n" +
				"  NS NS1\n" +
				"a\\.b\\032C.D TXT \"semi;colon\" plain\\;x ; real\n" +
				"ns1 600 in aaaa 2001:DB8:0::1\n" +
				"IN-addr cname @\n" +
				"_x._tcp SRV 00 1 5269 Edge\n",
			[]string{
				`example.com. 3600 IN SOA ns1.example.com. host\.master.example.com. 7 3600 600 86400 300`,
				`example.com. 3600 IN NS ns1.example.com.`,
				`a\.b\032c.d.example.com. 3600 IN TXT "semi;colon" plain\;x`,
				`ns1.example.com. 600 IN AAAA 2001:db8::1`,
				`in-addr.example.com. 3600 IN CNAME example.com.`,
				`_x._tcp.example.com. 3600 IN SRV 0 1 5269 edge.example.com.`,
			},
		},
		"origins": {
			"$TTL 300\n" + soa + "$ORIGIN sub\nwww A 192.0.2.1\n\tA 192.0.2.2\n$ORIGIN .\nother.test A 192.0.2.3\n$origin Example.COM.\n MX 010 mail\n",
			[]string{
				"example.com. 300 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 300",
				"www.sub.example.com. 300 IN A 192.0.2.1",
				"www.sub.example.com. 300 IN A 192.0.2.2",
				"other.test. 300 IN A 192.0.2.3",
				"other.test. 300 IN MX 10 mail.example.com.",
			},
		},
		"TTL of the SOA minimum": {
			soa + "x 600 A 192.0.2.1\ny A 192.0.2.2\n",
			[]string{
				"example.com. 300 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 300",
				"x.example.com. 600 IN A 192.0.2.1",
				"y.example.com. 300 IN A 192.0.2.2",
			},
		},
		"TTL last stated": {
			"@ 60 SOA ns hostmaster 7 3600 600 86400 300\n NS ns\nx CLASS1 600 A 192.0.2.1\ny A 192.0.2.2\n",
			[]string{
				"example.com. 60 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 300",
				"example.com. 60 IN NS ns.example.com.",
				"x.example.com. 600 CLASS1 A 192.0.2.1",
				"y.example.com. 600 CLASS1 A 192.0.2.2",
			},
		},
		"Windows takes the minimum even so": {
			"@ 60 SOA ns hostmaster 7 3600 600 86400 300\n NS ns\nx [AGE:3600123] 600 A 192.0.2.1\ny\t[Aging:1]\tA\t192.0.2.2\n@ WINS L2 C900 ( 192.0.2.9 )\n",
			[]string{
				"example.com. 60 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 300",
				"example.com. 300 IN NS ns.example.com.",
				"x.example.com. 600 IN A 192.0.2.1",
				"y.example.com. 300 IN A 192.0.2.2",
				"example.com. 300 IN WINS L2 C900 192.0.2.9",
			},
		},
		"byte order mark and generic data": {
			"\ufeff$TTL 1\n" + soa + "a TYPE65280 \\# 2 0A 0b\nb TYPE1 \\# 4 c0000201\nc NEWTYPE x",
			[]string{
				"example.com. 1 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 300",
				`a.example.com. 1 IN TYPE65280 \# 2 0a0b`,
				"b.example.com. 1 IN A 192.0.2.1",
				"c.example.com. 1 IN NEWTYPE x",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{tt.text, strings.ReplaceAll(tt.text, "\n", "\r\n")} {
				if got := lines(mustRead(t, text)); !slices.Equal(got, tt.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
			}
		})
	}
}

func TestReadFacts(t *testing.T) {
	z := mustRead(t, "$TTL 300\n"+soa+"$GENERATE 1-9 h$ A 192.0.2.$ ; hosts\n$include more.zone sub\nx RRSIG A 8 2 1\nx A 192.0.2.1\nx 60 A 192.0.2.2\n")
	var got []string
	for _, d := range z.Directives {
		got = append(got, fmt.Sprintf("%s %q %q line %d", d.Name, d.Args, d.Text, d.Line))
	}
	if want := []string{
		`$GENERATE ["1-9" "h$" "A" "192.0.2.$"] "$GENERATE 1-9 h$ A 192.0.2.$ ; hosts" line 3`,
		`$INCLUDE ["more.zone" "sub"] "$include more.zone sub" line 4`,
	}; !slices.Equal(got, want) {
		t.Errorf("directives %q, want %q", got, want)
	}
	if serial, ok := z.Serial(); !ok || serial != 7 || !z.Dnssec || z.Windows || !z.HasTTLDirective || z.DefaultTTL != 300 {
		t.Errorf("serial %d %v, %+v", serial, ok, z)
	}
	set, ok := z.Set("x.example.com.", "A")
	if !ok || set.TTL != 300 || !slices.Equal(set.Data, []string{"192.0.2.1", "192.0.2.2"}) {
		t.Errorf("set %+v", set)
	}
	if r := z.Records[len(z.Records)-1]; r.Line != 7 || r.EndLine != 7 || !r.TTLExplicit || r.TTLSource != TTLStated {
		t.Errorf("last record %+v", r)
	}
	if z := mustRead(t, soa); !z.Windows || z.DefaultTTL != 300 || z.HasTTLDirective {
		t.Errorf("without $TTL: %+v", z)
	}
}

func TestReadKeepsWhatIsAskedFor(t *testing.T) {
	text := "$TTL 300\n" + soa + "a A 192.0.2.1\nb A not-looked-into\n"
	z, err := Read([]byte(text), "example.com.", func() Keeper {
		return func(owner []byte, typ string) Wish {
			if string(owner) == "a.example.com." {
				return Keep
			}
			return Leave
		}
	})
	if err != nil || len(z.Records) != 2 {
		t.Errorf("%v, %+v", err, z)
	}
}

func TestReadErrors(t *testing.T) {
	long := strings.Repeat("a", 63)
	tests := map[string]struct{ text, want string }{
		"UTF-16 little":    {"\xff\xfe@\x00", "line 1, column 1: the file is UTF-16, as Out-File"},
		"UTF-16 big":       {"\xfe\xff\x00@", "UTF-16"},
		"UTF-16, no mark":  {"@\x00 \x001\x00 \x00A\x00", "line 1, column 2: the file looks like UTF-16 without a byte order mark; export it"},
		"UTF-16 BE, none":  {"\x00@\x00 \x001\x00 \x00A", "looks like UTF-16"},
		"NUL":              {"a\nb\x00", "line 2, column 2: there is a NUL byte"},
		"open quote":       {"a 1 TXT \"x\n\"", "line 1, column 9: the quote is not closed"},
		"open quote, end":  {"a 1 TXT \"x\\", "the quote is not closed"},
		"quote, backslash": {"a 1 TXT \"x\\\n\"", "the quote is not closed"},
		"open paren":       {"a 1 A (\n192.0.2.1\n", "line 1, column 7: the parenthesis is not closed"},
		"closing paren":    {"a 1 A 192.0.2.1 )", "no opening one"},
		"paren first":      {"( a 1 A 192.0.2.1 )", "before the owner name"},
		"backslash":        {"a 1 TXT x\\\n", "ends in a backslash"},
		"lone CR":          {"a 1 A 192.0.2.1\rb 1 A 192.0.2.1", "carriage return"},
		"no owner":         {" 1 A 192.0.2.1", "no owner"},
		"no TTL":           {"a A 192.0.2.1", "line 1, column 3: the record has no TTL"},
		"bad TTL":          {"a 1x A 192.0.2.1", `"1x" is not a TTL`},
		"TTL too large":    {"a 2147483648 A 192.0.2.1", "is not a TTL"},
		"TTL of weeks":     {"a 9999999w A 192.0.2.1", "is not a TTL"},
		"TTL with rest":    {"a 1h3 A 192.0.2.1", "is not a TTL"},
		"no type":          {"a 1 IN", "no type"},
		"bad type":         {"a 1 IN A_B x", `"A_B" is not a record type`},
		"quoted type":      {"a 1 \"A\" x", "is not a record type"},
		"directive":        {"$FOO x", `"$FOO" is not a directive`},
		"$ORIGIN":          {"$ORIGIN", "needs one name"},
		"$ORIGIN name":     {"$ORIGIN a..b", "empty label"},
		"$TTL":             {"$TTL 1 2", "needs one value"},
		"$TTL value":       {"$TTL x", "is not a TTL"},
		"$INCLUDE":         {"$INCLUDE", "needs a file name"},
		"$GENERATE":        {"$GENERATE 1-2 a", "needs a range"},
		"empty label":      {"a..b 1 A 192.0.2.1", "empty label"},
		"dot first":        {".a 1 A 192.0.2.1", "empty label"},
		"quoted name":      {"\"a\" 1 A 192.0.2.1", "must not be quoted"},
		"escape digits":    {"a\\12 1 A 192.0.2.1", "needs three digits"},
		"escape value":     {"a\\256 1 A 192.0.2.1", "over 255"},
		"long label":       {long + "a 1 A 192.0.2.1", "over 63 octets"},
		"long name":        {strings.Join([]string{long, long, long, long}, ".") + " 1 A 192.0.2.1", "over 255 octets"},
		"SOA fields":       {"@ SOA ns", "SOA needs 7 fields, here are 1"},
		"SOA minimum":      {"@ SOA ns hm 1 2 3 4 x", `"x" is not a TTL`},
		"A data":           {"a 1 A 192.0.2.256", `column 7: "192.0.2.256" is not an IPv4 address`},
		"A with IPv6":      {"a 1 A ::1", "is not an IPv4 address"},
		"AAAA zone":        {"a 1 AAAA fe80::1%eth0", "is not an IPv6 address"},
		"slashes":          {"a 1 A 203.0.113.11 // pool", "column 20: A needs 1 fields, here are 3; if a comment was meant here, begin it with a semicolon (;)"},
		"number sign":      {"a 1 SRV 0 0 5269 b #pool", "column 20: SRV needs 4 fields, here are 5; if a comment was meant"},
		"slashes in SOA":   {"@ SOA ns hm ( 1 // serial\n 2 3 4 5 )", "column 17: SOA needs 7 fields, here are 9; if a comment was meant"},
		"SRV fields":       {"a 1 SRV 0 0 5269", "SRV needs 4 fields, here are 3"},
		"SRV port":         {"a 1 SRV 0 0 65536 b", "is not a number of 16 bits"},
		"name in data":     {"a 1 CNAME b..c", "empty label"},
		"generic, bare":    {"a 1 TYPE9 \\#", "column 11: \\# needs the number of octets"},
		"generic, length":  {"a 1 A \\# x 00", "column 10: \"x\" is not a number of 16 bits"},
		"generic, digits":  {"a 1 TXT \\# 2 0g00", "column 14: \"0g00\" is not hexadecimal"},
		"generic, less":    {"a 1 TXT \\# 3 00 01", "column 12: \\# announces 3 octets, here are 2"},
		"generic, A":       {"a 1 A \\# 3 000102", "these are not the octets of A data"},
		"generic, MX":      {"a 1 MX \\# 4 000a c000", "these are not the octets of MX data"},
		"SOA time":         {"@ 1 SOA ns hm 1 2x 3 4 5", "is not a time"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			z, err := inPartsToo(func() (*Zone, error) { return Read([]byte(tt.text), "example.com", nil) })
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %+v, error %v; want an error with %q", z, err, tt.want)
			}
		})
	}
	if _, err := Read(nil, "a..b", nil); err == nil || !strings.HasPrefix(err.Error(), "the origin is not a name") {
		t.Errorf("bad origin: %v", err)
	}
}

// TestNameLimits: the largest name that RFC 1035 allows is read.
func TestNameLimits(t *testing.T) {
	l := func(n int) string { return strings.Repeat("a", n) }
	name := strings.Join([]string{l(63), l(63), l(63), l(49)}, ".") // 242 octets, and 13 of example.com.
	if z := mustRead(t, name+" 1 A 192.0.2.1\n"); len(z.Records) != 1 {
		t.Errorf("%+v", z)
	}
	if _, err := Read([]byte(name+"a 1 A 192.0.2.1\n"), "example.com", nil); err == nil {
		t.Error("a name of 256 octets was read")
	}
}

func TestScannerSpans(t *testing.T) {
	text := "; top\n$TTL 300\n\nwww 60 IN A ( 192.0.2.1 ) ; one\r\n\tTXT \"x\" ;two"
	s, err := NewScanner([]byte(text), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var e Entry
	for s.Next(&e) {
		src := []byte(text)
		got = append(got, fmt.Sprintf("%d %d-%d %q owner %q ttl %q class %q type %q data %q comment %q inherits %v",
			e.Kind, e.Line, e.EndLine, e.Of(src), e.OwnerSpan.Of(src), e.TTLSpan.Of(src), e.ClassSpan.Of(src), e.TypeSpan.Of(src),
			texts(src, e.Rdata), e.Comment.Of(src), e.InheritsOwner()))
	}
	want := []string{
		`2 2-2 "$TTL 300\n" owner "" ttl "300" class "" type "" data ["300"] comment "" inherits false`,
		`0 4-4 "www 60 IN A ( 192.0.2.1 ) ; one\r\n" owner "www" ttl "60" class "IN" type "A" data ["192.0.2.1"] comment "; one" inherits false`,
		`0 5-5 "\tTXT \"x\" ;two" owner "" ttl "" class "" type "TXT" data ["\"x\""] comment ";two" inherits true`,
	}
	if s.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("%v\ngot\n%s\nwant\n%s", s.Err(), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
