package parser

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// encoded is a text in two or four bytes for each character.
func encoded(text string, size int, order binary.AppendByteOrder, mark bool) string {
	runes := []rune(text)
	if mark {
		runes = slices.Insert(runes, 0, '\ufeff')
	}
	var out []byte
	if size == 4 {
		for _, r := range runes {
			out = order.AppendUint32(out, uint32(r))
		}
		return string(out)
	}
	for _, unit := range utf16.Encode(runes) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func lineEnds(text, end string) string { return strings.ReplaceAll(text, "\n", end) }

// noTexts are what other programs make of a text, by name: for the same bytes there is one
// finding about a spec and one about a zone file.
var noTexts = []struct {
	name  string
	spoil func(text string) string
	words string
	zone  bool // a zone file of that kind is refused too
}{
	{"UTF-16 LE", func(s string) string { return encoded(s, 2, binary.LittleEndian, true) }, "file is UTF-16, as Out-File", true},
	{"UTF-16 BE", func(s string) string { return encoded(s, 2, binary.BigEndian, true) }, "file is UTF-16, as Out-File", true},
	{"UTF-16 LE without mark", func(s string) string { return encoded(s, 2, binary.LittleEndian, false) }, "looks like UTF-16", true},
	{"UTF-16 BE without mark", func(s string) string { return encoded(s, 2, binary.BigEndian, false) }, "looks like UTF-16", true},
	{"UTF-16 LE with CRLF", func(s string) string { return encoded(lineEnds(s, "\r\n"), 2, binary.LittleEndian, true) }, "file is UTF-16", true},
	{"UTF-16 appended", func(s string) string { return s + encoded("; x\n", 2, binary.LittleEndian, false) }, "UTF-16 from here on, as >>", true},
	{"UTF-32 LE", func(s string) string { return encoded(s, 4, binary.LittleEndian, true) }, "UTF-32", true},
	{"UTF-32 BE", func(s string) string { return encoded(s, 4, binary.BigEndian, true) }, "UTF-32", true},
	{"UTF-32 LE without mark", func(s string) string { return encoded(s, 4, binary.LittleEndian, false) }, "looks like UTF-32", true},
	{"UTF-32 BE without mark", func(s string) string { return encoded(s, 4, binary.BigEndian, false) }, "looks like UTF-32", true},
	{"NUL", func(s string) string { return s + "\n#;\x00\n" }, "NUL byte", true},
	{"NUL at the end", func(s string) string { return s + strings.Repeat("\x00", 700) }, "ends in 700 NUL bytes", true},
	{"nothing but NUL", func(s string) string { return strings.Repeat("\x00", 7000) }, "NUL bytes", true},
	{"CR only", func(s string) string { return lineEnds(s, "\r") }, "end in CR alone", true},
	{"PDF", func(string) string { return "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" }, "PDF", true},
	{"Word document", func(string) string { return "PK\x03\x04\x14\x00\x06\x00\b\x00\x00\x00!\x00" }, "Word", true},
	{"old Word document", func(string) string { return "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00" }, "Word", true},
	{"rich text", func(string) string { return `{\rtf1\ansi\deff0 {\fonttbl {\f0 Courier;}}` }, "RTF", true},
	{"program", func(string) string { return "MZ\x90\x00\x03\x00\x00\x00\x04" }, "program of Windows", true},
	{"binary", func(string) string { return strings.Repeat("\x01\x02a\x7f\x03b", 999) }, "binary", true},
	{"noise", func(string) string { return strings.Repeat("\x00\x05\x81\xfe\x03\x80\x01q", 999) }, "binary", true},
	{"Windows-1252", func(s string) string { return s + "\n;# Z\xfcrich\n" }, `0xfc, which is 'ü' in Windows-1252`, false},
	{"Windows-1252 quotes", func(s string) string { return s + "\n;# \x93x\x94\n" }, `'“' in Windows-1252`, false},
	{"cut in a character", func(s string) string { return s + "\n;# Z\xc3" }, "not UTF-8", false},
	{"CR in a line", func(s string) string { return s + "\n;# a\rsite\n" }, "without a line feed", false},
	{"CR CR LF", func(s string) string { return lineEnds(s, "\r\r\n") }, "converted twice", true},
}

func TestNoText(t *testing.T) {
	spec := head + "site \"a\" {}\nsite \"b\" {}\nxmpp_federation {\n  partners = [\"a.example\"]\n}\n"
	zone := "$TTL 3600\n@ IN SOA ns1 hostmaster 1 2 3 4 5\n@ IN NS ns1\nns1 IN A 192.0.2.1\n"
	mustParse(t, strings.TrimPrefix(spec, head))
	for _, test := range noTexts {
		t.Run(test.name, func(t *testing.T) {
			_, _, diags := parseText(test.spoil(spec))
			wantFinding(t, diags, "EP1023", test.words)
			if len(diags) == 1 {
				findings := diag.Findings(diags, diag.Sources{"a.edge.hcl": []byte(test.spoil(spec))})
				if findings[0].File != "a.edge.hcl" || !strings.HasSuffix(findings[0].Detail, ".") {
					t.Errorf("%+v", findings[0])
				}
			}
			if !test.zone {
				return
			}
			words := test.words
			if test.name == "CR CR LF" {
				words = "carriage return"
			}
			if _, err := zonefile.Read([]byte(test.spoil(zone)), "contoso.com", nil); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("zone: %v, want %q", err, words)
			}
			included := zonefile.Gather(zonefile.File{Name: "zone", Text: []byte(zone + "$INCLUDE b\n")}, func(string) (zonefile.File, error) {
				return zonefile.File{Name: "b", Text: []byte(test.spoil("a A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n"))}, nil
			})
			if _, err := included.Read("contoso.com", nil); err == nil || !strings.Contains(err.Error(), words) || !strings.HasPrefix(err.Error(), "b, line") {
				t.Errorf("included: %v, want %q", err, words)
			}
		})
	}
}

// A spec with a byte order mark is taken, as HCL takes it, and so are UTF-8 and CRLF.
func TestText(t *testing.T) {
	for name, text := range map[string]string{
		"mark":       "\ufeff" + head,
		"CRLF":       lineEnds(head, "\r\n"),
		"UTF-8":      head + "# Zürich – 東京 – “x”\u00a0\nsite \"Zürich “x”\" {}\n",
		"quotes":     head + "xmpp_federation {\n  partners = [\"‘a’\"]\n}\n",
		"no newline": strings.TrimSuffix(head, "\n"),
	} {
		if _, _, diags := parseText(text); len(diags) > 0 {
			t.Errorf("%s: %s", name, shown(diags))
		}
	}
}

// What word processors make of a spec is one finding, however often it is there.
func TestTypography(t *testing.T) {
	tests := []struct{ name, text, place, words string }{
		{"no-break space", strings.ReplaceAll(head, "  ", "\u00a0\u00a0"), "2,1-2", "a no-break space (U+00A0), which Word, web pages and chats put in. Replace it with a blank. The file has 12 such"},
		{"narrow space", "site\u202f\"a\" {}\n", "1,5-6", "no-break space (U+202F), which"},
		{"wide space", "site\u3000\"a\" {}\n", "1,5-6", "not the ASCII one"},
		{"zero-width space", head + "site \"a\" {\u200b}\n", "5,11-12", "an invisible character (U+200B)"},
		{"mark in the middle", head + "\ufeffsite \"a\" {}\n", "5,1-2", "an invisible character (U+FEFF)"},
		{"soft hyphen", head + "si\u00adte \"a\" {}\n", "5,3-4", "an invisible character (U+00AD)"},
		{"quotes", head + "xmpp_federation {\n  host = “a”\n  partners = [“b”]\n}\n", "6,10-11", "a curly quote (U+201C), which Word, web pages and chats put in. Type straight double quotes: \"text\". The file has 4"},
		{"German quotes", head + "site „a“ {}\n", "5,6-7", "a curly quote (U+201E)"},
		{"apostrophes", head + "site ‘a’ {}\n", "5,6-7", "a curly quote (U+2018)"},
		{"last quote", head + "xmpp_federation {\n  host = \"a”\n}\nsite \"b\" {}\n", "6,12-13", "a curly quote (U+201D), which"},
		{"dash", head + "locals {\n  a = 1 – 2\n}\n", "6,9-10", "a dash that is not the ASCII hyphen (U+2013)"},
		{"full width", head + "locals {\n  a ＝ 1\n}\n", "6,5-6", `a full-width character (U+FF1D), which Word, web pages and chats put in. Write '='.`},
		{"end of file of DOS", head + "\x1a", "5,1-2", "a control character (U+001A). Take it out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, diags := parseText(test.text)
			wantFinding(t, diags, "EP1001", test.words)
			if len(diags) == 1 && diags[0].Subject.String() != "a.edge.hcl:"+test.place {
				t.Errorf("at %s", diags[0].Subject)
			}
		})
	}
}

// Names are compared in the form NFC, whichever of two spellings a keyboard or a file
// system gives.
func TestNFC(t *testing.T) {
	composed, decomposed := "Z\u00fcrich", "Zu\u0308rich"
	for _, names := range [][2]string{{composed, decomposed}, {decomposed, composed}} {
		spec := mustParse(t, fmt.Sprintf("edge_pool %q {\n  fqdn = \"a\"\n  access_edge_fqdn = \"b\"\n}\nsite \"a\" {\n  federation_route = edge_pool[%q]\n}\nsite \"b\" {\n  federation_route = edge_pool.%[2]s\n}\n", names[0], names[1])+
			fmt.Sprintf("locals {\n  %s = \"x\"\n}\nxmpp_federation {\n  host = local.%s\n}\n", names[0], names[1]))
		if spec.Topology.EdgePools[0].Name != composed || spec.Topology.Sites[0].FederationRoute.V != composed || spec.Topology.Sites[1].FederationRoute.V != composed || spec.Topology.XMPP.Host.V != "x" {
			t.Errorf("%q: %+q", names, spec.Topology.EdgePools[0].Name)
		}
	}
	_, _, diags := parseText(head + fmt.Sprintf("site %q {}\nsite %q {}\n", composed, decomposed))
	wantFinding(t, diags, "EP1007", `"Zürich" is already declared`)
	_, _, diags = parseText(head + fmt.Sprintf("locals {\n  %s = 1\n  %s = 2\n}\n", composed, decomposed))
	wantFinding(t, diags, "EP1007", `already set at a.edge.hcl:6`)
}

// A suggestion that looks like what was written says what differs.
func TestAlike(t *testing.T) {
	for name, test := range map[string]struct{ text, words string }{
		"Cyrillic": {"site \"\u0430b\" {}\nxmpp_federation {\n  host = site.ab\n}\n", `Did you mean "аb"? The name that is written has 'a' (U+0061) where the other has 'а' (Cyrillic, U+0430).`},
		"block":    {"\u0455ite \"a\" {}\n", `Did you mean "site"? The name that is written has 'ѕ' (Cyrillic, U+0455) where the other has 's' (U+0073).`},
		"digit":    {"site \"pool1\" {}\nxmpp_federation {\n  host = site.pooll\n}\n", `Did you mean "pool1"? The name that is written has 'l' (U+006C) where the other has '1' (U+0031).`},
		"unseen":   {"site \"pool\u200b\" {}\nxmpp_federation {\n  host = site.pool\n}\n", `has nothing where the other has U+200B, which is not seen.`},
		"umlaut":   {"site \"Zürich\" {}\nxmpp_federation {\n  host = site.Zurich\n}\n", `Did you mean "Zürich"?`},
	} {
		_, _, diags := parseText(head + test.text)
		wantFinding(t, diags, map[bool]diag.Code{true: "EP1003", false: "EP1006"}[name == "block"], test.words)
		if name == "umlaut" && !strings.HasSuffix(diags[0].Detail, "?") {
			t.Error(diags[0].Detail)
		}
	}
}
