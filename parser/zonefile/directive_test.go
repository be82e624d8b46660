package zonefile

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// generator is the first directive of a zone with this line.
func generator(t *testing.T, line string) Directive {
	t.Helper()
	z := mustRead(t, "$TTL 1h\n"+soa+line+"\n")
	if len(z.Directives) != 1 {
		t.Fatalf("%s: %+v", line, z.Directives)
	}
	return z.Directives[0]
}

func TestMakes(t *testing.T) {
	tests := []struct {
		line, owner, typ string
		want             bool
	}{
		{"$GENERATE 1-9 host$ A 192.0.2.$", "host9.example.com.", "A", true},
		{"$GENERATE 1-9 host$ A 192.0.2.$", "host10.example.com.", "A", false},
		{"$GENERATE 1-9 host$ A 192.0.2.$", "host9.example.com.", "TXT", false},
		{"$GENERATE 1-9 host$ A 192.0.2.$", "host9.sub.example.com.", "A", false},
		{"$GENERATE 1-9/2 host$ A 192.0.2.$", "host4.example.com.", "A", false},
		{"$GENERATE 1-9/2 host$ 300 IN a 192.0.2.$", "host5.example.com.", "A", true},
		{"$GENERATE 0-0 XMPP A 192.0.2.1", "xmpp.example.com.", "A", true},
		{"$GENERATE 0-0 xmpp.example.com. TYPE1 192.0.2.1", "xmpp.example.com.", "A", true},
		{"$GENERATE 0-0 @ A 192.0.2.$", "example.com.", "A", true},
		{"$GENERATE 0-9 edge${0,2} A 192.0.2.$", "edge07.example.com.", "A", true},
		{"$GENERATE 0-9 edge${0,2} A 192.0.2.$", "edge7.example.com.", "A", false},
		{"$GENERATE 0-9 edge${-3,2,d}x A 192.0.2.$", "edge06x.example.com.", "A", true},
		{"$GENERATE 10-20 h${0,0,x} A 192.0.2.$", "hf.example.com.", "A", true},
		{"$GENERATE 10-20 h${0,0,X} A 192.0.2.$", "hf.example.com.", "A", true},
		{"$GENERATE 1-9 a$b$ A 192.0.2.$", "a3b3.example.com.", "A", true},
		{"$GENERATE 1-9 a$b$ A 192.0.2.$", "a3b4.example.com.", "A", false},
		{`$GENERATE 1-9 a\$$ A 192.0.2.$`, `a\$3.example.com.`, "A", true},
		{`$GENERATE 1-9 a\$$ A 192.0.2.$`, "a33.example.com.", "A", false},
		{`$GENERATE 1-9 \097$ A 192.0.2.$`, "a3.example.com.", "A", true},
		{"$GENERATE 1-9 $.sub A 192.0.2.$", "3.sub.example.com.", "A", true},
		{"$GENERATE 0-9999999 h$x A 192.0.2.1", "h5x.example.com.", "A", true},
		{"$GENERATE 0-9999999 h$x A 192.0.2.1", "h9999999x.example.com.", "A", true},
		{"$GENERATE 0-9999999 h$x A 192.0.2.1", "h10000000x.example.com.", "A", false},
		{"$GENERATE 0-9999999 h$x A 192.0.2.1", "g5x.example.com.", "A", false},
		{"$GENERATE 0-9999999 h$x A 192.0.2.1", "h5y.example.com.", "A", false},
		{"$GENERATE 5-9 h${-7}x A 192.0.2.1", "h-2x.example.com.", "A", true},
		{"$GENERATE 1-99 h$1 A 192.0.2.1", "h21.example.com.", "A", true},
		{"$GENERATE 1-99 h$1 A 192.0.2.1", "h1.example.com.", "A", false},
		{"$GENERATE 9-1 h$ A 192.0.2.1", "h5.example.com.", "A", false},
		{"$GENERATE 9-1 h A 192.0.2.1", "h.example.com.", "A", false},
		// What is not worked out is taken to fit if the ends do.
		{"$GENERATE 0-9 h${0,4,n}x A 192.0.2.1", "h1.0.x.example.com.", "A", true},
		{"$GENERATE 0-9 h${0,4,n}x A 192.0.2.1", "h0.1.x.example.com.", "A", false},
		{"$GENERATE 171-171 h${0,0,N}x A 192.0.2.1", "hb.ax.example.com.", "A", true},
		{"$GENERATE all h$ A 192.0.2.1", "h0.example.com.", "A", true},
		{"$GENERATE 0-9 h${x} A 192.0.2.1", "h0.example.com.", "A", true},
		{"$GENERATE 0-9 h${ A 192.0.2.1", "h0.example.com.", "A", true},
		{"$GENERATE 0-9 h$$ A 192.0.2.1", "h0.example.com.", "A", true},
		{"$INCLUDE xmpp", "xmpp.example.com.", "A", false},
	}
	for _, tt := range tests {
		if got := generator(t, tt.line).Makes(tt.owner, tt.typ); got != tt.want {
			t.Errorf("%s makes %s %s: %v, want %v", tt.line, tt.owner, tt.typ, got, tt.want)
		}
	}
}

// TestMakesAsOthers: a directive makes the names that another reader gets out of it,
// and no other.
func TestMakesAsOthers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	for range 500 {
		start := rng.IntN(300)
		template := pick(rng, "h", "", "a.", "X-") + pick(rng, "$", "${0}", "${3,4}", "${-2,3,d}", "${16,2,x}", "${1,0,o}", "${20,0,X}") + pick(rng, "", "z", ".sub", ".sub.example.com.")
		line := fmt.Sprintf("$GENERATE %d-%d/%d %s A 192.0.2.1", start+2, start+2+rng.IntN(40), 1+rng.IntN(4), template)
		d := generator(t, line)
		made := make(map[string]bool)
		for _, record := range miekgRecords(t, "$TTL 1h\n"+line+"\n") {
			made[strings.Fields(record)[0]] = true
		}
		for owner := range made {
			if other := strings.Replace(owner, "1", "7", 1); !d.Makes(owner, "A") || !made[other] && d.Makes(other, "A") {
				t.Fatalf("%s: %s %v, %s %v", line, owner, d.Makes(owner, "A"), other, d.Makes(other, "A"))
			}
		}
	}
}

// TestMakers: of many lines those are found that make a name, and few others are asked.
func TestMakers(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 7))
	var text strings.Builder
	text.WriteString("$TTL 1h\n" + soa)
	for range 2000 {
		owner := pick(rng, "", "h", "H", "@", "a", `\097`, `h\$`, "h.a", "x-") + pick(rng, "", "$", "${0,2}", "${-1,0,x}", "$$") + pick(rng, "", "z", ".sub", ".sub.example.com.")
		fmt.Fprintf(&text, "$GENERATE %s %s %s 192.0.2.1\n", pick(rng, "1-9", "0-99/3", "all"), cmp.Or(owner, "b"),
			pick(rng, "A", "AAAA", "300 IN A", "TYPE1", "CNAME", "300", "5A"))
	}
	z := mustRead(t, text.String())
	total := 0
	for range 400 {
		owner := pick(rng, "", "h", "a", `h\$`, "h.a", "x-", "y") + pick(rng, "", "1", "05", "a", "$") + pick(rng, "", "z", ".sub") + ".example.com."
		types := []string{pick(rng, "A", "AAAA", "SRV"), pick(rng, "CNAME", "TXT")}
		var want []int
		for n, d := range z.Directives {
			if d.Makes(owner, types[0]) || d.Makes(owner, types[1]) {
				want = append(want, n)
			}
		}
		got, asked := z.Makers(owner, types...)
		if !slices.Equal(got, want) {
			t.Fatalf("%s %v: %v, want %v", owner, types, got, want)
		}
		total += len(want)
		if owner[0] == 'y' && asked > 2000*5/9 {
			t.Errorf("%s: %d lines were asked", owner, asked)
		}
	}
	if total == 0 {
		t.Error("no line makes a name")
	}
}

// TestEditKeepsDirectives: what directives make is not edited, and they stay verbatim.
func TestEditKeepsDirectives(t *testing.T) {
	text := "$TTL 1h\n" + soa + "$GENERATE 1-9 h$ A 192.0.2.$ ; hosts\nx A 192.0.2.99\n$INCLUDE  more.zone\tsub ; more\n"
	for owner, typ := range map[string]string{"h7.example.com.": "A"} {
		edits, err := mustRead(t, text).Edit([]Change{{owner, typ, 0, []string{"192.0.2.1"}}}, 8)
		if err == nil || edits != nil || !strings.Contains(err.Error(), "line 3: this $GENERATE makes A records of h7.example.com.") {
			t.Errorf("%s %s: %+v, %v", owner, typ, edits, err)
		}
	}
	edits, err := mustRead(t, text).Edit([]Change{{"x.example.com.", "A", 0, []string{"192.0.2.98"}}, {"h7.example.com.", "TXT", 0, []string{"x"}}}, 8)
	if err != nil {
		t.Fatal(err)
	}
	after := apply(t, text, edits)
	for _, line := range []string{"$GENERATE 1-9 h$ A 192.0.2.$ ; hosts\n", "$INCLUDE  more.zone\tsub ; more\n", "x A 192.0.2.98\n", "h7 3600 TXT x\n"} {
		if !strings.Contains(after, line) {
			t.Errorf("%q is not in\n%s", line, after)
		}
	}
}

// TestManyGenerated: lines that stand for more records than a server can hold are one
// error, at the line that is too much, and asking what lines make takes no longer for a
// long range.
func TestManyGenerated(t *testing.T) {
	for _, test := range []struct {
		line string
		n    int
		want string
	}{
		{"$GENERATE 0-65535 xmp$ A 192.0.2.1", 1000, "line 259, column 1: the $GENERATE lines up to here are 257 and stand for 16842752 records"},
		{"$GENERATE 1-1 xmp$ A 192.0.2.1", 10000, "line 4099, column 1: the $GENERATE lines up to here are 4097"},
		{"$GENERATE 0-2147483647 xmp$ A 192.0.2.1", 3, "line 3, column 1: the $GENERATE lines up to here are 1 and stand for 2147483648 records"},
		{"$GENERATE 0-65535 xmp$ A 192.0.2.1", 256, ""},
		{"$GENERATE 1-1 xmp$ A 192.0.2.1", 4096, ""},
	} {
		text := "$TTL 1h\n" + soa + strings.Repeat(test.line+"\n", test.n)
		z, err := inPartsToo(func() (*Zone, error) { return Read([]byte(text), "example.com", nil) })
		if test.want != "" {
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("%s: %v", test.line, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range z.Directives {
			if !d.Makes("xmp1.example.com.", "A") || d.Makes("xmp0x.example.com.", "A") {
				t.Fatalf("%s: %v", test.line, d)
			}
		}
	}
}
