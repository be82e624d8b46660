package compiler_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// included compiles the seed with its xmpp record replaced by a line, with more files and
// with a change of the spec.
func included(t *testing.T, line string, files map[string]string, change *strings.Replacer) ([]*compiler.Plan, []string) {
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
	var plans []*compiler.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	var out []string
	for _, f := range diag.Findings(diags, sources) {
		if f.Severity == "error" || f.Code == "EP3011" {
			out = append(out, string(f.Code)+" "+f.File)
		}
	}
	return plans, out
}

// TestIncluded: a record in a file of the spec's folder is seen wherever it is, and where it
// cannot be seen there is an error for each set of the plan, and no plan.
func TestIncluded(t *testing.T) {
	same := strings.NewReplacer()
	seed, _ := included(t, "xmpp\t300 IN A\t203.0.113.11\t; EdgePool1\n", nil, same)
	if len(seed) != 1 {
		t.Fatal("the seed has no plan")
	}
	below := strings.NewReplacer(`"contoso.com.zone"`, `"zones/contoso.com.zone"`)
	mapped := strings.NewReplacer(`  server = "ns1.contoso.net"`, "  server = \"ns1.contoso.net\"\n  includes = { \"/etc/uc.inc\" = \"uc.inc\" }")
	unread := func(file string) []string { return slices.Repeat([]string{"EP2033 " + file}, 3) } // A, AAAA, SRV
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
		"mapped, nowhere":          {"$INCLUDE /etc/uc.inc\n", nil, mapped, unread("contoso.com.zone"), ""},
		"mapped, not used":         {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP"}, mapped, []string{"EP1009 contoso.edge.hcl"}, ""},
		"cycle":                    {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP$INCLUDE contoso.com.zone\n"}, same, []string{"EP1013 uc.inc"}, ""},
		"byte order mark":          {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "\ufeffXMPP"}, same, []string{"EP1013 uc.inc"}, ""},
		"not a zone file":          {"$INCLUDE uc.inc\n", map[string]string{"uc.inc": "XMPP\na 300\n"}, same, []string{"EP1013 uc.inc"}, ""},
		"twice":                    {"$INCLUDE uc.inc\n$INCLUDE uc.inc lab\n", map[string]string{"uc.inc": "XMPP"}, same, []string{"EP2021 contoso.edge.hcl"}, ""},
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
			text, err := compiler.Encode(plans[0])
			if err != nil {
				t.Fatal(err)
			}
			if again, err := compiler.Decode(text); err != nil || len(again.Zones[0].Included) != len(zone.Included) {
				t.Error(err)
			}
		})
	}
}

// TestIncludedPrepare: a preparation does not leave out a set that it cannot see.
func TestIncludedPrepare(t *testing.T) {
	prepare := strings.NewReplacer("failover \"edgepool1-to-edgepool2\" {\n  federation = \"xmpp\"\n  to         = edge_pool.EdgePool2\n", "prepare \"p\" {\n  ttl = 60\n")
	if plans, _ := included(t, "xmpp 300 A 203.0.113.11\n", nil, prepare); len(plans) != 1 || plans[0].Kind != compiler.KindPrepare {
		t.Fatal("no preparation")
	}
	if plans, got := included(t, "$INCLUDE uc.inc\n", nil, prepare); len(plans) > 0 || len(got) != 3 {
		t.Errorf("%d plans, %q", len(plans), got)
	}
}
