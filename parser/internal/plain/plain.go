// Package plain tells a plain text from what other programs save under the same name:
// UTF-16 and UTF-32, files of Word, archives, programs, text with NUL bytes.
package plain

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Defect is why a file is no plain text.
type Defect struct {
	At    int    // byte offset at which it shows; 0 also for the file as a whole
	Whole bool   // it is about all bytes of the file, so that none of them is worth showing
	What  string // a clause that begins with "the file" or "there", without a full stop
	Kind  Kind   // decides on the way out
}

// Kind is what helps.
type Kind uint8

// The kinds of defects by what helps against them: save the text in another encoding, take
// another file, look at one place, save with other line ends.
const (
	Encoding Kind = iota
	Foreign
	Damaged
	LineEnds
	CodePage
)

// Mark is the byte order mark of UTF-8.
var Mark = []byte("\xef\xbb\xbf")

// signatures are the first bytes of files that are no text, and of texts that are other
// files. The longer of two that begin alike comes first.
var signatures = []struct {
	head, what string
	kind       Kind
}{
	{"\xff\xfe\x00\x00", "the file is UTF-32", Encoding},
	{"\x00\x00\xfe\xff", "the file is UTF-32", Encoding},
	{"\xff\xfe", utf16, Encoding},
	{"\xfe\xff", utf16, Encoding},
	{"%PDF-", "the file is a PDF document", Foreign},
	{"PK\x03\x04", "the file is a ZIP archive, which documents of Word and Excel are too", Foreign},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "the file is a document of an old Word, Excel or Outlook", Foreign},
	{"{\\rtf", "the file is a rich text document (RTF), as WordPad saves it", Foreign},
	{"\x1f\x8b", "the file is compressed with gzip", Foreign},
	{"7z\xbc\xaf\x27\x1c", "the file is a 7z archive", Foreign},
	{"\x7fELF", "the file is a program of Linux", Foreign},
	{"MZ\x90\x00", "the file is a program of Windows", Foreign},
	{"\x89PNG", "the file is a picture (PNG)", Foreign},
	{"\xff\xd8\xff", "the file is a picture (JPEG)", Foreign},
	{"SQLite format 3\x00", "the file is an SQLite database", Foreign},
}

const utf16 = `the file is UTF-16, as Out-File and > of Windows PowerShell write it, and Notepad as "Unicode"`

// Check returns the first thing that makes a file no plain text in an encoding whose ASCII
// characters are those of ASCII; nil if there is none. It reads each byte a few times at
// most. A byte order mark of UTF-8 and bytes above 127 are none of its business.
func Check(text []byte) *Defect {
	for _, s := range signatures {
		if bytes.HasPrefix(text, []byte(s.head)) {
			return &Defect{Whole: true, What: s.what, Kind: s.kind}
		}
	}
	// before the question whether it is binary: UTF-16 has an answer that helps more
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return zero(text, at)
	}
	if isBinary(text) {
		return &Defect{Whole: true, What: "the file is binary: it has control characters in place of text",
			Kind: Foreign}
	}
	// No line feed at all: one CR alone is a slip of one place, which CarriageReturn finds.
	if bytes.IndexByte(text, '\n') < 0 && bytes.Count(text, []byte("\r")) > 1 {
		return &Defect{At: bytes.IndexByte(text, '\r'),
			What: "the lines of the file end in CR alone, as those of old Macintosh programs do", Kind: LineEnds}
	}
	return nil
}

// zero says why there is a NUL byte, which begins at an offset.
func zero(text []byte, at int) *Defect {
	rest := text[at:]
	switch {
	// The bytes from the NUL on: seven are enough to tell, and a short file has no more.
	case everyOtherZero(rest[:min(7, len(rest))]):
		// the first character of the file is ASCII then, in either byte order
		if at < 2 {
			return &Defect{At: at, Whole: true, What: "the file looks like UTF-16 without a byte order mark",
				Kind: Encoding}
		}
		return &Defect{At: at, What: "the text is UTF-16 from here on, as >> of Windows PowerShell appends it to a " +
			"file in another encoding", Kind: Encoding}
	case at < 2 && threeOfFourZero(rest[:min(7, len(rest))]):
		return &Defect{At: at, Whole: true, What: "the file looks like UTF-32 without a byte order mark",
			Kind: Encoding}
	// file systems that lose power keep the length and not the data
	case len(bytes.TrimLeft(rest, "\x00")) == 0 && len(rest) > 1:
		return &Defect{At: at, What: fmt.Sprintf("the file ends in %d NUL bytes, as one does that was being written "+
			"when the computer or its disk failed", len(rest)), Kind: Damaged}
	// The numbers in a program have many NUL bytes; a damaged text has a few, or one run of them.
	case isBinary(text) || bytes.Count(text[:min(sample, len(text))], []byte{0}) > sample/8:
		return &Defect{At: at, Whole: true,
			What: "the file is binary: it has NUL bytes and control characters in place of text", Kind: Foreign}
	}
	return &Defect{At: at, What: "there is a NUL byte, which plain text does not have", Kind: Damaged}
}

// everyOtherZero reports text that looks like ASCII in two bytes.
func everyOtherZero(text []byte) bool {
	for i, c := range text {
		if (c == 0) != (i%2 == 0) {
			return false
		}
	}
	// Two bytes are too few to tell UTF-16 from one stray NUL.
	return len(text) > 2
}

// threeOfFourZero reports text that looks like ASCII in four bytes.
func threeOfFourZero(text []byte) bool {
	for i, c := range text {
		if (c == 0) != (i%4 != 3) {
			return false
		}
	}
	return len(text) > 4
}

// sample is how many bytes of a file tell whether it is text.
const sample = 4096

// isBinary reports a file of whose first bytes one in ten is a control character that no
// text has.
func isBinary(text []byte) bool {
	text = text[:min(sample, len(text))]
	odd := 0
	for _, c := range text {
		// a form feed is in old texts, and NUL bytes have been looked at
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0 {
			odd++
		}
	}
	// A few stray ones do not make a text binary, nor does a short file with one.
	return odd > 2 && odd*10 > len(text)
}

// UTF8 returns the first byte that is no UTF-8; nil if there is none.
func UTF8(text []byte) *Defect {
	if utf8.Valid(text) {
		return nil
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		// The character U+FFFD itself has three bytes, and is right.
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	what := fmt.Sprintf("the file is not UTF-8: there is the byte %#x", text[at])
	if r := windows1252(text[at]); r != 0 {
		what += fmt.Sprintf(", which is %q in Windows-1252 (\"ANSI\" in Notepad)", r)
	}
	return &Defect{At: at, What: what, Kind: CodePage}
}

// windows1252 is the character of a byte above 127, 0 if it has none.
func windows1252(c byte) rune {
	// the same as Latin-1, and so as Unicode
	if c >= 0xa0 {
		return rune(c)
	}
	// NUL for the five bytes that the code page leaves open.
	return []rune("€\x00‚ƒ„…†‡ˆ‰Š‹Œ\x00Ž\x00\x00‘’“”•–—˜™š›œ\x00žŸ")[c-0x80]
}

// CarriageReturn returns the first carriage return that does not end a line together with a
// line feed; nil if there is none. Editors show a line end there, and most programs do not.
func CarriageReturn(text []byte) *Defect {
	for at := 0; ; {
		next := bytes.IndexByte(text[at:], '\r')
		if next < 0 {
			return nil
		}
		at += next + 1
		switch rest := text[at:]; {
		case bytes.HasPrefix(rest, []byte("\n")):
		// CR CR LF: the second CR belongs to the line end
		case bytes.HasPrefix(rest, []byte("\r\n")):
			return &Defect{At: at - 1,
				What: "the line ends in CR CR LF, as it does after line ends were converted twice", Kind: LineEnds}
		default:
			return &Defect{At: at - 1, What: "there is a carriage return (CR) without a line feed (LF) behind it",
				Kind: LineEnds}
		}
	}
}
