package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"unicode/utf16"
)

// What git, editors and mail programs do to a text without changing a word of it.
const (
	addedMark  = "a byte order mark was added"
	lostMark   = "the byte order mark is gone"
	toUTF16    = "it was saved as UTF-16"
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
func maxChanged(n int) int64 { return 2*int64(n) + 1<<16 }

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
	end := byte('\n')
	if bytes.IndexByte(text, '\n') < 0 {
		end = '\r' // of an old Macintosh
	}
	for len(text) > 0 {
		n := bytes.IndexByte(text, end) + 1
		if n == 0 {
			n = len(text)
		}
		lines = append(lines, cutLine(text[:n]))
		text = text[n:]
	}
	return lines, form
}

// unmarked is a text in UTF-8 without a byte order mark, and what it was.
func unmarked(text []byte) (plain []byte, form string) {
	switch {
	case bytes.HasPrefix(text, byteOrderMark):
		return text[len(byteOrderMark):], addedMark
	case len(text)%2 == 0 && (bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))):
		return fromUTF16(text), toUTF16
	}
	return text, ""
}

func cutLine(line []byte) textLine {
	words := bytes.TrimRight(line, "\r\n")
	end := string(line[len(words):])
	bare := bytes.TrimRight(words, " \t")
	return textLine{bare, string(words[len(bare):]), end}
}

func fromUTF16(text []byte) []byte {
	low, high := 0, 1
	if text[0] == 0xfe {
		low, high = 1, 0
	}
	var units []uint16
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, uint16(text[i+low])|uint16(text[i+high])<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// lineChanges says what was done to the line ends, the end and the encoding of want, if
// got is want but for these; otherwise, and where they are equal, there is nothing to say.
func lineChanges(got, want []byte) []string {
	gotLines, gotForm := cutLines(got)
	wantLines, wantForm := cutLines(want)
	var c changes
	switch {
	case gotForm == wantForm:
	case gotForm == "":
		c.add(lostMark)
	default:
		c.add(gotForm)
	}
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
	if v.tail != "" {
		p = append([]byte(v.tail), p...)
	}
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
		v.body(v.start())
	}
	for _, base := range []struct {
		hash hash.Hash
		end  string // of a line
		what string
	}{{v.same, "\n", ""}, {v.same, "\r\n", ""}, {v.lf, "\n", toCRLF}, {v.crlf, "\r\n", toLF}} {
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
