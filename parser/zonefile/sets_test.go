package zonefile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/parser/internal/cputime"
)

// TestCorpusSets: a set whose records are in many places, some of them equal or of $GENERATE lines, is
// taken or refused as named and named-checkzone do it. The first has limits for the records of a set
// and the types of a name, both have one for octets.
func TestCorpusSets(t *testing.T) {
	if !needCheckzone(t) {
		t.Skip("SKIPPED: named-checkzone is not installed")
	}
	named, dir := namedProgram(t), t.TempDir()
	count, seed := 60, uint64(1)
	if os.Getenv("EDGEPLAN_ZONES") == "all" {
		count, seed = 400, rand.Uint64()
	}
	rng := rand.New(rand.NewPCG(seed, 12))
	var zones []string
	var loads []bool
	files := map[string]string{"same": rows("w A 10.0.0.%d", 1, 50)}
	for _, z := range setZones() {
		zones, loads = append(zones, corpusHead+z.text), append(loads, z.loads)
	}
	for i := range count {
		g := setGenerator{rng: rng, files: files, zone: i}
		zones = append(zones, g.make())
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	refused, many := 0, 0
	for i, loaded := range namedLoads(t, named, dir, zones) {
		why, ok := "", true
		z, err := Gather(File{Text: []byte(zones[i])}, func(name string) (File, error) {
			return File{Name: name, Text: []byte(files[name])}, nil
		}).Inspect("example.com", nil)
		octets := true // a limit of named-checkzone as well
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range z.Defects {
			why, ok = fmt.Sprintf("%+v", z.Defects), false
			octets = octets && d.Setting != ""
		}
		if i < len(loads) && loaded != loads[i] {
			t.Errorf("%s: named loads it: %v", setZones()[i].name, loaded)
		}
		if !ok {
			refused++
		}
		if !ok && octets {
			many++
		}
		says, takes := checkzone(t, dir, "example.com", zones[i])
		if ok != loaded || ok && !takes || !octets && takes {
			file := filepath.Join(os.TempDir(), fmt.Sprintf("set%d-%d", seed, i))
			_ = os.WriteFile(file, []byte(zones[i]), 0o666)
			t.Errorf("%s: named loads it: %v, named-checkzone takes it: %v, %.300s\nedgeplan: %v, %.600s", file, loaded, takes, says, ok, why)
		}
	}
	t.Logf("%d zones, %d of them refused, %d by number, seed %d", len(zones), refused, many, seed)
}

// rows are lines with numbers.
func rows(line string, first, last int) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, line+"\n", n)
	}
	return b.String()
}

type setZone struct {
	name, text string
	loads      bool
}

// setZones are zones with sets at the limits.
func setZones() []setZone {
	a, other := func(first, last int) string { return rows("w A 10.0.0.%d", first, last) }, "u A 10.0.0.1\n"
	long := " " + strings.Repeat(strings.Repeat("a", 255)+" ", 4)
	half := " " + strings.Repeat(strings.Repeat("a", 255)+" ", 2)
	ns := rows("w NS g%d", 1, 40)
	return []setZone{
		{"100", a(1, 100), true},
		{"101", a(1, 101), false},
		{"100 and an equal one", a(1, 100) + a(7, 7), false},
		{"100 and an equal one in another place", a(1, 100) + other + a(7, 7), false},
		{"99 and an equal one in another place", a(1, 99) + other + a(7, 7), true},
		{"60 twice in two places", a(1, 60) + other + a(1, 60), false},
		{"50 in three places", a(1, 50) + other + a(1, 50) + other + a(1, 50), true},
		{"50 in three spellings of the name", a(1, 50) + strings.ReplaceAll(a(1, 50), "w", "W") + a(1, 50), true},
		{"50 in two spellings of the origin", a(1, 50) + "$ORIGIN Example.com.\n" + a(1, 60), false},
		{"120, of which 60 are equal, in two spellings of the origin", a(1, 50) + a(1, 1) + "$ORIGIN Example.com.\n" + a(1, 50), true},
		{"equal ones in other words", rows("w MX 01 NS%[1]d.Example.com.\nw MX 1 ns%[1]d", 1, 50) + other + rows("w MX 1 ns%d", 51, 100), true},
		{"equal ones in other words, and one more", rows("w MX 01 NS%[1]d.Example.com.\nw MX 1 ns%[1]d", 1, 50) + other + rows("w MX 1 ns%d", 51, 101), false},
		{"two types in turn", rows("w A 10.0.0.%[1]d\nw AAAA 2001:db8::%[1]x", 1, 100), true},
		{"two types in turn, and one more", rows("w A 10.0.0.%[1]d\nw AAAA 2001:db8::%[1]x", 1, 101), false},
		{"one record 101 times", strings.Repeat("w A 10.0.0.1\n", 101), false},
		{"one record 101 times, others between", strings.Repeat("w A 10.0.0.1\n"+other, 101), true},
		{"101 records apart", rows("w A 10.0.0.%d\n"+other, 1, 101), false},
		{"an equal one by $GENERATE", a(1, 100) + "$GENERATE 7-7 w A 10.0.0.$\n", false},
		{"an equal one by $GENERATE, and another name", a(1, 100) + other + "$GENERATE 7-7 w A 10.0.0.$\n", false},
		{"$GENERATE before the row that it is in", a(1, 50) + "$GENERATE 1-50 w A 10.0.0.$\n" + a(1, 50), true},
		{"a larger $GENERATE before it", a(1, 50) + "$GENERATE 1-51 w A 10.0.0.$\n" + a(1, 50), false},
		{"$GENERATE twice", "$GENERATE 1-99 w A 10.0.0.$\n$GENERATE 1-99 w A 10.0.0.$\n", true},
		{"$GENERATE of 100 twice", "$GENERATE 1-100 w A 10.0.0.$\n$GENERATE 1-1 w A 10.0.0.$\n", false},
		{"glue between equal ones", ns + "g1 A 10.0.0.1\n" + ns + "G1 A 10.0.0.1\n" + ns, false},
		{"glue with equal ones", ns + strings.Repeat("g1 A 10.0.0.1\n"+ns, 1) + "g1 TXT x\n" + rows("w A 10.0.0.%d", 1, 100), true},
		{"another name between equal ones", ns + "g41 A 10.0.0.1\n" + ns + "g41 A 10.0.0.1\n" + ns, true},
		{"glue that inherits its name", ns + "g1 A 10.0.0.1\n" + rows(" A 10.0.0.%d", 1, 100), false},
		{"glue over blocks", ns + "g1 TXT x\n" + rows(" A 10.0.0.%d", 1, 50) + rows(" TXT x%d", 1, 99) + rows(" AAAA 2001:db8::%d", 1, 99) + ns + ns, false},
		{"glue of other names over blocks", ns + strings.Repeat(rows("g%d A 10.0.0.1", 1, 40), 10) + ns + ns, false},
		{"glue that would fill the buffer", "w NS g1\n" + strings.Repeat("w TXT"+half+"\n", 60) + strings.Repeat("g1 TXT"+half+"\n", 60) +
			strings.Repeat("w TXT"+half+"\n", 50), false},
		{"the same in an included file", a(1, 50) + a(1, 1) + "$INCLUDE same\n" + a(1, 50), true},
		{"the same without it", a(1, 50) + a(1, 51), false},
		{"110 equal long ones, as a buffer is full between them", strings.Repeat("w TXT"+long+"\n", 110), true},
		{"as many short ones", strings.Repeat("w TXT x\n", 110), false},
		{"100 types", rows("w TYPE%d \\# 1 00", 65280, 65379), true},
		{"101 types", rows("w TYPE%d \\# 1 00", 65280, 65380), false},
		{"101 types apart", rows("w TYPE%d \\# 1 00\n"+other, 65280, 65380), false},
		{"101 types, of which 100 are signed types", rows("w RRSIG TYPE%d 8 3 300 20260101000000 20251201000000 1 example.com. AAAA", 101, 200) + a(1, 1), false},
		{"101 types, of which one is that of a hash", rows("w RRSIG TYPE%d 8 3 300 20260101000000 20251201000000 1 example.com. AAAA", 1, 100) + a(1, 1), true},
		{"signatures of two types", rows("w RRSIG A 8 3 300 20260101000000 20251201000000 %d example.com. AAAA", 1, 60) +
			rows("w RRSIG TXT 8 3 300 20260101000000 20251201000000 %d example.com. AAAA", 1, 60), true},
		{"two RESINFO records", "w RESINFO qnamemin\nw RESINFO exterr=15-17\n", false},
		{"two RESINFO records apart", "w RESINFO qnamemin\n" + other + "w RESINFO exterr=15-17\n", false},
		{"one RESINFO record twice", "w RESINFO qnamemin\n" + other + "w RESINFO \"qnamemin\"\n", true},
		{"two RESINFO records by $GENERATE", "$GENERATE 1-2 w RESINFO q$\n", false},
		{"a signature of 65509 octets", "w RRSIG \\# 65509 " + signature(65509) + "\n", true},
		{"a signature of 65510 octets", "w RRSIG \\# 65510 " + signature(65510) + "\n", false},
	}
}

// TestSetsApart: of sets that are in several places so many records are kept, and no more.
func TestSetsApart(t *testing.T) {
	zone := func(names int) string {
		var b strings.Builder
		b.WriteString(corpusHead + rows("w A 10.0.0.%d", 1, 60))
		for n := range names {
			b.WriteString(rows(fmt.Sprintf("n%d A 10.0.1.%%d", n), 1, 94))
		}
		b.WriteString(rows("x A 10.0.0.%d", 1, 60))
		for range 7 { // so that each name has over 100 lines, but no set of over 100 records
			for n := range names {
				fmt.Fprintf(&b, "n%d A 10.0.1.1\n", n)
			}
		}
		return b.String()
	}
	const all = maxApart/94 + 2
	for _, c := range []struct {
		names int
		name  string
		want  bool
	}{{10, "w", false}, {10, "x", false}, {all, "w", false}, {all, "x", true}} {
		if why, ok := verdict(zone(c.names)+rows(c.name+" A 10.0.2.%d", 1, 41), "example.com"); ok != c.want {
			t.Errorf("%s behind %d names: edgeplan takes it: %v, %.200s", c.name, c.names, ok, why)
		}
	}
}

// signature is one of so many octets in the form of RFC 3597.
func signature(octets int) string { return "0001080300000001" + strings.Repeat("00", octets-8) }

// setGenerator makes a zone with sets near the limits.
type setGenerator struct {
	rng   *rand.Rand
	out   strings.Builder
	files map[string]string // which zones include
	zone  int
	kinds []setKind
}

// setKind makes records of a type, with numbers from 0 on that tell them apart.
type setKind struct {
	typ  string
	data func(n int) string
}

func (g *setGenerator) make() string {
	g.out.WriteString(corpusHead)
	long := strings.Repeat(strings.Repeat("a", 255)+" ", 2+g.rng.IntN(20)) + strings.Repeat("b", 100+g.rng.IntN(155))
	g.kinds = []setKind{
		pick(g.rng, setKind{"A", func(n int) string { return fmt.Sprintf("10.0.%d.%d", n>>8, n&255) }},
			setKind{"AAAA", func(n int) string { return fmt.Sprintf(pick(g.rng, "2001:db8::%x", "2001:DB8:0::%X"), n) }}),
		pick(g.rng, setKind{"TXT", func(n int) string { return fmt.Sprintf(pick(g.rng, `%d`, `"%d"`), n) }},
			setKind{"MX", func(n int) string { return fmt.Sprintf(pick(g.rng, "%d ns", "0%d NS.example.com."), n) }},
			setKind{"SVCB", func(n int) string { return fmt.Sprintf(pick(g.rng, "0 x%d", "0 X%d", "0 x%d.example.com."), n) }},
			setKind{"RRSIG", func(n int) string {
				return fmt.Sprintf("%s 13 3 300 20260101000000 20251201000000 %d %s AAAA", pick(g.rng, "A", "A", "A", "TXT"), n, pick(g.rng, "example.com.", "@", "Example.COM."))
			}},
			setKind{"NS", func(n int) string { return fmt.Sprintf(pick(g.rng, "g%d", "g%d.Example.com."), n) }}),
	}
	most := 101
	if g.rng.IntN(3) == 0 {
		// Near the limit of octets.
		texts := setKind{"TXT", func(n int) string { return fmt.Sprintf(pick(g.rng, "%03d %s", `"%03d" %s`), n, long) }}
		g.kinds = append([]setKind{}, texts, texts, texts, g.kinds[0])
		most = maxOctets/(len(long)+7) + 1
	}
	if g.rng.IntN(8) == 0 {
		// With TYPE65280 and so on the zone is near the limit of types.
		types := 96 + g.rng.IntN(8)
		for n := range types {
			if n%37 == 0 {
				g.other()
			}
			fmt.Fprintf(&g.out, "w TYPE%d \\# 1 00\n", 65280+n*types%101)
		}
	}
	total, next := 0, 0
	step := 1 + g.rng.IntN(most)
	for most += g.rng.IntN(3) - g.rng.IntN(6); total < most; {
		n := min(1+g.rng.IntN(step), most-total)
		if g.rng.IntN(3) == 0 {
			next = g.rng.IntN(next + 1) // some of them again
		}
		g.part(next, n)
		next += n
		total += n
		if g.rng.IntN(3) > 0 {
			g.other()
		}
	}
	return g.out.String()
}

// part writes records of the name.
func (g *setGenerator) part(first, n int) {
	kind := pick(g.rng, g.kinds...)
	if g.rng.IntN(6) == 0 && kind.typ != "SVCB" && kind.typ != "RRSIG" && first+n < 256 {
		g.generate(first, n, kind)
		return
	}
	var lines strings.Builder
	owner := pick(g.rng, "w", "w", "W", "w.example.com.", "w.Example.com.")
	for i := first; i < first+n; i++ {
		fmt.Fprintf(&lines, "%s %s %s\n", owner, kind.typ, kind.data(i))
		if g.rng.IntN(20) == 0 {
			fmt.Fprintf(&lines, "%s", pick(g.rng, "; a comment\n", "$TTL 300\n", "$GENERATE 1-1 u TXT x\n", "$ORIGIN example.com.\n"))
		}
		if g.rng.IntN(9) == 0 {
			other := pick(g.rng, g.kinds...)
			fmt.Fprintf(&lines, "%s %s %s\n", pick(g.rng, "", owner), other.typ, other.data(g.rng.IntN(100)))
		}
		owner = pick(g.rng, owner, "")
		if owner == "" && g.rng.IntN(2) == 0 {
			owner = "w"
		}
	}
	if g.rng.IntN(8) == 0 {
		name := fmt.Sprintf("i%d-%d", g.zone, len(g.files))
		text := lines.String()
		g.files[name] = text
		fmt.Fprintf(&g.out, "$INCLUDE %s%s\n", name, pick(g.rng, "", " example.com."))
		return
	}
	g.out.WriteString(lines.String())
}

func (g *setGenerator) generate(first, n int, kind setKind) {
	data := map[string]string{
		"A": "10.0.0.$", "AAAA": "2001:db8::${0,0,x}", "TXT": "$", "MX": "$ ns", "NS": "g$",
	}[kind.typ]
	if _, long, ok := strings.Cut(kind.data(0), " "); ok && kind.typ == "TXT" {
		data = "${0,3} " + long
	}
	fmt.Fprintf(&g.out, "$GENERATE %d-%d %s %s %q\n", first, first+n-1, pick(g.rng, "w", "W"), kind.typ, data)
}

// other writes records of other names, some of them glue.
func (g *setGenerator) other() {
	for range 1 + g.rng.IntN(2) {
		fmt.Fprintf(&g.out, "%s %s\n", pick(g.rng, "u", "v", "G1", "g2", "x.example.net."),
			pick(g.rng, "A 192.0.2.1", "TXT x", fmt.Sprintf("A 192.0.2.%d", g.rng.IntN(250))))
	}
	if g.rng.IntN(20) == 0 {
		for i := range 200 { // several blocks of the index
			fmt.Fprintf(&g.out, "z%d A 192.0.2.1\n", i)
		}
	}
}

// TestManyTypes: a name takes hardly longer with many types than with one, so that a type is not looked for among
// all others. It is about time of the processors, and looking for 40,000 types so takes some 30 times as long.
func TestManyTypes(t *testing.T) {
	used := func(format string) time.Duration {
		heavy := strings.Repeat("w TXT x\nu A 192.0.2.1\n", 101)
		zone := corpusHead + heavy + rows("w "+format, 1000, 40_999)
		begin := cputime.Used()
		if _, ok := verdict(zone, "example.com"); ok {
			t.Fatal("records without end are taken")
		}
		return cputime.Used() - begin
	}
	const tries, most = 3, 10
	for try := 1; ; try++ {
		one, many := used("TYPE65280 \\# 2 %04x"), used("TYPE%d \\# 2 03e8")
		if many <= most*one {
			return
		}
		if try == tries {
			t.Fatalf("%v for records of one type, %v for as many types", one, many)
		}
	}
}
