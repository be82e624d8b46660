package zonefile

import (
	"bytes"
	"errors"
	"fmt"
	"github.com/edgeplan/edgeplan/internal/loud"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree is a zone of several files, by their names; the zone's own is "zone".
type tree map[string]string

const treeMain = "zone"

func (t tree) open(name string) (File, error) {
	name = path.Clean(name)
	text, ok := t[name]
	if !ok {
		return File{}, errors.New("there is no such file")
	}
	return File{Name: name, Text: []byte(text)}, nil
}

func (t tree) read() (*Zone, error) {
	return Gather(File{Name: treeMain, Text: []byte(t[treeMain])}, t.open).Read("example.com", nil)
}

func (t tree) String() string {
	var b strings.Builder
	for name, text := range t {
		fmt.Fprintf(&b, "--- %s\n%s\n", name, text)
	}
	return b.String()
}

// edit makes a change in all files.
func (t tree) edit(tb testing.TB, changes []Change, serial uint32) (tree, error) {
	z, err := t.read()
	if err != nil {
		tb.Fatalf("%v in\n%s", err, t)
	}
	edits, err := z.EditFiles(changes, serial)
	if err != nil {
		return nil, err
	}
	after := tree{}
	for i, file := range z.Files {
		after[file.Name] = apply(tb, t[file.Name], edits[i])
	}
	return after, nil
}

// splitter cuts a zone file into files that include each other and mean the same.
type splitter struct {
	rng     *rand.Rand
	text    string
	eol     string
	entries []splitEntry
	files   tree
	bom     bool // some files begin with a byte order mark
}

// splitEntry is an entry with the blank lines before it.
type splitEntry struct {
	text           string
	inherits       bool // the next record from here on takes its owner from before
	kind           Kind
	before, behind string // origins
}

func split(tb testing.TB, rng *rand.Rand, text string, bom bool) tree {
	sp := splitter{rng: rng, text: text, eol: "\n", files: tree{}, bom: bom}
	if strings.Contains(text, "\r\n") {
		sp.eol = "\r\n"
	}
	s, err := NewScanner([]byte(text), "example.com")
	if err != nil {
		tb.Fatal(err)
	}
	var e Entry
	for at := 0; s.Next(&e); at = e.End {
		sp.entries = append(sp.entries, splitEntry{text: text[at:e.End], inherits: e.InheritsOwner(), kind: e.Kind, before: e.Origin(), behind: string(s.origin.text)})
	}
	for i := len(sp.entries) - 2; i >= 0; i-- {
		if sp.entries[i].kind != RecordEntry {
			sp.entries[i].inherits = sp.entries[i+1].inherits
		}
	}
	sp.files[treeMain] = sp.build(0, len(sp.entries), 0)
	return sp.files
}

// build gives the text of a file that holds the entries from lo up to hi.
func (sp *splitter) build(lo, hi, depth int) string {
	var b strings.Builder
	for i := lo; i < hi; {
		j := min(i+1+sp.rng.IntN(8), hi)
		free := j == hi || !sp.entries[j].inherits
		if depth > 5 || !free || sp.rng.IntN(4) > 0 {
			b.WriteString(sp.entries[i].text)
			i++
			continue
		}
		b.WriteString(sp.include(i, j, depth))
		i = j
	}
	return b.String()
}

// include gives the lines that stand for the entries from i up to j, and makes their file.
func (sp *splitter) include(i, j, depth int) string {
	name := fmt.Sprintf("inc%d", len(sp.files))
	sp.files[name] = ""
	inner := sp.build(i, j, depth+1)
	origin := pick(sp.rng, "", "", "sub.example.com.", "deep", "@", sp.entries[i].before)
	if origin != "" && origin != "@" && origin != sp.entries[i].before {
		inner = "$ORIGIN " + sp.entries[i].before + sp.eol + inner
	}
	if sp.bom && sp.rng.IntN(3) == 0 {
		inner = string(utf8Mark) + inner
	}
	if sp.entries[j-1].kind == RecordEntry && strings.HasSuffix(inner, sp.entries[j-1].text) && sp.rng.IntN(3) == 0 {
		inner = strings.TrimSuffix(inner, sp.eol)
	}
	sp.files[name] = inner
	var b strings.Builder
	if sp.rng.IntN(5) == 0 {
		b.WriteString("; before " + name + sp.eol)
	}
	b.WriteString(pick(sp.rng, "$INCLUDE ", "$include\t", "$Include  ") + pick(sp.rng, name, `"`+name+`"`) + pick(sp.rng, " ", "\t") + origin + pick(sp.rng, "", " ; comment") + sp.eol)
	if sp.entries[j-1].behind != sp.entries[i].before {
		b.WriteString("$ORIGIN " + sp.entries[j-1].behind + sp.eol)
	}
	return b.String()
}

// TestSplitZones: a zone that is cut into files reads and is edited as the whole one is.
func TestSplitZones(t *testing.T) {
	runs := rounds(6000)
	refused, files, edited := 0, 0, 0
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 6))
		standard := seed%2 == 0
		text := strings.ReplaceAll(oddZoneOf(rng, standard, oddLength(seed)), "$INCLUDE other", "; $INCLUDE other")
		whole := mustRead(t, text)
		cut := split(t, rng, text, true)
		files += len(cut)
		z, err := cut.read()
		if err != nil {
			t.Fatalf("seed %d: %v in\n%s", seed, err, cut)
		}
		if got, want := lines(z), lines(whole); !slices.Equal(got, want) || z.DefaultTTL != whole.DefaultTTL || z.Windows != whole.Windows {
			t.Fatalf("seed %d:\n%s\ngives\n%q\nwant\n%q", seed, cut, got, want)
		}
		changes := oneTTL(whole, randomChanges(rng, whole))
		serial, _ := whole.Serial()
		after, err := cut.edit(t, changes, serial+1)
		if err != nil {
			if refused++; standard || strings.Contains(err.Error(), "internal") {
				t.Fatalf("seed %d: %+v of\n%s\n%v", seed, changes, cut, err)
			}
			continue
		}
		edited += len(differing(cut, after))
		z, err = after.read()
		if err != nil {
			t.Fatalf("seed %d: %+v of\n%s\nto\n%s\n%v", seed, changes, cut, after, err)
		}
		got, want := lines(z), wantedLines(whole, changes, serial)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: %+v of\n%s\nto\n%s\ngives\n%s\nwant\n%s", seed, changes, cut, after, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if back, err := after.edit(t, changes, serial+1); err != nil || len(differing(after, back)) > 0 {
			t.Fatalf("the same changes once more: %v of\n%s\n%v", back, after, err)
		}
	}
	if t.Logf("%d zones in %d files, %d of them edited; %d edits refused", runs, files, edited, refused); refused > runs/50 || edited < runs {
		t.Error("too many edits are refused, or too few files edited")
	}
}

// FuzzSplit: what holds for random zones that are cut into files holds for any text.
func FuzzSplit(f *testing.F) {
	addSeeds(f)
	for _, tt := range includeRules {
		f.Add([]byte(tt.files[treeMain]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, err := Read(text, "example.com", nil)
		if err != nil || len(whole.Directives) > 0 || len(whole.Records) == 0 || bytes.HasPrefix(text, utf8Mark) || oddControls(text) {
			return
		}
		rng := rand.New(rand.NewPCG(uint64(len(text)), 8))
		cut := split(t, rng, string(text), true)
		z, err := cut.read()
		if err != nil {
			t.Fatalf("%v in\n%s", err, cut)
		}
		if got, want := lines(z), lines(whole); !slices.Equal(got, want) {
			t.Fatalf("%s\ngives\n%q\nwant\n%q", cut, got, want)
		}
		serial, ok := whole.Serial()
		if !ok || serial == 1<<32-1 {
			return
		}
		changes := oneTTL(whole, randomChanges(rng, whole))
		after, err := cut.edit(t, changes, serial+1)
		if err != nil {
			return
		}
		if z, err = after.read(); err != nil {
			t.Fatalf("%+v of\n%s\nto\n%s\n%v", changes, cut, after, err)
		}
		got, want := lines(z), wantedLines(whole, changes, serial)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v of\n%s\nto\n%s\ngives\n%q\nwant\n%q", changes, cut, after, got, want)
		}
	})
}

// FuzzInclude: no files make the reader or an edit panic, run on, or change what it should not.
func FuzzInclude(f *testing.F) {
	for _, tt := range includeRules {
		f.Add(tt.files[treeMain], tt.files["i"], tt.files["j"])
	}
	f.Add(includeHead+"$INCLUDE i\n", "x 1 A 192.0.2.1\n$INCLUDE zone\n", "")
	for _, zone := range twiceIncluded {
		f.Add(zone, "x\t300 IN A\t192.0.2.1\n", "")
		f.Add(zone, "x\t300 IN A\t192.0.2.1\nx SRV 0 0 5269 x\ny TXT y\n", "")
	}
	f.Fuzz(func(t *testing.T, zone, i, j string) {
		files := tree{treeMain: zone, "i": i, "j": j}
		z, err := files.read()
		if err != nil || len(z.Records) == 0 || oddControls(zone) || oddControls(i) || oddControls(j) {
			return
		}
		serial, ok := z.Serial()
		if !ok || serial == 1<<32-1 {
			return
		}
		rng := rand.New(rand.NewPCG(uint64(len(zone)), 9))
		for _, r := range z.Records[:min(len(z.Records), 8)] { // each set goes once, also from files that are included twice
			_, _ = files.edit(t, []Change{{Owner: r.Owner, Type: r.Type}}, serial+1)
		}
		changes := oneTTL(z, randomChanges(rng, z))
		after, err := files.edit(t, changes, serial+1)
		if err != nil {
			if strings.Contains(err.Error(), "internal") {
				t.Fatalf("%v in\n%s", err, files)
			}
			return
		}
		for _, name := range []string{treeMain, "i", "j"} {
			if _, read := after[name]; !read {
				after[name] = files[name]
			}
		}
		again, err := after.read()
		if err != nil {
			t.Fatalf("%+v of\n%s\nto\n%s\n%v", changes, files, after, err)
		}
		got, want := lines(again), wantedLines(z, changes, serial)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v of\n%s\nto\n%s\ngives\n%q\nwant\n%q", changes, files, after, got, want)
		}
	})
}

// differing are the names of files that are not the same.
func differing(a, b tree) []string {
	var out []string
	for name := range a {
		if a[name] != b[name] {
			out = append(out, name)
		}
	}
	return out
}

// TestSplitZonesNamed has BIND read zones that are cut into files, before and after an edit.
func TestSplitZonesNamed(t *testing.T) {
	loud.Tool(t, "named-compilezone")
	files := 0
	for i, s := range standardEdits(150) {
		cut := split(t, rand.New(rand.NewPCG(uint64(i), 7)), s.text, false)
		files += len(cut)
		if got, want := cut.compiled(t), compiled(t, s.text); !slices.Equal(got, want) {
			t.Fatalf("BIND reads\n%s\nas\n%s\nand not as\n%s", cut, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		serial, _ := s.zone.Serial()
		after, err := cut.edit(t, s.changes, serial+1)
		if err != nil {
			t.Fatalf("%+v of\n%s\n%v", s.changes, cut, err)
		}
		if got, want := after.compiled(t), compiled(t, s.edited(t)); !slices.Equal(got, want) {
			t.Fatalf("BIND reads\n%s\nas\n%s\nand not as\n%s", after, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	t.Logf("%d files", files)
}

// compiled is what named-compilezone prints, run in the folder of the files.
func (t tree) compiled(tb testing.TB) []string {
	dir := tb.TempDir()
	for name, text := range t {
		if last := text[strings.LastIndexByte(text, '\n')+1:]; strings.HasPrefix(last, "$") {
			text += "\n" // BIND 9.18 refuses a directive on an open last line
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	out, err := compilezone(dir, treeMain)
	if err != nil {
		tb.Fatalf("named-compilezone: %v in\n%s", err, t)
	}
	return out
}

// TestIncludeBehindMark: a byte order mark before a blank and a parenthesis does not hide the
// $INCLUDE lines of a file.
func TestIncludeBehindMark(t *testing.T) {
	for _, first := range []string{"\t( TXT x )\n", "\t(\nTXT x )\n", " ( A 192.0.2.1\n)\n"} {
		for name, file := range map[string]string{"a mark": "\ufeff" + first, "none": first} {
			z, err := tree{treeMain: includeHead + "$INCLUDE i\n", "i": file + "$INCLUDE j\n", "j": "last A 192.0.2.9\n"}.read()
			if err != nil {
				t.Errorf("%q, %s: %v", first, name, err)
				continue
			}
			if all := lines(z); !strings.HasPrefix(all[len(all)-1], "last.example.com.") || len(z.Directives) > 0 {
				t.Errorf("%q, %s: %q, %v", first, name, all, z.Directives)
			}
		}
	}
}
