package zonefile

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const includeHead = "@ SOA ns hm 7 1 2 3 300\n@ NS ns\nns A 192.0.2.53\n"

// includeRules are what goes into an included file and what comes out of it.
var includeRules = map[string]struct {
	files tree
	want  string // owner, TTL and data of the A records but that of ns
}{
	"owner goes in and comes back": {
		tree{"zone": "$TTL 60\n" + includeHead + "a A 192.0.2.1\n$INCLUDE i sub\n A 192.0.2.4\n", "i": " A 192.0.2.2\nb A 192.0.2.3\n"},
		"a.example.com. 60 192.0.2.1\na.example.com. 60 192.0.2.2\nb.sub.example.com. 60 192.0.2.3\na.example.com. 60 192.0.2.4",
	},
	"origin does not come out": {
		tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE i\na A 192.0.2.1\n", "i": "$ORIGIN sub\nb A 192.0.2.2\n"},
		"b.sub.example.com. 60 192.0.2.2\na.example.com. 60 192.0.2.1",
	},
	"origins are relative to that at the line": {
		tree{"zone": "$TTL 60\n" + includeHead + "$ORIGIN x\n$INCLUDE i y\na A 192.0.2.1\n", "i": "$INCLUDE j z\nb A 192.0.2.2\n", "j": "$ORIGIN w\nc A 192.0.2.3\n"},
		"c.w.z.y.x.example.com. 60 192.0.2.3\nb.y.x.example.com. 60 192.0.2.2\na.x.example.com. 60 192.0.2.1",
	},
	"$TTL comes out": {
		tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE i\na A 192.0.2.1\n", "i": "b A 192.0.2.2\n$TTL 90\n"},
		"b.example.com. 60 192.0.2.2\na.example.com. 90 192.0.2.1",
	},
	"the TTL stated last goes in and comes out": {
		tree{"zone": "@ 60 SOA ns hm 7 1 2 3 300\n@ NS ns\nns A 192.0.2.53\na 70 A 192.0.2.1\n$INCLUDE i\nc A 192.0.2.3\n", "i": "b A 192.0.2.2\nd 80 A 192.0.2.4\n"},
		"a.example.com. 70 192.0.2.1\nb.example.com. 70 192.0.2.2\nd.example.com. 80 192.0.2.4\nc.example.com. 80 192.0.2.3",
	},
	"SOA and $TTL in a file, no owner comes out": {
		tree{"zone": "$INCLUDE \"head\" ; comment\na A 192.0.2.1\n", "head": "$TTL 60\n" + includeHead},
		"a.example.com. 60 192.0.2.1",
	},
	"a file twice, with two origins": {
		tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE i x\n$INCLUDE i y\n", "i": "b A 192.0.2.2\n"},
		"b.x.example.com. 60 192.0.2.2\nb.y.example.com. 60 192.0.2.2",
	},
	"open last line, empty file, parentheses": {
		tree{"zone": "$TTL 60\n" + includeHead + "$include i ( ; comment\n sub )\n$INCLUDE none\nc A 192.0.2.3", "i": "b A 192.0.2.2", "none": ""},
		"b.sub.example.com. 60 192.0.2.2\nc.example.com. 60 192.0.2.3",
	},
	"CRLF in one and LF in the other": {
		tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE i\nc A 192.0.2.3\n", "i": "b A 192.0.2.2\r\n\tA 192.0.2.4\r\n"},
		"b.example.com. 60 192.0.2.2\nb.example.com. 60 192.0.2.4\nc.example.com. 60 192.0.2.3",
	},
	"a line within parentheses is none": {
		tree{"zone": "$TTL 60\n" + includeHead + "t TXT (\n$INCLUDE i\n)\nc A 192.0.2.3\n", "i": "b A 192.0.2.2\n"},
		"c.example.com. 60 192.0.2.3",
	},
}

// TestIncludeRules holds the reader against what is written here, and both against BIND.
func TestIncludeRules(t *testing.T) {
	for name, tt := range includeRules {
		t.Run(name, func(t *testing.T) {
			z, err := tt.files.read()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range z.Records {
				if r.Type == "A" && r.Owner != "ns.example.com." {
					got = append(got, fmt.Sprintf("%s %d %s", r.Owner, r.TTL, r.Data))
				}
			}
			if strings.Join(got, "\n") != tt.want || len(z.Directives) > 0 {
				t.Errorf("got\n%s\nand %v", strings.Join(got, "\n"), z.Directives)
			}
			if _, err := exec.LookPath("named-compilezone"); err != nil {
				return // TestSplitZonesNamed says so
			}
			var want []string
			for _, line := range tt.files.compiled(t) {
				if f := strings.Fields(line); f[3] == "a" && f[0] != "ns.example.com." {
					want = append(want, f[0]+" "+f[1]+" "+f[4])
				}
			}
			slices.Sort(got)
			if slices.Sort(want); !slices.Equal(got, want) {
				t.Errorf("BIND reads %q", want)
			}
		})
	}
}

// TestUnreadIncludes: an $INCLUDE line whose file is not read is reported, with the reason.
func TestUnreadIncludes(t *testing.T) {
	deep := tree{"zone": includeHead + "$INCLUDE 1\n"}
	for i := 1; i <= maxIncludeDepth+1; i++ {
		deep[fmt.Sprint(i)] = fmt.Sprintf("$INCLUDE %d\n", i+1)
	}
	tests := map[string]struct {
		files tree
		want  string
	}{
		"missing":  {tree{"zone": includeHead + "$INCLUDE i\n", "i": "\n$INCLUDE nowhere sub ; x\n"}, `[nowhere sub], i line 2: there is no such file`},
		"deep":     {deep, "[65], 64 line 1: it is the end of a chain of more than 64 $INCLUDE lines"},
		"repeated": {tree{"zone": includeHead + "$INCLUDE i\n$INCLUDE i\n$INCLUDE i\n$INCLUDE i\n", "i": strings.Repeat("\n", maxRepeated/2)}, "[i],  line 7: files that are included more than once repeat over 16777216 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			z, err := tt.files.read()
			if err != nil || len(z.Directives) == 0 {
				t.Fatal(z, err)
			}
			d := z.Directives[0]
			if got := fmt.Sprintf("%v, %s line %d: %s", d.Args, d.File, d.Line, d.Unread.Why); got != tt.want || len(z.Records) != 3 {
				t.Errorf("got %s; %d records", got, len(z.Records))
			}
		})
	}
}

// TestIncludeErrors: what no DNS server loads is an error at its place.
func TestIncludeErrors(t *testing.T) {
	tests := map[string]struct {
		files tree
		want  string
	}{
		"itself":         {tree{"zone": includeHead + "\n$INCLUDE zone\n"}, `line 5, column 1: this $INCLUDE leads back to "zone"`},
		"cycle":          {tree{"zone": includeHead + "$INCLUDE a\n", "a": "; x\n$INCLUDE b\n", "b": "$INCLUDE a\n"}, `b, line 1, column 1: this $INCLUDE leads back to "a"`},
		"bad record":     {tree{"zone": includeHead + "$INCLUDE a\n", "a": "; x\nb A 192.0.2.1\n\nc 1 &\n"}, `a, line 4, column 5: "&" is not a record type`},
		"bad data":       {tree{"zone": includeHead + "$INCLUDE a\n", "a": "; x\nb A 192.0.2.256\n"}, `a, line 2, column 5: "192.0.2.256" is not an IPv4 address`},
		"open":           {tree{"zone": includeHead + "$INCLUDE a\n)\n", "a": "b TXT (\n"}, "a, line 1, column 7: the parenthesis is not closed"},
		"behind":         {tree{"zone": includeHead + "$INCLUDE a\nb &\n", "a": "; x\n; y\n"}, `line 5, column 3: "&" is not a record type`},
		"UTF-16":         {tree{"zone": includeHead + "$INCLUDE a\n", "a": "\xff\xfea\x00"}, "a, line 1, column 1: the file is UTF-16"},
		"NUL":            {tree{"zone": includeHead + "$INCLUDE a\n", "a": "b 1 TXT x\nc\x00"}, "a, line 2, column 2: there is a NUL byte"},
		"NUL in zone":    {tree{"zone": includeHead + "$INCLUDE a\n\x00", "a": "b 1 TXT x\n"}, "line 5, column 1: there is a NUL byte"},
		"bad origin":     {tree{"zone": includeHead + "$INCLUDE a b..c\n", "a": ""}, `line 4, column 12: the name "b..c" has an empty label`},
		"third argument": {tree{"zone": includeHead + "$INCLUDE a b c\n", "a": ""}, "line 4, column 14: $INCLUDE takes a file name and an origin"},
		"many":           {tree{"zone": includeHead + strings.Repeat("$INCLUDE nowhere\n", maxIncludes+1)}, "line 10004, column 1: there are more than 10000 $INCLUDE lines to follow"},
		"bomb":           {tree{"zone": includeHead + "$INCLUDE a\n", "a": strings.Repeat("$INCLUDE b\n", 30), "b": strings.Repeat("$INCLUDE c\n", 30), "c": strings.Repeat("$INCLUDE d\n", 30), "d": ""}, "a, line 12, column 1: there are more than 10000 $INCLUDE lines to follow"},
		"no owner":       {tree{"zone": "$INCLUDE a\n A 192.0.2.1\n", "a": includeHead}, "line 2, column 2: the first record has no owner name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := tt.files.read(); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestIncludeEdits: a change goes to the file that holds the record.
func TestIncludeEdits(t *testing.T) {
	host := []Change{{"x.example.com.", "A", 0, []string{"198.51.100.1", "198.51.100.2"}}}
	tests := map[string]struct {
		files   tree
		changes []Change
		want    tree   // of the files that change
		err     string // part of it
	}{
		"records in one file, serial in another": {
			tree{"zone": "$TTL 60\n$INCLUDE soa\n$INCLUDE recs\n", "soa": includeHead, "recs": "; note\nx\tA\t192.0.2.1 ; here\n"}, host,
			tree{"soa": strings.Replace(includeHead, " 7 ", " 8 ", 1), "recs": "; note\nx\tA\t198.51.100.1 ; here\nx\t60\tA\t198.51.100.2\n"}, "",
		},
		"new records at the open end of a file with CRLF": {
			tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE recs\n A 192.0.2.9\n", "recs": "y A 192.0.2.1\r\nx A 198.51.100.2"}, host,
			tree{"zone": "$TTL 60\n" + strings.Replace(includeHead, " 7 ", " 8 ", 1) + "$INCLUDE recs\n A 192.0.2.9\n", "recs": "y A 192.0.2.1\r\nx A 198.51.100.2\r\nx 60 A 198.51.100.1\r\n"}, "",
		},
		"new set at the end of the zone's own file": {
			tree{"zone": "$TTL 60\n@ SOA ns hm 7 1 2 3 300\n@ NS ns.\n$INCLUDE recs", "recs": "y TXT x\r\n"}, host,
			tree{"zone": "$TTL 60\n@ SOA ns hm 8 1 2 3 300\n@ NS ns.\n$INCLUDE recs\nx 60 A 198.51.100.1\nx 60 A 198.51.100.2\n"}, "",
		},
		"an owner that goes is stated in the file and behind it": {
			tree{"zone": "$TTL 60\n" + includeHead + "x A 192.0.2.1\n$INCLUDE recs\n TXT b\n", "recs": " TXT a\n"}, []Change{{"x.example.com.", "A", 0, nil}},
			tree{"zone": "$TTL 60\n" + strings.Replace(includeHead, " 7 ", " 8 ", 1) + "$INCLUDE recs\nx TXT b\n", "recs": "x TXT a\n"}, "",
		},
		"a TTL that goes is stated behind the file": {
			tree{"zone": "@ 60 SOA ns hm 7 1 2 3 300\n@ NS ns\nns A 192.0.2.53\n$INCLUDE recs\ny A 192.0.2.2\n", "recs": "x 90 A 192.0.2.1\n"}, []Change{{"x.example.com.", "A", 0, nil}},
			tree{"zone": "@ 60 SOA ns hm 8 1 2 3 300\n@ NS ns\nns A 192.0.2.53\n$INCLUDE recs\ny 90 A 192.0.2.2\n", "recs": ""}, "",
		},
		"a file with other changes twice": {
			tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE recs\n$INCLUDE recs b\n", "recs": "x A 192.0.2.1\n"}, host, nil,
			`"recs" is included more than once`,
		},
		"a file twice, changes elsewhere": {
			tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE recs a\n$INCLUDE recs b\nx A 198.51.100.1\n", "recs": "x A 192.0.2.1\n"}, host,
			tree{"zone": "$TTL 60\n" + strings.Replace(includeHead, " 7 ", " 8 ", 1) + "$INCLUDE recs a\n$INCLUDE recs b\nx A 198.51.100.1\nx 60 A 198.51.100.2\n"}, "",
		},
		"$GENERATE in a file": {
			tree{"zone": "$TTL 60\n" + includeHead + "$INCLUDE recs\n", "recs": "\n$GENERATE 1-2 x${0,0,d} A 192.0.2.$\n"}, []Change{{"x1.example.com.", "A", 0, []string{"192.0.2.9"}}}, nil,
			"line 2 of recs: this $GENERATE makes A records of x1.example.com.",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			after, err := tt.files.edit(t, tt.changes, 8)
			if err != nil || tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || tt.err == "" {
					t.Errorf("got %v", err)
				}
				return
			}
			for _, file := range differing(tt.files, after) {
				if want, ok := tt.want[file]; !ok || after[file] != want {
					t.Errorf("%s is\n%q\nwant\n%q", file, after[file], want)
				}
			}
			for file := range tt.want {
				if after[file] == tt.files[file] {
					t.Errorf("%s does not change", file)
				}
			}
		})
	}
}

// twiceIncluded are zones that include the file i twice.
var twiceIncluded = []string{
	"$TTL 60\n" + includeHead + "$INCLUDE i\n$INCLUDE i\n",
	"$TTL 60\n" + includeHead + "$INCLUDE i\n$INCLUDE ./i\n",
	"$TTL 60\n" + includeHead + "$INCLUDE i\ny TXT y\n$INCLUDE i example.com.\nz TXT z\n",
	"$TTL 60\n" + includeHead + "$INCLUDE j\n$INCLUDE i\n",
}

// TestTwiceIncluded: an edit of a file that is included twice is refused, on whatever line
// of it the record is, and before anything is made of the edits or checks them.
func TestTwiceIncluded(t *testing.T) {
	records := []string{"x\t300 IN A\t192.0.2.1\n", "x 300 IN A 192.0.2.2\n", "y 300 IN A 192.0.2.3\n"}
	for _, zone := range twiceIncluded {
		for i := range records {
			for _, data := range [][]string{nil, {"192.0.2.1"}, {"198.51.100.1"}, {"192.0.2.1", "198.51.100.1", "198.51.100.2"}} {
				files := tree{treeMain: zone, "i": strings.Join(records[i:], ""), "j": "; other\n$INCLUDE i\n"}
				change := []Change{{records[i][:1] + ".example.com.", "A", 0, data}}
				const want = `"i" is included more than once, so the change would be made at each of these places`
				if _, err := files.edit(t, change, 8); err == nil || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("%q in\n%s\ngives %v", data, files, err)
				}
				z, err := files.read()
				if err != nil {
					t.Fatal(err)
				}
				if p, splices, err := z.plan(change, 8); err == nil {
					_ = p.verify(splices) // without panic, whoever calls it
				}
			}
		}
	}
}

// TestIncludeLimits: docs/language.md has the limits of this package.
func TestIncludeLimits(t *testing.T) {
	text, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(string(text)), " ")
	want := fmt.Sprintf("beyond %d levels of files and %d MiB of text that is there more than once. More than %d,%03d such lines", maxIncludeDepth, maxRepeated>>20, maxIncludes/1000, maxIncludes%1000)
	if !strings.Contains(page, want) {
		t.Errorf("docs/language.md does not say %q", want)
	}
}
