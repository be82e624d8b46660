package zonefile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestCorpusGeneric: data in the form of RFC 3597 is taken or refused as BIND does it, for changed octets of
// every type.
func TestCorpusGeneric(t *testing.T) {
	if !needCheckzone(t) {
		t.Skip("SKIPPED: named-checkzone is not installed")
	}
	each, seed := 40, uint64(1)
	if os.Getenv("EDGEPLAN_ZONES") == "all" {
		each, seed = 400, rand.Uint64()
	}
	rng := rand.New(rand.NewPCG(seed, 6))
	origin, err := parseDomain("Example.com")
	if err != nil {
		t.Fatal(err)
	}
	dir, refused, all := t.TempDir(), 0, 0
	for _, typ := range slices.Sorted(maps.Keys(rules)) {
		r := ruleOf(typ)
		if r.refused != "" || typ == "SOA" {
			continue
		}
		var rows []string
		for range each {
			sent, msg := sentOf(t, typ+" "+randomData(rng, typ, r), origin)
			if msg != "" {
				t.Fatal(msg)
			}
			sent = changedOctets(rng, slices.Clone(sent))
			rows = append(rows, strings.TrimSpace(fmt.Sprintf(`%s \# %d %x`, typ, len(sent), sent)))
		}
		owner := "t%d\t%s\n"
		if typ == "NSEC3" {
			owner = "%032d\t%s\n"
		}
		zone := corpusHead
		for i, row := range rows {
			zone += fmt.Sprintf(owner, i, row)
		}
		says, _ := checkzone(t, dir, "example.com", zone)
		for i, row := range rows {
			why, ok := verdict(corpusHead+fmt.Sprintf(owner, i, row), "example.com")
			line := fmt.Sprintf("zone:%d: ", strings.Count(corpusHead, "\n")+i+1)
			at := strings.Index(says, line)
			for at >= 0 && warning.MatchString(strings.SplitN(says[at:], "\n", 2)[0]) {
				next := strings.Index(says[at+1:], line)
				if next < 0 {
					at = -1
				} else {
					at += 1 + next
				}
			}
			// An expression of NAPTR is not read.
			if takes := at < 0; takes != ok && !(ok && typ == "NAPTR") {
				said := ""
				if at >= 0 {
					said, _, _ = strings.Cut(says[at:], "\n")
				}
				t.Errorf("%q: named-checkzone takes it: %v, %s, edgeplan: %v, %s", row, takes, said, ok, why)
			}
			if all++; !ok {
				refused++
			}
		}
	}
	t.Logf("%d records, %d of them refused, seed %d", all, refused, seed)
}

// changedOctets changes data a little.
func changedOctets(rng *rand.Rand, sent []byte) []byte {
	for range rng.IntN(3) {
		at := rng.IntN(len(sent) + 1)
		switch {
		case rng.IntN(4) == 0:
			sent = sent[:at]
		case rng.IntN(4) == 0 || at == len(sent):
			sent = slices.Insert(sent, at, byte(rng.Uint32()))
		case rng.IntN(3) == 0:
			sent = slices.Delete(sent, at, at+1)
		case rng.IntN(2) == 0:
			sent[at] += byte(rng.IntN(5)) - 2
		default:
			sent[at] = byte(rng.Uint32())
		}
	}
	return sent
}

// TestCorpusPaths: a path of SVCB is taken or refused as BIND does it.
func TestCorpusPaths(t *testing.T) {
	if !needCheckzone(t) {
		t.Skip("SKIPPED: named-checkzone is not installed")
	}
	rng := rand.New(rand.NewPCG(12, 8))
	var rows []string
	for range 3000 {
		path := "/"
		for range 1 + rng.IntN(6) {
			path += pick(rng, "{", "}", "dns", "{dns}", "{?dns}", "{dns,", ",", "x", "*", ":", "12", "0", "12345", "%20", "%", "+", "?", "&", "_", "!", "|", "é")
		}
		rows = append(rows, fmt.Sprintf("SVCB 1 . alpn=h2 dohpath=%q", path))
	}
	refused := compareRows(t, t.TempDir(), rows)
	t.Logf("%d paths, %d of them refused", len(rows), refused)
}
