package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// lineDamage is what programs do to the line ends of a text, and how verify has to name it.
var lineDamage = []struct {
	name   string
	change func([]byte) []byte
	want   []string // one of these
}{
	{"CRLF to LF", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }, []string{toLF}},
	{"LF to CRLF", unix2dos, []string{toCRLF}},
	{"last newline lost", func(b []byte) []byte { return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r")) }, []string{lostEnd}},
	{"empty line at the end", func(b []byte) []byte { return append(slices.Clone(b), '\n') }, []string{addedEnd}},
	{"byte order mark", func(b []byte) []byte { return append([]byte("\ufeff"), b...) }, []string{addedMark}},
	{"blanks stripped", stripBlanks, []string{lostBlank}},
	{"mark and CRLF", func(b []byte) []byte { return append([]byte("\ufeff"), unix2dos(b)...) }, []string{addedMark}},
	{"CRLF and last newline lost", func(b []byte) []byte { return bytes.TrimSuffix(unix2dos(b), []byte("\r\n")) }, []string{lostEnd}},
	{"UTF-16", encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), []string{toUTF16}},
	{"UTF-16 without a mark", encoded(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)), []string{toUTF16}},
	{"UTF-32 and CRLF", func(b []byte) []byte { return encoded(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM))(unix2dos(b)) }, []string{toUTF32}},
	{"UTF-32 without a mark", encoded(utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)), []string{toUTF32}},
}

// encoded saves a text in another encoding.
func encoded(as encoding.Encoding) func([]byte) []byte {
	return func(b []byte) []byte {
		out, err := as.NewEncoder().Bytes(b)
		if err != nil {
			panic(err)
		}
		return out
	}
}

func unix2dos(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// stripBlanks takes the blanks at the ends of lines away and keeps the line ends.
func stripBlanks(b []byte) []byte {
	var out []byte
	for line := range bytes.Lines(b) {
		words := bytes.TrimRight(line, "\r\n")
		out = append(out, bytes.TrimRight(words, " \t")...)
		out = append(out, line[len(words):]...)
	}
	return out
}

// TestLineEnds does to the files of five packages, each kind of file once with LF and once
// with CRLF, what git, editors and mail programs do to a text. Verify names it as that and
// the way back, and the way back works.
func TestLineEnds(t *testing.T) {
	cases := 0
	seen := map[string]bool{}
	for _, spec := range []string{"seed", "windows-zone", "include", "route53", "prepare"} {
		out := t.TempDir()
		edgeplan(t, exitDone, "build", "-o", out, "../../specs/"+spec)
		good := packageFiles(t, out)
		for name, text := range good {
			_, kind, _ := strings.Cut(name, "/")
			if seen[kind] && spec != "windows-zone" {
				continue
			}
			seen[kind] = true
			path := filepath.Join(out, filepath.FromSlash(name))
			for _, d := range lineDamage {
				bad := d.change(text)
				if bytes.Equal(bad, text) {
					continue
				}
				cases++
				writeFile(t, path, bad)
				stdout, _ := edgeplan(t, exitNo, "verify", out)
				named := false
				for line := range strings.Lines(stdout) {
					if at, what, ok := strings.Cut(line, ": not its words but its line ends or encoding were changed, as git, editors and mail programs do: "); ok && strings.HasSuffix(at, "/"+name) {
						named = named || slices.ContainsFunc(d.want, func(w string) bool { return strings.Contains(what, w) })
					}
				}
				if !named || strings.Count(stdout, "\n") != 2 || !strings.Contains(stdout, ": to restore this file as approved, run edgeplan build again") {
					t.Errorf("%s, %s, %s:\n%s", spec, name, d.name, stdout)
				}
			}
			writeFile(t, path, text)
		}
		for i, d := range lineDamage {
			if i > 1 && spec != "windows-zone" {
				break
			}
			for name, text := range good {
				writeFile(t, filepath.Join(out, filepath.FromSlash(name)), d.change(text))
			}
			edgeplan(t, exitDone, "build", "-o", out, "../../specs/"+spec)
			edgeplan(t, exitDone, "verify", out)
		}
	}
	t.Logf("%d files with other line ends, each named", cases)
}

// TestLineEndsOfOthers: line ends are named too where there is no sound plan.json, and those of
// a signed script.
func TestLineEndsOfOthers(t *testing.T) {
	dir := buildSpec(t, "seed")
	plan := filepath.Join(dir, "plan.json")
	good := readTestFile(t, plan)
	writeFile(t, plan, []byte("{}"))
	files := packageFiles(t, dir)
	for name, text := range files {
		if name == "plan.json" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		for _, d := range lineDamage {
			bad := d.change(text)
			if bytes.Equal(bad, text) || d.name == "blanks stripped" { // a sum cannot tell
				continue
			}
			writeFile(t, path, bad)
			if stdout, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(stdout, "/"+name+": not its words but its line ends or encoding were changed") {
				t.Errorf("%s, %s:\n%s", name, d.name, stdout)
			}
		}
		writeFile(t, path, text)
	}
	writeFile(t, plan, good)
	script := filepath.Join(dir, "failover.ps1")
	signed := signedCopy(files["failover.ps1"])
	for _, d := range lineDamage {
		bad := d.change(signed)
		if bytes.Equal(bad, signed) || slices.Contains(d.want, lostEnd) || slices.Contains(d.want, addedEnd) || slices.Contains(d.want, lostBlank) {
			continue // the end is that of the signature
		}
		writeFile(t, script, bad)
		stdout, _ := edgeplan(t, exitNo, "verify", dir)
		if at := "/failover.ps1: not its words but its line ends or encoding were changed, as git, editors and mail programs do: " + d.want[0]; !strings.Contains(stdout, at) {
			t.Errorf("signed, %s: %s", d.name, stdout)
		}
	}
}

func TestLineChanges(t *testing.T) {
	for _, c := range []struct{ got, want, what string }{
		{"a\nb\n", "a\nb\n", ""},
		{"a\nc\n", "a\nb\n", ""},
		{"a\n", "a\nb\n", ""},
		{"a b\n", "ab\n", ""},
		{"", "a\n", ""},
		{"a\r\nb\r\n", "a\nb\n", toCRLF},
		{"a\nb\n", "a\r\nb\r\n", toLF},
		{"a\rb\r", "a\r\nb\r\n", toCR},
		{"a\r\r\nb\r\n", "a\r\nb\r\n", addedCR},
		{"a\nb", "a\nb\n", lostEnd},
		{"a\nb\n", "a\nb", addedEnd},
		{"a\nb\n\n\n", "a\nb\n", addedEnd},
		{"a\nb\n", "a\nb\n\n", lostEnd},
		{"\ufeffa\n", "a\n", addedMark},
		{"a\n", "\ufeffa\n", lostMark},
		{"\xff\xfea\x00\n\x00", "a\n", toUTF16},
		{"\xfe\xff\x00a\x00\n", "a\n", toUTF16},
		{"a\x00\n\x00", "a\n", toUTF16},
		{"\x00\x00\xfe\xff\x00\x00\x00a\x00\x00\x00\n", "a\n", toUTF32},
		{"a\x00\x00\x00\n\x00\x00\x00", "a\n", toUTF32},
		{"\xff\xfea\x00\n\x00x", "a\n", ""},
		{"\xff\xfe", "a\n", ""},
		{"\x00", "a\n", ""},
		{"\xff\xfea\x00\r\x00\n\x00", "a\n", toUTF16 + ", " + toCRLF},
		{"a\nb\n", "a \nb\t\n", lostBlank},
		{"a \nb\n", "a\nb\n", addedBlank},
		{"\ufeffa\r\nb", "a \nb\n", addedMark + ", " + toCRLF + ", " + lostBlank + ", " + lostEnd},
	} {
		if got := strings.Join(lineChanges([]byte(c.got), []byte(c.want)), ", "); got != c.what {
			t.Errorf("%q of %q: %q, want %q", c.got, c.want, got, c.what)
		}
	}
}

// TestVariants: however a text is cut into pieces, its sums are the same, and among them
// is that of the text that it was.
func TestVariants(t *testing.T) {
	want := sumOf([]byte("a\nb\n\nc\n"))
	for _, text := range []string{"a\r\nb\r\n\r\nc\r\n", "\ufeffa\nb\n\nc\n", "a\nb\n\nc", "\ufeffa\r\nb\r\n\r\nc"} {
		for size := 1; size < 8; size++ {
			v := newVariants()
			for piece := range slices.Chunk([]byte(text), size) {
				v.Write(piece)
			}
			sum, others := v.sums()
			if sum != sumOf([]byte(text)) || !slices.ContainsFunc(others, func(o variant) bool { return o.sum == want && len(o.what) > 0 }) {
				t.Errorf("%q in pieces of %d: %s, %v", text, size, sum, others)
			}
		}
	}
	for _, text := range []string{"", "\xef", "\ufeff", "\r", "\n"} {
		v := newVariants()
		v.Write([]byte(text))
		if sum, _ := v.sums(); sum != sumOf([]byte(text)) {
			t.Errorf("%q", text)
		}
	}
}
