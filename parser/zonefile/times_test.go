package zonefile

import (
	"slices"
	"strings"
	"testing"
)

// TestTimes: what PowerDNS 4.7.3 serves was measured with these very texts.
func TestTimes(t *testing.T) {
	const rest = "a A 192.0.2.1\n"
	tests := map[string]struct {
		text string
		want Times
	}{
		"$TTL":                {"$TTL 1h30m\n" + soa + rest, Times{Directive: Sum{"1h30m", 5400, 60, 1, ""}}},
		"$TTL in weeks":       {"$TTL 1w2d\n" + soa + rest, Times{Directive: Sum{"1w2d", 777600, 86400, 1, ""}}},
		"one unit":            {"$TTL 90M\n" + soa + rest, Times{}},
		"no record takes it":  {"$TTL 1h30m\n@ 300 SOA ns h 7 1 2 3 4\na 300 A 192.0.2.1\n", Times{}},
		"a later $TTL":        {"$TTL 1h30m\n$TTL 300\n" + soa + rest + "$TTL 2h1s\n" + rest, Times{Directive: Sum{"2h1s", 7201, 2, 5, ""}}},
		"SOA":                 {"$TTL 300\n@ SOA ns h (\n7 1h30m 2 3 4 )\n" + rest, Times{SOA: Sum{"1h30m", 5400, 60, 2, ""}}},
		"record":              {"$TTL 300\n" + soa + "a 1h30m A 192.0.2.1\n", Times{Record: Sum{"1h30m", 5400, 60, 3, ""}}},
		"no $TTL, minimum":    {soa + "a 300 A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n", Times{NoTTL: 3, NoTTLSource: TTLSOAMinimum}},
		"no $TTL, previous":   {"@ 60 SOA ns h 7 1 2 3 4\n" + rest, Times{NoTTL: 2, NoTTLSource: TTLPrevious}},
		"no $TTL, all stated": {soa + "a 300 A 192.0.2.1\n", Times{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, tt.text).Times
			if got.current = (Sum{}); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestOtherClass: a zone has one class.
func TestOtherClass(t *testing.T) {
	for _, class := range []string{"CH", "hs", "CS", "CLASS3", "class65280"} {
		_, err := Read([]byte("$TTL 300\n"+soa+"a IN A 192.0.2.1\nb 300 "+class+" A 192.0.2.1\n"), "example.com", nil)
		if err == nil || !strings.HasPrefix(err.Error(), "line 4, column 7: a record of class "+strings.ToUpper(class)) {
			t.Errorf("%s: %v", class, err)
		}
	}
	z := mustRead(t, "$TTL 300\n"+soa+"a CLASS1 A 192.0.2.1 ; one\nb A ( 192.0.2.2 ; two\n)\n")
	if got := []string{z.Records[1].Comment, z.Records[2].Comment}; !slices.Equal(got, []string{"; one", "; two"}) {
		t.Errorf("comments %q", got)
	}
}
