package hunk

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestFromEdits(t *testing.T) {
	const text = "1\n2\n3\n4\n5\n6\n7\n8\n9"
	tests := map[string]struct {
		edits   []Edit
		context int
		want    []Hunk
	}{
		"replace": {
			[]Edit{{5, []string{"5\n"}, []string{"five\n"}}}, 1,
			[]Hunk{{4, 4, []Line{{' ', "4\n"}, {'-', "5\n"}, {'+', "five\n"}, {' ', "6\n"}}}},
		},
		"insert before the first line": {
			[]Edit{{1, nil, []string{"0\n"}}}, 0,
			[]Hunk{{0, 1, []Line{{'+', "0\n"}}}},
		},
		"delete": {
			[]Edit{{3, []string{"3\n", "4\n"}, nil}}, 0,
			[]Hunk{{3, 2, []Line{{'-', "3\n"}, {'-', "4\n"}}}},
		},
		"insert behind an open last line": {
			[]Edit{{10, nil, []string{"10\r\n"}}}, 1,
			[]Hunk{{8, 8, []Line{{' ', "8\n"}, {'-', "9"}, {'+', "9\r\n"}, {'+', "10\r\n"}}}},
		},
		"far edits stay apart and shift": {
			[]Edit{{1, nil, []string{"a\n", "b\n"}}, {5, []string{"5\n"}, nil}}, 1,
			[]Hunk{
				{1, 1, []Line{{'+', "a\n"}, {'+', "b\n"}, {' ', "1\n"}}},
				{4, 6, []Line{{' ', "4\n"}, {'-', "5\n"}, {' ', "6\n"}}},
			},
		},
		"edits at twice the context share a hunk": {
			[]Edit{{2, []string{"2\n"}, nil}, {5, []string{"5\n"}, nil}}, 1,
			[]Hunk{{1, 1, []Line{{' ', "1\n"}, {'-', "2\n"}, {' ', "3\n"}, {' ', "4\n"}, {'-', "5\n"}, {' ', "6\n"}}}},
		},
		"what stays is left out": {
			[]Edit{{2, []string{"2\n", "3\n"}, []string{"2\n", "x\n", "3\n"}}, {7, []string{"7\n"}, []string{"7\n"}}}, 0,
			[]Hunk{{2, 3, []Line{{'+', "x\n"}}}},
		},
		"adjacent edits delete first": {
			[]Edit{{2, []string{"2\n"}, []string{"two\n"}}, {3, []string{"3\n"}, []string{"three\n"}}}, 0,
			[]Hunk{{2, 2, []Line{{'-', "2\n"}, {'-', "3\n"}, {'+', "two\n"}, {'+', "three\n"}}}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := FromEdits([]byte(text), tt.edits, tt.context)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestFromEditsRefuses(t *testing.T) {
	tests := map[string]struct {
		edits []Edit
		want  string
	}{
		"other text":         {[]Edit{{1, []string{"x\n"}, nil}}, `line 1 is "1\n"`},
		"line zero":          {[]Edit{{0, nil, nil}}, "out of order"},
		"overlap":            {[]Edit{{1, []string{"1\n", "2\n"}, nil}, {2, []string{"2\n"}, nil}}, "out of order"},
		"past the end":       {[]Edit{{5, nil, []string{"x\n"}}}, "reaches past"},
		"too many old lines": {[]Edit{{3, []string{"3", "4"}, nil}}, "reaches past"},
		"two lines in one":   {[]Edit{{1, nil, []string{"x\ny\n"}}}, "more than one line"},
		"empty line text":    {[]Edit{{1, nil, []string{""}}}, "no text"},
		"joined lines":       {[]Edit{{1, nil, []string{"x"}}}, "no line end"},
		"huge line":          {[]Edit{{math.MaxInt, nil, []string{"x"}}}, "reaches past"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := FromEdits([]byte("1\n2\n3"), tt.edits, math.MaxInt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	one := []Line{{Context, "1\n"}}
	tests := map[string]struct {
		hunks []Hunk
		want  string
	}{
		"no lines":           {[]Hunk{{1, 1, nil}}, "no lines"},
		"other context":      {[]Hunk{{1, 1, []Line{{Context, "x\n"}}}}, `line 1 is "1\n"`},
		"one line off":       {[]Hunk{{2, 2, one}}, `line 2 is "2\n"`},
		"line zero":          {[]Hunk{{0, 0, one}}, "starts at line 0"},
		"smallest line":      {[]Hunk{{math.MinInt, math.MinInt, one}}, "but the text has 3 lines"},
		"largest line":       {[]Hunk{{math.MaxInt, 1, one}}, "but the text has 3 lines"},
		"new start off":      {[]Hunk{{1, 2, one}}, "its new text starts"},
		"overlap":            {[]Hunk{{1, 1, one}, {1, 1, one}}, "hunk 2"},
		"past the end":       {[]Hunk{{3, 3, []Line{{Context, "3"}, {Delete, "4"}}}}, `line 4 is ""`},
		"unknown operation":  {[]Hunk{{1, 1, []Line{{'?', "1\n"}}}}, "unknown operation"},
		"line without text":  {[]Hunk{{0, 1, []Line{{Insert, ""}}}}, "no text"},
		"joined with insert": {[]Hunk{{3, 3, []Line{{Context, "3"}, {Insert, "4"}}}}, "no line end"},
		"joined with rest":   {[]Hunk{{0, 1, []Line{{Insert, "x"}}}}, "no line end"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Apply([]byte("1\n2\n3"), tt.hunks)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	h := Hunk{OldStart: 4, NewStart: 5, Lines: []Line{{Context, "a <b> & \"c\"\r\n"}, {Delete, "caf\xe9\n"}, {Insert, "café"}}}
	const want = `{"old_start":4,"new_start":5,"lines":[" a \u003cb\u003e \u0026 \"c\"\r\n",{"op":"-","base64":"Y2Fm6Qo="},"+café"]}`
	got, err := json.Marshal(h)
	if err != nil || string(got) != want {
		t.Fatalf("got  %s, %v\nwant %s", got, err, want)
	}
	var back Hunk
	if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(h, back) {
		t.Errorf("read back %+v, %v", back, err)
	}
}

func TestJSONRefuses(t *testing.T) {
	tests := map[string]string{
		`{"old_start":1,"new_start":1,"lines":["?x"]}`:                                      "unknown operation",
		`{"old_start":1,"new_start":1,"lines":["+"]}`:                                       "no text",
		`{"old_start":1,"new_start":1,"lines":[""]}`:                                        "unknown operation",
		`{"old_start":1,"new_start":1,"lines":["+a\nb\n"]}`:                                 "more than one line",
		`{"old_start":1,"new_start":1,"lines":[]}`:                                          "needs lines",
		`{"old_start":1,"lines":[" x"]}`:                                                    "needs old_start",
		`{"old_start":-1,"new_start":1,"lines":[" x"]}`:                                     "before the text",
		`{"old_start":1,"new_start":1,"lines":[" x"],"note":""}`:                            "unknown field",
		`{"old_start":1,"new_start":1,"lines":[{"op":"+","base64":"eAo="}]}`:                "only for text that is not UTF-8",
		`{"old_start":1,"new_start":1,"lines":[{"op":"+","base64":"4"}]}`:                   "illegal base64",
		`{"old_start":1,"new_start":1,"lines":[{"op":"+","base64":"6Qo=","text":"x"}]}`:     "unknown field",
		`{"old_start":1,"new_start":1,"lines":[{"op":"plus","base64":"6Qo="}]}`:             "unknown operation",
		`{"old_start":1,"new_start":1,"lines":[7]}`:                                         "cannot unmarshal",
		`{"old_start":99999999999999999999,"new_start":1,"lines":["+x"]}`:                   "cannot unmarshal",
		`{"old_start":1,"new_start":1,"lines":[{"op":"-","base64":"6Qo=","base64x":null}]}`: "unknown field",
	}
	for text, want := range tests {
		var h Hunk
		if err := json.Unmarshal([]byte(text), &h); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", text, err, want)
		}
	}
	for _, line := range []Line{{0, "x"}, {0xff, "x"}, {Insert, ""}} {
		if out, err := json.Marshal(Hunk{1, 1, []Line{line}}); err == nil {
			t.Errorf("%q was written as %s", line, out)
		}
	}
}

// TestProperty checks the package's invariants on random texts and edits.
func TestProperty(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		old := randomText(rng)
		edits, want := randomEdits(rng, splitLines(old))
		hunks, err := FromEdits([]byte(old), edits, rng.IntN(5))
		if err != nil {
			t.Fatalf("%q %+v: %v", old, edits, err)
		}
		checkRoundTrip(t, old, want, hunks)
	}
}

func checkRoundTrip(t *testing.T, old, want string, hunks []Hunk) {
	t.Helper()
	got, err := Apply([]byte(old), hunks)
	if err != nil || string(got) != want {
		t.Fatalf("%q: hunks %+v give %q, %v; want %q", old, hunks, got, err, want)
	}
	back, err := Apply([]byte(want), Reverse(hunks))
	if err != nil || string(back) != old {
		t.Fatalf("%q: reversed hunks %+v give %q, %v; want %q", want, Reverse(hunks), back, err, old)
	}
	checkPieces(t, []byte(old), []byte(want), hunks)
	if again := Reverse(Reverse(hunks)); len(hunks) > 0 && !reflect.DeepEqual(again, hunks) {
		t.Fatalf("reversed twice: %+v, want %+v", again, hunks)
	}
}

// splitLines cuts a text after each "\n".
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	return lines[:len(lines)-1+min(len(lines[len(lines)-1]), 1)]
}

func randomText(rng *rand.Rand) string {
	words := []string{"a\n", "b\n", "c\r\n", "\n", "caf\xe9\n", "\r\r\n"}
	var b strings.Builder
	for range rng.IntN(30) {
		b.WriteString(words[rng.IntN(len(words))])
	}
	if rng.IntN(3) == 0 {
		b.WriteString("open")
	}
	return b.String()
}

// randomEdits gives valid edits and the text that they lead to, worked out plainly.
func randomEdits(rng *rand.Rand, lines []string) ([]Edit, string) {
	var edits []Edit
	var out []string
	for i := 0; i <= len(lines); {
		keep := min(rng.IntN(8), len(lines)-i)
		out = append(out, lines[i:i+keep]...)
		i += keep
		n := min(rng.IntN(3), len(lines)-i)
		e := Edit{Line: i + 1, Old: lines[i : i+n]}
		for range rng.IntN(3) {
			e.New = append(e.New, []string{"new\n", "a\n", "b\n"}[rng.IntN(3)])
		}
		if len(e.New) > 0 && len(out) > 0 && !terminated(out[len(out)-1]) {
			out[len(out)-1] += "\n"
		}
		out = append(out, e.New...)
		edits = append(edits, e)
		i += n
		if i == len(lines) {
			break
		}
	}
	return edits, strings.Join(out, "")
}

func FuzzApply(f *testing.F) {
	f.Add([]byte("a\nb"), []byte(`[{"old_start":1,"new_start":1,"lines":[" a\n","-b","+c\n"]}]`))
	f.Add([]byte(""), []byte(`[{"old_start":0,"new_start":1,"lines":["+c",{"op":"-","base64":"6Qo="}]}]`))
	f.Fuzz(func(t *testing.T, text, data []byte) {
		var hunks []Hunk
		if json.Unmarshal(data, &hunks) != nil {
			return
		}
		saved, err := json.Marshal(hunks)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		var again []Hunk
		if err := json.Unmarshal(saved, &again); err != nil || !reflect.DeepEqual(again, hunks) {
			t.Fatalf("%s: %v", saved, err)
		}
		sameStream(t, text, hunks)
		got, err := Apply(text, hunks)
		if err != nil {
			return
		}
		checkPieces(t, text, got, hunks)
		back, err := Apply(got, Reverse(hunks))
		if err != nil || string(back) != string(text) {
			t.Fatalf("%q -> %q -> %q, %v", text, got, back, err)
		}
	})
}

func FuzzFromEdits(f *testing.F) {
	f.Add("a\nb\nc", uint(1), uint(1), "x\n", uint(3), uint(0), "y\n", 1)
	f.Add("", uint(1), uint(0), "x", uint(1), uint(0), "", -1)
	f.Fuzz(func(t *testing.T, old string, line1, n1 uint, new1 string, line2, n2 uint, new2 string, context int) {
		lines := splitLines(old)
		cut := func(line, n uint, text string) Edit {
			first := min(line, uint(len(lines)))
			return Edit{Line: int(line) + 1, Old: lines[first:min(first+n%8, uint(len(lines)))], New: splitLines(text)}
		}
		edits := []Edit{cut(line1, n1, new1), cut(line2, n2, new2)}
		hunks, err := FromEdits([]byte(old), edits, context)
		if err != nil {
			return
		}
		got, err := Apply([]byte(old), hunks)
		if err != nil {
			t.Fatalf("%q %+v %+v: %v", old, edits, hunks, err)
		}
		for _, e := range slices.Backward(edits) {
			lines = slices.Replace(slices.Clone(lines), e.Line-1, e.Line-1+len(e.Old), e.New...)
		}
		if want := strings.Join(lines, ""); strings.HasSuffix(old, "\n") && string(got) != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		checkRoundTrip(t, old, string(got), hunks)
	})
}
