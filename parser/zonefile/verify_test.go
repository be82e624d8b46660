package zonefile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestVerify hands the check of an edit texts that are not what was planned.
func TestVerify(t *testing.T) {
	const before = "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\na A 192.0.2.1\n A 192.0.2.2\n$ORIGIN sub\nb TXT x\n"
	planned := strings.NewReplacer(" 7 ", " 8 ", "2.1\n", "2.9\n").Replace(before)
	tests := map[string]struct{ text, want string }{
		"as planned":         {planned, ""},
		"only the layout":    {strings.ReplaceAll(planned, "b TXT", "b  IN TXT"), ""},
		"nothing":            {before, `"a.example.com. 3600 IN A 192.0.2.1" cannot be made`},
		"serial is left":     {strings.ReplaceAll(planned, " 8 ", " 7 "), "SOA"},
		"one change missing": {strings.ReplaceAll(planned, "2.9", "2.1"), "a.example.com."},
		"record lost":        {strings.ReplaceAll(planned, " A 192.0.2.2\n", ""), `"a.example.com. 3600 IN A 192.0.2.2" on line 4`},
		"last record lost":   {strings.ReplaceAll(planned, "b TXT x\n", ""), `"b.sub.example.com. 3600 IN TXT x" on line 6`},
		"record more":        {planned + "c A 192.0.2.3\n", `"c.sub.example.com. 3600 IN A 192.0.2.3" on line 7`},
		"record twice":       {planned + "b TXT x\n", "on line 7"},
		"planned one twice":  {planned + "a.example.com. A 192.0.2.9\n", "on line 7"},
		"other owner":        {strings.ReplaceAll(planned, "b TXT", "c TXT"), "b.sub.example.com."},
		"other TTL":          {strings.ReplaceAll(planned, "1h", "2h"), "directive on line 1"},
		"other class":        {strings.ReplaceAll(planned, "b TXT", "b CH TXT"), "a record of class CH"},
		"other origin":       {strings.ReplaceAll(planned, "$ORIGIN sub", "$ORIGIN bus"), "directive on line 5"},
		"no longer a zone":   {planned + "c A (\n", "cannot be read: line 7"},
		"broken in between":  {strings.ReplaceAll(planned, " A 192.0.2.2", " A ) 192.0.2.2"), "cannot be read: line 4"},
		"no longer plain":    {planned + "\x00", "cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			plan := func() *plan {
				p, _, err := mustRead(t, before).plan([]Change{{"a.example.com.", "A", 0, []string{"192.0.2.9", "192.0.2.2"}}}, 8)
				if err != nil {
					t.Fatal(err)
				}
				return p
			}
			for _, splices := range [][]splice{{{Span{0, len(before)}, tt.text}}, differences(before, tt.text)} {
				if full, quick := verifyFull(plan(), tt.text), plan().verify(splices); (full == nil) != (quick == nil) {
					t.Errorf("%+v: full check: %v; quick check: %v", splices, full, quick)
				}
			}
			err := plan().verify(differences(before, tt.text))
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestEditRefusesWhatItCannotDo: rewriting the first of two tokens without a blank
// between them would join them, and the check finds that.
func TestEditRefusesWhatItCannotDo(t *testing.T) {
	z := mustRead(t, "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\na TXT \"x\"y\n")
	edits, err := z.Edit([]Change{{"a.example.com.", "TXT", 0, []string{"b y"}}}, 8)
	if err == nil || edits != nil || !strings.Contains(err.Error(), "a.example.com.") {
		t.Errorf("got %+v, %v", edits, err)
	}
}

// TestEditOpenEnd: records come behind a last line without a line end, however long it is
// and wherever a window of the check ends in it, and in an included file too.
func TestEditOpenEnd(t *testing.T) {
	head := "$TTL 60\n" + includeHead
	for _, length := range []int{1, 200, windowStep - 20, windowStep - 1, windowStep, windowStep + 1, 2*windowStep + 7, 5000, 40_000} {
		last := strings.TrimSuffix("last TXT "+strings.Repeat("0123456789 ", length/11)+strings.Repeat("x", length%11), " ")
		for _, changes := range [][]Change{
			{{"new.example.com.", "A", 0, []string{"192.0.2.1", "192.0.2.2"}}},
			{{"last.example.com.", "A", 0, []string{"192.0.2.1"}}},
			{{"ns.example.com.", "A", 0, nil}, {"new.example.com.", "MX", 0, []string{"0 last.example.com."}}},
		} {
			if err := checkEdit(t, head+last, changes); err != nil {
				t.Errorf("%d bytes: %v", length, err)
			}
			for _, files := range []tree{
				{treeMain: head + "$INCLUDE i\n", "i": last},
				{treeMain: head + "$INCLUDE i\n" + last, "i": "y TXT y"},
			} {
				if _, err := files.edit(t, changes, 8); err != nil {
					t.Errorf("%d bytes in files: %v", length, err)
				}
			}
		}
	}
}

// TestEditLargeSets: beyond a bound records are paired in order.
func TestEditLargeSets(t *testing.T) {
	var b strings.Builder
	b.WriteString("$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n")
	c := Change{Owner: "a.example.com.", Type: "AAAA"}
	for i := range 1100 {
		fmt.Fprintf(&b, "a AAAA 2001:db8::%x ; %d\n", i+1, i)
		c.Data = append(c.Data, fmt.Sprintf("2001:db8:1::%x", i+1))
	}
	if err := checkEdit(t, b.String(), []Change{c}); err != nil {
		t.Error(err)
	}
}

// differences are the splices that turn one text into another, line by line.
func differences(old, new string) []splice {
	a, b := splitLines(old), splitLines(new)
	var out []splice
	at := 0
	for i := range max(len(a), len(b)) {
		var from, to string
		if i < len(a) {
			from = a[i]
		}
		if i < len(b) {
			to = b[i]
		}
		if from != to {
			out = append(out, splice{Span{at, at + len(from)}, to})
		}
		at += len(from)
	}
	return out
}

// reading is an entry as the full check compares it: verbatim, and by its meaning.
type reading struct{ verbatim, key string }

// readings are all entries of a text.
func readings(p *plan, text string) ([]reading, error) {
	s, err := NewScanner([]byte(text), p.zone.Origin)
	if err != nil {
		return nil, err
	}
	s.minimum = p.zone.minimum
	side := side{scan: s}
	var out []reading
	for side.next(); side.more; side.next() {
		e := &side.Entry
		r := reading{verbatim: fmt.Sprintf("%d %s %d %s %s %q %s", e.Kind, e.Owner, e.TTL, e.Class, e.Type, texts([]byte(text), e.Rdata), e.Origin())}
		if e.Kind == RecordEntry {
			r.key = side.key()
		}
		out = append(out, r)
	}
	return out, s.Err()
}

// verifyFull does what verify does by reading both texts from the first to the last
// byte. It shares no more with verify than the scanner.
func verifyFull(p *plan, text string) error {
	old, err := readings(p, string(p.src))
	if err != nil {
		return err
	}
	after, err := readings(p, text)
	if err != nil {
		return err
	}
	for len(old) > 0 || len(after) > 0 {
		switch {
		case len(old) > 0 && len(after) > 0 && old[0].verbatim == after[0].verbatim:
			old, after = old[1:], after[1:]
		case len(old) > 0 && p.draft.removed[old[0].key] > 0:
			p.draft.removed[old[0].key]--
			old = old[1:]
		case len(after) > 0 && p.draft.added[after[0].key] > 0:
			p.draft.added[after[0].key]--
			after = after[1:]
		default:
			return fmt.Errorf("unplanned: %v, %v", old, after)
		}
	}
	for _, planned := range []map[string]int{p.draft.removed, p.draft.added} {
		for key, n := range planned {
			if n > 0 {
				return fmt.Errorf("missing: %s", key)
			}
		}
	}
	if p.zone.HasTTLDirective || p.soa.TTLSpan.Empty() {
		return nil
	}
	z, err := Read([]byte(text), p.zone.Origin, nil)
	if err == nil && z.minimum != p.zone.minimum {
		err = fmt.Errorf("other dialect")
	}
	return err
}

// splicedText is a text with sorted splices, made the plain way.
func splicedText(src string, splices []splice) string {
	for _, sp := range slices.Backward(splices) {
		src = src[:sp.Start] + sp.text + src[sp.End:]
	}
	return src
}

// damage changes splices a little, so that they no longer are what was planned.
func damage(rng *rand.Rand, src string, splices []splice) []splice {
	out := slices.Clone(splices)
	switch i := rng.IntN(len(out) + 1); {
	case i == len(out) || rng.IntN(3) == 0: // one more
		at := rng.IntN(len(src) + 1)
		end := min(at+pick(rng, 0, 0, 1, 5, 40), len(src))
		out = append(out, splice{Span{at, end}, pick(rng, "", "x", " ", "\n", "60 ", "\nb A 192.0.2.77\n", "$TTL 9\n", "$ORIGIN c\n", "(", "\"", ";", "\r", "[AGE:1]", " TXT y\n")})
	case rng.IntN(2) == 0:
		out = slices.Delete(out, i, i+1)
	default:
		text := []byte(out[i].text)
		if len(text) > 0 {
			text[rng.IntN(len(text))] = pick[byte](rng, ' ', '1', '\n', ';', '\t', 'a', '(')
		}
		out[i].text = string(text)
	}
	slices.SortStableFunc(out, func(a, b splice) int { return a.Start - b.Start })
	for i := 1; i < len(out); i++ {
		if out[i].Start < out[i-1].End {
			return splices
		}
	}
	return out
}

// checkQuickAgainstFull holds verify against the full check, for the edit as planned
// and for one that is damaged. It reports whether the damaged one was refused.
func checkQuickAgainstFull(t testing.TB, rng *rand.Rand, text string, changes []Change) bool {
	t.Helper()
	plan := func() (*plan, []splice) {
		p, splices, err := mustRead(t, text).plan(changes, 8)
		if err != nil {
			return nil, nil
		}
		return p, splices
	}
	p, splices := plan()
	if p == nil {
		return false
	}
	bad := damage(rng, text, splices)
	var refused bool
	for _, try := range [][]splice{splices, bad} {
		p, _ := plan()
		quick := p.verify(slices.Clone(try))
		p, _ = plan()
		full := verifyFull(p, splicedText(text, try))
		if (quick == nil) != (full == nil) {
			t.Fatalf("%+v of\n%q\nby %+v: quick check: %v; full check: %v", changes, text, try, quick, full)
		}
		refused = quick != nil
	}
	return refused
}

// TestVerifyQuickIsFull: reading only what differs finds what reading all finds.
func TestVerifyQuickIsFull(t *testing.T) {
	refused := 0
	runs := rounds(6000)
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 5))
		text := oddZoneOf(rng, seed%4 == 0, oddLength(seed))
		if checkQuickAgainstFull(t, rng, text, randomChanges(rng, mustRead(t, text))) {
			refused++
		}
	}
	if t.Logf("%d of %d damaged edits refused", refused, runs); refused < runs/4 {
		t.Error("so few damaged edits are refused that the test shows little")
	}
}
