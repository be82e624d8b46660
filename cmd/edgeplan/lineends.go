package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// What git, editors and mail programs do to a text without changing a word of it.
const (
	addedMark  = "a byte order mark was added"
	lostMark   = "the byte order mark is gone"
	toUTF16    = "it was saved as UTF-16"
	toUTF32    = "it was saved as UTF-32"
	toLF       = "CRLF became LF"
	toCRLF     = "LF became CRLF"
	toCR       = "its line ends became CR"
	addedCR    = "a CR was added to line ends"
	lostEnd    = "the end of the last line is gone"
	addedEnd   = "line ends were added at the end"
	lostBlank  = "blanks at the ends of lines are gone"
	addedBlank = "blanks were added at the ends of lines"
)

var byteOrderMark = []byte("\ufeff")

// maxChanged is the most bytes that a text of n bytes has when only its line ends, its end
// or its encoding were changed; blanks that were added are allowed for up to 64 KiB.
func maxChanged(n int) int64 { return 4*int64(n) + 1<<16 }

// plainLines is a text as the changes above leave it alone: without byte order mark, in
// UTF-8, each line without blanks and CR at its end and with LF, without empty ones at the
// end.
func plainLines(text []byte) []byte {
	lines, _ := cutLines(text)
	var out bytes.Buffer
	for _, l := range lines[:len(lines)-emptyEnd(lines)] {
		out.Write(l.words)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// textLine is a line in three parts: what counts, blanks, and the line end.
type textLine struct {
	words       []byte
	blanks, end string
}

// cutLines cuts a text into its lines, and says how it is marked or encoded.
func cutLines(text []byte) (lines []textLine, form string) {
	text, form = unmarked(text)
	return linesOf(text), form
}

func linesOf(text []byte) (lines []textLine) {
	end := byte('\n')
	if bytes.IndexByte(text, '\n') < 0 {
		end = '\r' // of an old Macintosh
	}
	for len(text) > 0 {
		n := bytes.IndexByte(text, end) + 1
		if n == 0 {
			n = len(text)
		}
		// The last line may have no end.
		lines = append(lines, cutLine(text[:n]))
		text = text[n:]
	}
	return lines
}

// unmarked is a text in UTF-8 without a byte order mark, and what it was.
func unmarked(text []byte) (plain []byte, form string) {
	if rest, marked := bytes.CutPrefix(text, byteOrderMark); marked {
		// No artifact of edgeplan begins with a mark, so one that is there was added.
		return rest, addedMark
	}
	saved, form := savedAs(text)
	if saved == nil {
		return text, ""
	}
	if plain, err := saved.NewDecoder().Bytes(text); err == nil {
		return plain, form
	}
	return text, ""
}

// savedAs is the encoding of UTF-16 or UTF-32 of a text that begins with a byte order mark
// or with ASCII, and what to say of it; nil for all others.
func savedAs(text []byte) (encoding.Encoding, string) {
	if len(text) < 2 {
		return nil, ""
	}
	// Not zero, where the text is shorter.
	head := [4]byte{1, 1, 1, 1}
	copy(head[:], text)
	zero := func(at ...int) bool {
		return !slices.ContainsFunc(at, func(i int) bool { return head[i] != 0 })
	}
	marked := func(mark string) bool { return strings.HasPrefix(string(head[:]), mark) }
	switch {
	// UTF-32 first: its mark begins with that of UTF-16, and its zeros are those of UTF-16 too.
	case marked("\xff\xfe\x00\x00"), zero(1, 2, 3) && !zero(0):
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), toUTF32
	case marked("\x00\x00\xfe\xff"), zero(0, 1, 2) && !zero(3):
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), toUTF32
	case marked("\xff\xfe"), zero(1) && !zero(0):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), toUTF16
	case marked("\xfe\xff"), zero(0) && !zero(1):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), toUTF16
	}
	return nil, ""
}

func cutLine(line []byte) textLine {
	words := bytes.TrimRight(line, "\r\n")
	end := string(line[len(words):])
	bare := bytes.TrimRight(words, " \t")
	return textLine{bare, string(words[len(bare):]), end}
}

// lineChanges says what was done to the line ends, the end and the encoding of want, if
// got is want but for these; otherwise, and where they are equal, there is nothing to say.
func lineChanges(got, want []byte) []string {
	plain, form := unmarked(got)
	return formChanges(plain, form, want)
}

// formChanges does the same for a text that was in another form.
func formChanges(got []byte, gotForm string, want []byte) []string {
	gotLines := linesOf(got)
	wantLines, wantForm := cutLines(want)
	var c changes
	switch {
	case gotForm == wantForm:
	case gotForm == "":
		c.add(lostMark)
	default:
		c.add(gotForm)
	}
	// Mail programs and editors add empty lines at the end, or remove them.
	gotEnds, wantEnds := emptyEnd(gotLines), emptyEnd(wantLines)
	if len(gotLines)-gotEnds != len(wantLines)-wantEnds {
		return nil
	}
	for i, g := range gotLines[:len(gotLines)-gotEnds] {
		w := wantLines[i]
		if !bytes.Equal(g.words, w.words) {
			return nil
		}
		c.compare(g, w)
	}
	switch {
	case gotEnds > wantEnds:
		c.add(addedEnd)
	case gotEnds < wantEnds:
		c.add(lostEnd)
	}
	return c
}

// emptyEnd is how many lines at the end have no words.
func emptyEnd(lines []textLine) int {
	n := 0
	for n < len(lines) && len(lines[len(lines)-1-n].words) == 0 {
		n++
	}
	return n
}

// changes are the different things that were done, in the order in which they were seen.
type changes []string

func (c *changes) add(what string) {
	for _, one := range *c {
		if one == what {
			return
		}
	}
	*c = append(*c, what)
}

// compare adds what became of the end of one line.
func (c *changes) compare(got, want textLine) {
	switch {
	case got.end == want.end:
	case got.end == "":
		c.add(lostEnd)
	case want.end == "":
		c.add(addedEnd)
	case got.end == "\n":
		c.add(toLF)
	case got.end == "\r":
		c.add(toCR)
	case want.end == "\n" && got.end == "\r\n":
		c.add(toCRLF)
	default:
		c.add(addedCR)
	}
	switch {
	case len(got.blanks) < len(want.blanks):
		c.add(lostBlank)
	case got.blanks != want.blanks:
		c.add(addedBlank)
	}
}

// variants hashes a text, and the texts that it was if only its line ends, its end or a
// byte order mark were changed, all of them while it is written. It holds a few bytes.
type variants struct {
	head           []byte // the first bytes, until a byte order mark is seen or not
	begun, marked  bool
	tail           string // the line end that was written last
	raw            hash.Hash
	same, lf, crlf hash.Hash // without mark and tail: as they are, with LF, with CRLF
}

func newVariants() *variants {
	return &variants{raw: sha256.New(), same: sha256.New(), lf: sha256.New(), crlf: sha256.New()}
}

// Write takes a piece of the text; it does not fail.
func (v *variants) Write(p []byte) (int, error) {
	v.raw.Write(p)
	rest := p
	if !v.begun {
		v.head = append(v.head, p...)
		// A piece may end within the mark.
		if len(v.head) < len(byteOrderMark) {
			return len(p), nil
		}
		rest = v.start()
	}
	v.body(rest)
	return len(p), nil
}

// start ends the wait for a byte order mark and returns what is not one.
func (v *variants) start() []byte {
	rest, marked := bytes.CutPrefix(v.head, byteOrderMark)
	v.begun, v.marked, v.head = true, marked, nil
	return rest
}

func (v *variants) body(p []byte) {
	if len(p) == 0 {
		return
	}
	// What was held back is not the end of the text, as more follows.
	if v.tail != "" {
		p = append([]byte(v.tail), p...)
	}
	// The line end at the end of a piece may be the last of the text, which is hashed apart: it
	// may be the only thing that was changed. CR and LF may be in two pieces.
	n := len(p)
	if p[n-1] == '\n' {
		n--
	}
	if n > 0 && p[n-1] == '\r' {
		n--
	}
	v.tail, p = string(p[n:]), p[:n]
	lf := bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n"))
	v.same.Write(p)
	v.lf.Write(lf)
	v.crlf.Write(bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n")))
}

// variant is a text that it may have been, by its sum, and what was done to it then.
type variant struct {
	sum  string
	what []string
}

// sums are the hash of the text, and those of what it may have been, nearer ones first.
func (v *variants) sums() (sum string, others []variant) {
	if !v.begun {
		// The text is shorter than a mark.
		v.body(v.start())
	}
	for _, base := range []struct {
		hash hash.Hash
		end  string // of a line
		what string
	}{{v.same, "\n", ""}, {v.same, "\r\n", ""}, {v.lf, "\n", toCRLF}, {v.crlf, "\r\n", toLF}} {
		// The text may have been without a last line end, too.
		for _, end := range []string{base.end, ""} {
			var c changes
			if v.marked {
				c.add(addedMark)
			}
			if base.what != "" {
				c.add(base.what)
			}
			switch {
			case v.tail == "" && end != "":
				c.add(lostEnd)
			case v.tail != "" && end == "":
				c.add(addedEnd)
			case v.tail == "\n" && end == "\r\n":
				c.add(toLF)
			case v.tail == "\r\n" && end == "\n":
				c.add(toCRLF)
			}
			others = append(others, variant{sumWith(base.hash, end), c})
		}
	}
	return fmt.Sprintf("%x", v.raw.Sum(nil)), others
}

// sumWith is the hash of what was written and of an end.
func sumWith(h hash.Hash, end string) string {
	if end == "" {
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	clone, err := h.(hash.Cloner).Clone()
	if err != nil {
		panic("internal error: " + err.Error()) // SHA-256 can be cloned
	}
	clone.Write([]byte(end))
	return fmt.Sprintf("%x", clone.Sum(nil))
}
