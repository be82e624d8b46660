package zonefile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
)

// longText is a template of a TXT record with so many octets, once its number has three digits.
func longText(octets int) string {
	var texts []string
	for left := octets; left > 0; left -= 256 {
		text := strings.Repeat("a", min(left-1, 255))
		if len(texts) == 0 {
			text = "${0,3}" + text[3:]
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

// setPart is a part of a set: records with numbers of three digits, each with so many octets.
type setPart struct {
	written     bool
	first, last int
	octets      int
}

func (p setPart) String() string {
	data := longText(p.octets)
	if !p.written {
		return fmt.Sprintf("$GENERATE %d-%d t TXT \"%s\"\n", p.first, p.last, data)
	}
	var b strings.Builder
	for n := p.first; n <= p.last; n++ {
		fmt.Fprintf(&b, "t TXT %s\n", writtenOut(data, n))
	}
	return b.String()
}

// TestGeneratedOctets: what $GENERATE lines make counts for the octets of a set, together with what
// is written out, as it does for BIND.
func TestGeneratedOctets(t *testing.T) {
	dir, bind := t.TempDir(), needCheckzone(t)
	both := func(name, zone string, want bool) {
		t.Helper()
		why, ok := verdict(corpusHead+zone, "example.com")
		if ok != want {
			t.Errorf("%s: edgeplan takes it: %v, %.300s", name, ok, why)
		}
		if bind {
			if says, takes := checkzone(t, dir, "example.com", corpusHead+zone); takes != want {
				t.Errorf("%s: named-checkzone takes it: %v\n%.300s", name, takes, says)
			}
		}
	}
	// 64 records of 1021 octets are 65472 with their lengths; the last has what is left.
	const each, left = 1021, maxOctets - 64*1023 - 2
	for _, more := range []int{0, 1} {
		ok := more == 0
		line := func(first, last int) string { return setPart{false, first, last, each}.String() }
		written := func(first, last int) string { return setPart{true, first, last, each}.String() }
		last := setPart{false, 99, 99, left + more}.String()
		out := setPart{true, 99, 99, left + more}.String()
		both("one line", line(1, 64)+last, ok)
		both("the rest first", last+line(1, 64), ok)
		both("two lines", line(1, 20)+line(21, 64)+last, ok)
		both("lines of many", strings.Join(each10(line), "")+last, ok)
		both("written before", written(1, 40)+line(41, 64)+last, ok)
		both("written after", line(1, 40)+written(41, 64)+last, ok)
		both("written in the end", line(1, 64)+out, ok)
		both("mostly written", written(1, 64)+last, ok)
		both("in rows, mostly made", written(1, 10)+"u TXT x\n"+written(11, 15)+"u TXT y\n"+line(16, 64)+last, ok)
		both("other spellings of the name", strings.ReplaceAll(written(1, 40), "t TXT", "T.example.COM. TXT")+line(41, 64)+last, ok)
		both("with equal records", line(1, 64)+line(3, 60)+written(5, 20)+last+out, ok)
		both("with equal records in quotes", line(1, 64)+strings.Replace(out, "TXT 099", "TXT \"099", 1)[:len(out)]+"\"\n"+last, ok)
		both("beside another type", line(1, 64)+"$GENERATE 1-9 t SPF \""+longText(900)+"\"\n"+last, ok)
		both("beside another name", line(1, 64)+strings.Replace(line(65, 90), "t TXT", "t2 TXT", 1)+last, ok)
		both("out of the zone", strings.ReplaceAll(line(1, 64)+last, "t TXT", "t.example.org. TXT"), true)
	}
	both("one record", setPart{false, 100, 100, maxOctets - 2}.String(), true)
	both("one record, one octet more", setPart{false, 100, 100, maxOctets - 1}.String(), false)
	both("generic data", "$GENERATE 1-3 t TYPE65280 \"\\# 21835 "+strings.Repeat("00", 21834)+"0$\"\n", true)
	both("generic data, over", "$GENERATE 1-4 t TYPE65280 \"\\# 16377 "+strings.Repeat("00", 16376)+"0$\"\n", false)
}

func each10(line func(first, last int) string) (out []string) {
	for n := 1; n <= 64; n += 10 {
		out = append(out, line(n, min(n+9, 64)))
	}
	return out
}

// TestCorpusOctets: the same of sets in random parts, near the limit on both sides.
func TestCorpusOctets(t *testing.T) {
	dir, bind, refused := t.TempDir(), needCheckzone(t), 0
	rng := rand.New(rand.NewPCG(12, 9))
	zones := 40
	if os.Getenv("EDGEPLAN_ZONES") == "all" {
		zones = 1000
	}
	for range zones {
		var parts []string
		sum, number := 0, 100
		want := maxOctets - 4 + rng.IntN(8)
		for made := 0; sum < want; {
			p := setPart{written: rng.IntN(2) == 0 && made > maxOctets/2, first: number, octets: 300 + rng.IntN(3000)}
			p.last = p.first + rng.IntN(6)
			if n := p.last - p.first + 1; want-sum < n*(p.octets+2)+10 {
				p.last, p.octets, want = p.first, want-sum-2, sum
			}
			if p.octets%256 == 1 {
				p.octets-- // an empty text would be needed, which a template cannot have
			}
			n := p.last - p.first + 1
			sum, number = sum+n*(p.octets+2), number+n
			if !p.written {
				made += n * (p.octets + 2)
			}
			parts = append(parts, p.String())
			if rng.IntN(4) == 0 {
				parts = append(parts, p.String()) // equal records count once
			}
			if rng.IntN(3) == 0 {
				parts = append(parts, fmt.Sprintf("u%d TXT x\n", number))
			}
		}
		rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		zone := corpusHead + strings.Join(parts, "")
		why, ok := verdict(zone, "example.com")
		if ok != (sum <= maxOctets) {
			t.Errorf("%d octets: edgeplan takes it: %v, %.200s", sum, ok, why)
		}
		if !ok {
			refused++
		}
		if bind {
			if says, takes := checkzone(t, dir, "example.com", zone); takes != ok {
				t.Errorf("%d octets: named-checkzone takes it: %v, %.200s; edgeplan: %v, %.200s", sum, takes, says, ok, why)
			}
		}
	}
	t.Logf("%d zones, %d of them refused", zones, refused)
}

// TestOctetsWork: records of large sets are made once more and no oftener, however many sets there are.
func TestOctetsWork(t *testing.T) {
	inspected := func(sets int) uint64 {
		var zone strings.Builder
		zone.WriteString(corpusHead)
		for i := range sets {
			fmt.Fprintf(&zone, "$GENERATE 1-90 t%d TXT \"%s\"\nt%d TXT x\n", i, longText(450), i)
		}
		least := ^uint64(0) // of several: what other goroutines make meanwhile counts too
		for range 5 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if why, ok := verdict(zone.String(), "example.com"); !ok {
				t.Fatal(why)
			}
			runtime.ReadMemStats(&after)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		return least
	}
	// 90 sets have 3.7 MiB, all of which are looked at. Sets pair by pair would be 17 times the work; how often a
	// map of Go grows differs from one process to the next by a quarter of what is made.
	if few, many := inspected(22), inspected(90); many > 8*few {
		t.Errorf("%d bytes made for 22 sets, %d for 90", few, many)
	} else if made := uint64(90 * 90 * 450); many > 10*made {
		t.Errorf("%d bytes made of records of %d", many, made)
	}
}
