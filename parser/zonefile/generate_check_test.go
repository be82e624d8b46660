package zonefile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCorpusGenerated: a zone with a $GENERATE line is taken or refused as the one in which its
// records are written out, and as BIND does it.
func TestCorpusGenerated(t *testing.T) {
	const lines = 1500
	dir, bind, refused := t.TempDir(), needCheckzone(t), 0
	rng := rand.New(rand.NewPCG(12, 5))
	for i := range lines {
		line, out := randomGenerate(rng)
		beside := pick(rng, "", "", "a7 A 192.0.2.9\n", "a7 CNAME ns\n", "w CNAME b4\n", "a12 TXT x\n")
		before := rng.IntN(2) == 0
		zone := func(records string) string {
			if before {
				return corpusHead + beside + records
			}
			return corpusHead + records + beside
		}
		why, ok := verdict(zone(line), "example.com")
		want, wanted := verdict(zone(out), "example.com")
		if ok != wanted {
			t.Errorf("%s%s: edgeplan takes it: %v, %s; written out: %v, %s", beside, line, ok, why, wanted, want)
		}
		if !ok {
			refused++
		}
		if bind && (i%50 == 0 || os.Getenv("EDGEPLAN_ZONES") == "all") {
			if says, takes := checkzone(t, dir, "example.com", zone(line)); takes != ok {
				t.Errorf("%s%s: named-checkzone takes it: %v, %s edgeplan: %v, %s", beside, line, takes, says, ok, why)
			}
		}
	}
	t.Logf("%d lines, %d of them refused", lines, refused)
}

// TestCorpusRanges: the range of a $GENERATE line is taken or refused as BIND does it, in whatever form. Of
// numbers beyond 32 bits and of what is behind the range docs/dns.md says that the two differ.
func TestCorpusRanges(t *testing.T) {
	if !needCheckzone(t) {
		t.Skip("SKIPPED: named-checkzone is not installed")
	}
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(12, 7))
	ranges := []string{
		"0", "-", "1-", "-1", "1", "1-3/", "1-3//1", "1-3/x", "/1", "1/1", "--1-3", "++1-3", "1-+-3", `"1-3"`, `1\-3`, `\049-3`,
		"0x1-3", "1-0x3", "1.0-3", "1e1-30", "2147483648-2147483649", "9999999999999999999-9999999999999999999", "1-3/-0",
	}
	written := func(n int64) string {
		text := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
		sign := pick(rng, "", "", "", "+", "-")
		if n < 0 {
			sign = "-"
		}
		return sign + pick(rng, "", "", "0", "000") + text
	}
	for range 600 {
		start := pick[int64](rng, 0, 1, 3, 7, 40, 2147483640, 2147483646, 2147483647, 2147483648)
		r := written(start) + pick(rng, "-", "-", "-", "-", "--", "+", "", "/") + written(min(start+int64(rng.IntN(6)-2), 2147483648))
		if rng.IntN(2) == 0 {
			r += "/" + written(pick[int64](rng, 0, 1, 1, 2, 7, 2147483647, 2147483648))
		}
		ranges = append(ranges, r)
	}
	zone := corpusHead
	for i, r := range ranges {
		zone += fmt.Sprintf("$GENERATE %s w%d-$ TXT x\n", r, i)
	}
	says, _ := checkzone(t, dir, "example.com", zone)
	taken := 0
	for i, r := range ranges {
		line := strings.Count(corpusHead, "\n") + i + 1
		takes := !strings.Contains(says, fmt.Sprintf("zone:%d: ", line))
		if why, ok := verdict(corpusHead+"$GENERATE "+r+" w$ TXT x\n", "example.com"); takes != ok {
			t.Errorf("%s: named-checkzone takes it: %v, edgeplan: %v, %s", r, takes, ok, why)
		}
		if takes {
			taken++
		}
	}
	t.Logf("%d ranges, %d of them taken", len(ranges), taken)
}

// randomGenerate is a $GENERATE line and its records, written out.
func randomGenerate(rng *rand.Rand) (line, records string) {
	number := func() string {
		return pick(rng, "$", "$", "${0}", "${0,2}", "${-3,0,x}", "${0,0,x}", "${2,2,o}", "${0,3,X}", "${7,0,n}", "${0,4,N}", "${-8}", "${190}")
	}
	owner := pick(rng, "a$", "a$", "w", "a${0,3}", "h.a$.b", "${0,2,n}x", "${0,0,n}.r", "a${-5}", "a${-5,0,x}b", `\097$`)
	typ := pick(rng, "A", "A", "AAAA", "CNAME", "CNAME", "MX", "TXT", "SRV", "TYPE65280", "DNSKEY", "DNAME", "RRSIG")
	data := map[string]string{
		"A": "192.0.2." + number(), "AAAA": "2001:db8::" + number(), "CNAME": "b" + number(), "DNAME": pick(rng, "b", "b"+number()),
		"MX": number() + " m", "TXT": pick(rng, "x", `x\2`, `\$`) + number(), "SRV": "1 2 655" + number() + " s", "TYPE65280": `\# 1 ` + pick(rng, "", "0") + number(),
		"DNSKEY": "256 3 8 " + pick(rng, "AAA", "AA") + number(), "RRSIG": "A 8 3 300 2026" + pick(rng, "01", "") + number() + "000000 20250101000000 1 example.com. AAAA",
	}[typ]
	start, step := rng.IntN(40), 1+rng.IntN(3)
	stop := start + rng.IntN(50)
	line = fmt.Sprintf("$GENERATE %d-%d/%d %s %s %q\n", start, stop, step, owner, typ, data)
	line = strings.ReplaceAll(line, `\\`, `\`)
	var out strings.Builder
	for n := start; n <= stop; n += step {
		fmt.Fprintf(&out, "%s %s %s\n", writtenOut(owner, n), typ, writtenOut(data, n))
	}
	return line, out.String()
}

var inTemplate = regexp.MustCompile(`\\.|\$(?:\{(-?\d+)(?:,(\d+)(?:,(\w))?)?\})?`)

func writtenOut(template string, number int) string {
	return inTemplate.ReplaceAllStringFunc(template, func(s string) string {
		if s[0] == '\\' {
			return s
		}
		m := inTemplate.FindStringSubmatch(s)
		offset, _ := strconv.Atoi(m[1])
		width, _ := strconv.Atoi(m[2])
		n := number + offset
		switch m[3] {
		case "", "d":
			return fmt.Sprintf("%0*d", width, n)
		case "n", "N":
			digits := strings.Split(fmt.Sprintf("%x", uint32(n)), "")
			text := ""
			for i := len(digits); i > 0; i-- {
				text += "." + digits[i-1]
			}
			for text = text[1:]; len(text) < width; {
				text += map[bool]string{true: "0", false: "."}[strings.HasSuffix(text, ".")]
			}
			if m[3] == "N" {
				return strings.ToUpper(text)
			}
			return text
		}
		return fmt.Sprintf("%0*"+m[3], width, uint32(n))
	})
}

// TestTurns: among the numbers that are looked at of a long range there is one for each length
// that a number of it has in a template.
func TestTurns(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 6))
	for range 2000 {
		p := piece{number: true, offset: int64(rng.IntN(2000) - 1000), base: "doxXnN"[rng.IntN(6)]}
		r := numberRange{int64(rng.IntN(300)), 0, int64(1 + rng.IntN(9))}
		r.stop = r.start + int64(rng.IntN(3000))
		g := made{ownerTemplate: fmt.Sprintf("a${%d,0,%c}", p.offset, p.base)}
		turns := g.turns(r)
		have := map[int]bool{}
		for _, n := range turns {
			if !r.has(n) {
				t.Fatalf("%+v: %d is not in the range", r, n)
			}
			have[len(p.appendTo(nil, n))] = true
		}
		for n := r.start; n <= r.stop; n += r.step {
			if size := len(p.appendTo(nil, n)); !have[size] {
				t.Fatalf("%+v in %+v: no turn of %v has %d characters, as %d", p, r, turns, size, n)
			}
		}
	}
}
