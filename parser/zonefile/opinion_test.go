package zonefile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/internal/loud"
	"github.com/miekg/dns"
)

// A second opinion: what other readers of zone files see in a text before and after an
// edit must differ by exactly the planned change.

// standardEdits are zones that every reader takes, with changes to make in them.
func standardEdits(n int) []standardEdit {
	var out []standardEdit
	for seed := range uint64(n) {
		rng := rand.New(rand.NewPCG(seed, 4))
		text := oddZone(rng, true)
		z, err := inPartsToo(func() (*Zone, error) { return Read([]byte(text), "example.com", nil) })
		if err != nil {
			panic(err)
		}
		changes := slices.DeleteFunc(oneTTL(z, randomChanges(rng, z)), func(c Change) bool {
			return c.Type == "NS" || c.Owner == "ns.example.com." // BIND wants a name server with an address
		})
		out = append(out, standardEdit{text, z, changes})
	}
	return out
}

type standardEdit struct {
	text    string
	zone    *Zone
	changes []Change
}

// edited is the text after the edit.
func (s standardEdit) edited(t *testing.T) string {
	t.Helper()
	serial, _ := s.zone.Serial()
	edits, err := s.zone.Edit(s.changes, serial+1)
	if err != nil {
		t.Fatalf("%+v of\n%s\n%v", s.changes, s.text, err)
	}
	return apply(t, s.text, edits)
}

func TestSecondOpinionMiekg(t *testing.T) {
	for _, s := range standardEdits(2000) {
		serial, _ := s.zone.Serial()
		after := s.edited(t)
		var want []string
		for _, line := range wantedLines(s.zone, s.changes, serial) {
			want = append(want, miekgRecords(t, line)...)
		}
		got := miekgRecords(t, after)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v of\n%s\nto\n%s\ngives\n%s\nwant\n%s", s.changes, s.text, after, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// miekgRecords are the records of a text as that library prints them, in lower case.
func miekgRecords(t *testing.T, text string) []string {
	t.Helper()
	p := dns.NewZoneParser(strings.NewReader(text), "example.com.", "")
	p.SetIncludeAllowed(false)
	var out []string
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		out = append(out, strings.ToLower(rr.String()))
	}
	if err := p.Err(); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return out
}

func TestSecondOpinionNamed(t *testing.T) {
	loud.Tool(t, "named-compilezone")
	for _, s := range standardEdits(100) {
		before, after := compiled(t, s.text), compiled(t, s.edited(t))
		for _, line := range symmetric(before, after) {
			if !s.planned(line) {
				t.Fatalf("%+v of\n%s\nto\n%s\nchanges %q as well", s.changes, s.text, s.edited(t), line)
			}
		}
		for _, c := range s.changes {
			got := ofSet(after, c)
			if len(got) != len(c.Data) {
				t.Fatalf("%+v of\n%s\nto\n%s\ngives %q", c, s.text, s.edited(t), got)
			}
		}
	}
}

// compiled is a text as named-compilezone prints it: one sorted line per record.
func compiled(t *testing.T, text string) []string {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		text += "\n" // BIND 9.18 refuses a directive on an open last line
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "zone"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	lines, err := compilezone(dir, "zone")
	if err != nil {
		t.Fatalf("named-compilezone: %v in\n%s", err, text)
	}
	return lines
}

// compilezone runs named-compilezone in a folder.
func compilezone(dir, file string) ([]string, error) {
	args := strings.Fields("-D -i none -k ignore -n ignore -m ignore -r ignore -M ignore -S ignore -T ignore -W ignore -o -")
	command := exec.Command("named-compilezone", append(args, "example.com", file)...)
	command.Dir = dir
	var says strings.Builder
	command.Stderr = &says
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, says.String())
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		lines = append(lines, strings.ToLower(strings.Join(strings.Fields(line), " ")))
	}
	return lines, nil
}

// symmetric lists what is in only one of two lists.
func symmetric(a, b []string) []string {
	count := make(map[string]int)
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	var out []string
	for s, n := range count {
		if n != 0 {
			out = append(out, s)
		}
	}
	return out
}

// planned reports whether a compiled record may differ.
func (s standardEdit) planned(line string) bool {
	return strings.Contains(line, " in soa ") || slices.ContainsFunc(s.changes, func(c Change) bool { return len(ofSet([]string{line}, c)) > 0 })
}

// ofSet picks the compiled records of a set.
func ofSet(lines []string, c Change) []string {
	var out []string
	for _, line := range lines {
		f := strings.Fields(line)
		if len(f) > 4 && f[0] == c.Owner && f[3] == strings.ToLower(c.Type) {
			out = append(out, line)
		}
	}
	return out
}
