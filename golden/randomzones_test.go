package golden

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// randomZone is a zone file with what name servers read alike, and, if it is not plain, no
// $TTL or the tokens of Windows DNS Server. All records of a set have one TTL.
func randomZone(rng *rand.Rand, plain bool) string {
	pick := func(from ...string) string { return from[rng.IntN(len(from))] }
	var b strings.Builder
	b.WriteString(pick("", "; a comment ( with \"\n", "$ORIGIN example.com.\n"))
	if plain {
		b.WriteString("$TTL " + pick("300", "1h", "1d2h") + "\n")
	}
	b.WriteString("@ IN SOA ns.example.com. " + pick("hm", "first\\.last") + ".example.com. " + pick("7 1200 300 86400 300\n", "(\n\t7 ; serial\n\t20m 5m 1d\n 300 ) ; end\n"))
	b.WriteString("@ 3600 IN NS ns.example.com.\nns.example.com. 3600 A 192.0.2.53\n$ORIGIN example.com.\n")
	last, n := "", 0
	for range rng.IntN(14) {
		owner := pick("a", "B.Example.Com.", "_xmpp-server._tcp", "c.d", "edge", "edge2.example.com.")
		typ := pick("A", "AAAA", "SRV", "TXT", "MX")
		if owner[0] == '_' {
			typ = pick("SRV", "TXT") // no name of a host
		}
		ttl := fmt.Sprint(60 * (1 + len(owner) + len(typ)))
		if plain && len(owner)%2 == 0 {
			ttl = ""
		}
		for range 1 + rng.IntN(3) {
			n++
			data := map[string]string{"A": fmt.Sprintf("192.0.2.%d", n), "AAAA": fmt.Sprintf("2001:DB8::%x", n), "TXT": fmt.Sprintf(`"semi;colon %d" b`, n),
				"SRV": fmt.Sprintf("%d 0 5269 edge", n), "MX": fmt.Sprintf("%d mail.example.net.", n)}[typ]
			if rng.IntN(6) == 0 && typ != "TXT" {
				data = "( ; open (\n\t" + strings.ReplaceAll(data, " ", "\n\t") + " )"
			}
			name := owner
			if name == last && rng.IntN(2) == 0 {
				name = ""
			}
			if !plain && rng.IntN(40) == 0 {
				ttl = "[AGE:36] " + ttl
			}
			fmt.Fprintf(&b, "%s%s%s %s%s\t%s%s\n", name, pick(" ", "\t", "    "), ttl, pick("", "IN "), typ, data, pick("", "", " ; note"))
			last = owner
		}
		b.WriteString(pick("", "", "\n", "; note\n"))
	}
	text := strings.ReplaceAll(b.String(), "\n", pick("\n", "\n", "\r\n"))
	if rng.IntN(4) == 0 {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

// randomPlan wants random sets of the types that plans have.
func randomPlan(rng *rand.Rand) []zonefile.Change {
	var out []zonefile.Change
	for _, typ := range []string{"A", "AAAA", "SRV"} {
		for _, owner := range []string{"a.example.com.", "b.example.com.", "_xmpp-server._tcp.example.com.", "c.d.example.com.", "edge.example.com.", "new.example.com."} {
			if rng.IntN(6) > 0 || typ != "SRV" && strings.HasPrefix(owner, "_") {
				continue
			}
			c := zonefile.Change{Owner: owner, Type: typ, TTL: []uint32{0, 0, 30, 900}[rng.IntN(4)]}
			for i := range rng.IntN(3) {
				c.Data = append(c.Data, map[string]string{"A": fmt.Sprintf("198.51.100.%d", 1+i), "AAAA": fmt.Sprintf("2001:db8:1::%d", 1+i), "SRV": fmt.Sprintf("%d 0 5269 edge.example.com.", 1000+i)}[typ])
			}
			if len(c.Data) > 0 && rng.IntN(2) == 0 { // some that may be there
				c.Data = append(c.Data, map[string]string{"A": "192.0.2.3", "AAAA": "2001:db8::3", "SRV": "3 0 5269 edge.example.com."}[typ])
			}
			out = append(out, c)
		}
	}
	return out
}

type randomCase struct {
	old, new string
	zone     *zonefile.Zone
	changes  []zonefile.Change
}

// edited is a random zone with a random plan.
func edited(t *testing.T, seed uint64) randomCase {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 53))
	c := randomCase{old: randomZone(rng, seed%4 > 0), changes: randomPlan(rng)}
	var err error
	if c.zone, err = zonefile.Read([]byte(c.old), "example.com.", nil); err != nil {
		t.Fatalf("%v in\n%s", err, c.old)
	}
	edits, err := c.zone.Edit(c.changes, 8)
	if err != nil {
		t.Fatalf("%+v of\n%s\n%v", c.changes, c.old, err)
	}
	var lines []hunk.Edit
	for _, e := range edits {
		lines = append(lines, hunk.Edit(e))
	}
	hunks, err := hunk.FromEdits([]byte(c.old), lines, 3)
	if err != nil {
		t.Fatal(err)
	}
	text, err := hunk.Apply([]byte(c.old), hunks)
	if err != nil {
		t.Fatal(err)
	}
	c.new = string(text)
	return c
}

// wanted is what a tool must find in the new zone that finds this in the old one: a set
// that the plan does not time keeps its TTL, and a new one takes that of the zone.
func (c randomCase) wanted(before []record) []record {
	out := slices.Clone(before)
	for _, change := range c.changes {
		ttl := c.zone.DefaultTTL
		out = slices.DeleteFunc(out, func(r record) bool {
			mine := r.owner == change.Owner && r.typ == change.Type
			if mine {
				ttl = r.ttl
			}
			return mine
		})
		if change.TTL != 0 {
			ttl = change.TTL
		}
		for _, data := range change.Data {
			out = append(out, record{change.Owner, change.Type, data, ttl})
		}
	}
	return out
}

// TestRandomZones has 300 random zones edited, and asks three tools what has changed.
func TestRandomZones(t *testing.T) {
	var cases []randomCase
	changed := 0
	for seed := range uint64(300) {
		cases = append(cases, edited(t, seed))
		changed += len(cases[seed].changes)
	}
	t.Logf("%d zones, %d sets to be changed", len(cases), changed)
	t.Run("named-compilezone", func(t *testing.T) {
		eachCase(t, cases, func(c randomCase) (taken bool, wrong string) {
			before, ok := compile(t, "example.com", []byte(c.old))
			after, same := compile(t, "example.com", []byte(c.new))
			if !ok || !same {
				return ok, "the new zone is refused"
			}
			want := c.wanted(without(before, "SOA"))
			if got := without(after, "SOA"); !sameRecords(got, want) {
				wrong = fmt.Sprintf("it lacks %v and has too much %v", only(want, got), only(got, want))
			}
			if serial, rest := serialOf(after); serial != 8 {
				wrong += fmt.Sprintf("serial %d %s", serial, rest)
			}
			return true, wrong
		})
	})
	t.Run("ldns-compare-zones", func(t *testing.T) {
		eachCase(t, cases, func(c randomCase) (taken bool, wrong string) {
			if _, _, ok := ldnsDiff(t, "example.com", []byte(c.old), []byte(c.old)); !ok {
				return false, ""
			}
			gone, come, ok := ldnsDiff(t, "example.com", []byte(c.old), []byte(c.new))
			if !ok {
				return true, "the new zone is refused"
			}
			var before []record
			for _, r := range c.zone.Records {
				if r.Type == "A" || r.Type == "AAAA" || r.Type == "SRV" {
					before = append(before, record{r.Owner, r.Type, r.Data, 0})
				}
			}
			want := noTTL(c.wanted(before))
			if g, n := only(before, want), only(want, before); !sameRecords(noTTL(gone), g) || !sameRecords(noTTL(come), n) {
				wrong = fmt.Sprintf("it sees go %v and come %v; planned %v and %v", gone, come, g, n)
			}
			return true, wrong
		})
	})
	t.Run("kzonecheck", func(t *testing.T) {
		eachCase(t, cases, func(c randomCase) (taken bool, wrong string) {
			if ok, _ := kzonecheck(t, "example.com", []byte(c.old)); !ok {
				return false, ""
			}
			if ok, says := kzonecheck(t, "example.com", []byte(c.new)); !ok {
				wrong = says
			}
			return true, wrong
		})
	})
}

// eachCase counts what a tool says. It may refuse only zones that are for Windows DNS
// Server: those have no $TTL.
func eachCase(t *testing.T, cases []randomCase, check func(randomCase) (taken bool, wrong string)) {
	t.Helper()
	refused, disagree := 0, 0
	for _, c := range cases {
		taken, wrong := check(c)
		switch {
		case !taken && c.zone.HasTTLDirective:
			t.Errorf("the tool refuses\n%s", c.old)
		case !taken:
			refused++
		case wrong != "":
			disagree++
			t.Errorf("%+v of\n%s\nto\n%s\n%s", c.changes, c.old, c.new, wrong)
		}
	}
	t.Logf("%d zones, %d of the Windows dialect refused by the tool, %d disagreements", len(cases), refused, disagree)
}
