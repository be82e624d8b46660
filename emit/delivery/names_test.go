package delivery

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit/words"
)

// filesOf are the names of all files that a zone of that name may have, with those of one file that
// its zone file includes.
func filesOf(zone string) []string {
	var out []string
	for _, end := range ends() {
		out = append(out, zone+end)
	}
	for _, end := range []string{words.TextEnds.Diff, words.TextEnds.RollbackDiff, words.TextEnds.Zone} {
		out = append(out, zone+words.IncludeEnd+"1"+end)
	}
	return out
}

// TestClaims: no two zones whose names claim nothing have a file of one name, and what is refused
// would have one of another zone. The names are made of all parts of the ends, and so those of the
// next delivery are tried as well: here one with files .next.batch and .batch.
func TestClaims(t *testing.T) {
	before := deliveries
	defer func() { deliveries = before }()
	deliveries = append(slices.Clone(before), delivery{word: "next", files: []ending{{".batch", nil}, {".next.batch", nil}}})
	names, parts := []string{"contoso.com"}, map[string]bool{}
	for _, file := range filesOf("") {
		for _, part := range strings.Split(file, ".")[1:] {
			parts["."+part] = true
		}
	}
	for range 2 {
		for _, name := range names {
			for part := range parts {
				names = append(names, name+part)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	owners := map[string][]string{}
	for _, name := range names {
		for _, file := range filesOf(name) {
			owners[file] = append(owners[file], name)
		}
	}
	refused := 0
	for _, name := range names {
		claimed, shared := Claims(name), false
		for _, file := range filesOf(name) {
			for _, other := range owners[file] {
				shared = shared || len(other) < len(name)
			}
		}
		if (claimed != "") != shared {
			t.Errorf("%s: claims %q; it shares a file with the zone of a shorter name: %v", name, claimed, shared)
		}
		if claimed != "" {
			refused++
		}
	}
	if got := Claims("contoso.com.next"); got != ".next" {
		t.Errorf("the next delivery is not asked: %q", got)
	}
	t.Logf("%d of %d names are refused", refused, len(names))
}

// TestExtensions: every file that a zone may have ends in one of the extensions.
func TestExtensions(t *testing.T) {
	all := Extensions()
	for _, file := range filesOf("contoso.com") {
		if !slices.ContainsFunc(all, func(end string) bool { return strings.HasSuffix(file, end) }) {
			t.Errorf("%s has none of %q", file, all)
		}
	}
	if !slices.Equal(all, []string{".diff", ".json", ".nsupdate", ".zone"}) {
		t.Errorf("a new extension: say so in docs/package.md. Now %q", all)
	}
}
