package zonefile

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// inPartsToo reads a text from one end to the other and in parts, and panics where that finds anything else. It
// returns what the parts found.
func inPartsToo(read func() (*Zone, error)) (*Zone, error) {
	z, _, err := countParts(read, 3)
	return z, err
}

// countParts is that for several numbers of parts, and also counts how often they could be joined.
func countParts(read func() (*Zone, error), parts ...int) (z *Zone, joined int, err error) {
	defer func(before func(int) int) { partsOf = before }(partsOf)
	var whole *Zone
	for _, n := range append([]int{1}, parts...) {
		partsOf = func(int) int { return n }
		if z, err = read(); n == 1 {
			whole = z
			defer func(before string) {
				if after := fmt.Sprint(err); after != before {
					panic(fmt.Sprintf("from end to end: %s; in parts: %s", before, after))
				}
			}(fmt.Sprint(err))
			continue
		}
		if (z == nil) != (whole == nil) || z != nil && !reflect.DeepEqual(z.found(), whole.found()) {
			panic(fmt.Sprintf("%d parts find otherwise than one:\n%s", n, firstDifference(z, whole)))
		}
		// each part begins a block
		if z != nil && len(z.index.marks) > len(whole.index.marks) {
			joined++
		}
	}
	return z, joined, err
}

// firstDifference names a field, and what two zones have there.
func firstDifference(a, b *Zone) string {
	if a == nil || b == nil {
		return fmt.Sprintf("%v and %v", a != nil, b != nil)
	}
	x, y := reflect.ValueOf(a.found()), reflect.ValueOf(b.found())
	for i := range x.NumField() {
		if left, right := fmt.Sprintf("%+v", x.Field(i)), fmt.Sprintf("%+v", y.Field(i)); left != right {
			at := 0
			for at < min(len(left), len(right)) && left[at] == right[at] {
				at++
			}
			return fmt.Sprintf("%s: ...%.300s\n%.300s", x.Type().Field(i).Name, left[max(0, at-100):], right[max(0, at-100):])
		}
	}
	return "below a pointer"
}

// found is a zone without what says how it was read.
func (z *Zone) found() Zone {
	out := *z
	out.src, out.source, out.types, out.index = nil, nil, nil, nil
	out.generated, out.Directives = generated{}, slices.Clone(z.Directives)
	for i := range out.Directives {
		out.Directives[i].origin, out.Directives[i].template = nil, nil
	}
	return out
}

// partsText is a zone of many owners, with rows of one owner, parentheses, and directives in it now and then.
func partsText(rng *rand.Rand) string {
	var b strings.Builder
	b.WriteString("$TTL 300\n@ IN SOA ns hostmaster 1 900 600 86400 3600\n\tNS ns\nns\tA 192.0.2.53\n")
	for i := range 40 + rng.IntN(200) {
		kind := rng.IntN(40)
		if kind < 3 && rng.IntN(8) > 0 {
			kind = -1 // what makes an end of the parts has to be rare
		}
		switch kind {
		case 0:
			b.WriteString([]string{"h (\n$TTL 5\n TXT x )\n", "h1 A 192.0.2\n", "\tODD1 x\n"}[rng.IntN(3)])
		case 14:
			fmt.Fprintf(&b, "$TTL %d\n", rng.IntN(3000))
		case 1:
			fmt.Fprintf(&b, "$ORIGIN sub%d.example.com.\n", rng.IntN(3))
		case 2:
			b.WriteString("$ORIGIN example.com.\n")
		case 3:
			b.WriteString("$ORIGIN below\n")
		case 5:
			fmt.Fprintf(&b, "a%d ( ; a comment\nb A\n192.0.2.1 )\n", i)
		case 6:
			fmt.Fprintf(&b, "h%d CNAME h%d\n", rng.IntN(20), rng.IntN(20))
		case 7:
			fmt.Fprintf(&b, "@ NS ns%d\n", rng.IntN(9))
		case 8:
			fmt.Fprintf(&b, "@ CDS %d 8 2 00\n", rng.IntN(9))
		case 9:
			fmt.Fprintf(&b, "@ %s 256 3 8 AAAA\n", []string{"DNSKEY", "CDNSKEY"}[rng.IntN(2)])
		case 10:
			fmt.Fprintf(&b, "h%d 1h30m A 192.0.2.%d\n", rng.IntN(20), rng.IntN(20))
		case 11:
			fmt.Fprintf(&b, "H%d A 192.0.2.%d\nh%[1]d A 192.0.3.%d\n", rng.IntN(20), rng.IntN(20))
		case 13:
			fmt.Fprintf(&b, "h%d.example.net. A 192.0.2.1\n", rng.IntN(20))
		default:
			for range 1 + rng.IntN(4) {
				fmt.Fprintf(&b, "h%d%s A 192.0.2.%d\n", i, []string{"", " 600"}[rng.IntN(2)], rng.IntN(250))
			}
		}
	}
	return b.String()
}

// TestParts: how many parts a text is read in decides nothing, whatever stands where they meet.
func TestParts(t *testing.T) {
	joined, all := 0, 0
	check := func(text string, inspect bool, keep func() Keeper) {
		all += 3
		_, n, _ := countParts(func() (*Zone, error) {
			src := Gather(File{Text: []byte(text)}, nowhere)
			if inspect {
				return src.Inspect("example.com", keep)
			}
			return src.Read("example.com", keep)
		}, 2, 3, 8)
		joined += n
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range rounds(1500) {
		text := partsText(rng)
		if rng.IntN(2) == 0 { // no $TTL: the first record of a part may take the TTL of the one before
			text = strings.TrimPrefix(text, "$TTL 300\n")
		}
		if rng.IntN(4) == 0 {
			text = strings.Replace(text, "IN SOA", "100 IN SOA", 1)
		}
		check(text, rng.IntN(2) == 0, []func() Keeper{nil, func() Keeper {
			return func(_ []byte, typ string) Wish {
				return map[string]Wish{"A": Few, "NS": Keep, "CNAME": FewOther}[typ]
			}
		}}[rng.IntN(2)])
	}
	// Fewer would mean that the parts are hardly tried here.
	if joined < all/3 {
		t.Errorf("%d of %d texts were read in parts", joined, all)
	}
	t.Logf("%d of %d texts were read in parts", joined, all)
}

// sameEdits wants the same edits, or the same refusal, of a zone however it was read.
func sameEdits(t *testing.T, text string, changes []Change, parts ...int) {
	t.Helper()
	edits := func(n int) string {
		defer func(before func(int) int) { partsOf = before }(partsOf)
		partsOf = func(int) int { return n }
		z, err := Gather(File{Text: []byte(text)}, nowhere).Inspect("example.com", nil)
		if err != nil {
			return err.Error()
		}
		serial, _ := z.Serial()
		out, err := z.Edit(changes, serial+1)
		return fmt.Sprintf("%+v %v", out, err)
	}
	whole := edits(1)
	for _, n := range parts {
		if got := edits(n); got != whole {
			t.Fatalf("%d parts: %.500s\nfrom end to end: %.500s\n%q", n, got, whole, text)
		}
	}
}

// TestPartsEdits: edits of a zone do not depend on how it was read, wherever blocks of its index and parts end.
func TestPartsEdits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range rounds(2000) {
		text := partsText(rng)
		if rng.IntN(4) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		var changes []Change
		for _, i := range rng.Perm(20)[:1+rng.IntN(4)] {
			changes = append(changes, Change{fmt.Sprintf("h%d.example.com.", i), "A", 300, []string{"192.0.2.9"}})
		}
		sameEdits(t, text, changes, 2, 3, 7)
	}
	row := func(name string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s%03d A 192.0.2.1\n", name, i)
		}
		return b.String()
	}
	const soa = "@ SOA ns hostmaster 1 900 600 86400 3600\n"
	for k := 118; k < 132; k++ {
		for tail := 100; tail < 140; tail += 3 {
			// The part may end where a block does, and the next one begin with what every edit looks for.
			sameEdits(t, "$TTL 5400\n"+soa+"@ NS ns.example.net.\n"+row("a", k)+soa+row("b", tail), []Change{{"a005.example.com.", "A", 300, []string{"192.0.2.9"}}}, 2)
		}
	}
	for k := 100; k < 300; k += 3 {
		// The alias ends one part or begins the next.
		text := corpusHead + row("a", k) + "w CNAME x\n" + row("b", 128) + "w A 192.0.2.7\n" + row("c", 60)
		if z, err := inPartsToo(func() (*Zone, error) { return Gather(File{Text: []byte(text)}, nowhere).Inspect("example.com", nil) }); err != nil || z.DefectCount != 1 {
			t.Fatalf("%d: %v, %+v", k, err, z.Defects)
		}
	}
}

// TestPartsTogether: sets, limits and weights count over all parts.
func TestPartsTogether(t *testing.T) {
	row := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+"\n", i)
		}
		return b.String()
	}
	other := row("x%d A 192.0.2.1", 90)
	for name, text := range map[string]string{
		"set in two places":       row("w A 10.0.0.%d", 60) + other + row("w A 10.0.1.%d", 60),
		"set over the middle":     row("w A 10.0.0.%d", 400),
		"types in two places":     row("w TYPE7%03d \\# 0", 60) + other + row("w TYPE8%03d \\# 0", 60),
		"alias in two places":     "w CNAME x1\n" + other + "w A 192.0.2.1\n",
		"aliases in two places":   "w CNAME x1\n" + other + "w CNAME x2\n",
		"DNAME in two places":     "w DNAME x1\n" + other + "w DNAME x2\n",
		"name server at the end":  other + "@ NS last\nlast A 192.0.2.1\n",
		"name server without one": "@ NS last\n" + other,
		"delegation above it":     "@ NS a.last\n" + other + "last NS ns.example.net.\n",
		"wildcard for it":         "@ NS last\n" + other + "* A 192.0.2.1\n",
		"many name servers":       row("@ NS n%d", 60) + other + row("@ NS m%d", 60),
		"many CDS":                row("@ CDS %d 8 2 00", 60) + other + row("@ CDS %d 9 2 00", 60),
		"keys in two places":      "@ DNSKEY 256 3 8 AAAA\n" + other + "@ CDS 1 8 2 00\n",
		"second SOA":              other + "@ SOA ns hostmaster 2 900 600 86400 3600\n",
		"many defects":            row("y%d A x", 99) + other + row("z%d A x", 99),
		"signatures at the end":   other + "w RRSIG A 8 2 300 20300101000000 20200101000000 1 example.com. AAAA\n",
		"Windows at the end":      other + "w [AGE:1] A 192.0.2.1\n",
		"mistake at the end":      other + "w A \"\n",
		"mistake at the head":     "w A \"\n" + other,
		"$TTL in parentheses":     "t TXT (\n$TTL 5m0s\n)\n" + other,
		"no line end":             other + "w A 192.0.2.1",
		"directive, no line end":  other + "$TTL 5",
	} {
		t.Run(name, func(t *testing.T) {
			_, joined, err := countParts(func() (*Zone, error) {
				return Gather(File{Text: []byte(corpusHead + text)}, nowhere).Inspect("example.com", nil)
			}, 2, 3, 8)
			if joined == 0 && err == nil && name != "set over the middle" && name != "many CDS" && name != "$TTL in parentheses" {
				t.Error("it was never read in parts")
			}
		})
	}
}
