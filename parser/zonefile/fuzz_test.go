package zonefile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// checkEdit makes changes in a text and reports whether Edit made them. A text that
// is edited must hold the wanted sets, the new serial, and all else as before.
func checkEdit(t testing.TB, text string, changes []Change) error {
	t.Helper()
	z := mustRead(t, text)
	serial, _ := z.Serial()
	edits, err := z.Edit(changes, serial+1)
	if err != nil {
		if edits != nil || strings.Contains(err.Error(), "internal") {
			t.Fatalf("edits %+v, error %v", edits, err)
		}
		return err
	}
	after := apply(t, text, edits)
	got := lines(mustRead(t, after))
	want := wantedLines(z, changes, serial)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("changes %+v\nof\n%q\nto\n%q\ngive\n%s\nwant\n%s", changes, text, after, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	back, err := mustRead(t, after).Edit(changes, serial+1)
	if err != nil || len(back) > 0 {
		t.Fatalf("the same changes once more: %+v, %v", back, err)
	}
	return nil
}

// wantedLines works out the records after the changes from the records before them.
func wantedLines(z *Zone, changes []Change, serial uint32) []string {
	var out []string
	class := make(map[string]string)
	for _, r := range z.Records {
		if r.Type == "SOA" {
			r.Data = strings.Replace(r.Data, fmt.Sprintf(" %d ", serial), fmt.Sprintf(" %d ", serial+1), 1)
		}
		if i := slices.IndexFunc(changes, func(c Change) bool { return c.Owner == r.Owner && c.Type == r.Type }); i >= 0 {
			if !slices.Contains(changes[i].Data, r.Data) {
				continue
			}
			class[r.Owner+r.Type+r.Data] = r.Class
			if changes[i].TTL != 0 {
				r.TTL = changes[i].TTL
			}
		}
		out = append(out, fmt.Sprintf("%s %d %s %s %s", r.Owner, r.TTL, r.Class, r.Type, r.Data))
	}
	for _, c := range changes {
		set, exists := z.Set(c.Owner, c.Type)
		ttl := z.DefaultTTL
		if exists {
			ttl = set.TTL
		}
		if c.TTL != 0 {
			ttl = c.TTL
		}
		for _, data := range c.Data {
			if class[c.Owner+c.Type+data] == "" {
				out = append(out, fmt.Sprintf("%s %d IN %s %s", c.Owner, ttl, c.Type, data))
			}
		}
	}
	return out
}

// oneTTL drops from a zone's changes those that keep the TTL of a set which has
// several, as it depends on the pairing which of them a new record gets.
func oneTTL(z *Zone, changes []Change) []Change {
	return slices.DeleteFunc(changes, func(c Change) bool {
		set, _ := z.Set(c.Owner, c.Type)
		return c.TTL == 0 && slices.ContainsFunc(z.Records, func(r Record) bool {
			return r.Owner == c.Owner && r.Type == c.Type && r.TTL != set.TTL
		})
	})
}

// rounds is how many random zones are tried; each takes ten times as long with the race detector.
func rounds(n int) int {
	if loud.Race {
		return n / 20
	}
	return n
}

// TestEditProperty edits random zones. Every zone of the standard kind can be edited;
// in the others $INCLUDE and the Windows dialect may stand in the way, but seldom.
func TestEditProperty(t *testing.T) {
	refused := 0
	runs := rounds(20000)
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 1))
		standard := seed%2 == 0
		text := oddZoneOf(rng, standard, oddLength(seed))
		z := mustRead(t, text)
		changes := oneTTL(z, randomChanges(rng, z))
		if err := checkEdit(t, text, changes); err != nil {
			refused++
			if standard {
				t.Fatalf("changes %+v of\n%s\nare refused: %v", changes, text, err)
			}
			if !strings.Contains(err.Error(), "the directive on line") && !strings.Contains(err.Error(), "marks the file as Windows") {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
	}
	if t.Logf("%d of %d edits refused", refused, runs); refused > runs/50 {
		t.Errorf("%d of %d edits refused", refused, runs)
	}
}

func FuzzScanner(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := NewScanner(text, "example.com")
		if err != nil {
			return
		}
		var joined []byte
		var e Entry
		at, line := 0, 0
		for s.Next(&e) {
			if e.Start < at || e.End <= e.Start || e.End > len(text) || e.Line <= line || e.EndLine < e.Line {
				t.Fatalf("entry %+v after offset %d, line %d", e, at, line)
			}
			for _, span := range append([]Span{e.OwnerSpan, e.TTLSpan, e.ClassSpan, e.TypeSpan, e.Comment}, e.Rdata...) {
				if !span.Empty() && (span.Start < e.Start || span.End > e.End || span.End < span.Start) {
					t.Fatalf("span %+v outside of %+v", span, e)
				}
			}
			if n := 1 + bytes.Count(text[:e.Start], []byte("\n")); n != e.Line {
				t.Fatalf("line %d, want %d", e.Line, n)
			}
			joined = append(append(joined, text[at:e.Start]...), e.Of(text)...)
			at, line = e.End, e.EndLine
		}
		if s.Err() != nil {
			if place := s.Err().(*Error); place.Line < 1 || place.Column < 1 {
				t.Fatalf("error without place: %v", place)
			}
			return
		}
		if joined = append(joined, text[at:]...); !bytes.Equal(joined, text) {
			t.Fatalf("entries and gaps give %q", joined)
		}
		z, err := inPartsToo(func() (*Zone, error) { return Gather(File{Text: text}, nowhere).Inspect("example.com", nil) })
		if err != nil {
			return
		}
		for _, d := range z.Defects {
			if d.Line < 1 || d.Column < 1 || d.Line > 1+bytes.Count(text, []byte("\n")) || d.Msg == "" {
				t.Fatalf("defect %+v", d)
			}
		}
	})
}

// oddControls tells whether a file has so many control characters that it may be taken for a
// binary one when an edit has taken other text out.
func oddControls[T ~string | ~[]byte](text T) bool {
	n := 0
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			n++
		}
	}
	return n > 2
}

func FuzzEdit(f *testing.F) {
	for name, tt := range editTests {
		f.Add([]byte(tt.before), uint64(len(name)))
	}
	for seed := range uint64(20) {
		f.Add([]byte(oddZone(rand.New(rand.NewPCG(seed, 2)), false)), seed)
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		z, err := inPartsToo(func() (*Zone, error) { return Read(text, "example.com", nil) })
		if err != nil || len(z.Records) == 0 || oddControls(text) {
			return
		}
		for _, r := range z.Records {
			if r.Class != "IN" { // a new record takes the class of its neighbour
				return
			}
		}
		if serial, ok := z.Serial(); !ok || serial == 1<<32-1 {
			return
		}
		rng := rand.New(rand.NewPCG(seed, 3))
		changes := oneTTL(z, randomChanges(rng, z))
		_ = checkEdit(t, string(text), changes)
		if !bytes.HasPrefix(text, utf8Mark) { // damage could tear it
			checkQuickAgainstFull(t, rng, string(text), changes)
		}
	})
}

// FuzzData: rdata from outside either has a stable canonical form or is refused.
func FuzzData(f *testing.F) {
	for _, data := range []string{"192.0.2.1", "10 mail.example.com.", `"a;b" c\;d`, `\# 2 0a0b`, "a\\.b.", "(x)"} {
		f.Add("A", data)
		f.Add("SRV", "0 0 5269 "+data)
		f.Add("TXT", data)
	}
	f.Fuzz(func(t *testing.T, typ, data string) {
		fields, err := canonicalData(typ, data)
		if err != nil || oddControls(data) { // without the blanks between them too many
			return
		}
		again, err := canonicalData(typ, strings.Join(fields, " "))
		if err != nil || !slices.Equal(again, fields) {
			t.Fatalf("%s %q -> %q -> %q, %v", typ, data, fields, again, err)
		}
	})
}

func addSeeds(f *testing.F) {
	for _, z := range corpusZones(f) {
		if !strings.Contains(z.text, "CLASS1") { // a new record takes the class of its neighbour
			f.Add([]byte(z.text))
		}
	}
	for _, file := range []string{"good.data", "bad.data"} {
		for _, row := range corpusRows(f, file) {
			f.Add([]byte(corpusHead + "t\t" + row + "\n"))
		}
	}
	for _, tt := range editTests {
		f.Add([]byte(tt.before))
	}
	for seed := range uint64(20) {
		f.Add([]byte(oddZone(rand.New(rand.NewPCG(seed, 2)), false)))
	}
}
