package compiler_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// included compiles the seed with its xmpp record replaced by a line, with more files and
// with a change of the spec. It gives the findings by their codes and files.
func included(t *testing.T, line string, files map[string]string, change *strings.Replacer) ([]*plan.Plan, []string) {
	t.Helper()
	plans, findings := includedFindings(t, line, files, change)
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Code)+" "+f.File)
	}
	return plans, out
}

// includedFindings gives the findings that are errors or about files that are not read.
func includedFindings(t *testing.T, line string, files map[string]string, change *strings.Replacer) ([]*plan.Plan, []diag.Finding) {
	t.Helper()
	const name = "contoso.edge.hcl"
	text, err := os.ReadFile("../specs/seed/" + name)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := os.ReadFile("../specs/seed/contoso.com.zone")
	if err != nil {
		t.Fatal(err)
	}
	const record = "xmpp\t300 IN A\t203.0.113.11\t; EdgePool1\n"
	if !strings.Contains(string(zone), record) {
		t.Fatal("the seed has another record")
	}
	all := fstest.MapFS{name: {Data: []byte(change.Replace(string(text)))}}
	zone = []byte(strings.Replace(string(zone), record, line, 1))
	all["contoso.com.zone"], all["zones/contoso.com.zone"] = &fstest.MapFile{Data: zone}, &fstest.MapFile{Data: zone}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "XMPP", record))}
	}
	spec, sources, diags := parser.Load(all, []string{name})
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	findings := slices.DeleteFunc(diag.Findings(diags, sources), func(f diag.Finding) bool { return f.Severity != "error" && f.Code != "EP3011" })
	return plans, findings
}

// TestIncluded: a record in a file of the spec's folder is seen wherever it is, and where it
// cannot be seen there is one error for the file that is not read, and no plan.
func TestIncluded(t *testing.T) {
	same := strings.NewReplacer()
	seed, _ := included(t, "xmpp\t300 IN A\t203.0.113.11\t; EdgePool1\n", nil, same)
	if len(seed) != 1 {
		t.Fatal("the seed has no plan")
	}
	below := strings.NewReplacer(`"contoso.com.zone"`, `"zones/contoso.com.zone"`)
	mapped := strings.NewReplacer(`  server = "ns1.contoso.net"`, "  server = \"ns1.contoso.net\"\n  includes = { \"/etc/uc.inc\" = \"uc.inc\" }")
	unread := func(file string) []string { return []string{"EP2033 " + file} }
	tests := map[string]struct {
		line   string
		files  map[string]string
		change *strings.Replacer
		want   []string
		file   string // that the record is in
	}{
		"in a file":                {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP"}, same, nil, "uc.inc"},
		"in a file of a file":      {"$INCLUDE a/b.inc\n", map[string]string{"a/b.inc": "$INCLUDE ./a/../c.inc\n", "c.inc": "XMPP"}, same, unread("a/b.inc"), ""},
		"in a file of a file, too": {"$INCLUDE a/b.inc\n", map[string]string{"a/b.inc": "$INCLUDE ./c.inc\n", "c.inc": "XMPP"}, same, nil, "c.inc"},
		"beside the zone file":     {"$INCLUDE uc.inc\n", map[string]string{"zones/uc.inc": "XMPP"}, below, nil, "zones/uc.inc"},
		"in the spec's folder":     {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP"}, below, nil, "uc.inc"},
		"in both":                  {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP", "zones/uc.inc": "XMPP"}, below, unread("zones/contoso.com.zone"), ""},
		"nowhere":                  {"$INCLUDE uc.inc\n", nil, same, unread("contoso.com.zone"), ""},
		"nowhere, record there":    {"xmpp 300 A 203.0.113.11\n$INCLUDE uc.inc\n", nil, same, unread("contoso.com.zone"), ""},
		"on the server":            {"$INCLUDE /etc/uc.inc\n", map[string]string{"uc.inc": "XMPP", "etc/uc.inc": "XMPP"}, same, unread("contoso.com.zone"), ""},
		"above":                    {"$INCLUDE ../uc.inc\n", map[string]string{"uc.inc": "XMPP"}, below, unread("zones/contoso.com.zone"), ""},
		"as Windows writes it":     {"$INCLUDE dns\\uc.inc\n", map[string]string{"dns/uc.inc": "XMPP"}, same, unread("contoso.com.zone"), ""},
		"a folder":                 {"$INCLUDE a\n", map[string]string{"a/uc.inc": "XMPP"}, same, unread("contoso.com.zone"), ""},
		"mapped":                   {"$INCLUDE /etc/uc.inc\n", map[string]string{"uc.inc": "XMPP"}, mapped, nil, "uc.inc"},
		"mapped, nowhere":          {"$INCLUDE /etc/uc.inc\n", nil, mapped, []string{"EP1011 contoso.edge.hcl"}, ""},
		"two of two":               {"$INCLUDE a\n$INCLUDE b\n$INCLUDE a\n", nil, same, append(unread("contoso.com.zone"), unread("contoso.com.zone")...), ""},
		"mapped, not used":         {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP"}, mapped, []string{"EP1009 contoso.edge.hcl"}, ""},
		"cycle":                    {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP$INCLUDE contoso.com.zone\n"}, same, []string{"EP1013 uc.inc"}, ""},
		"byte order mark":          {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "\ufeffXMPP"}, same, []string{"EP1013 uc.inc"}, ""},
		"not a zone file":          {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP\na 300\n"}, same, []string{"EP1013 uc.inc"}, ""},
		"twice":                    {"$INCLUDE uc.inc\n$INCLUDE uc.inc lab\n", map[string]string{"uc.inc": "XMPP"}, same, []string{"EP2021 contoso.edge.hcl"}, ""},
		"twice, the same place":    {"$INCLUDE uc.inc\n$INCLUDE ./uc.inc\n", map[string]string{"uc.inc": "XMPP"}, same, []string{"EP2021 contoso.edge.hcl"}, ""},
		"one file by two names":    {"$INCLUDE uc.inc\n$INCLUDE UC.inc lab\n", map[string]string{"uc.inc": "XMPP", "UC.inc": "XMPP"}, same, []string{"EP2021 contoso.edge.hcl"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			plans, got := included(t, tt.line, tt.files, tt.change)
			if !slices.Equal(got, tt.want) || (len(plans) == 1) != (tt.file != "") {
				t.Fatalf("%d plans, %q", len(plans), got)
			}
			if tt.file == "" {
				return
			}
			zone, want := plans[0].Zones[0], seed[0].Zones[0]
			for i, set := range zone.Records {
				if !slices.Equal(set.Old, want.Records[i].Old) || !slices.Equal(set.New, want.Records[i].New) || set.OldTTL != want.Records[i].OldTTL {
					t.Errorf("set %+v, want %+v", set, want.Records[i])
				}
			}
			for _, file := range zone.Included {
				if edited := strings.Contains(string(file.Text.Bytes()), "198.51.100.21"); edited != (file.File == tt.file) || edited != file.Changed() {
					t.Errorf("%s is\n%s", file.File, file.Text.Bytes())
				}
			}
			text, err := plan.Encode(plans[0])
			if err != nil {
				t.Fatal(err)
			}
			if again, err := procedure.Decode(text); err != nil || len(again.Zones[0].Included) != len(zone.Included) {
				t.Error(err)
			}
		})
	}
}

// TestIncludedPrepare: a preparation does not leave out a set that it cannot see.
func TestIncludedPrepare(t *testing.T) {
	prepare := strings.NewReplacer("failover \"edgepool1-to-edgepool2\" {\n  federation = \"xmpp\"\n  to         = edge_pool.EdgePool2\n", "prepare \"p\" {\n  ttl = 60\n")
	if plans, _ := included(t, "xmpp 300 A 203.0.113.11\n", nil, prepare); len(plans) != 1 || plans[0].Kind != plan.KindPrepare {
		t.Fatal("no preparation")
	}
	if plans, got := included(t, "$INCLUDE uc.inc\n", nil, prepare); len(plans) > 0 || len(got) != 1 {
		t.Errorf("%d plans, %q", len(plans), got)
	}
}

// TestUnreadAdvice: of a file that is not read there is one finding, at the place where the
// mistake is, which names each set that it could hold and a way out that fits the cause.
func TestUnreadAdvice(t *testing.T) {
	same := strings.NewReplacer()
	below := strings.NewReplacer(`"contoso.com.zone"`, `"zones/contoso.com.zone"`)
	mapped := func(path string) *strings.Replacer {
		return strings.NewReplacer(`  server = "ns1.contoso.net"`, "  server = \"ns1.contoso.net\"\n  includes = {\n    \"/etc/uc.inc\" = \""+path+"\"\n  }")
	}
	const sets = "xmpp.contoso.com A, xmpp.contoso.com AAAA, _xmpp-server._tcp.contoso.com SRV"
	toMap := func(path string) string { return "includes = { " + path + ` = "NAME" }.` }
	tests := map[string]struct {
		line   string
		files  map[string]string
		change *strings.Replacer
		code   string
		text   string   // of the line of the finding
		says   []string // in this order
	}{
		"missing":        {"$INCLUDE uc.inc\n", nil, same, "EP2033", "$INCLUDE uc.inc", []string{"there is no such file in the spec's folder", sets, `Put it there as "uc.inc"`, toMap(`"uc.inc"`)}},
		"on the server":  {"$INCLUDE /etc/uc.inc\n", nil, same, "EP2033", "$INCLUDE /etc/uc.inc", []string{"the path is that on the server", sets, "Copy the file into the spec's folder", toMap(`"/etc/uc.inc"`)}},
		"out":            {"$INCLUDE ../uc.inc\n", nil, same, "EP2033", "$INCLUDE ../uc.inc", []string{`the path has ".."`, sets, toMap(`"../uc.inc"`)}},
		"of Windows":     {"$INCLUDE dns\\uc.inc\n", nil, same, "EP2033", "$INCLUDE dns\\uc.inc", []string{"a backslash or a colon", sets, toMap(`"dns\\uc.inc"`)}},
		"both there":     {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP", "zones/uc.inc": "XMPP"}, below, "EP2033", "$INCLUDE uc.inc", []string{`"uc.inc" and "zones/uc.inc" are both there`, sets, "Remove the one that your server does not take."}},
		"a folder":       {"$INCLUDE a\n", map[string]string{"a/uc.inc": "XMPP"}, same, "EP2033", "$INCLUDE a", []string{"it is not a regular file", sets, "Put a file there that can be read."}},
		"value missing":  {"$INCLUDE /etc/uc.inc\n", nil, mapped("y.inc"), "EP1011", `    "/etc/uc.inc" = "y.inc"`, []string{`The file "y.inc", which is to be read for "/etc/uc.inc"`, "there is no such file", "Put it into the spec's folder"}},
		"value outside":  {"$INCLUDE /etc/uc.inc\n", nil, mapped("../m/y.inc"), "EP1012", `    "/etc/uc.inc" = "../m/y.inc"`, []string{`"../m/y.inc", which is to be read for "/etc/uc.inc", is not a path inside the spec's folder`, "Put that file into the folder"}},
		"value absolute": {"$INCLUDE /etc/uc.inc\n", nil, mapped("/etc/uc.inc"), "EP1012", `    "/etc/uc.inc" = "/etc/uc.inc"`, []string{"is not a path inside the spec's folder"}},
		"value a folder": {"$INCLUDE /etc/uc.inc\n", map[string]string{"a/uc.inc": "XMPP"}, mapped("a"), "EP1011", `    "/etc/uc.inc" = "a"`, []string{"it is not a regular file"}},
		"key not used":   {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP"}, mapped("uc.inc"), "EP1009", `    "/etc/uc.inc" = "uc.inc"`, []string{`names "/etc/uc.inc"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, got := includedFindings(t, tt.line, tt.files, tt.change)
			if len(got) != 1 || string(got[0].Code) != tt.code || strings.TrimRight(got[0].Snippet, " ") != tt.text {
				t.Fatalf("got %+v", got)
			}
			rest, found := got[0].Detail, true
			for _, want := range tt.says {
				if _, rest, found = strings.Cut(rest, want); !found {
					t.Fatalf("%q does not say %q", got[0].Detail, want)
				}
			}
			if strings.Contains(got[0].Detail, "includes =") != slices.ContainsFunc(tt.says, func(s string) bool { return strings.Contains(s, "includes =") }) {
				t.Errorf("advice that does not fit: %q", got[0].Detail)
			}
		})
	}
}

// TestIncludedTwiceExplained: what the finding about a file that is included twice says is in
// the text of its code too.
func TestIncludedTwiceExplained(t *testing.T) {
	_, got := includedFindings(t, "$INCLUDE uc.inc\n$INCLUDE uc.inc lab\n", map[string]string{"uc.inc": "XMPP"}, strings.NewReplacer())
	rule, known := diag.Lookup("EP2021")
	if len(got) != 1 || !known || got[0].Code != rule.Code {
		t.Fatalf("got %+v", got)
	}
	for _, text := range []string{got[0].Detail, rule.Means, rule.Why} {
		if !strings.Contains(text, "included more than once") {
			t.Errorf("%q does not say that a file is included more than once", text)
		}
	}
}
