package powershell

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// numbered gives another harmless name each time.
func numbered() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("Site%d", n) }
}

// taken gives the texts of a list, beginning again at its end, and counts them.
func taken(texts []string) (next func() string, done func() int) {
	n := 0
	return func() string { n++; return texts[(n-1)%len(texts)] }, func() int { return n }
}

var nameOf = regexp.MustCompile(`^\$Name\d+$`)

// skeleton is an outline without what depends on the names: texts that are long or not
// ASCII stand in variables.
func skeleton(t *testing.T, text string) outline {
	t.Helper()
	out, found := walk(text)
	for _, problem := range found {
		t.Error(problem)
	}
	out.assigned = slices.DeleteFunc(out.assigned, nameOf.MatchString)
	out.types = slices.Sorted(slices.Values(slices.DeleteFunc(out.types, func(name string) bool { return name == "char" })))
	for _, c := range out.calls {
		c.line, c.texts, c.in = 0, nil, nil
	}
	return out
}

// checkSkeleton: the scripts of a plan with other names have no problem, and the calls,
// parameters, keys, variables and number of comments of the plain ones.
func checkSkeleton(t *testing.T, name string, got, plain [2]string) {
	t.Helper()
	for i, text := range got {
		for _, problem := range problems(text) {
			if !strings.HasSuffix(problem, " characters") { // a long name may not fit
				t.Errorf("%s: %s", name, problem)
			}
		}
		if g, w := skeleton(t, text), skeleton(t, plain[i]); !reflect.DeepEqual(g, w) {
			t.Errorf("%s: the script has another shape:\n%s", name, statements(text))
		}
	}
}

// TestSpoiledMany puts each of the hostile texts somewhere into a script.
func TestSpoiledMany(t *testing.T) {
	plain := both(t, spoiledBy(numbered()))
	texts := sample.Texts()
	next, done := taken(texts)
	for done() < len(texts) {
		from := done()
		checkSkeleton(t, fmt.Sprintf("texts from %d", from), both(t, spoiledBy(next)), plain)
		if t.Failed() {
			t.Fatalf("%q", texts[from:min(done(), len(texts))])
		}
	}
	t.Logf("%d texts", done())
}

// FuzzScript puts two texts into a script by turns. Which of the two a place gets depends on how many places
// come before it, so each place gets both: what was found stays found when a plan has one text more.
func FuzzScript(f *testing.F) {
	for _, s := range hostileStrings(30) {
		f.Add(s, "Site2")
	}
	f.Add("a", "# SIG # Begin signature block")
	f.Fuzz(func(t *testing.T, one, two string) {
		checkSpoiled(t, one, two)
		if one != two {
			checkSpoiled(t, two, one)
		}
	})
}

// checkSpoiled: a script with two texts by turns is refused for what is no UTF-8, or has the skeleton of one
// with harmless ones.
func checkSpoiled(t *testing.T, texts ...string) {
	t.Helper()
	next, _ := taken(texts)
	plan := spoiledBy(next)
	if _, err := Forward(plan); err != nil {
		if !slices.ContainsFunc(texts, func(s string) bool { return !utf8.ValidString(s) }) {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	harmless := []string{"Site1", "Site2"}
	if texts[0] == texts[1] { // what is the same is said once
		harmless[1] = harmless[0]
	}
	for i, s := range texts {
		if s == "" { // what is empty is left out
			harmless[i] = ""
		}
	}
	same, _ := taken(harmless)
	checkSkeleton(t, fmt.Sprintf("%q", texts), both(t, plan), both(t, spoiledBy(same)))
}

// TestSpoiledBoth: over the two orders each place of a script has each of the two texts.
func TestSpoiledBoth(t *testing.T) {
	places := func(texts ...string) (one []int) {
		next, done := taken(texts)
		spoiledBy(func() string {
			text := next()
			if text == "one" {
				one = append(one, done())
			}
			return text
		})
		return one
	}
	got := slices.Concat(places("one", "two"), places("two", "one"))
	next, count := taken([]string{"x"})
	spoiledBy(next)
	slices.Sort(got)
	for i := range count() {
		if i >= len(got) || got[i] != i+1 {
			t.Fatalf("of %d places %d have the first text in one of the orders", count(), len(got))
		}
	}
}
