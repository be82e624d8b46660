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

func FuzzScript(f *testing.F) {
	for _, s := range hostileStrings(60) {
		f.Add(s, "Site2")
	}
	f.Add("a", "# SIG # Begin signature block")
	f.Fuzz(func(t *testing.T, one, two string) {
		texts := []string{one, two}
		next, _ := taken(texts)
		plan := spoiledBy(next)
		if _, err := Forward(plan); err != nil {
			// What is empty may be the name of a file that is exported to.
			if utf8.ValidString(one) && utf8.ValidString(two) && one != "" && two != "" {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		harmless := []string{"Site1", "Site2"}
		if one == two { // what is the same is said once
			harmless[1] = harmless[0]
		}
		for i, s := range texts {
			if s == "" { // what is empty is left out
				harmless[i] = ""
			}
		}
		same, _ := taken(harmless)
		checkSkeleton(t, fmt.Sprintf("%q", texts), both(t, plan), both(t, spoiledBy(same)))
	})
}
