package diag

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/internal/cputime"
)

// spanOf is a range by byte offsets, as the hcl parser sets it; its lines and columns
// are wrong on purpose.
func spanOf(file string, start, end int) *hcl.Range {
	rng := &hcl.Range{
		Filename: file,
		Start:    hcl.Pos{Line: 77, Column: 77, Byte: start},
		End:      hcl.Pos{Line: 77, Column: 77, Byte: end},
	}
	if start == 0 {
		rng.Start = hcl.InitialPos
	}
	return rng
}

// place1 is the place, snippet and marker of one finding in src.
func place1(src string, rng hcl.Range) string {
	rng.Filename = "x"
	f := Findings(hcl.Diagnostics{New("EP1001", &rng, "d")}, Sources{"x": []byte(src)})[0]
	return fmt.Sprintf("%d:%d-%d:%d %q %q", f.Line, f.Column, f.EndLine, f.EndColumn, f.Snippet, f.Marker)
}

func TestFindingPlace(t *testing.T) {
	tests := []struct {
		name, src  string
		start, end int
		want       string
	}{
		{"first line", "abc\ndef\n", 1, 2, `1:2-1:3 "abc" " ^"`},
		{"second line", "abc\ndef\n", 4, 7, `2:1-2:4 "def" "^^^"`},
		{"last line without newline", "abc\ndef", 6, 7, `2:3-2:4 "def" "  ^"`},
		{"empty range", "abc\n", 1, 1, `1:2-1:2 "abc" " ^"`},
		{"backwards", "abc\n", 2, 1, `1:3-1:3 "abc" "  ^"`},
		{"end of line", "abc\ndef", 3, 4, `1:4-2:1 "abc" "   ^"`},
		{"end of file", "abc\n", 4, 4, `2:1-2:1 "" ""`},
		{"end of file in a line", "abc", 3, 3, `1:4-1:4 "abc" "   ^"`},
		{"many lines", "ab {\ncd\n}\n", 1, 9, `1:2-3:2 "ab {" " ^^^"`},
		{"end past the file", "abc\nde", 1, 999, `1:2-2:3 "abc" " ^^"`},
		{"start past the file", "abc\n", 5, 9, `77:77-77:77 "" ""`},
		{"negative", "abc\n", -5, -1, `77:77-77:77 "" ""`},
		{"negative end", "abc\n", 1, -1, `1:2-1:2 "abc" " ^"`},
		{"empty file", "", 1, 2, `77:77-77:77 "" ""`},
		{"CRLF", "abc\r\ndef\r\n", 5, 8, `2:1-2:4 "def" "^^^"`},
		{"CRLF, at the newline", "abc\r\ndef\r\n", 3, 5, `1:4-2:1 "abc" "   ^"`},
		{"CRLF, between its bytes", "abc\r\ndef\r\n", 4, 5, `1:5-2:1 "abc" "   ^"`},
		{"lone CR is no newline", "a\rbc\n", 2, 3, `1:3-1:4 "a\\rbc" "   ^"`},
		{"byte order mark", "\ufeffabc\n", 4, 5, `1:2-1:3 "abc" " ^"`},
		{"in the byte order mark", "\ufeffabc\n", 1, 4, `1:1-1:2 "abc" "^"`},
		{"blank line", "a\n\nb", 2, 2, `2:1-2:1 "" ""`},

		{"tabs are copied", "\ta\tbc", 3, 5, `1:4-1:6 "\ta\tbc" "\t \t^^"`},
		{"tab marked", "a\tb", 1, 2, `1:2-1:3 "a\tb" " ^"`},
		{"two bytes", "äöü = 1", 2, 4, `1:2-1:3 "äöü = 1" " ^"`},
		{"inside a character", "äöü", 3, 4, `1:2-1:3 "äöü" " ^"`},
		{"wide", "日本 = x", 9, 10, `1:6-1:7 "日本 = x" "       ^"`},
		{"wide marked", "日本 = x", 3, 6, `1:2-1:3 "日本 = x" "  ^^"`},
		{"emoji", "🦊 x", 5, 6, `1:3-1:4 "🦊 x" "   ^"`},
		{"combining", "e\u0301 = x", 6, 7, "1:6-1:7 \"e\u0301 = x\" \"    ^\""},
		{"combining marked", "e\u0301", 1, 3, "1:2-1:3 \"e\u0301\" \" ^\""},
		{"escape", "a\x1b[31mb", 6, 7, `1:7-1:8 "a\\x1b[31mb" "         ^"`},
		{"escape marked", "a\x1bb", 1, 2, `1:2-1:3 "a\\x1bb" " ^^^^"`},
		{"bidi", "a\u202eb", 4, 5, `1:3-1:4 "a\\u202eb" "       ^"`},
		{"no-break space", "a\u00a0= 1", 1, 3, `1:2-1:3 "a\\u00a0= 1" " ^^^^^^"`},
		{"tag character", "\U000e0041b", 4, 5, `1:2-1:3 "\\U000e0041b" "          ^"`},
		{"invalid UTF-8", "a\xff\xfeb", 3, 4, `1:4-1:5 "a\\xff\\xfeb" "         ^"`},
		{"continuation bytes", "\x80\x80\x80\x80b", 4, 5, `1:1-1:2 "\\x80\\x80\\x80\\x80b" "                ^"`},
		{"cut character at the end", "ab\xe6\x97", 1, 2, `1:2-1:3 "ab\\xe6\\x97" " ^"`},
		{"NUL", "\x00b", 1, 2, `1:2-1:3 "\\x00b" "    ^"`},
	}
	for _, test := range tests {
		if got := place1(test.src, *spanOf("x", test.start, test.end)); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

// Findings of other parsers may know the line and column only.
func TestFindingByLine(t *testing.T) {
	pos := func(line, column int) hcl.Pos { return hcl.Pos{Line: line, Column: column} }
	tests := []struct {
		start, end hcl.Pos
		want       string
	}{
		{pos(2, 3), pos(2, 4), `2:3-2:4 "dëf" "  ^"`},
		{pos(2, 3), hcl.Pos{}, `2:3-2:3 "dëf" "  ^"`},
		{pos(2, 99), pos(2, 100), `2:4-2:4 "dëf" "   ^"`},
		{pos(1, 2), pos(1, 3), `1:2-1:3 "abc" " ^"`},
		{pos(0, 2), pos(0, 3), `1:2-1:3 "abc" " ^"`},
		{pos(9, 2), pos(9, 3), `9:2-9:3 "" ""`},
		{pos(9, 0), pos(10, 0), `9:1-10:1 "" ""`},
		{pos(9, 5), pos(8, 7), `9:5-9:5 "" ""`},
		{hcl.Pos{}, hcl.Pos{}, `0:0-0:0 "" ""`},
		{pos(-3, -4), pos(-3, -4), `1:1-1:1 "abc" "^"`},
	}
	for _, test := range tests {
		if got := place1("abc\ndëf\n", hcl.Range{Start: test.start, End: test.end}); got != test.want {
			t.Errorf("%v-%v:\n got %s\nwant %s", test.start, test.end, got, test.want)
		}
	}
	if got := Findings(hcl.Diagnostics{New("EP1001", spanOf("y", 3, 4), "")}, nil)[0]; got.Line != 77 || got.Snippet != "" {
		t.Errorf("no source: %+v", got)
	}
	nowhere := &hcl.Range{Filename: "y", Start: hcl.Pos{Byte: 5}}
	if got := Findings(hcl.Diagnostics{New("EP1001", nowhere, "")}, nil)[0]; got.Line != 0 || got.File != "y" {
		t.Errorf("only a byte offset: %+v", got)
	}
}

func TestSnippetIsCut(t *testing.T) {
	long := strings.Repeat("0123456789", 30)
	tests := []struct {
		name, line string
		start, end int
		text       string
		marker     string
	}{
		{"at the start", long, 0, 2, long[:100] + "...", "^^"},
		{"in the middle", long, 145, 147, "..." + long[105:205] + "...", strings.Repeat(" ", 43) + "^^"},
		{"at the end", long, 299, 300, "..." + long[200:], strings.Repeat(" ", 102) + "^"},
		{"past the end", long, 300, 300, "..." + long[200:], strings.Repeat(" ", 103) + "^"},
		{"all of it", long, 0, 300, long[:100] + "...", strings.Repeat("^", 100)},
		{"fits", long[:100], 90, 91, long[:100], strings.Repeat(" ", 90) + "^"},
		{"wide", strings.Repeat("日", 200), 300, 303,
			"..." + strings.Repeat("日", 50) + "...", strings.Repeat(" ", 43) + "^^"},
	}
	for _, test := range tests {
		text, marker := snippet([]byte(test.line), test.start, test.end)
		if text != test.text || marker != test.marker {
			t.Errorf("%s: got\n%s\n%s\nwant\n%s\n%s", test.name, text, marker, test.text, test.marker)
		}
	}
	// What has no width, or is all escapes, is cut as well.
	for _, hostile := range []string{"\u0301", "\x1b", "\t", "\xff", "\u202e"} {
		text, marker := snippet([]byte(strings.Repeat(hostile, 100_000)), 5000, 100_000)
		if len(text) > 300 || len(marker) > 300 {
			t.Errorf("%q: snippet of %d, marker of %d bytes", hostile, len(text), len(marker))
		}
	}
}

func TestColumnInLongLine(t *testing.T) {
	src := "x\n" + strings.Repeat("aä日🦊", 10_000) + "\ny"
	x := newIndex([]byte(src))
	want := 0
	for at := range src[2:] {
		want++
		if want%97 == 0 {
			if got := x.column(2 + at); got != want {
				t.Fatalf("column of byte %d is %d, want %d", 2+at, got, want)
			}
		}
	}
	if got := x.column(len(src)); got != 2 {
		t.Errorf("column at the end of the file is %d, want 2", got)
	}
}

// TestFindingsAgreesWithHCL compares lines with those of hcl's own scanner.
func TestFindingsAgreesWithHCL(t *testing.T) {
	src := "a = 1\r\n\nb = \"ä${ x\"\n"
	diags := hclSays(src)
	for i, f := range Findings(diags, Sources{"x.edge.hcl": []byte(src)}) {
		if want := Sort(Import(diags))[i].Subject.Start; f.Line != want.Line || f.Column != want.Column {
			t.Errorf("%d:%d, hcl says %v", f.Line, f.Column, want)
		}
	}
}

func FuzzFindings(f *testing.F) {
	f.Add([]byte("a = 1\n"), 0, 3, 1, 1, "detail")
	f.Add([]byte("\ufeffa\r\n\xff\xfe\tb"), 3, 99, 2, 7, "\x1b[2J\u202e\r\n\xff")
	f.Add([]byte{}, -1, 1<<40, -1, 1<<40, "")
	f.Fuzz(func(t *testing.T, src []byte, start, end, line, column int, detail string) {
		var diags hcl.Diagnostics
		for _, rng := range []hcl.Range{
			{Start: hcl.Pos{Byte: start, Line: line, Column: column}, End: hcl.Pos{Byte: end, Line: column, Column: line}},
			{Start: hcl.Pos{Line: line, Column: column}, End: hcl.Pos{Line: end, Column: start}},
			{Start: hcl.Pos{Byte: start}, End: hcl.Pos{Byte: end}},
		} {
			rng.Filename = "x\x1b\n"
			diags = append(diags, New("EP1001", &rng, detail))
		}
		findings := Findings(diags, Sources{"x\x1b\n": src})
		for _, found := range findings {
			if found.Line < 0 || found.Line > 0 && (found.Column < 1 || found.EndLine < found.Line ||
				found.EndLine == found.Line && found.EndColumn < found.Column) {
				t.Errorf("place out of order: %+v", found)
			}
			if strings.Contains(found.Snippet, "\n") || (found.Snippet == "") != (found.Marker == "") {
				t.Errorf("snippet %q, marker %q", found.Snippet, found.Marker)
			}
		}
		for name, text := range written(t, findings) {
			for _, r := range text {
				if r != '\n' && !printable(r) {
					t.Fatalf("%s prints %U: %q", name, r, text)
				}
			}
		}
	})
}

// bigFile has 20 MB and 10,000 findings, on short lines or all in a single one.
func bigFile(newline string) (hcl.Diagnostics, Sources) {
	line := "  argument = \"value of this argument\"" + newline
	src := []byte(strings.Repeat(line, 20_000_000/len(line)))
	var diags hcl.Diagnostics
	for i := range 10_000 {
		at := i * (len(src) / 10_000)
		diags = append(diags, New("EP1002", spanOf("big", at, at+8), "There is no argument \"argument\"."))
	}
	return diags, Sources{"big": src}
}

// A scan of the file for each finding would take minutes; the bound is far from
// both that and the 0.1 seconds of a processor that it takes.
func TestFindingsInBigFile(t *testing.T) {
	for _, newline := range []string{"\n", ""} {
		diags, sources := bigFile(newline)
		start := cputime.Used()
		written(t, Findings(diags, sources))
		if took := cputime.Used() - start; took > 10*time.Second {
			t.Errorf("newline %q: took %v", newline, took)
		}
	}
}

func BenchmarkFindings(b *testing.B) {
	for name, newline := range map[string]string{"lines": "\n", "one line": ""} {
		diags, sources := bigFile(newline)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Findings(diags, sources)
			}
		})
	}
}
