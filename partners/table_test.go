package partners

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/diag"
)

const page = "../docs/partners.md"

// programsOf are the letters of the programs that a row of the page is about.
var programsOf = map[string]string{
	"all": "UNE", "Prosody 0.12.3": "UN", "Prosody 0.12.3 with lua-unbound": "U", "ejabberd 23.01": "E",
}

// TestTable: the page has a row for each of the suite and no other, but for what was
// measured once and is not repeated, which has a reason.
func TestTable(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	var want, got []string
	for _, m := range regexp.MustCompile(`(?m)^\| (X\w+) \|(.*)\|\r?$`).FindAllStringSubmatch(string(text), -1) {
		cells := strings.Split(m[2], "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) != 4 || slices.Contains(cells, "") || programsOf[cells[1]] == "" || known[m[1]] {
			t.Fatalf("%s: odd row %s %q", page, m[1], cells)
		}
		known[m[1]] = true
		if reason, once := strings.CutPrefix(cells[3], "measured once, not repeated: "); once && len(reason) > 20 {
			continue
		} else if cells[3] != "`make partners`" {
			t.Errorf("%s: %s is seen by %q", page, m[1], cells[3])
		}
		for _, letter := range programsOf[cells[1]] {
			want = append(want, fmt.Sprint(m[1], string(letter)))
		}
	}
	for _, r := range rows {
		for _, letter := range strings.ReplaceAll(r.who, "S", "U") {
			got = append(got, fmt.Sprint(r.id(string(letter)), string(letter)))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("the page has rows for\n%v\nthe suite for\n%v", want, got)
	}
	for _, m := range regexp.MustCompile(`X\d+b?`).FindAllString(string(text), -1) {
		if !known[m] {
			t.Errorf("%s names %s, which has no row", page, m)
		}
	}
	for _, rule := range diag.Rules() {
		_, cited, _ := strings.Cut(rule.Source, "docs/partners.md, ")
		for _, m := range regexp.MustCompile(`X\d+b?`).FindAllString(cited, -1) {
			if !known[m] {
				t.Errorf("%s cites %s, which has no row", rule.Code, m)
			}
		}
	}
}
